/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_BASE_OUTLINE_H
#define NIGHTCAST_FORECAST_BASE_OUTLINE_H

#include "forecast/base/series.h"
#include "forecast/base/status.h"

/*
 * What is asked of the distributions of forecasts, and the levels that they
 * must have for it.  The quantile of 10 percent is the lower bound of the
 * level of 80, that of 90 its upper one, that of 50 either bound of level 0:
 * so that quantiles and intervals are one thing to the models, and agree.
 */
struct fc_outline {
    int nlevels;
    const double *levels; /* as asked: percent, ascending, distinct */
    int nquantiles;
    const double *quantiles; /* likewise, each in (0, 100) */

    int n;       /* levels that a forecast must have for both */
    double *all; /* ascending, distinct */

    /* where what was asked is found in such a forecast, in the order of the
       columns of a file: lower and upper bound of each level, the quantiles */
    int nbounds;
    struct fc_bound *bounds;
};

/*
 * Fills the outline for levels and quantiles, which it borrows.  FC_ENOMEM;
 * then there is nothing to release.
 */
enum fc_status fc_outline_init(struct fc_outline *outline, const double *levels,
                               int nlevels, const double *quantiles,
                               int nquantiles, struct fc_error *err);

/* Accepts a zeroed one. */
void fc_outline_release(struct fc_outline *outline);

#endif
