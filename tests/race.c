/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a race detector must tell apart, run by tests/tsan.sh before anything
 * else: items of a parallel map that each write their own place, summed when
 * the map has returned (no race), and items that add to one place (a race).
 *
 * usage: race clean|race
 */
#define _POSIX_C_SOURCE 200809L /* nanosleep */
#include "forecast/base/parallel.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ITEMS = 64, THREADS = 4 };

struct sums {
    bool shared;
    long place[ITEMS];
    long sum;
};

static enum fc_status add(void *arg, size_t i, struct fc_workspace *ws)
{
    struct sums *sums = arg;
    (void)ws;
    /* so that no thread is through with all items before the others begin */
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    sums->place[i] = (long)i;
    if (sums->shared)
        sums->sum += (long)i;
    return FC_OK;
}

int main(int argc, char **argv)
{
    struct sums sums = {.shared = argc > 1 && strcmp(argv[1], "race") == 0};
    struct fc_parallel job = {
        .n = ITEMS, .nthreads = THREADS, .item = add, .arg = &sums};
    if (fc_parallel_map(&job) != FC_OK)
        return 1;
    if (!sums.shared)
        for (int i = 0; i < ITEMS; i++)
            sums.sum += sums.place[i];
    printf("%ld\n", sums.sum);
    return 0;
}
