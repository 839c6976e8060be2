/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_INSPECT_KNOWN_H
#define NIGHTCAST_CMD_INSPECT_KNOWN_H

#include "cmd/options/options.h"
#include "io/known/known.h"

/*
 * Prints what there is beside the series, if it is asked for: regressors, and
 * which series lack a future of them; events, how often each was there and
 * which are in the horizon.  Fails as io_events_read() does.
 */
enum fc_status cmd_inspect_known(const struct cmd_options *options,
                                 const struct io_panel *panel,
                                 const struct io_known *known,
                                 struct fc_error *err);

#endif
