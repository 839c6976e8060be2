/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_PANEL_REGULAR_H
#define NIGHTCAST_IO_PANEL_REGULAR_H

#include "forecast/base/workspace.h"
#include "io/panel/options.h"
#include "io/panel/panel.h"
#include "io/rows/gather.h"

/*
 * From rows to series on a regular grid, in passes over all series: order,
 * then, once every series' own step is known, the step of the file, then the
 * grids.  Inside of the loader.
 */

/* Rows of a series that it does without, counted in file order, ascending. */
struct io_unused {
    size_t n;
    struct io_unused_row {
        uint32_t row;
        bool replaced; /* by a later one of the same time; else it is empty */
    } at[];
};

/* What the passes share. */
struct io_regular {
    struct io_rowset *rows;
    const struct io_panel_options *options;
    const struct io_freq *freq; /* as asked for and checked, or NULL */
    struct io_raw *raw;         /* panel->nseries of them */
    struct io_unused **unused;  /* out: likewise, of a series with duplicates
                                   of which the last counts; NULL for others;
                                   itself NULL: not wanted */
    uint32_t *ignored;          /* inside: values ignored of each; or NULL */
    struct io_panel *panel;     /* in: ids, errors; out: the rest */
    bool short_of_memory;       /* inside */
};

/*
 * Orders every series by time and merges duplicates; other shards' rows go
 * once they had their say.  FC_ENOMEM.
 */
enum fc_status io_order_rows(struct io_regular *job, struct fc_error *err);

/* Settles the step and the span of the file.  FC_EDATA, FC_ENOMEM. */
enum fc_status io_settle_step(struct io_regular *job, struct fc_error *err);

/* Takes panel->ignore from the options.  FC_EINVAL, FC_EDATA, FC_ENOMEM. */
enum fc_status io_settle_ignored(struct io_regular *job, struct fc_error *err);

/*
 * Puts the rows on their grids and treats the gaps.  FC_ENOMEM; FC_EDATA when
 * the gaps would fill more memory than the machine has.
 */
enum fc_status io_fill_grids(struct io_regular *job, struct fc_error *err);

/* For the passes themselves. */

/* The rows of one series while it is worked on. */
struct io_series_rows {
    size_t n;
    int64_t *time; /* a copy */
    double *value; /* those in the chunk */
};

/* Copies the timestamps.  False when memory is short. */
bool io_series_rows_get(const struct io_regular *job, const struct io_raw *raw,
                        struct fc_workspace *ws, struct io_series_rows *rows);

/* What messages call the file of a series. */
const char *io_series_file(const struct io_rowset *rows,
                           const struct io_panel_options *options, size_t i);

/*
 * A flag for each place of a series that lies in such a period; its values
 * there are missing now, and counted in job->ignored.  NULL if there are none,
 * or *good is false, as memory is short.
 */
bool *io_ignore_places(const struct io_regular *job, size_t i, double *y,
                       struct fc_workspace *ws, bool *good);

/* Sets facts->error unless there is one; false when memory is short. */
bool io_fail_series(struct io_panel_facts *facts, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Says that memory was short, whatever else happens. */
enum fc_status io_no_room(struct io_regular *job);

/* Does it for every series.  FC_ENOMEM. */
enum fc_status io_each_series(struct io_regular *job,
                              enum fc_status (*item)(void *, size_t,
                                                     struct fc_workspace *),
                              struct fc_error *err);

#endif
