/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_KNOWN_DOUBT_H
#define NIGHTCAST_FORECAST_KNOWN_DOUBT_H

#include "forecast/known/known.h"

/*
 * How far effects may lie from what they are, as regressors that are carried on
 * turn out otherwise.  Inside of the room.
 */

/* Finds it for the slopes that the fit has now. */
void known_doubt_measure(struct fc_known_fit *fit);

/*
 * How far the bound with the standard normal z lies from the middle at step h
 * (0 is the first), on the scale of the fit.
 *
 *   width  the standard deviation of all else, on that side
 */
double known_doubt_bound(const struct fc_known_fit *fit, int h, double z,
                         double width);

/* The logarithm of what exp(errors) of step h are in the mean. */
double known_doubt_log_mean(const struct fc_known_fit *fit, int h);

/* Standard normals that a path takes beside those of slopes. */
size_t known_doubt_draws(const struct fc_known_fit *fit);

/*
 * Adds to an effect of each step what carrying on was wrong by in the past.
 *
 *   z  fit->n standard normals of the slopes, and known_doubt_draws()
 */
void known_doubt_draw(const struct fc_known_fit *fit, const double *z,
                      double *effect);

#endif
