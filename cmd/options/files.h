/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_OPTIONS_FILES_H
#define NIGHTCAST_CMD_OPTIONS_FILES_H

#include "cmd/options/options.h"

/*
 * Whether the files that options name get along: no result replaces what it
 * was made from, none is called compressed, one at the most is standard output,
 * and a lock is nothing else.  Returns -1 to go on, or an exit status after
 * what is wrong was said.
 */
int cmd_check_files(const struct cmd_command *command,
                    const struct cmd_options *options);

/* Whether the outputs of merge spare its inputs; likewise. */
int cmd_check_shards(const struct cmd_command *command,
                     const struct cmd_options *options);

#endif
