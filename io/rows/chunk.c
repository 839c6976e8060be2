/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What becomes of a stretch of the file once it is parsed.
 */
#include "io/rows/chunk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Copies eight-byte values, run by run, to where each series' place begins. */
static bool group_array(const struct io_chunk *c, const size_t *start,
                        size_t *next, void *array)
{
    char **place = array, *from = *place;
    char *grouped = malloc(c->n * sizeof(double));
    if (grouped == NULL)
        return false;
    memcpy(next, start, c->ids.n * sizeof *next);
    for (size_t i = 0; i < c->nruns; i++) {
        const struct io_run *run = &c->run[i];
        size_t size = run->count * sizeof(double);
        memcpy(grouped + next[run->series] * sizeof(double), from, size);
        next[run->series] += run->count;
        from += size;
    }
    free(*place);
    *place = grouped;
    return true;
}

/* A counting sort of the rows by series. */
static bool group_by_series(struct io_chunk *c)
{
    uint32_t n = c->ids.n;
    size_t *start = calloc(n + 1, sizeof *start);
    size_t *next = malloc(n * sizeof *next);
    bool good = start != NULL && next != NULL;
    for (size_t i = 0; good && i < c->nruns; i++)
        start[c->run[i].series + 1] += c->run[i].count;
    for (uint32_t s = 0; good && s < n; s++)
        start[s + 1] += start[s];
    if (good && c->n > 0)
        good = group_array(c, start, next, &c->value)
               && group_array(c, start, next, &c->time);
    if (good) {
        c->nruns = 0;
        for (uint32_t s = 0; s < n; s++)
            if (start[s + 1] > start[s])
                c->run[c->nruns++] =
                    (struct io_run){s, (uint32_t)(start[s + 1] - start[s])};
    }
    free(start);
    free(next);
    return good;
}

/* All rows are the shard's own: their values stay where they are. */
static bool keep_rows(struct io_chunk *c)
{
    double *fitted = realloc(c->value, (c->n > 0 ? c->n : 1) * sizeof *fitted);
    c->own.n = c->n;
    c->own.value = fitted != NULL ? fitted : c->value;
    c->value = NULL;
    return io_times_pack(c->time, c->n, &c->own.time);
}

/* Whether each series of the chunk is the shard's, and its rows in all. */
static bool *find_own(const struct io_chunk *c, const struct io_shard *shard,
                      size_t *rows)
{
    bool *own = malloc((c->ids.n > 0 ? c->ids.n : 1) * sizeof *own);
    *rows = 0;
    if (own == NULL)
        return NULL;
    for (uint32_t i = 0; i < c->ids.n; i++)
        own[i] = io_shard_has(shard, c->ids.text[i], c->ids.length[i]);
    for (size_t i = 0; i < c->nruns; i++)
        if (own[c->run[i].series])
            *rows += c->run[i].count;
    return own;
}

/* Moves the rows to those of the shard and those of others. */
static void deal_rows(struct io_chunk *c, const bool *own, int64_t *time)
{
    size_t at = 0, kept = 0, others = 0;
    for (size_t i = 0; i < c->nruns; i++)
        for (uint32_t k = 0; k < c->run[i].count; k++, at++)
            if (own[c->run[i].series]) {
                c->own.value[kept] = c->value[at];
                c->time[kept++] = c->time[at];
            } else {
                if (isnan(c->value[at]))
                    io_rows_set_missing(&c->other, others);
                time[others++] = c->time[at];
            }
}

static bool split_rows(struct io_chunk *c, const struct io_shard *shard)
{
    size_t rows, others;
    bool *own = find_own(c, shard, &rows);
    if (own == NULL)
        return false;
    others = c->n - rows;
    c->own.n = rows;
    c->other.n = others;
    c->own.value = malloc((rows > 0 ? rows : 1) * sizeof *c->own.value);
    c->other.missing = calloc(others / 8 + 1, 1);
    int64_t *time = malloc((others > 0 ? others : 1) * sizeof *time);
    bool good =
        c->own.value != NULL && c->other.missing != NULL && time != NULL;
    if (good) {
        deal_rows(c, own, time);
        good = io_times_pack(c->time, rows, &c->own.time)
               && io_times_pack(time, others, &c->other.time);
    }
    free(time);
    free(own);
    return good;
}

bool io_chunk_pack(struct io_chunk *chunk, const struct io_shard *shard)
{
    chunk->nrows = chunk->n;
    if (chunk->nruns > 2 * (size_t)chunk->ids.n && !group_by_series(chunk))
        return false;
    if (!(shard->count > 1 ? split_rows(chunk, shard) : keep_rows(chunk)))
        return false;
    free(chunk->value);
    free(chunk->time);
    chunk->value = NULL;
    chunk->time = NULL;
    io_intern_close(&chunk->ids);
    return true;
}

bool io_chunk_number(struct io_chunk *chunk, const uint32_t *number)
{
    for (size_t i = 0; i < chunk->nruns; i++)
        chunk->run[i].series = number[chunk->run[i].series];
    for (size_t i = 0; i < chunk->nerrors; i++)
        chunk->errors[i].series = number[chunk->errors[i].series];
    for (size_t i = 0; i < chunk->nstretches; i++)
        chunk->lines[i].series = number[chunk->lines[i].series];
    io_intern_release(&chunk->ids);
    if (!io_runs_pack(chunk->run, chunk->nruns, &chunk->runs))
        return false;
    free(chunk->run);
    chunk->run = NULL;
    return true;
}

void io_rows_release(struct io_rows *rows)
{
    io_times_release(&rows->time);
    free(rows->value);
    free(rows->missing);
    *rows = (struct io_rows){0};
}

void io_chunk_release(struct io_chunk *chunk)
{
    free(chunk->value);
    free(chunk->time);
    free(chunk->run);
    io_rows_release(&chunk->own);
    io_rows_release(&chunk->other);
    io_runs_release(&chunk->runs);
    free(chunk->errors);
    free(chunk->lines);
    io_intern_release(&chunk->ids);
    *chunk = (struct io_chunk){0};
}
