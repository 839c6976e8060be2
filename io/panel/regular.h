/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_PANEL_REGULAR_H
#define NIGHTCAST_IO_PANEL_REGULAR_H

#include "io/panel/panel.h"
#include "io/rows/chunk.h"

/*
 * From rows to series on a regular grid; inside of the loader.
 */

/*
 * Where the rows of one series lie, one after the other and in file order.
 * There is one for every series of the file, so it is small.
 */
struct io_raw {
    size_t first;   /* of the chunk's own or other rows */
    uint32_t chunk; /* n > 0 */
    uint32_t n;     /* rows */
    int64_t last;   /* timestamp, once in order; n > 0 */
    bool other;     /* of another shard: only what the file needs of it */
    bool several;   /* does not stay in its chunk; while rows are gathered */
    bool dates;     /* all timestamps are integers that look like dates */
};

/* Rows of a series that it does without, counted in file order, ascending. */
struct io_unused {
    size_t n;
    struct io_unused_row {
        uint32_t row;
        bool replaced; /* by a later one of the same time; else it is empty */
    } at[];
};

struct io_regular {
    const char *file, *time_name;
    enum io_gaps gaps;
    enum io_duplicates duplicates;
    enum io_align align;
    const struct io_freq *freq; /* as asked for, or NULL */
    int horizon;                /* of a forecast, which must have timestamps */
    int jobs;
    struct io_chunk *chunks;
    size_t nchunks;
    struct io_raw *raw;        /* panel->nseries of them */
    struct io_unused **unused; /* out: likewise, of a series with duplicates
                                  of which the last counts; NULL for others;
                                  itself NULL: not wanted */
    struct io_panel *panel;    /* in: ids, errors; out: the rest */
    bool short_of_memory;      /* inside */
};

/*
 * Orders every series by time, merges duplicates, settles the frequency and
 * fills the grids; other shards' rows go once they had their say.  FC_ENOMEM;
 * FC_EDATA when the gaps would fill more memory than the machine has.
 */
enum fc_status io_regularise(struct io_regular *job, struct fc_error *err);

#endif
