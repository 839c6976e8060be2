/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_OPTIONS_BY_FILE_H
#define NIGHTCAST_CMD_OPTIONS_BY_FILE_H

#include "cmd/options/options.h"

/*
 * --by-file: checks what goes with it, and makes the run's own files its
 * inputs; once everything that is about all of them has been checked.  -1, or
 * the exit status of a usage error that was reported.
 */
int cmd_take_files(const char *command, struct cmd_options *options);

#endif
