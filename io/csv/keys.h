/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_KEYS_H
#define NIGHTCAST_IO_CSV_KEYS_H

#include "forecast/base/status.h"

#include <stdbool.h>
#include <stddef.h>

/* The columns of a file, by name, of which rows have the same id and time. */
struct io_keys_search {
    const char *path, *encoding;
    const char *id; /* several: by comma; NULL: there is none */
    const char *time, *value;
};

/*
 * Another column that tells rows of one id and time apart, in the first 200,000
 * rows: a further key, perhaps.  False when there is none, or the file cannot
 * be read again.
 */
bool io_keys_find(const struct io_keys_search *search, char *name, size_t size);

#endif
