/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_ALONE_H
#define NIGHTCAST_IO_CSV_ALONE_H

#include "io/csv/dialect.h"
#include "io/csv/sample.h"

/*
 * What the first rows say of whether a file is one series, without a column of
 * ids.
 */

/* No two rows have the same timestamp. */
bool io_alone_times(const struct io_sample *sample, size_t time);

/* Timestamps are one step apart: days, or months, in either order. */
bool io_alone_steps(const struct io_sample *sample, size_t time,
                    const struct io_dialect *dialect);

/*
 * A column has another text in nearly every row, or the same ones again and
 * again: between timestamps that are all different this is hardly an id.
 */
bool io_alone_beside(const struct io_sample *sample, size_t column);

#endif
