/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_TESTS_TAUGHT_H
#define NIGHTCAST_TESTS_TAUGHT_H

/*
 * What models learn from a batch of ordinary series, for tests that walk the
 * table of models.
 */
#include "tests/check.h"
#include "tests/series.h"

#include "forecast/run/batch.h"

enum { TEACHERS = 40, TEACHER_LENGTH = 96, TAUGHT_HORIZON = 24 };

/* A line with a season, and noise; each series another one, and all positive */
static inline double teacher_value(size_t i, size_t t, int m)
{
    double phase = 6.283185307179586 * (double)(t + i) / (m > 1 ? m : 7);
    double noise = sin((double)(t * t + 3 * i) * 12.9898) * 43758.5453;
    return 100 + (double)(i % 7) * (double)t / 20
           + 5 * (1 + (double)(i % 3)) * sin(phase)
           + 4 * (noise - floor(noise));
}

/*
 * Of a model without which it cannot be fitted, what it learns from these with
 * a season of m; of any other, nothing.  It stays until the program ends.
 */
static inline struct fc_part taught(const struct fc_model *model, int m)
{
    enum { MOST = 40 };
    static struct {
        const struct fc_model *model;
        int m;
        struct fc_learned *learned;
    } all[MOST];
    static double y[TEACHERS][TEACHER_LENGTH];
    static char ids[TEACHERS][8];
    struct fc_series series[TEACHERS];
    struct fc_spec spec = {.model = model};
    struct fc_job job = {.specs = &spec,
                         .nspecs = 1,
                         .horizon = TAUGHT_HORIZON,
                         .seed = 1,
                         .nthreads = 2};
    int at = 0;
    if (!model->must_learn)
        return fc_part_of(NULL);
    while (all[at].model != NULL && (all[at].model != model || all[at].m != m))
        at++;
    assert_true(at < MOST);
    if (all[at].model != NULL)
        return fc_part_of(all[at].learned);
    for (size_t i = 0; i < TEACHERS; i++) {
        snprintf(ids[i], sizeof ids[i], "t%zu", i);
        for (size_t t = 0; t < TEACHER_LENGTH; t++)
            y[i][t] = teacher_value(i, t, m);
        series[i] = series_of(ids[i], y[i], TEACHER_LENGTH, m);
    }
    give_series(&job, series, TEACHERS);
    all[at].model = model;
    all[at].m = m;
    assert_int_equal(fc_batch_learn(&job, 0, &all[at].learned, NULL), FC_OK);
    assert_non_null(all[at].learned);
    return fc_part_of(all[at].learned);
}

/* fit_spec() of a model that has learnt so, if it must. */
static inline enum fc_status fit_taught(const struct fc_series *series,
                                        const struct fc_spec *spec,
                                        struct fc_workspace *ws,
                                        struct fc_fit *fit,
                                        struct fc_error *err)
{
    int m = fc_season_length(series->seasons);
    struct fc_request request = {
        .spec = spec, .seed = 1, .learned = taught(spec->model, m)};
    return fc_model_fit(series, &request, ws, fit, err);
}

#endif
