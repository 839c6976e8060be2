/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_OPTIONS_PAIRS_H
#define NIGHTCAST_CMD_OPTIONS_PAIRS_H

#include "cmd/options/options.h"

/*
 * Whether every option that was given has the one it needs, and none that it
 * does not go with.  `command` is the name of the subcommand, for messages.
 * Returns -1 to go on, or the exit status of a usage error that was reported.
 */
int cmd_check_pairs(const char *command, const struct cmd_options *options);

#endif
