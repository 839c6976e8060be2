/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_RUN_BACKTEST_H
#define NIGHTCAST_FORECAST_RUN_BACKTEST_H

#include "forecast/measure/score.h"
#include "forecast/run/batch.h"

/*
 * Rolling-origin evaluation: every series is cut at several origins, forecast
 * from what came before, and scored against what came after (Tashman 2000,
 * Out-of-sample tests of forecasting accuracy, International Journal of
 * Forecasting 16).
 */

/* Where a series was cut. */
struct fc_origin {
    size_t series;
    size_t n; /* observations before it */
    int back; /* 0 = the last origin of the series, 1 = the one before, ... */
};

/* What became of one model at one origin. */
struct fc_backtest_result {
    enum fc_outcome outcome;
    size_t n; /* steps compared */
    double seconds;
    double *row; /* see forecast/measure/score.h */
};

struct fc_backtest {
    struct fc_job job;                /* in: whose models have not learnt yet */
    const struct fc_outline *outline; /* in: the job's levels are its */
    double *learn_seconds;            /* in: as of a batch; or NULL */
    const size_t *known_for; /* in: of each regressor, the steps after an origin
                                of which it is known (see fc_known_carry());
                                or NULL: all of them are */
    int origins; /* in: at most so many for every series, at least 1 */
    int stride;  /* in: steps between two of them, at least 1 */
    /* in: told of every forecast, from the calling thread, origins by number
       but for the order of back if a model learns from its batch; or NULL */
    void (*took)(void *arg, size_t origin, size_t spec,
                 const struct fc_forecast *forecast);
    void *took_arg;

    struct fc_origin *at; /* out: norigins of them: series by series, the
                             oldest first */
    size_t norigins;
    size_t nshort;          /* out: series too short for a single origin */
    struct fc_known *known; /* out: what regressors have taught last; or NULL */
    struct fc_backtest_result *results; /* out: norigins * job.nspecs */
    struct fc_score_mean *means;        /* out: one for every spec */
    double *rows;                       /* out: what results point into */
    double *sums;                       /* out: what means point into */
    size_t *counts;
};

/*
 * The fewest observations before an origin: more than a season, so that there
 * are errors of the seasonal naive forecast to scale by, and 3.
 */
size_t fc_backtest_least(int season_length);

/*
 * Runs the backtest.  The last origin of a series lies horizon steps before
 * its end, the others stride steps apart before that.  One that would fall
 * behind a missing value moves back to the last observation.  OWA is against
 * Naive 2 (forecast/simple/naive2.c), which is run with the others.
 *
 * The results do not depend on job.nthreads.  If a model learns from its batch,
 * the series of a batch are all cut at the same origin, so that none tells
 * another what comes after.
 *
 * FC_ENOMEM, FC_ESTOPPED; then nothing needs to be released.
 */
enum fc_status fc_backtest_run(struct fc_backtest *backtest,
                               struct fc_error *err);

/* Accepts a backtest that was never run, zeroed. */
void fc_backtest_release(struct fc_backtest *backtest);

#endif
