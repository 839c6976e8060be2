/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every pass needs: the rows of a series, its error, all series at once.
 */
#include "io/panel/regular.h"

#include "forecast/base/parallel.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool io_fail_series(struct io_panel_facts *facts, const char *fmt, ...)
{
    va_list ap;
    char text[FC_MESSAGE_SIZE];
    if (facts->error != NULL)
        return true;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    facts->error = malloc(strlen(text) + 1);
    if (facts->error == NULL)
        return false;
    strcpy(facts->error, text);
    return true;
}

enum fc_status io_no_room(struct io_regular *job)
{
    __atomic_store_n(&job->short_of_memory, true, __ATOMIC_RELAXED);
    return FC_ENOMEM;
}

/* Of other shards' series only what is missing is known. */
static double *expand_missing(const struct io_rows *from, size_t first,
                              size_t n, struct fc_workspace *ws)
{
    double *value = fc_workspace_doubles(ws, n);
    for (size_t t = 0; value != NULL && t < n; t++)
        value[t] = io_rows_missing(from, first + t) ? NAN : 0;
    return value;
}

bool io_series_rows_get(const struct io_regular *job, const struct io_raw *raw,
                        struct fc_workspace *ws, struct io_series_rows *rows)
{
    const struct io_chunk *chunk = &job->rows->chunks[raw->chunk];
    const struct io_rows *from = raw->other ? &chunk->other : &chunk->own;
    *rows = (struct io_series_rows){.n = raw->n};
    if (raw->n == 0)
        return true;
    rows->time = fc_workspace_array(ws, rows->n, sizeof *rows->time);
    rows->value = raw->other ? expand_missing(from, raw->first, raw->n, ws)
                             : from->value + raw->first;
    if (rows->time == NULL || rows->value == NULL)
        return false;
    io_times_get(&from->time, raw->first, raw->n, rows->time);
    return true;
}

enum fc_status io_each_series(struct io_regular *job,
                              enum fc_status (*item)(void *, size_t,
                                                     struct fc_workspace *),
                              struct fc_error *err)
{
    struct fc_parallel map = {
        .n = job->panel->nseries,
        .nthreads = job->options->jobs,
        .item = item,
        .arg = job,
    };
    if (fc_parallel_map(&map) != FC_OK || job->short_of_memory)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    return FC_OK;
}

const char *io_series_file(const struct io_rowset *rows,
                           const struct io_panel_options *options, size_t i)
{
    return options->agreed != NULL && rows->nparts > 0
               ? rows->parts[io_rowset_part_of(rows, (uint32_t)i)].name
               : rows->name;
}
