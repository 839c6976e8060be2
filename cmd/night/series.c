/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/night/series.h"

#include "forecast/numeric/missing.h"
#include "io/text/hash.h"

#include <stdlib.h>

enum { RECENT = 64 }; /* values that are compared when the oldest are gone */

uint64_t cmd_night_hash(const void *bytes, size_t n)
{
    static const struct io_hash_key key = {
        {UINT64_C(0x6e69676874636173), UINT64_C(0x7473746f72656b65)}};
    return io_hash(&key, bytes, n);
}

uint64_t cmd_night_hash_on(uint64_t hash, const void *bytes, size_t n)
{
    uint64_t both[2] = {hash, cmd_night_hash(bytes, n)};
    return cmd_night_hash(both, sizeof both);
}

uint64_t cmd_night_hash_values(const struct cmd_night *night, size_t series,
                               size_t first, size_t n)
{
    const struct fc_job *job = &night->batch->job;
    const double *y = job->series[series].y + first;
    uint64_t hash = cmd_night_hash(y, n * sizeof *y);
    if (job->regressors == NULL)
        return hash;
    const struct fc_regressors *x = &job->regressors[series];
    for (size_t j = 0; j < x->n; j++)
        hash = cmd_night_hash_on(hash, x->x + j * x->stride + first,
                                 n * sizeof *x->x);
    return hash;
}

bool cmd_night_place(const struct cmd_night *night, size_t series, int64_t t,
                     int64_t *place)
{
    struct io_freq step = io_panel_step(night->panel, series);
    int64_t start = night->panel->facts[series].start;
    if (!night->panel->has_freq) {
        *place = 0;
        return t == start;
    }
    return io_freq_index(&step, start, t, place);
}

int64_t cmd_night_origin(const struct cmd_night *night, size_t i)
{
    struct io_freq step = io_panel_step(night->panel, i);
    int64_t start = night->panel->facts[i].start, origin = start;
    size_t n = night->panel->series[i].n;
    if (n > 1)
        io_freq_advance(&step, start, (int64_t)n - 1, &origin);
    return origin;
}

/* Of the last few of n places. */
static uint64_t hash_recent(const struct cmd_night *night, size_t i, size_t n)
{
    size_t few = n < RECENT ? n : RECENT;
    return cmd_night_hash_values(night, i, n - few, few);
}

static void see_values(const struct cmd_night *night, size_t i,
                       struct cmd_seen *seen)
{
    const struct fc_history *series = &night->panel->series[i];
    struct io_freq step = io_panel_step(night->panel, i);
    int64_t start = night->panel->facts[i].start;
    seen->n = series->n - fc_missing_tail(series->y, series->n);
    seen->whole = cmd_night_hash_values(night, i, 0, seen->n);
    seen->recent = hash_recent(night, i, seen->n);
    seen->last = start;
    if (seen->n > 1)
        io_freq_advance(&step, start, (int64_t)seen->n - 1, &seen->last);
}

/* Whether the values that were there before are what they were. */
static bool is_corrected(const struct cmd_night *night, size_t i,
                         const struct cmd_seen *seen)
{
    const struct io_store_series *before = &seen->before;
    int64_t place;
    if (before->n < 1 || seen->n == 0 || !night->known.same)
        return false;
    if (!cmd_night_place(night, i, before->last, &place))
        return true;
    if (place < 0 || (size_t)place >= seen->n)
        return place >= 0; /* the last ones were taken back */
    size_t n = (size_t)place + 1;
    if (before->first == night->panel->facts[i].start)
        return n != (size_t)before->n
               || cmd_night_hash_values(night, i, 0, n) != before->whole;
    return n >= RECENT && before->n >= RECENT
           && hash_recent(night, i, n) != before->recent;
}

enum fc_status cmd_night_see(struct cmd_night *night, struct fc_error *err)
{
    const struct io_panel *panel = night->panel;
    for (size_t i = 0; i < panel->nseries; i++) {
        struct cmd_seen *seen = &night->seen[i];
        enum fc_status status = io_store_find_series(
            night->store, panel->series[i].id, &seen->before, err);
        if (status != FC_OK)
            return status;
        if (panel->facts[i].error != NULL)
            continue;
        see_values(night, i, seen);
        seen->corrected = is_corrected(night, i, seen);
        night->corrected += seen->corrected;
    }
    return FC_OK;
}

/* A series and its number in the store. */
struct numbered {
    int64_t number;
    size_t series;
};

static int by_number(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return (x->series > y->series) - (x->series < y->series);
}

size_t *cmd_night_by_number(const struct cmd_night *night)
{
    size_t n = night->panel->nseries;
    struct numbered *all = malloc((n + 1) * sizeof *all);
    size_t *order = malloc((n + 1) * sizeof *order);
    for (size_t i = 0; all != NULL && i < n; i++)
        all[i] = (struct numbered){night->seen[i].before.series, i};
    if (all != NULL)
        qsort(all, n, sizeof *all, by_number);
    for (size_t i = 0; all != NULL && order != NULL && i < n; i++)
        order[i] = all[i].series;
    if (all == NULL) {
        free(order);
        order = NULL;
    }
    free(all);
    return order;
}
