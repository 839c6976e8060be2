/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_NUMERIC_PATTERN_H
#define NIGHTCAST_FORECAST_NUMERIC_PATTERN_H

#include "forecast/base/status.h"
#include "forecast/base/workspace.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * The pattern that a series repeats in every cycle of a season, as one mean for
 * each place in the cycle.
 */

/* Which pattern. */
struct fc_pattern_design {
    double period; /* observations per cycle, at least 2; need not be whole */
    double within; /* a shorter season, whose pattern is not to be in this
                      one; 1 = none */
    double half_life; /* cycles after which one counts half; INFINITY: all count
                         the same */
    bool shrink;      /* towards nothing, as far as cycles do not agree */
};

/* Values of a pattern: one for each whole place in the cycle. */
size_t fc_pattern_size(double period);

/* The place of observation t in the cycle. */
size_t fc_pattern_place(double period, size_t t);

/*
 * The pattern of n values x, none missing: their weighted means, place by
 * place, about a centred moving average of one cycle.
 *
 * Where the shorter season fits into the longer one a few times, as days into a
 * week, every place has a mean of its own; where it does not, as in a year of
 * days, so many means would be noise, and the pattern is smoothed over a
 * twelfth of the cycle.
 *
 * Shrinking multiplies it by the share of its mean square that is signal: what
 * different cycles agree in, by the products of their values at the same place.
 * The products are those of noise, on average 0, when there is no pattern, also
 * when noise is correlated within a cycle (the variance of a component, by
 * products of replicates as in Searle, Casella & McCulloch 1992, Variance
 * Components, chapter 3; shrinking by it as James & Stein 1961).  A pattern of
 * which less than a tenth is signal is none.
 *
 *   figure   fc_pattern_size() values out, with mean 0; zero when n < 2 period
 *
 * FC_ENOMEM.
 */
enum fc_status fc_pattern(const double *x, size_t n,
                          const struct fc_pattern_design *design,
                          struct fc_workspace *ws, double *figure);

/* Takes the pattern out of n values, the first of which is observation
 * `first`, or puts it back. */
void fc_pattern_remove(const double *figure, double period, size_t first,
                       size_t n, double *x);
void fc_pattern_put_back(const double *figure, double period, size_t first,
                         size_t n, double *x);

#endif
