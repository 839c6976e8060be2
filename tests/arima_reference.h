/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_TESTS_ARIMA_REFERENCE_H
#define NIGHTCAST_TESTS_ARIMA_REFERENCE_H

/*
 * Reads the values that tests/reference/arima.R made: fields between
 * semicolons, NA for what is missing, a header line.
 */
#include "tests/check.h"

enum { REFERENCE_SERIES = 20, REFERENCE_LENGTH = 500 };

struct reference_series {
    char name[32];
    double y[REFERENCE_LENGTH];
    size_t n;
};

static inline FILE *reference_open(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "tests/reference/%s", name);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        fail_msg("cannot open %s", path);
    if (fgets(path, sizeof path, file) == NULL) /* the header */
        fail_msg("%s is empty", name);
    while (strchr(path, '\n') == NULL && fgets(path, sizeof path, file) != NULL)
        continue;
    return file;
}

/* The next row, split; false at the end. */
static inline int reference_row(FILE *file, char *line, size_t size,
                                char **field, int nfields)
{
    if (fgets(line, (int)size, file) == NULL)
        return 0;
    line[strcspn(line, "\n")] = '\0';
    for (int i = 0; i < nfields; i++) {
        field[i] = line;
        line += strcspn(line, ";");
        if (*line == ';')
            *line++ = '\0';
    }
    return 1;
}

static inline double reference_number(const char *text)
{
    return strcmp(text, "NA") == 0 ? NAN : strtod(text, NULL);
}

static inline size_t reference_series(struct reference_series *series)
{
    FILE *file = reference_open("arima_series.csv");
    char line[256], *field[2];
    size_t n = 0;
    while (reference_row(file, line, sizeof line, field, 2)) {
        if (n == 0 || strcmp(series[n - 1].name, field[0]) != 0) {
            assert_true(n < REFERENCE_SERIES);
            snprintf(series[n].name, sizeof series[n].name, "%.31s", field[0]);
            series[n++].n = 0;
        }
        assert_true(series[n - 1].n < REFERENCE_LENGTH);
        series[n - 1].y[series[n - 1].n++] = reference_number(field[1]);
    }
    fclose(file);
    return n;
}

static inline const struct reference_series *reference_find(
    const struct reference_series *series, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(series[i].name, name) == 0)
            return &series[i];
    fail_msg("no series %s", name);
    return NULL;
}

#endif
