/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_COMMANDS_H
#define NIGHTCAST_CMD_COMMANDS_H

#include "cmd/options/options.h"

/* The subcommands, one file each. */
extern const struct cmd_command cmd_forecast;
extern const struct cmd_command cmd_backtest;
extern const struct cmd_command cmd_score;
extern const struct cmd_command cmd_simulate;
extern const struct cmd_command cmd_inspect;
extern const struct cmd_command cmd_bench;
extern const struct cmd_command cmd_merge;
extern const struct cmd_command cmd_learn;
extern const struct cmd_command cmd_history;
extern const struct cmd_command cmd_models;
extern const struct cmd_command cmd_plot;
extern const struct cmd_command cmd_report;

#endif
