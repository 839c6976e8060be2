/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What two threads can give on this machine: a loop that lives in registers,
 * with no memory and nothing shared, run by the same parallel map on one
 * thread and on two, in turns, the best of each.  Processors that share a
 * core, slow down when both are busy, or are wanted by somebody else show
 * here, and bound the efficiency of everything that is measured beside it.
 *
 * usage: bench_threads [ROUNDS]
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "forecast/base/parallel.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ITEMS = 200, STEPS = 1000000 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* A chain of multiplications and additions, as a recursion has. */
static enum fc_status spin(void *arg, size_t i, struct fc_workspace *ws)
{
    double x = 1 + (double)i, level = 0;
    double *out = arg;
    (void)ws;
    for (int k = 0; k < STEPS; k++)
        level += 0.1 * (x - level);
    out[i * 8] = level; /* a cache line each */
    return FC_OK;
}

static double run(int nthreads)
{
    static double out[ITEMS * 8];
    struct fc_parallel job = {
        .n = ITEMS, .nthreads = nthreads, .item = spin, .arg = out};
    double start = now();
    if (fc_parallel_map(&job) != FC_OK)
        exit(1);
    return now() - start;
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 3;
    double one = 1e9, two = 1e9;
    for (int i = 0; i < rounds; i++) {
        double a = run(1), b = run(2);
        one = a < one ? a : one;
        two = b < two ? b : two;
    }
    printf("a loop in registers: efficiency of 2 threads,%.3f,\n",
           one / two / 2);
    return 0;
}
