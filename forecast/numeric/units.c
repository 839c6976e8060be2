/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Scaling by powers of two: exact, but for numbers that are too small for all
 * of their digits (below 2.2e-308) before or after.
 */
#include "forecast/numeric/units.h"

#include <math.h>

/*
 * Half of what squares allow: sums, and the products of variances that tests
 * and likelihoods may need, have room as well.
 */
enum { FAR = 200 };

int fc_units(const struct fc_series *series)
{
    double largest = 0;
    int exponent;
    for (size_t t = 0; t < series->n; t++) {
        double size = fabs(series->y[t]);
        largest = size > largest ? size : largest; /* never NaN */
    }
    frexp(largest, &exponent); /* of 0: 0 */
    return exponent > FAR || exponent < -FAR ? exponent : 0;
}

/* ldexp(1, -exponent) need not be a number: smallest and largest values. */
void fc_units_apply(const double *x, size_t n, int exponent, double *out)
{
    for (size_t t = 0; t < n; t++)
        out[t] = ldexp(x[t], -exponent);
}

void fc_units_undo(double *x, size_t n, int exponent)
{
    fc_units_apply(x, n, -exponent, x);
}

const struct fc_series *fc_units_series(const struct fc_series *series,
                                        int exponent, struct fc_workspace *ws)
{
    struct fc_series *out = fc_workspace_array(ws, 1, sizeof *out);
    double *y = fc_workspace_doubles(ws, series->n);
    if (out == NULL || y == NULL)
        return NULL;
    fc_units_apply(series->y, series->n, exponent, y);
    *out = *series;
    out->y = y;
    return out;
}
