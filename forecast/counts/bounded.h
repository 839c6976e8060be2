/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COUNTS_BOUNDED_H
#define NIGHTCAST_FORECAST_COUNTS_BOUNDED_H

#include <stddef.h>

/*
 * What a file chooses by all of its series, so that none of them has unbounded
 * influence, nor a few that differ from the others.
 */

/*
 * How much others learn from a series, from 1 to 0: nothing when it is no more
 * what it was, which is when it has a break.
 */
double fc_counts_steady(const double *y, size_t n);

/*
 * The first break at or after a place; n when there is none.  Some values on
 * end are each more than twice what was sold at most before, of which enough is
 * known; or nothing has been sold since, which is longer than chance explains.
 */
size_t fc_counts_break(const double *y, size_t n, size_t from);

/*
 * Options that were tried on n series: score[k * n + i] is option k's on series
 * i, less is better, NaN where it was not tried.
 */
struct fc_options {
    const double *score, *weight; /* of a series: from 0 to 1 */
    size_t n;
    int most;    /* options */
    int usual;   /* the one that is chosen unless another is better */
    double gain; /* by at least that share of its mean score */
};

/*
 * The option that is better than the usual one by most, where that is more than
 * chance, which is a standard error: a series counts for its difference, for no
 * more than twice the median one.
 *
 *   scratch  n
 */
int fc_options_choose(const struct fc_options *options, double *scratch);

#endif
