/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * At given parameters of the errors the best slopes are those of least squares
 * between innovations (see harmonics.c), drawn to the file's where that has
 * more than one series; at given slopes the parameters are those of what they
 * leave.  The two hardly tell of one another (their information matrix is block
 * diagonal: Pierce 1971, Biometrika 58), so that a few turns do.
 */
#include "forecast/arima/slopes.h"

#include "forecast/numeric/missing.h"

#include <math.h>
#include <string.h>

/* Slopes rest when none moves by so many of its standard errors: the
 * log-likelihood gains half the square. */
static const double at_rest = 1e-3;

enum { MOST_TURNS = 20 };

/* x without the effects, or with them, of slopes times so much. */
static void add_effects(const struct fc_arima_slopes *r, const double *slope,
                        double times, double *y)
{
    for (size_t j = 0; j < r->ncolumns; j++)
        for (size_t t = 0; slope[j] != 0 && t < r->n; t++)
            y[t] += times * slope[j] * r->x[j * r->n + t];
}

static enum fc_status init(struct fc_arima_slopes *r,
                           const struct fc_known_fit *known, const double *rest,
                           size_t n, struct fc_workspace *ws)
{
    size_t nslopes = fc_known_slopes_size(known->n);
    *r = (struct fc_arima_slopes){
        .known = known,
        .n = n,
        .ncolumns = known->n,
        .x = fc_workspace_doubles(ws, known->n * n),
        .whole = fc_workspace_doubles(ws, n),
        .rest = fc_workspace_doubles(ws, n),
        .slopes = fc_workspace_doubles(ws, nslopes),
    };
    if (r->x == NULL || r->whole == NULL || r->rest == NULL
        || r->slopes == NULL)
        return FC_ENOMEM;
    for (size_t j = 0; j < r->ncolumns; j++)
        fc_known_regressor(known, j, n, r->x + j * n);
    memcpy(r->rest, rest, n * sizeof *rest);
    memcpy(r->whole, rest, n * sizeof *rest);
    memcpy(r->slopes, known->slope, nslopes * sizeof *r->slopes);
    add_effects(r, known->slope, 1, r->whole);
    return FC_OK;
}

/* Observations that are left, at least, when all parameters are taken off. */
static const double fewest_left = 2;

/* How far slopes have moved, in standard errors of their own. */
static double movement(const struct fc_arima_slopes *r, const double *before)
{
    const double *error = r->slopes + r->ncolumns;
    double most = 0;
    for (size_t j = 0; j < r->ncolumns; j++)
        if (error[j] > 0)
            most = fmax(most, fabs(r->slopes[j] - before[j]) / error[j]);
    return most;
}

/*
 * The slopes for given parameters; *moved: how far, in standard errors.  They
 * stay where too few observations are left to tell.
 */
static enum fc_status solve(struct fc_arima_slopes *r,
                            const struct fc_arima_estimate *estimate,
                            double nused, struct fc_workspace *ws,
                            double *moved)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    size_t size = fc_known_slopes_size(r->ncolumns) * sizeof(double);
    double *before = fc_workspace_doubles(ws, size / sizeof(double));
    double *e = fc_workspace_doubles(ws, r->n);
    double *x = fc_workspace_doubles(ws, r->ncolumns * r->n);
    if (before == NULL || e == NULL || x == NULL)
        return FC_ENOMEM;
    memcpy(before, r->slopes, size);
    enum fc_status status =
        fc_arima_innovations(r->whole, r->whole, r->n, estimate, ws, e);
    for (size_t j = 0; j < r->ncolumns && status == FC_OK; j++)
        status = fc_arima_innovations(r->whole, r->x + j * r->n, r->n, estimate,
                                      ws, x + j * r->n);
    struct fc_known_filtered filtered = {
        .rows = r->n,
        .e = e,
        .x = x,
        .df = nused - fc_arima_parameters(&estimate->order)
              - estimate->order.constant};
    if (status == FC_OK)
        status = fc_known_solve(r->known, &filtered, ws, r->slopes, &r->count);
    *moved = movement(r, before);
    if (filtered.df - r->count < fewest_left) {
        memcpy(r->slopes, before, size);
        *moved = 0;
    }
    fc_workspace_release(ws, mark);
    return status;
}

/* Slopes and parameters in turn, each at its best given the others, until the
 * slopes rest. */
static enum fc_status alternate(struct fc_arima_slopes *r,
                                struct fc_workspace *ws,
                                struct fc_arima_data *data,
                                struct fc_arima_estimate *estimate)
{
    enum fc_status status = FC_OK;
    for (int turn = 0; turn < MOST_TURNS; turn++) {
        struct fc_arima_estimate last = *estimate;
        double moved;
        status = solve(r, &last, (double)data->nused, ws, &moved);
        if (status == FC_OK) {
            memcpy(r->rest, r->whole, r->n * sizeof *r->rest);
            add_effects(r, r->slopes, -1, r->rest);
            status = fc_arima_estimate_rest(r->rest, r->n, &last, ws, data,
                                            estimate);
        }
        if ((status != FC_OK && status != FC_EMAXITER) || moved < at_rest)
            return status;
    }
    return status;
}

static bool same_orders(const struct fc_arima_order *a,
                        const struct fc_arima_order *b)
{
    return a->d == b->d && a->D == b->D
           && fc_arima_order_code(a) == fc_arima_order_code(b);
}

enum fc_status fc_arima_slopes_find(const struct fc_series *series,
                                    const struct fc_known_fit *known,
                                    const struct fc_arima_wanted *wanted,
                                    struct fc_workspace *ws, struct fc_fit *fit,
                                    struct fc_arima_slopes *slopes,
                                    struct fc_arima_data *data,
                                    struct fc_arima_estimate *estimate)
{
    enum { ROUNDS = 3 };
    static const double enough = 1e-4; /* of log-likelihood */
    size_t n = series->n, ngaps = fc_count_missing(series->y, n);
    struct fc_series left = *series;
    double *y = fc_workspace_doubles(ws, n);
    if (y == NULL)
        return FC_ENOMEM;
    memcpy(y, series->y, n * sizeof *y);
    if (fc_arima_gaps_are_dear(series, ngaps, wanted)) {
        fc_fill_linear(series->y, n, y);
        fit->note = "too long for its gaps to be modelled: straight lines";
    }
    enum fc_status status = init(slopes, known, y, n, ws);
    left.y = slopes->rest;
    *estimate = (struct fc_arima_estimate){.loglik = NAN};
    for (int round = 0; status == FC_OK && round < ROUNDS; round++) {
        struct fc_arima_estimate last = *estimate;
        status =
            fc_arima_estimate_series(&left, wanted, ws, fit, data, estimate);
        if ((status != FC_OK && status != FC_EMAXITER)
            || isnan(estimate->loglik))
            return status;
        if (round > 0 && same_orders(&last.order, &estimate->order)
            && estimate->loglik < last.loglik + enough) {
            *estimate = last;
            break;
        }
        status = alternate(slopes, ws, data, estimate);
        if (wanted->similar != NULL)
            break;
    }
    if (status == FC_OK || status == FC_EMAXITER)
        fc_arima_count(slopes->count, (double)data->nused, estimate);
    return status;
}
