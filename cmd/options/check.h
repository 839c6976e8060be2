/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_OPTIONS_CHECK_H
#define NIGHTCAST_CMD_OPTIONS_CHECK_H

#include "cmd/options/options.h"

/*
 * Makes of the options' texts what they mean (levels, quantiles, models,
 * limits, shards) and refuses what contradicts itself.  Returns -1 to go on, or
 * an exit status after what is wrong was said.
 */
int cmd_options_check(const struct cmd_command *command,
                      struct cmd_options *options);

/* What can be said of merge's inputs once all of them are known; likewise. */
int cmd_check_merge(const struct cmd_command *command,
                    const struct cmd_options *options);

#endif
