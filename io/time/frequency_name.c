/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Frequencies in words: as users type them, and as messages call them.
 *
 * The aliases are the common ones of pandas before and after its renaming in
 * version 2.2.  Its "M" and "m" are months and nothing; ours refuses "m".
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "io/time/calendar.h"
#include "io/time/frequency.h"
#include "io/time/pattern.h"
#include "io/time/rhythm.h"

struct alias {
    const char *name;
    enum io_freq_unit unit;
    int multiple;
};

static const struct alias aliases[] = {
    {"s", IO_FREQ_SECOND, 1},       {"S", IO_FREQ_SECOND, 1},
    {"sec", IO_FREQ_SECOND, 1},     {"min", IO_FREQ_MINUTE, 1},
    {"T", IO_FREQ_MINUTE, 1},       {"h", IO_FREQ_HOUR, 1},
    {"H", IO_FREQ_HOUR, 1},         {"d", IO_FREQ_DAY, 1},
    {"D", IO_FREQ_DAY, 1},          {"b", IO_FREQ_BUSINESS_DAY, 1},
    {"B", IO_FREQ_BUSINESS_DAY, 1}, {"w", IO_FREQ_WEEK, 1},
    {"W", IO_FREQ_WEEK, 1},         {"M", IO_FREQ_MONTH, 1},
    {"MS", IO_FREQ_MONTH, 1},       {"ME", IO_FREQ_MONTH, 1},
    {"q", IO_FREQ_MONTH, 3},        {"Q", IO_FREQ_MONTH, 3},
    {"QS", IO_FREQ_MONTH, 3},       {"QE", IO_FREQ_MONTH, 3},
    {"y", IO_FREQ_MONTH, 12},       {"Y", IO_FREQ_MONTH, 12},
    {"YS", IO_FREQ_MONTH, 12},      {"YE", IO_FREQ_MONTH, 12},
    {"a", IO_FREQ_MONTH, 12},       {"A", IO_FREQ_MONTH, 12},
    {"AS", IO_FREQ_MONTH, 12},      {"", IO_FREQ_STEP, 1},
};

static const struct alias *find_alias(const char *name)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        if (strcmp(aliases[i].name, name) == 0)
            return &aliases[i];
    }
    return NULL;
}

/* The longest step that fits into the calendar, in units; 18 digits. */
static int64_t largest_multiple(const struct alias *alias)
{
    const int64_t days = (IO_TIME_MAX - IO_TIME_MIN) / IO_SECONDS_PER_DAY;
    switch (alias->unit) {
    case IO_FREQ_SECOND:
        return days * IO_SECONDS_PER_DAY;
    case IO_FREQ_MINUTE:
        return days * 1440;
    case IO_FREQ_HOUR:
        return days * 24;
    case IO_FREQ_DAY:
        return days;
    case IO_FREQ_BUSINESS_DAY:
        return days / 7 * 5;
    case IO_FREQ_WEEK:
        return days / 7;
    case IO_FREQ_MONTH:
    case IO_FREQ_SEMIMONTH:
    case IO_FREQ_DEKAD:
    case IO_FREQ_BUSINESS_MONTH:
    case IO_FREQ_RETAIL_MONTH:
    case IO_FREQ_OPEN_DAY:
        return 9999 * 12 / alias->multiple;
    default:
        break;
    }
    return INT64_C(999999999999999999);
}

static struct io_freq from_alias(const struct alias *alias, int64_t multiple)
{
    switch (alias->unit) {
    case IO_FREQ_SECOND:
        return io_freq_from_seconds(multiple);
    case IO_FREQ_MINUTE:
        return io_freq_from_seconds(multiple * 60);
    case IO_FREQ_HOUR:
        return io_freq_from_seconds(multiple * 3600);
    case IO_FREQ_DAY:
        return io_freq_from_seconds(multiple * IO_SECONDS_PER_DAY);
    default:
        return (struct io_freq){alias->unit, multiple * alias->multiple, 0};
    }
}

static enum fc_status unknown_name(const char *text, const char *name,
                                   struct fc_error *err)
{
    if (strcmp(name, "m") == 0)
        return fc_fail(err, FC_EINVAL,
                       "'%.40s' could be minutes or months: write min or M",
                       text);
    if (strchr(name, '-') != NULL && strchr("WQYA", *name) != NULL)
        return fc_fail(err, FC_EINVAL,
                       "not a frequency: '%.40s': write %.1s alone, the "
                       "weekday or month is found from the timestamps",
                       text, name);
    return fc_fail(err, FC_EINVAL,
                   "not a frequency: '%.40s': takes s, min, H, D, B, W, M, Q "
                   "or Y with an optional multiple, such as 15min, or a whole "
                   "number for integer timestamps",
                   text);
}

enum fc_status io_freq_parse(const char *text, struct io_freq *freq,
                             struct fc_error *err)
{
    size_t ndigits = strspn(text, "0123456789");
    const char *name = text + ndigits;
    const struct alias *alias = find_alias(name);
    int64_t multiple = ndigits == 0 ? 1 : 0;
    if (alias == NULL || *text == '\0')
        return unknown_name(text, name, err);
    int64_t largest = largest_multiple(alias);
    for (size_t i = 0; i < ndigits; i++) {
        int digit = text[i] - '0';
        if (multiple > (largest - digit) / 10)
            return fc_fail(err, FC_EINVAL,
                           "frequency '%.40s' is too long a step", text);
        multiple = 10 * multiple + digit;
    }
    if (multiple == 0)
        return fc_fail(err, FC_EINVAL,
                       "frequency '%.40s': a step must be at least 1", text);
    *freq = from_alias(alias, multiple);
    return FC_OK;
}

/* The units that a grain of timestamps can tell apart. */
struct grain_units {
    unsigned units;
    int64_t months; /* MONTH only in multiples of these */
};

#define UNIT(u) (1u << (u))
#define DAYS                                                               \
    (UNIT(IO_FREQ_DAY) | UNIT(IO_FREQ_BUSINESS_DAY) | UNIT(IO_FREQ_WEEK)   \
     | UNIT(IO_FREQ_MONTH) | UNIT(IO_FREQ_SEMIMONTH) | UNIT(IO_FREQ_DEKAD) \
     | UNIT(IO_FREQ_BUSINESS_MONTH) | UNIT(IO_FREQ_RETAIL_MONTH)           \
     | UNIT(IO_FREQ_OPEN_DAY))
#define TIMES                                                                \
    (DAYS | UNIT(IO_FREQ_SECOND) | UNIT(IO_FREQ_MINUTE) | UNIT(IO_FREQ_HOUR) \
     | UNIT(IO_FREQ_LOCAL_DAY))

static const struct grain_units grains[] = {
    [IO_GRAIN_UNKNOWN] = {TIMES | UNIT(IO_FREQ_STEP), 1},
    [IO_GRAIN_STEP] = {UNIT(IO_FREQ_STEP), 1},
    [IO_GRAIN_PERIOD] = {UNIT(IO_FREQ_PERIOD), 1},
    [IO_GRAIN_TIME] = {TIMES, 1},
    [IO_GRAIN_DAY] = {DAYS, 1},
    [IO_GRAIN_WEEK] = {UNIT(IO_FREQ_WEEK), 1},
    [IO_GRAIN_MONTH] = {UNIT(IO_FREQ_MONTH), 1},
    [IO_GRAIN_QUARTER] = {UNIT(IO_FREQ_MONTH), 3},
    [IO_GRAIN_YEAR] = {UNIT(IO_FREQ_MONTH), 12},
};

/* Whether steps of minutes or seconds can be told apart in the file's form. */
static bool is_written(const struct io_freq *freq,
                       const struct io_time_format *format)
{
    int64_t seconds = freq->unit == IO_FREQ_SECOND   ? freq->multiple
                      : freq->unit == IO_FREQ_MINUTE ? 60 * freq->multiple
                                                     : 0;
    return format->form != IO_TIME_PATTERN
           || seconds % io_pattern_resolution(format->pattern) == 0;
}

enum fc_status io_freq_check(struct io_freq *freq,
                             const struct io_time_format *format,
                             struct fc_error *err)
{
    const struct grain_units *grain = &grains[io_time_grain(format)];
    char text[IO_FREQ_TEXT_SIZE];
    if (format->form == IO_TIME_INTEGER && format->digits == 4
        && freq->unit == IO_FREQ_MONTH && freq->multiple % 12 == 0) {
        *freq = (struct io_freq){IO_FREQ_STEP, freq->multiple / 12, 0};
        return FC_OK;
    }
    if (format->form == IO_TIME_PERIOD && freq->unit == IO_FREQ_STEP) {
        *freq = (struct io_freq){IO_FREQ_PERIOD, freq->multiple, format->cycle};
        return FC_OK;
    }
    if (freq->unit == IO_FREQ_UNKNOWN
        || ((grain->units & UNIT(freq->unit)) != 0
            && (freq->unit != IO_FREQ_MONTH
                || freq->multiple % grain->months == 0)
            && is_written(freq, format)))
        return FC_OK;
    io_freq_text(freq, text, sizeof text);
    if (format->form == IO_TIME_INTEGER || format->form == IO_TIME_PERIOD)
        return fc_fail(err, FC_EINVAL,
                       "--freq says '%s', but the timestamps are %s: it "
                       "takes a whole number of steps, such as 1",
                       text, io_time_noun(format));
    return fc_fail(err, FC_EINVAL,
                   "--freq says '%s', but the timestamps are %s; without it "
                   "the step is found from them",
                   text, io_time_noun(format));
}

static void months_text(const struct io_freq *freq, char *buf, size_t size)
{
    char anchor[16] = "";
    if (freq->anchor_day == 1)
        snprintf(anchor, sizeof anchor, " (start)");
    else if (freq->anchor_day == 31)
        snprintf(anchor, sizeof anchor, " (end)");
    else if (freq->anchor_day != 0)
        snprintf(anchor, sizeof anchor, " (day %d)", freq->anchor_day);
    if (freq->multiple == 1)
        snprintf(buf, size, "monthly%s", anchor);
    else if (freq->multiple == 3)
        snprintf(buf, size, "quarterly%s", anchor);
    else if (freq->multiple == 12)
        snprintf(buf, size, "yearly%s", anchor);
    else if (freq->multiple % 12 == 0)
        snprintf(buf, size, "every %" PRId64 " years%s", freq->multiple / 12,
                 anchor);
    else
        snprintf(buf, size, "every %" PRId64 " months%s", freq->multiple,
                 anchor);
}

static void every_text(const struct io_rhythm *rhythm,
                       const struct io_freq *freq, char *buf, size_t size)
{
    char one[IO_FREQ_TEXT_SIZE];
    rhythm->text(freq->anchor_day, one, sizeof one);
    snprintf(buf, size, "every %" PRId64 " of %.30s", freq->multiple, one);
}

void io_freq_text(const struct io_freq *freq, char *buf, size_t size)
{
    static const struct {
        const char *one;
        const char *many;
    } names[] = {
        [IO_FREQ_UNKNOWN] = {"unknown", "unknown"},
        [IO_FREQ_STEP] = {"steps of 1", "steps of"},
        [IO_FREQ_SECOND] = {"every second", "seconds"},
        [IO_FREQ_MINUTE] = {"every minute", "minutes"},
        [IO_FREQ_HOUR] = {"hourly", "hours"},
        [IO_FREQ_DAY] = {"daily", "days"},
        [IO_FREQ_BUSINESS_DAY] = {"business days", "business days"},
        [IO_FREQ_WEEK] = {"weekly", "weeks"},
        [IO_FREQ_MONTH] = {"monthly", "months"},
        [IO_FREQ_PERIOD] = {"every period", "periods"},
    };
    const struct io_rhythm *rhythm = io_rhythm_of(freq);
    if (rhythm != NULL && freq->multiple == 1)
        rhythm->text(freq->anchor_day, buf, size);
    else if (rhythm != NULL)
        every_text(rhythm, freq, buf, size);
    else if (freq->unit == IO_FREQ_MONTH)
        months_text(freq, buf, size);
    else if (freq->unit == IO_FREQ_UNKNOWN || freq->multiple == 1)
        snprintf(buf, size, "%s", names[freq->unit].one);
    else if (freq->unit == IO_FREQ_STEP)
        snprintf(buf, size, "%s %" PRId64, names[freq->unit].many,
                 freq->multiple);
    else
        snprintf(buf, size, "every %" PRId64 " %s", freq->multiple,
                 names[freq->unit].many);
}
