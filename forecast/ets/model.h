/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_ETS_MODEL_H
#define NIGHTCAST_FORECAST_ETS_MODEL_H

#include "forecast/base/status.h"
#include "forecast/base/workspace.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Exponential smoothing as innovations state space models: what the files of
 * the ETS family share.  A caller of the library needs only forecast/model.h.
 *
 * A model ETS(error, trend, season) carries a level l, a growth b and m
 * seasonal terms s.  One step, from Hyndman et al. (2008), Forecasting with
 * Exponential Smoothing, chapter 2, in the form R's forecast 8.20 computes it:
 *
 *     phib = phi b                  (A)  or  b^phi                    (M)
 *     q    = l + phib               (A)  or  l phib                   (M)
 *     mu   = q + s                  (A)  or  q s                      (M)
 *     p    = y - s                  (A)  or  y / s                    (M)
 *     l'   = q + alpha (p - q)
 *     b'   = phib + beta (p - q)    (A)  or  phib + beta (p - q) / l  (M)
 *     s'   = s + gamma (y - q - s)  (A)  or  s + gamma (y / q - s)    (M)
 *
 * The error's kind, y - mu or (y - mu) / mu, changes the likelihood and the
 * variance of the forecasts, but not these states.
 */
enum fc_ets_component { FC_ETS_NONE, FC_ETS_ADD, FC_ETS_MUL };

struct fc_ets_form {
    enum fc_ets_component error, trend, season;
    bool damped;
};

/* Smoothing parameters; those a form does not have are 0, and phi is 1. */
struct fc_ets_smoothing {
    double alpha, beta, gamma, phi;
};

/* A model with its numbers: s[j] belongs to the (j + 1)-th observation after
 * the time of the state. */
struct fc_ets {
    struct fc_ets_form form;
    int m; /* season length; 1 without a season */
    struct fc_ets_smoothing smoothing;
    double l, b;
    double *s; /* m values, or NULL without a season */
};

/*
 * What a pass over n observations leaves behind: the states that each one
 * met, its one-step forecast, and its error.
 */
struct fc_ets_trace {
    double *l, *b, *s, *mu, *e;
};

/*
 * The sums over a pass: of squared errors (relative ones for multiplicative
 * errors), and of log mu for multiplicative errors, else 0.
 */
struct fc_ets_sums {
    double squares;
    double log_mu;
};

/* "ETS(M,Ad,M)" */
void fc_ets_form_name(struct fc_ets_form form, char *text, size_t size);

/* How many smoothing parameters; how many free initial states (the seasonal
 * terms add up to 0 or m, so one of them is not free). */
int fc_ets_smoothing_count(struct fc_ets_form form);
int fc_ets_state_count(struct fc_ets_form form, int m);

/*
 * Runs the model over the series.
 *
 *   model   in: the states before the first observation; out: after the
 *           last, but s still begins with the phase of the first; see
 *           fc_ets_align()
 *   trace   n values each
 *
 * Returns false when the model breaks down on these data: a forecast, level,
 * growth or season of a multiplicative part is not positive, or an overflow.
 */
bool fc_ets_filter(struct fc_ets *model, const double *y, size_t n,
                   const struct fc_ets_trace *trace, struct fc_ets_sums *sums);

/* After n observations: turns s so that s[0] comes next. */
void fc_ets_align(struct fc_ets *model, size_t n);

/*
 * Whether the forecasts do not depend on the distant past, for parameters
 * within the usual bounds: R's admissible().  With a trend and a season that
 * is when beta is at most fc_ets_beta_bound(); slope, unless NULL, is how the
 * bound moves with alpha, gamma and phi.  fc_ets_least_beta_bound() is below
 * it and quick.
 */
bool fc_ets_admissible(struct fc_ets_form form, int m,
                       const struct fc_ets_smoothing *smoothing);
double fc_ets_beta_bound(const struct fc_ets_smoothing *k, int m,
                         struct fc_ets_smoothing *slope);
double fc_ets_least_beta_bound(const struct fc_ets_smoothing *k, int m);

/* The forecast of the next observation, whose seasonal term is s; and the
 * move of the states (s included) when it turns out to be y. */
double fc_ets_step_mean(const struct fc_ets *model, double s);
void fc_ets_step(struct fc_ets *model, double *s, double y);

/* What the optimiser minimises. */
enum fc_ets_criterion {
    FC_ETS_LIKELIHOOD, /* minus the likelihood */
    FC_ETS_MSE         /* squared one-step errors in units of y */
};

/*
 * A series ready for fitting: scaled by a power of two so that its size is
 * near 1, with the scratch that any form needs.
 */
struct fc_ets_work;

/* NULL when memory is short.  m is the season length, 1 for none. */
struct fc_ets_work *fc_ets_work_new(const double *y, size_t n, int m,
                                    struct fc_workspace *ws);

/* A fitted model, in the units of the scaled series. */
struct fc_ets_fitted {
    struct fc_ets initial, final; /* states before and after the series */
    double loglik, aicc;          /* in the units of the series itself */
    double squares;               /* of the errors; relative if they are */
    int nparam;                   /* estimated, with sigma, as R counts */
    bool given_up;                /* as useless */
};

/* Makes room for a result with m seasons; false when memory is short. */
bool fc_ets_fitted_init(struct fc_ets_fitted *fitted, int m,
                        struct fc_workspace *ws);

/* Copies into a result that has its own room. */
void fc_ets_fitted_copy(struct fc_ets_fitted *to,
                        const struct fc_ets_fitted *from);

/* Whether the series has more observations than the form has unknowns. */
bool fc_ets_estimable(const struct fc_ets_work *work, struct fc_ets_form form);

/* How many starts the search is given. */
enum fc_ets_effort {
    FC_ETS_QUICK,     /* those of a scan, or the related model: one of many */
    FC_ETS_NEAR,      /* of all those the best, where it begins */
    FC_ETS_ELSEWHERE, /* the related model, which is at a maximum, and some
                         that may lead to a higher one */
    FC_ETS_THOROUGH   /* a dozen and more: the form that was asked for */
};

/* How near to its maximum an estimate is to come. */
enum fc_ets_precision {
    FC_ETS_FINE,   /* to forecast from */
    FC_ETS_ROUGH,  /* to compare forms by */
    FC_ETS_PASSING /* to forecast from tonight: the next night goes on */
};

struct fc_ets_request {
    enum fc_ets_criterion criterion;
    enum fc_ets_effort effort;
    double beta_limit; /* beta stays below; 1: R's own bound */
    enum fc_ets_precision precision;
    bool goes_on;   /* from a form that was the best another night */
    double useless; /* a form whose AICc will not fall below this may end
                          anywhere; or INFINITY */
    const struct fc_ets *related; /* initial states and smoothing of a model
                                     that differs in its error or its
                                     beta_limit at most, for FC_ETS_NEAR what
                                     may be near it; or NULL */
};

/*
 * Estimates one form.  FC_OK; FC_ESHORT when the form has too many unknowns
 * for n; FC_EDOMAIN when the model breaks down on these data.
 */
enum fc_status fc_ets_estimate(struct fc_ets_work *work,
                               struct fc_ets_form form,
                               const struct fc_ets_request *request,
                               struct fc_ets_fitted *fitted);

#endif
