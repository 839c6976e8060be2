/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parameters and what bounds them, as in R.  The roots of the ARMA process lie
 * no closer to the unit circle than 1.01: its coefficients are made of partial
 * autocorrelations (Monahan 1984, Biometrika 71) and then shrunk.
 */
#include "forecast/tbats/space.h"

#include <math.h>
#include <string.h>

static const double LEAST_PHI = 0.8;
static const double NEAREST_ROOT = 1.01;
static const double MOST_PARTIAL = 1 - 1e-9;

static void coefficients(const double *u, int n, double sign, double *out)
{
    double before[FC_TBATS_ARMA], shrink = 1;
    for (int i = 0; i < n; i++) {
        double partial = tanh(u[i]);
        memcpy(before, out, (size_t)i * sizeof *out);
        for (int j = 0; j < i; j++)
            out[j] -= partial * before[i - 1 - j];
        out[i] = partial;
    }
    for (int i = 0; i < n; i++)
        out[i] *= sign * (shrink /= NEAREST_ROOT);
}

static void partials(const double *given, int n, double sign, double *u)
{
    double at[FC_TBATS_ARMA], before[FC_TBATS_ARMA], grow = 1;
    for (int i = 0; i < n; i++)
        at[i] = sign * given[i] * (grow *= NEAREST_ROOT);
    for (int i = n; i-- > 0;) {
        double partial = fmax(fmin(at[i], MOST_PARTIAL), -MOST_PARTIAL);
        u[i] = atanh(partial);
        memcpy(before, at, (size_t)i * sizeof *at);
        for (int j = 0; j < i; j++)
            at[j] = (before[j] + partial * before[i - 1 - j])
                    / (1 - partial * partial);
    }
}

void fc_tbats_pack(const struct fc_tbats_form *form,
                   const struct fc_tbats_parameters *par, double *u)
{
    if (form->boxcox)
        *u++ = par->lambda;
    *u++ = par->alpha;
    if (form->trend == FC_TBATS_DAMPED)
        *u++ = par->phi;
    if (form->trend != FC_TBATS_LEVEL)
        *u++ = par->beta;
    for (int i = 0; i < FC_TBATS_GAMMAS; i++)
        if (form->k[i % FC_MOST_SEASONS] > 0)
            *u++ = par->gamma[i];
    partials(par->ar, form->p, 1, u);
    partials(par->ma, form->q, -1, u + form->p);
}

void fc_tbats_unpack(const struct fc_tbats_form *form, const double *u,
                     struct fc_tbats_parameters *par)
{
    *par = (struct fc_tbats_parameters){.lambda = 1};
    if (form->boxcox)
        par->lambda = *u++;
    par->alpha = *u++;
    if (form->trend != FC_TBATS_LEVEL)
        par->phi = 1;
    if (form->trend == FC_TBATS_DAMPED)
        par->phi = *u++;
    if (form->trend != FC_TBATS_LEVEL)
        par->beta = *u++;
    for (int i = 0; i < FC_TBATS_GAMMAS; i++)
        if (form->k[i % FC_MOST_SEASONS] > 0)
            par->gamma[i] = *u++;
    coefficients(u, form->p, 1, par->ar);
    coefficients(u + form->p, form->q, -1, par->ma);
}

/* The slopes of n coefficients, by small differences. */
static void map_coefficients(
    const double *u, int n, double sign, int at,
    double map[FC_TBATS_PARAMETERS][FC_TBATS_PARAMETERS])
{
    const double h = 1e-5;
    for (int j = 0; j < n; j++) {
        double moved[FC_TBATS_ARMA], up[FC_TBATS_ARMA], down[FC_TBATS_ARMA];
        memcpy(moved, u, (size_t)n * sizeof *u);
        moved[j] = u[j] + h;
        coefficients(moved, n, sign, up);
        moved[j] = u[j] - h;
        coefficients(moved, n, sign, down);
        for (int i = 0; i < n; i++)
            map[at + i][at + j] = (up[i] - down[i]) / (2 * h);
    }
}

void fc_tbats_map(const struct fc_tbats_form *form, const double *u,
                  double map[FC_TBATS_PARAMETERS][FC_TBATS_PARAMETERS])
{
    int n = fc_tbats_parameter_count(form), arma = n - form->p - form->q;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            map[i][j] = i == j;
    map_coefficients(u + arma, form->p, 1, arma, map);
    map_coefficients(u + arma + form->p, form->q, -1, arma + form->p, map);
}

void fc_tbats_bounds(const struct fc_tbats_form *form, double *low,
                     double *high)
{
    for (int i = 0; i < FC_TBATS_PARAMETERS; i++) {
        low[i] = -INFINITY;
        high[i] = INFINITY;
    }
    struct fc_tbats_lanes lane = fc_tbats_lanes_of(form);
    if (lane.lambda >= 0) {
        low[lane.lambda] = 0;
        high[lane.lambda] = 1;
    }
    if (lane.phi >= 0) {
        low[lane.phi] = LEAST_PHI;
        high[lane.phi] = 1;
    }
}

/* R starts from the first alpha and beta. */
struct fc_tbats_parameters fc_tbats_first(const struct fc_tbats_form *form,
                                          int i)
{
    static const double alpha[] = {0.09, 0.5, 0.95, 1.15};
    static const double beta[] = {0.05, 0.02, 0.01, -0.08};
    static const double phi[] = {0.97, 0.97, 0.97, 0.94};
    struct fc_tbats_parameters par = {.lambda = 0.5, .alpha = alpha[i]};
    if (form->trend != FC_TBATS_LEVEL) {
        par.beta = beta[i];
        par.phi = form->trend == FC_TBATS_DAMPED ? phi[i] : 1;
    }
    return par;
}
