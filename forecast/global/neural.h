/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_GLOBAL_NEURAL_H
#define NIGHTCAST_FORECAST_GLOBAL_NEURAL_H

#include "forecast/model.h"

/*
 * Neural networks over all series of a batch: from the last `window` values
 * of a series, and where `past` is set from the mean of all values until then,
 * to its next `horizon` values at once; the mean of several
 * networks that differ by chance alone.
 */
struct fc_neural {
    int season_length;
    int window;
    int horizon;
    bool past;
    const double *parameters; /* fc_neural_size() values */
};

/* The window for a season and a horizon; 0: networks would be too large. */
int fc_neural_window(int season_length, int horizon);

/* The number of parameters of all networks. */
size_t fc_neural_size(const struct fc_neural *neural);

/*
 * Trains the networks on all series of the lesson, of which none is skipped.
 *
 *   parameters  fc_neural_size() values out; neural->parameters is not
 *               touched
 *
 * One series' influence is bounded: inputs are cut off at 8 scales, the loss
 * grows with the absolute error, whose weight is at most ten times the median
 * one, and every series is drawn as often.  No window has targets behind one
 * of the lesson's breaks that it lies before.
 *
 * FC_ESHORT when there is too little to learn from; FC_ESTOPPED.  The cost is
 * bounded, whatever the number of series.  The result depends neither on the
 * number of threads nor on the order of the series.
 */
enum fc_status fc_neural_fit(const struct fc_neural *neural,
                             const struct fc_lesson *lesson, double *parameters,
                             struct fc_error *err);

/*
 * The means of the next neural->horizon values after the n first of y.
 * FC_ESHORT when a season and a half is not there; FC_EDOMAIN for a series
 * without variation or with many zeros; FC_ERANGE.
 */
enum fc_status fc_neural_forecast(const struct fc_neural *neural,
                                  const double *y, size_t n,
                                  struct fc_workspace *ws, double *mean);

#endif
