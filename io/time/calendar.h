/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TIME_CALENDAR_H
#define NIGHTCAST_IO_TIME_CALENDAR_H

/*
 * The proleptic Gregorian calendar, years 0001 to 9999, by closed formulae.
 * Days are counted from 1970-01-01 = 0.
 *
 * C. Neri & L. Schneider (2023), Euclidean affine functions and their
 * application to calendar algorithms, Software: Practice and Experience 53(4).
 */
#include <stdbool.h>
#include <stdint.h>

#define IO_SECONDS_PER_DAY INT64_C(86400)
#define IO_TIME_MIN (INT64_C(-719162) * IO_SECONDS_PER_DAY) /* 0001-01-01 */
#define IO_TIME_MAX (INT64_C(2932897) * IO_SECONDS_PER_DAY - 1)

struct io_civil {
    int year;
    int month; /* 1 .. 12 */
    int day;   /* 1 .. 31 */
};

/*
 * March first, so that the leap day ends the year: the days before a month
 * then follow from one linear function.
 */
static inline int64_t io_days_from_civil(int year, int month, int day)
{
    /* January and February end the year before */
    uint32_t from_march = month > 2;
    uint32_t y = (uint32_t)year - 1 + from_march;
    uint32_t m = (uint32_t)month + 12 - 12 * from_march;
    uint32_t century = y / 100;
    uint32_t year_start = y * 1461 / 4 - century + century / 4;
    uint32_t month_start = (979 * m - 2919) / 32;
    return (int64_t)(year_start + month_start + (uint32_t)day - 1) - 719468;
}

static inline struct io_civil io_civil_from_days(int64_t days)
{
    uint32_t n = (uint32_t)(days + 719468); /* since 0000-03-01 */
    uint32_t n1 = 4 * n + 3;
    uint32_t century = n1 / 146097;
    uint32_t n2 = (n1 % 146097) | 3; /* 4 * day of century + 3 */
    uint32_t y = 100 * century + n2 / 1461;
    uint32_t day_of_year = n2 % 1461 / 4;
    uint32_t n3 = 2141 * day_of_year + 197913;
    uint32_t m = n3 >> 16;
    uint32_t d = (n3 & 0xffff) / 2141;
    uint32_t to_february = day_of_year >= 306;
    return (struct io_civil){(int)(y + to_february),
                             (int)(m - 12 * to_february), (int)d + 1};
}

static inline bool io_is_leap_year(int year)
{
    return year % (year % 100 != 0 ? 4 : 400) == 0;
}

static inline int io_month_length(int year, int month)
{
    if (month == 2)
        return io_is_leap_year(year) ? 29 : 28;
    return 30 | (month ^ (month >> 3)); /* 31 when odd up to July, then even */
}

/* Monday 0 .. Sunday 6. */
static inline int io_weekday(int64_t days)
{
    return (int)((uint64_t)(days + 719162) % 7); /* 0001-01-01: a Monday */
}

/* Floor division by a positive divisor. */
static inline int64_t io_floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* The Monday of ISO 8601 week 1: the week of 4 January. */
static inline int64_t io_first_monday(int year)
{
    int64_t day = io_days_from_civil(year, 1, 4);
    return day - io_weekday(day);
}

#endif
