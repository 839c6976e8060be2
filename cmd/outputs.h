/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_OUTPUTS_H
#define NIGHTCAST_CMD_OUTPUTS_H

#include "cmd/outcomes.h"
#include "io/out/atomic_file.h"

/*
 * The files that `nightcast forecast` writes: one table, from which they are
 * opened, written and, all at once, put into place.
 */
enum { CMD_OUTPUTS_MOST = 8 };

/* Those that were asked for, the others NULL; in the order of the table. */
struct cmd_outputs {
    struct io_atomic_file *files[CMD_OUTPUTS_MOST];
};

/* As io_atomic_open(). */
enum fc_status cmd_outputs_open(const struct cmd_options *options,
                                struct cmd_outputs *outputs,
                                struct fc_error *err);

/*
 * Writes them; of a shard, with what merge has to know.  `since` is when
 * writing began, by cmd_now(); run->seconds has what an output tells of it.
 * FC_ENOMEM.
 */
enum fc_status cmd_outputs_write(struct cmd_outputs *outputs,
                                 struct cmd_run *run, double since,
                                 struct fc_error *err);

/*
 * Writes them to nowhere, to see how long that takes and how many bytes they
 * have.
 */
enum fc_status cmd_outputs_rehearse(const struct cmd_run *run, double *bytes,
                                    struct fc_error *err);

/* Gives up all but those that say why there are no forecasts. */
void cmd_outputs_keep_reasons(struct cmd_outputs *outputs);

/* As io_atomic_commit() and io_atomic_abandon(). */
enum fc_status cmd_outputs_commit(struct cmd_outputs *outputs,
                                  struct fc_error *err);
void cmd_outputs_abandon(struct cmd_outputs *outputs);

#endif
