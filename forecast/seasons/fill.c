/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Missing values of a series with a season: a missing day has its hours, and
 * the level of its neighbours.
 */
#include "forecast/seasons/fill.h"

#include "forecast/numeric/missing.h"

#include <math.h>
#include <stdbool.h>

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

enum fc_status fc_seasons_fill(const double *y, size_t n, double period,
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
    if (fc_fill_linear(off, n, off) > 0)
        for (size_t t = 0; t < n; t++)
            filled[t] = isnan(y[t]) ? filled[t] + off[t] : y[t];
    fc_fill_linear(filled, n, filled);
    fc_workspace_release(ws, mark);
    return FC_OK;
}
