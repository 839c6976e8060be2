/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/time/period.h"

#include "io/text/trim.h"
#include "io/time/calendar.h"

#include <stdlib.h>
#include <string.h>

/* The instant before that many months later. */
static int64_t after_months(int64_t t, int months)
{
    struct io_civil date =
        io_civil_from_days(io_floor_div(t, IO_SECONDS_PER_DAY));
    int month = date.month - 1 + months;
    return io_days_from_civil(date.year + month / 12, month % 12 + 1, 1)
               * IO_SECONDS_PER_DAY
           - 1;
}

/* The last instant of what a timestamp of such a grain names. */
static int64_t end_of(enum io_time_grain grain, int64_t t)
{
    switch (grain) {
    case IO_GRAIN_DAY:
        return t + IO_SECONDS_PER_DAY - 1;
    case IO_GRAIN_WEEK:
        return t + 7 * IO_SECONDS_PER_DAY - 1;
    case IO_GRAIN_MONTH:
        return after_months(t, 1);
    case IO_GRAIN_QUARTER:
        return after_months(t, 3);
    case IO_GRAIN_YEAR:
        return after_months(t, 12);
    default:
        return t;
    }
}

static bool is_year(const char *text, size_t n)
{
    return n == 4 && strspn(text, "0123456789") >= 4
           && strncmp(text, "0000", 4) != 0;
}

/* By ISO 8601, which is no other form's, but for a year. */
static bool parse_iso(const char *text, size_t n, struct io_period *period)
{
    struct io_time_format seen = {0};
    if (is_year(text, n)) {
        int year = (int)strtol(text, NULL, 10);
        period->first = io_days_from_civil(year, 1, 1) * IO_SECONDS_PER_DAY;
        period->last = end_of(IO_GRAIN_YEAR, period->first);
        return true;
    }
    if (io_time_parse(text, n, &seen, &period->first) != NULL
        || (seen.form != IO_TIME_DATE && seen.form != IO_TIME_MONTH
            && seen.form != IO_TIME_QUARTER && seen.form != IO_TIME_WEEK))
        return false;
    period->last = end_of(io_time_grain(&seen), period->first);
    return true;
}

const char *io_period_parse_one(const char *text, size_t n,
                                const struct io_time_format *format,
                                struct io_period *period)
{
    struct io_time_format own = *format;
    if (!io_time_is_counted(format) && parse_iso(text, n, period))
        return NULL;
    const char *problem = io_time_parse(text, n, &own, &period->first);
    if (problem == NULL)
        period->last = end_of(io_time_grain(&own), period->first);
    return problem;
}

/* Where a period's two dots are; n if it has none. */
static size_t find_dots(const char *text, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++)
        if (text[i] == '.' && text[i + 1] == '.')
            return i;
    return n;
}

static enum fc_status refuse(const struct io_period *period, const char *what,
                             struct fc_error *err)
{
    return fc_fail(err, FC_EINVAL,
                   "'%.*s': %s; a period is written as "
                   "2020-03-15..2020-06-30, 2020-03-15.. or ..2020-06-30",
                   (int)(period->n < 60 ? period->n : 60), period->text, what);
}

/* What it says of one end of a period, which may be nothing. */
static const char *take_end(const char *text, size_t n,
                            const struct io_time_format *format, int64_t *first,
                            int64_t *last)
{
    struct io_period one;
    io_trim(&text, &n);
    if (n == 0)
        return NULL;
    const char *problem = io_period_parse_one(text, n, format, &one);
    if (problem == NULL && first != NULL)
        *first = one.first;
    if (problem == NULL && last != NULL)
        *last = one.last;
    return problem;
}

static enum fc_status parse_one(const struct io_time_format *format,
                                struct io_period *period, struct fc_error *err)
{
    const char *text = period->text, *problem;
    size_t n = period->n, dots = find_dots(text, n);
    period->first = INT64_MIN;
    period->last = INT64_MAX;
    if (dots == n && n > 0) {
        problem = take_end(text, n, format, &period->first, &period->last);
    } else {
        problem = take_end(text, dots, format, &period->first, NULL);
        if (problem == NULL && dots < n)
            problem = take_end(text + dots + 2, n - dots - 2, format, NULL,
                               &period->last);
    }
    if (problem != NULL)
        return refuse(period, problem, err);
    if (period->first == INT64_MIN && period->last == INT64_MAX)
        return refuse(period, n == 0 ? "no period" : "it has no end at all",
                      err);
    if (period->first > period->last)
        return refuse(period, "it ends before it begins", err);
    return FC_OK;
}

enum fc_status io_periods_parse(const char *list,
                                const struct io_time_format *format,
                                struct io_periods *periods,
                                struct fc_error *err)
{
    size_t room = 1;
    enum fc_status status = FC_OK;
    for (const char *p = list; *p != '\0'; p++)
        room += *p == ',';
    *periods = (struct io_periods){.at = calloc(room, sizeof *periods->at)};
    if (periods->at == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    while (status == FC_OK && periods->n < room) {
        struct io_period *period = &periods->at[periods->n++];
        size_t n = strcspn(list, ",");
        *period = (struct io_period){.text = list, .n = n};
        io_trim(&period->text, &period->n);
        status = parse_one(format, period, err);
        list += n + (list[n] == ',');
    }
    if (status != FC_OK)
        io_periods_release(periods);
    return status;
}

void io_periods_release(struct io_periods *periods)
{
    free(periods->at);
    *periods = (struct io_periods){0};
}

bool io_periods_cover(const struct io_periods *periods, int64_t first,
                      int64_t last)
{
    for (size_t i = 0; i < periods->n && first <= last; i++) {
        const struct io_period *period = &periods->at[i];
        if (period->first > first || period->last < first)
            continue;
        if (period->last >= last)
            return true;
        first = period->last + 1;
        i = (size_t)-1; /* from the beginning */
    }
    return periods->n > 0 && first > last;
}
