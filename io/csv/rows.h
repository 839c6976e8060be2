/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_ROWS_H
#define NIGHTCAST_IO_CSV_ROWS_H

#include "forecast/base/status.h"
#include "io/csv/source.h"
#include "io/rows/runs.h"
#include "io/rows/shard.h"
#include "io/rows/times.h"
#include "io/text/intern.h"
#include "io/time/timestamp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * From bytes to rows of numbers: libcsv splits the text into fields, each
 * field becomes an id, a timestamp or a value.  This is the inside of the
 * loader; io/panel/panel.h is its outside.
 */

/* What the first record and the first timestamps of a file told. */
struct io_layout {
    const char *file;
    bool wide;
    bool all_errors; /* keep every bad row's, not the first of a series, and
                        where the good ones stand */
    struct io_shard shard;
    char delimiter;
    char **names; /* of the columns */
    size_t ncolumns;
    size_t id, time, value; /* their columns; wide: id alone */
    int64_t *times;         /* wide: the timestamp of every column */
    struct io_time_format format;
    uint64_t body;      /* offset of the first byte after the header */
    uint64_t body_line; /* the line that begins there; the first is 1 */
};

struct io_column_names {
    const char *id, *time, *value; /* NULL: by default names or position */
};

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
    struct io_lines *lines; /* of the other rows, if layout->all_errors */
    size_t nstretches, lines_capacity;
    uint64_t nrejected;    /* rows that cannot be read */
    uint64_t not_utf8;     /* 1 + line of the first id that is not; 0 = none */
    enum fc_status status; /* why the file cannot be read any further */
    struct fc_error err;
    uint64_t err_line; /* 0 = the chunk's first; UINT64_MAX = no line */
};

/*
 * Reads sequentially, holding what was read but not used.  For a seekable
 * source every chunk has its own cursor, for a stream there is one.
 */
struct io_cursor {
    struct io_source *source;
    unsigned char *buf;
    size_t pos, len, size;
    uint64_t offset; /* in the source, of buf[pos] */
    bool at_end;     /* nothing beyond buf[len] */
};

enum fc_status io_cursor_init(struct io_cursor *cursor,
                              struct io_source *source, uint64_t offset,
                              struct fc_error *err);
void io_cursor_release(struct io_cursor *cursor);

/*
 * The next line with its end, or the part of it that fits the buffer, of n
 * bytes from buf[pos] on; n = 0 at the end of the source.
 */
enum fc_status io_cursor_line(struct io_cursor *cursor, size_t *n, bool *whole,
                              struct fc_error *err);

static inline void io_cursor_advance(struct io_cursor *cursor, size_t n)
{
    cursor->pos += n;
    cursor->offset += n;
}

/*
 * Reads the header at the beginning of the source and enough of what follows
 * to recognise the timestamps; leaves the cursor at layout->body.
 */
enum fc_status io_layout_read(struct io_cursor *cursor, bool wide,
                              const struct io_column_names *names,
                              struct io_layout *layout, struct fc_error *err);
void io_layout_release(struct io_layout *layout);

/* The separator that stands most often in the first line, outside quotes. */
char io_guess_delimiter(const unsigned char *text, size_t n);

/* Takes blanks off both ends. */
void io_trim(const char **text, size_t *n);

/* Whether a trimmed field says that a value is missing: empty, NA, ... */
bool io_is_missing(const char *text, size_t n);

/*
 * Parses records from the cursor, which stands where a record begins, until
 * the first record that begins at or after the offset `until`, or the end of
 * the source.  What is wrong with a row goes to chunk->errors, what ends all
 * reading to chunk->status.
 */
void io_chunk_parse(const struct io_layout *layout, struct io_cursor *cursor,
                    uint64_t until, struct io_chunk *chunk);

/*
 * Moves the cursor behind the next line end at or after where it is, or to
 * until or somewhat beyond when there is none before.
 */
enum fc_status io_cursor_skip_line(struct io_cursor *cursor, uint64_t until,
                                   struct fc_error *err);

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
