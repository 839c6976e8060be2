/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_SEASONS_FILL_H
#define NIGHTCAST_FORECAST_SEASONS_FILL_H

#include "forecast/base/status.h"
#include "forecast/base/workspace.h"

#include <stddef.h>

/*
 * Puts values in place of missing ones as the season has them: in a gap, the
 * mean of the nearest known values whole cycles before and after, moved onto
 * the straight line between what such means miss at the gap's ends.
 *
 *   y        n values; the first and the last are known
 *   period   of the season whose cycles are looked at, at least 1
 *   filled   n values out, y where it is known
 *
 * FC_ENOMEM.
 */
enum fc_status fc_seasons_fill(const double *y, size_t n, double period,
                               struct fc_workspace *ws, double *filled);

#endif
