/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Orders of differencing.
 *
 * d: the test of Kwiatkowski, Phillips, Schmidt & Shin (1992), J. Econometrics
 * 54, for stationarity about a level, repeated on the differences until it no
 * longer rejects.  The statistic is that of urca's ur.kpss() with
 * trunc(3 sqrt(n) / 13) lags, as ndiffs(test = "kpss") of R's forecast 8.20
 * asks for it; a p-value below 0.05 there is a statistic above 0.463, the
 * paper's table 1.
 *
 * D: the seasonal strength of Wang, Smith & Hyndman (2006), Data Mining and
 * Knowledge Discovery 13, on an STL decomposition as mstl() makes it:
 * nsdiffs(test = "seas") of forecast 8.20, where above 0.64 is strong.
 */
#include "forecast/numeric/unitroot.h"

#include "forecast/numeric/difference.h"
#include "forecast/numeric/season_test.h"
#include "forecast/numeric/stl.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

const struct fc_difference_rules fc_difference_rules_r = {
    .first = 0.463,
    .second = 0.463,
    .autocorrelation = -1,
    .strength = 0.64,
    .highest = 1,
};

double fc_kpss(const double *y, size_t n, struct fc_workspace *ws)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    double *e = fc_workspace_doubles(ws, n);
    size_t lags = (size_t)(3 * sqrt((double)n) / 13);
    double mean = 0, partial = 0, squares = 0, variance = 0;
    if (e == NULL)
        return -1;
    for (size_t t = 0; t < n; t++)
        mean += y[t] / (double)n;
    for (size_t t = 0; t < n; t++) {
        e[t] = y[t] - mean;
        partial += e[t];
        squares += partial * partial;
        variance += e[t] * e[t];
    }
    for (size_t lag = 1; lag <= lags; lag++) {
        double sum = 0;
        for (size_t t = lag; t < n; t++)
            sum += e[t] * e[t - lag];
        variance += 2 * (1 - (double)lag / (double)(lags + 1)) * sum;
    }
    fc_workspace_release(ws, mark);
    return squares / ((double)n * variance);
}

static size_t drop_missing(const double *y, size_t n, double *out)
{
    size_t left = 0;
    for (size_t t = 0; t < n; t++)
        if (!isnan(y[t]))
            out[left++] = y[t];
    return left;
}

static double lag_one_autocorrelation(const double *x, size_t n)
{
    double mean = 0, squares = 0, products = 0;
    for (size_t t = 0; t < n; t++)
        mean += x[t] / (double)n;
    for (size_t t = 0; t < n; t++) {
        squares += (x[t] - mean) * (x[t] - mean);
        if (t > 0)
            products += (x[t] - mean) * (x[t - 1] - mean);
    }
    return products / squares;
}

/* Whether x, differenced d times so far, needs one more; -1: no memory. */
static int needs_difference(const double *x, size_t n, int d,
                            const struct fc_difference_rules *rules,
                            struct fc_workspace *ws)
{
    if (n < 2 || fc_is_constant(x, n, rules->noise))
        return 0;
    double statistic = fc_kpss(x, n, ws);
    if (statistic < 0)
        return -1;
    if (d == 0)
        return statistic > rules->first;
    return statistic > rules->second
           && lag_one_autocorrelation(x, n) >= rules->autocorrelation;
}

int fc_ndiffs(const double *y, size_t n, int max_d,
              const struct fc_difference_rules *rules, struct fc_workspace *ws)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    double *x = fc_workspace_doubles(ws, n);
    int d = 0, more = 0;
    if (x == NULL)
        return -1;
    n = drop_missing(y, n, x);
    while (d < max_d && (more = needs_difference(x, n, d, rules, ws)) > 0) {
        n = fc_difference(x, n, 1, 1);
        d++;
    }
    fc_workspace_release(ws, mark);
    return more < 0 ? more : d;
}

static double variance(const double *x, size_t n)
{
    double mean = 0, sum = 0;
    for (size_t t = 0; t < n; t++)
        mean += x[t] / (double)n;
    for (size_t t = 0; t < n; t++)
        sum += (x[t] - mean) * (x[t] - mean);
    return sum;
}

double fc_seasonal_strength(const double *y, size_t n, size_t m,
                            struct fc_workspace *ws)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    double *seasonal = fc_workspace_doubles(ws, n);
    double *trend = fc_workspace_doubles(ws, n);
    const struct fc_stl_design design = {.m = m, .window = fc_mstl_window};
    double strength = 0;
    if (seasonal == NULL || trend == NULL)
        return -1;
    if (m >= 2 && n > 2 * m) {
        if (fc_stl(y, n, design, ws, seasonal, trend) != FC_OK)
            return -1;
        for (size_t t = 0; t < n; t++)
            trend[t] = y[t] - seasonal[t] - trend[t]; /* the remainder */
        double noise = variance(trend, n);
        for (size_t t = 0; t < n; t++)
            trend[t] += seasonal[t];
        double whole = variance(trend, n);
        if (whole > 0)
            strength = fmin(1, fmax(0, 1 - noise / whole));
    }
    fc_workspace_release(ws, mark);
    return strength;
}

/* Straight lines over the gaps; the ends are never missing. */
static void fill_gaps(double *x, size_t n)
{
    size_t last = 0;
    for (size_t t = 1; t < n; t++) {
        if (isnan(x[t]))
            continue;
        double step = (x[t] - x[last]) / (double)(t - last);
        for (size_t j = last + 1; j < t; j++)
            x[j] = x[last] + step * (double)(j - last);
        last = t;
    }
}

/*
 * Whether a series needs a seasonal difference; -1: no memory.  x is y with
 * its gaps filled.
 */
static int needs_seasonal(const double *y, const double *x, size_t n, size_t m,
                          const struct fc_difference_rules *rules,
                          struct fc_workspace *ws)
{
    double share = (double)m / (double)n;
    double threshold =
        fmin(rules->highest, rules->strength + rules->bias * share);
    if (n < 2 * m || fc_is_constant(x, n, rules->noise)
        || (rules->evident && !fc_season_is_evident(y, n, m)))
        return 0;
    if (n == 2 * m)
        return rules->evident;
    double strength = fc_seasonal_strength(x, n, m, ws);
    return strength < 0 ? -1 : strength > threshold;
}

int fc_nsdiffs(const double *y, size_t n, size_t m, int max_D,
               const struct fc_difference_rules *rules, struct fc_workspace *ws)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    double *given = fc_workspace_doubles(ws, n);
    double *x = fc_workspace_doubles(ws, n);
    int D = 0, more = 0;
    if (given == NULL || x == NULL)
        return -1;
    memcpy(given, y, n * sizeof *given);
    memcpy(x, y, n * sizeof *x);
    fill_gaps(x, n);
    while (D < max_D
           && (more = needs_seasonal(given, x, n, m, rules, ws)) > 0) {
        fc_difference(given, n, m, 1);
        n = fc_difference(x, n, m, 1);
        D++;
    }
    fc_workspace_release(ws, mark);
    return more < 0 ? more : D;
}
