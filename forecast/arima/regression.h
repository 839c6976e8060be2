/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_ARIMA_REGRESSION_H
#define NIGHTCAST_FORECAST_ARIMA_REGRESSION_H

#include "forecast/arima/estimate.h"
#include "forecast/arima/harmonics.h"

/* The harmonics the series is regressed on, as many of each season as there may
 * be: of the long seasons that it holds two cycles of.  One that is the
 * shortest has seasonal orders instead where they are named. */
struct fc_arima_harmonics fc_arima_harmonics_for(const struct fc_series *series,
                                                 const struct fc_spec *spec);

/*
 * A regression on harmonics with ARIMA errors.  The orders are those of what
 * the harmonics leave, first as many as there may be, then as many as have the
 * smallest AICc.  Gaps that are dear are filled by straight lines.
 */
enum fc_status fc_arima_regress(const struct fc_series *series,
                                const struct fc_arima_wanted *wanted,
                                struct fc_workspace *ws, struct fc_fit *fit,
                                struct fc_arima_harmonics *harmonics,
                                struct fc_arima_data *data,
                                struct fc_arima_estimate *estimate);

#endif
