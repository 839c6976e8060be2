/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The row `arima` of the table of models: reading the variants, fitting, and
 * handing what forecasts need over to struct fc_fit.
 */
#include "forecast/arima/gaps.h"
#include "forecast/arima/predict.h"
#include "forecast/arima/slopes.h"
#include "forecast/numeric/missing.h"
#include "forecast/numeric/season_test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer seasons of which there are not two cycles for harmonics may be
   differenced, but no seasonal polynomials are sought. */
enum { LONGEST_SEASON = 366 };

/*
 * Multiplications that gaps cost per evaluation.  Beyond the first bound they
 * are filled by straight lines for a search, beyond the second for the first
 * estimates of given orders, and only what they end in is estimated with the
 * gaps; beyond the third they stay filled.
 */
static const double costly_search = 2.5e5, costly_fit = 5e6;
static const double costly_filter = 2.5e8;

static const char usage[] =
    "expected p,d,q[/P,D,Q][+c][+joint] or joint, e.g. 2,1,1/0,1,1+c";

/* Behind the orders and the constant: see fc_arima_predict(). */
enum {
    VARIANT_SEARCH = FC_ARIMA_CONSTANT + 1, /* no orders are given */
    VARIANT_JOINT /* slopes of regressors along with all else */
};

static bool has_orders(const struct fc_spec *spec)
{
    return spec->has_variant && !spec->variant[VARIANT_SEARCH];
}

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
    if (strcmp(text, "joint") == 0) {
        v[VARIANT_SEARCH] = v[VARIANT_JOINT] = 1;
        return FC_OK;
    }
    const char *rest = parse_triple(text, limit, v);
    if (rest != NULL && *rest == '/')
        rest = parse_triple(rest + 1, seasonal_limit, v + FC_ARIMA_SEASONAL_P);
    if (rest != NULL && strncmp(rest, "+c", 2) == 0) {
        v[FC_ARIMA_CONSTANT] = 1;
        rest += 2;
    }
    if (rest != NULL && strcmp(rest, "+joint") == 0) {
        v[VARIANT_JOINT] = 1;
        rest += strlen(rest);
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

/* What is wanted of one series' fit. */
struct wanted {
    const struct fc_spec *spec;
    int m;
    const struct fc_fit *similar;
    struct fc_arima_limits limits; /* of a search */
    const struct fc_known_fit *known; /* or NULL */
};

/* What was asked for; without a season its part is left out. */
static struct fc_arima_order asked_order(const struct fc_spec *spec, int m)
{
    const int *v = spec->variant;
    struct fc_arima_order order = {
        .p = v[FC_ARIMA_P],
        .d = v[FC_ARIMA_D],
        .q = v[FC_ARIMA_Q],
        .m = m,
        .constant = v[FC_ARIMA_CONSTANT] != 0,
    };
    if (m > 1) {
        order.P = v[FC_ARIMA_SEASONAL_P];
        order.D = v[FC_ARIMA_SEASONAL_D];
        order.Q = v[FC_ARIMA_SEASONAL_Q];
    }
    return order;
}

static bool has_seasonal_orders(const struct fc_spec *spec)
{
    const int *v = spec->variant;
    return has_orders(spec)
           && v[FC_ARIMA_SEASONAL_P] + v[FC_ARIMA_SEASONAL_D]
                      + v[FC_ARIMA_SEASONAL_Q]
                  > 0;
}

/* The fewest observations that leave something to estimate from. */
static size_t least_obs(const struct fc_arima_order *order)
{
    return fc_arima_lost(order) + (size_t)fc_arima_parameters(order)
           + (order->constant ? 1 : 0) + 1;
}

static size_t min_obs(const struct fc_spec *spec,
                      const struct fc_seasons *seasons)
{
    if (!has_orders(spec))
        return 1;
    struct fc_arima_order order = asked_order(spec, fc_season_length(seasons));
    return least_obs(&order);
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

/* Behind the state: see fc_arima_harmonics_of(). */
static void hand_over_harmonics(const struct fc_arima_harmonics *harmonics,
                                struct fc_fit *fit)
{
    size_t n = 2 * (size_t)harmonics->n, used = strlen(fit->spec);
    double *tail = fit->state + fit->nstate - n - 1;
    tail[0] = harmonics->period;
    memcpy(tail + 1, harmonics->coef, n * sizeof *tail);
    fit->order[FC_ARIMA_HARMONICS] = harmonics->n;
    snprintf(fit->spec + used, sizeof fit->spec - used,
             " and %d harmonic%s "
             "of %.6g",
             harmonics->n, harmonics->n == 1 ? "" : "s", harmonics->period);
    if (fc_season_is_long(fit->season_length)
        || fit->season_length == lround(harmonics->period))
        fit->seasons.length[0] = harmonics->period;
    else if (fit->seasons.n < FC_MOST_SEASONS)
        fit->seasons.length[fit->seasons.n++] = harmonics->period;
}

static enum fc_status hand_over(const struct fc_arima_estimate *estimate,
                                const struct fc_arima_end *end,
                                const struct fc_arima_harmonics *harmonics,
                                struct fc_workspace *ws, struct fc_fit *fit)
{
    const struct fc_arima_order *order = &estimate->order;
    size_t dim = fc_arima_state_size(order);
    size_t tail = harmonics->n > 0 ? 2 * (size_t)harmonics->n + 1 : 0;
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
    if (harmonics->n > 0)
        hand_over_harmonics(harmonics, fit);
    return FC_OK;
}

/* What gaps cost with the orders that are asked for, or middling ones. */
static double gap_cost(const struct fc_series *series, size_t ngaps,
                       const struct wanted *wanted)
{
    struct fc_arima_order order = asked_order(wanted->spec, wanted->m);
    if (!has_orders(wanted->spec)) {
        order.p = order.q = 2;
        order.d = 1;
        order.P = order.D = order.Q = order.m > 1;
    }
    return fc_arima_gap_cost(series->n, ngaps, &order);
}

/*
 * The orders of a fit to a similar series, from its estimates or from a few
 * others that are better.  FC_ENOFIT if this series cannot have them.
 */
static enum fc_status estimate_similar(const double *y, size_t n,
                                       const struct wanted *wanted,
                                       struct fc_workspace *ws,
                                       struct fc_arima_data *data,
                                       struct fc_arima_estimate *estimate)
{
    static const struct fc_arima_effort effort = {
        .tolerance = 1e-4,
        .max_iterations = 20,
        .max_starts = 1,
        .give_up = -HUGE_VAL,
    };
    double starts[FC_ARIMA_LANES * FC_ARIMA_MAX_PARAMETERS];
    const struct fc_fit *similar = wanted->similar;
    struct fc_arima_order order = fc_arima_order_of(similar);
    bool goes_on = similar->state == NULL, same = true; /* from another run */
    if (n <= least_obs(&order))
        return FC_ENOFIT;
    enum fc_status status = goes_on ? fc_arima_same_differences(
                                y, n, &order, &wanted->limits, ws, &same)
                                    : FC_OK;
    if (status != FC_OK || !same)
        return status != FC_OK ? status : FC_ENOFIT;
    fc_arima_blind_starts(&order, FC_ARIMA_LANES, starts);
    if (!fc_arima_free(&order, similar->coef, starts))
        return FC_ENOFIT;
    status = fc_arima_prepare(data, y, n, &order, ws);
    if (status != FC_OK)
        return status;
    if (fc_arima_is_degenerate(data, order.constant, ws))
        return FC_ENOFIT;
    status = fc_arima_estimate(data, &order, starts, FC_ARIMA_LANES, &effort,
                               ws, estimate);
    return status == FC_OK && goes_on ? fc_arima_overtake(
               data, similar->order[FC_ARIMA_RIVAL], ws, estimate)
                                      : status;
}

static enum fc_status estimate_model(const double *y, size_t n,
                                     const struct wanted *wanted,
                                     struct fc_workspace *ws,
                                     struct fc_arima_data *data,
                                     struct fc_arima_estimate *estimate)
{
    bool search = !has_orders(wanted->spec);
    if (search && wanted->similar != NULL) {
        enum fc_status status =
            estimate_similar(y, n, wanted, ws, data, estimate);
        if (status != FC_ENOFIT)
            return status;
    }
    if (search)
        return fc_arima_select(y, n, wanted->m, &wanted->limits, ws, data,
                               estimate);
    struct fc_arima_order order = asked_order(wanted->spec, wanted->m);
    enum fc_status status = fc_arima_prepare(data, y, n, &order, ws);
    if (status != FC_OK)
        return status;
    if (!fc_arima_is_degenerate(data, order.constant, ws))
        return fc_arima_fit(data, &order, ws, estimate);
    return fc_arima_settle(data, &order, ws, estimate);
}

/*
 * The orders, and the estimates to start from, are those of the filled series;
 * the estimates themselves are of the series with its gaps.
 */
static enum fc_status refine_with_gaps(const struct fc_series *series,
                                       struct fc_workspace *ws,
                                       struct fc_arima_data *data,
                                       struct fc_arima_estimate *estimate)
{
    static const struct fc_arima_effort effort = {
        .tolerance = 1e-6,
        .max_iterations = 20,
        .max_starts = 1,
        .give_up = -HUGE_VAL,
    };
    struct fc_arima_estimate filled = *estimate;
    enum fc_status status =
        fc_arima_prepare(data, series->y, series->n, &filled.order, ws);
    if (status != FC_OK)
        return status;
    if (fc_arima_is_degenerate(data, filled.order.constant, ws))
        return fc_arima_settle(data, &filled.order, ws, estimate);
    return fc_arima_estimate(data, &filled.order, filled.free, 1, &effort, ws,
                             estimate);
}

/* As estimate_model(), whatever gaps cost. */
static enum fc_status estimate_series(const struct fc_series *series,
                                      const struct wanted *wanted,
                                      struct fc_workspace *ws,
                                      struct fc_fit *fit,
                                      struct fc_arima_data *data,
                                      struct fc_arima_estimate *estimate)
{
    size_t ngaps = fc_count_missing(series->y, series->n);
    double cost = gap_cost(series, ngaps, wanted);
    double bound = has_orders(wanted->spec) ? costly_fit : costly_search;
    if (ngaps == 0 || cost < bound)
        return estimate_model(series->y, series->n, wanted, ws, data, estimate);
    double *filled = fc_workspace_doubles(ws, series->n);
    if (filled == NULL)
        return FC_ENOMEM;
    fc_fill_linear(series->y, series->n, filled);
    enum fc_status status =
        estimate_model(filled, series->n, wanted, ws, data, estimate);
    if (cost > costly_filter)
        fit->note = "too long for its gaps to be modelled: straight lines";
    else if (status == FC_OK || status == FC_EMAXITER)
        status = refine_with_gaps(series, ws, data, estimate);
    return status;
}

/* y with straight lines at the positions of the season that have fewer than D
 * values; NULL when memory is short. */
static double *fill_unseen(const double *y, size_t n, size_t m, size_t D,
                           struct fc_workspace *ws)
{
    double *filled = fc_workspace_doubles(ws, n);
    double *lines = fc_workspace_doubles(ws, n);
    if (filled == NULL || lines == NULL)
        return NULL;
    fc_fill_linear(y, n, lines);
    for (size_t i = 0; i < m && i < n; i++) {
        size_t seen = 0;
        for (size_t t = i; t < n; t += m)
            seen += !isnan(y[t]);
        for (size_t t = i; t < n; t += m)
            filled[t] = seen < D ? lines[t] : y[t];
    }
    return filled;
}

/*
 * D seasonal differences are undone from D values at every position of the
 * season.  Of one with fewer the model would know nothing at all; its values
 * are put on straight lines, as all missing values are for other models.  A
 * search does so only where that makes a season evident, and else leaves such
 * differences alone.  *series and *wanted become what can be estimated.
 */
static enum fc_status heed_unseen(struct fc_series *series,
                                  struct wanted *wanted,
                                  struct fc_workspace *ws, struct fc_fit *fit)
{
    const struct fc_spec *spec = wanted->spec;
    size_t n = series->n, m = (size_t)wanted->m;
    int D = has_orders(spec) ? spec->variant[FC_ARIMA_SEASONAL_D]
                              : wanted->limits.max_D;
    size_t seen = fc_season_seen(series->y, n, m);
    if (m < 2 || seen >= (size_t)D)
        return FC_OK;
    double *filled = fill_unseen(series->y, n, m, (size_t)D, ws);
    if (filled == NULL)
        return FC_ENOMEM;
    if (has_orders(spec) || fc_season_is_evident(filled, n, m)) {
        series->y = filled;
        fit->note = "straight lines where the season was never seen";
        return FC_OK;
    }
    wanted->limits.max_D = (int)seen;
    if (wanted->similar != NULL
        && wanted->similar->order[FC_ARIMA_SEASONAL_D] > (int)seen)
        wanted->similar = NULL;
    return FC_OK;
}

/* The season whose harmonics the series is regressed on; 0: none.  A long
 * season that is the shortest has seasonal orders where they are named. */
static double harmonic_period(const struct fc_series *series,
                              const struct fc_spec *spec)
{
    const struct fc_seasons *seasons = series->seasons;
    if (seasons == NULL || seasons->n == 0)
        return 0;
    int i = 0;
    while (i < seasons->n && !fc_season_is_long(seasons->length[i]))
        i++;
    if (i == seasons->n || (i > 0 && !seasons->asked)
        || (i == 0 && has_seasonal_orders(spec)))
        return 0;
    return seasons->length[i];
}

/* What the harmonics leave of y. */
static void take_out(const double *y, size_t n,
                     const struct fc_arima_harmonics *harmonics, double *rest)
{
    memcpy(rest, y, n * sizeof *rest);
    fc_arima_harmonics_add(harmonics, -1, 0, n, rest);
}

/* The criteria and the variance of n values, with so many slopes counted. */
static void count_slopes(double slopes, double n,
                         struct fc_arima_estimate *estimate)
{
    double before =
        fc_arima_parameters(&estimate->order) + estimate->order.constant + 1;
    double k = before + slopes, left = n - k + 1;
    estimate->aic = 2 * k - 2 * estimate->loglik;
    estimate->aicc =
        left > 2 ? estimate->aic + 2 * k * (k + 1) / (left - 2) : HUGE_VAL;
    if (left > 0 && n - before + 1 > 0)
        estimate->sigma2 *= (n - before + 1) / left;
}

/* Coefficients and parameters in turn until the likelihood is what it can be:
 * each is its maximum, given the other. */
static enum fc_status alternate(const double *y, size_t n, bool choose,
                                struct fc_workspace *ws,
                                struct fc_arima_harmonics *harmonics,
                                double *rest, struct fc_arima_data *data,
                                struct fc_arima_estimate *estimate)
{
    static const struct fc_arima_effort effort = {.tolerance = 1e-8,
                                                  .max_iterations = 100,
                                                  .max_starts = 1,
                                                  .give_up = -HUGE_VAL};
    static const double enough = 1e-6;
    enum { ROUNDS = 20 };
    enum fc_status status = FC_OK;
    double before = -HUGE_VAL;
    for (int i = 0; i < ROUNDS && estimate->loglik - before > enough; i++) {
        struct fc_arima_estimate last = *estimate;
        before = i > 0 ? estimate->loglik : -HUGE_VAL;
        status = fc_arima_harmonics_solve(y, n, &last, choose && i == 0, ws,
                                          harmonics);
        if (status == FC_OK) {
            take_out(y, n, harmonics, rest);
            status = fc_arima_prepare(data, rest, n, &last.order, ws);
        }
        if (status == FC_OK)
            status = fc_arima_estimate(data, &last.order, last.free, 1, &effort,
                                       ws, estimate);
        estimate->rival = last.rival;
        if (status != FC_OK && status != FC_EMAXITER)
            return status;
    }
    return status;
}

/*
 * A regression on harmonics with ARIMA errors.  The orders are those of what
 * the harmonics leave, first as many as there may be, then as many as have the
 * smallest AICc.  Gaps that are dear are filled by straight lines.
 */
static enum fc_status estimate_harmonic(const struct fc_series *series,
                                        const struct wanted *wanted,
                                        struct fc_workspace *ws,
                                        struct fc_fit *fit,
                                        struct fc_arima_harmonics *harmonics,
                                        struct fc_arima_data *data,
                                        struct fc_arima_estimate *estimate)
{
    size_t n = series->n, ngaps = fc_count_missing(series->y, n);
    bool again = wanted->similar != NULL;
    double *rest = fc_workspace_doubles(ws, n);
    double *filled = fc_workspace_doubles(ws, n);
    struct fc_series left = *series;
    if (rest == NULL || filled == NULL)
        return FC_ENOMEM;
    const double *y = series->y;
    if (ngaps > 0 && gap_cost(series, ngaps, wanted) >= costly_search) {
        fc_fill_linear(y, n, filled);
        y = filled;
        fit->note = "too long for its gaps to be modelled: straight lines";
    }
    if (again && wanted->similar->order[FC_ARIMA_HARMONICS] < harmonics->n)
        harmonics->n = wanted->similar->order[FC_ARIMA_HARMONICS];
    left.y = rest;
    enum fc_status status = fc_arima_harmonics_guess(y, n, ws, harmonics);
    for (int round = 0; round < 2; round++) {
        take_out(y, n, harmonics, rest);
        if (status == FC_OK)
            status = estimate_series(&left, wanted, ws, fit, data, estimate);
        if ((status != FC_OK && status != FC_EMAXITER)
            || isnan(estimate->loglik) || harmonics->n == 0)
            return status;
        status = alternate(y, n, round == 0 && !again, ws, harmonics, rest,
                           data, estimate);
        if ((status != FC_OK && status != FC_EMAXITER) || again
            || (has_orders(wanted->spec) && harmonics->n > 0))
            break;
        status = FC_OK;
    }
    if (status == FC_OK || status == FC_EMAXITER)
        count_slopes(2 * harmonics->n, (double)data->nused, estimate);
    return status;
}

static bool same_orders(const struct fc_arima_order *a,
                        const struct fc_arima_order *b)
{
    return a->d == b->d && a->D == b->D
           && fc_arima_order_code(a) == fc_arima_order_code(b);
}

/*
 * A regression on what is known with ARIMA errors.  Orders, and where to begin,
 * are those of what the file's slopes leave, and then of what the series' own
 * leave, as long as that is better.  Gaps that are dear are filled by straight
 * lines.
 */
static enum fc_status estimate_known(const struct fc_series *series,
                                     const struct wanted *wanted,
                                     struct fc_workspace *ws,
                                     struct fc_fit *fit,
                                     struct fc_arima_slopes *regression,
                                     struct fc_arima_data *data,
                                     struct fc_arima_estimate *estimate)
{
    enum { ROUNDS = 3 };
    static const double enough = 1e-4; /* of log-likelihood */
    size_t n = series->n, ngaps = fc_count_missing(series->y, n);
    struct fc_series left = *series;
    double *filled = fc_workspace_doubles(ws, n);
    enum fc_status status = FC_OK;
    if (filled == NULL)
        return FC_ENOMEM;
    memcpy(filled, series->y, n * sizeof *filled);
    if (ngaps > 0 && gap_cost(series, ngaps, wanted) >= costly_search) {
        fc_fill_linear(series->y, n, filled);
        fit->note = "too long for its gaps to be modelled: straight lines";
    }
    status =
        fc_arima_slopes_init(regression, wanted->known, filled, n, ws);
    left.y = regression->rest;
    for (int round = 0; status == FC_OK && round < ROUNDS; round++) {
        struct fc_arima_estimate last = *estimate;
        status = estimate_series(&left, wanted, ws, fit, data, estimate);
        if ((status != FC_OK && status != FC_EMAXITER)
            || isnan(estimate->loglik))
            return status;
        if (round > 0 && same_orders(&last.order, &estimate->order)
            && estimate->loglik < last.loglik + enough) {
            *estimate = last;
            break;
        }
        status = fc_arima_slopes_fit(regression, ws, data, estimate);
        if (wanted->similar != NULL)
            break;
    }
    if (status == FC_OK || status == FC_EMAXITER)
        count_slopes(regression->count, (double)data->nused, estimate);
    return status;
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
    if (m < 2 && has_seasonal_orders(spec))
        return fc_fail(err, FC_EDOMAIN,
                       "seasonal orders need a season of two observations "
                       "or more");
    struct fc_arima_harmonics harmonics = {.period =
                                               harmonic_period(series, spec)};
    if (harmonics.period > 0)
        harmonics.n = fc_arima_harmonics_most(harmonics.period, series->n);
    if (harmonics.n > 0 && fc_season_is_long(series->seasons->length[0]))
        m = 1;
    struct wanted wanted = {spec, m, request->similar, limits_of(spec, m),
                            spec->variant[VARIANT_JOINT] ? request->known
                                                         : NULL};
    struct fc_arima_slopes regression = {NULL};
    struct fc_series seen = *series;
    enum fc_status status = heed_unseen(&seen, &wanted, ws, fit);
    if (status == FC_OK && harmonics.n > 0)
        status = estimate_harmonic(&seen, &wanted, ws, fit, &harmonics, &data,
                                   &estimate);
    else if (status == FC_OK && wanted.known != NULL)
        status = estimate_known(&seen, &wanted, ws, fit, &regression, &data,
                                &estimate);
    else if (status == FC_OK)
        status = estimate_series(&seen, &wanted, ws, fit, &data, &estimate);
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
    if (status == FC_OK && regression.slopes != NULL) {
        fit->nslopes = fc_known_slopes_size(regression.ncolumns);
        fit->slopes = regression.slopes;
    }
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
    bool seasonal = order.P != 0 || order.D != 0 || order.Q != 0;
    return is_within(order.p, FC_ARIMA_MAX_ORDER)
           && is_within(order.q, FC_ARIMA_MAX_ORDER)
           && is_within(order.P, FC_ARIMA_MAX_SEASONAL_ORDER)
           && is_within(order.Q, FC_ARIMA_MAX_SEASONAL_ORDER)
           && is_within(kept->order[FC_ARIMA_HARMONICS],
                        FC_ARIMA_MOST_HARMONICS)
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
    .variants = "p,d,q[/P,D,Q][+c], e.g. arima:2,1,1/0,1,1; joint",
    .missing = true,
    .settings = settings,
    .parse = parse,
    .seasons = FC_SEASON_ASKED,
    .harmonics = true,
    .slopes = true,
    .min_obs = min_obs,
    .fit = fit_arima,
    .can_start = can_start,
    .predict = fc_arima_predict,
    .simulate = fc_arima_simulate,
};
