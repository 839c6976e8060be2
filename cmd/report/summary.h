/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_REPORT_SUMMARY_H
#define NIGHTCAST_CMD_REPORT_SUMMARY_H

#include "cmd/report/report.h"

/* The summary of a run, read again. */
struct cmd_report_summary {
    struct cmd_report_fit *fits; /* series by series, model by model */
    struct io_intern texts;      /* that they point to */
    size_t unknown;              /* rows of series or models not asked for */
};

/*
 * What `forecast --summary` wrote, of the series and models that are numbered
 * in ids and models.  FC_EIO, FC_EDATA, FC_ENOMEM.
 */
enum fc_status cmd_report_summary_read(const char *path,
                                       const struct io_intern *ids,
                                       const struct io_intern *models,
                                       struct cmd_report_summary *summary,
                                       struct fc_error *err);

void cmd_report_summary_release(struct cmd_report_summary *summary);

#endif
