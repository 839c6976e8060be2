/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What becomes of a stretch of the file once it is parsed.
 */
#include "io/packed.h"

#include <stdlib.h>
#include <string.h>

/* Gives back what the arrays have reserved and not used. */
static void shrink(struct io_chunk *c)
{
    size_t n = c->n > 0 ? c->n : 1, nruns = c->nruns > 0 ? c->nruns : 1;
    double *value = realloc(c->value, n * sizeof *value);
    int64_t *time = realloc(c->time, n * sizeof *time);
    struct io_run *runs = realloc(c->runs, nruns * sizeof *runs);
    c->value = value != NULL ? value : c->value;
    c->time = time != NULL ? time : c->time;
    c->runs = runs != NULL ? runs : c->runs;
    c->capacity = n;
    c->runs_capacity = nruns;
}

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
        const struct io_run *run = &c->runs[i];
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
        start[c->runs[i].series + 1] += c->runs[i].count;
    for (uint32_t s = 0; good && s < n; s++)
        start[s + 1] += start[s];
    if (good && c->n > 0)
        good = group_array(c, start, next, &c->value)
               && group_array(c, start, next, &c->time);
    if (good) {
        c->nruns = 0;
        for (uint32_t s = 0; s < n; s++)
            if (start[s + 1] > start[s])
                c->runs[c->nruns++] = (struct io_run){
                    .series = s, .count = (uint32_t)(start[s + 1] - start[s])};
    }
    free(start);
    free(next);
    return good;
}

bool io_chunk_pack(struct io_chunk *chunk, const struct io_shard *shard)
{
    uint32_t first = 0;
    chunk->nrows = chunk->n;
    if (chunk->nruns > 2 * (size_t)chunk->ids.n && !group_by_series(chunk))
        return false;
    for (size_t i = 0; i < chunk->nruns; i++) {
        chunk->runs[i].first = first;
        first += chunk->runs[i].count;
    }
    if (!io_chunk_pack_others(chunk, shard))
        return false;
    shrink(chunk);
    io_intern_close(&chunk->ids);
    return true;
}

void io_chunk_release(struct io_chunk *chunk)
{
    free(chunk->value);
    free(chunk->time);
    free(chunk->runs);
    free(chunk->errors);
    free(chunk->lines);
    free(chunk->packed);
    io_intern_release(&chunk->ids);
    *chunk = (struct io_chunk){0};
}
