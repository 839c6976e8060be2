/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: regressors and events from files to forecasts.
 *
 * The first three bytes choose the options.  The rest is, from '~' to '~', the
 * list of regressors, another future as of --set, the input, a file of the
 * future and one of events; what is empty is not given.  Whatever they are,
 * there is an error that says why, or regressors that are numbers wherever
 * they are used, and forecasts and paths that are finite, the bounds in order.
 */
#define _GNU_SOURCE /* memfd_create */
#include <assert.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "forecast/models.h"
#include "forecast/run/simulate.h"
#include "io/known/events.h"
#include "io/panel/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TERMS, CHANGES, INPUT, FUTURE, EVENTS, PARTS };
enum { MOST_HORIZON = 8, MOST_STEPS = 2000, PATHS = 3 };

static const double levels[] = {80, 95};
enum { LEVELS = sizeof levels / sizeof *levels };

struct trial {
    char *text[PARTS]; /* each ends with a NUL */
    size_t length[PARTS];
    char path[PARTS][40];
    int fd[PARTS];
    struct fc_spec spec;
    struct io_panel_options how;
    struct io_known_how asked;
    struct io_panel panel;
    struct io_terms terms;
    struct io_changes changes;
    struct io_known known;
};

static void split(struct trial *t, const uint8_t *data, size_t size)
{
    for (int k = 0; k < PARTS; k++) {
        const uint8_t *end = size > 0 ? memchr(data, '~', size) : NULL;
        size_t n = end != NULL && k + 1 < PARTS ? (size_t)(end - data) : size;
        t->text[k] = malloc(n + 1);
        assert(t->text[k] != NULL);
        if (n > 0)
            memcpy(t->text[k], data, n);
        t->text[k][n] = '\0';
        t->length[k] = n;
        data += n < size ? n + 1 : n;
        size -= n < size ? n + 1 : n;
    }
}

/* Files that are nowhere but in memory. */
static void make_files(struct trial *t)
{
    for (int k = INPUT; k < PARTS; k++) {
        size_t done = 0;
        t->fd[k] = memfd_create("part.csv", 0);
        assert(t->fd[k] >= 0);
        while (done < t->length[k]) {
            ssize_t n = write(t->fd[k], t->text[k] + done, t->length[k] - done);
            assert(n > 0);
            done += (size_t)n;
        }
        snprintf(t->path[k], sizeof t->path[k], "/proc/self/fd/%d", t->fd[k]);
    }
}

static void choose(struct trial *t, const uint8_t *data)
{
    static const char *const specs[] = {"mean", "naive", "ses", "snaive"};
    const char *spec = specs[data[1] & 3];
    struct fc_error err;
    enum fc_status status = fc_model_parse(spec, strlen(spec), &t->spec, &err);
    assert(status == FC_OK);
    t->how = (struct io_panel_options){
        .path = t->path[INPUT],
        .id = data[0] >> 6 & 1 ? "shop,item" : NULL,
        .gaps = (enum io_gaps)(data[0] & 3),
        .duplicates = (enum io_duplicates)(data[0] >> 2 & 3),
        .align = (enum io_align)(data[0] >> 4 & 1),
        .decimal = data[0] >> 5 & 1 ? ',' : '\0',
        .horizon = 1 + data[1] % MOST_HORIZON,
        .jobs = 1,
    };
    t->asked = (struct io_known_how){
        .terms = &t->terms,
        .missing = (enum io_missing_regressors)(data[2] % 3),
        .future = t->length[FUTURE] > 0 ? t->path[FUTURE] : NULL,
        .changes = t->length[CHANGES] > 0 ? &t->changes : NULL,
    };
}

static void check_status(enum fc_status status, const struct fc_error *err)
{
    assert(status == FC_OK || (err->msg[0] != '\0' && status != FC_ENOMEM));
}

/* Whether all there is was read. */
static bool read_all(struct trial *t)
{
    struct fc_error err = {0};
    struct io_events events = {0};
    size_t steps = 0;
    enum fc_status status = io_panel_load(&t->how, &t->panel, &err);
    check_status(status, &err);
    if (status != FC_OK)
        return false;
    for (size_t i = 0; i < t->panel.nseries; i++)
        steps += t->panel.series[i].n;
    if (steps > MOST_STEPS) /* gaps of centuries */
        return false;
    if (t->length[EVENTS] > 0)
        status = io_events_read(&t->how, t->path[EVENTS], NULL, &t->panel,
                                &events, &err);
    if (status == FC_OK)
        status = io_events_ignore(&events, &t->panel, &err);
    if (status == FC_OK && t->length[TERMS] > 0)
        status = io_known_read(&t->how, &t->asked, &t->panel, &t->known, &err);
    if (status == FC_OK && t->length[EVENTS] > 0)
        status = io_events_add(&events, &t->panel, t->how.horizon, NULL,
                               &t->known, &err);
    io_events_release(&events);
    check_status(status, &err);
    return status == FC_OK;
}

/* A number wherever a series that is whole has a value, and in the horizon,
 * unless it is said that one is lacking. */
static void check_known(const struct trial *t)
{
    const struct io_known *known = &t->known;
    assert(known->n <= IO_TERMS_MOST);
    for (size_t j = 0; j < known->n; j++)
        assert(known->name[j] != NULL);
    for (size_t i = 0; i < t->panel.nseries; i++) {
        const struct fc_history *series = &t->panel.series[i];
        const struct fc_regressors *x = &known->of[i];
        size_t places = series->n + (size_t)t->how.horizon;
        if (t->panel.facts[i].error != NULL || series->n == 0)
            continue;
        assert(x->n == known->n && x->stride >= places);
        for (size_t k = 0; k < x->n * places; k++) {
            size_t at = k % places;
            double value = x->x[k / places * x->stride + at];
            assert(!isinf(value));
            if (isnan(value) && known->lacks[i] == NULL)
                assert(at < series->n && isnan(series->y[at]));
        }
    }
}

static void check_forecasts(const struct fc_batch *batch)
{
    for (size_t i = 0; i < batch->job.n; i++) {
        const struct fc_result *result = &batch->results[i];
        if (batch->job.skip[i])
            continue;
        if (result->outcome != FC_OUTCOME_OK)
            assert(result->detail != NULL);
        if (result->outcome == FC_OUTCOME_FAILED)
            continue;
        struct fc_forecast f = fc_batch_forecast(batch, i);
        for (int h = 0; h < f.horizon; h++) {
            assert(isfinite(f.mean[h]));
            for (int k = 0; k < LEVELS; k++) {
                int at = k * f.horizon + h;
                assert(isfinite(f.lo[at]) && isfinite(f.hi[at]));
                assert(f.lo[at] <= f.hi[at]);
            }
        }
    }
}

/* What regressors add is finite, too, and is kept as it is. */
static void check_learnt(const struct fc_batch *batch)
{
    struct fc_error err = {0};
    struct fc_known *again;
    struct fc_workspace *ws = fc_workspace_new();
    const struct fc_known *known = batch->known;
    size_t size = fc_known_size(known->n), horizon = (size_t)batch->job.horizon;
    double *x = malloc(size * sizeof *x);
    double *share = malloc(horizon * known->n * sizeof *share);
    assert(x != NULL && ws != NULL && share != NULL);
    fc_known_pack(known, x);
    enum fc_status status = fc_known_unpack(x, size, &again, &err);
    assert(status == FC_OK);
    for (size_t i = 0; i < batch->job.n; i++) {
        if (batch->job.skip[i] || batch->results[i].outcome != FC_OUTCOME_OK)
            continue;
        struct fc_series series = fc_job_series(&batch->job, i);
        struct fc_forecast f = fc_batch_forecast(batch, i);
        fc_workspace_reset(ws);
        status = fc_known_shares(known, &series, NULL, &f, ws, share, &err);
        assert(status == FC_OK);
        for (size_t k = 0; k < horizon * known->n; k++)
            assert(isfinite(share[k]));
    }
    free(again);
    free(share);
    free(x);
    fc_workspace_free(ws);
}

static void check_paths(const struct fc_job *job)
{
    struct fc_error err = {0};
    struct fc_simulate simulate = {.job = *job, .paths = PATHS, .whole = true};
    enum fc_status status = fc_simulate_init(&simulate, &err);
    assert(status == FC_OK);
    status = fc_simulate_run(&simulate, 0, job->n, &err);
    assert(status == FC_OK);
    for (size_t i = 0; i < job->n; i++)
        for (int k = 0;
             simulate.results[i].numbers != NULL && k < PATHS * job->horizon;
             k++)
            assert(isfinite(simulate.results[i].numbers[k]));
    fc_simulate_release(&simulate);
}

static void forecast(const struct trial *t, bool non_negative)
{
    struct fc_error err = {0};
    size_t n = t->panel.nseries;
    bool *skip = malloc((n + 1) * sizeof *skip);
    struct fc_seasons seasons = fc_one_season(t->how.horizon > 4 ? 7 : 1);
    struct fc_batch batch = {.job = {.series = t->panel.series,
                                     .n = n,
                                     .seasons = &seasons,
                                     .regressors = t->known.of,
                                     .skip = skip,
                                     .specs = &t->spec,
                                     .nspecs = 1,
                                     .horizon = t->how.horizon,
                                     .seed = 1,
                                     .nlevels = LEVELS,
                                     .levels = levels,
                                     .non_negative = non_negative,
                                     .nthreads = 1}};
    assert(skip != NULL);
    for (size_t i = 0; i < n; i++)
        skip[i] = t->panel.facts[i].error != NULL;
    enum fc_status status = fc_batch_run(&batch, &err);
    assert(status == FC_OK);
    check_forecasts(&batch);
    if (batch.known != NULL)
        check_learnt(&batch);
    check_paths(&batch.job);
    fc_batch_release(&batch);
    free(skip);
}

/* Whether the lists mean anything. */
static bool parse(struct trial *t)
{
    struct fc_error err = {0};
    enum fc_status status = FC_OK;
    if (t->length[TERMS] > 0)
        status = io_terms_parse(t->text[TERMS], &t->terms, &err);
    if (status == FC_OK && t->length[CHANGES] > 0)
        status = io_changes_parse(t->text[CHANGES], &t->changes, &err);
    check_status(status, &err);
    return status == FC_OK;
}

/* As if no regressor were known in advance, but for a step or two. */
static void carry(struct trial *t)
{
    struct io_known *known = &t->known;
    int season = t->how.horizon > 4 ? 7 : 1;
    for (size_t j = 0; j < known->n; j++)
        known->known_for[j] = j % 3;
    for (size_t i = 0; i < t->panel.nseries; i++) {
        fc_known_carry(known->known_for, known->n, t->panel.series[i].n,
                       t->how.horizon, season, known->x[i], NULL);
        known->of[i].known_for = known->known_for;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;
    struct trial *t = calloc(1, sizeof *t);
    assert(t != NULL);
    gsl_set_error_handler_off();
    split(t, data + 3, size - 3);
    make_files(t);
    choose(t, data);
    if (parse(t) && read_all(t) && t->known.n > 0) {
        check_known(t);
        if (data[2] >> 6 & 1)
            carry(t);
        forecast(t, data[2] >> 7);
    }
    io_known_release(&t->known);
    io_panel_release(&t->panel);
    io_terms_release(&t->terms);
    io_changes_release(&t->changes);
    for (int k = 0; k < PARTS; k++)
        free(t->text[k]);
    for (int k = INPUT; k < PARTS; k++)
        close(t->fd[k]);
    free(t);
    return 0;
}
