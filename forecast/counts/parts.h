/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COUNTS_PARTS_H
#define NIGHTCAST_FORECAST_COUNTS_PARTS_H

#include "forecast/counts/level.h"
#include "forecast/counts/tally.h"

#include <gsl/gsl_rng.h>
#include <stdbool.h>

/*
 * Distributions of the next value of a series of counts, from which the
 * models of this room are made.  All are added to a tally with a mass.
 */

/* Large numbers that one of them may add, besides those of the series. */
enum { FC_COUNTS_ROOM = 512 };

/*
 * Negative binomial with a damped smoothed mean: Snyder, Ord & Beaumont
 * (2012), Forecasting the intermittent demand for slow-moving inventories,
 * section 3: the next mean is (1 - phi - alpha) mean + phi level + alpha y.
 * Here the variance is `spread` times the mean (their unrestricted negative
 * binomial has two parameters; with this one they move together).
 */
struct fc_nbin {
    double alpha, phi;
    double mean;   /* which the level returns to */
    double level;  /* of the next value */
    double spread; /* at least 1: Poisson */
};

/* Estimates mean, level and spread under alpha and phi; the log-likelihood of
 * the values from the second on. */
double fc_nbin_fit(const double *y, size_t n, const struct fc_counts_file *file,
                   struct fc_nbin *model);

/* The same with alpha and phi that are most likely, of a few; with a penalty
 * for every value by which they leave the mean alone. */
double fc_nbin_search(const double *y, size_t n,
                      const struct fc_counts_file *file, struct fc_nbin *model);

/* The i-th pair that is tried; false when there are no more. */
bool fc_nbin_pair(int i, double *alpha, double *phi);

/* Moves on by a value; NaN is missing. */
void fc_nbin_move(struct fc_nbin *model, double y);

/* The mean h = 1, 2, ... steps ahead, and the spread there. */
double fc_nbin_ahead(const struct fc_nbin *model, int h, double *spread);

/* Adds a negative binomial distribution. */
void fc_nbin_add(double mean, double spread, double mass,
                 struct fc_tally *tally);

double fc_nbin_draw(double mean, double spread, gsl_rng *rng);

/*
 * Own values with weights that fade by the step, the rest of the mass from a
 * prior that counts like so many values (Willemain, Smart & Schwarz 2004,
 * International Journal of Forecasting 20, draw from the past likewise).
 *
 *   y      NaN: missing
 *   scale  of every step's value; or NULL
 */
struct fc_fading {
    const double *y, *scale;
    size_t n;
    double steps;  /* in which weights fall to 1 / e */
    double values; /* that the prior counts like */
};

/* The part of the mass that is the prior's. */
double fc_fading_prior(const struct fc_fading *past);

void fc_fading_add(const struct fc_fading *past, const struct fc_tally *prior,
                 double mass, struct fc_tally *tally);

/* A place in the past, as likely as its weight. */
size_t fc_fading_draw(const struct fc_fading *past, gsl_rng *rng);

/*
 * Hurdle: a sale of a probability, and its size: own sizes with fading weights
 * and, counting like one of them, a shifted Poisson distribution of their mean.
 */
struct fc_hurdle {
    double sold, size;
    struct fc_fading sizes; /* zeros do not count */
};

void fc_hurdle_add(const struct fc_hurdle *hurdle, double mass,
                   struct fc_tally *tally);
double fc_hurdle_draw(const struct fc_hurdle *hurdle, gsl_rng *rng);

#endif
