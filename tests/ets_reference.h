/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_TESTS_ETS_REFERENCE_H
#define NIGHTCAST_TESTS_ETS_REFERENCE_H

/*
 * Access to tests/reference/ets_*.csv, whose rows are named "what item" and
 * hold an index and a value.
 */
#include "tests/check.h"
#include "tests/rows.h"

#include "forecast/model.h"

/* The values of an item, at most size of them; returns how many. */
static inline size_t item(struct rows rows, const char *what, const char *name,
                          double *out, size_t size)
{
    char key[ROW_NAME];
    size_t n;
    snprintf(key, sizeof key, "%s %s", what, name);
    const struct row *row = rows_find(rows, key, &n);
    assert_true(n <= size);
    for (size_t i = 0; i < n; i++)
        out[i] = row[i].v[1];
    return n;
}

static inline double single(struct rows rows, const char *what,
                            const char *name)
{
    double x = NAN;
    item(rows, what, name, &x, 1);
    return x;
}

#endif
