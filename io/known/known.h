/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_KNOWN_KNOWN_H
#define NIGHTCAST_IO_KNOWN_KNOWN_H

#include "io/known/change.h"
#include "io/known/future.h"
#include "io/known/terms.h"
#include "io/panel/options.h"
#include "io/panel/panel.h"

/*
 * Regressors: columns of a file of series in long form that are known in
 * advance.  The rows of the steps to be forecast have them, and no value.
 */

/* What becomes of those missing in a row that has a value of the series. */
enum io_missing_regressors {
    IO_MISSING_ERROR,    /* the series fails */
    IO_MISSING_PREVIOUS, /* the last one before; at the beginning the first; a
                            series without any lacks it in the horizon, too */
    IO_MISSING_ZERO
};

/* Which regressors there are, when that was learnt elsewhere: the names and
 * bases of another struct io_known.  Where files are read that may not be those
 * it was learnt from, its decimal sign too, and a column is text where it was
 * text there. */
struct io_known_names {
    size_t n;
    char *const *name;
    size_t ntexts;
    char *const *base;
    char decimal; /* 0: as the first rows show, and which columns are text */
};

/*
 * What is asked for.
 *
 *   names  that the terms must have; texts that are not among them count as
 *          the usual one; or NULL: those that the file has
 *   terms  of columns that are not known in advance the horizon's cells are not
 *          looked at, and left to be filled
 *   future   its rows have the regressors of the horizon, too, and count over
 *            those of the input; what it says of history is not used
 *   changes  of the horizon's cells
 */
struct io_known_how {
    const struct io_terms *terms;
    enum io_missing_regressors missing;
    const struct io_known_names *names;
    const char *future;               /* a file, or NULL */
    const struct io_changes *changes; /* or NULL */
};

struct io_known {
    size_t n;           /* regressors; of a text column one for each text but
                           the most frequent: "promo=A" */
    char **name;        /* of each */
    char **label;       /* of those that outputs call otherwise; or NULL: see
                           labels.h */
    const char **kind;  /* of each: what it is, in a word */
    bool *as_they_are;  /* of each: see struct fc_regressors */
    bool *in_logs;      /* of each: it was asked for so */
    enum fc_role *role; /* of each */
    size_t *known_for;  /* of each: the steps of the horizon of which it is
                           known; SIZE_MAX: all.  See fc_known_carry() */
    size_t nseries;
    struct fc_regressors *of; /* of each series: see fc_job.regressors */
    double **x;               /* their numbers */
    char **lacks;    /* of each series: what is missing in the horizon, "'deal'
                        has no value for 2024-01-05"; or NULL */
    char **holes;    /* likewise, in the history beside values, before that is
                        treated: "'deal' has no value for 2023-01-05, and 3
                        others" */
    size_t nholes;   /* in all */
    char decimal;    /* sign of the numbers that were read; 0: none were */
    uint64_t beyond; /* rows after the horizon */
    struct io_future_rows rows;
    size_t ntexts;  /* of the columns that are text: their base, to be said */
    char **base;    /* "promo: 'none'" */
    size_t nevents; /* regressors, the last ones, that are of events */
    size_t nfresh;  /* texts that are not among given names */
    char *fresh;    /* the first of them, "promo: 'new'", or NULL */
    size_t nfresh_events; /* likewise of events, or days around them */
    char *fresh_event;
};

/*
 * Reads the regressors of a panel's series from the files it was made of, which
 * are read once more.  A series with regressors that cannot be used fails
 * (facts.error), as does one that has two rows for a step in the file of the
 * future, unless how->duplicates allows them.  Else the last of several counts.
 *
 *   how    as the panel was read; not wide; horizon steps are kept
 *
 * A column is text when most of the first cells are no numbers.  FC_EDATA
 * without such a column or with two of that name, when it is one of ids or
 * dates, has no value at all, is the value itself or no row fits (these unless
 * names are given), when there are too many texts, when names do not fit, when
 * a column that is changed is none of a term; FC_EIO, FC_ENOMEM.  Then, too,
 * *known is to be released.
 */
enum fc_status io_known_read(const struct io_panel_options *how,
                             const struct io_known_how *known_how,
                             struct io_panel *panel, struct io_known *known,
                             struct fc_error *err);

/* Room for regressors of so many series, unless there is some already.  False
 * when memory is short. */
bool io_known_make_room(struct io_known *known, size_t nseries);

/* Says that a series' k-th regressor has none at a place, why, "has no log", if
 * nothing was said of the series yet.  False when memory is short. */
bool io_known_lack(struct io_known *known, const struct io_panel *panel,
                   size_t series, size_t k, size_t place, const char *why);

/* Accepts a zeroed one. */
void io_known_release(struct io_known *known);

#endif
