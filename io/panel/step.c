/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The step of a file: as asked for, or by the vote of its series; and from when
 * to when it reaches.
 */
#include "io/panel/regular.h"

#include <math.h>

static enum fc_status settle_frequency(struct io_regular *job,
                                       struct fc_error *err)
{
    struct io_panel *panel = job->panel;
    struct io_freq_vote vote = {0};
    enum fc_status status = FC_OK;
    if (job->freq != NULL) {
        panel->freq = *job->freq;
        panel->has_freq = true;
        return FC_OK;
    }
    for (size_t i = 0; status == FC_OK && i < panel->nseries; i++) {
        struct io_freq own = io_panel_own_step(panel, i);
        status = io_freq_vote_add(&vote, &own);
    }
    panel->freq = io_freq_vote_winner(&vote, NULL, NULL);
    io_freq_vote_release(&vote);
    panel->has_freq = panel->freq.unit != IO_FREQ_UNKNOWN;
    if (status != FC_OK)
        return fc_fail(err, status, "out of memory");
    return FC_OK;
}

/*
 * Without two timestamps in any series there is no step to see: the usual one
 * of the form of the timestamps.
 */
static void default_frequency(struct io_panel *panel)
{
    static const struct io_freq usual[] = {
        [IO_GRAIN_UNKNOWN] = {.unit = IO_FREQ_STEP, .multiple = 1},
        [IO_GRAIN_STEP] = {.unit = IO_FREQ_STEP, .multiple = 1},
        [IO_GRAIN_PERIOD] = {.unit = IO_FREQ_PERIOD, .multiple = 1},
        [IO_GRAIN_TIME] = {.unit = IO_FREQ_HOUR, .multiple = 1},
        [IO_GRAIN_DAY] = {.unit = IO_FREQ_DAY, .multiple = 1},
        [IO_GRAIN_WEEK] = {.unit = IO_FREQ_WEEK, .multiple = 1},
        [IO_GRAIN_MONTH] = {.unit = IO_FREQ_MONTH, .multiple = 1},
        [IO_GRAIN_QUARTER] = {.unit = IO_FREQ_MONTH, .multiple = 3},
        [IO_GRAIN_YEAR] = {.unit = IO_FREQ_MONTH, .multiple = 12},
    };
    if (!panel->has_freq)
        panel->freq = usual[io_time_grain(&panel->format)];
    if (panel->freq.unit == IO_FREQ_PERIOD)
        panel->freq.anchor_day = panel->format.cycle;
}

static void find_span(struct io_regular *job)
{
    struct io_panel *panel = job->panel;
    bool any = false;
    for (size_t i = 0; i < panel->nseries; i++) {
        if (job->raw[i].n == 0)
            continue;
        if (!any || panel->facts[i].start < panel->first)
            panel->first = panel->facts[i].start;
        if (!any || job->raw[i].last > panel->last)
            panel->last = job->raw[i].last;
        any = true;
    }
    for (size_t i = 0; i < panel->nseries; i++)
        panel->facts[i].ends_early =
            job->raw[i].n > 0 && job->raw[i].last < panel->last;
}

/* From when to when those series reach that have no row far off. */
static bool usual_span(const struct io_regular *job, int64_t *first,
                       int64_t *last)
{
    bool any = false;
    for (size_t i = 0; i < job->panel->nseries; i++) {
        int64_t start = job->panel->facts[i].start;
        if (job->raw[i].n == 0 || job->raw[i].far != 0)
            continue;
        *first = !any || start < *first ? start : *first;
        *last = !any || job->raw[i].last > *last ? job->raw[i].last : *last;
        any = true;
    }
    return any;
}

static bool fail_far_row(const struct io_regular *job, size_t i)
{
    struct io_panel_facts *facts = &job->panel->facts[i];
    struct io_raw *raw = &job->raw[i];
    char text[IO_TIME_SIZE];
    io_time_print(&job->panel->format, raw->far == 1 ? raw->last : facts->start,
                  text);
    size_t others = raw->n - 1;
    raw->n = 0;
    return io_fail_series(facts,
                          "%s: %s %s lies further from its series' other %zu "
                          "rows than they span: is it mistyped? --gaps or "
                          "--freq, said explicitly, takes it as it is",
                          job->rows->name, job->panel->time_name, text, others);
}

/*
 * A row far from all others of its series, to which no other series reaches
 * half the way, is a mistake, and says nothing of the file's end.
 */
static bool drop_far_rows(struct io_regular *job)
{
    int64_t first = 0, last = 0;
    bool any = usual_span(job, &first, &last);
    for (size_t i = 0; i < job->panel->nseries; i++) {
        const struct io_raw *raw = &job->raw[i];
        double half = (double)raw->apart / 2;
        bool far =
            raw->far == 1 ? !any || (double)(raw->last - last) > half
            : raw->far == 2
                ? !any || (double)(first - job->panel->facts[i].start) > half
                : false;
        if (far && raw->n > 0 && !fail_far_row(job, i))
            return false;
    }
    return true;
}

/* How much of the file's grids has no row. */
static void count_missing(struct io_regular *job)
{
    struct io_panel *panel = job->panel;
    double length = io_freq_length(&panel->freq);
    for (size_t i = 0; i < panel->nseries && length > 0; i++) {
        const struct io_raw *raw = &job->raw[i];
        if (raw->n == 0)
            continue;
        double apart = (double)(raw->last - panel->facts[i].start);
        double steps = floor(apart / length + 0.5) + 1;
        double n = (double)raw->n;
        panel->steps += steps > n ? steps : n;
        panel->missing += steps > n ? steps - n : 0;
    }
}

enum fc_status io_settle_step(struct io_regular *job, struct fc_error *err)
{
    enum fc_status status = settle_frequency(job, err);
    if (status != FC_OK)
        return status;
    default_frequency(job->panel);
    if (job->freq == NULL && !job->options->gaps_given && !drop_far_rows(job))
        return fc_fail(err, FC_ENOMEM, "out of memory");
    count_missing(job);
    find_span(job);
    return FC_OK;
}
