/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * In most files a series' rows lie together: then they stay in their chunk.
 * Where series take turns, as in a file sorted by date, every chunk has some
 * rows of every series, and all of them move.
 */
#include "io/rows/gather.h"

#include "forecast/base/parallel.h"

#include <stdlib.h>
#include <string.h>

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

/* Tells for each series how many rows it has, and whether in several runs. */
static enum fc_status count_rows(const struct io_gather *work,
                                 struct fc_error *err)
{
    for (size_t i = 0; i < work->rows->nchunks; i++) {
        const struct io_runs *runs = &work->rows->chunks[i].runs;
        struct io_runs_place place = {0};
        for (size_t k = 0; k < runs->n; k++) {
            struct io_run run = io_runs_next(runs, &place);
            struct io_raw *raw = &work->raw[run.series];
            if (run.count > UINT32_MAX - raw->n)
                return fc_fail(err, FC_EDATA,
                               "%s: more rows in series '%.60s' than can be "
                               "counted",
                               work->rows->name, work->series[run.series].id);
            raw->several = raw->n > 0;
            raw->n += run.count;
        }
    }
    return FC_OK;
}

/* The rows of a chunk's series that lie in it alone; counts or moves them. */
static size_t rows_alone(const struct io_gather *work,
                         const struct io_chunk *chunk, bool move)
{
    struct io_runs_place place = {0};
    size_t alone = 0;
    for (size_t k = 0; k < chunk->runs.n; k++) {
        struct io_run run = io_runs_next(&chunk->runs, &place);
        struct io_raw *raw = &work->raw[run.series];
        if (raw->several)
            continue;
        alone += run.count;
        raw->several = move;
    }
    return alone;
}

/* A chunk does not stay for the sake of a few rows: these are gathered too. */
static void move_stragglers(const struct io_gather *work)
{
    for (size_t i = 0; i < work->rows->nchunks; i++) {
        const struct io_chunk *chunk = &work->rows->chunks[i];
        size_t alone = rows_alone(work, chunk, false);
        if (alone > 0 && alone < chunk->nrows / 2)
            rows_alone(work, chunk, true);
    }
}

/* Room for the rows of all series that are gathered. */
static bool reserve_gathered(const struct io_gather *work)
{
    struct io_chunk *gathered = &work->rows->chunks[work->rows->nchunks];
    for (size_t i = 0; i < work->nseries; i++) {
        struct io_raw *raw = &work->raw[i];
        struct io_rows *rows = raw->other ? &gathered->other : &gathered->own;
        if (!raw->several)
            continue;
        raw->chunk = (uint32_t)work->rows->nchunks;
        raw->first = rows->n;
        rows->n += raw->n;
    }
    for (size_t i = 0; i < work->rows->nchunks; i++) {
        io_times_widen(&gathered->own.time, &work->rows->chunks[i].own.time);
        io_times_widen(&gathered->other.time,
                       &work->rows->chunks[i].other.time);
    }
    size_t own = gathered->own.n, other = gathered->other.n;
    if (own > 0)
        gathered->own.value = malloc(own * sizeof *gathered->own.value);
    if (other > 0)
        gathered->other.missing = calloc(other / 8 + 1, 1);
    return (own == 0 || gathered->own.value != NULL)
           && (other == 0 || gathered->other.missing != NULL)
           && io_times_reserve(&gathered->own.time, own)
           && io_times_reserve(&gathered->other.time, other);
}

static void copy_times(const struct io_times *from, size_t first, size_t n,
                       struct io_times *to, size_t at)
{
    enum { AT_ONCE = 256 };
    int64_t time[AT_ONCE];
    for (size_t i = 0, some; i < n; i += some) {
        some = n - i < AT_ONCE ? n - i : AT_ONCE;
        io_times_get(from, first + i, some, time);
        io_times_set(to, at + i, some, time);
    }
}

static void copy_values(const struct io_rows *from, size_t first, size_t n,
                        struct io_rows *to, size_t at)
{
    if (from->value != NULL)
        memcpy(to->value + at, from->value + first, n * sizeof *to->value);
    else
        for (size_t i = 0; i < n; i++)
            if (io_rows_missing(from, first + i))
                io_rows_set_missing(to, at + i);
}

/* What is placed at a time. */
struct placing {
    const struct io_gather *work;
    size_t series; /* by each item */
    bool times;    /* or values */
};

/* The rows of a run to where the series is gathered, or just where they are. */
static void place_run(const struct placing *placing, size_t chunk, size_t first,
                      uint32_t count, struct io_raw *raw)
{
    const struct io_gather *work = placing->work;
    struct io_chunk *c = &work->rows->chunks[chunk];
    struct io_chunk *gathered = &work->rows->chunks[work->rows->nchunks];
    struct io_rows *from = raw->other ? &c->other : &c->own;
    struct io_rows *to = raw->other ? &gathered->other : &gathered->own;
    if (!raw->several) {
        raw->chunk = (uint32_t)chunk;
        raw->first = first;
        __atomic_store_n(&c->in_use, true, __ATOMIC_RELAXED);
        return;
    }
    if (placing->times)
        copy_times(&from->time, first, count, &to->time, raw->first);
    else
        copy_values(from, first, count, to, raw->first);
    raw->first += count;
}

/* The rows of some series: everybody goes through the runs of all. */
static enum fc_status place_item(void *arg, size_t i, struct fc_workspace *ws)
{
    const struct placing *placing = arg;
    const struct io_gather *work = placing->work;
    size_t begin = i * placing->series;
    size_t end = begin + placing->series;
    (void)ws;
    for (size_t c = 0; c < work->rows->nchunks; c++) {
        const struct io_runs *runs = &work->rows->chunks[c].runs;
        struct io_runs_place place = {0};
        size_t own = 0, other = 0;
        for (size_t k = 0; k < runs->n; k++) {
            struct io_run run = io_runs_next(runs, &place);
            struct io_raw *raw = &work->raw[run.series];
            size_t *first = raw->other ? &other : &own;
            if (run.series >= begin && run.series < end)
                place_run(placing, c, *first, run.count, raw);
            *first += run.count;
        }
    }
    for (size_t s = begin; s < end && s < work->nseries; s++)
        if (work->raw[s].several)
            work->raw[s].first -= work->raw[s].n;
    return FC_OK;
}

static enum fc_status place(const struct io_gather *work, bool times,
                            struct fc_error *err)
{
    size_t jobs = work->jobs > 1 ? (size_t)work->jobs : 1;
    struct placing placing = {work, work->nseries / jobs + 1, times};
    struct fc_parallel job = {
        .n = jobs,
        .nthreads = work->jobs,
        .item = place_item,
        .arg = &placing,
    };
    return fc_parallel_map(&job) == FC_OK ? FC_OK : no_memory(err);
}

/*
 * Values first, whose old place is free when the timestamps need a new one.
 */
static enum fc_status place_rows(const struct io_gather *work,
                                 struct fc_error *err)
{
    struct io_chunk *gathered = &work->rows->chunks[work->rows->nchunks];
    enum fc_status status = place(work, false, err);
    for (size_t i = 0; i < work->rows->nchunks; i++)
        if (!work->rows->chunks[i].in_use) {
            free(work->rows->chunks[i].own.value);
            work->rows->chunks[i].own.value = NULL;
        }
    if (status == FC_OK && gathered->own.n + gathered->other.n > 0)
        status = place(work, true, err);
    for (size_t i = 0; i < work->rows->nchunks; i++) {
        struct io_chunk *c = &work->rows->chunks[i];
        io_runs_release(&c->runs);
        if (!c->in_use) {
            io_rows_release(&c->own);
            io_rows_release(&c->other);
        }
    }
    return status;
}

enum fc_status io_gather_rows(const struct io_gather *work,
                              struct fc_error *err)
{
    enum fc_status status = count_rows(work, err);
    if (status != FC_OK)
        return status;
    move_stragglers(work);
    return reserve_gathered(work) ? place_rows(work, err) : no_memory(err);
}
