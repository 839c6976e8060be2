/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_ROW_H
#define NIGHTCAST_IO_CSV_ROW_H

#include "io/csv/layout.h"
#include "io/rows/fill.h"
#include "io/text/number.h"

#include <string.h>

/*
 * The open record of a file: its fields, one after the other, become an id,
 * timestamps and values.
 */
struct io_csv_row {
    const struct io_layout *layout;
    struct io_fill fill;
    struct io_time_format format;
    uint64_t line; /* being read */
    size_t column; /* of the next field */
    bool has_id;
    bool field_too_long;
    int64_t time; /* long form */
    double value;
    size_t last_value; /* wide form: column of its last value, if any */
};

/* Says what is wrong with a field, of which the first is kept. */
void io_csv_reject(struct io_csv_row *row, size_t column, const char *why,
                   const char *text, size_t n);

void io_csv_id(struct io_csv_row *row, const char *text, size_t n);
void io_csv_time(struct io_csv_row *row, const char *text, size_t n);

/* NaN for a missing value; rejects the row when it is not a number. */
double io_csv_odd_value(struct io_csv_row *row, size_t column, const char *text,
                        size_t n);

static inline double io_csv_value(struct io_csv_row *row, size_t column,
                                  const char *text, size_t n)
{
    double value;
    return io_number_parse(text, n, &value)
               ? value
               : io_csv_odd_value(row, column, text, n);
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
