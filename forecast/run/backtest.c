/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rolling-origin evaluation.  A series cut at an origin is a series, so the
 * forecasts are those of ordinary batches, whose items are series x origins x
 * models; what is new is the cutting and the scoring.
 */
#include "forecast/run/backtest.h"

#include "forecast/base/parallel.h"
#include "forecast/models.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of forecasts that one batch may hold: 256 MB. */
static const size_t BATCH_NUMBERS = (size_t)1 << 25;

enum { LEAST = 3 };

size_t fc_backtest_least(int season_length)
{
    return season_length >= LEAST ? (size_t)season_length + 1 : LEAST;
}

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory for the backtest");
}

/* One batch of the backtest: some of its origins. */
struct part {
    struct fc_backtest *all;
    const size_t *origin; /* n indices into all->at, rising */
    size_t n;
    struct fc_history *series;        /* cut */
    struct fc_regressors *regressors; /* of each of the n; or NULL */
    struct fc_date *dates;            /* likewise */
    double **carried; /* the numbers of these, where they are not the job's; or
                         NULL */
    struct fc_batch batch;
    size_t naive2;          /* which of the batch's specs it is */
    double *reference;      /* n rows of Naive 2 */
    const double **columns; /* for each of the n, what is scored */
    size_t before, total;   /* items of earlier parts, and of all */
};

/* Origins. */

/* Observations before an origin, without missing ones at the end. */
static size_t cut_at(const struct fc_history *series, size_t n)
{
    while (n > 0 && isnan(series->y[n - 1]))
        n--;
    return n;
}

/* The origins of one series, the oldest first, into at unless it is NULL. */
static size_t find_origins(const struct fc_backtest *backtest, size_t i,
                           struct fc_origin *at)
{
    const struct fc_history *series = &backtest->job.series[i];
    size_t horizon = (size_t)backtest->job.horizon;
    size_t stride = (size_t)backtest->stride;
    size_t least = fc_backtest_least(fc_season_length(backtest->job.seasons));
    size_t found = 0, last = 0;
    if ((backtest->job.skip != NULL && backtest->job.skip[i])
        || series->n < horizon + least)
        return 0;
    size_t most = (series->n - horizon - least) / stride;
    if (most >= (size_t)backtest->origins)
        most = (size_t)backtest->origins - 1;
    for (size_t back = most + 1; back-- > 0;) {
        size_t n = cut_at(series, series->n - horizon - back * stride);
        if (n < least || n == last) /* a gap longer than the stride */
            continue;
        if (at != NULL)
            at[found] = (struct fc_origin){i, n, (int)back};
        last = n;
        found++;
    }
    return found;
}

static enum fc_status list_origins(struct fc_backtest *backtest,
                                   struct fc_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < backtest->job.n; i++) {
        size_t found = find_origins(backtest, i, NULL);
        bool skipped = backtest->job.skip != NULL && backtest->job.skip[i];
        backtest->nshort += found == 0 && !skipped;
        n += found;
    }
    backtest->at = malloc((n > 0 ? n : 1) * sizeof *backtest->at);
    if (backtest->at == NULL)
        return no_memory(err);
    for (size_t i = 0; i < backtest->job.n; i++)
        backtest->norigins +=
            find_origins(backtest, i, backtest->at + backtest->norigins);
    return FC_OK;
}

/* Scores. */

static struct fc_score_shape shape_of(const struct fc_backtest *backtest)
{
    const struct fc_outline *outline = backtest->outline;
    return (struct fc_score_shape){outline->nlevels, outline->levels,
                                   outline->nquantiles, outline->quantiles};
}

static size_t row_size(const struct fc_backtest *backtest)
{
    const struct fc_score_shape shape = shape_of(backtest);
    return fc_score_size(&shape);
}

/* The forecast of an item as it is scored; its columns are put into place. */
static struct fc_scored scored_of(const struct part *part, size_t item,
                                  const double **columns)
{
    const struct fc_outline *outline = part->all->outline;
    struct fc_forecast forecast = fc_batch_forecast(&part->batch, item);
    for (int i = 0; i < outline->nbounds; i++)
        columns[i] = fc_forecast_bound(&forecast, outline->bounds[i]);
    return (struct fc_scored){(size_t)forecast.horizon, forecast.mean, columns};
}

static void score_one(struct part *part, size_t i, size_t k, double *row,
                      struct fc_backtest_result *out)
{
    const struct fc_origin *at = &part->all->at[part->origin[i]];
    const struct fc_history *whole = &part->all->job.series[at->series];
    size_t item = i * part->batch.job.nspecs + k;
    enum fc_outcome outcome = part->batch.results[item].outcome;
    struct fc_score_shape shape = shape_of(part->all);
    struct fc_scored scored = scored_of(
        part, item, part->columns + i * (size_t)part->all->outline->nbounds);
    int m = fc_season_length(part->all->job.seasons);
    size_t steps = 0;
    if (outcome == FC_OUTCOME_FAILED)
        fc_score_none(&shape, row);
    else
        steps = fc_score(whole->y + at->n, &scored, &shape,
                         fc_error_scale(whole->y, at->n, (size_t)m), row);
    if (out != NULL) {
        out->outcome = outcome;
        out->seconds = part->batch.reports[item].seconds;
        out->n = steps;
        out->row = row;
    }
}

/* All models at the i-th origin of the part. */
static enum fc_status score_item(void *arg, size_t i, struct fc_workspace *ws)
{
    struct part *part = arg;
    struct fc_backtest *all = part->all;
    size_t size = row_size(all);
    (void)ws;
    for (size_t k = 0; k < all->job.nspecs; k++) {
        size_t slot = part->origin[i] * all->job.nspecs + k;
        score_one(part, i, k, all->rows + slot * size, &all->results[slot]);
    }
    score_one(part, i, part->naive2, part->reference + i * size, NULL);
    return FC_OK;
}

static void average(struct part *part)
{
    struct fc_backtest *all = part->all;
    size_t size = row_size(all);
    for (size_t i = 0; i < part->n; i++)
        for (size_t k = 0; k < all->job.nspecs; k++) {
            size_t slot = part->origin[i] * all->job.nspecs + k;
            fc_score_mean_add(&all->means[k], all->results[slot].row,
                              part->reference + i * size);
        }
}

/* Parts. */

static void report(void *arg, size_t done, size_t n)
{
    const struct part *part = arg;
    const struct fc_job *job = &part->all->job;
    (void)n;
    job->progress(job->progress_arg, part->before + done, part->total);
}

static void cut(struct part *part)
{
    for (size_t i = 0; i < part->n; i++) {
        const struct fc_origin *at = &part->all->at[part->origin[i]];
        part->series[i] = part->all->job.series[at->series];
        part->series[i].n = at->n;
        if (part->regressors != NULL)
            part->regressors[i] = part->all->job.regressors[at->series];
        if (part->dates != NULL)
            part->dates[i] = part->all->job.dates[at->series];
    }
}

/* Regressors that would not have been known after an origin. */
static enum fc_status carry_one(struct part *part, size_t i,
                                struct fc_error *err)
{
    const struct fc_job *job = &part->all->job;
    struct fc_regressors *own = &part->regressors[i];
    size_t n = part->series[i].n, places = n + (size_t)job->horizon;
    double *x = malloc((own->n * places + 1) * sizeof *x);
    part->carried[i] = x;
    if (x == NULL)
        return no_memory(err);
    for (size_t j = 0; j < own->n; j++)
        memcpy(x + j * places, own->x + j * own->stride, places * sizeof *x);
    own->x = x;
    own->stride = places;
    own->known_for = part->all->known_for;
    fc_known_carry(part->all->known_for, own->n, n, job->horizon,
                   fc_season_length(job->seasons), x, NULL);
    return FC_OK;
}

static enum fc_status carry(struct part *part, struct fc_error *err)
{
    enum fc_status status = FC_OK;
    if (part->regressors == NULL || part->all->known_for == NULL)
        return FC_OK;
    part->carried = calloc(part->n, sizeof *part->carried);
    if (part->carried == NULL)
        return no_memory(err);
    for (size_t i = 0; i < part->n && status == FC_OK; i++)
        status = carry_one(part, i, err);
    return status;
}

static void release_carried(struct part *part)
{
    for (size_t i = 0; part->carried != NULL && i < part->n; i++)
        free(part->carried[i]);
    free(part->carried);
    part->carried = NULL;
}

/* Tells of the forecasts that did not fail. */
static void tell(struct part *part)
{
    struct fc_backtest *all = part->all;
    for (size_t i = 0; all->took != NULL && i < part->n; i++)
        for (size_t k = 0; k < all->job.nspecs; k++) {
            size_t item = i * part->batch.job.nspecs + k;
            struct fc_forecast forecast = fc_batch_forecast(&part->batch, item);
            if (part->batch.results[item].outcome != FC_OUTCOME_FAILED)
                all->took(all->took_arg, part->origin[i], k, &forecast);
        }
}

static enum fc_status run_part(struct part *part, struct fc_error *err)
{
    size_t size = row_size(part->all);
    part->series = malloc(part->n * sizeof *part->series);
    if (part->all->job.regressors != NULL)
        part->regressors = malloc(part->n * sizeof *part->regressors);
    if (part->all->job.dates != NULL)
        part->dates = malloc(part->n * sizeof *part->dates);
    part->reference = malloc(part->n * size * sizeof(double));
    part->columns = malloc((part->n * (size_t)part->all->outline->nbounds + 1)
                           * sizeof *part->columns);
    enum fc_status status = FC_OK;
    if (part->series == NULL || part->reference == NULL
        || (part->all->job.regressors != NULL && part->regressors == NULL)
        || (part->all->job.dates != NULL && part->dates == NULL)
        || part->columns == NULL)
        status = no_memory(err);
    if (status == FC_OK) {
        cut(part);
        part->batch.job.series = part->series;
        part->batch.job.regressors = part->regressors;
        part->batch.job.dates = part->dates;
        part->batch.job.n = part->n;
        status = carry(part, err);
    }
    if (status == FC_OK) {
        status = fc_batch_run(&part->batch, err);
    }
    if (status == FC_OK) {
        struct fc_parallel job = {.n = part->n,
                                  .nthreads = part->batch.job.nthreads,
                                  .item = score_item,
                                  .arg = part};
        status = fc_parallel_map(&job);
        if (status != FC_OK)
            no_memory(err);
        else {
            average(part);
            tell(part);
        }
        part->before += part->n * part->batch.job.nspecs;
        free(part->all->known);
        part->all->known = part->batch.known;
        part->batch.known = NULL;
        fc_batch_release(&part->batch);
    }
    free(part->series);
    free(part->regressors);
    free(part->dates);
    release_carried(part);
    free(part->reference);
    free(part->columns);
    return status;
}

/*
 * Chooses the origins of the next part: all that lie equally far back if a
 * model learns from its batch, else as many as the memory bound allows.
 */
static size_t next_part(const struct fc_backtest *all, bool learns, int *back,
                        size_t *next, size_t *origin)
{
    size_t n = 0, numbers = fc_forecast_size(all->job.horizon, all->job.nlevels)
                            * (all->job.nspecs + 1);
    size_t most = numbers < BATCH_NUMBERS ? BATCH_NUMBERS / numbers : 1;
    if (!learns) {
        while (*next < all->norigins && n < most)
            origin[n++] = (*next)++;
        return n;
    }
    while (n == 0 && *back < all->origins) {
        for (size_t i = 0; i < all->norigins; i++)
            if (all->at[i].back == *back)
                origin[n++] = i;
        ++*back;
    }
    return n;
}

/*
 * The specs asked for, and Naive 2 if it is not among them as it is meant:
 * without regressors.  Regressors learn from the batch, too.
 */
static size_t add_naive2(const struct fc_job *job, struct fc_spec *specs,
                         size_t *naive2, bool *learns)
{
    bool known = job->regressors != NULL;
    size_t n = job->nspecs;
    const struct fc_model *model = fc_model_find("naive2");
    memcpy(specs, job->specs, n * sizeof *specs);
    *naive2 = n;
    *learns = known;
    for (size_t k = 0; k < n; k++) {
        if (specs[k].model == model && !known)
            *naive2 = k;
        *learns = *learns || specs[k].model->learn != NULL;
    }
    if (*naive2 < n)
        return n;
    specs[n] = (struct fc_spec){.model = model, .plain = true};
    return n + 1;
}

static enum fc_status run_parts(struct fc_backtest *all, struct fc_spec *specs,
                                size_t *origin, struct fc_error *err)
{
    struct part part = {.all = all,
                        .origin = origin,
                        .batch = {.job = all->job,
                                  .want_reports = true,
                                  .learn_seconds = all->learn_seconds}};
    size_t next = 0;
    int back = 0;
    bool learns;
    enum fc_status status = FC_OK;
    part.batch.job.skip = NULL;
    part.batch.job.specs = specs;
    part.batch.job.learned = NULL;
    part.batch.job.nspecs = add_naive2(&all->job, specs, &part.naive2, &learns);
    part.batch.job.progress = all->job.progress != NULL ? report : NULL;
    part.batch.job.progress_arg = &part;
    part.total = all->norigins * part.batch.job.nspecs;
    while (status == FC_OK
           && (part.n = next_part(all, learns, &back, &next, origin)) > 0)
        status = run_part(&part, err);
    return status;
}

static bool allocate(struct fc_backtest *all)
{
    size_t size = row_size(all), n = all->job.nspecs;
    struct fc_score_shape shape = shape_of(all);
    size_t nresults, nnumbers;
    if (__builtin_mul_overflow(all->norigins + 1, n, &nresults)
        || __builtin_mul_overflow(nresults, size, &nnumbers)
        || nnumbers > SIZE_MAX / sizeof(double))
        return false;
    all->results = calloc(nresults, sizeof *all->results);
    all->rows = malloc(nnumbers * sizeof(double));
    all->means = calloc(n, sizeof *all->means);
    all->sums = malloc(n * size * sizeof(double));
    all->counts = malloc(n * size * sizeof *all->counts);
    if (all->results == NULL || all->rows == NULL || all->means == NULL
        || all->sums == NULL || all->counts == NULL)
        return false;
    for (size_t k = 0; k < n; k++)
        fc_score_mean_init(&all->means[k], &shape, all->sums + k * size,
                           all->counts + k * size);
    return true;
}

enum fc_status fc_backtest_run(struct fc_backtest *backtest,
                               struct fc_error *err)
{
    enum fc_status status = list_origins(backtest, err);
    if (status == FC_OK && !allocate(backtest))
        status = no_memory(err);
    if (status == FC_OK) {
        struct fc_spec *specs =
            malloc((backtest->job.nspecs + 1) * sizeof *specs);
        size_t *origin = malloc((backtest->norigins + 1) * sizeof *origin);
        status = specs != NULL && origin != NULL
                     ? run_parts(backtest, specs, origin, err)
                     : no_memory(err);
        free(specs);
        free(origin);
    }
    if (status != FC_OK)
        fc_backtest_release(backtest);
    return status;
}

void fc_backtest_release(struct fc_backtest *backtest)
{
    free(backtest->at);
    free(backtest->results);
    free(backtest->means);
    free(backtest->rows);
    free(backtest->sums);
    free(backtest->counts);
    free(backtest->known);
    *backtest = (struct fc_backtest){.job = backtest->job,
                                     .outline = backtest->outline,
                                     .learn_seconds = backtest->learn_seconds,
                                     .known_for = backtest->known_for,
                                     .origins = backtest->origins,
                                     .stride = backtest->stride};
}
