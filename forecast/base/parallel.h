/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_BASE_PARALLEL_H
#define NIGHTCAST_FORECAST_BASE_PARALLEL_H

#include "forecast/base/status.h"
#include "forecast/base/trace.h"
#include "forecast/base/workspace.h"

#include <signal.h>
#include <stddef.h>

/*
 * The parallel map: apply a function to n items on several threads, each item
 * independent of the others, results in item order.  It is the C counterpart
 * of a process pool's map, and everything that runs many series goes through
 * it.
 *
 *   item      called once for every i in 0 .. n - 1, in no particular order
 *             and from several threads at once.  It writes its results where
 *             only item i writes, and scratch comes from ws, which is reset
 *             before every item.  What it returns becomes status[i]: one
 *             item's failure is that item's result and stops nothing.
 *   arg       passed through
 *   status    n values out, or NULL when nobody asks
 *   ordered   called after every item, one at a time and in item order, from
 *             the thread that ran the item, which waits for its turn: so few
 *             items are done and not yet in order.  Not together with size
 *             and stop; or NULL
 *   size      how much work item i is, in any unit, or NULL when they are all
 *             alike.  Large items are started first, so that none of them is
 *             left to the end, when the other threads have nothing to do;
 *             the results do not depend on it
 *   progress  called now and then from the calling thread with the number of
 *             items finished so far, and once at the end (with n, unless the
 *             map was stopped); or NULL
 *   stop      when it becomes nonzero, items not yet started are given
 *             FC_ESTOPPED; or NULL
 *   trace     where a span is kept for every item, under the name `what`; or
 *             NULL
 */
struct fc_parallel {
    size_t n;
    int nthreads;
    enum fc_status (*item)(void *arg, size_t i, struct fc_workspace *ws);
    void *arg;
    enum fc_status *status;
    void (*ordered)(void *arg, size_t i);
    size_t (*size)(const void *arg, size_t i);
    void (*progress)(void *arg, size_t done, size_t n);
    const volatile sig_atomic_t *stop;
    struct fc_trace *trace;
    const char *what;
};

/*
 * Runs the map.  nthreads below 1 means 1.  Returns FC_OK when every item was
 * called, FC_ESTOPPED when some were not, FC_ENOMEM when the workspaces could
 * not be had (then no item was called).
 */
enum fc_status fc_parallel_map(const struct fc_parallel *job);

/*
 * How many of so many threads a map would really get: OpenMP 5.0 (section 6.8,
 * OMP_THREAD_LIMIT) lets the environment limit them.
 */
int fc_parallel_threads(int wanted);

#endif
