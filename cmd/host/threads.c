/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether threads can be made is tried with threads that wait until there are
 * as many as needed.  OpenMP's library keeps those it makes, so it is given
 * the occasion at once, while there is room for them.
 */
#define _GNU_SOURCE
#include "cmd/host/threads.h"

#include "forecast/base/parallel.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct trial {
    pthread_t thread;
    pid_t id;
    pthread_mutex_t *all_there;
};

static void *wait_for_all(void *arg)
{
    struct trial *trial = arg;
    trial->id = gettid();
    pthread_mutex_lock(trial->all_there);
    pthread_mutex_unlock(trial->all_there);
    return NULL;
}

/* A thread that was joined still counts until the system has buried it. */
static void wait_for_end(const struct trial *trial)
{
    enum { TRIES = 1000, WAIT_NS = 100000 };
    pthread_join(trial->thread, NULL);
    for (int i = 0; i < TRIES && tgkill(getpid(), trial->id, 0) == 0; i++)
        nanosleep(&(struct timespec){.tv_nsec = WAIT_NS}, NULL);
}

/* 0 when there can be n more threads at a time, or an errno. */
static int try_threads(int n)
{
    pthread_mutex_t all_there = PTHREAD_MUTEX_INITIALIZER;
    struct trial *trials = calloc((size_t)n, sizeof *trials);
    int made = 0, error = trials == NULL ? ENOMEM : 0;
    pthread_mutex_lock(&all_there);
    while (error == 0 && made < n) {
        struct trial *trial = &trials[made];
        trial->all_there = &all_there;
        error = pthread_create(&trial->thread, NULL, wait_for_all, trial);
        made += error == 0;
    }
    pthread_mutex_unlock(&all_there);
    for (int i = 0; i < made; i++)
        wait_for_end(&trials[i]);
    free(trials);
    return error;
}

static enum fc_status nothing(void *arg, size_t i, struct fc_workspace *ws)
{
    (void)arg;
    (void)i;
    (void)ws;
    return FC_OK;
}

enum fc_status cmd_threads_start(int nthreads, struct fc_error *err)
{
    struct fc_parallel job = {
        .n = (size_t)nthreads, .nthreads = nthreads, .item = nothing};
    if (nthreads <= 1)
        return FC_OK;
    int error = try_threads(nthreads - 1);
    if (error != 0)
        return fc_fail(err, FC_ENOMEM,
                       "cannot make %d threads: %s; ask for fewer with --jobs, "
                       "or raise `ulimit -u`",
                       nthreads, strerror(error));
    if (fc_parallel_map(&job) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    return FC_OK;
}
