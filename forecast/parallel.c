/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one parallel loop of the program.  Items are handed out one by one
 * (schedule(dynamic, 1)): series differ in cost by orders of magnitude, and
 * one atomic increment per item is nothing beside a fit.
 */
#include "forecast/parallel.h"

#include <omp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

/* What the threads share while a map runs. */
struct run {
    const struct fc_parallel *job;
    struct fc_workspace **ws;
    atomic_size_t done; /* items called, and back */
};

/* Atomic because a signal handler may be running on another thread. */
static bool stop_wanted(const struct fc_parallel *job)
{
    return job->stop != NULL && __atomic_load_n(job->stop, __ATOMIC_RELAXED);
}

static void run_one(struct run *run, size_t k)
{
    const struct fc_parallel *job = run->job;
    size_t i = job->order != NULL ? job->order[k] : k;
    int thread = omp_get_thread_num();
    enum fc_status status = FC_ESTOPPED;
    bool called = !stop_wanted(job);
    if (called) {
        fc_workspace_reset(run->ws[thread]);
        status = job->item(job->arg, i, run->ws[thread]);
    }
    if (job->status != NULL)
        job->status[i] = status;
    if (!called)
        return;
    size_t done =
        atomic_fetch_add_explicit(&run->done, 1, memory_order_relaxed) + 1;
    if (thread == 0 && job->progress != NULL && done < job->n)
        job->progress(job->arg, done, job->n);
}

static void free_workspaces(struct fc_workspace **ws, int n)
{
    for (int t = 0; t < n; t++)
        fc_workspace_free(ws[t]);
    free(ws);
}

static struct fc_workspace **new_workspaces(int n)
{
    struct fc_workspace **ws = calloc((size_t)n, sizeof *ws);
    if (ws == NULL)
        return NULL;
    for (int t = 0; t < n; t++) {
        ws[t] = fc_workspace_new();
        if (ws[t] == NULL) {
            free_workspaces(ws, n);
            return NULL;
        }
    }
    return ws;
}

enum fc_status fc_parallel_map(const struct fc_parallel *job)
{
    int nthreads = job->nthreads < 1 ? 1 : job->nthreads;
    if ((size_t)nthreads > job->n)
        nthreads = job->n < 1 ? 1 : (int)job->n;
    struct run run = {.job = job, .ws = new_workspaces(nthreads)};
    if (run.ws == NULL)
        return FC_ENOMEM;
    omp_set_dynamic(0); /* as many threads as asked for, whatever OMP_DYNAMIC */

#pragma omp parallel for schedule(dynamic, 1) num_threads(nthreads)
    for (size_t k = 0; k < job->n; k++)
        run_one(&run, k);

    free_workspaces(run.ws, nthreads);
    size_t done = atomic_load(&run.done);
    if (job->progress != NULL)
        job->progress(job->arg, done, job->n);
    return done < job->n ? FC_ESTOPPED : FC_OK;
}
