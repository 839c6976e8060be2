/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_OPTIONS_NEAR_H
#define NIGHTCAST_CMD_OPTIONS_NEAR_H

#include <stddef.h>

/*
 * The closest of some names to what was typed, for "did you mean ...?".
 * Zeroed, then any number of names are offered.
 */
struct cmd_near {
    const char *name; /* NULL: none is near */
    size_t distance;
};

/* text: n bytes, as typed. */
void cmd_near_offer(struct cmd_near *near, const char *text, size_t n,
                    const char *name);

#endif
