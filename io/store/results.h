/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_STORE_RESULTS_H
#define NIGHTCAST_IO_STORE_RESULTS_H

#include "io/store/said.h"
#include "io/store/store.h"

/*
 * What a store keeps of forecasts: of every night what they said, in few
 * bytes, to be scored; of the last one all there is to a result.  Rows carry
 * a checksum, and one that it does not fit is FC_EDATA.  Errors as in store.h.
 */

enum fc_status io_store_say(struct io_store *store, const struct io_said *said,
                            struct fc_error *err);

/*
 * said->night, series and model are asked for; the numbers are written to
 * room, which takes most of them, unless it is NULL.  Where only steps from
 * first to before end are, the others are left as they are, and mostly not
 * read.  *found is false when there is none.
 */
enum fc_status io_store_said(struct io_store *store, struct io_said *said,
                             float *room, size_t most, bool *found,
                             struct fc_error *err);

/*
 * The first forecast of said->night at said->series and model or behind them;
 * *found is false when the night has no more.
 */
enum fc_status io_store_seek(struct io_store *store, struct io_said *said,
                             bool *found, struct fc_error *err);

/* A result, and a hash of all that it came from. */
struct io_kept {
    int64_t series, model;
    uint64_t came_from, settings; /* the latter of all but the series */
    int64_t origin;               /* the timestamp after which step 1 comes */
    int outcome;                  /* its meaning is the caller's */
    bool replaced;
    const char *detail, *spec; /* or NULL */
    double loglik, aicc, sigma2, seconds;
    size_t n;
    const double *numbers;
};

/* In place of what was kept of the series and model. */
enum fc_status io_store_keep(struct io_store *store, const struct io_kept *kept,
                             struct fc_error *err);

/*
 * kept->series and model are asked for.  Texts and numbers live until the next
 * call, the latter maybe where no double may lie: they are to be copied.
 */
enum fc_status io_store_kept(struct io_store *store, struct io_kept *kept,
                             const void **numbers, bool *found,
                             struct fc_error *err);

/* What of a fit the next one may start from: its meaning is the caller's. */
struct io_fit {
    int64_t series, model;
    uint64_t came_from;
    int64_t night; /* from which its age counts */
    int64_t first; /* the timestamp that the series began with */
    size_t n;
};

/* In place of what there was; no numbers: there is nothing then. */
enum fc_status io_store_keep_fit(struct io_store *store,
                                 const struct io_fit *fit,
                                 const double *numbers, struct fc_error *err);

/* fit->series and model are asked for; *numbers as those of io_store_kept(). */
enum fc_status io_store_fit(struct io_store *store, struct io_fit *fit,
                            const void **numbers, bool *found,
                            struct fc_error *err);

/* Drops what is kept of a model's results and fits. */
enum fc_status io_store_forget(struct io_store *store, int64_t model,
                               struct fc_error *err);

/* What a model has learnt in some night; model 0: what regressors taught. */
struct io_learnt {
    int64_t model, night;
    int64_t origin; /* the last timestamp it was learnt from */
    uint64_t came_from;
    size_t n;
};

enum fc_status io_store_learn(struct io_store *store,
                              const struct io_learnt *learnt,
                              const double *numbers, struct fc_error *err);

/* learnt->model is asked for; *numbers as those of io_store_kept(). */
enum fc_status io_store_learnt(struct io_store *store, struct io_learnt *learnt,
                               const void **numbers, bool *found,
                               struct fc_error *err);

#endif
