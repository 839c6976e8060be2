/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_REPORT_DATA_H
#define NIGHTCAST_CMD_REPORT_DATA_H

#include "cmd/report/report.h"

/* All that the page shows, as one JSON object; see page.js.  FC_ENOMEM. */
enum fc_status cmd_report_data(const struct cmd_report *report,
                               struct io_atomic_file *file,
                               struct fc_error *err);

#endif
