/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TIME_PATTERN_ROWS_H
#define NIGHTCAST_IO_TIME_PATTERN_ROWS_H

/*
 * Patterns of timestamps, see pattern.h: those that are recognised, and what
 * the letters of one tell of it.  Inside of the room.
 */
#include "forecast/base/status.h"
#include "io/time/format.h"

/* A row of the table of patterns that are recognised. */
struct io_pattern_row {
    const char *pattern;
    const char *example;
};

/* The i-th, or NULL when there are no more. */
const struct io_pattern_row *io_pattern_at(size_t i);

/* The i-th time of day that may follow a date, with what is between. */
const char *io_pattern_time_at(size_t i);

/* Seconds that a pattern with a time of day can tell apart. */
int io_pattern_resolution(const char *pattern);

enum io_time_grain io_pattern_grain(const char *pattern);

/* The letter that says a week, or NULL; whether it, and no date, says when. */
const char *io_pattern_week(const char *pattern);
bool io_pattern_has_weeks(const char *pattern);

/* Makes the pattern of strptime's letters, all of them, one of ours;
 * those of a locale (%x %X %c) are as in C, flags and modifiers (%-d, %Ey) are
 * passed over.  FC_EINVAL: it has no year, is too long, or has letters behind
 * %z or %f, which end a time. */
enum fc_status io_pattern_set(const char *text,
                              char pattern[IO_TIME_PATTERN_SIZE],
                              struct fc_error *err);

#endif
