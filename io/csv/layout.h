/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_LAYOUT_H
#define NIGHTCAST_IO_CSV_LAYOUT_H

#include "io/csv/cursor.h"
#include "io/rows/shard.h"
#include "io/time/timestamp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the first record and the first timestamps of a file told. */
struct io_layout {
    const char *file;
    bool wide;
    bool all_errors; /* keep every bad row's, not the first of a series, and
                        where the good ones stand */
    struct io_shard shard;
    char delimiter;
    char **names; /* of the columns */
    size_t ncolumns;
    size_t id, time, value; /* their columns; wide: id alone */
    int64_t *times;         /* wide: the timestamp of every column */
    struct io_time_format format;
    uint64_t body;      /* offset of the first byte after the header */
    uint64_t body_line; /* the line that begins there; the first is 1 */
};

struct io_column_names {
    const char *id, *time, *value; /* NULL: by default names or position */
};

/*
 * Reads the header at the beginning of the source and enough of what follows
 * to recognise the timestamps; leaves the cursor at layout->body.
 */
enum fc_status io_layout_read(struct io_cursor *cursor, bool wide,
                              const struct io_column_names *names,
                              struct io_layout *layout, struct fc_error *err);
void io_layout_release(struct io_layout *layout);

/* The separator that stands most often in the first line, outside quotes. */
char io_guess_delimiter(const unsigned char *text, size_t n);

#endif
