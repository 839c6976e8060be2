/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_OPTIONS_NUMBERS_H
#define NIGHTCAST_CMD_OPTIONS_NUMBERS_H

#include "cmd/options/options.h"

/*
 * Options that are lists of numbers: what was given as text is put, ascending
 * and each once, where the options have it as numbers.  `command` is the name
 * of the subcommand, for messages.  They return -1 to go on, or an exit status
 * after what is wrong was said: a usage error, or memory that is short.
 */

/* --level: percent, between 0 and 100; "none" is an empty list. */
int cmd_parse_levels(const char *command, struct cmd_options *options);

/* --quantiles: percent, from 0.1 to 99.9. */
int cmd_parse_quantiles(const char *command, struct cmd_options *options);

/* --season: steps, whole or not; 1 alone is an empty list. */
int cmd_parse_seasons(const char *command, struct cmd_options *options);

#endif
