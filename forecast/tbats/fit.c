/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Estimation of one form.  The seeds are found by least squares wherever the
 * parameters are, so that only those are searched for: R has the seeds of its
 * starting values for good.  The search is by Levenberg and Marquardt's steps,
 * whose derivatives are those of the residuals of that regression (Kaufman
 * 1975, BIT 15, for Golub & Pereyra's variable projection).
 */
#include "forecast/tbats/model.h"
#include "forecast/tbats/solve.h"
#include "forecast/tbats/space.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MAX_STEPS = 40, MAX_TRIES = 12, SHRINKS = 6 };

/* Errors of less than so much of the values are those of rounding. */
static const double NOISE = 1e-10;

/*
 * Weights of the barrier, in minus twice the log-likelihood: the first one from
 * nowhere and from estimates of a like form, the last one to compare forms and
 * to forecast from, and what one is divided by to become the next.  A descent
 * ends with a step that gains less than such a part of the weight.
 */
static const double COLD = 1, WARM = 0.05, ROUGH = 0.05, FINE = 2e-3;
static const double LIGHTER = 30, TOLERANCE = 10;

struct search {
    const struct fc_tbats_data *data;
    struct fc_tbats model;
    size_t seeds, count, stride; /* count: of parameters */
    const double *z;
    double *transformed, *slope; /* of Box-Cox; slope NULL without */
    double *d, *e, *b;           /* n */
    double *rows;                /* n of seeds, z, slopes; padded */
    double *sums, *factor, *seed, *change, *x;
    struct fc_tbats_state last;
    double squares, radius, weight; /* of the barrier */
    double free;                    /* the value without it */
    double low[FC_TBATS_PARAMETERS], high[FC_TBATS_PARAMETERS];
};

static size_t round_up(size_t n)
{
    return (n + 3) / 4 * 4;
}

static bool take(struct search *s, const struct fc_tbats_form *form)
{
    struct fc_workspace *ws = s->data->ws;
    size_t n = s->data->n;
    if (fc_tbats_begin(form, s->data->seasons, ws, &s->model) != FC_OK)
        return false;
    s->seeds = fc_tbats_seeds(&s->model);
    s->count = (size_t)fc_tbats_parameter_count(form);
    s->stride = round_up(s->seeds + 1 + s->count);
    s->transformed = fc_workspace_doubles(ws, form->boxcox ? n : 0);
    s->slope = fc_workspace_doubles(ws, form->boxcox ? n : 0);
    s->z = form->boxcox ? s->transformed : s->data->y;
    s->d = fc_workspace_doubles(ws, n);
    s->e = fc_workspace_doubles(ws, n);
    s->b = fc_workspace_doubles(ws, n);
    s->rows = fc_workspace_doubles(ws, n * s->stride);
    s->sums = fc_workspace_doubles(ws, s->stride * s->stride);
    s->factor = fc_workspace_doubles(ws, s->seeds * s->seeds);
    s->seed = fc_workspace_doubles(ws, s->seeds);
    s->change = fc_workspace_doubles(ws, s->seeds);
    s->x = s->last.x = fc_workspace_doubles(ws, s->model.width);
    if (s->transformed == NULL || s->slope == NULL || s->d == NULL
        || s->e == NULL || s->b == NULL || s->rows == NULL || s->sums == NULL
        || s->factor == NULL || s->seed == NULL || s->change == NULL
        || s->x == NULL)
        return false;
    memset(s->rows, 0, n * s->stride * sizeof *s->rows);
    return true;
}

static struct fc_tbats_trace trace_of(const struct search *s)
{
    return (struct fc_tbats_trace){.n = s->data->n,
                                   .z = s->z,
                                   .slope_of_z = s->slope,
                                   .d = s->d,
                                   .e = s->e,
                                   .b = s->b};
}

static void run(struct search *s)
{
    fc_tbats_start(&s->model, s->seed, &s->last);
    fc_tbats_run(&s->model, s->z, s->data->n, &s->last, s->d, s->e, s->b);
    s->squares = 0;
    for (size_t t = 0; t < s->data->n; t++)
        s->squares += s->e[t] * s->e[t];
}

/* Adds to the seeds what the errors in the rows' place for z ask for; they
 * become what is left. */
static void improve_seeds(struct search *s)
{
    size_t k = s->seeds, n = s->data->n;
    fc_tbats_left_over(s->rows, n, s->stride, k, s->seed, s->change);
    fc_tbats_solve(s->factor, k, s->change);
    for (size_t j = 0; j < k; j++)
        s->seed[j] += s->change[j];
}

/* The seeds by least squares; once more for what rounding has left. */
static enum fc_status find_seeds(struct search *s)
{
    size_t k = s->seeds, n = s->data->n;
    struct fc_tbats_trace trace = trace_of(s);
    enum fc_status status;
    memset(s->seed, 0, k * sizeof *s->seed);
    run(s);
    if (s->data->has_gaps)
        status = fc_tbats_rows_with_gaps(&s->model, &trace, s->stride,
                                         s->data->ws, s->rows);
    else
        status = fc_tbats_rows(&s->model, n, s->stride, s->data->ws, s->rows);
    if (status != FC_OK)
        return status;
    for (size_t t = 0; t < n; t++)
        s->rows[t * s->stride + k] = s->e[t];
    fc_tbats_products(s->rows, n, s->stride, 0, k + 1, s->sums);
    fc_tbats_factor(s->sums, k, s->stride, s->factor);
    memcpy(s->seed, s->sums + k * s->stride, k * sizeof *s->seed);
    fc_tbats_solve(s->factor, k, s->seed);
    improve_seeds(s);
    run(s);
    return FC_OK;
}

/* Minus twice the log-likelihood without its constants, as in R. */
static double value_of(const struct search *s)
{
    double n = (double)s->data->nobs, size = 0;
    for (size_t t = 0; t < s->data->n; t++)
        size += isnan(s->z[t]) ? 0 : s->z[t] * s->z[t];
    double value = n * log(fmax(s->squares, NOISE * NOISE * size));
    if (s->model.form.boxcox)
        value -= 2 * (s->model.par.lambda - 1) * s->data->sum_log;
    return value;
}

/* The value at a point, INFINITY where there is none. */
static enum fc_status evaluate(struct search *s, const double *u, double *value)
{
    struct fc_tbats_parameters par;
    bool boxcox = s->model.form.boxcox;
    *value = INFINITY;
    fc_tbats_unpack(&s->model.form, u, &par);
    fc_tbats_set(&s->model, &par);
    double barrier = fc_tbats_barrier(&s->model, s->radius, 0, NULL);
    if (!isfinite(barrier) || !fc_tbats_is_stable(&s->model, s->radius))
        return FC_OK;
    if (boxcox)
        fc_tbats_transform(s->data->logs, s->data->n, par.lambda,
                           s->transformed, s->slope);
    if (find_seeds(s) != FC_OK)
        return FC_ENOMEM;
    s->free = value_of(s);
    double found = s->free + s->weight * barrier;
    if (isfinite(found))
        *value = found;
    return FC_OK;
}

/* Products of the slopes, less what the seeds take over. */
static void project(struct search *s, struct fc_tbats_slopes *out)
{
    size_t k = s->seeds, count = s->count;
    for (size_t i = 0; i < count; i++) {
        double *row = s->sums + (k + 1 + i) * s->stride;
        fc_tbats_solve_lower(s->factor, k, row);
        out->gradient[i] = row[k];
        for (size_t j = 0; j <= i; j++) {
            const double *other = s->sums + (k + 1 + j) * s->stride;
            double x = row[k + 1 + j];
            for (size_t m = 0; m < k; m++)
                x -= row[m] * other[m];
            out->hessian[i][j] = out->hessian[j][i] = x;
        }
    }
}

/* From slopes in the parameters to those in u. */
static void chain(const struct search *s, const double *u,
                  struct fc_tbats_slopes *out)
{
    double map[FC_TBATS_PARAMETERS][FC_TBATS_PARAMETERS];
    struct fc_tbats_slopes own = *out;
    fc_tbats_map(&s->model.form, u, map);
    for (size_t i = 0; i < s->count; i++) {
        out->gradient[i] = 0;
        for (size_t a = 0; a < s->count; a++)
            out->gradient[i] += map[a][i] * own.gradient[a];
        for (size_t j = 0; j < s->count; j++) {
            double x = 0;
            for (size_t a = 0; a < s->count; a++)
                for (size_t b = 0; b < s->count && map[a][i] != 0; b++)
                    x += map[a][i] * own.hessian[a][b] * map[b][j];
            out->hessian[i][j] = x;
        }
    }
}

static enum fc_status find_slopes(struct search *s, const double *u,
                                  struct fc_tbats_slopes *out)
{
    size_t k = s->seeds, n = s->data->n;
    struct fc_tbats_trace trace = trace_of(s);
    if (fc_tbats_slopes(&s->model, &trace, s->stride, s->data->ws,
                        s->rows + k + 1)
        != FC_OK)
        return FC_ENOMEM;
    double unit =
        s->model.form.boxcox ? s->data->sum_log / (double)s->data->nobs : 0;
    for (size_t t = 0; t < n; t++) {
        double *row = s->rows + t * s->stride + k;
        row[0] = s->e[t];
        row[1] -= unit * s->e[t]; /* lambda changes the unit, too */
    }
    fc_tbats_products(s->rows, n, s->stride, k + 1, k + 1 + s->count, s->sums);
    project(s, out);
    fc_tbats_barrier(&s->model, s->radius,
                     s->weight * s->squares / (2 * (double)s->data->nobs), out);
    chain(s, u, out);
    return FC_OK;
}

/* Solves (H + damping diag H) step = -gradient; false when it cannot. */
static bool damped_step(const struct fc_tbats_slopes *slopes, size_t n,
                        double damping, double *step)
{
    double a[FC_TBATS_PARAMETERS][FC_TBATS_PARAMETERS];
    for (size_t i = 0; i < n; i++) {
        step[i] = -slopes->gradient[i];
        for (size_t j = 0; j <= i; j++) {
            double x = slopes->hessian[i][j];
            if (i == j)
                x = x * (1 + damping) + DBL_MIN;
            for (size_t m = 0; m < j; m++)
                x -= a[i][m] * a[j][m];
            if (j < i)
                a[i][j] = x / a[j][j];
            else if (x > 0)
                a[i][i] = sqrt(x);
            else
                return false;
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t m = 0; m < i; m++)
            step[i] -= a[i][m] * step[m];
        step[i] /= a[i][i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t m = i + 1; m < n; m++)
            step[i] -= a[m][i] * step[m];
        step[i] /= a[i][i];
    }
    return true;
}

/* What stands at its bound and pulls against it stays there. */
static void hold_at_bounds(const struct search *s, const double *u,
                           struct fc_tbats_slopes *slopes)
{
    for (size_t i = 0; i < s->count; i++) {
        double pull = -slopes->gradient[i];
        if (!(u[i] <= s->low[i] && pull < 0)
            && !(u[i] >= s->high[i] && pull > 0))
            continue;
        for (size_t j = 0; j < s->count; j++)
            slopes->hessian[i][j] = slopes->hessian[j][i] = i == j;
        slopes->gradient[i] = 0;
    }
}

struct point {
    double u[FC_TBATS_PARAMETERS], value;
};

/* One step down; false when there is none.  The search stays evaluated at the
 * point. */
static enum fc_status step_down(struct search *s, struct point *at,
                                double *damping, bool *down)
{
    struct fc_tbats_slopes slopes;
    struct point next;
    *down = false;
    if (find_slopes(s, at->u, &slopes) != FC_OK)
        return FC_ENOMEM;
    hold_at_bounds(s, at->u, &slopes);
    for (int i = 0; i < MAX_TRIES && !*down; i++) {
        double step[FC_TBATS_PARAMETERS];
        if (damped_step(&slopes, s->count, *damping, step)) {
            for (size_t j = 0; j < s->count; j++)
                next.u[j] =
                    fmax(s->low[j], fmin(at->u[j] + step[j], s->high[j]));
            if (evaluate(s, next.u, &next.value) != FC_OK)
                return FC_ENOMEM;
            *down = next.value < at->value;
        }
        *damping = *down ? fmax(*damping / 8, 1e-9) : fmax(*damping * 5, 1e-6);
    }
    if (*down)
        *at = next;
    return FC_OK;
}

static enum fc_status descend_once(struct search *s, double tolerance,
                                   struct point *at)
{
    double damping = 1e-2;
    enum fc_status status = evaluate(s, at->u, &at->value);
    for (int i = 0; i < MAX_STEPS && status == FC_OK; i++) {
        bool down;
        double before = at->value;
        if (!isfinite(before))
            break;
        status = step_down(s, at, &damping, &down);
        if (!down || before - at->value < tolerance)
            break;
    }
    return status;
}

/* The start, with smaller gammas where it is not stable; and down from there,
 * towards the bounds of stability step by step. */
static enum fc_status descend(struct search *s, double weight, double least,
                              struct point *at)
{
    struct fc_tbats_parameters par;
    enum fc_status status = evaluate(s, at->u, &at->value);
    fc_tbats_unpack(&s->model.form, at->u, &par);
    for (int i = 0; i < SHRINKS && !isfinite(at->value); i++) {
        for (int k = 0; k < FC_TBATS_GAMMAS; k++)
            par.gamma[k] *= i + 1 < SHRINKS ? 0.3 : 0;
        fc_tbats_pack(&s->model.form, &par, at->u);
        if (evaluate(s, at->u, &at->value) != FC_OK)
            return FC_ENOMEM;
    }
    for (s->weight = weight; status == FC_OK; s->weight /= LIGHTER) {
        status = descend_once(s, s->weight / TOLERANCE, at);
        if (s->weight <= least || !isfinite(at->value))
            break;
    }
    return status;
}

static void fill(struct search *s, struct fc_tbats_fitted *fitted)
{
    const struct fc_tbats_form *form = &s->model.form;
    double n = (double)s->data->nobs, value = value_of(s);
    double k = (double)(s->seeds + s->count) + form->p + form->q;
    fitted->form = *form;
    fitted->par = s->model.par;
    fitted->squares = s->squares;
    fitted->sigma2 = s->squares / n;
    fitted->loglik = -value / 2;
    fitted->aic = value + 2 * k;
    fitted->aicc =
        n - k - 1 > 0 ? fitted->aic + 2 * k * (k + 1) / (n - k - 1) : INFINITY;
    fc_tbats_pack_state(&s->model, s->last.x, fitted->seed);
    memcpy(fitted->last_d, s->last.d, sizeof s->last.d);
    memcpy(fitted->last_e, s->last.e, sizeof s->last.e);
    memcpy(fitted->e, s->e, s->data->n * sizeof *s->e);
}

static size_t seeds_of(const struct fc_tbats_form *form)
{
    size_t n = form->trend == FC_TBATS_LEVEL ? 1 : 2;
    for (int i = 0; i < FC_MOST_SEASONS; i++)
        n += 2 * (size_t)form->k[i];
    return n;
}

size_t fc_tbats_least(const struct fc_tbats_form *form)
{
    int n = fc_tbats_parameter_count(form) + form->p + form->q;
    return seeds_of(form) + (size_t)n + 2;
}

/* The best of several starts, or from one. */
static enum fc_status search(struct search *s,
                             const struct fc_tbats_parameters *from,
                             enum fc_tbats_effort effort)
{
    const struct fc_tbats_form *form = &s->model.form;
    double least = effort == FC_TBATS_ROUGH ? ROUGH : FINE;
    struct point best = {.value = INFINITY};
    enum fc_status status = FC_OK;
    int n = from != NULL ? 1 : 2 * FC_TBATS_STARTS;
    for (int i = 0; status == FC_OK && i < n; i++) {
        struct point at;
        struct fc_tbats_parameters start =
            from != NULL ? *from : fc_tbats_first(form, i / 2);
        if (from == NULL && i % 2)
            start.lambda = 0;
        fc_tbats_pack(form, &start, at.u);
        status = descend(s, from != NULL || i % 2 ? WARM : COLD, least, &at);
        if (at.value < best.value)
            best = at;
    }
    if (status == FC_OK && !isfinite(best.value))
        return FC_ENOFIT;
    return status == FC_OK ? evaluate(s, best.u, &best.value) : status;
}

enum fc_status fc_tbats_fit(const struct fc_tbats_data *data,
                            const struct fc_tbats_form *form,
                            const struct fc_tbats_parameters *from,
                            enum fc_tbats_effort effort,
                            struct fc_tbats_fitted *fitted)
{
    struct search s = {.data = data, .radius = data->radius};
    *fitted = (struct fc_tbats_fitted){.aicc = INFINITY};
    fitted->nseeds = seeds_of(form);
    fitted->seed = fc_workspace_doubles(data->ws, fitted->nseeds);
    fitted->e = fc_workspace_doubles(data->ws, data->n);
    struct fc_mark mark = fc_workspace_mark(data->ws);
    if (fitted->seed == NULL || fitted->e == NULL || !take(&s, form))
        return FC_ENOMEM;
    fc_tbats_bounds(form, s.low, s.high);
    enum fc_status status = search(&s, from, effort);
    if (status == FC_OK)
        fill(&s, fitted);
    fc_workspace_release(data->ws, mark);
    return status;
}
