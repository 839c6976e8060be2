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

bool *io_ignore_places(const struct io_regular *job, size_t i, double *y,
                       struct fc_workspace *ws, bool *good)
{
    const struct io_panel *panel = job->panel;
    struct io_freq step = io_panel_step(panel, i);
    int64_t start = panel->facts[i].start;
    size_t n = panel->series[i].n;
    bool *flags = NULL;
    for (size_t k = 0; k < panel->ignore.n; k++) {
        const struct io_period *period = &panel->ignore.at[k];
        size_t first = place_at(&step, start, period->first, n);
        size_t end = period->last == INT64_MAX
                         ? n
                         : place_at(&step, start, period->last + 1, n);
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
