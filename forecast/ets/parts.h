/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_ETS_PARTS_H
#define NIGHTCAST_FORECAST_ETS_PARTS_H

#include "forecast/ets/model.h"
#include "forecast/numeric/clones.h"

/*
 * What the estimation of one ETS form is made of: shared by start.c,
 * gradient.c and fit.c, of no interest elsewhere.
 *
 * The unknowns form one vector.  Its first four slots are the smoothing
 * parameters, whether the form has them or not; then come the free initial
 * states: l, b without a season; b, s[0], ..., s[m-1] with one, where l is
 * kept because l + c with s - c, or l c with s / c, is the same model.
 */
enum { FC_ETS_ALPHA, FC_ETS_BETA, FC_ETS_GAMMA, FC_ETS_PHI, FC_ETS_STATES };

/* Four lanes: two instructions on any x86-64, one with AVX2. */
typedef double fc_v4 __attribute__((vector_size(32)));

struct fc_ets_layout {
    int m;    /* season length of the form: 1 without a season */
    int at_l; /* slots of the states; -1 where absent */
    int at_b;
    int at_s;
    int nx;     /* slots in use */
    int rows;   /* of the matrices: nx, or without a long season's */
    int stride; /* rows rounded up to whole vectors */
    bool is_long;
};

/* Seasons longer than this are eliminated without a matrix: long.c. */
enum { FC_ETS_LONG_SEASON = 32 };

struct fc_ets_layout fc_ets_layout(struct fc_ets_form form, int m);

/* Start values by season: the classical decomposition's seasonal figure. */
struct fc_ets_figure {
    bool known;
    double *s; /* m values */
};

struct fc_ets_long;

struct fc_ets_work {
    double *y; /* scaled */
    size_t n;
    int m;
    int exponent; /* y times 2^exponent is the series */
    bool positive;
    struct fc_ets_figure figure[3]; /* by enum fc_ets_component */
    struct fc_ets_trace trace, trial;
    double *ring;                         /* m: seasonal terms under way */
    double *scratch;                      /* for admissibility and starts */
    double *adjusted;                     /* n: the series without its season */
    double *x, *x_trial, *x_best, *delta; /* unknowns */
    double *normal;              /* Gauss-Newton matrix, lower triangle */
    double *factor;              /* its elimination */
    double *rhs, *rhs_work;      /* minus the gradient */
    double *rows;                /* FC_ETS_BLOCK rows of the Jacobian */
    struct fc_ets_long *season;  /* scratch for long seasons, or NULL */
    double *dl, *db, *ds, *mean; /* sensitivities of the states */
};

/* One step, linearised at the states it met: x_y is the derivative of x by y,
 * where phib, q, mu, p are those of model.h and d = p - q; l, b, s on the left
 * are the states after the step. */
struct fc_ets_linear {
    double phib_b, q_l, q_phib, mu_q, mu_s, p_s, b_d, b_l, s_s, s_d, s_q;
    double phib_phi, l_alpha, b_beta, s_gamma;
};

struct fc_ets_linear fc_ets_linearise(struct fc_ets_form form,
                                      const struct fc_ets_smoothing *smoothing,
                                      const struct fc_ets_trace *trace,
                                      size_t t, double y);

enum { FC_ETS_BLOCK = 16 }; /* rows of the Jacobian held at a time */

/* R's initstate() and initparam(): where the search starts. */
void fc_ets_start(struct fc_ets_work *work, struct fc_ets_form form,
                  struct fc_ets *start);

/*
 * The Gauss-Newton equations of n log sum r^2 at the model whose pass left
 * trace, where r is the error, or, for the likelihood of multiplicative
 * errors, the error times the geometric mean of mu:
 *
 *     -loglik = n/2 log sum e^2 + sum log mu = n/2 log sum (e G)^2
 *
 * Fills work->normal (lower triangle, rows of layout->stride) and work->rhs
 * with J'J / G^2 and -J'r / G^2.
 */
void fc_ets_normal_equations(struct fc_ets_work *work, const struct fc_ets *at,
                             enum fc_ets_criterion criterion,
                             const struct fc_ets_layout *layout);

/*
 * How the searched smoothing parameters move beta and gamma: derivatives by
 * alpha, by phi, by the own fraction v, and of beta by gamma's.  Applied to the
 * first four entries, step apart, of a row of derivatives.
 */
struct fc_ets_chain {
    double beta_alpha, beta_v, beta_gamma, beta_phi, gamma_alpha, gamma_v;
};

static inline void fc_ets_apply_chain(const struct fc_ets_chain *chain,
                                      double *row, size_t step)
{
    double beta = row[FC_ETS_BETA * step], gamma = row[FC_ETS_GAMMA * step];
    row[FC_ETS_ALPHA * step] +=
        chain->beta_alpha * beta + chain->gamma_alpha * gamma;
    row[FC_ETS_BETA * step] = chain->beta_v * beta;
    row[FC_ETS_GAMMA * step] =
        chain->beta_gamma * beta + chain->gamma_v * gamma;
    row[FC_ETS_PHI * step] += chain->beta_phi * beta;
}

/* NULL when memory is short. */
struct fc_ets_long *fc_ets_long_new(size_t n, size_t m,
                                    struct fc_workspace *ws);

/*
 * The same equations for a long season, without the rows of s, after the
 * chain rule; then the elimination of s, damped by lambda, from work->factor
 * and work->rhs_work, which hold scale times those equations; then the step of
 * s that belongs to the steps of the others in work->delta.  Returns what the
 * step takes off sum r^2 in the linear model.
 */
void fc_ets_long_equations(struct fc_ets_work *work, const struct fc_ets *at,
                           enum fc_ets_criterion criterion,
                           const struct fc_ets_layout *layout,
                           const struct fc_ets_chain *chain);
void fc_ets_long_eliminate(struct fc_ets_work *work, const struct fc_ets *at,
                           enum fc_ets_criterion criterion,
                           const struct fc_ets_layout *layout, double lambda,
                           double scale);
double fc_ets_long_season(struct fc_ets_work *work, const struct fc_ets *at,
                          enum fc_ets_criterion criterion,
                          const struct fc_ets_layout *layout);

/* R's ets(): lower and upper of alpha, beta and gamma, and of phi. */
#define FC_ETS_LOW 1e-4
#define FC_ETS_HIGH 0.9999
#define FC_ETS_PHI_LOW 0.8
#define FC_ETS_PHI_HIGH 0.98

/* Errors below this, relative to the size of the series, are rounding. */
#define FC_ETS_NOISE 1e-13

/*
 * A descent from one start.  beta and gamma are searched as fractions v of
 * the room that the others leave them, so that every bound is one of a box:
 *
 *     beta = low + v (min(alpha, beta_limit, fc_ets_beta_bound()) - low)
 *     gamma = low + v (1 - alpha - low)
 */
struct fc_ets_search {
    struct fc_ets_work *work;
    struct fc_ets_layout at;
    enum fc_ets_criterion criterion;
    double beta_limit;
    double tolerance;        /* steps that promise less end the descent */
    double useless;          /* so does the prospect of ending above this: */
    double gap, patience;    /* being gap, and patience steps, above it */
    bool given_up;           /* for that reason */
    bool elsewhere;          /* near work->x_best it ends, too */
    struct fc_ets model;     /* its form; its states before the series */
    struct fc_ets_sums sums; /* at the current point */
    double value;            /* -2 loglik of the scaled series */
    double lambda, growth;   /* Marquardt's damping */
    struct {                 /* what Gauss and Newton leave out; see the .c */
        bool known;
        double x[FC_ETS_STATES], rhs[FC_ETS_STATES];
        double hessian[FC_ETS_STATES][FC_ETS_STATES];
    } secant;
};

double fc_ets_room_for_gamma(double alpha);

/* Goes to a start; false when the model breaks down there. */
bool fc_ets_search_begin(struct fc_ets_search *search,
                         const struct fc_ets *start);

/* One step downhill; false when there is none worth taking. */
bool fc_ets_search_step(struct fc_ets_search *search);

/* The model at x; model->s must have room for its season. */
void fc_ets_search_unpack(const struct fc_ets_search *search, const double *x,
                          struct fc_ets *model);

/*
 * Simple smoothing, or Holt's method, whose states start as the first
 * observations say: any n >= 1 (trend: n >= 2).
 */
void fc_ets_simple(struct fc_ets_work *work, bool trend,
                   struct fc_ets_fitted *fitted);

/*
 * Up to `most` local optima of a coarse grid over the smoothing parameters of
 * a series without season, best first: smoothing, l and b of starts are set.
 * Returns how many there are.
 */
int fc_ets_scan(const double *y, size_t n, bool trend, bool damped,
                struct fc_ets *starts, int most);

/* The series without its start values' season: n values into z. */
void fc_ets_adjust(struct fc_ets_work *work, enum fc_ets_component season,
                   double *z);

#endif
