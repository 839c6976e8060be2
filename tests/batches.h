/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_TESTS_BATCHES_H
#define NIGHTCAST_TESTS_BATCHES_H

/*
 * Batches of simulated series whose law is known, with what follows them.
 */
#include "tests/check.h"
#include "tests/series.h"

#include "forecast/run/batch.h"

#include <gsl/gsl_randist.h>

struct simulated {
    size_t n, length, horizon;
    struct fc_series *series;
    double *y;      /* n * (length + horizon) */
    double *future; /* n * horizon */
    char *ids;
};

enum { SIMULATED_ID = 24 };

/* law writes length + horizon values of series i. */
static inline struct simulated simulate_batch(
    size_t n, size_t length, size_t horizon,
    void (*law)(gsl_rng *rng, size_t i, double *y, size_t n))
{
    struct simulated s = {n, length, horizon, NULL, NULL, NULL, NULL};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 20200415);
    s.series = malloc(n * sizeof *s.series);
    s.y = malloc(n * (length + horizon) * sizeof *s.y);
    s.future = malloc(n * horizon * sizeof *s.future);
    s.ids = malloc(n * SIMULATED_ID);
    for (size_t i = 0; i < n; i++) {
        double *y = s.y + i * (length + horizon);
        char *id = s.ids + i * SIMULATED_ID;
        law(rng, i, y, length + horizon);
        snprintf(id, SIMULATED_ID, "s%zu", i);
        s.series[i] = series_of(id, y, length, 1);
        memcpy(s.future + i * horizon, y + length, horizon * sizeof *y);
    }
    gsl_rng_free(rng);
    return s;
}

/* The series have no season until they are given one. */
static inline void give_season(struct simulated *s, int m)
{
    for (size_t i = 0; i < s->n; i++)
        s->series[i].seasons = season_of(m);
}

static inline void release_simulated(struct simulated *s)
{
    free(s->series);
    free(s->y);
    free(s->future);
    free(s->ids);
}

/* Random walks with normal steps of standard deviation 1, from 100. */
static inline void random_walk(gsl_rng *rng, size_t i, double *y, size_t n)
{
    double level = 100;
    (void)i;
    for (size_t t = 0; t < n; t++)
        y[t] = level += gsl_ran_gaussian(rng, 1);
}

/* A season of 4 with another figure for every series, and noise. */
static inline void seasonal(gsl_rng *rng, size_t i, double *y, size_t n)
{
    double figure[4];
    (void)i;
    for (int k = 0; k < 4; k++)
        figure[k] = 100 + gsl_ran_gaussian(rng, 20);
    for (size_t t = 0; t < n; t++)
        y[t] = figure[t % 4] + gsl_ran_gaussian(rng, 1);
}

/* Cycles of about 8 steps that are no season: an AR(2) about 50. */
static inline void cycles(gsl_rng *rng, size_t i, double *y, size_t n)
{
    double a = 0, b = 0;
    (void)i;
    for (size_t t = 0; t < n + 50; t++) {
        double c = 1.37 * a - 0.94 * b + gsl_ran_gaussian(rng, 1);
        b = a;
        a = c;
        if (t >= 50)
            y[t - 50] = 50 + c;
    }
}

/* Forecasts the batch with one model, which has learnt something or not; to be
 * released. */
static inline struct fc_batch run_batch_with(const struct fc_learned *learned,
                                             const struct simulated *s,
                                             const struct fc_spec *spec,
                                             int jobs)
{
    static const double levels[] = {80, 95};
    struct fc_error err;
    struct fc_batch batch = {.job = {.specs = spec,
                                     .nspecs = 1,
                                     .learned = &learned,
                                     .seed = 1,
                                     .horizon = (int)s->horizon,
                                     .nlevels = 2,
                                     .levels = levels,
                                     .nthreads = jobs},
                             .want_reports = true};
    give_series(&batch.job, s->series, s->n);
    enum fc_status status = fc_batch_run(&batch, &err);
    if (status != FC_OK)
        print_error("%s\n", err.msg);
    assert_int_equal(status, FC_OK);
    return batch;
}

static inline struct fc_batch run_batch(const struct simulated *s,
                                        const struct fc_spec *spec, int jobs)
{
    return run_batch_with(NULL, s, spec, jobs);
}

/* The mean absolute error of a model over the batch. */
static inline double batch_error(const struct simulated *s,
                                 struct fc_spec *spec)
{
    struct fc_batch batch = run_batch(s, spec, 2);
    double sum = 0;
    for (size_t i = 0; i < s->n; i++)
        for (size_t h = 0; h < s->horizon; h++)
            sum += fabs(fc_batch_forecast(&batch, i).mean[h]
                        - s->future[i * s->horizon + h]);
    fc_batch_release(&batch);
    return sum / (double)(s->n * s->horizon);
}

#endif
