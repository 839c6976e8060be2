/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/inspect_known.h"

#include "cmd/talk/line.h"
#include "cmd/talk/talk.h"
#include "io/known/events.h"
#include "io/known/labels.h"
#include "io/time/calendar.h"
#include "io/time/names.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 5 };

static void print_text(const char *text)
{
    cmd_print_visible(text, strlen(text));
}

/* --- regressors --- */

/* The first series of which something is said, and how many more. */
static void print_some(const struct io_panel *panel, char *const *said,
                       bool failed, size_t n)
{
    char id[CMD_SHORT_SIZE], count[CMD_COUNT_SIZE];
    size_t shown = 0;
    for (size_t i = 0; i < panel->nseries && shown < SHOWN; i++) {
        if (said[i] == NULL || (!failed && panel->facts[i].error != NULL))
            continue;
        fputs("    ", stdout);
        print_text(cmd_short(panel->series[i].id, id));
        fputs(": ", stdout);
        print_text(said[i]);
        putchar('\n');
        shown++;
    }
    if (n > SHOWN)
        printf("    ... and %s more\n", cmd_count(n - SHOWN, count));
}

static void print_lacking(const struct io_panel *panel,
                          const struct io_known *known)
{
    char count[CMD_COUNT_SIZE];
    size_t n = 0;
    for (size_t i = 0; i < known->nseries; i++)
        n += known->lacks[i] != NULL && panel->facts[i].error == NULL;
    printf("%-18s  %s series\n", "lack a future", cmd_count(n, count));
    print_some(panel, known->lacks, false, n);
}

static void print_holes(const struct io_panel *panel,
                        const struct io_known *known)
{
    char count[CMD_COUNT_SIZE], values[CMD_COUNT_SIZE];
    size_t n = 0;
    for (size_t i = 0; i < known->nseries; i++)
        n += known->holes[i] != NULL;
    printf("%-18s  %s series, %s value%s\n", "lack a past", cmd_count(n, count),
           cmd_count(known->nholes, values), known->nholes == 1 ? "" : "s");
    print_some(panel, known->holes, true, n);
}

static void print_regressors(const struct io_panel *panel,
                             const struct io_known *known, bool ahead)
{
    printf("%-18s  ", "regressors");
    for (size_t j = 0; j < known->n - known->nevents; j++) {
        fputs(j > 0 ? ", " : "", stdout);
        print_text(io_known_label(known, j));
    }
    putchar('\n');
    for (size_t j = 0; j < known->ntexts; j++) {
        printf("%-18s  ", "the usual text");
        print_text(known->base[j]);
        putchar('\n');
    }
    print_holes(panel, known);
    if (ahead)
        print_lacking(panel, known);
}

/* --- events --- */

/* The days of a name, each once, and where history and horizon end. */
struct dates {
    int64_t *day;
    size_t n;
    int64_t first, last, end;
};

static int compare_days(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* On what days they begin. */
static void find_dates(const struct io_events *events, uint32_t name,
                       struct dates *dates)
{
    size_t n = 0;
    dates->n = 0;
    for (size_t k = 0; k < events->n; k++)
        if (events->at[k].name == name)
            dates->day[n++] = events->at[k].first;
    qsort(dates->day, n, sizeof *dates->day, compare_days);
    for (size_t k = 0; k < n; k++)
        if (k == 0 || dates->day[k] != dates->day[k - 1])
            dates->day[dates->n++] = dates->day[k];
}

static const char *print_day(int64_t day, char text[32])
{
    struct io_civil civil = io_civil_from_days(day);
    snprintf(text, 32, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
    return text;
}

static void print_count(size_t n, const char *what, int64_t day)
{
    char count[CMD_COUNT_SIZE], text[32];
    if (n == 0)
        printf(", none in the %s", what);
    else
        printf(", %s in the %s (%s%s)", cmd_count(n, count), what,
               strcmp(what, "file") == 0 && n > 1 ? "last " : "",
               print_day(day, text));
}

static void print_as(const struct io_events *events, uint32_t name)
{
    size_t k = 0;
    while (events->at[k].name != name)
        k++;
    if (events->at[k].as >= 0)
        printf(", as a %s", io_weekdays[events->at[k].as]);
    else if (events->at[k].as == IO_EVENT_IGNORE)
        fputs(", ignored", stdout);
}

static void print_event(const struct io_events *events, uint32_t name,
                        struct dates *dates, bool ahead)
{
    size_t seen = 0, next = 0;
    int64_t last = 0, soon = 0;
    find_dates(events, name, dates);
    for (size_t k = 0; k < dates->n; k++) {
        int64_t day = dates->day[k];
        if (day >= dates->first && day <= dates->last) {
            seen++;
            last = day;
        } else if (day > dates->last && day <= dates->end) {
            soon = next++ == 0 ? day : soon;
        }
    }
    fputs("    ", stdout);
    print_text(events->names.text[name]);
    print_as(events, name);
    print_count(seen, "file", last);
    if (ahead)
        print_count(next, "horizon", soon);
    putchar('\n');
}

static enum fc_status print_events(const struct cmd_options *options,
                                   const struct io_panel *panel,
                                   const struct io_events *events,
                                   struct fc_error *err)
{
    char a[CMD_COUNT_SIZE], b[CMD_COUNT_SIZE];
    int64_t end = panel->last;
    if (!io_freq_advance(&panel->freq, panel->last, options->horizon, &end))
        end = panel->last;
    struct dates dates = {.day = malloc((events->n + 1) * sizeof *dates.day),
                          .first =
                              io_floor_div(panel->first, IO_SECONDS_PER_DAY),
                          .last = io_floor_div(panel->last, IO_SECONDS_PER_DAY),
                          .end = io_floor_div(end, IO_SECONDS_PER_DAY)};
    if (dates.day == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    printf("%-18s  %s of %s name%s\n", "events", cmd_count(events->n, a),
           cmd_count(events->names.n, b), events->names.n == 1 ? "" : "s");
    for (uint32_t name = 0; name < events->names.n; name++)
        print_event(events, name, &dates, options->horizon > 0);
    free(dates.day);
    return FC_OK;
}

enum fc_status cmd_inspect_known(const struct cmd_options *options,
                                 const struct io_panel *panel,
                                 const struct io_known *known,
                                 struct fc_error *err)
{
    struct io_events events = {0};
    if (options->regressors != NULL)
        print_regressors(panel, known, options->horizon > 0);
    if (options->events == NULL)
        return FC_OK;
    struct io_panel_options how = cmd_panel_options(options);
    how.horizon = (int)options->horizon;
    enum fc_status status = io_events_read(
        &how, options->events, options->events_as, panel, &events, err);
    if (status == FC_OK)
        status = print_events(options, panel, &events, err);
    io_events_release(&events);
    return status;
}
