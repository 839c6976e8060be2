/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _DEFAULT_SOURCE /* flock */
#include "cmd/host/lock.h"

#include "cmd/talk/talk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { POLL_MS = 100 };

static const char HOLDER[] = "process ";

/* Whether the file is empty, or names a holder already: not somebody's text. */
static bool is_lock(int fd)
{
    char text[sizeof HOLDER - 1];
    ssize_t n = pread(fd, text, sizeof text, 0);
    return n == 0
           || (n == sizeof text && memcmp(text, HOLDER, sizeof text) == 0);
}

/* "process 4711 since 2026-11-22 01:00:03 UTC", for whoever finds it held. */
static void write_holder(int fd)
{
    char text[80], when[40];
    struct tm utc;
    time_t now = time(NULL);
    if (gmtime_r(&now, &utc) == NULL
        || strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S UTC", &utc) == 0)
        strcpy(when, "?");
    int n = snprintf(text, sizeof text, "%s%ld since %s\n", HOLDER,
                     (long)getpid(), when);
    /* without it the lock holds all the same */
    if (!is_lock(fd) || ftruncate(fd, 0) != 0
        || pwrite(fd, text, (size_t)n, 0) < 0)
        return;
}

static void read_holder(int fd, char holder[CMD_SHORT_SIZE], bool *gone)
{
    char text[CMD_SHORT_SIZE];
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    bool named = strncmp(text, HOLDER, sizeof HOLDER - 1) == 0;
    cmd_short(named ? text : "another process", holder);
    /* a killed run leaves its name, and then anybody may take the lock */
    long process = named ? strtol(text + sizeof HOLDER - 1, NULL, 10) : 0;
    *gone = process > 0 && kill((pid_t)process, 0) != 0 && errno == ESRCH;
}

/* 0, or an errno; EWOULDBLOCK when somebody holds it to the end of the wait. */
static int lock_within(int fd, int64_t seconds)
{
    double end = cmd_now() + (double)seconds;
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR)
            continue;
        if (errno != EWOULDBLOCK || cmd_now() >= end)
            return errno;
        nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
    }
    return 0;
}

int cmd_lock_take(const char *path, int64_t seconds, int *fd)
{
    char holder[CMD_SHORT_SIZE];
    *fd = -1;
    if (path == NULL)
        return CMD_OK;
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
    int error = file < 0 ? errno : lock_within(file, seconds);
    if (error == 0) {
        write_holder(file);
        *fd = file;
        return CMD_OK;
    }
    if (error == EWOULDBLOCK) {
        bool gone;
        read_holder(file, holder, &gone);
        cmd_say(
            CMD_ERROR, "%s: locked by %s%s; this run did nothing", path, holder,
            gone ? ", or since that is not on this machine, by another" : "");
    } else {
        cmd_say(CMD_ERROR, "%s: cannot lock: %s", path, strerror(error));
    }
    if (file >= 0)
        close(file);
    return error == EWOULDBLOCK ? CMD_BUSY : CMD_FAILED;
}

void cmd_lock_release(int fd)
{
    if (fd < 0)
        return;
    if (is_lock(fd) && ftruncate(fd, 0) != 0)
        errno = 0; /* then the next holder writes over it */
    close(fd);
}
