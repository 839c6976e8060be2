/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/known/events.h"

#include "io/csv/table.h"
#include "io/known/ical.h"
#include "io/text/trim.h"
#include "io/time/calendar.h"
#include "io/time/period.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_AROUND = 60, MOST_KEYS = 16, LONGEST = 3660 };

/* The columns there may be, but for keys. */
enum column { EVENT, DATE, FROM, TO, BEFORE, AFTER, AS, COLUMNS };
static const char *const names[] = {"event",  "date",  "from", "to",
                                    "before", "after", "as"};

struct reading {
    struct io_events *events;
    const struct io_panel *panel;
    bool begun;
    size_t column[COLUMNS]; /* SIZE_MAX: none */
    size_t key[MOST_KEYS];  /* columns of keys */
};

/* A field without blanks around it. */
struct text {
    const char *at;
    size_t n;
};

static struct text field_of(const struct io_record *record, size_t column)
{
    if (column == SIZE_MAX)
        return (struct text){"", 0};
    struct text text = {record->field[column], record->length[column]};
    io_trim(&text.at, &text.n);
    return text;
}

static bool is_word(struct text text, const char *word)
{
    return text.n == strlen(word) && strncasecmp(text.at, word, text.n) == 0;
}

/* Whether the k-th field of a record is a text. */
static bool field_is(const char *record, size_t k, const char *text, size_t n)
{
    for (; k > 0; k--) {
        bool quoted = false;
        for (; *record != '\0' && (quoted || *record != ','); record++)
            quoted ^= *record == '"';
        if (*record == '\0')
            return false;
        record++;
    }
    bool quoted = *record == '"';
    size_t at = 0;
    for (record += quoted; *record != '\0' && (quoted || *record != ',');
         record++) {
        if (quoted && *record == '"' && *++record != '"')
            break;
        if (at == n || text[at++] != *record)
            return false;
    }
    return at == n;
}

/* The place of a column among the input's keys; SIZE_MAX: it is none. */
static size_t find_key(const struct io_panel *panel, struct text name)
{
    size_t nkeys = 1;
    if (!panel->is_record)
        return is_word(name, panel->id_name) ? 0 : SIZE_MAX;
    for (const char *p = panel->id_name; *p != '\0'; p++)
        nkeys += *p == ',';
    for (size_t k = 0; k < nkeys; k++)
        if (field_is(panel->id_name, k, name.at, name.n))
            return k;
    return SIZE_MAX;
}

static enum fc_status take_column(struct reading *r,
                                  const struct io_record *header, size_t c,
                                  struct fc_error *err)
{
    struct io_events *events = r->events;
    struct text name = field_of(header, c);
    size_t place = find_key(r->panel, name);
    for (size_t k = 0; k < COLUMNS && place == SIZE_MAX; k++)
        if (is_word(name, names[k])) {
            r->column[k] = c;
            return FC_OK;
        }
    if (place == SIZE_MAX)
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: column '%.60s' is neither one of event, "
                       "date, from, to, before, after, as, nor of the "
                       "input's ids ('%.60s')",
                       header->file, (unsigned long long)header->line, name.at,
                       r->panel->id_name);
    if (events->nkeys == MOST_KEYS)
        return fc_fail(err, FC_EDATA, "%s: more than %d keys", header->file,
                       MOST_KEYS);
    r->key[events->nkeys] = c;
    events->key_of[events->nkeys++] = place;
    return FC_OK;
}

static enum fc_status take_header(struct reading *r,
                                  const struct io_record *header,
                                  struct fc_error *err)
{
    enum fc_status status = FC_OK;
    r->begun = true;
    for (size_t k = 0; k < COLUMNS; k++)
        r->column[k] = SIZE_MAX;
    for (size_t c = 0; c < header->n && status == FC_OK; c++)
        status = take_column(r, header, c, err);
    if (status == FC_OK
        && (r->column[EVENT] == SIZE_MAX
            || (r->column[DATE] == SIZE_MAX && r->column[FROM] == SIZE_MAX)))
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: a file of events has columns 'event', and "
                       "'date' or 'from' and 'to'",
                       header->file, (unsigned long long)header->line);
    return status;
}

/* Something is wrong with a field. */
static enum fc_status refuse(const struct io_record *record, enum column k,
                             struct text text, const char *why,
                             struct fc_error *err)
{
    return fc_fail(err, FC_EDATA, "%s:%llu: column '%s': %s: '%.*s'",
                   record->file, (unsigned long long)record->line, names[k],
                   why, (int)(text.n < 60 ? text.n : 60), text.at);
}

static enum fc_status take_days(const struct reading *r,
                                const struct io_record *record, enum column k,
                                struct io_period *days, struct fc_error *err)
{
    struct text text = field_of(record, r->column[k]);
    const char *why = "no date";
    if (text.n > 0)
        why = io_period_parse_one(text.at, text.n, &r->panel->format, days);
    return why == NULL ? FC_OK : refuse(record, k, text, why, err);
}

static enum fc_status take_dates(const struct reading *r,
                                 const struct io_record *record,
                                 struct io_event *event, struct fc_error *err)
{
    struct io_period first, last;
    bool dated = field_of(record, r->column[DATE]).n > 0;
    bool ends = field_of(record, r->column[TO]).n > 0;
    enum fc_status status =
        take_days(r, record, dated ? DATE : FROM, &first, err);
    last = first;
    if (status == FC_OK && !dated && ends)
        status = take_days(r, record, TO, &last, err);
    if (status != FC_OK)
        return status;
    event->first = io_floor_div(first.first, IO_SECONDS_PER_DAY);
    event->last = io_floor_div(last.last, IO_SECONDS_PER_DAY);
    if (event->last < event->first)
        return refuse(record, TO, field_of(record, r->column[TO]),
                      "it ends before it begins", err);
    if (event->last - event->first > LONGEST)
        return refuse(record, dated ? DATE : TO,
                      field_of(record, r->column[dated ? DATE : TO]),
                      "it is longer than ten years", err);
    return FC_OK;
}

static enum fc_status take_window(const struct reading *r,
                                  const struct io_record *record, enum column k,
                                  int *days, struct fc_error *err)
{
    struct text text = field_of(record, r->column[k]);
    *days = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.at[i] < '0' || text.at[i] > '9' || i == 2)
            return refuse(record, k, text, "not a number of days", err);
        *days = 10 * *days + text.at[i] - '0';
    }
    return *days <= MOST_AROUND
               ? FC_OK
               : refuse(record, k, text, "more than 60 days", err);
}

static enum fc_status take_as(const struct reading *r,
                              const struct io_record *record,
                              struct io_event *event, struct fc_error *err)
{
    struct text text = field_of(record, r->column[AS]);
    event->as = IO_EVENT_ITSELF;
    event->says = text.n > 0;
    if (text.n == 0 || io_event_as_parse(text.at, text.n, &event->as))
        return FC_OK;
    return refuse(record, AS, text, "neither a weekday nor 'ignore' or 'own'",
                  err);
}

static enum fc_status take_keys(struct reading *r,
                                const struct io_record *record,
                                struct io_event *event, struct fc_error *err)
{
    size_t n = r->events->nkeys;
    event->key = malloc((n + 1) * sizeof *event->key);
    for (size_t k = 0; event->key != NULL && k < n; k++) {
        struct text text = field_of(record, r->key[k]);
        event->key[k] = IO_EVENT_ANY;
        if (text.n > 0)
            event->key[k] = io_intern_add(&r->events->texts, text.at, text.n);
        if (text.n > 0 && event->key[k] == IO_INTERN_FULL)
            return fc_fail(err, FC_ENOMEM, "out of memory");
    }
    return event->key != NULL ? FC_OK
                              : fc_fail(err, FC_ENOMEM, "out of memory");
}

static struct io_event *add_event(struct io_events *events)
{
    if (events->n == events->room) {
        size_t room = 2 * events->room + 64;
        struct io_event *grown = realloc(events->at, room * sizeof *grown);
        if (grown == NULL)
            return NULL;
        events->at = grown;
        events->room = room;
    }
    events->at[events->n] = (struct io_event){0};
    return &events->at[events->n++];
}

static enum fc_status take_record(void *arg, const struct io_record *record,
                                  struct fc_error *err)
{
    struct reading *r = arg;
    if (!r->begun)
        return take_header(r, record, err);
    struct io_event *event = add_event(r->events);
    struct text name = field_of(record, r->column[EVENT]);
    if (event == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    if (name.n == 0)
        return refuse(record, EVENT, name, "an event needs a name", err);
    event->name = io_intern_add(&r->events->names, name.at, name.n);
    if (event->name == IO_INTERN_FULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    enum fc_status status = take_dates(r, record, event, err);
    if (status == FC_OK)
        status = take_window(r, record, BEFORE, &event->before, err);
    if (status == FC_OK)
        status = take_window(r, record, AFTER, &event->after, err);
    if (status == FC_OK)
        status = take_as(r, record, event, err);
    return status == FC_OK ? take_keys(r, record, event, err) : status;
}

/* The days of the input and its horizon. */
static void find_time(const struct io_panel *panel, int horizon, int64_t *first,
                      int64_t *last)
{
    *first = io_floor_div(panel->first, IO_SECONDS_PER_DAY);
    if (!io_freq_advance(&panel->freq, panel->last, horizon + 1, last))
        *last = IO_TIME_MAX;
    *last = io_floor_div(*last, IO_SECONDS_PER_DAY);
}

/* That any event is in this time. */
static enum fc_status check_time(const struct io_events *events,
                                 const struct io_panel *panel, int horizon,
                                 struct fc_error *err)
{
    char from[IO_TIME_SIZE], to[IO_TIME_SIZE];
    int64_t first, last;
    find_time(panel, horizon, &first, &last);
    for (size_t k = 0; k < events->n; k++)
        if (events->at[k].last + events->at[k].after >= first
            && events->at[k].first - events->at[k].before <= last)
            return FC_OK;
    io_time_print(&panel->format, panel->first, from);
    io_time_print(&panel->format, panel->last, to);
    return fc_fail(err, FC_EDATA,
                   "%s: no event is in the time of the input, %s to %s, or of "
                   "its horizon: are the years wrong?",
                   events->path, from, to);
}

/* Of a calendar: for all series, and with an effect of its own. */
static enum fc_status take_date(void *arg, const char *name, int64_t first,
                                int64_t last, struct fc_error *err)
{
    struct io_events *events = arg;
    struct io_event *event = add_event(events);
    struct text text = {name, strlen(name)};
    io_trim(&text.at, &text.n);
    if (event == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    event->name = io_intern_add(&events->names, text.at, text.n);
    event->first = first;
    event->last = last;
    event->as = IO_EVENT_ITSELF;
    event->key = malloc(sizeof *event->key);
    return event->name != IO_INTERN_FULL && event->key != NULL
               ? FC_OK
               : fc_fail(err, FC_ENOMEM, "out of memory");
}

static enum fc_status read_calendar(const char *path,
                                    const struct io_panel *panel, int horizon,
                                    struct io_events *events,
                                    struct fc_error *err)
{
    int64_t first, last;
    find_time(panel, horizon, &first, &last);
    enum fc_status status =
        io_ical_read(path, first, last, take_date, events, err);
    return status == FC_OK && events->n == 0
               ? check_time(events, panel, horizon, err)
               : status;
}

/* False when no event has its name. */
static bool apply(const struct io_event_rule *rule, struct io_events *events)
{
    bool any = rule->name == NULL;
    for (size_t k = 0; k < events->n; k++) {
        struct io_event *event = &events->at[k];
        const char *name = events->names.text[event->name];
        bool named = rule->name != NULL && strlen(name) == rule->n
                     && memcmp(name, rule->name, rule->n) == 0;
        if (named || (rule->name == NULL && !event->says)) {
            event->as = rule->as;
            event->says = named;
        }
        any = any || named;
    }
    return any;
}

static enum fc_status apply_all(const char *list, struct io_events *events,
                                struct fc_error *err)
{
    struct io_event_rule rule;
    while (list != NULL) {
        list = io_events_as_next(list, &rule);
        if (!apply(&rule, events))
            return fc_fail(err, FC_EDATA,
                           "%s: --events-as: no event in the time of the input "
                           "is called '%.*s'",
                           events->path, (int)rule.n, rule.name);
    }
    return FC_OK;
}

static enum fc_status read_any(const struct io_panel_options *how,
                               const char *path, const struct io_panel *panel,
                               struct io_events *events, struct fc_error *err)
{
    struct reading r = {.events = events, .panel = panel};
    if (io_ical_is(path))
        return read_calendar(path, panel, how->horizon, events, err);
    enum fc_status status =
        io_table_read(path, how->encoding, take_record, &r, err);
    if (status == FC_OK && events->n == 0)
        return fc_fail(err, FC_EDATA, "%s: there are no events", path);
    return status == FC_OK ? check_time(events, panel, how->horizon, err)
                           : status;
}

enum fc_status io_events_read(const struct io_panel_options *how,
                              const char *path, const char *as,
                              const struct io_panel *panel,
                              struct io_events *events, struct fc_error *err)
{
    *events = (struct io_events){.path = path};
    if (io_time_is_counted(&panel->format))
        return fc_fail(err, FC_EDATA,
                       "%s: events have dates, and the input's '%.60s' has "
                       "none",
                       path, panel->time_name != NULL ? panel->time_name : "");
    events->key_of = calloc(MOST_KEYS, sizeof *events->key_of);
    if (events->key_of == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    enum fc_status status = read_any(how, path, panel, events, err);
    return status == FC_OK ? apply_all(as, events, err) : status;
}

bool io_event_is_for(const struct io_events *events,
                     const struct io_event *event, const struct io_panel *panel,
                     size_t i)
{
    const char *id = panel->series[i].id;
    for (size_t k = 0; k < events->nkeys; k++) {
        if (event->key[k] == IO_EVENT_ANY)
            continue;
        const char *text = events->texts.text[event->key[k]];
        size_t n = events->texts.length[event->key[k]];
        if (panel->is_record ? !field_is(id, events->key_of[k], text, n)
                             : strlen(id) != n || memcmp(id, text, n) != 0)
            return false;
    }
    return true;
}

const char *io_event_key(const struct io_events *events, size_t event)
{
    const char *text = "";
    for (size_t k = 0; k < events->nkeys && *text == '\0'; k++)
        if (events->at[event].key[k] != IO_EVENT_ANY)
            text = events->texts.text[events->at[event].key[k]];
    return text;
}

size_t io_events_count_strange(const struct io_events *events,
                               const struct io_panel *panel, size_t *first)
{
    size_t n = 0;
    for (size_t k = 0; k < events->n; k++) {
        bool any = *io_event_key(events, k) == '\0';
        for (size_t i = 0; i < panel->nseries && !any; i++)
            any = io_event_is_for(events, &events->at[k], panel, i);
        if (!any && n++ == 0)
            *first = k;
    }
    return n;
}

enum fc_status io_events_ignore(const struct io_events *events,
                                struct io_panel *panel, struct fc_error *err)
{
    for (size_t k = 0; k < events->n; k++) {
        const struct io_event *event = &events->at[k];
        struct io_period days = {
            .first = (event->first - event->before) * IO_SECONDS_PER_DAY,
            .last = (event->last + event->after + 1) * IO_SECONDS_PER_DAY - 1};
        if (event->as != IO_EVENT_IGNORE)
            continue;
        for (size_t i = 0; i < panel->nseries; i++)
            if (io_event_is_for(events, event, panel, i)
                && !io_panel_ignore(panel, i, &days, events->path))
                return fc_fail(err, FC_ENOMEM, "out of memory");
    }
    return FC_OK;
}

void io_events_release(struct io_events *events)
{
    for (size_t k = 0; k < events->n; k++)
        free(events->at[k].key);
    free(events->at);
    free(events->key_of);
    io_intern_release(&events->names);
    io_intern_release(&events->texts);
    *events = (struct io_events){0};
}
