/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TEXT_HASH_H
#define NIGHTCAST_IO_TEXT_HASH_H

#include <stddef.h>
#include <stdint.h>

/*
 * SipHash-1-3 (Aumasson & Bernstein 2012, SipHash: a fast short-input PRF):
 * who does not know the key cannot choose texts that share a slot of a hash
 * table, which would make it a list.
 */
struct io_hash_key {
    uint64_t k[2];
};

/* A key that nobody can guess; never zero. */
struct io_hash_key io_hash_key_draw(void);

uint64_t io_hash(const struct io_hash_key *key, const void *bytes, size_t n);

#endif
