/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_SEASONS_PROFILE_H
#define NIGHTCAST_FORECAST_SEASONS_PROFILE_H

#include "forecast/base/series.h"
#include "forecast/base/status.h"
#include "forecast/base/workspace.h"
#include "forecast/seasons/course.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * A forecast by profiles: the series, in logarithms where it is positive, less
 * the pattern of each season, is continued by a long autoregression about its
 * mean.  How fast patterns and mean are forgotten, how many lags there are and
 * whether the longest season counts at all can be had in several ways: all are
 * tried, and weighed by the errors they made at the last few origins.  Where
 * earlier years are known, the level follows their course.
 */

enum { FC_PROFILE_WAYS = 24 };

/* One way, fitted. */
struct fc_profile_way {
    double weight; /* they sum to 1; one of weight 0 has nothing else */
    double mean, sigma;
    size_t order;
    const double *phi;    /* order values */
    const double *last;   /* order values of the rest, the latest last */
    const double *figure; /* of every season, one behind the other */
    bool course;          /* was taken out */
};

/* Their numbers are in the workspace they were fitted with. */
struct fc_profile {
    size_t n; /* observations, the last ones, that were looked at */
    int nperiods;
    const double *period;    /* as given */
    bool log;                /* values are exponentials of what is forecast */
    double widen;            /* standard errors were so many times too small */
    struct fc_course course; /* counted from the first of the n */
    struct fc_profile_way way[FC_PROFILE_WAYS];
};

/*
 *   y         n values, none missing
 *   seasons   each at most n / 2; at least one
 *   horizon   steps that matter
 *
 * FC_ENOMEM.
 */
enum fc_status fc_profile_fit(const double *y, size_t n,
                              const struct fc_seasons *seasons, size_t horizon,
                              struct fc_workspace *ws,
                              struct fc_profile *profile);

/*
 * The next steps, of which mean and se have `horizon` places; and a path of
 * them with the given standard normal shocks, one for each step, by which
 * every way is shaken alike.  FC_ENOMEM.
 */
enum fc_status fc_profile_forecast(const struct fc_profile *profile,
                                   size_t horizon, struct fc_workspace *ws,
                                   double *mean, double *se);
enum fc_status fc_profile_path(const struct fc_profile *profile, size_t horizon,
                               const double *shock, struct fc_workspace *ws,
                               double *path);

/* Numbers of one figure list: sizes of all patterns together. */
size_t fc_profile_figures(const double *period, int nperiods);

#endif
