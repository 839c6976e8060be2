/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Weighted means by the place in the cycle, and how much of them is signal.
 * Everything is a few passes over the series.
 */
#include "forecast/numeric/pattern.h"

#include <math.h>
#include <string.h>

/* The longest season, in cycles of the shorter one, whose places are looked at
 * one by one; and the part of a longer one that is smoothed over. */
static const double MOST_WITHIN = 31, SMOOTH_PART = 12;

static const double LEAST_SIGNAL = 0.1;

/* Sums at one place, over its cycles: of weights w, of w x, and of squares. */
struct place {
    double w, wx, ww, wwxx;
};

size_t fc_pattern_size(double period)
{
    return (size_t)ceil(period - 1e-6);
}

size_t fc_pattern_place(double period, size_t t)
{
    double place = (double)t - floor((double)t / period) * period;
    size_t whole = (size_t)fmax(0, floor(place + 1e-6));
    return whole < fc_pattern_size(period) ? whole : 0;
}

/*
 * The mean of the `width` values around each of x; at the ends, that of the
 * first and the last so many values.  An even width has halves at both ends.
 * sum is scratch of n + 1 values; out may be x.
 */
static void smooth(const double *x, size_t n, size_t width, double *sum,
                   double *out)
{
    size_t half = width / 2;
    double w = (double)width;
    sum[0] = 0;
    for (size_t t = 0; t < n; t++)
        sum[t + 1] = sum[t] + x[t];
    for (size_t t = 0; t < n; t++) {
        size_t first = t < half ? 0 : t - half;
        if (first + width > n)
            first = n - width;
        double mean = (sum[first + width] - sum[first]) / w;
        if (width % 2 == 0 && t >= half && t + half < n)
            mean = (mean + (sum[first + width + 1] - sum[first + 1]) / w) / 2;
        out[t] = mean;
    }
}

/* Whether every place of the cycle is to have a mean of its own. */
static bool fits_within(const struct fc_pattern_design *design)
{
    double times = design->period / design->within;
    return design->within <= 1
               ? design->period <= MOST_WITHIN
               : times <= MOST_WITHIN && fabs(times - rint(times)) < 1e-9;
}

/* A twelfth of a cycle, in whole cycles of the shorter season. */
static size_t smooth_width(const struct fc_pattern_design *design)
{
    double within = fmax(1, rint(design->within));
    double times = fmax(1, rint(design->period / SMOOTH_PART / within));
    return (size_t)(times * within);
}

/* Of a season that is a whole number, places follow each other. */
static bool is_whole(double period)
{
    return period == (double)fc_pattern_size(period);
}

/* The sums of x over the cycles of a season of this period. */
static void collect(const double *x, size_t n, double period, double decay,
                    struct place *places)
{
    const size_t size = fc_pattern_size(period);
    const bool whole = is_whole(period);
    memset(places, 0, size * sizeof *places);
    double w = 1;
    for (size_t t = n, i = n % size; t-- > 0;) {
        i = i > 0 ? i - 1 : size - 1;
        struct place *at = &places[whole ? i : fc_pattern_place(period, t)];
        at->w += w;
        at->wx += w * x[t];
        at->ww += w * w;
        at->wwxx += w * w * x[t] * x[t];
        w *= decay;
    }
}

/* The share of the patterns' mean square that different cycles agree in. */
static double signal_share(const struct place *places, size_t size)
{
    double signal = 0, square = 0;
    for (size_t i = 0; i < size; i++) {
        const struct place *at = &places[i];
        double pairs = at->w * at->w - at->ww;
        if (pairs <= 1e-9 * at->w * at->w)
            continue;
        signal += (at->wx * at->wx - at->wwxx) / pairs;
        square += at->wx * at->wx / (at->w * at->w);
    }
    double share = square > 0 ? signal / square : 0;
    return share < LEAST_SIGNAL ? 0 : fmin(share, 1);
}

/* Means about their mean, times the factor. */
static void means_of(const struct place *places, size_t size, double factor,
                     double *figure)
{
    double mean = 0;
    for (size_t i = 0; i < size; i++) {
        figure[i] = places[i].w > 0 ? places[i].wx / places[i].w : 0;
        mean += figure[i] / (double)size;
    }
    for (size_t i = 0; i < size; i++)
        figure[i] = factor * (figure[i] - mean);
}

enum fc_status fc_pattern(const double *x, size_t n,
                          const struct fc_pattern_design *design,
                          struct fc_workspace *ws, double *figure)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    size_t size = fc_pattern_size(design->period);
    size_t cycle = (size_t)rint(design->period);
    double *rest = fc_workspace_doubles(ws, n);
    double *sum = fc_workspace_doubles(ws, n + 1);
    struct place *places = fc_workspace_array(ws, size, sizeof *places);
    if (rest == NULL || sum == NULL || places == NULL)
        return FC_ENOMEM;
    memset(figure, 0, size * sizeof *figure);
    if (n >= 2 * cycle) {
        double decay = pow(0.5, 1 / (design->half_life * design->period));
        smooth(x, n, cycle, sum, rest);
        for (size_t t = 0; t < n; t++)
            rest[t] = x[t] - rest[t];
        if (!fits_within(design)) {
            smooth(rest, n, smooth_width(design), sum, rest);
        } else if (design->within > 1) {
            collect(rest, n, design->within, decay, places);
            means_of(places, fc_pattern_size(design->within), 1, figure);
            fc_pattern_remove(figure, design->within, 0, n, rest);
        }
        collect(rest, n, design->period, decay, places);
        means_of(places, size, design->shrink ? signal_share(places, size) : 1,
                 figure);
    }
    fc_workspace_release(ws, mark);
    return FC_OK;
}

static void add(const double *figure, double period, double sign, size_t first,
                size_t n, double *x)
{
    const size_t size = fc_pattern_size(period);
    const bool whole = is_whole(period);
    for (size_t t = 0, i = first % size; t < n; t++) {
        x[t] += sign * figure[whole ? i : fc_pattern_place(period, first + t)];
        i = i + 1 < size ? i + 1 : 0;
    }
}

void fc_pattern_remove(const double *figure, double period, size_t first,
                       size_t n, double *x)
{
    add(figure, period, -1, first, n, x);
}

void fc_pattern_put_back(const double *figure, double period, size_t first,
                         size_t n, double *x)
{
    add(figure, period, 1, first, n, x);
}
