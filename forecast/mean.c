/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The mean of the series, with intervals from Student's t on n - 1 degrees
 * of freedom and standard error s sqrt(1 + 1/n).
 *
 * R's forecast 8.20: meanf().
 */
#include "forecast/model.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>

enum { MEAN }; /* fc_fit.coef */

static size_t at_least_one(const struct fc_spec *spec)
{
    (void)spec;
    return 1;
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
                               const struct fc_spec *spec,
                               struct fc_workspace *ws, struct fc_fit *fit,
                               struct fc_error *err)
{
    size_t n = series->n;
    double sum = 0;
    (void)spec;
    fit->ncoef = 1;
    fit->coef = fc_workspace_doubles(ws, fit->ncoef);
    fit->fitted = fc_workspace_doubles(ws, n);
    fit->resid = fc_workspace_doubles(ws, n);
    if (fit->coef == NULL || fit->fitted == NULL || fit->resid == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    fit->coef[MEAN] = mean_of(series->y, n);
    for (size_t t = 0; t < n; t++) {
        fit->fitted[t] = fit->coef[MEAN];
        fit->resid[t] = series->y[t] - fit->coef[MEAN];
        sum += fit->resid[t] * fit->resid[t];
    }
    fit->sigma2 = n > 1 ? sum / (double)(n - 1) : 0;
    if (n == 1)
        fit->note = "one observation: its intervals have no width";
    snprintf(fit->spec, sizeof fit->spec, "mean");
    return FC_OK;
}

static enum fc_status predict_mean(const struct fc_fit *fit,
                                   struct fc_workspace *ws,
                                   struct fc_forecast *out,
                                   struct fc_error *err)
{
    double n = (double)fit->series->n;
    double se = sqrt(fit->sigma2 * (1 + 1 / n));
    (void)ws;
    (void)err;
    for (int h = 0; h < out->horizon; h++)
        out->mean[h] = fit->coef[MEAN];
    for (int i = 0; i < out->nlevels; i++) {
        double p = 0.5 + out->levels[i] / 200;
        double t = n > 1 ? gsl_cdf_tdist_Pinv(p, n - 1) : 0;
        size_t at = (size_t)i * (size_t)out->horizon;
        for (int h = 0; h < out->horizon; h++) {
            out->lo[at + (size_t)h] = fit->coef[MEAN] - t * se;
            out->hi[at + (size_t)h] = fit->coef[MEAN] + t * se;
        }
    }
    return FC_OK;
}

/*
 * A path has one variance and one mean, drawn from what the data leave open
 * (the posterior under the flat prior for mean and log variance: Gelman et
 * al. 2013, Bayesian Data Analysis, section 3.2), and independent normal
 * values around it: every step then has Student's t of predict_mean().
 */
static enum fc_status simulate_mean(const struct fc_fit *fit, int horizon,
                                    gsl_rng *rng, struct fc_workspace *ws,
                                    double *path, struct fc_error *err)
{
    double n = (double)fit->series->n;
    double sigma = 0;
    (void)ws;
    (void)err;
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
    .min_obs = at_least_one,
    .fit = fit_mean,
    .predict = predict_mean,
    .simulate = simulate_mean,
};
