/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The descent of an ETS model's likelihood, or of its squared one-step
 * errors, from one start, within the bounds of R's ets(bounds = "both").
 *
 * Minus twice the log-likelihood is n log sum r^2 for residuals r that
 * parts.h names, so this is nonlinear least squares, and Levenberg and
 * Marquardt's method (Marquardt 1963, J. SIAM 11; damping as Nielsen 1999,
 * IMM-REP-1999-05) moves smoothing parameters and initial states together.
 * Every step eliminates the states first.  What remains is a quadratic
 * function of at most four smoothing parameters, minimised within their
 * bounds.  For additive models the elimination is exact: the errors are linear
 * in the initial states.
 */
#include "forecast/ets/parts.h"

#include <math.h>
#include <string.h>

enum { MAX_REJECTIONS = 12, MAX_ACTIVE_SETS = 20 };

/* A parameter leaves its bound within a step only for more than this share of
   the sum of squares. */
static const double LEAST_RELEASE = 1e-10;

double fc_ets_room_for_gamma(double alpha)
{
    return fmax(fmin(1 - alpha, FC_ETS_HIGH) - FC_ETS_LOW, 0);
}

/*
 * The upper bound of beta, and how it moves with the others: k's beta does not
 * matter.  slope may be NULL.
 */
static double beta_bound(const struct fc_ets_search *search,
                         const struct fc_ets_smoothing *k,
                         struct fc_ets_smoothing *slope)
{
    struct fc_ets_form form = search->model.form;
    double usual = fmin(k->alpha, search->beta_limit);
    if (slope != NULL)
        *slope = (struct fc_ets_smoothing){.alpha = k->alpha <= usual};
    if (form.trend == FC_ETS_NONE || form.season == FC_ETS_NONE
        || usual <= fc_ets_least_beta_bound(k, search->at.m))
        return usual;
    struct fc_ets_smoothing moves;
    double bound = fc_ets_beta_bound(k, search->at.m, slope ? &moves : NULL);
    if (slope != NULL && bound < usual)
        *slope = moves;
    return fmin(usual, bound);
}

static double room_for_beta(const struct fc_ets_search *search,
                            const struct fc_ets_smoothing *k)
{
    return fmax(beta_bound(search, k, NULL) - FC_ETS_LOW, 0);
}

static double fraction(double part, double room)
{
    return room > 0 ? fmin(fmax(part / room, 0), 1) : 0;
}

static void pack(const struct fc_ets_search *search, const struct fc_ets *model,
                 double *x)
{
    const struct fc_ets_layout *at = &search->at;
    const struct fc_ets_smoothing *k = &model->smoothing;
    x[FC_ETS_ALPHA] = k->alpha;
    x[FC_ETS_BETA] = fraction(k->beta - FC_ETS_LOW, room_for_beta(search, k));
    x[FC_ETS_GAMMA] =
        fraction(k->gamma - FC_ETS_LOW, fc_ets_room_for_gamma(k->alpha));
    x[FC_ETS_PHI] = k->phi;
    if (at->at_l >= 0)
        x[at->at_l] = model->l;
    if (at->at_b >= 0)
        x[at->at_b] = model->b;
    if (at->at_s >= 0)
        memcpy(x + at->at_s, model->s, (size_t)at->m * sizeof *x);
}

/* model->s must have room; the form and a seasonal form's level stay. */
void fc_ets_search_unpack(const struct fc_ets_search *search, const double *x,
                          struct fc_ets *model)
{
    const struct fc_ets_layout *at = &search->at;
    struct fc_ets_form form = model->form;
    struct fc_ets_smoothing k = {.alpha = x[FC_ETS_ALPHA], .phi = 1};
    if (form.season != FC_ETS_NONE)
        k.gamma = FC_ETS_LOW + x[FC_ETS_GAMMA] * fc_ets_room_for_gamma(k.alpha);
    if (form.damped)
        k.phi = x[FC_ETS_PHI];
    if (form.trend != FC_ETS_NONE)
        k.beta = FC_ETS_LOW + x[FC_ETS_BETA] * room_for_beta(search, &k);
    model->smoothing = k;
    if (at->at_l >= 0)
        model->l = x[at->at_l];
    if (at->at_b >= 0)
        model->b = x[at->at_b];
    if (at->at_s >= 0)
        memcpy(model->s, x + at->at_s, (size_t)at->m * sizeof *x);
}

/* -2 loglik by R's definition, or what takes its place for the MSE. */
static double objective(const struct fc_ets_search *search,
                        const struct fc_ets_sums *sums, const double *mu,
                        const double *e)
{
    double n = (double)search->work->n, squares = sums->squares;
    if (search->criterion == FC_ETS_MSE
        && search->model.form.error == FC_ETS_MUL) {
        squares = 0;
        for (size_t t = 0; t < search->work->n; t++)
            squares += e[t] * mu[t] * e[t] * mu[t];
        return n * log(fmax(squares, n * FC_ETS_NOISE * FC_ETS_NOISE));
    }
    squares = fmax(squares, n * FC_ETS_NOISE * FC_ETS_NOISE);
    return n * log(squares)
           + (search->criterion == FC_ETS_LIKELIHOOD ? 2 * sums->log_mu : 0);
}

/* Runs x over the series into trace; false where the model has no value. */
static bool evaluate(struct fc_ets_search *search, const double *x,
                     const struct fc_ets_trace *trace, struct fc_ets_sums *sums,
                     double *value)
{
    struct fc_ets_work *work = search->work;
    struct fc_ets model = search->model;
    model.s = work->ring;
    fc_ets_search_unpack(search, x, &model);
    if (!fc_ets_admissible(model.form, model.m, &model.smoothing))
        return false;
    if (!fc_ets_filter(&model, work->y, work->n, trace, sums))
        return false;
    *value = objective(search, sums, trace->mu, trace->e);
    return true;
}

static struct fc_ets_chain chain_at(const struct fc_ets_search *search)
{
    const double *x = search->work->x;
    const struct fc_ets_smoothing *k = &search->model.smoothing;
    struct fc_ets_smoothing moves;
    double bound = beta_bound(search, k, &moves), v = x[FC_ETS_BETA];
    struct fc_ets_chain chain = {
        .beta_v = fmax(bound - FC_ETS_LOW, 0),
        .gamma_alpha = 1 - k->alpha < FC_ETS_HIGH ? -x[FC_ETS_GAMMA] : 0,
        .gamma_v = fc_ets_room_for_gamma(k->alpha),
    };
    chain.beta_alpha = v * (moves.alpha + moves.gamma * chain.gamma_alpha);
    chain.beta_gamma = v * moves.gamma * chain.gamma_v;
    chain.beta_phi = search->model.form.damped ? v * moves.phi : 0;
    return chain;
}

/* From alpha, beta and gamma to what the search moves. */
static void change_variables(const struct fc_ets_search *search,
                             const struct fc_ets_chain *chain)
{
    struct fc_ets_work *work = search->work;
    struct fc_ets_form form = search->model.form;
    size_t stride = (size_t)search->at.stride;
    double *h = work->normal;
    for (size_t i = 0; i < FC_ETS_STATES; i++)
        for (size_t j = i + 1; j < FC_ETS_STATES; j++)
            h[i * stride + j] = h[j * stride + i];
    if (form.trend == FC_ETS_NONE && form.season == FC_ETS_NONE)
        return;
    for (size_t j = 0; j < FC_ETS_STATES; j++)
        fc_ets_apply_chain(chain, h + j, stride);
    for (size_t i = 0; i < (size_t)search->at.rows; i++)
        fc_ets_apply_chain(chain, h + i * stride, 1);
    fc_ets_apply_chain(chain, work->rhs, 1);
}

/* Sum r^2 over G^2 at the current point. */
static double current_squares(const struct fc_ets_search *search)
{
    const struct fc_ets_work *work = search->work;
    double floor = (double)work->n * FC_ETS_NOISE * FC_ETS_NOISE;
    if (search->criterion == FC_ETS_MSE
        && search->model.form.error == FC_ETS_MUL)
        return exp(search->value / (double)work->n);
    return fmax(search->sums.squares, floor);
}

/*
 * Eliminates the states from the damped equations, last one first.  Row i of
 * the factor keeps its pivots to the left of the diagonal, divided by it.
 */
FC_CLONES
static bool eliminate_states(const struct fc_ets_search *search)
{
    struct fc_ets_work *work = search->work;
    int nx = search->at.rows;
    size_t stride = (size_t)search->at.stride;
    double *rhs = work->rhs_work;
    memcpy(work->factor, work->normal, (size_t)nx * stride * sizeof(double));
    memcpy(rhs, work->rhs, stride * sizeof *rhs);
    for (int i = 0; i < nx; i++) {
        double *diagonal = work->factor + (size_t)i * stride + i;
        *diagonal += search->lambda * *diagonal;
    }
    if (search->at.is_long)
        fc_ets_long_eliminate(work, &search->model, search->criterion,
                              &search->at, search->lambda,
                              1 / current_squares(search));
    for (int i = nx - 1; i >= FC_ETS_STATES; i--) {
        double *row = work->factor + (size_t)i * stride;
        if (!(row[i] > 0) || !isfinite(row[i]))
            return false;
        double inverse = 1 / row[i];
        for (int r = 0; r < i; r++) {
            double *other = work->factor + (size_t)r * stride;
            double ratio = row[r] * inverse;
            for (int j = 0; j <= r; j++)
                other[j] -= ratio * row[j];
            rhs[r] -= ratio * rhs[i];
        }
    }
    return true;
}

struct box {
    double low[FC_ETS_STATES], high[FC_ETS_STATES];
    bool absent[FC_ETS_STATES]; /* not of the form, or without influence */
    bool held[FC_ETS_STATES];   /* those, and the ones kept on a bound */
};

static struct box step_bounds(const struct fc_ets_search *search)
{
    const double *x = search->work->x;
    struct fc_ets_form form = search->model.form;
    struct box box = {
        .low = {FC_ETS_LOW - x[0], -x[1], -x[2], FC_ETS_PHI_LOW - x[3]},
        .high = {FC_ETS_HIGH - x[0], 1 - x[1], 1 - x[2],
                 FC_ETS_PHI_HIGH - x[3]},
        .absent = {false, form.trend == FC_ETS_NONE, form.season == FC_ETS_NONE,
                   !form.damped},
    };
    return box;
}

typedef double small[FC_ETS_STATES][FC_ETS_STATES];

/*
 * Solves the free part of the 4 by 4 equations by elimination; held steps are
 * given.  False when the free part is not positive definite.
 */
static bool solve_free(small h, const double *rhs, const bool *held,
                       double *step)
{
    double a[FC_ETS_STATES][FC_ETS_STATES], b[FC_ETS_STATES];
    int at[FC_ETS_STATES], n = 0;
    for (int i = 0; i < FC_ETS_STATES; i++)
        if (!held[i])
            at[n++] = i;
    for (int i = 0; i < n; i++) {
        b[i] = rhs[at[i]];
        for (int j = 0; j < FC_ETS_STATES; j++)
            b[i] -= held[j] ? h[at[i]][j] * step[j] : 0;
        for (int j = 0; j < n; j++)
            a[i][j] = h[at[i]][at[j]];
    }
    for (int i = 0; i < n; i++) {
        if (!(a[i][i] > 0))
            return false;
        for (int r = i + 1; r < n; r++) {
            double ratio = a[r][i] / a[i][i];
            for (int j = i; j < n; j++)
                a[r][j] -= ratio * a[i][j];
            b[r] -= ratio * b[i];
        }
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int j = i + 1; j < n; j++)
            b[i] -= a[i][j] * step[at[j]];
        step[at[i]] = b[i] / a[i][i];
    }
    return true;
}

/* Goes towards target, as far as the box allows; holds what stops it. */
static bool go_towards(struct box *box, const double *target, double *step)
{
    int stops = -1;
    double share = 1;
    for (int i = 0; i < FC_ETS_STATES; i++) {
        double way = target[i] - step[i];
        double bound = way > 0 ? box->high[i] : box->low[i];
        if (!box->held[i] && (target[i] - bound) * way > 0
            && (bound - step[i]) / way < share) {
            share = (bound - step[i]) / way;
            stops = i;
        }
    }
    for (int i = 0; i < FC_ETS_STATES; i++)
        if (!box->held[i])
            step[i] += share * (target[i] - step[i]);
    if (stops < 0)
        return true;
    step[stops] =
        target[stops] > step[stops] ? box->high[stops] : box->low[stops];
    box->held[stops] = true;
    return false;
}

/* Lets go of the parameter on a bound that gains most by leaving it. */
static bool release_best(struct box *box, small h, const double *rhs,
                         const double *step)
{
    int best = -1;
    double most = LEAST_RELEASE;
    for (int i = 0; i < FC_ETS_STATES; i++) {
        if (!box->held[i] || box->absent[i])
            continue;
        double downhill = rhs[i];
        for (int j = 0; j < FC_ETS_STATES; j++)
            downhill -= h[i][j] * step[j];
        bool inwards =
            downhill > 0 ? step[i] < box->high[i] : step[i] > box->low[i];
        double gain = downhill * downhill / h[i][i];
        if (inwards && gain > most) {
            most = gain;
            best = i;
        }
    }
    if (best >= 0)
        box->held[best] = false;
    return best >= 0;
}

/* The symmetric matrix that the elimination left, with what it lacks. */
static void smoothing_equations(const struct fc_ets_search *search, small h)
{
    const double *factor = search->work->factor;
    size_t stride = (size_t)search->at.stride;
    for (size_t i = 0; i < FC_ETS_STATES; i++)
        for (size_t j = 0; j <= i; j++) {
            h[i][j] = factor[i * stride + j] + search->secant.hessian[i][j];
            h[j][i] = h[i][j];
        }
}

/*
 * The step of the smoothing parameters: the least value of their quadratic
 * function in the box, by the primal method of active sets (Nocedal & Wright
 * 2006, Numerical Optimization, section 16.5).
 */
static bool solve_smoothing(const struct fc_ets_search *search)
{
    struct fc_ets_work *work = search->work;
    struct box box = step_bounds(search);
    double *step = work->delta;
    const double *rhs = work->rhs_work;
    small h;
    smoothing_equations(search, h);
    for (int i = 0; i < FC_ETS_STATES; i++) {
        step[i] = 0;
        box.absent[i] |= !(h[i][i] > 0); /* e.g. no room left */
        box.held[i] = box.absent[i]
                      || (rhs[i] > 0 ? !(box.high[i] > 0) : !(box.low[i] < 0));
    }
    for (int i = 0; i < MAX_ACTIVE_SETS; i++) {
        double target[FC_ETS_STATES];
        memcpy(target, step, sizeof target);
        if (!solve_free(h, rhs, box.held, target))
            return false;
        if (go_towards(&box, target, step) && !release_best(&box, h, rhs, step))
            break;
    }
    return true;
}

static void solve_states(const struct fc_ets_search *search)
{
    struct fc_ets_work *work = search->work;
    size_t stride = (size_t)search->at.stride;
    double *step = work->delta;
    for (int i = FC_ETS_STATES; i < search->at.rows; i++) {
        const double *row = work->factor + (size_t)i * stride;
        double sum = work->rhs_work[i];
        for (int j = 0; j < i; j++)
            sum -= row[j] * step[j];
        step[i] = sum / row[i];
    }
}

/* What the linear model says the step takes off sum r^2, as a share. */
static double linear_drop(const struct fc_ets_search *search)
{
    struct fc_ets_work *work = search->work;
    size_t stride = (size_t)search->at.stride;
    const double *step = work->delta;
    double linear = 0, quadratic = 0;
    if (search->at.is_long)
        return fc_ets_long_season(work, &search->model, search->criterion,
                                  &search->at)
               / current_squares(search);
    for (int i = 0; i < search->at.nx; i++) {
        const double *row = work->normal + (size_t)i * stride;
        double sum = 0;
        for (int j = 0; j < i; j++)
            sum += row[j] * step[j];
        linear += work->rhs[i] * step[i];
        quadratic += step[i] * (2 * sum + row[i] * step[i]);
    }
    return 2 * linear - quadratic;
}

static double predicted_drop(const struct fc_ets_search *search)
{
    const double *step = search->work->delta;
    double drop = linear_drop(search);
    for (int i = 0; i < FC_ETS_STATES; i++)
        for (int j = 0; j < FC_ETS_STATES; j++)
            drop -= step[i] * search->secant.hessian[i][j] * step[j];
    return drop;
}

static void swap_doubles(double **a, double **b)
{
    double *keep = *a;
    *a = *b;
    *b = keep;
}

static void accept(struct fc_ets_search *search, const struct fc_ets_sums *sums,
                   double value)
{
    struct fc_ets_work *work = search->work;
    struct fc_ets_trace keep = work->trace;
    work->trace = work->trial;
    work->trial = keep;
    swap_doubles(&work->x, &work->x_trial);
    fc_ets_search_unpack(search, work->x, &search->model);
    search->sums = *sums;
    search->value = value;
}

/*
 * What the Gauss-Newton matrix leaves out, the residuals' own curvature,
 * learnt from how the gradient changed along the last step: the symmetric
 * secant update of Dennis, Gay & Welsch (1981), ACM TOMS 7(3), on the
 * smoothing parameters alone, after the states have been eliminated.
 */
static void learn_curvature(struct fc_ets_search *search)
{
    const struct fc_ets_work *work = search->work;
    size_t stride = (size_t)search->at.stride, moved[FC_ETS_STATES], n = 0;
    double(*c)[FC_ETS_STATES] = search->secant.hessian;
    double s[FC_ETS_STATES], y[FC_ETS_STATES], u[FC_ETS_STATES];
    double ys = 0, ws = 0, scs = 0, us = 0;
    for (size_t i = 0; i < FC_ETS_STATES; i++)
        if (work->x[i] != search->secant.x[i])
            moved[n++] = i;
    for (size_t k = 0; k < n; k++) {
        s[k] = work->x[moved[k]] - search->secant.x[moved[k]];
        y[k] = search->secant.rhs[moved[k]] - work->rhs_work[moved[k]];
        ys += y[k] * s[k];
    }
    for (size_t k = 0; k < n; k++) {
        u[k] = y[k]; /* becomes y - B s, B the Gauss-Newton matrix */
        for (size_t l = 0; l < n; l++) {
            size_t i = moved[k > l ? k : l], j = moved[k > l ? l : k];
            u[k] -= work->factor[i * stride + j] * s[l];
            scs += s[k] * c[i][j] * s[l];
        }
        ws += u[k] * s[k];
    }
    if (!(ys > 0)) {
        memset(search->secant.hessian, 0, sizeof search->secant.hessian);
        return;
    }
    double size = scs != 0 ? fmin(fabs(ws / scs), 1) : 0;
    for (size_t i = 0; i < FC_ETS_STATES; i++)
        for (size_t j = 0; j < FC_ETS_STATES; j++)
            c[i][j] *= size;
    for (size_t k = 0; k < n; k++) {
        for (size_t l = 0; l < n; l++)
            u[k] -= c[moved[k]][moved[l]] * s[l];
        us += u[k] * s[k];
    }
    for (size_t k = 0; k < n; k++)
        for (size_t l = 0; l < n; l++)
            c[moved[k]][moved[l]] +=
                (u[k] * y[l] + y[k] * u[l]) / ys - us * y[k] * y[l] / (ys * ys);
}

static void remember(struct fc_ets_search *search)
{
    search->secant.known = true;
    memcpy(search->secant.x, search->work->x, sizeof search->secant.x);
    memcpy(search->secant.rhs, search->work->rhs_work,
           sizeof search->secant.rhs);
}

static void forget_curvature(struct fc_ets_search *search)
{
    memset(search->secant.hessian, 0, sizeof search->secant.hessian);
}

/* Divides the normal equations by the sum of squares they come from. */
static void scale_equations(const struct fc_ets_search *search)
{
    struct fc_ets_work *work = search->work;
    size_t stride = (size_t)search->at.stride;
    size_t nx = (size_t)search->at.rows;
    double inverse = 1 / current_squares(search);
    for (size_t i = 0; i < nx * stride; i++)
        work->normal[i] *= inverse;
    for (size_t i = 0; i < nx; i++)
        work->rhs[i] *= inverse;
}

/* The step of the equations that are eliminated, and its promise; see below. */
static double solve_step(const struct fc_ets_search *search)
{
    double n = (double)search->work->n;
    if (!solve_smoothing(search))
        return NAN;
    solve_states(search);
    double drop = predicted_drop(search);
    return drop < 1 ? -n * log1p(-drop) : n * fmin(drop, 30);
}

/*
 * The step for the current damping into work->delta; returns what it promises
 * to take off -2 loglik, NaN when the equations cannot be solved.  Curvature
 * that was learnt may be wrong, and must not end the search.
 */
static double plan_step(struct fc_ets_search *search, bool first)
{
    if (!eliminate_states(search))
        return NAN;
    bool learnt = first && search->secant.known;
    if (learnt)
        learn_curvature(search);
    else
        forget_curvature(search);
    if (first)
        remember(search);
    double promise = solve_step(search);
    if (learnt && !(promise > search->tolerance)) {
        forget_curvature(search);
        promise = solve_step(search);
    }
    return promise;
}

static bool try_step(struct fc_ets_search *search, double promise)
{
    struct fc_ets_work *work = search->work;
    struct fc_ets_sums sums;
    double value;
    for (int i = 0; i < search->at.nx; i++)
        work->x_trial[i] = work->x[i] + work->delta[i];
    if (!evaluate(search, work->x_trial, &work->trial, &sums, &value)
        || !(value < search->value))
        return false;
    double cube = 2 * (search->value - value) / promise - 1;
    search->lambda *= fmax(1.0 / 5, 1 - cube * cube * cube);
    search->growth = 2;
    accept(search, &sums, value);
    return true;
}

static void set_up_equations(const struct fc_ets_search *search)
{
    struct fc_ets_chain chain = chain_at(search);
    if (search->at.is_long) {
        fc_ets_long_equations(search->work, &search->model, search->criterion,
                              &search->at, &chain);
    } else {
        fc_ets_normal_equations(search->work, &search->model, search->criterion,
                                &search->at);
        change_variables(search, &chain);
    }
    scale_equations(search);
}

/* Whether the descent will not come to anything. */
static bool is_useless(const struct fc_ets_search *search, double promise)
{
    double prospect = fmax(search->patience * promise, search->gap);
    return search->value - prospect > search->useless;
}

bool fc_ets_search_step(struct fc_ets_search *search)
{
    set_up_equations(search);
    for (int tries = 0; tries < MAX_REJECTIONS; tries++) {
        double promise = plan_step(search, tries == 0);
        search->given_up =
            tries == 0 && promise >= 0 && is_useless(search, promise);
        if (promise <= search->tolerance || search->given_up)
            return false;
        if (!isnan(promise) && try_step(search, promise))
            return true;
        search->lambda = fmax(search->lambda, 1e-4) * search->growth;
        search->growth *= 2;
    }
    return false;
}

bool fc_ets_search_begin(struct fc_ets_search *search,
                         const struct fc_ets *start)
{
    struct fc_ets_work *work = search->work;
    search->model = *start;
    pack(search, start, work->x);
    search->lambda = 1e-3;
    search->growth = 2;
    search->given_up = false;
    search->secant.known = false;
    forget_curvature(search);
    return evaluate(search, work->x, &work->trace, &search->sums,
                    &search->value);
}
