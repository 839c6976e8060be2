/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_WORK_H
#define NIGHTCAST_CMD_WORK_H

#include "cmd/known.h"
#include "cmd/learned.h"
#include "cmd/options/options.h"
#include "forecast/base/outline.h"
#include "forecast/run/job.h"

/*
 * What the subcommands that read a file have in common: the panel, and what
 * is to be done with it.
 */
struct cmd_work {
    struct io_panel panel;
    struct io_known known; /* regressors, if there are any */
    struct fc_job job;
    struct fc_outline outline; /* the intervals and quantiles asked for */
    struct fc_date *dates;     /* of each series; NULL: of one season */
    bool *skip;                /* series that cannot be forecast */
    bool *stale; /* those of them that --stale leaves out, or NULL */
    int season;  /* the shortest, in observations; 1 = none */
    struct fc_seasons seasons; /* all; of each series those that fit it count */
    struct cmd_learned learned;
    struct fc_trace *trace; /* in: where the run is written down; or NULL */
};

/* An input, what it is read for, and where that is written down, or NULL. */
struct cmd_source {
    const char *path;
    int horizon;
    struct fc_trace *trace;
    const struct cmd_learned *learned; /* whose regressors are read; or NULL */
    const struct io_agreed *agreed;    /* what is known of it, or NULL */
};

/* How many threads a run has. */
int cmd_threads(const struct cmd_options *options);

/*
 * Loads an input and warns of what is odd about it, on *jobs threads: those
 * asked for, or what this process may use.
 *
 *   known  takes the regressors, which are to be released in any case; or NULL
 */
enum fc_status cmd_load(const struct cmd_options *options,
                        const struct cmd_source *source, int *jobs,
                        struct io_panel *panel, struct io_known *known,
                        struct fc_error *err);

/* The seasons: as asked for, or by the panel's step and span; and the length of
 * the shortest, 1 for none. */
struct fc_seasons cmd_seasons(const struct cmd_options *options,
                              const struct io_panel *panel);
int cmd_season(const struct cmd_options *options, const struct io_panel *panel);

/*
 * Whether the i-th series' own step is not the file's, so that its grid has
 * gaps throughout or cannot be made at all.
 */
bool cmd_other_step(const struct io_panel *panel, size_t i);

/* Names the first series that cannot be forecast and why. */
void cmd_name_left_out(const struct cmd_work *work);

/* Loads the input and sets up the job, which looks at the options and at
 * *work; likewise of another input. */
enum fc_status cmd_work_init(const struct cmd_options *options,
                             struct cmd_work *work, struct fc_error *err);
enum fc_status cmd_work_read(const struct cmd_options *options,
                             const struct cmd_source *source,
                             struct cmd_work *work, struct fc_error *err);
void cmd_work_release(struct cmd_work *work);

#endif
