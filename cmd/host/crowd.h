/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_HOST_CROWD_H
#define NIGHTCAST_CMD_HOST_CROWD_H

/*
 * How crowded the processors are: for how long the process's first thread had
 * to wait for one, while it could have run.
 */
struct cmd_crowd {
    double ran, waited; /* seconds, at the last look; zeroed: the start */
    double lately_ran, lately_waited; /* what is longer ago counts less */
};

/*
 * Seconds by the clock that a second of the processor takes of late, from 1
 * on.  1 where the system does not tell (Linux: schedstat).
 */
double cmd_crowd_look(struct cmd_crowd *crowd);

#endif
