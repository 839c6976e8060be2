/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_NUMERIC_BREAKS_H
#define NIGHTCAST_FORECAST_NUMERIC_BREAKS_H

#include "forecast/base/series.h"
#include "forecast/base/status.h"

#include <stdbool.h>

/*
 * Breaks that most series of a batch share: a strike, a lockdown, a reform.
 * Periods are counted from the end of a series, whose last value is 1.
 */
enum { FC_MOST_BREAKS = 8 };

struct fc_break {
    int first; /* the earliest period that differs */
    int last;  /* the latest */
    bool over; /* afterwards things were as they had been before */
};

struct fc_breaks {
    int n; /* the latest ones, the latest first */
    struct fc_break at[FC_MOST_BREAKS];
};

/*
 * The breaks in a batch of n series, which may have missing values.  In a
 * period of a break the median, over the series, of the absolute change from
 * the season before, in units of each series' median such change, is more than
 * 2.5 times its median over all periods, and than its largest value in the
 * season before (the last 12 periods without one where the season is shorter);
 * a break that has begun goes on while it is more than 1.58 times that.
 * One that is not over must have begun four periods ago.
 * There is none in batches of fewer than 20 series, and no series counts for
 * more than one among all of the period.
 *
 * FC_ENOMEM.
 */
enum fc_status fc_find_breaks(const struct fc_series *series, size_t n,
                              int season_length, struct fc_breaks *breaks,
                              struct fc_error *err);

/*
 * Whether a series of n values takes part in a break: its own absolute change
 * from the season before is more than 2.5 times its median one in one of the
 * periods.
 *
 *   scratch  n values
 */
bool fc_shares_break(const double *y, size_t n, int season_length,
                     const struct fc_break *b, double *scratch);

/*
 * In y, which has no missing values, what it would have been without the
 * breaks that are over and that it shares: the value of the season before plus
 * the mean change from season to season of the three periods before the break
 * and the three after.  Returns whether anything was changed.
 *
 *   scratch  n values
 */
bool fc_heal(double *y, size_t n, int season_length,
             const struct fc_breaks *breaks, double *scratch);

/*
 * How many of the steps after the t first of n values can be told from these:
 * those before the next break that is not over.
 */
size_t fc_before_break(const struct fc_breaks *breaks, size_t t, size_t n);

#endif
