/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Least squares by a pivoted Cholesky decomposition of the crossproducts,
 * scaled to ones on the diagonal: the R of a QR decomposition with column
 * pivoting (Golub & Van Loan 2013, Matrix Computations, 4.2.8 and 5.4.2).  What
 * is left of a column once those before it are taken out is told by its pivot;
 * at less than TOLERANCE of it, the column is collinear and left out.
 *
 * The slopes b of a series have the prior N(m, T), T diagonal: their posterior
 * given crossproducts has precision X'X / s2 + 1 / T.  m and T are learnt from
 * all series by the EM algorithm for random effects (Laird & Ware 1982,
 * Random-effects models for longitudinal data, Biometrics 38; Morris 1983,
 * Parametric empirical Bayes inference, JASA 78), from medians on.  Deviations
 * count as far as CLIP standard deviations of T and no further (Huber 1981,
 * Robust Statistics, ch. 6), so that no series sways the others; with n - 1 for
 * n, as the mean is learnt too.
 */
#include "forecast/known/bayes.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 100, FEW_ROUNDS = 8, PRIOR_ROWS = 4 };

static const double TOLERANCE = 1e-8, CLIP = 3, ENOUGH = 1e-4;
static const double DRAWN = 1; /* variance, in that of the errors */
static const double MAD = 1.4826; /* of a normal: its standard deviation */

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

/* Of a, n * n, whose columns count only where its diagonal is above least. */
static void decompose(const double *a, const double *least, struct factor *f)
{
    size_t n = f->n;
    for (size_t j = 0; j < n; j++) {
        double size = a[j * n + j];
        bool counts = size > 0 && (least == NULL || size > least[j]);
        f->scale[j] = counts ? 1 / sqrt(size) : 0;
        f->left[j] = counts;
        f->pivot[j] = (double)j;
    }
    for (f->rank = 0; f->rank < n; f->rank++) {
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

void known_own(const struct fc_known *known, const struct known_cross *cross,
               double usual, double *scratch, struct known_slopes *out)
{
    size_t n = known->n;
    struct factor f = make_factor(n, scratch);
    double *work = scratch + n * n + 3 * n, *least = work + 2 * n;
    find_least(known, cross, least);
    decompose(cross->xx, least, &f);
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
    for (size_t i = 0; i < n; i++) {
        b[i] = cross->xy[i];
        for (size_t j = 0; j < n; j++)
            b[i] -= cross->xx[i * n + j] * known->column[j].mean;
    }
    double *least = work; /* as long as b is not solved */
    find_least(known, cross, least);
    for (size_t j = 0; j < n; j++) {
        double variance = known->column[j].variance;
        if (known->column[j].used && variance > 0) {
            cross->xx[j * n + j] += out->noise / variance;
            least[j] = 0;
        }
    }
    decompose(cross->xx, least, &f);
    solve_forward(&f, b, work);
    solve_back(&f, work, out->slope);
    take_errors(&f, out->noise, work, out);
    for (size_t j = 0; j < n; j++) {
        out->slope[j] += known->column[j].used ? known->column[j].mean : 0;
        double variance = known->column[j].variance;
        if (known->column[j].used && variance > 0)
            cross->xx[j * n + j] -= out->noise / variance;
    }
}

/* Learning. */

struct learning {
    struct fc_known *known;
    struct known_cross *cross;
    size_t n; /* series */
    struct known_slopes slopes;
    double *scratch, *values, *errors;
    double *own; /* a row of each series: its own slopes; NaN: does not tell */
};

static double median(double *x, size_t n)
{
    gsl_sort(x, 1, n);
    return gsl_stats_median_from_sorted_data(x, 1, n);
}

/* Which columns any series tells of, and the usual noise. */
static void find_used(struct learning *l)
{
    struct fc_known *known = l->known;
    size_t n = known->n, nnoise = 0;
    for (size_t j = 0; j < n; j++)
        l->errors[j] = 0;
    for (size_t i = 0; i < l->n; i++) {
        known_own(known, &l->cross[i], 0, l->scratch, &l->slopes);
        if (l->slopes.noise > 0 && l->cross[i].df > (double)n)
            l->values[nnoise++] = l->slopes.noise;
        for (size_t j = 0; j < n; j++)
            l->errors[j] += !isnan(l->slopes.error[j]);
    }
    known->noise = nnoise > 0 ? median(l->values, nnoise) : 0;
    for (size_t j = 0; j < n; j++)
        known->column[j].used =
            known->column[j].used
            && (l->errors[j] > 0 || known->column[j].role == FC_ROLE_LIKE);
}

/*
 * What has a role does not begin where least squares would: what is drawn to
 * nothing is no larger than an error, mostly, so that having been seen once it
 * counts half; what is like another day is so for certain.
 */
static bool begin_role(const struct fc_known *known,
                       struct fc_known_column *column)
{
    if (column->role == FC_ROLE_PLAIN)
        return false;
    bool like = column->role == FC_ROLE_LIKE;
    column->mean = like;
    column->variance = like ? 1e-12 : fmax(DRAWN * known->noise, 1e-12);
    return true;
}

/* Every series' slopes and noise, and a column's error of one of them. */
static void find_own(struct learning *l)
{
    size_t n = l->known->n;
    memset(l->errors, 0, n * sizeof *l->errors);
    for (size_t i = 0; i < l->n; i++) {
        known_own(l->known, &l->cross[i], l->known->noise, l->scratch,
                  &l->slopes);
        l->cross[i].noise = l->slopes.noise;
        for (size_t j = 0; j < n; j++) {
            bool tells = !isnan(l->slopes.error[j]);
            l->own[i * n + j] = tells ? l->slopes.slope[j] : NAN;
            if (tells)
                l->errors[j] = l->slopes.error[j];
        }
    }
}

/* Where the search begins: at medians. */
static void begin_column(struct learning *l, size_t j)
{
    struct fc_known_column *column = &l->known->column[j];
    size_t n = 0;
    double error = l->errors[j];
    if (begin_role(l->known, column))
        return;
    for (size_t i = 0; i < l->n; i++)
        if (!isnan(l->own[i * l->known->n + j]))
            l->values[n++] = l->own[i * l->known->n + j];
    column->mean = column->variance = 0;
    if (!column->used || l->n == 1 || n == 0)
        return;
    column->mean = median(l->values, n);
    for (size_t i = 0; i < n; i++)
        l->values[i] = fabs(l->values[i] - column->mean);
    double spread = MAD * median(l->values, n);
    column->variance = spread * spread;
    if (n < 3)
        column->variance += column->mean * column->mean + error * error;
    column->variance =
        fmax(column->variance, 1e-12 * column->mean * column->mean + 1e-300);
}

/* One round of EM; how far the columns moved. */
static double go_round(struct learning *l)
{
    struct fc_known *known = l->known;
    size_t n = known->n;
    double *shift = l->values, *square = l->values + n, moved = 0;
    memset(l->values, 0, 2 * n * sizeof *l->values);
    for (size_t i = 0; i < l->n; i++) {
        known_shrunk(known, &l->cross[i], l->scratch, &l->slopes);
        for (size_t j = 0; j < n; j++) {
            const struct fc_known_column *column = &known->column[j];
            double most = CLIP * sqrt(column->variance);
            double off = l->slopes.slope[j] - column->mean;
            double error = fmin(l->slopes.error[j], most);
            off = fmax(-most, fmin(most, off));
            shift[j] += off;
            square[j] += off * off + (isnan(error) ? 0 : error * error);
        }
    }
    for (size_t j = 0; j < n; j++) {
        struct fc_known_column *column = &known->column[j];
        double by = shift[j] / (double)l->n, old = column->variance;
        if (!column->used || old <= 0 || column->role == FC_ROLE_LIKE)
            continue;
        double now = (square[j] - by * shift[j]) / (double)(l->n - 1);
        column->mean += by;
        column->variance =
            fmax(now, 1e-12 * column->mean * column->mean + 1e-300);
        moved = fmax(moved, fabs(by) / sqrt(old));
        moved = fmax(moved, fabs(column->variance / old - 1));
    }
    return moved;
}

static bool allocate(struct learning *l)
{
    size_t n = l->known->n;
    size_t values = l->n > 2 * n ? l->n : 2 * n;
    l->scratch = malloc((known_scratch(n) + 3 * n + values + l->n * n)
                        * sizeof(double));
    if (l->scratch == NULL)
        return false;
    l->slopes.slope = l->scratch + known_scratch(n);
    l->slopes.error = l->slopes.slope + n;
    l->errors = l->slopes.error + n;
    l->values = l->errors + n;
    l->own = l->values + values;
    return true;
}

/* Whether any column is drawn to nothing. */
static bool has_drawn(const struct fc_known *known)
{
    for (size_t j = 0; j < known->n; j++)
        if (known->column[j].role == FC_ROLE_DRAWN)
            return true;
    return false;
}

/* The noise of every series, all columns told apart. */
static void find_noise(struct learning *l)
{
    for (size_t i = 0; i < l->n; i++) {
        known_own(l->known, &l->cross[i], l->known->noise, l->scratch,
                  &l->slopes);
        l->cross[i].noise = l->slopes.noise;
    }
}

/* Plain columns begin as if there were none that are drawn to nothing, which
 * are collinear with them, often. */
static void find_plain(struct learning *l)
{
    struct fc_known *known = l->known;
    for (size_t j = 0; j < known->n; j++) {
        struct fc_known_column *column = &known->column[j];
        column->variance = column->used; /* for as long as it is not known */
        if (column->role == FC_ROLE_DRAWN)
            column->used = false;
    }
    find_own(l);
    for (size_t j = 0; j < known->n; j++)
        known->column[j].used = known->column[j].variance > 0;
    find_noise(l);
}

/*
 * Of a single series: what is drawn to nothing has one variance, which is learnt
 * from all such columns that the series tells of, and one of DRAWN that it
 * has not; by EM as above.
 */
static void learn_drawn(struct learning *l)
{
    struct fc_known *known = l->known;
    double least = fmax(DRAWN * known->noise, 1e-12), now = least, before = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double sum = least;
        size_t count = 1;
        known_shrunk(known, l->cross, l->scratch, &l->slopes);
        for (size_t j = 0; j < known->n; j++) {
            double slope = l->slopes.slope[j], error = l->slopes.error[j];
            if (known->column[j].role != FC_ROLE_DRAWN
                || !known->column[j].used || isnan(error)
                || l->cross->xx[j * known->n + j] <= 0)
                continue;
            sum += slope * slope + error * error;
            count++;
        }
        before = now;
        now = sum / (double)count;
        for (size_t j = 0; j < known->n; j++)
            if (known->column[j].role == FC_ROLE_DRAWN)
                known->column[j].variance = now;
        if (fabs(now / before - 1) < ENOUGH)
            break;
    }
}

enum fc_status known_learn_slopes(struct known_cross *cross, size_t n,
                                  bool closely, struct fc_known *known)
{
    struct learning l = {.known = known, .cross = cross, .n = n};
    if (!allocate(&l))
        return FC_ENOMEM;
    find_used(&l);
    if (has_drawn(known))
        find_plain(&l);
    else
        find_own(&l);
    for (size_t j = 0; j < known->n; j++)
        begin_column(&l, j);
    if (n == 1 && has_drawn(known))
        learn_drawn(&l);
    int rounds = closely ? ROUNDS : FEW_ROUNDS;
    for (int round = 0; n > 1 && round < rounds; round++)
        if (go_round(&l) < ENOUGH)
            break;
    free(l.scratch);
    return FC_OK;
}
