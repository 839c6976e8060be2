/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Polynomials of seasonal ARIMA models, their parameters and names.
 *
 * Parameters: partial autocorrelations r_j = tanh(free_j) give the
 * coefficients by the Durbin-Levinson recursion (Monahan 1984, Biometrika 71),
 * for the MA polynomials with the sign turned.  R's arima() has the same
 * transform for the AR polynomials and reflects MA roots afterwards; the
 * likelihood is the same on both sides of the unit circle, so nothing is lost.
 */
#include "forecast/arima/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Room for one polynomial of either kind. */
enum { MAX_DEGREE = FC_ARIMA_MAX_ORDER };

/* Partial autocorrelations to the coefficients of 1 - sum c_j B^j. */
static void from_partials(const double *free, int degree, double *c)
{
    double old[MAX_DEGREE];
    for (int k = 0; k < degree; k++) {
        double r = tanh(free[k]);
        memcpy(old, c, (size_t)k * sizeof *c);
        for (int j = 0; j < k; j++)
            c[j] = old[j] - r * old[k - 1 - j];
        c[k] = r;
    }
}

/*
 * The partial autocorrelations of 1 - sum c_j B^j.  False as soon as one is
 * not inside (-1, 1): the polynomial has a root on or in the unit circle.
 */
static bool to_partials(const double *coef, int degree, double *r)
{
    double c[MAX_DEGREE], old[MAX_DEGREE];
    memcpy(c, coef, (size_t)degree * sizeof *c);
    for (int k = degree - 1; k >= 0; k--) {
        r[k] = c[k];
        if (!(fabs(r[k]) < 1))
            return false;
        memcpy(old, c, (size_t)k * sizeof *c);
        for (int j = 0; j < k; j++)
            c[j] = (old[j] + r[k] * old[k - 1 - j]) / (1 - r[k] * r[k]);
    }
    return true;
}

/* One of the four polynomials: where its parameters are. */
struct part {
    int start, degree, sign;
};

static void split(const struct fc_arima_order *order, struct part part[4])
{
    int p = order->p, q = order->q, P = order->P, Q = order->Q;
    part[0] = (struct part){0, p, 1};
    part[1] = (struct part){p, q, -1};
    part[2] = (struct part){p + q, P, 1};
    part[3] = (struct part){p + q + P, Q, -1};
}

void fc_arima_coefficients(const struct fc_arima_order *order,
                           const double *free, double *coef)
{
    struct part part[4];
    split(order, part);
    for (int i = 0; i < 4; i++) {
        double *c = coef + part[i].start;
        from_partials(free + part[i].start, part[i].degree, c);
        for (int j = 0; j < part[i].degree; j++)
            c[j] *= part[i].sign;
    }
}

bool fc_arima_free(const struct fc_arima_order *order, const double *coef,
                   double *free)
{
    struct part part[4];
    double r[FC_ARIMA_MAX_PARAMETERS], c[MAX_DEGREE];
    split(order, part);
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < part[i].degree; j++)
            c[j] = coef[part[i].start + j] * part[i].sign;
        if (!to_partials(c, part[i].degree, r + part[i].start))
            return false;
    }
    for (int i = 0; i < fc_arima_parameters(order); i++)
        free[i] = atanh(r[i]);
    return true;
}

bool fc_arima_roots_exceed(const struct fc_arima_order *order,
                           const double *coef, double radius)
{
    struct part part[4];
    double c[MAX_DEGREE], r[MAX_DEGREE];
    split(order, part);
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < part[i].degree; j++)
            c[j] = coef[part[i].start + j] * part[i].sign * pow(radius, j + 1);
        if (!to_partials(c, part[i].degree, r))
            return false;
    }
    return true;
}

/* (1 + sum a_i B^i)(1 + sum b_j B^(m j)) without the leading 1 */
static void multiply(const double *a, int na, const double *b, int nb, int m,
                     double *out)
{
    memset(out, 0, (size_t)(na + nb * m) * sizeof *out);
    for (int j = 0; j <= nb; j++)
        for (int i = 0; i <= na; i++)
            if (i + j > 0)
                out[i + m * j - 1] +=
                    (i == 0 ? 1 : a[i - 1]) * (j == 0 ? 1 : b[j - 1]);
}

void fc_arima_expand(const struct fc_arima_order *order, const double *coef,
                     double *ar, double *ma)
{
    double phi[MAX_DEGREE], seasonal[MAX_DEGREE];
    const double *theta = coef + order->p;
    const double *Phi = theta + order->q;
    const double *Theta = Phi + order->P;
    for (int i = 0; i < order->p; i++)
        phi[i] = -coef[i];
    for (int i = 0; i < order->P; i++)
        seasonal[i] = -Phi[i];
    multiply(phi, order->p, seasonal, order->P, order->m, ar);
    for (size_t i = 0; i < fc_arima_ar_degree(order); i++)
        ar[i] = -ar[i];
    multiply(theta, order->q, Theta, order->Q, order->m, ma);
}

void fc_arima_name(const struct fc_arima_order *order, char *out, size_t size)
{
    char seasonal[64] = "";
    const char *constant = "";
    if (order->m > 1 && order->P + order->D + order->Q > 0)
        snprintf(seasonal, sizeof seasonal, "(%d,%d,%d)[%d]", order->P,
                 order->D, order->Q, order->m);
    if (order->constant)
        constant =
            order->d + order->D == 1 ? " with drift" : " with non-zero mean";
    else if (order->d + order->D == 0)
        constant = " with zero mean";
    snprintf(out, size, "ARIMA(%d,%d,%d)%s%s", order->p, order->d, order->q,
             seasonal, constant);
}
