/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/trace.h"

#include "cmd/talk/json.h"
#include "io/text/digits.h"

#include <stdint.h>
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
    const struct fc_history *series =
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

/* A fit may take less time than many small writes of its event: what has
   nothing to be escaped and is short goes into one line and out at once. */
enum { LINE_TEXT = 100, LINE_SIZE = 4 * LINE_TEXT + 160 };

/* Its length; SIZE_MAX when it is long, or not to be written as it is. */
static size_t plain_length(const char *text)
{
    size_t n = 0;
    for (; text[n] != '\0'; n++) {
        unsigned char c = (unsigned char)text[n];
        if (n == LINE_TEXT || c < 0x20 || c >= 0x7f || c == '"' || c == '\\'
            || c == '<' || c == '>' || c == '&')
            return SIZE_MAX;
    }
    return n;
}

static char *append(char *to, const char *text, size_t n)
{
    memcpy(to, text, n);
    return to + n;
}

#define APPEND(to, text) append(to, text, sizeof text - 1)

static char *append_count(char *to, size_t n)
{
    char digits[24], *at = digits + sizeof digits;
    do {
        *--at = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    return append(to, at, (size_t)(digits + sizeof digits - at));
}

static char *append_time(char *to, double seconds)
{
    size_t ns = seconds > 0 ? (size_t)(seconds * 1e9 + 0.5) : 0;
    to = append_count(to, ns / 1000);
    *to++ = '.';
    *to++ = (char)('0' + ns / 100 % 10);
    return io_put_two(to, (unsigned)(ns % 100));
}

/* False when that is for put_span(). */
static bool put_plain_fit(const struct cmd_run *run, int track,
                          const struct fc_span *span,
                          struct io_atomic_file *file)
{
    const struct fc_history *series =
        &run->work.panel.series[series_of(run, span)];
    const char *model =
        run->options->spec_names[span->item % run->work.job.nspecs];
    size_t length = plain_length(series->id), rest = plain_length(model);
    char line[LINE_SIZE], *to = line;
    if (length == SIZE_MAX || rest == SIZE_MAX)
        return false;
    to = APPEND(to, "{\"name\":\"");
    to = append(to, series->id, length);
    to = APPEND(to, "\",\"cat\":\"fit\",\"ph\":\"X\",\"pid\":1,\"tid\":");
    to = append_count(to, (size_t)track);
    to = APPEND(to, ",\"ts\":");
    to = append_time(to, span->start - run->trace->start);
    to = APPEND(to, ",\"dur\":");
    to = append_time(to, span->end - span->start);
    to = APPEND(to, ",\"args\":{\"id\":\"");
    to = append(to, series->id, length);
    to = APPEND(to, "\",\"model\":\"");
    to = append(to, model, rest);
    to = APPEND(to, "\",\"n\":");
    to = append_count(to, series->n);
    to = APPEND(to, "}},\n");
    io_atomic_write(file, line, (size_t)(to - line));
    return true;
}

/* A track's; all of its texts but those of a few are "fit". */
static void put_track(const struct cmd_run *run, int t,
                      struct io_atomic_file *file)
{
    const struct fc_track *track = &run->trace->tracks[t];
    const char *fit = NULL;
    for (size_t i = 0; i < track->n && !io_atomic_failed(file); i++) {
        const struct fc_span *span = &track->spans[i];
        if (t > 0 && span->what != fit && strcmp(span->what, "fit") == 0)
            fit = span->what;
        if (t == 0 || span->what != fit || !put_plain_fit(run, t, span, file))
            put_span(run, t, span, file);
    }
}

void cmd_trace_write(const struct cmd_run *run, struct io_atomic_file *file)
{
    const struct fc_trace *trace = run->trace;
    size_t lost = 0;
    cmd_json_raw(file, "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
    for (int t = 0; t < trace->ntracks; t++) {
        put_track(run, t, file);
        lost += trace->tracks[t].lost;
    }
    put_names(trace, file);
    cmd_json_raw(file, "{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":1,"
                       "\"tid\":0,\"args\":{\"name\":\"nightcast forecast\"}}\n"
                       "],\"otherData\":{\"version\":\"" NIGHTCAST_VERSION
                       "\",\"lost\":");
    cmd_json_count(file, lost);
    cmd_json_raw(file, "}}\n");
}
