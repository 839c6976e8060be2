/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How many processors this process may use: sched_getaffinity(2) and the
 * quotas of its control groups.
 *
 * Linux kernel documentation: admin-guide/cgroup-v2.rst (cpu.max), and
 * scheduler/sched-bwc.rst (cpu.cfs_quota_us, cpu.cfs_period_us) for version 1.
 */
#define _GNU_SOURCE

#include "cmd/host/processors.h"

#include "cmd/host/cgroup.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>

static int scheduled_on(void)
{
    for (int size = 1024; size <= 1 << 20; size *= 2) {
        cpu_set_t *set = CPU_ALLOC(size);
        if (set == NULL)
            return 1;
        int failed = sched_getaffinity(0, CPU_ALLOC_SIZE(size), set);
        int count = failed ? 0 : CPU_COUNT_S(CPU_ALLOC_SIZE(size), set);
        CPU_FREE(set);
        if (!failed)
            return count < 1 ? 1 : count;
        if (errno != EINVAL) /* more processors than fit the set */
            return 1;
    }
    return 1;
}

/* quota / period rounded up; infinity when there is no quota. */
static double processors_paid(long long quota, long long period)
{
    if (quota <= 0 || period <= 0)
        return INFINITY;
    return (double)(quota / period + (quota % period != 0));
}

/* One group's own quota. */
static double quota_of(const char *folder, bool unified)
{
    char line[CMD_CGROUP_LINE], period[CMD_CGROUP_LINE];
    long long microseconds, per;
    if (unified)
        return cmd_cgroup_line(folder, "cpu.max", line)
                       && sscanf(line, "%lld %lld", &microseconds, &per) == 2
                   ? processors_paid(microseconds, per)
                   : INFINITY;
    return cmd_cgroup_line(folder, "cpu.cfs_quota_us", line)
                   && cmd_cgroup_line(folder, "cpu.cfs_period_us", period)
                   && sscanf(line, "%lld", &microseconds) == 1
                   && sscanf(period, "%lld", &per) == 1
               ? processors_paid(microseconds, per)
               : INFINITY;
}

int cmd_processor_quota(const char *proc)
{
    double least = cmd_cgroup_least(proc, "cpu", quota_of);
    return least < INT_MAX ? (int)least : INT_MAX;
}

int cmd_processors(const char *proc)
{
    int scheduled = scheduled_on();
    int paid = cmd_processor_quota(proc);
    return paid < scheduled ? paid : scheduled;
}
