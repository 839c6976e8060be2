/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_NUMERIC_SEASON_TEST_H
#define NIGHTCAST_FORECAST_NUMERIC_SEASON_TEST_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether a series has a season, for as little as two seasons of history.
 * Missing values (NaN) may occur; m is the season length.
 */

/*
 * What speaks for a season.
 *
 *   ratio         how many times larger the variance between the positions of
 *                 the season is than chance would make it; about 1 without a
 *                 season
 *   probability   of as much in a series without one: a line with noise, a
 *                 random walk, or anything between
 *
 * 0 and 1 for fewer than two seasons, for a constant, and when some position
 * of the season was never seen.
 */
struct fc_season_evidence {
    double ratio, probability;
};

struct fc_season_evidence fc_season_test(const double *y, size_t n, size_t m);

/* Whether a forecast gains by a season: that is both large and no chance. */
bool fc_season_is_evident(const double *y, size_t n, size_t m);

/* How many observations the position of the season has that has fewest. */
size_t fc_season_seen(const double *y, size_t n, size_t m);

#endif
