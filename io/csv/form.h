/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_FORM_H
#define NIGHTCAST_IO_CSV_FORM_H

#include "io/csv/cursor.h"
#include "io/csv/fields.h"
#include "io/csv/row.h"
#include "io/csv/sample.h"

/*
 * The two forms of a file of series: one row per observation, or one per
 * series.
 */
struct io_csv_form {
    size_t nroles; /* columns with a role: of id, time, value the first */

    /*
     * Finds the form of the timestamps, and their column's name; the cursor
     * stands behind the header and stays there.  fields and csv are scratch;
     * the sample is of the first rows.
     */
    enum fc_status (*find_times)(struct io_layout *layout,
                                 struct io_cursor *cursor,
                                 struct csv_parser *csv,
                                 struct io_fields *fields,
                                 const struct io_sample *sample,
                                 struct fc_error *err);

    /* libcsv's: the next field of a struct io_csv_row, and its end. */
    void (*field)(void *field, size_t n, void *row);
    void (*end)(int terminator, void *row);

    /*
     * Takes a line without quotes and without its line end.  False when that
     * is for libcsv to do: nothing has happened then that it would not do
     * again.
     */
    bool (*plain_line)(struct io_csv_row *row, char *text, const char *end);
};

extern const struct io_csv_form io_csv_long, io_csv_wide;

#endif
