/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parallel loops of the program.  Items are handed out one by one
 * (schedule(dynamic, 1)): series differ in cost by orders of magnitude, and
 * one atomic increment per item is nothing beside a fit.  In their order
 * (monotonic), which OpenMP 5.0 does not promise by itself: LLVM's library
 * deals parts of the loop out beforehand and lets threads steal, so that the
 * large items at the front would wait for one another.
 */
#include "forecast/base/parallel.h"

#include <omp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

struct large {
    size_t size, i;
};

/* What the threads share while a map runs. */
struct run {
    const struct fc_parallel *job;
    struct fc_workspace **ws;
    struct large *large; /* nlarge items to be called before the others */
    size_t nlarge;
    double least;       /* the others are no larger than that */
    atomic_size_t done; /* items called, and back */
};

/* Atomic because a signal handler may be running on another thread. */
static bool stop_wanted(const struct fc_parallel *job)
{
    return job->stop != NULL && __atomic_load_n(job->stop, __ATOMIC_RELAXED);
}

static bool is_large(const struct run *run, size_t i)
{
    return run->nlarge > 0
           && (double)run->job->size(run->job->arg, i) > run->least;
}

static void run_one(struct run *run, size_t k)
{
    const struct fc_parallel *job = run->job;
    size_t i = k < run->nlarge ? run->large[k].i : k - run->nlarge;
    if (k >= run->nlarge && is_large(run, i))
        return; /* had its turn */
    int thread = omp_get_thread_num();
    enum fc_status status = FC_ESTOPPED;
    bool called = !stop_wanted(job);
    if (called) {
        double begin = fc_trace_begin(job->trace);
        fc_workspace_reset(run->ws[thread]);
        status = job->item(job->arg, i, run->ws[thread]);
        fc_trace_end(job->trace, thread + 1, job->what, i, begin);
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

static int larger_first(const void *a, const void *b)
{
    const struct large *x = a, *y = b;
    if (x->size != y->size)
        return x->size > y->size ? -1 : 1;
    return x->i < y->i ? -1 : x->i > y->i;
}

/* The items above a size, the largest first. */
static void find_large(const struct fc_parallel *job, double least,
                       struct large *large, size_t nlarge)
{
    size_t k = 0;
    for (size_t i = 0; i < job->n; i++) {
        size_t size = job->size(job->arg, i);
        if ((double)size > least)
            large[k++] = (struct large){size, i};
    }
    qsort(large, nlarge, sizeof *large, larger_first);
}

/*
 * The longest first (Graham 1969, Bounds on multiprocessing timing
 * anomalies), but only items of more than a thousandth of a thread's part:
 * smaller ones cannot keep anybody waiting and stay in item order, in which
 * they lie in memory.  Of n items no more than SHARES * nthreads are that
 * large, so a million cost two additions each and hardly any memory.  None
 * are large when memory is short.
 */
static void choose_large(struct run *run, int nthreads)
{
    enum { SHARES = 1000 };
    const struct fc_parallel *job = run->job;
    double total = 0;
    size_t nlarge = 0;
    if (job->size == NULL || nthreads == 1)
        return;
    for (size_t i = 0; i < job->n; i++)
        total += (double)job->size(job->arg, i);
    double least = total / nthreads / SHARES;
    for (size_t i = 0; i < job->n; i++)
        nlarge += (double)job->size(job->arg, i) > least;
    if (nlarge == 0)
        return;
    run->large = malloc(nlarge * sizeof *run->large);
    if (run->large == NULL)
        return;
    run->nlarge = nlarge;
    run->least = least;
    find_large(job, least, run->large, nlarge);
}

static void run_any(struct run *run, int nthreads)
{
#pragma omp parallel for schedule(monotonic : dynamic, 1) num_threads(nthreads)
    for (size_t k = 0; k < run->nlarge + run->job->n; k++)
        run_one(run, k);
}

static void run_ordered(struct run *run, int nthreads)
{
#pragma omp parallel num_threads(nthreads)
#pragma omp for ordered schedule(monotonic : dynamic, 1)
    for (size_t k = 0; k < run->job->n; k++) {
        run_one(run, k);
#pragma omp ordered
        run->job->ordered(run->job->arg, k);
    }
}

enum fc_status fc_parallel_map(const struct fc_parallel *job)
{
    int nthreads = job->nthreads < 1 ? 1 : job->nthreads;
    if ((size_t)nthreads > job->n)
        nthreads = job->n < 1 ? 1 : (int)job->n;
    struct run run = {.job = job, .ws = new_workspaces(nthreads)};
    if (run.ws == NULL)
        return FC_ENOMEM;
    choose_large(&run, nthreads);
    omp_set_dynamic(0); /* as many threads as asked for, whatever OMP_DYNAMIC */

    if (job->ordered != NULL)
        run_ordered(&run, nthreads);
    else
        run_any(&run, nthreads);

    free_workspaces(run.ws, nthreads);
    free(run.large);
    size_t done = atomic_load(&run.done);
    if (job->progress != NULL)
        job->progress(job->arg, done, job->n);
    return done < job->n ? FC_ESTOPPED : FC_OK;
}

int fc_parallel_threads(int wanted)
{
    int most = omp_get_thread_limit();
    return wanted < most ? wanted : most;
}
