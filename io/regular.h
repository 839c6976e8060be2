/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_REGULAR_H
#define NIGHTCAST_IO_REGULAR_H

#include "io/panel.h"
#include "io/rows.h"

/*
 * From rows to series on a regular grid; inside of the loader.
 */

/* Consecutive rows of one series in one chunk. */
struct io_span {
    uint32_t chunk, first, count;
};

/*
 * The rows of one series, before and while it is put on its grid.  time and
 * value lead into the chunk when all rows lie in one; otherwise they hold
 * only while the series is worked on.
 */
struct io_raw {
    struct io_span *spans;
    size_t nspans;
    size_t n; /* rows */
    int64_t *time;
    double *value;
    int64_t first, last; /* timestamps, once in order; n > 0 */
    bool dates;          /* all timestamps are integers that look like dates */
    bool packed;         /* of another shard: only what the file needs of it */
    double *own_y;       /* the finished series, unless it is in a chunk */
};

struct io_regular {
    const char *file, *time_name;
    enum io_gaps gaps;
    enum io_duplicates duplicates;
    enum io_align align;
    const struct io_freq *freq; /* as asked for, or NULL */
    int jobs;
    struct io_chunk *chunks;
    size_t nchunks;
    struct io_raw *raw;     /* panel->nseries of them */
    struct io_panel *panel; /* in: id, error; out: the rest */
};

/*
 * Orders every series by time, merges duplicates, settles the frequency and
 * fills the grids; other shards' series go once they had their say.  FC_ENOMEM;
 * FC_EDATA when the gaps would fill more memory than the machine has.
 */
enum fc_status io_regularise(struct io_regular *job, struct fc_error *err);

void io_raw_release(struct io_raw *raw);

#endif
