/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Estimation of one ETS model by maximum likelihood, or by least squares of
 * its one-step errors, within the bounds of R's ets(bounds = "both").
 *
 * Minus twice the log-likelihood is n log sum r^2 for residuals r that
 * ets_fit.h names, so this is nonlinear least squares, and Levenberg and
 * Marquardt's method (Marquardt 1963, J. SIAM 11; damping as Nielsen 1999,
 * IMM-REP-1999-05) finds smoothing parameters and initial states together.
 * Every step eliminates the states first.  What remains is a quadratic
 * function of at most four smoothing parameters, minimised within their
 * bounds.  For additive models the elimination is exact: the errors are linear
 * in the initial states.
 *
 * beta and gamma are searched as fractions v of the room that alpha leaves
 * them: beta = low + v (alpha - low), gamma = low + v (1 - alpha - low).
 */
#include "forecast/ets_fit.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* R's ets(): lower and upper of alpha, beta and gamma, and of phi. */
static const double LOW = 1e-4, HIGH = 0.9999;
static const double PHI_LOW = 0.8, PHI_HIGH = 0.98;

static const double LOG_2 = 0.693147180559945309417;

/* A step that promises less than this in -2 loglik ends the search. */
static const double TOLERANCE = 1e-5;
enum { MAX_ITERATIONS = 60, MAX_REJECTIONS = 12 };

/* Errors below this, relative to the size of the series, are rounding. */
static const double NOISE = 1e-13;

/* --- the scaled series and its scratch --- */

static int scale_exponent(const double *y, size_t n)
{
    double largest = 0, sum = 0;
    int exponent = 0;
    for (size_t t = 0; t < n; t++)
        largest = fmax(largest, fabs(y[t]));
    if (largest == 0)
        return 0;
    for (size_t t = 0; t < n; t++)
        sum += fabs(y[t]) / largest;
    frexp(largest * (sum / (double)n), &exponent);
    return exponent;
}

static bool take(struct fc_workspace *ws, double **out, size_t n)
{
    *out = fc_workspace_doubles(ws, n);
    return *out != NULL;
}

static bool take_trace(struct fc_workspace *ws, struct fc_ets_trace *trace,
                       size_t n)
{
    return take(ws, &trace->l, n) && take(ws, &trace->b, n)
           && take(ws, &trace->s, n) && take(ws, &trace->mu, n)
           && take(ws, &trace->e, n);
}

static bool take_scratch(struct fc_ets_work *work, struct fc_workspace *ws)
{
    size_t m = (size_t)work->m, stride = (m + 1 + FC_ETS_STATES + 7) / 4 * 4;
    return take_trace(ws, &work->trace, work->n)
           && take_trace(ws, &work->trial, work->n)
           && take(ws, &work->figure[FC_ETS_ADD].s, m)
           && take(ws, &work->figure[FC_ETS_MUL].s, m)
           && take(ws, &work->ring, m) && take(ws, &work->scratch, 4 * m + 32)
           && take(ws, &work->x, stride) && take(ws, &work->x_trial, stride)
           && take(ws, &work->delta, stride) && take(ws, &work->x_best, stride)
           && take(ws, &work->adjusted, work->n)
           && take(ws, &work->normal, stride * stride)
           && take(ws, &work->factor, stride * stride)
           && take(ws, &work->rhs, stride) && take(ws, &work->rhs_work, stride)
           && take(ws, &work->rows, FC_ETS_BLOCK * stride)
           && take(ws, &work->dl, stride) && take(ws, &work->db, stride)
           && take(ws, &work->mean, stride) && take(ws, &work->ds, m * stride);
}

struct fc_ets_work *fc_ets_work_new(const double *y, size_t n, int m,
                                    struct fc_workspace *ws)
{
    struct fc_ets_work *work = fc_workspace_array(ws, 1, sizeof *work);
    if (work == NULL)
        return NULL;
    *work = (struct fc_ets_work){
        .n = n,
        .m = m < 1 ? 1 : m,
        .positive = true,
        .exponent = scale_exponent(y, n),
    };
    if (!take(ws, &work->y, n) || !take_scratch(work, ws))
        return NULL;
    for (size_t t = 0; t < n; t++) {
        work->y[t] = ldexp(y[t], -work->exponent);
        work->positive &= work->y[t] > 0;
    }
    return work;
}

bool fc_ets_fitted_init(struct fc_ets_fitted *fitted, int m,
                        struct fc_workspace *ws)
{
    size_t size = m < 1 ? 1 : (size_t)m;
    *fitted = (struct fc_ets_fitted){.loglik = NAN, .aicc = INFINITY};
    return take(ws, &fitted->initial.s, size)
           && take(ws, &fitted->final.s, size);
}

void fc_ets_fitted_copy(struct fc_ets_fitted *to,
                        const struct fc_ets_fitted *from)
{
    double *initial = to->initial.s, *final = to->final.s;
    size_t m = (size_t)from->initial.m;
    *to = *from;
    to->initial.s = initial;
    to->final.s = final;
    if (from->initial.form.season != FC_ETS_NONE) {
        memcpy(initial, from->initial.s, m * sizeof *initial);
        memcpy(final, from->final.s, m * sizeof *final);
    }
}

/* --- one search --- */

struct search {
    struct fc_ets_work *work;
    struct fc_ets_layout at;
    enum fc_ets_criterion criterion;
    struct fc_ets model;     /* its form; its states before the series */
    struct fc_ets_sums sums; /* at the current point */
    double value;            /* -2 loglik, the scaled series' */
    double lambda, growth;   /* damping */
};

static double room_for_gamma(double alpha)
{
    return fmax(fmin(1 - alpha, HIGH) - LOW, 0);
}

static double fraction(double part, double room)
{
    return room > 0 ? fmin(fmax(part / room, 0), 1) : 0;
}

static void pack(const struct search *search, const struct fc_ets *model,
                 double *x)
{
    const struct fc_ets_layout *at = &search->at;
    const struct fc_ets_smoothing *k = &model->smoothing;
    x[FC_ETS_ALPHA] = k->alpha;
    x[FC_ETS_BETA] = fraction(k->beta - LOW, k->alpha - LOW);
    x[FC_ETS_GAMMA] = fraction(k->gamma - LOW, room_for_gamma(k->alpha));
    x[FC_ETS_PHI] = k->phi;
    if (at->at_l >= 0)
        x[at->at_l] = model->l;
    if (at->at_b >= 0)
        x[at->at_b] = model->b;
    if (at->at_s >= 0)
        memcpy(x + at->at_s, model->s, (size_t)at->m * sizeof *x);
}

/* model->s must have room; the form and a seasonal form's level stay. */
static void unpack(const struct search *search, const double *x,
                   struct fc_ets *model)
{
    const struct fc_ets_layout *at = &search->at;
    struct fc_ets_form form = model->form;
    struct fc_ets_smoothing k = {.alpha = x[FC_ETS_ALPHA], .phi = 1};
    if (form.trend != FC_ETS_NONE)
        k.beta = LOW + x[FC_ETS_BETA] * (k.alpha - LOW);
    if (form.season != FC_ETS_NONE)
        k.gamma = LOW + x[FC_ETS_GAMMA] * room_for_gamma(k.alpha);
    if (form.damped)
        k.phi = x[FC_ETS_PHI];
    model->smoothing = k;
    if (at->at_l >= 0)
        model->l = x[at->at_l];
    if (at->at_b >= 0)
        model->b = x[at->at_b];
    if (at->at_s >= 0)
        memcpy(model->s, x + at->at_s, (size_t)at->m * sizeof *x);
}

/* -2 loglik by R's definition, or what takes its place for the MSE. */
static double objective(const struct search *search,
                        const struct fc_ets_sums *sums, const double *mu,
                        const double *e)
{
    double n = (double)search->work->n, squares = sums->squares;
    if (search->criterion == FC_ETS_MSE
        && search->model.form.error == FC_ETS_MUL) {
        squares = 0;
        for (size_t t = 0; t < search->work->n; t++)
            squares += e[t] * mu[t] * e[t] * mu[t];
        return n * log(fmax(squares, n * NOISE * NOISE));
    }
    squares = fmax(squares, n * NOISE * NOISE);
    return n * log(squares)
           + (search->criterion == FC_ETS_LIKELIHOOD ? 2 * sums->log_mu : 0);
}

/* Runs x over the series into trace; false where the model has no value. */
static bool evaluate(struct search *search, const double *x,
                     const struct fc_ets_trace *trace, struct fc_ets_sums *sums,
                     double *value)
{
    struct fc_ets_work *work = search->work;
    struct fc_ets model = search->model;
    model.s = work->ring;
    unpack(search, x, &model);
    if (!fc_ets_admissible(model.form, model.m, &model.smoothing,
                           work->scratch))
        return false;
    if (!fc_ets_filter(&model, work->y, work->n, trace, sums))
        return false;
    *value = objective(search, sums, trace->mu, trace->e);
    return true;
}

/*
 * The normal equations know alpha, beta, gamma; the search moves alpha and two
 * fractions.  By the chain rule: column alpha gains dbeta/dalpha of column
 * beta and dgamma/dalpha of column gamma, whose own columns are scaled.
 */
struct chain {
    double beta_alpha, beta_v, gamma_alpha, gamma_v;
};

static void apply_chain(const struct chain *c, double *column, size_t step)
{
    column[0] += c->beta_alpha * column[FC_ETS_BETA * step]
                 + c->gamma_alpha * column[FC_ETS_GAMMA * step];
    column[FC_ETS_BETA * step] *= c->beta_v;
    column[FC_ETS_GAMMA * step] *= c->gamma_v;
}

static void change_variables(const struct search *search)
{
    struct fc_ets_work *work = search->work;
    size_t stride = (size_t)search->at.stride;
    const double *x = work->x;
    double *h = work->normal, room = room_for_gamma(x[FC_ETS_ALPHA]);
    struct chain c = {
        .beta_alpha = x[FC_ETS_BETA],
        .beta_v = x[FC_ETS_ALPHA] - LOW,
        .gamma_alpha = 1 - x[FC_ETS_ALPHA] < HIGH ? -x[FC_ETS_GAMMA] : 0,
        .gamma_v = room,
    };
    for (size_t i = 0; i < FC_ETS_STATES; i++)
        for (size_t j = i + 1; j < FC_ETS_STATES; j++)
            h[i * stride + j] = h[j * stride + i];
    for (size_t i = 0; i < FC_ETS_STATES; i++)
        apply_chain(&c, h + i * stride, 1);
    for (size_t j = 0; j < FC_ETS_STATES; j++)
        apply_chain(&c, h + j, stride);
    for (size_t i = FC_ETS_STATES; i < (size_t)search->at.nx; i++)
        apply_chain(&c, h + i * stride, 1);
    apply_chain(&c, work->rhs, 1);
}

/*
 * Eliminates the states from the damped equations, last one first.  Row i of
 * the factor keeps its pivots to the left of the diagonal, divided by it.
 */
static bool eliminate_states(const struct search *search)
{
    struct fc_ets_work *work = search->work;
    int nx = search->at.nx;
    size_t stride = (size_t)search->at.stride;
    double *rhs = work->rhs_work;
    memcpy(work->factor, work->normal, (size_t)nx * stride * sizeof(double));
    memcpy(rhs, work->rhs, stride * sizeof *rhs);
    for (int i = 0; i < nx; i++) {
        double *diagonal = work->factor + (size_t)i * stride + i;
        *diagonal += search->lambda * *diagonal;
    }
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
    bool held[FC_ETS_STATES]; /* at a bound, or absent from the form */
};

static struct box step_bounds(const struct search *search)
{
    const double *x = search->work->x;
    struct fc_ets_form form = search->model.form;
    struct box box = {
        .low = {LOW - x[0], -x[1], -x[2], PHI_LOW - x[3]},
        .high = {HIGH - x[0], 1 - x[1], 1 - x[2], PHI_HIGH - x[3]},
        .held = {false, form.trend == FC_ETS_NONE, form.season == FC_ETS_NONE,
                 !form.damped},
    };
    return box;
}

/* Solves the free part of the 4 by 4 equations; held steps are given. */
static void solve_free(const double *h, size_t stride, const double *rhs,
                       const bool *held, double *step)
{
    double a[FC_ETS_STATES][FC_ETS_STATES + 1];
    for (int i = 0; i < FC_ETS_STATES; i++) {
        for (int j = 0; j < FC_ETS_STATES; j++)
            a[i][j] =
                h[(size_t)(i > j ? i : j) * stride + (size_t)(i > j ? j : i)];
        a[i][FC_ETS_STATES] = rhs[i];
    }
    for (int i = 0; i < FC_ETS_STATES; i++) {
        if (held[i] || !(a[i][i] > 0)) {
            for (int j = 0; j <= FC_ETS_STATES; j++)
                a[i][j] = 0;
            a[i][i] = 1;
            a[i][FC_ETS_STATES] = held[i] ? step[i] : 0;
        }
    }
    for (int i = 0; i < FC_ETS_STATES; i++)
        for (int r = i + 1; r < FC_ETS_STATES; r++) {
            double ratio = a[i][i] != 0 ? a[r][i] / a[i][i] : 0;
            for (int j = i; j <= FC_ETS_STATES; j++)
                a[r][j] -= ratio * a[i][j];
        }
    for (int i = FC_ETS_STATES - 1; i >= 0; i--) {
        double sum = a[i][FC_ETS_STATES];
        for (int j = i + 1; j < FC_ETS_STATES; j++)
            sum -= a[i][j] * step[j];
        step[i] = a[i][i] != 0 ? sum / a[i][i] : 0;
    }
}

/* Holds the parameter whose step overshoots its bound the most. */
static bool hold_worst(struct box *box, double *step)
{
    int worst = -1;
    double most = 0;
    for (int i = 0; i < FC_ETS_STATES; i++) {
        double over = fmax(step[i] - box->high[i], box->low[i] - step[i]);
        if (!box->held[i] && over > most) {
            most = over;
            worst = i;
        }
    }
    if (worst < 0)
        return false;
    step[worst] =
        step[worst] > box->high[worst] ? box->high[worst] : box->low[worst];
    box->held[worst] = true;
    return true;
}

/* The step of the smoothing parameters, within their bounds. */
static void solve_smoothing(const struct search *search)
{
    struct fc_ets_work *work = search->work;
    struct box box = step_bounds(search);
    double *step = work->delta;
    for (int i = 0; i < FC_ETS_STATES; i++)
        step[i] = 0;
    do
        solve_free(work->factor, (size_t)search->at.stride, work->rhs_work,
                   box.held, step);
    while (hold_worst(&box, step));
}

static void solve_states(const struct search *search)
{
    struct fc_ets_work *work = search->work;
    size_t stride = (size_t)search->at.stride;
    double *step = work->delta;
    for (int i = FC_ETS_STATES; i < search->at.nx; i++) {
        const double *row = work->factor + (size_t)i * stride;
        double sum = work->rhs_work[i];
        for (int j = 0; j < i; j++)
            sum -= row[j] * step[j];
        step[i] = sum / row[i];
    }
}

/* What the quadratic model says the step takes off sum r^2 (over G^2). */
static double predicted_drop(const struct search *search)
{
    const struct fc_ets_work *work = search->work;
    size_t stride = (size_t)search->at.stride;
    const double *step = work->delta;
    double linear = 0, quadratic = 0;
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

/* Sum r^2 over G^2 at the current point. */
static double current_squares(const struct search *search)
{
    const struct fc_ets_work *work = search->work;
    double floor = (double)work->n * NOISE * NOISE;
    if (search->criterion == FC_ETS_MSE
        && search->model.form.error == FC_ETS_MUL)
        return exp(search->value / (double)work->n);
    return fmax(search->sums.squares, floor);
}

static void swap_doubles(double **a, double **b)
{
    double *keep = *a;
    *a = *b;
    *b = keep;
}

static void accept(struct search *search, const struct fc_ets_sums *sums,
                   double value)
{
    struct fc_ets_work *work = search->work;
    struct fc_ets_trace keep = work->trace;
    work->trace = work->trial;
    work->trial = keep;
    swap_doubles(&work->x, &work->x_trial);
    unpack(search, work->x, &search->model);
    search->sums = *sums;
    search->value = value;
}

enum outcome { MOVED, FINISHED };

/*
 * One accepted step, from fresh normal equations; FINISHED when no step is
 * worth taking.
 */
static enum outcome move_on(struct search *search)
{
    struct fc_ets_work *work = search->work;
    double n = (double)work->n, squares = current_squares(search);
    fc_ets_normal_equations(work, &search->model, search->criterion,
                            &search->at);
    change_variables(search);
    for (int tries = 0; tries < MAX_REJECTIONS; tries++) {
        struct fc_ets_sums sums;
        double value;
        if (eliminate_states(search)) {
            solve_smoothing(search);
            solve_states(search);
            double drop = predicted_drop(search) / squares;
            double promise = drop < 1 ? -n * log1p(-drop) : n * fmin(drop, 30);
            if (!(promise > TOLERANCE))
                return FINISHED;
            for (int i = 0; i < search->at.nx; i++)
                work->x_trial[i] = work->x[i] + work->delta[i];
            if (evaluate(search, work->x_trial, &work->trial, &sums, &value)
                && value < search->value) {
                double gain = (search->value - value) / promise;
                double cube = 2 * gain - 1;
                search->lambda *= fmax(1.0 / 5, 1 - cube * cube * cube);
                search->growth = 2;
                accept(search, &sums, value);
                return MOVED;
            }
        }
        search->lambda = fmax(search->lambda, 1e-4) * search->growth;
        search->growth *= 2;
    }
    return FINISHED;
}

static double aicc_of(double loglik, int nparam, size_t n)
{
    double k = nparam, rest = (double)n - k - 1;
    return rest > 0 ? -2 * loglik + 2 * k + 2 * k * (k + 1) / rest : INFINITY;
}

/* The series' own likelihood: each observation's density has its unit. */
static double loglik_of(const struct search *search, double value)
{
    return -0.5 * value
           - (double)search->work->n * search->work->exponent * LOG_2;
}

/* Puts the seasonal terms' mean where R has it: 0 or 1. */
static void normalise(struct fc_ets *model)
{
    double mean = 0;
    if (model->form.season == FC_ETS_NONE)
        return;
    for (int j = 0; j < model->m; j++)
        mean += model->s[j] / model->m;
    for (int j = 0; j < model->m; j++)
        model->s[j] = model->form.season == FC_ETS_ADD ? model->s[j] - mean
                                                       : model->s[j] / mean;
    if (model->form.season == FC_ETS_ADD) {
        model->l += mean;
        return;
    }
    model->l *= mean;
    if (model->form.trend == FC_ETS_ADD)
        model->b *= mean;
}

static void report(struct search *search, struct fc_ets_fitted *fitted)
{
    struct fc_ets_work *work = search->work;
    double *s = fitted->initial.s, *s_final = fitted->final.s;
    fitted->initial = search->model;
    fitted->initial.s = s;
    unpack(search, work->x, &fitted->initial);
    normalise(&fitted->initial);
    fitted->final = fitted->initial;
    fitted->final.s = s_final;
    if (fitted->initial.form.season != FC_ETS_NONE)
        memcpy(s_final, s, (size_t)work->m * sizeof *s);
    fc_ets_filter(&fitted->final, work->y, work->n, &work->trace,
                  &search->sums);
    fc_ets_align(&fitted->final, work->n);
    double value =
        (double)work->n
            * log(fmax(search->sums.squares, (double)work->n * NOISE * NOISE))
        + 2 * search->sums.log_mu;
    fitted->squares = search->sums.squares;
    fitted->loglik = loglik_of(search, value);
    fitted->nparam = fc_ets_smoothing_count(fitted->initial.form)
                     + fc_ets_state_count(fitted->initial.form, work->m) + 1;
    fitted->aic = -2 * fitted->loglik + 2 * fitted->nparam;
    fitted->bic = -2 * fitted->loglik + log((double)work->n) * fitted->nparam;
    fitted->aicc = aicc_of(fitted->loglik, fitted->nparam, work->n);
}

static bool begin(struct search *search, const struct fc_ets *start)
{
    struct fc_ets_work *work = search->work;
    search->model = *start;
    pack(search, start, work->x);
    search->lambda = 1e-3;
    search->growth = 2;
    return evaluate(search, work->x, &work->trace, &search->sums,
                    &search->value);
}

/* A start where no forecast can be negative: the first value, no growth. */
static bool begin_flat(struct search *search, struct fc_ets *start)
{
    const struct fc_ets_work *work = search->work;
    start->l = work->y[0];
    if (start->form.season == FC_ETS_ADD)
        start->l -= start->s[0];
    else if (start->form.season == FC_ETS_MUL)
        start->l /= start->s[0];
    start->b = start->form.trend == FC_ETS_MUL ? 1 : 0;
    return begin(search, start);
}

/* The best point of all starts so far. */
struct incumbent {
    double value, l;
};

static void search_from(struct search *search, struct fc_ets *start,
                        struct incumbent *best)
{
    struct fc_ets_work *work = search->work;
    if (!begin(search, start) && !begin_flat(search, start))
        return;
    for (int i = 0; i < MAX_ITERATIONS; i++)
        if (move_on(search) == FINISHED)
            break;
    if (search->value < best->value) {
        best->value = search->value;
        best->l = search->model.l;
        memcpy(work->x_best, work->x, (size_t)search->at.nx * sizeof *work->x);
    }
}

/* Starts that the scan cannot see, for when time does not matter. */
static const struct fc_ets_smoothing CORNERS[] = {
    {0.1, 0.02, 0.02, 0.95}, {0.5, 0.02, 0.02, 0.95}, {0.95, 0.02, 0.02, 0.95},
    {0.1, 0.95, 0.02, 0.95}, {0.5, 0.95, 0.02, 0.95}, {0.95, 0.95, 0.02, 0.95},
    {0.1, 0.02, 0.6, 0.95},  {0.5, 0.02, 0.6, 0.95},  {0.95, 0.02, 0.6, 0.95},
    {0.1, 0.95, 0.6, 0.95},  {0.5, 0.95, 0.6, 0.95},  {0.95, 0.95, 0.6, 0.95},
};
enum { NCORNERS = sizeof CORNERS / sizeof *CORNERS, NSCANNED = 2 };

/* A share of each parameter's room, without what the form lacks. */
static struct fc_ets_smoothing share(struct fc_ets_form form,
                                     const struct fc_ets_smoothing *of)
{
    struct fc_ets_smoothing k = {.alpha = of->alpha, .phi = 1};
    if (form.trend != FC_ETS_NONE)
        k.beta = LOW + of->beta * (k.alpha - LOW);
    if (form.season != FC_ETS_NONE)
        k.gamma = LOW + of->gamma * room_for_gamma(k.alpha);
    if (form.damped)
        k.phi = of->phi;
    return k;
}

/* From the scan's optima, each with a slow and a fast season. */
static void search_scanned(struct search *search, struct fc_ets_form form,
                           struct incumbent *best, double *s)
{
    static const double GAMMA[] = {0.05, 0.5};
    struct fc_ets_work *work = search->work;
    struct fc_ets scanned[NSCANNED];
    const double *z = work->y;
    bool seasonal = form.season != FC_ETS_NONE;
    if (seasonal) {
        fc_ets_adjust(work, form.season, work->adjusted);
        z = work->adjusted;
    }
    int count = fc_ets_scan(z, work->n, form.trend != FC_ETS_NONE, form.damped,
                            scanned, NSCANNED);
    for (int i = 0; i < count * (1 + seasonal); i++) {
        const struct fc_ets *at = scanned + i % count;
        struct fc_ets start = {.s = s};
        fc_ets_start(work, form, &start);
        start.smoothing = at->smoothing;
        if (seasonal)
            start.smoothing.gamma =
                LOW + GAMMA[i / count] * room_for_gamma(at->smoothing.alpha);
        if (form.trend != FC_ETS_MUL) {
            start.l = at->l;
            start.b = at->b;
        }
        search_from(search, &start, best);
    }
}

static void search_corners(struct search *search, struct fc_ets_form form,
                           struct incumbent *best, double *s)
{
    for (int i = 0; i < NCORNERS; i++) {
        bool repeats =
            (form.trend == FC_ETS_NONE && CORNERS[i].beta > 0.5)
            || (form.season == FC_ETS_NONE && CORNERS[i].gamma > 0.5);
        if (repeats)
            continue;
        struct fc_ets start = {.s = s};
        fc_ets_start(search->work, form, &start);
        start.smoothing = share(form, CORNERS + i);
        search_from(search, &start, best);
    }
}

bool fc_ets_estimable(const struct fc_ets_work *work, struct fc_ets_form form)
{
    int unknowns =
        fc_ets_smoothing_count(form) + fc_ets_state_count(form, work->m);
    if (form.season != FC_ETS_NONE
        && (work->m < 2 || work->n <= (size_t)work->m))
        return false;
    return (size_t)unknowns + 1 < work->n;
}

enum fc_status fc_ets_estimate(struct fc_ets_work *work,
                               struct fc_ets_form form,
                               enum fc_ets_criterion criterion,
                               enum fc_ets_effort effort,
                               struct fc_ets_fitted *fitted)
{
    struct search search = {
        .work = work,
        .criterion = criterion,
        .at = fc_ets_layout(form, work->m),
    };
    struct incumbent best = {.value = INFINITY};
    if (!fc_ets_estimable(work, form))
        return FC_ESHORT;
    if (form.error == FC_ETS_MUL && !work->positive)
        return FC_EDOMAIN;
    search_scanned(&search, form, &best, fitted->initial.s);
    if (effort == FC_ETS_THOROUGH)
        search_corners(&search, form, &best, fitted->initial.s);
    if (best.value == INFINITY)
        return FC_EDOMAIN;
    swap_doubles(&work->x, &work->x_best);
    search.model.l = best.l;
    report(&search, fitted);
    return FC_OK;
}
