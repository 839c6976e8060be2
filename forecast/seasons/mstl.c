/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Multiple seasonal-trend decomposition by loess: STL for one season after the
 * other, each of the series less the other seasons, and all of it twice.  The
 * longer a season, the more of its cycles are smoothed over.
 */
#include "forecast/seasons/mstl.h"

#include "forecast/numeric/stl.h"

#include <string.h>

enum { ITERATIONS = 2 };

/* The window of the i-th season, the shortest being the first. */
static size_t window_of(int i)
{
    return (size_t)(fc_mstl_window + 4 * i);
}

enum fc_status fc_mstl(const double *y, size_t n, const double *period,
                       int nperiods, bool robust, struct fc_workspace *ws,
                       double *seasonal, double *trend)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    double *rest = fc_workspace_doubles(ws, n);
    int iterations = nperiods > 1 ? ITERATIONS : 1;
    if (rest == NULL)
        return FC_ENOMEM;
    memcpy(rest, y, n * sizeof *rest);
    memset(seasonal, 0, (size_t)nperiods * n * sizeof *seasonal);
    for (int k = 0; k < iterations * nperiods; k++) {
        int i = k % nperiods;
        double *season = seasonal + (size_t)i * n;
        const struct fc_stl_design design = {
            .m = (size_t)period[i],
            .window = window_of(i),
            .rounds = robust ? fc_stl_robust_rounds : 0};
        for (size_t t = 0; t < n; t++)
            rest[t] += season[t];
        if (fc_stl(rest, n, design, ws, season, trend) != FC_OK)
            return FC_ENOMEM;
        for (size_t t = 0; t < n; t++)
            rest[t] -= season[t];
    }
    fc_workspace_release(ws, mark);
    return FC_OK;
}
