/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_ARIMA_FILTER_H
#define NIGHTCAST_FORECAST_ARIMA_FILTER_H

#include "forecast/arima.h"

/*
 * One number of each parameter vector.  Elementwise arithmetic on vectors
 * rounds as on doubles, whatever the instruction set.
 */
typedef double fc_lanes __attribute__((vector_size(8 * FC_ARIMA_LANES)));

/*
 * The innovations of an ARMA process for FC_ARIMA_LANES parameter vectors side
 * by side.
 *
 *   w            n values of the process, none missing
 *   phi, theta   in: the multiplied-out coefficients by lag, p + 1 and q + 1;
 *                theta[0] = 1
 *   ar_lag, ma_lag  the nar and nma lags at which there is one: 1-based,
 *                ascending
 *   e, x         out: innovations of w and of a series of ones, standardised
 *                by fc_arima_filter_run(); n each
 *   b, bx        out: what they say of the r values after the last
 *   logdet, ssq  out: sums of the logarithms of the variances, and of squares
 *   variance     out: of the innovation after the last
 */
struct fc_arima_filter {
    size_t n, p, q, r; /* r = max(p, q) */
    bool constant;
    const double *w;
    size_t nar, nma;
    size_t *ar_lag, *ma_lag;
    fc_lanes *phi, *theta;
    fc_lanes *g, *partial, *a;    /* autocovariances and their scratch */
    fc_lanes *kappa, *l, *b, *bx; /* r + 1 each */
    fc_lanes *e, *x, *precision;  /* n each; 1 / F */
    fc_lanes logdet, ssq, swx, sxx;
    fc_lanes variance;
    double *ar, *ma; /* multiplied-out coefficients of one point */
};

/* Takes the filter's memory, but for e, and sets all but the coefficients. */
enum fc_status fc_arima_filter_init(struct fc_arima_filter *filter,
                                    const struct fc_arima_data *data,
                                    const struct fc_arima_order *order,
                                    struct fc_workspace *ws);

/* Puts the coefficients of one point into a lane. */
void fc_arima_filter_load(struct fc_arima_filter *filter,
                          const struct fc_arima_order *order,
                          const double *free, int lane);

/* Filters w; mu: its mean by generalised least squares, if it has one. */
void fc_arima_filter_run(struct fc_arima_filter *filter, fc_lanes *mu);

/*
 * Covariances of the state of one lane with the process before the first
 * observation: c, `count` values of them, of which the first is the variance.
 */
void fc_arima_filter_covariances(struct fc_arima_filter *filter, int lane,
                                 size_t count, double *c);

#endif
