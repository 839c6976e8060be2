/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TIME_RHYTHM_H
#define NIGHTCAST_IO_TIME_RHYTHM_H

/*
 * Steps that are no fixed number of days or months: a table of what each is,
 * how it is told from timestamps, and how times are numbered by it.  What
 * varies within a kind (which days of the month, which weekdays) is its
 * anchor, a number above 0.  Inside of the room.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/time/step.h"

struct io_rhythm {
    enum io_freq_unit unit;
    double days; /* between two, on average */
    int (*season)(int anchor);

    /* The anchor that all times, ascending, fit; 0: none does. */
    int (*infer)(const int64_t *t, size_t n);

    /* The number of a time as counted from the start; false: it has none. */
    bool (*number)(int anchor, int64_t start, int64_t t, int64_t *number);

    /* The time of a number. */
    bool (*time)(int anchor, int64_t start, int64_t number, int64_t *t);

    void (*text)(int anchor, char *buf, size_t size);
};

/* The row of a unit that is there. */
const struct io_rhythm *io_rhythm_at(enum io_freq_unit unit);

/* NULL for a unit that is none, or a week that does not move. */
static inline const struct io_rhythm *io_rhythm_of(const struct io_freq *freq)
{
    bool moves = freq->unit == IO_FREQ_WEEK && freq->anchor_day != 0;
    return moves || freq->unit >= IO_FREQ_SEMIMONTH ? io_rhythm_at(freq->unit)
                                                    : NULL;
}

/* Whether a step of the table can have that anchor. */
bool io_rhythm_has(enum io_freq_unit unit, int64_t anchor);

/*
 * The first of the table that all times fit; false if none does.  dates: they
 * have no time of day.
 */
bool io_rhythm_infer(const int64_t *t, size_t n, bool dates,
                     struct io_freq *freq);

/* Likewise of weekdays, for times that are whole days apart. */
bool io_open_days_infer(const int64_t *t, size_t n, struct io_freq *freq);

#endif
