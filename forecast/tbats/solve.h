/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_TBATS_SOLVE_H
#define NIGHTCAST_FORECAST_TBATS_SOLVE_H

#include <stddef.h>

/*
 * Least squares on n rows, `stride` apart, a multiple of four.
 *
 * The sums of the products of the numbers at first .. end - 1 with those before
 * each and itself; sums has rows of `stride` numbers, too.
 */
void fc_tbats_products(const double *rows, size_t n, size_t stride,
                       size_t first, size_t end, double *sums);

/* Of what the first k numbers times x leave of the next one, the sums of the
 * products with each of them. */
void fc_tbats_left_over(const double *rows, size_t n, size_t stride, size_t k,
                        const double *x, double *sums);

/* The lower Cholesky factor of the first n of them, n x n.  What depends on
 * those before it has a diagonal of zero, and zero in every solution. */
void fc_tbats_factor(const double *sums, size_t n, size_t stride,
                     double *factor);

/* Solves with the factor L: Lx = x, and LL'x = x. */
void fc_tbats_solve_lower(const double *factor, size_t n, double *x);
void fc_tbats_solve(const double *factor, size_t n, double *x);

#endif
