/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COUNTS_TALLY_H
#define NIGHTCAST_FORECAST_COUNTS_TALLY_H

#include "forecast/base/series.h"
#include "forecast/base/workspace.h"

#include <stddef.h>

/*
 * A distribution over the whole numbers from 0 on, as it is put together:
 * small numbers have a place each, larger ones are kept in a list.
 */
enum { FC_TALLY_SMALL = 256 };

struct fc_atom {
    double value, mass;
};

struct fc_tally {
    double small[FC_TALLY_SMALL];
    int top;              /* no mass in small[top] and beyond */
    struct fc_atom *list; /* sorted by fc_tally_sort() */
    size_t n, room;
};

/* An empty one with room for so many large numbers; NULL when memory is
 * short. */
struct fc_tally *fc_tally_new(struct fc_workspace *ws, size_t room);

/* Without mass; the room stays. */
void fc_tally_clear(struct fc_tally *tally);

/* Adds mass to the whole number next to a value; there must be room. */
void fc_tally_add(struct fc_tally *tally, double value, double mass);

/* Adds all of another one, each mass times a weight. */
void fc_tally_add_all(struct fc_tally *tally, const struct fc_tally *other,
                      double weight);

/* What follows is for tallies that are sorted and whose mass is not 0. */
void fc_tally_sort(struct fc_tally *tally);

double fc_tally_mass(const struct fc_tally *tally);
double fc_tally_mean(const struct fc_tally *tally);

/* The smallest whole number that is not exceeded with probability p. */
double fc_tally_quantile(const struct fc_tally *tally, double p);

/* The probability of a whole number, the larger ones' by those around it. */
double fc_tally_probability(const struct fc_tally *tally, double value);

/* The expectations of |X - y| and of |X - Y|, X and Y independent: what the
 * continuous ranked probability score is made of (Gneiting & Raftery 2007,
 * equation 21).  Both must have mass 1. */
double fc_tally_distance(const struct fc_tally *x, double y);
double fc_tally_distance_of(const struct fc_tally *x, const struct fc_tally *y);

/* The mean and the bounds of a forecast's step h. */
void fc_tally_fill(const struct fc_tally *tally, struct fc_forecast *out,
                   int h);

#endif
