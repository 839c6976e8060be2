/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Missing values for models that need complete series.  A missing day of hours
 * has its hours, and the level of its neighbours.
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

/* Cycles to be looked at before and after a missing value. */
enum { CYCLES = 4 };

/* The mean of the nearest known values of the same place in the cycle; NaN
 * when there are none. */
static double same_place(const double *y, size_t n, double period, size_t t)
{
    double sum = 0;
    int found = 0;
    for (int side = -1; side <= 1; side += 2)
        for (int k = 1; k <= CYCLES; k++) {
            double at = (double)t + side * rint(k * period);
            if (at < 0 || at >= (double)n)
                break;
            if (isnan(y[(size_t)at]))
                continue;
            sum += y[(size_t)at];
            found++;
            break;
        }
    return found > 0 ? sum / found : NAN;
}

/* The longest season of which there are so many cycles; 0 = none. */
static double find_period(const struct fc_seasons *seasons, size_t n)
{
    double period = 0;
    for (int i = 0; seasons != NULL && i < seasons->n; i++)
        if (CYCLES * seasons->length[i] <= (double)n)
            period = seasons->length[i];
    return period;
}

static enum fc_status fill_by_cycles(const double *y, size_t n, double period,
                                     struct fc_workspace *ws, double *filled)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    double *off = fc_workspace_doubles(ws, n);
    if (off == NULL)
        return FC_ENOMEM;
    for (size_t t = 0; t < n; t++) {
        bool edge = isnan(y[t]) || (t > 0 && isnan(y[t - 1]))
                    || (t + 1 < n && isnan(y[t + 1]));
        filled[t] = edge ? same_place(y, n, period, t) : y[t];
        off[t] = y[t] - filled[t];
    }
    fc_fill_linear(off, n, off);
    for (size_t t = 0; t < n; t++)
        filled[t] = isnan(y[t]) ? filled[t] + off[t] : y[t];
    fc_workspace_release(ws, mark);
    return FC_OK;
}

enum fc_status fc_fill_seasonal(const double *y, size_t n,
                                const struct fc_seasons *seasons,
                                struct fc_workspace *ws, double *filled)
{
    double period = find_period(seasons, n);
    if (period > 1 && fc_count_missing(y, n) > 0) {
        if (fill_by_cycles(y, n, period, ws, filled) != FC_OK)
            return FC_ENOMEM;
        y = filled;
    }
    fc_fill_linear(y, n, filled);
    return FC_OK;
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
    if (given->seasons == NULL || given->seasons->n < 2)
        fc_fill_linear(out->y, out->n, y);
    else if (fc_fill_seasonal(out->y, out->n, given->seasons, ws, y) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    out->y = y;
    return FC_OK;
}
