/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was learnt as a row of numbers, which can be kept: a version, what is
 * said of the file, and six numbers of every column.
 */
#include "forecast/known/known.h"

#include <math.h>
#include <stdlib.h>

enum { VERSION = 2, HEAD = 5, EACH = 6 };

size_t fc_known_size(size_t n)
{
    return HEAD + EACH * n;
}

void fc_known_pack(const struct fc_known *known, double *x)
{
    *x++ = VERSION;
    *x++ = known->logs;
    *x++ = known->rho;
    *x++ = known->noise;
    *x++ = (double)known->nseries;
    for (size_t j = 0; j < known->n; j++) {
        const struct fc_known_column *column = &known->column[j];
        *x++ = column->used;
        *x++ = column->role;
        *x++ = column->form;
        *x++ = column->span;
        *x++ = column->mean;
        *x++ = column->variance;
    }
}

/* Whether it is a whole number from least to most. */
static bool is_whole(double x, double least, double most)
{
    return x >= least && x <= most && x == floor(x);
}

static bool take_column(const double *x, struct fc_known_column *column)
{
    if (!is_whole(x[0], 0, 1) || !is_whole(x[1], 0, FC_ROLE_LIKE)
        || !is_whole(x[2], 0, FC_KNOWN_RECIPROCAL) || !(x[3] >= 0)
        || !isfinite(x[4]) || !(x[5] >= 0))
        return false;
    *column = (struct fc_known_column){.used = x[0] > 0,
                                       .role = (enum fc_role)(int)x[1],
                                       .form = (enum fc_known_form)(int)x[2],
                                       .span = x[3],
                                       .mean = x[4],
                                       .variance = x[5]};
    return true;
}

enum fc_status fc_known_unpack(const double *x, size_t size,
                               struct fc_known **known, struct fc_error *err)
{
    static const double MOST_SERIES = 1e15;
    size_t n = size > HEAD ? (size - HEAD) / EACH : 0;
    bool good = n > 0 && size == fc_known_size(n) && x[0] == VERSION
                && is_whole(x[1], 0, 1) && x[2] >= 0 && x[2] < 1 && x[3] >= 0
                && is_whole(x[4], 1, MOST_SERIES);
    *known = NULL;
    if (good) {
        *known = calloc(1, sizeof **known + n * sizeof *(*known)->column);
        if (*known == NULL)
            return fc_fail(err, FC_ENOMEM, "out of memory");
        **known = (struct fc_known){.n = n,
                                    .logs = x[1] > 0,
                                    .rho = x[2],
                                    .noise = x[3],
                                    .nseries = (size_t)x[4]};
    }
    for (size_t j = 0; good && j < n; j++)
        good = take_column(x + HEAD + EACH * j, &(*known)->column[j]);
    if (good)
        return FC_OK;
    free(*known);
    *known = NULL;
    return fc_fail(err, FC_EDATA,
                   "what it says of regressors is not what this version of "
                   "nightcast writes");
}
