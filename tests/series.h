/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_TESTS_SERIES_H
#define NIGHTCAST_TESTS_SERIES_H

/*
 * Series of one season, and fits to them.
 */
#include "forecast/models.h"
#include "forecast/run/job.h"

#include <stdlib.h>

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

/* Gives a job n series, which have the seasons of the first and may have
 * regressors; what that takes stays until the program ends. */
static inline void give_series(struct fc_job *job,
                               const struct fc_series *series, size_t n)
{
    static struct given {
        struct given *before;
        struct fc_history *histories;
        struct fc_regressors *regressors;
    } *all;
    struct given *now = calloc(1, sizeof *now);
    if (now == NULL
        || (now->histories = calloc(n + 1, sizeof *now->histories)) == NULL
        || (now->regressors = calloc(n + 1, sizeof *now->regressors)) == NULL)
        abort();
    now->before = all;
    all = now;
    for (size_t i = 0; i < n; i++) {
        now->histories[i] =
            (struct fc_history){series[i].id, series[i].y, series[i].n};
        if (series[i].regressors != NULL) {
            now->regressors[i] = *series[i].regressors;
            job->regressors = now->regressors;
        }
    }
    job->series = now->histories;
    job->n = n;
    job->seasons = n > 0 ? series[0].seasons : NULL;
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
