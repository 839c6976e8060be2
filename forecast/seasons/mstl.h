/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_SEASONS_MSTL_H
#define NIGHTCAST_FORECAST_SEASONS_MSTL_H

#include "forecast/base/status.h"
#include "forecast/base/workspace.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Multiple seasonal-trend decomposition by loess:
 *
 *     y = seasonal[0] + ... + seasonal[nperiods - 1] + trend + remainder
 *
 *   y         n values, none missing
 *   period    nperiods of them, ascending, at least 2, each less than n / 2;
 *             of one that is not whole its whole part is taken
 *   robust    outliers lose their weight
 *   seasonal  nperiods times n values, one season behind the other, out
 *   trend     n values out
 *
 * FC_ENOMEM.  Bandara, Hyndman & Bergmeir (2021), MSTL: a seasonal-trend
 * decomposition algorithm for time series with multiple seasonal patterns;
 * R's forecast 8.20, mstl() with its default windows and two iterations, one
 * when there is a single season.
 */
enum fc_status fc_mstl(const double *y, size_t n, const double *period,
                       int nperiods, bool robust, struct fc_workspace *ws,
                       double *seasonal, double *trend);

#endif
