/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_ETS_SELECT_H
#define NIGHTCAST_FORECAST_ETS_SELECT_H

#include "forecast/ets/model.h"
#include "forecast/ets/predict.h"

/* A form, or those among which it is chosen. */
enum { FC_ETS_ANY = -1 };

struct fc_ets_wanted {
    int error, trend, season, damped; /* FC_ETS_ANY or one */
    const struct fc_fit *similar;     /* as in fc_request, and so is again */
    bool again;
};

/* A form as one number from 1 on; false when a number is none's. */
int fc_ets_form_code(struct fc_ets_form form);
bool fc_ets_form_of(int code, struct fc_ets_form *form);

/*
 * Estimates what is wanted.  few: with at most this many observations the
 * states start as the first observations say.
 */
enum fc_status fc_ets_fit_wanted(const struct fc_series *series,
                                 const struct fc_ets_wanted *wanted,
                                 enum fc_ets_criterion criterion, size_t few,
                                 struct fc_workspace *ws, struct fc_fit *fit,
                                 struct fc_error *err);

#endif
