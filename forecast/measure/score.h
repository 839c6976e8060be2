/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_MEASURE_SCORE_H
#define NIGHTCAST_FORECAST_MEASURE_SCORE_H

#include "forecast/base/outline.h"
#include "forecast/measure/accuracy.h"

#include <stddef.h>

/*
 * The score of one forecast as a row of numbers, and the averages of many
 * rows, which is what a table of models shows.  Definitions: accuracy.h.
 *
 * A row has FC_MEASURES numbers and then FC_LEVEL_MEASURES for every level; if
 * there are quantiles, FC_WHOLE_MEASURES behind these and a loss for every one.
 * A measure that does not exist is NaN.
 */
enum fc_measure {
    FC_MAE,
    FC_RMSE,
    FC_MAPE,
    FC_SMAPE,
    FC_MASE,
    FC_RMSSE,
    FC_MEASURES
};

enum fc_level_measure {
    FC_INSIDE,   /* actual values within the bounds */
    FC_COMPARED, /* actual values that have bounds */
    FC_MSIS,
    FC_LEVEL_MEASURES
};

/* Of the forecast as a distribution; sums are over the steps. */
enum fc_whole_measure {
    FC_RMSSE_1,     /* RMSSE, scaled by changes of one step: M5's */
    FC_MASE_MEDIAN, /* MASE of the quantile of 50 */
    FC_ERROR_SUM,   /* of forecast less actual value */
    FC_SIZE_SUM,    /* of the actual values' sizes */
    FC_WHOLE_MEASURES
};

/* The levels and quantiles that are scored. */
struct fc_score_shape {
    int nlevels;
    const double *levels;
    int nquantiles;
    const double *quantiles;
};

/* Numbers of a row. */
size_t fc_score_size(const struct fc_score_shape *shape);

/* Where a row has a measure of the i-th level; of the whole; and the sum of the
 * pinball losses of the i-th quantile. */
size_t fc_score_at(int i, enum fc_level_measure measure);
size_t fc_score_whole_at(const struct fc_score_shape *shape,
                         enum fc_whole_measure measure);
size_t fc_score_loss_at(const struct fc_score_shape *shape, int i);

/* The share of actual values of a row inside the i-th interval. */
double fc_score_coverage(const double *row, int i);

/*
 * What is scored: the mean, and columns of the shape: lower and upper bound of
 * each level, then the quantiles; horizon values each.
 */
struct fc_scored {
    size_t horizon;
    const double *mean;
    const double *const *columns; /* not needed without levels and quantiles */
};

/*
 * Scores a forecast.  Actual values that are NaN are left out, and at a level
 * or quantile those whose bounds are.  Returns the number of steps compared;
 * without any, the row is NaN.
 */
size_t fc_score(const double *actual, const struct fc_scored *forecast,
                const struct fc_score_shape *shape, struct fc_error_scale scale,
                double *row);

/* A row of NaN: what could not be forecast. */
void fc_score_none(const struct fc_score_shape *shape, double *row);

/*
 * The average of many rows: every row weighs the same (the convention of the
 * M4 competition), in each measure the rows count that have it; coverage is
 * the share of all actual values.
 */
struct fc_score_mean {
    size_t n; /* rows with any step compared */
    struct fc_score_shape shape;
    double *sum;
    size_t *count;
    /* over the rows where both this forecast and Naive 2 have the measure */
    double smape, smape_naive2;
    double mase, mase_naive2;
    size_t nsmape, nmase;
};

/* sum and count need fc_score_size() places each, which init zeroes. */
void fc_score_mean_init(struct fc_score_mean *mean,
                        const struct fc_score_shape *shape, double *sum,
                        size_t *count);

/* Adds a row, and the row of Naive 2 for the same steps, or NULL. */
void fc_score_mean_add(struct fc_score_mean *mean, const double *row,
                       const double *naive2);

/* NaN when no row has it. */
double fc_score_mean_of(const struct fc_score_mean *mean, size_t measure);
double fc_score_mean_coverage(const struct fc_score_mean *mean, int i);

/*
 * Over all steps of all rows together, unlike the measures above: the sum of
 * errors over the sum of the actual values' sizes; and the weighted quantile
 * loss, which is the mean over the deciles, or over whatever quantiles there
 * are if a decile is not among them, of twice the sum of the losses over that
 * sum: a forecast of 0 scores 1.
 */
double fc_score_mean_bias(const struct fc_score_mean *mean);
double fc_score_mean_wql(const struct fc_score_mean *mean);

/* Overall weighted average against Naive 2; NaN without Naive 2. */
double fc_score_mean_owa(const struct fc_score_mean *mean);

#endif
