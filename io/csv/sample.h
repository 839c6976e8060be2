/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_SAMPLE_H
#define NIGHTCAST_IO_CSV_SAMPLE_H

#include "io/csv/cursor.h"
#include "io/csv/fields.h"

/*
 * The first records behind the header, as texts, looked at without being
 * consumed: they show what the columns are and how things are written.
 */
enum { IO_SAMPLE_MOST = 200 };

struct io_sample {
    struct io_fields *row;
    uint64_t *line; /* where each begins, counted from the body's first = 0 */
    size_t n;
};

/* FC_ENOMEM, FC_EIO. */
/* Of each record ncolumns fields, and one more if there are more. */
enum fc_status io_sample_take(struct io_cursor *cursor, struct csv_parser *csv,
                              size_t ncolumns, struct io_sample *sample,
                              struct fc_error *err);
void io_sample_release(struct io_sample *sample);

/* A cell, "" where the row is too short. */
static inline const char *io_sample_cell(const struct io_sample *sample,
                                         size_t row, size_t column)
{
    const struct io_fields *r = &sample->row[row];
    return column < r->n ? r->fields[column] : "";
}

#endif
