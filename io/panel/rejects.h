/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_PANEL_REJECTS_H
#define NIGHTCAST_IO_PANEL_REJECTS_H

#include "io/panel/regular.h"

/*
 * The rows of a file that were not used; inside of the loader.
 */
struct io_rejects_work {
    struct io_rowset *rows; /* whose errors and lines go */
    const struct io_panel_options *options;
    const struct io_raw *raw;        /* panel->nseries of them */
    struct io_unused *const *unused; /* see struct io_regular; or NULL */
    struct io_panel *panel;
};

/*
 * Lists as panel->rejects, by line, what could not be read, what could but is
 * of a series that failed, and what a later row of the same time replaced;
 * of the shard's series.  False when memory is short.
 */
bool io_rejects_list(const struct io_rejects_work *work);

#endif
