/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Least squares by products: sums over rows of their numbers' products, a
 * Cholesky factor that leaves out what depends on the rest, and its use.
 */
#include "forecast/tbats/solve.h"

#include "forecast/numeric/clones.h"

#include <math.h>

typedef double vector __attribute__((vector_size(32), aligned(8), may_alias));

enum { LANES = 4, ROWS = 4 };

/* A pivot that is so small beside its diagonal is none. */
static const double DEPENDENT = 1e-11;

FC_CLONES void fc_tbats_products(const double *rows, size_t n, size_t stride,
                                 size_t first, size_t end, double *sums)
{
    for (size_t i = first; i < end; i++)
        for (size_t j = 0; j < stride; j++)
            sums[i * stride + j] = 0;
    size_t t = 0;
    for (; t + ROWS <= n; t += ROWS) {
        const double *r = rows + t * stride;
        const vector *r0 = (const vector *)r,
                     *r1 = (const vector *)(r + stride);
        const vector *r2 = (const vector *)(r + 2 * stride);
        const vector *r3 = (const vector *)(r + 3 * stride);
        for (size_t i = first; i < end; i++) {
            vector *sum = (vector *)(sums + i * stride);
            double a = r[i], b = r[stride + i];
            double c = r[2 * stride + i], d = r[3 * stride + i];
            for (size_t j = 0; j <= i / LANES; j++)
                sum[j] += (r0[j] * a + r1[j] * b) + (r2[j] * c + r3[j] * d);
        }
    }
    for (; t < n; t++)
        for (size_t i = first; i < end; i++)
            for (size_t j = 0; j <= i; j++)
                sums[i * stride + j] +=
                    rows[t * stride + i] * rows[t * stride + j];
}

FC_CLONES void fc_tbats_left_over(const double *rows, size_t n, size_t stride,
                                  size_t k, const double *x, double *sums)
{
    const size_t whole = k / LANES;
    for (size_t j = 0; j < k; j++)
        sums[j] = 0;
    for (size_t t = 0; t < n; t++) {
        const double *row = rows + t * stride;
        const vector *r = (const vector *)row, *by = (const vector *)x;
        vector *sum = (vector *)sums, explained = {0};
        for (size_t j = 0; j < whole; j++)
            explained += r[j] * by[j];
        double left = row[k] - (explained[0] + explained[1])
                      - (explained[2] + explained[3]);
        for (size_t j = whole * LANES; j < k; j++)
            left -= row[j] * x[j];
        for (size_t j = 0; j < whole; j++)
            sum[j] += r[j] * left;
        for (size_t j = whole * LANES; j < k; j++)
            sums[j] += row[j] * left;
    }
}

void fc_tbats_factor(const double *sums, size_t n, size_t stride,
                     double *factor)
{
    for (size_t i = 0; i < n; i++) {
        double *row = factor + i * n;
        for (size_t j = 0; j <= i; j++) {
            const double *other = factor + j * n;
            double x = sums[i * stride + j];
            for (size_t k = 0; k < j; k++)
                x -= row[k] * other[k];
            if (j < i)
                row[j] = other[j] > 0 ? x / other[j] : 0;
            else
                row[i] = x > DEPENDENT * sums[i * stride + i] ? sqrt(x) : 0;
        }
    }
}

void fc_tbats_solve_lower(const double *factor, size_t n, double *x)
{
    for (size_t i = 0; i < n; i++) {
        double sum = x[i];
        for (size_t k = 0; k < i; k++)
            sum -= factor[i * n + k] * x[k];
        x[i] = factor[i * n + i] > 0 ? sum / factor[i * n + i] : 0;
    }
}

void fc_tbats_solve(const double *factor, size_t n, double *x)
{
    fc_tbats_solve_lower(factor, n, x);
    for (size_t i = n; i-- > 0;) {
        double sum = x[i];
        for (size_t k = i + 1; k < n; k++)
            sum -= factor[k * n + i] * x[k];
        x[i] = factor[i * n + i] > 0 ? sum / factor[i * n + i] : 0;
    }
}
