/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_ABOVE_H
#define NIGHTCAST_IO_CSV_ABOVE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What stands above the header of an export and is none of it.
 */
struct io_above {
    size_t bytes;   /* with the line end */
    char delimiter; /* of a line "sep=;", or 0 */
};

/*
 * The first lines of a file: a line "sep=;", then blank lines and titles: the
 * header is the first line that has as many fields as the one after it, more
 * than those above, and no dates or, unless numbers may name columns, numbers.
 * If no line is that, it is the first.
 */
struct io_above io_above_find(const unsigned char *text, size_t n,
                              bool may_have_numbers);

#endif
