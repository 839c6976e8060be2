/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exponential smoothing models: the recursions, the sums a likelihood needs,
 * and the region of parameters in which a model forgets its distant past.
 *
 * The recursions are those of R's forecast 8.20 (etscalc); see model.h.  R
 * clamps what a multiplicative model does at zero; here such a model is
 * outside its domain, and the optimiser is told so.
 */
#include "forecast/ets/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))

static const double PI = 3.14159265358979323846;
static const double NEWTON_TOLERANCE = 1e-14; /* of an angle */
enum { MAX_NEWTON = 60 };

/* A beta on its bound is admissible, however the bound was rounded. */
static const double BOUND_ROUNDING = 1e-12;

static char component_letter(enum fc_ets_component component)
{
    return "NAM"[component];
}

void fc_ets_form_name(struct fc_ets_form form, char *text, size_t size)
{
    snprintf(text, size, "ETS(%c,%c%s,%c)", component_letter(form.error),
             component_letter(form.trend), form.damped ? "d" : "",
             component_letter(form.season));
}

int fc_ets_smoothing_count(struct fc_ets_form form)
{
    return 1 + (form.trend != FC_ETS_NONE) + (form.season != FC_ETS_NONE)
           + form.damped;
}

int fc_ets_state_count(struct fc_ets_form form, int m)
{
    return 1 + (form.trend != FC_ETS_NONE)
           + (form.season != FC_ETS_NONE ? m - 1 : 0);
}

/* The growth that enters the next step: phi b, or b^phi. */
ALWAYS_INLINE double damp(enum fc_ets_component trend, double b, double phi)
{
    if (trend == FC_ETS_MUL)
        return phi == 1 ? b : pow(b, phi);
    return phi * b;
}

ALWAYS_INLINE double join_trend(enum fc_ets_component trend, double l,
                                double phib)
{
    if (trend == FC_ETS_NONE)
        return l;
    return trend == FC_ETS_ADD ? l + phib : l * phib;
}

ALWAYS_INLINE double join_season(enum fc_ets_component season, double q,
                                 double s)
{
    if (season == FC_ETS_NONE)
        return q;
    return season == FC_ETS_ADD ? q + s : q * s;
}

/* Moves l, b and s over one observation y; q and phib as join_trend() had. */
ALWAYS_INLINE void move(enum fc_ets_component trend,
                        enum fc_ets_component season,
                        const struct fc_ets_smoothing *k, double y, double q,
                        double phib, double *l, double *b, double *s)
{
    double p = y;
    if (season == FC_ETS_ADD)
        p = y - *s;
    else if (season == FC_ETS_MUL)
        p = y / *s;
    double d = p - q;
    if (trend == FC_ETS_ADD)
        *b = phib + k->beta * d;
    else if (trend == FC_ETS_MUL)
        *b = phib + k->beta * d / *l;
    *l = q + k->alpha * d;
    if (season == FC_ETS_ADD)
        *s += k->gamma * d;
    else if (season == FC_ETS_MUL)
        *s += k->gamma * (y / q - *s);
}

double fc_ets_step_mean(const struct fc_ets *model, double s)
{
    enum fc_ets_component trend = model->form.trend;
    double phib = damp(trend, model->b, model->smoothing.phi);
    return join_season(model->form.season, join_trend(trend, model->l, phib),
                       s);
}

void fc_ets_step(struct fc_ets *model, double *s, double y)
{
    enum fc_ets_component trend = model->form.trend;
    double phib = damp(trend, model->b, model->smoothing.phi);
    double q = join_trend(trend, model->l, phib);
    move(trend, model->form.season, &model->smoothing, y, q, phib, &model->l,
         &model->b, s);
}

/*
 * The pass for one combination of trend and season, which the compiler makes
 * into straight code.  The recursion is bound by the latency of its chain of
 * additions, so the errors and their sums are left to a second loop.
 */
ALWAYS_INLINE void pass(enum fc_ets_component trend,
                        enum fc_ets_component season, struct fc_ets *model,
                        const double *restrict y, size_t n,
                        const struct fc_ets_trace *trace)
{
    struct fc_ets_smoothing k = model->smoothing;
    double l = model->l, b = model->b, none = 0;
    double *ring = season != FC_ETS_NONE ? model->s : &none;
    size_t m = (size_t)model->m, j = 0;
    for (size_t t = 0; t < n; t++) {
        double *s = ring + j;
        double phib = damp(trend, b, k.phi);
        double q = join_trend(trend, l, phib);
        trace->l[t] = l;
        if (trend != FC_ETS_NONE)
            trace->b[t] = b;
        if (season != FC_ETS_NONE)
            trace->s[t] = *s;
        trace->mu[t] = join_season(season, q, *s);
        move(trend, season, &k, y[t], q, phib, &l, &b, s);
        if (season != FC_ETS_NONE && ++j == m)
            j = 0;
    }
    model->l = l;
    model->b = b;
}

static void pass_trend(enum fc_ets_component trend,
                       enum fc_ets_component season, struct fc_ets *model,
                       const double *y, size_t n,
                       const struct fc_ets_trace *trace)
{
    if (trend == FC_ETS_NONE && season == FC_ETS_NONE)
        pass(FC_ETS_NONE, FC_ETS_NONE, model, y, n, trace);
    else if (trend == FC_ETS_NONE && season == FC_ETS_ADD)
        pass(FC_ETS_NONE, FC_ETS_ADD, model, y, n, trace);
    else if (trend == FC_ETS_NONE)
        pass(FC_ETS_NONE, FC_ETS_MUL, model, y, n, trace);
    else if (trend == FC_ETS_ADD && season == FC_ETS_NONE)
        pass(FC_ETS_ADD, FC_ETS_NONE, model, y, n, trace);
    else if (trend == FC_ETS_ADD && season == FC_ETS_ADD)
        pass(FC_ETS_ADD, FC_ETS_ADD, model, y, n, trace);
    else if (trend == FC_ETS_ADD)
        pass(FC_ETS_ADD, FC_ETS_MUL, model, y, n, trace);
    else
        pass(FC_ETS_MUL, season, model, y, n, trace);
}

static void reverse(double *x, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        double keep = x[i];
        x[i] = x[n - 1 - i];
        x[n - 1 - i] = keep;
    }
}

void fc_ets_align(struct fc_ets *model, size_t n)
{
    size_t m = (size_t)model->m, shift = n % m;
    if (model->form.season == FC_ETS_NONE || shift == 0)
        return;
    reverse(model->s, shift);
    reverse(model->s + shift, m - shift);
    reverse(model->s, m);
}

/* Multiplicative parts have no meaning at or below zero. */
static bool all_positive(const double *x, size_t n)
{
    bool positive = true;
    for (size_t t = 0; t < n; t++)
        positive &= x[t] > 0;
    return positive;
}

/* Sum of logarithms, one call of log() for eight factors. */
static double sum_log(const double *x, size_t n)
{
    double sum = 0;
    size_t t = 0;
    for (; t + 8 <= n; t += 8)
        sum += log(x[t] * x[t + 1] * x[t + 2] * x[t + 3])
               + log(x[t + 4] * x[t + 5] * x[t + 6] * x[t + 7]);
    for (; t < n; t++)
        sum += log(x[t]);
    return sum;
}

static double sum_squares(const double *x, size_t n)
{
    double sum[4] = {0};
    size_t t = 0;
    for (; t + 4 <= n; t += 4)
        for (int i = 0; i < 4; i++)
            sum[i] += x[t + (size_t)i] * x[t + (size_t)i];
    for (; t < n; t++)
        sum[0] += x[t] * x[t];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

bool fc_ets_filter(struct fc_ets *model, const double *y, size_t n,
                   const struct fc_ets_trace *trace, struct fc_ets_sums *sums)
{
    struct fc_ets_form form = model->form;
    pass_trend(form.trend, form.season, model, y, n, trace);
    bool multiplicative = form.error == FC_ETS_MUL;
    sums->log_mu = 0;
    if (multiplicative && !all_positive(trace->mu, n))
        return false;
    if (form.season == FC_ETS_MUL && !all_positive(trace->s, n))
        return false;
    if (form.trend == FC_ETS_MUL
        && !(all_positive(trace->b, n) && all_positive(trace->l, n)))
        return false;
    for (size_t t = 0; t < n; t++)
        trace->e[t] = y[t] - trace->mu[t];
    if (multiplicative) {
        for (size_t t = 0; t < n; t++)
            trace->e[t] /= trace->mu[t];
        sums->log_mu = sum_log(trace->mu, n);
    }
    sums->squares = sum_squares(trace->e, n);
    return isfinite(sums->squares) && isfinite(sums->log_mu);
}

/*
 * Inside the usual bounds only a trend together with a season can leave the
 * region in which forecasts forget the distant past, and only by its beta.
 *
 * The characteristic polynomial of Hyndman, Akram & Archibald (2008), equation
 * (11), times 1 - B, is
 *
 *   ((1 - B)(1 - phi B) + alpha B (1 - phi B) + beta B)(1 - B^m)
 *       + gamma B^m (1 - B)(1 - phi B).
 *
 * It is linear in beta, so that B = exp(-i omega) is a root only where the beta
 * that makes it one is real: where
 *
 *   gamma cot(m omega / 2) + 2 K cot(omega / 2) = 0,
 *   K = ((1 - gamma / 2)(1 - phi) + phi alpha) / (1 + phi),
 *
 * which has one solution between 2 (j - 1) pi / m and 2 j pi / m, for every j,
 * and beta is then
 *
 *   (2 - alpha - gamma)(1 - 2 phi cos(omega) + phi^2) / (1 + phi),
 *
 * which grows with omega: the first solution is the bound.  Here theta is half
 * of omega, and delta is pi - m omega / 2, between 0 and pi / 2.
 */
struct crossing {
    double K, delta, theta;
    double slope; /* of the equation, in sines and cosines, by delta */
};

static double equation(const struct fc_ets_smoothing *k, int m,
                       struct crossing *at)
{
    at->theta = (PI - at->delta) / m;
    double sin_delta = sin(at->delta), cos_delta = cos(at->delta);
    double sin_theta = sin(at->theta), cos_theta = cos(at->theta);
    at->slope =
        2 * at->K * (cos_delta * cos_theta + sin_delta * sin_theta / m)
        + k->gamma * (sin_delta * sin_theta + cos_delta * cos_theta / m);
    return 2 * at->K * sin_delta * cos_theta - k->gamma * cos_delta * sin_theta;
}

/* Newton's method, between bounds; the equation grows with delta. */
static struct crossing first_crossing(const struct fc_ets_smoothing *k, int m)
{
    struct crossing at = {.theta = PI / m};
    double low = 0, high = PI / 2;
    at.K =
        ((1 - k->gamma / 2) * (1 - k->phi) + k->phi * k->alpha) / (1 + k->phi);
    at.delta = atan2(k->gamma * sin(at.theta), 2 * at.K * cos(at.theta));
    for (int i = 0; i < MAX_NEWTON; i++) {
        double value = equation(k, m, &at);
        double next = at.delta - value / at.slope;
        if (fabs(next - at.delta) <= NEWTON_TOLERANCE)
            break;
        if (value > 0)
            high = at.delta;
        else
            low = at.delta;
        at.delta = next > low && next < high ? next : (low + high) / 2;
    }
    return at;
}

double fc_ets_least_beta_bound(const struct fc_ets_smoothing *k, int m)
{
    return (2 - k->alpha - k->gamma)
           * (1 - 2 * k->phi * cos(PI / m) + k->phi * k->phi) / (1 + k->phi);
}

double fc_ets_beta_bound(const struct fc_ets_smoothing *k, int m,
                         struct fc_ets_smoothing *slope)
{
    struct crossing at = first_crossing(k, m);
    double omega = 2 * at.theta, cosine = cos(omega), phi = k->phi;
    double share = (2 - k->alpha - k->gamma) / (1 + phi);
    double square = 1 - 2 * phi * cosine + phi * phi;
    if (slope == NULL)
        return share * square;
    /* delta by K and by gamma; then everything by omega, which delta moves */
    double by_K = -2 * sin(at.delta) * cos(at.theta) / at.slope;
    double by_gamma = cos(at.delta) * sin(at.theta) / at.slope;
    double by_delta = share * 2 * phi * sin(omega) * -2 / m;
    *slope = (struct fc_ets_smoothing){
        .alpha = -square / (1 + phi) + by_delta * by_K * phi / (1 + phi),
        .gamma = -square / (1 + phi)
                 + by_delta * (by_gamma - by_K * (1 - phi) / (2 * (1 + phi))),
        .phi = -share * square / (1 + phi) + share * 2 * (phi - cosine)
               - by_delta * by_K * share / (1 + phi),
    };
    return share * square;
}

bool fc_ets_admissible(struct fc_ets_form form, int m,
                       const struct fc_ets_smoothing *smoothing)
{
    if (form.trend == FC_ETS_NONE || form.season == FC_ETS_NONE
        || smoothing->beta <= fc_ets_least_beta_bound(smoothing, m))
        return true;
    return smoothing->beta
           <= fc_ets_beta_bound(smoothing, m, NULL) * (1 + BOUND_ROUNDING);
}
