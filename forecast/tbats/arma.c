/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ARMA process of what a form without one leaves: conditional least
 * squares, and its orders by stepwise search as in R's auto.arima() (Hyndman &
 * Khandakar 2008), where every coefficient counts twice as in R's tbats().
 */
#include "forecast/tbats/arma.h"

#include "forecast/tbats/solve.h"
#include "forecast/tbats/space.h"

#include <math.h>
#include <string.h>

enum { MOST = 2 * FC_TBATS_ARMA, SIZE = MOST + 2, STEPS = 25, TRIES = 8 };

/* Values of a long series that are looked at, the last ones. */
enum { LONGEST = 2000 };

struct work {
    const double *d;
    size_t n;
    double *e, *rows; /* n; n rows of SIZE: slopes and e */
};

static double run(struct work *w, const struct fc_tbats_form *form,
                  const struct fc_tbats_parameters *par)
{
    double squares = 0;
    for (size_t t = 0; t < w->n; t++) {
        double sum = w->d[t];
        for (size_t i = 0; i < (size_t)form->p && i < t; i++)
            sum -= par->ar[i] * w->d[t - 1 - i];
        for (size_t i = 0; i < (size_t)form->q && i < t; i++)
            sum -= par->ma[i] * w->e[t - 1 - i];
        w->e[t] = sum;
        squares += sum * sum;
    }
    return squares;
}

static void fill_rows(struct work *w, const struct fc_tbats_form *form,
                      const struct fc_tbats_parameters *par)
{
    int p = form->p, q = form->q;
    for (size_t t = 0; t < w->n; t++) {
        double *row = w->rows + t * SIZE;
        for (size_t i = 0; i < (size_t)p; i++)
            row[i] = i < t ? -w->d[t - 1 - i] : 0;
        for (size_t i = 0; i < (size_t)q; i++)
            row[p + (int)i] = i < t ? -w->e[t - 1 - i] : 0;
        for (size_t i = 0; i < (size_t)q && i < t; i++)
            for (int j = 0; j < p + q; j++)
                row[j] -= par->ma[i] * row[j - (long)(i + 1) * SIZE];
        row[p + q] = w->e[t];
    }
}

/* The step of Gauss and Newton in u, damped. */
static void find_step(const double *sums,
                      double map[FC_TBATS_PARAMETERS][FC_TBATS_PARAMETERS],
                      size_t n, double damping, double *step)
{
    double own[SIZE * SIZE] = {0}, factor[SIZE * SIZE];
    for (size_t i = 0; i < n; i++) {
        step[i] = 0;
        for (size_t a = 0; a < n; a++) {
            step[i] -= map[1 + a][1 + i] * sums[n * SIZE + a];
            for (size_t b = 0; b < n; b++)
                for (size_t j = 0; j <= i; j++)
                    own[i * SIZE + j] +=
                        map[1 + a][1 + i] * map[1 + b][1 + j]
                        * sums[a > b ? a * SIZE + b : b * SIZE + a];
        }
        own[i * SIZE + i] *= 1 + damping;
    }
    fc_tbats_factor(own, n, SIZE, factor);
    fc_tbats_solve(factor, n, step);
}

/* Estimates the coefficients of the form's p and q; the squares. */
static double estimate(struct work *w, const struct fc_tbats_form *form,
                       struct fc_tbats_parameters *par)
{
    double u[FC_TBATS_PARAMETERS], sums[SIZE * SIZE], damping = 1e-2;
    double map[FC_TBATS_PARAMETERS][FC_TBATS_PARAMETERS];
    size_t n = (size_t)(form->p + form->q);
    double best = run(w, form, par);
    fc_tbats_pack(form, par, u);
    for (int i = 0; n > 0 && i < STEPS; i++) {
        double before = best;
        fill_rows(w, form, par);
        fc_tbats_products(w->rows, w->n, SIZE, 0, n + 1, sums);
        fc_tbats_map(form, u, map);
        for (int k = 0; k < TRIES && best == before; k++) {
            double step[SIZE], next[FC_TBATS_PARAMETERS];
            struct fc_tbats_parameters other;
            find_step(sums, map, n, damping, step);
            memcpy(next, u, sizeof next);
            for (size_t j = 0; j < n; j++)
                next[1 + j] += step[j];
            fc_tbats_unpack(form, next, &other);
            double squares = run(w, form, &other);
            damping *= squares < best ? 0.2 : 5;
            if (squares < best) {
                best = squares;
                *par = other;
                memcpy(u, next, sizeof next);
            }
        }
        run(w, form, par);
        if (!(best < before * (1 - 1e-5)))
            break;
    }
    return best;
}

struct choice {
    struct fc_tbats_form form;
    struct fc_tbats_parameters par;
    double aic;
};

static void try_orders(struct work *w, int p, int q,
                       bool tried[FC_TBATS_ARMA + 1][FC_TBATS_ARMA + 1],
                       struct choice *best)
{
    struct choice next = {.form = {.p = p, .q = q}, .par = {.lambda = 1}};
    if (p < 0 || q < 0 || p > FC_TBATS_ARMA || q > FC_TBATS_ARMA || tried[p][q])
        return;
    tried[p][q] = true;
    double squares = estimate(w, &next.form, &next.par);
    next.aic = (double)w->n * log(squares) + 4 * (p + q);
    if (next.aic < best->aic)
        *best = next;
}

enum fc_status fc_tbats_choose_arma(const double *d, size_t n,
                                    struct fc_workspace *ws,
                                    struct fc_tbats_form *form,
                                    struct fc_tbats_parameters *par)
{
    static const int starts[][2] = {{0, 0}, {2, 2}, {1, 0}, {0, 1}};
    bool tried[FC_TBATS_ARMA + 1][FC_TBATS_ARMA + 1] = {{false}};
    struct fc_mark mark = fc_workspace_mark(ws);
    struct work w = {.d = d, .n = n};
    struct choice best = {.aic = INFINITY};
    if (n > LONGEST) {
        w.d += n - LONGEST;
        w.n = LONGEST;
    }
    w.e = fc_workspace_doubles(ws, w.n);
    w.rows = fc_workspace_doubles(ws, w.n * SIZE);
    if (w.e == NULL || w.rows == NULL)
        return FC_ENOMEM;
    memset(w.rows, 0, w.n * SIZE * sizeof *w.rows);
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        try_orders(&w, starts[i][0], starts[i][1], tried, &best);
    for (double before = INFINITY; best.aic < before;) {
        struct fc_tbats_form at = best.form;
        before = best.aic;
        for (int i = -1; i <= 1; i++)
            for (int j = -1; j <= 1; j++)
                if (i * j >= 0)
                    try_orders(&w, at.p + i, at.q + j, tried, &best);
    }
    form->p = best.form.p;
    form->q = best.form.q;
    memcpy(par->ar, best.par.ar, sizeof par->ar);
    memcpy(par->ma, best.par.ma, sizeof par->ma);
    fc_workspace_release(ws, mark);
    return FC_OK;
}

enum fc_status fc_tbats_fit_arma(const double *d, size_t n,
                                 const struct fc_tbats_form *form,
                                 struct fc_workspace *ws,
                                 struct fc_tbats_parameters *par)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    const struct fc_tbats_form own = {.p = form->p, .q = form->q};
    struct fc_tbats_parameters found = {.lambda = 1};
    struct work w = {.d = d, .n = n};
    w.e = fc_workspace_doubles(ws, n);
    w.rows = fc_workspace_doubles(ws, n * SIZE);
    if (w.e == NULL || w.rows == NULL)
        return FC_ENOMEM;
    memset(w.rows, 0, n * SIZE * sizeof *w.rows);
    estimate(&w, &own, &found);
    memcpy(par->ar, found.ar, sizeof par->ar);
    memcpy(par->ma, found.ma, sizeof par->ma);
    fc_workspace_release(ws, mark);
    return FC_OK;
}
