/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The step of a file: as asked for, or by the vote of its series; and from when
 * to when it reaches.
 */
#include "io/panel/regular.h"

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

enum fc_status io_settle_step(struct io_regular *job, struct fc_error *err)
{
    enum fc_status status = settle_frequency(job, err);
    if (status != FC_OK)
        return status;
    default_frequency(job->panel);
    find_span(job);
    return FC_OK;
}
