/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_NUMERIC_DECOMPOSE_H
#define NIGHTCAST_FORECAST_NUMERIC_DECOMPOSE_H

#include "forecast/base/status.h"
#include "forecast/base/workspace.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Classical seasonal decomposition by moving averages, and the test of
 * seasonality that the M competitions and the theta methods use.  No series
 * here may have missing values.
 */

enum fc_decomposition { FC_DECOMPOSE_ADDITIVE, FC_DECOMPOSE_MULTIPLICATIVE };

/*
 * The seasonal figure of y, as R's decompose()$figure: figure[t % m] belongs
 * to y[t].  A multiplicative figure has mean 1, an additive one mean 0.
 *
 *   n        at least 2 m, m at least 2
 *   figure   m values out
 *
 * FC_ESHORT when n < 2 m; FC_EDOMAIN when the figure is not finite, as a
 * multiplicative one is where the trend meets zero.
 */
enum fc_status fc_decompose(const double *y, size_t n, size_t m,
                            enum fc_decomposition kind, double *figure,
                            struct fc_error *err);

/*
 * The seasonal figure of the kind in *kind, or an additive one in place of a
 * multiplicative one that means nothing: with a value below `least`, or none
 * at all.  *kind becomes the kind it is.
 */
enum fc_status fc_seasonal_figure(const double *y, size_t n, size_t m,
                                  double least, enum fc_decomposition *kind,
                                  double *figure);

/* Whether no two of y have opposite signs: only then do ratios of them mean
 * anything. */
bool fc_has_one_sign(const double *y, size_t n);

/* Takes the figure out of y, or a single value of x and puts it back. */
void fc_remove_season(const double *y, size_t n, const double *figure, size_t m,
                      enum fc_decomposition kind, double *x);
double fc_put_back(double x, double season, enum fc_decomposition kind);

/*
 * |r_m| over its standard error sqrt((1 + 2 sum_{k<m} r_k^2) / n) under the
 * hypothesis of no correlation at lag m (Bartlett 1946), with r_k the sample
 * autocorrelations as R's acf() has them.  Zero when the series is constant,
 * when m < 2, and when n <= m.
 */
double fc_seasonality(const double *y, size_t n, size_t m);

/* The critical value of a one-sided test at 95%, i.e. a two-sided one at 90% */
#define FC_SEASONALITY_CRITICAL 1.6448536269514722

/* Whether all of y are the same to 1.5e-8 relative, R's all.equal(). */
bool fc_all_equal(const double *y, size_t n);

#endif
