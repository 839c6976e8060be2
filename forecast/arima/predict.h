/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_ARIMA_PREDICT_H
#define NIGHTCAST_FORECAST_ARIMA_PREDICT_H

#include "forecast/arima/harmonics.h"
#include "forecast/arima/model.h"
#include "forecast/model.h"

/*
 * Forecasts and sample paths of a fitted ARIMA model: the predict and simulate
 * functions of its row in the table of models.
 */

/* fc_fit.order of an ARIMA fit.  FACTORS: fc_fit.state holds so many factors of
   the state's covariance behind the state itself: see struct fc_arima_end.
   HARMONICS: how many there are, as a code; at the end of the state are, of
   each season that has any, its period and their coefficients.
 */
enum {
    FC_ARIMA_P,
    FC_ARIMA_D,
    FC_ARIMA_Q,
    FC_ARIMA_SEASONAL_P,
    FC_ARIMA_SEASONAL_D,
    FC_ARIMA_SEASONAL_Q,
    FC_ARIMA_CONSTANT,
    FC_ARIMA_FACTORS,
    FC_ARIMA_RIVAL,
    FC_ARIMA_HARMONICS
};

struct fc_arima_order fc_arima_order_of(const struct fc_fit *fit);

/* The harmonics of a fit that has its state. */
struct fc_arima_harmonics fc_arima_harmonics_of(const struct fc_fit *fit);

/*
 * fc_fit.coef: phi, theta, Phi, Theta, then the mean of the differenced
 * series, 0 without a constant.
 */
enum fc_status fc_arima_predict(const struct fc_fit *fit,
                                struct fc_workspace *ws,
                                struct fc_forecast *out, struct fc_error *err);

enum fc_status fc_arima_simulate(const struct fc_fit *fit, int horizon,
                                 gsl_rng *rng, struct fc_workspace *ws,
                                 double *path, struct fc_error *err);

#endif
