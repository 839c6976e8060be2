/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sample paths and their quantiles.  Errors are those of the model: normal,
 * or what its simulate function says.
 *
 * A model without a simulate function has forecasts and intervals only, which
 * say how uncertain every step is but not how the steps hang together.  Its
 * paths are a Brownian motion whose clock is the variance: the errors of
 * steps h < k correlate as se(h) / se(k), as they do in a random walk, where
 * this is exact.  Where errors have no memory, it makes sums more uncertain
 * than they are: the safe side for who orders stock by them.  How far every
 * step goes is told by its 80% and 95% intervals, each half for itself.
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "forecast/run/simulate.h"

#include "forecast/base/parallel.h"
#include "forecast/numeric/missing.h"
#include "forecast/numeric/quantile.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NLEVELS = 2 };

static const double LEVELS[NLEVELS] = {80, 95};

/* One run over some of the series. */
struct run {
    struct fc_simulate *all;
    size_t first;
};

/* Where the paths of one series under one model come from. */
struct source {
    int late; /* steps missing at its end, before the horizon */
    bool has_fit;
    struct fc_fit fit;
    const struct fc_forecast *forecast; /* if it has no simulate function */
    double unit; /* its widths times this can be squared */
};

int fc_simulate_rows(const struct fc_simulate *simulate)
{
    int horizon = simulate->batch.horizon, lead = simulate->lead_time;
    return horizon + (lead > 1 && lead < horizon) + (horizon > 1);
}

struct fc_simulate_row fc_simulate_row(const struct fc_simulate *simulate,
                                       int row)
{
    int horizon = simulate->batch.horizon;
    if (row < horizon)
        return (struct fc_simulate_row){1, row};
    int over =
        row == fc_simulate_rows(simulate) - 1 ? horizon : simulate->lead_time;
    return (struct fc_simulate_row){over, over - 1};
}

size_t fc_simulate_size(const struct fc_simulate *simulate)
{
    if (simulate->whole)
        return (size_t)simulate->paths * (size_t)simulate->batch.horizon;
    return (size_t)fc_simulate_rows(simulate)
           * (1 + (size_t)simulate->nquantiles);
}

/* Paths. */

/*
 * How far from the mean the standard normal z lies at step h: on straight
 * lines through the bounds that have their levels' z, and on beyond the last.
 */
static double stretch(const struct fc_forecast *forecast, const double *zs,
                      int h, double z)
{
    const double *bounds = z > 0 ? forecast->hi : forecast->lo;
    double sign = z > 0 ? 1 : -1, z0 = 0, x0 = 0, slope = 0;
    for (int i = 0; i < NLEVELS; i++) {
        double bound = bounds[i * forecast->horizon + h];
        double x = fmax(x0, sign * (bound - forecast->mean[h]));
        slope = (x - x0) / (zs[i] - z0);
        if (fabs(z) <= zs[i] || i == NLEVELS - 1)
            break;
        z0 = zs[i];
        x0 = x;
    }
    return sign * (x0 + slope * (fabs(z) - z0));
}

/* A power of two, so that no digit of a path depends on it. */
static double find_unit(const struct fc_forecast *forecast)
{
    enum {
        MOST = 1000
    }; /* as a power of two: a number, and one that divides */
    double largest = 0;
    int exponent;
    for (int h = 0; h < forecast->horizon; h++)
        largest = fmax(largest, fmax(fabs(forecast->lo[h]), forecast->hi[h]));
    frexp(largest, &exponent);
    exponent = exponent > MOST ? MOST : exponent < -MOST ? -MOST : exponent;
    return ldexp(1, -exponent);
}

static void draw_around(const struct source *source, gsl_rng *rng, double *path)
{
    const struct fc_forecast *forecast = source->forecast;
    double zs[NLEVELS], clock = 0, walk = 0;
    for (int i = 0; i < NLEVELS; i++)
        zs[i] = gsl_cdf_ugaussian_Pinv(0.5 + LEVELS[i] / 200);
    for (int h = 0; h < forecast->horizon; h++) {
        double width = forecast->hi[h] * source->unit
                       - forecast->lo[h] * source->unit; /* of the 80% */
        double variance = width * width / (4 * zs[0] * zs[0]);
        if (variance > clock) {
            walk += gsl_ran_gaussian_ziggurat(rng, sqrt(variance - clock));
            clock = variance;
        }
        double z = clock > 0 ? walk / sqrt(clock) : 0;
        path[h] = forecast->mean[h] + stretch(forecast, zs, h, z);
    }
}

static enum fc_status draw_path(const struct fc_simulate *all,
                                const struct source *source, gsl_rng *rng,
                                struct fc_workspace *ws, double *path,
                                struct fc_error *err)
{
    int horizon = all->batch.horizon, from_end = horizon + source->late;
    struct fc_mark mark = fc_workspace_mark(ws);
    enum fc_status status = FC_OK;
    double *whole = path;
    if (source->late > 0)
        whole = fc_workspace_doubles(ws, (size_t)from_end);
    if (whole == NULL)
        status = fc_fail(err, FC_ENOMEM, "out of memory");
    else if (source->has_fit)
        status = fc_model_simulate(&source->fit, from_end, rng, ws, whole, err);
    else
        draw_around(source, rng, whole);
    if (source->late > 0 && status == FC_OK)
        memcpy(path, whole + source->late, (size_t)horizon * sizeof *path);
    fc_workspace_release(ws, mark);
    for (int h = 0; status == FC_OK && h < horizon; h++) {
        if (!isfinite(path[h]))
            return fc_fail(err, FC_ERANGE, "a sample path is not finite");
        if (all->batch.non_negative && path[h] < 0)
            path[h] = 0;
    }
    return status;
}

/* The mean and the quantiles of a value per path, which change places. */
static void summarise(const struct fc_simulate *all, const size_t *rank,
                      size_t nranks, double *x, double *out)
{
    size_t n = (size_t)all->paths;
    double sum = 0;
    for (size_t p = 0; p < n; p++)
        sum += x[p];
    fc_quantile_arrange(x, n, rank, nranks);
    out[0] = sum / (double)n;
    for (int i = 0; i < all->nquantiles; i++)
        out[1 + i] = fc_quantile(x, n, all->quantiles[i]);
}

/* Sums of a path, after its horizon steps in the columns. */
static void add_path(const struct fc_simulate *all, const double *path,
                     size_t p, double *columns)
{
    size_t n = (size_t)all->paths;
    for (int row = 0; row < fc_simulate_rows(all); row++) {
        struct fc_simulate_row r = fc_simulate_row(all, row);
        double sum = 0;
        for (int h = r.last + 1 - r.over; h <= r.last; h++)
            sum += path[h];
        columns[(size_t)row * n + p] = sum;
    }
}

static enum fc_status draw_paths(const struct fc_simulate *all,
                                 const struct source *source, gsl_rng *rng,
                                 struct fc_workspace *ws, double *out,
                                 struct fc_error *err)
{
    size_t n = (size_t)all->paths, horizon = (size_t)all->batch.horizon;
    size_t nrows = (size_t)fc_simulate_rows(all), numbers;
    enum fc_status status = FC_OK;
    if (all->whole) {
        for (size_t p = 0; status == FC_OK && p < n; p++)
            status = draw_path(all, source, rng, ws, out + p * horizon, err);
        return status;
    }
    double *path = fc_workspace_doubles(ws, horizon), *columns = NULL;
    size_t *rank =
        fc_workspace_array(ws, 2 * (size_t)all->nquantiles, sizeof *rank);
    if (!__builtin_mul_overflow(n, nrows, &numbers))
        columns = fc_workspace_doubles(ws, numbers);
    if (path == NULL || rank == NULL || columns == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory for %zu paths", n);
    size_t nranks =
        fc_quantile_ranks(n, all->quantiles, (size_t)all->nquantiles, rank);
    for (size_t p = 0; status == FC_OK && p < n; p++) {
        status = draw_path(all, source, rng, ws, path, err);
        if (status == FC_OK)
            add_path(all, path, p, columns);
    }
    size_t width = 1 + (size_t)all->nquantiles;
    for (size_t row = 0; status == FC_OK && row < nrows; row++)
        summarise(all, rank, nranks, columns + row * n, out + row * width);
    for (size_t i = 0; status == FC_OK && i < nrows * width; i++)
        if (!isfinite(out[i]))
            status = fc_fail(err, FC_ERANGE, "a sum of paths is not finite");
    return status;
}

/* Series. */

/* A place for a forecast with the levels that draw_around() needs. */
static bool take_forecast(struct fc_workspace *ws, int horizon,
                          struct fc_forecast *out)
{
    double *numbers =
        fc_workspace_doubles(ws, fc_forecast_size(horizon, NLEVELS));
    if (numbers != NULL)
        *out = fc_forecast_over(horizon, NLEVELS, LEVELS, numbers);
    return numbers != NULL;
}

/* Fits a model and draws from it, or around its forecast. */
static enum fc_status simulate_with(const struct fc_simulate *all,
                                    const struct fc_series *given,
                                    const struct fc_spec *spec, gsl_rng *rng,
                                    struct fc_workspace *ws, double *out,
                                    struct fc_error *err)
{
    struct fc_series series;
    struct source source = {.has_fit = spec->model->simulate != NULL};
    struct fc_forecast forecast;
    struct fc_spec asked = *spec;
    asked.horizon = all->batch.horizon;
    enum fc_status status =
        fc_missing_prepare(given, spec->model->missing, all->batch.horizon, ws,
                           &series, &source.late, err);
    if (status == FC_OK)
        status = fc_model_fit(&series, &asked, ws, &source.fit, err);
    if (status == FC_OK && !source.has_fit) {
        if (!take_forecast(ws, all->batch.horizon + source.late, &forecast))
            return fc_fail(err, FC_ENOMEM, "out of memory");
        status = fc_model_predict(&source.fit, ws, &forecast, err);
        source.forecast = &forecast;
        source.unit = find_unit(&forecast);
    }
    if (status == FC_OK)
        status = draw_paths(all, &source, rng, ws, out, err);
    return status;
}

/* The generator of mt19937 takes 32 bits: both halves of the seed count. */
static void set_seed(const struct fc_spec *spec, const struct fc_series *series,
                     gsl_rng *rng)
{
    uint64_t seed = fc_model_seed(spec->seed, series->id);
    gsl_rng_set(rng, (unsigned long)((seed ^ seed >> 32) & UINT32_MAX));
}

static char *copy_text(const char *text)
{
    char *copy = malloc(strlen(text) + 1);
    return copy != NULL ? strcpy(copy, text) : NULL;
}

/* From the batch of fc_simulate_init(): its fallback is in the forecast. */
static enum fc_status simulate_forecast(const struct fc_simulate *all,
                                        size_t item, gsl_rng *rng,
                                        struct fc_workspace *ws,
                                        struct fc_simulated *out)
{
    const struct fc_result *result = &all->forecasts.results[item];
    struct fc_forecast forecast = fc_batch_forecast(&all->forecasts, item);
    struct source source = {.forecast = &forecast};
    struct fc_error err;
    out->outcome = result->outcome;
    if (result->outcome != FC_OUTCOME_OK && result->detail != NULL)
        out->detail = copy_text(result->detail);
    if (result->outcome == FC_OUTCOME_FAILED)
        return FC_OK;
    source.unit = find_unit(&forecast);
    if (draw_paths(all, &source, rng, ws, out->numbers, &err) != FC_OK) {
        out->outcome = FC_OUTCOME_FAILED;
        free(out->detail);
        out->detail = copy_text(err.msg);
    }
    return FC_OK;
}

static void simulate_model(const struct fc_simulate *all,
                           const struct fc_series *series,
                           const struct fc_spec *spec, gsl_rng *rng,
                           struct fc_workspace *ws, struct fc_simulated *out)
{
    const struct fc_spec *fallback = all->batch.fallback;
    struct fc_error err, second;
    out->outcome = FC_OUTCOME_OK;
    if (simulate_with(all, series, spec, rng, ws, out->numbers, &err) == FC_OK)
        return;
    out->outcome = FC_OUTCOME_FAILED;
    fc_workspace_reset(ws);
    set_seed(spec, series, rng);
    if (fallback != NULL
        && simulate_with(all, series, fallback, rng, ws, out->numbers, &second)
               == FC_OK)
        out->outcome = FC_OUTCOME_FALLBACK;
    out->detail = fallback != NULL && out->outcome == FC_OUTCOME_FAILED
                      ? fc_both_reasons(err.msg, second.msg)
                      : copy_text(err.msg);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static enum fc_status run_item(void *arg, size_t item, struct fc_workspace *ws)
{
    const struct run *run = arg;
    const struct fc_simulate *all = run->all;
    size_t nspecs = all->batch.nspecs;
    size_t i = run->first + item / nspecs, k = item % nspecs;
    struct fc_simulated *out = &all->results[item];
    if (all->batch.skip != NULL && all->batch.skip[i])
        return FC_OK;
    double start = now();
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (rng == NULL)
        return FC_OK; /* FAILED, without a reason that memory would take */
    out->numbers = all->numbers + item * fc_simulate_size(all);
    set_seed(&all->batch.specs[k], &all->batch.series[i], rng);
    if (all->place[k] != SIZE_MAX) {
        size_t at = i * all->forecasts.nspecs + all->place[k];
        simulate_forecast(all, at, rng, ws, out);
    } else {
        simulate_model(all, &all->batch.series[i], &all->batch.specs[k], rng,
                       ws, out);
    }
    gsl_rng_free(rng);
    out->seconds = now() - start;
    return FC_OK;
}

static size_t item_size(const void *arg, size_t item)
{
    const struct run *run = arg;
    const struct fc_batch *batch = &run->all->batch;
    return batch->series[run->first + item / batch->nspecs].n;
}

static void report(void *arg, size_t done, size_t n)
{
    const struct run *run = arg;
    const struct fc_batch *batch = &run->all->batch;
    (void)n;
    batch->progress(batch->progress_arg, run->first * batch->nspecs + done,
                    batch->n * batch->nspecs);
}

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory for the paths");
}

static void release_results(struct fc_simulate *simulate)
{
    for (size_t i = 0; i < simulate->nresults; i++)
        free(simulate->results[i].detail);
    free(simulate->results);
    free(simulate->numbers);
    simulate->results = NULL;
    simulate->numbers = NULL;
    simulate->nresults = 0;
}

enum fc_status fc_simulate_init(struct fc_simulate *simulate,
                                struct fc_error *err)
{
    const struct fc_batch *batch = &simulate->batch;
    size_t n = 0;
    simulate->place = malloc(batch->nspecs * sizeof *simulate->place);
    simulate->pathless = malloc(batch->nspecs * sizeof *simulate->pathless);
    if (simulate->place == NULL || simulate->pathless == NULL) {
        fc_simulate_release(simulate);
        return no_memory(err);
    }
    for (size_t k = 0; k < batch->nspecs; k++) {
        const struct fc_model *model = batch->specs[k].model;
        bool own = model->simulate != NULL && model->learn == NULL;
        simulate->place[k] = own ? SIZE_MAX : n;
        if (!own)
            simulate->pathless[n++] = batch->specs[k];
    }
    if (n == 0)
        return FC_OK;
    simulate->forecasts = *batch;
    simulate->forecasts.specs = simulate->pathless;
    simulate->forecasts.nspecs = n;
    simulate->forecasts.nlevels = NLEVELS;
    simulate->forecasts.levels = LEVELS;
    enum fc_status status = fc_batch_run(&simulate->forecasts, err);
    if (status != FC_OK)
        fc_simulate_release(simulate);
    return status;
}

enum fc_status fc_simulate_run(struct fc_simulate *simulate, size_t first,
                               size_t n, struct fc_error *err)
{
    struct run run = {simulate, first};
    size_t items = n * simulate->batch.nspecs, numbers;
    release_results(simulate);
    if (__builtin_mul_overflow(items, fc_simulate_size(simulate), &numbers)
        || numbers > SIZE_MAX / sizeof(double))
        return no_memory(err);
    simulate->results = calloc(items + 1, sizeof *simulate->results);
    simulate->numbers = malloc((numbers + 1) * sizeof(double));
    if (simulate->results == NULL || simulate->numbers == NULL) {
        release_results(simulate);
        return no_memory(err);
    }
    simulate->nresults = items;
    struct fc_parallel job = {
        .n = items,
        .nthreads = simulate->batch.jobs,
        .item = run_item,
        .arg = &run,
        .size = item_size,
        .progress = simulate->batch.progress != NULL ? report : NULL,
        .stop = simulate->batch.stop,
    };
    enum fc_status status = fc_parallel_map(&job);
    if (status != FC_OK) {
        release_results(simulate);
        return fc_fail(err, status, "%s", fc_status_text(status));
    }
    return FC_OK;
}

void fc_simulate_release(struct fc_simulate *simulate)
{
    release_results(simulate);
    fc_batch_release(&simulate->forecasts);
    free(simulate->pathless);
    free(simulate->place);
    simulate->pathless = NULL;
    simulate->place = NULL;
}
