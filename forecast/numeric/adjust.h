/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_NUMERIC_ADJUST_H
#define NIGHTCAST_FORECAST_NUMERIC_ADJUST_H

#include "forecast/base/series.h"
#include "forecast/base/status.h"
#include "forecast/base/workspace.h"

/*
 * A series with several seasons for a model that knows one: the patterns of
 * all seasons but the shortest are taken out, each without what a shorter one
 * does in it, and put back into forecasts.  Of a positive series they are
 * factors, otherwise terms.  A pattern counts as far as its cycles agree in it
 * (see pattern.h), so that a season that is not there changes nothing.
 */

/* What was taken out.  figure leads into the workspace. */
struct fc_adjustment {
    bool log; /* the patterns are logarithms of factors */
    size_t n; /* observations before the first step of a forecast */
    struct fc_seasons seasons; /* those with a pattern that is not zero */
    double *figure;            /* their patterns, one behind the other */
    size_t nfigures;
};

/*
 * The patterns of a series, by its first `known` values; missing ones are
 * filled as the season has them.  adjustment->seasons.n is 0 when there is
 * nothing to take out.  FC_ENOMEM.
 */
enum fc_status fc_adjustment_find(const struct fc_series *series, size_t known,
                                  struct fc_workspace *ws,
                                  struct fc_adjustment *adjustment);

/* n values, the first of which is observation `first`, without the patterns,
 * or with them again.  Missing ones stay so; out may be x. */
void fc_adjustment_apply(const struct fc_adjustment *adjustment,
                         const double *x, size_t first, size_t n, double *out);
void fc_adjustment_undo(const struct fc_adjustment *adjustment, size_t first,
                        size_t n, double *x);

#endif
