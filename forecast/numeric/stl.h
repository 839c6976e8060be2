/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_NUMERIC_STL_H
#define NIGHTCAST_FORECAST_NUMERIC_STL_H

#include "forecast/base/status.h"
#include "forecast/base/workspace.h"

#include <stddef.h>

/* The seasonal window that mstl() of R's forecast 8.20 uses first. */
enum { fc_mstl_window = 11 };

/*
 * What a decomposition is to be.
 *
 *   m        the season length, at least 2
 *   window   observations of the same season in a smooth, odd, at least 7
 *   rounds   of weights that outliers lose; 0: there are none
 */
struct fc_stl_design {
    size_t m, window;
    int rounds;
};

/* As many as stl() of R makes when it is to be robust. */
enum { fc_stl_robust_rounds = 15 };

/*
 * Seasonal-trend decomposition by loess: y = seasonal + trend + remainder.
 *
 *   y        n values, none missing, n > 2 m
 *   seasonal, trend    n values each, out
 *
 * FC_ENOMEM.
 */
enum fc_status fc_stl(const double *y, size_t n, struct fc_stl_design design,
                      struct fc_workspace *ws, double *seasonal, double *trend);

#endif
