/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_GLOBAL_POOLED_H
#define NIGHTCAST_FORECAST_GLOBAL_POOLED_H

#include "forecast/model.h"

/*
 * A linear regression pooled over many series: the value h steps ahead, from
 * the last `window` values, and where `past` is set from the mean of all values
 * until then, with the same coefficients for every series.
 *
 *   level    of a window: the mean of its last season
 *   raw      values less the level, over the series' steady change
 * (forecast/numeric/vet.h) log      the same with logarithms, over the root of
 * that change; series of positive values only
 */
enum fc_pooled_kind { FC_POOLED_RAW, FC_POOLED_LOG };

struct fc_pooled {
    enum fc_pooled_kind kind;
    int season_length;
    int window;
    int horizon;
    bool past;
    const double *coef; /* horizon rows: an intercept, then window
                           coefficients, oldest first, then that of the past */
};

/* The number of coefficients. */
size_t fc_pooled_size(const struct fc_pooled *pooled);

/*
 * Estimates the coefficients from all series of the lesson, of which none is
 * skipped.
 *
 *   coef  fc_pooled_size() values out; pooled->coef is not touched
 *
 * One series' influence is bounded: by the size of each window's row, and by
 * their number (see pooled.c).  No window has targets behind one of the
 * lesson's breaks that it lies before.
 *
 * FC_ESHORT when there is too little to learn from.  The result does not
 * depend on the number of threads.
 */
enum fc_status fc_pooled_fit(const struct fc_pooled *pooled,
                             const struct fc_lesson *lesson, double *coef,
                             struct fc_error *err);

/*
 * The means of the next pooled->horizon values after the n first of y.
 * FC_ESHORT when n is below the window; FC_EDOMAIN for logarithms of what is
 * not positive, and for a series without variation.
 */
enum fc_status fc_pooled_forecast(const struct fc_pooled *pooled,
                                  const double *y, size_t n,
                                  struct fc_workspace *ws, double *mean);

#endif
