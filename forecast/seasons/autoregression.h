/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_SEASONS_AUTOREGRESSION_H
#define NIGHTCAST_FORECAST_SEASONS_AUTOREGRESSION_H

#include "forecast/base/status.h"
#include "forecast/base/workspace.h"

#include <stddef.h>

/*
 * A long autoregression about a mean, by the Yule-Walker equations: always
 * stationary, and as cheap for 400 lags as for one.
 *
 *   x_t = mean + sum phi_i (x_{t-i} - mean) + e_t,  Var(e) = sigma2
 */
struct fc_autoregression {
    size_t order;
    double *phi; /* order values */
    double mean, sigma2;
};

/*
 * Sample autocovariances about `mean` at lags 0 .. most, sums of products over
 * n; most < n.
 */
void fc_autocovariances(const double *x, size_t n, double mean, size_t most,
                        double *covariance);

/*
 * Chooses the order, up to `most`, by AIC and estimates the coefficients, as
 * R 4.2's ar.yw(): Durbin-Levinson, and n log(sigma2) + 2 order.
 *
 *   covariance   lags 0 .. most, of n values
 *   ar           out, in ws; the mean is left alone
 *
 * FC_ENOMEM.
 */
enum fc_status fc_autoregression(const double *covariance, size_t most,
                                 size_t n, struct fc_workspace *ws,
                                 struct fc_autoregression *ar);

/*
 * Continues n + horizon values x, of which the last `horizon` are to be, and
 * are put there; n is at least the order.  shock, of horizon values, is added
 * to each step, or NULL.
 */
void fc_autoregression_continue(const struct fc_autoregression *ar, size_t n,
                                size_t horizon, const double *shock, double *x);

/* What a shock of one leaves after 0, 1, ... steps: horizon values. */
void fc_autoregression_psi(const struct fc_autoregression *ar, size_t horizon,
                           double *psi);

#endif
