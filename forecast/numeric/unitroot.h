/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_NUMERIC_UNITROOT_H
#define NIGHTCAST_FORECAST_NUMERIC_UNITROOT_H

#include "forecast/base/workspace.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * How often to difference a series before an ARMA model fits it.  Missing
 * values (NaN) may occur inside.  The functions return a negative number when
 * memory is short.
 */

/* The KPSS statistic for level stationarity; y has no missing values. */
double fc_kpss(const double *y, size_t n, struct fc_workspace *ws);

/*
 * When to difference.
 *
 *   first, second     ordinary differences are taken while the KPSS statistic
 *                     exceeds `first`; the second and later ones only while it
 *                     exceeds `second`
 *   autocorrelation   and the differences' lag-1 autocorrelation reaches this
 *   strength, bias,   seasonal differences: while the strength exceeds
 *   highest           strength + bias m / n, at most `highest`
 *   evident           and fc_season_is_evident(); with no more than two
 *                     seasons, for which there is no strength, that alone
 *   noise             no difference larger than this: the series is constant;
 *                     see fc_rounding_noise()
 */
struct fc_difference_rules {
    double first, second, autocorrelation, strength, bias, highest, noise;
    bool evident;
};

/* R's: ndiffs() and nsdiffs() of forecast 8.20; bias and noise are 0. */
extern const struct fc_difference_rules fc_difference_rules_r;

/* Ordinary differences, at most max_d. */
int fc_ndiffs(const double *y, size_t n, int max_d,
              const struct fc_difference_rules *rules, struct fc_workspace *ws);

/* Seasonal differences at lag m, at most max_D. */
int fc_nsdiffs(const double *y, size_t n, size_t m, int max_D,
               const struct fc_difference_rules *rules,
               struct fc_workspace *ws);

/*
 * Seasonal strength max(0, 1 - var(R) / var(S + R)) of an STL decomposition;
 * 0 for a series of at most two seasons.  y has no missing values.
 */
double fc_seasonal_strength(const double *y, size_t n, size_t m,
                            struct fc_workspace *ws);

#endif
