/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* stat */
#include "cmd/late.h"

#include "cmd/outputs.h"
#include "cmd/talk/talk.h"

#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

enum { SAMPLE = 300 }; /* series that are looked at */

/* What a disk takes to have bytes safely on it, and what it takes when there is
   hardly anything; not measured, as only the end would tell. */
static const double READS_PER_SECOND = 1e9; /* bytes; more than there are */
static const double BYTES_PER_SECOND = 50e6;
static const double LEAST = 1;
static const double SHARE = 4; /* the processor may have that many times as much
                                  to do */
static const double MORE = 1.5; /* or be so many times as crowded as it was */
static const double LOOK_UP = 8e-6; /* of a forecast in the store */

/* --- the input --- */

enum fc_status cmd_late_check_input(const struct cmd_options *options,
                                    const char *path, struct fc_error *err)
{
    struct stat file;
    char left[CMD_SECONDS_SIZE], least[CMD_SECONDS_SIZE];
    double seconds = options->deadline - cmd_now();
    if (options->deadline <= 0 || stat(path, &file) != 0
        || (double)file.st_size / READS_PER_SECOND < seconds)
        return FC_OK;
    return fc_fail(err, FC_EINVAL,
                   "%s: the deadline is in %s, and to read the input takes "
                   "more than %s; nothing was written",
                   path, cmd_seconds(fmax(seconds, 0), left),
                   cmd_seconds((double)file.st_size / READS_PER_SECOND, least));
}

/* --- the order --- */

struct volume {
    double volume;
    size_t series;
};

static int larger_first(const void *a, const void *b)
{
    const struct volume *x = a, *y = b;
    if (x->volume != y->volume)
        return x->volume > y->volume ? -1 : 1;
    return x->series < y->series ? -1 : 1;
}

static double volume_of(const struct fc_history *series, int season)
{
    size_t few = series->n < (size_t)season ? series->n : (size_t)season;
    double volume = 0;
    for (size_t t = series->n - few; t < series->n; t++)
        if (!isnan(series->y[t]))
            volume += fabs(series->y[t]);
    return volume;
}

size_t *cmd_late_order(const struct cmd_work *work)
{
    size_t n = work->job.n;
    size_t *order = calloc(n + 1, sizeof *order);
    struct volume *volumes = calloc(n + 1, sizeof *volumes);
    if (order != NULL && volumes != NULL) {
        for (size_t i = 0; i < n; i++)
            volumes[i] = (struct volume){
                volume_of(&work->job.series[i], work->season), i};
        qsort(volumes, n, sizeof *volumes, larger_first);
        for (size_t i = 0; i < n; i++)
            order[i] = volumes[i].series;
    } else {
        free(order);
        order = NULL;
    }
    free(volumes);
    return order;
}

/* --- the estimate --- */

static void fall_back(const struct cmd_run *run, struct fc_batch *batch,
                      struct fc_workspace *ws)
{
    size_t nspecs = batch->job.nspecs;
    for (size_t item = 0; item < batch->job.n * nspecs; item++)
        if (!fc_batch_is_done(batch, item) && !run->work.skip[item / nspecs])
            fc_batch_fall_back(batch, item, ws);
}

/* A run of the first few series alone. */
static struct cmd_run few_of(const struct cmd_run *run)
{
    struct cmd_run few = *run;
    if (few.work.job.n > SAMPLE)
        few.work.job.n = SAMPLE;
    few.work.panel.nseries = few.work.job.n;
    few.work.panel.nrejects = 0;
    few.batch = (struct fc_batch){
        .job = few.work.job, .want_reports = run->options->summary != NULL};
    return few;
}

/* Of the processor, by this thread: what it takes by the clock would say more
   of what else goes on, for so few series. */
static double thread_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

enum fc_status cmd_late_estimate(const struct cmd_run *run,
                                 struct cmd_late_cost *cost,
                                 struct fc_error *err)
{
    struct cmd_run few = few_of(run);
    struct fc_workspace *ws = fc_workspace_new();
    double start = thread_seconds(), bytes = 0;
    size_t n = run->work.job.n * run->work.job.nspecs;
    enum fc_status status = ws != NULL
                                ? fc_batch_prepare(&few.batch, err)
                                : fc_fail(err, FC_ENOMEM, "out of memory");
    if (status == FC_OK) {
        fall_back(&few, &few.batch, ws);
        status = cmd_outputs_rehearse(&few, &bytes, err);
    }
    double share = few.work.job.n > 0
                       ? (double)run->work.job.n / (double)few.work.job.n
                       : 0;
    bool store = run->options->store != NULL;
    *cost = (struct cmd_late_cost){
        .work = (thread_seconds() - start) * share
                + (store ? LOOK_UP * (double)n : 0),
        .disk = bytes * share / BYTES_PER_SECOND,
        .waited = store ? CMD_NIGHT_PATIENCE : 0,
    };
    fc_batch_release(&few.batch);
    fc_workspace_free(ws);
    return status;
}

double cmd_late_least(const struct cmd_late_cost *cost, double crowding)
{
    return crowding * cost->work + cost->disk;
}

double cmd_late_most(const struct cmd_late_cost *cost, double crowding)
{
    return LEAST + fmax(SHARE, MORE * crowding) * cost->work + 1.5 * cost->disk
           + cost->waited;
}

/* --- the end --- */

static enum fc_status finish(struct cmd_run *late, struct fc_error *err)
{
    struct fc_workspace *ws = fc_workspace_new();
    if (ws == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    cmd_night_move_on_all(&late->night);
    fall_back(late, &late->batch, ws);
    fc_workspace_free(ws);
    return FC_OK;
}

enum fc_status cmd_late_finish(struct cmd_run *run, struct cmd_run *late,
                               struct fc_error *err)
{
    fc_batch_close(&run->batch);
    late->options = run->options;
    late->work = run->work;
    late->seconds[0] = run->seconds[0];
    late->order = run->order;
    if (run->trace != NULL) /* what the threads write down is theirs */
        late->trace = fc_trace_new(run->work.job.nthreads);
    cmd_night_take_over(&run->night, run->options, &late->night);
    enum fc_status status = fc_batch_snapshot(&run->batch, &late->batch, err);
    late->night.batch = &late->batch;
    return status == FC_OK ? finish(late, err) : status;
}
