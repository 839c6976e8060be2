/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `nightcast bench`: the same batch on 1, 2, ... threads of this machine, on
 * the user's own file, and whether the forecasts stay the same.
 */
#include "cmd/commands.h"
#include "cmd/talk/talk.h"
#include "cmd/work.h"
#include "forecast/run/batch.h"

#include <stdio.h>
#include <string.h>

/* Fitting alone; reading and writing do not count. */
static enum fc_status timed_run(struct fc_batch *batch, int threads,
                                double *seconds, struct fc_error *err)
{
    double start = cmd_now();
    batch->job.nthreads = threads;
    enum fc_status status = fc_batch_run(batch, err);
    *seconds = cmd_now() - start;
    return status;
}

static bool same_results(const struct fc_batch *a, const struct fc_batch *b)
{
    size_t per = fc_forecast_size(a->job.horizon, a->job.nlevels);
    for (size_t i = 0; i < a->job.n * a->job.nspecs; i++) {
        struct fc_forecast x = fc_batch_forecast(a, i);
        struct fc_forecast y = fc_batch_forecast(b, i);
        if (a->results[i].outcome != b->results[i].outcome)
            return false;
        if (a->results[i].outcome != FC_OUTCOME_FAILED
            && memcmp(x.mean, y.mean, per * sizeof(double)) != 0)
            return false;
    }
    return true;
}

static int measure(struct cmd_work *work, int jobs, struct fc_error *err)
{
    struct fc_batch serial = {.job = work->job};
    double one, seconds;
    int status = CMD_OK;
    if (timed_run(&serial, 1, &one, err) != FC_OK)
        return -1;
    puts("threads   seconds   series/s  speed-up  efficiency");
    for (int threads = 1; threads <= jobs; threads++) {
        struct fc_batch parallel = {.job = work->job};
        if (timed_run(&parallel, threads, &seconds, err) != FC_OK) {
            fc_batch_release(&serial);
            return -1;
        }
        bool same = same_results(&serial, &parallel);
        fc_batch_release(&parallel);
        if (threads == 1 && seconds < one)
            one = seconds; /* the first run of all also warmed the caches */
        printf("%7d %9.3f %10.0f %9.2f %10.0f%%%s\n", threads, seconds,
               (double)work->job.n / seconds, one / seconds,
               100 * one / seconds / threads, same ? "" : "  DIFFERS");
        if (!same)
            status = CMD_FAILED;
    }
    fc_batch_release(&serial);
    return status;
}

static int run(int argc, char **argv)
{
    struct cmd_options options;
    struct cmd_work work = {0};
    struct fc_error err;
    int status = cmd_options_parse(&cmd_bench, argc, argv, &options);
    if (status < 0 && cmd_work_init(&options, &work, &err) == FC_OK) {
        status = measure(&work, work.job.nthreads, &err);
        if (status == CMD_FAILED)
            cmd_say(CMD_ERROR,
                    "the forecasts depend on the number of threads: please "
                    "report this");
    }
    if (status < 0) {
        cmd_say(CMD_ERROR, "%s", err.msg);
        status = CMD_FAILED;
    }
    cmd_work_release(&work);
    cmd_options_release(&options);
    return status;
}

const struct cmd_command cmd_bench = {
    .name = "bench",
    .set = CMD_BENCH,
    .usage = "-H N [options] INPUT.csv",
    .summary = "serial against parallel on this machine, on this file",
    .example = "nightcast bench -H 12 data/monthly.csv",
    .run = run,
};
