/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COMBINE_TABLE_H
#define NIGHTCAST_FORECAST_COMBINE_TABLE_H

#include "forecast/combine/members.h"

/* A series as auto sees it, and what was fitted to it. */
struct fc_auto_fitted {
    struct fc_series series;  /* without an id */
    const struct fc_fit *fit; /* its members, and in coef the trust in them, the
                                 same in all when that is NULL */
    double change;            /* of the batch: struct fc_auto_common */
};

/* One series' candidates, the forecasts of auto's members, to be combined. */
struct fc_auto_table {
    int horizon;
    bool usable[FC_AUTO_MEMBERS]; /* has a forecast that is not absurd */
    bool absurd[FC_AUTO_MEMBERS];
    double *mean[FC_AUTO_MEMBERS]; /* horizon values each */
    double *seasonal; /* what knows all seasons, horizon values; or NULL */
    double share;     /* of it in each mean */
    double *width;    /* what errors are measured by; see width.c */
    double walk;      /* what the series does by itself in the first step */
    double ratio;     /* the width that the models say, of the first step, over
                         that; 0 or INFINITY: one of them is of rounding size */
    double trust[FC_AUTO_MEMBERS]; /* see trust.h */
    double used[FC_AUTO_MEMBERS];  /* weights, by fc_auto_combine() */
};

#endif
