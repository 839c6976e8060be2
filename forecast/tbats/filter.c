/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The recursions of TBATS.  The matrix of transition is one of rotations and
 * a column, so that a step costs as much as there are states; none is ever
 * multiplied out.
 *
 * Innovations are linear in the seeds: the row of step t is w'D^t, D = F - gw'
 * (De Livera, Hyndman & Snyder 2011, section 3.2), each of which comes from the
 * one before in as many operations as it has numbers.  With missing values D
 * changes, and every seed is carried along.
 */
#include "forecast/tbats/model.h"

#include "forecast/numeric/clones.h"

#include <math.h>
#include <string.h>

typedef double vector __attribute__((vector_size(32), aligned(8), may_alias));

enum { LANES = 4, RAW = FC_TBATS_ARMA + 1 };

static size_t round_up(size_t n)
{
    return (n + LANES - 1) / LANES * LANES;
}

enum fc_status fc_tbats_begin(const struct fc_tbats_form *form,
                              const struct fc_seasons *seasons,
                              struct fc_workspace *ws, struct fc_tbats *model)
{
    size_t n = 0, at = 0;
    int nseasons = seasons != NULL ? seasons->n : 0;
    for (int i = 0; i < nseasons; i++)
        n += (size_t)form->k[i];
    *model =
        (struct fc_tbats){.form = *form, .harmonics = n, .padded = round_up(n)};
    model->width = FC_TBATS_S + 2 * model->padded;
    double *numbers = fc_workspace_doubles(ws, 5 * model->padded);
    model->season = fc_workspace_array(ws, n, sizeof *model->season);
    if (numbers == NULL || model->season == NULL)
        return FC_ENOMEM;
    memset(numbers, 0, 5 * model->padded * sizeof *numbers);
    double **part[] = {&model->cosine, &model->sine, &model->one,
                       &model->gamma1, &model->gamma2};
    for (size_t i = 0; i < 5; i++)
        *part[i] = numbers + i * model->padded;
    for (int i = 0; i < nseasons; i++)
        for (int j = 1; j <= form->k[i]; j++, at++) {
            double angle = 2 * acos(-1.0) * j / seasons->length[i];
            model->cosine[at] = cos(angle);
            model->sine[at] = sin(angle);
            model->one[at] = 1;
            model->season[at] = i;
        }
    return FC_OK;
}

void fc_tbats_set(struct fc_tbats *model, const struct fc_tbats_parameters *par)
{
    model->par = *par;
    for (size_t j = 0; j < model->harmonics; j++) {
        model->gamma1[j] = par->gamma[model->season[j]];
        model->gamma2[j] = par->gamma[FC_MOST_SEASONS + model->season[j]];
    }
}

static size_t bases(const struct fc_tbats *model)
{
    return model->form.trend == FC_TBATS_LEVEL ? 1 : 2;
}

size_t fc_tbats_seeds(const struct fc_tbats *model)
{
    return bases(model) + 2 * model->harmonics;
}

void fc_tbats_start(const struct fc_tbats *model, const double *seed,
                    struct fc_tbats_state *state)
{
    size_t n = model->harmonics, base = bases(model);
    memset(state->x, 0, model->width * sizeof *state->x);
    memset(state->d, 0, sizeof state->d);
    memset(state->e, 0, sizeof state->e);
    memcpy(state->x, seed, base * sizeof *seed);
    memcpy(state->x + FC_TBATS_S, seed + base, n * sizeof *seed);
    memcpy(state->x + FC_TBATS_S + model->padded, seed + base + n,
           n * sizeof *seed);
}

void fc_tbats_pack_state(const struct fc_tbats *model, const double *x,
                         double *seed)
{
    size_t n = model->harmonics, base = bases(model);
    memcpy(seed, x, base * sizeof *seed);
    memcpy(seed + base, x + FC_TBATS_S, n * sizeof *seed);
    memcpy(seed + base + n, x + FC_TBATS_S + model->padded, n * sizeof *seed);
}

FC_CLONES_INLINE double sum_of(const vector *v)
{
    return ((*v)[0] + (*v)[1]) + ((*v)[2] + (*v)[3]);
}

/* What the states say of the next value. */
FC_CLONES_INLINE double structure(const struct fc_tbats *model, const double *x)
{
    const vector *s = (const vector *)(x + FC_TBATS_S);
    vector sum = {0};
    for (size_t j = 0; j < model->padded / LANES; j++)
        sum += s[j];
    return x[0] + model->par.phi * x[1] + sum_of(&sum);
}

FC_CLONES_INLINE void move(const struct fc_tbats *model, double *x, double d)
{
    const vector *cosine = (const vector *)model->cosine;
    const vector *sine = (const vector *)model->sine;
    const vector *gamma1 = (const vector *)model->gamma1;
    const vector *gamma2 = (const vector *)model->gamma2;
    vector *s = (vector *)(x + FC_TBATS_S);
    vector *c = (vector *)(x + FC_TBATS_S + model->padded);
    double slope = model->par.phi * x[1];
    x[0] += slope + model->par.alpha * d;
    x[1] = slope + model->par.beta * d;
    for (size_t j = 0; j < model->padded / LANES; j++) {
        vector old = s[j];
        s[j] = old * cosine[j] + c[j] * sine[j] + gamma1[j] * d;
        c[j] = c[j] * cosine[j] - old * sine[j] + gamma2[j] * d;
    }
}

/* What the last d and e say of the next d. */
FC_CLONES_INLINE double arma(const struct fc_tbats *model,
                             const struct fc_tbats_state *state)
{
    double sum = 0;
    for (int i = 0; i < model->form.p; i++)
        sum += model->par.ar[i] * state->d[i];
    for (int i = 0; i < model->form.q; i++)
        sum += model->par.ma[i] * state->e[i];
    return sum;
}

FC_CLONES_INLINE void remember(struct fc_tbats_state *state, double d, double e)
{
    for (int i = FC_TBATS_ARMA - 1; i > 0; i--) {
        state->d[i] = state->d[i - 1];
        state->e[i] = state->e[i - 1];
    }
    state->d[0] = d;
    state->e[0] = e;
}

double fc_tbats_expect(const struct fc_tbats *model,
                       const struct fc_tbats_state *state)
{
    return structure(model, state->x) + arma(model, state);
}

void fc_tbats_step(const struct fc_tbats *model, struct fc_tbats_state *state,
                   double e)
{
    double d = arma(model, state) + e;
    move(model, state->x, d);
    remember(state, d, e);
}

FC_CLONES void fc_tbats_run(const struct fc_tbats *model, const double *z,
                            size_t n, struct fc_tbats_state *state, double *d,
                            double *e, double *b)
{
    for (size_t t = 0; t < n; t++) {
        double expected = arma(model, state);
        b[t] = state->x[1];
        d[t] = isnan(z[t]) ? expected : z[t] - structure(model, state->x);
        e[t] = isnan(z[t]) ? 0 : d[t] - expected;
        move(model, state->x, d[t]);
        remember(state, d[t], e[t]);
    }
}

/* One row to the next: aF - (ag)w'. */
FC_CLONES_INLINE void next_row(const struct fc_tbats *model, double *a)
{
    const vector *cosine = (const vector *)model->cosine;
    const vector *sine = (const vector *)model->sine;
    const vector *one = (const vector *)model->one;
    const vector *gamma1 = (const vector *)model->gamma1;
    const vector *gamma2 = (const vector *)model->gamma2;
    vector *s = (vector *)(a + FC_TBATS_S);
    vector *c = (vector *)(a + FC_TBATS_S + model->padded);
    const struct fc_tbats_parameters *par = &model->par;
    vector sum = {0};
    for (size_t j = 0; j < model->padded / LANES; j++)
        sum += s[j] * gamma1[j] + c[j] * gamma2[j];
    double gain = par->alpha * a[0] + par->beta * a[1] + sum_of(&sum);
    a[1] = par->phi * (a[0] + a[1] - gain);
    a[0] -= gain;
    for (size_t j = 0; j < model->padded / LANES; j++) {
        vector old = s[j];
        s[j] = old * cosine[j] - c[j] * sine[j] - one[j] * gain;
        c[j] = old * sine[j] + c[j] * cosine[j];
    }
}

/* From rows of d to those of e; `raw` are the last rows of d and
 * this one. */
FC_CLONES_INLINE void filter_row(const struct fc_tbats *model, size_t t,
                                 size_t stride, size_t n, double *row,
                                 const double *raw)
{
    for (size_t i = 0; i < (size_t)model->form.p && i < t; i++) {
        const double *before = raw + (t - 1 - i) % RAW * n;
        for (size_t j = 0; j < n; j++)
            row[j] -= model->par.ar[i] * before[j];
    }
    for (size_t i = 0; i < (size_t)model->form.q && i < t; i++) {
        const double *before = row - (i + 1) * stride;
        for (size_t j = 0; j < n; j++)
            row[j] -= model->par.ma[i] * before[j];
    }
}

FC_CLONES static void fill_rows(const struct fc_tbats *model, size_t n,
                                size_t stride, double *a, double *raw,
                                double *rows)
{
    size_t k = fc_tbats_seeds(model);
    for (size_t t = 0; t < n; t++, rows += stride) {
        fc_tbats_pack_state(model, a, rows);
        if (model->form.p + model->form.q > 0) {
            memcpy(raw + t % RAW * k, rows, k * sizeof *raw);
            filter_row(model, t, stride, k, rows, raw);
        }
        next_row(model, a);
    }
}

enum fc_status fc_tbats_rows(const struct fc_tbats *model, size_t n,
                             size_t stride, struct fc_workspace *ws,
                             double *rows)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    double *a = fc_workspace_doubles(ws, model->width);
    double *raw = fc_workspace_doubles(ws, RAW * fc_tbats_seeds(model));
    if (a == NULL || raw == NULL)
        return FC_ENOMEM;
    memset(a, 0, model->width * sizeof *a);
    a[0] = 1;
    a[1] = model->par.phi;
    memcpy(a + FC_TBATS_S, model->one, model->padded * sizeof *a);
    fill_rows(model, n, stride, a, raw, rows);
    fc_workspace_release(ws, mark);
    return FC_OK;
}

void fc_tbats_transform(const double *logs, size_t n, double lambda, double *z,
                        double *slope)
{
    for (size_t t = 0; t < n; t++) {
        double a = logs[t], x = lambda * a;
        if (fabs(x) < 1e-3) {
            z[t] = a * (1 + x / 2 * (1 + x / 3 * (1 + x / 4)));
            slope[t] = a * a * (0.5 + x * (1.0 / 3 + x * (0.125 + x / 30)));
            continue;
        }
        z[t] = expm1(x) / lambda;
        slope[t] = (exp(x) * a - z[t]) / lambda;
    }
}

double fc_tbats_back(double z, double lambda)
{
    double x = lambda * z;
    if (x <= -1)
        return 0;
    return fabs(x) < 1e-12 ? exp(z) : exp(log1p(x) / lambda);
}
