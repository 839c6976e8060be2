/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_ROWS_EPOCH_H
#define NIGHTCAST_IO_ROWS_EPOCH_H

#include "forecast/base/status.h"
#include "io/rows/rowset.h"

/*
 * Integers that are instants: where all of them, as seconds, milli- or
 * microseconds since 1970, lie in the years 1990 to 2100 and are whole minutes
 * apart, they become instants, and that is noted.  Integers that look like the
 * serial days of a spreadsheet stay what they are, and that is noted, too.
 */
void io_epoch_find(struct io_rowset *rows);

/*
 * Integers that are instants by rows->format, because somebody says so: they
 * become instants.  FC_EDATA when those of a part cannot be.
 */
enum fc_status io_epoch_take(struct io_rowset *rows, const char *who,
                             struct fc_error *err);

#endif
