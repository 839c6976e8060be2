/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TIME_PATTERN_H
#define NIGHTCAST_IO_TIME_PATTERN_H

/*
 * Timestamps by a pattern of strptime's letters: %Y %y %C %m %d %e %b %H %I %k
 * %l %p %M %S %z %j %s; weeks by %V, with a year of ISO 8601 beside it, %U and
 * %W, their weekdays by %A %u %w; and %q, a quarter, and %f, a fraction, which
 * are ours.
 * Names are English; case does not matter.  A time of day at the end may have a
 * fraction and an offset behind it.  Inside of the room.
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

/* As io_time_parse(), by format->pattern. */
const char *io_pattern_parse(const char *text, size_t n,
                             struct io_time_format *format, int64_t *t);

/* Whether the text begins as the pattern says, whatever follows. */
bool io_pattern_begins(const char *pattern, const char *text, size_t n);

/*
 * Where in a text of the pattern the day of the month begins; beyond its end
 * if the date does not depend on that alone, the month and the year.
 */
size_t io_pattern_day_at(const char *pattern, const char *text, size_t n);

/* Appends at p; returns the end. */
char *io_pattern_print(char *p, const struct io_time_format *format, int64_t t);

/* Whether what is printed of t can be read again: years may have two digits. */
bool io_pattern_holds(const char *pattern, int64_t t);

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

/* The i-th time of day that may follow a date, with what is between. */
const char *io_pattern_time_at(size_t i);

#endif
