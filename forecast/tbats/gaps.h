/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_TBATS_GAPS_H
#define NIGHTCAST_FORECAST_TBATS_GAPS_H

#include "forecast/tbats/model.h"

/* Missing values of a run; and of how many gaps it costs less to close them
 * than to carry derivatives over them. */
size_t fc_tbats_gaps(const struct fc_tbats_trace *trace);
size_t fc_tbats_few_gaps(const struct fc_tbats *model);

/*
 * Of derivatives of innovations, those where values are missing.
 *
 *   rows  in: the first `count` numbers of rows `stride` apart, what they would
 *         be if no value were missing and all were as they are expected;
 *         out: what they are, zero where values are missing
 *
 * FC_ENOMEM.
 */
enum fc_status fc_tbats_close_gaps(const struct fc_tbats *model,
                                   const struct fc_tbats_trace *trace,
                                   size_t stride, size_t count,
                                   struct fc_workspace *ws, double *rows);

#endif
