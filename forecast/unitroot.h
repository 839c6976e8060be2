/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_UNITROOT_H
#define NIGHTCAST_FORECAST_UNITROOT_H

#include "forecast/workspace.h"

#include <stddef.h>

/*
 * How often to difference a series before an ARMA model fits it.  Missing
 * values (NaN) may occur inside.  The functions return a negative number when
 * memory is short.
 */

/* The KPSS statistic for level stationarity; y has no missing values. */
double fc_kpss(const double *y, size_t n, struct fc_workspace *ws);

/*
 * Ordinary differences, at most max_d, by repeated KPSS tests at 5%.  A
 * difference no larger than noise is none: see fc_rounding_noise().
 */
int fc_ndiffs(const double *y, size_t n, int max_d, double noise,
              struct fc_workspace *ws);

/* Seasonal differences at lag m, at most max_D, by seasonal strength. */
int fc_nsdiffs(const double *y, size_t n, size_t m, int max_D, double noise,
               struct fc_workspace *ws);

/*
 * Seasonal strength max(0, 1 - var(R) / var(S + R)) of an STL decomposition;
 * 0 for a series of at most two seasons.  y has no missing values.
 */
double fc_seasonal_strength(const double *y, size_t n, size_t m,
                            struct fc_workspace *ws);

#endif
