/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an ETS search works on: the series, scaled by a power of two (exactly)
 * so that its size is near 1, and scratch for any form.
 */
#include "forecast/ets/parts.h"

#include <math.h>
#include <string.h>

static int scale_exponent(const double *y, size_t n)
{
    double largest = 0, sum = 0;
    int exponent = 0;
    for (size_t t = 0; t < n; t++)
        largest = fmax(largest, fabs(y[t]));
    if (largest == 0)
        return 0;
    for (size_t t = 0; t < n; t++)
        sum += fabs(y[t]) / largest;
    frexp(largest * (sum / (double)n), &exponent);
    return exponent;
}

static bool take(struct fc_workspace *ws, double **out, size_t n)
{
    *out = fc_workspace_doubles(ws, n);
    return *out != NULL;
}

static bool take_trace(struct fc_workspace *ws, struct fc_ets_trace *trace,
                       size_t n)
{
    return take(ws, &trace->l, n) && take(ws, &trace->b, n)
           && take(ws, &trace->s, n) && take(ws, &trace->mu, n)
           && take(ws, &trace->e, n);
}

static bool take_matrices(struct fc_ets_work *work, struct fc_workspace *ws)
{
    size_t m = (size_t)work->m;
    bool is_long = m > FC_ETS_LONG_SEASON;
    size_t rows = (is_long ? 2 : m + 1) + FC_ETS_STATES;
    size_t stride = (rows + 3) / 4 * 4;
    if (is_long) {
        work->season = fc_ets_long_new(work->n, m, ws);
        if (work->season == NULL)
            return false;
        m = 1; /* what follows is for forms without that season */
    }
    return take(ws, &work->normal, stride * stride)
           && take(ws, &work->factor, stride * stride)
           && take(ws, &work->rhs, stride) && take(ws, &work->rhs_work, stride)
           && take(ws, &work->rows, FC_ETS_BLOCK * stride)
           && take(ws, &work->dl, stride) && take(ws, &work->db, stride)
           && take(ws, &work->mean, stride) && take(ws, &work->ds, m * stride);
}

static bool take_scratch(struct fc_ets_work *work, struct fc_workspace *ws)
{
    size_t m = (size_t)work->m, nx = m + 1 + FC_ETS_STATES;
    return take_trace(ws, &work->trace, work->n)
           && take_trace(ws, &work->trial, work->n)
           && take(ws, &work->figure[FC_ETS_ADD].s, m)
           && take(ws, &work->figure[FC_ETS_MUL].s, m)
           && take(ws, &work->ring, m) && take(ws, &work->scratch, 4 * m + 32)
           && take(ws, &work->adjusted, work->n) && take(ws, &work->x, nx)
           && take(ws, &work->x_trial, nx) && take(ws, &work->x_best, nx)
           && take(ws, &work->delta, nx) && take_matrices(work, ws);
}

struct fc_ets_work *fc_ets_work_new(const double *y, size_t n, int m,
                                    struct fc_workspace *ws)
{
    struct fc_ets_work *work = fc_workspace_array(ws, 1, sizeof *work);
    if (work == NULL)
        return NULL;
    *work = (struct fc_ets_work){
        .n = n,
        .m = m < 1 ? 1 : m,
        .positive = true,
        .exponent = scale_exponent(y, n),
    };
    if (!take(ws, &work->y, n) || !take_scratch(work, ws))
        return NULL;
    for (size_t t = 0; t < n; t++) {
        work->y[t] = ldexp(y[t], -work->exponent);
        work->positive &= work->y[t] > 0;
    }
    return work;
}

bool fc_ets_fitted_init(struct fc_ets_fitted *fitted, int m,
                        struct fc_workspace *ws)
{
    size_t size = m < 1 ? 1 : (size_t)m;
    *fitted = (struct fc_ets_fitted){.loglik = NAN, .aicc = INFINITY};
    return take(ws, &fitted->initial.s, size)
           && take(ws, &fitted->final.s, size);
}

void fc_ets_fitted_copy(struct fc_ets_fitted *to,
                        const struct fc_ets_fitted *from)
{
    double *initial = to->initial.s, *final = to->final.s;
    size_t m = (size_t)from->initial.m;
    *to = *from;
    to->initial.s = initial;
    to->final.s = final;
    if (from->initial.form.season != FC_ETS_NONE) {
        memcpy(initial, from->initial.s, m * sizeof *initial);
        memcpy(final, from->final.s, m * sizeof *final);
    }
}
