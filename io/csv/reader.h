/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_READER_H
#define NIGHTCAST_IO_CSV_READER_H

#include "forecast/base/trace.h"
#include "io/rows/agreed.h"
#include "io/rows/fill.h"
#include "io/rows/rowset.h"

/*
 * Rows from a CSV file: one row per observation (long), or one per series
 * (wide).
 */
struct io_csv_options {
    const char *path;        /* or "-" */
    const char *const *more; /* nmore other parts of the input */
    size_t nmore;
    const char *id, *time, *value; /* column names, or NULL; ids: several */
    const char *time_format;       /* strptime's letters, "excel", or NULL */
    const char *encoding;          /* of the text, or NULL: UTF-8, or marked */
    char decimal;                  /* '.', ',', or 0: as the file shows */
    const char *missing;           /* more words for no value, or NULL */
    bool steps;                    /* integers are integers, and no dates */
    bool wide;
    const struct io_agreed *agreed; /* or NULL: as the files show */
    bool apart; /* a series' rows are in one of the parts alone */
    struct io_fill_options fill;
    struct fc_trace *trace; /* or NULL */
    int jobs;               /* threads */
    uint64_t chunk; /* bytes a thread parses at a time; 0 = a good size */
};

/*
 * The same file gives the same rows for any number of jobs and any chunk size.
 * FC_EIO, FC_EDATA, FC_EINVAL or FC_ENOMEM with a message that names file and
 * line.
 */
enum fc_status io_csv_read(const struct io_csv_options *options,
                           struct io_rowset *rows, struct fc_error *err);

/* The columns of an input, as --id, --time and --value would name them. */
struct io_csv_columns {
    char *id, *time, *value;
    bool one_series; /* no column has ids */
};

/* By its header and first rows; with the errors of io_csv_read(). */
enum fc_status io_csv_columns_find(const struct io_csv_options *options,
                                   struct io_csv_columns *columns,
                                   struct fc_error *err);

/* Of what cannot be looked at before it is read: the options' own, or NULL. */
bool io_csv_columns_copy(const struct io_csv_options *options,
                         struct io_csv_columns *columns);
void io_csv_columns_release(struct io_csv_columns *columns);

#endif
