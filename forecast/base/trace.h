/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_BASE_TRACE_H
#define NIGHTCAST_FORECAST_BASE_TRACE_H

#include <stddef.h>

/*
 * When which thread did what: spans of time on tracks.  Track 0 is the run as
 * a whole, track t + 1 the thread t of a parallel map.  A track is written to
 * by one thread at a time, without locks.
 *
 * Whoever is given no trace, NULL, writes nothing down and asks no clock.
 */
struct fc_span {
    const char *what;  /* a string constant: "fit" */
    size_t item;       /* of what was mapped */
    double start, end; /* seconds of fc_trace_now() */
};

struct fc_track {
    struct fc_span *spans;
    size_t n, room;
    size_t lost; /* for which there was no memory */
};

struct fc_trace {
    double start; /* of the trace itself */
    int ntracks;
    struct fc_track *tracks;
};

/* Seconds of a clock that only goes forward. */
double fc_trace_now(void);

/* NULL when memory is short. */
struct fc_trace *fc_trace_new(int nthreads);

/* Accepts NULL. */
void fc_trace_free(struct fc_trace *trace);

/* Now, or 0 when there is no trace. */
double fc_trace_begin(const struct fc_trace *trace);

/* A span that began then and ends now; of a track that is there. */
void fc_trace_end(struct fc_trace *trace, int track, const char *what,
                  size_t item, double begin);

#endif
