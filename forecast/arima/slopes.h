/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_ARIMA_SLOPES_H
#define NIGHTCAST_FORECAST_ARIMA_SLOPES_H

#include "forecast/arima/model.h"
#include "forecast/known/known.h"

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

/* Of n values that are left by the effects of a fit.  FC_ENOMEM. */
enum fc_status fc_arima_slopes_init(struct fc_arima_slopes *regression,
                                        const struct fc_known_fit *known,
                                        const double *rest, size_t n,
                                        struct fc_workspace *ws);

/*
 * Slopes and parameters in turn, each at its best given the others, until the
 * slopes rest.
 *
 *   estimate   in: of the rest; out: of what the rest is then, without counting
 *              slopes
 *   data       prepared for it
 *
 * As fc_arima_estimate(), or FC_ENOMEM.
 */
enum fc_status fc_arima_slopes_fit(struct fc_arima_slopes *regression,
                                       struct fc_workspace *ws,
                                       struct fc_arima_data *data,
                                       struct fc_arima_estimate *estimate);

#endif
