/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_MEASURE_DRIFT_H
#define NIGHTCAST_FORECAST_MEASURE_DRIFT_H

#include <stdbool.h>

/*
 * Whether the forecasts of a series go astray, told from their errors as the
 * actual values come in, one after the other.
 *
 * The tracking signal is a sum of the errors over their smoothed size (Brown
 * 1959, Statistical Forecasting for Inventory Control; the smoothing of the
 * size by 0.1 and an alarm beyond 4 are those of Makridakis, Wheelwright &
 * Hyndman 1998, section 7/4).  A plain sum of errors without bias comes to 4,
 * too, every 14 values in the mean; so each value takes 3/4 of the size off it,
 * as in a cumulative sum chart (Crosier 1986, A new two-sided cumulative sum
 * quality control scheme, Technometrics 28, formulas 1.4 to 1.6).  By
 * simulation (tests/test_drift.c) that is an alarm by chance in one of 600
 * values of normal errors, of 240 of t5 and of 170 of Laplace ones, and one
 * 3, 5, 7 and 14 values after a mean that moved by 3, 2, 1.5 and 1 standard
 * deviations; equal errors from the first value on are one after 17, as their
 * own size is all that is known then.  After an alarm the sum begins anew.
 *
 * The check of coverage counts the values outside of an interval: an alarm is
 * a count that a binomial variable of that interval's level would reach in
 * less than one case in a thousand.
 */
struct fc_drift {
    double counted;   /* errors */
    double cumulated; /* sum of the errors, less what chance may add to it */
    double deviation; /* smoothed size of the errors; their mean at first */
    double compared;  /* values that had an interval, of late */
    double outside;   /* those of them that were not inside of it */
};

enum fc_astray { FC_STEADY, FC_BIASED, FC_TOO_NARROW };

/* Takes the error of one forecast, actual value minus mean, into account. */
void fc_drift_add_error(struct fc_drift *drift, double error);

/* Takes into account whether a value was inside of its interval. */
void fc_drift_add_interval(struct fc_drift *drift, bool inside);

/* The tracking signal; 0 where all errors were. */
double fc_drift_signal(const struct fc_drift *drift);

/* level: of the interval, in percent. */
enum fc_astray fc_drift_check(const struct fc_drift *drift, double level);

/* After an alarm. */
void fc_drift_begin_anew(struct fc_drift *drift);

#endif
