/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_KNOWN_BAYES_H
#define NIGHTCAST_FORECAST_KNOWN_BAYES_H

#include "forecast/known/known.h"

/*
 * Slopes of many series: least squares of each, and empirical Bayes over all.
 * Inside of the room.
 */

/*
 * What a series says of its slopes: the crossproducts of its centred rows.
 *
 *   xx      n * n, of the regressors; xy  n, with the series; yy  of it
 *   rows    of them; df  those less what centring took
 *   noise   variance of the errors, once it is known; else 0
 */
struct known_cross {
    double *xx, *xy;
    double yy;
    double rows, df, noise;
};

/* Slopes and what is known of their errors. */
struct known_slopes {
    double *slope; /* n values */
    double *error; /* standard errors; NaN: the series does not tell */
    double *root;  /* n * n: column j has the j-th independent error's share
                      in every slope; or NULL, if not wanted */
    double noise;  /* variance of the errors */
};

/* Doubles of scratch that each function below takes. */
size_t known_scratch(size_t n);

/*
 * Least squares.  Of collinear regressors one is left out, as those are that
 * do not move: slope 0, error NaN.
 *
 *   usual  a variance of errors that counts as four more observations; 0: none
 */
void known_own(const struct fc_known *known, const struct known_cross *cross,
               double usual, double *scratch, struct known_slopes *out);

/* Drawn to the file's. */
void known_shrunk(const struct fc_known *known, const struct known_cross *cross,
                  double *scratch, struct known_slopes *out);

/*
 * The logarithm of what is to be expected of such rows before slopes are known,
 * up to what is the same for any columns: of the normal density whose
 * covariance is noise I + X T X', where T are the columns' variances.  NaN if
 * one that is used has none.
 */
double known_evidence(const struct fc_known *known,
                      const struct known_cross *cross, double *scratch);

/*
 * Learns the columns' mean and variance and the usual noise from the
 * crossproducts of several series, whose noise it finds; sets `used`.
 *
 *   closely  until the search rests; else a few rounds, to compare scales
 *
 * FC_ENOMEM.
 */
enum fc_status known_learn_slopes(struct known_cross *cross, size_t n,
                                  bool closely, struct fc_known *known);

#endif
