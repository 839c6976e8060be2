/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_MEASURE_SCORE_H
#define NIGHTCAST_FORECAST_MEASURE_SCORE_H

#include "forecast/base/series.h"
#include "forecast/measure/accuracy.h"

#include <stddef.h>

/*
 * The score of one forecast as a row of numbers, and the averages of many
 * rows, which is what a table of models shows.  Definitions: accuracy.h.
 *
 * A row has FC_MEASURES numbers and then FC_LEVEL_MEASURES for every level.
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

/* Numbers of a row. */
size_t fc_score_size(int nlevels);

/* Where a row has a measure of the i-th level. */
size_t fc_score_at(int i, enum fc_level_measure measure);

/* The share of actual values of a row inside the i-th interval. */
double fc_score_coverage(const double *row, int i);

/*
 * Scores a forecast of forecast->horizon steps.  Actual values that are NaN
 * are left out, and at a level those whose bounds are.  Returns the number
 * of steps compared; without any, the row is NaN.
 */
size_t fc_score(const double *actual, const struct fc_forecast *forecast,
                struct fc_error_scale scale, double *row);

/* A row of NaN: what could not be forecast. */
void fc_score_none(int nlevels, double *row);

/*
 * The average of many rows: every row weighs the same (the convention of the
 * M4 competition), in each measure the rows count that have it; coverage is
 * the share of all actual values.
 */
struct fc_score_mean {
    size_t n; /* rows with any step compared */
    int nlevels;
    double *sum;
    size_t *count;
    /* over the rows where both this forecast and Naive 2 have the measure */
    double smape, smape_naive2;
    double mase, mase_naive2;
    size_t nsmape, nmase;
};

/* sum and count need fc_score_size() places each, which init zeroes. */
void fc_score_mean_init(struct fc_score_mean *mean, int nlevels, double *sum,
                        size_t *count);

/* Adds a row, and the row of Naive 2 for the same steps, or NULL. */
void fc_score_mean_add(struct fc_score_mean *mean, const double *row,
                       const double *naive2);

/* NaN when no row has it. */
double fc_score_mean_of(const struct fc_score_mean *mean, size_t measure);
double fc_score_mean_coverage(const struct fc_score_mean *mean, int i);

/* Overall weighted average against Naive 2; NaN without Naive 2. */
double fc_score_mean_owa(const struct fc_score_mean *mean);

#endif
