/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/panel/panel.h"

#include "io/rows/rowset.h"
#include "io/time/calendar.h"

#include <math.h>
#include <stdlib.h>

void io_panel_release(struct io_panel *panel)
{
    for (size_t i = 0; panel->facts != NULL && i < panel->nseries; i++) {
        free(panel->facts[i].error);
        if (panel->facts[i].owns_y)
            free((void *)panel->series[i].y);
    }
    io_rowset_free(panel->rows);
    io_periods_release(&panel->ignore);
    free(panel->rejects);
    free(panel->series);
    free(panel->facts);
    free(panel->place);
    *panel = (struct io_panel){0};
}

enum {
    ID_BITS = 31,  /* a file has no more than 2^30 ids */
    FILE_BITS = 40 /* nor 2^40 lines */
};

/* Of the file in which a series is, from 0, among all that there are. */
static uint64_t file_number(const struct io_panel *panel, size_t i,
                            uint32_t *first)
{
    size_t part = io_rowset_part_of(panel->rows, (uint32_t)i);
    *first = panel->rows->parts[part].first_id;
    return panel->files.number - 1 + (uint64_t)part * panel->files.count;
}

uint64_t io_panel_number(const struct io_panel *panel, size_t i)
{
    uint32_t first;
    if (panel->files.count == 0)
        return (panel->place != NULL ? panel->place[i] : i) + (uint64_t)1;
    uint64_t file = file_number(panel, i, &first);
    return file << FILE_BITS | (i - first + 1);
}

uint64_t io_panel_reject_number(const struct io_panel *panel, size_t k)
{
    const struct io_reject *reject = &panel->rejects[k];
    uint32_t first;
    if (panel->files.count == 0)
        return reject->order << ID_BITS
               | io_panel_number(panel, reject->series);
    return file_number(panel, reject->series, &first) << FILE_BITS
           | reject->line;
}

struct io_freq io_panel_step(const struct io_panel *panel, size_t i)
{
    struct io_freq step = panel->freq;
    step.anchor_day = (int)panel->facts[i].anchor_day;
    return step;
}

struct io_freq io_panel_own_step(const struct io_panel *panel, size_t i)
{
    const struct io_panel_facts *facts = &panel->facts[i];
    return (struct io_freq){(enum io_freq_unit)facts->own_unit,
                            facts->own_multiple, (int)facts->own_anchor};
}

int64_t io_panel_behind(const struct io_panel *panel, size_t i)
{
    struct io_freq step = io_panel_step(panel, i);
    const struct fc_history *s = &panel->series[i];
    size_t n = s->n;
    int64_t behind = 0, t;
    while (n > 0 && s->y != NULL && isnan(s->y[n - 1]))
        n--;
    if (n == 0)
        return 0;
    for (int64_t jump = INT64_C(1) << 40; jump > 0; jump /= 2)
        if (io_freq_advance(&step, panel->facts[i].start,
                            (int64_t)n - 1 + behind + jump, &t)
            && t <= panel->last)
            behind += jump;
    return behind;
}

struct fc_date io_panel_date(const struct io_panel *panel, size_t i)
{
    int64_t monday = io_days_from_civil(2001, 1, 1) * IO_SECONDS_PER_DAY;
    double step = io_freq_length(&panel->freq);
    if (!(io_freq_year(&panel->freq) > 0) || panel->series[i].n == 0)
        return (struct fc_date){.known = false};
    return (struct fc_date){true,
                            (double)(panel->facts[i].start - monday) / step};
}

bool io_panel_future(const struct io_panel *panel, size_t i, int h,
                     char buf[IO_TIME_SIZE])
{
    struct io_freq step = io_panel_step(panel, i);
    int64_t t;
    if (!io_freq_advance(&step, panel->facts[i].start,
                         (int64_t)panel->series[i].n + h, &t))
        return false;
    return io_time_print(&panel->format, t, buf) > 0;
}
