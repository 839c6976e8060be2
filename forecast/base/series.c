/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/base/series.h"

#include <math.h>

struct fc_series fc_series_of(const struct fc_history *history)
{
    return (struct fc_series){
        .id = history->id, .y = history->y, .n = history->n};
}

int fc_season_length(const struct fc_seasons *seasons)
{
    return seasons != NULL && seasons->n > 0 ? (int)lround(seasons->length[0])
                                             : 1;
}

struct fc_seasons fc_one_season(int length)
{
    return length > 1 ? (struct fc_seasons){.n = 1, .length = {length}}
                      : (struct fc_seasons){.n = 0};
}

struct fc_seasons fc_seasons_fitting(const struct fc_seasons *seasons, size_t n)
{
    struct fc_seasons fitting = {.n = 0};
    if (seasons == NULL)
        return fitting;
    fitting = *seasons;
    while (fitting.n > 1 && 2 * fitting.length[fitting.n - 1] > (double)n)
        fitting.n--;
    return fitting;
}

bool fc_season_is_long(double length)
{
    enum { LONGEST = 366 };
    return length > LONGEST || length != floor(length);
}

bool fc_seasons_equal(const struct fc_seasons *a, const struct fc_seasons *b)
{
    bool equal = a->n == b->n;
    for (int i = 0; equal && i < a->n; i++)
        equal = a->length[i] == b->length[i];
    return equal;
}

struct fc_series fc_series_from(const struct fc_series *series, size_t first,
                                struct fc_regressors *room)
{
    struct fc_series rest = *series;
    rest.y += first;
    rest.n -= first;
    rest.date.steps += (double)first;
    rest.less_first += first;
    if (series->regressors != NULL) {
        *room = *series->regressors;
        room->x += first;
        rest.regressors = room;
    }
    return rest;
}

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
