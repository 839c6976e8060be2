/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_NUMERIC_REACH_H
#define NIGHTCAST_FORECAST_NUMERIC_REACH_H

#include "forecast/base/series.h"
#include "forecast/base/status.h"
#include "forecast/numeric/part.h"

/*
 * How far an interval of a level reaches below and above a forecast, in
 * widths: growth[h] * shape[side](level).  Growth is exp(a + b log(1 + h)),
 * shape a table over the levels of fc_reach_levels, interpolated.  One side
 * may be negative at low levels, the sum of both never is.
 */
enum fc_side { FC_BELOW, FC_ABOVE, FC_SIDES };
enum { FC_REACH_LEVELS = 13 };
extern const double fc_reach_levels[FC_REACH_LEVELS];

struct fc_reach {
    double a, b;
    double shape[FC_SIDES][FC_REACH_LEVELS];
};

/* The factor of a width for a side and a level in percent, at step h. */
double fc_reach_factor(const struct fc_reach *reach, enum fc_side side,
                       double level, int h);

/* Bounds of every level about out->mean; width has out->horizon values. */
void fc_reach_bounds(const struct fc_reach *reach, const double *width,
                     struct fc_forecast *out);

/*
 * Errors (actual less forecast) over widths, of values held back; NaN: not
 * known.  Those of an earlier period are of forecasts that had seen a little of
 * it: see reach.c.
 */
struct fc_reach_sample {
    size_t n; /* series */
    int horizon;
    const double *ratio;   /* n * horizon */
    const double *earlier; /* as many; or NULL */
};

/* Estimates the errors' quantiles, shrunk towards the prior's, and bounded by
 * multiples of them. */
enum fc_status fc_reach_learn(const struct fc_reach_sample *sample,
                              const struct fc_reach *prior,
                              struct fc_reach *reach, struct fc_error *err);

/*
 * As numbers of a part.  Reading returns false for what cannot be: intervals
 * grow with the level, and never turn around.
 */
void fc_reach_write(const struct fc_reach *reach,
                    struct fc_part_writer *writer);
bool fc_reach_read(struct fc_part_reader *reader, struct fc_reach *reach);

#endif
