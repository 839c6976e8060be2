/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_LAYOUT_H
#define NIGHTCAST_IO_CSV_LAYOUT_H

#include "io/time/timestamp.h"

#include <stddef.h>
#include <stdint.h>

struct io_csv_form;

enum { IO_CSV_FIELD_MOST = 1 << 20 }; /* bytes: more is a quote left open */

/* What the first record of a file and its first timestamps say. */
struct io_layout {
    const char *file;
    const struct io_csv_form *form;
    char delimiter;
    char **names; /* of the columns */
    size_t ncolumns;
    size_t id, time, value; /* their columns; wide: id alone */
    const char *time_name;
    int64_t *times; /* wide: the timestamp of every column */
    struct io_time_format format;
    uint64_t body;      /* offset of the first byte after the header */
    uint64_t body_line; /* the line that begins there; the first is 1 */
};

void io_layout_release(struct io_layout *layout);

/* The separator that stands most often in the first line, outside quotes. */
char io_guess_delimiter(const unsigned char *text, size_t n);

#endif
