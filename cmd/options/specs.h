/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_OPTIONS_SPECS_H
#define NIGHTCAST_CMD_OPTIONS_SPECS_H

#include "cmd/options/options.h"

/*
 * Options that name models.  `command` is the name of the subcommand, for
 * messages.  They return -1 to go on, or an exit status after what is wrong was
 * said: a usage error, or memory that is short.
 */

/* --model: each with the settings that its row has, and as it was written. */
int cmd_parse_models(const char *command, struct cmd_options *options);

/* --fallback; "none" leaves the options without. */
int cmd_parse_fallback(const char *command, struct cmd_options *options);

/* Forecasts of another future are told apart by their model's name: its own,
 * and what --set says. */
int cmd_mark_models(const struct cmd_options *options);

#endif
