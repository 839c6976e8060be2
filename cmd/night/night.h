/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_NIGHT_NIGHT_H
#define NIGHTCAST_CMD_NIGHT_NIGHT_H

#include "cmd/night/state.h"

/*
 * A run of `nightcast forecast` as one of a job's nights: what it takes from
 * the store, and what it leaves there.
 *
 * The store never costs the night: what goes wrong with it is noted, the store
 * is given up, and the run goes on as if it had none.  Without a store nothing
 * here does anything.
 */

/*
 * Opens the store, scores what has arrived and takes what still holds.  Models
 * that learn, and have not learnt what is still good, do so here.  After it
 * batch->job has what they know.  Fails only as the run itself would: the
 * learning, or memory.
 *
 *   night->regressors         set before, if the batch's job has any
 *   command, options, panel   borrowed until the end
 *   season                    observations, by which errors are scaled
 *   batch                     its job is set, and it is prepared, with reports
 */
enum fc_status cmd_night_begin(struct cmd_night *night,
                               const struct cmd_command *command,
                               const struct cmd_options *options,
                               const struct io_panel *panel,
                               const struct fc_seasons *seasons,
                               struct fc_batch *batch, struct fc_error *err);

/* Every now and then while the batch runs, and once when it has. */
void cmd_night_tick(struct cmd_night *night);
void cmd_night_fitted(struct cmd_night *night);

/*
 * For a thread that ends the run at its deadline: the night is its own from
 * then on, and the run waits for ever where it would touch it.  Where the run
 * has it in hand for too long, *own has no store.
 */
void cmd_night_take_over(struct cmd_night *night,
                         const struct cmd_options *options,
                         struct cmd_night *own);

/* Gives items that are not done what the last night said of them. */
void cmd_night_move_on_all(struct cmd_night *night);

/* Of the outcomes that a night is counted by. */
struct cmd_night_counts {
    size_t ok, fallback, late, failed;
};

/*
 * The outputs are in their places: the night becomes one of the store's, and
 * those beyond --keep are removed.
 */
void cmd_night_publish(struct cmd_night *night,
                       const struct cmd_night_counts *counts, double seconds);

/* Says what is wrong with the store, if anything is: then true. */
bool cmd_night_say_trouble(const struct cmd_night *night);

/* Series that have been fitted from their last fits, in time. */
size_t cmd_night_count_warm(const struct cmd_night *night);

/* Appends to what is said of an item: its past was corrected, it goes astray;
   an empty text when there is nothing to say. */
enum { CMD_NIGHT_WORDS = 160 };
void cmd_night_describe(const struct cmd_night *night, size_t series,
                        size_t spec, char text[CMD_NIGHT_WORDS]);

void cmd_night_end(struct cmd_night *night);

#endif
