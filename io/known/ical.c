/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libical is opened with dlopen(): it brings ICU and more with it, which runs
 * without a calendar should not wait for; and stays open, as it keeps what it
 * knows of time zones until the end.
 */
#include "io/known/ical.h"

#include <string.h>
#include <strings.h>

bool io_ical_is(const char *path)
{
    size_t n = strlen(path);
    return n > 4 && strcasecmp(path + n - 4, ".ics") == 0;
}

#if defined(NIGHTCAST_STATIC) || !__has_include(<libical/ical.h>)

enum fc_status io_ical_read(const char *path, int64_t from, int64_t to,
                            io_ical_take *take, void *arg, struct fc_error *err)
{
    (void)from;
    (void)to;
    (void)take;
    (void)arg;
    return fc_fail(err, FC_EDATA,
                   "%s: this nightcast was built without libical, which reads "
                   "calendars; events as CSV are read",
                   path);
}

#else

#include "io/csv/source.h"
#include "io/time/calendar.h"

#include <dlfcn.h>
#include <libical/ical.h>
#include <stdlib.h>

enum { BLOCK = 1 << 16, MOST_BYTES = 1 << 26 };

/* What is used of libical. */
struct api {
    void *library;
    __typeof__(icalerror_set_errors_are_fatal) *set_fatal;
    __typeof__(icalparser_parse_string) *parse;
    __typeof__(icalcomponent_free) *release;
    __typeof__(icalcomponent_isa) *isa;
    __typeof__(icalcomponent_get_first_component) *first;
    __typeof__(icalcomponent_get_next_component) *next;
    __typeof__(icalcomponent_get_summary) *summary;
    __typeof__(icalcomponent_get_status) *status;
    __typeof__(icalcomponent_get_dtstart) *dtstart;
    __typeof__(icalcomponent_get_dtend) *dtend;
    __typeof__(icalcomponent_get_first_property) *property;
    __typeof__(icalcomponent_get_next_property) *next_property;
    __typeof__(icalproperty_get_rrule) *rrule;
    __typeof__(icalcomponent_get_span) *span;
    __typeof__(icalcomponent_foreach_recurrence) *recurrences;
};

static void *find(struct api *api, const char *name, bool *good)
{
    void *function = dlsym(api->library, name);
    *good = *good && function != NULL;
    return function;
}

static bool open_library(struct api *api)
{
    static const char *const names[] = {"libical.so.3", "libical.so"};
    bool good = true;
    for (size_t i = 0; i < 2 && api->library == NULL; i++)
        api->library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (api->library == NULL)
        return false;
#define FIND(field, name) *(void **)&api->field = find(api, name, &good)
    FIND(set_fatal, "icalerror_set_errors_are_fatal");
    FIND(parse, "icalparser_parse_string");
    FIND(release, "icalcomponent_free");
    FIND(isa, "icalcomponent_isa");
    FIND(first, "icalcomponent_get_first_component");
    FIND(next, "icalcomponent_get_next_component");
    FIND(summary, "icalcomponent_get_summary");
    FIND(status, "icalcomponent_get_status");
    FIND(dtstart, "icalcomponent_get_dtstart");
    FIND(dtend, "icalcomponent_get_dtend");
    FIND(property, "icalcomponent_get_first_property");
    FIND(next_property, "icalcomponent_get_next_property");
    FIND(rrule, "icalproperty_get_rrule");
    FIND(span, "icalcomponent_get_span");
    FIND(recurrences, "icalcomponent_foreach_recurrence");
#undef FIND
    if (good)
        api->set_fatal(0);
    return good;
}

/* A whole file, with a NUL behind. */
static enum fc_status read_text(const char *path, char **text,
                                struct fc_error *err)
{
    struct io_source source;
    size_t n = 0, room = 0, got = 0;
    enum fc_status status = io_source_open(path, &source, err);
    while (status == FC_OK) {
        if (room - n <= BLOCK) {
            room = 2 * room + 2 * BLOCK;
            char *grown = realloc(*text, room);
            if (grown == NULL) {
                status = fc_fail(err, FC_ENOMEM, "out of memory");
                break;
            }
            *text = grown;
        }
        status = io_source_read(&source, n, *text + n, BLOCK, &got, err);
        n += got;
        if (status == FC_OK && n > MOST_BYTES)
            status = fc_fail(err, FC_EDATA, "%s: is larger than 64 MiB", path);
        if (got < BLOCK)
            break;
    }
    io_source_close(&source);
    if (status == FC_OK)
        (*text)[n] = '\0';
    if (status == FC_OK && strlen(*text) < n)
        return fc_fail(err, FC_EDATA, "%s: holds a NUL byte", path);
    return status;
}

/* One event of a calendar while its dates are gone through. */
struct dates {
    const char *name;
    int64_t day;  /* of its beginning, as it is written */
    time_t start; /* the same in UTC */
    int64_t more; /* days after the first */
    int64_t from, to;
    io_ical_take *take;
    void *arg;
    struct fc_error *err;
    enum fc_status status;
};

/* Clocks that change in between move a time by an hour or so. */
static int64_t days_between(time_t from, time_t to)
{
    return io_floor_div((int64_t)to - (int64_t)from + IO_SECONDS_PER_DAY / 2,
                        IO_SECONDS_PER_DAY);
}

static void take_date(icalcomponent *event, struct icaltime_span *span,
                      void *arg)
{
    struct dates *d = arg;
    int64_t first = d->day + days_between(d->start, span->start);
    int64_t last = first + d->more;
    (void)event;
    if (d->status == FC_OK && first <= d->to && last >= d->from)
        d->status = d->take(d->arg, d->name, first, last, d->err);
}

/* Rules that would go through every second of centuries. */
static bool is_often(const struct api *api, icalcomponent *event)
{
    icalproperty *rule = api->property(event, ICAL_RRULE_PROPERTY);
    for (; rule != NULL;
         rule = api->next_property(event, ICAL_RRULE_PROPERTY)) {
        struct icalrecurrencetype how = api->rrule(rule);
        if (how.freq < ICAL_DAILY_RECURRENCE)
            return true;
    }
    return false;
}

static struct icaltimetype date_of(int64_t day)
{
    struct io_civil civil = io_civil_from_days(day);
    struct icaltimetype date = {.year = civil.year,
                                .month = civil.month,
                                .day = civil.day,
                                .is_date = 1};
    return date;
}

static int64_t day_of(struct icaltimetype time)
{
    return io_days_from_civil(time.year, time.month, time.day);
}

static bool is_date(struct icaltimetype time)
{
    return time.year >= 1 && time.year <= 9999 && time.month >= 1
           && time.month <= 12 && time.day >= 1 && time.day <= 31;
}

/* Days that it goes on after its first: DTEND is the first moment that is not
 * of it. */
static int64_t days_more(struct icaltimetype start, struct icaltimetype end)
{
    bool midnight =
        end.is_date || (end.hour == 0 && end.minute == 0 && end.second == 0);
    if (!is_date(end))
        return 0;
    int64_t days = day_of(end) - day_of(start) - midnight;
    return days > 0 ? days : 0;
}

static enum fc_status take_event(const struct api *api, const char *path,
                                 icalcomponent *event, struct dates *d)
{
    enum { LONGEST = 3660 };
    struct icaltimetype start = api->dtstart(event);
    d->name = api->summary(event);
    if (api->status(event) == ICAL_STATUS_CANCELLED)
        return FC_OK;
    if (d->name == NULL || *d->name == '\0')
        return fc_fail(d->err, FC_EDATA, "%s: an event has no SUMMARY", path);
    if (!is_date(start))
        return fc_fail(d->err, FC_EDATA, "%s: '%.60s' has no DTSTART", path,
                       d->name);
    if (is_often(api, event))
        return fc_fail(d->err, FC_EDATA,
                       "%s: '%.60s' recurs more often than daily", path,
                       d->name);
    d->more = days_more(start, api->dtend(event));
    if (d->more > LONGEST)
        return fc_fail(d->err, FC_EDATA,
                       "%s: '%.60s' is longer than ten years", path, d->name);
    d->day = day_of(start);
    d->start = api->span(event).start;
    int64_t from = d->from - LONGEST > d->day ? d->from - LONGEST : d->day - 1;
    api->recurrences(event, date_of(from), date_of(d->to + 1), take_date, d);
    return d->status;
}

static enum fc_status take_all(const struct api *api, const char *path,
                               const char *text, struct dates *d)
{
    icalcomponent *root = api->parse(text);
    size_t n = 0;
    enum fc_status status = FC_OK;
    if (root == NULL || api->isa(root) != ICAL_VCALENDAR_COMPONENT) {
        if (root != NULL)
            api->release(root);
        return fc_fail(d->err, FC_EDATA, "%s: is not one iCalendar", path);
    }
    for (icalcomponent *event = api->first(root, ICAL_VEVENT_COMPONENT);
         event != NULL && status == FC_OK;
         event = api->next(root, ICAL_VEVENT_COMPONENT), n++)
        status = take_event(api, path, event, d);
    api->release(root);
    if (status == FC_OK && n == 0)
        return fc_fail(d->err, FC_EDATA, "%s: there are no events", path);
    return status;
}

enum fc_status io_ical_read(const char *path, int64_t from, int64_t to,
                            io_ical_take *take, void *arg, struct fc_error *err)
{
    struct api api = {0};
    struct dates d = {
        .from = from, .to = to, .take = take, .arg = arg, .err = err};
    char *text = NULL;
    if (!open_library(&api))
        return fc_fail(err, FC_EDATA,
                       "%s: libical, which reads calendars, is not there "
                       "(Debian: libical3)",
                       path);
    enum fc_status status = read_text(path, &text, err);
    if (status == FC_OK)
        status = take_all(&api, path, text, &d);
    free(text);
    return status;
}

#endif
