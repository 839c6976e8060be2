/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading and writing of timestamps, character by character: a nightly batch
 * reads tens of millions of them, so that strptime and mktime, which know of
 * locales and time zones, are out of the question.
 *
 * The forms are those of ISO 8601:2004 (4.1.2, 4.1.4, 4.3), with a blank for
 * the T, and the quarters that it lacks.
 */
#include "io/time/timestamp.h"

#include <string.h>

#include "io/text/digits.h"
#include "io/time/calendar.h"

static const char not_a_timestamp[] = "not a timestamp";

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

/* YYYY-MM-DD; the day in days since 1970. */
static const char *parse_date(const char *text, int64_t *day)
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
    *day = io_days_from_civil(year, month, d);
    return NULL;
}

/* What may follow the minutes or seconds, and often does elsewhere. */
static const char *explain_tail(char c)
{
    if (c == '.' || c == ',')
        return "fractions of a second are not supported";
    if (c == '+' || c == '-')
        return "time zones other than Z are not supported";
    return not_a_timestamp;
}

/* YYYY-MM-DD[ T]HH:MM[:SS][Z], at least 16 characters */
static const char *parse_datetime(const char *text, size_t n,
                                  struct io_time_format *format, int64_t *t)
{
    int64_t day;
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
    format->seconds = n >= 19 && text[16] == ':';
    if (format->seconds) {
        second = two_digits(text + 17);
        used = 19;
        if (second > 99)
            return not_a_timestamp;
    }
    format->zulu = n > used && text[used] == 'Z';
    used += format->zulu;
    if (n > used)
        return explain_tail(text[used]);
    if (hour > 23 || minute > 59 || second > 59)
        return "no such time of day";
    format->form = IO_TIME_DATETIME;
    format->separator = text[10];
    *t = day * IO_SECONDS_PER_DAY
         + (int64_t)(hour * 3600 + minute * 60 + second);
    return NULL;
}

/* YYYYQn, YYYY-Qn; rest is what follows the year. */
static const char *parse_quarter(int year, const char *rest, size_t n,
                                 struct io_time_format *format, int64_t *t)
{
    format->dash = *rest == '-';
    rest += format->dash;
    n -= format->dash;
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

/* YYYYWww, YYYY-Www; rest is what follows the year. */
static const char *parse_week(int year, const char *rest, size_t n,
                              struct io_time_format *format, int64_t *t)
{
    format->dash = *rest == '-';
    rest += format->dash;
    n -= format->dash;
    if (n != 3 || two_digits(rest + 1) > 99)
        return not_a_timestamp;
    unsigned week = two_digits(rest + 1);
    int64_t monday = io_first_monday(year) + 7 * ((int64_t)week - 1);
    if (week == 0 || monday >= io_first_monday(year + 1))
        return "no such week";
    format->form = IO_TIME_WEEK;
    format->separator = *rest;
    *t = monday * IO_SECONDS_PER_DAY;
    return NULL;
}

/* YYYY followed by a quarter or a week */
static const char *parse_part_of_year(const char *text, size_t n,
                                      struct io_time_format *format, int64_t *t)
{
    unsigned year = four_digits(text);
    char letter = text[4] == '-' ? text[5] : text[4];
    if (year > 9999)
        return not_a_timestamp;
    if (year == 0)
        return "no such year";
    if (letter == 'Q' || letter == 'q')
        return parse_quarter((int)year, text + 4, n - 4, format, t);
    if (letter == 'W' || letter == 'w')
        return parse_week((int)year, text + 4, n - 4, format, t);
    return not_a_timestamp;
}

/* Any form; *seen says which. */
static const char *parse_any(const char *text, size_t n,
                             struct io_time_format *seen, int64_t *t)
{
    if (n < 6 || digit(text[4]) <= 9)
        return parse_integer(text, n, seen, t);
    if (text[4] != '-' || digit(text[5]) > 9)
        return parse_part_of_year(text, n, seen, t);
    if (n >= 16)
        return parse_datetime(text, n, seen, t);
    if (n == 10) {
        int64_t day;
        const char *problem = parse_date(text, &day);
        if (problem != NULL)
            return problem;
        seen->form = IO_TIME_DATE;
        *t = day * IO_SECONDS_PER_DAY;
        return NULL;
    }
    if (n == 7) {
        int year, month;
        const char *problem = parse_month(text, &year, &month);
        if (problem != NULL)
            return problem;
        seen->form = IO_TIME_MONTH;
        *t = io_days_from_civil(year, month, 1) * IO_SECONDS_PER_DAY;
        return NULL;
    }
    return not_a_timestamp;
}

static const char *parse_in_file(const char *text, size_t n,
                                 struct io_time_format *format, int64_t *t)
{
    struct io_time_format seen = {0};
    int64_t v;
    const char *problem = parse_any(text, n, &seen, &v);
    if (problem != NULL)
        return problem;
    if (format->form == IO_TIME_UNKNOWN)
        *format = seen;
    else if (seen.form != format->form)
        return "another form than the file's first timestamp";
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
    return parse_in_file(text, n, format, t);
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
    if (format->dash)
        *p++ = '-';
    *p++ = format->separator;
    return p;
}

/* A week belongs to the year of its Thursday. */
static char *put_week(char *p, const struct io_time_format *format, int64_t day)
{
    int64_t thursday = day - io_weekday(day) + 3;
    int year = io_civil_from_days(thursday).year;
    int64_t week = (thursday - io_days_from_civil(year, 1, 1)) / 7 + 1;
    return io_put_two(put_part_of_year(p, format, year), (unsigned)week);
}

static char *put_time_of_day(char *p, const struct io_time_format *format,
                             int second)
{
    *p++ = format->separator;
    p = io_put_two(p, (unsigned)(second / 3600));
    *p++ = ':';
    p = io_put_two(p, (unsigned)(second / 60 % 60));
    if (format->seconds || second % 60 != 0) {
        *p++ = ':';
        p = io_put_two(p, (unsigned)(second % 60));
    }
    if (format->zulu)
        *p++ = 'Z';
    return p;
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
        p = put_part_of_year(p, format, date.year);
        *p++ = (char)('1' + (date.month - 1) / 3);
        return p;
    case IO_TIME_DATE:
        return put_date(p, date);
    case IO_TIME_WEEK:
        return put_week(p, format, day);
    case IO_TIME_DATETIME:
        return put_time_of_day(put_date(p, date), format,
                               (int)(t - day * IO_SECONDS_PER_DAY));
    case IO_TIME_UNKNOWN:
    case IO_TIME_INTEGER:
        break;
    }
    return p;
}

size_t io_time_print(const struct io_time_format *format, int64_t t,
                     char buf[IO_TIME_SIZE])
{
    char *end = buf;
    if (format->form == IO_TIME_INTEGER)
        end = put_integer(buf, format, t);
    else if (t >= IO_TIME_MIN && t <= IO_TIME_MAX)
        end = put_calendar(buf, format, t);
    *end = '\0';
    return (size_t)(end - buf);
}
