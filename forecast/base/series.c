/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/base/series.h"

size_t fc_forecast_size(int horizon, int nlevels)
{
    return (size_t)horizon * (1 + 2 * (size_t)nlevels);
}

struct fc_forecast fc_forecast_over(int horizon, int nlevels,
                                    const double *levels, double *numbers)
{
    size_t h = (size_t)horizon;
    return (struct fc_forecast){
        .horizon = horizon,
        .nlevels = nlevels,
        .levels = levels,
        .mean = numbers,
        .lo = numbers + h,
        .hi = numbers + h * (1 + (size_t)nlevels),
    };
}

const double *fc_forecast_bound(const struct fc_forecast *forecast,
                                struct fc_bound bound)
{
    const double *bounds = bound.above ? forecast->hi : forecast->lo;
    return bounds + (size_t)bound.level * (size_t)forecast->horizon;
}
