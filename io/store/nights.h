/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_STORE_NIGHTS_H
#define NIGHTCAST_IO_STORE_NIGHTS_H

#include "io/store/store.h"

/*
 * A store's nights, its models and its series.  Errors as in store.h.
 */

/* A night whose outputs were put into place. */
struct io_night {
    int64_t night;           /* counts up from 1, whatever the clock says */
    int64_t began;           /* seconds since 1970, UTC */
    double seconds;          /* by the clock */
    int64_t origin;          /* the input's last timestamp */
    int64_t horizon, season; /* the shortest, by which errors are scaled */
    const char *seasons;     /* all: "24;168"; "1" for none */
    const char *levels;      /* of its intervals, as asked for: "80,95" */
    const char *program;     /* its version */
    int64_t series, ok, fallback, late, failed;
    int64_t reused;    /* series whose last results still held */
    int64_t corrected; /* series of which past values had changed */
    int64_t drifting;  /* series whose forecasts went astray */
    int64_t learnt;    /* whether models learnt from the batch, or took what
                          they had learnt before */
};

/* The number of the last night; 0 when there is none. */
enum fc_status io_store_last_night(struct io_store *store, int64_t *night,
                                   struct fc_error *err);

/*
 * Adds a night; names are what its forecasts' numbers are, n of them: mean,
 * lo-80, ...
 */
enum fc_status io_store_add_night(struct io_store *store,
                                  const struct io_night *night,
                                  const char *const *names, size_t n,
                                  struct fc_error *err);

/* The nights, oldest first; texts live until the next call. */
enum fc_status io_store_next_night(struct io_store *store, bool first,
                                   struct io_night *night, bool *found,
                                   struct fc_error *err);

/*
 * Removes the nights before one, and the series that none of the nights left
 * has had.
 */
enum fc_status io_store_prune(struct io_store *store, int64_t oldest,
                              struct fc_error *err);

enum { IO_STORE_MODELS_MOST = 1023 };

/*
 * The number of a model of this name, from 1; one that is not known is added,
 * or, if it is not to be, has 0.
 */
enum fc_status io_store_model(struct io_store *store, const char *name,
                              bool add, int64_t *model, struct fc_error *err);

/* Its name, into size bytes; an empty text for one that is not known. */
enum fc_status io_store_model_name(struct io_store *store, int64_t model,
                                   char *name, size_t size,
                                   struct fc_error *err);

/* The largest number of a model; 0: there are none. */
enum fc_status io_store_count_models(struct io_store *store, int64_t *n,
                                     struct fc_error *err);

/* What the last night that had a series has seen of it. */
struct io_store_series {
    int64_t series;      /* its number, from 1; 0: not known */
    int64_t night;       /* 0: none has come to its end yet */
    int64_t first, last; /* timestamps */
    int64_t n;
    uint64_t whole;  /* a hash of its values */
    uint64_t recent; /* of the last of them */
    int64_t why;     /* what its forecast may have moved for; bits that are the
                        caller's */
};

enum fc_status io_store_find_series(struct io_store *store, const char *id,
                                    struct io_store_series *series,
                                    struct fc_error *err);

/* Adds a series that is not known; *number is its. */
enum fc_status io_store_add_series(struct io_store *store, const char *id,
                                   int64_t night, int64_t *number,
                                   struct fc_error *err);

/* Writes down what a night has seen of a series that is known. */
enum fc_status io_store_put_series(struct io_store *store,
                                   const struct io_store_series *series,
                                   struct fc_error *err);

/* The id of a series, until the next call, and its `why`; an empty text if it
   is gone. */
enum fc_status io_store_id(struct io_store *store, int64_t series,
                           const char **id, int64_t *why, struct fc_error *err);

#endif
