/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_TBATS_MODEL_H
#define NIGHTCAST_FORECAST_TBATS_MODEL_H

#include "forecast/base/series.h"
#include "forecast/base/status.h"
#include "forecast/base/workspace.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Exponential smoothing with a Box-Cox transformation, a trend, ARMA errors
 * and trigonometric seasons (De Livera, Hyndman & Snyder 2011, J. American
 * Statistical Association 106, equations 7):
 *
 *   z(t) = l + phi b + sum of s(j) + d(t),  d(t) an ARMA process of e(t)
 *   l   <- l + phi b + alpha d(t)
 *   b   <- phi b + beta d(t)
 *   s(j) <-  s(j) cos(j) + c(j) sin(j) + gamma1 d(t)
 *   c(j) <- -s(j) sin(j) + c(j) cos(j) + gamma2 d(t)
 *
 * with gammas for every season that its harmonics j share.  b tends to zero
 * when it is damped, as in R.
 */

enum { FC_TBATS_ARMA = 5, FC_TBATS_GAMMAS = 2 * FC_MOST_SEASONS };

/* At most: Box-Cox, level, damping, trend, and the rest. */
enum { FC_TBATS_PARAMETERS = 4 + FC_TBATS_GAMMAS + 2 * FC_TBATS_ARMA };

enum fc_tbats_trend { FC_TBATS_LEVEL, FC_TBATS_TREND, FC_TBATS_DAMPED };

struct fc_tbats_form {
    bool boxcox;
    enum fc_tbats_trend trend;
    int p, q;
    int k[FC_MOST_SEASONS]; /* harmonics of each season */
};

/* gamma: first those of the s of all seasons, then those of the c. */
struct fc_tbats_parameters {
    double lambda, alpha, beta, phi;
    double gamma[FC_TBATS_GAMMAS];
    double ar[FC_TBATS_ARMA], ma[FC_TBATS_ARMA];
};

/*
 * A model that can run.  Harmonics are padded with such as do nothing, to make
 * whole vectors; a state is l, b, two places that are zero, all s and all c.
 */
struct fc_tbats {
    struct fc_tbats_form form;
    struct fc_tbats_parameters par;
    size_t harmonics, padded, width;
    double *cosine, *sine, *one, *gamma1, *gamma2; /* padded */
    int *season;                                   /* of each harmonic */
};

enum { FC_TBATS_S = 4 }; /* where the s begin */

/* The state, and the last d and e, the latest first. */
struct fc_tbats_state {
    double *x;
    double d[FC_TBATS_ARMA], e[FC_TBATS_ARMA];
};

enum fc_status fc_tbats_begin(const struct fc_tbats_form *form,
                              const struct fc_seasons *seasons,
                              struct fc_workspace *ws, struct fc_tbats *model);
void fc_tbats_set(struct fc_tbats *model,
                  const struct fc_tbats_parameters *par);

/* Seeds that are to be found: of level, slope and harmonics. */
size_t fc_tbats_seeds(const struct fc_tbats *model);

/* The state that starts from so many seeds. */
void fc_tbats_start(const struct fc_tbats *model, const double *seed,
                    struct fc_tbats_state *state);

/* ... and the seeds that a state is. */
void fc_tbats_pack_state(const struct fc_tbats *model, const double *x,
                         double *seed);

/* The next value; and on past it, whose innovation was e. */
double fc_tbats_expect(const struct fc_tbats *model,
                       const struct fc_tbats_state *state);
void fc_tbats_step(const struct fc_tbats *model, struct fc_tbats_state *state,
                   double e);

/*
 * Runs over n values; missing ones (NaN) have no innovation.
 *
 *   state    in: the first; out: after the last value
 *   d, e, b  n each, out: d(t), e(t), and the slope before each value
 */
void fc_tbats_run(const struct fc_tbats *model, const double *z, size_t n,
                  struct fc_tbats_state *state, double *d, double *e,
                  double *b);

/* A run over n values of z. */
struct fc_tbats_trace {
    size_t n;
    const double *z, *slope_of_z; /* its derivative in lambda, if that is one */
    const double *d, *e, *b;
};

/*
 * Innovations are linear in the seeds.  Fills the first numbers of n rows,
 * `stride` apart, with what one of each seed takes from them: by the powers of
 * one matrix, or step by step where values are missing.  FC_ENOMEM.
 */
enum fc_status fc_tbats_rows(const struct fc_tbats *model, size_t n,
                             size_t stride, struct fc_workspace *ws,
                             double *rows);
enum fc_status fc_tbats_rows_with_gaps(const struct fc_tbats *model,
                                       const struct fc_tbats_trace *trace,
                                       size_t stride, struct fc_workspace *ws,
                                       double *rows);

/*
 * The derivatives of all innovations in the parameters, in the order lambda,
 * alpha, phi, beta, gammas, ar, ma, of those that the form has; as rows.
 * FC_ENOMEM.
 */
enum fc_status fc_tbats_slopes(const struct fc_tbats *model,
                               const struct fc_tbats_trace *trace,
                               size_t stride, struct fc_workspace *ws,
                               double *rows);
int fc_tbats_parameter_count(const struct fc_tbats_form *form);

/* Where in this order they are; -1: the form has none. */
struct fc_tbats_lanes {
    int lambda, alpha, phi, beta, gamma[FC_TBATS_GAMMAS], ar, ma;
};

struct fc_tbats_lanes fc_tbats_lanes_of(const struct fc_tbats_form *form);

/* Gradient and Hessian in the parameters, in that order. */
struct fc_tbats_slopes {
    double gradient[FC_TBATS_PARAMETERS];
    double hessian[FC_TBATS_PARAMETERS][FC_TBATS_PARAMETERS];
};

/* Whether all eigenvalues of D are smaller than the radius, which is more than
 * 1. */
bool fc_tbats_is_stable(const struct fc_tbats *model, double radius);

/*
 * Minus the sum of the logarithms of what is left between the eigenvalues and
 * the radius; INFINITY when nothing is.  Adds `weight` times its slopes, the
 * Hessian's main part, to slopes (or NULL).
 */
double fc_tbats_barrier(const struct fc_tbats *model, double radius,
                        double weight, struct fc_tbats_slopes *slopes);

/* Box-Cox of n values whose logarithms are given (NaN where missing), its
 * derivative in lambda; and back. */
void fc_tbats_transform(const double *logs, size_t n, double lambda, double *z,
                        double *slope);
double fc_tbats_back(double z, double lambda);

/* A series as it is fitted: its last values. */
struct fc_tbats_data {
    const double *y;
    size_t n, nobs;     /* nobs are not missing */
    const double *logs; /* NULL when not all are positive */
    double sum_log;
    bool has_gaps;
    double radius;                    /* eigenvalues of D are smaller */
    const struct fc_seasons *seasons; /* or NULL */
    struct fc_workspace *ws;
};

/*
 * A fitted form, in the workspace of the data.  Likelihood and parameters are
 * as R counts them: without constants; seeds and the starts of the ARMA process
 * are parameters.
 *
 *   seed  of the next value: the last state as seeds are
 *   e     the innovations
 */
struct fc_tbats_fitted {
    struct fc_tbats_form form;
    struct fc_tbats_parameters par;
    double squares, sigma2, loglik, aic, aicc;
    size_t nseeds;
    double *seed, *e;
    double last_d[FC_TBATS_ARMA], last_e[FC_TBATS_ARMA];
};

/* The fewest values that a form can be estimated from. */
size_t fc_tbats_least(const struct fc_tbats_form *form);

/* How well an optimum must be known: to compare forms, or to forecast from. */
enum fc_tbats_effort { FC_TBATS_ROUGH, FC_TBATS_FINE };

/*
 * Estimates one form, from given parameters or, with from NULL, from several
 * starts.  FC_ENOMEM; FC_ENOFIT when no start has a likelihood.
 */
enum fc_status fc_tbats_fit(const struct fc_tbats_data *data,
                            const struct fc_tbats_form *form,
                            const struct fc_tbats_parameters *from,
                            enum fc_tbats_effort effort,
                            struct fc_tbats_fitted *fitted);

/* The same from nowhere, with all that is known of good starts. */
enum fc_status fc_tbats_fit_form(const struct fc_tbats_data *data,
                                 const struct fc_tbats_form *form,
                                 struct fc_tbats_fitted *fitted);

/* Chooses a form and estimates it. */
enum fc_status fc_tbats_select(const struct fc_tbats_data *data,
                               struct fc_tbats_fitted *fitted);

#endif
