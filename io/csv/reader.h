/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_READER_H
#define NIGHTCAST_IO_CSV_READER_H

#include "forecast/base/trace.h"
#include "io/rows/fill.h"
#include "io/rows/rowset.h"

/*
 * Rows from a CSV file: one row per observation (long), or one per series
 * (wide).
 */
struct io_csv_options {
    const char *path;              /* or "-" */
    const char *id, *time, *value; /* column names, or NULL */
    bool wide;
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

#endif
