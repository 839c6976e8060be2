/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_NUMERIC_DIFFERENCE_H
#define NIGHTCAST_FORECAST_NUMERIC_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Differencing, (1 - B^lag) applied in place `times` times.  A difference with
 * a missing value (NaN) is missing.  Returns how many values are left; none
 * when the series is too short.
 */
size_t fc_difference(double *y, size_t n, size_t lag, int times);

/*
 * The coefficients of (1 - B)^d (1 - B^m)^D = sum of delta[i] B^i, i from 0 to
 * d + m D; delta holds d + m D + 1 values.
 */
void fc_difference_polynomial(double *delta, int d, int D, size_t m);

/*
 * Undoes it: turns h future values of the differenced series, in w, into
 * future values of y, in place.
 *
 *   delta    the polynomial, of the given degree
 *   past     the last `degree` values of y, the latest first
 */
void fc_undifference(double *w, size_t h, const double *delta, size_t degree,
                     const double *past);

/*
 * What rounding may have done to differences of y: a small multiple of the
 * precision at its largest magnitude.
 */
double fc_rounding_noise(const double *y, size_t n);

/*
 * Whether the values that are there differ by no more than the noise.  True
 * when there are none.
 */
bool fc_is_constant(const double *y, size_t n, double noise);

#endif
