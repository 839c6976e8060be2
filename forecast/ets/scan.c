/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A first look at the smoothing parameters.  The likelihood of a trend model
 * has several local optima (a smooth trend, a random walk, a jumpy slope), so
 * the search needs to know where to start.  On the seasonally adjusted series
 * the errors are linear in the initial level and growth; for each point of a
 * coarse grid one pass gives the least sum of squares over these two, four
 * grid points to a vector.
 */
#include "forecast/ets/parts.h"

#include <math.h>

/* Shares of alpha's range, of beta's room below alpha, and damping. */
static const double ALPHAS[] = {0.02, 0.15, 0.4, 0.65, 0.85, 0.9999};
static const double BETAS[] = {0.02, 0.3, 0.95};
static const double DAMPED_PHI = 0.92;
enum { NALPHA = 6, NBETA = 3 };

struct lanes {
    fc_v4 alpha, beta, phi;
};

/* Least sums of squares, with the level and growth that attain them. */
struct profile {
    fc_v4 squares, l, b;
};

/*
 * One pass with l = b = 0 at the start; (l1, b1) and (l2, b2) are the states'
 * derivatives by the initial level and growth.
 */
FC_CLONES
static void scan_lanes(const double *y, size_t n, const struct lanes *k,
                       bool trend, struct profile *out)
{
    fc_v4 l = {0}, b = {0}, l1 = {1, 1, 1, 1}, b1 = {0}, l2 = {0};
    fc_v4 b2 = {1, 1, 1, 1};
    fc_v4 s00 = {0}, s01 = {0}, s02 = {0}, s11 = {0}, s12 = {0}, s22 = {0};
    fc_v4 alpha = k->alpha, beta = k->beta, phi = k->phi;
    if (!trend)
        b2 = (fc_v4){0};
    for (size_t t = 0; t < n; t++) {
        b *= phi;
        b1 *= phi;
        b2 *= phi;
        l += b;
        l1 += b1;
        l2 += b2;
        fc_v4 e = y[t] - l;
        s00 += e * e;
        s01 += e * l1;
        s02 += e * l2;
        s11 += l1 * l1;
        s12 += l1 * l2;
        s22 += l2 * l2;
        b += beta * e;
        l += alpha * e;
        b1 -= beta * l1;
        b2 -= beta * l2;
        l1 -= alpha * l1;
        l2 -= alpha * l2;
    }
    for (int i = 0; i < 4; i++) {
        double det = s11[i] * s22[i] - s12[i] * s12[i];
        bool both = trend && det > 1e-10 * s11[i] * s22[i];
        out->b[i] = both ? (s11[i] * s02[i] - s12[i] * s01[i]) / det : 0;
        out->l[i] = (s01[i] - s12[i] * out->b[i]) / s11[i];
        out->squares[i] = s00[i] - out->l[i] * s01[i] - out->b[i] * s02[i];
    }
}

static void point(int index, bool trend, bool damped,
                  struct fc_ets_smoothing *k)
{
    int a = index % NALPHA, b = index / NALPHA;
    *k = (struct fc_ets_smoothing){.alpha = ALPHAS[a], .phi = 1};
    if (trend)
        k->beta = 1e-4 + BETAS[b] * (k->alpha - 1e-4);
    if (damped)
        k->phi = DAMPED_PHI;
}

/* Neighbours on the grid, diagonals aside. */
static bool is_local_minimum(const double *squares, int index, int count)
{
    int a = index % NALPHA;
    double here = squares[index];
    return !((a > 0 && squares[index - 1] < here)
             || (a + 1 < NALPHA && squares[index + 1] <= here)
             || (index >= NALPHA && squares[index - NALPHA] < here)
             || (index + NALPHA < count && squares[index + NALPHA] <= here));
}

int fc_ets_scan(const double *y, size_t n, bool trend, bool damped,
                struct fc_ets *starts, int most)
{
    double squares[NALPHA * NBETA + 3];
    struct fc_ets at[NALPHA * NBETA + 3];
    int count = trend ? NALPHA * NBETA : NALPHA, found = 0;
    for (int i = 0; i < count; i += 4) {
        struct lanes k;
        struct profile profile;
        for (int j = 0; j < 4; j++) {
            struct fc_ets *to = at + i + j;
            *to = (struct fc_ets){.m = 1};
            point(i + j < count ? i + j : i, trend, damped, &to->smoothing);
            k.alpha[j] = to->smoothing.alpha;
            k.beta[j] = to->smoothing.beta;
            k.phi[j] = to->smoothing.phi;
        }
        scan_lanes(y, n, &k, trend, &profile);
        for (int j = 0; j < 4; j++) {
            at[i + j].l = profile.l[j];
            at[i + j].b = profile.b[j];
            squares[i + j] = profile.squares[j];
        }
    }
    for (int rank = 0; rank < most; rank++) {
        int best = -1;
        for (int i = 0; i < count; i++)
            if (isfinite(squares[i]) && is_local_minimum(squares, i, count)
                && (best < 0 || squares[i] < squares[best])) {
                bool taken = false;
                for (int r = 0; r < found; r++)
                    taken |=
                        starts[r].smoothing.alpha == at[i].smoothing.alpha
                        && starts[r].smoothing.beta == at[i].smoothing.beta;
                if (!taken)
                    best = i;
            }
        if (best < 0)
            break;
        starts[found++] = at[best];
    }
    return found;
}
