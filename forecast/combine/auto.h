/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COMBINE_AUTO_H
#define NIGHTCAST_FORECAST_COMBINE_AUTO_H

#include "forecast/global/neural.h"
#include "forecast/global/pooled.h"
#include "forecast/model.h"

/*
 * The parts of the default model: candidates, their weighted mean, intervals
 * from out-of-sample errors, and what is learnt of all that from a batch.
 */

enum {
    FC_AUTO_ETS,
    FC_AUTO_ARIMA,
    FC_AUTO_DOTM,
    FC_AUTO_CES,
    FC_AUTO_LOCAL,                  /* models of one series, until here */
    FC_AUTO_POOLED = FC_AUTO_LOCAL, /* regressions over all series */
    FC_AUTO_POOLED_LOG,
    FC_AUTO_NETWORK, /* networks over all series */
    FC_AUTO_CANDIDATES
};

/*
 * How far an interval of a level reaches below and above the forecast, in
 * widths: growth[h] * shape[side](level).  Growth is exp(a + b log(1 + h)),
 * shape a table over the levels of fc_auto_levels, interpolated.  One side
 * may be negative at low levels, the sum of both never is.
 */
enum fc_auto_side { FC_AUTO_BELOW, FC_AUTO_ABOVE, FC_AUTO_SIDES };
enum { FC_AUTO_LEVELS = 13 };
extern const double fc_auto_levels[FC_AUTO_LEVELS];

struct fc_auto_errors {
    double a, b;
    double shape[FC_AUTO_SIDES][FC_AUTO_LEVELS];
};

/* What all series of a batch have in common. */
struct fc_auto_common {
    struct fc_pooled pooled[2]; /* raw, log; coef NULL: there is none */
    struct fc_neural neural;    /* parameters NULL: there is none */
};

/*
 * What auto knows before it sees a series: by default, or from a batch.
 * `before` has not seen the last observations of the batch, as many as the
 * horizon.
 */
struct fc_auto_knowledge {
    double weights[FC_AUTO_CANDIDATES]; /* sum to 1 */
    struct fc_auto_errors errors;
    struct fc_auto_common common, before;
};

/* Observations that must be left before those held back. */
enum { FC_AUTO_LEAST_LEFT = 6 };

/* One series' candidates, to be combined. */
struct fc_auto_table {
    int horizon;
    bool usable[FC_AUTO_CANDIDATES]; /* has a forecast that is not absurd */
    bool absurd[FC_AUTO_CANDIDATES];
    double *mean[FC_AUTO_CANDIDATES]; /* horizon values each */
    double *width; /* what errors are measured by; see auto.c */
    double trust[FC_AUTO_CANDIDATES]; /* see fc_auto_trust() */
    double used[FC_AUTO_CANDIDATES];  /* weights, by fc_auto_combine() */
};

/* Fits the local candidates into fit->members. */
enum fc_status fc_auto_fit_members(const struct fc_series *series,
                                   const struct fc_spec *spec,
                                   struct fc_workspace *ws, struct fc_fit *fit,
                                   struct fc_error *err);

/* Fills the table for the horizon, with the trust in fit->coef, the same in all
 * when that is NULL; FC_ENOFIT when no candidate is usable. */
enum fc_status fc_auto_candidates(const struct fc_fit *fit,
                                  const struct fc_auto_common *common,
                                  int horizon, struct fc_workspace *ws,
                                  struct fc_auto_table *table,
                                  struct fc_error *err);

/*
 * How far a series trusts its candidates: by the errors of their forecasts of
 * its last horizon values, made from those before (and from what is common
 * without the last values of any series).  The series has no missing values.
 *
 *   fit    the members fitted to the whole series: what they chose is kept
 *          for the shorter one, where only their estimates are new
 *   trust  FC_AUTO_CANDIDATES factors for the weights, with geometric mean 1:
 *          a power of the inverse of the mean absolute errors, to which a part
 *          of the mean change from season to season is added (after Bates &
 *          Granger 1969, The combination of forecasts, section 2).  All 1 for
 *          a series that is too short or does not vary
 */
enum fc_status fc_auto_trust(const struct fc_fit *fit,
                             const struct fc_spec *spec,
                             const struct fc_auto_common *before, int horizon,
                             struct fc_workspace *ws, double *trust,
                             struct fc_error *err);

/*
 * The weights of the usable candidates, times the series' trust in them, which
 * sum to 1, and their mean.  A regression that is missing leaves its weight to
 * the other one first.
 */
void fc_auto_combine(struct fc_auto_table *table, const double *weights,
                     double *mean);

/* The factor of a width for a side and a level in percent, at step h. */
double fc_auto_factor(const struct fc_auto_errors *errors,
                      enum fc_auto_side side, double level, int h);

/* What is known without a batch. */
struct fc_auto_knowledge fc_auto_prior(int season_length);

/* Reads what fc_auto_learn() wrote; the prior when learned is NULL or was
 * made for another season. */
struct fc_auto_knowledge fc_auto_read(const struct fc_learned *learned,
                                      int season_length);

/* Whether fc_auto_read() may read a block that comes from elsewhere. */
enum fc_status fc_auto_check(const struct fc_learned *learned,
                             const struct fc_spec *spec, struct fc_error *err);

enum fc_status fc_auto_learn(const struct fc_lesson *lesson,
                             const struct fc_spec *spec,
                             struct fc_learned **learned, struct fc_error *err);

/* Errors (actual less forecast) over widths at held-back origins; NaN: not
 * known. */
struct fc_auto_sample {
    size_t n; /* series */
    int horizon;
    const double *ratio; /* n * horizon */
};

/* Estimates the errors' quantiles, shrunk towards the prior's. */
enum fc_status fc_auto_learn_errors(const struct fc_auto_sample *sample,
                                    const struct fc_auto_errors *prior,
                                    struct fc_auto_errors *errors,
                                    struct fc_error *err);

#endif
