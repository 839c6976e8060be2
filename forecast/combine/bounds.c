/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/combine/bounds.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

/*
 * The bounds that the 95% intervals of M3's series keep are 0.25, those of M4's
 * hourly series 0.65 times as far.
 */
static const double ABSURD = 4;

/* What lies beyond these is absurd. */
struct limits {
    double lowest, highest;
};

static struct limits range_of(const struct fc_series *series)
{
    struct limits range = {INFINITY, -INFINITY};
    for (size_t t = 0; t < series->n; t++) {
        range.lowest = fmin(range.lowest, series->y[t]);
        range.highest = fmax(range.highest, series->y[t]);
    }
    return range;
}

/* Of a series of n values in that range. */
static struct limits limits_of(struct limits range, size_t n, double walk,
                               double level, int h)
{
    double rounding = 1e-6 * fmax(fabs(range.lowest), fabs(range.highest));
    double reach = fmax(range.highest - range.lowest, 4 * walk);
    double far = ABSURD * gsl_cdf_ugaussian_Pinv(0.5 + level / 200)
                 * (1 + 2 * (h + 1) / (double)n);
    return (struct limits){range.lowest - (far * reach + rounding),
                           range.highest + (far * reach + rounding)};
}

bool fc_auto_is_absurd(const struct fc_series *series, double walk,
                       const struct fc_forecast *out)
{
    struct limits range = range_of(series);
    for (int i = 0; i < out->nlevels; i++)
        for (int h = 0; h < out->horizon; h++) {
            int at = i * out->horizon + h;
            struct limits l =
                limits_of(range, series->n, walk, out->levels[i], h);
            if (!(out->lo[at] >= l.lowest && out->hi[at] <= l.highest))
                return true;
        }
    return false;
}

void fc_auto_clip(const struct fc_series *series, double walk,
                  struct fc_forecast *out)
{
    struct limits range = range_of(series);
    for (int i = 0; i < out->nlevels; i++)
        for (int h = 0; h < out->horizon; h++) {
            int at = i * out->horizon + h;
            struct limits l =
                limits_of(range, series->n, walk, out->levels[i], h);
            out->lo[at] = fmin(fmax(out->lo[at], l.lowest),
                               fmin(out->mean[h], l.highest));
            out->hi[at] = fmax(fmin(out->hi[at], l.highest),
                               fmax(out->mean[h], l.lowest));
        }
}
