/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_PAST_H
#define NIGHTCAST_CMD_PAST_H

#include "cmd/options/options.h"
#include "cmd/report/report.h"

/*
 * A store's past nights for a report of a panel's series.
 */
struct cmd_past;

/* FC_EIO, FC_EDATA, FC_ENOMEM; model is the one that series are shown by. */
enum fc_status cmd_past_open(const struct cmd_options *options,
                             const struct io_panel *panel, const char *model,
                             struct cmd_past **past, struct fc_error *err);

const struct cmd_report_past *cmd_past_of(const struct cmd_past *past);

/* Accepts NULL. */
void cmd_past_close(struct cmd_past *past);

#endif
