/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/quantile.h"

#include <math.h>

double fc_quantile(const double *x, size_t n, double p)
{
    double at = p * ((double)n + 1.0 / 3) + 1.0 / 3, whole = floor(at);
    if (whole < 1)
        return x[0];
    if (whole >= (double)n)
        return x[n - 1];
    double low = x[(size_t)whole - 1], high = x[(size_t)whole];
    return low + (at - whole) * (high - low);
}
