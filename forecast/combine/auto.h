/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COMBINE_AUTO_H
#define NIGHTCAST_FORECAST_COMBINE_AUTO_H

#include "forecast/global/neural.h"
#include "forecast/global/pooled.h"
#include "forecast/model.h"
#include "forecast/numeric/breaks.h"
#include "forecast/numeric/vet.h"

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
    double change; /* from value to value, over their size, of the median
                      series; 0: not known */
};

/* What is learnt from series of one kind, for series of that kind. */
struct fc_auto_experience {
    double weights[FC_AUTO_CANDIDATES]; /* sum to 1 */
    struct fc_auto_errors errors;
};

/*
 * What auto knows before it sees a series: by default, or from a batch.
 * `before` has not seen the last observations of the batch, as many as the
 * horizon.
 *
 * No series has unbounded influence on any of it:
 *
 * - kinds: which series teach which, by their own values alone (vet.h)
 * - weights: a series counts for at most five times the median error; one whose
 *   width is unlike most others', for nothing
 * - errors: quantiles over the same series, within multiples of the fixed ones
 *   (interval.c)
 * - common: see pooled.h and neural.h in forecast/global; from moving series
 *   alone
 * - change: a median
 * - breaks: medians
 */
struct fc_auto_knowledge {
    struct fc_auto_experience of[FC_KINDS];
    struct fc_auto_common common, before;
    struct fc_breaks breaks;
};

/*
 * A series as auto sees it: without the zeros before it began, if it has
 * begun only lately, and without the breaks that it shares with the batch and
 * that are over.
 */
struct fc_auto_view {
    struct fc_series series;
    const double *known;   /* as series.y; NaN where that was mended */
    struct fc_breaks here; /* those that the series shares */
};

/* A series as auto sees it, and what was fitted to it. */
struct fc_auto_fitted {
    struct fc_series series;  /* without an id */
    const struct fc_fit *fit; /* its members, and in coef the trust in them, the
                                 same in all when that is NULL */
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
    double walk;   /* what the series does by itself in the first step */
    double ratio;  /* the width that the models say, of the first step, over
                      that; 0 or INFINITY: one of them is of rounding size */
    double trust[FC_AUTO_CANDIDATES]; /* see fc_auto_trust() */
    double used[FC_AUTO_CANDIDATES];  /* weights, by fc_auto_combine() */
};

/*
 * The view of a series; what it changes is in ws.  FC_ENOMEM.
 */
enum fc_status fc_auto_look(const struct fc_series *series,
                            const struct fc_breaks *breaks,
                            struct fc_workspace *ws, struct fc_auto_view *view);

/* The widths of a table whose other parts are there; each holds the members'
 * forecasts at a level of 95%, the last of them the stand-in's.  FC_ENOMEM. */
enum fc_status fc_auto_widths(const struct fc_auto_fitted *fitted,
                              const struct fc_auto_common *common,
                              const struct fc_forecast *each,
                              struct fc_workspace *ws,
                              struct fc_auto_table *table);

/* Fits the local candidates into fit->members. */
enum fc_status fc_auto_fit_members(const struct fc_series *series,
                                   const struct fc_request *request,
                                   struct fc_workspace *ws, struct fc_fit *fit,
                                   struct fc_error *err);

/* Fills the table for the horizon; FC_ENOFIT when no candidate is usable. */
enum fc_status fc_auto_candidates(const struct fc_auto_fitted *fitted,
                                  const struct fc_auto_common *common,
                                  int horizon, struct fc_workspace *ws,
                                  struct fc_auto_table *table,
                                  struct fc_error *err);

/*
 * How far a series trusts its candidates: by the errors of their forecasts of
 * its last horizon values (fewer, if that leaves less than two seasons), made
 * from those before (and from what is common
 * without the last values of any series).  The series has no missing values.
 *
 *   fit    the members fitted to the whole series: what they chose is kept
 *          for the shorter one, where only their estimates are new
 *   view   of the series that was fitted: what was mended in it, or lies
 *          behind a break that is not over, is not compared with
 *   request  with the horizon
 *   trust  FC_AUTO_CANDIDATES factors for the weights, with geometric mean 1:
 *          a power of the inverse of the mean absolute errors, to which a part
 *          of the mean change from season to season is added (after Bates &
 *          Granger 1969, The combination of forecasts, section 2).  All 1 for
 *          a series that is too short or does not vary
 */
enum fc_status fc_auto_trust(const struct fc_fit *fit,
                             const struct fc_auto_view *view,
                             const struct fc_request *request,
                             const struct fc_auto_common *before,
                             struct fc_workspace *ws, double *trust);

/*
 * The weights of the usable candidates, times the series' trust in them, which
 * sum to 1, and their mean.  A regression that is missing leaves its weight to
 * the other one first.
 */
void fc_auto_combine(struct fc_auto_table *table, const double *weights,
                     double *mean);

/*
 * Whether bounds are absurd: one at step h = 1, 2, ... lies outside the range
 * of the n values y by more than 4 z (1 + 2 h / n) times the width of that
 * range, or, where that is more, 4 times `walk`, what the series does by
 * itself in a step.  z is the normal quantile of the bound's level.
 */
bool fc_auto_is_absurd(const struct fc_series *series, double walk,
                       const struct fc_forecast *out);

/* No bound beyond that, nor short of the mean where that is beyond it. */
void fc_auto_clip(const struct fc_series *series, double walk,
                  struct fc_forecast *out);

/* The factor of a width for a side and a level in percent, at step h. */
double fc_auto_factor(const struct fc_auto_errors *errors,
                      enum fc_auto_side side, double level, int h);

/* The combination, as functions of a model: see forecast/model.h. */
extern const struct fc_model *const fc_auto_members[];
enum fc_status fc_auto_fit(const struct fc_series *series,
                           const struct fc_request *request,
                           struct fc_workspace *ws, struct fc_fit *fit,
                           struct fc_error *err);
enum fc_status fc_auto_predict(const struct fc_fit *fit,
                               struct fc_workspace *ws,
                               struct fc_forecast *out, struct fc_error *err);

/* What is known without a batch. */
struct fc_auto_knowledge fc_auto_prior(int season_length);

/* Reads what fc_auto_learn() wrote; the prior when learned is NULL or was
 * made for another season. */
struct fc_auto_knowledge fc_auto_read(const struct fc_learned *learned,
                                      int season_length);

/* Whether fc_auto_read() may read a block that comes from elsewhere. */
enum fc_status fc_auto_check(const struct fc_learned *learned,
                             const struct fc_seasons *seasons, int horizon,
                             struct fc_error *err);

/* Breaks where they are in series that end so many steps later. */
void fc_auto_place(struct fc_learned *learned, long long steps);

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

/* Estimates the errors' quantiles, shrunk towards the prior's, and bounded by
 * multiples of them. */
enum fc_status fc_auto_learn_errors(const struct fc_auto_sample *sample,
                                    const struct fc_auto_errors *prior,
                                    struct fc_auto_errors *errors,
                                    struct fc_error *err);

#endif
