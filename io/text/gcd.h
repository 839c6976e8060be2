/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TEXT_GCD_H
#define NIGHTCAST_IO_TEXT_GCD_H

#include <stdint.h>

/* The greatest common divisor; that of a number and 0 is the number. */
static inline uint64_t io_gcd(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

#endif
