/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All arithmetic is on unsigned numbers, modulo 2^64: the difference of two
 * timestamps need not fit a signed one.
 */
#include "io/rows/times.h"

#include "io/text/gcd.h"

#include <stdlib.h>

static uint64_t distance(int64_t a, int64_t b)
{
    return a < b ? (uint64_t)b - (uint64_t)a : (uint64_t)a - (uint64_t)b;
}

/* Of the differences between neighbours, which is that of all of them. */
static uint64_t common_unit(const int64_t *t, size_t n)
{
    uint64_t unit = 0, last = 0;
    for (size_t i = 1; i < n && unit != 1; i++) {
        uint64_t step = distance(t[i], t[i - 1]);
        if (step != last)
            unit = io_gcd(unit, step);
        last = step;
    }
    return unit;
}

static unsigned width_for(uint64_t most)
{
    return most == 0            ? 0
           : most <= UINT8_MAX  ? 1
           : most <= UINT16_MAX ? 2
           : most <= UINT32_MAX ? 4
                                : 8;
}

bool io_times_reserve(struct io_times *all, size_t n)
{
    all->width = width_for(all->most);
    if (all->width == 0 || n == 0)
        return true;
    all->units = n <= SIZE_MAX / all->width ? malloc(n * all->width) : NULL;
    return all->units != NULL;
}

bool io_times_pack(const int64_t *t, size_t n, struct io_times *times)
{
    *times = (struct io_times){0};
    if (n == 0)
        return true;
    int64_t least = t[0], largest = t[0];
    for (size_t i = 1; i < n; i++) {
        least = t[i] < least ? t[i] : least;
        largest = t[i] > largest ? t[i] : largest;
    }
    times->any = true;
    times->base = least;
    times->unit = common_unit(t, n);
    if (times->unit > 0)
        times->most = distance(largest, least) / times->unit;
    if (!io_times_reserve(times, n))
        return false;
    io_times_set(times, 0, n, t);
    return true;
}

void io_times_widen(struct io_times *all, const struct io_times *part)
{
    if (!part->any)
        return;
    if (!all->any) {
        *all = *part;
        all->units = NULL;
        return;
    }
    /* as distances from the lower base, where both ends fit */
    int64_t base = part->base < all->base ? part->base : all->base;
    uint64_t end = distance(all->base, base) + all->most * all->unit;
    uint64_t other = distance(part->base, base) + part->most * part->unit;
    uint64_t unit = io_gcd(all->unit, part->unit);
    unit = io_gcd(unit, distance(all->base, part->base));
    end = other > end ? other : end;
    all->base = base;
    all->unit = unit;
    all->most = unit > 0 ? end / unit : 0;
}

void io_times_get(const struct io_times *times, size_t first, size_t n,
                  int64_t *t)
{
    uint64_t base = (uint64_t)times->base, unit = times->unit;
    const uint8_t *u8 = times->units;
    const uint16_t *u16 = times->units;
    const uint32_t *u32 = times->units;
    const uint64_t *u64 = times->units;
#define GET(units)                 \
    for (size_t i = 0; i < n; i++) \
    t[i] = (int64_t)(base + unit * (units))
    if (times->width == 0)
        GET(0);
    else if (times->width == 1)
        GET(u8[first + i]);
    else if (times->width == 2)
        GET(u16[first + i]);
    else if (times->width == 4)
        GET(u32[first + i]);
    else
        GET(u64[first + i]);
#undef GET
}

/* A division for every timestamp would take long: most steps are alike. */
void io_times_set(struct io_times *times, size_t first, size_t n,
                  const int64_t *t)
{
    uint8_t *u8 = times->units;
    uint16_t *u16 = times->units;
    uint32_t *u32 = times->units;
    uint64_t *u64 = times->units;
    uint64_t at = 0, last_step = 0, last_units = 0;
    if (times->width == 0)
        return;
    for (size_t i = 0; i < n; i++) {
        uint64_t step = (uint64_t)t[i] - (uint64_t)t[i > 0 ? i - 1 : 0];
        if (i == 0 || step != last_step) {
            uint64_t was = at;
            at = distance(t[i], times->base) / times->unit;
            last_units = i > 0 ? at - was : 0;
            last_step = step;
        } else {
            at += last_units;
        }
        if (times->width == 1)
            u8[first + i] = (uint8_t)at;
        else if (times->width == 2)
            u16[first + i] = (uint16_t)at;
        else if (times->width == 4)
            u32[first + i] = (uint32_t)at;
        else
            u64[first + i] = at;
    }
}

void io_times_release(struct io_times *times)
{
    free(times->units);
    *times = (struct io_times){0};
}
