/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The classics of intermittent demand: Croston's method and what was made of
 * it.  They give a mean, the same for every step:
 *
 *   croston  Croston (1972), Operational Research Quarterly 23: smoothed size
 *            of a sale over smoothed interval between two, both from the first
 *            on and with alpha = 0.1; R forecast 8.20, croston(), whose first
 *            interval begins with the series
 *   sba      Syntetos & Boylan (2005), International Journal of Forecasting
 *            21: that times 1 - alpha / 2; croston(type = "sba")
 *   sbj      Shale, Boylan & Johnston (2006), Journal of the Operational
 *            Research Society 57: times 1 - alpha / (2 - alpha); type = "sbj"
 *   tsb      Teunter, Syntetos & Babai (2011), European Journal of Operational
 *            Research 214: smoothed size times smoothed share of steps with a
 *            sale, so that what is not sold any more fades; statsforecast's
 *            TSB with both parameters 0.1 (R's tsintermittent estimates them)
 *   adida    Nikolopoulos et al. (2011), Journal of the Operational Research
 *            Society 62: exponential smoothing of sums over as many steps as
 *            the mean interval has, over their number; statsforecast's ADIDA
 *   imapa    Petropoulos & Kourentzes (2015), Journal of the Operational
 *            Research Society 66: the mean of that for all numbers of steps up
 *            to it; statsforecast's IMAPA.  Both let alpha be what fits best
 *            from 0.1 to 0.3
 *
 * Their distribution is ours: in a step there is a sale with the probability
 * that makes the mean what it is, and its size is one of those there were,
 * each as likely; steps are independent.  Where the mean is more than the mean
 * size, there is always a sale, and sizes grow by as much.
 *
 * Missing values are left out, as if their steps had not been.
 */
#include "forecast/model.h"
#include "forecast/numeric/minimize.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double ALPHA = 0.1;

enum { MEAN, SOLD, COEFS }; /* fc_fit.coef; fc_fit.state: sizes, ascending */

/* What the methods are made from: the known values, and its parts. */
struct demand {
    double *y;
    size_t n;
    double *size, *interval; /* of every sale */
    size_t sales;
};

/* The forecast of simple exponential smoothing from the first value on. */
static double smooth(const double *x, size_t n, double alpha)
{
    double level = x[0];
    for (size_t t = 0; t < n; t++)
        level += alpha * (x[t] - level);
    return level;
}

static double croston_mean(const struct demand *d, struct fc_workspace *ws)
{
    (void)ws;
    return smooth(d->size, d->sales, ALPHA)
           / smooth(d->interval, d->sales, ALPHA);
}

static double sba_mean(const struct demand *d, struct fc_workspace *ws)
{
    return (1 - ALPHA / 2) * croston_mean(d, ws);
}

static double sbj_mean(const struct demand *d, struct fc_workspace *ws)
{
    return (1 - ALPHA / (2 - ALPHA)) * croston_mean(d, ws);
}

static double tsb_mean(const struct demand *d, struct fc_workspace *ws)
{
    double sold = d->y[0] > 0;
    (void)ws;
    for (size_t t = 0; t < d->n; t++)
        sold += ALPHA * ((d->y[t] > 0) - sold);
    return sold * smooth(d->size, d->sales, ALPHA);
}

struct sums {
    double *x;
    size_t n;
};

static double squared_errors(double alpha, void *arg)
{
    const struct sums *sums = arg;
    double level = sums->x[0], sum = 0;
    for (size_t t = 1; t < sums->n; t++) {
        level += alpha * (sums->x[t - 1] - level);
        sum += (sums->x[t] - level) * (sums->x[t] - level);
    }
    return sum;
}

/* The mean of a step, by sums over so many; the first steps that make no
 * whole sum are left out.  scratch: n values. */
static double aggregate(const struct demand *d, size_t steps, double *scratch)
{
    struct sums sums = {scratch, d->n / steps};
    double least;
    for (size_t i = 0; i < sums.n; i++) {
        sums.x[i] = 0;
        for (size_t k = 0; k < steps; k++)
            sums.x[i] += d->y[d->n % steps + i * steps + k];
    }
    double alpha =
        fc_minimize(squared_errors, &sums, 0.1, 0.3, 9, 1e-8, &least);
    return smooth(sums.x, sums.n, alpha) / (double)steps;
}

/* The mean interval, to the next whole number: at least 1. */
static size_t mean_interval(const struct demand *d)
{
    double sum = 0;
    for (size_t i = 0; i < d->sales; i++)
        sum += d->interval[i];
    return (size_t)nearbyint(sum / (double)d->sales);
}

static double adida_mean(const struct demand *d, struct fc_workspace *ws)
{
    double *scratch = fc_workspace_doubles(ws, d->n);
    return scratch != NULL ? aggregate(d, mean_interval(d), scratch) : NAN;
}

static double imapa_mean(const struct demand *d, struct fc_workspace *ws)
{
    double *scratch = fc_workspace_doubles(ws, d->n), sum = 0;
    size_t most = mean_interval(d);
    for (size_t steps = 1; scratch != NULL && steps <= most; steps++)
        sum += aggregate(d, steps, scratch);
    return scratch != NULL ? sum / (double)most : NAN;
}

static const struct method {
    const char *name;
    double (*mean)(const struct demand *d, struct fc_workspace *ws);
} methods[] = {
    {"croston", croston_mean}, {"sba", sba_mean},     {"sbj", sbj_mean},
    {"tsb", tsb_mean},         {"adida", adida_mean}, {"imapa", imapa_mean},
};

static const struct method *method_of(const struct fc_model *model)
{
    size_t i = 0;
    while (strcmp(model->name, methods[i].name) != 0)
        i++;
    return &methods[i];
}

/* FC_EDOMAIN when a value is negative, FC_ENOMEM. */
static enum fc_status take_demand(const struct fc_series *series,
                                  struct fc_workspace *ws, struct demand *d,
                                  const char *name, struct fc_error *err)
{
    double since = 0;
    *d = (struct demand){.y = fc_workspace_doubles(ws, series->n),
                         .size = fc_workspace_doubles(ws, series->n),
                         .interval = fc_workspace_doubles(ws, series->n)};
    if (d->y == NULL || d->size == NULL || d->interval == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t t = 0; t < series->n; t++) {
        double y = series->y[t];
        if (isnan(y))
            continue;
        if (y < 0)
            return fc_fail(err, FC_EDOMAIN,
                           "%s needs values that are not negative", name);
        d->y[d->n++] = y;
        since += 1;
        if (y > 0) {
            d->size[d->sales] = y;
            d->interval[d->sales++] = since;
            since = 0;
        }
    }
    return FC_OK;
}

/* The sizes by their own size, as they are to be expected of the mean. */
static void spread_sizes(const struct demand *d, struct fc_fit *fit)
{
    double sum = 0, mean = fit->coef[MEAN];
    bool whole = fit->exponent == 0;
    for (size_t i = 0; i < d->sales; i++) {
        sum += d->size[i] / (double)d->sales;
        whole = whole && d->size[i] == floor(d->size[i]);
    }
    double grow = fmax(1, mean / sum);
    fit->coef[SOLD] = fmin(1, mean / sum);
    fit->nstate = d->sales;
    fit->state = d->size;
    for (size_t i = 0; i < d->sales; i++) {
        fit->state[i] *= grow;
        if (whole)
            fit->state[i] = nearbyint(fit->state[i]);
    }
    gsl_sort(fit->state, 1, fit->nstate);
}

static enum fc_status fit_classic(const struct fc_series *series,
                                  const struct fc_request *request,
                                  struct fc_workspace *ws, struct fc_fit *fit,
                                  struct fc_error *err)
{
    struct demand d;
    const struct method *method = method_of(request->spec->model);
    enum fc_status status = take_demand(series, ws, &d, method->name, err);
    if (status != FC_OK)
        return status;
    fit->ncoef = COEFS;
    fit->coef = fc_workspace_doubles(ws, COEFS);
    if (fit->coef == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    fit->coef[MEAN] = 0;
    fit->coef[SOLD] = 0;
    snprintf(fit->spec, sizeof fit->spec, "%s", method->name);
    if (d.sales == 0)
        return FC_OK;
    fit->coef[MEAN] = method->mean(&d, ws);
    if (isnan(fit->coef[MEAN]))
        return fc_fail(err, FC_ENOMEM, "out of memory");
    spread_sizes(&d, fit);
    return FC_OK;
}

/* The smallest value that is not exceeded with probability p. */
static double quantile(const struct fc_fit *fit, double p)
{
    double sold = fit->coef[SOLD], rounding = 1e-12;
    if (fit->nstate == 0 || p <= 1 - sold + rounding)
        return 0;
    double n = (double)fit->nstate;
    double at = ceil((p - (1 - sold)) / sold * n * (1 - rounding));
    return fit->state[(size_t)fmin(fmax(at, 1), n) - 1];
}

static enum fc_status predict_classic(const struct fc_fit *fit,
                                      struct fc_workspace *ws,
                                      struct fc_forecast *out,
                                      struct fc_error *err)
{
    (void)ws;
    (void)err;
    for (int h = 0; h < out->horizon; h++)
        out->mean[h] = fit->coef[MEAN];
    for (int i = 0; i < out->nlevels; i++) {
        double outside = 0.5 - out->levels[i] / 200;
        double lo = quantile(fit, outside), hi = quantile(fit, 1 - outside);
        for (int h = 0; h < out->horizon; h++) {
            out->lo[i * out->horizon + h] = lo;
            out->hi[i * out->horizon + h] = hi;
        }
    }
    return FC_OK;
}

static enum fc_status simulate_classic(const struct fc_fit *fit, int horizon,
                                       gsl_rng *rng, struct fc_workspace *ws,
                                       double *path, struct fc_error *err)
{
    (void)ws;
    (void)err;
    for (int h = 0; h < horizon; h++) {
        bool sold = gsl_rng_uniform(rng) < fit->coef[SOLD];
        path[h] = sold ? fit->state[gsl_rng_uniform_int(rng, fit->nstate)] : 0;
    }
    return FC_OK;
}

#define CLASSIC(id, what, source)           \
    const struct fc_model fc_model_##id = { \
        .name = #id,                        \
        .summary = what,                    \
        .reference = source,                \
        .missing = true,                    \
        .min_obs = fc_model_any_length,     \
        .fit = fit_classic,                 \
        .predict = predict_classic,         \
        .simulate = simulate_classic,       \
    }

CLASSIC(croston, "Croston's method: size over interval of sales",
        "Croston (1972); R forecast 8.20, croston()");
CLASSIC(sba, "Croston's method, corrected by Syntetos & Boylan",
        "Syntetos & Boylan (2005)");
CLASSIC(sbj, "Croston's method, corrected by Shale, Boylan & Johnston",
        "Shale, Boylan & Johnston (2006)");
CLASSIC(tsb, "size times probability of a sale",
        "Teunter, Syntetos & Babai "
        "(2011)");
CLASSIC(adida, "sums over the mean interval, smoothed",
        "Nikolopoulos et al. (2011)");
CLASSIC(imapa, "sums over several intervals, smoothed",
        "Petropoulos & Kourentzes (2015)");
