/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The dynamic optimised theta model, DOTM:
 *
 *   y_t  = mu_t + e_t
 *   mu_t = l_{t-1} + w (q^{t-1} A_{t-1} + (1 - q^t) / alpha B_{t-1})
 *   l_t  = alpha y_t + q l_{t-1}
 *
 * with q = 1 - alpha, w = 1 - 1 / theta, and A_t, B_t the intercept and slope
 * of the least squares line through y_1 .. y_t.  Fiorucci, Pellegrini,
 * Louzada, Petropoulos & Koehler (2016), Models for optimising the theta
 * method and their relationship to state space models, International Journal
 * of Forecasting 32, section 3.  Bounds of the parameters, the errors that
 * count and the seasonal test are those of the authors' R package forecTheta,
 * dotm(): alpha in [0.1, 0.99], theta at least 1, classical multiplicative
 * decomposition if there is a season.
 *
 * Four things are different here.  Two of them because together they made
 * the forecasts of held-back ends of the M3 competition's training data
 * better in every group:
 *
 * - The package estimates l_0 too; here it is y_1 / theta, the value that
 *   forecasts y_2 by y_1, from which the package starts its search.
 * - A prior worth five observations draws w to 1/2, i.e. theta to 2, which is
 *   the theta method of Assimakopoulos & Nikolopoulos (2000).
 *
 * The package tests for a season by the autocorrelation at lag m, which cannot
 * be significant in two or three seasons; here a season that is evident
 * (forecast/numeric/season_test.h) is one too.  The MASE of windows of those
 * training data, a season's length ahead, falls from 0.997 to 0.890 (24 to 36
 * months), 1.178 to 0.942 (8 to 12 quarters), 0.872 to 0.805 (37 to 60 months)
 * and 0.866 to 0.809 (13 to 24 quarters).
 *
 * And the package searches for alpha and theta together, locally; but A and B
 * depend on neither, and for a given alpha the errors are linear in w, whose
 * best value has a closed form.  What is left is a search over alpha alone,
 * which finds the global minimum.
 *
 * The variance of the forecasts has no need of simulation: the model is
 * linear in the errors to come, so the covariance matrix of (l, mean, B)
 * gives it exactly.
 */
#include "forecast/model.h"
#include "forecast/numeric/decompose.h"
#include "forecast/numeric/minimize.h"
#include "forecast/numeric/season_test.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>

enum { SEASON, KIND };                /* fc_fit.order: 1 = no season */
enum { ALPHA, OMEGA, CENTRE, NCOEF }; /* fc_fit.coef */

/* fc_fit.state; the figure starts with the next step's season */
enum { LEVEL, MEAN, SLOPE, FIGURE };

static const double ALPHA_MIN = 0.1, ALPHA_MAX = 0.99;
static const double ALPHA_START = 0.5, OMEGA_START = 0.5;
static const double PRIOR_OBSERVATIONS = 5;

/* Series shorter than this keep the start of the package's search. */
enum { SHORT = 5, GRID = 16 };

/* What is known at time t: the level, and the line through y_1 .. y_t. */
struct lines {
    double level, mean, slope;
};

/* mu of time t = 1, 2, ... from what is known at t - 1. */
static double one_step(const struct lines *s, double alpha, double omega,
                       double t)
{
    double q = 1 - alpha, power = pow(q, t - 1);
    double intercept = s->mean - t / 2 * s->slope;
    return s->level
           + omega * (power * intercept + (1 - q * power) / alpha * s->slope);
}

/* Takes in y_t. */
static void update(struct lines *s, double alpha, double t, double y)
{
    double mean = s->mean;
    s->level += alpha * (y - s->level);
    s->mean += (y - mean) / t;
    if (t > 1)
        s->slope = ((t - 2) * s->slope + 6 * (y - mean) / t) / (t + 1);
}

/*
 * The profile of the errors over alpha.  x is y less its first value, so that
 * l_0 is zero; the shift changes nothing else, and keeps the sums free of
 * cancellation.
 */
struct profile {
    const double *x;
    size_t n;
    const double *intercept, *slope; /* A_t and B_t, t = 1 .. n */
    double omega;                    /* out: the best w */
};

/*
 * The least penalised sum of squares at this alpha: with u the errors of
 * w = 0 and g the direction of w, the errors are u - w g.  The prior is as
 * many more of them as PRIOR_OBSERVATIONS says, at w = 1/2 and of mean size.
 * When g is nothing, w makes no difference.
 */
static double profile_sse(double alpha, void *arg)
{
    struct profile *s = arg;
    double uu = 0, ug = 0, gg = 0;
    double q = 1 - alpha, level = 0;
    double power = q; /* q^(t-1) */
    for (size_t t = 2; t <= s->n; t++) {
        level += alpha * (s->x[t - 2] - level);
        double u = s->x[t - 1] - level;
        double g = power * s->intercept[t - 2]
                   + (1 - q * power) / alpha * s->slope[t - 2];
        uu += u * u;
        ug += u * g;
        gg += g * g;
        power *= q;
    }
    double prior = PRIOR_OBSERVATIONS / (double)s->n * gg;
    uu += prior * OMEGA_START * OMEGA_START;
    ug += prior * OMEGA_START;
    gg += prior;
    double omega = gg > 0 ? ug / gg : OMEGA_START;
    s->omega = fmin(1, fmax(0, omega));
    return uu - s->omega * (2 * ug - s->omega * gg);
}

/* The best alpha; s keeps its w. */
static double fit_profile(struct profile *s)
{
    double sse, alpha = ALPHA_START;
    s->omega = OMEGA_START;
    if (s->n < SHORT)
        return alpha;
    double at_start = profile_sse(alpha, s);
    alpha = fc_minimize(profile_sse, s, ALPHA_MIN, ALPHA_MAX, GRID, 1e-9, &sse);
    if (!(sse < at_start)) /* a series that every alpha fits */
        alpha = ALPHA_START;
    profile_sse(alpha, s);
    return alpha;
}

/* The line through the first t values, for every t: A_t and B_t. */
static void running_lines(const double *x, size_t n, double *intercept,
                          double *slope)
{
    struct lines s = {0};
    for (size_t t = 1; t <= n; t++) {
        update(&s, 0, (double)t, x[t - 1]);
        slope[t - 1] = s.slope;
        intercept[t - 1] = s.mean - ((double)t + 1) / 2 * s.slope;
    }
}

static enum fc_decomposition kind_of(const struct fc_fit *fit)
{
    return (enum fc_decomposition)fit->order[KIND];
}

/* Fills what the fit remembers of x: the last state, and how far off it was. */
static void run(const double *x, const double *figure, struct fc_fit *fit)
{
    size_t n = fit->nobs, m = (size_t)fit->order[SEASON];
    double alpha = fit->coef[ALPHA];
    struct lines s = {0};
    double sse = 0;
    for (size_t t = 1; t <= n; t++) {
        double mu =
            t == 1 ? x[0] : one_step(&s, alpha, fit->coef[OMEGA], (double)t);
        double e = x[t - 1] - mu;
        update(&s, alpha, (double)t, x[t - 1]);
        sse += e * e;
    }
    size_t lost = n < SHORT ? 1 : 3; /* y_1; alpha and theta */
    fit->sigma2 = n > lost ? sse / (double)(n - lost) : 0;
    fit->state[LEVEL] = s.level;
    fit->state[MEAN] = s.mean;
    fit->state[SLOPE] = s.slope;
    for (size_t i = 0; i < m; i++)
        fit->state[FIGURE + i] = figure[(n + i) % m];
}

static bool is_seasonal(const double *y, size_t n, size_t m)
{
    if (m < 2 || n / 2 < m)
        return false;
    return fc_seasonality(y, n, m) > FC_SEASONALITY_CRITICAL
           || fc_season_is_evident(y, n, m);
}

/*
 * The seasonal figure of y, and what kind it is; false when there is none.
 * Data that are not positive, and figures below 0.01, are additive, as in
 * statsforecast 2.1.1.
 */
static bool find_season(const double *y, size_t n, size_t m, double *figure,
                        enum fc_decomposition *kind)
{
    *kind = FC_DECOMPOSE_MULTIPLICATIVE;
    for (size_t t = 0; t < n; t++)
        if (!(y[t] > 0))
            *kind = FC_DECOMPOSE_ADDITIVE;
    return is_seasonal(y, n, m)
           && fc_seasonal_figure(y, n, m, 0.01, kind, figure) == FC_OK;
}

/* Fits x, which has no season any more, and is centred on the way. */
static enum fc_status fit_adjusted(double *x, const double *figure,
                                   struct fc_workspace *ws, struct fc_fit *fit,
                                   struct fc_error *err)
{
    size_t n = fit->nobs;
    double *intercept = fc_workspace_doubles(ws, n);
    double *slope = fc_workspace_doubles(ws, n);
    if (intercept == NULL || slope == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    double centre = x[0];
    for (size_t t = 0; t < n; t++)
        x[t] -= centre;
    running_lines(x, n, intercept, slope);
    struct profile profile = {
        .x = x, .n = n, .intercept = intercept, .slope = slope};
    fit->coef[CENTRE] = centre;
    fit->coef[ALPHA] = fit_profile(&profile);
    fit->coef[OMEGA] = profile.omega;
    run(x, figure, fit);
    return FC_OK;
}

static enum fc_status fit_dotm(const struct fc_series *series,
                               const struct fc_request *request,
                               struct fc_workspace *ws, struct fc_fit *fit,
                               struct fc_error *err)
{
    size_t n = series->n, m = (size_t)fit->season_length;
    enum fc_decomposition kind;
    (void)request;
    fit->ncoef = NCOEF;
    fit->coef = fc_workspace_doubles(ws, NCOEF);
    fit->state = fc_workspace_doubles(ws, FIGURE + m);
    struct fc_mark mark = fc_workspace_mark(ws);
    double *figure = fc_workspace_doubles(ws, m);
    double *x = fc_workspace_doubles(ws, n);
    if (x == NULL || figure == NULL || fit->coef == NULL || fit->state == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    if (!find_season(series->y, n, m, figure, &kind)) {
        m = 1;
        figure[0] = 1;
        kind = FC_DECOMPOSE_MULTIPLICATIVE;
    }
    fit->order[SEASON] = (int)m;
    fit->order[KIND] = (int)kind;
    fit->nstate = FIGURE + m;
    fc_remove_season(series->y, n, figure, m, kind, x);
    enum fc_status status = fit_adjusted(x, figure, ws, fit, err);
    fc_workspace_release(ws, mark);
    if (n < SHORT)
        fit->note = "fewer than five observations: alpha = 0.5, theta = 2";
    if (m > 1)
        snprintf(fit->spec, sizeof fit->spec, "DOTM[%zu]%s", m,
                 kind == FC_DECOMPOSE_ADDITIVE ? " additive" : "");
    else
        snprintf(fit->spec, sizeof fit->spec, "DOTM");
    return status;
}

/* The seasonal factor, or term, of step h. */
static double season_at(const struct fc_fit *fit, int h)
{
    return fit->state[FIGURE + h % fit->order[SEASON]];
}

/* Puts the centre and the season back into mu of step h. */
static double restore(const struct fc_fit *fit, int h, double mu)
{
    return fc_put_back(mu + fit->coef[CENTRE], season_at(fit, h), kind_of(fit));
}

/*
 * The covariance matrix of (level, mean, slope) as the errors to come shake
 * it.  At time t, with one-step forecast H x and error e, the state becomes
 * F x + G (H x + e); so its covariance V becomes
 * (F + G H) V (F + G H)' + G G' sigma2, and the forecast's variance is
 * H V H' + sigma2.
 */
struct covariance {
    double v[3][3];
};

/* Advances over time t; returns the variance of y_t. */
static double advance(struct covariance *c, const struct fc_fit *fit, double t)
{
    double alpha = fit->coef[ALPHA], omega = fit->coef[OMEGA];
    double q = 1 - alpha, power = pow(q, t - 1);
    const double H[3] = {1, omega * power,
                         omega * ((1 - q * power) / alpha - t / 2 * power)};
    const double G[3] = {alpha, 1 / t, 6 / t / (t + 1)};
    const double F[3][3] = {
        {q, 0, 0}, {0, 1 - 1 / t, 0}, {0, -6 / t / (t + 1), (t - 2) / (t + 1)}};
    double A[3][3], AV[3][3], variance = fit->sigma2;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            A[i][j] = F[i][j] + G[i] * H[j];
            variance += H[i] * c->v[i][j] * H[j];
        }
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            AV[i][j] = A[i][0] * c->v[0][j] + A[i][1] * c->v[1][j]
                       + A[i][2] * c->v[2][j];
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            c->v[i][j] = AV[i][0] * A[j][0] + AV[i][1] * A[j][1]
                         + AV[i][2] * A[j][2] + G[i] * G[j] * fit->sigma2;
    return variance;
}

static struct lines last_lines(const struct fc_fit *fit)
{
    return (struct lines){fit->state[LEVEL], fit->state[MEAN],
                          fit->state[SLOPE]};
}

static enum fc_status predict_dotm(const struct fc_fit *fit,
                                   struct fc_workspace *ws,
                                   struct fc_forecast *out,
                                   struct fc_error *err)
{
    struct lines s = last_lines(fit);
    struct covariance c = {{{0}}};
    double alpha = fit->coef[ALPHA], omega = fit->coef[OMEGA];
    double *se = fc_workspace_doubles(ws, (size_t)out->horizon);
    if (se == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (int h = 0; h < out->horizon; h++) {
        double t = (double)fit->nobs + h + 1;
        double mu = one_step(&s, alpha, omega, t);
        out->mean[h] = restore(fit, h, mu);
        se[h] = sqrt(advance(&c, fit, t));
        if (kind_of(fit) == FC_DECOMPOSE_MULTIPLICATIVE)
            se[h] *= fabs(season_at(fit, h));
        update(&s, alpha, t, mu);
    }
    fc_model_normal_bounds(out, se);
    return FC_OK;
}

static enum fc_status simulate_dotm(const struct fc_fit *fit, int horizon,
                                    gsl_rng *rng, struct fc_workspace *ws,
                                    double *path, struct fc_error *err)
{
    struct lines s = last_lines(fit);
    double sigma = sqrt(fit->sigma2);
    (void)ws;
    (void)err;
    for (int h = 0; h < horizon; h++) {
        double t = (double)fit->nobs + h + 1;
        double x = one_step(&s, fit->coef[ALPHA], fit->coef[OMEGA], t)
                   + gsl_ran_gaussian_ziggurat(rng, sigma);
        path[h] = restore(fit, h, x);
        update(&s, fit->coef[ALPHA], t, x);
    }
    return FC_OK;
}

const struct fc_model fc_model_dotm = {
    .name = "dotm",
    .summary = "the dynamic optimised theta model",
    .reference = "Fiorucci et al. (2016), International Journal of "
                 "Forecasting 32",
    .seasons = FC_SEASON_ASKED,
    .min_obs = fc_model_any_length,
    .fit = fit_dotm,
    .predict = predict_dotm,
    .simulate = simulate_dotm,
};
