/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_HOST_FILES_H
#define NIGHTCAST_CMD_HOST_FILES_H

#include <stddef.h>

/*
 * How many inputs this process may have open at once, by its limit on open
 * files (ulimit -n), which it raises as far as it may; 2 at least, and no more
 * than there is a use for.
 */
size_t cmd_files_at_once(void);

#endif
