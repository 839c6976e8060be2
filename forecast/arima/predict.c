/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Forecasts of an ARIMA model: the conditional mean by the difference equation
 * of the model, its variance sigma2 (1 + psi_1^2 + ... + psi_{h-1}^2) from the
 * psi weights (Box & Jenkins 1976, section 5.1).  Where values are missing, or
 * too few for the past shocks to be known, the state at the end is itself
 * uncertain, and the paths that the factors of its covariance take add theirs:
 * the variance is that of predict() of R's arima().
 */
#include "forecast/arima/predict.h"

#include "forecast/numeric/difference.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

struct fc_arima_order fc_arima_order_of(const struct fc_fit *fit)
{
    const int *order = fit->order;
    return (struct fc_arima_order){
        .p = order[FC_ARIMA_P],
        .d = order[FC_ARIMA_D],
        .q = order[FC_ARIMA_Q],
        .P = order[FC_ARIMA_SEASONAL_P],
        .D = order[FC_ARIMA_SEASONAL_D],
        .Q = order[FC_ARIMA_SEASONAL_Q],
        .m = fit->season_length,
        .constant = order[FC_ARIMA_CONSTANT] != 0,
    };
}

struct fc_arima_harmonics fc_arima_harmonics_of(const struct fc_fit *fit)
{
    struct fc_arima_harmonics all, harmonics = {.nseasons = 0};
    const double *tail = fit->state + fit->nstate;
    double *coef = harmonics.coef;
    fc_arima_harmonics_of_code(fit->order[FC_ARIMA_HARMONICS], &all);
    for (int i = 0; i < FC_MOST_SEASONS; i++)
        if (all.n[i] > 0) {
            harmonics.n[harmonics.nseasons++] = all.n[i];
            tail -= 2 * all.n[i] + 1;
        }
    for (int i = 0; i < harmonics.nseasons; i++) {
        size_t n = 2 * (size_t)harmonics.n[i];
        harmonics.period[i] = *tail++;
        memcpy(coef, tail, n * sizeof *tail);
        tail += n;
        coef += n;
    }
    return harmonics;
}

/* Puts the harmonics back into the steps after the fitted ones. */
static void put_harmonics(const struct fc_fit *fit, size_t n, double *x)
{
    struct fc_arima_harmonics harmonics = fc_arima_harmonics_of(fit);
    if (harmonics.nseasons > 0)
        fc_arima_harmonics_add(&harmonics, 1, fit->nobs, n, x);
}

/* A model with its polynomials multiplied out, ready to be run forward. */
struct process {
    size_t p, q, r, lost, horizon;
    double mu;
    double *ar, *ma, *delta;
};

static enum fc_status process_init(struct process *process,
                                   const struct fc_fit *fit, size_t horizon,
                                   struct fc_workspace *ws)
{
    struct fc_arima_order order = fc_arima_order_of(fit);
    size_t p = fc_arima_ar_degree(&order), q = fc_arima_ma_degree(&order);
    size_t lost = fc_arima_lost(&order);
    *process = (struct process){
        .p = p,
        .q = q,
        .r = p > q + 1 ? p : q + 1,
        .lost = lost,
        .horizon = horizon,
        .mu = fit->coef[fit->ncoef - 1],
        .ar = fc_workspace_doubles(ws, p),
        .ma = fc_workspace_doubles(ws, q),
        .delta = fc_workspace_doubles(ws, lost + 1),
    };
    if (process->ar == NULL || process->ma == NULL || process->delta == NULL)
        return FC_ENOMEM;
    fc_arima_expand(&order, fit->coef, process->ar, process->ma);
    fc_difference_polynomial(process->delta, order.d, order.D, (size_t)order.m);
    return FC_OK;
}

/*
 * Runs the difference equation forward, in place: w holds, for every step,
 * what is known or drawn besides the autoregression on the steps before.
 */
static void run_forward(const struct process *process, const double *past,
                        double mu, double *w)
{
    size_t horizon = process->horizon;
    for (size_t h = 0; h < horizon; h++)
        for (size_t j = 1; j <= process->p && j <= h; j++)
            if (process->ar[j - 1] != 0)
                w[h] += process->ar[j - 1] * w[h - j];
    for (size_t h = 0; h < horizon; h++)
        w[h] += mu;
    fc_undifference(w, horizon, process->delta, process->lost, past);
}

static void known_part(const struct process *process, const double *state,
                       double *w)
{
    for (size_t h = 0; h < process->horizon; h++)
        w[h] = h < process->r ? state[h] : 0;
}

/* The squared psi weights, summed up: nothing is known but one shock. */
static void shock_variances(const struct process *process,
                            const double *nothing, double *path, double *sum)
{
    for (size_t h = 0; h < process->horizon; h++)
        path[h] = h == 0 ? 1 : h <= process->q ? process->ma[h - 1] : 0;
    run_forward(process, nothing, 0, path);
    for (size_t h = 0; h < process->horizon; h++)
        sum[h] = path[h] * path[h] + (h > 0 ? sum[h - 1] : 0);
}

/* What the state's own uncertainty adds: the paths its factors take. */
static void add_state_variances(const struct process *process,
                                const struct fc_fit *fit, double *path,
                                double *sum)
{
    size_t dim = process->r + process->lost;
    const double *factor = fit->state + dim;
    for (int i = 0; i < fit->order[FC_ARIMA_FACTORS]; i++, factor += dim) {
        known_part(process, factor, path);
        run_forward(process, factor + process->r, 0, path);
        for (size_t h = 0; h < process->horizon; h++)
            sum[h] += path[h] * path[h];
    }
}

enum fc_status fc_arima_predict(const struct fc_fit *fit,
                                struct fc_workspace *ws,
                                struct fc_forecast *out, struct fc_error *err)
{
    struct process process;
    size_t horizon = (size_t)out->horizon;
    double *path = fc_workspace_doubles(ws, horizon);
    double *se = fc_workspace_doubles(ws, horizon);
    if (path == NULL || se == NULL
        || process_init(&process, fit, horizon, ws) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    double *nothing = fc_workspace_doubles(ws, process.lost);
    if (nothing == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    memset(nothing, 0, process.lost * sizeof *nothing);
    known_part(&process, fit->state, out->mean);
    run_forward(&process, fit->state + process.r, process.mu, out->mean);
    put_harmonics(fit, horizon, out->mean);
    shock_variances(&process, nothing, path, se);
    add_state_variances(&process, fit, path, se);
    for (size_t h = 0; h < horizon; h++)
        se[h] = sqrt(fit->sigma2 * se[h]);
    fc_model_normal_bounds(out, se);
    return FC_OK;
}

/* Adds to the state a draw of its own uncertainty. */
static void perturb(const struct fc_fit *fit, size_t dim, gsl_rng *rng,
                    double *state)
{
    const double *factor = fit->state + dim;
    double sigma = sqrt(fit->sigma2);
    for (int i = 0; i < fit->order[FC_ARIMA_FACTORS]; i++, factor += dim) {
        double draw = gsl_ran_gaussian_ziggurat(rng, sigma);
        for (size_t j = 0; j < dim; j++)
            state[j] += factor[j] * draw;
    }
}

enum fc_status fc_arima_simulate(const struct fc_fit *fit, int horizon,
                                 gsl_rng *rng, struct fc_workspace *ws,
                                 double *path, struct fc_error *err)
{
    struct process process;
    size_t steps = (size_t)horizon;
    double sigma = sqrt(fit->sigma2);
    double *shock = fc_workspace_doubles(ws, steps);
    if (shock == NULL || process_init(&process, fit, steps, ws) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    size_t dim = process.r + process.lost;
    double *state = fc_workspace_doubles(ws, dim);
    if (state == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    memcpy(state, fit->state, dim * sizeof *state);
    for (size_t h = 0; h < steps; h++)
        shock[h] = gsl_ran_gaussian_ziggurat(rng, sigma);
    perturb(fit, dim, rng, state);
    known_part(&process, state, path);
    for (size_t h = 0; h < steps; h++)
        for (size_t j = 0; j <= process.q && j <= h; j++)
            path[h] += (j == 0 ? 1 : process.ma[j - 1]) * shock[h - j];
    run_forward(&process, state + process.r, process.mu, path);
    put_harmonics(fit, steps, path);
    return FC_OK;
}
