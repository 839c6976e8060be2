/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The theta method of Assimakopoulos & Nikolopoulos (2000), in the form of
 * Hyndman & Billah (2003), Unmasking the Theta method, International Journal
 * of Forecasting 19: simple exponential smoothing with a drift of half the
 * slope of a regression line, on seasonally adjusted data if a test at 90%
 * finds a season.
 *
 * R's forecast 8.20, thetaf().  Where it minimises the squared errors over
 * the smoothing parameter and the initial level by a local search to 1.5e-8,
 * this takes the best initial level for every alpha in closed form, since the
 * errors are linear in it, and finds the global minimum over alpha.
 *
 * Where R fails, a batch needs an answer: one observation is forecast by
 * itself; the season of data of both signs, which have no sensible ratios to
 * their trend, is additive, and so is one whose multiplicative figure is not
 * finite or close to zero.  And R's test, by the autocorrelation at lag m,
 * cannot be significant in two or three seasons: with fewer than four, a season
 * that fc_season_is_evident() finds is one too.  On windows of the M3
 * competition's training data that lowers MASE, a season's length ahead, from
 * 1.001 to 0.894 (24 to 36 months) and from 1.166 to 0.944 (8 to 12 quarters).
 */
#include "forecast/model.h"
#include "forecast/numeric/decompose.h"
#include "forecast/numeric/minimize.h"
#include "forecast/numeric/season_test.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SEASON, KIND };                 /* fc_fit.order: 1 = no season */
enum { ALPHA, DRIFT, INITIAL, NCOEF }; /* fc_fit.coef */
enum {
    LEVEL,
    FIGURE
}; /* fc_fit.state: the figure starts
      with the next step's season */

/* R's bounds and start of alpha: ets(model = "ANN") and HoltWintersZZ() */
static const double ALPHA_MIN = 1e-4, ALPHA_MAX = 0.9999;
static const double ALPHA_START = 0.2;
static const double ALPHA_LEAST = 1e-10; /* what thetaf() raises it to */

enum { TINY = 6, GRID = 24 };

/* Simple exponential smoothing of y. */
struct ses {
    const double *y;
    size_t n;
    double start;       /* a guess of the first level */
    bool start_is_kept; /* rather than estimated */
    double initial;     /* out: the first level */
};

/*
 * The sum of squared errors at the best first level.  With first level
 * start + d the errors are e_t - (1 - alpha)^t d, where e are those of d = 0.
 */
static double ses_sse(double alpha, void *arg)
{
    struct ses *ses = arg;
    const double *y = ses->y;
    double level = ses->start, weight = 1;
    double ee = 0, ew = 0, ww = 0;
    for (size_t t = 0; t < ses->n; t++) {
        double e = y[t] - level;
        ee += e * e;
        ew += e * weight;
        ww += weight * weight;
        level += alpha * e;
        weight *= 1 - alpha;
    }
    double d = ses->start_is_kept ? 0 : ew / ww;
    ses->initial = ses->start + d;
    return ee - d * ew;
}

/* In the square root of alpha a uniform grid is fine where it matters: the
 * errors change with the memory, about 1 / alpha. */
static double ses_sse_root(double root, void *arg)
{
    return ses_sse(root * root, arg);
}

/*
 * Finds alpha and the first level.  R smooths series of up to TINY
 * observations by HoltWintersZZ(): the first level is the first value, and
 * alpha may be 0 or 1.  When alpha makes no difference, it is R's start.
 */
static double fit_ses(struct ses *ses)
{
    bool tiny = ses->n <= TINY;
    size_t first = tiny ? 1 : 10;
    ses->start_is_kept = tiny;
    ses->start = 0;
    for (size_t t = 0; t < first && t < ses->n; t++)
        ses->start += ses->y[t] / (double)(first < ses->n ? first : ses->n);

    double sse, at_start = ses_sse(ALPHA_START, ses);
    double root = fc_minimize(ses_sse_root, ses, tiny ? 0 : sqrt(ALPHA_MIN),
                              tiny ? 1 : sqrt(ALPHA_MAX), GRID, 1e-9, &sse);
    double alpha = root * root;
    if (!(sse < at_start * (1 - 1e-12)))
        alpha = ALPHA_START;
    ses_sse(alpha, ses);
    return alpha;
}

/* The slope of the least squares line of y on time. */
static double slope(const double *y, size_t n)
{
    double centre = ((double)n - 1) / 2;
    double xy = 0, xx = 0;
    for (size_t t = 0; t < n; t++) {
        double x = (double)t - centre;
        xy += x * (y[t] - y[0]);
        xx += x * x;
    }
    return n > 1 ? xy / xx : 0;
}

/* Seasons from which on R's test alone decides. */
enum { ENOUGH_SEASONS = 4 };

static bool is_seasonal(const double *y, size_t n, size_t m)
{
    if (m < 2)
        return false;
    if (n > 2 * m && fc_seasonality(y, n, m) > FC_SEASONALITY_CRITICAL)
        return true;
    return n / ENOUGH_SEASONS < m && fc_season_is_evident(y, n, m);
}

/*
 * The figure of a season worth removing, and what kind it is; false when there
 * is none.  The limit of 1e-4 is thetaf()'s.
 */
static bool find_season(const double *y, size_t n, size_t m, double *figure,
                        enum fc_decomposition *kind)
{
    *kind = fc_has_one_sign(y, n) ? FC_DECOMPOSE_MULTIPLICATIVE
                                  : FC_DECOMPOSE_ADDITIVE;
    return is_seasonal(y, n, m)
           && fc_seasonal_figure(y, n, m, 1e-4, kind, figure) == FC_OK;
}

static enum fc_decomposition kind_of(const struct fc_fit *fit)
{
    return (enum fc_decomposition)fit->order[KIND];
}

/* Smooths x, which has no season any more, and fills what the fit remembers of
 * it. */
static void smooth(const double *x, const double *figure, struct fc_fit *fit)
{
    size_t n = fit->nobs, m = (size_t)fit->order[SEASON];
    struct ses ses = {.y = x, .n = n};
    double alpha = fit_ses(&ses);
    double level = ses.initial, sse = 0;
    for (size_t t = 0; t < n; t++) {
        double e = x[t] - level;
        level += alpha * e;
        sse += e * e;
    }
    fit->coef[ALPHA] = alpha;
    fit->coef[DRIFT] = slope(x, n) / 2;
    fit->coef[INITIAL] = ses.initial;
    fit->state[LEVEL] = level;
    for (size_t i = 0; i < m; i++)
        fit->state[FIGURE + i] = figure[(n + i) % m];
    fit->sigma2 = sse / (double)(n > TINY ? n - 2 : n);
}

static enum fc_status fit_theta(const struct fc_series *series,
                                const struct fc_request *request,
                                struct fc_workspace *ws, struct fc_fit *fit,
                                struct fc_error *err)
{
    size_t n = series->n;
    size_t m = (size_t)fit->season_length;
    enum fc_decomposition kind;
    (void)request;
    fit->ncoef = NCOEF;
    fit->coef = fc_workspace_doubles(ws, NCOEF);
    fit->nstate = FIGURE + m;
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
    smooth(x, figure, fit);
    fc_workspace_release(ws, mark);
    if (n < 3)
        fit->note = "fewer than three observations: "
                    "its intervals are too narrow";
    if (m > 1)
        snprintf(fit->spec, sizeof fit->spec, "Theta[%zu]%s", m,
                 kind == FC_DECOMPOSE_ADDITIVE ? " additive" : "");
    else
        snprintf(fit->spec, sizeof fit->spec, "Theta");
    return FC_OK;
}

/* The seasonal factor, or term, of step h. */
static double season_at(const struct fc_fit *fit, int h)
{
    return fit->state[FIGURE + h % fit->order[SEASON]];
}

/*
 * thetaf(): level + drift (h + (1 - (1 - alpha)^n) / alpha), the second term
 * because half the slope also acts within the smoothed past.
 */
static double point_forecast(const struct fc_fit *fit, int h)
{
    double n = (double)fit->nobs;
    double alpha = fmax(ALPHA_LEAST, fit->coef[ALPHA]);
    double past = -expm1(n * log1p(-alpha)) / alpha;
    double trend = fit->state[LEVEL] + fit->coef[DRIFT] * (h + past);
    return fc_put_back(trend, season_at(fit, h), kind_of(fit));
}

/* The standard errors do not follow the season; R's do not either. */
static enum fc_status predict_theta(const struct fc_fit *fit,
                                    struct fc_workspace *ws,
                                    struct fc_forecast *out,
                                    struct fc_error *err)
{
    double alpha = fit->coef[ALPHA];
    double *se = fc_workspace_doubles(ws, (size_t)out->horizon);
    if (se == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (int h = 0; h < out->horizon; h++) {
        out->mean[h] = point_forecast(fit, h);
        se[h] = sqrt(fit->sigma2 * (h * alpha * alpha + 1));
    }
    fc_model_normal_bounds(out, se);
    return FC_OK;
}

/* Each error moves all later levels by alpha of itself. */
static enum fc_status simulate_theta(const struct fc_fit *fit, int horizon,
                                     gsl_rng *rng, struct fc_workspace *ws,
                                     double *path, struct fc_error *err)
{
    double sigma = sqrt(fit->sigma2), shift = 0;
    (void)ws;
    (void)err;
    for (int h = 0; h < horizon; h++) {
        double e = gsl_ran_gaussian_ziggurat(rng, sigma);
        path[h] = point_forecast(fit, h) + shift + e;
        shift += fit->coef[ALPHA] * e;
    }
    return FC_OK;
}

const struct fc_model fc_model_theta = {
    .name = "theta",
    .summary = "the theta method: smoothing with half the trend, seasonally "
               "adjusted",
    .reference = "Assimakopoulos & Nikolopoulos (2000); R forecast 8.20, "
                 "thetaf()",
    .seasons = FC_SEASON_ASKED,
    .min_obs = fc_model_any_length,
    .fit = fit_theta,
    .predict = predict_theta,
    .simulate = simulate_theta,
};
