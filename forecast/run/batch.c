/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a batch learns, and its loop.  Every item has its place for the results
 * from the beginning, so that the order in which they finish leaves no trace.
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "forecast/run/batch.h"

#include "forecast/kept.h"
#include "forecast/numeric/missing.h"
#include "forecast/numeric/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Of a series' variance: see fc_lesson.rests. */
static const double GOOD_PART = 0.3;

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
    return fc_forecast_size(batch->job.horizon, batch->job.nlevels);
}

struct fc_forecast fc_batch_forecast(const struct fc_batch *batch, size_t item)
{
    return fc_forecast_over(batch->job.horizon, batch->job.nlevels,
                            batch->job.levels,
                            batch->numbers + item * forecast_size(batch));
}

const double *fc_batch_slopes(const struct fc_batch *batch, size_t item)
{
    return batch->reports != NULL ? batch->reports[item].slopes : NULL;
}

static void clip(struct fc_forecast *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (out->mean[i] < 0)
            out->mean[i] = 0;
}

/* A batch as it runs: its job, in which the models have learnt. */
struct run {
    struct fc_batch *batch;
    const struct fc_job *job;
};

/* Where the forecast of an item goes. */
struct item {
    struct fc_batch *batch;
    size_t number;
};

static enum fc_status report(const struct fc_fit *fit, struct fc_report *report,
                             struct fc_error *err)
{
    report->spec = copy_text(fit->spec);
    if (report->spec == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    if (fit->exponent != 0)
        return FC_OK; /* the numbers are in other units */
    report->loglik = fit->loglik;
    report->aicc = fit->aicc;
    report->sigma2 = fit->sigma2;
    return FC_OK;
}

static enum fc_status keep_fit(const struct fc_batch *batch, size_t number,
                               const struct fc_fit *fit, struct fc_error *err)
{
    const struct fc_job *job = &batch->job;
    const struct fc_spec *spec = &job->specs[number % job->nspecs];
    if (!batch->keep_fits || fit->model != spec->model || spec->has_variant)
        return FC_OK;
    return fc_fit_keep(fit, &batch->reports[number].kept) == FC_OK
               ? FC_OK
               : fc_fail(err, FC_ENOMEM, "out of memory");
}

/* From anywhere in memory. */
static enum fc_status keep_slopes(const struct fc_batch *batch, size_t number,
                                  const void *slopes, size_t n,
                                  struct fc_error *err)
{
    struct fc_report *report = &batch->reports[number];
    if (!batch->keep_slopes || n == 0)
        return FC_OK;
    report->slopes = malloc(n * sizeof *report->slopes);
    if (report->slopes == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    memcpy(report->slopes, slopes, n * sizeof *report->slopes);
    return FC_OK;
}

static void release_report(struct fc_report *report)
{
    free(report->spec);
    free(report->kept);
    free(report->slopes);
    report->spec = NULL;
    report->kept = NULL;
    report->slopes = NULL;
}

static enum fc_status forecast(void *arg, const struct fc_fitted *fitted,
                               struct fc_workspace *ws, struct fc_error *err)
{
    const struct fc_fit *fit = fitted->fit;
    const struct item *item = arg;
    struct fc_batch *batch = item->batch;
    struct fc_forecast out = fc_batch_forecast(batch, item->number);
    enum fc_status status = fc_job_predict(fitted, ws, &out, err);
    if (status != FC_OK)
        return status;
    batch->results[item->number].replaced = out.replaced;
    batch->results[item->number].overtook = fit->overtook;
    if (batch->job.non_negative)
        clip(&out, forecast_size(batch));
    if (!batch->want_reports)
        return FC_OK;
    struct fc_report *told = &batch->reports[item->number];
    status = report(fit, told, err);
    if (status == FC_OK)
        status = keep_fit(batch, item->number, fit, err);
    if (status == FC_OK)
        status =
            keep_slopes(batch, item->number, fit->slopes, fit->nslopes, err);
    if (status != FC_OK)
        release_report(told);
    return status;
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
static void give_detail(struct fc_batch *batch, const char *text,
                        struct fc_result *result)
{
    result->detail = share(batch, text);
    if (result->detail != NULL)
        return;
    result->detail = copy_text(text);
    result->owns_detail = result->detail != NULL;
    if (result->detail == NULL) /* not even for the reason */
        result->detail = "out of memory";
}

static void give_reason(struct fc_batch *batch, const char *reason,
                        const char *note, struct fc_result *result)
{
    char text[2 * FC_MESSAGE_SIZE + 16];
    snprintf(text, sizeof text, "%s%s%s", reason, note != NULL ? "; " : "",
             note != NULL ? note : "");
    give_detail(batch, text, result);
}

void fc_batch_close(struct fc_batch *batch)
{
    __atomic_store_n(&batch->closed, true, __ATOMIC_RELAXED);
}

bool fc_batch_is_closed(const struct fc_batch *batch)
{
    return __atomic_load_n(&batch->closed, __ATOMIC_RELAXED);
}

static void run_item(void *arg, size_t number, struct fc_workspace *ws)
{
    struct run *run = arg;
    struct fc_batch *batch = run->batch;
    struct fc_result *result = &batch->results[number];
    if (result->done || fc_batch_is_closed(batch))
        return;
    struct item item = {batch, number};
    struct fc_use use = {forecast, &item};
    struct fc_verdict verdict;
    double start = batch->want_reports ? clock_at(CLOCK_MONOTONIC) : 0;
    fc_job_fit(run->job, number, &use, ws, &verdict);
    result->outcome = verdict.outcome;
    if (verdict.outcome != FC_OUTCOME_OK)
        give_reason(batch, verdict.reason, verdict.note, result);
    else if (result->replaced)
        give_reason(batch, ABSURD, verdict.note, result);
    else
        result->detail = verdict.note;
    if (batch->want_reports)
        batch->reports[number].seconds = clock_at(CLOCK_MONOTONIC) - start;
    __atomic_store_n(&result->done, true, __ATOMIC_RELEASE);
}

bool fc_batch_is_done(const struct fc_batch *batch, size_t item)
{
    return __atomic_load_n(&batch->results[item].done, __ATOMIC_ACQUIRE);
}

static bool allocate_reports(struct fc_batch *batch, size_t items)
{
    static const struct fc_report blank = {
        .loglik = NAN, .aicc = NAN, .sigma2 = NAN};
    batch->reports = NULL;
    if (!batch->want_reports)
        return true;
    batch->reports = malloc((items > 0 ? items : 1) * sizeof *batch->reports);
    for (size_t i = 0; batch->reports != NULL && i < items; i++)
        batch->reports[i] = blank;
    return batch->reports != NULL;
}

static enum fc_status allocate(struct fc_batch *batch, struct fc_error *err)
{
    size_t items, numbers, bytes;
    if (__builtin_mul_overflow(batch->job.n, batch->job.nspecs, &items)
        || items > SIZE_MAX / sizeof *batch->reports
        || __builtin_mul_overflow(items, forecast_size(batch), &numbers)
        || __builtin_mul_overflow(numbers, sizeof(double), &bytes))
        return fc_fail(err, FC_ENOMEM, "out of memory for the forecasts");
    memset(batch->reasons, 0, sizeof batch->reasons);
    batch->results = calloc(items > 0 ? items : 1, sizeof *batch->results);
    batch->numbers = malloc(bytes > 0 ? bytes : 1);
    if (allocate_reports(batch, items) && batch->results != NULL
        && batch->numbers != NULL)
        return FC_OK;
    fc_batch_release(batch);
    return fc_fail(err, FC_ENOMEM,
                   "out of memory: the forecasts of %zu series take %.1f GB",
                   batch->job.n, (double)bytes / 1e9);
}

enum fc_status fc_batch_prepare(struct fc_batch *batch, struct fc_error *err)
{
    return allocate(batch, err);
}

enum fc_status fc_batch_recall(struct fc_batch *batch, size_t item,
                               const struct fc_past *past, struct fc_error *err)
{
    struct fc_result *result = &batch->results[item];
    size_t size = forecast_size(batch);
    if (batch->want_reports) {
        struct fc_report *told = &batch->reports[item];
        *told = (struct fc_report){NULL,         past->loglik,  past->aicc,
                                   past->sigma2, past->seconds, NULL,
                                   NULL};
        told->spec = past->spec != NULL ? copy_text(past->spec) : NULL;
        if (past->spec != NULL && told->spec == NULL)
            return fc_fail(err, FC_ENOMEM, "out of memory");
        const unsigned char *numbers = past->numbers;
        if (past->nslopes > 0
            && keep_slopes(batch, item, numbers + size * sizeof(double),
                           past->nslopes, err)
                   != FC_OK)
            return err->code;
    }
    if (past->numbers != NULL)
        memcpy(batch->numbers + item * size, past->numbers,
               size * sizeof *batch->numbers);
    if (past->detail != NULL)
        give_detail(batch, past->detail, result);
    result->outcome = past->outcome;
    result->replaced = past->replaced;
    result->done = true;
    return FC_OK;
}

enum fc_status fc_batch_snapshot(const struct fc_batch *batch,
                                 struct fc_batch *copy, struct fc_error *err)
{
    size_t items = batch->job.n * batch->job.nspecs, n = forecast_size(batch);
    *copy = (struct fc_batch){.job = batch->job,
                              .want_reports = batch->want_reports};
    enum fc_status status = allocate(copy, err);
    for (size_t i = 0; status == FC_OK && i < items; i++) {
        if (!fc_batch_is_done(batch, i))
            continue;
        copy->results[i] = batch->results[i];
        if (batch->want_reports)
            copy->reports[i] = batch->reports[i];
        memcpy(copy->numbers + i * n, batch->numbers + i * n,
               n * sizeof *copy->numbers);
    }
    return status;
}

void fc_batch_fall_back(struct fc_batch *batch, size_t number,
                        struct fc_workspace *ws)
{
    struct fc_result *result = &batch->results[number];
    struct item item = {batch, number};
    struct fc_use use = {forecast, &item};
    struct fc_verdict verdict;
    struct fc_job plain = batch->job;
    plain.known = NULL;
    fc_job_fall_back(&plain, number, &use, ws, &verdict);
    result->outcome = verdict.outcome;
    give_reason(batch,
                verdict.outcome == FC_OUTCOME_LATE
                    ? "no time was left: the fallback's forecast"
                    : "no time was left, and there is no fallback's forecast",
                verdict.outcome == FC_OUTCOME_LATE ? verdict.note : NULL,
                result);
    result->done = true;
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

/* What regressors leave of a series, in ws; and whether they explained a good
 * part of it, one more. */
static bool take_effects(const struct fc_job *job, struct fc_series *series,
                         struct fc_workspace *ws, size_t *explained)
{
    struct fc_known_fit fit;
    struct fc_series rest;
    struct fc_error err;
    if (job->known == NULL || series->regressors == NULL)
        return true;
    double *y = fc_workspace_doubles(ws, series->n);
    struct fc_mark mark = fc_workspace_mark(ws);
    if (y == NULL
        || fc_known_fit(job->known, series, 0, ws, &fit, &rest, &err) != FC_OK)
        return false;
    *explained += fit.explained > GOOD_PART;
    memcpy(y, rest.y, series->n * sizeof *y);
    fc_workspace_release(ws, mark);
    *series = rest;
    series->y = y;
    return true;
}

/*
 * The series that are forecast, without what is missing at their ends and
 * their regressors' effects, by their ids: what is learnt from them must not
 * depend on their order in the file; *rests is the share of them that effects
 * explained a good part of.  NULL when memory is short.
 */
static struct fc_series *sort_series(const struct fc_job *job,
                                     struct fc_workspace *ws, size_t *n,
                                     double *rests)
{
    size_t explained = 0;
    struct fc_series *sorted = malloc((job->n + 1) * sizeof *sorted);
    if (sorted == NULL)
        return NULL;
    *n = 0;
    for (size_t i = 0; i < job->n; i++) {
        if (job->skip != NULL && job->skip[i])
            continue;
        struct fc_series *series = &sorted[(*n)++];
        *series = fc_job_series(job, i);
        series->n -= fc_missing_tail(series->y, series->n);
        if (!take_effects(job, series, ws, &explained)
            || !in_units(series, ws)) {
            free(sorted);
            return NULL;
        }
    }
    *rests = *n > 0 ? (double)explained / (double)*n : 0;
    qsort(sorted, *n, sizeof *sorted, compare_ids);
    return sorted;
}

/* What a spec has learnt before this run. */
static const struct fc_learned *known(const struct fc_job *job, size_t k)
{
    return job->learned != NULL ? job->learned[k] : NULL;
}

static bool must_learn(const struct fc_job *job, size_t k)
{
    return job->specs[k].model->learn != NULL && known(job, k) == NULL;
}

/* The lesson of a job; its series are to be given back with free(), and may
 * look at what is in ws. */
static enum fc_status make_lesson(const struct fc_job *job,
                                  struct fc_workspace *ws,
                                  struct fc_lesson *lesson,
                                  struct fc_series **series,
                                  struct fc_error *err)
{
    *lesson = (struct fc_lesson){.horizon = job->horizon,
                                 .seed = job->seed,
                                 .jobs = job->nthreads,
                                 .stop = job->stop,
                                 .trace = job->trace,
                                 .progress = job->learning,
                                 .progress_arg = job->progress_arg,
                                 .pieces = job->pieces};
    *series =
        ws != NULL ? sort_series(job, ws, &lesson->n, &lesson->rests) : NULL;
    lesson->series = *series;
    if (lesson->n > 0)
        lesson->seasons = (*series)->seasons;
    return *series != NULL ? FC_OK : fc_fail(err, FC_ENOMEM, "out of memory");
}

/* What the models learn from the job's series, where they have not yet. */
static enum fc_status learn_all(const struct fc_job *job, double *seconds,
                                struct fc_learned **fresh, struct fc_error *err)
{
    struct fc_lesson lesson;
    struct fc_series *series = NULL;
    bool wanted = false;
    for (size_t k = 0; k < job->nspecs; k++)
        wanted = wanted || must_learn(job, k);
    if (!wanted)
        return FC_OK;
    struct fc_workspace *ws = fc_workspace_new();
    enum fc_status status = make_lesson(job, ws, &lesson, &series, err);
    for (size_t k = 0; k < job->nspecs && status == FC_OK; k++) {
        const struct fc_spec *spec = &job->specs[k];
        double start = clock_at(CLOCK_PROCESS_CPUTIME_ID);
        if (!must_learn(job, k))
            continue;
        status = spec->model->learn(&lesson, spec, &fresh[k], err);
        if (seconds != NULL)
            seconds[k] += clock_at(CLOCK_PROCESS_CPUTIME_ID) - start;
    }
    free(series);
    fc_workspace_free(ws);
    return status;
}

enum fc_status fc_batch_learn_known(const struct fc_job *job,
                                    struct fc_known **known,
                                    struct fc_error *err)
{
    struct fc_job plain = *job;
    struct fc_series *series;
    size_t n;
    double rests;
    *known = NULL;
    if (job->regressors == NULL)
        return FC_OK;
    struct fc_workspace *ws = fc_workspace_new();
    plain.known = NULL;
    series = ws != NULL ? sort_series(&plain, ws, &n, &rests) : NULL;
    enum fc_status status = FC_OK;
    if (series == NULL)
        status = fc_fail(err, FC_ENOMEM, "out of memory");
    else if (n > 0)
        status = fc_known_learn(series, n, job->horizon, known, err);
    free(series);
    fc_workspace_free(ws);
    return status;
}

enum fc_status fc_batch_learn(const struct fc_job *job, size_t k,
                              struct fc_learned **learned, struct fc_error *err)
{
    struct fc_job one = *job;
    one.specs = &job->specs[k];
    one.nspecs = 1;
    one.learned = NULL;
    *learned = NULL;
    return learn_all(&one, NULL, learned, err);
}

static enum fc_status learn_and_run(struct fc_batch *batch,
                                    struct fc_learned **fresh,
                                    const struct fc_learned **learned,
                                    struct fc_error *err)
{
    struct fc_job learnt = batch->job;
    struct run run = {batch, &learnt};
    struct fc_trace *trace = batch->job.trace;
    double begin = fc_trace_begin(trace);
    enum fc_status status = FC_OK;
    if (learnt.known == NULL) {
        status = fc_batch_learn_known(&batch->job, &batch->known, err);
        learnt.known = batch->known;
    }
    if (status == FC_OK)
        status = learn_all(&learnt, batch->learn_seconds, fresh, err);
    fc_trace_end(trace, 0, "learn", 0, begin);
    for (size_t k = 0; k < learnt.nspecs; k++)
        learned[k] = fresh[k] != NULL ? fresh[k] : known(&batch->job, k);
    learnt.learned = learned;
    if (status != FC_OK)
        return status;
    begin = fc_trace_begin(trace);
    status = fc_job_map(&learnt, 0, learnt.n, run_item, &run, err);
    fc_trace_end(trace, 0, "fit", 0, begin);
    return status;
}

enum fc_status fc_batch_run(struct fc_batch *batch, struct fc_error *err)
{
    enum fc_status status =
        batch->results == NULL ? allocate(batch, err) : FC_OK;
    if (status != FC_OK)
        return status;
    size_t n = batch->job.nspecs;
    struct fc_learned **fresh = calloc(n + 1, sizeof *fresh);
    const struct fc_learned **learned = calloc(n + 1, sizeof *learned);
    if (fresh == NULL || learned == NULL)
        status = fc_fail(err, FC_ENOMEM, "out of memory");
    else
        status = learn_and_run(batch, fresh, learned, err);
    for (size_t k = 0; fresh != NULL && k < n; k++)
        free(fresh[k]);
    free(fresh);
    free((void *)learned);
    if (status != FC_OK && !fc_batch_is_closed(batch))
        fc_batch_release(batch);
    return status;
}

void fc_batch_release(struct fc_batch *batch)
{
    size_t items = batch->job.n * batch->job.nspecs;
    for (size_t i = 0; batch->results != NULL && i < items; i++)
        if (batch->results[i].owns_detail)
            free((void *)batch->results[i].detail);
    for (size_t i = 0; batch->reports != NULL && i < items; i++)
        release_report(&batch->reports[i]);
    for (size_t i = 0; i < FC_REASONS; i++)
        free(batch->reasons[i]);
    free(batch->results);
    free(batch->reports);
    free(batch->numbers);
    free(batch->known);
    batch->known = NULL;
    memset(batch->reasons, 0, sizeof batch->reasons);
    batch->results = NULL;
    batch->reports = NULL;
    batch->numbers = NULL;
}
