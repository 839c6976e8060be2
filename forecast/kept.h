/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_KEPT_H
#define NIGHTCAST_FORECAST_KEPT_H

#include "forecast/model.h"

/*
 * What is kept of a fit so that a later run can start from it: a part (see
 * forecast/numeric/part.h) of its orders and coefficients, and those of its
 * members likewise.  Its states are not: they are those of the series, which
 * will have grown.
 */

/*
 * *kept is NULL where fits of the model start from nothing; else it is to be
 * given back with free().
 *
 *   fit   of fc_model_fit() that returned FC_OK
 *
 * FC_ENOMEM.
 */
enum fc_status fc_fit_keep(const struct fc_fit *fit, struct fc_learned **kept);

/*
 * A fit for fc_request.similar out of what was kept, whatever numbers these
 * are.  Good for that and nothing else; it lives in ws.
 *
 *   nobs  of the fit that was kept; 0: the series began elsewhere, and states
 *         at its beginning are not those of this one
 *
 * FC_EDATA when this is none that the model could start from; FC_ENOMEM.
 */
enum fc_status fc_fit_recall(struct fc_part kept, const struct fc_model *model,
                             size_t nobs, struct fc_workspace *ws,
                             struct fc_fit *fit);

#endif
