/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Timestamps by patterns: a table of what one letter reads and writes, and a
 * table of the patterns that are recognised, the likeliest first.
 *
 * Letters are those of strptime (POSIX.1-2017, XSH), which itself depends on
 * the locale.  Years of two digits are 1969 to 2068, as there.
 */
#include "io/time/pattern.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "io/text/digits.h"
#include "io/time/calendar.h"
#include "io/time/names.h"
#include "io/time/tail.h"

static const char not_a_timestamp[] = "not a timestamp";

/* What a timestamp says; what it does not say is the first of its kind. */
struct fields {
    int year, month, day, hour, minute, second;
    int half; /* 0, 12; -1 = not said: of an hour up to 12 */
    int day_of_year;
    int week;     /* -1 = not said */
    int weekday;  /* from Monday = 0; -1 = not said */
    int century;  /* -1 = not said */
    char week_of; /* V: ISO 8601's; W, U: from the first Monday, Sunday */
    int64_t epoch;
    bool has_epoch, has_zone;
};

/* --- reading --- */

/* Digits, from least to most of them, as a number. */
static bool take_digits(const char **p, const char *end, int least, int most,
                        int64_t *v)
{
    int n = 0;
    *v = 0;
    for (; n < most && *p < end && (unsigned char)(**p - '0') <= 9; (*p)++, n++)
        *v = 10 * *v + (**p - '0');
    return n >= least;
}

static const struct fields nothing_said = {.year = 1970,
                                           .month = 1,
                                           .day = 1,
                                           .half = -1,
                                           .week = -1,
                                           .weekday = -1,
                                           .century = -1};

/* One or two digits; notes one by its style, and two of which one is 0. */
static bool take_short(const char **p, const char *end, unsigned style,
                       unsigned long_style, struct io_time_format *seen, int *v)
{
    const char *from = *p;
    int64_t value = 0;
    if (!take_digits(p, end, 1, 2, &value))
        return false;
    if (*p - from == 1)
        seen->style |= style;
    else if (*from == '0')
        seen->style |= long_style;
    *v = (int)value;
    return true;
}

static const char *const months[] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

static bool is_letter(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26;
}

/* A name, whole or its first three letters; its place, or -1. */
static int take_name(const char **p, const char *end, const char *const *names,
                     int n, struct io_time_format *seen)
{
    size_t length = 0;
    while (*p + length < end && is_letter((*p)[length]))
        length++;
    for (int i = 0; i < n; i++) {
        size_t whole = strlen(names[i]);
        bool sept = length == 4 && names == months && i == 8;
        if ((length != 3 && length != whole && !sept)
            || strncasecmp(*p, names[i], length) != 0)
            continue;
        if (sept)
            seen->style |= IO_STYLE_SEPT;
        else if (length > 3)
            seen->style |= IO_STYLE_FULL_NAME;
        if (seen->separator == 0)
            seen->separator = ((*p)[0] & 0x20)   ? 'a'
                              : ((*p)[1] & 0x20) ? 't'
                                                 : 'A';
        *p += length;
        return i;
    }
    return -1;
}

/* A digit from least to most; *v counts from 0. */
static bool take_digit(const char **p, const char *end, int least, int most,
                       int *v)
{
    int64_t value;
    if (!take_digits(p, end, 1, 1, &value) || value < least || value > most)
        return false;
    *v = (int)value - least;
    return true;
}

static void skip_blank(const char **p, const char *end,
                       struct io_time_format *seen)
{
    if (*p + 1 < end && **p == ' ' && (unsigned char)((*p)[1] - '0') <= 9) {
        seen->style |= IO_STYLE_BLANK;
        (*p)++;
    }
}

static bool take_half(const char **p, const char *end,
                      struct io_time_format *seen, int *half)
{
    if (end - *p < 2 || ((*p)[1] | 0x20) != 'm'
        || (((*p)[0] | 0x20) != 'a' && ((*p)[0] | 0x20) != 'p'))
        return false;
    *half = ((*p)[0] | 0x20) == 'p' ? 12 : 0;
    if (seen->separator == 0)
        seen->separator = ((*p)[0] & 0x20) ? 'a' : 'A';
    *p += 2;
    return true;
}

static bool take_year(const char **p, const char *end, int digits, int *year)
{
    int64_t v;
    if (!take_digits(p, end, digits, digits, &v))
        return false;
    *year = (int)v;
    if (digits == 2)
        *year += v < 69 ? 2000 : 1900;
    return true;
}

/* Two digits of a year and no other: what can be said is 1969 to 2068. */
static bool has_short_years(const char *pattern)
{
    bool is_short = false;
    for (const char *p = pattern; *p != '\0'; p++) {
        if (*p != '%')
            continue;
        if (*++p == 'Y' || *p == 's' || *p == 'C')
            return false;
        is_short = is_short || *p == 'y';
    }
    return is_short;
}

bool io_pattern_holds(const char *pattern, int64_t t)
{
    const int64_t from = -365 * IO_SECONDS_PER_DAY;   /* 1969-01-01 */
    const int64_t until = 36160 * IO_SECONDS_PER_DAY; /* 2069-01-01 */
    return (t >= from && t < until) || !has_short_years(pattern);
}

static bool take_epoch(const char **p, const char *end, struct fields *f)
{
    bool minus = *p < end && **p == '-';
    *p += minus;
    if (!take_digits(p, end, 1, 12, &f->epoch))
        return false;
    if (minus)
        f->epoch = -f->epoch;
    f->has_epoch = true;
    return true;
}

/* What one letter stands for. */
static bool take_letter(char letter, const char **p, const char *end,
                        struct io_time_format *seen, struct fields *f)
{
    int64_t v;
    if (strchr("ekl", letter) != NULL)
        skip_blank(p, end, seen);
    switch (letter) {
    case 'Y':
        return take_year(p, end, 4, &f->year);
    case 'y':
        return take_year(p, end, 2, &f->year);
    case 'C':
        return take_digits(p, end, 2, 2, &v) && ((f->century = (int)v), true);
    case 'm':
        return take_short(p, end, IO_STYLE_SHORT_DATE | IO_STYLE_SHORT_MONTH,
                          IO_STYLE_LONG_MONTH, seen, &f->month);
    case 'd':
    case 'e':
        return take_short(p, end, IO_STYLE_SHORT_DATE | IO_STYLE_SHORT_DAY,
                          IO_STYLE_LONG_DAY, seen, &f->day);
    case 'V':
    case 'U':
    case 'W':
        f->week_of = letter;
        return take_short(p, end, IO_STYLE_SHORT_DATE, 0, seen, &f->week)
               && (f->week > 0 || letter != 'V');
    case 'b':
        f->month = take_name(p, end, months, 12, seen) + 1;
        return f->month > 0;
    case 'A':
        f->weekday = take_name(p, end, io_weekdays, 7, seen);
        return f->weekday >= 0;
    case 'u':
        return take_digit(p, end, 1, 7, &f->weekday);
    case 'w':
        if (!take_digit(p, end, 0, 6, &f->weekday))
            return false;
        f->weekday = (f->weekday + 6) % 7;
        return true;
    case 'H':
    case 'I':
    case 'k':
    case 'l':
        return take_short(p, end, IO_STYLE_SHORT_HOUR, IO_STYLE_LONG_HOUR, seen,
                          &f->hour);
    case 'p':
        return take_half(p, end, seen, &f->half);
    case 'M':
        return take_digits(p, end, 2, 2, &v) && ((f->minute = (int)v), true);
    case 'S':
        return take_digits(p, end, 2, 2, &v) && ((f->second = (int)v), true);
    case 'j':
        return take_digits(p, end, 3, 3, &v)
               && ((f->day_of_year = (int)v), true);
    case 'q':
        if (!take_digit(p, end, 1, 4, &f->month))
            return false;
        f->month = 3 * f->month + 1;
        return true;
    case 's':
        return take_epoch(p, end, f);
    }
    return false;
}

/* Eight or six digits in a row leave no room for a month of one. */
static bool is_compact(const char *pattern)
{
    return pattern[0] == '%' && pattern[1] == 'Y' && pattern[2] == '%'
           && pattern[3] == 'm';
}

/* Whether a fraction or an offset may follow. */
static bool ends_in_time(const char *pattern)
{
    size_t n = strlen(pattern);
    return n > 2 && strchr("MSpf", pattern[n - 1]) != NULL
           && pattern[n - 2] == '%';
}

/* As far as letters and what is between them go; moves *at there. */
static bool walk_letters(const char **at, const char *end,
                         struct io_time_format *seen, struct fields *f,
                         bool *tail)
{
    const char *pattern = seen->pattern, *p = *at;
    for (*tail = false; *pattern != '\0'; pattern++) {
        if (pattern[0] == '%' && (pattern[1] == 'z' || pattern[1] == 'f')) {
            *tail = true;
            break;
        }
        if (pattern[0] == '%' && pattern[1] != '%') {
            if (!take_letter(*++pattern, &p, end, seen, f))
                return false;
            continue;
        }
        pattern += *pattern == '%';
        if (p == end || *p++ != *pattern)
            return false;
    }
    *at = p;
    return true;
}

static const char *walk(const char *p, const char *end,
                        struct io_time_format *seen, struct fields *f)
{
    bool tail;
    if (!walk_letters(&p, end, seen, f, &tail))
        return not_a_timestamp;
    if (tail || (p < end && ends_in_time(seen->pattern)))
        return io_time_tail(p, end, seen, &f->has_zone);
    return p == end ? NULL : not_a_timestamp;
}

bool io_pattern_begins(const char *pattern, const char *text, size_t n)
{
    struct fields f = nothing_said;
    struct io_time_format seen = {.form = IO_TIME_PATTERN};
    bool tail;
    memcpy(seen.pattern, pattern, strlen(pattern) + 1);
    return walk_letters(&text, text + n, &seen, &f, &tail);
}

size_t io_pattern_day_at(const char *pattern, const char *text, size_t n)
{
    struct fields f = nothing_said;
    struct io_time_format seen = {.form = IO_TIME_PATTERN};
    const char *day = strstr(pattern, "%d"), *at = text;
    bool tail;
    if (day == NULL || strstr(day + 2, "%d") != NULL
        || strstr(pattern, "%j") != NULL)
        return n;
    memcpy(seen.pattern, pattern, (size_t)(day - pattern));
    return walk_letters(&at, text + n, &seen, &f, &tail) ? (size_t)(at - text)
                                                         : n;
}

/* From where a year's weeks are counted: the day that week 1 begins with. */
static int64_t first_week(char week_of, int year)
{
    int64_t begin = io_days_from_civil(year, 1, 1);
    if (week_of == 'V')
        return io_first_monday(year);
    return begin + (6 + (week_of == 'W') - io_weekday(begin)) % 7;
}

/* Of a week alone, its first day; week 0 may begin in the year before. */
static bool day_of_week(const struct fields *f, int64_t *day)
{
    int64_t begin = first_week(f->week_of, f->year);
    int64_t end = f->week_of == 'V' ? io_first_monday(f->year + 1)
                                    : io_days_from_civil(f->year + 1, 1, 1);
    int after = f->week_of == 'U' ? (f->weekday + 1) % 7 : f->weekday;
    *day = begin + 7 * ((int64_t)f->week - 1);
    if (*day >= end
        || (f->week == 0 && begin == io_days_from_civil(f->year, 1, 1)))
        return false;
    if (f->weekday >= 0)
        *day += after;
    return f->weekday < 0 || f->week_of == 'V'
           || io_civil_from_days(*day).year == f->year;
}

static const char *instant(const struct fields *f, int64_t *t)
{
    int hour = f->hour;
    if (f->half >= 0) {
        if (hour < 1 || hour > 12)
            return "no such time of day";
        hour = hour % 12 + f->half;
    }
    if (f->year < 1 || f->month < 1 || f->month > 12 || f->day < 1
        || f->day > io_month_length(f->year, f->month)
        || f->day_of_year > 365 + io_is_leap_year(f->year))
        return "no such date";
    if (hour > 23 || f->minute > 59 || f->second > 59)
        return "no such time of day";
    int64_t day = io_days_from_civil(f->year, f->month, f->day);
    if (f->week >= 0 && !day_of_week(f, &day))
        return "no such week";
    if (f->day_of_year > 0)
        day = io_days_from_civil(f->year, 1, 1) + f->day_of_year - 1;
    *t = day * IO_SECONDS_PER_DAY + hour * 3600 + f->minute * 60 + f->second;
    return NULL;
}

const char *io_pattern_parse(const char *text, size_t n,
                             struct io_time_format *format, int64_t *t)
{
    struct fields f = nothing_said;
    struct io_time_format seen = *format;
    seen.style = 0;
    seen.separator = 0;
    if (is_compact(format->pattern)
        && n != (io_pattern_grain(format->pattern) == IO_GRAIN_DAY ? 8 : 6)
        && io_pattern_grain(format->pattern) != IO_GRAIN_TIME)
        return not_a_timestamp;
    const char *problem = walk(text, text + n, &seen, &f);
    if (is_compact(format->pattern) && (seen.style & IO_STYLE_SHORT_DATE))
        return not_a_timestamp;
    if (f.week >= 0 && !io_pattern_has_weeks(format->pattern))
        f.week = -1; /* beside a date */
    if (f.century >= 0)
        f.year = 100 * f.century + f.year % 100;
    if (problem == NULL && f.has_epoch)
        *t = f.epoch;
    else if (problem == NULL)
        problem = instant(&f, t);
    if (problem != NULL)
        return problem;
    return io_time_join(format, &seen, f.has_zone, t);
}

/* --- writing --- */

static char *put_text(char *p, const char *text, char letters)
{
    for (; *text != '\0'; text++, p++) {
        *p = *text;
        if (letters == 'A' && (*text & 0x20) && is_letter(*text))
            *p = (char)(*text & ~0x20);
        if (letters == 'a')
            *p = (char)(*text | 0x20);
    }
    return p;
}

static char *put_name(char *p, const char *name,
                      const struct io_time_format *format)
{
    char text[16];
    int most = format->style & IO_STYLE_FULL_NAME                   ? 15
               : format->style & IO_STYLE_SEPT && name == months[8] ? 4
                                                                    : 3;
    snprintf(text, sizeof text, "%.*s", most, name);
    return put_text(p, text, format->separator);
}

static char *put_short(char *p, int v, bool is_short)
{
    if (is_short && v < 10) {
        *p = (char)('0' + v);
        return p + 1;
    }
    return io_put_two(p, (unsigned)v);
}

/* With a blank in the place of a digit, if the file has that. */
static char *put_padded(char *p, int v, bool is_short,
                        const struct io_time_format *format)
{
    if (v < 10 && (format->style & IO_STYLE_BLANK)) {
        *p++ = ' ';
        is_short = true;
    }
    return put_short(p, v, is_short);
}

/* What is written, by parts. */
struct parts {
    int64_t t, day;
    struct io_civil date; /* in a pattern of weeks, its year is the week's */
    int week;             /* by %V, %U, %W, whichever there is */
    int second;           /* of the day */
};

/* The week that a day is in, and the year that counts it. */
static int week_of_day(char week_of, int64_t day, int *year)
{
    if (week_of == 'V')
        *year = io_civil_from_days(day - io_weekday(day) + 3).year;
    return (int)io_floor_div(day - first_week(week_of, *year), 7) + 1;
}

static char *put_letter(char *p, char letter,
                        const struct io_time_format *format,
                        const struct parts *parts)
{
    int hour = parts->second / 3600;
    unsigned style = format->style;
    bool short_date = style & IO_STYLE_SHORT_DATE;
    bool short_hour = (style & IO_STYLE_SHORT_HOUR)
                      || (short_date && !(style & IO_STYLE_LONG_HOUR));
    bool short_day = (style & IO_STYLE_SHORT_DAY)
                     || (short_date && !(style & IO_STYLE_LONG_DAY));
    switch (letter) {
    case 'Y':
        return io_put_four(p, (unsigned)parts->date.year);
    case 'y':
        return io_put_two(p, (unsigned)parts->date.year % 100);
    case 'm':
        return put_short(p, parts->date.month,
                         (style & IO_STYLE_SHORT_MONTH)
                             || (short_date && !(style & IO_STYLE_LONG_MONTH)));
    case 'C':
        return io_put_two(p, (unsigned)parts->date.year / 100);
    case 'd':
        return put_short(p, parts->date.day, short_day);
    case 'e':
        return put_padded(p, parts->date.day, short_day, format);
    case 'V':
    case 'U':
    case 'W':
        return put_short(p, parts->week, short_date);
    case 'b':
        return put_name(p, months[parts->date.month - 1], format);
    case 'A':
        return put_name(p, io_weekdays[io_weekday(parts->day)], format);
    case 'u':
        *p = (char)('1' + io_weekday(parts->day));
        return p + 1;
    case 'w':
        *p = (char)('0' + (io_weekday(parts->day) + 1) % 7);
        return p + 1;
    case 'H':
        return put_short(p, hour, short_hour);
    case 'k':
        return put_padded(p, hour, short_hour, format);
    case 'l':
        return put_padded(p, (hour + 11) % 12 + 1, short_hour, format);
    case 'I':
        return put_short(p, (hour + 11) % 12 + 1, short_hour);
    case 'p':
        return put_text(p, hour < 12 ? "AM" : "PM",
                        format->separator == 'a' ? 'a' : 'A');
    case 'M':
        return io_put_two(p, (unsigned)(parts->second / 60 % 60));
    case 'S':
        return io_put_two(p, (unsigned)(parts->second % 60));
    case 'q':
        *p = (char)('1' + (parts->date.month - 1) / 3);
        return p + 1;
    case 'j':
        return p
               + sprintf(p, "%03d",
                         (int)(parts->day
                               - io_days_from_civil(parts->date.year, 1, 1))
                             + 1);
    case 's':
        return p + sprintf(p, "%lld", (long long)parts->t);
    }
    return p;
}

char *io_pattern_print(char *p, const struct io_time_format *format, int64_t t)
{
    struct parts parts = {.t = t, .day = io_floor_div(t, IO_SECONDS_PER_DAY)};
    const char *pattern = format->pattern;
    bool tail = ends_in_time(pattern);
    parts.date = io_civil_from_days(parts.day);
    parts.second = (int)(t - parts.day * IO_SECONDS_PER_DAY);
    const char *week = io_pattern_week(pattern);
    if (week != NULL) {
        int year = parts.date.year;
        parts.week = week_of_day(*week, parts.day, &year);
        if (io_pattern_has_weeks(pattern))
            parts.date.year = year;
    }
    for (; *pattern != '\0'; pattern++) {
        if (pattern[0] == '%' && (pattern[1] == 'z' || pattern[1] == 'f')) {
            tail = true;
            break;
        }
        if (pattern[0] == '%' && pattern[1] != '%') {
            p = put_letter(p, *++pattern, format, &parts);
            continue;
        }
        pattern += *pattern == '%';
        *p++ = *pattern;
    }
    return tail ? io_time_put_tail(p, format) : p;
}
