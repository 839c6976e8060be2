/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/trace.h"

#include "cmd/talk/json.h"

#include <stdio.h>
#include <string.h>

/* Microseconds, as the format has them, to the nanosecond. */
static void put_time(struct io_atomic_file *file, double seconds)
{
    size_t ns = seconds > 0 ? (size_t)(seconds * 1e9 + 0.5) : 0;
    char rest[5] = {'.', (char)('0' + ns / 100 % 10),
                    (char)('0' + ns / 10 % 10), (char)('0' + ns % 10), '\0'};
    cmd_json_count(file, ns / 1000);
    cmd_json_raw(file, rest);
}

static void put_name(struct io_atomic_file *file, int track, const char *name)
{
    char text[160];
    snprintf(text, sizeof text,
             "{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":1,\"tid\":%d,"
             "\"args\":{\"name\":\"%s\"}},\n",
             track, name);
    cmd_json_raw(file, text);
}

static void put_names(const struct fc_trace *trace, struct io_atomic_file *file)
{
    char name[32];
    put_name(file, 0, "run");
    for (int t = 1; t < trace->ntracks; t++) {
        snprintf(name, sizeof name, "thread %d", t);
        put_name(file, t, name);
    }
}

/* The series of a fit, which may be begun in an order of its own. */
static size_t series_of(const struct cmd_run *run, const struct fc_span *span)
{
    size_t i = span->item / run->work.job.nspecs;
    return run->order != NULL ? run->order[i] : i;
}

/* Of a fit, whose: the series' id is the event's name. */
static void put_fit(const struct cmd_run *run, const struct fc_span *span,
                    struct io_atomic_file *file)
{
    size_t nspecs = run->work.job.nspecs;
    const struct fc_series *series =
        &run->work.panel.series[series_of(run, span)];
    cmd_json_raw(file, ",\"args\":{\"id\":");
    cmd_json_text(file, series->id);
    cmd_json_raw(file, ",\"model\":");
    cmd_json_text(file, run->options->spec_names[span->item % nspecs]);
    cmd_json_raw(file, ",\"n\":");
    cmd_json_count(file, series->n);
    cmd_json_raw(file, "}");
}

static void put_span(const struct cmd_run *run, int track,
                     const struct fc_span *span, struct io_atomic_file *file)
{
    bool fit = track > 0 && strcmp(span->what, "fit") == 0;
    const struct io_panel *panel = &run->work.panel;
    cmd_json_raw(file, "{\"name\":");
    cmd_json_text(file,
                  fit ? panel->series[series_of(run, span)].id : span->what);
    cmd_json_raw(file, ",\"cat\":");
    cmd_json_text(file, track == 0 ? "phase" : span->what);
    cmd_json_raw(file, ",\"ph\":\"X\",\"pid\":1,\"tid\":");
    cmd_json_count(file, (size_t)track);
    cmd_json_raw(file, ",\"ts\":");
    put_time(file, span->start - run->trace->start);
    cmd_json_raw(file, ",\"dur\":");
    put_time(file, span->end - span->start);
    if (fit)
        put_fit(run, span, file);
    cmd_json_raw(file, "},\n");
}

void cmd_trace_write(const struct cmd_run *run, struct io_atomic_file *file)
{
    const struct fc_trace *trace = run->trace;
    size_t lost = 0;
    cmd_json_raw(file, "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
    for (int t = 0; t < trace->ntracks; t++) {
        const struct fc_track *track = &trace->tracks[t];
        for (size_t i = 0; i < track->n && !io_atomic_failed(file); i++)
            put_span(run, t, &track->spans[i], file);
        lost += track->lost;
    }
    put_names(trace, file);
    cmd_json_raw(file, "{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":1,"
                       "\"tid\":0,\"args\":{\"name\":\"nightcast forecast\"}}\n"
                       "],\"otherData\":{\"version\":\"" NIGHTCAST_VERSION
                       "\",\"lost\":");
    cmd_json_count(file, lost);
    cmd_json_raw(file, "}}\n");
}
