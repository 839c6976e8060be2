/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_TESTS_SERIES_H
#define NIGHTCAST_TESTS_SERIES_H

/*
 * Series of one season, and fits to them.
 */
#include "forecast/models.h"

/* The list of one season, for as long as the program runs. */
static inline const struct fc_seasons *season_of(int m)
{
    static struct fc_seasons all[400];
    if (m < 0 || m >= 400)
        return NULL;
    all[m] = fc_one_season(m);
    return &all[m];
}

static inline struct fc_series series_of(const char *id, const double *y,
                                         size_t n, int m)
{
    return (struct fc_series){
        .id = id, .y = y, .n = n, .seasons = season_of(m)};
}

/* Without a horizon, anything learnt, or a similar fit. */
static inline enum fc_status fit_spec(const struct fc_series *series,
                                      const struct fc_spec *spec,
                                      struct fc_workspace *ws,
                                      struct fc_fit *fit, struct fc_error *err)
{
    struct fc_request request = {.spec = spec, .seed = 1};
    return fc_model_fit(series, &request, ws, fit, err);
}

#endif
