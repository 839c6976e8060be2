/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A run of rows in few bytes, without loss: the first timestamp, the greatest
 * common divisor of the differences, then how each difference differs from
 * the one before, in units of the divisor.  Most often that is nothing, and
 * runs of nothing are counted.  Behind that, how many values are there, how
 * many are missing, how many are there, ... in turn.
 *
 * Numbers are written seven bits a byte, the lowest first; the eighth says
 * that more follow.  Signed ones alternate: 0, -1, 1, -2, ...
 */
#include "io/packed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 10 /* of one number */ };

struct buffer {
    unsigned char *bytes;
    size_t n, room;
};

static unsigned char *put(unsigned char *p, uint64_t x)
{
    for (; x > 0x7f; x >>= 7)
        *p++ = (unsigned char)(x | 0x80);
    *p++ = (unsigned char)x;
    return p;
}

static uint64_t get(const unsigned char **p)
{
    uint64_t x = 0;
    for (int shift = 0;; shift += 7) {
        unsigned char byte = *(*p)++;
        x |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return x;
    }
}

static uint64_t fold(uint64_t x)
{
    return x << 1 ^ (x >> 63 != 0 ? UINT64_MAX : 0);
}

static uint64_t unfold(uint64_t x)
{
    return x >> 1 ^ ((x & 1) != 0 ? UINT64_MAX : 0);
}

static uint64_t gcd(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Of the sizes of all differences; at least 1. */
static uint64_t common_step(const int64_t *t, size_t n)
{
    uint64_t step = 0, last = 0;
    for (size_t i = 1; i < n && step != 1; i++) {
        uint64_t size = t[i] < t[i - 1] ? (uint64_t)t[i - 1] - (uint64_t)t[i]
                                        : (uint64_t)t[i] - (uint64_t)t[i - 1];
        if (size != last)
            step = gcd(step, size);
        last = size;
    }
    return step > 0 ? step : 1;
}

/* t[i] - t[i - 1] in steps, which divide it; as a number modulo 2^64. */
static uint64_t steps_between(int64_t from, int64_t to, uint64_t step)
{
    return to < from ? 0 - ((uint64_t)from - (uint64_t)to) / step
                     : ((uint64_t)to - (uint64_t)from) / step;
}

static unsigned char *put_times(unsigned char *p, const int64_t *t, size_t n)
{
    uint64_t step = common_step(t, n), last = 0, same = 0;
    p = put(p, fold((uint64_t)t[0]));
    p = put(p, step);
    for (size_t i = 1; i < n; i++) {
        uint64_t steps = steps_between(t[i - 1], t[i], step);
        if (steps == last) {
            same++;
            continue;
        }
        if (same > 0)
            p = put(put(p, 0), same);
        same = 0;
        p = put(p, fold(steps - last));
        last = steps;
    }
    return same > 0 ? put(put(p, 0), same) : p;
}

static unsigned char *put_missing(unsigned char *p, const double *value,
                                  size_t n)
{
    bool missing = false;
    for (size_t i = 0, count; i < n; i += count, missing = !missing) {
        count = 0;
        while (i + count < n && (isnan(value[i + count]) != 0) == missing)
            count++;
        p = put(p, count);
    }
    return p;
}

void io_unpack(const unsigned char *packed, size_t n, int64_t *time,
               double *value)
{
    uint64_t t = unfold(get(&packed)), step = get(&packed), last = 0;
    time[0] = (int64_t)t;
    for (size_t i = 1; i < n;) {
        uint64_t change = get(&packed), same = change == 0 ? get(&packed) : 1;
        last += unfold(change);
        for (; same > 0; same--) {
            t += last * step;
            time[i++] = (int64_t)t;
        }
    }
    bool missing = false;
    for (size_t i = 0; i < n; missing = !missing)
        for (uint64_t count = get(&packed); count > 0; count--)
            value[i++] = missing ? NAN : 0;
}

/* Appends a run of n > 0 rows; false when memory is short. */
static bool append(struct buffer *out, const int64_t *time,
                     const double *value, size_t n)
{
    size_t most = MOST_BYTES * (2 * n + 3);
    if (out->room - out->n < most) {
        size_t room = out->room + out->room / 2 + most;
        unsigned char *grown = realloc(out->bytes, room);
        if (grown == NULL)
            return false;
        out->bytes = grown;
        out->room = room;
    }
    unsigned char *end =
        put_missing(put_times(out->bytes + out->n, time, n), value, n);
    out->n = (size_t)(end - out->bytes);
    return true;
}

/* Whether each series of the chunk is the shard's, and its rows in all. */
static bool *find_own(const struct io_chunk *c, const struct io_shard *shard,
                      size_t *rows)
{
    bool *own = malloc((c->ids.n > 0 ? c->ids.n : 1) * sizeof *own);
    *rows = 0;
    if (own == NULL)
        return NULL;
    for (uint32_t i = 0; i < c->ids.n; i++)
        own[i] = io_shard_has(shard, c->ids.text[i], c->ids.length[i]);
    for (size_t i = 0; i < c->nruns; i++)
        if (own[c->runs[i].series])
            *rows += c->runs[i].count;
    return own;
}

static bool split_rows(struct io_chunk *c, const bool *own, double *value,
                       int64_t *time, struct buffer *packed)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->nruns; i++) {
        struct io_run *run = &c->runs[i];
        const double *values = c->value + run->first;
        const int64_t *times = c->time + run->first;
        if (own[run->series]) {
            memcpy(value + kept, values, run->count * sizeof *value);
            memcpy(time + kept, times, run->count * sizeof *time);
            run->first = (uint32_t)kept;
            kept += run->count;
        } else if (run->count > 0) {
            run->first = (uint32_t)packed->n;
            if (!append(packed, times, values, run->count))
                return false;
        }
    }
    return true;
}

bool io_chunk_pack_others(struct io_chunk *c, const struct io_shard *shard)
{
    struct buffer packed = {0};
    size_t rows;
    if (shard->count < 2 || c->n == 0)
        return true;
    bool *own = find_own(c, shard, &rows);
    double *value = malloc((rows > 0 ? rows : 1) * sizeof *value);
    int64_t *time = malloc((rows > 0 ? rows : 1) * sizeof *time);
    bool good = own != NULL && value != NULL && time != NULL
                && split_rows(c, own, value, time, &packed);
    free(own);
    if (!good) {
        free(value);
        free(time);
        free(packed.bytes);
        return false;
    }
    free(c->value);
    free(c->time);
    c->value = value;
    c->time = time;
    c->n = c->capacity = rows;
    unsigned char *fitted = realloc(packed.bytes, packed.n > 0 ? packed.n : 1);
    c->packed = fitted != NULL ? fitted : packed.bytes;
    c->packed_size = packed.n;
    return true;
}
