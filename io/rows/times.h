/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_ROWS_TIMES_H
#define NIGHTCAST_IO_ROWS_TIMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Many timestamps in little memory: each as the multiple of a common unit by
 * which it is above the least of them, in as many bytes as the largest of
 * these multiples needs.  For dates that is most often one or two.
 *
 * Zeroed it holds none.
 */
struct io_times {
    bool any;
    int64_t base;   /* the least */
    uint64_t unit;  /* greatest common divisor of the differences; 0 = none */
    uint64_t most;  /* units from the least to the largest */
    unsigned width; /* bytes of each: 0, 1, 2, 4 or 8 */
    void *units;    /* NULL if width is 0 */
};

/* Of n timestamps, any number.  False when memory is short. */
bool io_times_pack(const int64_t *t, size_t n, struct io_times *times);

/*
 * For times that come from elsewhere in parts: io_times_widen() for every
 * part's, then io_times_reserve() for the n that may be set.  The latter is
 * false when memory is short.
 */
void io_times_widen(struct io_times *all, const struct io_times *part);
bool io_times_reserve(struct io_times *all, size_t n);

/* The n timestamps from the first-th on. */
void io_times_get(const struct io_times *times, size_t first, size_t n,
                  int64_t *t);

/* Each must have been among those packed, or of a part that widened. */
void io_times_set(struct io_times *times, size_t first, size_t n,
                  const int64_t *t);

void io_times_release(struct io_times *times);

#endif
