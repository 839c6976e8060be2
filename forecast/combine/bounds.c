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

static struct limits limits_of(const struct fc_series *series, double walk,
                               double level, int h)
{
    struct limits l = {INFINITY, -INFINITY};
    for (size_t t = 0; t < series->n; t++) {
        l.lowest = fmin(l.lowest, series->y[t]);
        l.highest = fmax(l.highest, series->y[t]);
    }
    double rounding = 1e-6 * fmax(fabs(l.lowest), fabs(l.highest));
    double reach = fmax(l.highest - l.lowest, 4 * walk);
    double far = ABSURD * gsl_cdf_ugaussian_Pinv(0.5 + level / 200)
                 * (1 + 2 * (h + 1) / (double)series->n);
    l.lowest -= far * reach + rounding;
    l.highest += far * reach + rounding;
    return l;
}

bool fc_auto_is_absurd(const struct fc_series *series, double walk,
                       const struct fc_forecast *out)
{
    for (int i = 0; i < out->nlevels; i++)
        for (int h = 0; h < out->horizon; h++) {
            int at = i * out->horizon + h;
            struct limits l = limits_of(series, walk, out->levels[i], h);
            if (!(out->lo[at] >= l.lowest && out->hi[at] <= l.highest))
                return true;
        }
    return false;
}

void fc_auto_clip(const struct fc_series *series, double walk,
                  struct fc_forecast *out)
{
    for (int i = 0; i < out->nlevels; i++)
        for (int h = 0; h < out->horizon; h++) {
            int at = i * out->horizon + h;
            struct limits l = limits_of(series, walk, out->levels[i], h);
            out->lo[at] = fmin(fmax(out->lo[at], l.lowest),
                               fmin(out->mean[h], l.highest));
            out->hi[at] = fmax(fmin(out->hi[at], l.highest),
                               fmax(out->mean[h], l.lowest));
        }
}
