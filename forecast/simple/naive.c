/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Naive, seasonal naive, and random walk with drift: the forecast is the last
 * observation of the same season, plus the mean change per step for drift.
 *
 * R's forecast 8.20: lagwalk() behind naive(), snaive() and rwf(drift=TRUE).
 * There sigma is the root mean square of the lag-m differences without drift,
 * and their standard deviation with it; k steps (drift) or seasons ahead the
 * variance is sigma^2 k + (k se(drift))^2.
 *
 * Where R gives NA, a batch needs an answer: a series shorter than a season
 * is forecast by its last value; without a single seasonal difference, sigma
 * comes from the lag-1 differences; with one observation it is zero.
 *
 * Of several seasons, the seasonal naive forecast has the longest that fits,
 * in as many whole cycles of the next shorter one as come nearest to it: with
 * a week of 7 and a year of 365.25 days it looks back 364, to the same weekday,
 * whatever years are leap years; with 168 and 8766 hours 52 weeks.
 */
#include "forecast/model.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LAG }; /* fc_fit.order: observations per season, as used */

enum { DRIFT, DRIFT_SE }; /* fc_fit.coef; fc_fit.state is the last LAG values */

static size_t at_least_two(const struct fc_spec *spec,
                           const struct fc_seasons *seasons)
{
    (void)spec;
    (void)seasons;
    return 2;
}

/* Mean of the squared lag differences about centre, over n - lag - lost. */
static double difference_variance(const struct fc_series *series, size_t lag,
                                  double centre, size_t lost)
{
    size_t n = series->n;
    double sum = 0;
    if (n <= lag + lost)
        return 0;
    for (size_t t = lag; t < n; t++) {
        double d = series->y[t] - series->y[t - lag] - centre;
        sum += d * d;
    }
    return sum / (double)(n - lag - lost);
}

static enum fc_status fit_lag_walk(const struct fc_series *series, size_t lag,
                                   double drift, struct fc_workspace *ws,
                                   struct fc_fit *fit, struct fc_error *err)
{
    fit->ncoef = 2;
    fit->nstate = lag;
    fit->coef = fc_workspace_doubles(ws, fit->ncoef);
    fit->state = fc_workspace_doubles(ws, fit->nstate);
    if (fit->coef == NULL || fit->state == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    memcpy(fit->state, series->y + series->n - lag, lag * sizeof *fit->state);
    fit->order[LAG] = (int)lag;
    fit->coef[DRIFT] = drift;
    fit->coef[DRIFT_SE] = 0;
    return FC_OK;
}

static enum fc_status fit_naive(const struct fc_series *series,
                                const struct fc_request *request,
                                struct fc_workspace *ws, struct fc_fit *fit,
                                struct fc_error *err)
{
    (void)request;
    fit->sigma2 = difference_variance(series, 1, 0, 0);
    snprintf(fit->spec, sizeof fit->spec, "naive");
    return fit_lag_walk(series, 1, 0, ws, fit, err);
}

/* Steps back to the same place of the longest season, and of the next shorter
 * one that is whole. */
static size_t seasonal_lag(const struct fc_series *series)
{
    struct fc_seasons s = fc_seasons_fitting(series->seasons, series->n);
    if (s.n == 0)
        return 1;
    double longest = s.length[s.n - 1];
    for (int i = s.n - 2; i >= 0; i--)
        if (s.length[i] == rint(s.length[i]))
            return (size_t)(rint(longest / s.length[i]) * s.length[i]);
    return (size_t)lround(longest);
}

static enum fc_status fit_snaive(const struct fc_series *series,
                                 const struct fc_request *request,
                                 struct fc_workspace *ws, struct fc_fit *fit,
                                 struct fc_error *err)
{
    size_t lag = seasonal_lag(series);
    fit->seasons = fc_one_season((int)lag);
    (void)request;
    if (series->n < lag) {
        enum fc_status status = fit_naive(series, request, ws, fit, err);
        if (fit->note == NULL)
            fit->note = "shorter than a season: the last value is used";
        return status;
    }
    fit->sigma2 = difference_variance(series, series->n > lag ? lag : 1, 0, 0);
    snprintf(fit->spec, sizeof fit->spec, "snaive[%zu]", lag);
    return fit_lag_walk(series, lag, 0, ws, fit, err);
}

static enum fc_status fit_drift(const struct fc_series *series,
                                const struct fc_request *request,
                                struct fc_workspace *ws, struct fc_fit *fit,
                                struct fc_error *err)
{
    double n = (double)series->n;
    double drift = (series->y[series->n - 1] - series->y[0]) / (n - 1);
    (void)request;
    enum fc_status status = fit_lag_walk(series, 1, drift, ws, fit, err);
    if (status != FC_OK)
        return status;
    fit->sigma2 = difference_variance(series, 1, drift, 1);
    fit->coef[DRIFT_SE] = sqrt(fit->sigma2 / (n - 1));
    snprintf(fit->spec, sizeof fit->spec, "drift");
    if (series->n == 2)
        fit->note = "two observations: the intervals have no width";
    return FC_OK;
}

static double step_se(const struct fc_fit *fit, double k)
{
    double drift = k * fit->coef[DRIFT_SE];
    return sqrt(fit->sigma2 * k + drift * drift);
}

static enum fc_status predict_lag_walk(const struct fc_fit *fit,
                                       struct fc_workspace *ws,
                                       struct fc_forecast *out,
                                       struct fc_error *err)
{
    int lag = fit->order[LAG];
    double *se = fc_workspace_doubles(ws, (size_t)out->horizon);
    if (se == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (int h = 0; h < out->horizon; h++) {
        double k = h / lag + 1;
        out->mean[h] = fit->state[h % lag] + k * fit->coef[DRIFT];
        se[h] = step_se(fit, k);
    }
    fc_model_normal_bounds(out, se);
    return FC_OK;
}

/*
 * Each season walks on its own; a path's drift is one draw from what the
 * estimate leaves open, so that the variance is step_se()'s.
 */
static enum fc_status simulate_lag_walk(const struct fc_fit *fit, int horizon,
                                        gsl_rng *rng, struct fc_workspace *ws,
                                        double *path, struct fc_error *err)
{
    int lag = fit->order[LAG];
    double sigma = sqrt(fit->sigma2), drift = fit->coef[DRIFT];
    (void)ws;
    (void)err;
    if (fit->coef[DRIFT_SE] > 0)
        drift += gsl_ran_gaussian_ziggurat(rng, fit->coef[DRIFT_SE]);
    for (int h = 0; h < horizon; h++) {
        double last = h < lag ? fit->state[h] : path[h - lag];
        path[h] = last + drift + gsl_ran_gaussian_ziggurat(rng, sigma);
    }
    return FC_OK;
}

const struct fc_model fc_model_naive = {
    .name = "naive",
    .summary = "the last observation (random walk)",
    .reference = "R forecast 8.20, naive()",
    .min_obs = fc_model_any_length,
    .fit = fit_naive,
    .predict = predict_lag_walk,
    .simulate = simulate_lag_walk,
};

const struct fc_model fc_model_snaive = {
    .name = "snaive",
    .summary = "the last observation of the same season",
    .reference = "R forecast 8.20, snaive()",
    .seasons = FC_SEASON_ALL,
    .min_obs = fc_model_any_length,
    .fit = fit_snaive,
    .predict = predict_lag_walk,
    .simulate = simulate_lag_walk,
};

const struct fc_model fc_model_drift = {
    .name = "drift",
    .summary = "the last observation plus the mean change per step",
    .reference = "R forecast 8.20, rwf(drift=TRUE)",
    .min_obs = at_least_two,
    .fit = fit_drift,
    .predict = predict_lag_walk,
    .simulate = simulate_lag_walk,
};
