/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_ROWS_GATHER_H
#define NIGHTCAST_IO_ROWS_GATHER_H

#include "io/panel/regular.h"

/*
 * From the chunks' rows to the series': inside of the loader.
 */
struct io_gather {
    const char *file; /* the name that messages begin with */
    const struct io_panel *panel;
    struct io_chunk *chunks; /* nchunks that were parsed and numbered, and one
                                for the rows of those series that lie in
                                several runs, zeroed */
    size_t nchunks;
    struct io_raw *raw; /* panel->nseries of them; in: other; out: where the
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
