/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_OPTIONS_SHARD_H
#define NIGHTCAST_CMD_OPTIONS_SHARD_H

#include "cmd/options/options.h"

/*
 * What --shard means, and the {K} in the names of what a shard writes.
 * Returns -1 to go on, or the exit status of an error that was reported.
 */
int cmd_parse_shard(const struct cmd_command *command,
                    struct cmd_options *options);

#endif
