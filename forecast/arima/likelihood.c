/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exact Gaussian likelihood of an ARIMA model at several points of its
 * parameter space: by the filter of filter.h or, where that is quicker
 * with the values that are missing, by the Kalman filter.
 */
#include "forecast/arima/gaps.h"
#include "forecast/arima/kalman.h"

#include <math.h>
#include <string.h>

/* One-step variances of the end state that are worth a Kalman filter, and the
   number of its operations that is not. */
static const double unsettled_variance = 1e-3;
static const double costly_covariance = 2e7;

enum fc_status fc_arima_likelihood_init(struct fc_arima_likelihood *lik,
                                        const struct fc_arima_data *data,
                                        const struct fc_arima_order *order,
                                        struct fc_workspace *ws)
{
    size_t groups;
    bool kalman = data->ngaps > 0 && !fc_arima_regresses(data, order);
    *lik = (struct fc_arima_likelihood){
        .data = data,
        .order = *order,
        .k = fc_arima_parameters(order),
        .nresid = kalman ? data->n : data->nw,
        .filter = fc_workspace_array(ws, 1, sizeof *lik->filter),
    };
    groups = (size_t)lik->k / FC_ARIMA_LANES + 1;
    lik->resid = fc_workspace_array(ws, lik->nresid * groups, sizeof(fc_lanes));
    if (lik->filter == NULL || lik->resid == NULL)
        return FC_ENOMEM;
    if (kalman) {
        lik->kalman = fc_workspace_array(ws, 1, sizeof *lik->kalman);
        if (lik->kalman == NULL
            || fc_arima_kalman_init(lik->kalman, order, data->n, ws) != FC_OK)
            return FC_ENOMEM;
    }
    return fc_arima_filter_init(lik->filter, data, order,
                                data->ngaps > 0 && !kalman, ws);
}

/* Puts lane i into the Kalman filter; c: the state's covariances with the
   process, filter->first. */
static const double *load_kalman(struct fc_arima_filter *f, int lane,
                                 struct fc_arima_kalman *kalman)
{
    for (size_t j = 1; j <= f->p; j++)
        kalman->ar[j - 1] = f->phi[j][lane];
    for (size_t j = 1; j <= f->q; j++)
        kalman->ma[j] = f->theta[j][lane];
    fc_arima_filter_covariances(f, lane, kalman->r, kalman->first);
    return kalman->first;
}

static void run_kalman(struct fc_arima_likelihood *lik, int lane, double *resid,
                       struct fc_arima_value *value)
{
    const double *c = load_kalman(lik->filter, lane, lik->kalman);
    fc_arima_kalman_run(lik->kalman, lik->data, lik->order.constant, c,
                        resid + lane, FC_ARIMA_LANES, value);
}

static void conclude(const struct fc_arima_data *data,
                     struct fc_arima_value *value)
{
    double n = (double)data->nused;
    value->value = 0.5 * (n * log(value->ssq / n) + value->logdet);
    if (!isfinite(value->value))
        value->value = HUGE_VAL;
}

/* Filters FC_ARIMA_LANES points, of which `count` are wanted. */
static void evaluate_group(struct fc_arima_likelihood *lik,
                           const double *points, int count, double *resid,
                           struct fc_arima_value *value)
{
    struct fc_arima_filter *f = lik->filter;
    fc_lanes mu = {0};
    for (int i = 0; i < FC_ARIMA_LANES; i++)
        fc_arima_filter_load(f, &lik->order,
                             points + (i < count ? i : 0) * lik->k, i);
    f->e = (fc_lanes *)resid;
    if (lik->kalman == NULL)
        fc_arima_filter_run(f, &mu);
    for (int i = 0; i < count; i++) {
        if (lik->kalman != NULL) {
            run_kalman(lik, i, resid, &value[i]);
        } else {
            value[i].mu = mu[i];
            value[i].logdet = f->logdet[i] - lik->data->logdet_start;
            value[i].ssq = f->ssq[i];
        }
        conclude(lik->data, &value[i]);
    }
}

void fc_arima_evaluate(struct fc_arima_likelihood *lik, const double *points,
                       int npoints, struct fc_arima_value *value)
{
    double *resid = lik->resid;
    for (int i = 0; i < npoints; i += FC_ARIMA_LANES) {
        int count = npoints - i;
        if (count > FC_ARIMA_LANES)
            count = FC_ARIMA_LANES;
        evaluate_group(lik, points + i * lik->k, count, resid, value + i);
        resid += lik->nresid * FC_ARIMA_LANES;
    }
}

/* What the past says of w_{n+1} .. w_{n+r}, in lane 0, without gaps. */
static void end_state(const struct fc_arima_likelihood *lik, double mu,
                      double *state)
{
    const struct fc_arima_filter *f = lik->filter;
    size_t r = f->p > f->q + 1 ? f->p : f->q + 1;
    for (size_t i = 0; i < r; i++) {
        state[i] = i < f->r ? f->b[i][0] - mu * f->bx[i][0] : 0;
        for (size_t j = 0; j < f->nar; j++) {
            size_t lag = f->ar_lag[j];
            if (lag > i && lag <= f->n + i)
                state[i] += f->phi[lag][0] * (f->w[f->n + i - lag] - mu);
        }
        state[i] *= lik->data->scale;
    }
}

/* The same from the Kalman filter, with the past values of y. */
static void end_state_kalman(const struct fc_arima_likelihood *lik, double mu,
                             double *state)
{
    const struct fc_arima_kalman *kalman = lik->kalman;
    const struct fc_arima_data *data = lik->data;
    double per_step = data->D > 0 ? 1.0 / data->m : 1;
    for (size_t i = 0; i < kalman->r; i++)
        state[i] = (kalman->a[i] - mu * kalman->x[i]) * data->scale;
    for (size_t i = 0; i < kalman->nd; i++) {
        size_t t = data->n - 1 - i;
        double trend = per_step * (double)(t + 1) - kalman->past_x[t];
        state[kalman->r + i] =
            (kalman->past[t] + mu * trend) * data->scale + data->origin;
    }
}

/*
 * Where the filter is still far from its steady state, the innovations of the
 * past are not quite known: their covariance, as of the Kalman filter after
 * n observations.
 */
static enum fc_status end_factors(struct fc_arima_likelihood *lik,
                                  struct fc_workspace *ws,
                                  struct fc_arima_end *end)
{
    struct fc_arima_filter *f = lik->filter;
    struct fc_arima_kalman kalman;
    struct fc_arima_order order = lik->order;
    size_t dim = fc_arima_state_size(&order), r = dim - fc_arima_lost(&order);
    if (f->variance[0] < 1 + unsettled_variance
        || (double)(f->n * r * r) > costly_covariance)
        return FC_OK;
    order.d = order.D = 0;
    if (fc_arima_kalman_init(&kalman, &order, 0, ws) != FC_OK)
        return FC_ENOMEM;
    fc_arima_kalman_covariance(&kalman, load_kalman(f, 0, &kalman), f->n);
    return fc_arima_kalman_factors(&kalman, f->n, dim, ws, &end->factor,
                                   &end->nfactors);
}

/* Standardised innovations of lane 0, lik->nresid of them; with gaps those
   that the past allows. */
static enum fc_status end_innovations(const struct fc_arima_likelihood *lik,
                                      struct fc_workspace *ws, double *e)
{
    if (lik->filter->columns != NULL)
        return fc_arima_gap_residuals(lik->filter, ws, e);
    for (size_t t = 0; t < lik->nresid; t++)
        e[t] = lik->resid[t * FC_ARIMA_LANES];
    return FC_OK;
}

/* Puts the factors of the missing values behind those of the shocks. */
static enum fc_status append_gap_factors(const struct fc_arima_likelihood *lik,
                                         size_t dim, struct fc_workspace *ws,
                                         struct fc_arima_end *end)
{
    double *factor;
    size_t count;
    enum fc_status status =
        fc_arima_gap_factors(lik->filter, lik->data, dim, ws, &factor, &count);
    if (status != FC_OK)
        return status;
    if (end->nfactors > 0) {
        double *both =
            fc_workspace_array(ws, (end->nfactors + count) * dim, sizeof *both);
        if (both == NULL)
            return FC_ENOMEM;
        memcpy(both, end->factor, end->nfactors * dim * sizeof *both);
        memcpy(both + end->nfactors * dim, factor, count * dim * sizeof *both);
        factor = both;
    }
    end->factor = factor;
    end->nfactors += count;
    return FC_OK;
}

enum fc_status fc_arima_finish(struct fc_arima_likelihood *lik,
                               const double *point, struct fc_workspace *ws,
                               struct fc_arima_end *end)
{
    const struct fc_arima_data *data = lik->data;
    struct fc_arima_value value;
    size_t lost = fc_arima_lost(&lik->order), skipped = data->n - lik->nresid;
    size_t dim = fc_arima_state_size(&lik->order);
    double *e = fc_workspace_doubles(ws, lik->nresid);
    double *scratch = fc_workspace_doubles(ws, dim);
    *end = (struct fc_arima_end){
        .resid = fc_workspace_doubles(ws, data->n),
        .state = fc_workspace_doubles(ws, dim),
    };
    if (e == NULL || scratch == NULL || end->resid == NULL
        || end->state == NULL)
        return FC_ENOMEM;
    fc_arima_evaluate(lik, point, 1, &value);
    end->mu = value.mu * data->scale;
    enum fc_status status = end_innovations(lik, ws, e);
    if (status != FC_OK)
        return status;
    for (size_t t = 0; t < data->n; t++) {
        bool counts = t >= lost && !isnan(data->y[t]);
        end->resid[t] = counts ? e[t - skipped] * data->scale : NAN;
    }
    if (lik->kalman != NULL) {
        end_state_kalman(lik, value.mu, end->state);
        return fc_arima_kalman_factors(lik->kalman, data->n, dim, ws,
                                       &end->factor, &end->nfactors);
    }
    const double *whole = data->ngaps > 0 ? data->filled : data->y;
    end_state(lik, value.mu, end->state);
    for (size_t i = 0; i < lost; i++)
        end->state[dim - lost + i] = whole[data->n - 1 - i];
    status = end_factors(lik, ws, end);
    if (status != FC_OK || lik->filter->columns == NULL)
        return status;
    fc_arima_gap_state(lik->filter, data, dim, scratch, end->state);
    return append_gap_factors(lik, dim, ws, end);
}

enum fc_status fc_arima_innovations(const double *y, const double *x, size_t n,
                                    const struct fc_arima_estimate *estimate,
                                    struct fc_workspace *ws, double *e)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    struct fc_arima_data data;
    struct fc_arima_likelihood lik;
    struct fc_arima_end end;
    double *holed = fc_workspace_doubles(ws, n);
    if (holed == NULL)
        return FC_ENOMEM;
    for (size_t t = 0; t < n; t++)
        holed[t] = isnan(y[t]) ? NAN : x[t];
    enum fc_status status =
        fc_arima_prepare(&data, holed, n, &estimate->order, ws);
    if (status == FC_OK)
        status = fc_arima_likelihood_init(&lik, &data, &estimate->order, ws);
    if (status == FC_OK)
        status = fc_arima_finish(&lik, estimate->free, ws, &end);
    for (size_t t = 0; status == FC_OK && t < n; t++)
        e[t] = isfinite(end.resid[t]) ? end.resid[t] : 0;
    fc_workspace_release(ws, mark);
    return status;
}
