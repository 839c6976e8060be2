/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "cmd/night/night.h"

#include "cmd/night/fits.h"
#include "cmd/night/known.h"
#include "cmd/night/pieces.h"
#include "cmd/night/results.h"
#include "cmd/night/say.h"
#include "cmd/night/scoring.h"
#include "cmd/night/series.h"
#include "io/store/results.h"
#include "io/text/number.h"
#include "io/text/seasons.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double EVERY = 0.5; /* seconds */

/* --- the beginning --- */

static enum fc_status claim(struct cmd_night *night, struct fc_error *err)
{
    const uint16_t one = 1;
    const struct cmd_options *o = night->options;
    const struct io_panel *panel = night->panel;
    char step[IO_FREQ_TEXT_SIZE] = "none", frequency[40], shard[48] = "none";
    snprintf(frequency, sizeof frequency, "%d %" PRId64, (int)panel->freq.unit,
             panel->freq.multiple);
    if (panel->has_freq)
        io_freq_text(&panel->freq, step, sizeof step);
    if (o->shard.count > 0)
        snprintf(shard, sizeof shard, "%" PRIu32 "/%" PRIu32, o->shard.number,
                 o->shard.count);
    const struct io_store_fact facts[] = {
        {"bytes", *(const char *)&one == 1 ? "little endian" : "big endian"},
        {"timestamps",
         io_time_is_counted(&panel->format) ? "integers" : "calendar"},
        {"id column", panel->id_name},
        {"time column", panel->time_name != NULL ? panel->time_name : ""},
        {"value column", o->value != NULL ? o->value : ""},
        {"step", step},
        {"frequency", frequency},
        {"shard", shard},
    };
    return io_store_claim(night->store, facts, sizeof facts / sizeof *facts,
                          err);
}

static void *zeroed(size_t n, size_t size)
{
    return calloc(n > 0 ? n : 1, size);
}

static enum fc_status allocate(struct cmd_night *night, struct fc_error *err)
{
    size_t n = night->panel->nseries, nspecs = night->options->nspecs;
    night->seen = zeroed(n, sizeof *night->seen);
    night->astray = zeroed(n * nspecs, sizeof *night->astray);
    night->news = zeroed(n * nspecs, sizeof *night->news);
    night->kept = zeroed(n * nspecs, sizeof *night->kept);
    night->before = zeroed(n * nspecs, sizeof *night->before);
    night->since = zeroed(n * nspecs, sizeof *night->since);
    night->forms = zeroed(n * nspecs, sizeof *night->forms);
    night->models = zeroed(nspecs, sizeof *night->models);
    night->settings = zeroed(nspecs, sizeof *night->settings);
    night->fits_from = zeroed(nspecs, sizeof *night->fits_from);
    night->by_spec = zeroed(nspecs, sizeof *night->by_spec);
    night->learned = zeroed(nspecs, sizeof *night->learned);
    if (night->seen == NULL || night->astray == NULL || night->news == NULL
        || night->kept == NULL || night->before == NULL || night->since == NULL
        || night->forms == NULL || night->models == NULL
        || night->settings == NULL || night->fits_from == NULL
        || night->by_spec == NULL || night->learned == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t k = 0; night->batch->job.learned != NULL && k < nspecs; k++)
        night->by_spec[k] = night->batch->job.learned[k];
    return FC_OK;
}

static enum fc_status open_and_look(struct cmd_night *night,
                                    const struct cmd_command *command,
                                    struct fc_error *err)
{
    enum fc_status status =
        io_store_open(night->options->store, IO_STORE_KEEP, &night->store, err);
    if (status == FC_OK)
        status = claim(night, err);
    if (status == FC_OK)
        status = io_store_last_night(night->store, &night->number, err);
    night->number++;
    if (status == FC_OK)
        status = cmd_night_set_up(night, command, err);
    if (status == FC_OK)
        status = io_store_begin_reading(night->store, err);
    if (status == FC_OK)
        status = cmd_night_find_known(night, err);
    if (status == FC_OK)
        status = cmd_night_see(night, err);
    if (status == FC_OK)
        status = cmd_night_score(night, err);
    if (status == FC_OK)
        status = cmd_night_recall_learnt(night, err);
    if (status == FC_OK)
        status = cmd_night_find_pieces(night, err);
    return status == FC_OK ? io_store_commit(night->store, err) : status;
}

static void look_back(struct cmd_night *night,
                      const struct cmd_command *command)
{
    struct fc_error trouble;
    if (open_and_look(night, command, &trouble) != FC_OK)
        cmd_night_give_up(night, &trouble);
}

/* Regressors and models that have not taught and learnt; that they do it here,
   and not in the batch, lets it be kept. */
static enum fc_status learn(struct cmd_night *night, struct fc_error *err)
{
    enum fc_status status = cmd_night_learn_known(night, err);
    if (status == FC_OK)
        status = cmd_night_settle_known(night, err);
    for (size_t k = 0; status == FC_OK && k < night->options->nspecs; k++) {
        if (night->options->specs[k].model->learn == NULL
            || night->by_spec[k] != NULL)
            continue;
        cmd_night_begin_pieces(night, k);
        status = fc_batch_learn(&night->batch->job, k, &night->learned[k], err);
        night->by_spec[k] = night->learned[k];
        night->learnt_in = night->number;
    }
    cmd_night_end_pieces(night);
    night->batch->job.learned = night->by_spec;
    return status;
}

static void say_what_was_learnt(const struct cmd_night *night)
{
    if (night->options->quiet || night->learnt_in == 0)
        return;
    if (night->learnt_in == night->number && night->drifted_since > 0)
        cmd_say(CMD_INFO,
                "night %lld: learnt from this night's series, as more of them "
                "drift than in night %lld",
                (long long)night->number, (long long)night->drifted_since);
    else if (night->learnt_in == night->number)
        cmd_say(CMD_INFO, "night %lld: learnt from this night's series",
                (long long)night->number);
    else
        cmd_say(CMD_INFO,
                "night %lld: with what was learnt in night %lld, to be "
                "renewed in night %lld",
                (long long)night->number, (long long)night->learnt_in,
                (long long)(night->learnt_in + night->options->relearn));
}

static void say_what_is_warm(const struct cmd_night *night)
{
    char warm[CMD_COUNT_SIZE], all[CMD_COUNT_SIZE];
    if (!night->options->quiet && night->others > 0)
        cmd_say(CMD_INFO,
                "night %lld: %s of %s series begin from nothing: their last "
                "fits are of other options, another build of the program, or "
                "another scale of regressors",
                (long long)night->number, cmd_count(night->others, warm),
                cmd_count(night->panel->nseries, all));
    if (!night->options->quiet && night->warm > 0)
        cmd_say(CMD_INFO,
                "night %lld: %s of %s series start from their last fits",
                (long long)night->number, cmd_count(night->warm, warm),
                cmd_count(night->panel->nseries, all));
}

static enum fc_status recall(struct cmd_night *night, struct fc_error *err)
{
    enum fc_status status = io_store_begin(night->store, err);
    if (status == FC_OK) /* first, so that what follows has their pages */
        status = cmd_night_drop_pieces(night, err);
    if (status == FC_OK)
        status = cmd_night_keep_learnt(night, err);
    if (status == FC_OK)
        status = io_store_commit(night->store, err);
    if (status == FC_OK)
        status = io_store_begin_reading(night->store, err);
    if (status == FC_OK)
        status = cmd_night_recall(night, err);
    if (status == FC_OK)
        status = cmd_night_recall_fits(night, err);
    return status == FC_OK ? io_store_commit(night->store, err) : status;
}

/* What still holds, once it is known what was learnt. */
static void take_up(struct cmd_night *night)
{
    struct fc_error trouble;
    if (night->store == NULL)
        return;
    say_what_was_learnt(night);
    if (recall(night, &trouble) != FC_OK)
        cmd_night_give_up(night, &trouble);
    else
        say_what_is_warm(night);
}

enum fc_status cmd_night_begin(struct cmd_night *night,
                               const struct cmd_command *command,
                               const struct cmd_options *options,
                               const struct io_panel *panel,
                               const struct fc_seasons *seasons,
                               struct fc_batch *batch, struct fc_error *err)
{
    if (options->store == NULL)
        return FC_OK;
    pthread_mutex_lock(&night->busy);
    night->options = options;
    night->panel = panel;
    night->batch = batch;
    night->season = fc_season_length(seasons);
    night->seasons = *seasons;
    night->began = (int64_t)time(NULL);
    night->start = night->written = cmd_now();
    enum fc_status status = allocate(night, err);
    if (status == FC_OK)
        look_back(night, command);
    pthread_mutex_unlock(&night->busy);
    if (status == FC_OK)
        status = learn(night, err);
    if (status != FC_OK)
        return status;
    pthread_mutex_lock(&night->busy);
    take_up(night);
    pthread_mutex_unlock(&night->busy);
    return FC_OK;
}

/* --- as it goes on --- */

static void keep(struct cmd_night *night)
{
    struct fc_error trouble;
    if (cmd_night_keep(night, &trouble) != FC_OK)
        cmd_night_give_up(night, &trouble);
    night->written = cmd_now();
}

void cmd_night_tick(struct cmd_night *night)
{
    if (night->options == NULL || cmd_now() - night->written < EVERY)
        return;
    pthread_mutex_lock(&night->busy);
    if (night->store != NULL)
        keep(night);
    pthread_mutex_unlock(&night->busy);
}

void cmd_night_fitted(struct cmd_night *night)
{
    if (night->store != NULL)
        keep(night);
}

void cmd_night_take_over(struct cmd_night *night,
                         const struct cmd_options *options,
                         struct cmd_night *own)
{
    struct timespec patience;
    *own = (struct cmd_night){.options = options};
    if (options->store == NULL)
        return;
    clock_gettime(CLOCK_REALTIME, &patience);
    patience.tv_sec += CMD_NIGHT_PATIENCE;
    if (pthread_mutex_timedlock(&night->busy, &patience) == 0)
        *own = *night;
    if (own->store == NULL && own->trouble.code == FC_OK)
        fc_fail(&own->trouble, FC_EIO,
                "%s: the deadline came before the store was at hand",
                options->store);
}

void cmd_night_move_on_all(struct cmd_night *night)
{
    struct fc_error trouble;
    if (night->store == NULL)
        return;
    size_t nspecs = night->options->nspecs;
    for (size_t item = 0; item < night->panel->nseries * nspecs; item++) {
        bool moved;
        if (fc_batch_is_done(night->batch, item)
            || night->panel->facts[item / nspecs].error != NULL)
            continue;
        if (cmd_night_move_on(night, item, &moved, &trouble) != FC_OK) {
            cmd_night_give_up(night, &trouble);
            return;
        }
    }
}

/* --- the end --- */

/* The names of a forecast's numbers: mean, lo-80, lo-95, hi-80, hi-95.  Levels
   are those of the quantiles asked for, too: lo-80 is q-10. */
enum { NAME_SIZE = 8 + IO_NUMBER_SIZE };

static char (*name_quantities(const struct fc_job *o))[NAME_SIZE]
{
    size_t nlevels = (size_t)o->nlevels;
    char(*names)[NAME_SIZE] = malloc((1 + 2 * nlevels) * sizeof *names);
    if (names == NULL)
        return NULL;
    strcpy(names[0], "mean");
    for (size_t i = 0; i < nlevels; i++) {
        char level[IO_NUMBER_SIZE];
        io_number_print(o->levels[i], level);
        snprintf(names[1 + i], NAME_SIZE, "lo-%s", level);
        snprintf(names[1 + nlevels + i], NAME_SIZE, "hi-%s", level);
    }
    return names;
}

/* "80,95", ascending, or "none". */
static char *name_levels(const struct fc_job *o)
{
    char *text = malloc((size_t)o->nlevels * (IO_NUMBER_SIZE + 1) + 8);
    size_t used = 0;
    if (text == NULL)
        return NULL;
    strcpy(text, o->nlevels > 0 ? "" : "none");
    for (int i = 0; i < o->nlevels; i++) {
        if (i > 0)
            text[used++] = ',';
        used += io_number_print(o->levels[i], text + used);
    }
    return text;
}

static enum fc_status add_night(struct cmd_night *night,
                                const struct io_night *tonight,
                                struct fc_error *err)
{
    size_t n = 1 + 2 * (size_t)night->batch->job.nlevels;
    char(*names)[NAME_SIZE] = name_quantities(&night->batch->job);
    const char **list = malloc(n * sizeof *list);
    char *levels = name_levels(&night->batch->job);
    enum fc_status status = FC_ENOMEM;
    if (names != NULL && list != NULL && levels != NULL) {
        struct io_night whole = *tonight;
        for (size_t i = 0; i < n; i++)
            list[i] = names[i];
        whole.levels = levels;
        status = io_store_add_night(night->store, &whole, list, n, err);
    } else {
        fc_fail(err, status, "out of memory");
    }
    free(levels);
    free(list);
    free(names);
    return status;
}

/* What its forecast may have moved for. */
static int64_t reasons_of(const struct cmd_night *night, size_t i)
{
    const struct cmd_seen *seen = &night->seen[i];
    size_t nspecs = night->options->nspecs;
    int64_t why = seen->before.n < 1 ? CMD_WHY_NEW : 0;
    if (seen->corrected)
        why |= CMD_WHY_CORRECTED;
    if (seen->surprised)
        why |= CMD_WHY_SURPRISED;
    for (size_t item = i * nspecs; item < (i + 1) * nspecs; item++)
        if (night->forms[item] != 0
            && night->forms[item] != cmd_night_form(night, item))
            why |= night->batch->results[item].overtook ? CMD_WHY_RUNNER_UP
                                                        : CMD_WHY_FORM;
    return why;
}

static enum fc_status put_series(struct cmd_night *night, struct fc_error *err)
{
    enum fc_status status = FC_OK;
    for (size_t i = 0; status == FC_OK && i < night->panel->nseries; i++) {
        const struct cmd_seen *seen = &night->seen[i];
        if (night->panel->facts[i].error != NULL)
            continue;
        status = cmd_night_number(night, i, err);
        struct io_store_series now = {
            .series = seen->before.series,
            .night = night->number,
            .first = night->panel->facts[i].start,
            .last = seen->last,
            .n = (int64_t)seen->n,
            .whole = seen->whole,
            .recent = seen->recent,
            .why = reasons_of(night, i),
        };
        if (status == FC_OK)
            status = io_store_put_series(night->store, &now, err);
    }
    return status;
}

/* Results of models that are not asked for any more. */
static enum fc_status forget_others(struct cmd_night *night,
                                    struct fc_error *err)
{
    int64_t n;
    enum fc_status status = io_store_count_models(night->store, &n, err);
    for (int64_t model = 1; status == FC_OK && model <= n; model++) {
        bool asked = false;
        for (size_t k = 0; k < night->options->nspecs; k++)
            asked = asked || night->models[k] == model;
        if (!asked)
            status = io_store_forget(night->store, model, err);
    }
    return status;
}

static enum fc_status write_night(struct cmd_night *night,
                                  const struct io_night *tonight,
                                  struct fc_error *err)
{
    enum fc_status status = io_store_begin(night->store, err);
    if (status == FC_OK)
        status = add_night(night, tonight, err);
    if (status == FC_OK)
        status = put_series(night, err);
    if (status == FC_OK)
        status = cmd_night_say(night, err);
    if (status == FC_OK)
        status = cmd_night_keep_scores(night, err);
    if (status == FC_OK)
        status = forget_others(night, err);
    if (status == FC_OK)
        status = io_store_prune(night->store,
                                night->number - night->options->keep + 1, err);
    return status == FC_OK ? io_store_commit(night->store, err) : status;
}

size_t cmd_night_count_warm(const struct cmd_night *night)
{
    size_t n = 0;
    if (night->before == NULL)
        return 0;
    size_t nspecs = night->options->nspecs;
    for (size_t i = 0; i < night->panel->nseries; i++) {
        bool any = false;
        for (size_t item = i * nspecs; item < (i + 1) * nspecs; item++)
            any = any
                  || (cmd_night_is_warm(night, item)
                      && night->batch->results[item].outcome == FC_OUTCOME_OK);
        n += any;
    }
    return n;
}

void cmd_night_publish(struct cmd_night *night,
                       const struct cmd_night_counts *counts, double seconds)
{
    struct fc_error trouble;
    char list[IO_SEASONS_SIZE];
    if (night->store == NULL)
        return;
    const struct io_night tonight = {
        .night = night->number,
        .began = night->began,
        .seconds = seconds,
        .origin = night->panel->last,
        .horizon = night->options->horizon,
        .season = night->season,
        .seasons = io_seasons_print(&night->seasons, list),
        .program = NIGHTCAST_VERSION,
        .series = (int64_t)night->panel->nseries,
        .ok = (int64_t)counts->ok,
        .fallback = (int64_t)counts->fallback,
        .late = (int64_t)counts->late,
        .failed = (int64_t)counts->failed,
        .reused = (int64_t)night->reused,
        .warm = (int64_t)cmd_night_count_warm(night),
        .corrected = (int64_t)night->corrected,
        .drifting = (int64_t)night->drifting,
        .learnt = night->learnt_in == night->number,
    };
    if (cmd_night_keep(night, &trouble) != FC_OK
        || write_night(night, &tonight, &trouble) != FC_OK)
        cmd_night_give_up(night, &trouble);
}

void cmd_night_close(struct cmd_night *night)
{
    io_store_close(night->store);
    night->store = NULL;
}

bool cmd_night_say_trouble(const struct cmd_night *night)
{
    if (night->trouble.code == FC_OK)
        return false;
    cmd_say(CMD_WARNING,
            "%s; the forecasts are written, and this night is not in the store",
            night->trouble.msg);
    return true;
}

void cmd_night_describe(const struct cmd_night *night, size_t series,
                        size_t spec, char text[CMD_NIGHT_WORDS])
{
    text[0] = '\0';
    if (night->seen == NULL)
        return;
    const struct cmd_astray *astray =
        &night->astray[series * night->options->nspecs + spec];
    if (night->seen[series].corrected)
        cmd_append(text, CMD_NIGHT_WORDS,
                   "past values have changed since the last night");
    if (text[0] != '\0' && (astray->signal != 0 || astray->narrow))
        cmd_append(text, CMD_NIGHT_WORDS, "; ");
    if (astray->signal != 0)
        cmd_append(text, CMD_NIGHT_WORDS,
                   "drifting: errors add up to %.1f times their usual size, "
                   "chance taken off",
                   (double)astray->signal);
    else if (astray->narrow)
        cmd_append(text, CMD_NIGHT_WORDS,
                   "drifting: too many values outside of the intervals");
}

static void free_before(struct cmd_night *night)
{
    for (size_t item = 0;
         night->before != NULL
         && item < night->panel->nseries * night->options->nspecs;
         item++)
        free(night->before[item].fit);
    free(night->before);
}

void cmd_night_end(struct cmd_night *night)
{
    io_store_close(night->store);
    for (size_t k = 0; night->learned != NULL && k < night->options->nspecs;
         k++)
        free(night->learned[k]);
    free(night->learned);
    free(night->by_spec);
    free(night->settings);
    free(night->fits_from);
    free(night->models);
    free(night->kept);
    free_before(night);
    free(night->since);
    free(night->news);
    free(night->forms);
    free(night->astray);
    free(night->seen);
    free(night->known.learnt);
    cmd_arrivals_release(&night->arrivals);
    *night = (struct cmd_night){0};
}
