/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_HOST_DEADLINE_H
#define NIGHTCAST_CMD_HOST_DEADLINE_H

#include "forecast/base/status.h"

#include <pthread.h>
#include <stdbool.h>

/*
 * A time by which a run ends, whatever it is at: a thread that sleeps until
 * then and, unless the run was faster, ends it in its own way.
 */

/*
 * "05:30", the next such local time, or "90s", "45min", "2h": seconds from
 * now.  False when it is neither.
 */
bool cmd_deadline_parse(const char *text, double *seconds);

struct cmd_deadline {
    double (*at)(void *arg); /* by cmd_now(); asked a few times a second */
    int (*end)(void *arg);   /* returns the exit status */
    void *arg;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    enum {
        CMD_DEADLINE_NONE,
        CMD_DEADLINE_SET,
        CMD_DEADLINE_MET,
        CMD_DEADLINE_STRUCK
    } state;
};

/*
 * From then on `end` may be called, from a thread of its own, at the time that
 * deadline->at tells, after which the process ends.  FC_ENOMEM.
 */
enum fc_status cmd_deadline_set(struct cmd_deadline *deadline,
                                struct fc_error *err);

/*
 * The run was faster; when it was not, this does not return.  Nothing that
 * `end` may need can be released before.  Accepts one that was not set.
 */
void cmd_deadline_meet(struct cmd_deadline *deadline);

#endif
