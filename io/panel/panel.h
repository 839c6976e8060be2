/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_PANEL_PANEL_H
#define NIGHTCAST_IO_PANEL_PANEL_H

#include "forecast/base/series.h"
#include "forecast/base/status.h"
#include "io/rows/shard.h"
#include "io/time/frequency.h"
#include "io/time/period.h"
#include "io/time/timestamp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A panel: the many series of one CSV file, each on a regular time grid.
 *
 * A panel may hold one shard's series only.  What a file decides for its
 * series (the form and the step of timestamps, the last of them, the order of
 * first appearance) is decided by the whole file all the same.
 */

/*
 * What the loader knows of a series besides its id and its values.  There are
 * millions of them, some no longer than this: it is kept small.
 */
struct io_panel_facts {
    char *error;              /* why it cannot be forecast, or NULL */
    int64_t start;            /* timestamp of its first value */
    int64_t own_multiple;     /* own step: see io_panel_own_step() */
    uint32_t nmissing;        /* rows with an empty value */
    uint32_t nfilled;         /* places on the grid that had no value */
    uint32_t nduplicates;     /* rows merged into another of the same time */
    unsigned own_unit : 4;    /* an enum io_freq_unit */
    unsigned own_anchor : 10; /* see struct io_freq */
    unsigned anchor_day : 10; /* of its grid: see io_panel_step() */
    unsigned ends_early : 1;  /* before the file's last timestamp */
    unsigned is_constant : 1; /* two or more values, all the same */
    unsigned unordered : 1;   /* its rows were not in time order */
    unsigned owns_y : 1;      /* its values are a block of their own */
};

/* A row that was not used: it could not be read, or its series failed. */
struct io_reject {
    const char *file;
    uint64_t line;  /* of the file; the first is 1 */
    uint64_t order; /* of the line in all parts of the input */
    uint32_t series;
    char reason[104];
};

struct io_notes;

struct io_panel {
    const char *id_name, *time_name; /* of the columns, for the output */
    const char *value_name;          /* "" in wide form */
    bool is_record;  /* of several keys: ids, and id_name, are CSV records */
    size_t nkeys;    /* columns that the ids are of */
    bool one_series; /* of one series without a column of ids */
    const char *columns;          /* which were taken, for people */
    bool say_columns;             /* it could have been otherwise */
    const struct io_notes *notes; /* what else was inferred */
    struct io_time_format format;
    char decimal;          /* of numbers: '.' or ',' */
    struct io_freq freq;   /* of the file, or as given */
    bool has_freq;         /* false: no series has two timestamps */
    size_t nseries;        /* of the shard */
    size_t ntotal;         /* of the file */
    struct io_shard files; /* see struct io_panel_options */

    struct fc_history *series;    /* in order of first appearance; NaN only
                                     inside, and only for interpolate; NULL
                                     and 0 when there is no grid, which is
                                     that series' error */
    struct io_panel_facts *facts; /* of each series */
    uint32_t *place;              /* of each in the file, from 0; NULL: the
                                     same as here */

    uint64_t nrows, nrejected; /* of the file */
    uint64_t bytes;
    uint32_t crc;              /* of the input, if shard.count > 0 */
    int64_t first, last;       /* timestamps, over all series */
    double steps, missing;     /* of the file: places on its grids, and those
                                  without a value, by the mean step */
    struct io_periods ignore;  /* as asked for */
    size_t nignored, nwith;    /* values of these, and series that had any */
    uint64_t not_utf8_line;    /* of the first id that is not UTF-8; 0 = none */
    const char *blank_id;      /* an id that differs from another only in blanks
                                  around it; NULL = none */
    struct io_reject *rejects; /* if asked for, those of the shard's series,
                                  by line, then by series */
    size_t nrejects;
    struct io_rowset *rows; /* what it was made of, and looks at */
};

/* Accepts a zeroed panel. */
void io_panel_release(struct io_panel *panel);

/*
 * Makes what a series has in a period missing, as --ignore does; it begins with
 * the first value that is left, and fails when none is: `why` is the file that
 * asks for it.  False when memory is short.
 */
bool io_panel_ignore(struct io_panel *panel, size_t i,
                     const struct io_period *period, const char *why);

/*
 * The i-th series' place in the file by first appearance; the first is 1.
 * Where each file has series of its own: in all of them, by file.
 */
uint64_t io_panel_number(const struct io_panel *panel, size_t i);

/* Likewise of the k-th reject, several of which may have one place. */
uint64_t io_panel_reject_number(const struct io_panel *panel, size_t k);

/* The step of its grid: the panel's, with the series' own anchor day. */
struct io_freq io_panel_step(const struct io_panel *panel, size_t i);

/* Where it lies in time; not known where steps are no fixed part of a week, or
 * are mere numbers. */
struct fc_date io_panel_date(const struct io_panel *panel, size_t i);

/* Steps from its last value to the file's last. */
int64_t io_panel_behind(const struct io_panel *panel, size_t i);

/* The largest step that all its rows fit. */
struct io_freq io_panel_own_step(const struct io_panel *panel, size_t i);

/*
 * The timestamp h + 1 steps after the end of the i-th series, in the file's
 * own form.  False beyond the year 9999, or beyond what integers can count.
 */
bool io_panel_future(const struct io_panel *panel, size_t i, int h,
                     char buf[IO_TIME_SIZE]);

#endif
