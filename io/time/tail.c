/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Steps are whole seconds, so that all timestamps of a file have the same
 * fraction: most often .000, behind every second.  Offsets are those of ISO
 * 8601 (4.2.5.1), with and without a blank before and a colon inside.
 */
#include "io/time/tail.h"

#include <string.h>

#include "io/time/calendar.h"

static const char not_a_timestamp[] = "not a timestamp";

static unsigned digit(char c)
{
    return (unsigned char)(c - '0');
}

static const char *take_fraction(const char **p, const char *end,
                                 struct io_time_format *seen)
{
    enum { NANO = 9 };
    int n = 0;
    for (++*p; *p < end && digit(**p) <= 9; ++*p, n++)
        if (n < NANO)
            seen->nanosecond = 10 * seen->nanosecond + (int)digit(**p);
    if (n == 0)
        return not_a_timestamp;
    if (n > NANO)
        return "a fraction of a second of more than nine digits";
    seen->fraction = n;
    for (; n < NANO; n++)
        seen->nanosecond *= 10;
    return NULL;
}

/* +HH, +HHMM or +HH:MM */
static const char *take_offset(const char *p, const char *end,
                               struct io_time_format *seen)
{
    unsigned v[4] = {0};
    size_t n = 0;
    int sign = *p == '-' ? -1 : 1;
    for (p++; p < end; p++) {
        if (*p == ':' && n == 2 && end - p == 3)
            continue;
        if (digit(*p) > 9 || n == 4)
            return not_a_timestamp;
        v[n++] = digit(*p);
    }
    unsigned hours = 10 * v[0] + v[1], minutes = 10 * v[2] + v[3];
    if (n != 2 && n != 4)
        return not_a_timestamp;
    if (hours > 18 || minutes > 59)
        return "no such offset from UTC";
    seen->offset = sign * (int)(hours * 3600 + minutes * 60);
    return NULL;
}

static const char *take_zone(const char *p, const char *end,
                             struct io_time_format *seen)
{
    static const char *const utc[] = {"Z", "UTC", "GMT"};
    size_t n = (size_t)(end - p);
    if (n >= IO_TIME_ZONE_SIZE)
        return not_a_timestamp;
    memcpy(seen->zone, p, n);
    seen->zone[n] = '\0';
    p += *p == ' ';
    for (size_t i = 0; i < sizeof utc / sizeof *utc; i++)
        if (strlen(utc[i]) == (size_t)(end - p)
            && memcmp(p, utc[i], (size_t)(end - p)) == 0)
            return NULL;
    if (p < end && (*p == '+' || *p == '-'))
        return take_offset(p, end, seen);
    return not_a_timestamp;
}

const char *io_time_tail(const char *p, const char *end,
                         struct io_time_format *seen, bool *has_zone)
{
    const char *problem = NULL;
    seen->fraction = 0;
    seen->nanosecond = 0;
    seen->offset = 0;
    memset(seen->zone, 0, sizeof seen->zone);
    if (p < end && (*p == '.' || *p == ','))
        problem = take_fraction(&p, end, seen);
    *has_zone = problem == NULL && p < end;
    return *has_zone ? take_zone(p, end, seen) : problem;
}

const char *io_time_join(struct io_time_format *format,
                         const struct io_time_format *seen, bool has_zone,
                         int64_t *t)
{
    if (!format->begun) {
        memcpy(format->zone, seen->zone, sizeof format->zone);
        format->offset = seen->offset;
        format->separator = seen->separator;
        format->nanosecond = seen->nanosecond;
    } else if (seen->nanosecond != format->nanosecond) {
        return "not the first timestamp's fraction of a second";
    } else if (has_zone) {
        *t += format->offset - seen->offset;
    }
    if (*t < IO_TIME_MIN || *t > IO_TIME_MAX)
        return "no such date";
    if (format->separator == 0)
        format->separator = seen->separator;
    if (seen->fraction > format->fraction)
        format->fraction = seen->fraction;
    format->style |= seen->style;
    format->begun = true;
    return NULL;
}

char *io_time_put_tail(char *p, const struct io_time_format *format)
{
    size_t n = strlen(format->zone);
    int place = 100000000; /* of the fraction's first digit */
    if (format->fraction > 0)
        *p++ = '.';
    for (int i = 0; i < format->fraction; i++, place /= 10)
        *p++ = (char)('0' + format->nanosecond / place % 10);
    memcpy(p, format->zone, n);
    return p + n;
}
