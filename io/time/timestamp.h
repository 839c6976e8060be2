/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TIME_TIMESTAMP_H
#define NIGHTCAST_IO_TIME_TIMESTAMP_H

/*
 * Timestamps as text and as 64-bit integers.
 *
 * Plain integers (of which a year, 2023, is one) stand for themselves, up to
 * 18 digits, so that differences cannot overflow.  All calendar forms are
 * seconds since 1970-01-01T00:00 in the proleptic Gregorian calendar without
 * time zones or leap seconds, years 0001 to 9999: the first instant of the
 * day, the month, the quarter, or of the ISO 8601 week's Monday.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum io_time_form {
    IO_TIME_UNKNOWN,
    IO_TIME_INTEGER,
    IO_TIME_MONTH,   /* YYYY-MM */
    IO_TIME_QUARTER, /* YYYYQn, YYYY-Qn */
    IO_TIME_DATE,    /* YYYY-MM-DD */
    IO_TIME_WEEK,    /* YYYY-Www, YYYYWww */
    IO_TIME_DATETIME /* YYYY-MM-DD[ T]HH:MM[:SS][Z] */
};

/* The lexical form of a file: its first timestamp's.  Zeroed: not known. */
struct io_time_format {
    enum io_time_form form;
    char
        separator; /* DATETIME: 'T' or ' '; QUARTER: 'Q', 'q'; WEEK: 'W', 'w' */
    bool seconds;  /* DATETIME: written with seconds */
    bool zulu;     /* DATETIME: written with Z */
    bool dash;     /* QUARTER, WEEK: a dash before the letter */
    int digits;    /* INTEGER: how many, without the sign */
    bool padded;   /* INTEGER: to that many, with zeros in front */
};

enum { IO_TIME_SIZE = 32 };

/*
 * One timestamp: n bytes, trimmed, without a terminating NUL.  If the format
 * is unknown, recognises the form and sets *format; otherwise the text must
 * be of that form.  Quarters and weeks with and without a dash, padded and
 * unpadded integers, and datetimes with either separator, with or without
 * seconds and Z may be mixed.  Returns NULL and sets *t, or returns what is
 * wrong as a constant phrase: "no such date".
 */
const char *io_time_parse(const char *text, size_t n,
                          struct io_time_format *format, int64_t *t);

/*
 * Writes t in the file's own form with a NUL; returns the length without it.
 * A datetime format without seconds shows them all the same when they are not
 * zero.  Returns 0 and an empty string for a calendar time outside of years
 * 0001 to 9999.
 */
size_t io_time_print(const struct io_time_format *format, int64_t t,
                     char buf[IO_TIME_SIZE]);

#endif
