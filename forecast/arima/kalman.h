/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_ARIMA_KALMAN_H
#define NIGHTCAST_FORECAST_ARIMA_KALMAN_H

#include "forecast/arima/model.h"

/*
 * The Kalman filter of an ARIMA model whose series has missing values.
 *
 *   r, nd    elements of the ARMA process's state, max(p, q + 1); d + m D, the
 *            past values of y that y is differenced from
 *   ar, ma   multiplied-out coefficients, ma[0] = 1; r of each
 *   delta    the difference operator, nd + 1 coefficients
 *   a, x     state of the ARMA process and of the regressor, r each and a zero
 *   P        its covariance over sigma2, above the diagonal: rows of r + 1
 *   past     n values of y and of the regressor, as far as they are known
 *   unknown  how many of the last nd are not, and when they were; C is their
 *            covariance with the ARMA state, rows of r + 1; V with one another,
 *            rows of nd + 1
 *   ex       standardised innovations of the regressor, n of them
 */
struct fc_arima_kalman {
    size_t p, q, r, nd;
    double *ar, *ma, *delta;
    double *a, *x, *P, *past, *past_x, *ex;
    size_t unknown, *when;
    double *C, *V;
    double *gain, *unknown_gain, *h, *first; /* scratch */
};

/* The coefficients are 0 but for ma[0]. */
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
 * The filter is left with the prediction after the last observation.
 */
void fc_arima_kalman_run(struct fc_arima_kalman *filter,
                         const struct fc_arima_data *data, bool constant,
                         const double *c, double *resid, size_t stride,
                         struct fc_arima_value *value);

/* P after n observations of an ARMA process, none missing. */
void fc_arima_kalman_covariance(struct fc_arima_kalman *filter, const double *c,
                                size_t n);

/*
 * What the state after n values has of covariance besides the next shock, as
 * the sum of the outer products of `count` rows: the ARMA state, then the last
 * values of y, the latest first; `length` values, zeros behind them.
 */
enum fc_status fc_arima_kalman_factors(struct fc_arima_kalman *filter, size_t n,
                                       size_t length, struct fc_workspace *ws,
                                       double **factor, size_t *count);

#endif
