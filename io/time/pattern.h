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
#include "io/time/pattern_rows.h"

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

#endif
