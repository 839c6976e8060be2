/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_REPORT_TOTALS_H
#define NIGHTCAST_CMD_REPORT_TOTALS_H

#include "cmd/report/report.h"

/*
 * Sums over all series per time step: of the history, of the first model's
 * forecasts, and of actual values.
 */
struct cmd_report_total {
    int64_t time;
    double y, mean, actual;
    uint32_t ny, nmean, nactual; /* series that have one */
};

struct cmd_report_totals {
    struct cmd_report_total *at; /* n of them, in order of time */
    size_t n;
};

/* The last few thousand steps.  FC_ENOMEM. */
enum fc_status cmd_report_sum(const struct cmd_report *report,
                              struct cmd_report_totals *totals,
                              struct fc_error *err);

void cmd_report_totals_release(struct cmd_report_totals *totals);

#endif
