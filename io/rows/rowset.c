/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/rows/rowset.h"

#include <stdlib.h>
#include <string.h>

struct io_rowset *io_rowset_new(void)
{
    return calloc(1, sizeof(struct io_rowset));
}

void io_rowset_clear(struct io_rowset *rows)
{
    for (size_t i = 0; rows->chunks != NULL && i <= rows->nchunks; i++)
        io_chunk_release(&rows->chunks[i]);
    free(rows->chunks);
    io_intern_release(&rows->ids);
    rows->chunks = NULL;
    rows->nchunks = 0;
    rows->ids = (struct io_intern){0};
}

const char *io_rowset_part(const struct io_rowset *rows, size_t chunk,
                           uint64_t *line)
{
    const char *name = rows->name;
    if (rows->nparts == 0 && chunk == 0)
        *line = rows->first_line;
    for (size_t i = 0; i < rows->nparts && rows->parts[i].first_chunk <= chunk;
         i++) {
        name = rows->parts[i].name;
        if (rows->parts[i].first_chunk == chunk)
            *line = rows->parts[i].first_line;
    }
    return name;
}

size_t io_rowset_part_of(const struct io_rowset *rows, uint32_t series)
{
    size_t low = 0, high = rows->nparts;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (rows->parts[middle].first_id <= series)
            low = middle;
        else
            high = middle;
    }
    return low;
}

void io_rowset_free(struct io_rowset *rows)
{
    if (rows == NULL)
        return;
    io_rowset_clear(rows);
    free(rows->parts);
    free(rows->id_name);
    free(rows->time_name);
    free(rows->value_name);
    free(rows);
}

bool io_rowset_grow(struct io_rowset *rows, size_t n)
{
    size_t from = rows->chunks != NULL ? rows->nchunks + 1 : 0;
    struct io_chunk *grown = realloc(rows->chunks, (n + 1) * sizeof *grown);
    if (grown == NULL)
        return false;
    memset(grown + from, 0, (n + 1 - from) * sizeof *grown);
    rows->chunks = grown;
    rows->nchunks = n;
    return true;
}

bool io_rowset_number(struct io_rowset *rows, struct io_chunk *chunk,
                      uint32_t *lowest)
{
    struct io_intern *ids = &rows->ids;
    uint32_t n = chunk->ids.n;
    uint32_t *number = malloc((n > 0 ? n : 1) * sizeof *number);
    bool good = number != NULL;
    *lowest = UINT32_MAX;
    for (uint32_t i = 0; good && i < n; i++) {
        number[i] =
            io_intern_add(ids, chunk->ids.text[i], chunk->ids.length[i]);
        good = number[i] != IO_INTERN_FULL;
        *lowest = number[i] < *lowest ? number[i] : *lowest;
    }
    good = good && io_chunk_number(chunk, number);
    free(number);
    return good;
}
