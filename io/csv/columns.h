/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_COLUMNS_H
#define NIGHTCAST_IO_CSV_COLUMNS_H

#include "io/csv/form.h"
#include "io/csv/sample.h"

/* As the user names them; NULL: by their names and what is in them. */
struct io_column_names {
    const char *id; /* several: by comma */
    const char *time, *value;
    bool one_series; /* no column has ids, as in the part before */
};

/*
 * Finds the columns of id, time and value, and what to say about it, in
 * *layout, which has the names of all.  FC_EDATA when none or several would
 * do, FC_EINVAL when two options name one column.
 */
enum fc_status io_columns_find(struct io_layout *layout,
                               const struct io_column_names *names,
                               const struct io_sample *sample,
                               struct fc_error *err);

#endif
