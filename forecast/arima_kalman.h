/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_ARIMA_KALMAN_H
#define NIGHTCAST_FORECAST_ARIMA_KALMAN_H

#include "forecast/arima.h"

/*
 * The Kalman filter of an ARIMA model whose series has missing values.
 *
 *   r, nd   elements of the state: r = max(p, q + 1) of the ARMA process,
 *           nd = d + m D past values of y
 *   ar, ma  multiplied-out coefficients, p and q of them
 *   delta   y_t = w_t + sum delta[i] y_{t-1-i}, nd of them
 *   a, x    state of the data and of the regressor, r + nd each
 *   P       covariance of both, row by row; work as large again
 *   gain    r + nd
 *   ex      standardised innovations of the regressor, n of them
 */
struct fc_arima_kalman {
    size_t p, q, r, nd;
    double *ar, *ma, *delta;
    double *a, *x, *P, *work, *gain, *ex;
};

enum fc_status fc_arima_kalman_init(struct fc_arima_kalman *filter,
                                    const struct fc_arima_order *order,
                                    size_t n, struct fc_workspace *ws);

/*
 * Filters one point.
 *
 *   data     whose `raw` is filtered
 *   c        covariances of the ARMA state with the process, r values
 *   resid    standardised innovations, one every `stride`, of which those
 *            that do not count are 0
 *
 * filter->a, x and P are left as the prediction after the last observation.
 */
void fc_arima_kalman_run(struct fc_arima_kalman *filter,
                         const struct fc_arima_data *data, bool constant,
                         const double *c, double *resid, size_t stride,
                         struct fc_arima_value *value);

/* P after n observations of the process, none missing; a and x stay 0. */
void fc_arima_kalman_covariance(struct fc_arima_kalman *filter, const double *c,
                                size_t n);

/*
 * What P has besides the next shock, as the sum of the outer products of
 * `count` rows; each has `length` values, zeros behind those of the state.  P
 * is destroyed.
 */
enum fc_status fc_arima_kalman_factors(struct fc_arima_kalman *filter,
                                       size_t length, struct fc_workspace *ws,
                                       double **factor, size_t *count);

#endif
