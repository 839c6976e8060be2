/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proc(5) for meminfo and statm; admin-guide/cgroup-v2.rst (memory.max) and
 * cgroup-v1/memory.rst (memory.limit_in_bytes); setrlimit(2): RLIMIT_DATA has
 * limited all private writable memory since Linux 4.7, and counts neither
 * mapped files nor what is only reserved.
 */
#define _GNU_SOURCE
#include "cmd/host/memory.h"

#include "cmd/host/cgroup.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Some is left for the system, and for what is not counted. */
static const double SHARE = 0.95, LEAST_SHARE = 0.5;

static double group_limit(const char *folder, bool unified)
{
    char line[CMD_CGROUP_LINE];
    unsigned long long bytes;
    return cmd_cgroup_line(
               folder, unified ? "memory.max" : "memory.limit_in_bytes", line)
                   && sscanf(line, "%llu", &bytes) == 1
               ? (double)bytes
               : INFINITY;
}

/* Bytes; with what could be swapped out. */
struct machine {
    double total, available;
};

static struct machine read_meminfo(const char *proc)
{
    struct machine m = {0};
    char path[4096], line[200], name[40];
    unsigned long long kb;
    snprintf(path, sizeof path, "%s/meminfo", proc);
    FILE *f = fopen(path, "re");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "%39[^:]: %llu kB", name, &kb) != 2)
            continue;
        bool total = strcmp(name, "MemTotal") == 0;
        bool available = strcmp(name, "MemAvailable") == 0;
        m.total += total || strcmp(name, "SwapTotal") == 0 ? kb * 1024.0 : 0;
        m.available +=
            available || strcmp(name, "SwapFree") == 0 ? kb * 1024.0 : 0;
    }
    if (f != NULL)
        fclose(f);
    return m;
}

double cmd_memory(const char *proc)
{
    struct machine m = read_meminfo(proc);
    double group = cmd_cgroup_least(proc, "memory", group_limit);
    double free = fmax(SHARE * m.available, LEAST_SHARE * m.total);
    return fmin(free > 0 ? free : INFINITY, SHARE * group);
}

/* What counts already; a sanitizer may have reserved many terabytes. */
static double data_in_use(const char *proc)
{
    char line[CMD_CGROUP_LINE];
    unsigned long long pages;
    return cmd_cgroup_line(proc, "self/statm", line)
                   && sscanf(line, "%*u %*u %*u %*u %*u %llu", &pages) == 1
               ? (double)pages * (double)sysconf(_SC_PAGESIZE)
               : INFINITY;
}

static double stack_size(void)
{
    const double usual = 8 << 20;
    struct rlimit stack;
    return getrlimit(RLIMIT_STACK, &stack) != 0
                   || stack.rlim_cur == RLIM_INFINITY
               ? usual
               : (double)stack.rlim_cur;
}

void cmd_memory_limit(const char *proc, int threads)
{
    struct rlimit data;
    double memory = cmd_memory(proc), used = data_in_use(proc);
    double limit = used + memory + threads * stack_size();
    if (used > memory || !(limit < 1e18) || getrlimit(RLIMIT_DATA, &data) != 0)
        return;
    if (data.rlim_cur == RLIM_INFINITY || (double)data.rlim_cur > limit)
        data.rlim_cur = (rlim_t)limit;
    setrlimit(RLIMIT_DATA, &data); /* without it the system decides */
}
