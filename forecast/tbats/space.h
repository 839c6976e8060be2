/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_TBATS_SPACE_H
#define NIGHTCAST_FORECAST_TBATS_SPACE_H

#include "forecast/tbats/model.h"

/*
 * The space in which parameters are searched for: numbers u in the order of
 * fc_tbats_slopes().
 */
void fc_tbats_pack(const struct fc_tbats_form *form,
                   const struct fc_tbats_parameters *par, double *u);
void fc_tbats_unpack(const struct fc_tbats_form *form, const double *u,
                     struct fc_tbats_parameters *par);

/* What they may be. */
void fc_tbats_bounds(const struct fc_tbats_form *form, double *low,
                     double *high);

/* The slopes of parameters (rows) in u (columns). */
void fc_tbats_map(const struct fc_tbats_form *form, const double *u,
                  double map[FC_TBATS_PARAMETERS][FC_TBATS_PARAMETERS]);

/* The i-th start of a search. */
enum { FC_TBATS_STARTS = 4 };

struct fc_tbats_parameters fc_tbats_first(const struct fc_tbats_form *form,
                                          int i);

#endif
