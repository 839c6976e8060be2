/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/seasons/strength.h"

#include "forecast/numeric/missing.h"
#include "forecast/seasons/mstl.h"

#include <gsl/gsl_statistics.h>
#include <math.h>
#include <string.h>

/* Of one season, which is added to the remainder; 0 where nothing varies. */
static double strength_of(const double *season, const double *rest, size_t n,
                          double *sum)
{
    for (size_t t = 0; t < n; t++)
        sum[t] = rest[t] + season[t];
    double with = gsl_stats_variance(sum, 1, n);
    double without = gsl_stats_variance(rest, 1, n);
    return with > 0 ? fmax(0, 1 - without / with) : 0;
}

enum fc_status fc_season_strengths(const struct fc_series *series,
                                   struct fc_workspace *ws, double *strength)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    const struct fc_seasons *s = series->seasons;
    size_t n = series->n;
    int known = s->n;
    while (known > 0 && !(2 * s->length[known - 1] < (double)n))
        known--;
    for (int i = 0; i < s->n; i++)
        strength[i] = NAN;
    if (known == 0)
        return FC_OK;
    double *rest = fc_workspace_doubles(ws, n);
    double *sum = fc_workspace_doubles(ws, n);
    double *trend = fc_workspace_doubles(ws, n);
    double *seasonal = fc_workspace_doubles(ws, (size_t)known * n);
    if (rest == NULL || sum == NULL || trend == NULL || seasonal == NULL
        || fc_fill_seasonal(series->y, n, s, ws, rest) != FC_OK
        || fc_mstl(rest, n, s->length, known, false, ws, seasonal, trend)
               != FC_OK)
        return FC_ENOMEM;
    for (size_t t = 0; t < n; t++) {
        rest[t] -= trend[t];
        for (int i = 0; i < known; i++)
            rest[t] -= seasonal[(size_t)i * n + t];
    }
    for (int i = 0; i < known; i++)
        strength[i] = strength_of(seasonal + (size_t)i * n, rest, n, sum);
    fc_workspace_release(ws, mark);
    return FC_OK;
}
