/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The Gauss-Newton equations of an ETS model, by forward sensitivities: with
 * the states of each step known, the derivatives of all states by all unknowns
 * follow recursions of their own, which run side by side in vector lanes.
 * Rows of the Jacobian are used up block by block and never stored whole.
 */
#include "forecast/ets/parts.h"

#include <math.h>
#include <string.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))

struct fc_ets_layout fc_ets_layout(struct fc_ets_form form, int m)
{
    bool trend = form.trend != FC_ETS_NONE;
    bool season = form.season != FC_ETS_NONE;
    struct fc_ets_layout at = {.m = season ? m : 1,
                               .at_l = -1,
                               .at_b = -1,
                               .at_s = -1,
                               .nx = FC_ETS_STATES};
    if (!season)
        at.at_l = at.nx++;
    if (trend)
        at.at_b = at.nx++;
    if (season) {
        at.at_s = at.nx;
        at.nx += m;
    }
    at.is_long = season && m > FC_ETS_LONG_SEASON;
    at.rows = at.is_long ? FC_ETS_STATES + trend : at.nx;
    at.stride = (at.rows + 3) / 4 * 4;
    return at;
}

ALWAYS_INLINE struct fc_ets_linear linearise(enum fc_ets_component trend,
                                             enum fc_ets_component season,
                                             const struct fc_ets_smoothing *k,
                                             const struct fc_ets_trace *trace,
                                             size_t t, double y)
{
    struct fc_ets_linear at = {.q_l = 1, .mu_q = 1};
    double l = trace->l[t];
    double b = trend != FC_ETS_NONE ? trace->b[t] : 0;
    double s = season != FC_ETS_NONE ? trace->s[t] : 0;
    double phib = 0, q = l, p = y;
    if (trend == FC_ETS_ADD) {
        phib = k->phi * b;
        q = l + phib;
        at.phib_b = k->phi;
        at.q_phib = 1;
        at.phib_phi = b;
    } else if (trend == FC_ETS_MUL) {
        phib = k->phi == 1 ? b : pow(b, k->phi);
        q = l * phib;
        at.phib_b = k->phi * phib / b;
        at.q_l = phib;
        at.q_phib = l;
        at.phib_phi = phib * log(b);
    }
    if (season == FC_ETS_ADD) {
        p = y - s;
        at.mu_s = 1;
        at.p_s = -1;
    } else if (season == FC_ETS_MUL) {
        p = y / s;
        at.mu_q = s;
        at.mu_s = q;
        at.p_s = -p / s;
    }
    double d = p - q;
    at.l_alpha = d;
    if (trend == FC_ETS_ADD) {
        at.b_d = k->beta;
        at.b_beta = d;
    } else if (trend == FC_ETS_MUL) {
        at.b_d = k->beta / l;
        at.b_l = -k->beta * d / (l * l);
        at.b_beta = d / l;
    }
    if (season == FC_ETS_ADD) {
        at.s_s = 1;
        at.s_d = k->gamma;
        at.s_gamma = d;
    } else if (season == FC_ETS_MUL) {
        double ratio = y / q;
        at.s_s = 1 - k->gamma;
        at.s_q = -k->gamma * ratio / q;
        at.s_gamma = ratio - s;
    }
    return at;
}

struct fc_ets_linear fc_ets_linearise(struct fc_ets_form form,
                                      const struct fc_ets_smoothing *smoothing,
                                      const struct fc_ets_trace *trace,
                                      size_t t, double y)
{
    return linearise(form.trend, form.season, smoothing, trace, t, y);
}

/* The lanes of one vector: moves the sensitivities, gives those of mu. */
ALWAYS_INLINE void advance(enum fc_ets_component trend,
                           enum fc_ets_component season,
                           const struct fc_ets_linear *at, double alpha,
                           bool smoothing, fc_v4 *dl, fc_v4 *db, fc_v4 *ds,
                           fc_v4 *out)
{
    fc_v4 dq = *dl, dphib = {0}, dd;
    if (trend != FC_ETS_NONE) {
        dphib = at->phib_b * *db;
        if (smoothing)
            dphib += (fc_v4){0, 0, 0, at->phib_phi};
        if (trend == FC_ETS_MUL)
            dq = at->q_l * *dl + at->q_phib * dphib;
        else
            dq = *dl + dphib;
    }
    fc_v4 dmu = dq;
    if (season == FC_ETS_ADD)
        dmu = dq + *ds;
    else if (season == FC_ETS_MUL)
        dmu = at->mu_q * dq + at->mu_s * *ds;
    dd = season == FC_ETS_MUL ? at->p_s * *ds - dq : -dmu;
    if (trend != FC_ETS_NONE) {
        fc_v4 next = dphib + at->b_d * dd;
        if (trend == FC_ETS_MUL)
            next += at->b_l * *dl;
        if (smoothing)
            next += (fc_v4){0, at->b_beta, 0, 0};
        *db = next;
    }
    *dl = dq + alpha * dd;
    if (smoothing)
        *dl += (fc_v4){at->l_alpha, 0, 0, 0};
    if (season == FC_ETS_ADD)
        *ds += at->s_d * dd;
    else if (season == FC_ETS_MUL)
        *ds = at->s_s * *ds + at->s_q * dq;
    if (smoothing && season != FC_ETS_NONE)
        *ds += (fc_v4){0, 0, at->s_gamma, 0};
    *out = dmu;
}

/* What a run over the series needs besides the trace. */
struct run {
    struct fc_ets_work *work;
    const struct fc_ets *at;
    bool relative; /* the error itself is relative */
    bool log_mean; /* and its likelihood is what counts */
    int nvec;      /* vectors per row */
    size_t phase;  /* season of the next row */
};

/* Fills the rows of observations t0 .. t0 + count - 1. */
ALWAYS_INLINE void fill_rows(enum fc_ets_component trend,
                             enum fc_ets_component season, struct run *run,
                             size_t t0, size_t count)
{
    struct fc_ets_work *work = run->work;
    const struct fc_ets_trace *trace = &work->trace;
    struct fc_ets_smoothing k = run->at->smoothing;
    fc_v4 *dl = (fc_v4 *)work->dl, *db = (fc_v4 *)work->db;
    fc_v4 *mean = (fc_v4 *)work->mean, *row = (fc_v4 *)work->rows;
    size_t nvec = (size_t)run->nvec;
    for (size_t t = t0; t < t0 + count; t++, row += nvec) {
        struct fc_ets_linear at =
            linearise(trend, season, &k, trace, t, work->y[t]);
        double weight = 1, log_weight = 0;
        if (run->relative)
            log_weight = 1 / trace->mu[t];
        if (run->log_mean)
            weight = (1 + trace->e[t]) * log_weight;
        fc_v4 *ds = (fc_v4 *)work->ds + run->phase * nvec;
        for (size_t i = 0; i < nvec; i++) {
            fc_v4 dmu;
            advance(trend, season, &at, k.alpha, i == 0, dl + i, db + i, ds + i,
                    &dmu);
            row[i] = weight * dmu;
            if (run->log_mean)
                mean[i] += log_weight * dmu;
        }
        if (season != FC_ETS_NONE && ++run->phase == (size_t)work->m)
            run->phase = 0;
    }
}

ALWAYS_INLINE void fill_block(struct run *run, size_t t0, size_t count)
{
    enum fc_ets_component trend = run->at->form.trend;
    enum fc_ets_component season = run->at->form.season;
    if (trend == FC_ETS_NONE && season == FC_ETS_NONE)
        fill_rows(FC_ETS_NONE, FC_ETS_NONE, run, t0, count);
    else if (trend == FC_ETS_NONE && season == FC_ETS_ADD)
        fill_rows(FC_ETS_NONE, FC_ETS_ADD, run, t0, count);
    else if (trend == FC_ETS_NONE)
        fill_rows(FC_ETS_NONE, FC_ETS_MUL, run, t0, count);
    else if (trend == FC_ETS_ADD && season == FC_ETS_NONE)
        fill_rows(FC_ETS_ADD, FC_ETS_NONE, run, t0, count);
    else if (trend == FC_ETS_ADD && season == FC_ETS_ADD)
        fill_rows(FC_ETS_ADD, FC_ETS_ADD, run, t0, count);
    else if (trend == FC_ETS_ADD)
        fill_rows(FC_ETS_ADD, FC_ETS_MUL, run, t0, count);
    else
        fill_rows(FC_ETS_MUL, season, run, t0, count);
}

/* normal += R'R and rhs += R'r of a block whose row count is a multiple of
 * four; only the vectors up to the diagonal are touched. */
ALWAYS_INLINE void accumulate(struct fc_ets_work *work, int nx, int stride,
                              const double *r, size_t count)
{
    size_t nvec = (size_t)stride / 4;
    for (size_t t = 0; t < count; t += 4) {
        const double *a = work->rows + t * (size_t)stride;
        const double *b = a + stride, *c = b + stride, *d = c + stride;
        const fc_v4 *av = (const fc_v4 *)a, *bv = (const fc_v4 *)b;
        const fc_v4 *cv = (const fc_v4 *)c, *dv = (const fc_v4 *)d;
        fc_v4 *out = (fc_v4 *)work->normal, *rhs = (fc_v4 *)work->rhs;
        for (int i = 0; i < nx; i++, out += nvec)
            for (int j = 0; j <= i / 4; j++)
                out[j] += (a[i] * av[j] + b[i] * bv[j])
                          + (c[i] * cv[j] + d[i] * dv[j]);
        for (size_t j = 0; j < nvec; j++)
            rhs[j] += (r[t] * av[j] + r[t + 1] * bv[j])
                      + (r[t + 2] * cv[j] + r[t + 3] * dv[j]);
    }
}

static void begin(struct run *run, const struct fc_ets_layout *layout)
{
    struct fc_ets_work *work = run->work;
    size_t stride = (size_t)layout->stride;
    memset(work->dl, 0, stride * sizeof *work->dl);
    memset(work->db, 0, stride * sizeof *work->db);
    memset(work->mean, 0, stride * sizeof *work->mean);
    memset(work->rhs, 0, stride * sizeof *work->rhs);
    memset(work->normal, 0, (size_t)layout->nx * stride * sizeof *work->normal);
    memset(work->ds, 0, (size_t)layout->m * stride * sizeof *work->ds);
    if (layout->at_l >= 0)
        work->dl[layout->at_l] = 1;
    if (layout->at_b >= 0)
        work->db[layout->at_b] = 1;
    if (layout->at_s >= 0)
        for (size_t j = 0; j < (size_t)layout->m; j++)
            work->ds[j * stride + (size_t)layout->at_s + j] = 1;
}

/*
 * With z = (1 + e) d log mu in the rows, the derivative of e G by G is
 * -z + e times the mean of d log mu: correct the sums for its second part.
 *
 * Inlined, since gcc (12) leaves out the vzeroupper where a function compiled
 * for AVX2 ends by jumping to one that is not; on many processors everything
 * after it is then several times slower.
 */
ALWAYS_INLINE void correct_for_mean(struct fc_ets_work *work, size_t stride,
                                    int nx, double squares)
{
    double *mean = work->mean, *rhs = work->rhs;
    for (int i = 0; i < nx; i++)
        mean[i] /= (double)work->n;
    for (int i = 0; i < nx; i++) {
        double *row = work->normal + (size_t)i * stride;
        for (int j = 0; j <= i; j++)
            row[j] += squares * mean[i] * mean[j] - rhs[i] * mean[j]
                      - mean[i] * rhs[j];
    }
    for (int i = 0; i < nx; i++)
        rhs[i] -= squares * mean[i];
}

FC_CLONES
void fc_ets_normal_equations(struct fc_ets_work *work, const struct fc_ets *at,
                             enum fc_ets_criterion criterion,
                             const struct fc_ets_layout *layout)
{
    bool relative = at->form.error == FC_ETS_MUL;
    struct run run = {
        .work = work,
        .at = at,
        .relative = relative,
        .log_mean = relative && criterion == FC_ETS_LIKELIHOOD,
        .nvec = layout->stride / 4,
    };
    size_t stride = (size_t)layout->stride;
    double squares = 0, r[FC_ETS_BLOCK];
    begin(&run, layout);
    for (size_t t0 = 0; t0 < work->n; t0 += FC_ETS_BLOCK) {
        size_t count = work->n - t0;
        count = count < FC_ETS_BLOCK ? count : FC_ETS_BLOCK;
        fill_block(&run, t0, count);
        for (size_t t = 0; t < count; t++) {
            r[t] = work->trace.e[t0 + t];
            if (relative && !run.log_mean)
                r[t] *= work->trace.mu[t0 + t];
            squares += r[t] * r[t];
        }
        for (; count % 4 != 0; count++) {
            r[count] = 0;
            memset(work->rows + count * stride, 0, stride * sizeof *work->rows);
        }
        accumulate(work, layout->nx, layout->stride, r, count);
    }
    if (run.log_mean)
        correct_for_mean(work, stride, layout->nx, squares);
}
