/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loader beside libcsv alone, which does nothing with what it finds, over
 * the same bytes and in turns, so that what disturbs one disturbs the other.
 * By the clock, and by the processors' time, which says more on a machine
 * that others use too.  Of several rounds the best.
 *
 * usage: bench_load FILE [ROUNDS]
 */
#define _GNU_SOURCE /* sched_getaffinity */
#include "io/panel/load.h"

#include <csv.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BUFFER_SIZE = 1 << 18 };

struct times {
    double wall, cpu;
};

static double clock_seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct times since(struct times start)
{
    return (struct times){
        clock_seconds(CLOCK_MONOTONIC) - start.wall,
        clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start.cpu,
    };
}

static void keep_best(struct times t, struct times *best)
{
    if (best->wall == 0 || t.wall < best->wall)
        best->wall = t.wall;
    if (best->cpu == 0 || t.cpu < best->cpu)
        best->cpu = t.cpu;
}

static void ignore_field(void *field, size_t n, void *arg)
{
    (void)field;
    (void)n;
    (void)arg;
}

static void ignore_record(int terminator, void *arg)
{
    (void)terminator;
    (void)arg;
}

static double libcsv_alone(const char *path)
{
    static char buffer[BUFFER_SIZE];
    struct csv_parser csv;
    double bytes = 0;
    size_t n;
    FILE *file = fopen(path, "rb");
    if (file == NULL || csv_init(&csv, 0) != 0) {
        perror(path);
        exit(1);
    }
    setvbuf(file, NULL, _IONBF, 0);
    while ((n = fread(buffer, 1, sizeof buffer, file)) > 0) {
        csv_parse(&csv, buffer, n, ignore_field, ignore_record, NULL);
        bytes += (double)n;
    }
    csv_fini(&csv, ignore_field, ignore_record, NULL);
    csv_free(&csv);
    fclose(file);
    return bytes;
}

static void load(const char *path, int jobs)
{
    struct io_panel_options options = {.path = path, .jobs = jobs};
    struct io_panel panel;
    struct fc_error err;
    if (io_panel_load(&options, &panel, &err) != FC_OK) {
        fprintf(stderr, "bench_load: %s\n", err.msg);
        exit(1);
    }
    io_panel_release(&panel);
}

static int processors(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

static void report(const char *what, struct times t, double bytes)
{
    printf("%s,%.1f,MB/s\n", what, bytes / 1e6 / t.wall);
    printf("%s by processor time,%.1f,MB/s\n", what, bytes / 1e6 / t.cpu);
}

int main(int argc, char **argv)
{
    enum { LIBCSV, ONE, ALL, KINDS };
    struct times best[KINDS] = {0};
    int rounds = argc > 2 ? atoi(argv[2]) : 3;
    int all = processors();
    double bytes = 0;
    char name[80];
    if (argc < 2) {
        fputs("usage: bench_load FILE [ROUNDS]\n", stderr);
        return 2;
    }
    for (int round = 0; round < rounds; round++)
        for (int kind = 0; kind < KINDS; kind++) {
            struct times start = since((struct times){0});
            if (kind == LIBCSV)
                bytes = libcsv_alone(argv[1]);
            else
                load(argv[1], kind == ONE ? 1 : all);
            keep_best(since(start), &best[kind]);
        }
    report("libcsv alone on 1 thread", best[LIBCSV], bytes);
    report("loading on 1 thread", best[ONE], bytes);
    snprintf(name, sizeof name, "loading on %d threads", all);
    report(name, best[ALL], bytes);
    printf("loading on 1 thread over libcsv alone,%.3f,times its speed\n",
           best[LIBCSV].cpu / best[ONE].cpu);
    printf("%s over libcsv alone,%.3f,times its speed\n", name,
           best[LIBCSV].wall / best[ALL].wall);
    return 0;
}
