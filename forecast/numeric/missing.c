/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Missing values for models that need complete series.
 */
#include "forecast/numeric/missing.h"

#include <limits.h>
#include <math.h>
#include <string.h>

size_t fc_count_missing(const double *y, size_t n)
{
    size_t missing = 0;
    for (size_t t = 0; t < n; t++)
        missing += isnan(y[t]) != 0;
    return missing;
}

size_t fc_missing_tail(const double *y, size_t n)
{
    size_t left = n;
    while (left > 0 && isnan(y[left - 1]))
        left--;
    return n - left;
}

/* Fills out[first .. end - 1], all of them missing; how many. */
static size_t fill_gap(double *out, size_t n, size_t first, size_t end)
{
    if (first == 0 && end == n)
        return 0;
    double left = first > 0 ? out[first - 1] : out[end];
    double right = end < n ? out[end] : left;
    double width = (double)(end - first + 1);
    for (size_t t = first; t < end; t++) {
        double share = (double)(t - first + 1) / width;
        out[t] = left * (1 - share) + right * share;
    }
    return end - first;
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
            filled += fill_gap(out, n, t, end);
            t = end;
        }
    }
    return filled;
}

enum fc_status fc_missing_prepare(const struct fc_series *given,
                                  bool takes_missing, int horizon,
                                  struct fc_workspace *ws,
                                  struct fc_series *out, int *tail,
                                  struct fc_error *err)
{
    size_t missing = fc_missing_tail(given->y, given->n);
    if (missing > (size_t)(INT_MAX - horizon))
        return fc_fail(err, FC_ERANGE, "%zu values are missing at its end",
                       missing);
    *tail = (int)missing;
    *out = *given;
    out->n -= missing;
    if (takes_missing || fc_count_missing(out->y, out->n) == 0)
        return FC_OK;
    double *y = fc_workspace_doubles(ws, out->n);
    if (y == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    fc_fill_linear(out->y, out->n, y);
    out->y = y;
    return FC_OK;
}
