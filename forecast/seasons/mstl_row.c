/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The decomposition of mstl.c as a model: the last cycle of every season goes
 * on, and a model without a season forecasts the rest, as in R's forecast 8.20,
 * stlm() and forecast.mstl().  Which one, the errors of the last values say,
 * unless it is named.
 *
 * R takes the seasons for known.  Here a season may change from cycle to cycle
 * by as much as it did, and intervals contain that.
 */
#include "forecast/model.h"
#include "forecast/seasons/mstl.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

extern const struct fc_model fc_model_ets, fc_model_arima, fc_model_theta;

static const struct fc_model *const rests[] = {&fc_model_ets, &fc_model_arima,
                                               &fc_model_theta};

enum { RESTS = sizeof rests / sizeof *rests };

enum { REST, ROBUST }; /* fc_spec.variant */

enum { NPERIODS }; /* fc_fit.order */

/* fc_fit.coef: of every season its length and the variance of its change from
 * cycle to cycle.  fc_fit.state: their last cycles, one behind the other. */
enum { PERIOD, CHANGE, PER_SEASON };

/* The rest is fitted to its last values: so many, or so many cycles. */
enum { LEAST_REST = 1000, CYCLES = 8 };

static const char ROBUSTLY[] = "robust";

static enum fc_status parse(const char *text, struct fc_spec *spec,
                            struct fc_error *err)
{
    size_t length = strcspn(text, "+");
    const char *plus = text[length] == '+' ? text + length + 1 : "";
    int found = -1;
    for (int k = 0; k < (int)RESTS; k++)
        if (strlen(rests[k]->name) == length
            && strncmp(text, rests[k]->name, length) == 0)
            found = k;
    if (strcmp(text, ROBUSTLY) == 0) {
        spec->variant[REST] = -1;
        spec->variant[ROBUST] = 1;
        return FC_OK;
    }
    if (found < 0 || (text[length] == '+' && strcmp(plus, ROBUSTLY) != 0))
        return fc_fail(err, FC_EINVAL,
                       "mstl takes ets, arima or theta for the rest, and "
                       "+robust: mstl:arima+robust; got '%.40s'",
                       text);
    spec->variant[REST] = found;
    spec->variant[ROBUST] = text[length] == '+';
    return FC_OK;
}

/* What is left of the series, and the list that is left of its seasons: R drops
 * those of which there are no two cycles and one value more. */
struct parts {
    struct fc_seasons seasons;
    double *seasonal; /* n for each season */
    double *rest;     /* n */
};

static enum fc_status take_apart(const struct fc_series *series, bool robust,
                                 struct fc_workspace *ws, struct parts *parts)
{
    size_t n = series->n;
    struct fc_seasons *s = &parts->seasons;
    *s = fc_seasons_fitting(series->seasons, n);
    while (s->n > 0 && 2 * s->length[s->n - 1] >= (double)n)
        s->n--;
    parts->seasonal = fc_workspace_doubles(ws, (size_t)s->n * n);
    parts->rest = fc_workspace_doubles(ws, n);
    double *trend = fc_workspace_doubles(ws, n);
    if (parts->seasonal == NULL || parts->rest == NULL || trend == NULL)
        return FC_ENOMEM;
    if (s->n > 0
        && fc_mstl(series->y, n, s->length, s->n, robust, ws, parts->seasonal,
                   trend)
               != FC_OK)
        return FC_ENOMEM;
    memcpy(parts->rest, series->y, n * sizeof *parts->rest);
    for (size_t i = 0; i < (size_t)s->n * n; i++)
        parts->rest[i % n] -= parts->seasonal[i];
    return FC_OK;
}

/* Keeps the last cycle of every season, and how it changed between cycles. */
static enum fc_status keep(const struct parts *parts, size_t n,
                           struct fc_workspace *ws, struct fc_fit *fit)
{
    const struct fc_seasons *s = &parts->seasons;
    size_t at = 0;
    fit->order[NPERIODS] = s->n;
    fit->seasons = *s;
    fit->ncoef = (size_t)s->n * PER_SEASON;
    fit->nstate = 0;
    for (int i = 0; i < s->n; i++)
        fit->nstate += (size_t)s->length[i];
    fit->coef = fc_workspace_doubles(ws, fit->ncoef);
    fit->state = fc_workspace_doubles(ws, fit->nstate);
    if (fit->coef == NULL || fit->state == NULL)
        return FC_ENOMEM;
    for (int i = 0; i < s->n; i++) {
        size_t m = (size_t)s->length[i];
        const double *season = parts->seasonal + (size_t)i * n;
        double sum = 0;
        for (size_t t = m; t < n; t++)
            sum += (season[t] - season[t - m]) * (season[t] - season[t - m]);
        fit->coef[i * PER_SEASON + PERIOD] = (double)m;
        fit->coef[i * PER_SEASON + CHANGE] = sum / (double)(n - m);
        memcpy(fit->state + at, season + n - m, m * sizeof *season);
        at += m;
    }
    return FC_OK;
}

static enum fc_status fit_rest(const struct fc_series *rest, int k,
                               const struct fc_request *request,
                               struct fc_workspace *ws, struct fc_fit *fit,
                               struct fc_error *err)
{
    struct fc_spec spec = {.model = rests[k]};
    struct fc_request own = *request;
    own.spec = &spec;
    own.learned = fc_part_of(NULL);
    own.similar = NULL;
    return fc_model_fit(rest, &own, ws, fit, err);
}

/* The mean absolute error for the last `held` values; INFINITY without one. */
static double try_rest(const struct fc_series *rest, size_t held, int k,
                       const struct fc_request *request,
                       struct fc_workspace *ws)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    struct fc_series cut = *rest;
    struct fc_fit fit;
    double error = 0, *mean = fc_workspace_doubles(ws, held);
    cut.n -= held;
    if (mean == NULL || fit_rest(&cut, k, request, ws, &fit, NULL) != FC_OK)
        return INFINITY;
    struct fc_forecast out = fc_forecast_over((int)held, 0, NULL, mean);
    if (fc_model_predict(&fit, ws, &out, NULL) != FC_OK)
        return INFINITY;
    for (size_t h = 0; h < held; h++)
        error += fabs(rest->y[cut.n + h] - mean[h]) / (double)held;
    fc_workspace_release(ws, mark);
    return error;
}

/* The model with the smallest errors for as many values as are asked for, a
 * quarter of them at most; ets when there are too few. */
static int choose_rest(const struct fc_series *rest,
                       const struct fc_request *request,
                       struct fc_workspace *ws)
{
    size_t held = request->horizon > 0 ? (size_t)request->horizon : 8;
    double best = INFINITY;
    int chosen = 0;
    if (held > rest->n / 4)
        held = rest->n / 4;
    for (int k = 0; held > 0 && k < (int)RESTS; k++) {
        double error = try_rest(rest, held, k, request, ws);
        if (error < best) {
            best = error;
            chosen = k;
        }
    }
    return chosen;
}

static void name_fit(struct fc_fit *fit)
{
    size_t size = sizeof fit->spec;
    size_t n = (size_t)snprintf(fit->spec, size, "mstl");
    for (int i = 0; i < fit->seasons.n; i++)
        n += (size_t)snprintf(fit->spec + n, size - n, "%s%.6g",
                              i == 0 ? "[" : ",", fit->seasons.length[i]);
    snprintf(fit->spec + n, size - n, "%s + %.60s",
             fit->seasons.n > 0 ? "]" : "", fit->members[0].spec);
}

/* The last values of the rest. */
static struct fc_series last_of(const struct parts *parts,
                                const struct fc_series *series)
{
    const struct fc_seasons *s = &parts->seasons;
    struct fc_series rest = {.id = series->id};
    double most = s->n > 0 ? CYCLES * s->length[s->n - 1] : 0;
    most = fmax(most, LEAST_REST);
    rest.n = (double)series->n > most ? (size_t)most : series->n;
    rest.y = parts->rest + series->n - rest.n;
    return rest;
}

static enum fc_status fit_mstl(const struct fc_series *series,
                               const struct fc_request *request,
                               struct fc_workspace *ws, struct fc_fit *fit,
                               struct fc_error *err)
{
    const struct fc_spec *spec = request->spec;
    struct parts parts;
    fit->members = fc_workspace_array(ws, 1, sizeof *fit->members);
    if (fit->members == NULL
        || take_apart(series, spec->has_variant && spec->variant[ROBUST], ws,
                      &parts)
               != FC_OK
        || keep(&parts, series->n, ws, fit) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    struct fc_series rest = last_of(&parts, series);
    int k = spec->has_variant ? spec->variant[REST] : -1;
    if (k < 0)
        k = choose_rest(&rest, request, ws);
    enum fc_status status =
        fit_rest(&rest, k, request, ws, &fit->members[0], err);
    if (status != FC_OK)
        return status;
    fit->nmembers = 1;
    fit->note = fit->members[0].note;
    name_fit(fit);
    return FC_OK;
}

/* Moves a bound away from the rest's mean by the seasons' own uncertainty. */
static double widen(double bound, double mean, double z, double variance)
{
    double reach = bound - mean;
    return mean + copysign(sqrt(reach * reach + z * z * variance), reach);
}

/* Adds the seasons to the mean, and what is not known of them to the bounds. */
static void add_seasons(const struct fc_fit *fit, struct fc_forecast *out)
{
    for (int h = 0; h < out->horizon; h++) {
        double sum = 0, variance = 0;
        const double *season = fit->state;
        for (int i = 0; i < fit->order[NPERIODS]; i++) {
            const double *coef = fit->coef + i * PER_SEASON;
            int m = (int)coef[PERIOD];
            sum += season[h % m];
            variance += coef[CHANGE] * (1 + h / m);
            season += m;
        }
        for (int i = 0; i < out->nlevels; i++) {
            double z = gsl_cdf_ugaussian_Pinv(0.5 + out->levels[i] / 200);
            double *lo = &out->lo[i * out->horizon + h];
            double *hi = &out->hi[i * out->horizon + h];
            *lo = sum + widen(*lo, out->mean[h], -z, variance);
            *hi = sum + widen(*hi, out->mean[h], z, variance);
        }
        out->mean[h] += sum;
    }
}

static enum fc_status predict_mstl(const struct fc_fit *fit,
                                   struct fc_workspace *ws,
                                   struct fc_forecast *out,
                                   struct fc_error *err)
{
    enum fc_status status = fc_model_predict(&fit->members[0], ws, out, err);
    if (status == FC_OK)
        add_seasons(fit, out);
    return status;
}

static enum fc_status simulate_mstl(const struct fc_fit *fit, int horizon,
                                    gsl_rng *rng, struct fc_workspace *ws,
                                    double *path, struct fc_error *err)
{
    enum fc_status status =
        fc_model_simulate(&fit->members[0], horizon, rng, ws, path, err);
    if (status != FC_OK)
        return status;
    struct fc_mark mark = fc_workspace_mark(ws);
    double *own = fc_workspace_doubles(ws, (size_t)horizon);
    const double *season = fit->state;
    if (own == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (int i = 0; i < fit->order[NPERIODS]; i++) {
        const double *coef = fit->coef + i * PER_SEASON;
        int m = (int)coef[PERIOD];
        double sigma = sqrt(coef[CHANGE]);
        for (int h = 0; h < horizon; h++) {
            own[h] = (h < m ? season[h] : own[h - m])
                     + gsl_ran_gaussian_ziggurat(rng, sigma);
            path[h] += own[h];
        }
        season += m;
    }
    fc_workspace_release(ws, mark);
    return FC_OK;
}

const struct fc_model fc_model_mstl = {
    .name = "mstl",
    .summary = "all seasons taken out by loess; ets, arima or theta for the "
               "rest",
    .reference = "Bandara, Hyndman & Bergmeir (2021); R forecast 8.20, mstl()",
    .variants = "ets, arima or theta; +robust, e.g. mstl:arima+robust",
    .seasons = FC_SEASON_ALL,
    .parse = parse,
    .min_obs = fc_model_any_length,
    .fit = fit_mstl,
    .predict = predict_mstl,
    .simulate = simulate_mstl,
};
