/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_ARIMA_SLOPES_H
#define NIGHTCAST_FORECAST_ARIMA_SLOPES_H

#include "forecast/arima/estimate.h"

/*
 * Regression on what is known in advance with ARIMA errors, whose slopes are
 * found along with the orders' parameters by exact likelihood (R's
 * Arima(xreg =)), times the density of the slopes among the file's series where
 * there are several.
 *
 *   n        values
 *   whole    the series with its effects; NaN = missing
 *   rest     without: what the model is of
 *   slopes   as struct fc_known_slopes has them
 *   count    parameters that the slopes count as
 */
struct fc_arima_slopes {
    const struct fc_known_fit *known;
    size_t n, ncolumns;
    double *x; /* ncolumns times n */
    double *whole, *rest, *slopes;
    double count;
};

/*
 * The orders that are wanted, their estimates, and slopes.  Orders, and where
 * to begin, are those of what the file's slopes leave, and then of what the
 * series' own leave, as long as that is better.  Gaps that are dear are filled
 * by straight lines.
 *
 *   series   what the effects of `known` leave
 *   slopes   out, in ws
 *
 * As fc_arima_estimate_series().
 */
enum fc_status fc_arima_slopes_find(const struct fc_series *series,
                                    const struct fc_known_fit *known,
                                    const struct fc_arima_wanted *wanted,
                                    struct fc_workspace *ws, struct fc_fit *fit,
                                    struct fc_arima_slopes *slopes,
                                    struct fc_arima_data *data,
                                    struct fc_arima_estimate *estimate);

#endif
