/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_LEARNED_H
#define NIGHTCAST_CMD_LEARNED_H

#include "cmd/options/options.h"
#include "forecast/known/known.h"
#include "io/out/learned.h"
#include "io/panel/panel.h"

/*
 * --learned: what a model has learnt from a file, kept and used again.
 * Zeroed, nothing was.
 */
struct cmd_learned {
    struct io_learned file;
    struct fc_learned *block;
    struct fc_known *known; /* of regressors; NULL: nothing */
    const struct fc_learned **by_spec; /* for a job: the block, or NULL for a
                                          model that does not learn */
};

/*
 * Reads options->learned, if any.  Can be done before the input is read, and
 * fails early.
 */
enum fc_status cmd_learned_read(const struct cmd_options *options,
                                struct cmd_learned *learned,
                                struct fc_error *err);

/*
 * What a file that was learnt --by-file says of the input, if the options do
 * not say otherwise, as *agreed; NULL: nothing.
 */
enum fc_status cmd_learned_agree(const struct cmd_options *options,
                                 const struct cmd_learned *learned,
                                 const struct io_agreed **agreed,
                                 struct fc_error *err);

/*
 * Gives it to the models that learn, once their seasons are known: it must have
 * been learnt by that model, for these seasons and that horizon or a longer
 * one, and pass the model's own check.  What it says of single periods is
 * placed by the panel's last timestamp, where its grid goes through the file's.
 */
enum fc_status cmd_learned_check(const struct cmd_options *options,
                                 const struct fc_seasons *seasons,
                                 const struct io_panel *panel,
                                 struct cmd_learned *learned,
                                 struct fc_error *err);

/* Accepts what was not read. */
void cmd_learned_release(struct cmd_learned *learned);

#endif
