/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Linux kernel documentation: admin-guide/cgroup-v2.rst and cgroup-v1/;
 * proc(5) for mountinfo, cgroups(7) for /proc/self/cgroup.  A limit binds all
 * groups below, so every group from our own up to the root is asked.
 */
#define _GNU_SOURCE
#include "cmd/host/cgroup.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is looked for. */
struct query {
    const char *proc;
    const char *controller; /* its name in version 1 */
    cmd_cgroup_limit_of *limit_of;
};

/* A hierarchy of control groups, as mounted. */
struct hierarchy {
    bool unified;         /* version 2 */
    char root[PATH_MAX];  /* the group that the mount point shows */
    char point[PATH_MAX]; /* the mount point */
};

static FILE *open_file(const char *folder, const char *name)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= PATH_MAX)
        return NULL;
    return fopen(path, "re");
}

bool cmd_cgroup_line(const char *folder, const char *name,
                     char line[CMD_CGROUP_LINE])
{
    FILE *f = open_file(folder, name);
    if (f == NULL)
        return false;
    bool read = fgets(line, CMD_CGROUP_LINE, f) != NULL;
    fclose(f);
    return read;
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
static bool parse_mount(const char *line, const char *controller,
                        struct hierarchy *h)
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
           || (strcmp(type, "cgroup") == 0 && has_word(options, controller));
}

/*
 * Our group in a hierarchy, from lines "<id>:<controllers>:<path>"; version 2
 * has id 0 and names no controllers.
 */
static bool find_group(const struct query *query, bool unified,
                       char group[PATH_MAX])
{
    FILE *f = open_file(query->proc, "self/cgroup");
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
                        : has_word(controllers + 1, query->controller);
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

/* The least limit of our group and those above it. */
static double least_in(const struct query *query, const struct hierarchy *h)
{
    char group[PATH_MAX], folder[2 * PATH_MAX];
    double least = INFINITY;
    if (!find_group(query, h->unified, group))
        return least;
    size_t top = strlen(h->point);
    snprintf(folder, sizeof folder, "%s%s", h->point, below_mount(h, group));
    for (;;) {
        least = fmin(least, query->limit_of(folder, h->unified));
        char *slash = strrchr(folder + top, '/');
        if (slash == NULL)
            return least;
        *slash = '\0';
    }
}

double cmd_cgroup_least(const char *proc, const char *controller,
                        cmd_cgroup_limit_of *limit_of)
{
    struct query query = {proc, controller, limit_of};
    FILE *f = open_file(proc, "self/mountinfo");
    struct hierarchy h;
    char *line = NULL;
    size_t size = 0;
    double least = INFINITY;
    while (f != NULL && getline(&line, &size, f) > 0)
        if (parse_mount(line, controller, &h))
            least = fmin(least, least_in(&query, &h));
    free(line);
    if (f != NULL)
        fclose(f);
    return least;
}
