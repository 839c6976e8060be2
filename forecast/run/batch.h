/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_RUN_BATCH_H
#define NIGHTCAST_FORECAST_RUN_BATCH_H

#include "forecast/run/job.h"

/*
 * The batch: the forecasts of a job.
 */

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
    bool overtook; /* see struct fc_fit; of a forecast by its own model */
    bool done;     /* see fc_batch_is_done() */
};

/* What is reported of a fit. */
struct fc_report {
    char *spec; /* of the model that made the forecast; NULL if FAILED */
    double loglik, aicc, sigma2; /* NaN where a model has none */
    double seconds;              /* of this thread, by the clock */
    struct fc_learned *kept;     /* of the fit, for another run; see
                                    fc_batch.keep_fits */
    double *slopes;              /* of regressors, as struct fc_known_slopes has
                                    them, if the model found them itself; see
                                    fc_batch.keep_slopes */
};

enum { FC_REASONS = 16 }; /* different details of which one copy is kept */

struct fc_batch {
    struct fc_job job;     /* in */
    bool want_reports;     /* in: which take memory */
    bool keep_fits;        /* in: reports have what is kept of fits, but for
                              the fallback's (forecast/kept.h) */
    bool keep_slopes;      /* in: reports have them */
    double *learn_seconds; /* in: nspecs, to which the processor time of
                              learning from the batch is added; or NULL */

    struct fc_result *results; /* out: one per item */
    struct fc_report *reports; /* out: likewise, if wanted; else NULL */
    double *numbers;           /* out: see fc_batch_forecast() */
    char *reasons[FC_REASONS]; /* out: what details may point to */
    struct fc_known *known;    /* out: what regressors have taught; or NULL */
    bool closed;               /* see fc_batch_close() */
};

/* A result that is known from before. */
struct fc_past {
    enum fc_outcome outcome;
    bool replaced;
    const char *detail, *spec; /* or NULL */
    double loglik, aicc, sigma2, seconds;
    const void *numbers; /* as fc_batch_forecast() has them, anywhere in
                            memory; NULL if FAILED */
    size_t nslopes;      /* behind them, as fc_report.slopes; 0: none */
};

/*
 * Makes room for the results, so that some can be recalled before the batch is
 * run.  FC_ENOMEM.
 */
enum fc_status fc_batch_prepare(struct fc_batch *batch, struct fc_error *err);

/* Gives an item its result, so that it will not be run.  FC_ENOMEM. */
enum fc_status fc_batch_recall(struct fc_batch *batch, size_t item,
                               const struct fc_past *past,
                               struct fc_error *err);

/*
 * Whether an item's result is there.  May be asked while the batch runs, by
 * job.progress, and the result be read if it is.
 */
bool fc_batch_is_done(const struct fc_batch *batch, size_t item);

/* No item is begun any more; those that are go on.  From any thread. */
void fc_batch_close(struct fc_batch *batch);
bool fc_batch_is_closed(const struct fc_batch *batch);

/*
 * A copy of the results that are there by now, those that are not being FAILED,
 * whatever becomes of the batch, which may run on; it must not be released
 * before the copy, which is never.  FC_ENOMEM.
 */
enum fc_status fc_batch_snapshot(const struct fc_batch *batch,
                                 struct fc_batch *copy, struct fc_error *err);

/* An item that is not done is forecast by the fallback, without regressors, and
 * LATE, or FAILED. */
void fc_batch_fall_back(struct fc_batch *batch, size_t item,
                        struct fc_workspace *ws);

/*
 * Runs the batch, but for what was recalled.  Its results do not depend on
 * job.nthreads.
 *
 * Series may have missing values inside; models that cannot take them get
 * straight lines in their place.  FC_ENOMEM when the results do not fit into
 * memory; FC_ESTOPPED.  In either case nothing needs to be released.
 */
enum fc_status fc_batch_run(struct fc_batch *batch, struct fc_error *err);

/*
 * What the model of the job's k-th spec learns from its series, for its
 * horizon; see fc_learned.  fc_batch_run() does so itself for every spec that
 * has not learnt yet.  *learned is NULL when the series teach nothing.
 */
enum fc_status fc_batch_learn(const struct fc_job *job, size_t k,
                              struct fc_learned **learned,
                              struct fc_error *err);

/*
 * What the regressors of a job's series teach, for its horizon and its `known`;
 * see fc_known_learn().  fc_batch_run() does so itself, unless the job has it.
 * *known is NULL when no series has regressors; else to be given back with
 * free().  FC_ENOMEM.
 */
enum fc_status fc_batch_learn_known(const struct fc_job *job,
                                    struct fc_known **known,
                                    struct fc_error *err);

/*
 * The forecast of results[item], unless it FAILED: a view of the batch's
 * numbers.
 */
struct fc_forecast fc_batch_forecast(const struct fc_batch *batch, size_t item);

/* The slopes that an item's model found itself and that were kept; or NULL. */
const double *fc_batch_slopes(const struct fc_batch *batch, size_t item);

/* Frees the results.  Accepts a batch that was never run, zeroed. */
void fc_batch_release(struct fc_batch *batch);

#endif
