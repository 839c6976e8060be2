/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "forecast/base/trace.h"

#include <stdlib.h>
#include <time.h>

double fc_trace_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

struct fc_trace *fc_trace_new(int nthreads)
{
    struct fc_trace *trace = malloc(sizeof *trace);
    if (trace == NULL)
        return NULL;
    *trace = (struct fc_trace){fc_trace_now(), nthreads + 1, NULL};
    trace->tracks = calloc((size_t)trace->ntracks, sizeof *trace->tracks);
    if (trace->tracks != NULL)
        return trace;
    free(trace);
    return NULL;
}

void fc_trace_free(struct fc_trace *trace)
{
    if (trace == NULL)
        return;
    for (int t = 0; t < trace->ntracks; t++)
        free(trace->tracks[t].spans);
    free(trace->tracks);
    free(trace);
}

double fc_trace_begin(const struct fc_trace *trace)
{
    return trace != NULL ? fc_trace_now() : 0;
}

static int make_room(struct fc_track *track)
{
    size_t room = track->room > 0 ? 2 * track->room : 256;
    struct fc_span *grown = NULL;
    if (room <= (size_t)-1 / sizeof *grown)
        grown = realloc(track->spans, room * sizeof *grown);
    if (grown == NULL)
        return 0;
    track->spans = grown;
    track->room = room;
    return 1;
}

void fc_trace_end(struct fc_trace *trace, int track, const char *what,
                  size_t item, double begin)
{
    if (trace == NULL || track >= trace->ntracks)
        return;
    struct fc_track *to = &trace->tracks[track];
    if (to->n == to->room && !make_room(to)) {
        to->lost++;
        return;
    }
    to->spans[to->n++] = (struct fc_span){what, item, begin, fc_trace_now()};
}
