/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COMBINE_BOUNDS_H
#define NIGHTCAST_FORECAST_COMBINE_BOUNDS_H

#include "forecast/base/series.h"

/*
 * Whether bounds are absurd: one at step h = 1, 2, ... lies outside the range
 * of the n values y by more than 4 z (1 + 2 h / n) times the width of that
 * range, or, where that is more, 4 times `walk`, what the series does by
 * itself in a step.  z is the normal quantile of the bound's level.
 */
bool fc_auto_is_absurd(const struct fc_series *series, double walk,
                       const struct fc_forecast *out);

/* No bound beyond that, nor short of the mean where that is beyond it. */
void fc_auto_clip(const struct fc_series *series, double walk,
                  struct fc_forecast *out);

#endif
