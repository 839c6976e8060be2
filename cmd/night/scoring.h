/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_NIGHT_SCORING_H
#define NIGHTCAST_CMD_NIGHT_SCORING_H

#include "cmd/night/state.h"

/*
 * Holds the values that have arrived since the last night against what the
 * nights before said of them, into night->arrivals, and says of tonight's
 * items whether they go astray.  Nothing is written yet.
 *
 * A value is scored once, when it is first there.  Of several forecasts from
 * one origin, that which was said last counts.
 */
enum fc_status cmd_night_score(struct cmd_night *night, struct fc_error *err);

/* Writes them down, within a transaction. */
enum fc_status cmd_night_keep_scores(struct cmd_night *night,
                                     struct fc_error *err);

void cmd_arrivals_release(struct cmd_arrivals *arrivals);

#endif
