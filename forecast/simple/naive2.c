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
 *
 * The competition gave Naive 2 no intervals.  Here they are those of a random
 * walk of the adjusted series, as R's naive() has them, times the season.
 */
#include "forecast/model.h"
#include "forecast/numeric/decompose.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>

enum { SEASON }; /* fc_fit.order: 1 = no season */
enum {
    LAST,
    FIGURE
}; /* fc_fit.state: the figure starts with the next step's
      season */

static const double CRITICAL = 1.645;

/* A figure that is not positive can be divided by, but means nothing. */
static bool find_season(const double *y, size_t n, size_t m, double *figure)
{
    if (m < 2 || n / 3 < m || fc_seasonality(y, n, m) <= CRITICAL
        || fc_decompose(y, n, m, FC_DECOMPOSE_MULTIPLICATIVE, figure, NULL)
               != FC_OK)
        return false;
    for (size_t i = 0; i < m; i++)
        if (!(figure[i] > 0))
            return false;
    return true;
}

static void fit_walk(const double *figure, size_t m, struct fc_fit *fit)
{
    const double *y = fit->series->y;
    size_t n = fit->series->n;
    double last = y[0] / figure[0], sum = 0;
    fit->fitted[0] = fit->resid[0] = NAN;
    for (size_t t = 1; t < n; t++) {
        double x = y[t] / figure[t % m];
        fit->fitted[t] = last * figure[t % m];
        fit->resid[t] = y[t] - fit->fitted[t];
        sum += (x - last) * (x - last);
        last = x;
    }
    fit->sigma2 = n > 1 ? sum / (double)(n - 1) : 0;
    fit->state[LAST] = last;
    for (size_t i = 0; i < m; i++)
        fit->state[FIGURE + i] = figure[(n + i) % m];
}

static enum fc_status fit_naive2(const struct fc_series *series,
                                 const struct fc_spec *spec,
                                 struct fc_workspace *ws, struct fc_fit *fit,
                                 struct fc_error *err)
{
    size_t n = series->n;
    size_t m = (size_t)fit->season_length;
    (void)spec;
    fit->state = fc_workspace_doubles(ws, FIGURE + m);
    fit->fitted = fc_workspace_doubles(ws, n);
    fit->resid = fc_workspace_doubles(ws, n);
    double *figure = fc_workspace_doubles(ws, m);
    if (fit->state == NULL || fit->fitted == NULL || fit->resid == NULL
        || figure == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    if (!find_season(series->y, n, m, figure)) {
        m = 1;
        figure[0] = 1;
    }
    fit->order[SEASON] = (int)m;
    fit->nstate = FIGURE + m;
    fit_walk(figure, m, fit);
    if (m > 1)
        snprintf(fit->spec, sizeof fit->spec, "naive2[%zu]", m);
    else
        snprintf(fit->spec, sizeof fit->spec, "naive2");
    return FC_OK;
}

/* The seasonal factor of step h. */
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
        out->mean[h] = fit->state[LAST] * season_at(fit, h);
        se[h] = sqrt(fit->sigma2 * (h + 1)) * season_at(fit, h);
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
        path[h] = level * season_at(fit, h);
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
