/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The batch loop: one item of the parallel map is one series under one model.
 * Every item has its place for the results from the beginning, so that the
 * order in which they finish leaves no trace.
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "forecast/run/batch.h"

#include "forecast/base/parallel.h"
#include "forecast/numeric/missing.h"
#include "forecast/numeric/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double clock_at(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static char *copy_text(const char *text)
{
    char *copy = malloc(strlen(text) + 1);
    return copy != NULL ? strcpy(copy, text) : NULL;
}

static size_t forecast_size(const struct fc_batch *batch)
{
    return fc_forecast_size(batch->horizon, batch->nlevels);
}

struct fc_forecast fc_batch_forecast(const struct fc_batch *batch, size_t item)
{
    return fc_forecast_over(batch->horizon, batch->nlevels, batch->levels,
                            batch->numbers + item * forecast_size(batch));
}

static void clip(struct fc_forecast *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (out->mean[i] < 0)
            out->mean[i] = 0;
}

/* The last steps of a forecast that begins `late` steps before them. */
static enum fc_status predict_late(const struct fc_fit *fit, int late,
                                   struct fc_workspace *ws,
                                   struct fc_forecast *out,
                                   struct fc_error *err)
{
    int whole = out->horizon + late;
    size_t horizon = (size_t)out->horizon;
    double *numbers =
        fc_workspace_doubles(ws, fc_forecast_size(whole, out->nlevels));
    if (numbers == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    struct fc_forecast longer =
        fc_forecast_over(whole, out->nlevels, out->levels, numbers);
    enum fc_status status = fc_model_predict(fit, ws, &longer, err);
    if (status != FC_OK)
        return status;
    out->replaced = longer.replaced;
    memcpy(out->mean, longer.mean + late, horizon * sizeof *out->mean);
    for (size_t i = 0; i < (size_t)out->nlevels; i++) {
        size_t from = i * (size_t)whole + (size_t)late;
        memcpy(out->lo + i * horizon, longer.lo + from,
               horizon * sizeof *out->lo);
        memcpy(out->hi + i * horizon, longer.hi + from,
               horizon * sizeof *out->hi);
    }
    return FC_OK;
}

static enum fc_status forecast_with(const struct fc_batch *batch, size_t item,
                                    const struct fc_spec *spec,
                                    struct fc_workspace *ws, const char **note,
                                    struct fc_error *err)
{
    bool *replaced = &batch->results[item].replaced;
    struct fc_forecast forecast = fc_batch_forecast(batch, item);
    struct fc_series series;
    struct fc_spec asked = *spec;
    struct fc_fit fit;
    int late;
    asked.horizon = batch->horizon;
    enum fc_status status = fc_missing_prepare(
        &batch->series[item / batch->nspecs], spec->model->missing,
        batch->horizon, ws, &series, &late, err);
    if (status == FC_OK)
        status = fc_model_fit(&series, &asked, ws, &fit, err);
    if (status == FC_OK)
        status = late > 0 ? predict_late(&fit, late, ws, &forecast, err)
                          : fc_model_predict(&fit, ws, &forecast, err);
    if (status != FC_OK)
        return status;
    *replaced = forecast.replaced;
    if (batch->non_negative)
        clip(&forecast, forecast_size(batch));
    *note = fit.note;
    if (!batch->want_told)
        return FC_OK;
    struct fc_told *told = &batch->told[item];
    told->spec = copy_text(fit.spec);
    if (told->spec == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    if (fit.exponent != 0)
        return FC_OK; /* the numbers are in other units */
    told->loglik = fit.loglik;
    told->aicc = fit.aicc;
    told->sigma2 = fit.sigma2;
    return FC_OK;
}

/*
 * The batch's own copy of a text, as long as it has room for one.  A place is
 * filled once, by whichever thread is first, and not changed any more.
 */
static const char *share(struct fc_batch *batch, const char *text)
{
    for (size_t i = 0; i < FC_REASONS; i++) {
        char **place = &batch->reasons[i];
        char *there = __atomic_load_n(place, __ATOMIC_ACQUIRE);
        if (there == NULL) {
            char *copy = copy_text(text);
            if (copy == NULL)
                return NULL;
            if (__atomic_compare_exchange_n(place, &there, copy, false,
                                            __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
                return copy;
            free(copy);
        }
        if (strcmp(there, text) == 0)
            return there;
    }
    return NULL;
}

static const char ABSURD[] =
    "absurd intervals replaced by those of the series alone";

/* Most series that fail do so for one of a few reasons. */
static void give_reason(struct fc_batch *batch, const char *reason,
                        const char *note, struct fc_result *result)
{
    char text[2 * FC_MESSAGE_SIZE + 16];
    snprintf(text, sizeof text, "%s%s%s", reason, note != NULL ? "; " : "",
             note != NULL ? note : "");
    result->detail = share(batch, text);
    if (result->detail != NULL)
        return;
    result->detail = copy_text(text);
    result->owns_detail = result->detail != NULL;
    if (result->detail == NULL) /* not even for the reason */
        result->detail = "out of memory";
}

static void try_models(struct fc_batch *batch, size_t item,
                       struct fc_workspace *ws, struct fc_result *result)
{
    struct fc_error err = {0}, second;
    const char *note = NULL;
    if (forecast_with(batch, item, &batch->specs[item % batch->nspecs], ws,
                      &note, &err)
        == FC_OK) {
        result->outcome = FC_OUTCOME_OK;
        if (result->replaced)
            give_reason(batch, ABSURD, note, result);
        else
            result->detail = note;
        return;
    }
    fc_workspace_reset(ws);
    if (batch->fallback == NULL) {
        give_reason(batch, err.msg, NULL, result);
    } else if (forecast_with(batch, item, batch->fallback, ws, &note, &second)
               == FC_OK) {
        result->outcome = FC_OUTCOME_FALLBACK;
        give_reason(batch, err.msg, note, result);
    } else {
        char *both = fc_both_reasons(err.msg, second.msg);
        give_reason(batch, both != NULL ? both : err.msg, NULL, result);
        free(both);
    }
}

static enum fc_status run_item(void *arg, size_t item, struct fc_workspace *ws)
{
    struct fc_batch *batch = arg;
    struct fc_result *result = &batch->results[item];
    *result = (struct fc_result){0};
    if (batch->want_told)
        batch->told[item] =
            (struct fc_told){.loglik = NAN, .aicc = NAN, .sigma2 = NAN};
    if (batch->skip != NULL && batch->skip[item / batch->nspecs])
        return FC_OK;
    double start = batch->want_told ? clock_at(CLOCK_MONOTONIC) : 0;
    try_models(batch, item, ws, result);
    if (batch->want_told)
        batch->told[item].seconds = clock_at(CLOCK_MONOTONIC) - start;
    return FC_OK;
}

/* What a fit costs grows with the series' length, if not evenly. */
static size_t item_size(const void *arg, size_t item)
{
    const struct fc_batch *batch = arg;
    size_t i = item / batch->nspecs;
    return batch->skip != NULL && batch->skip[i] ? 0 : batch->series[i].n;
}

static void report(void *arg, size_t done, size_t n)
{
    const struct fc_batch *batch = arg;
    batch->progress(batch->progress_arg, done, n);
}

static enum fc_status allocate(struct fc_batch *batch, struct fc_error *err)
{
    size_t items, numbers, bytes;
    if (__builtin_mul_overflow(batch->n, batch->nspecs, &items)
        || __builtin_mul_overflow(items, forecast_size(batch), &numbers)
        || __builtin_mul_overflow(numbers, sizeof(double), &bytes))
        return fc_fail(err, FC_ENOMEM, "out of memory for the forecasts");
    memset(batch->reasons, 0, sizeof batch->reasons);
    batch->results = calloc(items > 0 ? items : 1, sizeof *batch->results);
    batch->numbers = malloc(bytes > 0 ? bytes : 1);
    batch->told = NULL;
    if (batch->want_told)
        batch->told = calloc(items > 0 ? items : 1, sizeof *batch->told);
    if (batch->results != NULL && batch->numbers != NULL
        && (batch->told != NULL || !batch->want_told))
        return FC_OK;
    fc_batch_release(batch);
    return fc_fail(err, FC_ENOMEM,
                   "out of memory: the forecasts of %zu series take %.1f GB",
                   batch->n, (double)bytes / 1e9);
}

static enum fc_status run_all(struct fc_batch *batch, struct fc_error *err)
{
    struct fc_parallel job = {
        .n = batch->n * batch->nspecs,
        .nthreads = batch->jobs,
        .item = run_item,
        .arg = batch,
        .size = item_size,
        .progress = batch->progress != NULL ? report : NULL,
        .stop = batch->stop,
    };
    enum fc_status status = fc_parallel_map(&job);
    return status == FC_OK ? FC_OK
                           : fc_fail(err, status, "%s", fc_status_text(status));
}

static int compare_ids(const void *a, const void *b)
{
    const struct fc_series *x = a, *y = b;
    return strcmp(x->id, y->id);
}

/* As a model is to see it: in units of its own, if it is extreme. */
static bool in_units(struct fc_series *series, struct fc_workspace *ws)
{
    int exponent = fc_units(series);
    const struct fc_series *scaled =
        exponent != 0 ? fc_units_series(series, exponent, ws) : series;
    if (scaled != NULL)
        *series = *scaled;
    return scaled != NULL;
}

/*
 * The series that are forecast, without what is missing at their ends, by
 * their ids: what is learnt from them must not depend on their order in the
 * file.  NULL when memory is short.
 */
static struct fc_series *sort_series(const struct fc_batch *batch,
                                     struct fc_workspace *ws, size_t *n)
{
    struct fc_series *sorted = malloc((batch->n + 1) * sizeof *sorted);
    if (sorted == NULL)
        return NULL;
    *n = 0;
    for (size_t i = 0; i < batch->n; i++) {
        if (batch->skip != NULL && batch->skip[i])
            continue;
        struct fc_series *series = &sorted[(*n)++];
        *series = batch->series[i];
        series->n -= fc_missing_tail(series->y, series->n);
        if (!in_units(series, ws)) {
            free(sorted);
            return NULL;
        }
    }
    qsort(sorted, *n, sizeof *sorted, compare_ids);
    return sorted;
}

/* What the models learn from the lesson goes into learned and their specs. */
static enum fc_status learn(const struct fc_batch *batch,
                            const struct fc_lesson *lesson,
                            struct fc_spec *specs, struct fc_learned **learned,
                            struct fc_error *err)
{
    for (size_t k = 0; k < batch->nspecs; k++) {
        if (specs[k].model->learn == NULL || specs[k].learned != NULL)
            continue;
        double start = clock_at(CLOCK_PROCESS_CPUTIME_ID);
        enum fc_status status =
            specs[k].model->learn(lesson, &specs[k], &learned[k], err);
        if (batch->learn_seconds != NULL)
            batch->learn_seconds[k] +=
                clock_at(CLOCK_PROCESS_CPUTIME_ID) - start;
        if (status != FC_OK)
            return status;
        specs[k].learned = learned[k];
    }
    return FC_OK;
}

static enum fc_status learn_all(const struct fc_batch *batch,
                                struct fc_spec *specs,
                                struct fc_learned **learned,
                                struct fc_error *err)
{
    struct fc_lesson lesson = {.jobs = batch->jobs, .stop = batch->stop};
    bool wanted = false;
    for (size_t k = 0; k < batch->nspecs; k++) {
        specs[k] = batch->specs[k];
        specs[k].horizon = batch->horizon;
        wanted = wanted
                 || (specs[k].model->learn != NULL && specs[k].learned == NULL);
    }
    if (!wanted)
        return FC_OK;
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_series *sorted =
        ws != NULL ? sort_series(batch, ws, &lesson.n) : NULL;
    enum fc_status status = FC_OK;
    lesson.series = sorted;
    if (sorted == NULL)
        status = fc_fail(err, FC_ENOMEM, "out of memory");
    else
        status = learn(batch, &lesson, specs, learned, err);
    free(sorted);
    fc_workspace_free(ws);
    return status;
}

enum fc_status fc_batch_learn(const struct fc_batch *batch,
                              const struct fc_spec *spec,
                              struct fc_learned **learned, struct fc_error *err)
{
    struct fc_batch one = *batch;
    struct fc_spec fresh = *spec, used;
    fresh.learned = NULL;
    one.specs = &fresh;
    one.nspecs = 1;
    *learned = NULL;
    return learn_all(&one, &used, learned, err);
}

static enum fc_status learn_and_run(struct fc_batch *batch,
                                    struct fc_spec *specs,
                                    struct fc_learned **learned,
                                    struct fc_error *err)
{
    const struct fc_spec *given = batch->specs;
    enum fc_status status = learn_all(batch, specs, learned, err);
    if (status != FC_OK)
        return status;
    batch->specs = specs;
    status = run_all(batch, err);
    batch->specs = given;
    return status;
}

enum fc_status fc_batch_run(struct fc_batch *batch, struct fc_error *err)
{
    enum fc_status status = allocate(batch, err);
    if (status != FC_OK)
        return status;
    struct fc_spec *specs = calloc(batch->nspecs + 1, sizeof *specs);
    struct fc_learned **learned = calloc(batch->nspecs + 1, sizeof *learned);
    if (specs == NULL || learned == NULL)
        status = fc_fail(err, FC_ENOMEM, "out of memory");
    else
        status = learn_and_run(batch, specs, learned, err);
    for (size_t k = 0; learned != NULL && k < batch->nspecs; k++)
        free(learned[k]);
    free(learned);
    free(specs);
    if (status != FC_OK)
        fc_batch_release(batch);
    return status;
}

void fc_batch_release(struct fc_batch *batch)
{
    size_t items = batch->n * batch->nspecs;
    for (size_t i = 0; batch->results != NULL && i < items; i++)
        if (batch->results[i].owns_detail)
            free((void *)batch->results[i].detail);
    for (size_t i = 0; batch->told != NULL && i < items; i++)
        free(batch->told[i].spec);
    for (size_t i = 0; i < FC_REASONS; i++)
        free(batch->reasons[i]);
    free(batch->results);
    free(batch->told);
    free(batch->numbers);
    memset(batch->reasons, 0, sizeof batch->reasons);
    batch->results = NULL;
    batch->told = NULL;
    batch->numbers = NULL;
}
