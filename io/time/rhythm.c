/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Twice a month; dekads (WMO, Manual on Codes: the 1st, 11th and 21st); first
 * and last business days; retail years of 52 or 53 weeks in quarters of 4, 4
 * and 5 weeks (National Retail Federation, 4-5-4 Calendar; the 53rd week is the
 * last period's); weekdays on which a shop is open; weeks whose day moves
 * before a holiday; and local midnights written in UTC, by the rules of summer
 * time of the United States and Canada, the European Union, Australia and New
 * Zealand.
 */
#include "io/time/rhythm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/time/calendar.h"
#include "io/time/names.h"

enum { MONTHS = 12, WEEK = 7, END = 31 };

static int64_t day_of(int64_t t)
{
    return io_floor_div(t, IO_SECONDS_PER_DAY);
}

static int64_t second_of(int64_t t)
{
    return t - day_of(t) * IO_SECONDS_PER_DAY;
}

static bool same_second(const int64_t *t, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (second_of(t[i]) != second_of(t[0]))
            return false;
    return true;
}

/* A day's month, counted from the year 0, and its place in it. */
struct spot {
    int64_t month;
    int day, length;
};

static struct spot spot_of(int64_t day)
{
    struct io_civil date = io_civil_from_days(day);
    return (struct spot){MONTHS * (int64_t)date.year + date.month - 1, date.day,
                         io_month_length(date.year, date.month)};
}

/* The day of a month; END and beyond is its last. */
static bool day_in_month(int64_t month, int day, int64_t *out)
{
    if (month < MONTHS || month >= 10000 * (int64_t)MONTHS)
        return false;
    int year = (int)(month / MONTHS), of_year = (int)(month % MONTHS) + 1;
    int length = io_month_length(year, of_year);
    *out = io_days_from_civil(year, of_year, day < length ? day : length);
    return true;
}

/* --- days of the month: twice a month, dekads --- */

static int is_on(const struct spot *spot, int day)
{
    return spot->day == (day < spot->length ? day : spot->length);
}

/* Which of the days, ascending, it is; -1 if none. */
static int which_day(int64_t day, const int *days, int n)
{
    struct spot spot = spot_of(day);
    for (int i = 0; i < n; i++)
        if (is_on(&spot, days[i]))
            return i;
    return -1;
}

static bool fits_days(const int64_t *t, size_t n, const int *days, int ndays)
{
    unsigned seen = 0;
    if (n < 4)
        return false;
    for (size_t i = 0; i < n; i++) {
        int k = which_day(day_of(t[i]), days, ndays);
        if (k < 0)
            return false;
        seen |= 1u << k;
    }
    return seen == (1u << ndays) - 1 && same_second(t, n);
}

static bool number_by_days(const int *days, int ndays, int64_t start, int64_t t,
                           int64_t *number)
{
    int k = which_day(day_of(t), days, ndays);
    *number = ndays * spot_of(day_of(t)).month + k;
    return k >= 0 && second_of(t) == second_of(start);
}

static bool time_by_days(const int *days, int ndays, int64_t start,
                         int64_t number, int64_t *t)
{
    int64_t month = io_floor_div(number, ndays), day;
    if (!day_in_month(month, days[number - month * ndays], &day))
        return false;
    *t = day * IO_SECONDS_PER_DAY + second_of(start);
    return true;
}

/* Anchor: 32 times the first day and the second. */
static int semimonth_infer(const int64_t *t, size_t n)
{
    static const int pairs[][2] = {{1, 15},   {1, 16}, {15, END},
                                   {16, END}, {5, 20}, {10, 25}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (fits_days(t, n, pairs[i], 2))
            return 32 * pairs[i][0] + pairs[i][1];
    return 0;
}

static bool semimonth_number(int anchor, int64_t start, int64_t t,
                             int64_t *number)
{
    const int days[] = {anchor / 32, anchor % 32};
    return number_by_days(days, 2, start, t, number);
}

static bool semimonth_time(int anchor, int64_t start, int64_t number,
                           int64_t *t)
{
    const int days[] = {anchor / 32, anchor % 32};
    return time_by_days(days, 2, start, number, t);
}

static int season_24(int anchor)
{
    (void)anchor;
    return 24;
}

static void semimonth_text(int anchor, char *buf, size_t size)
{
    if (anchor == 0)
        snprintf(buf, size, "twice a month");
    else if (anchor % 32 == END)
        snprintf(buf, size, "twice a month (days %d and last)", anchor / 32);
    else
        snprintf(buf, size, "twice a month (days %d and %d)", anchor / 32,
                 anchor % 32);
}

/* Anchor: 1 = first days, 2 = last days. */
static const int dekads[][3] = {{1, 11, 21}, {10, 20, END}};

static int dekad_infer(const int64_t *t, size_t n)
{
    for (int i = 0; i < 2; i++)
        if (fits_days(t, n, dekads[i], 3))
            return i + 1;
    return 0;
}

static bool dekad_number(int anchor, int64_t start, int64_t t, int64_t *number)
{
    return number_by_days(dekads[anchor - 1], 3, start, t, number);
}

static bool dekad_time(int anchor, int64_t start, int64_t number, int64_t *t)
{
    return time_by_days(dekads[anchor - 1], 3, start, number, t);
}

static int season_36(int anchor)
{
    (void)anchor;
    return 36;
}

static void dekad_text(int anchor, char *buf, size_t size)
{
    snprintf(buf, size, "dekads%s", anchor == 2 ? " (end)" : "");
}

/* --- first and last business days; anchor: 1 or END --- */

static int64_t business_day_in(int64_t month, int anchor)
{
    int64_t day = 0;
    day_in_month(month, anchor, &day);
    int weekday = io_weekday(day);
    if (anchor == END)
        return day - (weekday > 4 ? weekday - 4 : 0);
    return day + (weekday > 4 ? WEEK - weekday : 0);
}

/* Holidays may move it, by up to four days. */
static bool is_business_end(int64_t day, int anchor)
{
    int64_t usual = business_day_in(spot_of(day).month, anchor);
    int64_t early = anchor == END ? usual - day : day - usual;
    return early >= 0 && early <= 4 && io_weekday(day) < 5;
}

static bool fits_business_month(const int64_t *t, size_t n, int anchor)
{
    size_t usual = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t day = day_of(t[i]);
        if (!is_business_end(day, anchor)
            || (i > 0 && spot_of(day).month == spot_of(day_of(t[i - 1])).month))
            return false;
        usual += day == business_day_in(spot_of(day).month, anchor);
    }
    return 10 * usual >= 8 * n && same_second(t, n);
}

static int business_month_infer(const int64_t *t, size_t n)
{
    if (n < 3)
        return 0;
    return fits_business_month(t, n, END) ? END
           : fits_business_month(t, n, 1) ? 1
                                          : 0;
}

static bool business_month_number(int anchor, int64_t start, int64_t t,
                                  int64_t *number)
{
    *number = spot_of(day_of(t)).month;
    return is_business_end(day_of(t), anchor)
           && second_of(t) == second_of(start);
}

static bool business_month_time(int anchor, int64_t start, int64_t number,
                                int64_t *t)
{
    int64_t day;
    if (!day_in_month(number, 1, &day))
        return false;
    *t =
        business_day_in(number, anchor) * IO_SECONDS_PER_DAY + second_of(start);
    return true;
}

static int season_12(int anchor)
{
    (void)anchor;
    return 12;
}

static void business_month_text(int anchor, char *buf, size_t size)
{
    snprintf(buf, size, "monthly (%s business day)",
             anchor == 1 ? "first" : "last");
}

/* --- retail years --- */

/* What an anchor says, less 1: the digits of a mixed radix. */
struct retail {
    int pattern; /* of weeks[] */
    bool last;   /* the last such weekday of the month, not the nearest */
    int month;   /* the year's last: 1 .. 12 */
    int weekday; /* of the periods' ends */
    bool starts; /* timestamps are the first days of periods */
};

static const int weeks[][3] = {{4, 4, 5}, {4, 5, 4}, {5, 4, 4}};

static int retail_code(const struct retail *r)
{
    return ((((r->pattern * 2 + r->last) * 12 + r->month - 1) * WEEK
             + r->weekday)
                * 2
            + r->starts)
           + 1;
}

static struct retail retail_of(int anchor)
{
    int code = anchor - 1;
    return (struct retail){
        code / 2 / WEEK / 12 / 2, code / 2 / WEEK / 12 % 2 != 0,
        code / 2 / WEEK % 12 + 1, code / 2 % WEEK, code % 2 != 0};
}

/* The last day of a retail year. */
static int64_t year_end(const struct retail *r, int year)
{
    int64_t end =
        io_days_from_civil(year, r->month, io_month_length(year, r->month));
    int back = (io_weekday(end) - r->weekday + WEEK) % WEEK;
    return !r->last && back > 3 ? end - back + WEEK : end - back;
}

static bool retail_number(int anchor, int64_t start, int64_t t, int64_t *number)
{
    struct retail r = retail_of(anchor);
    int64_t day = day_of(t) - r.starts;
    int year = io_civil_from_days(day).year;
    if (year < 3 || year > 9996)
        return false;
    while (year_end(&r, year) < day)
        year++;
    while (year_end(&r, year - 1) >= day)
        year--;
    int64_t since = day - year_end(&r, year - 1), sum = 0;
    for (int p = 0; p < MONTHS; p++) {
        sum += WEEK * weeks[r.pattern][p % 3];
        if (p == MONTHS - 1)
            sum = year_end(&r, year) - year_end(&r, year - 1);
        if (sum == since) {
            *number = MONTHS * (int64_t)year + p + r.starts;
            return second_of(t) == second_of(start);
        }
    }
    return false;
}

static bool retail_time(int anchor, int64_t start, int64_t number, int64_t *t)
{
    struct retail r = retail_of(anchor);
    int64_t end = number - r.starts, year = io_floor_div(end, MONTHS);
    if (year < 3 || year > 9996)
        return false;
    int64_t period = end - year * MONTHS;
    int64_t day = year_end(&r, (int)year - 1);
    for (int64_t p = 0; p <= period; p++)
        day += WEEK * weeks[r.pattern][p % 3];
    if (period == MONTHS - 1)
        day = year_end(&r, (int)year);
    *t = (day + r.starts) * IO_SECONDS_PER_DAY + second_of(start);
    return true;
}

/* Each the next one's neighbour, or some are left out. */
static bool fits_retail(const int64_t *t, size_t n, int anchor)
{
    int64_t number;
    for (size_t i = 0; i < n; i++)
        if (!retail_number(anchor, t[0], t[i], &number))
            return false;
    return true;
}

/* Four and five weeks, and both. */
static bool has_retail_steps(const int64_t *t, size_t n)
{
    unsigned seen = 0;
    for (size_t i = 1; i < n; i++) {
        int64_t days = day_of(t[i]) - day_of(t[i - 1]);
        if (days % WEEK != 0 || days < 28)
            return false;
        seen |= days == 28 ? 1u : days == 35 ? 2u : 0u;
    }
    return n >= 4 && seen == 3 && same_second(t, n);
}

static int retail_infer(const int64_t *t, size_t n)
{
    static const int usual[] = {12, 1, 6, 9, 3, 2, 8, 7, 10, 4, 5, 11};
    struct retail r;
    if (!has_retail_steps(t, n))
        return 0;
    for (int i = 0; i < 2 * MONTHS; i++)
        for (int k = 0; k < 6; k++) {
            r.month = usual[i % MONTHS];
            r.last = k / 3 > 0;
            r.pattern = k % 3;
            r.starts = i >= MONTHS;
            r.weekday = io_weekday(day_of(t[0]) - r.starts);
            if (fits_retail(t, n, retail_code(&r)))
                return retail_code(&r);
        }
    return 0;
}

static void retail_text(int anchor, char *buf, size_t size)
{
    struct retail r = retail_of(anchor > 0 ? anchor : 1);
    snprintf(buf, size, "months of %d, %d and %d weeks", weeks[r.pattern][0],
             weeks[r.pattern][1], weeks[r.pattern][2]);
}

/* --- open days; anchor: a bit for each weekday, Monday the lowest --- */

static int weekdays_in(int anchor)
{
    return __builtin_popcount((unsigned)anchor & 127);
}

static bool open_number(int anchor, int64_t start, int64_t t, int64_t *number)
{
    int64_t day = day_of(t);
    int weekday = io_weekday(day);
    int64_t week = io_floor_div(day - weekday + 3, WEEK);
    *number =
        week * weekdays_in(anchor) + weekdays_in(anchor & ((1 << weekday) - 1));
    return (anchor >> weekday & 1) != 0 && second_of(t) == second_of(start);
}

static bool open_time(int anchor, int64_t start, int64_t number, int64_t *t)
{
    int n = weekdays_in(anchor), weekday = 0;
    int64_t week = io_floor_div(number, n);
    int64_t left = number - week * n;
    if (week < -110000 || week > 450000)
        return false;
    while ((anchor >> weekday & 1) == 0 || left-- > 0)
        weekday++;
    *t = (week * WEEK - 3 + weekday) * IO_SECONDS_PER_DAY + second_of(start);
    return *t >= IO_TIME_MIN && *t <= IO_TIME_MAX;
}

/* Four weeks in which four in five of the open days are there. */
static int open_infer(const int64_t *t, size_t n)
{
    int mask = 0;
    int64_t first, last;
    for (size_t i = 0; i < n && mask != 127; i++)
        mask |= 1 << io_weekday(day_of(t[i]));
    if (mask == 127 || weekdays_in(mask) < 2 || !same_second(t, n)
        || day_of(t[n - 1]) - day_of(t[0]) < 27)
        return 0;
    open_number(mask, t[0], t[0], &first);
    open_number(mask, t[0], t[n - 1], &last);
    return 5 * (int64_t)n >= 4 * (last - first + 1) ? mask : 0;
}

static void open_text(int anchor, char *buf, size_t size)
{
    int n = snprintf(buf, size, "open days");
    for (int i = 0, k = 0; i < WEEK; i++)
        if ((anchor >> i & 1) != 0 && n > 0 && (size_t)n < size)
            n += snprintf(buf + n, size - (size_t)n, "%s%.3s",
                          k++ == 0 ? ": " : " ", io_weekdays[i]);
}

/* --- weeks whose day moves; anchor: 1 + the usual weekday --- */

/* The usual day of the week that a day is of: three days on either side. */
static int64_t usual_day(int anchor, int64_t day)
{
    int64_t off = (io_weekday(day) - (anchor - 1) + 3 + WEEK) % WEEK - 3;
    return day - off;
}

static bool moved_number(int anchor, int64_t start, int64_t t, int64_t *number)
{
    int64_t day = day_of(t), usual = usual_day(anchor, day);
    *number = io_floor_div(usual, WEEK);
    return day >= usual - 2 && day <= usual + 1 && io_weekday(day) < 5
           && second_of(t) == second_of(start);
}

static bool moved_time(int anchor, int64_t start, int64_t number, int64_t *t)
{
    if (number < -110000 || number > 450000)
        return false;
    *t = usual_day(anchor, number * WEEK + 3) * IO_SECONDS_PER_DAY
         + second_of(start);
    return *t >= IO_TIME_MIN && *t <= IO_TIME_MAX;
}

/*
 * Nine in ten on one weekday, the others on another a day or two before it, or
 * the day after: what is due on a Friday comes on Thursday, what takes two days
 * from Monday's opening a day later.
 */
static int moved_infer(const int64_t *t, size_t n)
{
    size_t count[WEEK] = {0};
    int usual = 0;
    int64_t before = INT64_MIN, number;
    for (size_t i = 0; i < n; i++)
        count[io_weekday(day_of(t[i]))]++;
    for (int i = 1; i < WEEK; i++)
        if (count[i] > count[usual])
            usual = i;
    if (n < 10 || 10 * count[usual] < 9 * n || count[usual] == n || usual > 4)
        return 0;
    for (size_t i = 0; i < n; i++) {
        if (!moved_number(usual + 1, t[0], t[i], &number) || number == before)
            return 0;
        before = number;
    }
    return usual + 1;
}

static int season_52(int anchor)
{
    (void)anchor;
    return 52;
}

static void moved_text(int anchor, char *buf, size_t size)
{
    (void)anchor;
    snprintf(buf, size, "weekly (moved for holidays)");
}

/* --- local midnights in UTC; anchor: 1 + the rule --- */

/* Sundays of months: the n-th, or the last, 5. */
static const struct summer_time {
    int from_month, from_sunday, to_month, to_sunday;
} summer_times[] = {
    {3, 2, 11, 1}, /* United States, Canada, since 2007 */
    {3, 5, 10, 5}, /* European Union, United Kingdom, since 1996 */
    {10, 1, 4, 1}, /* Australia, since 2008 */
    {9, 5, 4, 1},  /* New Zealand, since 2007 */
};

enum { NSUMMER_TIMES = sizeof summer_times / sizeof *summer_times };

static int64_t nth_sunday(int year, int month, int n)
{
    int64_t first = io_days_from_civil(year, month, 1);
    int64_t sunday = first + (6 - io_weekday(first));
    int64_t last = first + io_month_length(year, month) - 1;
    return n < 5 ? sunday + WEEK * (n - 1) : last - (io_weekday(last) + 1) % 7;
}

/* Whether a local midnight is of summer: clocks change after it. */
static bool is_summer(const struct summer_time *s, int64_t date)
{
    int year = io_civil_from_days(date).year;
    int64_t from = nth_sunday(year, s->from_month, s->from_sunday);
    int64_t to = nth_sunday(year, s->to_month, s->to_sunday);
    return from < to ? date > from && date <= to : date > from || date <= to;
}

/* A time by the second of the day that midnight has in winter. */
static int64_t local_day(int64_t t, int64_t winter)
{
    return io_floor_div(t - winter + IO_SECONDS_PER_DAY / 2,
                        IO_SECONDS_PER_DAY);
}

static int64_t local_time(const struct summer_time *s, int64_t day,
                          int64_t winter)
{
    int64_t date = day + (winter >= IO_SECONDS_PER_DAY / 2);
    return day * IO_SECONDS_PER_DAY + winter - 3600 * is_summer(s, date);
}

/* By a time that is one: it is of winter, or an hour early. */
static bool find_winter(const struct summer_time *s, int64_t t, int64_t *winter)
{
    for (int64_t early = 0; early <= 3600; early += 3600) {
        *winter = (second_of(t) + early) % IO_SECONDS_PER_DAY;
        if (local_time(s, local_day(t, *winter), *winter) == t)
            return true;
    }
    return false;
}

static bool local_number(int anchor, int64_t start, int64_t t, int64_t *number)
{
    const struct summer_time *s = &summer_times[anchor - 1];
    int64_t winter;
    if (!find_winter(s, start, &winter))
        return false;
    *number = local_day(t, winter);
    return local_time(s, *number, winter) == t;
}

static bool local_time_of(int anchor, int64_t start, int64_t number, int64_t *t)
{
    const struct summer_time *s = &summer_times[anchor - 1];
    int64_t winter;
    if (!find_winter(s, start, &winter) || number < -719000 || number > 2932800)
        return false;
    *t = local_time(s, number, winter);
    return true;
}

static int local_infer(const int64_t *t, size_t n)
{
    int64_t number;
    for (int rule = 1; rule <= NSUMMER_TIMES; rule++) {
        size_t fit = 0;
        while (fit < n && local_number(rule, t[0], t[fit], &number))
            fit++;
        if (fit == n)
            return same_second(t, n) ? 0 : rule;
    }
    return 0;
}

static int season_7(int anchor)
{
    (void)anchor;
    return 7;
}

static void local_text(int anchor, char *buf, size_t size)
{
    (void)anchor;
    snprintf(buf, size, "daily (local midnight)");
}

/* --- the table --- */

static const struct io_rhythm rhythms[] = {
    {IO_FREQ_RETAIL_MONTH, 365.2425 / 12, season_12, retail_infer,
     retail_number, retail_time, retail_text},
    {IO_FREQ_BUSINESS_MONTH, 365.2425 / 12, season_12, business_month_infer,
     business_month_number, business_month_time, business_month_text},
    {IO_FREQ_SEMIMONTH, 365.2425 / 24, season_24, semimonth_infer,
     semimonth_number, semimonth_time, semimonth_text},
    {IO_FREQ_DEKAD, 365.2425 / 36, season_36, dekad_infer, dekad_number,
     dekad_time, dekad_text},
    {IO_FREQ_WEEK, 7, season_52, moved_infer, moved_number, moved_time,
     moved_text},
    {IO_FREQ_LOCAL_DAY, 1, season_7, local_infer, local_number, local_time_of,
     local_text},
    {IO_FREQ_OPEN_DAY, 7.0 / 6, weekdays_in, open_infer, open_number, open_time,
     open_text},
};

enum { NRHYTHMS = sizeof rhythms / sizeof *rhythms };

const struct io_rhythm *io_rhythm_at(enum io_freq_unit unit)
{
    for (size_t i = 0; i < NRHYTHMS; i++)
        if (rhythms[i].unit == unit)
            return &rhythms[i];
    return NULL;
}

bool io_rhythm_has(enum io_freq_unit unit, int64_t anchor)
{
    enum { RETAIL = 3 * 2 * MONTHS * WEEK * 2, WEEKDAYS = 127 };
    int64_t most = unit == IO_FREQ_SEMIMONTH        ? END * 32 + END
                   : unit == IO_FREQ_DEKAD          ? 2
                   : unit == IO_FREQ_BUSINESS_MONTH ? END
                   : unit == IO_FREQ_RETAIL_MONTH   ? RETAIL
                   : unit == IO_FREQ_OPEN_DAY       ? WEEKDAYS
                   : unit == IO_FREQ_LOCAL_DAY      ? (int64_t)NSUMMER_TIMES
                                                    : 0;
    if (anchor < 1 || anchor > most)
        return false;
    if (unit == IO_FREQ_SEMIMONTH)
        return anchor >= 32 && anchor % 32 > 0;
    return unit != IO_FREQ_BUSINESS_MONTH || anchor == 1 || anchor == END;
}

/* Every so many of them. */
static int64_t multiple_of(const struct io_rhythm *r, int anchor,
                           const int64_t *t, size_t n)
{
    int64_t first, number, multiple = 0;
    r->number(anchor, t[0], t[0], &first);
    for (size_t i = 1; i < n && multiple != 1; i++) {
        r->number(anchor, t[0], t[i], &number);
        for (int64_t a = number - first; a != 0;) {
            int64_t rest = multiple % a;
            multiple = a;
            a = rest;
        }
    }
    return multiple;
}

static bool take(const struct io_rhythm *r, const int64_t *t, size_t n,
                 struct io_freq *freq)
{
    int anchor = r->infer(t, n);
    if (anchor == 0)
        return false;
    *freq = (struct io_freq){r->unit, multiple_of(r, anchor, t, n), anchor};
    return freq->multiple > 0;
}

/* The closest two times of most kinds are a week or so apart. */
static bool are_apart(const int64_t *t, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (t[i] - t[i - 1] < 5 * IO_SECONDS_PER_DAY)
            return false;
    return true;
}

/* Days of 23, 24 and 25 hours. */
static bool are_local_days(const int64_t *t, size_t n)
{
    bool changes = false;
    for (size_t i = 1; i < n; i++) {
        int64_t step = t[i] - t[i - 1];
        if (step < 23 * 3600)
            return false;
        changes = changes || step % IO_SECONDS_PER_DAY != 0;
    }
    return changes && n > 2;
}

bool io_rhythm_infer(const int64_t *t, size_t n, bool dates,
                     struct io_freq *freq)
{
    bool apart = are_apart(t, n);
    bool days = !dates && !apart && are_local_days(t, n);
    for (size_t i = 0; (apart || days) && i < NRHYTHMS; i++) {
        enum io_freq_unit unit = rhythms[i].unit;
        if (unit == IO_FREQ_OPEN_DAY
            || !(unit == IO_FREQ_LOCAL_DAY ? days : apart))
            continue;
        if (take(&rhythms[i], t, n, freq))
            return true;
    }
    return false;
}

bool io_open_days_infer(const int64_t *t, size_t n, struct io_freq *freq)
{
    return take(&rhythms[NRHYTHMS - 1], t, n, freq);
}
