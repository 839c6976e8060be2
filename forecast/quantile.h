/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_QUANTILE_H
#define NIGHTCAST_FORECAST_QUANTILE_H

#include <stddef.h>

/*
 * The quantile of probability p of n values in ascending order, n at least 1:
 * definition 8 of Hyndman & Fan (1996), Sample quantiles in statistical
 * packages, The American Statistician 50, which they recommend and R's
 * forecast uses; R's quantile(x, p, type = 8).
 */
double fc_quantile(const double *x, size_t n, double p);

#endif
