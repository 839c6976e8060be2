/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_KNOWN_CARRY_H
#define NIGHTCAST_FORECAST_KNOWN_CARRY_H

#include <stddef.h>

/*
 * How a regressor that is not known in advance is carried on.  Inside of the
 * room.
 */

/* One column: n values, and as many steps after it. */
struct known_past {
    const double *x;
    size_t n, steps, season;
};

enum known_rule {
    KNOWN_LAST,         /* its last value */
    KNOWN_USUAL,        /* its mean */
    KNOWN_SEASON_BEFORE /* a season before, or several, of the past */
};

/* The rule that was nearest in the past, and in *least how many values it has
 * seen there before it was asked. */
enum known_rule known_choose_rule(const struct known_past *past, size_t *least);

/* The place whose value a rule other than KNOWN_USUAL takes for place t, h
 * steps after the last one known. */
size_t known_place_of(const struct known_past *past, enum known_rule rule,
                      size_t t, size_t h);

#endif
