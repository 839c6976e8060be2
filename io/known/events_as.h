/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_KNOWN_EVENTS_AS_H
#define NIGHTCAST_IO_KNOWN_EVENTS_AS_H

#include "forecast/base/status.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * What an event is taken as: a weekday, Monday 0, whose level it has; itself; or
 * missing.
 */
enum { IO_EVENT_ITSELF = -1, IO_EVENT_IGNORE = -2 };

/* What a text says of that: a weekday, of which three letters do, "own" or
 * "ignore"; false: none of these. */
bool io_event_as_parse(const char *text, size_t n, int *as);

/* One rule of a list: of events of a name, or, without one, of those of which
 * their file says nothing. */
struct io_event_rule {
    const char *name; /* of n bytes; NULL: none */
    size_t n;
    int as;
};

/*
 * That a list is one of rules, "Sunday,Christmas Eve=Saturday,Fair=own".
 * FC_EINVAL with what is wrong with it.
 */
enum fc_status io_events_as_check(const char *list, struct fc_error *err);

/* The first rule of such a list; returns the rest, or NULL when there is
 * none. */
const char *io_events_as_next(const char *list, struct io_event_rule *rule);

#endif
