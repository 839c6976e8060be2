/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/rows/fill.h"

#include "io/text/utf8.h"

#include <stdlib.h>
#include <string.h>

/* Grows *array to hold at least one more than n elements. */
static bool reserve(void *array, size_t *capacity, size_t n, size_t size)
{
    void **place = array;
    if (n < *capacity)
        return true;
    size_t more = *capacity + *capacity / 2 + 256;
    void *grown = realloc(*place, more * size);
    if (grown == NULL)
        return false;
    *place = grown;
    *capacity = more;
    return true;
}

bool io_fill_reserve(struct io_fill *fill)
{
    struct io_chunk *c = fill->chunk;
    size_t capacity = c->capacity;
    if (!reserve(&c->value, &capacity, c->n, sizeof *c->value)
        || !reserve(&c->time, &c->capacity, c->n, sizeof *c->time)) {
        fill->out_of_memory = true;
        return false;
    }
    return true;
}

static bool is_utf8(const unsigned char *s, size_t n)
{
    uint32_t code;
    for (size_t i = 0, length; i < n; i += length) {
        length = io_utf8_char(s + i, n - i, &code);
        if (length == 0)
            return false;
    }
    return true;
}

void io_fill_series(struct io_fill *fill, const char *id, size_t n)
{
    struct io_intern *ids = &fill->chunk->ids;
    if (fill->series < ids->n && ids->length[fill->series] == n
        && memcmp(ids->text[fill->series], id, n) == 0)
        return;
    uint32_t known = ids->n;
    fill->series = io_intern_add(ids, id, n);
    if (fill->series == IO_INTERN_FULL) {
        fill->out_of_memory = true;
        fill->series = 0;
    } else if (ids->n > known && fill->chunk->not_utf8 == 0
               && !is_utf8((const unsigned char *)id, n)) {
        fill->chunk->not_utf8 = fill->line + 1;
    }
}

static void add_run(struct io_fill *fill)
{
    struct io_chunk *c = fill->chunk;
    uint32_t count = (uint32_t)(c->n - fill->first);
    if (c->nruns > 0 && c->run[c->nruns - 1].series == fill->series) {
        c->run[c->nruns - 1].count += count;
        return;
    }
    if (!reserve(&c->run, &c->runs_capacity, c->nruns, sizeof *c->run)) {
        fill->out_of_memory = true;
        return;
    }
    c->run[c->nruns++] = (struct io_run){fill->series, count};
}

/* Keeps where the open record stands. */
static void add_line(struct io_fill *fill)
{
    struct io_chunk *c = fill->chunk;
    uint32_t rows = (uint32_t)(c->n - fill->first);
    if (c->nstretches > 0) {
        struct io_lines *last = &c->lines[c->nstretches - 1];
        if (last->series == fill->series && last->rows == rows
            && last->count < UINT32_MAX
            && last->line + last->count == fill->line) {
            last->count++;
            return;
        }
    }
    if (!reserve(&c->lines, &c->lines_capacity, c->nstretches,
                 sizeof *c->lines)) {
        fill->out_of_memory = true;
        return;
    }
    c->lines[c->nstretches++] =
        (struct io_lines){fill->series, 1, rows, fill->line};
}

static bool grow_has_error(struct io_fill *fill)
{
    size_t size = (size_t)fill->series * 2 + 64;
    unsigned char *grown = realloc(fill->has_error, size);
    if (grown == NULL)
        return false;
    memset(grown + fill->has_error_size, 0, size - fill->has_error_size);
    fill->has_error = grown;
    fill->has_error_size = size;
    return true;
}

static void add_error(struct io_fill *fill)
{
    struct io_chunk *c = fill->chunk;
    uint32_t series = fill->series;
    c->nrejected++;
    if (!io_shard_has(&fill->options->shard, c->ids.text[series],
                      c->ids.length[series]))
        return;
    if (fill->has_error_size <= series && !grow_has_error(fill)) {
        fill->out_of_memory = true;
        return;
    }
    if (fill->has_error[series] && !fill->options->all_errors)
        return;
    if (!reserve(&c->errors, &c->errors_capacity, c->nerrors,
                 sizeof *c->errors)) {
        fill->out_of_memory = true;
        return;
    }
    fill->has_error[series] = 1;
    struct io_row_error *e = &c->errors[c->nerrors++];
    e->series = series;
    e->line = fill->line;
    memcpy(e->msg, fill->problem, sizeof e->msg);
}

void io_fill_keep(struct io_fill *fill)
{
    if (fill->rejected) {
        fill->chunk->n = fill->first;
        add_run(fill);
        add_error(fill);
        return;
    }
    add_run(fill);
    if (fill->options->all_errors)
        add_line(fill);
}

void io_fill_release(struct io_fill *fill)
{
    free(fill->has_error);
    fill->has_error = NULL;
    fill->has_error_size = 0;
}
