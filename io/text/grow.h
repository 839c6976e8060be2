/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TEXT_GROW_H
#define NIGHTCAST_IO_TEXT_GROW_H

#include <stddef.h>
#include <stdlib.h>

/*
 * Room for one more in a list of n elements of that size, of which nothing but
 * n is known: rooms are powers of two.  Returns the list, which may have moved,
 * or NULL, with the list as it was, when memory is short.
 */
static inline void *io_grow(void *list, size_t n, size_t size)
{
    if (n > 0 && (n & (n - 1)) != 0)
        return list;
    size_t room = n > 0 ? 2 * n : 1, bytes;
    return __builtin_mul_overflow(room, size, &bytes) ? NULL
                                                      : realloc(list, bytes);
}

#endif
