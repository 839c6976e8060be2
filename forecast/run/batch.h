/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_RUN_BATCH_H
#define NIGHTCAST_FORECAST_RUN_BATCH_H

#include "forecast/model.h"

#include <signal.h>

/*
 * Many series, one or several models, on every core: the batch.
 *
 * A model that cannot fit a series is replaced by the fallback; what neither
 * can fit is that series' failure and stops nothing.
 */

enum fc_outcome { FC_OUTCOME_FAILED, FC_OUTCOME_FALLBACK, FC_OUTCOME_OK };

/*
 * What became of one series under one model.  There are millions of them, of
 * forecasts that may be no longer than this: it is kept small.
 */
struct fc_result {
    const char *detail; /* why it failed or fell back, and what a person should
                           know of the fit; or NULL */
    enum fc_outcome outcome;
    bool owns_detail;
    bool replaced; /* absurd intervals were; see struct fc_forecast */
};

/* What is to be told of the fit, if it is wanted. */
struct fc_told {
    char *spec; /* of the model that made the forecast; NULL if FAILED */
    double loglik, aicc, sigma2; /* NaN where a model has none */
    double seconds;              /* of this thread, by the clock */
};

enum { FC_REASONS = 16 }; /* different details of which one copy is kept */

struct fc_batch {
    const struct fc_series *series; /* in: n of them */
    size_t n;
    const bool *skip;            /* in: n flags: not to be forecast; or NULL */
    const struct fc_spec *specs; /* in: the models */
    size_t nspecs;
    const struct fc_spec *fallback; /* in: or NULL */
    int horizon;
    int nlevels;
    const double *levels;  /* ascending, percent */
    bool non_negative;     /* clip forecasts and bounds at zero */
    bool want_told;        /* what was chosen, which takes memory */
    double *learn_seconds; /* nspecs, to which the processor time of learning
                              from the batch is added; or NULL */
    int jobs;
    void (*progress)(void *arg, size_t done, size_t n); /* or NULL */
    void *progress_arg;
    const volatile sig_atomic_t *stop; /* or NULL */

    struct fc_result *results; /* out: n * nspecs, series by series */
    struct fc_told *told;      /* out: likewise, if wanted; else NULL */
    double *numbers;           /* out: see fc_batch_forecast() */
    char *reasons[FC_REASONS]; /* out: what details may point to */
};

/*
 * Runs the batch.  Its results do not depend on jobs.
 *
 * Series may have missing values inside; models that cannot take them get
 * straight lines in their place.  FC_ENOMEM when the results do not fit into
 * memory; FC_ESTOPPED.  In either case nothing needs to be released.
 */
enum fc_status fc_batch_run(struct fc_batch *batch, struct fc_error *err);

/*
 * What the model of a spec learns from the batch before it forecasts it; see
 * fc_learned.  Only fc_batch_run() itself needs it not: it learns for every
 * spec that has not learned yet.  *learned is NULL when the batch teaches
 * nothing.
 */
enum fc_status fc_batch_learn(const struct fc_batch *batch,
                              const struct fc_spec *spec,
                              struct fc_learned **learned,
                              struct fc_error *err);

/*
 * The forecast of results[item], unless it FAILED: a view of the batch's
 * numbers.
 */
struct fc_forecast fc_batch_forecast(const struct fc_batch *batch, size_t item);

/* Frees the results.  Accepts a batch that was never run, zeroed. */
void fc_batch_release(struct fc_batch *batch);

#endif
