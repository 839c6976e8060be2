/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_OUT_SHARD_IDS_H
#define NIGHTCAST_IO_OUT_SHARD_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Which ids were seen, and in which file: 16 bytes each, and as many free.
 * Ids are told apart by 96 bits of hashes, so that among 10^8 two are taken for
 * one with a chance of 10^-13.  Zeroed is empty.
 */
struct io_shard_ids {
    struct io_shard_id *slot;
    size_t used, capacity;
};

/*
 * Adds an id of a file.  *before: the file that it was added for already, or
 * this one.  False when memory is short.
 */
bool io_shard_ids_add(struct io_shard_ids *ids, const char *id, size_t n,
                      uint32_t file, uint32_t *before);

/* The length of the first `keys` fields of a row of CSV. */
size_t io_shard_id_length(const char *row, size_t n, uint64_t keys);

void io_shard_ids_release(struct io_shard_ids *ids);

#endif
