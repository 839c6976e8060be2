/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Least squares by a pivoted Cholesky decomposition of the crossproducts,
 * scaled to ones on the diagonal: the R of a QR decomposition with column
 * pivoting (Golub & Van Loan 2013, Matrix Computations, 4.2.8 and 5.4.2).  What
 * is left of a column once those before it are taken out is told by its pivot;
 * at less than TOLERANCE of it, the column is collinear and left out.  So are,
 * of a series alone, columns beyond half of its observations, the last by
 * pivots: what is told by all of them is noise.
 *
 * The slopes b of a series have the prior N(m, T), T diagonal: their posterior
 * given crossproducts has precision X'X / s2 + 1 / T.  How m and T are learnt
 * is in prior.c.
 */
#include "forecast/known/bayes.h"

#include <math.h>
#include <string.h>

enum { PRIOR_ROWS = 4 };

static const double TOLERANCE = 1e-8;

size_t known_scratch(size_t n)
{
    return n * n + 6 * n;
}

/* A decomposition of a matrix with rows and columns in the order of pivot. */
struct factor {
    size_t n, rank;
    double *r; /* upper, by rows */
    double *pivot, *scale, *left;
};

static void swap(double *a, double *b)
{
    double c = *a;
    *a = *b;
    *b = c;
}

static void swap_columns(struct factor *f, size_t k, size_t j)
{
    swap(&f->pivot[k], &f->pivot[j]);
    swap(&f->left[k], &f->left[j]);
    for (size_t i = 0; i < k; i++)
        swap(&f->r[i * f->n + k], &f->r[i * f->n + j]);
}

static double entry(const struct factor *f, const double *a, size_t i, size_t j)
{
    size_t row = (size_t)f->pivot[i], column = (size_t)f->pivot[j];
    return a[row * f->n + column] * f->scale[row] * f->scale[column];
}

static size_t largest(const struct factor *f, size_t k)
{
    size_t best = k;
    for (size_t j = k + 1; j < f->n; j++)
        if (f->left[j] > f->left[best])
            best = j;
    return best;
}

/* Of a, n * n, whose columns count only where its diagonal is above least, and
 * no more than so many of them. */
static void decompose(const double *a, const double *least, size_t most,
                      struct factor *f)
{
    size_t n = f->n;
    for (size_t j = 0; j < n; j++) {
        double size = a[j * n + j];
        bool counts = size > 0 && (least == NULL || size > least[j]);
        f->scale[j] = counts ? 1 / sqrt(size) : 0;
        f->left[j] = counts;
        f->pivot[j] = (double)j;
    }
    for (f->rank = 0; f->rank < n && f->rank < most; f->rank++) {
        size_t k = f->rank;
        swap_columns(f, k, largest(f, k));
        if (f->left[k] < TOLERANCE)
            return;
        double root = f->r[k * n + k] = sqrt(f->left[k]);
        for (size_t j = k + 1; j < n; j++) {
            double sum = entry(f, a, k, j);
            for (size_t i = 0; i < k; i++)
                sum -= f->r[i * n + k] * f->r[i * n + j];
            f->r[k * n + j] = sum /= root;
            f->left[j] -= sum * sum;
        }
    }
}

/* R^-1 w in the matrix' own units and order; w is spoilt, out has n. */
static void solve_back(const struct factor *f, double *w, double *out)
{
    memset(out, 0, f->n * sizeof *out);
    for (size_t k = f->rank; k-- > 0;) {
        size_t column = (size_t)f->pivot[k];
        for (size_t j = k + 1; j < f->rank; j++)
            w[k] -= f->r[k * f->n + j] * w[j];
        w[k] /= f->r[k * f->n + k];
        out[column] = w[k] * f->scale[column];
    }
}

/* R'^-1 b, rank values. */
static void solve_forward(const struct factor *f, const double *b, double *w)
{
    for (size_t k = 0; k < f->rank; k++) {
        size_t column = (size_t)f->pivot[k];
        w[k] = b[column] * f->scale[column];
        for (size_t i = 0; i < k; i++)
            w[k] -= f->r[i * f->n + k] * w[i];
        w[k] /= f->r[k * f->n + k];
    }
}

/* The slopes' errors where the matrix is of precisions times 1 / noise. */
static void take_errors(const struct factor *f, double noise, double *work,
                        struct known_slopes *out)
{
    size_t n = f->n;
    double *unit = work, *column = work + n;
    for (size_t j = 0; j < n; j++)
        out->error[j] = 0;
    if (out->root != NULL)
        memset(out->root, 0, n * n * sizeof *out->root);
    for (size_t k = 0; k < f->rank; k++) {
        memset(unit, 0, n * sizeof *unit);
        unit[k] = sqrt(noise);
        solve_back(f, unit, column);
        for (size_t j = 0; j < n; j++) {
            out->error[j] += column[j] * column[j];
            if (out->root != NULL)
                out->root[j * n + k] = column[j];
        }
    }
    for (size_t j = 0; j < n; j++)
        out->error[j] = sqrt(out->error[j]);
    for (size_t k = f->rank; k < n; k++)
        out->error[(size_t)f->pivot[k]] = NAN;
}

static struct factor make_factor(size_t n, double *scratch)
{
    return (struct factor){.n = n,
                           .r = scratch,
                           .pivot = scratch + n * n,
                           .scale = scratch + n * n + n,
                           .left = scratch + n * n + 2 * n};
}

/* What rounding leaves of a series that does not move. */
static double least_noise(const struct known_cross *cross)
{
    return 1e-14 * cross->yy / fmax(cross->rows, 1) + 1e-300;
}

/* A regressor whose rows are all but the same: see decompose(). */
static void find_least(const struct fc_known *known,
                       const struct known_cross *cross, double *least)
{
    for (size_t j = 0; j < known->n; j++) {
        double span = known->column[j].span;
        least[j] = known->column[j].used ? 1e-18 * span * span * cross->rows
                                         : INFINITY;
    }
}

/* Of how many regressors a series can tell without any prior: of so many that
 * as many of its observations are left. */
static size_t most_told(const struct known_cross *cross)
{
    return cross->df >= 2 ? (size_t)(cross->df / 2) : 1;
}

void known_own(const struct fc_known *known, const struct known_cross *cross,
               double usual, double *scratch, struct known_slopes *out)
{
    size_t n = known->n;
    struct factor f = make_factor(n, scratch);
    double *work = scratch + n * n + 3 * n, *least = work + 2 * n;
    find_least(known, cross, least);
    decompose(cross->xx, least, most_told(cross), &f);
    solve_forward(&f, cross->xy, work);
    double rest = cross->yy, df = cross->df - (double)f.rank;
    for (size_t k = 0; k < f.rank; k++)
        rest -= work[k] * work[k];
    solve_back(&f, work, out->slope);
    rest = fmax(rest, 0);
    out->noise = df > 0 ? rest / df : usual;
    if (df > 0 && usual > 0)
        out->noise = (rest + PRIOR_ROWS * usual) / (df + PRIOR_ROWS);
    out->noise = fmax(out->noise, least_noise(cross));
    take_errors(&f, out->noise, work, out);
    for (size_t j = 0; j < n && df <= 0 && usual <= 0; j++)
        out->error[j] = NAN;
}

/* The precisions of the prior, in units of 1 / noise, to the diagonal; by
 * -noise, from it. */
static void add_prior(const struct fc_known *known,
                      const struct known_cross *cross, double noise)
{
    for (size_t j = 0; j < known->n; j++)
        if (known->column[j].used && known->column[j].variance > 0)
            cross->xx[j * known->n + j] += noise / known->column[j].variance;
}

/* What is left of xy by the prior's mean. */
static void leave_mean(const struct fc_known *known,
                       const struct known_cross *cross, double *b)
{
    for (size_t i = 0; i < known->n; i++) {
        b[i] = cross->xy[i];
        for (size_t j = 0; j < known->n; j++)
            b[i] -= cross->xx[i * known->n + j] * known->column[j].mean;
    }
}

void known_shrunk(const struct fc_known *known, const struct known_cross *cross,
                  double *scratch, struct known_slopes *out)
{
    size_t n = known->n;
    struct factor f = make_factor(n, scratch);
    double *work = scratch + n * n + 3 * n, *b = work + 2 * n;
    if (cross->noise > 0)
        out->noise = cross->noise;
    else
        known_own(known, cross, known->noise, scratch, out);
    leave_mean(known, cross, b);
    double *least = work; /* as long as b is not solved */
    size_t most = most_told(cross);
    find_least(known, cross, least);
    for (size_t j = 0; j < n; j++) {
        double variance = known->column[j].variance;
        if (known->column[j].used && variance > 0) {
            least[j] = 0;
            most++;
        }
    }
    add_prior(known, cross, out->noise);
    decompose(cross->xx, least, most, &f);
    solve_forward(&f, b, work);
    solve_back(&f, work, out->slope);
    take_errors(&f, out->noise, work, out);
    for (size_t j = 0; j < n; j++)
        out->slope[j] += known->column[j].used ? known->column[j].mean : 0;
    add_prior(known, cross, -out->noise);
}

double known_evidence(const struct fc_known *known,
                      const struct known_cross *cross, double *scratch)
{
    size_t n = known->n;
    struct factor f = make_factor(n, scratch);
    double *work = scratch + n * n + 3 * n, *b = work + 2 * n;
    double noise = cross->noise, square = cross->yy, logs = 0;
    leave_mean(known, cross, b);
    for (size_t j = 0; j < n; j++) {
        const struct fc_known_column *column = &known->column[j];
        if (!column->used)
            continue;
        if (!(column->variance > 0) || !(noise > 0))
            return NAN;
        square -= column->mean * (cross->xy[j] + b[j]);
        logs += log(column->variance / noise);
        work[j] = 0;
    }
    for (size_t j = 0; j < n; j++)
        if (!known->column[j].used)
            work[j] = INFINITY;
    add_prior(known, cross, noise);
    decompose(cross->xx, work, n, &f);
    solve_forward(&f, b, work);
    for (size_t k = 0; k < f.rank; k++) {
        size_t column = (size_t)f.pivot[k];
        square -= work[k] * work[k];
        logs += 2 * log(f.r[k * n + k] / f.scale[column]);
    }
    add_prior(known, cross, -noise);
    return -(cross->df * log(noise) + logs + square / noise) / 2;
}
