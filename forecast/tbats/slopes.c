/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Derivatives of the innovations: by the recursion's own derivatives, several
 * side by side.  Those in the parameters, and those in the seeds where missing
 * values leave no shorter way.
 */
#include "forecast/tbats/gaps.h"
#include "forecast/tbats/model.h"

#include "forecast/numeric/clones.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

typedef double vector __attribute__((vector_size(32), aligned(8), may_alias));

enum { LANES = 4 };

/*
 * What the parameters themselves do in the equations, in one group of lanes:
 * ones where a lane is that parameter's, to be multiplied by b, d or the
 * slope of z.
 */
struct direct {
    vector lambda, alpha, phi, beta;
    vector s[FC_MOST_SEASONS], c[FC_MOST_SEASONS];
};

/*
 * Derivatives, of `groups` vectors: of l and b, of the sum of all s, of every s
 * and c (those of a group side by side), and of the last d and e, in a ring.
 * The states of the first `moving` groups have any; where missing values are
 * carried on by what is expected, those of all groups do.
 */
struct work {
    size_t groups, moving;
    bool carries;
    vector *l, *b, *sum, *s, *c;
    vector *d, *e; /* FC_TBATS_ARMA rows */
    struct direct *direct;
};

static size_t groups_of(size_t lanes)
{
    return (lanes + LANES - 1) / LANES;
}

static void put_one(struct direct *direct, size_t offset, int lane)
{
    if (lane < 0)
        return;
    char *at = (char *)&direct[lane / LANES] + offset;
    ((double *)at)[lane % LANES] = 1;
}

static void fill_direct(const struct fc_tbats_lanes *lane,
                        struct direct *direct)
{
    put_one(direct, offsetof(struct direct, lambda), lane->lambda);
    put_one(direct, offsetof(struct direct, alpha), lane->alpha);
    put_one(direct, offsetof(struct direct, phi), lane->phi);
    put_one(direct, offsetof(struct direct, beta), lane->beta);
    for (size_t i = 0; i < FC_MOST_SEASONS; i++) {
        put_one(direct, offsetof(struct direct, s) + i * sizeof(vector),
                lane->gamma[i]);
        put_one(direct, offsetof(struct direct, c) + i * sizeof(vector),
                lane->gamma[FC_MOST_SEASONS + i]);
    }
}

static enum fc_status take(const struct fc_tbats *model, size_t lanes,
                           const struct fc_tbats_lanes *lane,
                           struct fc_workspace *ws, struct work *w)
{
    size_t g = groups_of(lanes), n = model->harmonics;
    size_t all = g * (3 + 2 * n + 2 * FC_TBATS_ARMA);
    vector *at = fc_workspace_array(ws, all, sizeof *at);
    struct direct *direct = fc_workspace_array(ws, g, sizeof *direct);
    if (at == NULL || direct == NULL)
        return FC_ENOMEM;
    memset(at, 0, all * sizeof *at);
    memset(direct, 0, g * sizeof *direct);
    fill_direct(lane, direct);
    *w = (struct work){.groups = g,
                       .moving = g,
                       .l = at,
                       .b = at + g,
                       .sum = at + 2 * g,
                       .s = at + 3 * g,
                       .c = at + (3 + n) * g,
                       .d = at + (3 + 2 * n) * g,
                       .e = at + (3 + 2 * n + FC_TBATS_ARMA) * g,
                       .direct = direct};
    return FC_OK;
}

/* One derivative more, in a lane of the states. */
static void add(vector *row, size_t lane, double x)
{
    ((double *)row)[lane] += x;
}

/* What the coefficients themselves do in step t. */
FC_CLONES_INLINE void list_arma(const struct fc_tbats *model,
                                const struct fc_tbats_trace *trace, size_t t,
                                const struct fc_tbats_lanes *lane, double *own)
{
    for (int k = 0; k < model->form.p && lane->ar >= 0 && (size_t)k < t; k++)
        own[lane->ar + k] = trace->d[t - 1 - (size_t)k];
    for (int k = 0; k < model->form.q && lane->ma >= 0 && (size_t)k < t; k++)
        own[lane->ma + k] = trace->e[t - 1 - (size_t)k];
}

/* The derivatives of what the ARMA process expects at t. */
FC_CLONES_INLINE void expected(const struct fc_tbats *model,
                               const struct work *w, size_t t, size_t i,
                               const double *own, vector *out)
{
    vector sum = ((const vector *)own)[i];
    for (size_t k = 0; k < (size_t)model->form.p && k < t; k++)
        sum += w->d[(t - 1 - k) % FC_TBATS_ARMA * w->groups + i]
               * model->par.ar[k];
    for (size_t k = 0; k < (size_t)model->form.q && k < t; k++)
        sum += w->e[(t - 1 - k) % FC_TBATS_ARMA * w->groups + i]
               * model->par.ma[k];
    *out = sum;
}

/* The derivatives of d(t), as the states have them. */
FC_CLONES_INLINE void structure(const struct fc_tbats *model,
                                const struct fc_tbats_trace *trace, size_t t,
                                const struct work *w, size_t i, vector *out)
{
    const struct direct *direct = &w->direct[i];
    vector now = -(w->l[i] + w->b[i] * model->par.phi + w->sum[i]);
    now -= direct->phi * trace->b[t];
    if (model->form.boxcox && !isnan(trace->z[t]))
        now += direct->lambda * trace->slope_of_z[t];
    *out = now;
}

FC_CLONES_INLINE void move(const struct fc_tbats *model,
                           const struct fc_tbats_trace *trace, size_t t,
                           struct work *w, size_t i, const vector *of_d)
{
    const struct fc_tbats_parameters *par = &model->par;
    const vector now = *of_d;
    const struct direct *direct = &w->direct[i];
    const double d = trace->d[t], b = trace->b[t];
    const double *cosine = model->cosine, *sine = model->sine;
    const double *gamma1 = model->gamma1, *gamma2 = model->gamma2;
    vector slope = w->b[i] * par->phi + direct->phi * b;
    vector *s = w->s + i * model->harmonics, *c = w->c + i * model->harmonics;
    vector sum = {0};
    w->l[i] += slope + now * par->alpha + direct->alpha * d;
    w->b[i] = slope + now * par->beta + direct->beta * d;
    for (size_t season = 0, j = 0; season < FC_MOST_SEASONS; season++) {
        size_t end = j + (size_t)model->form.k[season];
        vector of_s = direct->s[season] * d, of_c = direct->c[season] * d;
        for (; j < end; j++) {
            vector old = s[j], before = c[j];
            vector next = old * cosine[j] + before * sine[j] + now * gamma1[j];
            next += of_s;
            sum += next;
            s[j] = next;
            c[j] = before * cosine[j] - old * sine[j] + now * gamma2[j] + of_c;
        }
    }
    w->sum[i] = sum;
}

/* Step t of the first n derivatives, of which out has room for no more. */
FC_CLONES_INLINE void step(const struct fc_tbats *model,
                           const struct fc_tbats_trace *trace, size_t t,
                           struct work *w, const double *own, size_t n,
                           double *out)
{
    const size_t ring = t % FC_TBATS_ARMA * w->groups;
    const bool missing = isnan(trace->z[t]) && w->carries;
    for (size_t i = 0; i < w->groups; i++) {
        vector sum, now = {0};
        expected(model, w, t, i, own, &sum);
        if (missing)
            now = sum;
        else if (i < w->moving)
            structure(model, trace, t, w, i, &now);
        vector error = now - sum;
        size_t left = n - i * LANES, room = left < LANES ? left : LANES;
        memcpy(out + i * LANES, &error, room * sizeof *out);
        w->d[ring + i] = now;
        w->e[ring + i] = error;
        if (i < w->moving)
            move(model, trace, t, w, i, &now);
    }
}

FC_CLONES static void run(const struct fc_tbats *model,
                          const struct fc_tbats_trace *trace,
                          const struct fc_tbats_lanes *lane, struct work *w,
                          size_t stride, size_t n, double *own, double *out)
{
    for (size_t t = 0; t < trace->n; t++, out += stride) {
        list_arma(model, trace, t, lane, own);
        step(model, trace, t, w, own, n, out);
    }
}

static enum fc_status derive(const struct fc_tbats *model,
                             const struct fc_tbats_trace *trace,
                             const struct fc_tbats_lanes *lane, struct work *w,
                             size_t stride, size_t n, struct fc_workspace *ws,
                             double *rows)
{
    double *own = fc_workspace_doubles(ws, w->groups * LANES);
    if (own == NULL)
        return FC_ENOMEM;
    memset(own, 0, w->groups * LANES * sizeof *own);
    run(model, trace, lane, w, stride, n, own, rows);
    return FC_OK;
}

int fc_tbats_parameter_count(const struct fc_tbats_form *form)
{
    int n = form->boxcox + 1 + (form->trend > FC_TBATS_LEVEL)
            + (form->trend == FC_TBATS_DAMPED);
    for (int i = 0; i < FC_MOST_SEASONS; i++)
        n += 2 * (form->k[i] > 0);
    return n + form->p + form->q;
}

struct fc_tbats_lanes fc_tbats_lanes_of(const struct fc_tbats_form *form)
{
    int n = 0;
    struct fc_tbats_lanes lane;
    lane.lambda = form->boxcox ? n++ : -1;
    lane.alpha = n++;
    lane.phi = form->trend == FC_TBATS_DAMPED ? n++ : -1;
    lane.beta = form->trend != FC_TBATS_LEVEL ? n++ : -1;
    for (int i = 0; i < FC_TBATS_GAMMAS; i++)
        lane.gamma[i] = form->k[i % FC_MOST_SEASONS] > 0 ? n++ : -1;
    lane.ar = form->p > 0 ? n : -1;
    n += form->p;
    lane.ma = form->q > 0 ? n : -1;
    return lane;
}

enum fc_status fc_tbats_slopes(const struct fc_tbats *model,
                               const struct fc_tbats_trace *trace,
                               size_t stride, struct fc_workspace *ws,
                               double *rows)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    struct fc_tbats_lanes lane = fc_tbats_lanes_of(&model->form);
    size_t n = (size_t)fc_tbats_parameter_count(&model->form);
    size_t coefficients = (size_t)(model->form.p + model->form.q);
    size_t gaps = fc_tbats_gaps(trace);
    struct work w;
    if (take(model, n, &lane, ws, &w) != FC_OK)
        return FC_ENOMEM;
    w.carries = gaps > fc_tbats_few_gaps(model);
    if (!w.carries)
        w.moving = groups_of(n - coefficients);
    enum fc_status status =
        derive(model, trace, &lane, &w, stride, n, ws, rows);
    if (status == FC_OK && gaps > 0 && !w.carries)
        status = fc_tbats_close_gaps(model, trace, stride, n, ws, rows);
    fc_workspace_release(ws, mark);
    return status;
}

/* One of each seed. */
static void start(const struct fc_tbats *model, struct work *w)
{
    size_t n = model->harmonics, base = fc_tbats_seeds(model) - 2 * n;
    add(w->l, 0, -1);
    if (base > 1)
        add(w->b, 1, -1);
    for (size_t j = 0; j < n; j++) {
        size_t lane = base + j, other = lane + n;
        add(w->s + lane / LANES * n + j, lane % LANES, -1);
        add(w->sum, lane, -1);
        add(w->c + other / LANES * n + j, other % LANES, -1);
    }
}

static enum fc_status carry_seeds(const struct fc_tbats *model,
                                  const struct fc_tbats_trace *trace,
                                  size_t stride, struct fc_workspace *ws,
                                  double *rows)
{
    struct fc_tbats_lanes none;
    size_t n = fc_tbats_seeds(model);
    struct work w;
    memset(&none, -1, sizeof none);
    if (take(model, n, &none, ws, &w) != FC_OK)
        return FC_ENOMEM;
    w.carries = true;
    start(model, &w);
    return derive(model, trace, &none, &w, stride, n, ws, rows);
}

enum fc_status fc_tbats_rows_with_gaps(const struct fc_tbats *model,
                                       const struct fc_tbats_trace *trace,
                                       size_t stride, struct fc_workspace *ws,
                                       double *rows)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    size_t n = fc_tbats_seeds(model);
    enum fc_status status;
    if (fc_tbats_gaps(trace) > fc_tbats_few_gaps(model))
        status = carry_seeds(model, trace, stride, ws, rows);
    else {
        status = fc_tbats_rows(model, trace->n, stride, ws, rows);
        if (status == FC_OK)
            status = fc_tbats_close_gaps(model, trace, stride, n, ws, rows);
    }
    fc_workspace_release(ws, mark);
    return status;
}
