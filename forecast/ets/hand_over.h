/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_ETS_HAND_OVER_H
#define NIGHTCAST_FORECAST_ETS_HAND_OVER_H

#include "forecast/ets/parts.h"
#include "forecast/ets/predict.h"

/* Fills a fit, in ws, with what was estimated.  FC_ENOMEM. */
enum fc_status fc_ets_hand_over(const struct fc_ets_work *work,
                                const struct fc_ets_fitted *fitted,
                                struct fc_workspace *ws, struct fc_fit *fit,
                                struct fc_error *err);

#endif
