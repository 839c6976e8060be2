/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Missing values of an ARMA process as regressors.
 *
 * Whatever stands in their place, the likelihood of the others is that of the
 * whole with the missing ones estimated along, and the determinant of their
 * information added to that of the variances: Gomez, Maravall & Pena (1999),
 * Missing observations in ARIMA models: skipping approach versus additive
 * outlier approach, Journal of Econometrics 88, 341-363.  Differencing needs
 * nothing else: values to difference from that are missing have a flat prior,
 * as with the Kalman filter.  A column costs as much as the series, from where
 * it begins to where it has died away.
 */
#include "forecast/arima/columns.h"

#include "forecast/numeric/difference.h"

enum fc_status fc_arima_columns_init(struct fc_arima_filter *f,
                                     const struct fc_arima_data *data,
                                     const struct fc_arima_order *order,
                                     struct fc_workspace *ws)
{
    struct fc_arima_columns *c = fc_workspace_array(ws, 1, sizeof *c);
    size_t n = data->ngaps, lost = fc_arima_lost(order), size = n + f->constant;
    double *delta = fc_workspace_doubles(ws, lost + 1);
    if (c == NULL || delta == NULL)
        return FC_ENOMEM;
    *c = (struct fc_arima_columns){
        .n = n,
        .lost = lost,
        .delta = delta,
        .at = fc_workspace_array(ws, n, sizeof *c->at),
        .from = fc_workspace_array(ws, n, sizeof *c->from),
        .to = fc_workspace_array(ws, n, sizeof *c->to),
        .quiet = fc_workspace_array(ws, n, sizeof *c->quiet),
        .impulse = fc_lanes_take(ws, lost + f->p + 1),
        .innovation = fc_lanes_take(ws, n * f->n),
        .b = fc_lanes_take(ws, n * (f->r + 1)),
        .factor = fc_lanes_take(ws, size * size),
        .coef = fc_lanes_take(ws, size),
    };
    if (c->at == NULL || c->from == NULL || c->to == NULL || c->quiet == NULL
        || c->impulse == NULL || c->innovation == NULL || c->b == NULL
        || c->factor == NULL || c->coef == NULL)
        return FC_ENOMEM;
    fc_difference_polynomial(delta, order->d, order->D, (size_t)order->m);
    for (size_t j = 0; j < n; j++) {
        c->at[j] = (long)data->gap[j] - (long)lost;
        c->from[j] = c->at[j] > 0 ? (size_t)c->at[j] : 0;
    }
    f->columns = c;
    return FC_OK;
}

void fc_arima_columns_start(struct fc_arima_filter *f)
{
    struct fc_arima_columns *c = f->columns;
    for (size_t d = 0; d <= c->lost + f->p; d++) {
        fc_lanes sum = {0};
        if (d <= c->lost)
            sum += c->delta[d];
        for (size_t i = 0; i < f->nar && f->ar_lag[i] <= d; i++)
            if (d - f->ar_lag[i] <= c->lost)
                sum -= f->phi[f->ar_lag[i]] * c->delta[d - f->ar_lag[i]];
        c->impulse[d] = sum;
    }
    for (size_t j = 0; j < c->n; j++) {
        c->to[j] = f->n;
        c->quiet[j] = 0;
    }
    memset(c->b, 0, c->n * (f->r + 1) * sizeof *c->b);
}
