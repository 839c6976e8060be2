/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_RUN_SIMULATE_H
#define NIGHTCAST_FORECAST_RUN_SIMULATE_H

#include "forecast/run/batch.h"

/*
 * Monte Carlo: sample paths of the fitted models, or their quantiles, per
 * step and of sums over several steps.
 *
 * The random numbers of a series depend on the seed and its id (see
 * fc_model_seed()) and on nothing else: not on threads, not on the other
 * series, not on how many paths there are besides.
 */

/* What became of one series under one model. */
struct fc_simulated {
    enum fc_outcome outcome;
    double *numbers; /* see fc_simulate.whole; NULL if it FAILED */
    char *detail;    /* why it failed or fell back, or NULL */
};

struct fc_simulate {
    struct fc_job job; /* in: its levels do not matter */
    int paths;         /* in: at least 1 */
    int lead_time;     /* in: at most the horizon; 0 = none */
    int nquantiles;
    const double *quantiles; /* in: ascending, percent */

    /*
     * In: what the results are.  The paths themselves, paths * horizon
     * numbers, path by path; or one row for each of fc_simulate_rows(): the
     * mean and then the quantiles.
     */
    bool whole;

    struct fc_simulated *results; /* out: of the last run, series by series */
    double *numbers;
    size_t nresults;

    /* of fc_simulate_init(): what the models have learnt, those that had not
       before */
    struct fc_learned **fresh;
    const struct fc_learned **learned;
    struct fc_known *known; /* what regressors have taught, or NULL */
    struct fc_job learnt;   /* the job with these */
};

/*
 * Rows of quantiles: one for every step, then one for every sum; and what a
 * row is about: the sum of so many steps, the last of which is `last`.
 */
int fc_simulate_rows(const struct fc_simulate *simulate);

struct fc_simulate_row {
    int over; /* steps summed */
    int last; /* 0 .. horizon - 1 */
};

struct fc_simulate_row fc_simulate_row(const struct fc_simulate *simulate,
                                       int row);

/* Numbers of one result. */
size_t fc_simulate_size(const struct fc_simulate *simulate);

/*
 * What has to be known of all series before any is simulated: models that
 * learn from the batch (combinations) learn here.  Fits without paths of their
 * own are forecast, and their paths drawn around these forecasts.  FC_ENOMEM,
 * FC_ESTOPPED.
 */
enum fc_status fc_simulate_init(struct fc_simulate *simulate,
                                struct fc_error *err);

/*
 * Simulates the n series from `first` on; the results replace those of the
 * run before.  FC_ENOMEM, FC_ESTOPPED.
 */
enum fc_status fc_simulate_run(struct fc_simulate *simulate, size_t first,
                               size_t n, struct fc_error *err);

/* Accepts what was never initialised, zeroed. */
void fc_simulate_release(struct fc_simulate *simulate);

#endif
