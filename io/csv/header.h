/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_HEADER_H
#define NIGHTCAST_IO_CSV_HEADER_H

#include "io/csv/columns.h"

/*
 * Reads the header at the beginning of the source and enough of what follows
 * to recognise columns, timestamps and numbers; what is given of the dialect
 * stays; leaves the cursor at layout->body.
 */
enum fc_status io_layout_read(struct io_cursor *cursor,
                              const struct io_csv_form *form,
                              const struct io_column_names *names,
                              const struct io_dialect *given,
                              struct io_layout *layout, struct fc_error *err);

#endif
