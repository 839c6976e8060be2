/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether old errors are forgotten: whether all eigenvalues of D = F - gw' lie
 * in a circle.  They are the zeros of
 *
 *   h(z) = 1 + w'(zI - F)^-1 g,
 *
 * whose poles, the eigenvalues of F, lie on the unit circle or inside; so as
 * many are outside a larger circle as h winds round zero on the way along it
 * (the argument principle).  h is a sum of one term per harmonic, so that no
 * eigenvalue is ever computed.
 */
#include "forecast/tbats/model.h"

#include <complex.h>
#include <math.h>

/* Steps of the angle near a pole grow by this factor from as little as its
 * distance. */
static const double GROWTH = 3;
static const double CLOSEST = 1e-6;

/* A change of the phase that is no more than this is looked into no further;
 * nor is a step as short. */
static const double SMOOTH = 0.8, SHORTEST = 1e-9;

/* Newton's steps for an eigenvalue, and when they end; those that are small do
 * not matter. */
enum { NEWTONS = 20 };
static const double CONVERGED = 1e-9, SMALL = 0.3;

struct circle {
    const struct fc_tbats *model;
    double radius;
};

/* Nothing here is near the ends of what a double can be, for which a compiler's
 * own division looks. */
static double complex over(double complex a, double complex b)
{
    double c = creal(b), d = cimag(b), norm = c * c + d * d;
    double real = creal(a) * c + cimag(a) * d;
    double imaginary = cimag(a) * c - creal(a) * d;
    return real / norm + I * (imaginary / norm);
}

static double complex response(const struct circle *circle, double angle)
{
    const struct fc_tbats *model = circle->model;
    const struct fc_tbats_parameters *par = &model->par;
    double complex z = circle->radius * cexp(I * angle);
    double complex b = over(par->beta, z - par->phi);
    double complex h =
        1 + over(par->alpha + par->phi * b, z - 1) + par->phi * b;
    for (size_t j = 0; j < model->harmonics; j++) {
        double complex real = z - model->cosine[j];
        double sine = model->sine[j];
        h += over(model->gamma1[j] * real + model->gamma2[j] * sine,
                  real * real + sine * sine);
    }
    return h;
}

/* By how much the phase turns between two angles. */
static double turn(const struct circle *circle, double from,
                   double complex at_from, double to, double complex at_to)
{
    double phase = carg(at_to * conj(at_from));
    if (fabs(phase) < SMOOTH || to - from < SHORTEST)
        return phase;
    double middle = (from + to) / 2;
    double complex at = response(circle, middle);
    return turn(circle, from, at_from, middle, at)
           + turn(circle, middle, at, to, at_to);
}

/* The turn from one pole to the next, in steps that are short near both. */
static double turn_between(const struct circle *circle, double from, double to)
{
    double middle = (from + to) / 2, sum = 0;
    double at = from;
    double complex h = response(circle, at);
    for (double step = CLOSEST; from + step < middle; step *= GROWTH) {
        double complex next = response(circle, from + step);
        sum += turn(circle, at, h, from + step, next);
        at = from + step;
        h = next;
    }
    double back = CLOSEST;
    while (to - back * GROWTH > middle)
        back *= GROWTH;
    for (; back >= CLOSEST * 0.99; back /= GROWTH) {
        double complex next = response(circle, to - back);
        if (to - back <= at)
            continue;
        sum += turn(circle, at, h, to - back, next);
        at = to - back;
        h = next;
    }
    return sum + turn(circle, at, h, to, response(circle, to));
}

bool fc_tbats_is_stable(const struct fc_tbats *model, double radius)
{
    const struct circle circle = {model, radius};
    const double half_turn = acos(-1.0);
    double from = 0, sum = 0;
    while (from < half_turn) {
        double to = half_turn;
        for (size_t j = 0; j < model->harmonics; j++) {
            double pole = atan2(model->sine[j], model->cosine[j]);
            if (model->gamma1[j] == 0 && model->gamma2[j] == 0)
                continue;
            if (pole > from + SHORTEST && pole < to)
                to = pole;
        }
        sum += turn_between(&circle, from, to);
        from = to;
    }
    return fabs(sum) < half_turn / 2;
}

/*
 * One eigenvalue: a zero of h times the denominator of one of its terms, the
 * harmonic that it belongs to or, with j < 0, level and trend; so that nothing
 * is singular when that term is zero.
 */
struct product {
    double complex at, slope;
    double complex slopes[FC_TBATS_PARAMETERS];
};

/* Level and trend: denominator, numerator, and the derivatives of both. */
struct base {
    double complex q, q_slope, n, n_slope;
    double complex alpha, beta, phi; /* of the numerator */
    double complex q_phi;
};

static struct base base_of(const struct fc_tbats *model, double complex z)
{
    const struct fc_tbats_parameters *par = &model->par;
    double phi = par->phi, alpha = par->alpha, beta = par->beta;
    if (model->form.trend == FC_TBATS_LEVEL)
        return (struct base){.q = z - 1, .q_slope = 1, .n = alpha, .alpha = 1};
    return (struct base){.q = (z - 1) * (z - phi),
                         .q_slope = 2 * z - 1 - phi,
                         .n = alpha * (z - phi) + phi * beta * z,
                         .n_slope = alpha + phi * beta,
                         .alpha = z - phi,
                         .beta = phi * z,
                         .phi = beta * z - alpha,
                         .q_phi = 1 - z};
}

static void put(double complex *slopes, int lane, double complex x)
{
    if (lane >= 0)
        slopes[lane] += x;
}

/* Adds harmonic i to the sum of those that are left, or, its own, to out. */
static void add_harmonic(const struct fc_tbats *model, size_t i,
                         double complex z, const struct fc_tbats_lanes *lane,
                         struct product *sum)
{
    double complex real = z - model->cosine[i];
    double sine = model->sine[i];
    double complex q = real * real + sine * sine;
    double complex inverse = over(1, q), of_real = real * inverse;
    double complex n = (model->gamma1[i] * real + model->gamma2[i] * sine);
    int season = model->season[i];
    sum->at += n * inverse;
    sum->slope += (model->gamma1[i] - 2 * n * of_real) * inverse;
    put(sum->slopes, lane->gamma[season], of_real);
    put(sum->slopes, lane->gamma[FC_MOST_SEASONS + season], sine * inverse);
}

/* The product at z, of the j-th harmonic's denominator or the base's. */
static struct product product_at(const struct fc_tbats *model, long j,
                                 double complex z,
                                 const struct fc_tbats_lanes *lane)
{
    struct product h = {.at = 1}, out = {0};
    struct base base = base_of(model, z);
    double complex q = base.q, q_slope = base.q_slope;
    for (size_t i = 0; i < model->harmonics; i++)
        if ((long)i != j)
            add_harmonic(model, i, z, lane, &h);
    if (j < 0) {
        out.at = base.n;
        out.slope = base.n_slope;
        put(out.slopes, lane->alpha, base.alpha);
        put(out.slopes, lane->beta, base.beta);
        put(out.slopes, lane->phi, base.phi + base.q_phi * h.at);
    } else {
        double complex real = z - model->cosine[j];
        double sine = model->sine[j];
        double complex ratio = base.n / base.q;
        h.at += ratio;
        h.slope += (base.n_slope - ratio * base.q_slope) / base.q;
        put(h.slopes, lane->alpha, base.alpha / base.q);
        put(h.slopes, lane->beta, base.beta / base.q);
        put(h.slopes, lane->phi, (base.phi - ratio * base.q_phi) / base.q);
        q = real * real + sine * sine;
        q_slope = 2 * real;
        out.at = model->gamma1[j] * real + model->gamma2[j] * sine;
        out.slope = model->gamma1[j];
        put(out.slopes, lane->gamma[model->season[j]], real);
        put(out.slopes, lane->gamma[FC_MOST_SEASONS + model->season[j]], sine);
    }
    out.at += q * h.at;
    out.slope += q_slope * h.at + q * h.slope;
    for (int k = 0; k < FC_TBATS_PARAMETERS; k++)
        out.slopes[k] += q * h.slopes[k];
    return out;
}

/* Newton's method from z; what it adds to the barrier, nothing when it ends
 * nowhere. */
static double add_eigenvalue(const struct fc_tbats *model, long j,
                             double complex z, double radius,
                             struct fc_tbats_slopes *slopes, double weight)
{
    const struct fc_tbats_lanes lane = fc_tbats_lanes_of(&model->form);
    const int count = fc_tbats_parameter_count(&model->form);
    struct product at = {0};
    double moved = INFINITY;
    for (int i = 0; i < NEWTONS && moved > CONVERGED; i++) {
        at = product_at(model, j, z, &lane);
        double complex step = over(at.at, at.slope);
        z -= step;
        moved = cabs(step);
    }
    if (!(moved <= CONVERGED) || cabs(z) < SMALL)
        return 0;
    double left = log(radius) - log(cabs(z));
    if (!(left > 0))
        return INFINITY;
    for (int a = 0; slopes != NULL && a < count; a++) {
        double of_a = -creal(at.slopes[a] / at.slope / z) / left;
        slopes->gradient[a] += weight * of_a;
        for (int b = 0; b <= a; b++) {
            double of_b = -creal(at.slopes[b] / at.slope / z) / left;
            slopes->hessian[a][b] += weight * of_a * of_b;
            if (b < a)
                slopes->hessian[b][a] += weight * of_a * of_b;
        }
    }
    return -log(left);
}

double fc_tbats_barrier(const struct fc_tbats *model, double radius,
                        double weight, struct fc_tbats_slopes *slopes)
{
    const struct fc_tbats_parameters *par = &model->par;
    double sum = 0;
    if (model->form.trend == FC_TBATS_LEVEL)
        sum +=
            add_eigenvalue(model, -1, 1 - par->alpha, radius, slopes, weight);
    else {
        double half = (1 - par->alpha + par->phi * (1 - par->beta)) / 2;
        double complex root = csqrt(half * half - par->phi * (1 - par->alpha));
        sum += add_eigenvalue(model, -1, half + root, radius, slopes, weight);
        sum += add_eigenvalue(model, -1, half - root, radius, slopes, weight);
    }
    for (size_t j = 0; j < model->harmonics; j++)
        sum += add_eigenvalue(model, (long)j,
                              model->cosine[j] + I * model->sine[j], radius,
                              slopes, weight);
    return sum;
}
