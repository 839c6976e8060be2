/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events as regressors.
 *
 * Where a step is a day or shorter, `events` is 1 on the days of all events
 * with effects of their own; what Saturdays, Sundays and each event by name
 * have beyond that are columns that are drawn to nothing unless the series say
 * more: a holiday that was seen once or never has what holidays have.  Days
 * before and after have columns likewise.  An event that takes the level of a
 * weekday has a column that says how many steps later that weekday is.
 *
 * Where a step is longer, columns count an event's days in it: in the calendar
 * months that a step stands for, or in the days from its date on.
 */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include "io/known/events.h"

#include "io/time/calendar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SATURDAY = 5, SUNDAY = 6 };

#define NOBODY (IO_EVENT_ANY - 1) /* no event's name */

/* A column of them. */
struct column {
    enum fc_role role;
    uint32_t name; /* of one event, or ANY */
    int weekday;   /* of these days only; -1: all */
    int offset;    /* days after the event, before if negative */
    int as;        /* the weekday whose level it takes */
};

struct making {
    const struct io_events *events;
    const struct io_panel *panel;
    size_t horizon;
    struct io_known *known;
    const struct io_event_names *learnt; /* or NULL */
    struct column column[IO_TERMS_MOST];
    size_t ncolumns;
    int64_t week; /* steps in it; 0: a step is longer than a day */
    int64_t *day; /* of every place of a series: its first day, and where it
                     ends */
};

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

/* --- which columns --- */

static enum fc_status add_column(struct making *m, struct column column,
                                 const char *text, struct fc_error *err)
{
    struct io_known *known = m->known;
    size_t room = strlen(text) + 16;
    if (known->n + m->ncolumns == IO_TERMS_MOST)
        return fc_fail(err, FC_EDATA,
                       "%s: with an effect for every event there are more than "
                       "%d regressors: give events fewer names, or fewer days "
                       "around them",
                       m->events->path, IO_TERMS_MOST);
    char *name = malloc(room);
    if (name == NULL)
        return no_memory(err);
    if (column.offset != 0)
        snprintf(name, room, "%s%+d", text, column.offset);
    else
        snprintf(name, room, "%s", text);
    known->name[known->n + m->ncolumns] = name;
    m->column[m->ncolumns++] = column;
    return FC_OK;
}

static bool is_effect(const struct io_event *event)
{
    return event->as == IO_EVENT_ITSELF;
}

/* Whether any day of an event with an effect is such a weekday. */
static bool has_weekday(const struct io_events *events, int weekday)
{
    for (size_t k = 0; k < events->n; k++)
        for (int64_t day = events->at[k].first;
             is_effect(&events->at[k]) && day <= events->at[k].last; day++)
            if (io_weekday(day) == weekday)
                return true;
    return false;
}

/* What an event of this name asks for, over all its dates. */
struct wish {
    bool effect;
    int as; /* -1: none */
    int before, after;
};

static enum fc_status find_wish(const struct io_events *events, uint32_t name,
                                struct wish *wish, struct fc_error *err)
{
    *wish = (struct wish){.as = -1};
    for (size_t k = 0; k < events->n; k++) {
        const struct io_event *event = &events->at[k];
        if (event->name != name || event->as == IO_EVENT_IGNORE)
            continue;
        if (event->as >= 0 && wish->as >= 0 && event->as != wish->as)
            return fc_fail(err, FC_EDATA,
                           "%s: '%.60s' takes the level of two weekdays",
                           events->path, events->names.text[name]);
        wish->effect = wish->effect || is_effect(event);
        wish->as = event->as >= 0 ? event->as : wish->as;
        if (is_effect(event) && event->before > wish->before)
            wish->before = event->before;
        if (is_effect(event) && event->after > wish->after)
            wish->after = event->after;
    }
    return FC_OK;
}

static enum fc_status add_name(struct making *m, uint32_t name, bool alone,
                               struct fc_error *err)
{
    const char *text = m->events->names.text[name];
    struct wish wish;
    enum fc_status status = find_wish(m->events, name, &wish, err);
    if (status == FC_OK && wish.as >= 0 && m->week == 0)
        return fc_fail(err, FC_EDATA,
                       "%s: '%.60s' takes the level of a weekday, which steps "
                       "of days and shorter ones have, and this input has not",
                       m->events->path, text);
    if (status == FC_OK && wish.as >= 0)
        status = add_column(
            m, (struct column){FC_ROLE_LIKE, name, -1, 0, wish.as}, text, err);
    if (status == FC_OK && wish.effect && !alone)
        status = add_column(m, (struct column){FC_ROLE_DRAWN, name, -1, 0, -1},
                            text, err);
    for (int k = -wish.before; k <= wish.after && status == FC_OK; k++)
        if (k != 0)
            status = add_column(
                m, (struct column){FC_ROLE_DRAWN, name, -1, k, -1}, text, err);
    return status;
}

static enum fc_status find_columns(struct making *m, struct fc_error *err)
{
    const struct io_events *events = m->events;
    uint32_t neffects = 0, only = IO_EVENT_ANY;
    enum fc_status status = FC_OK;
    for (uint32_t name = 0; name < events->names.n; name++) {
        struct wish wish;
        status = find_wish(events, name, &wish, err);
        if (status != FC_OK)
            return status;
        neffects += wish.effect;
        only = wish.effect ? name : only;
    }
    if (neffects > 0)
        status = add_column(
            m, (struct column){FC_ROLE_PLAIN, IO_EVENT_ANY, -1, 0, -1},
            neffects == 1 ? events->names.text[only] : "events", err);
    for (int weekday = SATURDAY; weekday <= SUNDAY; weekday++)
        if (status == FC_OK && m->week > 0 && has_weekday(events, weekday))
            status = add_column(
                m, (struct column){FC_ROLE_DRAWN, IO_EVENT_ANY, weekday, 0, -1},
                weekday == SATURDAY ? "events on Saturdays"
                                    : "events on Sundays",
                err);
    for (uint32_t name = 0; name < events->names.n && status == FC_OK; name++)
        status = add_name(m, name, neffects == 1 && m->learnt == NULL, err);
    return status;
}

/* --- which were learnt --- */

/* The column that is one of those that were learnt and is not taken yet, as the
 * day after an event may have another's name; what all events have is called by
 * the one there is, if there is one. */
static size_t find_learnt(const struct making *m, const bool *taken,
                          const char *name, enum fc_role role)
{
    size_t j = 0;
    while (j < m->ncolumns
           && (taken[j] || m->column[j].role != role
               || (role != FC_ROLE_PLAIN
                   && strcmp(m->known->name[m->known->n + j], name) != 0)))
        j++;
    return j;
}

/* Whether it was the one event there is, which is what all have. */
static bool was_alone(const struct making *m, const char *name)
{
    for (size_t k = 0; k < m->learnt->n; k++)
        if (m->learnt->role[k] == FC_ROLE_PLAIN
            && strcmp(m->learnt->name[k], name) == 0)
            return true;
    return false;
}

/* What was not learnt: its events have what all have, if that was. */
static enum fc_status pass_over(struct making *m, size_t j, char *name,
                                struct fc_error *err)
{
    struct io_known *known = m->known;
    if (m->column[j].role != FC_ROLE_DRAWN)
        return fc_fail(err, FC_EDATA,
                       "%s: '%.60s' was not learnt: `nightcast learn --events` "
                       "makes a new file",
                       m->events->path, name);
    if (was_alone(m, name) || known->nfresh_events++ > 0)
        return FC_OK;
    known->fresh_event = strdup(name);
    return known->fresh_event != NULL ? FC_OK : no_memory(err);
}

/* Columns and names as they were learnt, in their order. */
static enum fc_status take_names(struct making *m, struct fc_error *err)
{
    const struct io_event_names *learnt = m->learnt;
    char **name = &m->known->name[m->known->n], *old[IO_TERMS_MOST];
    struct column column[IO_TERMS_MOST];
    bool taken[IO_TERMS_MOST] = {false};
    size_t nold = m->ncolumns;
    enum fc_status status = FC_OK;
    if (m->known->n + learnt->n > IO_TERMS_MOST)
        return fc_fail(err, FC_EDATA, "more than %d regressors were learnt",
                       IO_TERMS_MOST);
    for (size_t k = 0; k < learnt->n; k++) {
        size_t j = find_learnt(m, taken, learnt->name[k], learnt->role[k]);
        column[k] = (struct column){learnt->role[k], NOBODY, -1, 0, -1};
        if (j == nold)
            continue;
        column[k] = m->column[j];
        taken[j] = true;
    }
    for (size_t j = 0; j < nold && status == FC_OK; j++)
        if (!taken[j])
            status = pass_over(m, j, name[j], err);
    memcpy(old, name, nold * sizeof *old);
    memcpy(m->column, column, learnt->n * sizeof *column);
    m->ncolumns = learnt->n;
    for (size_t k = 0; k < learnt->n; k++) {
        name[k] = strdup(learnt->name[k]);
        if (name[k] == NULL && status == FC_OK)
            status = no_memory(err);
    }
    for (size_t j = 0; j < nold; j++)
        free(old[j]);
    return status;
}

/* --- their values --- */

/* The calendar month after so many. */
static int64_t month_start(struct io_civil date, int months)
{
    int month = date.year * 12 + date.month - 1 + months;
    return io_days_from_civil(month / 12, month % 12 + 1, 1);
}

/* The days that a step of months stands for: those of the months from that of
 * its date on, or up to it, when it falls on their end. */
static void month_days(const struct io_freq *step, int64_t day, int64_t *first,
                       int64_t *end)
{
    enum { LATE = 28 };
    struct io_civil date = io_civil_from_days(day);
    int n = (int)step->multiple;
    bool late =
        step->anchor_day >= LATE || step->unit == IO_FREQ_BUSINESS_MONTH;
    late = late && date.day > 15;
    *first = month_start(date, late ? 1 - n : 0);
    *end = month_start(date, late ? 1 : n);
}

/* Days of all places of a series; false when memory is short. */
static bool find_days(struct making *m, size_t i)
{
    const struct io_panel *panel = m->panel;
    struct io_freq step = io_panel_step(panel, i);
    size_t places = panel->series[i].n + m->horizon;
    int64_t *grown = realloc(m->day, 2 * (places + 1) * sizeof *grown), t;
    if (grown == NULL)
        return false;
    m->day = grown;
    for (size_t k = 0; k <= places; k++) {
        if (!io_freq_advance(&step, panel->facts[i].start, (int64_t)k, &t))
            t = IO_TIME_MAX;
        m->day[2 * k] = io_floor_div(t, IO_SECONDS_PER_DAY);
    }
    for (size_t k = 0; k < places; k++) {
        int64_t *day = &m->day[2 * k];
        day[1] = m->week > 0 ? day[0] + 1 : day[2];
        if (step.unit == IO_FREQ_MONTH || step.unit == IO_FREQ_BUSINESS_MONTH)
            month_days(&step, day[0], &day[0], &day[1]);
    }
    return true;
}

/* The first place that ends after a day. */
static size_t place_of(const struct making *m, size_t places, int64_t day)
{
    size_t low = 0, high = places;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (m->day[2 * middle + 1] > day)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* A day of a column, in all the places that have it. */
static void add_day(const struct making *m, const struct column *column,
                    size_t places, int64_t day, double *x)
{
    int64_t weekday = io_weekday(day);
    double value = 1;
    if (column->weekday >= 0 && weekday != column->weekday)
        return;
    if (column->role == FC_ROLE_LIKE)
        value = (double)((column->as - weekday + 7) % 7 * (m->week / 7));
    if (column->role == FC_ROLE_LIKE && m->week == 5) {
        if (weekday > 4 || column->as > 4)
            return;
        value = (double)((column->as - weekday + 5) % 5);
    }
    for (size_t k = place_of(m, places, day);
         k < places && m->day[2 * k] <= day; k++)
        x[k] = m->week > 0 ? value : x[k] + 1;
}

static bool is_of(const struct column *column, const struct io_event *event)
{
    if (column->name != IO_EVENT_ANY && column->name != event->name)
        return false;
    if (column->role == FC_ROLE_LIKE)
        return event->as >= 0;
    if (column->offset < 0 && -column->offset > event->before)
        return false;
    return is_effect(event) && column->offset <= event->after;
}

static void fill_column(const struct making *m, size_t i,
                        const struct column *column, size_t places, double *x)
{
    memset(x, 0, places * sizeof *x);
    for (size_t k = 0; k < m->events->n; k++) {
        const struct io_event *event = &m->events->at[k];
        int64_t first = event->first, last = event->last;
        if (!is_of(column, event)
            || !io_event_is_for(m->events, event, m->panel, i))
            continue;
        if (column->offset < 0)
            last = first += column->offset;
        else if (column->offset > 0)
            first = last += column->offset;
        else if (column->role == FC_ROLE_LIKE) {
            first -= event->before;
            last += event->after;
        }
        for (int64_t day = first; day <= last; day++)
            add_day(m, column, places, day, x);
    }
}

/* A day that takes the level of a weekday by several names does so once, by the
 * first of them. */
static void leave_first(const struct making *m, size_t places, double *x)
{
    for (size_t j = 1; j < m->ncolumns; j++)
        for (size_t k = 0; k < j; k++)
            for (size_t t = 0;
                 m->column[j].role == FC_ROLE_LIKE
                 && m->column[k].role == FC_ROLE_LIKE && t < places;
                 t++)
                if (x[k * places + t] != 0)
                    x[j * places + t] = 0;
}

static bool fill_series(struct making *m, size_t i)
{
    struct io_known *known = m->known;
    size_t places = m->panel->series[i].n + m->horizon;
    size_t n = known->n + m->ncolumns;
    double *x = realloc(known->x[i], (n * places + 1) * sizeof *x);
    if (x == NULL)
        return false;
    known->x[i] = x;
    if (!find_days(m, i))
        return false;
    for (size_t j = 0; j < m->ncolumns; j++)
        fill_column(m, i, &m->column[j], places, x + (known->n + j) * places);
    leave_first(m, places, x + known->n * places);
    known->of[i] = (struct fc_regressors){.n = n,
                                          .stride = places,
                                          .x = x,
                                          .as_they_are = known->as_they_are,
                                          .role = known->role,
                                          .week = (size_t)m->week};
    return true;
}

/* Steps in a week, where a step is a day or a part of it. */
static int64_t week_of(const struct io_freq *freq)
{
    int64_t seconds = (int64_t)io_freq_length(freq);
    switch (freq->unit) {
    case IO_FREQ_BUSINESS_DAY:
        return freq->multiple == 1 ? 5 : 0;
    case IO_FREQ_DAY:
    case IO_FREQ_LOCAL_DAY:
        return freq->multiple == 1 ? 7 : 0;
    case IO_FREQ_SECOND:
    case IO_FREQ_MINUTE:
    case IO_FREQ_HOUR:
        return IO_SECONDS_PER_DAY % seconds == 0
                   ? 7 * (IO_SECONDS_PER_DAY / seconds)
                   : 0;
    default:
        return 0;
    }
}

static const char *kind_of(const struct column *column)
{
    return column->role == FC_ROLE_PLAIN  ? "all events"
           : column->role == FC_ROLE_LIKE ? "as a weekday"
           : column->weekday >= 0         ? "by its weekday"
           : column->offset < 0           ? "days before"
           : column->offset > 0           ? "days after"
                                          : "event";
}

enum fc_status io_events_add(const struct io_events *events,
                             const struct io_panel *panel, int horizon,
                             const struct io_event_names *names,
                             struct io_known *known, struct fc_error *err)
{
    struct making m = {.events = events,
                       .panel = panel,
                       .horizon = (size_t)horizon,
                       .known = known,
                       .learnt = names,
                       .week = week_of(&panel->freq)};
    if (!io_known_make_room(known, panel->nseries))
        return no_memory(err);
    enum fc_status status = find_columns(&m, err);
    if (status == FC_OK && names != NULL)
        status = take_names(&m, err);
    for (size_t i = 0; i < panel->nseries && status == FC_OK; i++)
        if (m.ncolumns > 0 && !fill_series(&m, i))
            status = no_memory(err);
    for (size_t j = 0; j < m.ncolumns; j++) {
        known->as_they_are[known->n + j] = true;
        known->role[known->n + j] = m.column[j].role;
        known->kind[known->n + j] = kind_of(&m.column[j]);
    }
    known->n += m.ncolumns; /* names, which are to be given back */
    known->nevents = m.ncolumns;
    free(m.day);
    return status;
}
