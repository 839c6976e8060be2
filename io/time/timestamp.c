/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading and writing of timestamps, character by character: a nightly batch
 * reads tens of millions of them, so that strptime and mktime, which know of
 * locales and time zones, are out of the question.
 *
 * Here are those of ISO 8601:2004 (4.1.2, 4.1.4, 4.3), with a blank for the T,
 * the quarters and periods that it lacks, and numbers; all others are patterns
 * (pattern.c).  What a form is, is a row of the table below.
 */
#include "io/time/timestamp.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/text/digits.h"
#include "io/text/number.h"
#include "io/time/calendar.h"
#include "io/time/pattern.h"
#include "io/time/tail.h"

static const char not_a_timestamp[] = "not a timestamp";

/* 1970-01-01 as a spreadsheet's serial day */
#define IO_SERIAL_1970 25569

/* Above 9 for what is not a digit. */
static inline unsigned digit(char c)
{
    return (unsigned char)(c - '0');
}

/* Two digits as a number, or a number above 99. */
static inline unsigned two_digits(const char *p)
{
    unsigned tens = digit(p[0]);
    unsigned ones = digit(p[1]);
    return tens > 9 || ones > 9 ? 100 : 10 * tens + ones;
}

/* Four digits as a number, or a number above 9999. */
static inline unsigned four_digits(const char *p)
{
    unsigned high = two_digits(p);
    unsigned low = two_digits(p + 2);
    return high > 99 || low > 99 ? 10000 : 100 * high + low;
}

static const char *parse_integer(const char *text, size_t n,
                                 struct io_time_format *format, int64_t *t)
{
    size_t sign = n > 0 && text[0] == '-';
    int64_t v = 0;
    if (n == sign)
        return not_a_timestamp;
    for (size_t i = sign; i < n; i++) {
        if (digit(text[i]) > 9)
            return not_a_timestamp;
        if (i - sign < 18)
            v = 10 * v + digit(text[i]);
    }
    if (n - sign > 18)
        return "an integer of more than 18 digits";
    format->form = IO_TIME_INTEGER;
    format->digits = (int)(n - sign);
    format->padded = text[sign] == '0' && format->digits > 1;
    *t = sign ? -v : v;
    return NULL;
}

/* YYYY-MM */
static const char *parse_month(const char *text, int *year, int *month)
{
    unsigned y = four_digits(text);
    unsigned m = two_digits(text + 5);
    if (y > 9999 || m > 99 || text[4] != '-')
        return not_a_timestamp;
    if (y == 0 || m == 0 || m > 12)
        return "no such month";
    *year = (int)y;
    *month = (int)m;
    return NULL;
}

/* The eight bytes of a constant, in memory order. */
static inline uint64_t bytes(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/*
 * Whether eight characters are YYYY-MM-, all at once.  What is left after the
 * exclusive or with 0000-00- is zero for a dash, and for a digit its value:
 * neither it nor itself plus 6 reaches the upper half of the byte.  A carry
 * into the next byte needs a byte that is no digit.
 */
static inline bool is_year_and_month(const char *text)
{
    uint64_t rest = bytes(text) ^ bytes("0000-00-");
    uint64_t sum = rest + bytes("\6\6\6\6\0\6\6\0");
    return ((rest | sum) & bytes("\xf0\xf0\xf0\xf0\xff\xf0\xf0\xff")) == 0;
}

/* YYYY-MM-DD, as it is written. */
static const char *parse_civil(const char *text, struct io_civil *date)
{
    if (!is_year_and_month(text))
        return not_a_timestamp;
    int year =
        1000 * text[0] + 100 * text[1] + 10 * text[2] + text[3] - 1111 * '0';
    int month = 10 * text[5] + text[6] - 11 * '0';
    int d = (int)two_digits(text + 8);
    if (d > 99)
        return not_a_timestamp;
    if (year == 0 || month == 0 || month > 12 || d == 0
        || (d > 28 && d > io_month_length(year, month)))
        return "no such date";
    *date = (struct io_civil){year, month, d};
    return NULL;
}

/* YYYY-MM-DD; the day in days since 1970. */
static const char *parse_date(const char *text, int64_t *day)
{
    struct io_civil date;
    const char *problem = parse_civil(text, &date);
    if (problem == NULL)
        *day = io_days_from_civil(date.year, date.month, date.day);
    return problem;
}

/* YYYY-MM-DD[ T]HH:MM[:SS[.000]][offset], at least 16 characters */
static const char *parse_datetime(const char *text, size_t n,
                                  struct io_time_format *format, int64_t *t)
{
    int64_t day;
    struct io_time_format seen = *format;
    bool has_zone = false;
    unsigned hour = two_digits(text + 11);
    unsigned minute = two_digits(text + 14);
    unsigned second = 0;
    size_t used = 16;
    const char *problem = parse_date(text, &day);
    if (hour > 99 || minute > 99 || text[13] != ':'
        || (text[10] != 'T' && text[10] != ' '))
        return not_a_timestamp;
    if (problem != NULL)
        return problem;
    seen.seconds = n >= 19 && text[16] == ':';
    if (seen.seconds) {
        second = two_digits(text + 17);
        used = 19;
        if (second > 99)
            return not_a_timestamp;
    }
    seen.separator = text[10];
    seen.style = 0;
    if (n > used)
        problem = io_time_tail(text + used, text + n, &seen, &has_zone);
    if (problem != NULL)
        return problem;
    if (hour > 23 || minute > 59 || second > 59)
        return "no such time of day";
    *t = day * IO_SECONDS_PER_DAY
         + (int64_t)(hour * 3600 + minute * 60 + second);
    if (!format->begun)
        format->seconds = seen.seconds;
    format->form = IO_TIME_DATETIME;
    return io_time_join(format, &seen, has_zone, t);
}

/* What is between the year and a letter: a dash, a blank, nothing. */
static char gap_of(const char *rest)
{
    return *rest == '-' || *rest == ' ' ? *rest : '\0';
}

/* YYYYQn, YYYY-Qn, YYYY Qn; rest is what follows the year. */
static const char *parse_quarter(int year, const char *rest, size_t n,
                                 struct io_time_format *format, int64_t *t)
{
    format->dash = gap_of(rest);
    rest += format->dash != 0;
    n -= format->dash != 0;
    if (n != 2 || digit(rest[1]) > 9)
        return not_a_timestamp;
    unsigned quarter = digit(rest[1]);
    if (quarter < 1 || quarter > 4)
        return "no such quarter";
    format->form = IO_TIME_QUARTER;
    format->separator = *rest;
    *t = io_days_from_civil(year, 3 * (int)quarter - 2, 1) * IO_SECONDS_PER_DAY;
    return NULL;
}

/* One or two digits up to the end; above 99 for anything else. */
static unsigned last_digits(const char *p, size_t n,
                            struct io_time_format *format)
{
    if (n == 1)
        format->style |= IO_STYLE_SHORT_DATE;
    return n == 2                       ? two_digits(p)
           : n == 1 && digit(p[0]) <= 9 ? digit(p[0])
                                        : 100;
}

/* YYYYWww, YYYY-Www, YYYY Www; rest is what follows the year. */
static const char *parse_week(int year, const char *rest, size_t n,
                              struct io_time_format *format, int64_t *t)
{
    format->dash = gap_of(rest);
    rest += format->dash != 0;
    n -= format->dash != 0;
    unsigned week = last_digits(rest + 1, n - 1, format);
    if (week > 99)
        return not_a_timestamp;
    int64_t monday = io_first_monday(year) + 7 * ((int64_t)week - 1);
    if (week == 0 || monday >= io_first_monday(year + 1))
        return "no such week";
    format->form = IO_TIME_WEEK;
    format->separator = *rest;
    *t = monday * IO_SECONDS_PER_DAY;
    return NULL;
}

/* YYYYPnn, YYYY-Pnn, YYYY Pnn; likewise. */
static const char *parse_period(int year, const char *rest, size_t n,
                                struct io_time_format *format, int64_t *t)
{
    format->dash = gap_of(rest);
    rest += format->dash != 0;
    n -= format->dash != 0;
    unsigned period = last_digits(rest + 1, n - 1, format);
    if (period > 99)
        return not_a_timestamp;
    int cycle = format->cycle > 0 ? format->cycle : period == 13 ? 13 : 12;
    if (period == 13)
        format->style |= IO_STYLE_PERIOD_13;
    format->form = IO_TIME_PERIOD;
    format->separator = *rest;
    format->cycle = cycle;
    if (period == 0 || period > (unsigned)cycle)
        return "no such period";
    *t = (int64_t)year * cycle + period - 1;
    return NULL;
}

/* YYYY followed by a quarter, a week or a period */
static const char *parse_part_of_year(const char *text, size_t n,
                                      struct io_time_format *format, int64_t *t)
{
    static const struct {
        char letter;
        const char *(*parse)(int, const char *, size_t, struct io_time_format *,
                             int64_t *);
    } parts[] = {{'q', parse_quarter}, {'w', parse_week}, {'p', parse_period}};
    unsigned year = four_digits(text);
    char letter = gap_of(text + 4) != 0 ? text[5] : text[4];
    if (year > 9999)
        return not_a_timestamp;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if ((letter | 0x20) == parts[i].letter)
            return year == 0
                       ? "no such year"
                       : parts[i].parse((int)year, text + 4, n - 4, format, t);
    return not_a_timestamp;
}

static const char *parse_day(const char *text, struct io_time_format *seen,
                             int64_t *t)
{
    int64_t day;
    const char *problem = parse_date(text, &day);
    if (problem != NULL)
        return problem;
    seen->form = IO_TIME_DATE;
    *t = day * IO_SECONDS_PER_DAY;
    return NULL;
}

static const char *parse_year_and_month(const char *text,
                                        struct io_time_format *seen, int64_t *t)
{
    int year, month;
    const char *problem = parse_month(text, &year, &month);
    if (problem != NULL)
        return problem;
    seen->form = IO_TIME_MONTH;
    *t = io_days_from_civil(year, month, 1) * IO_SECONDS_PER_DAY;
    return NULL;
}

/* Any form that is no pattern; *seen says which. */
static const char *parse_any(const char *text, size_t n,
                             struct io_time_format *seen, int64_t *t)
{
    if (n < 6 || digit(text[4]) <= 9)
        return parse_integer(text, n, seen, t);
    if (text[4] != '-' || digit(text[5]) > 9)
        return parse_part_of_year(text, n, seen, t);
    if (n >= 16)
        return parse_datetime(text, n, seen, t);
    if (n == 10)
        return parse_day(text, seen, t);
    return n == 7 ? parse_year_and_month(text, seen, t) : not_a_timestamp;
}

/* Days since 1899-12-30 and parts of them (ECMA-376, 18.17.4.1). */
static const char *parse_serial(const char *text, size_t n,
                                struct io_time_format *format, int64_t *t)
{
    double days;
    if (!io_number_parse(text, n, &days))
        return not_a_timestamp;
    if (!(days > -693594 && days < 2958466))
        return "no such date";
    *t = (int64_t)floor((days - IO_SERIAL_1970) * 86400 + 0.5);
    if (days != floor(days))
        format->style |= IO_STYLE_FRACTION;
    return NULL;
}

/* Of the form that the file has. */
static const char *parse_known(const char *text, size_t n,
                               struct io_time_format *format, int64_t *t)
{
    struct io_time_format seen = *format;
    const char *problem;
    if (format->form == IO_TIME_PATTERN)
        return io_pattern_parse(text, n, format, t);
    if (format->form == IO_TIME_SERIAL)
        return parse_serial(text, n, format, t);
    int64_t v;
    problem = parse_any(text, n, &seen, &v);
    format->style |= seen.style & IO_STYLE_PERIOD_13;
    if (problem != NULL)
        return problem;
    if (seen.form != format->form)
        return "another form than the file's first timestamp";
    *t = v;
    if (format->form == IO_TIME_DATETIME)
        *format = seen;
    else
        format->style |= seen.style;
    return NULL;
}

/* As the file's first. */
static const char *parse_first(const char *text, size_t n,
                               struct io_time_format *format, int64_t *t)
{
    struct io_time_format seen = {0}, other[IO_TIME_CANDIDATES];
    int64_t v;
    const char *problem = parse_any(text, n, &seen, &v);
    if (problem == not_a_timestamp && io_time_candidates(text, n, other) > 0) {
        seen = other[0];
        problem = io_pattern_parse(text, n, &seen, &v);
    }
    if (problem != NULL)
        return problem;
    *format = seen;
    *t = v;
    return NULL;
}

const char *io_time_parse(const char *text, size_t n,
                          struct io_time_format *format, int64_t *t)
{
    /* The most common form takes the shortest way. */
    if (format->form == IO_TIME_DATE && n == 10) {
        int64_t day;
        const char *problem = parse_date(text, &day);
        if (problem == NULL) {
            *t = day * IO_SECONDS_PER_DAY;
            return NULL;
        }
    }
    return format->form == IO_TIME_UNKNOWN ? parse_first(text, n, format, t)
                                           : parse_known(text, n, format, t);
}

/* YYYY-MM-DD, by the month of the last. */
static bool parse_next_date(const char *text, struct io_time_month *last,
                            int64_t *t)
{
    unsigned d = two_digits(text + 8);
    struct io_civil date;
    if (bytes(text) != bytes(last->text) || d - 1 >= last->length) {
        if (parse_civil(text, &date) != NULL)
            return false;
        memcpy(last->text, text, sizeof(uint64_t));
        last->first = io_days_from_civil(date.year, date.month, 1);
        last->length = (unsigned)io_month_length(date.year, date.month);
    }
    *t = (last->first + (int64_t)d - 1) * IO_SECONDS_PER_DAY;
    return true;
}

/* HH:MM:SS or HH:MM, of n bytes; returns how many it takes, or 0. */
static size_t parse_time_of_day(const char *text, size_t n, int64_t *second)
{
    bool has_seconds = n >= 8 && text[5] == ':';
    unsigned h = two_digits(text), m = two_digits(text + 3);
    unsigned s = has_seconds ? two_digits(text + 6) : 0;
    if (text[2] != ':' || h > 23 || m > 59 || s > 59)
        return 0;
    *second = (int64_t)(h * 3600 + m * 60 + s);
    return has_seconds ? 8 : 5;
}

/* Digits at the front of n bytes; returns how many, or 0 if that is odd. */
static size_t parse_digits(const char *text, size_t n, int64_t *t)
{
    enum { MOST = 18 };
    int64_t v = 0;
    size_t used = 0;
    for (; used < n && used < MOST && digit(text[used]) <= 9; used++)
        v = 10 * v + digit(text[used]);
    if (used == 0 || (used < n && digit(text[used]) <= 9))
        return 0;
    *t = v;
    return used;
}

size_t io_time_parse_usual(const struct io_time_format *format,
                           const char *text, size_t n,
                           struct io_time_month *last, int64_t *t)
{
    enum { DATE = 10, SHORTEST = 16 };
    int64_t day, second = 0;
    bool timed = format->form == IO_TIME_DATETIME && format->begun
                 && format->nanosecond == 0;
    size_t used = 0;
    if (format->form == IO_TIME_INTEGER)
        return parse_digits(text, n, t);
    if (!timed && format->form != IO_TIME_DATE)
        return 0;
    if (n < (timed ? SHORTEST : DATE) || !parse_next_date(text, last, &day))
        return 0;
    if (timed && (text[DATE] == ' ' || text[DATE] == 'T'))
        used = parse_time_of_day(text + DATE + 1, n - DATE - 1, &second);
    if (timed && used == 0)
        return 0;
    *t = day + second;
    return timed ? DATE + 1 + used : DATE;
}

unsigned io_time_same_month(const struct io_time_month *last, const char *text,
                            size_t n, int64_t *t)
{
    size_t at = last->day_at;
    if (n != last->n || n < sizeof(uint64_t)
        || ((bytes(text) ^ last->front) & last->front_mask) != 0
        || ((bytes(text + n - sizeof(uint64_t)) ^ last->back) & last->back_mask)
               != 0)
        return 0;
    unsigned d = two_digits(text + at);
    if (d - 1 >= last->length)
        return 0;
    *t = (last->first + (int64_t)d - 1) * IO_SECONDS_PER_DAY;
    return d;
}

/* Eight bytes from the n-th on, of which those of the day do not matter. */
static uint64_t mask_of(size_t day_at, size_t n)
{
    char mask[sizeof(uint64_t)];
    for (size_t i = 0; i < sizeof mask; i++)
        mask[i] = (char)(n + i == day_at || n + i == day_at + 1 ? 0 : 0xff);
    return bytes(mask);
}

void io_time_keep_month(const struct io_time_format *format, const char *text,
                        size_t n, int64_t t, struct io_time_month *last)
{
    last->n = 0;
    const size_t word = sizeof(uint64_t);
    if (format->form != IO_TIME_PATTERN || n < word || n > sizeof last->text
        || io_pattern_grain(format->pattern) != IO_GRAIN_DAY)
        return;
    int64_t day = t / IO_SECONDS_PER_DAY;
    struct io_civil date = io_civil_from_days(day);
    size_t at = io_pattern_day_at(format->pattern, text, n);
    if (at + 2 > n || two_digits(text + at) != (unsigned)date.day)
        return;
    last->front = bytes(text);
    last->back = bytes(text + n - word);
    last->front_mask = mask_of(at, 0);
    last->back_mask = mask_of(at, n - word);
    last->n = n;
    last->day_at = at;
    last->first = day - date.day + 1;
    last->length = (unsigned)io_month_length(date.year, date.month);
}

/* A date of the table with each time of day; adds those that fit. */
static size_t try_pattern(const char *date, const char *text, size_t n,
                          struct io_time_format *format, size_t found)
{
    const char *time;
    if (!io_pattern_begins(date, text, n))
        return found;
    bool whole_day = io_pattern_grain(date) == IO_GRAIN_DAY;
    for (size_t i = 0; (time = io_pattern_time_at(i)) != NULL; i++) {
        struct io_time_format seen = {.form = IO_TIME_PATTERN};
        int64_t t;
        if (found == IO_TIME_CANDIDATES || (*time != '\0' && !whole_day))
            break;
        snprintf(seen.pattern, sizeof seen.pattern, "%s%s", date, time);
        struct io_time_format fresh = seen;
        if (io_pattern_parse(text, n, &seen, &t) == NULL)
            format[found++] = fresh;
    }
    return found;
}

/* Years that a compact date may be of: 20240131 is none of the year 2. */
static bool is_likely_compact(const char *text, size_t n)
{
    unsigned year = n == 6 || n == 8 ? four_digits(text) : 0;
    return year >= 1900 && year < 2200;
}

size_t io_time_candidates(const char *text, size_t n,
                          struct io_time_format format[IO_TIME_CANDIDATES])
{
    const struct io_pattern_row *row;
    struct io_time_format seen = {0};
    int64_t t;
    size_t found = 0;
    const char *problem = parse_any(text, n, &seen, &t);
    if (problem == NULL
        && (seen.form != IO_TIME_INTEGER || !is_likely_compact(text, n))) {
        format[0] = (struct io_time_format){0};
        io_time_parse(text, n, &format[0], &t);
        return 1;
    }
    for (size_t i = 0; n < 48 && (row = io_pattern_at(i)) != NULL; i++)
        found = try_pattern(row->pattern, text, n, format, found);
    if (problem == NULL && found < IO_TIME_CANDIDATES)
        format[found++] = seen;
    return found;
}

enum fc_status io_time_format_set(struct io_time_format *format,
                                  const char *text, struct fc_error *err)
{
    *format = (struct io_time_format){.form = IO_TIME_PATTERN};
    if (strcmp(text, "excel") == 0) {
        format->form = IO_TIME_SERIAL;
        return FC_OK;
    }
    return io_pattern_set(text, format->pattern, err);
}

static char *put_integer(char *p, const struct io_time_format *format,
                         int64_t t)
{
    char reversed[24];
    int n = 0;
    uint64_t v = t < 0 ? -(uint64_t)t : (uint64_t)t;
    do {
        reversed[n++] = (char)('0' + v % 10);
        v /= 10;
    } while (v != 0);
    while (format->padded && n < format->digits)
        reversed[n++] = '0';
    if (t < 0)
        *p++ = '-';
    while (n > 0)
        *p++ = reversed[--n];
    return p;
}

static char *put_month(char *p, struct io_civil date)
{
    p = io_put_four(p, (unsigned)date.year);
    *p++ = '-';
    return io_put_two(p, (unsigned)date.month);
}

static char *put_date(char *p, struct io_civil date)
{
    p = put_month(p, date);
    *p++ = '-';
    return io_put_two(p, (unsigned)date.day);
}

static char *put_part_of_year(char *p, const struct io_time_format *format,
                              int year)
{
    p = io_put_four(p, (unsigned)year);
    if (format->dash != 0)
        *p++ = format->dash;
    *p++ = format->separator;
    return p;
}

static char *put_number(char *p, const struct io_time_format *format,
                        unsigned v)
{
    if (v > 9 || !(format->style & IO_STYLE_SHORT_DATE))
        return io_put_two(p, v);
    *p = (char)('0' + v);
    return p + 1;
}

/* A week belongs to the year of its Thursday. */
static char *put_week(char *p, const struct io_time_format *format, int64_t day)
{
    int64_t thursday = day - io_weekday(day) + 3;
    int year = io_civil_from_days(thursday).year;
    int64_t week = (thursday - io_days_from_civil(year, 1, 1)) / 7 + 1;
    return put_number(put_part_of_year(p, format, year), format,
                      (unsigned)week);
}

static char *put_time_of_day(char *p, const struct io_time_format *format,
                             int second)
{
    *p++ = format->separator;
    p = io_put_two(p, (unsigned)(second / 3600));
    *p++ = ':';
    p = io_put_two(p, (unsigned)(second / 60 % 60));
    if (format->seconds || format->fraction > 0 || second % 60 != 0) {
        *p++ = ':';
        p = io_put_two(p, (unsigned)(second % 60));
    }
    return io_time_put_tail(p, format);
}

static char *put_quarter(char *p, const struct io_time_format *format,
                         struct io_civil date)
{
    p = put_part_of_year(p, format, date.year);
    *p++ = (char)('1' + (date.month - 1) / 3);
    return p;
}

static char *put_period(char *p, const struct io_time_format *format, int64_t t)
{
    int64_t year = io_floor_div(t, format->cycle);
    if (year < 1 || year > 9999)
        return p;
    p = put_part_of_year(p, format, (int)year);
    return put_number(p, format, (unsigned)(t - year * format->cycle) + 1);
}

static char *put_serial(char *p, const struct io_time_format *format, int64_t t)
{
    char text[IO_NUMBER_SIZE];
    double days = (double)t / 86400 + IO_SERIAL_1970;
    if (!(format->style & IO_STYLE_FRACTION))
        return p + sprintf(p, "%.0f", floor(days));
    size_t n = io_number_print(days, text);
    memcpy(p, text, n);
    return p + n;
}

static char *put_calendar(char *p, const struct io_time_format *format,
                          int64_t t)
{
    int64_t day = io_floor_div(t, IO_SECONDS_PER_DAY);
    struct io_civil date = io_civil_from_days(day);
    switch (format->form) {
    case IO_TIME_MONTH:
        return put_month(p, date);
    case IO_TIME_QUARTER:
        return put_quarter(p, format, date);
    case IO_TIME_DATE:
        return put_date(p, date);
    case IO_TIME_WEEK:
        return put_week(p, format, day);
    case IO_TIME_DATETIME:
        return put_time_of_day(put_date(p, date), format,
                               (int)(t - day * IO_SECONDS_PER_DAY));
    case IO_TIME_PATTERN:
        return io_pattern_print(p, format, t);
    case IO_TIME_EPOCH:
        return p + sprintf(p, "%lld", (long long)(t * format->scale));
    case IO_TIME_SERIAL:
        return put_serial(p, format, t);
    default:
        return p;
    }
}

const char *io_time_end(const struct io_time_format *format)
{
    if (format->form == IO_TIME_INTEGER)
        return "18 digits";
    return format->form == IO_TIME_PATTERN
                   && !io_pattern_holds(format->pattern, IO_TIME_MAX)
               ? "2068, the last year that two digits stand for"
               : "the year 9999";
}

size_t io_time_print(const struct io_time_format *format, int64_t t,
                     char buf[IO_TIME_SIZE])
{
    char *end = buf;
    if (format->form == IO_TIME_INTEGER)
        end = put_integer(buf, format, t);
    else if (format->form == IO_TIME_PERIOD)
        end = put_period(buf, format, t);
    else if (t >= IO_TIME_MIN && t <= IO_TIME_MAX
             && (format->form != IO_TIME_PATTERN
                 || io_pattern_holds(format->pattern, t)))
        end = put_calendar(buf, format, t);
    *end = '\0';
    return (size_t)(end - buf);
}

/* What is to be known of a form besides how it is read and written. */
static const struct {
    enum io_time_grain grain;
    const char *noun;
} forms[] = {
    [IO_TIME_UNKNOWN] = {IO_GRAIN_UNKNOWN, "unknown"},
    [IO_TIME_INTEGER] = {IO_GRAIN_STEP, "integers"},
    [IO_TIME_MONTH] = {IO_GRAIN_MONTH, "months"},
    [IO_TIME_QUARTER] = {IO_GRAIN_QUARTER, "quarters"},
    [IO_TIME_DATE] = {IO_GRAIN_DAY, "dates"},
    [IO_TIME_WEEK] = {IO_GRAIN_WEEK, "weeks"},
    [IO_TIME_DATETIME] = {IO_GRAIN_TIME, "dates with a time of day"},
    [IO_TIME_PERIOD] = {IO_GRAIN_PERIOD, "periods"},
    [IO_TIME_EPOCH] = {IO_GRAIN_TIME, "seconds since 1970"},
    [IO_TIME_SERIAL] = {IO_GRAIN_TIME, "serial days"},
};

enum io_time_grain io_time_grain(const struct io_time_format *format)
{
    return format->form == IO_TIME_PATTERN ? io_pattern_grain(format->pattern)
                                           : forms[format->form].grain;
}

const char *io_time_noun(const struct io_time_format *format)
{
    static const char *const nouns[] = {[IO_GRAIN_TIME] =
                                            "dates with a time of day",
                                        [IO_GRAIN_DAY] = "dates",
                                        [IO_GRAIN_MONTH] = "months",
                                        [IO_GRAIN_QUARTER] = "quarters",
                                        [IO_GRAIN_YEAR] = "years"};
    return format->form == IO_TIME_PATTERN ? nouns[io_time_grain(format)]
                                           : forms[format->form].noun;
}
