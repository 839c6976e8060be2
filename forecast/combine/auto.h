/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COMBINE_AUTO_H
#define NIGHTCAST_FORECAST_COMBINE_AUTO_H

#include "forecast/model.h"

/* The combination of models that auto is where there are no counts, as
 * functions of a model: see forecast/model.h. */
enum fc_status fc_auto_fit(const struct fc_series *series,
                           const struct fc_request *request,
                           struct fc_workspace *ws, struct fc_fit *fit,
                           struct fc_error *err);
enum fc_status fc_auto_predict(const struct fc_fit *fit,
                               struct fc_workspace *ws, struct fc_forecast *out,
                               struct fc_error *err);

#endif
