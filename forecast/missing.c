/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Missing values for models that need complete series.
 */
#include "forecast/missing.h"

#include <math.h>
#include <string.h>

size_t fc_count_missing(const double *y, size_t n)
{
    size_t missing = 0;
    for (size_t t = 0; t < n; t++)
        missing += isnan(y[t]) != 0;
    return missing;
}

/* Fills out[first .. end - 1], all of them missing. */
static void fill_gap(double *out, size_t n, size_t first, size_t end)
{
    if (first == 0 && end == n)
        return;
    double left = first > 0 ? out[first - 1] : out[end];
    double right = end < n ? out[end] : left;
    double width = (double)(end - first + 1);
    for (size_t t = first; t < end; t++) {
        double share = (double)(t - first + 1) / width;
        out[t] = left * (1 - share) + right * share;
    }
}

size_t fc_fill_linear(const double *y, size_t n, double *out)
{
    size_t filled = 0;
    if (out != y)
        memcpy(out, y, n * sizeof *out);
    for (size_t t = 0; t < n; t++) {
        size_t end = t;
        while (end < n && isnan(out[end]))
            end++;
        if (end > t) {
            fill_gap(out, n, t, end);
            filled += end - t;
            t = end;
        }
    }
    return filled;
}
