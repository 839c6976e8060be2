/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/report/lines.h"

#include <stdlib.h>
#include <string.h>

enum { SEEN = 6000 }; /* stretches of all tracks that a picture can show */

bool cmd_report_lines_add(struct cmd_report_lines *lines,
                          const struct cmd_report_stretch *stretch)
{
    if (lines->n == lines->room) {
        size_t room = 2 * lines->room + 1024;
        struct cmd_report_stretch *grown =
            realloc(lines->at, room * sizeof *grown);
        if (grown == NULL)
            return false;
        lines->at = grown;
        lines->room = room;
    }
    lines->at[lines->n++] = *stretch;
    if (stretch->track >= lines->ntracks)
        lines->ntracks = stretch->track + 1;
    lines->end = stretch->end > lines->end ? stretch->end : lines->end;
    if (stretch->track > 0)
        lines->worked += stretch->end - stretch->start;
    return true;
}

static int by_track_and_time(const void *a, const void *b)
{
    const struct cmd_report_stretch *x = a, *y = b;
    if (x->track != y->track)
        return x->track < y->track ? -1 : 1;
    return (x->start > y->start) - (x->start < y->start);
}

static bool can_join(const struct cmd_report_stretch *last,
                     const struct cmd_report_stretch *next, double least)
{
    return last->track == next->track && last->work == next->work
           && next->work != CMD_WORK_PHASE && last->end - last->start < least
           && next->end - next->start < least
           && next->start - last->end < least;
}

void cmd_report_lines_finish(struct cmd_report_lines *lines)
{
    double least = lines->end * lines->ntracks / SEEN, longest = 0;
    size_t kept = 0;
    if (lines->n > 0)
        qsort(lines->at, lines->n, sizeof *lines->at, by_track_and_time);
    for (size_t i = 0; i < lines->n; i++) {
        struct cmd_report_stretch next = lines->at[i];
        double length = next.end - next.start;
        if (kept == 0 || !can_join(&lines->at[kept - 1], &next, least)) {
            lines->at[kept++] = next;
            longest = length;
            continue;
        }
        struct cmd_report_stretch *last = &lines->at[kept - 1];
        last->end = next.end > last->end ? next.end : last->end;
        last->count += next.count;
        if (length > longest) {
            longest = length;
            last->series = next.series;
        }
    }
    lines->n = kept;
}

static enum cmd_report_work work_of(const char *what)
{
    return strcmp(what, "fit") == 0     ? CMD_WORK_FIT
           : strcmp(what, "parse") == 0 ? CMD_WORK_PARSE
                                        : CMD_WORK_LEARN;
}

enum fc_status cmd_report_lines_of(const struct fc_trace *trace, size_t nspecs,
                                   struct cmd_report_lines *lines,
                                   struct fc_error *err)
{
    lines->ntracks = (uint32_t)trace->ntracks;
    for (int t = 0; t < trace->ntracks; t++)
        for (size_t i = 0; i < trace->tracks[t].n; i++) {
            const struct fc_span *span = &trace->tracks[t].spans[i];
            struct cmd_report_stretch s = {
                .start = span->start - trace->start,
                .end = span->end - trace->start,
                .name = t == 0 ? span->what : NULL,
                .series = UINT32_MAX,
                .track = (uint32_t)t,
                .count = 1,
                .work = t == 0 ? CMD_WORK_PHASE : work_of(span->what),
            };
            if (s.work == CMD_WORK_FIT)
                s.series = (uint32_t)(span->item / nspecs);
            if (!cmd_report_lines_add(lines, &s))
                return fc_fail(err, FC_ENOMEM, "out of memory");
        }
    cmd_report_lines_finish(lines);
    return FC_OK;
}

void cmd_report_lines_release(struct cmd_report_lines *lines)
{
    free(lines->at);
    io_intern_release(&lines->names);
    *lines = (struct cmd_report_lines){0};
}
