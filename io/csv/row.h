/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_ROW_H
#define NIGHTCAST_IO_CSV_ROW_H

#include "io/csv/layout.h"
#include "io/rows/fill.h"
#include "io/text/number.h"

#include <string.h>

/* The fields of several keys, one after the other. */
struct io_csv_keys {
    char *text, *joined;
    size_t used, room, joined_room;
    struct io_csv_key_at {
        size_t start, length;
    } * at;   /* of layout->nkeys, in their order */
    size_t n; /* how many the record has */
};

/*
 * The open record of a file: its fields, one after the other, become an id,
 * timestamps and values.
 */
struct io_csv_row {
    const struct io_layout *layout;
    struct io_fill fill;
    struct io_time_format format;
    struct io_time_month month; /* of the last date, if they are dates */
    uint64_t line;              /* being read */
    size_t column;              /* of the next field */
    bool has_id;
    bool field_too_long;
    struct io_csv_keys keys;
    int64_t time; /* long form */
    double value;
    size_t last_value; /* wide form: column of its last value, if any */
};

/* Says what is wrong with a field, of which the first is kept. */
void io_csv_reject(struct io_csv_row *row, size_t column, const char *why,
                   const char *text, size_t n);

void io_csv_id(struct io_csv_row *row, const char *text, size_t n);

/* A field that may be one of several keys; and these as one id. */
void io_csv_key(struct io_csv_row *row, size_t column, const char *text,
                size_t n);
void io_csv_join_keys(struct io_csv_row *row);
void io_csv_keys_release(struct io_csv_keys *keys);

/* A date of the month of the one before; what it says of the rival is known. */
bool io_csv_same_month(struct io_csv_row *row, const char *text, size_t n);

void io_csv_time(struct io_csv_row *row, const char *text, size_t n);

/* NaN for a missing value; rejects the row when it is not a number. */
double io_csv_odd_value(struct io_csv_row *row, size_t column, const char *text,
                        size_t n);

static inline double io_csv_value(struct io_csv_row *row, size_t column,
                                  const char *text, size_t n)
{
    double value;
    const struct io_dialect *dialect = &row->layout->dialect;
    if (!dialect->points || !io_number_parse(text, n, &value))
        return io_csv_odd_value(row, column, text, n);
    if (dialect->watch)
        io_amount_note(text, n, row->line, &row->fill.chunk->seen.numbers);
    return value;
}

/* Rejects a record that has not as many fields as it should. */
void io_csv_reject_width(struct io_csv_row *row);

/* The record is at its end. */
static inline void io_csv_end(struct io_csv_row *row)
{
    io_fill_end(&row->fill, row->line);
    row->column = 0;
    row->has_id = false;
}

/* The end of the field that begins at text: a separator or the line's end. */
static inline const char *io_csv_field_end(const struct io_csv_row *row,
                                           const char *text, const char *end)
{
    const char *stop =
        memchr(text, row->layout->delimiter, (size_t)(end - text));
    return stop != NULL ? stop : end;
}

#endif
