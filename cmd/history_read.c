/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include "cmd/history_read.h"

#include "cmd/night/night.h"
#include "cmd/talk/talk.h"
#include "forecast/measure/drift.h"
#include "io/store/results.h"
#include "io/text/grow.h"
#include "io/time/frequency.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One store that is read. */
struct reader {
    const char *file;
    unsigned parts;
    struct io_store *store;
    size_t number; /* of the store */
    char (*models)[CMD_HISTORY_MODEL];
    int64_t nmodels;
    bool integers;
    struct cmd_history *history;
    struct fc_error *err;
};

static enum fc_status no_memory(const struct reader *r)
{
    return fc_fail(r->err, FC_ENOMEM, "out of memory");
}

static const char *model_name(const struct reader *r, int64_t model)
{
    return model >= 1 && model <= r->nmodels ? r->models[model - 1] : "?";
}

static enum fc_status read_models(struct reader *r)
{
    enum fc_status status =
        io_store_count_models(r->store, &r->nmodels, r->err);
    if (status != FC_OK)
        return status;
    r->models = calloc((size_t)r->nmodels + 1, sizeof *r->models);
    if (r->models == NULL)
        return no_memory(r);
    for (int64_t i = 0; status == FC_OK && i < r->nmodels; i++)
        status = io_store_model_name(r->store, i + 1, r->models[i],
                                     sizeof *r->models, r->err);
    return status;
}

/* --- nights --- */

static void print_origin(const struct reader *r, int64_t origin, char text[32])
{
    struct io_time_format format = {.form = IO_TIME_DATE};
    char full[IO_TIME_SIZE];
    if (r->integers)
        format = (struct io_time_format){.form = IO_TIME_INTEGER};
    else if (origin % 86400 != 0)
        format =
            (struct io_time_format){.form = IO_TIME_DATETIME, .separator = ' '};
    io_time_print(&format, origin, full);
    snprintf(text, 32, "%.31s", full);
}

static enum fc_status read_nights(struct reader *r)
{
    struct cmd_history *h = r->history;
    struct io_night night;
    bool found;
    enum fc_status status =
        io_store_next_night(r->store, true, &night, &found, r->err);
    while (status == FC_OK && found) {
        void *grown = io_grow(h->nights, h->nnights, sizeof *h->nights);
        if (grown == NULL)
            return no_memory(r);
        h->nights = grown;
        struct cmd_night_line *line = &h->nights[h->nnights++];
        *line = (struct cmd_night_line){.store = r->number, .night = night};
        line->night.levels = line->night.program = NULL;
        print_origin(r, night.origin, line->origin);
        status = io_store_next_night(r->store, false, &night, &found, r->err);
    }
    return status;
}

/* --- scores --- */

static void add_errors(struct io_errors *to, const struct io_errors *from)
{
    to->n += from->n;
    to->error += from->error;
    to->size += from->size;
    to->both += from->both;
    to->size_both += from->size_both;
    to->naive_both += from->naive_both;
}

static void add_cover(struct cmd_turned_out *to, double level, int64_t compared,
                      int64_t inside)
{
    int i = 0;
    while (i < to->nlevels && to->levels[i].level != level)
        i++;
    if (i == CMD_HISTORY_LEVELS)
        return;
    if (i == to->nlevels)
        to->levels[to->nlevels++] = (struct cmd_level_count){.level = level};
    to->levels[i].compared += compared;
    to->levels[i].inside += inside;
}

/* The line that a night's forecasts at a lead belong to; NULL when memory is
   short.  Lines asked for one after the other lie side by side. */
static struct cmd_turned_out *find_line(struct reader *r, int64_t night,
                                        int64_t model, int64_t lead)
{
    struct cmd_history *h = r->history;
    const char *name = model_name(r, model);
    bool by_lead = (r->parts & CMD_HISTORY_LEADS) != 0;
    struct cmd_turned_out wanted = {.store = by_lead ? 0 : r->number,
                                    .night = by_lead ? 0 : night,
                                    .lead = by_lead ? lead : 0};
    for (size_t i = h->nscores; i-- > 0;) {
        struct cmd_turned_out *line = &h->scores[i];
        if (line->store == wanted.store && line->night == wanted.night
            && line->lead == wanted.lead && strcmp(line->model, name) == 0)
            return line;
    }
    void *grown = io_grow(h->scores, h->nscores, sizeof *h->scores);
    if (grown == NULL)
        return NULL;
    h->scores = grown;
    snprintf(wanted.model, sizeof wanted.model, "%s", name);
    h->scores[h->nscores] = wanted;
    return &h->scores[h->nscores++];
}

static enum fc_status read_scores(struct reader *r)
{
    struct io_score score;
    struct io_cover cover;
    bool found;
    enum fc_status status =
        io_store_next_score(r->store, true, &score, &found, r->err);
    while (status == FC_OK && found) {
        struct cmd_turned_out *line =
            find_line(r, score.night, score.model, score.lead);
        if (line == NULL)
            return no_memory(r);
        add_errors(&line->errors, &score.errors);
        status = io_store_next_score(r->store, false, &score, &found, r->err);
    }
    if (status == FC_OK)
        status = io_store_next_cover(r->store, true, &cover, &found, r->err);
    while (status == FC_OK && found) {
        struct cmd_turned_out *line =
            find_line(r, cover.night, cover.model, cover.lead);
        if (line == NULL)
            return no_memory(r);
        add_cover(line, cover.level, cover.compared, cover.inside);
        status = io_store_next_cover(r->store, false, &cover, &found, r->err);
    }
    return status;
}

/* By store and night, by model, by lead. */
static int compare_scores(const void *a, const void *b)
{
    const struct cmd_turned_out *x = a, *y = b;
    if (x->store != y->store)
        return x->store < y->store ? -1 : 1;
    if (x->night != y->night)
        return x->night < y->night ? -1 : 1;
    int names = strcmp(x->model, y->model);
    return names != 0 ? names : (x->lead > y->lead) - (x->lead < y->lead);
}

/* --- series --- */

static double mase_of(const struct io_errors *errors)
{
    return errors->n > 0 ? errors->size / (double)errors->n : NAN;
}

static enum fc_status add_series(struct reader *r,
                                 const struct io_standing *record,
                                 const char *id)
{
    struct cmd_history *h = r->history;
    struct fc_drift drift = {.cumulated = record->cumulated,
                             .deviation = record->deviation};
    void *grown = io_grow(h->series, h->nseries, sizeof *h->series);
    if (grown == NULL)
        return no_memory(r);
    h->series = grown;
    struct cmd_series_line *line = &h->series[h->nseries];
    *line = (struct cmd_series_line){.id = strdup(id),
                                     .signal = fc_drift_signal(&drift),
                                     .drifting = record->drifting != 0};
    if (line->id == NULL)
        return no_memory(r);
    h->nseries++;
    line->turned_out.store = r->number;
    line->turned_out.errors = record->errors;
    snprintf(line->turned_out.model, sizeof line->turned_out.model, "%s",
             model_name(r, record->model));
    if (record->compared > 0)
        add_cover(&line->turned_out, record->level, record->compared,
                  record->inside);
    return FC_OK;
}

static enum fc_status read_series(struct reader *r)
{
    struct io_standing record;
    const char *id;
    int64_t why;
    bool found;
    enum fc_status status =
        io_store_next_record(r->store, true, &record, &found, r->err);
    while (status == FC_OK && found) {
        status = io_store_id(r->store, record.series, &id, &why, r->err);
        if (status == FC_OK)
            status = add_series(r, &record, id);
        if (status == FC_OK)
            status =
                io_store_next_record(r->store, false, &record, &found, r->err);
    }
    return status;
}

/* The largest MASE first; those without one last. */
static int compare_series(const void *a, const void *b)
{
    const struct cmd_series_line *x = a, *y = b;
    double s = mase_of(&x->turned_out.errors);
    double t = mase_of(&y->turned_out.errors);
    if (isnan(s) || isnan(t))
        return isnan(s) == isnan(t) ? strcmp(x->id, y->id) : isnan(s) ? 1 : -1;
    return s != t ? (s < t) - (s > t) : strcmp(x->id, y->id);
}

/* --- changes --- */

/* The last two nights of a store, and what their forecasts are read into. */
struct pair {
    const struct io_night *before, *after;
    struct io_freq step;
    float *room[2];
    size_t most;
};

/* Means of both over the values that both have forecast; false if none. */
static bool compare_said(const struct pair *pair, const struct io_said *old,
                         const struct io_said *new, struct cmd_change *change)
{
    int64_t shift, n = 0;
    double moved = 0, before = 0, after = 0;
    if (!io_freq_index(&pair->step, old->origin, new->origin, &shift))
        return false;
    for (int64_t h = 0; h < pair->after->horizon; h++) {
        int64_t at = h + shift;
        if (at < 0 || at >= pair->before->horizon)
            continue;
        double x = ldexp((double)old->numbers[at], old->exponent);
        double y = ldexp((double)new->numbers[h], new->exponent);
        moved += fabs(y - x);
        before += x;
        after += y;
        n++;
    }
    if (n == 0)
        return false;
    double scale = new->scale > 0 ? new->scale : 1;
    change->moved = moved / (double)n / scale;
    change->before = before / (double)n;
    change->after = after / (double)n;
    return true;
}

static enum fc_status add_change(struct reader *r, const struct pair *pair,
                                 const struct io_said *new,
                                 const struct cmd_change *found)
{
    struct cmd_history *h = r->history;
    const char *id;
    int64_t why;
    enum fc_status status =
        io_store_id(r->store, new->series, &id, &why, r->err);
    if (status != FC_OK)
        return status;
    void *grown = io_grow(h->changes, h->nchanges, sizeof *h->changes);
    if (grown == NULL)
        return no_memory(r);
    h->changes = grown;
    struct cmd_change *change = &h->changes[h->nchanges];
    *change = *found;
    change->id = strdup(id);
    if (change->id == NULL)
        return no_memory(r);
    h->nchanges++;
    change->store = r->number;
    change->night = new->night;
    change->why = why;
    change->relearnt = pair->after->learnt != 0;
    snprintf(change->model, sizeof change->model, "%s",
             model_name(r, new->model));
    return FC_OK;
}

static enum fc_status compare_one(struct reader *r, const struct pair *pair,
                                  int64_t series, int64_t model)
{
    struct io_said old = {
        .night = pair->before->night, .series = series, .model = model};
    struct io_said new = old;
    struct cmd_change change = {.moved = 0};
    bool found;
    new.night = pair->after->night;
    enum fc_status status = io_store_said(r->store, &new, pair->room[0],
                                          pair->most, &found, r->err);
    if (status == FC_OK && found)
        status = io_store_said(r->store, &old, pair->room[1], pair->most,
                               &found, r->err);
    if (status != FC_OK || !found || old.n < (size_t)pair->before->horizon
        || new.n < (size_t)pair->after->horizon
        || !compare_said(pair, &old, &new, &change))
        return status;
    return add_change(r, pair, &new, &change);
}

static enum fc_status compare_nights(struct reader *r, const struct pair *pair)
{
    struct io_said at = {.night = pair->after->night};
    bool found;
    enum fc_status status = io_store_seek(r->store, &at, &found, r->err);
    while (status == FC_OK && found) {
        status = compare_one(r, pair, at.series, at.model);
        at.model++;
        if (status == FC_OK)
            status = io_store_seek(r->store, &at, &found, r->err);
    }
    return status;
}

static bool parse_step(const char *text, struct io_freq *step)
{
    int unit;
    if (sscanf(text, "%d %" SCNd64, &unit, &step->multiple) != 2)
        return false;
    step->unit = (enum io_freq_unit)unit;
    step->anchor_day = 0;
    return unit > IO_FREQ_UNKNOWN && unit <= IO_FREQ_MONTH
           && step->multiple >= 1;
}

static enum fc_status read_changes(struct reader *r)
{
    const struct cmd_history *h = r->history;
    struct pair pair = {0};
    char step[64];
    enum fc_status status =
        io_store_fact(r->store, "frequency", step, sizeof step, r->err);
    if (status != FC_OK || h->nnights < 2
        || h->nights[h->nnights - 2].store != r->number
        || !parse_step(step, &pair.step))
        return status;
    pair.before = &h->nights[h->nnights - 2].night;
    pair.after = &h->nights[h->nnights - 1].night;
    size_t horizon = (size_t)(pair.before->horizon > pair.after->horizon
                                  ? pair.before->horizon
                                  : pair.after->horizon);
    if (horizon > INT_MAX)
        return fc_fail(r->err, FC_EDATA, "%s: the store is damaged", r->file);
    /* the mean and two bounds of as many levels as there may be in percent */
    pair.most = horizon * 200;
    pair.room[0] = malloc(pair.most * sizeof *pair.room[0]);
    pair.room[1] = malloc(pair.most * sizeof *pair.room[1]);
    status = pair.room[0] == NULL || pair.room[1] == NULL
                 ? no_memory(r)
                 : compare_nights(r, &pair);
    free(pair.room[0]);
    free(pair.room[1]);
    return status;
}

void cmd_change_why(const struct cmd_change *change, char text[100])
{
    const struct {
        bool is;
        const char *word;
    } all[] = {
        {change->why & CMD_WHY_CORRECTED, "past values corrected"},
        {change->why & CMD_WHY_SURPRISED, "surprising value"},
        {change->why & CMD_WHY_FORM, "new form"},
        {change->why & CMD_WHY_RUNNER_UP, "runner-up form"},
        {change->relearnt, "relearnt"},
    };
    text[0] = '\0';
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].is)
            cmd_append(text, 100, "%s%s", text[0] != '\0' ? ", " : "",
                       all[i].word);
    if (text[0] == '\0')
        cmd_append(text, 100, "new values");
}

static int compare_changes(const void *a, const void *b)
{
    const struct cmd_change *x = a, *y = b;
    if (x->moved != y->moved)
        return x->moved > y->moved ? -1 : 1;
    int ids = strcmp(x->id, y->id);
    return ids != 0 ? ids : strcmp(x->model, y->model);
}

/* --- all --- */

static enum fc_status read_store(struct reader *r)
{
    char form[32];
    enum fc_status status =
        io_store_open(r->file, IO_STORE_LOOK, &r->store, r->err);
    if (status == FC_OK)
        status =
            io_store_fact(r->store, "timestamps", form, sizeof form, r->err);
    if (status == FC_OK)
        status = read_models(r);
    r->integers = status == FC_OK && strcmp(form, "integers") == 0;
    if (status == FC_OK)
        status = read_nights(r);
    if (status == FC_OK && r->parts & (CMD_HISTORY_SCORES | CMD_HISTORY_LEADS))
        status = read_scores(r);
    if (status == FC_OK && r->parts & CMD_HISTORY_SERIES)
        status = read_series(r);
    if (status == FC_OK && r->parts & CMD_HISTORY_CHANGES)
        status = read_changes(r);
    return status;
}

static void sort(void *list, size_t n, size_t size,
                 int (*compare)(const void *, const void *))
{
    if (n > 1)
        qsort(list, n, size, compare);
}

enum fc_status cmd_history_read(const char *const *stores, size_t nstores,
                                unsigned parts, struct cmd_history *history,
                                struct fc_error *err)
{
    enum fc_status status = FC_OK;
    for (size_t i = 0; status == FC_OK && i < nstores; i++) {
        struct reader r = {.file = stores[i],
                           .parts = parts,
                           .number = i,
                           .history = history,
                           .err = err};
        status = read_store(&r);
        io_store_close(r.store);
        free(r.models);
    }
    sort(history->scores, history->nscores, sizeof *history->scores,
         compare_scores);
    sort(history->series, history->nseries, sizeof *history->series,
         compare_series);
    sort(history->changes, history->nchanges, sizeof *history->changes,
         compare_changes);
    return status;
}

void cmd_history_release(struct cmd_history *history)
{
    for (size_t i = 0; i < history->nseries; i++)
        free(history->series[i].id);
    for (size_t i = 0; i < history->nchanges; i++)
        free(history->changes[i].id);
    free(history->nights);
    free(history->scores);
    free(history->series);
    free(history->changes);
    *history = (struct cmd_history){0};
}
