/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_HOST_MEMORY_H
#define NIGHTCAST_CMD_HOST_MEMORY_H

/*
 * The bytes of memory this process may take before the system would have to
 * end some process to get them: nearly all that is free or can be made so,
 * but half of the machine at least, and no more than its control groups
 * allow.  INFINITY when nothing is known.
 *
 * proc is where the proc file system is mounted, "/proc" but in tests.
 */
double cmd_memory(const char *proc);

/*
 * Limits this process to that, so that a file that needs more (a compressed
 * one may be large) is an error with a message and not the end of whatever
 * process the system picks.  A lower limit that is in force stays.  threads
 * are those still to be started, whose stacks do not count.
 */
void cmd_memory_limit(const char *proc, int threads);

#endif
