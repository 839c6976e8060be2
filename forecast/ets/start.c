/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the search for an ETS model starts: the seasonal figure of a classical
 * decomposition, a line through the first deseasonalised observations, and
 * smoothing parameters near zero.
 *
 * R's forecast 8.20: initstate() and initparam(), decompose() of R's stats.
 */
#include "forecast/ets/parts.h"

#include <math.h>
#include <string.h>

/* An intercept and a slope over t = 1, 2, ... */
struct line {
    double at_zero, slope;
};

static struct line fit_line(const double *y, size_t n)
{
    double centre = ((double)n + 1) / 2, mean = 0, xy = 0, xx = 0;
    for (size_t t = 0; t < n; t++)
        mean += y[t] / (double)n;
    for (size_t t = 0; t < n; t++) {
        double x = (double)(t + 1) - centre;
        xy += x * (y[t] - mean);
        xx += x * x;
    }
    struct line line = {.slope = xx > 0 ? xy / xx : 0};
    line.at_zero = mean - line.slope * centre;
    return line;
}

/* What is left of y after its trend, by the kind of season. */
static double detrend(enum fc_ets_component season, double y, double trend)
{
    if (season == FC_ETS_ADD)
        return y - trend;
    return trend > 0 ? y / trend : 1;
}

/* Sum over one season around t, the ends of an even one counting half. */
static double season_sum(const double *y, size_t t, size_t m, double window)
{
    return m % 2 == 0 ? window - (y[t - m / 2] + y[t + m / 2]) / 2 : window;
}

/* The moving average's figure: decompose() */
static void figure_of_averages(const struct fc_ets_work *work,
                               enum fc_ets_component season, double *s)
{
    size_t m = (size_t)work->m, half = m / 2, width = 2 * half + 1;
    double window = 0, total = 0;
    double *count = work->scratch;
    for (size_t j = 0; j < m; j++)
        s[j] = count[j] = 0;
    for (size_t t = 0; t < width; t++)
        window += work->y[t];
    for (size_t t = half; t + half < work->n; t++) {
        double trend = season_sum(work->y, t, m, window) / (double)m;
        s[t % m] += detrend(season, work->y[t], trend);
        count[t % m]++;
        if (t + half + 1 < work->n)
            window += work->y[t + half + 1] - work->y[t - half];
    }
    for (size_t j = 0; j < m; j++) {
        s[j] /= count[j];
        total += s[j] / (double)m;
    }
    for (size_t j = 0; j < m; j++)
        s[j] = season == FC_ETS_ADD ? s[j] - total : s[j] / total;
}

/* With fewer than three seasons: what a line leaves of the first one. */
static void figure_of_line(const struct fc_ets_work *work,
                           enum fc_ets_component season, double *s)
{
    size_t m = (size_t)work->m, whole = work->n / m * m;
    struct line line = fit_line(work->y, whole);
    for (size_t j = 0; j < m; j++) {
        s[j] = 0;
        for (size_t t = j; t < whole; t += m)
            s[j] += detrend(season, work->y[t],
                            line.at_zero + line.slope * (double)(t + 1));
        s[j] *= (double)m / (double)whole;
    }
}

static const double *figure(struct fc_ets_work *work,
                            enum fc_ets_component season)
{
    struct fc_ets_figure *known = &work->figure[season];
    if (known->known)
        return known->s;
    if (work->n < 3 * (size_t)work->m)
        figure_of_line(work, season, known->s);
    else
        figure_of_averages(work, season, known->s);
    if (season == FC_ETS_MUL)
        for (int j = 0; j < work->m; j++)
            known->s[j] = known->s[j] > 0.01 ? known->s[j] : 0.01;
    known->known = true;
    return known->s;
}

/* A growth factor and the level it starts from, out of a line. */
static void start_growth(const double *y, struct line line,
                         struct fc_ets *start)
{
    double first = line.at_zero + line.slope;
    first = fabs(first) < 1e-8 ? 1e-7 : first;
    start->b = (first + line.slope) / first;
    start->l = first / start->b;
    if (!(start->l > 1e-8 && start->b > 1e-8 && start->b < 1e10)) {
        start->l = fmax(y[0], 0.001);
        start->b = fmax(y[1] / y[0], 0.001);
        if (!isfinite(start->b))
            start->b = 1;
    }
}

void fc_ets_start(struct fc_ets_work *work, struct fc_ets_form form,
                  struct fc_ets *start)
{
    int m = form.season != FC_ETS_NONE ? work->m : 1;
    size_t first = 2 * (size_t)m > 10 ? 2 * (size_t)m : 10;
    double *y = work->scratch + m, mean = 0;
    first = first < work->n ? first : work->n;
    memcpy(y, work->y, first * sizeof *y);
    if (form.season != FC_ETS_NONE) {
        const double *s = figure(work, form.season);
        memcpy(start->s, s, (size_t)m * sizeof *s);
        for (size_t t = 0; t < first; t++)
            if (form.season == FC_ETS_ADD)
                y[t] -= s[t % (size_t)m];
            else
                y[t] /= s[t % (size_t)m];
    }
    for (size_t t = 0; t < first; t++)
        mean += y[t] / (double)first;
    struct line line = fit_line(y, first);
    start->form = form;
    start->m = m;
    start->l = form.trend == FC_ETS_ADD ? line.at_zero : mean;
    start->b = form.trend == FC_ETS_ADD ? line.slope : 0;
    if (form.trend == FC_ETS_MUL)
        start_growth(y, line, start);
    struct fc_ets_smoothing k = {.phi = 1};
    k.alpha = 1e-4 + 0.2 * (0.9999 - 1e-4) / m;
    if (form.trend != FC_ETS_NONE)
        k.beta = 1e-4 + 0.1 * (k.alpha - 1e-4);
    if (form.season != FC_ETS_NONE)
        k.gamma = 1e-4 + 0.05 * (1 - k.alpha - 1e-4);
    if (form.damped)
        k.phi = 0.8 + 0.99 * (0.98 - 0.8);
    start->smoothing = k;
}

void fc_ets_adjust(struct fc_ets_work *work, enum fc_ets_component season,
                   double *z)
{
    const double *s = figure(work, season);
    size_t j = 0, m = (size_t)work->m;
    for (size_t t = 0; t < work->n; t++) {
        z[t] = season == FC_ETS_ADD ? work->y[t] - s[j] : work->y[t] / s[j];
        if (++j == m)
            j = 0;
    }
}
