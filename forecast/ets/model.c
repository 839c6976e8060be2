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
 * The characteristic polynomial of the seasonal forms, constant term first,
 * for the reciprocals of the roots R looks at: 1, then the powers of B.
 * Hyndman, Akram & Archibald (2008), equation (11).
 */
static void characteristic(const struct fc_ets_smoothing *k, int m, double *a)
{
    double common = k->alpha + k->beta - k->alpha * k->phi;
    a[0] = 1;
    for (int j = 1; j < m; j++)
        a[j] = common;
    a[1] = k->alpha + k->beta - k->phi;
    a[m] = common + k->gamma - 1;
    a[m + 1] = k->phi * (1 - k->alpha - k->gamma);
}

/* Schur and Cohn's test: all reflection coefficients inside (-1, 1). */
static bool roots_are_stable(double *a, double *next, int degree)
{
    for (int d = degree; d > 0; d--) {
        double r = a[d];
        if (!(fabs(r) < 1 + 1e-10))
            return false;
        double scale = 1 - r * r;
        if (scale <= 0)
            return true; /* on the circle, where R's tolerance accepts */
        for (int j = 0; j < d; j++)
            next[j] = (a[j] - r * a[d - j]) / scale;
        memcpy(a, next, (size_t)d * sizeof *a);
    }
    return true;
}

bool fc_ets_admissible(struct fc_ets_form form, int m,
                       const struct fc_ets_smoothing *smoothing,
                       double *scratch)
{
    /*
     * Inside the usual bounds only a trend together with a season can leave
     * the region: without a trend |A|^2 - |C|^2 below is never negative.
     *
     * With A = 1 - (1 + phi - alpha - beta) B + phi (1 - alpha) B^2 and
     * C = A - gamma (1 - B)(1 - phi B), the polynomial times 1 - B is
     * A - B^m C, and |C| <= |A| all around the unit circle when
     * (2 - alpha - gamma)(1 - phi)^2 >= beta (1 + phi): Rouche's theorem.
     */
    if (form.trend == FC_ETS_NONE || form.season == FC_ETS_NONE)
        return true;
    const struct fc_ets_smoothing *k = smoothing;
    double rest = 1 - k->phi;
    if ((2 - k->alpha - k->gamma) * rest * rest >= k->beta * (1 + k->phi))
        return true;
    characteristic(k, m, scratch);
    return roots_are_stable(scratch, scratch + m + 2, m + 1);
}
