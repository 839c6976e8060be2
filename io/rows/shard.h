/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_ROWS_SHARD_H
#define NIGHTCAST_IO_ROWS_SHARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Which series of a file belong to which of several runs: a matter of the
 * series' ids alone, so that the runs need not speak to each other.
 */
struct io_shard {
    uint32_t number; /* 1 .. count */
    uint32_t count;  /* 0 = not divided: every series belongs */
};

enum { IO_SHARD_MOST = 100000 };

/* "2/4"; false when it is not that, or more than IO_SHARD_MOST. */
bool io_shard_parse(const char *text, struct io_shard *shard);

/* "4", of n bytes: how many shards there are. */
bool io_shard_parse_count(const char *text, size_t n, uint32_t *count);

/*
 * Of an id's bytes: 64-bit FNV-1a, then the finaliser of splitmix64, which
 * spreads what differs in the last bytes only over all bits.  Part of the
 * format of shards, and so for good.
 */
uint64_t io_shard_hash(const char *id, size_t length);

/* Whether hash(id) mod count is number - 1. */
bool io_shard_has(const struct io_shard *shard, const char *id, size_t length);

#endif
