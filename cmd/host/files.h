/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_HOST_FILES_H
#define NIGHTCAST_CMD_HOST_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* Raises this process's limit on open files (ulimit -n), as far as it may, to
 * what so many inputs at once take.  Whether that suffices. */
bool cmd_files_allow(size_t inputs);

/*
 * How many inputs this process may have open at once, by its limit on open
 * files (ulimit -n), which it raises as far as it may; 2 at least, and no more
 * than there is a use for.
 */
size_t cmd_files_at_once(void);

#endif
