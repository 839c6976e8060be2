/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_STORE_SCORES_H
#define NIGHTCAST_IO_STORE_SCORES_H

#include "io/store/store.h"

/*
 * How a store's forecasts turned out, as sums.  Errors, actual value minus
 * mean, are in units of their series' scale.  Errors of functions as in
 * store.h.
 */

/* Of some forecasts. */
struct io_errors {
    int64_t n;
    double error, size; /* sums of errors, and of their sizes */
    int64_t both;       /* where the naive forecast is known, too: */
    double size_both, naive_both;
};

/* Of a night's forecasts by a model, `lead` steps ahead. */
struct io_score {
    int64_t night, model, lead;
    struct io_errors errors;
};

/* Of their intervals of a level. */
struct io_cover {
    int64_t night, model, lead;
    double level; /* percent */
    int64_t compared, inside;
};

/* Of the forecasts of a series by a model, by the last that was said of each
   value; drifting is the caller's to judge. */
struct io_standing {
    int64_t series, model;
    struct io_errors errors;
    double level; /* of its widest interval; NaN: none */
    int64_t compared, inside;
    int64_t counted;             /* errors so far */
    double cumulated, deviation; /* errors as they come, not in units */
    int64_t recent, outside;     /* as compared and inside, of late */
    int64_t drifting;
};

/* Adds to what is there. */
enum fc_status io_store_add_score(struct io_store *store,
                                  const struct io_score *score,
                                  struct fc_error *err);
enum fc_status io_store_add_cover(struct io_store *store,
                                  const struct io_cover *cover,
                                  struct fc_error *err);

/* All of them, by night, model and lead. */
enum fc_status io_store_next_score(struct io_store *store, bool first,
                                   struct io_score *score, bool *found,
                                   struct fc_error *err);
enum fc_status io_store_next_cover(struct io_store *store, bool first,
                                   struct io_cover *cover, bool *found,
                                   struct fc_error *err);

/* record->series and model are asked for; zeros when there is none. */
enum fc_status io_store_record(struct io_store *store,
                               struct io_standing *record,
                               struct fc_error *err);
enum fc_status io_store_put_record(struct io_store *store,
                                   const struct io_standing *record,
                                   struct fc_error *err);
enum fc_status io_store_next_record(struct io_store *store, bool first,
                                    struct io_standing *record, bool *found,
                                    struct fc_error *err);

#endif
