/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_ARIMA_LANES_H
#define NIGHTCAST_FORECAST_ARIMA_LANES_H

#include "forecast/arima/model.h"
#include "forecast/numeric/clones.h"

#include <math.h>

/*
 * Several parameter vectors side by side: what the filter of an ARMA process
 * and the regression on its missing values share.
 */

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

/* A product of variances is turned into its logarithm every so often. */
enum { FC_LANES_LOG_EVERY = 4 };

FC_CLONES_INLINE void add_logarithm(fc_lanes *sum, fc_lanes *product)
{
    for (int i = 0; i < FC_ARIMA_LANES; i++) {
        (*sum)[i] += log((*product)[i]);
        (*product)[i] = 1;
    }
}

FC_CLONES_INLINE bool any_above(const fc_lanes *x, double limit)
{
    for (int i = 0; i < FC_ARIMA_LANES; i++)
        if (fabs((*x)[i]) > limit)
            return true;
    return false;
}

FC_CLONES_INLINE void square_root(fc_lanes *x)
{
    for (int i = 0; i < FC_ARIMA_LANES; i++)
        (*x)[i] = sqrt((*x)[i]);
}

static inline fc_lanes *fc_lanes_take(struct fc_workspace *ws, size_t n)
{
    return fc_workspace_array(ws, n, sizeof(fc_lanes));
}

#endif
