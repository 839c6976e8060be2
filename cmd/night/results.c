/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A result is a function of the series' values and id and of the settings: the
 * options that have a say, the season, the program's own bytes, and what the
 * model has learnt.  A hash of all that stands with it.
 */
#include "cmd/night/results.h"

#include "cmd/host/program.h"
#include "cmd/night/fits.h"
#include "cmd/night/known.h"
#include "cmd/night/series.h"
#include "io/store/results.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the options but for the list of models, of which each has its own. */
static void drop_models(char *tokens)
{
    char *from = strstr(tokens, "model=");
    while (from != NULL && from != tokens && from[-1] != ' ')
        from = strstr(from + 1, "model=");
    if (from != NULL) {
        size_t n = strcspn(from, " ");
        memmove(from, from + n, strlen(from + n) + 1);
    }
}

enum fc_status cmd_night_set_up(struct cmd_night *night,
                                const struct cmd_command *command,
                                struct fc_error *err)
{
    struct cmd_tokens common = {0};
    const struct cmd_options *o = night->options;
    char text[64];
    snprintf(text, sizeof text, "%016" PRIx64, cmd_program_sum());
    cmd_tokens_add(&common, "program", text);
    snprintf(text, sizeof text, "%d", night->season);
    cmd_tokens_add(&common, "length", text);
    cmd_options_tokens(command, o, &common);
    enum fc_status status = FC_OK;
    if (common.failed)
        status = fc_fail(err, FC_ENOMEM, "out of memory");
    else
        drop_models(common.text);
    night->common =
        common.failed ? 0 : cmd_night_hash(common.text, strlen(common.text));
    for (size_t k = 0; status == FC_OK && k < o->nspecs; k++) {
        const char *name = o->spec_names[k];
        uint64_t both[2] = {night->common, cmd_night_hash(name, strlen(name))};
        night->settings[k] = cmd_night_hash(both, sizeof both);
        night->fits_from[k] = night->settings[k];
        status =
            io_store_model(night->store, name, true, &night->models[k], err);
    }
    free(common.text);
    return status;
}

/* --- learning --- */

static bool learns_here(const struct cmd_night *night, size_t k)
{
    return night->panel->nseries > 0
           && night->options->specs[k].model->learn != NULL
           && night->by_spec[k] == NULL;
}

/* What was learnt has a say in what results come from. */
static void add_to_settings(struct cmd_night *night, size_t k)
{
    const struct fc_learned *learned = night->by_spec[k];
    if (learned != NULL)
        night->settings[k] =
            cmd_night_hash_on(night->settings[k], learned->values,
                              learned->n * sizeof *learned->values);
}

/* Steps from the end of the input it was learnt from to tonight's. */
static long long steps_since(const struct cmd_night *night, int64_t origin)
{
    const struct io_panel *panel = night->panel;
    int64_t steps;
    if (origin == panel->last)
        return 0;
    return panel->has_freq
                   && io_freq_index(&panel->freq, origin, panel->last, &steps)
               ? steps
               : FC_NO_PLACE;
}

static enum fc_status take_learnt(struct cmd_night *night, size_t k,
                                  const struct io_learnt *learnt,
                                  const void *numbers, struct fc_error *err)
{
    const struct fc_model *model = night->options->specs[k].model;
    struct fc_learned *block =
        malloc(sizeof *block + learnt->n * sizeof(double));
    if (block == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    block->n = learnt->n;
    memcpy(block->values, numbers, learnt->n * sizeof(double));
    enum fc_status status = model->check_learned(
        fc_part_of(block), &night->options->specs[k], &night->seasons,
        (int)night->options->horizon, err);
    if (status != FC_OK) {
        free(block);
        return status;
    }
    if (model->place_learned != NULL)
        model->place_learned(block, steps_since(night, learnt->origin));
    night->learned[k] = block;
    night->by_spec[k] = block;
    night->learnt_in = learnt->night;
    return FC_OK;
}

/*
 * Whether so many more series go astray than in the night when it was learnt
 * that something is wrong with it: one in twenty, and three at least.
 */
static enum fc_status check_drift(struct cmd_night *night, int64_t learnt_in,
                                  struct fc_error *err)
{
    size_t n = night->panel->nseries;
    size_t bound = n / 20 > 3 ? n / 20 : 3;
    struct io_night then;
    bool found;
    enum fc_status status =
        io_store_next_night(night->store, true, &then, &found, err);
    while (status == FC_OK && found) {
        if (then.night == learnt_in && then.drifting >= 0
            && night->drifting >= (size_t)then.drifting + bound)
            night->drifted_since = learnt_in;
        status = io_store_next_night(night->store, false, &then, &found, err);
    }
    return status;
}

/* What regressors taught, before all that was learnt from the rest; *missing if
 * that is not to be had. */
static enum fc_status recall_known(struct cmd_night *night, bool *missing,
                                   struct fc_error *err)
{
    const struct fc_job *job = &night->batch->job;
    enum fc_status status = FC_OK;
    *missing = false;
    if (job->regressors == NULL)
        return FC_OK;
    if (job->known == NULL && night->known.learnt != NULL) {
        status = check_drift(night, night->known.learnt_in, err);
        if (status == FC_OK && night->drifted_since == 0)
            cmd_night_take_known(night);
    }
    *missing = job->known == NULL;
    return status == FC_OK ? cmd_night_settle_known(night, err) : status;
}

enum fc_status cmd_night_recall_learnt(struct cmd_night *night,
                                       struct fc_error *err)
{
    bool missing;
    enum fc_status status = recall_known(night, &missing, err);
    if (missing)
        return status;
    for (size_t k = 0; status == FC_OK && k < night->options->nspecs; k++) {
        struct io_learnt learnt = {.model = night->models[k]};
        const void *numbers;
        bool found = false;
        if (learns_here(night, k))
            status =
                io_store_learnt(night->store, &learnt, &numbers, &found, err);
        int64_t age = night->number - learnt.night;
        if (status != FC_OK || !found || learnt.n == 0
            || learnt.came_from != night->settings[k] || age < 0
            || age >= night->options->relearn)
            continue;
        status = check_drift(night, learnt.night, err);
        if (status == FC_OK && night->drifted_since != learnt.night)
            status = take_learnt(night, k, &learnt, numbers, err);
    }
    return status;
}

enum fc_status cmd_night_keep_learnt(struct cmd_night *night,
                                     struct fc_error *err)
{
    enum fc_status status = cmd_night_keep_known(night, err);
    for (size_t k = 0; status == FC_OK && k < night->options->nspecs; k++) {
        const struct fc_learned *learned = night->learned[k];
        bool tonight = learned != NULL && night->learnt_in == night->number;
        struct io_learnt learnt = {.model = night->models[k],
                                   .night = night->number,
                                   .origin = night->panel->last,
                                   .came_from = night->settings[k],
                                   .n = tonight ? learned->n : 0};
        if (tonight)
            status =
                io_store_learn(night->store, &learnt, learned->values, err);
        add_to_settings(night, k);
    }
    return status;
}

/* --- results --- */

static uint64_t hash_regressors(const struct cmd_night *night,
                                const struct fc_series *series)
{
    const struct fc_regressors *x = series->regressors;
    uint64_t hash = 0;
    size_t n = series->n + (size_t)night->options->horizon;
    for (size_t j = 0; x != NULL && j < x->n; j++)
        hash = cmd_night_hash_on(hash, x->x + j * x->stride, n * sizeof *x->x);
    return hash;
}

/* Of its seasons, and where they are in it. */
static uint64_t hash_seasons(const struct fc_series *series)
{
    const struct fc_seasons *seasons = series->seasons;
    const struct fc_date *date = &series->date;
    if (seasons == NULL)
        return 0;
    uint64_t hash = cmd_night_hash(
        seasons->length, (size_t)seasons->n * sizeof *seasons->length);
    return date->known
               ? cmd_night_hash_on(hash, &date->steps, sizeof date->steps)
               : hash;
}

static uint64_t came_from(const struct cmd_night *night, size_t item)
{
    size_t k = item % night->options->nspecs;
    size_t i = item / night->options->nspecs;
    struct fc_series series = fc_job_series(&night->batch->job, i);
    const struct cmd_seen *seen = &night->seen[i];
    uint64_t all[7] = {night->settings[k],
                       seen->whole,
                       series.n,
                       seen->n,
                       cmd_night_hash(series.id, strlen(series.id)),
                       hash_regressors(night, &series),
                       hash_seasons(&series)};
    return cmd_night_hash(all, sizeof all);
}

uint64_t cmd_night_lesson(const struct cmd_night *night, size_t spec)
{
    const struct fc_job *job = &night->batch->job;
    uint64_t hash = night->settings[spec];
    for (size_t i = 0; i < job->n; i++) {
        bool skipped = job->skip != NULL && job->skip[i];
        uint64_t both[2] = {
            hash, skipped ? 0 : came_from(night, i * job->nspecs + spec)};
        hash = cmd_night_hash(both, sizeof both);
    }
    return hash;
}

/* Without the weights of a combination, "ets 0.11", which are others every
   night. */
static uint64_t hash_form(const char *spec)
{
    char form[FC_SPEC_SIZE];
    size_t n = 0;
    if (spec == NULL)
        return 0;
    while (*spec != '\0' && n < sizeof form) {
        size_t digits = spec[0] == ' ' ? strspn(spec + 1, "0123456789.") : 0;
        if (digits > 0)
            spec += 1 + digits;
        else
            form[n++] = *spec++;
    }
    return cmd_night_hash(form, n);
}

uint64_t cmd_night_form(const struct cmd_night *night, size_t item)
{
    return hash_form(night->batch->reports[item].spec);
}

static bool is_left_out(const struct cmd_night *night, size_t series)
{
    return night->panel->facts[series].error != NULL;
}

/* The numbers that are kept: a forecast, and behind it the slopes of regressors
 * if the model found them itself. */
static size_t count_numbers(const struct cmd_night *night, size_t item,
                            bool slopes)
{
    const struct fc_job *job = &night->batch->job;
    size_t n = fc_forecast_size((int)night->options->horizon, job->nlevels);
    return slopes && job->regressors != NULL
               ? n + fc_known_slopes_size(job->regressors[item / job->nspecs].n)
               : n;
}

static enum fc_status recall_one(struct cmd_night *night, size_t item,
                                 struct fc_error *err)
{
    size_t nspecs = night->options->nspecs;
    struct io_kept kept = {
        .series = night->seen[item / nspecs].before.series,
        .model = night->models[item % nspecs],
    };
    const void *numbers;
    bool found;
    enum fc_status status =
        io_store_kept(night->store, &kept, &numbers, &found, err);
    if (status == FC_OK && found)
        night->forms[item] = hash_form(kept.spec);
    if (status != FC_OK || !found || kept.came_from != came_from(night, item))
        return status;
    bool failed = kept.outcome == FC_OUTCOME_FAILED;
    size_t size = count_numbers(night, item, false);
    size_t both = count_numbers(night, item, true);
    if (failed ? kept.n != 0 : kept.n != size && kept.n != both)
        return FC_OK;
    struct fc_past past = {
        .outcome = (enum fc_outcome)kept.outcome,
        .replaced = kept.replaced,
        .detail = kept.detail,
        .spec = kept.spec,
        .loglik = kept.loglik,
        .aicc = kept.aicc,
        .sigma2 = kept.sigma2,
        .seconds = kept.seconds,
        .numbers = failed ? NULL : numbers,
        .nslopes = failed ? 0 : kept.n - size,
    };
    night->kept[item] = true;
    return fc_batch_recall(night->batch, item, &past, err);
}

enum fc_status cmd_night_recall(struct cmd_night *night, struct fc_error *err)
{
    size_t nspecs = night->options->nspecs;
    enum fc_status status = FC_OK;
    for (size_t i = 0; status == FC_OK && i < night->panel->nseries; i++) {
        bool all = true;
        if (is_left_out(night, i) || night->seen[i].before.series == 0)
            continue;
        for (size_t k = 0; status == FC_OK && k < nspecs; k++) {
            status = recall_one(night, i * nspecs + k, err);
            all = all && night->kept[i * nspecs + k];
        }
        night->reused += all;
    }
    return status;
}

enum fc_status cmd_night_number(struct cmd_night *night, size_t series,
                                struct fc_error *err)
{
    int64_t *number = &night->seen[series].before.series;
    return *number > 0 ? FC_OK
                       : io_store_add_series(night->store,
                                             night->panel->series[series].id,
                                             night->number, number, err);
}

/* With a model's own slopes behind the forecast. */
static enum fc_status keep_both(struct cmd_night *night, size_t item,
                                struct io_kept *kept, struct fc_error *err)
{
    const double *slopes = night->batch->reports[item].slopes;
    size_t size = kept->n;
    kept->n = count_numbers(night, item, true);
    double *both = malloc(kept->n * sizeof *both);
    if (both == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    memcpy(both, kept->numbers, size * sizeof *both);
    memcpy(both + size, slopes, (kept->n - size) * sizeof *both);
    kept->numbers = both;
    enum fc_status status = io_store_keep(night->store, kept, err);
    free(both);
    return status;
}

static enum fc_status keep_one(struct cmd_night *night, size_t item,
                               struct fc_error *err)
{
    size_t i = item / night->options->nspecs;
    const struct fc_result *result = &night->batch->results[item];
    const struct fc_report *report = &night->batch->reports[item];
    struct fc_forecast forecast = fc_batch_forecast(night->batch, item);
    enum fc_status status = cmd_night_number(night, i, err);
    if (status != FC_OK)
        return status;
    bool failed = result->outcome == FC_OUTCOME_FAILED;
    struct io_kept kept = {
        .series = night->seen[i].before.series,
        .model = night->models[item % night->options->nspecs],
        .came_from = came_from(night, item),
        .settings = night->common,
        .origin = cmd_night_origin(night, i),
        .outcome = (int)result->outcome,
        .replaced = result->replaced,
        .detail = result->detail,
        .spec = report->spec,
        .loglik = report->loglik,
        .aicc = report->aicc,
        .sigma2 = report->sigma2,
        .seconds = report->seconds,
        .n = failed ? 0 : fc_forecast_size(forecast.horizon, forecast.nlevels),
        .numbers = forecast.mean,
    };
    night->kept[item] = true;
    status = !failed && report->slopes != NULL
                 ? keep_both(night, item, &kept, err)
                 : io_store_keep(night->store, &kept, err);
    return status == FC_OK ? cmd_night_keep_fit(night, item, err) : status;
}

enum fc_status cmd_night_keep(struct cmd_night *night, struct fc_error *err)
{
    size_t nspecs = night->options->nspecs;
    enum fc_status status = io_store_begin(night->store, err);
    for (size_t i = 0; i < night->panel->nseries; i++)
        for (size_t k = 0; status == FC_OK && k < nspecs; k++) {
            size_t item = i * nspecs + k;
            if (!night->kept[item] && fc_batch_is_done(night->batch, item)
                && !is_left_out(night, i)
                && night->batch->results[item].outcome != FC_OUTCOME_LATE)
                status = keep_one(night, item, err);
        }
    return status == FC_OK ? io_store_commit(night->store, err) : status;
}

/*
 * What was said last night of tonight's steps; beyond its horizon, what it said
 * a season before, or of its last step.
 */
static void move_on(const struct cmd_night *night, const double *old,
                    size_t shift, double *new)
{
    size_t horizon = (size_t)night->options->horizon;
    size_t season = night->season > 1 && (size_t)night->season <= horizon
                        ? (size_t)night->season
                        : 1;
    for (size_t h = 0; h < horizon; h++) {
        size_t at = h + shift;
        if (at >= horizon)
            at = horizon - season + (at - horizon) % season;
        new[h] = old[at];
    }
}

static enum fc_status move_all(struct cmd_night *night, size_t item,
                               const void *numbers, size_t shift,
                               struct fc_error *err)
{
    size_t horizon = (size_t)night->options->horizon;
    size_t n = fc_forecast_size((int)horizon, night->batch->job.nlevels);
    double *old = malloc(2 * n * sizeof *old);
    char detail[100];
    if (old == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    memcpy(old, numbers, n * sizeof *old);
    for (size_t at = 0; at < n; at += horizon)
        move_on(night, old + at, shift, old + n + at);
    snprintf(detail, sizeof detail,
             "no time was left: the last forecast, moved on by %zu step%s",
             shift, shift == 1 ? "" : "s");
    struct fc_past past = {.outcome = FC_OUTCOME_LATE,
                           .detail = detail,
                           .loglik = NAN,
                           .aicc = NAN,
                           .sigma2 = NAN,
                           .numbers = old + n};
    enum fc_status status = fc_batch_recall(night->batch, item, &past, err);
    free(old);
    return status;
}

enum fc_status cmd_night_move_on(struct cmd_night *night, size_t item,
                                 bool *moved, struct fc_error *err)
{
    size_t nspecs = night->options->nspecs, i = item / nspecs;
    struct io_kept kept = {.series = night->seen[i].before.series,
                           .model = night->models[item % nspecs]};
    const void *numbers;
    bool found = false;
    int64_t place, end = (int64_t)night->panel->series[i].n - 1;
    enum fc_status status = FC_OK;
    *moved = false;
    if (kept.series > 0)
        status = io_store_kept(night->store, &kept, &numbers, &found, err);
    if (status != FC_OK || !found || kept.settings != night->common
        || kept.outcome == FC_OUTCOME_FAILED
        || (kept.n != count_numbers(night, item, false)
            && kept.n != count_numbers(night, item, true))
        || !cmd_night_place(night, i, kept.origin, &place) || place > end
        || end - place >= night->options->horizon)
        return status;
    *moved = true;
    return move_all(night, item, numbers, (size_t)(end - place), err);
}
