/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_REPORT_DATA_SERIES_H
#define NIGHTCAST_CMD_REPORT_DATA_SERIES_H

#include "cmd/report/put.h"

/* What the page shows of each series that it shows: their ids, and their
 * values, forecasts, fits, scores and nights; see page.js.  FC_ENOMEM, or what
 * the store of the nights says. */
enum fc_status cmd_put_all_series(struct cmd_report_writer *w,
                                  struct fc_error *err);

#endif
