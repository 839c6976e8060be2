/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_ARIMA_MODEL_H
#define NIGHTCAST_FORECAST_ARIMA_MODEL_H

#include "forecast/base/status.h"
#include "forecast/base/workspace.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Seasonal ARIMA: what its parts share.
 *
 *   phi(B) Phi(B^m) (w_t - mu) = theta(B) Theta(B^m) e_t,
 *   w = (1 - B)^d (1 - B^m)^D y,
 *
 * with phi(B) = 1 - phi_1 B - ..., theta(B) = 1 + theta_1 B + ... as R has
 * it.  mu is the mean of the differenced series: the mean of y when nothing
 * is differenced, the drift (times m) after one difference.
 */

enum {
    FC_ARIMA_MAX_ORDER = 24,         /* each of p and q */
    FC_ARIMA_MAX_SEASONAL_ORDER = 8, /* each of P and Q */
    FC_ARIMA_MAX_DIFFERENCES = 3,    /* each of d and D */
    FC_ARIMA_MAX_PARAMETERS =
        2 * (FC_ARIMA_MAX_ORDER + FC_ARIMA_MAX_SEASONAL_ORDER),
    FC_ARIMA_LANES = 4, /* parameter vectors that are filtered side by side */
    FC_ARIMA_MAX_STARTS = 16 /* of one estimation */
};

struct fc_arima_order {
    int p, d, q, P, D, Q;
    int m;         /* season length; 1 = none */
    bool constant; /* a mean or a drift; only where d + D <= 1 */
};

static inline int fc_arima_parameters(const struct fc_arima_order *order)
{
    return order->p + order->q + order->P + order->Q;
}

/* The highest lags of the multiplied-out AR and MA polynomials. */
static inline size_t fc_arima_ar_degree(const struct fc_arima_order *order)
{
    return (size_t)order->p + (size_t)order->P * (size_t)order->m;
}

static inline size_t fc_arima_ma_degree(const struct fc_arima_order *order)
{
    return (size_t)order->q + (size_t)order->Q * (size_t)order->m;
}

/* How many lags one difference operator of these orders reaches back. */
static inline size_t fc_arima_lost(const struct fc_arima_order *order)
{
    return (size_t)order->d + (size_t)order->D * (size_t)order->m;
}

/* Elements of the state a forecast starts from: see struct fc_arima_end. */
static inline size_t fc_arima_state_size(const struct fc_arima_order *order)
{
    size_t p = fc_arima_ar_degree(order), q = fc_arima_ma_degree(order);
    return (p > q + 1 ? p : q + 1) + fc_arima_lost(order);
}

/*
 * The free parameters, in the order phi, theta, Phi, Theta: any real numbers.
 * Their tanh are partial autocorrelations, so that every point is stationary
 * and invertible (Barndorff-Nielsen & Schou 1973; Monahan 1984; R's arima()
 * does so for the AR part).  coef: as many numbers, the coefficients.
 */
void fc_arima_coefficients(const struct fc_arima_order *order,
                           const double *free, double *coef);

/*
 * The same backwards.  False, and free untouched, if some polynomial has a
 * root on or inside the unit circle.
 */
bool fc_arima_free(const struct fc_arima_order *order, const double *coef,
                   double *free);

/*
 * The multiplied-out polynomials without their leading 1: ar[i] multiplies
 * w_{t-i-1}, ma[i] multiplies e_{t-i-1}.
 */
void fc_arima_expand(const struct fc_arima_order *order, const double *coef,
                     double *ar, double *ma);

/* Whether every root of the four polynomials exceeds `radius`, in B or, of the
   seasonal ones, in B^m. */
bool fc_arima_roots_exceed(const struct fc_arima_order *order,
                           const double *coef, double radius);

/* "ARIMA(2,1,1)(0,1,1)[12] with drift", as R's arima.string() writes it. */
void fc_arima_name(const struct fc_arima_order *order, char *out, size_t size);

/*
 * The data of one series, differenced once for all candidates of the same d
 * and D.
 *
 *   separable     whether the differences tell every missing value from the
 *                 others, so that all of them can be estimated
 *   logdet_start  what the likelihood leaves away when values to difference
 *                 from are missing: the variance of what told about them first
 */
struct fc_arima_data {
    const double *y; /* as given; NaN = missing */
    size_t n;
    int d, D, m;
    double scale;   /* power of two that w was divided by */
    double origin;  /* subtracted from y when something is differenced */
    double *w;      /* the differenced series, of `filled` if any; scaled */
    size_t nw;      /* length of w */
    size_t nused;   /* values that count: R's n.used */
    size_t ngaps;   /* missing values; what follows is for them, or NULL */
    size_t *gap;    /* where they are in y */
    double *filled; /* y with straight lines over them */
    double *raw;    /* y less the origin, scaled, n values with NaN */
    bool separable;
    double logdet_start;
};

enum fc_status fc_arima_prepare(struct fc_arima_data *data, const double *y,
                                size_t n, const struct fc_arima_order *order,
                                struct fc_workspace *ws);

/*
 * The likelihood of one point of the parameter space, with sigma2 and mu
 * concentrated out.
 *
 *   value    0.5 (nused log(ssq / nused) + logdet); HUGE_VAL if it cannot
 *            be had.  loglik = -value - 0.5 nused (1 + log(2 pi))
 *   ssq      sum of squared standardised innovations
 *   logdet   sum of the logarithms of their variances
 *   mu       the mean, by generalised least squares
 */
struct fc_arima_value {
    double value, ssq, logdet, mu;
};

struct fc_arima_filter;
struct fc_arima_kalman;

/* Everything that is needed to evaluate the likelihood of one model. */
struct fc_arima_likelihood {
    const struct fc_arima_data *data;
    struct fc_arima_order order;
    int k;                          /* free parameters */
    struct fc_arima_filter *filter; /* lane-parallel, and its scratch */
    struct fc_arima_kalman *kalman; /* if it is to be used, or NULL */
    size_t nresid;                  /* innovations per point */
    double *resid; /* standardised innovations of the points last evaluated,
                      FC_ARIMA_LANES of them interleaved, group by group */
};

enum fc_status fc_arima_likelihood_init(struct fc_arima_likelihood *lik,
                                        const struct fc_arima_data *data,
                                        const struct fc_arima_order *order,
                                        struct fc_workspace *ws);

/*
 * Evaluates npoints (at most k + 1, or FC_ARIMA_LANES) rows of k free
 * parameters.
 */
void fc_arima_evaluate(struct fc_arima_likelihood *lik, const double *points,
                       int npoints, struct fc_arima_value *value);

/*
 * What the filter leaves behind at one point: what forecasts need.
 *
 *   resid   standardised innovations, data->n values, NaN where there is none
 *   state   r = max(p, q + 1) values: what is known of w_{n+1} .. w_{n+r}
 *           about mu, but for the autoregression on later values; then the
 *           last d + m D values of y, the latest first.  In units of the data
 *   factor  nfactors rows as long as the state: its covariance over sigma2 is
 *           that of the next shock and the sum of their outer products.  None
 *           when the past leaves nothing uncertain
 *   mu      in units of the data
 */
struct fc_arima_end {
    double *resid;
    double *state;
    double *factor;
    size_t nfactors;
    double mu;
};

enum fc_status fc_arima_finish(struct fc_arima_likelihood *lik,
                               const double *point, struct fc_workspace *ws,
                               struct fc_arima_end *end);

/* An estimated model; the criteria as R's Arima() of forecast defines them. */
struct fc_arima_estimate {
    struct fc_arima_order order;
    double free[FC_ARIMA_MAX_PARAMETERS];
    double mu; /* in units of the data */
    double loglik, aic, aicc, sigma2;
    int rival; /* the orders that came next in a search, if close; 0: none */
    int evaluations; /* of the likelihood and its derivatives together */
    bool converged;
};

/* The standardised innovations of n values x under an estimate, as if they were
 * missing where y is; 0 where there is none.  FC_ENOMEM. */
enum fc_status fc_arima_innovations(const double *y, const double *x, size_t n,
                                    const struct fc_arima_estimate *estimate,
                                    struct fc_workspace *ws, double *e);

/* How hard to try. */
struct fc_arima_effort {
    double tolerance;   /* stop when a step promises less log-likelihood */
    int max_iterations; /* and after so many steps at the latest */
    int max_starts;     /* how many of the starting points to follow */
    double give_up;     /* a log-likelihood below which nothing is of use, or
                           -HUGE_VAL */
    bool many_maxima;   /* a start is left when it leads to what is known */
    bool brisk;         /* what cannot get there is given up before its first
                           step, and a single start is not looked at first */
};

/*
 * Maximises the likelihood from the best of nstarts rows of free parameters.
 * FC_ENOFIT when there is no likelihood at any of them, FC_EMAXITER with the
 * best point so far when it did not converge.
 */
enum fc_status fc_arima_estimate(const struct fc_arima_data *data,
                                 const struct fc_arima_order *order,
                                 const double *starts, int nstarts,
                                 const struct fc_arima_effort *effort,
                                 struct fc_workspace *ws,
                                 struct fc_arima_estimate *estimate);

/* The criteria and the variance of an estimate from n values that count, with
 * so many slopes of a regression. */
void fc_arima_count(double slopes, double n,
                    struct fc_arima_estimate *estimate);

/* Starting points that know nothing: nstarts rows of free parameters. */
void fc_arima_blind_starts(const struct fc_arima_order *order, int nstarts,
                           double *starts);

/* One order, tried hard. */
enum fc_status fc_arima_fit(const struct fc_arima_data *data,
                            const struct fc_arima_order *order,
                            struct fc_workspace *ws,
                            struct fc_arima_estimate *estimate);

/*
 * Whether the differenced series leaves nothing to estimate: it is constant
 * and the model has a constant, or it is zero.  Then fc_arima_settle() makes
 * the estimate: no likelihood, and no variance.
 */
bool fc_arima_is_degenerate(const struct fc_arima_data *data, bool constant,
                            struct fc_workspace *ws);
enum fc_status fc_arima_settle(const struct fc_arima_data *data,
                               const struct fc_arima_order *order,
                               struct fc_workspace *ws,
                               struct fc_arima_estimate *estimate);

/* The limits of a search over the orders. */
struct fc_arima_limits {
    int max_p, max_q, max_P, max_Q, max_d, max_D;
    int max_order; /* of p + q + P + Q; 0 = what the length affords */
};

/*
 * Chooses the orders by AICc and estimates them; data is prepared for the
 * differences that were chosen.  brisk: candidates are given up sooner, as on
 * one night among many.
 */
enum fc_status fc_arima_select(const double *y, size_t n, int m,
                               const struct fc_arima_limits *limits, bool brisk,
                               struct fc_workspace *ws,
                               struct fc_arima_data *data,
                               struct fc_arima_estimate *estimate);

/* Orders but for the differences, as one number from 1 on; false when a number
   is none's. */
int fc_arima_order_code(const struct fc_arima_order *order);
bool fc_arima_order_of_code(int code, struct fc_arima_order *order);

/*
 * Whether a search would take these differences of a series, which costs little
 * beside it.  FC_ENOMEM.
 */
enum fc_status fc_arima_same_differences(const double *y, size_t n,
                                         const struct fc_arima_order *order,
                                         const struct fc_arima_limits *limits,
                                         struct fc_workspace *ws, bool *same);

/*
 * The search of fc_arima_select(), beginning with orders and estimates that
 * were chosen before the series grew, with its differences.  FC_ENOFIT when
 * that cannot be, FC_ENOMEM.
 */
enum fc_status fc_arima_search_again(const struct fc_arima_data *data,
                                     const struct fc_arima_limits *limits,
                                     struct fc_workspace *ws,
                                     struct fc_arima_estimate *estimate);

/*
 * The orders that came next when others were chosen may have overtaken them on
 * a series that has grown since: then *estimate is theirs.  FC_ENOFIT when a
 * search would not have those of *estimate any more, FC_ENOMEM.
 */
enum fc_status fc_arima_overtake(const struct fc_arima_data *data, int rival,
                                 struct fc_workspace *ws,
                                 struct fc_arima_estimate *estimate);

#endif
