/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The mean of the series, with intervals from Student's t on n - 1 degrees
 * of freedom and standard error s sqrt(1 + 1/n).
 *
 * R's forecast 8.20: meanf().
 *
 * The variant mean:empirical takes the series' own values for the whole
 * distribution: intervals are their quantiles, and sample paths draw from
 * them.  For counts that are mostly zero, or coin tosses, no normal
 * distribution will do.
 */
#include "forecast/model.h"
#include "forecast/numeric/quantile.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MEAN };      /* fc_fit.coef; fc_fit.state is the values, if EMPIRICAL */
enum { EMPIRICAL }; /* fc_fit.order, and fc_spec.variant: 1 = so */

static enum fc_status parse_mean(const char *text, struct fc_spec *spec,
                                 struct fc_error *err)
{
    if (strcmp(text, "empirical") != 0)
        return fc_fail(err, FC_EINVAL, "mean: '%s' is not empirical", text);
    spec->variant[EMPIRICAL] = 1;
    return FC_OK;
}

static double mean_of(const double *y, size_t n)
{
    double sum = 0, correction = 0;
    for (size_t t = 0; t < n; t++)
        sum += y[t] / (double)n;
    for (size_t t = 0; t < n; t++)
        correction += (y[t] - sum) / (double)n;
    return sum + correction;
}

static enum fc_status fit_mean(const struct fc_series *series,
                               const struct fc_request *request,
                               struct fc_workspace *ws, struct fc_fit *fit,
                               struct fc_error *err)
{
    size_t n = series->n;
    double sum = 0;
    fit->order[EMPIRICAL] =
        request->spec->has_variant && request->spec->variant[EMPIRICAL];
    fit->ncoef = 1;
    fit->coef = fc_workspace_doubles(ws, fit->ncoef);
    fit->nstate = fit->order[EMPIRICAL] ? n : 0;
    fit->state = fc_workspace_doubles(ws, fit->nstate);
    if (fit->coef == NULL || fit->state == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    memcpy(fit->state, series->y, fit->nstate * sizeof *fit->state);
    fit->coef[MEAN] = mean_of(series->y, n);
    for (size_t t = 0; t < n; t++) {
        double e = series->y[t] - fit->coef[MEAN];
        sum += e * e;
    }
    fit->sigma2 = n > 1 ? sum / (double)(n - 1) : 0;
    snprintf(fit->spec, sizeof fit->spec, "mean%s",
             fit->order[EMPIRICAL] ? ":empirical" : "");
    return FC_OK;
}

/* Bounds of one level, the same at every step. */
static void fill_bounds(struct fc_forecast *out, int level, double lo,
                        double hi)
{
    size_t at = (size_t)level * (size_t)out->horizon;
    for (int h = 0; h < out->horizon; h++) {
        out->lo[at + (size_t)h] = lo;
        out->hi[at + (size_t)h] = hi;
    }
}

static enum fc_status empirical_bounds(const struct fc_fit *fit,
                                       struct fc_workspace *ws,
                                       struct fc_forecast *out,
                                       struct fc_error *err)
{
    size_t n = fit->nstate;
    double *y = fc_workspace_doubles(ws, n);
    if (y == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    memcpy(y, fit->state, n * sizeof *y);
    gsl_sort(y, 1, n);
    for (int i = 0; i < out->nlevels; i++) {
        double outside = 0.5 - out->levels[i] / 200;
        fill_bounds(out, i, fc_quantile(y, n, outside),
                    fc_quantile(y, n, 1 - outside));
    }
    return FC_OK;
}

static enum fc_status predict_mean(const struct fc_fit *fit,
                                   struct fc_workspace *ws,
                                   struct fc_forecast *out,
                                   struct fc_error *err)
{
    double n = (double)fit->nobs;
    double se = sqrt(fit->sigma2 * (1 + 1 / n));
    for (int h = 0; h < out->horizon; h++)
        out->mean[h] = fit->coef[MEAN];
    if (fit->order[EMPIRICAL])
        return empirical_bounds(fit, ws, out, err);
    for (int i = 0; i < out->nlevels; i++) {
        double p = 0.5 + out->levels[i] / 200;
        double t = n > 1 ? gsl_cdf_tdist_Pinv(p, n - 1) : 0;
        fill_bounds(out, i, fit->coef[MEAN] - t * se, fit->coef[MEAN] + t * se);
    }
    return FC_OK;
}

/*
 * A path has one variance and one mean, drawn from what the data leave open
 * (the posterior under the flat prior for mean and log variance: Gelman et
 * al. 2013, Bayesian Data Analysis, section 3.2), and independent normal
 * values around it: every step then has Student's t of predict_mean().  Of the
 * empirical variant every step is one of the series' values.
 */
static enum fc_status simulate_mean(const struct fc_fit *fit, int horizon,
                                    gsl_rng *rng, struct fc_workspace *ws,
                                    double *path, struct fc_error *err)
{
    double n = (double)fit->nobs;
    double sigma = 0;
    (void)ws;
    (void)err;
    if (fit->order[EMPIRICAL]) {
        for (int h = 0; h < horizon; h++)
            path[h] = fit->state[gsl_rng_uniform_int(rng, fit->nstate)];
        return FC_OK;
    }
    if (fit->sigma2 > 0)
        sigma = sqrt(fit->sigma2 * (n - 1) / gsl_ran_chisq(rng, n - 1));
    double mean =
        fit->coef[MEAN] + gsl_ran_gaussian_ziggurat(rng, sigma / sqrt(n));
    for (int h = 0; h < horizon; h++)
        path[h] = mean + gsl_ran_gaussian_ziggurat(rng, sigma);
    return FC_OK;
}

const struct fc_model fc_model_mean = {
    .name = "mean",
    .summary = "the mean of the series",
    .reference = "R forecast 8.20, meanf()",
    .variants = "empirical",
    .parse = parse_mean,
    .min_obs = fc_model_any_length,
    .fit = fit_mean,
    .predict = predict_mean,
    .simulate = simulate_mean,
};
