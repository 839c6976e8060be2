/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Complex exponential smoothing, CES: exponential smoothing with a complex
 * smoothing parameter, whose imaginary part follows the "information
 * potential" c beside the level l.  As a state-space model,
 *
 *   y_t = l_{t-1} + e_t
 *   l_t = l_{t-1} - (1 - a1) c_{t-1} + (a0 - a1) e_t
 *   c_t = l_{t-1} + (1 - a0) c_{t-1} + (a0 + a1) e_t
 *
 * it is stationary or grows according to a1, so that no trend need be chosen.
 * With seasons of length m it is one of four:
 *
 *   none     as above
 *   simple   as above, with t - m for t - 1
 *   partial  y_t = l_{t-1} + s_{t-m} + e_t;  s_t = s_{t-m} + b0 e_t
 *   full     the same, but (s, p) follow a complex parameter (b0, b1) too
 *
 * Svetunkov, Kourentzes & Ord (2022), Complex exponential smoothing, Naval
 * Research Logistics 69; the four and their choice by AICc are those of
 * auto.ces() in the author's R package smooth.
 *
 * fit.c says how they are estimated.
 */
#include "forecast/ces/model.h"
#include "forecast/model.h"
#include "forecast/numeric/season_test.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const kind_names[FC_CES_KINDS] = {"none", "simple",
                                                     "partial", "full"};

enum { KIND, LAG }; /* fc_fit.order */
enum {
    LEVEL,
    POTENTIAL,
    SEASONS
}; /* fc_fit.state: l, c, then s and p of
      LAG seasons from the next step on */

/* The states; s and p have a place for each season, i = t mod m. */
struct states {
    double l, c;
    double *s, *p;
};

/* One step of a complex pair with error e. */
static inline void turn(double *x, double *z, double a0, double a1, double e)
{
    double x0 = *x, z0 = *z;
    *x = x0 - (1 - a1) * z0 + (a0 - a1) * e;
    *z = x0 + (1 - a0) * z0 + (a0 + a1) * e;
}

/* The one-step forecast for season i. */
static inline double forecast_of(enum fc_ces_kind kind, const struct states *x,
                                 size_t i)
{
    double level = kind == FC_CES_SIMPLE ? 0 : x->l;
    return kind == FC_CES_NONE ? level : level + x->s[i];
}

/* Takes in the error e of an observation of season i. */
static inline void advance(enum fc_ces_kind kind, struct states *x, size_t i,
                           const double *b, double e)
{
    if (kind == FC_CES_SIMPLE)
        turn(&x->s[i], &x->p[i], b[FC_CES_A0], b[FC_CES_A1], e);
    else
        turn(&x->l, &x->c, b[FC_CES_A0], b[FC_CES_A1], e);
    if (kind == FC_CES_PARTIAL)
        x->s[i] += b[FC_CES_B0] * e;
    if (kind == FC_CES_FULL)
        turn(&x->s[i], &x->p[i], b[FC_CES_B0], b[FC_CES_B1], e);
}

static bool take_fit(struct fc_workspace *ws, size_t m, struct fc_ces *ces)
{
    ces->s = fc_workspace_doubles(ws, m);
    ces->p = fc_workspace_doubles(ws, m);
    return ces->s != NULL && ces->p != NULL;
}

/* Below this many seasons the simple kind, which has nothing in common to its
 * seasons, has next to nothing to learn from. */
enum { SEASONS_OF_SIMPLE = 4 };

/*
 * Whether a kind is a candidate.  Seasonal kinds need two seasons.  Where a
 * season is evident the others are passed over: AICc, which counts what it
 * costs to estimate a whole density, refuses it in a short series, and then
 * the simple kind is passed over too.  MASE of windows of the M3 competition's
 * training data, a season's length ahead, falls by it from 0.931 to 0.884 (24
 * to 36 months) and from 1.114 to 0.943 (8 to 12 quarters).
 */
static bool is_candidate(enum fc_ces_kind kind, size_t n, size_t m,
                         bool evident)
{
    if (kind == FC_CES_NONE)
        return !evident;
    if (m < 2 || n / 2 < m)
        return false;
    return !(evident && kind == FC_CES_SIMPLE && n / SEASONS_OF_SIMPLE < m);
}

/*
 * Fits all kinds, or the one that was asked for, into best: the one of the
 * least AICc; when none can be estimated, the first.  other is room for a
 * second fit.
 */
static enum fc_status choose(const struct fc_series *series, size_t m,
                             int asked, struct fc_workspace *ws,
                             struct fc_ces *best, struct fc_ces *other)
{
    bool any = false;
    bool evident = asked < 0 && fc_season_is_evident(series->y, series->n, m);
    for (int i = FC_CES_NONE; i < FC_CES_KINDS; i++) {
        enum fc_ces_kind kind = (enum fc_ces_kind)i;
        if ((asked >= 0 && i != asked)
            || !is_candidate(kind, series->n, m, evident))
            continue;
        other->kind = kind;
        other->m = kind == FC_CES_NONE ? 1 : m;
        if (fc_ces_fit(series->y, series->n, ws, other) != FC_OK)
            return FC_ENOMEM;
        if (!any || other->aicc < best->aicc) {
            struct fc_ces worse = *best;
            *best = *other;
            *other = worse;
            any = true;
        }
    }
    return FC_OK;
}

static enum fc_status parse_ces(const char *text, struct fc_spec *spec,
                                struct fc_error *err)
{
    for (int kind = FC_CES_NONE; kind < FC_CES_KINDS; kind++)
        if (strcmp(text, kind_names[kind]) == 0
            || (text[0] == kind_names[kind][0] && text[1] == '\0')) {
            spec->variant[0] = kind;
            return FC_OK;
        }
    return fc_fail(err, FC_EINVAL,
                   "ces: '%s' is not none, simple, partial or full", text);
}

/* Puts the fit where predict() looks for it. */
static void fill_fit(const struct fc_ces *ces, struct fc_fit *fit)
{
    size_t n = fit->nobs, m = ces->m;
    double k = (double)ces->nparam;
    memcpy(fit->coef, ces->coef, sizeof ces->coef);
    fit->nstate = SEASONS + 2 * m;
    fit->state[LEVEL] = ces->l;
    fit->state[POTENTIAL] = ces->c;
    for (size_t h = 0; h < m; h++) {
        fit->state[SEASONS + h] = ces->s[(n + h) % m];
        fit->state[SEASONS + m + h] = ces->p[(n + h) % m];
    }
    fit->order[KIND] = (int)ces->kind;
    fit->order[LAG] = (int)m;
    fit->sigma2 = ces->sse / (ces->estimated ? (double)n - k + 1 : (double)n);
    if (!isnan(ces->loglik)) {
        fit->loglik = ces->loglik;
        fit->aicc = ces->aicc;
    }
}

static enum fc_status fit_ces(const struct fc_series *series,
                              const struct fc_request *request,
                              struct fc_workspace *ws, struct fc_fit *fit,
                              struct fc_error *err)
{
    size_t n = series->n, m = (size_t)fit->season_length;
    const struct fc_spec *spec = request->spec;
    int asked = spec->has_variant ? spec->variant[0] : -1;
    struct fc_ces ces, other;
    if (asked < 0 && request->similar != NULL && !request->again && n / 2 >= m)
        asked = request->similar->order[KIND];
    if (asked > FC_CES_NONE && m < 2)
        return fc_fail(err, FC_ESHORT,
                       "ces:%s needs a season of two observations or more",
                       kind_names[asked]);
    if (asked > FC_CES_NONE && n / 2 < m)
        return fc_fail(err, FC_ESHORT,
                       "ces:%s needs two seasons, %zu observations, has %zu",
                       kind_names[asked], 2 * m, n);
    fit->ncoef = FC_CES_NCOEF;
    fit->coef = fc_workspace_doubles(ws, FC_CES_NCOEF);
    fit->state = fc_workspace_doubles(ws, SEASONS + 2 * m);
    if (fit->coef == NULL || fit->state == NULL || !take_fit(ws, m, &ces)
        || !take_fit(ws, m, &other)
        || choose(series, m, asked, ws, &ces, &other) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    fill_fit(&ces, fit);
    if (!ces.estimated && !(ces.sse == 0))
        fit->note = "too few observations: alpha is not estimated";
    if (ces.kind == FC_CES_NONE)
        snprintf(fit->spec, sizeof fit->spec, "CES(none)");
    else
        snprintf(fit->spec, sizeof fit->spec, "CES(%s)[%zu]",
                 kind_names[ces.kind], ces.m);
    return FC_OK;
}

static bool take_states(struct fc_workspace *ws, size_t m, struct states *x)
{
    x->s = fc_workspace_doubles(ws, m);
    x->p = fc_workspace_doubles(ws, m);
    return x->s != NULL && x->p != NULL;
}

/* A copy of the fit's last states, to be moved on.  False without memory. */
static bool copy_states(const struct fc_fit *fit, struct fc_workspace *ws,
                        struct states *x)
{
    size_t m = (size_t)fit->order[LAG];
    if (!take_states(ws, m, x))
        return false;
    x->l = fit->state[LEVEL];
    x->c = fit->state[POTENTIAL];
    memcpy(x->s, fit->state + SEASONS, m * sizeof(double));
    memcpy(x->p, fit->state + SEASONS + m, m * sizeof(double));
    return true;
}

/*
 * The model is linear in the errors: what the error of step 1 does to the
 * forecast of step 1 + h, the states say that start from zero and take in
 * that error alone.  The variance of step h is the sum of its squares.
 */
static void fill_errors(const struct fc_fit *fit, struct states *x, int horizon,
                        double *se)
{
    enum fc_ces_kind kind = (enum fc_ces_kind)fit->order[KIND];
    size_t m = (size_t)fit->order[LAG];
    double sum = 1;
    x->l = x->c = 0;
    memset(x->s, 0, m * sizeof(double));
    memset(x->p, 0, m * sizeof(double));
    advance(kind, x, 0, fit->coef, 1);
    for (int h = 0; h < horizon; h++) {
        size_t i = ((size_t)h + 1) % m;
        double response = forecast_of(kind, x, i);
        se[h] = sqrt(fit->sigma2 * sum);
        sum += response * response;
        advance(kind, x, i, fit->coef, 0);
    }
}

static enum fc_status predict_ces(const struct fc_fit *fit,
                                  struct fc_workspace *ws,
                                  struct fc_forecast *out, struct fc_error *err)
{
    enum fc_ces_kind kind = (enum fc_ces_kind)fit->order[KIND];
    struct states x;
    double *se = fc_workspace_doubles(ws, (size_t)out->horizon);
    if (se == NULL || !copy_states(fit, ws, &x))
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (int h = 0; h < out->horizon; h++) {
        size_t i = (size_t)(h % fit->order[LAG]);
        out->mean[h] = forecast_of(kind, &x, i);
        advance(kind, &x, i, fit->coef, 0);
    }
    fill_errors(fit, &x, out->horizon, se);
    fc_model_normal_bounds(out, se);
    return FC_OK;
}

static enum fc_status simulate_ces(const struct fc_fit *fit, int horizon,
                                   gsl_rng *rng, struct fc_workspace *ws,
                                   double *path, struct fc_error *err)
{
    enum fc_ces_kind kind = (enum fc_ces_kind)fit->order[KIND];
    struct fc_mark mark = fc_workspace_mark(ws);
    double sigma = sqrt(fit->sigma2);
    struct states x;
    if (!copy_states(fit, ws, &x))
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (int h = 0; h < horizon; h++) {
        size_t i = (size_t)(h % fit->order[LAG]);
        double e = gsl_ran_gaussian_ziggurat(rng, sigma);
        path[h] = forecast_of(kind, &x, i) + e;
        advance(kind, &x, i, fit->coef, e);
    }
    fc_workspace_release(ws, mark);
    return FC_OK;
}

static bool can_start(const struct fc_fit *kept)
{
    int kind = kept->order[KIND];
    return kind >= FC_CES_NONE && kind <= FC_CES_FULL
           && (kind == FC_CES_NONE || kept->season_length > 1);
}

const struct fc_model fc_model_ces = {
    .name = "ces",
    .summary = "complex exponential smoothing, its season chosen by AICc",
    .reference = "Svetunkov, Kourentzes & Ord (2022), Naval Research "
                 "Logistics 69",
    .variants = "none, simple, partial or full",
    .parse = parse_ces,
    .seasons = FC_SEASON_ASKED,
    .min_obs = fc_model_any_length,
    .fit = fit_ces,
    .can_start = can_start,
    .predict = predict_ces,
    .simulate = simulate_ces,
};
