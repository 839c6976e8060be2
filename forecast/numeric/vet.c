/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Scales and kinds of series that a few of their values cannot decide.
 *
 * The scale is the mean absolute seasonal difference of scaled errors
 * (Hyndman & Koehler 2006, Another look at measures of forecast accuracy,
 * International Journal of Forecasting 22, 679-688), winsorised (Huber 1981,
 * Robust Statistics, section 1.5): where no change exceeds the bound, and this
 * is so for nearly all series of the M3 and M4 competitions, it is that mean.
 */
#include "forecast/numeric/vet.h"

#include <gsl/gsl_statistics.h>
#include <math.h>

const double fc_rounding = 1e-10;

/* A change counts for so many median changes at most. */
static const double STEADY = 100;

/* Of a wild series the mean change is more than so many times the median one:
 * of all but one of M3's and M4's hourly series it is less. */
static const double WILD = 10;

/* Changes that differ by less than this share of the mean one are alike; of a
 * series that teaches something so many at most are. */
static const double ALIKE = 1e-3, REPEATED = 0.9;

enum { LATELY = 12 }; /* changes that are recent, at least */

static int is_change(double a, double b)
{
    return fabs(b - a) > fc_rounding * fmax(fabs(a), fabs(b));
}

int fc_rests(const double *y, size_t first, size_t end)
{
    size_t known = 0, changes = 0;
    for (size_t t = first; t < end; t++)
        if (!isnan(y[t]) && !isnan(y[t - 1])) {
            known++;
            changes += is_change(y[t - 1], y[t]) != 0;
        }
    return 2 * changes < known || known == 0;
}

static int is_known(const double *y, size_t first, size_t end)
{
    size_t known = 0;
    for (size_t t = first; t < end; t++)
        known += !isnan(y[t]);
    return 2 * known >= end - first;
}

/* The absolute changes over m steps that are known, and are any; how many. */
static size_t find_changes(const double *y, size_t n, size_t m, double *change)
{
    size_t k = 0;
    for (size_t t = m; t < n; t++)
        if (!isnan(y[t]) && !isnan(y[t - m]) && is_change(y[t - m], y[t]))
            change[k++] = fabs(y[t] - y[t - m]);
    return k;
}

static int repeats(const double *y, size_t n, size_t m, double mean)
{
    size_t known = 0, alike = 0;
    for (size_t t = m + 1; t < n; t++) {
        double d = (y[t] - y[t - m]) - (y[t - 1] - y[t - 1 - m]);
        known += !isnan(d);
        alike += fabs(d) <= ALIKE * mean;
    }
    return known > 0 && (double)alike > REPEATED * (double)known;
}

enum fc_kind fc_kind_of(const double *y, size_t n, size_t season_length,
                        double *scratch)
{
    size_t lately = season_length > LATELY ? season_length : LATELY;
    size_t first = lately < n / 2 ? n - lately : n - n / 2;
    if (!is_known(y, 0, n) || !is_known(y, first, n))
        return FC_KINDS;
    if (n < 2)
        return FC_KIND_MOVING;
    if (fc_rests(y, 1, n) || fc_rests(y, first, n))
        return FC_KIND_RESTING;
    size_t m = n <= season_length + 1 ? 1 : season_length;
    size_t k = find_changes(y, n, m, scratch);
    double mean = k > 0 ? gsl_stats_mean(scratch, 1, k) : 0;
    if (k > 0 && mean > WILD * gsl_stats_median(scratch, 1, k))
        return FC_KIND_WILD;
    return repeats(y, n, m, mean) ? FC_KINDS : FC_KIND_MOVING;
}

double fc_steady_change(const double *y, size_t n, size_t season_length,
                        double *scratch)
{
    size_t m = n <= season_length + 1 ? 1 : season_length;
    size_t k = find_changes(y, n, m, scratch);
    if (k == 0)
        return 0;
    double most = STEADY * gsl_stats_median(scratch, 1, k), sum = 0;
    for (size_t t = m; t < n; t++)
        if (is_change(y[t - m], y[t]))
            sum += fmin(fabs(y[t] - y[t - m]), most);
    return sum / (double)(n - m);
}

enum {
    ZEROS = 10, /* before the beginning of a series, at least */
    SHARE = 5   /* of what follows at most one in so many is zero */
};

size_t fc_begin(const double *y, size_t n)
{
    size_t begin = 0, zeros = 0;
    while (begin < n && y[begin] == 0)
        begin++;
    for (size_t t = begin; t < n; t++)
        zeros += y[t] == 0;
    size_t left = n - begin;
    return begin >= ZEROS && left > 0 && begin >= 2 * left
                   && SHARE * zeros <= left
               ? begin
               : 0;
}
