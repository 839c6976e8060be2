/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_HOST_PROCESSORS_H
#define NIGHTCAST_CMD_HOST_PROCESSORS_H

/*
 * The number of processors this process may use, at least 1: those it may be
 * scheduled on, or as many as the processor quota of its control groups pays
 * for, rounded up, if those are fewer.  OMP_NUM_THREADS has no say.
 *
 * proc is where the proc file system is mounted, "/proc" but in tests; the
 * control groups are found through it.  What cannot be read sets no limit.
 */
int cmd_processors(const char *proc);

/* The control groups' part of it alone; INT_MAX when they set no limit. */
int cmd_processor_quota(const char *proc);

#endif
