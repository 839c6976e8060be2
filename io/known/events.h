/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_KNOWN_EVENTS_H
#define NIGHTCAST_IO_KNOWN_EVENTS_H

#include "io/known/events_as.h"
#include "io/known/known.h"
#include "io/panel/panel.h"
#include "io/text/intern.h"

/*
 * Events: holidays, strikes, fairs, by their dates, for all series or those
 * with a key.
 *
 * A table with a header: `event`, its name; `date`, or `from` and `to`, whole
 * days, as the input writes them or by ISO 8601; and if wanted
 *
 *   before, after  so many days around it have effects of their own
 *   as             a weekday, whose level it takes; "ignore": its days are
 *                  missing; or "own": it has an effect of its own, as where
 *                  nothing is said
 *   others         columns of the input's ids: which series it is for; all, if
 *                  empty
 */
struct io_event {
    uint32_t name;
    int64_t first, last; /* days since 1970, both of it */
    int before, after;   /* days */
    int as;              /* see events_as.h */
    bool says;           /* the file says so, or the user does */
    uint32_t *key;       /* of events.nkeys: a text, or IO_EVENT_ANY */
};

#define IO_EVENT_ANY UINT32_MAX

struct io_events {
    const char *path;
    struct io_intern names, texts;
    struct io_event *at;
    size_t n, room;
    size_t *key_of; /* nkeys places among the input's keys */
    size_t nkeys;
};

/*
 * Reads those of a panel whose horizon has so many steps.  FC_EDATA with file
 * and line, or when no event is in the panel's time; FC_EIO, FC_ENOMEM.  Then,
 * too, *events is to be released.
 *
 *   as  a list of rules, which has been checked; or NULL.  FC_EDATA when one is
 *       of a name that no event has
 */
enum fc_status io_events_read(const struct io_panel_options *how,
                              const char *path, const char *as,
                              const struct io_panel *panel,
                              struct io_events *events, struct fc_error *err);

/* Makes missing what is to be ignored.  FC_ENOMEM. */
enum fc_status io_events_ignore(const struct io_events *events,
                                struct io_panel *panel, struct fc_error *err);

/* Which columns there are, when that was learnt elsewhere. */
struct io_event_names {
    size_t n;
    char *const *name;
    const enum fc_role *role;
};

/*
 * Adds the others to the regressors of every series, of so many steps after
 * its last: see event_columns.c.  *known has been read, or is zeroed.
 *
 *   names  that the columns must have: an event that is none of them has what
 *          all have; or NULL: those that the events have
 *
 * FC_EDATA, FC_ENOMEM.
 */
enum fc_status io_events_add(const struct io_events *events,
                             const struct io_panel *panel, int horizon,
                             const struct io_event_names *names,
                             struct io_known *known, struct fc_error *err);

/* Whether an event is for the i-th series. */
bool io_event_is_for(const struct io_events *events,
                     const struct io_event *event, const struct io_panel *panel,
                     size_t i);

/* How many events are for none of the panel's series, and in *first one of
 * them. */
size_t io_events_count_strange(const struct io_events *events,
                               const struct io_panel *panel, size_t *first);

/* A text of an event's keys, of those it has one. */
const char *io_event_key(const struct io_events *events, size_t event);

/* Accepts a zeroed one. */
void io_events_release(struct io_events *events);

#endif
