/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_PACKED_H
#define NIGHTCAST_IO_PACKED_H

#include "io/rows.h"
#include "io/shard.h"

/*
 * The rows of other shards' series: what a file needs of them are their
 * timestamps and which of their values are missing.  Regular timestamps take
 * a few bytes a run that way, months about one byte a row.
 */

/*
 * Keeps the rows of the shard's own series in the chunk as they are and packs
 * those of all others.  False when memory is short.
 */
bool io_chunk_pack_others(struct io_chunk *chunk, const struct io_shard *shard);

/*
 * The n timestamps of a run, and NaN for each value that is missing, 0 for
 * the others.
 */
void io_unpack(const unsigned char *packed, size_t n, int64_t *time,
               double *value);

#endif
