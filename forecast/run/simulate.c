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
#include "forecast/run/simulate.h"

#include "forecast/numeric/quantile.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NLEVELS = 2 };

static const double LEVELS[NLEVELS] = {80, 95};

/* Larger numbers are whole because they are large. */
static const double LARGEST_COUNT = 1e12;

/* One run over some of the series. */
struct run {
    struct fc_simulate *all;
    size_t first;
};

/* Where the paths of one series under one model come from. */
struct source {
    int tail;                 /* steps missing at its end, before the horizon */
    const struct fc_fit *fit; /* if it has a simulate function */
    const struct fc_forecast *forecast; /* if not */
    double unit;                      /* its widths times this can be squared */
    const struct fc_known_fit *known; /* of regressors, or NULL */
};

int fc_simulate_rows(const struct fc_simulate *simulate)
{
    int horizon = simulate->job.horizon, lead = simulate->lead_time;
    return horizon + (lead > 1 && lead < horizon) + (horizon > 1);
}

struct fc_simulate_row fc_simulate_row(const struct fc_simulate *simulate,
                                       int row)
{
    int horizon = simulate->job.horizon;
    if (row < horizon)
        return (struct fc_simulate_row){1, row};
    int over =
        row == fc_simulate_rows(simulate) - 1 ? horizon : simulate->lead_time;
    return (struct fc_simulate_row){over, over - 1};
}

size_t fc_simulate_size(const struct fc_simulate *simulate)
{
    if (simulate->whole)
        return (size_t)simulate->paths * (size_t)simulate->job.horizon;
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

/* Of regressors, whose slopes are known as well as they are. */
static enum fc_status add_effects(const struct fc_known_fit *known,
                                  gsl_rng *rng, struct fc_workspace *ws,
                                  double *path, struct fc_error *err)
{
    size_t n = fc_known_path_size(known);
    double *z = fc_workspace_doubles(ws, n);
    if (z == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t j = 0; j < n; j++)
        z[j] = gsl_ran_gaussian_ziggurat(rng, 1);
    return fc_known_path(known, z, ws, path, err);
}

static enum fc_status draw_path(const struct fc_simulate *all,
                                const struct source *source, gsl_rng *rng,
                                struct fc_workspace *ws, double *path,
                                struct fc_error *err)
{
    int horizon = all->job.horizon, from_end = horizon + source->tail;
    struct fc_mark mark = fc_workspace_mark(ws);
    enum fc_status status = FC_OK;
    double *whole = path;
    if (source->tail > 0)
        whole = fc_workspace_doubles(ws, (size_t)from_end);
    if (whole == NULL)
        status = fc_fail(err, FC_ENOMEM, "out of memory");
    else if (source->fit != NULL)
        status = fc_model_simulate(source->fit, from_end, rng, ws, whole, err);
    else
        draw_around(source, rng, whole);
    if (source->tail > 0 && status == FC_OK)
        memcpy(path, whole + source->tail, (size_t)horizon * sizeof *path);
    if (source->known != NULL && status == FC_OK)
        status = add_effects(source->known, rng, ws, path, err);
    fc_workspace_release(ws, mark);
    for (int h = 0; status == FC_OK && h < horizon; h++) {
        if (!isfinite(path[h]))
            return fc_fail(err, FC_ERANGE, "a sample path is not finite");
        if (all->job.non_negative && path[h] < 0)
            path[h] = 0;
    }
    return status;
}

/* What is looked for in the values of the paths. */
struct summary {
    const double *share; /* the quantiles, between 0 and 1 */
    size_t *rank, nranks;
};

static enum fc_status take_summary(const struct fc_simulate *all,
                                   struct fc_workspace *ws,
                                   struct summary *summary)
{
    size_t n = (size_t)all->nquantiles;
    double *share = fc_workspace_doubles(ws, n);
    summary->rank = fc_workspace_array(ws, 2 * n, sizeof *summary->rank);
    summary->share = share;
    if (share == NULL || summary->rank == NULL)
        return FC_ENOMEM;
    for (size_t i = 0; i < n; i++)
        share[i] = all->quantiles[i] / 100;
    summary->nranks =
        fc_quantile_ranks((size_t)all->paths, share, n, summary->rank);
    return FC_OK;
}

/*
 * The mean and the quantiles of a value per path, which change places.  Whole
 * numbers have whole quantiles: there is nothing between two of them.
 */
static void summarise(const struct fc_simulate *all,
                      const struct summary *summary, double *x, double *out)
{
    size_t n = (size_t)all->paths;
    double sum = 0;
    bool whole = true;
    for (size_t p = 0; p < n; p++) {
        sum += x[p];
        whole = whole && x[p] == floor(x[p]) && fabs(x[p]) < LARGEST_COUNT;
    }
    fc_quantile_arrange(x, n, summary->rank, summary->nranks);
    out[0] = sum / (double)n;
    for (int i = 0; i < all->nquantiles; i++) {
        double share = summary->share[i];
        out[1 + i] =
            whole ? fc_quantile_whole(x, n, share) : fc_quantile(x, n, share);
    }
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
    size_t n = (size_t)all->paths, horizon = (size_t)all->job.horizon;
    size_t nrows = (size_t)fc_simulate_rows(all), numbers;
    enum fc_status status = FC_OK;
    if (all->whole) {
        for (size_t p = 0; status == FC_OK && p < n; p++)
            status = draw_path(all, source, rng, ws, out + p * horizon, err);
        return status;
    }
    double *path = fc_workspace_doubles(ws, horizon), *columns = NULL;
    struct summary summary;
    if (!__builtin_mul_overflow(n, nrows, &numbers))
        columns = fc_workspace_doubles(ws, numbers);
    if (path == NULL || columns == NULL
        || take_summary(all, ws, &summary) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory for %zu paths", n);
    for (size_t p = 0; status == FC_OK && p < n; p++) {
        status = draw_path(all, source, rng, ws, path, err);
        if (status == FC_OK)
            add_path(all, path, p, columns);
    }
    size_t width = 1 + (size_t)all->nquantiles;
    for (size_t row = 0; status == FC_OK && row < nrows; row++)
        summarise(all, &summary, columns + row * n, out + row * width);
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

/* The generator of mt19937 takes 32 bits: both halves of the seed count. */
static void set_seed(const struct fc_job *job, size_t item, gsl_rng *rng)
{
    uint64_t seed =
        fc_model_seed(job->seed, job->series[item / job->nspecs].id);
    gsl_rng_set(rng, (unsigned long)((seed ^ seed >> 32) & UINT32_MAX));
}

static char *copy_text(const char *text)
{
    char *copy = malloc(strlen(text) + 1);
    return copy != NULL ? strcpy(copy, text) : NULL;
}

/* The item of a job whose paths are drawn. */
struct item {
    const struct fc_simulate *all;
    size_t number;
    gsl_rng *rng;
    double *out;
};

static void clip(struct fc_forecast *out)
{
    size_t n = fc_forecast_size(out->horizon, out->nlevels);
    for (size_t i = 0; i < n; i++)
        out->mean[i] = fmax(out->mean[i], 0);
}

/* From the fit, or around its forecast. */
static enum fc_status draw_from(void *arg, const struct fc_fitted *fitted,
                                struct fc_workspace *ws, struct fc_error *err)
{
    const struct item *item = arg;
    const struct fc_fit *fit = fitted->fit;
    int tail = fitted->tail;
    const struct fc_job *job = &item->all->job;
    struct source source = {.tail = tail, .known = fitted->known};
    struct fc_forecast forecast;
    struct fc_fit ready;
    set_seed(job, item->number, item->rng);
    if (fit->model->simulate != NULL
        && (fit->model->has_paths == NULL || fit->model->has_paths(fit))) {
        ready = *fit;
        source.fit = &ready;
        enum fc_status status = fc_model_ready(&ready, ws, err);
        if (status != FC_OK)
            return status;
    } else {
        if (!take_forecast(ws, job->horizon + tail, &forecast))
            return fc_fail(err, FC_ENOMEM, "out of memory");
        enum fc_status status = fc_model_predict(fit, ws, &forecast, err);
        if (status != FC_OK)
            return status;
        if (job->non_negative && fitted->known == NULL)
            clip(&forecast);
        source.forecast = &forecast;
        source.unit = find_unit(&forecast);
    }
    return draw_paths(item->all, &source, item->rng, ws, item->out, err);
}

static void simulate_model(struct item *item, struct fc_workspace *ws,
                           struct fc_simulated *out)
{
    struct fc_use use = {draw_from, item};
    struct fc_verdict verdict;
    fc_job_fit(&item->all->learnt, item->number, &use, ws, &verdict);
    out->outcome = verdict.outcome;
    if (verdict.outcome != FC_OUTCOME_OK)
        out->detail = copy_text(verdict.reason);
}

static void run_item(void *arg, size_t number, struct fc_workspace *ws)
{
    const struct run *run = arg;
    const struct fc_simulate *all = run->all;
    size_t nspecs = all->job.nspecs, slot = number - run->first * nspecs;
    struct fc_simulated *out = &all->results[slot];
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (rng == NULL)
        return; /* FAILED, without a reason that memory would take */
    out->numbers = all->numbers + slot * fc_simulate_size(all);
    struct item item = {all, number, rng, out->numbers};
    simulate_model(&item, ws, out);
    if (out->outcome == FC_OUTCOME_FAILED)
        out->numbers = NULL;
    gsl_rng_free(rng);
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
    const struct fc_job *job = &simulate->job;
    enum fc_status status = FC_OK;
    simulate->fresh = calloc(job->nspecs + 1, sizeof *simulate->fresh);
    simulate->learned = calloc(job->nspecs + 1, sizeof *simulate->learned);
    if (simulate->fresh == NULL || simulate->learned == NULL)
        status = no_memory(err);
    simulate->learnt = *job;
    if (status == FC_OK && job->known == NULL) {
        status = fc_batch_learn_known(job, &simulate->known, err);
        simulate->learnt.known = simulate->known;
    }
    for (size_t k = 0; status == FC_OK && k < job->nspecs; k++) {
        if (job->learned != NULL)
            simulate->learned[k] = job->learned[k];
        if (job->specs[k].model->learn == NULL || simulate->learned[k] != NULL)
            continue;
        status = fc_batch_learn(&simulate->learnt, k, &simulate->fresh[k], err);
        simulate->learned[k] = simulate->fresh[k];
    }
    simulate->learnt.learned = simulate->learned;
    if (status != FC_OK)
        fc_simulate_release(simulate);
    return status;
}

enum fc_status fc_simulate_run(struct fc_simulate *simulate, size_t first,
                               size_t n, struct fc_error *err)
{
    struct run run = {simulate, first};
    size_t items = n * simulate->job.nspecs, numbers;
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
    enum fc_status status =
        fc_job_map(&simulate->learnt, first, n, run_item, &run, err);
    if (status != FC_OK)
        release_results(simulate);
    return status;
}

void fc_simulate_release(struct fc_simulate *simulate)
{
    release_results(simulate);
    for (size_t k = 0; simulate->fresh != NULL && k < simulate->job.nspecs; k++)
        free(simulate->fresh[k]);
    free(simulate->fresh);
    free((void *)simulate->learned);
    free(simulate->known);
    simulate->known = NULL;
    simulate->fresh = NULL;
    simulate->learned = NULL;
}
