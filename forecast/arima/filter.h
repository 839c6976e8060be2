/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_ARIMA_FILTER_H
#define NIGHTCAST_FORECAST_ARIMA_FILTER_H

#include "forecast/arima/lanes.h"

/*
 * Takes the filter's memory, but for e, and sets all but the coefficients.
 * gaps: whether to make the columns of data's missing values.
 */
enum fc_status fc_arima_filter_init(struct fc_arima_filter *filter,
                                    const struct fc_arima_data *data,
                                    const struct fc_arima_order *order,
                                    bool gaps, struct fc_workspace *ws);

/* Puts the coefficients of one point into a lane. */
void fc_arima_filter_load(struct fc_arima_filter *filter,
                          const struct fc_arima_order *order,
                          const double *free, int lane);

/*
 * Filters w; mu: its mean by generalised least squares, if it has one.  With
 * columns the likelihood is that of the values which are not in doubt: logdet
 * has the determinant of the columns' products, and e what the regression
 * leaves.
 */
void fc_arima_filter_run(struct fc_arima_filter *filter, fc_lanes *mu);

/*
 * Covariances of the state of one lane with the process before the first
 * observation: c, `count` values of them, of which the first is the variance.
 */
void fc_arima_filter_covariances(struct fc_arima_filter *filter, int lane,
                                 size_t count, double *c);

#endif
