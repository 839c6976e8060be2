/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_ROWS_GATHER_H
#define NIGHTCAST_IO_ROWS_GATHER_H

#include "forecast/base/series.h"
#include "io/rows/rowset.h"

/*
 * Where the rows of one series lie, one after the other and in file order.
 * There is one for every series of the file, so it is small.
 */
struct io_raw {
    size_t first;      /* of the chunk's own or other rows */
    uint32_t chunk;    /* n > 0 */
    uint32_t n;        /* rows */
    int64_t last;      /* timestamp, once in order; n > 0 */
    bool other;        /* of another shard: only what the file needs of it */
    bool several;      /* does not stay in its chunk; while rows are gathered */
    unsigned char far; /* its last time (1) or first (2) lies further beyond
                          the others than these span, */
    float apart;       /* by so much; 0 = neither */
};

/*
 * From the chunks' rows to the series'.
 */
struct io_gather {
    struct io_rowset *rows; /* numbered; their last chunk takes the rows of
                               those series that lie in several runs */
    const struct fc_history *series; /* their ids are known */
    size_t nseries;
    struct io_raw *raw; /* nseries of them; in: other; out: where the
                           rows are */
    int jobs;
};

/*
 * Lets every series' rows lie together, in the order of the file.  Chunks
 * give back their runs, and their rows when none of them is left.  FC_ENOMEM;
 * FC_EDATA when a series has more than 2^32 - 1 rows.
 */
enum fc_status io_gather_rows(const struct io_gather *work,
                              struct fc_error *err);

#endif
