/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COMBINE_WIDTH_H
#define NIGHTCAST_FORECAST_COMBINE_WIDTH_H

#include "forecast/combine/table.h"

/* The widths of a table whose other parts are there; each holds the members'
 * forecasts, at a level of 95% where they have intervals, the last of them the
 * stand-in's.  FC_ENOMEM. */
enum fc_status fc_auto_widths(const struct fc_auto_fitted *fitted,
                              const struct fc_forecast *each,
                              struct fc_workspace *ws,
                              struct fc_auto_table *table);

/*
 * A width, of a series whose forecasts of its last values were off by a mean of
 * `own` widths, in units of that of a series where that is as usual.  0: not
 * known.
 */
double fc_auto_own_width(double own, double usual);

#endif
