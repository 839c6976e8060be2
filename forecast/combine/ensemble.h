/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COMBINE_ENSEMBLE_H
#define NIGHTCAST_FORECAST_COMBINE_ENSEMBLE_H

#include "forecast/model.h"

/*
 * What combinations of models have in common: several models fitted to one
 * series, where those that cannot are left out.
 */

struct fc_ensemble {
    const struct fc_model *const *models; /* up to NULL */
    const struct fc_part *learned;        /* by the first of them ... */
    size_t nlearned;                      /* ... so many */
};

/*
 * Fits the models and puts them into fit->members in their order; a member
 * that failed has model == NULL.  request->similar is such an ensemble, or
 * NULL. FC_ENOMEM, or FC_ENOFIT when all failed.
 */
enum fc_status fc_ensemble_fit(const struct fc_series *series,
                               const struct fc_request *request,
                               const struct fc_ensemble *ensemble,
                               struct fc_workspace *ws, struct fc_fit *fit,
                               struct fc_error *err);

/*
 * Every member's forecast in the shape of like (its horizon and levels):
 * fit->nmembers of them, whose mean is NULL for members left out and for
 * those whose forecast failed.  Of members that learn there are means alone,
 * without levels.  NULL when memory is short.
 */
struct fc_forecast *fc_ensemble_predict(const struct fc_fit *fit,
                                        const struct fc_forecast *like,
                                        struct fc_workspace *ws);

/* The median of n values, which are put into another order. */
double fc_ensemble_median(double *x, size_t n);

#endif
