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

/* The sum of all s. */
FC_CLONES_INLINE double seasons_of(const struct fc_tbats *model,
                                   const double *x)
{
    const vector *s = (const vector *)(x + FC_TBATS_S);
    vector sum = {0};
    for (size_t j = 0; j < model->padded / LANES; j++)
        sum += s[j];
    return sum_of(&sum);
}

/* On by one step; what d adds apart, the sum of all s that follows. */
FC_CLONES_INLINE double move(const struct fc_tbats *model, double *x, double d)
{
    const vector *cosine = (const vector *)model->cosine;
    const vector *sine = (const vector *)model->sine;
    const vector *gamma1 = (const vector *)model->gamma1;
    const vector *gamma2 = (const vector *)model->gamma2;
    const size_t n = model->padded / LANES;
    vector *s = (vector *)(x + FC_TBATS_S);
    vector *c = (vector *)(x + FC_TBATS_S + model->padded);
    vector sum = {0};
    double slope = model->par.phi * x[1];
    x[0] += slope + model->par.alpha * d;
    x[1] = slope + model->par.beta * d;
    for (size_t j = 0; j < n; j++) {
        vector old = s[j], before = c[j];
        vector turned = old * cosine[j] + before * sine[j];
        sum += turned;
        s[j] = turned + gamma1[j] * d;
        c[j] = before * cosine[j] - old * sine[j] + gamma2[j] * d;
    }
    return sum_of(&sum);
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
    const double *x = state->x;
    return x[0] + model->par.phi * x[1] + seasons_of(model, x)
           + arma(model, state);
}

void fc_tbats_step(const struct fc_tbats *model, struct fc_tbats_state *state,
                   double e)
{
    double d = arma(model, state) + e;
    move(model, state->x, d);
    remember(state, d, e);
}

/* The seasons of the next value are the turned ones and what d adds to them:
 * a step need not wait for the sum over the last one's. */
FC_CLONES void fc_tbats_run(const struct fc_tbats *model, const double *z,
                            size_t n, struct fc_tbats_state *state, double *d,
                            double *e, double *b)
{
    double *x = state->x, gain = 0, seasons = seasons_of(model, x);
    for (size_t j = 0; j < model->harmonics; j++)
        gain += model->gamma1[j];
    for (size_t t = 0; t < n; t++) {
        double expected = arma(model, state);
        double left = z[t] - (x[0] + model->par.phi * x[1] + seasons);
        b[t] = x[1];
        d[t] = isnan(z[t]) ? expected : left;
        e[t] = isnan(z[t]) ? 0 : left - expected;
        seasons = move(model, x, d[t]) + gain * d[t];
        remember(state, d[t], e[t]);
    }
}

/* The product of a row with all gains. */
FC_CLONES_INLINE double gain_of(const struct fc_tbats *model, const double *a)
{
    const vector *gamma1 = (const vector *)model->gamma1;
    const vector *gamma2 = (const vector *)model->gamma2;
    const vector *s = (const vector *)(a + FC_TBATS_S);
    const vector *c = (const vector *)(a + FC_TBATS_S + model->padded);
    vector sum = {0};
    for (size_t j = 0; j < model->padded / LANES; j++)
        sum += s[j] * gamma1[j] + c[j] * gamma2[j];
    return model->par.alpha * a[0] + model->par.beta * a[1] + sum_of(&sum);
}

/* One row to the next, aF - (ag)w', where ag is gain; returns aFg. */
FC_CLONES_INLINE double next_row(const struct fc_tbats *model, double gain,
                                 double *a)
{
    const vector *cosine = (const vector *)model->cosine;
    const vector *sine = (const vector *)model->sine;
    const vector *one = (const vector *)model->one;
    const vector *gamma1 = (const vector *)model->gamma1;
    const vector *gamma2 = (const vector *)model->gamma2;
    const struct fc_tbats_parameters *par = &model->par;
    const size_t n = model->padded / LANES;
    vector *s = (vector *)(a + FC_TBATS_S);
    vector *c = (vector *)(a + FC_TBATS_S + model->padded);
    vector sum = {0};
    double of_base = par->alpha * a[0] + par->beta * par->phi * (a[0] + a[1]);
    a[1] = par->phi * (a[0] + a[1] - gain);
    a[0] -= gain;
    for (size_t j = 0; j < n; j++) {
        vector old = s[j], before = c[j];
        vector of_s = old * cosine[j] - before * sine[j];
        vector of_c = old * sine[j] + before * cosine[j];
        sum += of_s * gamma1[j] + of_c * gamma2[j];
        s[j] = of_s - one[j] * gain;
        c[j] = of_c;
    }
    return of_base + sum_of(&sum);
}

/* A row of e from those of d, this one and the last,
 * which are in a ring. */
FC_CLONES_INLINE void filter_row(const struct fc_tbats *model, size_t t,
                                 size_t stride, size_t n, const double *raw,
                                 double *row)
{
    const size_t p = (size_t)model->form.p, q = (size_t)model->form.q;
    size_t j = 0;
    for (; j + LANES <= n; j += LANES) {
        vector sum = *(const vector *)(raw + t % RAW * n + j);
        for (size_t i = 0; i < p && i < t; i++)
            sum -= *(const vector *)(raw + (t - 1 - i) % RAW * n + j)
                   * model->par.ar[i];
        for (size_t i = 0; i < q && i < t; i++)
            sum -= *(const vector *)(row - (i + 1) * stride + j)
                   * model->par.ma[i];
        *(vector *)(row + j) = sum;
    }
    for (; j < n; j++) {
        row[j] = raw[t % RAW * n + j];
        for (size_t i = 0; i < p && i < t; i++)
            row[j] -= raw[(t - 1 - i) % RAW * n + j] * model->par.ar[i];
        for (size_t i = 0; i < q && i < t; i++)
            row[j] -= (row - (i + 1) * stride)[j] * model->par.ma[i];
    }
}

/* A row's gain is that of the turned one before less what was taken from it: a
 * step need not wait for the sum over its own. */
FC_CLONES static void fill_rows(const struct fc_tbats *model, size_t n,
                                size_t stride, double *a, double *raw,
                                double *rows)
{
    const size_t k = fc_tbats_seeds(model);
    const bool has_arma = model->form.p + model->form.q > 0;
    double gain = gain_of(model, a), own = gain;
    for (size_t t = 0; t < n; t++, rows += stride) {
        fc_tbats_pack_state(model, a, has_arma ? raw + t % RAW * k : rows);
        if (has_arma)
            filter_row(model, t, stride, k, raw, rows);
        gain = next_row(model, gain, a) - gain * own;
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
        double grown = expm1(x);
        z[t] = grown / lambda;
        slope[t] = ((grown + 1) * a - z[t]) / lambda;
    }
}

double fc_tbats_back(double z, double lambda)
{
    double x = lambda * z;
    if (x <= -1)
        return 0;
    return fabs(x) < 1e-12 ? exp(z) : exp(log1p(x) / lambda);
}
