/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Missing values in derivatives.  What carries a run over a gap is the value
 * there that has no innovation.  All is linear: one value more at s changes the
 * innovation of t by p(t - s), what a single one leaves behind; so that
 * derivatives r(t) with that value held are, with it following,
 *
 *   r(t) - r(s) p(t - s),
 *
 * gap after gap.
 */
#include "forecast/tbats/gaps.h"

#include "forecast/numeric/clones.h"

#include <math.h>
#include <string.h>

typedef double vector __attribute__((vector_size(32), aligned(8), may_alias));

enum { LANES = 4 };

size_t fc_tbats_gaps(const struct fc_tbats_trace *trace)
{
    size_t n = 0;
    for (size_t t = 0; t < trace->n; t++)
        n += isnan(trace->z[t]);
    return n;
}

/* By either way a row costs some operations a number: one for each gap before
 * it, or one for each harmonic. */
size_t fc_tbats_few_gaps(const struct fc_tbats *model)
{
    return 8 + 2 * model->harmonics;
}

/* What a single one in zeros leaves behind. */
static enum fc_status respond(const struct fc_tbats *model, size_t n,
                              struct fc_workspace *ws, double *response)
{
    double *z = fc_workspace_doubles(ws, n);
    double *d = fc_workspace_doubles(ws, n);
    double *b = fc_workspace_doubles(ws, n);
    double *seed = fc_workspace_doubles(ws, fc_tbats_seeds(model));
    struct fc_tbats_state state = {.x = fc_workspace_doubles(ws, model->width)};
    if (z == NULL || d == NULL || b == NULL || seed == NULL || state.x == NULL)
        return FC_ENOMEM;
    memset(z, 0, n * sizeof *z);
    memset(seed, 0, fc_tbats_seeds(model) * sizeof *seed);
    z[0] = 1;
    fc_tbats_start(model, seed, &state);
    fc_tbats_run(model, z, n, &state, d, response, b);
    return FC_OK;
}

/* row -= x other */
FC_CLONES_INLINE void subtract(double *row, const double *other, double x,
                               size_t count)
{
    size_t j = 0;
    for (; j + LANES <= count; j += LANES) {
        const vector *by = (const vector *)(other + j);
        *(vector *)(row + j) -= *by * x;
    }
    for (; j < count; j++)
        row[j] -= other[j] * x;
}

FC_CLONES static void close(const struct fc_tbats_trace *trace,
                            const double *response, size_t *gap, size_t stride,
                            size_t count, double *rows)
{
    size_t n = 0;
    for (size_t t = 0; t < trace->n; t++) {
        for (size_t i = 0; i < n; i++)
            subtract(rows + t * stride, rows + gap[i] * stride,
                     response[t - gap[i]], count);
        if (isnan(trace->z[t]))
            gap[n++] = t;
    }
    for (size_t i = 0; i < n; i++)
        memset(rows + gap[i] * stride, 0, count * sizeof *rows);
}

enum fc_status fc_tbats_close_gaps(const struct fc_tbats *model,
                                   const struct fc_tbats_trace *trace,
                                   size_t stride, size_t count,
                                   struct fc_workspace *ws, double *rows)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    size_t n = fc_tbats_gaps(trace);
    size_t *gap = fc_workspace_array(ws, n, sizeof *gap);
    double *response = fc_workspace_doubles(ws, trace->n);
    if (gap == NULL || response == NULL)
        return FC_ENOMEM;
    enum fc_status status = respond(model, trace->n, ws, response);
    if (status == FC_OK)
        close(trace, response, gap, stride, count, rows);
    fc_workspace_release(ws, mark);
    return status;
}
