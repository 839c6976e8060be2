/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_ROWS_FILL_H
#define NIGHTCAST_IO_ROWS_FILL_H

#include "io/rows/chunk.h"

/*
 * How a reader, whatever it reads, fills a chunk.  For each record: its series
 * by io_fill_series(), any number of rows by io_fill_row(), or a problem by
 * setting `rejected` and `problem`, and io_fill_end().
 */

/* What is asked of a reader besides the rows. */
struct io_fill_options {
    struct io_shard shard; /* count 0: the rows are of no shard */
    bool all_errors; /* keep every bad row's, not the first of a series, and
                        where the good ones stand */
};

struct io_fill {
    const struct io_fill_options *options;
    struct io_chunk *chunk;
    uint32_t series; /* of the open record; the last one's before its id */
    uint64_t line;   /* where the open record began; 0 = the chunk's first */
    size_t first;    /* its first row */
    bool rejected;
    char problem[sizeof((struct io_row_error *)0)->msg];
    unsigned char *has_error; /* per series: one error is kept already */
    size_t has_error_size;
    bool out_of_memory; /* what was added may be lost */
};

void io_fill_series(struct io_fill *fill, const char *id, size_t n);

/* Room for one more row; false when memory is short. */
bool io_fill_reserve(struct io_fill *fill);

static inline void io_fill_row(struct io_fill *fill, int64_t time, double value)
{
    struct io_chunk *c = fill->chunk;
    if (c->n == c->capacity && !io_fill_reserve(fill))
        return;
    c->value[c->n] = value;
    c->time[c->n++] = time;
}

/* Keeps the open record's rows, or its problem. */
void io_fill_keep(struct io_fill *fill);

/* Ends the open record; the next one begins in that line. */
static inline void io_fill_end(struct io_fill *fill, uint64_t line)
{
    struct io_chunk *c = fill->chunk;
    uint32_t count = (uint32_t)(c->n - fill->first);
    if (fill->rejected || fill->options->all_errors)
        io_fill_keep(fill);
    else if (c->nruns > 0 && c->run[c->nruns - 1].series == fill->series)
        c->run[c->nruns - 1].count += count;
    else if (c->nruns < c->runs_capacity)
        c->run[c->nruns++] = (struct io_run){fill->series, count};
    else
        io_fill_keep(fill);
    fill->rejected = false;
    fill->first = c->n;
    fill->line = line;
}

/* Gives back all but the chunk. */
void io_fill_release(struct io_fill *fill);

#endif
