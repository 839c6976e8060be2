/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_PANEL_OPTIONS_H
#define NIGHTCAST_IO_PANEL_OPTIONS_H

#include "forecast/base/trace.h"
#include "io/rows/agreed.h"
#include "io/rows/shard.h"
#include "io/time/frequency.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a panel is made from, and what is to be done with what is odd in it.
 */

enum io_gaps {
    IO_GAPS_INTERPOLATE, /* left as NaN for the core to interpolate or to
                            model, beyond the last value to forecast */
    IO_GAPS_ZERO,
    IO_GAPS_PREVIOUS,
    IO_GAPS_ERROR
};

enum io_duplicates {
    IO_DUPLICATES_ERROR,
    IO_DUPLICATES_SUM,
    IO_DUPLICATES_MEAN,
    IO_DUPLICATES_LAST /* the row that comes last in the file */
};

enum io_align {
    IO_ALIGN_OWN,   /* every series ends with its own last observation */
    IO_ALIGN_COMMON /* every series is filled up to the file's last one */
};

struct io_panel_options {
    const char *path;        /* or "-" */
    const char *const *more; /* nmore other parts of the input */
    size_t nmore;
    const char *id, *time, *value;  /* column names, or NULL; several ids by
                                       comma */
    const char *time_format;        /* strptime's letters, "excel", or NULL */
    const char *encoding;           /* of the text, or NULL */
    char decimal;                   /* '.', ',', or 0: as the file shows */
    const char *missing;            /* more words for no value, or NULL */
    bool wide;                      /* one row per series */
    const struct io_freq *freq;     /* NULL: inferred */
    const struct io_agreed *agreed; /* or NULL: nothing is decided yet */
    struct io_shard files; /* which of all files these are: of so many each
                              such one; count 0: series may go from file to
                              file */
    enum io_gaps gaps;
    bool gaps_given; /* not by default: gaps of any length are expected */
    const char *ignore; /* periods that count as missing, or NULL: see
                           io/time/period.h */
    enum io_duplicates duplicates;
    enum io_align align;
    int horizon;  /* steps to be forecast; a series whose timestamps end before
                     that fails.  0: not asked */
    bool rejects; /* list every row that was not used */
    struct io_shard shard;
    struct fc_trace *trace; /* or NULL */
    int jobs;               /* threads */
    uint64_t chunk;         /* bytes a thread parses at a time;
                               0 = a good size */
};

#endif
