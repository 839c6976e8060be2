/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_TBATS_ARMA_H
#define NIGHTCAST_FORECAST_TBATS_ARMA_H

#include "forecast/tbats/model.h"

/*
 * The ARMA process of n values, as a start of the whole form's search: with
 * orders that are chosen, or those of the form.  Of form and par nothing else
 * is changed.  FC_ENOMEM.
 */
enum fc_status fc_tbats_choose_arma(const double *d, size_t n,
                                    struct fc_workspace *ws,
                                    struct fc_tbats_form *form,
                                    struct fc_tbats_parameters *par);
enum fc_status fc_tbats_fit_arma(const double *d, size_t n,
                                 const struct fc_tbats_form *form,
                                 struct fc_workspace *ws,
                                 struct fc_tbats_parameters *par);

#endif
