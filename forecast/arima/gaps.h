/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_ARIMA_GAPS_H
#define NIGHTCAST_FORECAST_ARIMA_GAPS_H

#include "forecast/arima/filter.h"

/*
 * Missing values of an ARIMA model.  Either they are regressors of the fast
 * filter, which is exact and costs by their number, or the Kalman filter skips
 * them, which costs by the square of the model's state.
 */

/* Sets `separable` and `logdet_start` of data that is else prepared. */
enum fc_status fc_arima_separate(struct fc_arima_data *data,
                                 struct fc_workspace *ws);

/* Whether the missing values are to be regressors. */
bool fc_arima_regresses(const struct fc_arima_data *data,
                        const struct fc_arima_order *order);

/* About how many multiplications one evaluation of the likelihood takes for
   the missing values of a series of n. */
double fc_arima_gap_cost(size_t n, size_t ngaps,
                         const struct fc_arima_order *order);

/*
 * After fc_arima_filter_run() with columns, for lane 0:
 *
 *   residuals   the standardised innovations given what was observed before
 *               each, filter->n values; 0 where nothing can be said: at missing
 *               values, and where an observation is the first to tell of
 *               missing values to difference from
 *   state       adds what the estimated values change in the end state; see
 *               struct fc_arima_end.  scratch: dim values
 *   factors     what they leave uncertain in it: count rows of dim
 *
 * FC_ENOMEM when memory is short.
 */
enum fc_status fc_arima_gap_residuals(const struct fc_arima_filter *filter,
                                      struct fc_workspace *ws, double *resid);
void fc_arima_gap_state(const struct fc_arima_filter *filter,
                        const struct fc_arima_data *data, size_t dim,
                        double *scratch, double *state);
enum fc_status fc_arima_gap_factors(const struct fc_arima_filter *filter,
                                    const struct fc_arima_data *data,
                                    size_t dim, struct fc_workspace *ws,
                                    double **factor, size_t *count);

#endif
