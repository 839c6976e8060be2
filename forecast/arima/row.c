/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The row `arima` of the table of models: reading the variants, fitting, and
 * handing what forecasts need over to struct fc_fit.
 */
#include "forecast/arima/predict.h"
#include "forecast/arima/regression.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer seasons of which there are not two cycles for harmonics may be
   differenced, but no seasonal polynomials are sought. */
enum { LONGEST_SEASON = 366 };

static const char usage[] =
    "expected p,d,q or p,d,q/P,D,Q, with +c for a constant, e.g. 2,1,1/0,1,1+c";

/* Three numbers with commas between; NULL when they are not there. */
static const char *parse_triple(const char *text, const int limit[3], int *out)
{
    for (int i = 0; i < 3; i++) {
        char *end;
        if (*text < '0' || *text > '9')
            return NULL;
        long value = strtol(text, &end, 10);
        if (value > limit[i])
            return NULL;
        out[i] = (int)value;
        text = end;
        if (i < 2 && *text++ != ',')
            return NULL;
    }
    return text;
}

static enum fc_status parse(const char *text, struct fc_spec *spec,
                            struct fc_error *err)
{
    static const int limit[3] = {FC_ARIMA_MAX_ORDER, FC_ARIMA_MAX_DIFFERENCES,
                                 FC_ARIMA_MAX_ORDER};
    static const int seasonal_limit[3] = {FC_ARIMA_MAX_SEASONAL_ORDER,
                                          FC_ARIMA_MAX_DIFFERENCES,
                                          FC_ARIMA_MAX_SEASONAL_ORDER};
    int *v = spec->variant;
    memset(v, 0, sizeof spec->variant);
    const char *rest = parse_triple(text, limit, v);
    if (rest != NULL && *rest == '/')
        rest = parse_triple(rest + 1, seasonal_limit, v + FC_ARIMA_SEASONAL_P);
    if (rest != NULL && strcmp(rest, "+c") == 0) {
        v[FC_ARIMA_CONSTANT] = 1;
        rest += 2;
    }
    if (rest == NULL || *rest != '\0')
        return fc_fail(err, FC_EINVAL,
                       "arima: '%s': %s; p, q at most %d, P, Q at most %d, "
                       "d, D at most %d",
                       text, usage, FC_ARIMA_MAX_ORDER,
                       FC_ARIMA_MAX_SEASONAL_ORDER, FC_ARIMA_MAX_DIFFERENCES);
    if (v[FC_ARIMA_CONSTANT] && v[FC_ARIMA_D] + v[FC_ARIMA_SEASONAL_D] > 1)
        return fc_fail(err, FC_EINVAL,
                       "arima: '%s': a constant needs d + D of at most 1",
                       text);
    return FC_OK;
}

/* The settings, as auto.arima() has them. */
static const struct fc_setting settings[] = {
    {"max-order", 1, 100}, {"max-p", 0, 100}, {"max-q", 0, 100},
    {"max-P", 0, 100},     {"max-Q", 0, 100}, {"max-d", 0, 2},
    {"max-D", 0, 2},       {NULL, 0, 0},
};

static size_t min_obs(const struct fc_spec *spec,
                      const struct fc_seasons *seasons)
{
    if (!spec->has_variant)
        return 1;
    struct fc_arima_order order =
        fc_arima_asked_order(spec, fc_season_length(seasons));
    return fc_arima_least_obs(&order);
}

static int limit(const struct fc_spec *spec, const char *name, int standard,
                 int most)
{
    int asked = fc_spec_get(spec, name, standard);
    return asked < most ? asked : most;
}

/* The limits asked for, or those of auto.arima(). */
static struct fc_arima_limits limits_of(const struct fc_spec *spec, int m)
{
    struct fc_arima_limits limits = {
        .max_p = limit(spec, "max-p", 5, FC_ARIMA_MAX_ORDER),
        .max_q = limit(spec, "max-q", 5, FC_ARIMA_MAX_ORDER),
        .max_P = limit(spec, "max-P", 2, FC_ARIMA_MAX_SEASONAL_ORDER),
        .max_Q = limit(spec, "max-Q", 2, FC_ARIMA_MAX_SEASONAL_ORDER),
        .max_d = limit(spec, "max-d", 2, FC_ARIMA_MAX_DIFFERENCES),
        .max_D = limit(spec, "max-D", 1, FC_ARIMA_MAX_DIFFERENCES),
        .max_order = fc_spec_get(spec, "max-order", 0),
    };
    if (m > LONGEST_SEASON)
        limits.max_P = limits.max_Q = 0;
    return limits;
}

/* Of each season its period and coefficients. */
static size_t harmonics_size(const struct fc_arima_harmonics *harmonics)
{
    size_t size = 2 * (size_t)fc_arima_harmonics_count(harmonics);
    for (int i = 0; i < harmonics->nseasons; i++)
        size += harmonics->n[i] > 0;
    return size;
}

/* "... and 9 harmonics of 365.25 + 2 of 52.18". */
static void name_harmonics(int n, double period, bool first, char *spec)
{
    size_t used = strlen(spec), left = FC_SPEC_SIZE - used;
    if (first)
        snprintf(spec + used, left, " and %d harmonic%s of %.6g", n,
                 n == 1 ? "" : "s", period);
    else
        snprintf(spec + used, left, " + %d of %.6g", n, period);
}

/* Behind the state: see fc_arima_harmonics_of(). */
static void hand_over_harmonics(const struct fc_arima_harmonics *harmonics,
                                struct fc_fit *fit)
{
    const double *coef = harmonics->coef;
    double *tail = fit->state + fit->nstate - harmonics_size(harmonics);
    bool first = true;
    for (int i = 0; i < harmonics->nseasons; i++) {
        int n = harmonics->n[i];
        double period = harmonics->period[i];
        if (n == 0)
            continue;
        *tail++ = period;
        memcpy(tail, coef, 2 * (size_t)n * sizeof *tail);
        tail += 2 * n;
        coef += 2 * n;
        name_harmonics(n, period, first, fit->spec);
        first = false;
        if (fit->season_length == lround(period))
            fit->seasons.length[0] = period;
        else if (fit->seasons.n < FC_MOST_SEASONS)
            fit->seasons.length[fit->seasons.n++] = period;
    }
    fit->order[FC_ARIMA_HARMONICS] = fc_arima_harmonics_code(harmonics);
}

static enum fc_status hand_over(const struct fc_arima_estimate *estimate,
                                const struct fc_arima_end *end,
                                const struct fc_arima_harmonics *harmonics,
                                struct fc_workspace *ws, struct fc_fit *fit)
{
    const struct fc_arima_order *order = &estimate->order;
    size_t dim = fc_arima_state_size(order);
    size_t tail = harmonics_size(harmonics);
    const int orders[FC_VARIANT_SIZE] = {
        order->p,        order->d,           order->q,
        order->P,        order->D,           order->Q,
        order->constant, (int)end->nfactors, estimate->rival,
    };
    memcpy(fit->order, orders, sizeof orders);
    fc_arima_name(order, fit->spec, sizeof fit->spec);
    fit->loglik = estimate->loglik;
    fit->aicc = isfinite(estimate->aicc) ? estimate->aicc : NAN;
    fit->sigma2 = estimate->sigma2;
    fit->ncoef = (size_t)fc_arima_parameters(order) + 1;
    fit->nstate = dim + dim * end->nfactors + tail;
    fit->coef = fc_workspace_doubles(ws, fit->ncoef);
    fit->state = fc_workspace_doubles(ws, fit->nstate);
    if (fit->coef == NULL || fit->state == NULL)
        return FC_ENOMEM;
    fc_arima_coefficients(order, estimate->free, fit->coef);
    fit->coef[fit->ncoef - 1] = estimate->mu;
    memcpy(fit->state, end->state, dim * sizeof *fit->state);
    if (end->nfactors > 0)
        memcpy(fit->state + dim, end->factor,
               dim * end->nfactors * sizeof *fit->state);
    if (tail > 0)
        hand_over_harmonics(harmonics, fit);
    return FC_OK;
}

static enum fc_status fit_arima(const struct fc_series *series,
                                const struct fc_request *request,
                                struct fc_workspace *ws, struct fc_fit *fit,
                                struct fc_error *err)
{
    struct fc_arima_estimate estimate;
    struct fc_arima_data data;
    struct fc_arima_likelihood lik;
    struct fc_arima_end end;
    const struct fc_spec *spec = request->spec;
    int m = fit->season_length;
    if (m < 2 && fc_arima_has_seasonal_orders(spec))
        return fc_fail(err, FC_EDOMAIN,
                       "seasonal orders need a season of two observations "
                       "or more");
    struct fc_arima_harmonics harmonics = fc_arima_harmonics_for(series, spec);
    bool regress = fc_arima_harmonics_count(&harmonics) > 0;
    if (regress && harmonics.period[0] == series->seasons->length[0])
        m = 1;
    struct fc_arima_wanted wanted = {spec, m, request->similar,
                                     limits_of(spec, m)};
    struct fc_series seen = *series;
    enum fc_status status = fc_arima_heed_unseen(&seen, &wanted, ws, fit);
    if (status == FC_OK && regress)
        status = fc_arima_regress(&seen, &wanted, ws, fit, &harmonics, &data,
                                  &estimate);
    else if (status == FC_OK)
        status =
            fc_arima_estimate_series(&seen, &wanted, ws, fit, &data, &estimate);
    if (status == FC_EMAXITER) {
        if (fit->note == NULL)
            fit->note = "the likelihood was not quite maximised";
        status = FC_OK;
    }
    if (status == FC_ENOFIT)
        return fc_fail(err, FC_ENOFIT, "no likelihood of this model");
    if (status == FC_OK)
        status = fc_arima_likelihood_init(&lik, &data, &estimate.order, ws);
    if (status == FC_OK)
        status = fc_arima_finish(&lik, estimate.free, ws, &end);
    if (status == FC_OK)
        status = hand_over(&estimate, &end, &harmonics, ws, fit);
    if (status == FC_OK && wanted.similar != NULL) {
        struct fc_arima_order before = fc_arima_order_of(wanted.similar);
        fit->overtook = estimate.rival == fc_arima_order_code(&before);
    }
    if (status != FC_OK)
        return fc_fail(err, status, "%s", fc_status_text(status));
    return FC_OK;
}

static bool is_within(int x, int most)
{
    return x >= 0 && x <= most;
}

/* The rival may be any number: see fc_arima_overtake(). */
static bool can_start(const struct fc_fit *kept)
{
    struct fc_arima_order order = fc_arima_order_of(kept);
    struct fc_arima_harmonics harmonics;
    bool seasonal = order.P != 0 || order.D != 0 || order.Q != 0;
    return is_within(order.p, FC_ARIMA_MAX_ORDER)
           && is_within(order.q, FC_ARIMA_MAX_ORDER)
           && is_within(order.P, FC_ARIMA_MAX_SEASONAL_ORDER)
           && is_within(order.Q, FC_ARIMA_MAX_SEASONAL_ORDER)
           && fc_arima_harmonics_of_code(kept->order[FC_ARIMA_HARMONICS],
                                         &harmonics)
           && is_within(order.d, FC_ARIMA_MAX_DIFFERENCES)
           && is_within(order.D, FC_ARIMA_MAX_DIFFERENCES)
           && (order.m > 1 || !seasonal)
           && (!order.constant || order.d + order.D <= 1)
           && kept->ncoef == (size_t)fc_arima_parameters(&order) + 1;
}

const struct fc_model fc_model_arima = {
    .name = "arima",
    .summary = "seasonal ARIMA; orders by AICc unless they are given",
    .reference = "Hyndman & Khandakar (2008); R forecast 8.20, auto.arima()",
    .variants = "p,d,q[/P,D,Q][+c], e.g. arima:2,1,1/0,1,1",
    .missing = true,
    .settings = settings,
    .parse = parse,
    .seasons = FC_SEASON_ASKED,
    .harmonics = true,
    .min_obs = min_obs,
    .fit = fit_arima,
    .can_start = can_start,
    .predict = fc_arima_predict,
    .simulate = fc_arima_simulate,
};
