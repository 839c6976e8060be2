/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes a CSV of n daily series to standard output: a level that wanders, a
 * trend, a week, noise; one in eight is intermittent (counts, mostly zero).
 * Unless --clean is given, one row in ten thousand is broken or unusual: no
 * value, no number, no such date, a column too many, written twice, left
 * out, quoted.
 *
 * Every series has random numbers of its own, drawn from the seed and its
 * number, so that the first 1000 series of a million are those of a thousand
 * and the same arguments always give the same bytes.
 *
 * usage: generate [-n SERIES] [--seed N] [--min LENGTH] [--max LENGTH]
 *                 [--clean] [--interleave]
 *
 * --interleave writes all series' rows of a day before the next day's, for
 * which it holds all series; otherwise it needs no memory.
 */
#include "io/text/digits.h"
#include "io/time/calendar.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SEASON = 7,
    LAST_DAY = 20453, /* 2025-12-31 in days since 1970 */
    INTERMITTENT = 8, /* one series in so many */
    UNUSUAL = 10000,  /* one row in so many */
    LINE_SIZE = 160,
    BUFFER_SIZE = 1 << 18
};

struct settings {
    uint64_t n, seed, min, max;
    bool clean, interleave;
};

struct series {
    uint64_t number, random; /* state of its generator */
    uint64_t length;
    bool intermittent;
    double level, slope, wander, noise, demand;
    double week[SEASON];
};

struct output {
    char buffer[BUFFER_SIZE];
    size_t used;
};

/* Steele, Lea & Flood (2014), Fast splittable pseudorandom generators. */
static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t next_bits(struct series *s)
{
    s->random += UINT64_C(0x9e3779b97f4a7c15);
    return mix(s->random);
}

/* In [0, 1). */
static double uniform(struct series *s)
{
    return (double)(next_bits(s) >> 11) * 0x1p-53;
}

/* The sum of four uniform deviates, scaled: normal but for its far tails. */
static double normal(struct series *s)
{
    uint64_t bits = next_bits(s);
    uint64_t sum = (bits & 0xffff) + (bits >> 16 & 0xffff)
                   + (bits >> 32 & 0xffff) + (bits >> 48);
    return ((double)sum - 2 * 65535.0) * (1.7320508075688772 / 65536);
}

static void begin(const struct settings *set, uint64_t number, struct series *s)
{
    *s = (struct series){.number = number};
    s->random = mix(mix(set->seed) + number);
    s->length = set->min + next_bits(s) % (set->max - set->min + 1);
    s->intermittent = next_bits(s) % INTERMITTENT == 0;
    s->level = 20 * exp(4 * uniform(s));
    s->slope = s->level * 0.001 * normal(s);
    s->wander = s->level * 0.02 * uniform(s);
    s->noise = s->level * (0.02 + 0.1 * uniform(s));
    s->demand = 0.05 + 0.4 * uniform(s);
    for (int i = 0; i < SEASON; i++)
        s->week[i] = s->level * 0.2 * normal(s);
}

/* In hundredths, never negative. */
static uint64_t next_value(struct series *s, int64_t day)
{
    if (s->intermittent)
        return uniform(s) < s->demand ? 100 * (1 + next_bits(s) % 6) : 0;
    s->level += s->slope + s->wander * normal(s);
    double y = s->level + s->week[day % SEASON] + s->noise * normal(s);
    return y > 0 ? (uint64_t)(y * 100 + 0.5) : 0;
}

static void flush(struct output *out)
{
    if (fwrite(out->buffer, 1, out->used, stdout) != out->used) {
        perror("generate: standard output");
        exit(1);
    }
    out->used = 0;
}

static char *put_number(char *p, uint64_t v)
{
    char digits[24];
    int n = 0;
    do
        digits[n++] = (char)('0' + v % 10);
    while ((v /= 10) > 0);
    while (n > 0)
        *p++ = digits[--n];
    return p;
}

static char *put_date(char *p, int64_t day)
{
    struct io_civil date = io_civil_from_days(day);
    p = io_put_four(p, (unsigned)date.year);
    *p++ = '-';
    p = io_put_two(p, (unsigned)date.month);
    *p++ = '-';
    return io_put_two(p, (unsigned)date.day);
}

static char *put_text(char *p, const char *text)
{
    size_t n = strlen(text);
    memcpy(p, text, n);
    return p + n;
}

static char *put_value(char *p, uint64_t hundredths)
{
    p = put_number(p, hundredths / 100);
    if (hundredths % 100 == 0)
        return p;
    *p++ = '.';
    return io_put_two(p, (unsigned)(hundredths % 100));
}

/* id, date, value; kind 0 is as it should be. */
static char *put_row(char *p, uint64_t number, int64_t day, uint64_t value,
                     unsigned kind)
{
    p = put_text(p, kind == 6 ? "\"s" : "s");
    p = put_number(p, number + 1);
    p = put_text(p, kind == 6 ? "\"," : ",");
    p = kind == 1 ? put_text(p, "2025-02-30") : put_date(p, day);
    *p++ = ',';
    if (kind == 2)
        p = put_text(p, "n/a");
    else if (kind != 3)
        p = put_value(p, value);
    if (kind == 4)
        p = put_text(p, ",1");
    *p++ = '\n';
    return p;
}

static void write_row(const struct settings *set, struct series *s,
                      uint64_t back, struct output *out)
{
    int64_t day = LAST_DAY - (int64_t)back;
    uint64_t value = next_value(s, day);
    unsigned kind = 0;
    if (out->used > BUFFER_SIZE - LINE_SIZE)
        flush(out);
    if (!set->clean && next_bits(s) % UNUSUAL == 0)
        kind = 1 + (unsigned)(next_bits(s) % 7);
    if (kind == 7)
        return; /* a gap */
    char *p = out->buffer + out->used;
    char *end = put_row(p, s->number, day, value, kind);
    if (kind == 5)
        end = put_row(end, s->number, day, value, 0);
    out->used += (size_t)(end - p);
}

static void write_by_series(const struct settings *set, struct output *out)
{
    struct series s;
    for (uint64_t i = 0; i < set->n; i++) {
        begin(set, i, &s);
        for (uint64_t back = s.length; back-- > 0;)
            write_row(set, &s, back, out);
    }
}

static void write_by_day(const struct settings *set, struct output *out)
{
    struct series *all = calloc(set->n > 0 ? set->n : 1, sizeof *all);
    if (all == NULL) {
        fprintf(stderr, "generate: out of memory\n");
        exit(1);
    }
    for (uint64_t i = 0; i < set->n; i++)
        begin(set, i, &all[i]);
    for (uint64_t back = set->max; back-- > 0;)
        for (uint64_t i = 0; i < set->n; i++)
            if (back < all[i].length)
                write_row(set, &all[i], back, out);
    free(all);
}

static void usage(void)
{
    fputs("usage: generate [-n SERIES] [--seed N] [--min LENGTH] "
          "[--max LENGTH] [--clean] [--interleave]\n",
          stderr);
    exit(2);
}

static bool read_number(const char *text, uint64_t *out)
{
    char *end;
    if (text == NULL || *text < '0' || *text > '9')
        return false;
    *out = strtoull(text, &end, 10);
    return *end == '\0';
}

static void read_settings(char **argv, struct settings *set)
{
    for (argv++; *argv != NULL; argv++) {
        uint64_t *number = strcmp(*argv, "-n") == 0       ? &set->n
                           : strcmp(*argv, "--seed") == 0 ? &set->seed
                           : strcmp(*argv, "--min") == 0  ? &set->min
                           : strcmp(*argv, "--max") == 0  ? &set->max
                                                          : NULL;
        if (number != NULL) {
            if (!read_number(*++argv, number))
                usage();
        } else if (strcmp(*argv, "--clean") == 0) {
            set->clean = true;
        } else if (strcmp(*argv, "--interleave") == 0) {
            set->interleave = true;
        } else {
            usage();
        }
    }
    if (set->min == 0 || set->min > set->max || set->max > LAST_DAY)
        usage();
}

int main(int argc, char **argv)
{
    static struct output out;
    struct settings set = {.n = 1000, .seed = 1, .min = 50, .max = 500};
    (void)argc;
    read_settings(argv, &set);
    fputs("unique_id,ds,y\n", stdout);
    if (set.interleave)
        write_by_day(&set, &out);
    else
        write_by_series(&set, &out);
    flush(&out);
    return fflush(stdout) == 0 ? 0 : 1;
}
