/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Minimisation of a function of one variable: a grid, then parabolic
 * interpolation safeguarded by golden sections.
 *
 * Brent (1973), Algorithms for Minimization without Derivatives, chapter 5.
 */
#include "forecast/numeric/minimize.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

enum { MAX_STEPS = 200 };

struct point {
    double x, fx;
};

/* The bracket [a, b], and the three best points so far: x, then w, then v. */
struct brent {
    double a, b;
    double x, w, v;
    double fx, fw, fv;
    double step, before; /* the last step and the one before it */
};

static double evaluate(double (*f)(double, void *), void *arg, double x)
{
    double value = f(x, arg);
    return isnan(value) ? INFINITY : value;
}

/*
 * The step to the minimum of the parabola through x, w and v; false when it
 * is no smaller than half the step before last, or leaves the bracket.
 */
static bool parabolic_step(const struct brent *s, double *step)
{
    double r = (s->x - s->w) * (s->fx - s->fv);
    double q = (s->x - s->v) * (s->fx - s->fw);
    double p = (s->x - s->v) * q - (s->x - s->w) * r;
    q = 2 * (q - r);
    if (q > 0)
        p = -p;
    q = fabs(q);
    if (!(fabs(p) < fabs(q * s->before / 2)) || !(p > q * (s->a - s->x))
        || !(p < q * (s->b - s->x)))
        return false;
    *step = p / q;
    return true;
}

static void accept(struct brent *s, double u, double fu)
{
    if (fu <= s->fx) {
        if (u < s->x)
            s->b = s->x;
        else
            s->a = s->x;
        s->v = s->w, s->fv = s->fw;
        s->w = s->x, s->fw = s->fx;
        s->x = u, s->fx = fu;
        return;
    }
    if (u < s->x)
        s->a = u;
    else
        s->b = u;
    if (fu <= s->fw || s->w == s->x) {
        s->v = s->w, s->fv = s->fw;
        s->w = u, s->fw = fu;
    } else if (fu <= s->fv || s->v == s->x || s->v == s->w) {
        s->v = u, s->fv = fu;
    }
}

static void refine(struct brent *s, double (*f)(double, void *), void *arg,
                   double tol)
{
    const double golden = 0.3819660112501051; /* (3 - sqrt(5)) / 2 */
    for (int i = 0; i < MAX_STEPS; i++) {
        double middle = (s->a + s->b) / 2;
        double tol1 = 1e-9 * fabs(s->x) + tol;
        double step;
        if (fabs(s->x - middle) <= 2 * tol1 - (s->b - s->a) / 2)
            return;
        bool parabola = fabs(s->before) > tol1 && parabolic_step(s, &step);
        if (parabola) {
            double u = s->x + step;
            if (u - s->a < 2 * tol1 || s->b - u < 2 * tol1)
                step = s->x < middle ? tol1 : -tol1;
            s->before = s->step;
        } else {
            s->before = s->x < middle ? s->b - s->x : s->a - s->x;
            step = golden * s->before;
        }
        s->step = step;
        double u = s->x + (fabs(step) >= tol1 ? step : copysign(tol1, step));
        accept(s, u, evaluate(f, arg, u));
    }
}

/* Brent's method from three neighbours on the grid, the middle one lowest. */
static void refine_between(const struct point grid[3],
                           double (*f)(double, void *), void *arg, double tol,
                           struct point *best)
{
    bool left = grid[0].fx < grid[2].fx;
    struct brent s = {
        .a = grid[0].x,
        .b = grid[2].x,
        .x = grid[1].x,
        .fx = grid[1].fx,
        .w = grid[left ? 0 : 2].x,
        .fw = grid[left ? 0 : 2].fx,
        .v = grid[left ? 2 : 0].x,
        .fv = grid[left ? 2 : 0].fx,
        .before = grid[2].x - grid[0].x,
    };
    refine(&s, f, arg, tol);
    if (s.fx < best->fx)
        *best = (struct point){s.x, s.fx};
}

double fc_minimize(double (*f)(double x, void *arg), void *arg, double lo,
                   double hi, size_t points, double tol, double *fmin)
{
    struct point best = {lo, INFINITY};
    struct point grid[3] = {{lo, evaluate(f, arg, lo)}};
    grid[1] = grid[0];
    for (size_t i = 1; i <= points; i++) {
        grid[2] = grid[1];
        if (i < points) {
            grid[2].x = lo + (hi - lo) * (double)i / (double)(points - 1);
            grid[2].fx = evaluate(f, arg, grid[2].x);
        }
        if (grid[1].fx < best.fx)
            best = grid[1];
        bool falls = i == 1 || grid[1].fx <= grid[0].fx;
        bool rises = i == points || grid[1].fx < grid[2].fx;
        if (falls && rises)
            refine_between(grid, f, arg, tol, &best);
        grid[0] = grid[1];
        grid[1] = grid[2];
    }
    *fmin = best.fx;
    return best.x;
}
