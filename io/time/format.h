/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TIME_FORMAT_H
#define NIGHTCAST_IO_TIME_FORMAT_H

/*
 * How a file writes its timestamps.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum io_time_form {
    IO_TIME_UNKNOWN,
    IO_TIME_INTEGER,
    IO_TIME_MONTH,    /* YYYY-MM */
    IO_TIME_QUARTER,  /* YYYYQn, YYYY-Qn, YYYY Qn */
    IO_TIME_DATE,     /* YYYY-MM-DD */
    IO_TIME_WEEK,     /* YYYY-Www, YYYYWww, YYYY Www */
    IO_TIME_DATETIME, /* YYYY-MM-DD[ T]HH:MM[:SS[.000]][Z| UTC|+HH:MM] */
    IO_TIME_PERIOD,   /* YYYY-Pnn, 12 or 13 to the year */
    IO_TIME_PATTERN,  /* any other: see pattern.h */
    IO_TIME_EPOCH,    /* seconds, or parts of them, since 1970 */
    IO_TIME_SERIAL    /* days since 1899-12-30, as spreadsheets count them */
};

/* What a form can tell apart. */
enum io_time_grain {
    IO_GRAIN_UNKNOWN,
    IO_GRAIN_STEP, /* integers */
    IO_GRAIN_PERIOD,
    IO_GRAIN_TIME,
    IO_GRAIN_DAY,
    IO_GRAIN_WEEK,
    IO_GRAIN_MONTH,
    IO_GRAIN_QUARTER,
    IO_GRAIN_YEAR
};

/* How some timestamp of a file was written, where they may differ; whoever adds
 * one looks at io/out/agreed.c, which knows the last. */
enum io_time_style {
    IO_STYLE_SHORT_DATE = 1, /* a day, month or week of one digit */
    IO_STYLE_SHORT_HOUR = 2,
    IO_STYLE_FULL_NAME = 4, /* of a month: November */
    IO_STYLE_PERIOD_13 = 8,
    IO_STYLE_FRACTION = 16,  /* SERIAL: with a time of day */
    IO_STYLE_LONG_HOUR = 32, /* of two digits, the first 0 */
    IO_STYLE_LONG_DAY = 64,
    IO_STYLE_LONG_MONTH = 128,
    IO_STYLE_SHORT_DAY = 256, /* those of SHORT_DATE: which of them */
    IO_STYLE_SHORT_MONTH = 512,
    IO_STYLE_SEPT =
        1024, /* September is Sept, other months have three letters */
    IO_STYLE_BLANK = 2048, /* days and hours of one digit have a blank before */
    /* several of them */
    IO_STYLES_LONG =
        IO_STYLE_LONG_HOUR | IO_STYLE_LONG_DAY | IO_STYLE_LONG_MONTH,
    IO_STYLES_SHORT = IO_STYLE_SHORT_DATE | IO_STYLE_SHORT_HOUR
                      | IO_STYLE_SHORT_DAY | IO_STYLE_SHORT_MONTH,
    IO_STYLES_ALL = 4095
};

enum { IO_TIME_SIZE = 96, IO_TIME_PATTERN_SIZE = 40, IO_TIME_ZONE_SIZE = 8 };

/* The lexical form of a file: its first timestamp's.  Zeroed: not known. */
struct io_time_format {
    enum io_time_form form;
    char separator; /* DATETIME: 'T' or ' '; QUARTER: 'Q', 'q'; WEEK: 'W', 'w';
                       PERIOD: 'P', 'p'; PATTERN: case of letters, 'A', 'a' */
    bool seconds;   /* DATETIME: written with seconds */
    char dash;      /* QUARTER, WEEK, PERIOD: '-' or ' ' before the letter */
    int digits;     /* INTEGER: how many, without the sign */
    bool padded;    /* INTEGER: to that many, with zeros in front */
    int fraction;   /* digits behind the seconds */
    int nanosecond; /* what they say, the same everywhere */
    int offset;     /* seconds from UTC */
    char zone[IO_TIME_ZONE_SIZE];       /* as written behind a time of day */
    int cycle;                          /* PERIOD: 12 or 13 to the year */
    int scale;                          /* EPOCH: to the second: 1, 1000, ... */
    bool begun;                         /* a timestamp of the file was read */
    unsigned style;                     /* of enum io_time_style */
    char pattern[IO_TIME_PATTERN_SIZE]; /* PATTERN */
};

#endif
