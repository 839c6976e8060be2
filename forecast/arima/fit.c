/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Maximum likelihood of one ARIMA model.
 *
 * The objective is half the deviance, f = 0.5 (n log S + log |V|), a function
 * of the free parameters alone: the mean and the variance are concentrated
 * out.  One run of the lane-parallel filter gives the innovations at a point
 * and at its k neighbours, hence f, its gradient by forward differences, and
 * the Jacobian J of the standardised innovations.  n / S J'J is the
 * Gauss-Newton approximation of the Hessian (Fisher's information but for the
 * log-determinant), so that a step damped as Levenberg and Marquardt do
 * (Marquardt 1963, SIAM J. Appl. Math. 11) nearly always needs that one run
 * and converges in a handful of steps.
 */
#include "forecast/arima/gaps.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Step of the forward differences.  f is of the order of n and smooth on the
   scale of 1, so that both truncation and rounding stay far below what a
   change of 1e-6 in f asks for. */
static const double difference_step = 1e-6;

/* tanh(8) is 1 - 2e-7: as near to a unit root as the filter can resolve. */
static const double largest_free = 8;
static const double largest_step = 1.5;

static const double pi = 3.14159265358979323846;

/*
 * A descent beside a maximum that is known ends where it is so near to it in
 * every free parameter, or so far below it, in log-likelihood and in what its
 * next step promises.  Chosen so that none of the maxima is lost of the models
 * that auto.arima() chose for M3's series.
 */
static const double same_maximum = 0.05;
static const double far_below = 5;
static const double patience = 300;

/* A fit is given up when so many times what the next step promises would not
   do. */
static const double hopeless_factor = 10, brisk_factor = 2;

static const double first_damping = 1e-3;
static const double least_damping = 1e-7;
static const double most_damping = 1e8;

struct newton {
    struct fc_arima_likelihood lik;
    int k;
    double *points;               /* (k + 1) rows of k */
    struct fc_arima_value *value; /* k + 1 */
    double *gradient, *hessian;   /* at x */
    double *x, *step, *trial;
    double *trial_gradient, *trial_hessian, *factor;
    double f;                 /* at x */
    struct fc_arima_value at; /* the same, and what belongs to it */
    const double *known;      /* where the best descent so far ended, or NULL */
    double known_f;
    int evaluations;
};

static enum fc_status newton_init(struct newton *newton,
                                  const struct fc_arima_data *data,
                                  const struct fc_arima_order *order,
                                  struct fc_workspace *ws)
{
    size_t k = (size_t)fc_arima_parameters(order);
    size_t rows = k + 1 > FC_ARIMA_LANES ? k + 1 : FC_ARIMA_LANES;
    double *block = fc_workspace_doubles(ws, rows * k + 5 * k + 3 * k * k);
    *newton = (struct newton){
        .k = (int)k,
        .value = fc_workspace_array(ws, rows, sizeof *newton->value),
        .points = block,
    };
    if (block == NULL || newton->value == NULL)
        return FC_ENOMEM;
    newton->gradient = block + rows * k;
    newton->trial_gradient = newton->gradient + k;
    newton->x = newton->trial_gradient + k;
    newton->step = newton->x + k;
    newton->trial = newton->step + k;
    newton->hessian = newton->trial + k;
    newton->trial_hessian = newton->hessian + k * k;
    newton->factor = newton->trial_hessian + k * k;
    return fc_arima_likelihood_init(&newton->lik, data, order, ws);
}

/* The standardised innovations of point i, one every FC_ARIMA_LANES. */
static const double *innovations(const struct fc_arima_likelihood *lik, int i)
{
    size_t group = (size_t)(i / FC_ARIMA_LANES);
    return lik->resid + group * lik->nresid * FC_ARIMA_LANES
           + i % FC_ARIMA_LANES;
}

/* hessian = n / S J'J */
static void gauss_newton(struct newton *newton, double *hessian)
{
    const struct fc_arima_likelihood *lik = &newton->lik;
    const double *e[FC_ARIMA_MAX_PARAMETERS + 1];
    double d[FC_ARIMA_MAX_PARAMETERS];
    int k = newton->k;
    double scale = (double)lik->data->nused / newton->value[0].ssq
                   / (difference_step * difference_step);
    for (int i = 0; i <= k; i++)
        e[i] = innovations(lik, i);
    memset(hessian, 0, (size_t)(k * k) * sizeof *hessian);
    for (size_t t = 0; t < lik->nresid; t++) {
        for (int i = 0; i < k; i++)
            d[i] = e[i + 1][t * FC_ARIMA_LANES] - e[0][t * FC_ARIMA_LANES];
        for (int i = 0; i < k; i++)
            for (int j = 0; j <= i; j++)
                hessian[i * k + j] += d[i] * d[j];
    }
    for (int i = 0; i < k; i++) {
        for (int j = 0; j <= i; j++) {
            hessian[i * k + j] *= scale;
            hessian[j * k + i] = hessian[i * k + j];
        }
    }
}

/* f and its derivatives at x; false where f is not finite. */
static bool differentiate(struct newton *newton, const double *x, double *f,
                          double *gradient, double *hessian)
{
    int k = newton->k;
    for (int i = 0; i <= k; i++) {
        double *row = newton->points + i * k;
        memcpy(row, x, (size_t)k * sizeof *row);
        if (i > 0)
            row[i - 1] += difference_step;
    }
    fc_arima_evaluate(&newton->lik, newton->points, k + 1, newton->value);
    newton->evaluations++;
    *f = newton->value[0].value;
    for (int i = 0; i < k; i++) {
        gradient[i] = (newton->value[i + 1].value - *f) / difference_step;
        if (!isfinite(gradient[i]))
            return false;
    }
    if (!(*f < HUGE_VAL))
        return false;
    gauss_newton(newton, hessian);
    return true;
}

/*
 * Solves (H + damping diag(H)) step = -g by Cholesky factors.  A diagonal
 * element that vanishes, where tanh is flat, is given a little.
 */
static bool solve(const double *hessian, const double *gradient, int k,
                  double damping, double *factor, double *step)
{
    double largest = 0;
    for (int i = 0; i < k; i++)
        largest = fmax(largest, hessian[i * k + i]);
    for (int i = 0; i < k; i++) {
        for (int j = 0; j <= i; j++) {
            double sum = hessian[i * k + j];
            if (i == j)
                sum += damping * sum + 1e-9 * largest + 1e-12;
            for (int l = 0; l < j; l++)
                sum -= factor[i * k + l] * factor[j * k + l];
            if (i == j && !(sum > 0))
                return false;
            factor[i * k + j] = i == j ? sqrt(sum) : sum / factor[j * k + j];
        }
    }
    for (int i = 0; i < k; i++) {
        double sum = -gradient[i];
        for (int l = 0; l < i; l++)
            sum -= factor[i * k + l] * step[l];
        step[i] = sum / factor[i * k + i];
    }
    for (int i = k - 1; i >= 0; i--) {
        double sum = step[i];
        for (int l = i + 1; l < k; l++)
            sum -= factor[l * k + i] * step[l];
        step[i] = sum / factor[i * k + i];
    }
    return true;
}

/* Makes trial = x + step, not too far away; returns the promised decrease. */
static double propose(struct newton *newton)
{
    int k = newton->k;
    double longest = 0, linear = 0, quadratic = 0;
    for (int i = 0; i < k; i++)
        longest = fmax(longest, fabs(newton->step[i]));
    double shrink = longest > largest_step ? largest_step / longest : 1;
    for (int i = 0; i < k; i++) {
        double to = newton->x[i] + shrink * newton->step[i];
        newton->trial[i] = fmin(largest_free, fmax(-largest_free, to));
        newton->step[i] = newton->trial[i] - newton->x[i];
    }
    for (int i = 0; i < k; i++) {
        linear += newton->gradient[i] * newton->step[i];
        for (int j = 0; j < k; j++)
            quadratic +=
                newton->step[i] * newton->hessian[i * k + j] * newton->step[j];
    }
    return -linear - 0.5 * quadratic;
}

static void swap(double **a, double **b)
{
    double *c = *a;
    *a = *b;
    *b = c;
}

/* Whether going on would only find what is known, or worse. */
static bool is_superfluous(const struct newton *newton, double promise)
{
    double distance = 0;
    if (newton->known == NULL)
        return false;
    if (newton->f - fmax(patience * promise, far_below) > newton->known_f)
        return true;
    for (int i = 0; i < newton->k; i++)
        distance = fmax(distance, fabs(newton->x[i] - newton->known[i]));
    return distance < same_maximum && newton->f >= newton->known_f;
}

/* Descends from x; true when it converged. */
static bool descend(struct newton *newton, const struct fc_arima_effort *effort,
                    double give_up)
{
    double damping = first_damping;
    double hopeless = effort->brisk ? brisk_factor : hopeless_factor;
    bool usable = differentiate(newton, newton->x, &newton->f, newton->gradient,
                                newton->hessian);
    newton->at = newton->value[0];
    if (!usable)
        return false;
    for (int i = 0; i < effort->max_iterations; i++) {
        double f, promise = 0;
        if (solve(newton->hessian, newton->gradient, newton->k, damping,
                  newton->factor, newton->step))
            promise = propose(newton);
        if (promise < effort->tolerance && damping <= 1)
            return true;
        if (damping < 1 && is_superfluous(newton, promise))
            return true;
        if ((i > 0 || effort->brisk) && damping < 1
            && newton->f - hopeless * promise > give_up)
            return true;
        if (differentiate(newton, newton->trial, &f, newton->trial_gradient,
                          newton->trial_hessian)
            && f < newton->f) {
            double gain = newton->f - f;
            damping =
                fmax(damping * (gain > 0.5 * promise ? 0.1 : 2), least_damping);
            newton->f = f;
            newton->at = newton->value[0];
            swap(&newton->x, &newton->trial);
            swap(&newton->gradient, &newton->trial_gradient);
            swap(&newton->hessian, &newton->trial_hessian);
        } else {
            damping *= 10;
            if (damping > most_damping || promise < effort->tolerance)
                return true;
        }
    }
    return false;
}

static void conclude(const struct fc_arima_data *data, double value, double ssq,
                     struct fc_arima_estimate *estimate)
{
    const struct fc_arima_order *order = &estimate->order;
    double n = (double)data->nused;
    int parameters = fc_arima_parameters(order) + order->constant + 1;
    double left = n - parameters + 1;
    estimate->loglik =
        -value - 0.5 * n * (1 + log(2 * pi)) - n * log(data->scale);
    estimate->aic = -2 * estimate->loglik + 2.0 * parameters;
    estimate->aicc = HUGE_VAL;
    if (left > 2)
        estimate->aicc =
            estimate->aic + 2.0 * parameters * (parameters + 1) / (left - 2);
    estimate->sigma2 = ssq * data->scale * data->scale / (left > 0 ? left : n);
}

void fc_arima_count(double slopes, double n, struct fc_arima_estimate *estimate)
{
    double before =
        fc_arima_parameters(&estimate->order) + estimate->order.constant + 1;
    double k = before + slopes, left = n - k + 1;
    estimate->aic = 2 * k - 2 * estimate->loglik;
    estimate->aicc =
        left > 2 ? estimate->aic + 2 * k * (k + 1) / (left - 2) : HUGE_VAL;
    if (left > 0 && n - before + 1 > 0)
        estimate->sigma2 *= (n - before + 1) / left;
}

/* The starts, best first: the order of their values, by insertion. */
static int rank_starts(struct newton *newton, const double *starts, int nstarts,
                       int *rank)
{
    struct fc_arima_value value[FC_ARIMA_MAX_STARTS];
    int usable = 0;
    for (int i = 0; i < nstarts; i += FC_ARIMA_LANES) {
        int left = nstarts - i;
        fc_arima_evaluate(&newton->lik, starts + i * newton->k,
                          left < FC_ARIMA_LANES ? left : FC_ARIMA_LANES,
                          value + i);
        newton->evaluations++;
    }
    for (int i = 0; i < nstarts; i++) {
        int j = usable;
        if (!(value[i].value < HUGE_VAL))
            continue;
        for (; j > 0 && value[i].value < value[rank[j - 1]].value; j--)
            rank[j] = rank[j - 1];
        rank[j] = i;
        usable++;
    }
    return usable;
}

enum fc_status fc_arima_estimate(const struct fc_arima_data *data,
                                 const struct fc_arima_order *order,
                                 const double *starts, int nstarts,
                                 const struct fc_arima_effort *effort,
                                 struct fc_workspace *ws,
                                 struct fc_arima_estimate *estimate)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    struct newton newton;
    struct fc_arima_value end;
    int rank[FC_ARIMA_MAX_STARTS] = {0};
    double best = HUGE_VAL;
    *estimate = (struct fc_arima_estimate){.order = *order};
    if (newton_init(&newton, data, order, ws) != FC_OK)
        return FC_ENOMEM;
    size_t row = (size_t)newton.k;
    double constant = -0.5 * (double)data->nused * (1 + log(2 * pi))
                      - (double)data->nused * log(data->scale);
    int usable = effort->brisk && nstarts == 1
                     ? 1
                     : rank_starts(&newton, starts, nstarts, rank);
    for (int i = 0; i < usable && i < effort->max_starts; i++) {
        memcpy(newton.x, starts + (size_t)rank[i] * row,
               row * sizeof *newton.x);
        bool converged = descend(&newton, effort, constant - effort->give_up);
        if (newton.f < best) {
            best = newton.f;
            end = newton.at;
            estimate->converged = converged;
            memcpy(estimate->free, newton.x, row * sizeof *newton.x);
            newton.known = effort->many_maxima ? estimate->free : NULL;
            newton.known_f = best;
        }
    }
    if (best < HUGE_VAL) {
        if (!effort->brisk)
            fc_arima_evaluate(&newton.lik, estimate->free, 1, &end);
        estimate->mu = end.mu * data->scale;
        conclude(data, end.value, end.ssq, estimate);
    }
    estimate->evaluations = newton.evaluations;
    fc_workspace_release(ws, mark);
    if (!(best < HUGE_VAL))
        return FC_ENOFIT;
    return estimate->converged ? FC_OK : FC_EMAXITER;
}

/*
 * Little of everything; persistence with a correction, as in most economic
 * series; smoothing after differencing; strong seasonal smoothing; then
 * points all over the space, of a Weyl sequence (multiples of the golden
 * ratio, modulo 1).
 */
void fc_arima_blind_starts(const struct fc_arima_order *order, int nstarts,
                           double *starts)
{
    static const double guess[4][4] = {
        {0.1, 0.15, 0.1, 0.15},
        {0.8, 0.3, 0.3, 0.5},
        {-0.3, 0.6, 0.2, 0.8},
        {0.4, -0.3, -0.3, 0.2},
    };
    static const double golden = 0.61803398874989485;
    static const double width = 3.2; /* partials of up to tanh(1.6) = 0.92 */
    const int degree[4] = {order->p, order->q, order->P, order->Q};
    double weyl = 0, *x = starts;
    for (int i = 0; i < nstarts; i++) {
        for (int part = 0; part < 4; part++) {
            for (int j = 0; j < degree[part]; j++) {
                weyl = fmod(weyl + golden, 1);
                *x++ =
                    i < 4 ? guess[i][part] / (1 + 2 * j) : width * (weyl - 0.5);
            }
        }
        weyl = fmod(weyl + golden * golden / 2, 1);
    }
}

/*
 * Missing values can be dear: such a fit is given as many starts and steps as
 * keep it within some tenths of a second.
 */
static struct fc_arima_effort affordable(const struct fc_arima_data *data,
                                         const struct fc_arima_order *order)
{
    static const double budget = 2.5e8, usual_steps = 15;
    struct fc_arima_effort effort = {
        .tolerance = 1e-7,
        .max_iterations = 100,
        .max_starts = FC_ARIMA_MAX_STARTS,
        .give_up = -HUGE_VAL,
        .many_maxima = true,
    };
    double cost = fc_arima_gap_cost(data->n, data->ngaps, order)
                  * (fc_arima_parameters(order) + 1.0);
    if (data->ngaps > 0) {
        double starts = fmax(1, budget / (cost * usual_steps));
        double steps =
            fmax(8, budget / (cost * fmin(starts, effort.max_starts)));
        effort.max_starts = (int)fmin(effort.max_starts, starts);
        effort.max_iterations = (int)fmin(effort.max_iterations, steps);
    }
    return effort;
}

enum fc_status fc_arima_fit(const struct fc_arima_data *data,
                            const struct fc_arima_order *order,
                            struct fc_workspace *ws,
                            struct fc_arima_estimate *estimate)
{
    struct fc_arima_effort effort = affordable(data, order);
    int nstarts = effort.max_starts > 1 ? FC_ARIMA_MAX_STARTS : FC_ARIMA_LANES;
    double starts[FC_ARIMA_MAX_STARTS * FC_ARIMA_MAX_PARAMETERS];
    fc_arima_blind_starts(order, nstarts, starts);
    return fc_arima_estimate(data, order, starts, nstarts, &effort, ws,
                             estimate);
}
