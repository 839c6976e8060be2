/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_NIGHT_SAY_H
#define NIGHTCAST_CMD_NIGHT_SAY_H

#include "cmd/night/state.h"

/*
 * What tonight says of each series by each model, as it is kept to be scored;
 * within a transaction, when all series have their numbers.
 */
enum fc_status cmd_night_say(struct cmd_night *night, struct fc_error *err);

#endif
