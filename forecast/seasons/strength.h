/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_SEASONS_STRENGTH_H
#define NIGHTCAST_FORECAST_SEASONS_STRENGTH_H

#include "forecast/base/series.h"
#include "forecast/base/status.h"
#include "forecast/base/workspace.h"

/*
 * How strong each season of a series is: 1 - Var(remainder) / Var(remainder +
 * season), and 0 at least, by the components of mstl.h.  Wang, Smith & Hyndman
 * (2006), Characteristic-based clustering for time series data, as R's
 * stl_features() of the package tsfeatures.
 *
 *   series    missing values are filled as the seasons have them
 *   strength  a number for each season of series->seasons out; NAN for those of
 *             which there are no two cycles and one value more
 *
 * FC_ENOMEM.
 */
enum fc_status fc_season_strengths(const struct fc_series *series,
                                   struct fc_workspace *ws, double *strength);

#endif
