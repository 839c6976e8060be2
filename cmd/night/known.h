/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_NIGHT_KNOWN_H
#define NIGHTCAST_CMD_NIGHT_KNOWN_H

#include "cmd/night/state.h"

/*
 * Nights with regressors, events among them: what these teach is kept as what
 * models learn is, under model 0 of the store.  Without regressors nothing here
 * does anything.
 */

/*
 * Looks up what they taught last, whether it still holds or not: whether there
 * were the same regressors then, which corrections can only be told from.
 */
enum fc_status cmd_night_find_known(struct cmd_night *night,
                                    struct fc_error *err);

/* It holds again: the batch's job has it. */
void cmd_night_take_known(struct cmd_night *night);

/* They teach the batch's job, unless it has been taught. */
enum fc_status cmd_night_learn_known(struct cmd_night *night,
                                     struct fc_error *err);

/*
 * That results come from it, too; and fits may start from others if these were
 * on the same scale.  Once it is known.
 */
enum fc_status cmd_night_settle_known(struct cmd_night *night,
                                      struct fc_error *err);

/* Writes down what they taught tonight, and which they are. */
enum fc_status cmd_night_keep_known(struct cmd_night *night,
                                    struct fc_error *err);

#endif
