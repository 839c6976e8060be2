/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_ETS_PREDICT_H
#define NIGHTCAST_FORECAST_ETS_PREDICT_H

#include "forecast/ets/model.h"
#include "forecast/model.h"

/*
 * How a fitted ETS model lies in a struct fc_fit, the same for every row of
 * the table that is one: order holds the form and the scale, coef what was
 * estimated, state the states at the end of the series.
 */
enum {
    FC_ETS_ORDER_ERROR,
    FC_ETS_ORDER_TREND,
    FC_ETS_ORDER_SEASON,
    FC_ETS_ORDER_DAMPED,
    FC_ETS_ORDER_SCALE, /* 2 to this power is the size of the series */
    FC_ETS_ORDER_RIVAL  /* the form that came next, if close: see select.h */
};
enum {
    FC_ETS_COEF_ALPHA,
    FC_ETS_COEF_BETA,
    FC_ETS_COEF_GAMMA,
    FC_ETS_COEF_PHI,
    FC_ETS_COEF_L, /* then b, then m seasonal terms: before the series, like
                      the states behind it in fit->state */
    FC_ETS_COEF_B,
    FC_ETS_COEF_S
};
enum { FC_ETS_STATE_L, FC_ETS_STATE_B, FC_ETS_STATE_S };

/*
 * The model of a fit in units of 2^scale.
 *
 *   states  fit->state, or fit->coef + FC_ETS_COEF_L
 *   s       room for a season, for the model to point to
 */
struct fc_ets fc_ets_model_of(const struct fc_fit *fit, const double *states,
                              int scale, double *s);

/* The functions of struct fc_model, shared by all rows. */
enum fc_status fc_ets_predict(const struct fc_fit *fit, struct fc_workspace *ws,
                              struct fc_forecast *out, struct fc_error *err);
enum fc_status fc_ets_simulate(const struct fc_fit *fit, int horizon,
                               gsl_rng *rng, struct fc_workspace *ws,
                               double *path, struct fc_error *err);

/*
 * Whether the form has closed formulas for the forecasts' variance: classes 1
 * to 3 of Hyndman et al. (2008), chapter 6.
 */
bool fc_ets_has_variance(struct fc_ets_form form);

/*
 * Means and standard errors of the next observations, for those forms.
 *
 *   model    at the end of the series
 *   sigma2   variance of its errors
 *   scratch  5 m values
 */
void fc_ets_moments(const struct fc_ets *model, double sigma2, int horizon,
                    double *scratch, double *mean, double *se);

/* The path without errors: R's point forecasts of the simulated forms. */
void fc_ets_mean_path(const struct fc_ets *model, int horizon, double *mean);

#endif
