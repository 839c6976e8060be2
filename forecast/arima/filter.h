/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_ARIMA_FILTER_H
#define NIGHTCAST_FORECAST_ARIMA_FILTER_H

#include "forecast/arima/model.h"

/*
 * One number of each parameter vector.  Elementwise arithmetic on vectors
 * rounds as on doubles, whatever the instruction set.
 */
typedef double fc_lanes __attribute__((vector_size(8 * FC_ARIMA_LANES)));

/*
 * Missing values as regressors: each has a column, the differences of a series
 * that is 1 there and 0 elsewhere.
 *
 *   at          index of w at which each column would begin: below 0 for those
 *               of the values that the differences start from; ascending
 *   delta       the difference operator, lost + 1 coefficients
 *   from, to    where the innovations of each are not zero
 *   innovation  standardised, a row of filter->n for each
 *   b           what they say of the values after the last, r + 1 each
 *   factor      Cholesky factor of the innovations' products: rows of
 *               n + constant, the ones last
 *   coef        by how much the innovations of w fall for each, n + constant
 */
struct fc_arima_columns {
    size_t n, lost;
    long *at;
    const double *delta;
    fc_lanes *impulse; /* phi(B) delta(B), lost + p + 1 coefficients */
    size_t *from, *to, *quiet;
    fc_lanes *innovation, *b, *factor, *coef;
};

/*
 * The innovations of an ARMA process for FC_ARIMA_LANES parameter vectors side
 * by side.
 *
 *   w            n values of the process; those in doubt have `columns`, which
 *                are regressed on as the mean is
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
    double *ar, *ma;                  /* multiplied-out, of one point */
    struct fc_arima_columns *columns; /* NULL: none */
};

/*
 * Takes the filter's memory, but for e, and sets all but the coefficients.
 * gaps: whether to make the columns of data's missing values.
 */
enum fc_status fc_arima_filter_init(struct fc_arima_filter *filter,
                                    const struct fc_arima_data *data,
                                    const struct fc_arima_order *order,
                                    bool gaps, struct fc_workspace *ws);

/* Puts the coefficients of one point into a lane. */
void fc_arima_filter_load(struct fc_arima_filter *filter,
                          const struct fc_arima_order *order,
                          const double *free, int lane);

/*
 * Filters w; mu: its mean by generalised least squares, if it has one.  With
 * columns the likelihood is that of the values which are not in doubt: logdet
 * has the determinant of the columns' products, and e what the regression
 * leaves.
 */
void fc_arima_filter_run(struct fc_arima_filter *filter, fc_lanes *mu);

/*
 * Covariances of the state of one lane with the process before the first
 * observation: c, `count` values of them, of which the first is the variance.
 */
void fc_arima_filter_covariances(struct fc_arima_filter *filter, int lane,
                                 size_t count, double *c);

#endif
