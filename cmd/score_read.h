/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_SCORE_READ_H
#define NIGHTCAST_CMD_SCORE_READ_H

#include "cmd/options/options.h"
#include "io/csv/reader.h"
#include "io/text/intern.h"

/*
 * What `nightcast score` reads: actual values, and forecasts of them by one
 * or several models, matched by the texts of id and timestamp.
 */
struct cmd_actuals {
    char *id_name;
    bool is_record;        /* of several keys: it and the ids are CSV records */
    struct io_intern ids;  /* of the series, in order of first appearance */
    struct io_intern keys; /* "number of the series:timestamp" */
    double *value;         /* keys.n of them; NaN = missing */
    uint32_t *series;      /* of every key */
    size_t room;
    /* the keys of series i are order[first[i]] .. order[first[i + 1] - 1] */
    uint32_t *order;
    size_t *first;
    size_t most; /* keys of the longest series */
};

struct cmd_forecasts {
    struct io_intern models;
    int nlevels, nquantiles;
    double *levels, *quantiles; /* ascending */
    size_t *columns; /* lower and upper bound of each level, the quantiles */
    size_t ncolumns;
    size_t nnumbers;  /* models that have their place in numbers */
    double **numbers; /* per model: mean, then the columns, each for all keys;
                         NaN = not there */
    size_t nextra;    /* rows for which there is no actual value */
    char extra[200];  /* the first of them, for a message */
};

/*
 * The names of the columns as in the training data, or, where that is a
 * stream, as the options have them; to be released.
 */
enum fc_status cmd_columns_find(const struct cmd_options *options,
                                struct io_csv_columns *columns,
                                struct fc_error *err);

/* columns: as in the training data. */
enum fc_status cmd_actuals_read(const struct cmd_options *options,
                                const struct io_csv_columns *columns,
                                struct cmd_actuals *actuals,
                                struct fc_error *err);

/*
 * Places for the next `horizon` steps of the n series of a panel from `first`
 * on, without values: for forecasts to be read into that there may be no
 * actual values of.  The key of step h of the i-th of them is i * horizon + h,
 * its timestamp as io_panel_future() has it.  FC_ENOMEM; FC_EDATA for series
 * whose ids cannot be told apart.
 */
enum fc_status cmd_actuals_expect(const struct io_panel *panel, size_t first,
                                  size_t n, int horizon,
                                  struct cmd_actuals *actuals,
                                  struct fc_error *err);

/* The most forecasts that a file has of one series by one model; of one series
   alone if `only` is not NULL.  0: there are none. */
enum fc_status cmd_forecasts_horizon(const struct cmd_options *options,
                                     const struct io_csv_columns *columns,
                                     const char *only, int *horizon,
                                     struct fc_error *err);

enum fc_status cmd_forecasts_read(const struct cmd_options *options,
                                  const struct io_csv_columns *columns,
                                  const struct cmd_actuals *actuals,
                                  struct cmd_forecasts *forecasts,
                                  struct fc_error *err);

/* The key of a series and a timestamp, or IO_INTERN_FULL. */
uint32_t cmd_actuals_find(const struct cmd_actuals *actuals, uint32_t series,
                          const char *time, size_t length);

/* Accept what was never read, zeroed. */
void cmd_actuals_release(struct cmd_actuals *actuals);
void cmd_forecasts_release(struct cmd_forecasts *forecasts);

#endif
