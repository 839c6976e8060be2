/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How many processors this process may use: sched_getaffinity(2) and the
 * quotas of its control groups.
 *
 * Linux kernel documentation: admin-guide/cgroup-v2.rst (cpu.max), and
 * scheduler/sched-bwc.rst (cpu.cfs_quota_us, cpu.cfs_period_us) for version
 * 1; proc(5) for mountinfo, cgroups(7) for /proc/self/cgroup.  A quota binds
 * all groups below, so every group from our own up to the root is asked.
 */
#define _GNU_SOURCE

#include "cmd/processors.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A hierarchy that can limit processor time, as mounted. */
struct hierarchy {
    bool unified;         /* version 2 */
    char root[PATH_MAX];  /* the group that the mount point shows */
    char point[PATH_MAX]; /* the mount point */
};

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

static FILE *open_file(const char *folder, const char *name)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= PATH_MAX)
        return NULL;
    return fopen(path, "re");
}

/* The first line of a file; false if there is none. */
static bool read_line(const char *folder, const char *name, char line[80])
{
    FILE *f = open_file(folder, name);
    if (f == NULL)
        return false;
    bool read = fgets(line, 80, f) != NULL;
    fclose(f);
    return read;
}

/* quota / period rounded up; INT_MAX when there is no quota. */
static int processors_paid(long long quota, long long period)
{
    if (quota <= 0 || period <= 0)
        return INT_MAX;
    long long count = quota / period + (quota % period != 0);
    return count > INT_MAX ? INT_MAX : (int)count;
}

/* One group's own quota. */
static int quota_of(const char *folder, bool unified)
{
    char line[80], period[80];
    long long microseconds, per;
    if (unified)
        return read_line(folder, "cpu.max", line)
                       && sscanf(line, "%lld %lld", &microseconds, &per) == 2
                   ? processors_paid(microseconds, per)
                   : INT_MAX;
    return read_line(folder, "cpu.cfs_quota_us", line)
                   && read_line(folder, "cpu.cfs_period_us", period)
                   && sscanf(line, "%lld", &microseconds) == 1
                   && sscanf(period, "%lld", &per) == 1
               ? processors_paid(microseconds, per)
               : INT_MAX;
}

static bool has_word(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *p = list; p != NULL; p = strchr(p, ',')) {
        p += *p == ',';
        if (strncmp(p, word, length) == 0 && strchr(",\n", p[length]) != NULL)
            return true;
    }
    return false;
}

/* mountinfo writes blanks and backslashes as three octal digits. */
static void unescape(char *text)
{
    unsigned code;
    char *to = text;
    for (const char *from = text; *from != '\0'; to++)
        if (*from == '\\' && sscanf(from + 1, "%3o", &code) == 1) {
            *to = (char)code;
            from += 4;
        } else {
            *to = *from++;
        }
    *to = '\0';
}

/*
 * A line of mountinfo: "31 23 0:28 <root> <point> <options> ... - <type>
 * <source> <super options>".  True if it mounts a hierarchy we want.
 */
static bool parse_mount(const char *line, struct hierarchy *h)
{
    char type[20], options[1000];
    const char *rest = strstr(line, " - ");
    _Static_assert(PATH_MAX == 4096, "the widths below");
    if (rest == NULL
        || sscanf(line, "%*s %*s %*s %4095s %4095s", h->root, h->point) != 2
        || sscanf(rest, " - %19s %*s %999s", type, options) != 2)
        return false;
    unescape(h->root);
    unescape(h->point);
    h->unified = strcmp(type, "cgroup2") == 0;
    return h->unified
           || (strcmp(type, "cgroup") == 0 && has_word(options, "cpu"));
}

/*
 * Our group in a hierarchy, from lines "<id>:<controllers>:<path>"; version 2
 * has id 0 and names no controllers.
 */
static bool find_group(const char *proc, bool unified, char group[PATH_MAX])
{
    FILE *f = open_file(proc, "self/cgroup");
    char *line = NULL;
    size_t size = 0;
    bool found = false;
    while (f != NULL && !found && getline(&line, &size, f) > 0) {
        char *controllers = strchr(line, ':');
        char *path = controllers ? strchr(controllers + 1, ':') : NULL;
        if (path == NULL || strlen(path + 1) >= PATH_MAX)
            continue;
        *path++ = '\0';
        path[strcspn(path, "\n")] = '\0';
        found = unified ? strncmp(line, "0:", 2) == 0 && !controllers[1]
                        : has_word(controllers + 1, "cpu");
        if (found)
            memcpy(group, path, strlen(path) + 1);
    }
    free(line);
    if (f != NULL)
        fclose(f);
    return found;
}

/*
 * The part of our group's path that lies below the mount point; "" when the
 * mount shows another part of the tree, as in containers with a name space
 * of their own.
 */
static const char *below_mount(const struct hierarchy *h, const char *group)
{
    size_t length = strcmp(h->root, "/") == 0 ? 0 : strlen(h->root);
    if (strncmp(group, h->root, length) != 0 || strstr(group, "/..") != NULL
        || (group[length] != '/' && group[length] != '\0'))
        return "";
    return group + length;
}

/* The least quota of our group and those above it. */
static int quota_in(const char *proc, const struct hierarchy *h)
{
    char group[PATH_MAX], folder[2 * PATH_MAX];
    int least = INT_MAX;
    if (!find_group(proc, h->unified, group))
        return INT_MAX;
    size_t top = strlen(h->point);
    snprintf(folder, sizeof folder, "%s%s", h->point, below_mount(h, group));
    for (;;) {
        int quota = quota_of(folder, h->unified);
        if (quota < least)
            least = quota;
        char *slash = strrchr(folder + top, '/');
        if (slash == NULL)
            return least;
        *slash = '\0';
    }
}

int cmd_processor_quota(const char *proc)
{
    FILE *f = open_file(proc, "self/mountinfo");
    struct hierarchy h;
    char *line = NULL;
    size_t size = 0;
    int least = INT_MAX;
    while (f != NULL && getline(&line, &size, f) > 0)
        if (parse_mount(line, &h)) {
            int quota = quota_in(proc, &h);
            if (quota < least)
                least = quota;
        }
    free(line);
    if (f != NULL)
        fclose(f);
    return least;
}

int cmd_processors(const char *proc)
{
    int scheduled = scheduled_on();
    int paid = cmd_processor_quota(proc);
    return paid < scheduled ? paid : scheduled;
}
