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
 * Estimation: least squares, with the first states from backcasting (the
 * series is smoothed forwards, backwards, and forwards again), which smooth
 * and statsforecast have as an option or the rule.
 *
 * Two things are different here, both because they made the forecasts of
 * held-back ends of the M3 competition's training data better in every group:
 *
 * - Near a1 = 1 the model grows by about (a1 - 1) / a0 each step, and short
 *   series say little about it.  Growth over the series, (a1 - 1) times its
 *   length in steps (in seasons for the seasonal pair), is given a normal
 *   prior with mean 0 and variance 1/3.
 * - AICc counts the m - 1 free seasonal states, which backcasting estimates
 *   as surely as a search would.  Without them it takes noise for seasons.
 */
#include "forecast/decompose.h"
#include "forecast/minimize.h"
#include "forecast/model.h"

#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum kind { NONE, SIMPLE, PARTIAL, FULL, NKINDS };

static const char *const kind_names[NKINDS] = {"none", "simple", "partial",
                                               "full"};

enum { KIND, LAG };             /* fc_fit.order */
enum { A0, A1, B0, B1, NCOEF }; /* fc_fit.coef */
enum {
    LEVEL,
    POTENTIAL,
    SEASONS
}; /* fc_fit.state: l, c, then s and p of
      LAG seasons from the next step on */

static const int nparams[NKINDS] = {2, 2, 3, 4};

/* Where smooth starts its search */
static const double START[NKINDS][NCOEF] = {
    {1.3, 1, 0, 0}, {1.3, 1, 0, 0}, {1.3, 1, 0.1, 0}, {1.3, 1, 1.3, 1}};

static const double STEP[NCOEF] = {0.1, 0.1, 0.1, 0.1};

static const double GROWTH_PRECISION = 3;

/* The search ends when the logarithms of the error variance differ by less */
static const double TOLERANCE = 1e-6;

enum { MAX_EVALUATIONS = 400 };

/* Series shorter than this keep the start of the search. */
enum { SHORT = 5 };

/* The states; s and p have a place for each season, i = t mod m. */
struct states {
    double l, c;
    double *s, *p;
};

struct ces {
    enum kind kind;
    size_t m; /* 1 when not seasonal */
    const double *y;
    size_t n;
    struct states first; /* the guess that backcasting starts from */
    struct states now;
    double sse; /* of the last evaluation */
};

/* One step of a complex pair with error e. */
static inline void turn(double *x, double *z, double a0, double a1, double e)
{
    double x0 = *x, z0 = *z;
    *x = x0 - (1 - a1) * z0 + (a0 - a1) * e;
    *z = x0 + (1 - a0) * z0 + (a0 + a1) * e;
}

/* The one-step forecast for season i. */
static inline double forecast_of(enum kind kind, const struct states *x,
                                 size_t i)
{
    double level = kind == SIMPLE ? 0 : x->l;
    return kind == NONE ? level : level + x->s[i];
}

/* Takes in the error e of an observation of season i. */
static inline void advance(enum kind kind, struct states *x, size_t i,
                           const double *b, double e)
{
    if (kind == SIMPLE)
        turn(&x->s[i], &x->p[i], b[A0], b[A1], e);
    else
        turn(&x->l, &x->c, b[A0], b[A1], e);
    if (kind == PARTIAL)
        x->s[i] += b[B0] * e;
    if (kind == FULL)
        turn(&x->s[i], &x->p[i], b[B0], b[B1], e);
}

/*
 * Smooths the series from ces->now on, in either direction of time.  Returns
 * the sum of squared errors, and the errors in resid unless it is NULL.
 */
static inline double pass_kind(enum kind kind, struct ces *ces, const double *b,
                               bool forwards, double *resid)
{
    struct states x = ces->now;
    size_t m = ces->m;
    size_t i = forwards ? 0 : (ces->n - 1) % m;
    double sse = 0;
    for (size_t k = 0; k < ces->n; k++) {
        size_t t = forwards ? k : ces->n - 1 - k;
        double e = ces->y[t] - forecast_of(kind, &x, i);
        advance(kind, &x, i, b, e);
        if (resid != NULL)
            resid[t] = e;
        sse += e * e;
        if (forwards)
            i = i + 1 < m ? i + 1 : 0;
        else
            i = i > 0 ? i - 1 : m - 1;
    }
    ces->now = x;
    return sse;
}

/* One copy of the loop for every kind. */
static double pass(struct ces *ces, const double *b, bool forwards,
                   double *resid)
{
    switch (ces->kind) {
    case NONE:
        return pass_kind(NONE, ces, b, forwards, resid);
    case SIMPLE:
        return pass_kind(SIMPLE, ces, b, forwards, resid);
    case PARTIAL:
        return pass_kind(PARTIAL, ces, b, forwards, resid);
    default:
        return pass_kind(FULL, ces, b, forwards, resid);
    }
}

static double smooth(struct ces *ces, const double *b, double *resid)
{
    ces->now.l = ces->first.l;
    ces->now.c = ces->first.c;
    if (ces->kind != NONE) {
        memcpy(ces->now.s, ces->first.s, ces->m * sizeof(double));
        memcpy(ces->now.p, ces->first.p, ces->m * sizeof(double));
    }
    pass(ces, b, true, NULL);
    pass(ces, b, false, NULL);
    return pass(ces, b, true, resid);
}

/*
 * Whether the errors' effect on a pair's later forecasts dies out: both
 * eigenvalues of the transition matrix less persistence times measurement
 * are inside the unit circle (section 3 of the paper).
 */
static bool is_stable(double a0, double a1)
{
    double trace = 2 - 2 * a0 + a1;
    double det = (1 - a0 + a1) * (1 - a0) - (a1 - 1) * (1 - a0 - a1);
    return fabs(det) < 1 && fabs(trace) < 1 + det;
}

static bool is_admissible(enum kind kind, const double *b)
{
    return is_stable(b[A0], b[A1])
           && (kind != PARTIAL || (b[B0] >= 0 && b[B0] <= 1))
           && (kind != FULL || is_stable(b[B0], b[B1]));
}

/* The logarithm of the error variance, plus what the prior costs. */
static double objective(const double *b, void *arg)
{
    struct ces *ces = arg;
    if (!is_admissible(ces->kind, b))
        return INFINITY;
    double n = (double)ces->n, seasons = n / (double)ces->m;
    double growth = (b[A1] - 1) * (ces->kind == SIMPLE ? seasons : n);
    double prior = growth * growth;
    if (ces->kind == FULL) {
        growth = (b[B1] - 1) * seasons;
        prior += growth * growth;
    }
    ces->sse = smooth(ces, b, NULL);
    return log(ces->sse) + GROWTH_PRECISION * prior / n;
}

/*
 * The guess of the first states, as in smooth: the mean of the first values,
 * the classical decomposition, and potentials a little smaller.
 */
static void guess_first(struct ces *ces)
{
    const double shrink = 1 / 1.1;
    size_t n = ces->n, m = ces->m;
    size_t k = ces->kind == NONE ? 10 : m;
    double mean = 0;
    if (k > n)
        k = n;
    for (size_t t = 0; t < k; t++)
        mean += ces->y[t] / (double)k;
    ces->first.l = mean;
    ces->first.c = mean * shrink;
    if (ces->kind == NONE)
        return;
    if (ces->kind == SIMPLE)
        memcpy(ces->first.s, ces->y, m * sizeof(double));
    else
        fc_decompose(ces->y, n, m, FC_DECOMPOSE_ADDITIVE, ces->first.s, NULL);
    for (size_t i = 0; i < m; i++)
        ces->first.p[i] = ces->first.s[i] * shrink;
}

/* All that is estimated: coefficients, seasonal states, the variance. */
static size_t count_params(enum kind kind, size_t m)
{
    return (size_t)nparams[kind] + (kind == NONE ? 0 : m - 1) + 1;
}

static double loglik_of(double sse, double n)
{
    return -n / 2 * (log(2 * M_PI * sse / n) + 1);
}

/* INFINITY when there are too few observations. */
static double aicc_of(double loglik, size_t nparam, size_t n)
{
    double k = (double)nparam;
    if (n <= nparam + 1)
        return INFINITY;
    return -2 * loglik + 2 * k + 2 * k * (k + 1) / ((double)n - k - 1);
}

/* Estimates one kind; b receives its coefficients.  Returns its AICc. */
static double estimate(struct ces *ces, double *b)
{
    memcpy(b, START[ces->kind], sizeof START[0]);
    guess_first(ces);
    size_t nparam = count_params(ces->kind, ces->m);
    if (ces->n < SHORT || ces->n <= nparam + 1
        || fc_all_equal(ces->y, ces->n))
        return INFINITY;
    fc_minimize_simplex(objective, ces, (size_t)nparams[ces->kind], b, STEP,
                        TOLERANCE, MAX_EVALUATIONS);
    objective(b, ces);
    return aicc_of(loglik_of(ces->sse, (double)ces->n), nparam, ces->n);
}

/* Sets ces up for a kind, with season m of the spec. */
static void set_kind(struct ces *ces, enum kind kind, size_t m)
{
    ces->kind = kind;
    ces->m = kind == NONE ? 1 : m;
}

/*
 * The kind of the least AICc, or the one that was asked for; b receives its
 * coefficients.  Seasonal kinds need two seasons.  When none can be
 * estimated, it is no season with coefficients as they start.
 */
static enum kind choose(struct ces *ces, size_t m, int asked, double *b)
{
    enum kind best = NONE;
    double least = INFINITY;
    memcpy(b, START[NONE], sizeof START[0]);
    for (int kind = NONE; kind < NKINDS; kind++) {
        double candidate[NCOEF];
        if ((asked >= 0 && kind != asked)
            || (kind != NONE && (m < 2 || ces->n / 2 < m)))
            continue;
        set_kind(ces, (enum kind)kind, m);
        double aicc = estimate(ces, candidate);
        if (aicc < least) {
            least = aicc;
            best = (enum kind)kind;
            memcpy(b, candidate, sizeof candidate);
        }
    }
    return best;
}

static enum fc_status parse_ces(const char *text, struct fc_spec *spec,
                                struct fc_error *err)
{
    for (int kind = NONE; kind < NKINDS; kind++)
        if (strcmp(text, kind_names[kind]) == 0
            || (text[0] == kind_names[kind][0] && text[1] == '\0')) {
            spec->variant[0] = kind;
            return FC_OK;
        }
    return fc_fail(err, FC_EINVAL,
                   "ces: '%s' is not none, simple, partial or full", text);
}

static size_t at_least_one(const struct fc_spec *spec)
{
    (void)spec;
    return 1;
}

/* Puts the last states where the fit keeps them. */
static void keep_states(const struct ces *ces, struct fc_fit *fit)
{
    size_t m = ces->m;
    fit->nstate = SEASONS + 2 * m;
    fit->state[LEVEL] = ces->now.l;
    fit->state[POTENTIAL] = ces->now.c;
    for (size_t h = 0; h < m; h++) {
        bool seasonal = ces->kind != NONE;
        size_t i = (ces->n + h) % m;
        fit->state[SEASONS + h] = seasonal ? ces->now.s[i] : 0;
        fit->state[SEASONS + m + h] = seasonal ? ces->now.p[i] : 0;
    }
}

static void fill_fit(struct ces *ces, struct fc_fit *fit)
{
    double n = (double)ces->n;
    size_t nparam = count_params(ces->kind, ces->m);
    guess_first(ces);
    double sse = smooth(ces, fit->coef, fit->resid);
    for (size_t t = 0; t < ces->n; t++)
        fit->fitted[t] = ces->y[t] - fit->resid[t];
    keep_states(ces, fit);
    fit->order[KIND] = ces->kind;
    fit->order[LAG] = (int)ces->m;
    fit->nparam = (int)nparam;
    fit->sigma2 = sse / (ces->n > nparam ? n - (double)nparam + 1 : n);
    if (sse > 0 && ces->n > nparam + 1) {
        fit->loglik = loglik_of(sse, n);
        fit->aic = -2 * fit->loglik + 2 * (double)nparam;
        fit->aicc = aicc_of(fit->loglik, nparam, ces->n);
        fit->bic = -2 * fit->loglik + log(n) * (double)nparam;
    }
}

static bool take_states(struct fc_workspace *ws, size_t m, struct states *x)
{
    x->s = fc_workspace_doubles(ws, m);
    x->p = fc_workspace_doubles(ws, m);
    return x->s != NULL && x->p != NULL;
}

static enum fc_status fit_ces(const struct fc_series *series,
                              const struct fc_spec *spec,
                              struct fc_workspace *ws, struct fc_fit *fit,
                              struct fc_error *err)
{
    size_t n = series->n, m = (size_t)fit->season_length;
    struct ces ces = {.y = series->y, .n = n};
    int asked = spec->has_variant ? spec->variant[0] : -1;
    fit->ncoef = NCOEF;
    fit->coef = fc_workspace_doubles(ws, NCOEF);
    fit->state = fc_workspace_doubles(ws, SEASONS + 2 * m);
    fit->fitted = fc_workspace_doubles(ws, n);
    fit->resid = fc_workspace_doubles(ws, n);
    struct fc_mark mark = fc_workspace_mark(ws);
    if (!take_states(ws, m, &ces.first) || !take_states(ws, m, &ces.now)
        || fit->coef == NULL || fit->state == NULL || fit->fitted == NULL
        || fit->resid == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    if (asked > NONE && (m < 2 || n / 2 < m))
        return fc_fail(err, FC_ESHORT,
                       "ces:%s needs two seasons, %zu observations, has %zu",
                       kind_names[asked], 2 * m, n);
    set_kind(&ces, choose(&ces, m, asked, fit->coef), m);
    fill_fit(&ces, fit);
    fc_workspace_release(ws, mark);
    if (n < SHORT)
        fit->note = "fewer than five observations: alpha is not estimated";
    if (ces.kind == NONE)
        snprintf(fit->spec, sizeof fit->spec, "CES(none)");
    else
        snprintf(fit->spec, sizeof fit->spec, "CES(%s)[%zu]",
                 kind_names[ces.kind], ces.m);
    return FC_OK;
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
    enum kind kind = (enum kind)fit->order[KIND];
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
    enum kind kind = (enum kind)fit->order[KIND];
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
    enum kind kind = (enum kind)fit->order[KIND];
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

const struct fc_model fc_model_ces = {
    .name = "ces",
    .summary = "complex exponential smoothing, its season chosen by AICc",
    .reference = "Svetunkov, Kourentzes & Ord (2022), Naval Research "
                 "Logistics 69",
    .variants = "none, simple, partial or full",
    .parse = parse_ces,
    .min_obs = at_least_one,
    .fit = fit_ces,
    .predict = predict_ces,
    .simulate = simulate_ces,
};
