/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_MEASURE_ACCURACY_H
#define NIGHTCAST_FORECAST_MEASURE_ACCURACY_H

#include <stddef.h>

/*
 * Measures of forecast accuracy, by the definitions of the M4 competition
 * (Makridakis, Spiliotis & Assimakopoulos 2020, International Journal of
 * Forecasting 36, section 3 and appendix) unless said otherwise.
 *
 * Steps whose actual value is missing (NaN) are left out, as are those a
 * definition cannot take; a measure with no step left, or with a scale of
 * zero, is NaN.  Averages over series leave out the NaN ones, so a flat
 * series does not decide a batch.
 */

/* The in-sample scale of scaled errors: see fc_error_scale(). */
struct fc_error_scale {
    double mae;       /* mean absolute seasonal difference */
    double rmse;      /* root of the mean squared one */
    double rmse_step; /* the same from one value to the next */
};

/* The errors of one forecast.  Percentages are in percent. */
struct fc_accuracy {
    size_t n;     /* steps compared */
    double mae;   /* mean |y - f| */
    double rmse;  /* root of mean (y - f)^2 */
    double mape;  /* 100 mean |y - f| / |y|; steps with y = 0 are left out */
    double smape; /* 100 mean 2 |y - f| / (|y| + |f|), and 0 where y = f = 0 */
    double mase;  /* mae / scale.mae: Hyndman & Koehler (2006) */
    double rmsse; /* rmse / scale.rmse: M5, but with the lag of mase */
};

/*
 * The errors in the training data y of the forecast by the value m steps
 * before; of the one before when n <= m, as then no season has passed.  NaN
 * when there are no two values m steps apart.  rmse_step is that of the value
 * one step before, whatever m is.
 */
struct fc_error_scale fc_error_scale(const double *y, size_t n, size_t m);

/* Its mae alone, at a fraction of the cost. */
double fc_error_scale_mae(const double *y, size_t n, size_t m);

/* The errors of forecast against actual, both of the given horizon. */
struct fc_accuracy fc_accuracy(const double *actual, const double *forecast,
                               size_t horizon, struct fc_error_scale scale);

/*
 * Overall weighted average against the Naive 2 forecast: the mean of the two
 * ratios.  smape and mase are averages over the same series as those of
 * Naive 2.  A ratio 0 / 0 is 1; one with any other numerator over 0 is
 * INFINITY.
 */
double fc_owa(double smape, double mase, double smape_naive2,
              double mase_naive2);

/*
 * The pinball loss of a quantile of so many percent (Koenker & Bassett 1978):
 * p (y - q), or (1 - p) (q - y) where q is larger.
 */
double fc_pinball(double actual, double quantile, double percent);

/* The share of actual values within [lo, hi], between 0 and 1. */
double fc_coverage(const double *actual, const double *lo, const double *hi,
                   size_t horizon);

/*
 * Mean scaled interval score of Gneiting & Raftery (2007): the mean width
 * plus 2 / a times the distance of the values that fell outside, where
 * a = 1 - level / 100; over scale, which is fc_error_scale.mae.
 */
double fc_msis(const double *actual, const double *lo, const double *hi,
               size_t horizon, double level, double scale);

/* The unscaled score of one step. */
double fc_interval_score(double actual, double lo, double hi, double level);

#endif
