/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Estimation of complex exponential smoothing by penalised least squares.
 *
 * The first states come from backcasting: the series is smoothed forwards,
 * backwards and forwards again from a guess, as in the R package smooth of
 * the model's author (initial = "backcasting") and in statsforecast.
 *
 * Two things are different here.  How they change the sMAPE of forecasts of
 * the last horizon of the M3 competition's training data, held back, says
 * why:
 *
 * - Near a1 = 1 the model grows by about (a1 - 1) / a0 each step, and short
 *   series say little about it.  Growth over the series, (a1 - 1) times its
 *   length in steps (in seasons for a seasonal pair), is given a normal prior
 *   with mean 0 and variance 1/3.  Monthly 14.7 to 14.2, quarterly 9.4 to
 *   8.8, yearly 19.7 to 19.4, other no change.
 * - AICc counts the m - 1 free seasonal states, which backcasting estimates
 *   as surely as a search would; without them noise is often taken for a
 *   season.  Monthly 15.0 to 14.2, quarterly 8.6 to 8.8.
 *
 * The search is Newton's, with a Hessian matrix that is Gauss's approximation
 * at first and is then corrected from gradient to gradient (BFGS).  The
 * recursions wait for one addition and multiplication after another, not for
 * the processor's width; so each pass carries the parameters and a small step
 * along each of them side by side, and the derivatives cost little.
 */
#include "forecast/ces/model.h"

#include "forecast/numeric/decompose.h"

#include <gsl/gsl_math.h>
#include <math.h>
#include <string.h>

/* Two runs of the recursion side by side. */
typedef double pair __attribute__((vector_size(16)));

enum { PAIRS = 3, COEFS = FC_CES_NCOEF, MAX_SLACKS = 6 };

/* How many coefficients each kind has, and where smooth starts its search */
static const size_t ncoefs[FC_CES_KINDS] = {2, 2, 3, 4};
static const double START[FC_CES_KINDS][COEFS] = {
    {1.3, 1, 0, 0}, {1.3, 1, 0, 0}, {1.3, 1, 0.1, 0}, {1.3, 1, 1.3, 1}};

static const double GROWTH_PRECISION = 3;
static const double BARRIER = 1e-4;
static const double DIFFERENCE = 1e-6; /* the small step */

/* The search ends when Newton's step promises half of this much log
 * likelihood. */
static const double TOLERANCE = 1e-7;

enum { MAX_STEPS = 100, MAX_CUTS = 20 };

/* Series shorter than this keep the start of the search. */
enum { SHORT = 5 };

/* Persistence and transition of a complex pair, for every run. */
struct turn {
    pair g0[PAIRS], g1[PAIRS]; /* a0 - a1, a0 + a1 */
    pair f0[PAIRS], f1[PAIRS]; /* 1 - a1, 1 - a0 */
};

struct search {
    enum fc_ces_kind kind;
    const double *y;
    size_t n, m;
    double level;         /* the guess of the first states ... */
    const double *season; /* ... and m seasonal ones */
    struct turn level_turn, season_turn;
    pair gain[PAIRS];        /* b0 of the partial kind */
    pair l[PAIRS], c[PAIRS]; /* states as they are now */
    pair *s, *p;             /* m times the pairs in use */
    pair *resid;             /* n times the pairs in use */
};

/* Where the search stands: half of minus twice the penalised log likelihood,
 * up to a constant, with gradient and an approximate Hessian matrix. */
struct point {
    double b[COEFS];
    double value;
    double gradient[COEFS];
    double hessian[COEFS][COEFS];
};

static inline void take_turn(const struct turn *turn, int j, pair *x, pair *z,
                             pair e)
{
    pair x0 = *x, z0 = *z;
    *x = x0 - turn->f0[j] * z0 + turn->g0[j] * e;
    *z = x0 + turn->f1[j] * z0 + turn->g1[j] * e;
}

/*
 * Smooths the series from the present states on, in either direction of
 * time; kind and pairs are constants wherever this is inlined.  Keeps the
 * errors if asked to.
 */
static inline __attribute__((always_inline)) void run(struct search *a,
                                                      enum fc_ces_kind kind,
                                                      int pairs, bool forwards,
                                                      bool keep)
{
    const struct turn level = a->level_turn, season = a->season_turn;
    pair l[PAIRS], c[PAIRS];
    size_t i = forwards ? 0 : (a->n - 1) % a->m;
    memcpy(l, a->l, sizeof l);
    memcpy(c, a->c, sizeof c);
    for (size_t k = 0; k < a->n; k++) {
        size_t t = forwards ? k : a->n - 1 - k;
        pair y = {a->y[t], a->y[t]};
#pragma GCC unroll 3 /* so that l and c stay in registers */
        for (int j = 0; j < pairs; j++) {
            pair *s = a->s + i * (size_t)pairs + j;
            pair *p = a->p + i * (size_t)pairs + j;
            pair e = y;
            if (kind != FC_CES_SIMPLE)
                e -= l[j];
            if (kind != FC_CES_NONE)
                e -= *s;
            if (kind != FC_CES_SIMPLE)
                take_turn(&level, j, &l[j], &c[j], e);
            if (kind == FC_CES_SIMPLE)
                take_turn(&level, j, s, p, e);
            if (kind == FC_CES_PARTIAL)
                *s += a->gain[j] * e;
            if (kind == FC_CES_FULL)
                take_turn(&season, j, s, p, e);
            if (keep)
                a->resid[t * (size_t)pairs + (size_t)j] = e;
        }
        if (forwards)
            i = i + 1 < a->m ? i + 1 : 0;
        else
            i = i > 0 ? i - 1 : a->m - 1;
    }
    memcpy(a->l, l, sizeof l);
    memcpy(a->c, c, sizeof c);
}

/* One copy of the loop for every kind. */
static void pass(struct search *a, bool forwards, bool keep)
{
    switch (a->kind) {
    case FC_CES_NONE:
        run(a, FC_CES_NONE, 2, forwards, keep);
        return;
    case FC_CES_SIMPLE:
        run(a, FC_CES_SIMPLE, 2, forwards, keep);
        return;
    case FC_CES_PARTIAL:
        run(a, FC_CES_PARTIAL, 2, forwards, keep);
        return;
    default:
        run(a, FC_CES_FULL, 3, forwards, keep);
    }
}

static int pairs_of(enum fc_ces_kind kind)
{
    return kind == FC_CES_FULL ? 3 : 2;
}

static void set_turn(struct turn *turn, int j, int side, double a0, double a1)
{
    turn->g0[j][side] = a0 - a1;
    turn->g1[j][side] = a0 + a1;
    turn->f0[j][side] = 1 - a1;
    turn->f1[j][side] = 1 - a0;
}

/* Run 0 has the coefficients b; run k has the k-th a small step away. */
static void set_coefs(struct search *a, const double *b)
{
    for (int k = 0; k < 2 * pairs_of(a->kind); k++) {
        double x[COEFS];
        memcpy(x, b, sizeof x);
        if (k > 0 && k <= COEFS)
            x[k - 1] += DIFFERENCE;
        set_turn(&a->level_turn, k / 2, k % 2, x[FC_CES_A0], x[FC_CES_A1]);
        set_turn(&a->season_turn, k / 2, k % 2, x[FC_CES_B0], x[FC_CES_B1]);
        a->gain[k / 2][k % 2] = x[FC_CES_B0];
    }
}

/* Sets the first states to their guess: potentials a little smaller, as in
 * smooth. */
static void set_states(struct search *a)
{
    const double shrink = 1 / 1.1;
    int pairs = pairs_of(a->kind);
    for (int j = 0; j < pairs; j++) {
        a->l[j] = (pair){a->level, a->level};
        a->c[j] = a->l[j] * shrink;
        for (size_t i = 0; i < a->m && a->kind != FC_CES_NONE; i++) {
            pair *s = a->s + i * (size_t)pairs + j;
            *s = (pair){a->season[i], a->season[i]};
            a->p[i * (size_t)pairs + (size_t)j] = *s * shrink;
        }
    }
}

/* Forwards, backwards, and forwards again, with the errors kept. */
static void smooth(struct search *a, const double *b)
{
    set_coefs(a, b);
    set_states(a);
    pass(a, true, false);
    pass(a, false, false);
    pass(a, true, true);
}

/* What the prior adds: GROWTH_PRECISION (weight (b[k] - 1))^2 / 2. */
static void add_prior(struct point *at, int k, double weight)
{
    double precision = GROWTH_PRECISION * weight * weight;
    double growth = at->b[k] - 1;
    at->value += precision * growth * growth / 2;
    at->gradient[k] += precision * growth;
    at->hessian[k][k] += precision;
}

/* Sums of products of the errors (0) and their derivatives (1 .. d). */
static inline __attribute__((always_inline)) void sum_first(
    const struct search *a, size_t d, size_t pairs,
    double sum[COEFS + 1][COEFS + 1])
{
    const double rate = 1 / DIFFERENCE;
    for (size_t t = 0; t < a->n; t++) {
        const pair *e = a->resid + t * pairs;
        double x[COEFS + 1] = {e[0][0]};
#pragma GCC unroll 4
        for (size_t k = 1; k <= d; k++)
            x[k] = (e[k / 2][k % 2] - x[0]) * rate;
#pragma GCC unroll 5
        for (size_t k = 0; k <= d; k++)
#pragma GCC unroll 5
            for (size_t q = k; q <= d; q++)
                sum[k][q] += x[k] * x[q];
    }
}

static void sum_products(const struct search *a,
                         double sum[COEFS + 1][COEFS + 1])
{
    memset(sum, 0, (COEFS + 1) * sizeof *sum);
    switch (a->kind) {
    case FC_CES_NONE:
    case FC_CES_SIMPLE:
        sum_first(a, 2, 2, sum);
        return;
    case FC_CES_PARTIAL:
        sum_first(a, 3, 2, sum);
        return;
    default:
        sum_first(a, 4, 3, sum);
    }
}

/*
 * What is left before the errors' effect on a pair's later forecasts would
 * not die out: both eigenvalues of the transition matrix less persistence
 * times measurement are inside the unit circle (section 3 of the paper) while
 * all three are positive.
 */
static void slack_of_turn(double a0, double a1, double slack[3])
{
    double trace = 2 - 2 * a0 + a1;
    double det = (1 - a0 + a1) * (1 - a0) - (a1 - 1) * (1 - a0 - a1);
    slack[0] = 1 - det;
    slack[1] = 1 + det - trace;
    slack[2] = 1 + det + trace;
}

static size_t slacks(enum fc_ces_kind kind, const double *b, double *slack)
{
    slack_of_turn(b[FC_CES_A0], b[FC_CES_A1], slack);
    if (kind == FC_CES_PARTIAL) {
        slack[3] = b[FC_CES_B0];
        slack[4] = 1 - b[FC_CES_B0];
        return 5;
    }
    if (kind == FC_CES_FULL) {
        slack_of_turn(b[FC_CES_B0], b[FC_CES_B1], slack + 3);
        return 6;
    }
    return 3;
}

static bool is_admissible(enum fc_ces_kind kind, const double *b)
{
    double slack[MAX_SLACKS];
    size_t n = slacks(kind, b, slack);
    for (size_t i = 0; i < n; i++)
        if (!(slack[i] > 0))
            return false;
    return true;
}

/* Adds -BARRIER times the logarithm of every slack, which keeps the search
 * inside and lets it move along a bound. */
static void add_barrier(const struct search *a, struct point *at)
{
    double slack[MAX_SLACKS], moved[MAX_SLACKS], slope[MAX_SLACKS][COEFS];
    size_t n = slacks(a->kind, at->b, slack), d = ncoefs[a->kind];
    for (size_t k = 0; k < d; k++) {
        double b[COEFS];
        memcpy(b, at->b, sizeof b);
        b[k] += DIFFERENCE;
        slacks(a->kind, b, moved);
        for (size_t i = 0; i < n; i++)
            slope[i][k] = (moved[i] - slack[i]) / DIFFERENCE / slack[i];
    }
    for (size_t i = 0; i < n; i++) {
        at->value -= BARRIER * log(slack[i]);
        for (size_t k = 0; k < d; k++) {
            at->gradient[k] -= BARRIER * slope[i][k];
            for (size_t q = 0; q < d; q++)
                at->hessian[k][q] += BARRIER * slope[i][k] * slope[i][q];
        }
    }
}

/*
 * Gauss's approximation of the Hessian matrix: second derivatives of the
 * errors are left out, and so is the square of the gradient, which is zero
 * where the search ends but for the prior.
 */
static void evaluate(struct search *a, struct point *at)
{
    double sum[COEFS + 1][COEFS + 1], n = (double)a->n;
    double seasons = n / (double)a->m;
    smooth(a, at->b);
    sum_products(a, sum);
    at->value = n / 2 * log(sum[0][0]);
    for (size_t k = 0; k < ncoefs[a->kind]; k++) {
        at->gradient[k] = n * sum[0][k + 1] / sum[0][0];
        for (size_t q = k; q < ncoefs[a->kind]; q++)
            at->hessian[k][q] = at->hessian[q][k] =
                n * sum[k + 1][q + 1] / sum[0][0];
    }
    add_prior(at, FC_CES_A1, a->kind == FC_CES_SIMPLE ? seasons : n);
    if (a->kind == FC_CES_FULL)
        add_prior(at, FC_CES_B1, seasons);
    add_barrier(a, at);
    if (isnan(at->value))
        at->value = INFINITY;
}

/*
 * Newton's step: solves H x = -g by Cholesky's method.  Returns the slope
 * along it; NaN when H is not positive definite.
 */
static double newton_step(const struct point *at, size_t d, double *x)
{
    double r[COEFS][COEFS], slope = 0;
    for (size_t i = 0; i < d; i++) {
        double sum = -at->gradient[i];
        for (size_t j = 0; j <= i; j++) {
            r[i][j] = at->hessian[i][j];
            for (size_t k = 0; k < j; k++)
                r[i][j] -= r[i][k] * r[j][k];
            if (j < i)
                r[i][j] /= r[j][j];
        }
        r[i][i] = sqrt(r[i][i]);
        for (size_t k = 0; k < i; k++)
            sum -= r[i][k] * x[k];
        x[i] = sum / r[i][i];
        slope -= x[i] * x[i];
    }
    for (size_t i = d; i-- > 0;) {
        for (size_t k = i + 1; k < d; k++)
            x[i] -= r[k][i] * x[k];
        x[i] /= r[i][i];
    }
    return slope;
}

/*
 * Replaces the Hessian matrix of next by that of at, corrected for how the
 * gradient has changed between them (the BFGS formula), if that keeps it
 * positive definite; otherwise next keeps its own.
 */
static void update_hessian(const struct point *at, struct point *next, size_t d)
{
    double step[COEFS], change[COEFS], h[COEFS] = {0};
    double curvature = 0, expected = 0;
    for (size_t k = 0; k < d; k++) {
        step[k] = next->b[k] - at->b[k];
        change[k] = next->gradient[k] - at->gradient[k];
        curvature += step[k] * change[k];
    }
    for (size_t k = 0; k < d; k++) {
        for (size_t q = 0; q < d; q++)
            h[k] += at->hessian[k][q] * step[q];
        expected += h[k] * step[k];
    }
    if (!(curvature > 1e-3 * expected))
        return;
    for (size_t k = 0; k < d; k++)
        for (size_t q = 0; q < d; q++)
            next->hessian[k][q] = at->hessian[k][q]
                                  + change[k] * change[q] / curvature
                                  - h[k] * h[q] / expected;
}

/* The part of the step x from b that stays well inside the bounds: all of
 * it, or 0.9 of what there is. */
static double admissible_part(enum fc_ces_kind kind, const double *b,
                              const double *x)
{
    double low = 0, high = 1, part = 1;
    for (int i = 0; i < 20; i++) {
        double next[COEFS];
        for (size_t k = 0; k < COEFS; k++)
            next[k] = b[k] + part * x[k];
        if (is_admissible(kind, next)) {
            if (part == 1)
                return 1;
            low = part;
        } else {
            high = part;
        }
        part = (low + high) / 2;
    }
    return 0.9 * low;
}

/*
 * Searches from *at along x, where the slope is negative, for a point that is
 * lower by a fair share of what the slope promises.  False when there is none.
 */
static bool search_line(struct search *a, const struct point *at,
                        const double *x, double slope, struct point *next)
{
    double part = admissible_part(a->kind, at->b, x);
    for (int i = 0; i < MAX_CUTS; i++) {
        memcpy(next->b, at->b, sizeof next->b);
        for (size_t k = 0; k < ncoefs[a->kind]; k++)
            next->b[k] += part * x[k];
        evaluate(a, next);
        double rise = next->value - at->value;
        if (rise <= 1e-4 * part * slope)
            return true;
        /* where the parabola through both values has its minimum */
        double lowest = -part * slope / 2 / (rise - part * slope);
        part *= fmin(0.5, fmax(0.1, lowest));
    }
    return false;
}

/* Goes down from the start in *at until nothing is gained. */
static void descend(struct search *a, struct point *at)
{
    size_t d = ncoefs[a->kind];
    evaluate(a, at);
    for (int i = 0; i < MAX_STEPS; i++) {
        struct point next;
        double x[COEFS] = {0};
        double slope = newton_step(at, d, x);
        if (!(slope < -TOLERANCE) || !search_line(a, at, x, slope, &next))
            return;
        update_hessian(at, &next, d);
        *at = next;
    }
}

/* The guess of the first states: the mean of the first values, and the first
 * season or the classical decomposition. */
static void guess_states(struct search *a, double *season)
{
    size_t k = a->kind == FC_CES_NONE ? 10 : a->m;
    if (k > a->n)
        k = a->n;
    a->level = 0;
    for (size_t t = 0; t < k; t++)
        a->level += a->y[t] / (double)k;
    if (a->kind == FC_CES_SIMPLE)
        memcpy(season, a->y, a->m * sizeof *season);
    else if (a->kind != FC_CES_NONE)
        fc_decompose(a->y, a->n, a->m, FC_DECOMPOSE_ADDITIVE, season, NULL);
    a->season = season;
}

/* Takes run 0 out of the last evaluation, which was at ces->coef. */
static void keep(const struct search *a, struct fc_ces *ces)
{
    size_t pairs = (size_t)pairs_of(a->kind);
    double n = (double)a->n, k = (double)ces->nparam;
    ces->l = a->l[0][0];
    ces->c = a->c[0][0];
    for (size_t i = 0; i < a->m; i++) {
        bool seasonal = a->kind != FC_CES_NONE;
        ces->s[i] = seasonal ? a->s[i * pairs][0] : 0;
        ces->p[i] = seasonal ? a->p[i * pairs][0] : 0;
    }
    ces->sse = 0;
    for (size_t t = 0; t < a->n; t++) {
        double e = a->resid[t * pairs][0];
        ces->sse += e * e;
    }
    ces->loglik = NAN;
    ces->aicc = INFINITY;
    if (!ces->estimated)
        return;
    if (ces->sse > 0)
        ces->loglik = -n / 2 * (log(2 * M_PI * ces->sse / n) + 1);
    ces->aicc = ces->sse > 0 ? -2 * ces->loglik : -INFINITY;
    ces->aicc += 2 * k + 2 * k * (k + 1) / (n - k - 1);
}

enum fc_status fc_ces_fit(const double *y, size_t n, struct fc_workspace *ws,
                          struct fc_ces *ces)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    struct search a = {.kind = ces->kind, .y = y, .n = n, .m = ces->m};
    size_t pairs = (size_t)pairs_of(a.kind);
    double *season = fc_workspace_doubles(ws, a.m);
    a.s = fc_workspace_array(ws, a.m * pairs, sizeof *a.s);
    a.p = fc_workspace_array(ws, a.m * pairs, sizeof *a.p);
    a.resid = fc_workspace_array(ws, n * pairs, sizeof *a.resid);
    if (season == NULL || a.s == NULL || a.p == NULL || a.resid == NULL)
        return FC_ENOMEM;

    struct point at;
    size_t seasonal = a.kind == FC_CES_NONE ? 0 : a.m - 1;
    ces->nparam = ncoefs[a.kind] + seasonal + 1;
    ces->estimated = n >= SHORT && n > ces->nparam + 1 && !fc_all_equal(y, n);
    memcpy(at.b, START[a.kind], sizeof at.b);
    guess_states(&a, season);
    if (ces->estimated)
        descend(&a, &at);
    memcpy(ces->coef, at.b, sizeof at.b);
    smooth(&a, at.b);
    keep(&a, ces);
    fc_workspace_release(ws, mark);
    return FC_OK;
}
