/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_NUMERIC_MINIMIZE_H
#define NIGHTCAST_FORECAST_NUMERIC_MINIMIZE_H

#include <stddef.h>

/*
 * Minimises a function of one variable on [lo, hi].  It is evaluated at
 * `points` equally spaced values, both ends included, and every value that is
 * no higher than its neighbours is refined by Brent's method; so the grid is
 * what finds the global minimum when there are several.  points is at least
 * 3.
 *
 *   f     may return INFINITY where it is not defined; NaN counts as that
 *   tol   absolute, in x; 1e-9 |x| is added to it
 *
 * Returns where the minimum is, and its value in *fmin; lo and INFINITY when
 * the function is defined nowhere.
 */
double fc_minimize(double (*f)(double x, void *arg), void *arg, double lo,
                   double hi, size_t points, double tol, double *fmin);

#endif
