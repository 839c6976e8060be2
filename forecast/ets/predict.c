/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Forecasts of ETS models: means, standard errors, simulated paths.
 *
 * Hyndman et al. (2008), chapter 6, names three classes whose forecasts have
 * a variance in closed form; R's forecast 8.20 evaluates those by matrices of
 * the size of the state (class1, class2, class3).  Here the same moments
 * follow recursions that cost a few operations a step whatever the season's
 * length, because between two visits of a season its covariances with level
 * and growth only pass through the trend's transition.  All other forms are
 * simulated: as in R, 5,000 paths with normal errors.
 *
 * Three slips of R are not followed.  Its class 3 takes l + b for the first
 * step of a damped trend, where the model and R's own fitted values have
 * l + phi b; its class 1 places gamma one step early when there is a season
 * without a trend; and its point forecasts of simulated forms with a damped
 * trend add phi to the damping twice.
 */
#include "forecast/ets/predict.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <string.h>

enum { PATHS = 5000 };

bool fc_ets_has_variance(struct fc_ets_form form)
{
    if (form.trend == FC_ETS_MUL)
        return false;
    return form.season != FC_ETS_MUL || form.error == FC_ETS_MUL;
}

/* Of what rounding makes negative: 0.  Of what is no number: none. */
static double root(double variance)
{
    return variance <= 0 ? 0 : sqrt(variance);
}

/* A season's covariances with level and growth, and its variance, after its
 * latest visit. */
struct season_moments {
    double ls, bs, ss;
};

/* phi^k, and phi + ... + phi^k */
static void powers(double phi, int k, double *power, double *sum)
{
    *power = 1;
    *sum = 0;
    for (int i = 0; i < k; i++) {
        *power *= phi;
        *sum += *power;
    }
}

/*
 * Classes 1 and 2: additive trend and season.  The covariance of (l, b) and
 * of each season with it, step by step; v is the variance of the absolute
 * error, which for a relative one involves the forecast's second moment.
 */
static void additive_moments(const struct fc_ets *model, double sigma2,
                             int horizon, double *scratch, double *mean,
                             double *se)
{
    const struct fc_ets_smoothing *k = &model->smoothing;
    bool relative = model->form.error == FC_ETS_MUL;
    bool seasonal = model->form.season == FC_ETS_ADD;
    struct season_moments *season = (struct season_moments *)scratch;
    double phi = model->form.trend == FC_ETS_ADD ? k->phi : 0;
    double l = model->l, b = phi != 0 ? model->b : 0, power, sum;
    double ll = 0, lb = 0, bb = 0;
    powers(phi, model->m - 1, &power, &sum);
    memset(season, 0, (size_t)model->m * sizeof *season);
    for (int h = 0; h < horizon; h++) {
        struct season_moments *s = season + h % model->m;
        s->ls += sum * s->bs;
        s->bs *= power;
        double qq = ll + 2 * phi * lb + phi * phi * bb;
        double qs = s->ls + phi * s->bs;
        double variance = qq + 2 * qs + s->ss;
        l += phi * b;
        b *= phi;
        mean[h] = seasonal ? l + model->s[h % model->m] : l;
        double v = relative ? sigma2 * (variance + mean[h] * mean[h]) : sigma2;
        se[h] = root(variance + v);
        lb = phi * (lb + phi * bb) + k->alpha * k->beta * v;
        bb = phi * phi * bb + k->beta * k->beta * v;
        ll = qq + k->alpha * k->alpha * v;
        s->ls = qs + k->alpha * k->gamma * v;
        s->bs = phi * s->bs + k->beta * k->gamma * v;
        s->ss += k->gamma * k->gamma * v;
    }
}

/* First and second moments of (l, b), or of its product with a season. */
struct product_moments {
    double l, b, ll, lb, bb;
};

/*
 * Moves the moments over one step whose error e multiplies them by weights
 * with expectations k[i] = E (1 + g e)^2 e^i and j[i] = E (1 + g e) e^i.
 */
static void move_product(struct product_moments *x,
                         const struct fc_ets_smoothing *s, const double *k,
                         const double *j)
{
    double q = x->l + s->phi * x->b, c = s->phi * x->b;
    double cc = s->phi * s->phi * x->bb;
    double qc = s->phi * x->lb + cc;
    double qq = x->ll + 2 * s->phi * x->lb + cc;
    x->l = q * (j[0] + s->alpha * j[1]);
    x->b = c * j[0] + s->beta * q * j[1];
    x->ll = qq * (k[0] + 2 * s->alpha * k[1] + s->alpha * s->alpha * k[2]);
    x->lb = qc * k[0] + (s->alpha * qc + s->beta * qq) * k[1]
            + s->alpha * s->beta * qq * k[2];
    x->bb = cc * k[0] + 2 * s->beta * qc * k[1] + s->beta * s->beta * qq * k[2];
}

/* The linear map that move_product() is, applied several times. */
struct product_map {
    struct product_moments of[5]; /* images of the unit vectors */
};

static struct product_moments apply(const struct product_map *map,
                                    const struct product_moments *x)
{
    const double *weight = &x->l;
    struct product_moments out = {0};
    for (int i = 0; i < 5; i++) {
        out.l += weight[i] * map->of[i].l;
        out.b += weight[i] * map->of[i].b;
        out.ll += weight[i] * map->of[i].ll;
        out.lb += weight[i] * map->of[i].lb;
        out.bb += weight[i] * map->of[i].bb;
    }
    return out;
}

/*
 * Class 3: multiplicative error and season.  The products of level, growth
 * and one season obey linear recursions in their first two moments; in the
 * steps of the other seasons they move as the trend alone.
 */
static void product_moments(const struct fc_ets *model, double sigma2,
                            int horizon, double *scratch, double *mean,
                            double *se)
{
    struct fc_ets_smoothing s = model->smoothing;
    struct product_moments *season = (struct product_moments *)scratch;
    int m = model->m;
    bool trend = model->form.trend != FC_ETS_NONE;
    double b = trend ? model->b : 0, g = s.gamma;
    double k_own[3] = {1 + g * g * sigma2, 2 * g * sigma2,
                       sigma2 + 3 * g * g * sigma2 * sigma2};
    double j_own[2] = {1, g * sigma2};
    double k_other[3] = {1, 0, sigma2}, j_other[2] = {1, 0};
    struct product_moments x = {model->l, b, model->l * model->l, model->l * b,
                                b * b};
    struct product_map others = {
        .of = {{.l = 1}, {.b = 1}, {.ll = 1}, {.lb = 1}, {.bb = 1}}};
    s.phi = trend ? s.phi : 0;
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < m - 1; j++)
            move_product(&others.of[i], &s, k_other, j_other);
    for (int h = 0; h < horizon; h++) {
        struct product_moments *at = season + h % m;
        if (h < m) {
            double r = model->s[h];
            *at = (struct product_moments){x.l * r, x.b * r, x.ll * r * r,
                                           x.lb * r * r, x.bb * r * r};
            move_product(&x, &s, k_other, j_other);
        } else {
            *at = apply(&others, at);
        }
        double second = at->ll + 2 * s.phi * at->lb + s.phi * s.phi * at->bb;
        mean[h] = at->l + s.phi * at->b;
        se[h] = root((1 + sigma2) * second - mean[h] * mean[h]);
        move_product(at, &s, k_own, j_own);
    }
}

void fc_ets_moments(const struct fc_ets *model, double sigma2, int horizon,
                    double *scratch, double *mean, double *se)
{
    if (model->form.season == FC_ETS_MUL)
        product_moments(model, sigma2, horizon, scratch, mean, se);
    else
        additive_moments(model, sigma2, horizon, scratch, mean, se);
}

struct fc_ets fc_ets_model_of(const struct fc_fit *fit, const double *states,
                              int scale, double *s)
{
    struct fc_ets model = {
        .form = {.error = (enum fc_ets_component)fit->order[FC_ETS_ORDER_ERROR],
                 .trend = (enum fc_ets_component)fit->order[FC_ETS_ORDER_TREND],
                 .season =
                     (enum fc_ets_component)fit->order[FC_ETS_ORDER_SEASON],
                 .damped = fit->order[FC_ETS_ORDER_DAMPED] != 0},
        .smoothing = {fit->coef[FC_ETS_COEF_ALPHA], fit->coef[FC_ETS_COEF_BETA],
                      fit->coef[FC_ETS_COEF_GAMMA], fit->coef[FC_ETS_COEF_PHI]},
        .l = ldexp(states[FC_ETS_STATE_L], -scale),
        .b = states[FC_ETS_STATE_B],
        .s = s,
    };
    model.m = model.form.season != FC_ETS_NONE ? fit->season_length : 1;
    if (model.form.trend == FC_ETS_ADD)
        model.b = ldexp(model.b, -scale);
    if (model.form.season != FC_ETS_NONE)
        memcpy(s, states + FC_ETS_STATE_S, (size_t)model.m * sizeof *s);
    else
        s[0] = 0; /* moves with no path, but is asked whether it is finite */
    if (model.form.season == FC_ETS_ADD)
        for (int j = 0; j < model.m; j++)
            s[j] = ldexp(s[j], -scale);
    return model;
}

/* At the end of the series, in the fit's own scale. */
static struct fc_ets model_of(const struct fc_fit *fit, double *s)
{
    return fc_ets_model_of(fit, fit->state, fit->order[FC_ETS_ORDER_SCALE], s);
}

/* The standard deviation of the errors in scaled units. */
static double sigma_of(const struct fc_fit *fit)
{
    double sigma = sqrt(fit->sigma2);
    return fit->order[FC_ETS_ORDER_ERROR] == FC_ETS_MUL
               ? sigma
               : ldexp(sigma, -fit->order[FC_ETS_ORDER_SCALE]);
}

/* --- simulation --- */

/* The next observation of a path, which then moves on. */
static double draw(struct fc_ets *model, double *s, double error)
{
    double mu = fc_ets_step_mean(model, *s), y = mu + error;
    if (model->form.error == FC_ETS_MUL)
        y = mu * (1 + fmax(error, -1)); /* as R: no sign is changed */
    struct fc_ets before = *model;
    double s_before = *s;
    fc_ets_step(model, s, y);
    if (isfinite(y) && isfinite(model->l) && isfinite(model->b) && isfinite(*s)
        && (model->form.trend != FC_ETS_MUL || model->b > 0))
        return y;
    *model = before; /* a path that leaves the model's domain stays there */
    *s = s_before;
    return isfinite(mu) ? mu : 0;
}

enum fc_status fc_ets_simulate(const struct fc_fit *fit, int horizon,
                               gsl_rng *rng, struct fc_workspace *ws,
                               double *path, struct fc_error *err)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    double *s = fc_workspace_doubles(ws, (size_t)fit->season_length);
    if (s == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    struct fc_ets model = model_of(fit, s);
    double sigma = sigma_of(fit);
    int scale = fit->order[FC_ETS_ORDER_SCALE];
    for (int h = 0; h < horizon; h++) {
        double error = sigma * gsl_ran_gaussian_ziggurat(rng, 1);
        double *season = model.form.season != FC_ETS_NONE ? s + h % model.m : s;
        path[h] = ldexp(draw(&model, season, error), scale);
    }
    fc_workspace_release(ws, mark);
    return FC_OK;
}

/* Hyndman & Fan's (1996) eighth definition, as R's forecast uses it. */
static double quantile(double *x, size_t n, double p)
{
    double at = p * ((double)n + 1.0 / 3) + 1.0 / 3, whole = floor(at);
    if (whole < 1)
        return gsl_stats_select(x, 1, n, 0);
    if (whole >= (double)n)
        return gsl_stats_select(x, 1, n, n - 1);
    double low = gsl_stats_select(x, 1, n, (size_t)whole - 1);
    double high = gsl_stats_select(x, 1, n, (size_t)whole);
    return low + (at - whole) * (high - low);
}

/*
 * Bounds from paths that go forward together, one step at a time, so that
 * memory does not grow with the horizon.
 */
static enum fc_status simulated_bounds(const struct fc_ets *model, double sigma,
                                       gsl_rng *rng, struct fc_workspace *ws,
                                       struct fc_forecast *out)
{
    size_t m = (size_t)model->m, horizon = (size_t)out->horizon;
    struct fc_ets *path = fc_workspace_array(ws, PATHS, sizeof *path);
    double *s = fc_workspace_doubles(ws, m * PATHS);
    double *value = fc_workspace_doubles(ws, PATHS);
    if (path == NULL || s == NULL || value == NULL)
        return FC_ENOMEM;
    for (size_t i = 0; i < PATHS; i++) {
        path[i] = *model;
        memcpy(s + i * m, model->s, m * sizeof *s);
    }
    for (size_t h = 0; h < horizon; h++) {
        for (size_t i = 0; i < PATHS; i++) {
            double error = sigma * gsl_ran_gaussian_ziggurat(rng, 1);
            value[i] = draw(path + i, s + i * m + h % m, error);
        }
        for (size_t i = 0; i < (size_t)out->nlevels; i++) {
            double tail = 0.5 - out->levels[i] / 200;
            out->lo[i * horizon + h] = quantile(value, PATHS, tail);
            out->hi[i * horizon + h] = quantile(value, PATHS, 1 - tail);
        }
    }
    return FC_OK;
}

void fc_ets_mean_path(const struct fc_ets *model, int horizon, double *mean)
{
    struct fc_ets at = *model;
    for (int h = 0; h < horizon; h++) {
        double none = 0;
        double *s = at.form.season != FC_ETS_NONE ? at.s + h % at.m : &none;
        double season = *s;
        mean[h] = fc_ets_step_mean(&at, season);
        double phib = at.b;
        if (at.form.trend == FC_ETS_MUL)
            phib = at.smoothing.phi == 1 ? at.b : pow(at.b, at.smoothing.phi);
        else if (at.form.trend == FC_ETS_ADD)
            phib = at.smoothing.phi * at.b;
        if (at.form.trend == FC_ETS_ADD)
            at.l += phib;
        else if (at.form.trend == FC_ETS_MUL)
            at.l *= phib;
        at.b = phib;
    }
}

static enum fc_status simulate_bounds(const struct fc_fit *fit,
                                      const struct fc_ets *model, double sigma,
                                      struct fc_workspace *ws,
                                      struct fc_forecast *out)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (rng == NULL)
        return FC_ENOMEM;
    gsl_rng_set(rng, (unsigned long)(fit->seed ^ (fit->seed >> 32)));
    enum fc_status status = simulated_bounds(model, sigma, rng, ws, out);
    gsl_rng_free(rng);
    return status;
}

enum fc_status fc_ets_predict(const struct fc_fit *fit, struct fc_workspace *ws,
                              struct fc_forecast *out, struct fc_error *err)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    size_t m = (size_t)fit->season_length, horizon = (size_t)out->horizon;
    double *s = fc_workspace_doubles(ws, m);
    double *scratch = fc_workspace_doubles(ws, 5 * m);
    double *se = fc_workspace_doubles(ws, horizon);
    if (s == NULL || scratch == NULL || se == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    struct fc_ets model = model_of(fit, s);
    double sigma = sigma_of(fit);
    if (fc_ets_has_variance(model.form)) {
        fc_ets_moments(&model, sigma * sigma, out->horizon, scratch, out->mean,
                       se);
        fc_model_normal_bounds(out, se);
    } else {
        fc_ets_mean_path(&model, out->horizon, out->mean);
        if (out->nlevels > 0
            && simulate_bounds(fit, &model, sigma, ws, out) != FC_OK)
            return fc_fail(err, FC_ENOMEM, "out of memory");
    }
    double scale = ldexp(1, fit->order[FC_ETS_ORDER_SCALE]);
    for (size_t h = 0; h < horizon; h++)
        out->mean[h] *= scale;
    for (size_t i = 0; i < horizon * (size_t)out->nlevels; i++) {
        out->lo[i] *= scale;
        out->hi[i] *= scale;
    }
    fc_workspace_release(ws, mark);
    return FC_OK;
}
