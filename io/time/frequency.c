/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Grids of times: the step of a series from its timestamps, positions on the
 * grid, and its continuation.
 *
 * A position is always counted from the start of the series, never from the
 * timestamp before, so that 31 January, 28 February continues with 31 March.
 */
#include "io/time/frequency.h"

#include "io/text/gcd.h"
#include "io/time/calendar.h"
#include "io/time/rhythm.h"

enum { MONDAY_TO_FRIDAY = 31 };
enum { DAYS_OF_WEEK = 7, BUSINESS_DAYS_OF_WEEK = 5, MONTHS_OF_YEAR = 12 };

/* No month is shorter. */
#define SHORTEST_MONTH (28 * IO_SECONDS_PER_DAY)

/* Largest magnitude of an integer timestamp: 18 digits. */
#define INTEGER_MAX INT64_C(999999999999999999)

/* Seconds of a unit of constant length; 1 for integers; else 0. */
static int64_t unit_length(enum io_freq_unit unit)
{
    switch (unit) {
    case IO_FREQ_STEP:
    case IO_FREQ_PERIOD:
    case IO_FREQ_SECOND:
        return 1;
    case IO_FREQ_MINUTE:
        return 60;
    case IO_FREQ_HOUR:
        return 3600;
    case IO_FREQ_DAY:
        return IO_SECONDS_PER_DAY;
    case IO_FREQ_WEEK:
        return DAYS_OF_WEEK * IO_SECONDS_PER_DAY;
    default:
        return 0;
    }
}

double io_freq_length(const struct io_freq *freq)
{
    double unit = (double)unit_length(freq->unit);
    const struct io_rhythm *rhythm = io_rhythm_of(freq);
    if (rhythm != NULL)
        return IO_SECONDS_PER_DAY * rhythm->days * (double)freq->multiple;
    if (freq->unit == IO_FREQ_BUSINESS_DAY)
        unit = IO_SECONDS_PER_DAY * 7.0 / 5;
    else if (freq->unit == IO_FREQ_MONTH)
        unit = IO_SECONDS_PER_DAY * 365.2425 / 12;
    return unit * (double)freq->multiple;
}

struct io_freq io_freq_from_seconds(int64_t seconds)
{
    static const enum io_freq_unit units[] = {IO_FREQ_WEEK, IO_FREQ_DAY,
                                              IO_FREQ_HOUR, IO_FREQ_MINUTE};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        int64_t length = unit_length(units[i]);
        if (seconds % length == 0)
            return (struct io_freq){units[i], seconds / length, 0};
    }
    return (struct io_freq){IO_FREQ_SECOND, seconds, 0};
}

/* Of numbers that are not negative. */
static int64_t gcd(int64_t a, int64_t b)
{
    return (int64_t)io_gcd((uint64_t)a, (uint64_t)b);
}

static int64_t gcd_of_steps(const int64_t *t, size_t n)
{
    int64_t g = t[1] - t[0];
    for (size_t i = 2; i < n && g > 1; i++) {
        int64_t step = t[i] - t[i - 1];
        if (step != g)
            g = gcd(step, g);
    }
    return g;
}

static bool has_shorter_step(const int64_t *t, size_t n, int64_t length)
{
    for (size_t i = 1; i < n; i++) {
        if (t[i] - t[i - 1] < length)
            return true;
    }
    return false;
}

/* Where a time falls in its month. */
struct place {
    int64_t month; /* 12 * year + month - 1 */
    int day;
    int length;     /* of the month */
    int64_t second; /* of the day */
};

static struct place locate(int64_t t)
{
    int64_t day = io_floor_div(t, IO_SECONDS_PER_DAY);
    struct io_civil date = io_civil_from_days(day);
    return (struct place){MONTHS_OF_YEAR * (int64_t)date.year + date.month - 1,
                          date.day, io_month_length(date.year, date.month),
                          t - day * IO_SECONDS_PER_DAY};
}

static int clamp_day(int anchor, int length)
{
    return anchor < length ? anchor : length;
}

/*
 * What days of the month have been seen.  One that is not its month's end
 * must be the anchor day itself; a month's end may be an anchor day at or
 * beyond it.
 */
struct days_seen {
    int inner; /* day of the dates that are not month ends; 0: none */
    int end;   /* latest month end */
    bool agree;
};

static void see_day(struct days_seen *seen, const struct place *place)
{
    if (place->day == place->length) {
        if (place->day > seen->end)
            seen->end = place->day;
    } else {
        if (seen->inner != 0 && seen->inner != place->day)
            seen->agree = false;
        if (place->day > seen->inner)
            seen->inner = place->day;
    }
}

/* The day they all fall on, the month's end being 31; 0 if there is none. */
static int common_day(const struct days_seen *seen)
{
    if (seen->inner == 0)
        return 31;
    return seen->agree && seen->end <= seen->inner ? seen->inner : 0;
}

static bool infer_months(const int64_t *t, size_t n, struct io_freq *freq)
{
    struct place first = locate(t[0]);
    struct days_seen seen = {.agree = true};
    int64_t months = 0;
    see_day(&seen, &first);
    for (size_t i = 1; i < n; i++) {
        struct place place = locate(t[i]);
        see_day(&seen, &place);
        if (place.second != first.second || !seen.agree)
            return false;
        if (months != 1)
            months = gcd(place.month - first.month, months);
    }
    int anchor = common_day(&seen);
    if (anchor == 0 || months == 0)
        return false;
    *freq = (struct io_freq){IO_FREQ_MONTH, months, anchor};
    return true;
}

/* Business days up to this one, a weekend counting as its Friday. */
static int64_t business_day_number(int64_t day)
{
    int weekday = io_weekday(day);
    int64_t monday = day - weekday + 3; /* Thursday 1970-01-01 is day 0 */
    if (weekday > 4)
        weekday = 4;
    return monday / DAYS_OF_WEEK * BUSINESS_DAYS_OF_WEEK + weekday;
}

static int64_t day_from_business_day(int64_t number)
{
    int64_t week = io_floor_div(number, BUSINESS_DAYS_OF_WEEK);
    return week * DAYS_OF_WEEK + (number - week * BUSINESS_DAYS_OF_WEEK) - 3;
}

static bool is_weekend(int64_t day)
{
    return io_weekday(day) > 4;
}

/*
 * Business days rather than every so many days, if that grid has fewer points
 * or, with as many points, if the timestamps are consecutive business days.
 */
static bool infer_business_days(const int64_t *t, size_t n, int64_t days,
                                struct io_freq *freq)
{
    int64_t first = io_floor_div(t[0], IO_SECONDS_PER_DAY);
    int64_t last = io_floor_div(t[n - 1], IO_SECONDS_PER_DAY);
    int64_t start = business_day_number(first);
    int64_t step = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t day = io_floor_div(t[i], IO_SECONDS_PER_DAY);
        if (is_weekend(day))
            return false;
        if (step != 1)
            step = gcd(business_day_number(day) - start, step);
    }
    int64_t span = business_day_number(last) - start;
    if (span == last - first)
        return false;
    int64_t business_points = span / step;
    int64_t points = (last - first) / days;
    if (business_points > points || (business_points == points && step > 1))
        return false;
    *freq = (struct io_freq){IO_FREQ_BUSINESS_DAY, step, 0};
    return true;
}

void io_freq_infer(const int64_t *t, size_t n,
                   const struct io_time_format *format, struct io_freq *freq)
{
    *freq = (struct io_freq){IO_FREQ_UNKNOWN, 0, 0};
    if (n < 2)
        return;
    if (format->form == IO_TIME_INTEGER) {
        *freq = (struct io_freq){IO_FREQ_STEP, gcd_of_steps(t, n), 0};
        return;
    }
    if (format->form == IO_TIME_PERIOD) {
        *freq =
            (struct io_freq){IO_FREQ_PERIOD, gcd_of_steps(t, n), format->cycle};
        return;
    }
    if (format->form != IO_TIME_WEEK && !has_shorter_step(t, n, SHORTEST_MONTH)
        && infer_months(t, n, freq))
        return;
    if (format->form != IO_TIME_WEEK
        && io_rhythm_infer(t, n, io_time_grain(format) == IO_GRAIN_DAY, freq))
        return;
    int64_t seconds = gcd_of_steps(t, n);
    *freq = io_freq_from_seconds(seconds);
    if (freq->unit == IO_FREQ_DAY && freq->multiple == 1
        && io_open_days_infer(t, n, freq)
        && freq->anchor_day != MONDAY_TO_FRIDAY)
        return;
    *freq = io_freq_from_seconds(seconds);
    if (freq->unit == IO_FREQ_DAY)
        infer_business_days(t, n, freq->multiple, freq);
}

static bool same_step(const struct io_freq *a, const struct io_freq *b)
{
    return a->unit == b->unit && a->multiple == b->multiple
           && a->anchor_day == b->anchor_day;
}

/* That of most pairs of neighbours, if one is (Boyer & Moore 1991, MJRTY). */
static struct io_freq most_common_step(const int64_t *t, size_t n,
                                       const struct io_time_format *format)
{
    struct io_freq best = {IO_FREQ_UNKNOWN, 0, 0}, pair;
    size_t lead = 0;
    for (size_t i = 1; i < n; i++) {
        io_freq_infer(t + i - 1, 2, format, &pair);
        if (lead == 0)
            best = pair;
        if (same_step(&pair, &best))
            lead++;
        else
            lead--;
    }
    return best;
}

/* So many that no longer step fits nine in ten. */
static bool has_many_steps_of(const struct io_freq *freq, const int64_t *t,
                              size_t n)
{
    double length = 1.5 * io_freq_length(freq);
    size_t found = 0;
    for (size_t i = 1; i < n && 10 * found < n; i++)
        found += (double)(t[i] - t[i - 1]) < length;
    return 10 * found >= n;
}

void io_freq_infer_usual(const int64_t *t, size_t n,
                         const struct io_time_format *format,
                         struct io_freq *freq)
{
    int64_t points = 0, steps;
    size_t fit = 0;
    if (n < 3 || io_rhythm_of(freq) != NULL
        || !io_freq_index(freq, t[0], t[n - 1], &points)
        || points < (int64_t)(n - 1 + n / 2) || has_many_steps_of(freq, t, n))
        return;
    struct io_freq usual = most_common_step(t, n, format);
    if (io_freq_length(&usual) <= io_freq_length(freq))
        return;
    for (size_t i = 1; i < n; i++)
        fit += io_freq_index(&usual, t[i - 1], t[i], &steps);
    if (10 * fit >= 9 * (n - 1))
        *freq = usual;
}

/* The day of the month of most, its end being 31, if one is. */
static int most_common_day(const int64_t *t, size_t n)
{
    int best = 0;
    size_t lead = 0;
    for (size_t i = 0; i < n; i++) {
        struct place place = locate(t[i]);
        int day = place.day == place.length ? 31 : place.day;
        if (lead == 0)
            best = day;
        if (day == best)
            lead++;
        else
            lead--;
    }
    return best;
}

static size_t on_day(const int64_t *t, size_t n, int anchor)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        struct place place = locate(t[i]);
        found += place.day == clamp_day(anchor, place.length);
    }
    return found;
}

/* For timestamps that no day of the month explains. */
static int likely_day(const struct io_freq *file, const int64_t *t, size_t n,
                      const struct days_seen *seen)
{
    int day = most_common_day(t, n);
    if (file->anchor_day != 0 && 2 * on_day(t, n, file->anchor_day) > n)
        return file->anchor_day;
    if (2 * on_day(t, n, day) > n)
        return day;
    return seen->inner > seen->end ? seen->inner : seen->end;
}

/* Whether all times are on the grid. */
static bool explains(const struct io_freq *freq, const int64_t *t, size_t n)
{
    int64_t k;
    return io_freq_follow(freq, t[0], t, n, &k) == n;
}

/* The anchor of a series whose unit is the file's. */
static void settle_anchor(const struct io_freq *file, const int64_t *t,
                          size_t n, struct io_freq *own)
{
    struct io_freq seen;
    if ((file->unit != IO_FREQ_WEEK && file->anchor_day == 0)
        || !explains(file, t, n)) {
        bool found = file->unit == IO_FREQ_OPEN_DAY
                         ? io_open_days_infer(t, n, &seen)
                         : io_rhythm_infer(t, n, false, &seen);
        if (found && seen.unit == file->unit)
            own->anchor_day = seen.anchor_day;
    }
}

void io_freq_settle(const struct io_freq *file, const int64_t *t, size_t n,
                    struct io_freq *own)
{
    struct days_seen seen = {.agree = true};
    bool explained = file->anchor_day != 0;
    *own = *file;
    if (file->unit == IO_FREQ_WEEK || file->unit >= IO_FREQ_SEMIMONTH)
        settle_anchor(file, t, n, own);
    if (file->unit != IO_FREQ_MONTH)
        return;
    for (size_t i = 0; i < n; i++) {
        struct place place = locate(t[i]);
        see_day(&seen, &place);
        explained =
            explained && place.day == clamp_day(file->anchor_day, place.length);
    }
    if (explained)
        return;
    own->anchor_day = common_day(&seen);
    if (own->anchor_day == 0)
        own->anchor_day = likely_day(file, t, n, &seen);
}

/* The anchor day to follow from this start. */
static int anchor_from(const struct io_freq *freq, const struct place *start)
{
    return freq->anchor_day != 0 ? freq->anchor_day : start->day;
}

static bool month_steps(const struct io_freq *freq, const struct place *from,
                        int64_t t, int64_t *steps)
{
    struct place to = locate(t);
    int anchor = anchor_from(freq, from);
    *steps = to.month - from->month;
    return to.second == from->second
           && from->day == clamp_day(anchor, from->length)
           && to.day == clamp_day(anchor, to.length);
}

/* All of them after one start. */
static size_t follow_months(const struct io_freq *freq, int64_t start,
                            const int64_t *t, size_t n, int64_t *index)
{
    struct place from = locate(start);
    int64_t steps;
    for (size_t i = 0; i < n; i++) {
        if (!month_steps(freq, &from, t[i], &steps)
            || steps % freq->multiple != 0)
            return i;
        *index = steps / freq->multiple;
    }
    return n;
}

static bool business_day_steps(int64_t start, int64_t t, int64_t *steps)
{
    int64_t from = io_floor_div(start, IO_SECONDS_PER_DAY);
    int64_t to = io_floor_div(t, IO_SECONDS_PER_DAY);
    *steps = business_day_number(to) - business_day_number(from);
    return !is_weekend(from) && !is_weekend(to)
           && (t - start) % IO_SECONDS_PER_DAY == 0;
}

static bool rhythm_index(const struct io_rhythm *rhythm,
                         const struct io_freq *freq, int64_t start, int64_t t,
                         int64_t *index)
{
    int64_t from, to;
    *index = 0;
    if (freq->anchor_day == 0
        || !rhythm->number(freq->anchor_day, start, start, &from)
        || !rhythm->number(freq->anchor_day, start, t, &to))
        return false;
    *index = (to - from) / freq->multiple;
    return *index * freq->multiple == to - from;
}

bool io_freq_index(const struct io_freq *freq, int64_t start, int64_t t,
                   int64_t *index)
{
    int64_t steps = t - start;
    int64_t length = freq->multiple;
    const struct io_rhythm *rhythm = io_rhythm_of(freq);
    struct place from;
    if (rhythm != NULL)
        return rhythm_index(rhythm, freq, start, t, index);
    switch (freq->unit) {
    case IO_FREQ_UNKNOWN:
        *index = 0;
        return t == start;
    case IO_FREQ_MONTH:
        from = locate(start);
        if (!month_steps(freq, &from, t, &steps))
            return false;
        break;
    case IO_FREQ_BUSINESS_DAY:
        if (!business_day_steps(start, t, &steps))
            return false;
        break;
    default:
        length *= unit_length(freq->unit);
    }
    *index = steps / length;
    return *index * length == steps;
}

/* Of a step that is always as long, in the units of t; 0 for others. */
static int64_t fixed_length(const struct io_freq *freq)
{
    if (freq->unit == IO_FREQ_UNKNOWN || freq->unit == IO_FREQ_MONTH
        || freq->unit == IO_FREQ_BUSINESS_DAY || io_rhythm_of(freq) != NULL)
        return 0;
    return freq->multiple * unit_length(freq->unit);
}

size_t io_freq_follow(const struct io_freq *freq, int64_t start,
                      const int64_t *t, size_t n, int64_t *index)
{
    int64_t length = fixed_length(freq), k;
    if (freq->unit == IO_FREQ_MONTH)
        return follow_months(freq, start, t, n, index);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && length > 0 && t[i] - t[i - 1] == length) {
            ++*index; /* as it is nearly always */
            continue;
        }
        if (!io_freq_index(freq, start, t[i], &k))
            return i;
        *index = k;
    }
    return n;
}

static bool advance_months(const struct io_freq *freq, int64_t start,
                           int64_t months, int64_t *t)
{
    struct place from = locate(start);
    int64_t month;
    if (__builtin_add_overflow(from.month, months, &month)
        || month < MONTHS_OF_YEAR || month >= 10000 * MONTHS_OF_YEAR)
        return false;
    int year = (int)(month / MONTHS_OF_YEAR);
    int of_year = (int)(month % MONTHS_OF_YEAR) + 1;
    int day =
        clamp_day(anchor_from(freq, &from), io_month_length(year, of_year));
    *t = io_days_from_civil(year, of_year, day) * IO_SECONDS_PER_DAY
         + from.second;
    return true;
}

static bool advance_business_days(int64_t start, int64_t days, int64_t *t)
{
    int64_t day = io_floor_div(start, IO_SECONDS_PER_DAY);
    int64_t second = start - day * IO_SECONDS_PER_DAY;
    int64_t number;
    if (__builtin_add_overflow(business_day_number(day), days, &number)
        || number < INT32_MIN || number > INT32_MAX)
        return false;
    *t = day_from_business_day(number) * IO_SECONDS_PER_DAY + second;
    return *t >= IO_TIME_MIN && *t <= IO_TIME_MAX;
}

static bool advance_evenly(const struct io_freq *freq, int64_t start,
                           int64_t steps, int64_t *t)
{
    int64_t length;
    bool integers = freq->unit == IO_FREQ_STEP || freq->unit == IO_FREQ_PERIOD;
    if (__builtin_mul_overflow(steps, unit_length(freq->unit), &length)
        || __builtin_add_overflow(start, length, t))
        return false;
    return integers ? *t >= -INTEGER_MAX && *t <= INTEGER_MAX
                    : *t >= IO_TIME_MIN && *t <= IO_TIME_MAX;
}

bool io_freq_advance(const struct io_freq *freq, int64_t start, int64_t k,
                     int64_t *t)
{
    int64_t steps, from;
    const struct io_rhythm *rhythm = io_rhythm_of(freq);
    if (__builtin_mul_overflow(k, freq->multiple, &steps))
        return false;
    if (rhythm != NULL)
        return freq->anchor_day != 0
               && rhythm->number(freq->anchor_day, start, start, &from)
               && !__builtin_add_overflow(from, steps, &from)
               && rhythm->time(freq->anchor_day, start, from, t);
    switch (freq->unit) {
    case IO_FREQ_UNKNOWN:
        *t = start;
        return k == 0;
    case IO_FREQ_MONTH:
        return advance_months(freq, start, steps, t);
    case IO_FREQ_BUSINESS_DAY:
        return advance_business_days(start, steps, t);
    default:
        return advance_evenly(freq, start, steps, t);
    }
}

/*
 * The steps until a cycle of so many units repeats: 7 for every second day.
 * None if there are not two steps to the cycle.
 */
static int steps_of_cycle(int64_t cycle, int64_t multiple)
{
    return 2 * multiple <= cycle ? (int)(cycle / gcd(cycle, multiple)) : 1;
}

int io_freq_season(const struct io_freq *freq)
{
    const struct io_rhythm *rhythm = io_rhythm_of(freq);
    if (rhythm != NULL)
        return steps_of_cycle(rhythm->season(freq->anchor_day), freq->multiple);
    switch (freq->unit) {
    case IO_FREQ_UNKNOWN:
    case IO_FREQ_STEP:
        return 1;
    case IO_FREQ_SECOND:
        return steps_of_cycle(3600, freq->multiple);
    case IO_FREQ_MINUTE:
        return steps_of_cycle(1440, freq->multiple);
    case IO_FREQ_HOUR:
        return steps_of_cycle(24, freq->multiple);
    case IO_FREQ_DAY:
        return steps_of_cycle(DAYS_OF_WEEK, freq->multiple);
    case IO_FREQ_BUSINESS_DAY:
        return steps_of_cycle(BUSINESS_DAYS_OF_WEEK, freq->multiple);
    case IO_FREQ_WEEK:
        /* A year is not a whole number of weeks: the nearest of steps. */
        return freq->multiple <= 26
                   ? (int)((52 + freq->multiple / 2) / freq->multiple)
                   : 1;
    case IO_FREQ_MONTH:
        return steps_of_cycle(MONTHS_OF_YEAR, freq->multiple);
    case IO_FREQ_PERIOD:
        return steps_of_cycle(freq->anchor_day, freq->multiple);
    default:
        return 1;
    }
}

/* Units in the next longer cycle; 0 = none. */
static double longer_cycle(enum io_freq_unit unit)
{
    static const double day = 24, week = 7, year = 365.25;
    switch (unit) {
    case IO_FREQ_SECOND:
        return day * 3600;
    case IO_FREQ_MINUTE:
        return week * day * 60;
    case IO_FREQ_HOUR:
        return week * day;
    case IO_FREQ_DAY:
        return year;
    case IO_FREQ_BUSINESS_DAY:
        return 261;
    default:
        return 0;
    }
}

struct fc_seasons io_freq_seasons(const struct io_freq *freq, int64_t first,
                                  int64_t last)
{
    int shortest = io_freq_season(freq);
    struct fc_seasons seasons = fc_one_season(shortest);
    double cycle = longer_cycle(freq->unit), longer;
    int64_t steps = 0;
    if (shortest > 1
        && (longer = cycle / (double)freq->multiple) > 2 * shortest) {
        seasons.length[seasons.n++] = longer;
        if (!io_freq_index(freq, first, last, &steps))
            steps = 0;
        seasons = fc_seasons_fitting(&seasons, (size_t)steps + 1);
    }
    return seasons;
}

double io_freq_year(const struct io_freq *freq)
{
    static const double seconds = 365.25 * 86400;
    switch (freq->unit) {
    case IO_FREQ_SECOND:
    case IO_FREQ_MINUTE:
    case IO_FREQ_HOUR:
    case IO_FREQ_DAY:
    case IO_FREQ_WEEK:
        return seconds / io_freq_length(freq);
    default:
        return 0;
    }
}

bool io_freq_is_anchor(enum io_freq_unit unit, int64_t anchor)
{
    if (anchor == 0 || unit >= IO_FREQ_SEMIMONTH)
        return anchor == 0 || io_rhythm_has(unit, anchor);
    return unit == IO_FREQ_MONTH    ? anchor >= 1 && anchor <= 31
           : unit == IO_FREQ_PERIOD ? anchor == 12 || anchor == 13
           : unit == IO_FREQ_WEEK   ? anchor >= 1 && anchor <= 7
                                    : false;
}
