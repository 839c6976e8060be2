/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_ROWS_ROWSET_H
#define NIGHTCAST_IO_ROWS_ROWSET_H

#include "io/rows/chunk.h"
#include "io/rows/note.h"
#include "io/time/timestamp.h"

/*
 * What a reader makes of an input, of whatever kind: the ids of its series,
 * and their rows as timestamps and values, in chunks; with what is wrong with
 * rows, and the form of the timestamps.  Series are made of it by
 * io/panel/make.h.
 *
 * A reader fills chunks (fill.h), any number at a time, and gives each its
 * numbers by io_rowset_number(), one after the other.
 */
/* Where one of several parts of an input begins. */
struct io_part {
    const char *name; /* borrowed */
    size_t first_chunk;
    uint64_t first_line; /* of its first chunk */
    uint32_t first_id;   /* the ids before it are in other parts */
};

struct io_rowset {
    const char *name;          /* that messages call the input by; borrowed */
    char *id_name, *time_name; /* of the columns; several keys: a record */
    char *value_name;          /* NULL: there is no such column */
    size_t nkeys;              /* then; else 0 or 1 */
    bool one_series;           /* there is no such column */
    char columns[300];         /* which columns were taken, for people, */
    bool say_columns;          /* and whether it could have been otherwise */
    struct io_notes notes;     /* what else was inferred */
    struct io_part *parts;     /* nparts; 0: of name and first_line below */
    size_t nparts;
    struct io_time_format format;
    char decimal;            /* of numbers; 0: not known */
    struct io_intern ids;    /* of all series, in order of first appearance */
    struct io_chunk *chunks; /* nchunks in the order of the input, and one more,
                                zeroed, for rows that are brought together */
    size_t nchunks;
    uint64_t first_line; /* where the first chunk begins; the first is 1 */
    uint64_t bytes;
    uint32_t crc; /* of the whole input, if it is read for a shard */
};

/* NULL when memory is short. */
struct io_rowset *io_rowset_new(void);

/* Accepts NULL. */
void io_rowset_free(struct io_rowset *rows);

/*
 * Makes more chunks, zeroed, until there are n; those that are there may move.
 * False when memory is short.
 */
bool io_rowset_grow(struct io_rowset *rows, size_t n);

/* Forgets chunks and ids. */
void io_rowset_clear(struct io_rowset *rows);

/* The name of the part that a chunk is of; *line is where it begins there, if
   the chunk is its first, else stays. */
const char *io_rowset_part(const struct io_rowset *rows, size_t chunk,
                           uint64_t *line);

/* The part in which a series comes first; parts must be there. */
size_t io_rowset_part_of(const struct io_rowset *rows, uint32_t series);

/*
 * Replaces the chunk's own numbers of ids by those of all series, and gives
 * back its ids, which take more memory.  False when memory is short.
 *
 *   lowest  out: the lowest of these numbers; UINT32_MAX: it has none
 */
bool io_rowset_number(struct io_rowset *rows, struct io_chunk *chunk,
                      uint32_t *lowest);

#endif
