/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_NUMERIC_VET_H
#define NIGHTCAST_FORECAST_NUMERIC_VET_H

#include <stddef.h>

/*
 * What one series may teach others, and in which scale: judged by its own
 * values alone, so that no series decides it for another.
 */

/*
 * Series that move most of the time; series that rest most of the time, or
 * have come to rest: discontinued, a price, counts with many zeros; and series
 * of which a few changes outweigh all others: with a spike, or that explode.
 * What is learnt of one kind says nothing of another.  A series of which most
 * is missing teaches nobody, nor does one that only repeats itself or goes
 * straight on.
 */
enum fc_kind { FC_KIND_MOVING, FC_KIND_RESTING, FC_KIND_WILD, FC_KINDS };

/* Changes of at most this share of the values themselves are none. */
extern const double fc_rounding;

/*
 * The kind of the n values y, NaN where missing.
 *
 *   resting   more than half of all changes from one value to the next are
 *             none, or of the last ones: of a season, at least 12, at most
 *             half of all
 *   wild      otherwise, if the mean of the absolute changes from season to
 *             season is more than ten times their median
 *   FC_KINDS  most values, or most of the last ones, are missing; or nine in
 *             ten changes from season to season are like the one before
 *
 *   scratch   n values
 */
enum fc_kind fc_kind_of(const double *y, size_t n, size_t season_length,
                        double *scratch);

/* Whether most of the changes up to y[end - 1] from y[first - 1] on are none;
 * first > 0.  True when none is known. */
int fc_rests(const double *y, size_t first, size_t end);

/* The place where a series begins: behind the zeros, many and more than what
 * follows, of a product that there was not. */
size_t fc_begin(const double *y, size_t n);

/*
 * The mean absolute change from season to season of the n values y (from value
 * to value where n <= season_length + 1), in which each change counts for at
 * most 100 times the median of those that are any: one spike, whatever its
 * size, cannot make a series' scale; and rounding makes none.  0 when nothing
 * changes, and when n < 2.
 *
 *   y        no missing values
 *   scratch  n values
 */
double fc_steady_change(const double *y, size_t n, size_t season_length,
                        double *scratch);

#endif
