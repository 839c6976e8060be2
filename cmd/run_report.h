/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_RUN_REPORT_H
#define NIGHTCAST_CMD_RUN_REPORT_H

#include "cmd/outcomes.h"
#include "io/out/atomic_file.h"

/* The page of `forecast --report`: what `report` would make of the run's
   forecasts, summary and trace.  FC_ENOMEM. */
enum fc_status cmd_run_report(const struct cmd_run *run,
                              struct io_atomic_file *file,
                              struct fc_error *err);

#endif
