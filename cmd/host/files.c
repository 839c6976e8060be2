/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "cmd/host/files.h"

#include <sys/resource.h>

enum {
    MOST = 256,  /* buffers of as many take 80 MB, if all are compressed */
    OTHERS = 12, /* standard files, outputs, their folders */
    LEAST = 2
};

bool cmd_files_allow(size_t inputs)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return false;
    rlim_t wanted = (rlim_t)inputs + OTHERS;
    if (limit.rlim_cur < wanted && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    return limit.rlim_cur >= wanted;
}

size_t cmd_files_at_once(void)
{
    struct rlimit limit;
    cmd_files_allow(MOST);
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return LEAST;
    if (limit.rlim_cur < OTHERS + LEAST)
        return LEAST;
    return limit.rlim_cur < MOST + OTHERS ? (size_t)limit.rlim_cur - OTHERS
                                          : MOST;
}
