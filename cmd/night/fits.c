/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/night/fits.h"

#include "cmd/night/series.h"
#include "io/store/results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * So many of n new values beyond the 99% interval, or more, are by chance once
 * in fifty nights at most.
 */
static const double OUTSIDE = 0.01, CHANCE = 0.02;

static bool is_surprising(const struct cmd_news *news)
{
    double at_least = 1, term = pow(1 - OUTSIDE, news->compared);
    for (int i = 0; i < news->beyond; i++) {
        at_least -= term;
        term *= (news->compared - i) * OUTSIDE / ((i + 1) * (1 - OUTSIDE));
    }
    return news->beyond > 0 && at_least <= CHANCE;
}

/*
 * From which night on the age of a fit counts: where there was none before, as
 * in a first night, that is put back by the series' ids, so that later nights
 * have the same part of them to fit from the beginning.
 */
static int64_t begin_age(const struct cmd_night *night, size_t item)
{
    const char *id = night->panel->series[item / night->options->nspecs].id;
    uint64_t refit = (uint64_t)night->options->refit;
    if (night->since[item] != INT64_MIN)
        return night->number;
    return night->number - (int64_t)(cmd_night_hash(id, strlen(id)) % refit);
}

static bool goes_astray(const struct cmd_night *night, size_t item)
{
    const struct cmd_astray *astray = &night->astray[item];
    return astray->narrow || astray->signal != 0;
}

static bool is_of_use(const struct cmd_night *night, size_t item)
{
    size_t i = item / night->options->nspecs;
    const struct fc_spec *spec =
        &night->options->specs[item % night->options->nspecs];
    const struct cmd_seen *seen = &night->seen[i];
    return spec->model->can_start != NULL && !spec->has_variant
           && night->panel->facts[i].error == NULL && !night->kept[item]
           && seen->before.n > 0;
}

/* *other: there was a fit, of other options or another program. */
static enum fc_status recall_one(struct cmd_night *night, size_t item,
                                 bool *other, struct fc_error *err)
{
    size_t nspecs = night->options->nspecs, i = item / nspecs;
    struct io_fit fit = {.series = night->seen[i].before.series,
                         .model = night->models[item % nspecs]};
    const void *numbers;
    bool found;
    night->since[item] = INT64_MIN;
    if (!is_of_use(night, item))
        return FC_OK;
    enum fc_status status =
        io_store_fit(night->store, &fit, &numbers, &found, err);
    int64_t age = night->number - fit.night;
    if (status != FC_OK || !found)
        return status;
    if (fit.came_from != night->fits_from[item % nspecs]) {
        *other = night->options->refit > 1;
        return FC_OK;
    }
    night->since[item] = fit.night;
    if (night->seen[i].corrected || goes_astray(night, item) || age < 0
        || night->options->refit == 1)
        return FC_OK;
    struct fc_learned *block =
        malloc(sizeof *block + fit.n * sizeof *block->values);
    if (block == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    block->n = fit.n;
    memcpy(block->values, numbers, fit.n * sizeof *block->values);
    night->before[item] = (struct fc_before){
        .fit = block,
        .moved = fit.first != night->panel->facts[i].start,
        .again =
            age >= night->options->refit || is_surprising(&night->news[item]),
    };
    return FC_OK;
}

bool cmd_night_is_warm(const struct cmd_night *night, size_t item)
{
    return night->before[item].fit != NULL && !night->before[item].again;
}

enum fc_status cmd_night_recall_fits(struct cmd_night *night,
                                     struct fc_error *err)
{
    size_t nspecs = night->options->nspecs;
    enum fc_status status = FC_OK;
    for (size_t i = 0; status == FC_OK && i < night->panel->nseries; i++) {
        bool any = false, other = false;
        for (size_t item = i * nspecs;
             status == FC_OK && item < (i + 1) * nspecs; item++) {
            status = recall_one(night, item, &other, err);
            any = any || cmd_night_is_warm(night, item);
        }
        night->warm += any;
        night->others += other;
    }
    if (status == FC_OK)
        night->batch->job.before = night->before;
    return status;
}

enum fc_status cmd_night_keep_fit(struct cmd_night *night, size_t item,
                                  struct fc_error *err)
{
    size_t nspecs = night->options->nspecs, i = item / nspecs;
    const struct fc_learned *kept = night->batch->reports[item].kept;
    const struct fc_spec *spec = &night->options->specs[item % nspecs];
    bool whole = night->batch->results[item].outcome == FC_OUTCOME_OK;
    struct io_fit fit = {
        .series = night->seen[i].before.series,
        .model = night->models[item % nspecs],
        .came_from = night->fits_from[item % nspecs],
        .night = cmd_night_is_warm(night, item) ? night->since[item]
                                                : begin_age(night, item),
        .first = night->panel->facts[i].start,
        .n = kept != NULL && whole ? kept->n : 0,
    };
    if (spec->model->can_start == NULL || spec->has_variant)
        return FC_OK;
    return io_store_keep_fit(night->store, &fit,
                             kept != NULL ? kept->values : NULL, err);
}
