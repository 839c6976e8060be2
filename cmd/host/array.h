/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_HOST_ARRAY_H
#define NIGHTCAST_CMD_HOST_ARRAY_H

#include "io/rows/shard.h"

/*
 * Which of several runs this one is, by the variables in which schedulers tell
 * a task its place: those of Slurm, Kubernetes, AWS Batch, Cloud Run, Batch,
 * PBS, SGE, LSF, GNU parallel and MPI.
 */

/* Looks a variable up: getenv() of the process, or a test's. */
typedef const char *cmd_variable(const char *name);

enum { CMD_ARRAY_WHY = 300 };

/*
 * A shard of `count`, numbered by the task's own index, so that a rerun of a
 * few indices is of the same shards; or, with 0, of as many as there are tasks,
 * which must then be a whole array, counted from 0 or 1.
 *
 * An array's index wins over the rank of a run's only task; MPI's ranks win
 * over those of srun, which counts the launchers then.  False, with the
 * variables and what to do in why, when there is no such place, when it lies
 * outside, or when two of them differ.
 */
bool cmd_array_shard(uint32_t count, cmd_variable *variable,
                     struct io_shard *shard, char why[CMD_ARRAY_WHY]);

#endif
