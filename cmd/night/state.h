/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_NIGHT_STATE_H
#define NIGHTCAST_CMD_NIGHT_STATE_H

#include "cmd/options/options.h"
#include "forecast/run/batch.h"
#include "io/known/known.h"
#include "io/panel/panel.h"
#include "io/store/nights.h"
#include "io/store/pieces.h"
#include "io/store/scores.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a forecast may have moved for, as io_store_series.why has it. */
enum cmd_why {
    CMD_WHY_CORRECTED = 1, /* values of the past have changed */
    CMD_WHY_SURPRISED = 2, /* a new value was outside of its widest interval */
    CMD_WHY_FORM = 4,      /* another form was chosen */
    CMD_WHY_NEW = 8,       /* the series was not there before */
    CMD_WHY_RUNNER_UP = 16 /* one form that came next overtook the other */
};

/* What was there before tonight, and what tonight has seen. */
struct cmd_seen {
    struct io_store_series before; /* series == 0: a new one */
    size_t n;     /* values, without those that are missing at its end */
    int64_t last; /* timestamp of the last of them */
    uint64_t whole, recent;
    bool corrected; /* values of the past are not what they were */
    bool surprised; /* a new value was outside of its widest interval */
};

/* What arrived since, against what was said of it. */
struct cmd_arrivals {
    struct io_score *scores;
    size_t nscores;
    struct io_cover *covers;
    size_t ncovers;
    struct io_standing *records;
    size_t nrecords;
};

/* Whether a series' forecasts went astray, and how: see fc_drift. */
struct cmd_astray {
    float signal; /* 0: not, or it is the interval */
    bool narrow;
};

/* Of an item's new values: how many there were to compare with an interval, and
   how many were beyond the 99% one. */
struct cmd_news {
    int compared, beyond;
};

/* What regressors teach, from night to night: see known.h. */
struct cmd_known_night {
    double names; /* a hash of them; 0: there are none */
    bool there;   /* the store has something of regressors */
    bool same;    /* they are, by their names, those of the last night */
    bool tonight; /* it was learnt */
    bool settled;
    struct fc_known *learnt; /* or NULL */
    int64_t learnt_in;       /* the night that it is from */
};

/* What models are learning, as far as it was done: see pieces.h. */
struct cmd_piece {
    struct io_piece is;
    double *numbers;
};

struct cmd_pieces {
    struct fc_pieces door; /* of the job that learns */
    int64_t model;
    uint64_t came_from;
    bool there;                /* the store has some */
    struct cmd_piece *waiting; /* n of them, for the next transaction */
    size_t n, room;
    double written; /* by cmd_now(): when they were, last */
};

/*
 * A run and its store: who fills it, and reads most of it, are the files of
 * this room.  Zeroed: a run without a store.
 */
struct cmd_night {
    pthread_mutex_t busy;    /* with the store, or with what is beneath */
    struct io_store *store;  /* NULL: none was asked for, or it was given up */
    struct fc_error trouble; /* why it was; code 0: it was not */
    const struct cmd_options *options;
    const struct io_panel *panel;
    const struct io_known *regressors; /* of the batch's job, if it has any */
    struct fc_batch *batch;
    int64_t number; /* of this night */
    int64_t began;  /* seconds since 1970 */
    int season;
    struct fc_seasons seasons;
    double start, written; /* by cmd_now(): when it began, and last wrote */

    struct cmd_seen *seen;     /* of each series */
    struct cmd_astray *astray; /* of each item */
    struct cmd_news *news;     /* of each item */
    bool *kept;                /* of each item: the store has its result */
    struct fc_before *before;  /* of each item: what its fit starts from */
    int64_t *since;     /* of each item: the night from which the age of its fit
                           counts; INT64_MIN: there was none */
    uint64_t *forms;    /* of each item: a hash of its form before; 0: none */
    int64_t *models;    /* of each spec, their numbers in the store */
    uint64_t common;    /* a hash of the options and the program */
    uint64_t *settings; /* of each spec: a hash of all but the series
                           that a result comes from */
    uint64_t *fits_from;         /* likewise, of what its fits may start from */
    struct fc_learned **learned; /* by specs that learn here; NULL: others */
    const struct fc_learned **by_spec; /* of each spec: what it has learnt */
    int64_t learnt_in;                 /* the night that it is from; 0: none */
    struct cmd_known_night known;
    struct cmd_pieces pieces;
    struct cmd_arrivals arrivals;
    int64_t drifted_since; /* a night since which more series go astray, for
                              which models learn anew; 0: none */
    size_t reused, warm, corrected, drifting; /* series */
    size_t others; /* series with a fit of other options, or of another program,
                      from which none can start */
};

/* The store is given up; what stands in it stays. */
static inline void cmd_night_give_up(struct cmd_night *night,
                                     const struct fc_error *err)
{
    night->trouble = *err;
    io_store_close(night->store);
    night->store = NULL;
}

#endif
