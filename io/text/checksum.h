/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TEXT_CHECKSUM_H
#define NIGHTCAST_IO_TEXT_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/*
 * XXH64 of n bytes (Collet, xxHash fast digest algorithm, version 0.1.1): it
 * tells bytes that became others by accident, at several bytes a clock cycle;
 * it is no defence against who makes them so.  The same on every machine.  What
 * comes in parts has the sum of one as the seed of the next.
 */
uint64_t io_checksum(uint64_t seed, const void *bytes, size_t n);

#endif
