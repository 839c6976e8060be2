/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_RUN_JOB_H
#define NIGHTCAST_FORECAST_RUN_JOB_H

#include "forecast/base/pieces.h"
#include "forecast/base/trace.h"
#include "forecast/known/known.h"
#include "forecast/model.h"

#include <signal.h>

/*
 * The fit of an item in another run, from which this one starts (see
 * fc_request.similar), as forecast/kept.h keeps it.
 */
struct fc_before {
    struct fc_learned *fit; /* NULL: there was none */
    bool moved;             /* the series began elsewhere */
    bool again;             /* its orders and forms are searched for again */
};

/*
 * What a run does: many series, one or several models, on every core.  It
 * says what is asked and holds no results, and does not change once it is
 * made.  An item of it is one series under one model: number
 * series * nspecs + spec.
 *
 * A model that cannot fit a series is replaced by the fallback; what neither
 * can fit is that series' failure and stops nothing.
 */
struct fc_job {
    const struct fc_history *series; /* n of them, maybe with missing values */
    size_t n;
    const struct fc_seasons *seasons;       /* of all of them; or NULL: none */
    const struct fc_regressors *regressors; /* of each; or NULL: none */
    const bool *skip;            /* n flags: to be left out; or NULL */
    const struct fc_spec *specs; /* the models */
    size_t nspecs;
    const struct fc_spec *fallback;          /* or NULL */
    const struct fc_learned *const *learned; /* by each spec, NULL: nothing
                                                yet; or NULL for all */
    const struct fc_before *before;          /* of each item; or NULL */
    const struct fc_known *known; /* of the series' regressors; or NULL: they
                                     are passed over */
    int horizon;
    uint64_t seed; /* of everything random */
    int nlevels;
    const double *levels; /* ascending, percent */
    bool non_negative;    /* clip forecasts, bounds and paths at zero */
    int nthreads;
    const size_t *order; /* the n series as they are to be begun; or NULL: in
                            theirs, but for very long ones, which come first */
    void (*progress)(void *arg, size_t done, size_t n); /* items; or NULL */
    void (*learning)(void *arg, size_t done, size_t n); /* of what models try
                                                           to learn; or NULL */
    void *progress_arg;                                 /* of both */
    const struct fc_pieces *pieces;    /* of what models learn; or NULL */
    const volatile sig_atomic_t *stop; /* or NULL */
    struct fc_trace
        *trace; /* of items, "fit", and of what is learnt; or NULL */
};

/* Its i-th series. */
struct fc_series fc_job_series(const struct fc_job *job, size_t i);

/*
 * Runs the items of the n series from `first` on, but for those that are
 * skipped: `run` is called as in a parallel map, with the item's number in
 * the job.  FC_ENOMEM, FC_ESTOPPED.
 */
enum fc_status fc_job_map(const struct fc_job *job, size_t first, size_t n,
                          void (*run)(void *arg, size_t item,
                                      struct fc_workspace *ws),
                          void *arg, struct fc_error *err);

/* The worse the less.  FALLBACK: by the fallback, or by the model, but without
   regressors, as these lack values in the horizon.  LATE: there was no time,
   and another forecast stands in its place. */
enum fc_outcome {
    FC_OUTCOME_FAILED,
    FC_OUTCOME_FALLBACK,
    FC_OUTCOME_LATE,
    FC_OUTCOME_OK
};

/*
 * A fit and what it knows nothing of: `tail` steps that are missing at the end
 * of the series, which come before the horizon; and the effects of regressors,
 * or NULL, of which the fit has the rest.
 */
struct fc_fitted {
    const struct fc_fit *fit;
    int tail;
    const struct fc_known_fit *known;
};

/* What is made of a fit: a forecast, or sample paths.  If it fails, so does the
 * fit. */
struct fc_use {
    enum fc_status (*make)(void *arg, const struct fc_fitted *fitted,
                           struct fc_workspace *ws, struct fc_error *err);
    void *arg;
};

/* The note of a fit whose regressors were held within what they had been. */
#define FC_NOTE_BOUNDED \
    "a regressor moves further than it ever did: its effect is bounded"

/* How a fit went. */
struct fc_verdict {
    enum fc_outcome outcome;
    const char *note; /* fc_fit.note of the fit that was used; or NULL */
    char reason[2 * FC_MESSAGE_SIZE + 16]; /* why it is not OK */
};

/*
 * Fits the series of an item by its model, or else by the fallback, and makes
 * use of the fit, which lives until the workspace is reset.
 */
void fc_job_fit(const struct fc_job *job, size_t item, const struct fc_use *use,
                struct fc_workspace *ws, struct fc_verdict *verdict);

/* By the fallback alone: then the verdict is LATE, or FAILED. */
void fc_job_fall_back(const struct fc_job *job, size_t item,
                      const struct fc_use *use, struct fc_workspace *ws,
                      struct fc_verdict *verdict);

/* The forecast of the horizon. */
enum fc_status fc_job_predict(const struct fc_fitted *fitted,
                              struct fc_workspace *ws, struct fc_forecast *out,
                              struct fc_error *err);

#endif
