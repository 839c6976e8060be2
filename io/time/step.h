/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TIME_STEP_H
#define NIGHTCAST_IO_TIME_STEP_H

#include <stdint.h>

/*
 * The step between two observations.
 */

/* For people: "monthly (start)", "every 15 minutes", "business days". */
enum { IO_FREQ_TEXT_SIZE = 48 };

enum io_freq_unit {
    IO_FREQ_UNKNOWN,
    IO_FREQ_STEP, /* of integer timestamps */
    IO_FREQ_SECOND,
    IO_FREQ_MINUTE,
    IO_FREQ_HOUR,
    IO_FREQ_DAY,
    IO_FREQ_BUSINESS_DAY,
    IO_FREQ_WEEK,
    IO_FREQ_MONTH,
    IO_FREQ_PERIOD, /* the anchor: how many to the year */
    /* of the table in rhythm.c; the anchor is its own */
    IO_FREQ_SEMIMONTH,      /* twice a month */
    IO_FREQ_DEKAD,          /* the 1st, 11th and 21st */
    IO_FREQ_BUSINESS_MONTH, /* a month's first or last business day */
    IO_FREQ_RETAIL_MONTH,   /* of 4, 4 and 5 weeks */
    IO_FREQ_OPEN_DAY,       /* certain weekdays */
    IO_FREQ_LOCAL_DAY       /* midnights of a place with summer time, in UTC */
};

/*
 * Always in the largest unit: 24 hours are a day, 7 days a week (but 12
 * months remain 12).  Two frequencies are the same step if unit and multiple
 * are the same.
 */
struct io_freq {
    enum io_freq_unit unit;
    int64_t multiple; /* at least 1 unless the unit is unknown */
    int anchor_day;   /* MONTH: 1 .. 31; 0 is not known yet, and then the
                         start's own day counts; WEEK: 1 + the weekday of one
                         that moves before holidays; others: see rhythm.c */
};

#endif
