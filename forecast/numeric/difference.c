/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Differencing and its inverse: the operators (1 - B)^d (1 - B^m)^D of Box &
 * Jenkins (1976), Time Series Analysis, chapter 4.
 */
#include "forecast/numeric/difference.h"

#include <float.h>
#include <math.h>
#include <string.h>

size_t fc_difference(double *y, size_t n, size_t lag, int times)
{
    for (int i = 0; i < times; i++) {
        if (n <= lag)
            return 0;
        n -= lag;
        for (size_t t = 0; t < n; t++)
            y[t] = y[t + lag] - y[t];
    }
    return n;
}

void fc_difference_polynomial(double *delta, int d, int D, size_t m)
{
    size_t degree = 0;
    delta[0] = 1;
    for (int i = 0; i < d + D; i++) {
        size_t lag = i < d ? 1 : m;
        memset(delta + degree + 1, 0, lag * sizeof *delta);
        for (size_t j = degree + lag; j >= lag; j--)
            delta[j] -= delta[j - lag];
        degree += lag;
    }
}

void fc_undifference(double *w, size_t h, const double *delta, size_t degree,
                     const double *past)
{
    for (size_t i = 1; i <= degree; i++) {
        if (delta[i] == 0)
            continue;
        for (size_t t = 0; t < h && t < i; t++)
            w[t] -= delta[i] * past[i - 1 - t];
    }
    for (size_t t = 0; t < h; t++)
        for (size_t i = 1; i <= degree && i <= t; i++)
            if (delta[i] != 0)
                w[t] -= delta[i] * w[t - i];
}

double fc_rounding_noise(const double *y, size_t n)
{
    double largest = 0;
    for (size_t t = 0; t < n; t++)
        if (!isnan(y[t]))
            largest = fmax(largest, fabs(y[t]));
    return 32 * DBL_EPSILON * largest;
}

bool fc_is_constant(const double *y, size_t n, double noise)
{
    double least = INFINITY, most = -INFINITY;
    for (size_t t = 0; t < n; t++) {
        if (isnan(y[t]))
            continue;
        least = fmin(least, y[t]);
        most = fmax(most, y[t]);
    }
    return !(most - least > noise);
}
