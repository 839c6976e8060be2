/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What all runs have in common: the parallel map over a job's items, and how
 * one of them is fitted.
 */
#include "forecast/run/job.h"

#include "forecast/base/parallel.h"
#include "forecast/kept.h"
#include "forecast/numeric/missing.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct fc_series fc_job_series(const struct fc_job *job, size_t i)
{
    struct fc_series series = fc_series_of(&job->series[i]);
    series.seasons = job->seasons;
    if (job->regressors != NULL)
        series.regressors = &job->regressors[i];
    return series;
}

/* The map. */

struct map {
    const struct fc_job *job;
    size_t first; /* item */
    void (*run)(void *arg, size_t item, struct fc_workspace *ws);
    void *arg;
};

static bool is_skipped(const struct fc_job *job, size_t item)
{
    return job->skip != NULL && job->skip[item / job->nspecs];
}

static enum fc_status run_item(void *arg, size_t i, struct fc_workspace *ws)
{
    const struct map *map = arg;
    const struct fc_job *job = map->job;
    size_t item = map->first + i;
    if (job->order != NULL)
        item =
            job->order[item / job->nspecs] * job->nspecs + item % job->nspecs;
    if (!is_skipped(job, item))
        map->run(map->arg, item, ws);
    return FC_OK;
}

/* What a fit costs grows with the series' length, if not evenly. */
static size_t item_size(const void *arg, size_t i)
{
    const struct map *map = arg;
    size_t item = map->first + i;
    return is_skipped(map->job, item)
               ? 0
               : map->job->series[item / map->job->nspecs].n;
}

static void report(void *arg, size_t done, size_t n)
{
    const struct map *map = arg;
    const struct fc_job *job = map->job;
    (void)n;
    job->progress(job->progress_arg, map->first + done, job->n * job->nspecs);
}

enum fc_status fc_job_map(const struct fc_job *job, size_t first, size_t n,
                          void (*run)(void *arg, size_t item,
                                      struct fc_workspace *ws),
                          void *arg, struct fc_error *err)
{
    struct map map = {job, first * job->nspecs, run, arg};
    struct fc_parallel parallel = {
        .n = n * job->nspecs,
        .nthreads = job->nthreads,
        .item = run_item,
        .arg = &map,
        .size = job->order == NULL ? item_size : NULL,
        .progress = job->progress != NULL ? report : NULL,
        .stop = job->stop,
        .trace = job->trace,
        .what = "fit",
    };
    enum fc_status status = fc_parallel_map(&parallel);
    return status == FC_OK ? FC_OK
                           : fc_fail(err, status, "%s", fc_status_text(status));
}

/* One item. */

/* Of two that say the same, one. */
static void add_reason(struct fc_verdict *verdict, const char *reason)
{
    size_t used = strlen(verdict->reason);
    if (used == 0)
        snprintf(verdict->reason, sizeof verdict->reason, "%s", reason);
    else if (strcmp(verdict->reason, reason) != 0)
        snprintf(verdict->reason + used, sizeof verdict->reason - used,
                 "; fallback: %s", reason);
}

/* The fit that an item starts from, into *fit; *there is false for none, or one
 * that is no good. */
static enum fc_status find_similar(const struct fc_job *job, size_t item,
                                   struct fc_workspace *ws, struct fc_fit *fit,
                                   bool *there, struct fc_error *err)
{
    const struct fc_before *before =
        job->before != NULL ? &job->before[item] : NULL;
    *there = false;
    if (before == NULL || before->fit == NULL)
        return FC_OK;
    enum fc_status status = fc_fit_recall(
        fc_part_of(before->fit), job->specs[item % job->nspecs].model,
        before->moved ? 0 : job->series[item / job->nspecs].n, ws, fit);
    *there = status == FC_OK;
    return status == FC_ENOMEM ? fc_fail(err, status, "out of memory") : FC_OK;
}

/* The series, or what its regressors leave of it. */
static enum fc_status take_effects(
    const struct fc_job *job, const struct fc_spec *spec,
    struct fc_workspace *ws, struct fc_series *series,
    struct fc_known_fit *room, struct fc_fitted *fitted, struct fc_error *err)
{
    struct fc_series whole = *series;
    if (job->known == NULL || spec->plain || whole.regressors == NULL)
        return FC_OK;
    fitted->known = room;
    enum fc_status status =
        fc_known_fit(job->known, &whole, job->horizon, ws, room, series, err);
    return status == FC_OK ? fc_known_doubt(&whole, ws, room, err) : status;
}

/* What a person should know of it. */
static const char *note_of(const struct fc_fitted *fitted)
{
    if (fitted->known != NULL && fitted->known->bounded
        && fitted->fit->note == NULL)
        return FC_NOTE_BOUNDED;
    return fitted->fit->note;
}

static bool fit_with(const struct fc_job *job, size_t item,
                     const struct fc_spec *spec, const struct fc_use *use,
                     struct fc_workspace *ws, struct fc_verdict *verdict)
{
    struct fc_error err = {0};
    struct fc_series given = fc_job_series(job, item / job->nspecs), series;
    struct fc_request request = {
        .spec = spec, .horizon = job->horizon, .seed = job->seed};
    struct fc_fit fit, similar;
    bool there = false;
    struct fc_known_fit known;
    struct fc_fitted fitted = {.fit = &fit};
    if (job->learned != NULL && spec != job->fallback)
        request.learned = fc_part_of(job->learned[item % job->nspecs]);
    enum fc_status status =
        take_effects(job, spec, ws, &given, &known, &fitted, &err);
    if (status == FC_OK)
        status = fc_missing_prepare(&given, spec->model->missing, job->horizon,
                                    ws, &series, &fitted.tail, &err);
    if (status == FC_OK && spec != job->fallback)
        status = find_similar(job, item, ws, &similar, &there, &err);
    if (there) {
        request.similar = &similar;
        request.again = job->before[item].again;
    }
    request.tail = fitted.tail;
    if (status == FC_OK && fitted.known != NULL && !known.lacks)
        request.known = &known;
    if (status == FC_OK)
        status = fc_model_fit(&series, &request, ws, &fit, &err);
    if (status == FC_OK && fit.slopes != NULL)
        fc_known_take(&known, fit.slopes);
    if (status == FC_OK)
        status = use->make(use->arg, &fitted, ws, &err);
    if (status == FC_OK)
        verdict->note = note_of(&fitted);
    else
        add_reason(verdict, err.msg);
    if (status == FC_OK && fitted.known != NULL && fitted.known->lacks) {
        verdict->outcome = FC_OUTCOME_FALLBACK;
        add_reason(verdict, "without regressors, which lack values");
    }
    return status == FC_OK;
}

void fc_job_fit(const struct fc_job *job, size_t item, const struct fc_use *use,
                struct fc_workspace *ws, struct fc_verdict *verdict)
{
    const struct fc_spec *spec = &job->specs[item % job->nspecs];
    verdict->outcome = FC_OUTCOME_OK;
    verdict->note = NULL;
    verdict->reason[0] = '\0';
    if (fit_with(job, item, spec, use, ws, verdict))
        return;
    verdict->outcome = FC_OUTCOME_FAILED;
    fc_workspace_reset(ws);
    if (job->fallback != NULL
        && fit_with(job, item, job->fallback, use, ws, verdict))
        verdict->outcome = FC_OUTCOME_FALLBACK;
}

void fc_job_fall_back(const struct fc_job *job, size_t item,
                      const struct fc_use *use, struct fc_workspace *ws,
                      struct fc_verdict *verdict)
{
    verdict->outcome = FC_OUTCOME_FAILED;
    verdict->note = NULL;
    verdict->reason[0] = '\0';
    fc_workspace_reset(ws);
    if (job->fallback != NULL
        && fit_with(job, item, job->fallback, use, ws, verdict))
        verdict->outcome = FC_OUTCOME_LATE;
}

/* A forecast of what a model knows, from the horizon's first step on. */
static enum fc_status predict(const struct fc_fitted *fitted,
                              struct fc_workspace *ws, struct fc_forecast *out,
                              struct fc_error *err)
{
    int tail = fitted->tail, whole = out->horizon + tail;
    if (tail == 0)
        return fc_model_predict(fitted->fit, ws, out, err);
    size_t horizon = (size_t)out->horizon, size = horizon * sizeof(double);
    double *numbers =
        fc_workspace_doubles(ws, fc_forecast_size(whole, out->nlevels));
    if (numbers == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    struct fc_forecast longer =
        fc_forecast_over(whole, out->nlevels, out->levels, numbers);
    enum fc_status status = fc_model_predict(fitted->fit, ws, &longer, err);
    if (status != FC_OK)
        return status;
    out->replaced = longer.replaced;
    memcpy(out->mean, longer.mean + tail, size);
    for (size_t i = 0; i < (size_t)out->nlevels; i++) {
        size_t from = i * (size_t)whole + (size_t)tail;
        memcpy(out->lo + i * horizon, longer.lo + from, size);
        memcpy(out->hi + i * horizon, longer.hi + from, size);
    }
    return FC_OK;
}

/* The levels of a forecast and 80, which tells how wide it is: the mean must
 * not depend on the levels that are asked for.  Returns where it is. */
static int add_level(const struct fc_forecast *out, double *levels, int *n)
{
    enum { WIDTH = 80 };
    int at = 0;
    while (at < out->nlevels && out->levels[at] < WIDTH)
        at++;
    bool there = at < out->nlevels && out->levels[at] == WIDTH;
    *n = out->nlevels + !there;
    for (int i = 0; i < *n; i++)
        levels[i] = i < at || there ? out->levels[i]
                    : i == at       ? WIDTH
                                    : out->levels[i - 1];
    return at;
}

static enum fc_status check_finite(const struct fc_forecast *out,
                                   struct fc_error *err)
{
    size_t n = fc_forecast_size(out->horizon, out->nlevels);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(out->mean[i]))
            return fc_fail(err, FC_ERANGE,
                           "the forecast is not finite with its regressors");
    return FC_OK;
}

enum fc_status fc_job_predict(const struct fc_fitted *fitted,
                              struct fc_workspace *ws, struct fc_forecast *out,
                              struct fc_error *err)
{
    if (fitted->known == NULL)
        return predict(fitted, ws, out, err);
    size_t horizon = (size_t)out->horizon, size = horizon * sizeof(double);
    int n, at;
    double *levels = fc_workspace_doubles(ws, (size_t)out->nlevels + 1);
    double *numbers = fc_workspace_doubles(
        ws, fc_forecast_size(out->horizon, out->nlevels + 1));
    if (levels == NULL || numbers == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    at = add_level(out, levels, &n);
    struct fc_forecast more =
        fc_forecast_over(out->horizon, n, levels, numbers);
    enum fc_status status = predict(fitted, ws, &more, err);
    if (status != FC_OK)
        return status;
    fc_known_forecast(fitted->known, at, &more);
    out->replaced = more.replaced;
    memcpy(out->mean, more.mean, size);
    for (int i = 0; i < out->nlevels; i++) {
        size_t from = (size_t)(i + (i >= at && n > out->nlevels)) * horizon;
        memcpy(out->lo + (size_t)i * horizon, more.lo + from, size);
        memcpy(out->hi + (size_t)i * horizon, more.hi + from, size);
    }
    return check_finite(out, err);
}
