/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_LAYOUT_H
#define NIGHTCAST_IO_CSV_LAYOUT_H

#include "io/csv/dialect.h"

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
    char tail;              /* the decimal sign, where the value is the last
                               column and plain numbers say no more; or 0 */
    size_t *keys, nkeys;    /* the columns of several keys; then id is none, */
    uint32_t *key_at;       /* and this, of every column, 1 + its key, or 0 */
    char *id_name;          /* of several keys: as a record of CSV */
    bool one_series;        /* no column is the id, which is IO_ONE_ID */
    char columns[300];      /* what was taken, to be said */
    bool say_columns;       /* it could have been otherwise */
    unsigned long long header_line;
    const char *time_name;
    int64_t *times; /* wide: the timestamp of every column */
    struct io_dialect dialect;
    uint64_t body;      /* offset of the first byte after the header */
    uint64_t body_line; /* the line that begins there; the first is 1 */
};

void io_layout_release(struct io_layout *layout);

/* The separator that stands most often in the first line, outside quotes. */
char io_guess_delimiter(const unsigned char *text, size_t n);

#endif
