/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_HOST_LOCK_H
#define NIGHTCAST_CMD_HOST_LOCK_H

#include <stdint.h>

/*
 * One run at a time: a file that is flock()ed while a run lives.  The system
 * drops the lock with the process, however it ends, so that a lock can never
 * be left behind; the file itself stays, and says who holds it.
 */

/*
 * Takes the lock, waiting so many seconds for it if need be.  CMD_OK with a
 * descriptor in *fd (-1 for NULL, no lock); CMD_BUSY or CMD_FAILED after a
 * message.
 */
int cmd_lock_take(const char *path, int64_t seconds, int *fd);

/* Accepts -1. */
void cmd_lock_release(int fd);

#endif
