/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TEXT_DIGITS_H
#define NIGHTCAST_IO_TEXT_DIGITS_H

/*
 * Decimal digits by pairs, which halves the divisions.
 */
#include <string.h>

/* Writes v, 0 .. 99, as two digits; returns the end. */
static inline char *io_put_two(char *p, unsigned v)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021"
                                "22232425262728293031323334353637383940414243"
                                "44454647484950515253545556575859606162636465"
                                "66676869707172737475767778798081828384858687"
                                "888990919293949596979899";
    memcpy(p, pairs + 2 * (size_t)v, 2);
    return p + 2;
}

/* Writes v, 0 .. 9999, as four digits; returns the end. */
static inline char *io_put_four(char *p, unsigned v)
{
    return io_put_two(io_put_two(p, v / 100), v % 100);
}

#endif
