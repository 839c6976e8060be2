/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What can be no regressor: a column that is the series' value, which nobody
 * knows in advance, and one that has no values at all.
 */
#include "io/known/cells.h"

#include "io/csv/source.h"

#include <math.h>

/* Of the rows where either is not 0: a column that is the value in so many of
 * them is it in spirit. */
static const double SAME = 0.95;

struct look {
    size_t known;      /* cells that have a number beside a value */
    size_t rows, same; /* where either is not 0; where they are equal */
};

static void look_at(const struct io_cells *cells, size_t i, size_t j,
                    struct look *look)
{
    const struct fc_history *series = &cells->panel->series[i];
    const double *x = cells->x[i] + j * (series->n + cells->horizon);
    for (size_t t = 0; t < series->n; t++) {
        double y = series->y[t];
        if (isnan(y))
            continue;
        look->known += !isnan(x[t]);
        look->rows += y != 0 || x[t] != 0;
        look->same += y != 0 && x[t] == y;
    }
}

static enum fc_status judge(const struct io_cells *cells, size_t j,
                            bool missing, const struct look *look,
                            struct fc_error *err)
{
    const char *path =
        cells->how->nmore > 0 ? "all files" : io_source_name(cells->how->path);
    const char *name = cells->terms->column[j];
    const char *value = cells->panel->value_name;
    if (look->known == 0 && missing)
        return fc_fail(err, FC_EDATA,
                       "%s: --regressors: '%.60s' has no number beside any "
                       "value: leave it out",
                       path, name);
    if (look->same == 0 || (double)look->same < SAME * (double)look->rows)
        return FC_OK;
    if (look->same == look->rows)
        return fc_fail(err, FC_EDATA,
                       "%s: --regressors: '%.60s' is '%.60s' itself in every "
                       "row: it would not be known in advance",
                       path, name, value);
    return fc_fail(err, FC_EDATA,
                   "%s: --regressors: '%.60s' is '%.60s' itself in %zu of %zu "
                   "rows: it would not be known in advance",
                   path, name, value, look->same, look->rows);
}

enum fc_status io_cells_vet(const struct io_cells *cells, bool missing,
                            struct fc_error *err)
{
    bool whole = cells->how->shard.count <= 1;
    enum fc_status status = FC_OK;
    for (size_t j = 0; j < cells->terms->ncolumns && status == FC_OK; j++) {
        struct look look = {0};
        for (size_t i = 0; i < cells->panel->nseries && !cells->text[j]; i++)
            look_at(cells, i, j, &look);
        if (!cells->text[j])
            status = judge(cells, j, missing && whole, &look, err);
    }
    return status;
}
