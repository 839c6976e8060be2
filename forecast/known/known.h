/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_KNOWN_KNOWN_H
#define NIGHTCAST_FORECAST_KNOWN_KNOWN_H

#include "forecast/base/series.h"
#include "forecast/base/status.h"
#include "forecast/base/workspace.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Known futures: what regressors (prices, promotions, holidays) do to a
 * series.  A series is a level that a model forecasts, and a linear effect of
 * its regressors; both on one scale, units or logs.  Every series has slopes
 * of its own, drawn to those of its file as far as the file is of one mind and
 * the series itself says little (empirical Bayes, see bayes.h).
 *
 * What is learnt from a file stands alone and may be used by many threads.
 */

/*
 * How a regressor is taken.  A reciprocal is 1 - u / x, u its median in the
 * series' history: its slope there is that of the logarithm, and it grows
 * faster the lower x is, as what deep cuts of a price do.
 */
enum fc_known_form { FC_KNOWN_AS_IT_IS, FC_KNOWN_LOGS, FC_KNOWN_RECIPROCAL };

/* One regressor, as a file has it. */
struct fc_known_column {
    bool used; /* it moves, in some series at least, and not only with
                  others */
    enum fc_role role;
    enum fc_known_form form;
    double span;     /* how far it moves within a series: of nine in ten no
                        further */
    double mean;     /* of the slopes of the file's series */
    double variance; /* of them, among themselves; 0: not known, each series
                        has its own slope */
};

struct known_rows;
struct known_doubt;

struct fc_known {
    size_t n;     /* regressors */
    bool logs;    /* of the series: effects are factors */
    double rho;   /* errors are this much like those of the step before: slopes
                     are estimated from what is new in them */
    double noise; /* usual variance of these */
    size_t nseries; /* it was learnt from */
    struct fc_known_column column[];
};

/*
 * What is learnt from the n series of a batch, at least one, each with
 * regressors of its history at least, in an order that does not depend on the
 * file's.
 *
 *   horizon  steps that are held back at the end of every series to choose
 *            units or logs, and how errors hang together
 *
 * All series have the same regressors.  *known is to be given back with free().
 * FC_ENOMEM.
 */
enum fc_status fc_known_learn(const struct fc_series *series, size_t n,
                              int horizon, struct fc_known **known,
                              struct fc_error *err);

/*
 * As numbers, which can be kept: how many for n regressors; into so many; and
 * back, where every one is checked.  *known is to be given back with free().
 * FC_EDATA, FC_ENOMEM.
 */
size_t fc_known_size(size_t n);
void fc_known_pack(const struct fc_known *known, double *x);
enum fc_status fc_known_unpack(const double *x, size_t size,
                               struct fc_known **known, struct fc_error *err);

/* The scale of one series: z = y / unit, log(y), or log(1 + y / unit). */
enum fc_known_kind { FC_KNOWN_UNITS, FC_KNOWN_LOG, FC_KNOWN_LOG1P };

struct fc_known_scale {
    enum fc_known_kind kind;
    double unit;
};

/*
 * A series' slopes.  All numbers are in the workspace it was made with.
 *
 *   lacks     a regressor has no value at one of the horizon's steps: then the
 *             series is forecast without
 *   explained share of the variance, on the scale and without its season
 *   bounded   a regressor moves further than it ever did, and its effect not
 *   slope     n values on the scale, and `own`, without the file's, NaN where
 *             the series does not tell; and their standard errors
 *   root      of the slopes' covariance: n * n, its columns independent
 *   effect    of each step of the horizon, against the series' mean regressors
 *   spread    horizon * n values: the effect's error is, at step h, the sum of
 *             n independent standard normals times these
 *   doubt_variance   of each step's effect, as regressors that are carried on
 *             turn out otherwise; NULL: all are known
 */
struct fc_known_fit {
    const struct fc_known *known;
    const struct known_rows *rows; /* for the functions below */
    struct fc_known_scale scale;
    size_t n;
    int horizon;
    bool lacks, bounded;
    double explained;
    double *slope, *error, *own, *own_error, *root;
    double *effect, *spread;
    struct known_doubt *doubt;
    double *doubt_variance;
};

/*
 * Slopes as they are in a fit, n each, and a root of their covariance, n * n,
 * one behind the other in fc_known_slopes_size(n) numbers.
 */
struct fc_known_slopes {
    double *slope, *error, *own, *own_error, *root;
};

size_t fc_known_slopes_size(size_t n);
struct fc_known_slopes fc_known_slopes_over(size_t n, double *numbers);

/*
 * Fits one series, and leaves what its regressors do not explain as *rest, on
 * the scale (units: as the series is), of the same length and without
 * regressors.
 *
 *   series   may have missing values; regressors of its horizon steps, too
 *
 * FC_ENOMEM.
 */
enum fc_status fc_known_fit(const struct fc_known *known,
                            const struct fc_series *series, int horizon,
                            struct fc_workspace *ws, struct fc_known_fit *fit,
                            struct fc_series *rest, struct fc_error *err);

/*
 * For a forecast: how far regressors that are carried on over the horizon
 * (series->regressors->known_for, see fc_known_carry()) may lie from what
 * comes, by how wrong that would have been in their own past.  Does nothing
 * where all are known.  FC_ENOMEM.
 */
enum fc_status fc_known_doubt(const struct fc_series *series,
                              struct fc_workspace *ws, struct fc_known_fit *fit,
                              struct fc_error *err);

/*
 * For a model that finds slopes itself.  The j-th column of the regression
 * whose rest it has: n values of the series' first ones, as they are on the
 * scale of the rest where the slope is 1; 0 where it is not known.  False, and
 * nothing but zeros, if its slope is not to be found.
 */
bool fc_known_regressor(const struct fc_known_fit *fit, size_t j, size_t n,
                        double *x);

/*
 * What a model's filter makes of a series, and of its columns: `rows` values
 * each, which are independent and of one variance in the series.
 *
 *   e    of the series with its effects
 *   x    of the columns, one behind the other
 *   df   observations less other parameters
 */
struct fc_known_filtered {
    size_t rows;
    const double *e, *x;
    double df;
};

/* Slopes of what is filtered, drawn to the file's as those of the fit are; and
 * in *parameters how many they count as, each less the less it says beside what
 * it is drawn to.  FC_ENOMEM. */
enum fc_status fc_known_solve(const struct fc_known_fit *fit,
                              const struct fc_known_filtered *filtered,
                              struct fc_workspace *ws, double *numbers,
                              double *parameters);

/* The fit has these slopes now, and the effects that follow from them. */
void fc_known_take(struct fc_known_fit *fit, const double *numbers);

/*
 * From a forecast of the rest to one of the series.  The errors of slopes, and
 * of regressors that are carried on, add to the bounds as variances do.  The
 * mean of what is normal on a log scale is that of the lognormal, whose width
 * is told by the bounds of a level.
 *
 *   level   a level of the forecast that tells the width, its number
 */
void fc_known_forecast(const struct fc_known_fit *fit, int level,
                       struct fc_forecast *forecast);

/*
 * What a forecast's mean is made of: share[h * known->n + j] is what the j-th
 * regressor adds at step h, against it being 0, if it is that anywhere in the
 * history, and else against its mean there.  What they leave of the mean is the
 * base.  Zeros where regressors are lacking.  FC_ENOMEM.
 *
 *   slopes   that the model has found itself; NULL: it has not
 */
enum fc_status fc_known_shares(const struct fc_known *known,
                               const struct fc_series *series,
                               const double *slopes,
                               const struct fc_forecast *forecast,
                               struct fc_workspace *ws, double *share,
                               struct fc_error *err);

/* How a regressor is carried on. */
enum fc_known_rule {
    FC_KNOWN_LAST,          /* its last value */
    FC_KNOWN_USUAL,         /* its mean */
    FC_KNOWN_SEASON_BEFORE, /* what it was a season before, or several */
    FC_KNOWN_RULES
};

/*
 * Carries regressors on over the horizon that would not be known there: each
 * as its last value, as its mean, or as it was a season before (from two cycles
 * on), whichever would have had the least mean squared error over the
 * regressor's own past at the same leads; of equal ones the first.
 *
 *   known_for  of each regressor, the steps after the n observations of which
 *              it is known: SIZE_MAX, all; else its lag
 *   season     1: none
 *   x          nregressors columns of n + horizon values; in and out
 *   rule       of each that is carried on; or NULL
 */
void fc_known_carry(const size_t *known_for, size_t nregressors, size_t n,
                    int horizon, int season, double *x,
                    enum fc_known_rule *rule);

/* In how many observations a regressor was there: not 0, if it is 0 in some;
 * else not at its least or its largest value, whichever it has more often. */
size_t fc_known_times(const struct fc_series *series, size_t regressor);

/* One path of horizon steps, likewise; z: so many standard normals of it. */
size_t fc_known_path_size(const struct fc_known_fit *fit);
enum fc_status fc_known_path(const struct fc_known_fit *fit, const double *z,
                             struct fc_workspace *ws, double *path,
                             struct fc_error *err);

#endif
