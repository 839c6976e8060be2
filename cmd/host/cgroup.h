/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_HOST_CGROUP_H
#define NIGHTCAST_CMD_HOST_CGROUP_H

#include <stdbool.h>

/*
 * What the control groups of this process allow it, of one kind: the least
 * limit of its group and those above it, in every hierarchy that is mounted.
 *
 * limit_of reads one group's own limit from its folder; unified says that it
 * is of version 2.  INFINITY is no limit, here as there.  proc is where the
 * proc file system is mounted, "/proc" but in tests.
 */
typedef double cmd_cgroup_limit_of(const char *folder, bool unified);
double cmd_cgroup_least(const char *proc, const char *controller,
                        cmd_cgroup_limit_of *limit_of);

/* The first line of a file in a folder; false if there is none. */
enum { CMD_CGROUP_LINE = 80 };
bool cmd_cgroup_line(const char *folder, const char *name,
                     char line[CMD_CGROUP_LINE]);

#endif
