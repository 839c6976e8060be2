/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Naive 2: the last value of the seasonally adjusted series, put back into
 * its season.  The benchmark of the M competitions, against which the M4's
 * OWA is measured.
 *
 * Makridakis, Spiliotis & Assimakopoulos (2020), The M4 Competition,
 * International Journal of Forecasting 36, section 3.  As in the benchmark
 * programs published with it, the series is adjusted by classical
 * multiplicative decomposition if it is at least three seasons long and the
 * autocorrelation test finds a season at 90%, with 1.645 as critical value.
 * The competition's data are positive, so that it says nothing of others:
 * where the data have both signs, or a figure is not positive, the
 * decomposition here is additive.
 *
 * The competition gave Naive 2 no intervals.  Here they are those of a random
 * walk of the adjusted series, as R's naive() has them, times the season.
 */
#include "forecast/model.h"
#include "forecast/numeric/decompose.h"

#include <float.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>

enum { SEASON, KIND }; /* fc_fit.order: 1 = no season */
enum {
    LAST,
    FIGURE
}; /* fc_fit.state: the figure starts with the next step's
      season */

static const double CRITICAL = 1.645;

static bool find_season(const double *y, size_t n, size_t m, double *figure,
                        enum fc_decomposition *kind)
{
    *kind = fc_has_one_sign(y, n) ? FC_DECOMPOSE_MULTIPLICATIVE
                                  : FC_DECOMPOSE_ADDITIVE;
    return m > 1 && n / 3 >= m && fc_seasonality(y, n, m) > CRITICAL
           && fc_seasonal_figure(y, n, m, DBL_MIN, kind, figure) == FC_OK;
}

static enum fc_decomposition kind_of(const struct fc_fit *fit)
{
    return (enum fc_decomposition)fit->order[KIND];
}

/* Fills the fit to x, which has no season any more. */
static void fit_walk(const double *x, const double *figure, struct fc_fit *fit)
{
    size_t n = fit->nobs, m = (size_t)fit->order[SEASON];
    double last = x[0], sum = 0;
    for (size_t t = 1; t < n; t++) {
        sum += (x[t] - last) * (x[t] - last);
        last = x[t];
    }
    fit->sigma2 = n > 1 ? sum / (double)(n - 1) : 0;
    fit->state[LAST] = last;
    for (size_t i = 0; i < m; i++)
        fit->state[FIGURE + i] = figure[(n + i) % m];
}

static enum fc_status fit_naive2(const struct fc_series *series,
                                 const struct fc_request *request,
                                 struct fc_workspace *ws, struct fc_fit *fit,
                                 struct fc_error *err)
{
    size_t n = series->n;
    size_t m = (size_t)fit->season_length;
    enum fc_decomposition kind;
    (void)request;
    fit->state = fc_workspace_doubles(ws, FIGURE + m);
    struct fc_mark mark = fc_workspace_mark(ws);
    double *figure = fc_workspace_doubles(ws, m);
    double *x = fc_workspace_doubles(ws, n);
    if (fit->state == NULL || figure == NULL || x == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    if (!find_season(series->y, n, m, figure, &kind)) {
        m = 1;
        figure[0] = 1;
        kind = FC_DECOMPOSE_MULTIPLICATIVE;
    }
    fit->order[SEASON] = (int)m;
    fit->order[KIND] = (int)kind;
    fit->nstate = FIGURE + m;
    fc_remove_season(series->y, n, figure, m, kind, x);
    fit_walk(x, figure, fit);
    fc_workspace_release(ws, mark);
    if (m > 1)
        snprintf(fit->spec, sizeof fit->spec, "naive2[%zu]%s", m,
                 kind == FC_DECOMPOSE_ADDITIVE ? " additive" : "");
    else
        snprintf(fit->spec, sizeof fit->spec, "naive2");
    return FC_OK;
}

/* The seasonal factor, or term, of step h. */
static double season_at(const struct fc_fit *fit, int h)
{
    return fit->state[FIGURE + h % fit->order[SEASON]];
}

static enum fc_status predict_naive2(const struct fc_fit *fit,
                                     struct fc_workspace *ws,
                                     struct fc_forecast *out,
                                     struct fc_error *err)
{
    double *se = fc_workspace_doubles(ws, (size_t)out->horizon);
    if (se == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (int h = 0; h < out->horizon; h++) {
        out->mean[h] =
            fc_put_back(fit->state[LAST], season_at(fit, h), kind_of(fit));
        se[h] = sqrt(fit->sigma2 * (h + 1));
        if (kind_of(fit) == FC_DECOMPOSE_MULTIPLICATIVE)
            se[h] *= season_at(fit, h);
    }
    fc_model_normal_bounds(out, se);
    return FC_OK;
}

static enum fc_status simulate_naive2(const struct fc_fit *fit, int horizon,
                                      gsl_rng *rng, struct fc_workspace *ws,
                                      double *path, struct fc_error *err)
{
    double level = fit->state[LAST], sigma = sqrt(fit->sigma2);
    (void)ws;
    (void)err;
    for (int h = 0; h < horizon; h++) {
        level += gsl_ran_gaussian_ziggurat(rng, sigma);
        path[h] = fc_put_back(level, season_at(fit, h), kind_of(fit));
    }
    return FC_OK;
}

const struct fc_model fc_model_naive2 = {
    .name = "naive2",
    .summary = "the last observation, seasonally adjusted: the M4 benchmark",
    .reference = "Makridakis, Spiliotis & Assimakopoulos (2020)",
    .min_obs = fc_model_any_length,
    .fit = fit_naive2,
    .predict = predict_naive2,
    .simulate = simulate_naive2,
};
