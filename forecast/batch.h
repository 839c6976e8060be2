/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_BATCH_H
#define NIGHTCAST_FORECAST_BATCH_H

#include "forecast/model.h"

#include <signal.h>

/*
 * Many series, one or several models, on every core: the batch.
 *
 * A model that cannot fit a series is replaced by the fallback; what neither
 * can fit is that series' failure and stops nothing.
 */

enum fc_outcome { FC_OUTCOME_FAILED, FC_OUTCOME_FALLBACK, FC_OUTCOME_OK };

/* What became of one series under one model. */
struct fc_result {
    enum fc_outcome outcome;
    struct fc_forecast forecast; /* unless FAILED */
    char *spec; /* of the model that made the forecast; NULL unless wanted */
    double loglik, aicc, sigma2; /* NaN where a model has none */
    double seconds;              /* of this thread, by the clock */
    const char *note; /* what a person should know of the fit, or NULL */
    char *detail;     /* why it failed or fell back, or NULL */
};

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
    bool want_specs;       /* results say what was chosen, which takes memory */
    double *learn_seconds; /* nspecs, to which the processor time of learning
                              from the batch is added; or NULL */
    int jobs;
    void (*progress)(void *arg, size_t done, size_t n); /* or NULL */
    void *progress_arg;
    const volatile sig_atomic_t *stop; /* or NULL */

    struct fc_result *results; /* out: n * nspecs, series by series */
    double *numbers;           /* out: what the forecasts point into */
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

/* Frees the results.  Accepts a batch that was never run, zeroed. */
void fc_batch_release(struct fc_batch *batch);

#endif
