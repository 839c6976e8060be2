/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_PARSE_H
#define NIGHTCAST_IO_CSV_PARSE_H

#include "io/csv/cursor.h"
#include "io/csv/layout.h"
#include "io/rows/fill.h"

/*
 * From bytes to rows of numbers: libcsv splits the text into fields, each
 * field becomes an id, a timestamp or a value.
 */

/*
 * Parses records from the cursor, which stands where a record begins, until
 * the first record that begins at or after the offset `until`, or the end of
 * the source.  What is wrong with a row goes to chunk->errors, what ends all
 * reading to chunk->status.
 */
void io_csv_parse(const struct io_layout *layout,
                  const struct io_fill_options *options,
                  struct io_cursor *cursor, uint64_t until,
                  struct io_chunk *chunk);

#endif
