/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TIME_TIMESTAMP_H
#define NIGHTCAST_IO_TIME_TIMESTAMP_H

/*
 * Timestamps as text and as 64-bit integers.
 *
 * Plain integers (of which a year, 2023, is one) stand for themselves, up to
 * 18 digits, so that differences cannot overflow; periods (2023-P05) are
 * counted, so many to the year.  All calendar forms are seconds since
 * 1970-01-01T00:00 in the proleptic Gregorian calendar without leap seconds,
 * years 0001 to 9999: the first instant of the day, the month, the quarter, or
 * of the ISO 8601 week's Monday.  What is written with an offset from UTC is
 * the local time at the offset of the file's first, so that times of several
 * offsets lie on one line.
 */
#include "forecast/base/status.h"
#include "io/time/format.h"

/*
 * One timestamp: n bytes, trimmed, without a terminating NUL.  If the format
 * is unknown, recognises the form and sets *format; otherwise the text must
 * be of that form.  Quarters and weeks with and without a dash, padded and
 * unpadded integers, days, months and hours of one digit and of two, and
 * datetimes with either separator, with or without seconds and offset may be
 * mixed; format->style notes it.  Returns NULL and sets *t, or returns what is
 * wrong as a constant phrase: "no such date".
 *
 * Never recognised are epochs and serial days, which look like any integer.
 * Integers of eight or six digits that are dates, and dates that could be day
 * or month first, are what io_time_candidates() says they may be.
 */
const char *io_time_parse(const char *text, size_t n,
                          struct io_time_format *format, int64_t *t);

/*
 * The last date that was read, and its month: most often the next date is of
 * the same, and only its day has to be looked at.  Start from zeros.
 */
struct io_time_month {
    char text[16];
    uint64_t front, back; /* the first and last eight bytes, and which of */
    uint64_t front_mask, back_mask; /* them are not the day; or 0 */
    size_t n, day_at; /* two digits of the day, in a text of n bytes */
    int64_t first;    /* in days since 1970 */
    unsigned length;
};

/*
 * An integer, a date or a date with a time of day, as most files have them, at
 * the front of n bytes: returns how many it takes, by a format that is known,
 * or 0 when it is for io_time_parse() to say what that is.
 */
size_t io_time_parse_usual(const struct io_time_format *format,
                           const char *text, size_t n,
                           struct io_time_month *last, int64_t *t);

/*
 * The day of a date that differs from the last by no more than that, and is
 * what io_time_parse() would say that it is.  0, with *t untouched, if not.
 */
unsigned io_time_same_month(const struct io_time_month *last, const char *text,
                            size_t n, int64_t *t);

/* Keeps a date by a pattern, as io_time_parse() has read it. */
void io_time_keep_month(const struct io_time_format *format, const char *text,
                        size_t n, int64_t t, struct io_time_month *last);

/*
 * All forms that the text could be of, the likeliest first; returns how many.
 */
enum { IO_TIME_CANDIDATES = 4 };
size_t io_time_candidates(const char *text, size_t n,
                          struct io_time_format format[IO_TIME_CANDIDATES]);

/*
 * The format that --time-format asks for: strptime's letters, or "excel".
 * FC_EINVAL with what is wrong with it.
 */
enum fc_status io_time_format_set(struct io_time_format *format,
                                  const char *text, struct fc_error *err);

enum io_time_grain io_time_grain(const struct io_time_format *format);

/* Whether times are counts rather than seconds since 1970. */
static inline bool io_time_is_counted(const struct io_time_format *format)
{
    return format->form == IO_TIME_INTEGER || format->form == IO_TIME_PERIOD;
}

/* What timestamps of the form are called: "dates". */
const char *io_time_noun(const struct io_time_format *format);

/*
 * Writes t in the file's own form with a NUL; returns the length without it.
 * A datetime format without seconds shows them all the same when they are not
 * zero.  Returns 0 and an empty string for what the form cannot say: a calendar
 * time outside of years 0001 to 9999, or of those that two digits stand for.
 */
size_t io_time_print(const struct io_time_format *format, int64_t t,
                     char buf[IO_TIME_SIZE]);

/* Where that ends, for people: "the year 9999". */
const char *io_time_end(const struct io_time_format *format);

#endif
