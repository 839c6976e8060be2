/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_ROWS_CHUNK_H
#define NIGHTCAST_IO_ROWS_CHUNK_H

#include "forecast/base/status.h"
#include "io/rows/runs.h"
#include "io/rows/shard.h"
#include "io/rows/times.h"
#include "io/text/amount.h"
#include "io/text/intern.h"
#include "io/time/seen.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Rows as they are kept.  Of other shards' series a file needs the timestamps
 * and which of the values are missing.
 */
struct io_rows {
    size_t n;
    struct io_times time;
    double *value;          /* n values; NaN = missing; or NULL and */
    unsigned char *missing; /* a bit for each, the lowest of a byte first */
};

/* A row that could not be read. */
struct io_row_error {
    uint32_t series;
    uint64_t line; /* 0 = the chunk's first */
    char msg[104]; /* "column 'y': not a number: 'n/a'" */
};

/* Rows of one series, in so many consecutive lines. */
struct io_lines {
    uint32_t series, count;
    uint32_t rows; /* of each of the lines: 1; in wide form any number */
    uint64_t line; /* where the first begins; 0 = the chunk's first */
};

/* What its cells say of the form of all the file's; lines count from 0. */
struct io_seen {
    struct io_number_seen numbers;
    struct io_time_seen times;
};

/*
 * The rows of one stretch of the file, in file order.  Zeroed is empty.
 */
struct io_chunk {
    uint64_t begin, end; /* the bytes it was made from: whole records */
    uint64_t nlines;
    uint64_t nrows;
    uint32_t crc; /* of the bytes, if the file is divided in shards */
    struct io_intern ids;

    /* while they are parsed: n rows, and which series' they are, by ids */
    size_t n, capacity;
    double *value;
    int64_t *time;
    struct io_run *run;
    size_t nruns, runs_capacity;

    /* then */
    struct io_rows own, other; /* of the shard's series, and the others' */
    struct io_runs runs;       /* of both; of the panel's series */
    bool in_use; /* by a series whose rows or values are where they were */

    struct io_row_error *errors;
    size_t nerrors, errors_capacity;
    struct io_lines *lines; /* of the other rows, if they are asked for */
    size_t nstretches, lines_capacity;
    uint64_t nrejected; /* rows that cannot be read */
    struct io_seen seen;
    uint64_t not_utf8;     /* 1 + line of the first id that is not; 0 = none */
    enum fc_status status; /* why the file cannot be read any further */
    struct fc_error err;
    uint64_t err_line; /* 0 = the chunk's first; UINT64_MAX = no line */
};

/*
 * Once all is parsed: brings the rows of each series together where series
 * take turns (in the order of the file) and keeps them as chunk->own and
 * other.  False when memory is short.
 */
bool io_chunk_pack(struct io_chunk *chunk, const struct io_shard *shard);

/*
 * Once the panel's numbers of the chunk's ids are known: gives back the ids
 * and keeps the runs as chunk->runs.  False when memory is short.
 */
bool io_chunk_number(struct io_chunk *chunk, const uint32_t *number);

/* Gives back the rows. */
void io_rows_release(struct io_rows *rows);

static inline bool io_rows_missing(const struct io_rows *rows, size_t i)
{
    return (rows->missing[i / 8] >> i % 8 & 1) != 0;
}

/* From several threads at once: a byte may be of two series. */
static inline void io_rows_set_missing(struct io_rows *rows, size_t i)
{
    __atomic_fetch_or(&rows->missing[i / 8], (unsigned char)(1 << i % 8),
                      __ATOMIC_RELAXED);
}

void io_chunk_release(struct io_chunk *chunk);

#endif
