/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Periods whose values count as missing: a step is of a period when its
 * timestamp is.
 */
#include "io/panel/regular.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum fc_status io_settle_ignored(struct io_regular *job, struct fc_error *err)
{
    struct io_panel *panel = job->panel;
    struct fc_error why;
    enum fc_status status = io_periods_parse(
        job->options->ignore, &panel->format, &panel->ignore, &why);
    if (status == FC_ENOMEM)
        return fc_fail(err, status, "out of memory");
    if (status != FC_OK)
        return fc_fail(err, status, "%s: --ignore: %s", job->rows->name,
                       why.msg);
    if (io_periods_cover(&panel->ignore, panel->first, panel->last))
        return fc_fail(err, FC_EDATA,
                       "%s: --ignore '%.60s' leaves nothing of the file",
                       job->rows->name, job->options->ignore);
    job->ignored = calloc(panel->nseries + 1, sizeof *job->ignored);
    return job->ignored != NULL ? FC_OK
                                : fc_fail(err, FC_ENOMEM, "out of memory");
}

/* The first of n places of a grid that is not before t. */
static size_t place_at(const struct io_freq *step, int64_t start, int64_t t,
                       size_t n)
{
    size_t low = 0, high = n; /* it is from low to high */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int64_t at = start;
        if (middle == 0
            || io_freq_advance(step, start, (int64_t)middle, &at)) {
            if (at < t)
                low = middle + 1;
            else
                high = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Its places of a period: from *first, to before *end. */
static void find_places(const struct io_panel *panel, size_t i,
                        const struct io_period *period, size_t *first,
                        size_t *end)
{
    struct io_freq step = io_panel_step(panel, i);
    int64_t start = panel->facts[i].start;
    size_t n = panel->series[i].n;
    *first = place_at(&step, start, period->first, n);
    *end = period->last == INT64_MAX
               ? n
               : place_at(&step, start, period->last + 1, n);
}

bool *io_ignore_places(const struct io_regular *job, size_t i, double *y,
                       struct fc_workspace *ws, bool *good)
{
    const struct io_panel *panel = job->panel;
    size_t n = panel->series[i].n;
    bool *flags = NULL;
    for (size_t k = 0; k < panel->ignore.n; k++) {
        size_t first, end;
        find_places(panel, i, &panel->ignore.at[k], &first, &end);
        if (first >= end)
            continue;
        if (flags == NULL) {
            flags = fc_workspace_array(ws, n, sizeof *flags);
            *good = flags != NULL;
            if (flags == NULL)
                return NULL;
            memset(flags, 0, n * sizeof *flags);
        }
        memset(flags + first, true, end - first);
        for (size_t t = first; t < end; t++) {
            job->ignored[i] += !isnan(y[t]);
            y[t] = NAN;
        }
    }
    return flags;
}

bool io_panel_ignore(struct io_panel *panel, size_t i,
                     const struct io_period *period, const char *why)
{
    struct fc_history *series = &panel->series[i];
    struct io_panel_facts *facts = &panel->facts[i];
    struct io_freq step = io_panel_step(panel, i);
    double *y = (double *)series->y; /* the panel's own */
    size_t first, end, begin = 0, count = 0;
    find_places(panel, i, period, &first, &end);
    for (size_t t = first; t < end; t++) {
        count += !isnan(y[t]);
        y[t] = NAN;
    }
    if (count == 0)
        return true;
    panel->nignored += count;
    facts->nfilled += (uint32_t)count;
    while (begin < series->n && isnan(y[begin]))
        begin++;
    if (begin == series->n) {
        series->n = 0;
        return io_fail_series(facts, "%s: no value is left of it", why);
    }
    if (begin > 0)
        io_freq_advance(&step, facts->start, (int64_t)begin, &facts->start);
    facts->nfilled -= (uint32_t)begin;
    series->n -= begin;
    if (facts->owns_y)
        memmove(y, y + begin, series->n * sizeof *y);
    else
        series->y = y + begin;
    return true;
}
