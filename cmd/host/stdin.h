/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_HOST_STDIN_H
#define NIGHTCAST_CMD_HOST_STDIN_H

#include "forecast/base/status.h"

/*
 * Puts a copy of all that standard input has in its place: a file without a
 * name in $TMPDIR, or /tmp, which can be read more than once.  FC_EIO.
 */
enum fc_status cmd_stdin_keep(struct fc_error *err);

#endif
