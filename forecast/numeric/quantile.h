/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_NUMERIC_QUANTILE_H
#define NIGHTCAST_FORECAST_NUMERIC_QUANTILE_H

#include <stddef.h>

/*
 * The quantile of probability p of n values in ascending order, n at least 1:
 * definition 8 of Hyndman & Fan (1996), Sample quantiles in statistical
 * packages, The American Statistician 50, which they recommend and R's
 * forecast uses; R's quantile(x, p, type = 8).
 */
double fc_quantile(const double *x, size_t n, double p);

/*
 * The smallest of them that a share p of them, at least, does not exceed:
 * definition 1 of Hyndman & Fan, for numbers that have nothing between them.
 */
double fc_quantile_whole(const double *x, size_t n, double p);

/*
 * The places fc_quantile() and fc_quantile_whole() look at for np ascending
 * probabilities: at most 2 np of them, ascending and distinct, into rank.
 * Returns their number.
 */
size_t fc_quantile_ranks(size_t n, const double *p, size_t np, size_t *rank);

/*
 * Puts at each of these places of x what would stand there if x were in
 * ascending order: enough for fc_quantile(), at a fraction of the cost of a
 * sort.  x has no NaN.
 */
void fc_quantile_arrange(double *x, size_t n, const size_t *rank,
                         size_t nranks);

#endif
