/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TEXT_TRIM_H
#define NIGHTCAST_IO_TEXT_TRIM_H

#include <stddef.h>

/* Takes blanks off both ends. */
static inline void io_trim(const char **text, size_t *n)
{
    while (*n > 0 && (**text == ' ' || **text == '\t')) {
        ++*text;
        --*n;
    }
    while (*n > 0 && ((*text)[*n - 1] == ' ' || (*text)[*n - 1] == '\t'))
        --*n;
}

#endif
