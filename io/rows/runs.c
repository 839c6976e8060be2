/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A run is two numbers: how far its series is from that which follows the
 * last run's, and the number of its rows.  Numbers are written seven bits a
 * byte, the lowest first; the eighth says that more follow.  Signed ones
 * alternate: 0, -1, 1, -2, ...
 */
#include "io/rows/runs.h"

#include <stdlib.h>

enum { MOST_BYTES = 5 /* of a number of 32 bits */ };

static size_t put(uint32_t x, unsigned char *bytes)
{
    size_t n = 0;
    for (; x > 0x7f; x >>= 7)
        bytes[n++] = (unsigned char)(x | 0x80);
    bytes[n++] = (unsigned char)x;
    return n;
}

static uint32_t get(const unsigned char *bytes, size_t *at)
{
    uint32_t x = 0;
    for (int shift = 0;; shift += 7) {
        unsigned char byte = bytes[(*at)++];
        x |= (uint32_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return x;
    }
}

static uint32_t fold(uint32_t x)
{
    return x << 1 ^ (x >> 31 != 0 ? UINT32_MAX : 0);
}

static uint32_t unfold(uint32_t x)
{
    return x >> 1 ^ ((x & 1) != 0 ? UINT32_MAX : 0);
}

bool io_runs_pack(const struct io_run *run, size_t n, struct io_runs *runs)
{
    unsigned char *bytes = NULL;
    size_t used = 0, room = 0;
    uint32_t last = 0;
    *runs = (struct io_runs){0};
    for (size_t i = 0; i < n; i++) {
        if (run[i].count == 0)
            continue;
        if (room - used < 2 * MOST_BYTES) {
            room += room / 2 + 64;
            unsigned char *grown = realloc(bytes, room);
            if (grown == NULL) {
                free(bytes);
                return false;
            }
            bytes = grown;
        }
        used += put(fold(run[i].series - last - 1), bytes + used);
        used += put(run[i].count, bytes + used);
        last = run[i].series;
        runs->n++;
    }
    unsigned char *fitted = realloc(bytes, used > 0 ? used : 1);
    runs->bytes = fitted != NULL ? fitted : bytes;
    return true;
}

struct io_run io_runs_next(const struct io_runs *runs,
                           struct io_runs_place *place)
{
    place->last.series += unfold(get(runs->bytes, &place->at)) + 1;
    place->last.count = get(runs->bytes, &place->at);
    return place->last;
}

void io_runs_release(struct io_runs *runs)
{
    free(runs->bytes);
    *runs = (struct io_runs){0};
}
