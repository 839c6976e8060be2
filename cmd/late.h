/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_LATE_H
#define NIGHTCAST_CMD_LATE_H

#include "cmd/outcomes.h"

/*
 * --deadline: what must be begun when, for the outputs to be in place by then,
 * and the forecasts of those series that have none when it is.
 */

/*
 * Whether an input is so large that the deadline is past when it is read.
 * FC_EINVAL.
 */
enum fc_status cmd_late_check_input(const struct cmd_options *options,
                                    const char *path, struct fc_error *err);

/*
 * The series by the volume of their last season, the largest first: to be
 * freed.  NULL when memory is short.
 */
size_t *cmd_late_order(const struct cmd_work *work);

/* What it takes to forecast all series by the fallback and to write them. */
struct cmd_late_cost {
    double work;   /* seconds of a processor */
    double disk;   /* seconds */
    double waited; /* seconds for a store that the run is at */
};

/* By the look of a few. */
enum fc_status cmd_late_estimate(const struct cmd_run *run,
                                 struct cmd_late_cost *cost,
                                 struct fc_error *err);

/*
 * Seconds by the clock for it, where a second of a processor takes as many as
 * `crowding` says: at least, and what to allow for, as there may be more other
 * work by then.
 */
double cmd_late_least(const struct cmd_late_cost *cost, double crowding);
double cmd_late_most(const struct cmd_late_cost *cost, double crowding);

/*
 * Makes of a run that another thread may still be at one that has all its
 * forecasts: those that are done, and for the rest the last night's, moved on,
 * or the fallback's.  late->batch is to be used instead of the run's.
 */
enum fc_status cmd_late_finish(struct cmd_run *run, struct cmd_run *late,
                               struct fc_error *err);

#endif
