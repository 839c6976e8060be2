/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TEXT_NUMBER_H
#define NIGHTCAST_IO_TEXT_NUMBER_H

/*
 * Decimal text to double and back, both exact: reading rounds to the nearest
 * double (ties to even), and printing gives the shortest decimal that reads
 * back as the same double.  Neither depends on the locale.
 */
#include <stdbool.h>
#include <stddef.h>

enum { IO_NUMBER_SIZE = 32 };

/*
 * The whole of text, n bytes without a terminating NUL, as one number: an
 * optional sign, digits with at most one point, an optional exponent.  At
 * least one digit.  False, with *value untouched, for anything else: blanks,
 * "1,5", hexadecimal, inf, nan, and what overflows to infinity.
 */
bool io_number_parse(const char *text, size_t n, double *value);

/*
 * Writes the finite x and a NUL; returns the length without it.  Of the
 * shortest decimals that read back as x, the closest to x.  Plain notation
 * from 1e-4 up to 1e16, scientific as in 1.5e-07 outside; -0 is written 0.
 */
size_t io_number_print(double x, char buf[IO_NUMBER_SIZE]);

#endif
