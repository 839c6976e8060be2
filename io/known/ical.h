/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_KNOWN_ICAL_H
#define NIGHTCAST_IO_KNOWN_ICAL_H

#include "forecast/base/status.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Events of iCalendar files (RFC 5545), as countries' holidays are published;
 * read by libical, which is looked for when it is needed and not before.
 * Inside of the room.
 */

/* Whether a file is called like one. */
bool io_ical_is(const char *path);

/* Takes an event with its first and its last day since 1970. */
typedef enum fc_status io_ical_take(void *arg, const char *name, int64_t first,
                                    int64_t last, struct fc_error *err);

/*
 * Gives what a calendar has from one day to another, by its file's order, with
 * all recurrences.  FC_EDATA when it is no calendar, or libical is not there;
 * FC_EIO, FC_ENOMEM, or what take() returns.
 */
enum fc_status io_ical_read(const char *path, int64_t from, int64_t to,
                            io_ical_take *take, void *arg,
                            struct fc_error *err);

#endif
