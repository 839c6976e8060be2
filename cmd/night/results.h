/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_NIGHT_RESULTS_H
#define NIGHTCAST_CMD_NIGHT_RESULTS_H

#include "cmd/night/state.h"

/*
 * Work that is not done twice: what models learnt, and results of series that
 * are what they were, whether they are from the last night or from this one's
 * own run, which was killed.
 */

/* Asked for with the settings' texts, which `settings` are hashes of. */
enum fc_status cmd_night_set_up(struct cmd_night *night,
                                const struct cmd_command *command,
                                struct fc_error *err);

/*
 * Takes from the store what the models have learnt, if it is not older than
 * --relearn nights and of the same settings.
 */
enum fc_status cmd_night_recall_learnt(struct cmd_night *night,
                                       struct fc_error *err);

/* A hash of all that a spec's model learns from: its settings and the series.
   Once regressors have taught. */
uint64_t cmd_night_lesson(const struct cmd_night *night, size_t spec);

/* Writes down what they have learnt tonight, within a transaction. */
enum fc_status cmd_night_keep_learnt(struct cmd_night *night,
                                     struct fc_error *err);

/* Gives the batch the results that still hold. */
enum fc_status cmd_night_recall(struct cmd_night *night, struct fc_error *err);

/* Writes down the results that are there and were not yet. */
enum fc_status cmd_night_keep(struct cmd_night *night, struct fc_error *err);

/* A hash of the form an item's fit has chosen. */
uint64_t cmd_night_form(const struct cmd_night *night, size_t item);

/*
 * Gives an item that is not done the last night's forecast, moved on to
 * tonight's steps; *moved is false when there is none that reaches them.
 */
enum fc_status cmd_night_move_on(struct cmd_night *night, size_t item,
                                 bool *moved, struct fc_error *err);

/* The number of a series that has none yet is drawn. */
enum fc_status cmd_night_number(struct cmd_night *night, size_t series,
                                struct fc_error *err);

#endif
