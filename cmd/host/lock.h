/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_HOST_LOCK_H
#define NIGHTCAST_CMD_HOST_LOCK_H

#include "cmd/options/options.h"

/*
 * One run at a time: a file that is flock()ed while a run lives.  The system
 * drops the lock with the process, however it ends, so that a lock can never
 * be left behind; the file itself stays, and says who holds it.
 */

/*
 * Takes options->lock, waiting options->lock_wait seconds for it if need be.
 * CMD_OK with a descriptor in *fd (-1 when no lock is asked for); CMD_BUSY or
 * CMD_FAILED after a message.
 */
int cmd_lock_take(const struct cmd_options *options, int *fd);

/* Accepts -1. */
void cmd_lock_release(int fd);

#endif
