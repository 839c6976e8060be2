/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_ROWS_RUNS_H
#define NIGHTCAST_IO_ROWS_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many consecutive rows belong to one series. */
struct io_run {
    uint32_t series, count;
};

/*
 * Runs in few bytes: where series take turns there may be one for every row,
 * most often of the next series and as long as the one before.
 */
struct io_runs {
    unsigned char *bytes;
    size_t n; /* runs */
};

/* Zeroed, before the first run. */
struct io_runs_place {
    size_t at; /* byte */
    struct io_run last;
};

/* Packs those of n runs that have rows.  False when memory is short. */
bool io_runs_pack(const struct io_run *run, size_t n, struct io_runs *runs);

/* The next of runs->n runs. */
struct io_run io_runs_next(const struct io_runs *runs,
                           struct io_runs_place *place);

void io_runs_release(struct io_runs *runs);

#endif
