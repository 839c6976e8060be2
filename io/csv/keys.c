/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows go into a table by id and time; where there is one already, the columns
 * that are the same in both are no key.
 */
#define _POSIX_C_SOURCE 200809L /* stat */
#include "io/csv/keys.h"

#include "io/csv/table.h"
#include "io/text/intern.h"
#include "io/text/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_ROWS = 200000, MOST_COLUMNS = 64, KEY_SIZE = 512 };

struct finder {
    const struct io_keys_search *search;
    struct io_table_keys id;
    size_t time, value, ncolumns;
    struct io_intern groups;  /* "id\ntime" */
    struct io_intern members; /* "column:group:field" */
    size_t rows, pairs;
    bool could[MOST_COLUMNS], number[MOST_COLUMNS];
    char names[MOST_COLUMNS][64];
    bool begun;
};

static enum fc_status read_header(struct finder *f,
                                  const struct io_record *header,
                                  struct fc_error *err)
{
    f->begun = true;
    f->ncolumns = header->n < MOST_COLUMNS ? header->n : MOST_COLUMNS;
    enum fc_status status = FC_OK;
    if (f->search->id != NULL)
        status = io_table_keys_find(header, f->search->id, &f->id, err);
    else
        f->id.same = IO_ONE_ID;
    f->time = io_table_column(header, f->search->time);
    f->value = io_table_column(header, f->search->value);
    if (status == FC_OK
        && ((f->id.n == 0 && f->id.same == NULL) || f->time == SIZE_MAX))
        return FC_EINVAL;
    for (size_t c = 0; c < f->ncolumns; c++) {
        snprintf(f->names[c], sizeof f->names[c], "%.60s", header->field[c]);
        f->could[c] = c != f->time && c != f->value;
        f->number[c] = true;
        for (size_t k = 0; k < f->id.n; k++)
            f->could[c] = f->could[c] && c != f->id.column[k];
    }
    return status;
}

/* Whether this row's field is another than those of its group before. */
static bool is_new(struct finder *f, uint32_t group, size_t column,
                   const char *text)
{
    char key[KEY_SIZE];
    uint32_t before = f->members.n;
    int n = snprintf(key, sizeof key, "%zu:%u:%.400s", column, group, text);
    io_intern_add(&f->members, key, (size_t)n);
    return f->members.n > before;
}

static enum fc_status take_record(void *arg, const struct io_record *record,
                                  struct fc_error *err)
{
    struct finder *f = arg;
    char key[KEY_SIZE];
    size_t length;
    double v;
    if (!f->begun)
        return read_header(f, record, err);
    const char *id = io_table_id(record, &f->id, &length);
    if (id == NULL || f->rows++ == MOST_ROWS)
        return FC_EINVAL; /* enough */
    int n =
        snprintf(key, sizeof key, "%.300s\n%.100s", id, record->field[f->time]);
    uint32_t known = f->groups.n;
    uint32_t group = io_intern_add(&f->groups, key, (size_t)n);
    f->pairs += f->groups.n == known;
    for (size_t c = 0; c < f->ncolumns; c++) {
        if (!f->could[c])
            continue;
        f->could[c] = is_new(f, group, c, record->field[c]);
        f->number[c] =
            f->number[c]
            && io_number_parse(record->field[c], record->length[c], &v);
    }
    return FC_OK;
}

/* Names before numbers, which may differ by chance. */
static bool choose(const struct finder *f, char *name, size_t size)
{
    for (int numbers = 0; numbers < 2 && f->pairs > 0; numbers++)
        for (size_t c = 0; c < f->ncolumns; c++)
            if (f->could[c] && f->number[c] == (numbers != 0)) {
                snprintf(name, size, "%s", f->names[c]);
                return true;
            }
    return false;
}

bool io_keys_find(const struct io_keys_search *search, char *name, size_t size)
{
    struct stat st;
    struct fc_error err;
    if (stat(search->path, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    struct finder *f = calloc(1, sizeof *f);
    if (f == NULL)
        return false;
    f->search = search;
    io_table_read(search->path, search->encoding, take_record, f, &err);
    bool found = f->begun && choose(f, name, size);
    io_intern_release(&f->groups);
    io_intern_release(&f->members);
    io_table_keys_release(&f->id);
    free(f);
    return found;
}
