/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/out/agreed.h"

#include "io/time/frequency.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS = 13, LONGEST = 24 /* digits and sign of a number */ };

/* --- writing --- */

static void put(struct io_atomic_file *file, const char *text)
{
    io_atomic_write(file, text, strlen(text));
}

static void put_name(struct io_atomic_file *file, const char *key,
                     const char *name)
{
    char text[8];
    put(file, key);
    put(file, name == NULL ? " -" : " =");
    for (const char *p = name; p != NULL && *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        if (c < 0x20 || c == 0x7f || c == '\\')
            snprintf(text, sizeof text, "\\x%02x", c);
        else
            snprintf(text, sizeof text, "%c", c);
        put(file, text);
    }
    put(file, "\n");
}

void io_agreed_write(struct io_atomic_file *file,
                     const struct io_agreed *agreed)
{
    const struct io_time_format *f = &agreed->format;
    char text[400];
    snprintf(text, sizeof text,
             "anchor %d\nfirst %" PRId64 "\nwide %d\ndecimal %c\n",
             agreed->freq.anchor_day, agreed->first, agreed->wide,
             agreed->decimal);
    put(file, text);
    put_name(file, "id", agreed->id);
    put_name(file, "time", agreed->time);
    put_name(file, "value", agreed->value);
    snprintf(text, sizeof text, "form %d %d %d %d %d %d %d %d %d %d %d %d %u\n",
             (int)f->form, f->separator, f->seconds, f->dash, f->digits,
             f->padded, f->fraction, f->nanosecond, f->offset, f->cycle,
             f->scale, f->begun, f->style);
    put(file, text);
    put_name(file, "zone", f->zone);
    put_name(file, "pattern", f->pattern);
}

/* --- reading --- */

struct lines {
    io_agreed_line *next;
    void *arg;
    enum io_agreed_verdict verdict;
};

/* "key value": the value; false, and a verdict, if it is another line. */
static bool next_value(struct lines *lines, const char *key, const char **value,
                       size_t *n)
{
    size_t length = strlen(key);
    if (lines->verdict == IO_AGREED_OK && lines->next(lines->arg, value, n)
        && *n > length + 1 && memcmp(*value, key, length) == 0
        && (*value)[length] == ' ') {
        *value += length + 1;
        *n -= length + 1;
        return true;
    }
    if (lines->verdict == IO_AGREED_OK)
        lines->verdict = IO_AGREED_BAD;
    return false;
}

/* Numbers with a blank between them, that many. */
static bool next_numbers(struct lines *lines, const char *key, int64_t *x,
                         size_t count)
{
    const char *value;
    size_t n, k = 0;
    if (!next_value(lines, key, &value, &n))
        return false;
    for (size_t at = 0; at <= n && k < count; k++) {
        char text[LONGEST], *end;
        size_t length = at;
        while (length < n && value[length] != ' ')
            length++;
        length -= at;
        if (length < 1 || length > 18
            || strspn(value + at, "-0123456789") < length)
            break;
        memcpy(text, value + at, length);
        text[length] = '\0';
        x[k] = strtoll(text, &end, 10);
        if (*end != '\0')
            break;
        at += length + 1;
        if (at == n + 1 && k + 1 == count)
            return true;
    }
    lines->verdict = IO_AGREED_BAD;
    return false;
}

static int hex(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

/* A name, allocated; NULL for none, or with a verdict. */
static char *next_name(struct lines *lines, const char *key)
{
    const char *value;
    size_t n, used = 0;
    if (!next_value(lines, key, &value, &n))
        return NULL;
    if (n == 1 && *value == '-')
        return NULL;
    char *name = malloc(n);
    if (name == NULL) {
        lines->verdict = IO_AGREED_NO_MEMORY;
        return NULL;
    }
    bool good = *value == '=';
    for (size_t i = 1; i < n && good; i++) {
        char c = value[i];
        if (c == '\\') {
            good = n - i > 3 && value[i + 1] == 'x' && hex(value[i + 2]) >= 0
                   && hex(value[i + 3]) >= 0;
            c = good ? (char)(hex(value[i + 2]) * 16 + hex(value[i + 3]))
                     : '\0';
            i += 3;
        }
        good = good && c != '\0';
        name[used++] = c;
    }
    name[used] = '\0';
    if (good)
        return name;
    free(name);
    lines->verdict = IO_AGREED_BAD;
    return NULL;
}

/* A short text, into a place of so many bytes. */
static void next_text(struct lines *lines, const char *key, char *text,
                      size_t size)
{
    char *name = next_name(lines, key);
    if (lines->verdict == IO_AGREED_OK
        && (name == NULL || strlen(name) >= size))
        lines->verdict = IO_AGREED_BAD;
    if (lines->verdict == IO_AGREED_OK)
        strcpy(text, name);
    free(name);
}

static bool within(int64_t x, int64_t least, int64_t most)
{
    return x >= least && x <= most;
}

static bool one_of(int64_t x, const char *set)
{
    return x == 0 || (within(x, 1, 126) && strchr(set, (int)x) != NULL);
}

/* Such as this program writes. */
static bool is_format(const int64_t x[NUMBERS])
{
    enum { STYLES = 2 * IO_STYLE_SEPT, A_DAY = 86400, DIGITS = 18 };
    return within(x[0], IO_TIME_INTEGER, IO_TIME_SERIAL)
           && one_of(x[1], "T QqWwPpAa") && within(x[2], 0, 1)
           && one_of(x[3], "- ") && within(x[4], 0, DIGITS)
           && within(x[5], 0, 1) && within(x[6], 0, 9)
           && within(x[7], 0, 999999999) && within(x[8], -A_DAY, A_DAY)
           && (x[9] == 0 || x[9] == 12 || x[9] == 13)
           && (x[10] == 0 || x[10] == 1 || x[10] == 1000 || x[10] == 1000000)
           && within(x[11], 0, 1) && within(x[12], 0, STYLES - 1)
           && (x[0] != IO_TIME_PERIOD || x[9] != 0)
           && (x[0] != IO_TIME_EPOCH || x[10] != 0);
}

static void next_format(struct lines *lines, struct io_time_format *format)
{
    int64_t x[NUMBERS];
    struct io_time_format by_pattern;
    struct fc_error err;
    if (!next_numbers(lines, "form", x, NUMBERS))
        return;
    if (!is_format(x)) {
        lines->verdict = IO_AGREED_BAD;
        return;
    }
    *format = (struct io_time_format){.form = (enum io_time_form)x[0],
                                      .separator = (char)x[1],
                                      .seconds = x[2] != 0,
                                      .dash = (char)x[3],
                                      .digits = (int)x[4],
                                      .padded = x[5] != 0,
                                      .fraction = (int)x[6],
                                      .nanosecond = (int)x[7],
                                      .offset = (int)x[8],
                                      .cycle = (int)x[9],
                                      .scale = (int)x[10],
                                      .begun = x[11] != 0,
                                      .style = (unsigned)x[12]};
    next_text(lines, "zone", format->zone, sizeof format->zone);
    next_text(lines, "pattern", format->pattern, sizeof format->pattern);
    if (lines->verdict == IO_AGREED_OK && format->form == IO_TIME_PATTERN
        && (io_time_format_set(&by_pattern, format->pattern, &err) != FC_OK
            || by_pattern.form != IO_TIME_PATTERN))
        lines->verdict = IO_AGREED_BAD;
}

static void next_decimal(struct lines *lines, char *decimal)
{
    const char *value;
    size_t n;
    if (!next_value(lines, "decimal", &value, &n))
        return;
    if (n != 1 || (*value != '.' && *value != ','))
        lines->verdict = IO_AGREED_BAD;
    *decimal = *value;
}

enum io_agreed_verdict io_agreed_read(io_agreed_line *next, void *arg,
                                      struct io_agreed *agreed)
{
    struct lines lines = {next, arg, IO_AGREED_OK};
    int64_t anchor = 0, wide = 0;
    next_numbers(&lines, "anchor", &anchor, 1);
    next_numbers(&lines, "first", &agreed->first, 1);
    next_numbers(&lines, "wide", &wide, 1);
    next_decimal(&lines, &agreed->decimal);
    agreed->id = next_name(&lines, "id");
    agreed->time = next_name(&lines, "time");
    agreed->value = next_name(&lines, "value");
    next_format(&lines, &agreed->format);
    agreed->freq.anchor_day = (int)anchor;
    agreed->wide = wide != 0;
    if (lines.verdict == IO_AGREED_OK
        && (!within(wide, 0, 1) || !io_freq_is_anchor(agreed->freq.unit, anchor)
            || agreed->id == NULL || (agreed->time == NULL) != agreed->wide
            || (agreed->value == NULL) != agreed->wide))
        return IO_AGREED_BAD;
    return lines.verdict;
}

void io_agreed_release(struct io_agreed *agreed)
{
    free((void *)agreed->id);
    free((void *)agreed->time);
    free((void *)agreed->value);
    agreed->id = agreed->time = agreed->value = NULL;
}
