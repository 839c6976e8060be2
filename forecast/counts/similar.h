/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COUNTS_SIMILAR_H
#define NIGHTCAST_FORECAST_COUNTS_SIMILAR_H

#include "forecast/counts/level.h"
#include "forecast/counts/tally.h"

#include <gsl/gsl_rng.h>
#include <stdbool.h>

/*
 * What followed where series stood alike: nearest neighbours among all places
 * in all series of a file, and the values behind them in units of the level
 * (analogues: Lorenz 1969; for quantiles: Meinshausen 2006, Quantile
 * regression forests, whose weights are of this kind).
 *
 * No series has unbounded influence: each place weighs the same, none has more
 * than the median series, what followed ends where its series breaks (see
 * bounded.h), what followed counts for no more than five times what
 * the series had sold at most before, and what is more than twenty times that
 * is not known.  In other units it is at most four times as large.
 */

enum { FC_SIMILAR_PLACES = 5, FC_SIMILAR_MOST = 150 /* neighbours */ };

/* Values that are kept of what followed. */
enum { FC_SIMILAR_STEPS = 24 };

/* A place in a series, as numbers, so that it can be kept with what else is
 * learnt: `steps` values from values[from] on followed, `every` apart. */
struct fc_place {
    double at[FC_SIMILAR_PLACES]; /* coordinates; places are sorted by at[0] */
    double unit;                  /* the level then */
    double most;                  /* of a value that followed */
    double from, steps;
};

enum { FC_PLACE_SIZE = sizeof(struct fc_place) / sizeof(double) };

struct fc_places {
    const struct fc_place *place;
    size_t n;
    const double *values; /* negative: missing */
    size_t nvalues;
    int every;
};

/* Where a level lies, under a season's factor. */
void fc_place_coordinates(const struct fc_counts_level *level, double factor,
                          double at[FC_SIMILAR_PLACES]);

/* What is sold there is measured by that. */
double fc_place_unit(const struct fc_counts_level *level, double factor);

/* The neighbours of a place, and the units that what followed them is to be
 * multiplied by. */
struct fc_neighbours {
    int n;
    int of[FC_SIMILAR_MOST];
    double unit;
    double distance; /* the mean of theirs */
};

void fc_similar_find(const struct fc_places *places,
                     const struct fc_counts_level *level, double factor,
                     struct fc_neighbours *found);

/* Adds what followed. */
void fc_similar_add(const struct fc_places *places,
                    const struct fc_neighbours *found, double mass,
                    struct fc_tally *tally);

/* What followed one of them, drawn at random, as a path of some steps from
 * one of its steps on, and then again. */
void fc_similar_draw(const struct fc_places *places,
                     const struct fc_neighbours *found, gsl_rng *rng,
                     int horizon, double *path);

/* Sorts places for fc_similar_find(). */
void fc_similar_sort(struct fc_place *place, size_t n);

#endif
