/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_OPTIONS_LIST_H
#define NIGHTCAST_CMD_OPTIONS_LIST_H

#include "cmd/options/options.h"

/*
 * Reads the inputs that --from lists, one name per line, to be those behind
 * the command line's, and checks them all.  Returns -1 to go on, as when there
 * is no --from, or the exit status of an error that was reported.
 */
int cmd_read_list(const struct cmd_command *command,
                  struct cmd_options *options);

#endif
