/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_KNOWN_CARRY_H
#define NIGHTCAST_FORECAST_KNOWN_CARRY_H

#include "forecast/known/known.h"

/*
 * How a regressor that is not known in advance is carried on.  Inside of the
 * room.
 */

/* One column: n values, and as many steps after it. */
struct known_past {
    const double *x;
    size_t n, steps, season;
};

/* The rule that was nearest in the past, and in *least how many values it has
 * seen there before it was asked. */
enum fc_known_rule known_choose_rule(const struct known_past *past,
                                     size_t *least);

/* The place whose value a rule other than FC_KNOWN_USUAL takes for place t, h
 * steps after the last one known. */
size_t known_place_of(const struct known_past *past, enum fc_known_rule rule,
                      size_t t, size_t h);

#endif
