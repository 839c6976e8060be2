/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Derivatives of the innovations: by the recursion's own derivatives, several
 * side by side.  Those in the parameters, and those in the seeds where missing
 * values leave no shorter way.
 */
#include "forecast/tbats/model.h"

#include "forecast/numeric/clones.h"

#include <math.h>
#include <string.h>

typedef double vector __attribute__((vector_size(32), aligned(8), may_alias));

enum { LANES = 4 };

/*
 * Derivatives, of `groups` vectors: of l and b, of every s and c, and of the
 * last d and e, the latest first.
 */
struct work {
    size_t groups;
    vector *l, *b, *s, *c;
    vector *d, *e; /* FC_TBATS_ARMA rows */
    vector *now;   /* of this d */
    vector *error; /* of this e */
    vector *sum;   /* of all s */
};

static size_t groups_of(size_t lanes)
{
    return (lanes + LANES - 1) / LANES;
}

static enum fc_status take(const struct fc_tbats *model, size_t lanes,
                           struct fc_workspace *ws, struct work *w)
{
    size_t g = groups_of(lanes), n = model->harmonics;
    size_t all = g * (5 + 2 * n + 2 * FC_TBATS_ARMA);
    vector *at = fc_workspace_array(ws, all, sizeof *at);
    if (at == NULL)
        return FC_ENOMEM;
    memset(at, 0, all * sizeof *at);
    *w = (struct work){.groups = g,
                       .l = at,
                       .b = at + g,
                       .now = at + 2 * g,
                       .error = at + 3 * g,
                       .sum = at + 4 * g,
                       .s = at + 5 * g,
                       .c = at + (5 + n) * g,
                       .d = at + (5 + 2 * n) * g,
                       .e = at + (5 + 2 * n + FC_TBATS_ARMA) * g};
    return FC_OK;
}

FC_CLONES_INLINE void add(vector *row, int lane, double x)
{
    if (lane >= 0)
        ((double *)row)[lane] += x;
}

/* The derivatives of the next d, as the states have them. */
FC_CLONES_INLINE void structure(const struct fc_tbats *model, struct work *w)
{
    for (size_t i = 0; i < w->groups; i++)
        w->now[i] = -(w->l[i] + w->b[i] * model->par.phi + w->sum[i]);
}

/* ... and of what the ARMA process expects. */
FC_CLONES_INLINE void arma(const struct fc_tbats *model, struct work *w)
{
    for (size_t i = 0; i < w->groups; i++) {
        vector sum = {0};
        for (int k = 0; k < model->form.p; k++)
            sum += w->d[(size_t)k * w->groups + i] * model->par.ar[k];
        for (int k = 0; k < model->form.q; k++)
            sum += w->e[(size_t)k * w->groups + i] * model->par.ma[k];
        w->error[i] = sum;
    }
}

FC_CLONES_INLINE void move(const struct fc_tbats *model, struct work *w)
{
    const struct fc_tbats_parameters *par = &model->par;
    for (size_t i = 0; i < w->groups; i++) {
        vector slope = w->b[i] * par->phi;
        w->l[i] += slope + w->now[i] * par->alpha;
        w->b[i] = slope + w->now[i] * par->beta;
    }
    for (size_t i = 0; i < w->groups; i++)
        w->sum[i] = (vector){0};
    for (size_t j = 0; j < model->harmonics; j++)
        for (size_t i = 0; i < w->groups; i++) {
            vector *s = &w->s[j * w->groups + i], *c = &w->c[j * w->groups + i];
            vector old = *s;
            *s = old * model->cosine[j] + *c * model->sine[j]
                 + w->now[i] * model->gamma1[j];
            *c = *c * model->cosine[j] - old * model->sine[j]
                 + w->now[i] * model->gamma2[j];
            w->sum[i] += *s;
        }
}

FC_CLONES_INLINE void remember(struct work *w)
{
    size_t g = w->groups, rest = (FC_TBATS_ARMA - 1) * g;
    memmove(w->d + g, w->d, rest * sizeof *w->d);
    memmove(w->e + g, w->e, rest * sizeof *w->e);
    memcpy(w->d, w->now, g * sizeof *w->d);
    memcpy(w->e, w->error, g * sizeof *w->e);
}

/* What the parameters themselves do in the equations of step t. */
FC_CLONES_INLINE void add_direct(const struct fc_tbats *model,
                                 const struct fc_tbats_trace *trace, size_t t,
                                 const struct fc_tbats_lanes *lane,
                                 struct work *w)
{
    double d = trace->d[t], b = trace->b[t];
    add(w->l, lane->alpha, d);
    add(w->l, lane->phi, b);
    add(w->b, lane->phi, b);
    add(w->b, lane->beta, d);
    for (size_t j = 0; j < model->harmonics; j++) {
        int i = model->season[j];
        add(w->s + j * w->groups, lane->gamma[i], d);
        add(w->sum, lane->gamma[i], d);
        add(w->c + j * w->groups, lane->gamma[FC_MOST_SEASONS + i], d);
    }
}

/* d and e of step t, from what the states and the process expect. */
FC_CLONES_INLINE void settle(const struct fc_tbats *model,
                             const struct fc_tbats_trace *trace, size_t t,
                             const struct fc_tbats_lanes *lane, struct work *w)
{
    bool missing = isnan(trace->z[t]);
    add(w->now, lane->phi, -trace->b[t]);
    if (lane->lambda >= 0 && !missing)
        add(w->now, lane->lambda, trace->slope_of_z[t]);
    for (int k = 0; k < model->form.p && lane->ar >= 0 && (size_t)k < t; k++)
        add(w->error, lane->ar + k, trace->d[t - 1 - (size_t)k]);
    for (int k = 0; k < model->form.q && lane->ma >= 0 && (size_t)k < t; k++)
        add(w->error, lane->ma + k, trace->e[t - 1 - (size_t)k]);
    for (size_t i = 0; i < w->groups; i++) {
        w->now[i] = missing ? w->error[i] : w->now[i];
        w->error[i] = w->now[i] - w->error[i];
    }
}

FC_CLONES static void derive(const struct fc_tbats *model,
                             const struct fc_tbats_trace *trace,
                             const struct fc_tbats_lanes *lane, struct work *w,
                             size_t stride, size_t n, double *out)
{
    for (size_t t = 0; t < trace->n; t++, out += stride) {
        structure(model, w);
        arma(model, w);
        settle(model, trace, t, lane, w);
        memcpy(out, w->error, n * sizeof *out);
        move(model, w);
        add_direct(model, trace, t, lane, w);
        if (model->form.p + model->form.q > 0)
            remember(w);
    }
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
    struct work w;
    if (take(model, n, ws, &w) != FC_OK)
        return FC_ENOMEM;
    derive(model, trace, &lane, &w, stride, n, rows);
    fc_workspace_release(ws, mark);
    return FC_OK;
}

enum fc_status fc_tbats_rows_with_gaps(const struct fc_tbats *model,
                                       const struct fc_tbats_trace *trace,
                                       size_t stride, struct fc_workspace *ws,
                                       double *rows)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    struct fc_tbats_lanes none;
    size_t n = fc_tbats_seeds(model), base = n - 2 * model->harmonics;
    struct work w;
    memset(&none, -1, sizeof none);
    if (take(model, n, ws, &w) != FC_OK)
        return FC_ENOMEM;
    add(w.l, 0, -1);
    if (base > 1)
        add(w.b, 1, -1);
    for (size_t j = 0; j < model->harmonics; j++) {
        add(w.s + j * w.groups, (int)(base + j), -1);
        add(w.sum, (int)(base + j), -1);
        add(w.c + j * w.groups, (int)(base + model->harmonics + j), -1);
    }
    derive(model, trace, &none, &w, stride, n, rows);
    fc_workspace_release(ws, mark);
    return FC_OK;
}
