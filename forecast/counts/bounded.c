/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/counts/bounded.h"

#include "forecast/counts/shared.h"

#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>

/* A difference counts for so many times the median one at most. */
static const double MEDIANS = 2;

/* Standard errors within which a difference is chance. */
static const double ERRORS = 1;

/* From a chance of 1 in 20 on that a series rests so long it counts for less,
 * from 1 in 1000 on for nothing. */
static const double LIKELY = 0.05, UNLIKELY = 0.001;

/* A step up: values that it takes, values before it, and how many times what
 * was sold at most before. */
enum { STEP_LEAST = 3, STEP_MOST = 6, STEP_BEFORE = 12 };
static const double STEP_TIMES = 2;

/*
 * The logarithm of the chance of no sale for so many steps when there was one
 * in so many others: of draws whose chance has the beta distribution that those
 * say (Jeffreys' prior).
 */
static double rest_chance(double sales, double steps, double rest)
{
    double none = steps - sales + 0.5, all = steps + 1;
    return gsl_sf_lngamma(none + rest) - gsl_sf_lngamma(none)
           + gsl_sf_lngamma(all) - gsl_sf_lngamma(all + rest);
}

/* How much a series counts by its last rest, which begins at `since`.  Steps
 * are counted from the first sale on, with which a series begins. */
static double alive(const double *y, size_t n, size_t *since)
{
    double sales = 0, steps = 0, rest = 0;
    *since = 0;
    for (size_t t = 0; t < n; t++) {
        if (isnan(y[t]))
            continue;
        rest += sales > 0;
        if (y[t] > 0) {
            sales += 1;
            steps += rest;
            rest = 0;
            *since = t + 1;
        }
    }
    return sales > 0 ? fc_counts_fall(-rest_chance(sales - 1, steps, rest),
                                      -log(LIKELY), -log(UNLIKELY))
                     : 1;
}

/* Whether the next values are all above that, and enough of them are known. */
static bool stays_above(const double *y, size_t n, double least)
{
    int known = 0;
    for (size_t t = 0; t < n && known < STEP_MOST; t++) {
        if (y[t] <= least)
            return false;
        known += !isnan(y[t]);
    }
    return known >= STEP_LEAST;
}

size_t fc_counts_break(const double *y, size_t n, size_t from)
{
    double most = 0;
    int known = 0;
    size_t since;
    if (alive(y, n, &since) > 0 || since < from)
        since = n;
    for (size_t t = 0; t < since; t++) {
        if (isnan(y[t]))
            continue;
        if (t >= from && known >= STEP_BEFORE && most > 0
            && y[t] > STEP_TIMES * most
            && stays_above(y + t, n - t, STEP_TIMES * most))
            return t;
        most = fmax(most, y[t]);
        known++;
    }
    return since;
}

double fc_counts_steady(const double *y, size_t n)
{
    size_t since;
    return fc_counts_break(y, n, 0) < n ? 0 : alive(y, n, &since);
}

static double difference(const struct fc_options *o, int k, size_t i)
{
    return o->score[(size_t)o->usual * o->n + i]
           - o->score[(size_t)k * o->n + i];
}

/* The most that a difference of option k counts for. */
static double most_of(const struct fc_options *o, int k, double *scratch)
{
    size_t n = 0;
    for (size_t i = 0; i < o->n; i++) {
        double d = difference(o, k, i);
        if (o->weight[i] > 0 && !isnan(d))
            scratch[n++] = fabs(d);
    }
    if (n == 0)
        return 0;
    gsl_sort(scratch, 1, n);
    return MEDIANS * gsl_stats_median_from_sorted_data(scratch, 1, n);
}

/* By how much option k is better, beyond chance; 0: it is not. */
static double betters_by(const struct fc_options *o, int k, double usual,
                         double *scratch)
{
    double most = most_of(o, k, scratch), sum = 0, squares = 0, weights = 0;
    for (size_t i = 0; i < o->n; i++) {
        double d = difference(o, k, i);
        if (isnan(d))
            continue;
        d = o->weight[i] * fmin(fmax(d, -most), most);
        sum += d;
        squares += d * d;
        weights += o->weight[i];
    }
    double least = fmax(ERRORS * sqrt(squares), o->gain * usual * weights);
    return sum > least ? sum / weights : 0;
}

/* The median score of the usual option. */
static double usual_score(const struct fc_options *o, double *scratch)
{
    size_t n = 0;
    for (size_t i = 0; i < o->n; i++) {
        double score = o->score[(size_t)o->usual * o->n + i];
        if (o->weight[i] > 0 && !isnan(score))
            scratch[n++] = score;
    }
    if (n == 0)
        return 0;
    gsl_sort(scratch, 1, n);
    return gsl_stats_median_from_sorted_data(scratch, 1, n);
}

int fc_options_choose(const struct fc_options *options, double *scratch)
{
    int chosen = options->usual;
    double best = 0, usual = usual_score(options, scratch);
    for (int k = 0; k < options->most; k++) {
        double better = betters_by(options, k, usual, scratch);
        if (better > best) {
            best = better;
            chosen = k;
        }
    }
    return chosen;
}
