/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/counts/bounded.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>

/* A difference counts for so many times the median one at most. */
static const double MEDIANS = 2;

/* Standard errors within which a difference is chance. */
static const double ERRORS = 1;

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
