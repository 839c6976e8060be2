/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_TESTS_ROWS_H
#define NIGHTCAST_TESTS_ROWS_H

/*
 * Reads the reference values: a CSV whose first column is a name and whose
 * other columns are numbers (text there reads as NaN).  Its header is
 * skipped.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROW_NAME = 48, ROW_VALUES = 10 };

struct row {
    char name[ROW_NAME];
    size_t n;
    double v[ROW_VALUES];
};

struct rows {
    struct row *row;
    size_t n;
};

static inline void row_parse(char *line, struct row *row)
{
    char *field = strtok(line, ",\r\n");
    *row = (struct row){{0}, 0, {0}};
    snprintf(row->name, sizeof row->name, "%s", field);
    while ((field = strtok(NULL, ",\r\n")) != NULL && row->n < ROW_VALUES) {
        char *end;
        row->v[row->n] = strtod(field, &end);
        if (end == field)
            row->v[row->n] = NAN;
        row->n++;
    }
}

/* No rows when there is no such file.  The caller frees rows.row. */
static inline struct rows rows_read(const char *path)
{
    struct rows rows = {NULL, 0};
    char line[512];
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return rows;
    for (size_t size = 0; fgets(line, sizeof line, file) != NULL; size++) {
        if (size == 0)
            continue;
        if ((rows.n & (rows.n + 1)) == 0)
            rows.row = realloc(rows.row, 2 * (rows.n + 1) * sizeof *rows.row);
        row_parse(line, &rows.row[rows.n++]);
    }
    fclose(file);
    return rows;
}

/*
 * The rows of one name are together: the first one, and how many.  NULL when
 * there are none.
 */
static inline const struct row *rows_find(struct rows rows, const char *name,
                                          size_t *n)
{
    size_t first = 0;
    while (first < rows.n && strcmp(rows.row[first].name, name) != 0)
        first++;
    for (*n = 0; first + *n < rows.n; ++*n)
        if (strcmp(rows.row[first + *n].name, name) != 0)
            break;
    return *n > 0 ? rows.row + first : NULL;
}

#endif
