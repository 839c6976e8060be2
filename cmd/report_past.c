/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What `nightcast history` tells, gathered once more for a page: nights, how
 * their forecasts turned out, what moved most; and, while the page is written,
 * what the last nights said of each of its series.
 */
#include "cmd/report_past.h"

#include "cmd/history_read.h"
#include "io/store/results.h"
#include "io/time/frequency.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOVED_SHOWN = 40 };

struct cmd_past {
    struct cmd_report_past shown;
    const struct io_panel *panel;
    struct cmd_history history;
    struct cmd_report_night *nights;
    struct cmd_report_turned *turned;
    struct cmd_report_moved *moved;
    struct cmd_report_standing *of;
    struct io_intern ids; /* of the panel */
    struct io_store *store;
    int64_t model;
    float *room;
    size_t most;
    double *means;
};

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

static double ratio(double sum, double n)
{
    return n > 0 ? sum / n : NAN;
}

/* --- as the page has it --- */

static bool note_nights(struct cmd_past *p)
{
    const struct cmd_history *h = &p->history;
    p->nights = calloc(h->nnights + 1, sizeof *p->nights);
    if (p->nights == NULL)
        return false;
    for (size_t i = 0; i < h->nnights; i++) {
        const struct io_night *n = &h->nights[i].night;
        p->nights[i] = (struct cmd_report_night){
            n->night,     n->series,   n->failed,  n->fallback,        n->late,
            n->corrected, n->drifting, n->seconds, h->nights[i].origin};
        if (n->horizon > p->shown.horizon)
            p->shown.horizon = n->horizon;
    }
    p->shown.nights = p->nights;
    p->shown.nnights = h->nnights;
    return true;
}

/* The widest of some intervals, as it turned out. */
static void note_cover(const struct cmd_turned_out *from, double *level,
                       int64_t *compared, int64_t *inside)
{
    *level = NAN;
    *compared = *inside = 0;
    for (int k = 0; k < from->nlevels; k++)
        if (!(from->levels[k].level <= *level)) {
            *level = from->levels[k].level;
            *compared = from->levels[k].compared;
            *inside = from->levels[k].inside;
        }
}

static bool note_turned(struct cmd_past *p)
{
    const struct cmd_history *h = &p->history;
    p->turned = calloc(h->nscores + 1, sizeof *p->turned);
    if (p->turned == NULL)
        return false;
    for (size_t i = 0; i < h->nscores; i++) {
        const struct cmd_turned_out *from = &h->scores[i];
        const struct io_errors *e = &from->errors;
        int64_t compared, inside;
        p->turned[i] = (struct cmd_report_turned){
            .night = from->night,
            .n = e->n,
            .model = from->model,
            .mase = ratio(e->size, (double)e->n),
            .bias = ratio(e->error, (double)e->n),
            .added = 1 - ratio(e->size_both, e->naive_both),
        };
        note_cover(from, &p->turned[i].level, &compared, &inside);
        p->turned[i].inside = ratio((double)inside, (double)compared);
    }
    p->shown.turned = p->turned;
    p->shown.nturned = h->nscores;
    return true;
}

static size_t find_series(const struct cmd_past *p, const char *id)
{
    uint32_t i = io_intern_find(&p->ids, id, strlen(id));
    return i != IO_INTERN_FULL ? i : SIZE_MAX;
}

static bool note_moved(struct cmd_past *p)
{
    const struct cmd_history *h = &p->history;
    size_t n = h->nchanges < MOVED_SHOWN ? h->nchanges : MOVED_SHOWN;
    p->moved = calloc(n + 1, sizeof *p->moved);
    if (p->moved == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        const struct cmd_change *c = &h->changes[i];
        p->moved[i] = (struct cmd_report_moved){
            .series = find_series(p, c->id),
            .id = c->id,
            .model = c->model,
            .moved = c->moved,
            .before = c->before,
            .after = c->after,
        };
        cmd_change_why(c, p->moved[i].why);
    }
    p->shown.moved = p->moved;
    p->shown.nmoved = n;
    p->shown.nmoved_all = h->nchanges;
    return true;
}

static bool note_standing(struct cmd_past *p, const char *model)
{
    const struct cmd_history *h = &p->history;
    p->of = calloc(p->panel->nseries + 1, sizeof *p->of);
    if (p->of == NULL)
        return false;
    for (size_t i = 0; i < h->nseries; i++) {
        const struct cmd_series_line *line = &h->series[i];
        const struct io_errors *e = &line->turned_out.errors;
        size_t series = strcmp(line->turned_out.model, model) == 0
                            ? find_series(p, line->id)
                            : SIZE_MAX;
        if (series == SIZE_MAX)
            continue;
        struct cmd_report_standing *to = &p->of[series];
        *to = (struct cmd_report_standing){
            .n = e->n,
            .mase = ratio(e->size, (double)e->n),
            .bias = ratio(e->error, (double)e->n),
            .drifting = line->drifting,
        };
        note_cover(&line->turned_out, &to->level, &to->compared, &to->inside);
    }
    p->shown.of = p->of;
    return true;
}

/* --- what nights said --- */

/* The night's forecast of a series; *found is false when it is none of before
   the report's, or does not lie on the series' steps. */
static enum fc_status recall_one(struct cmd_past *p, size_t series,
                                 struct io_said *said,
                                 struct cmd_report_said *to, bool *found,
                                 struct fc_error *err)
{
    const struct io_panel *panel = p->panel;
    const struct io_panel_facts *facts = &panel->facts[series];
    struct io_freq step = io_panel_step(panel, series);
    int64_t last;
    enum fc_status status =
        io_store_said(p->store, said, p->room, p->most, found, err);
    if (status != FC_OK || !*found)
        return status;
    *found = io_freq_index(&step, facts->start, said->origin, &last)
             && last >= 0 && (size_t)last + 1 < panel->series[series].n;
    if (!*found)
        return FC_OK;
    to->night = said->night;
    to->first = last + 1;
    to->n =
        said->n < (size_t)p->shown.horizon ? said->n : (size_t)p->shown.horizon;
    for (size_t h = 0; h < to->n; h++)
        to->means[h] = ldexp((double)said->numbers[h], said->exponent);
    return FC_OK;
}

/* From the last night back, each that saw another end of the series. */
static enum fc_status recall(void *context, size_t series,
                             struct cmd_report_said said[CMD_REPORT_NIGHTS],
                             size_t *n, struct fc_error *err)
{
    struct cmd_past *p = context;
    struct cmd_report_said all[CMD_REPORT_NIGHTS];
    struct io_store_series known = {0};
    int64_t end = INT64_MAX;
    *n = 0;
    enum fc_status status = io_store_find_series(
        p->store, p->panel->series[series].id, &known, err);
    if (status != FC_OK || known.series == 0 || p->model == 0)
        return status;
    for (size_t k = p->history.nnights;
         k-- > 0 && *n < CMD_REPORT_NIGHTS && status == FC_OK;) {
        const struct io_night *night = &p->history.nights[k].night;
        struct io_said at = {
            .night = night->night, .series = known.series, .model = p->model};
        bool found;
        all[*n].means = p->means + *n * (size_t)p->shown.horizon;
        status = recall_one(p, series, &at, &all[*n], &found, err);
        if (status != FC_OK || !found || all[*n].first >= end)
            continue;
        if (all[*n].n > (size_t)night->horizon)
            all[*n].n = (size_t)night->horizon;
        end = all[(*n)++].first;
    }
    for (size_t k = 0; k < *n; k++)
        said[k] = all[*n - 1 - k];
    return status;
}

/* --- all --- */

static bool note_ids(struct cmd_past *p)
{
    for (size_t i = 0; i < p->panel->nseries; i++) {
        const char *id = p->panel->series[i].id;
        if (io_intern_add(&p->ids, id, strlen(id)) == IO_INTERN_FULL)
            return false;
    }
    return true;
}

static enum fc_status note_all(struct cmd_past *p, const char *model,
                               struct fc_error *err)
{
    if (!note_ids(p) || !note_nights(p) || !note_turned(p) || !note_moved(p)
        || !note_standing(p, model))
        return no_memory(err);
    if (p->shown.horizon > INT_MAX)
        return fc_fail(err, FC_EDATA, "%s: the store is damaged",
                       p->shown.file);
    /* the mean and two bounds of as many levels as there may be in percent */
    p->most = (size_t)p->shown.horizon * 200;
    p->room = malloc((p->most + 1) * sizeof *p->room);
    p->means = malloc((CMD_REPORT_NIGHTS * (size_t)p->shown.horizon + 1)
                      * sizeof *p->means);
    return p->room != NULL && p->means != NULL ? FC_OK : no_memory(err);
}

/* A store of other series is named rather than shown empty. */
static enum fc_status expect_some(struct cmd_past *p,
                                  const struct cmd_options *options,
                                  struct fc_error *err)
{
    struct io_store_series known = {0};
    enum fc_status status = FC_OK;
    for (size_t i = 0; i < p->panel->nseries && status == FC_OK; i++) {
        status =
            io_store_find_series(p->store, p->panel->series[i].id, &known, err);
        if (status == FC_OK && known.series != 0)
            return FC_OK;
    }
    return status != FC_OK || p->shown.nnights == 0
               ? status
               : fc_fail(err, FC_EDATA, "%s: has none of the series in %s",
                         p->shown.file,
                         options->train != NULL ? options->train
                                                : options->input);
}

enum fc_status cmd_past_open(const struct cmd_options *options,
                             const struct io_panel *panel, const char *model,
                             struct cmd_past **past, struct fc_error *err)
{
    struct cmd_past *p = calloc(1, sizeof *p);
    *past = p;
    if (p == NULL)
        return no_memory(err);
    p->panel = panel;
    p->shown.file = options->store;
    p->shown.recall = recall;
    p->shown.context = p;
    enum fc_status status = cmd_history_read(
        &p->shown.file, 1,
        CMD_HISTORY_SCORES | CMD_HISTORY_SERIES | CMD_HISTORY_CHANGES,
        &p->history, err);
    if (status == FC_OK)
        status = note_all(p, model, err);
    if (status == FC_OK)
        status = io_store_open(options->store, IO_STORE_LOOK, &p->store, err);
    if (status == FC_OK)
        status = expect_some(p, options, err);
    if (status == FC_OK)
        status = io_store_model(p->store, model, false, &p->model, err);
    return status;
}

const struct cmd_report_past *cmd_past_of(const struct cmd_past *past)
{
    return &past->shown;
}

void cmd_past_close(struct cmd_past *past)
{
    if (past == NULL)
        return;
    io_store_close(past->store);
    cmd_history_release(&past->history);
    io_intern_release(&past->ids);
    free(past->nights);
    free(past->turned);
    free(past->moved);
    free(past->of);
    free(past->room);
    free(past->means);
    free(past);
}
