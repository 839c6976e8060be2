/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_LEARNED_H
#define NIGHTCAST_CMD_LEARNED_H

#include "cmd/options/options.h"
#include "io/out/learned.h"
#include "io/panel/panel.h"

/*
 * --learned: what a model has learnt from a file, kept and used again.
 */

/*
 * Reads options->learned, if any, and sets options->learned_sum.  Can be done
 * before the input is read, and fails early.
 */
enum fc_status cmd_learned_read(struct cmd_options *options,
                                struct io_learned *file, struct fc_error *err);

/*
 * Gives it to the models that learn, once their season is known: it must have
 * been learnt by that model, for that season and that horizon or a longer one,
 * and pass the model's own check.  What it says of single periods is placed by
 * the panel's last timestamp, where its grid goes through the file's.  *learned is to be freed when the models are
 * done.
 */
enum fc_status cmd_learned_use(struct cmd_options *options,
                               const struct io_learned *file,
                               const struct io_panel *panel,
                               struct fc_learned **learned,
                               struct fc_error *err);

#endif
