/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "cmd/host/deadline.h"

#include "cmd/talk/talk.h"
#include "io/text/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { STACK = 1 << 20 }; /* bytes */

static const double EVERY = 0.2; /* seconds, that it is asked when */

static bool two_digits(const char *text, int most, int *value)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return false;
    *value = 10 * (text[0] - '0') + text[1] - '0';
    return *value <= most;
}

/* The next time that clocks on the wall show this. */
static bool parse_clock(const char *text, double *seconds)
{
    struct timespec now;
    struct tm local;
    int hour, minute;
    if (strlen(text) != 5 || text[2] != ':' || !two_digits(text, 23, &hour)
        || !two_digits(text + 3, 59, &minute)
        || clock_gettime(CLOCK_REALTIME, &now) != 0
        || localtime_r(&now.tv_sec, &local) == NULL)
        return false;
    for (int day = 0; day < 2; day++) {
        struct tm then = local;
        then.tm_mday += day;
        then.tm_hour = hour;
        then.tm_min = minute;
        then.tm_sec = 0;
        then.tm_isdst = -1;
        *seconds =
            difftime(mktime(&then), now.tv_sec) - (double)now.tv_nsec * 1e-9;
        if (*seconds > 0)
            return true;
    }
    return false;
}

bool cmd_deadline_parse(const char *text, double *seconds)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"min", 60}, {"s", 1}, {"h", 3600}};
    size_t n = strlen(text);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t unit = strlen(units[i].name);
        if (n <= unit || strcmp(text + n - unit, units[i].name) != 0)
            continue;
        if (!io_number_parse(text, n - unit, seconds))
            return false;
        *seconds *= units[i].seconds;
        return *seconds > 0 && *seconds <= 1e7;
    }
    return parse_clock(text, seconds);
}

static struct timespec time_at(double seconds)
{
    double whole = floor(seconds);
    return (struct timespec){.tv_sec = (time_t)whole,
                             .tv_nsec = (long)((seconds - whole) * 1e9)};
}

static void *wait_for_it(void *arg)
{
    struct cmd_deadline *deadline = arg;
    pthread_mutex_lock(&deadline->lock);
    while (deadline->state == CMD_DEADLINE_SET) {
        double now = cmd_now(), at = deadline->at(deadline->arg);
        if (now >= at)
            break;
        struct timespec then = time_at(fmin(at, now + EVERY));
        pthread_cond_timedwait(&deadline->changed, &deadline->lock, &then);
    }
    bool struck = deadline->state == CMD_DEADLINE_SET;
    if (struck)
        deadline->state = CMD_DEADLINE_STRUCK;
    pthread_mutex_unlock(&deadline->lock);
    if (!struck)
        return NULL;
    int status = deadline->end(deadline->arg);
    fflush(stdout);
    _exit(status); /* fits may be running, of whose memory nothing goes */
}

enum fc_status cmd_deadline_set(struct cmd_deadline *deadline,
                                struct fc_error *err)
{
    pthread_attr_t small;
    pthread_condattr_t steady;
    pthread_mutex_init(&deadline->lock, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&deadline->changed, &steady);
    pthread_condattr_destroy(&steady);
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, STACK);
    deadline->state = CMD_DEADLINE_SET;
    int failed =
        pthread_create(&deadline->thread, &small, wait_for_it, deadline);
    pthread_attr_destroy(&small);
    if (failed == 0)
        return FC_OK;
    deadline->state = CMD_DEADLINE_NONE;
    return fc_fail(err, FC_ENOMEM, "no thread for the deadline: %s",
                   strerror(failed));
}

void cmd_deadline_meet(struct cmd_deadline *deadline)
{
    if (deadline->state == CMD_DEADLINE_NONE)
        return;
    pthread_mutex_lock(&deadline->lock);
    bool struck = deadline->state == CMD_DEADLINE_STRUCK;
    if (!struck)
        deadline->state = CMD_DEADLINE_MET;
    pthread_cond_signal(&deadline->changed);
    pthread_mutex_unlock(&deadline->lock);
    while (struck)
        pause();
    pthread_join(deadline->thread, NULL);
    pthread_cond_destroy(&deadline->changed);
    pthread_mutex_destroy(&deadline->lock);
    deadline->state = CMD_DEADLINE_NONE;
}
