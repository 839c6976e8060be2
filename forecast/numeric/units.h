/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_NUMERIC_UNITS_H
#define NIGHTCAST_FORECAST_NUMERIC_UNITS_H

#include "forecast/base/series.h"
#include "forecast/base/status.h"
#include "forecast/base/workspace.h"

/*
 * Units in which a series can be squared.  The variance of values near 1e155
 * is no double any more, and that of values near 1e-160 is 0: intervals would
 * have no end, or no width.  Models mean the same in any units, so a series
 * beyond 2^200 = 1.6e60 or below 2^-200 = 6.2e-61 is fitted in units of a
 * power of two, which changes no digit of it.
 */

/*
 * The exponent of the units: the largest value is in [1/2, 1) of them.  0 for
 * a series that needs none.
 */
int fc_units(const struct fc_series *series);

/* n numbers in units of 2^exponent; out may be x. */
void fc_units_apply(const double *x, size_t n, int exponent, double *out);

/* n numbers that are in units of 2^exponent, in units of 1. */
void fc_units_undo(double *x, size_t n, int exponent);

/* A copy of the series in such units; NULL when memory is short. */
const struct fc_series *fc_units_series(const struct fc_series *series,
                                        int exponent, struct fc_workspace *ws);

#endif
