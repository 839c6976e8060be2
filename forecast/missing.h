/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_MISSING_H
#define NIGHTCAST_FORECAST_MISSING_H

#include <stddef.h>

/* The number of missing values (NaN). */
size_t fc_count_missing(const double *y, size_t n);

/*
 * Copies y to out with missing values on the straight line between their
 * neighbours, as R's na.approx() does; before the first value and after the
 * last, that value.  out may be y.  Returns how many were filled; nothing is
 * filled when all are missing.
 */
size_t fc_fill_linear(const double *y, size_t n, double *out);

#endif
