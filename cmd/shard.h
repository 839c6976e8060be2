/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_SHARD_H
#define NIGHTCAST_CMD_SHARD_H

#include "cmd/options/options.h"
#include "cmd/talk/story.h"
#include "cmd/work.h"
#include "io/out/atomic_file.h"

/*
 * What a run writes around its outputs when it is one of several, so that
 * merge can tell which belong together; nothing when it is alone.
 */

/*
 * The first line of a shard of `what`: forecasts, summary or rejects.
 * FC_ENOMEM.
 */
enum fc_status cmd_shard_begin(const struct cmd_options *options,
                               const struct cmd_work *work, const char *what,
                               struct io_atomic_file *file,
                               struct fc_error *err);

/* The last line. */
void cmd_shard_end(const struct cmd_options *options,
                   const struct cmd_tally *tally, struct io_atomic_file *file);

/* Whether a model asked for learns from the series of its own shard only. */
bool cmd_shard_learns_alone(const struct cmd_options *options);

#endif
