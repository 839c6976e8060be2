/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_WORK_H
#define NIGHTCAST_CMD_WORK_H

#include "cmd/options/options.h"
#include "forecast/run/job.h"

/*
 * What the subcommands that read a file have in common: the panel, and what
 * is to be done with it.
 */
struct cmd_work {
    struct io_panel panel;
    struct fc_job job;
    bool *skip;                 /* series that cannot be forecast */
    struct fc_learned *learned; /* --learned */
    int season;
    struct fc_trace *trace; /* in: where the run is written down; or NULL */
};

/*
 * Loads the input and warns of what is odd about it.  Sets options->jobs to
 * what this process may use if the user did not, or may use less.
 */
enum fc_status cmd_load(struct cmd_options *options, struct io_panel *panel,
                        struct fc_error *err);

/* The same, written down in a trace, which may be NULL. */
enum fc_status cmd_load_traced(struct cmd_options *options,
                               struct fc_trace *trace, struct io_panel *panel,
                               struct fc_error *err);

/* The season length: as asked for, or by the panel's step. */
int cmd_season(const struct cmd_options *options, const struct io_panel *panel);

/*
 * Whether the i-th series' own step is not the file's, so that its grid has
 * gaps throughout or cannot be made at all.
 */
bool cmd_other_step(const struct io_panel *panel, size_t i);

/* Names the first series that cannot be forecast and why. */
void cmd_name_left_out(const struct cmd_work *work);

/* Loads the input and sets up the job. */
enum fc_status cmd_work_init(struct cmd_options *options, struct cmd_work *work,
                             struct fc_error *err);
void cmd_work_release(struct cmd_work *work);

#endif
