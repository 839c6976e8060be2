/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chunks know in which lines the rows of a series stand, and the loader knows
 * of each series which of its rows, counted in file order, it did without.
 */
#include "io/panel/rejects.h"

#include "io/text/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How far the rows of one series have been gone through. */
struct place {
    uint32_t row;
    size_t unused;
};

struct list {
    const struct io_rejects_work *work;
    struct place *place; /* per series; NULL when none can be replaced */
    struct io_reject *all;
    size_t n, room;
    const char *file;
    uint64_t line;  /* of the chunk's first line */
    uint64_t order; /* likewise, in all parts */
};

static struct io_reject *add(struct list *list, uint64_t line, uint32_t series)
{
    if (list->n == list->room) {
        size_t room = list->room + list->room / 2 + 64;
        struct io_reject *grown = realloc(list->all, room * sizeof *grown);
        if (grown == NULL)
            return NULL;
        list->all = grown;
        list->room = room;
    }
    struct io_reject *reject = &list->all[list->n++];
    reject->file = list->file;
    reject->line = list->line + line;
    reject->order = list->order + line;
    reject->series = series;
    return reject;
}

/* Rows that could not be read. */
static bool add_errors(struct list *list, const struct io_chunk *chunk)
{
    for (size_t i = 0; i < chunk->nerrors; i++) {
        const struct io_row_error *e = &chunk->errors[i];
        struct io_reject *reject = add(list, e->line, e->series);
        if (reject == NULL)
            return false;
        memcpy(reject->reason, e->msg, sizeof reject->reason);
    }
    return true;
}

/* The series' error without the file's name, which is that of the input. */
static void say_failed(const struct io_rejects_work *work, uint32_t series,
                       char *reason, size_t size)
{
    const char *error = work->panel->facts[series].error, *where = ": ";
    const char *file = io_series_file(work->rows, work->options, series);
    size_t n = strlen(file), room;
    if (strncmp(error, file, n) == 0 && error[n] == ':') {
        error += n + 1;
        where = *error == ' ' ? ":" : " in line ";
    }
    int begun = snprintf(reason, size, "its series failed%s", where);
    room = size - (size_t)begun - 1;
    n = io_utf8_cut(error, strlen(error), room);
    memcpy(reason + begun, error, n);
    reason[(size_t)begun + n] = '\0';
}

static bool add_failed(struct list *list, const struct io_lines *lines)
{
    for (uint32_t t = 0; t < lines->count; t++) {
        struct io_reject *reject = add(list, lines->line + t, lines->series);
        if (reject == NULL)
            return false;
        say_failed(list->work, lines->series, reject->reason,
                   sizeof reject->reason);
    }
    return true;
}

/* Lines of which something was replaced and nothing used. */
static bool add_replaced(struct list *list, const struct io_lines *lines)
{
    const struct io_unused *unused = list->work->unused[lines->series];
    struct place *place = &list->place[lines->series];
    for (uint32_t t = 0; t < lines->count; t++) {
        bool used = false, replaced = false;
        for (uint32_t i = 0; i < lines->rows; i++, place->row++)
            if (place->unused < unused->n
                && unused->at[place->unused].row == place->row)
                replaced |= unused->at[place->unused++].replaced;
            else
                used = true;
        if (used || !replaced)
            continue;
        struct io_reject *reject = add(list, lines->line + t, lines->series);
        if (reject == NULL)
            return false;
        strcpy(reject->reason, "replaced by a later row of the same time "
                               "(--duplicates last)");
    }
    return true;
}

static bool add_good(struct list *list, const struct io_chunk *chunk)
{
    const struct io_rejects_work *work = list->work;
    bool good = true;
    for (size_t i = 0; good && i < chunk->nstretches; i++) {
        const struct io_lines *lines = &chunk->lines[i];
        if (work->raw[lines->series].other)
            continue;
        if (work->panel->facts[lines->series].error != NULL)
            good = add_failed(list, lines);
        else if (work->unused != NULL && work->unused[lines->series] != NULL)
            good = add_replaced(list, lines);
    }
    return good;
}

/* Where a lone carriage return ends a record, several are of one line. */
static int by_line(const void *a, const void *b)
{
    const struct io_reject *x = a, *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    if (x->series != y->series)
        return x->series < y->series ? -1 : 1;
    return strcmp(x->reason, y->reason);
}

bool io_rejects_list(const struct io_rejects_work *work)
{
    struct list list = {.work = work, .line = work->rows->first_line};
    bool good = true;
    if (work->unused != NULL) {
        list.place = calloc(work->panel->nseries, sizeof *list.place);
        good = list.place != NULL;
    }
    for (size_t i = 0; good && i < work->rows->nchunks; i++) {
        struct io_chunk *chunk = &work->rows->chunks[i];
        const char *before = list.file;
        list.file = io_rowset_part(work->rows, i, &list.line);
        if (i == 0)
            list.order = list.line;
        else if (list.file != before)
            list.order += 1 + list.line; /* another part, with a header */
        good = add_errors(&list, chunk) && add_good(&list, chunk);
        list.line += chunk->nlines;
        list.order += chunk->nlines;
        free(chunk->errors);
        free(chunk->lines);
        chunk->errors = NULL;
        chunk->lines = NULL;
    }
    free(list.place);
    if (!good) {
        free(list.all);
        return false;
    }
    if (list.n > 0)
        qsort(list.all, list.n, sizeof *list.all, by_line);
    work->panel->rejects = list.all;
    work->panel->nrejects = list.n;
    return true;
}
