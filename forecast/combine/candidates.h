/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COMBINE_CANDIDATES_H
#define NIGHTCAST_FORECAST_COMBINE_CANDIDATES_H

#include "forecast/combine/knowledge.h"
#include "forecast/combine/table.h"

/*
 * The forecasts of auto's members for one series, and their weighted mean.
 */

/* Fits the members, and the stand-in, into fit->members, with what is common
 * to all series. */
enum fc_status fc_auto_fit_members(const struct fc_series *series,
                                   const struct fc_request *request,
                                   const struct fc_auto_common *common,
                                   struct fc_workspace *ws, struct fc_fit *fit,
                                   struct fc_error *err);

/* Fills the table for the horizon; FC_ENOFIT when no candidate is usable. */
enum fc_status fc_auto_candidates(const struct fc_auto_fitted *fitted,
                                  int horizon, struct fc_workspace *ws,
                                  struct fc_auto_table *table,
                                  struct fc_error *err);

/*
 * The weights of the usable candidates, times the series' trust in them, which
 * sum to 1, and their mean.
 */
void fc_auto_combine(struct fc_auto_table *table, const double *weights,
                     double *mean);

/*
 * Bounds about out->mean, which are those of the members, are drawn to where
 * what knows all seasons has them about its own mean, by its share.  Nothing
 * happens to a series without it.  FC_ENOMEM.
 */
enum fc_status fc_auto_mix_bounds(const struct fc_auto_fitted *fitted,
                                  struct fc_workspace *ws,
                                  struct fc_forecast *out);

#endif
