/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_ARIMA_HARMONICS_H
#define NIGHTCAST_FORECAST_ARIMA_HARMONICS_H

#include "forecast/arima/model.h"
#include "forecast/base/series.h"

/*
 * Regression on the harmonics of a season with ARIMA errors: what a season is
 * made of that is too long, or not whole, for seasonal polynomials (Young,
 * Pedregal & Tych 1999, Dynamic harmonic regression, J. Forecasting 18; R's
 * Arima(xreg = fourier())).
 */
enum { FC_ARIMA_MOST_HARMONICS = 10 }; /* of each season */

/*
 * Seasons, ascending, and so many harmonics of each.
 *
 *   ncolumns  sines and cosines that are told from others: a harmonic of a
 *             season may be one of another, too
 *   coef      of the sine and the cosine of each, season after season
 */
struct fc_arima_harmonics {
    int nseasons;
    double period[FC_MOST_SEASONS];
    int n[FC_MOST_SEASONS];
    int ncolumns;
    double coef[2 * FC_ARIMA_MOST_HARMONICS * FC_MOST_SEASONS];
};

/* Harmonics of all seasons together. */
int fc_arima_harmonics_count(const struct fc_arima_harmonics *harmonics);

/* As many of each season as n values can tell: none unless they hold two
 * cycles. */
void fc_arima_harmonics_most(struct fc_arima_harmonics *harmonics, size_t n);

/* How many there are of each season, as one number: of a single season that
 * itself; and back, into harmonics->n, false when a number is none's. */
int fc_arima_harmonics_code(const struct fc_arima_harmonics *harmonics);
bool fc_arima_harmonics_of_code(int code, struct fc_arima_harmonics *harmonics);

/* Adds them so many times to n values, the first of which is observation
 * `first`. */
void fc_arima_harmonics_add(const struct fc_arima_harmonics *harmonics,
                            double times, size_t first, size_t n, double *x);

/* First coefficients, by ordinary least squares, missing values left out, of
 * as many harmonics as there are.  FC_ENOMEM. */
enum fc_status fc_arima_harmonics_guess(const double *y, size_t n,
                                        struct fc_workspace *ws,
                                        struct fc_arima_harmonics *harmonics);

/*
 * Those that maximise the exact likelihood of y for the orders and the
 * parameters of an estimate: y and every column are filtered alike, and
 * regressed.  Of as many harmonics as there are, or, to choose, of as many of
 * each season up to that as have the smallest AICc at these parameters: one
 * season after the other, from none and from the most.  FC_ENOMEM.
 */
enum fc_status fc_arima_harmonics_solve(
    const double *y, size_t n, const struct fc_arima_estimate *estimate,
    bool choosing, struct fc_workspace *ws,
    struct fc_arima_harmonics *harmonics);

#endif
