/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exponential smoothing of series too short to estimate initial states from:
 * the level starts at the first observation, the growth at the first
 * difference, and only the smoothing parameters are searched, by least
 * squares of the one-step errors, on a grid (a handful of observations makes
 * no finer difference).
 *
 * R's forecast 8.20: HoltWintersZZ(), to which ets(), ses() and holt() turn
 * when n <= 4 + the number of their parameters.
 */
#include "forecast/ets/parts.h"

#include <math.h>

enum { GRID = 50 };

static double squares_of(struct fc_ets_work *work, struct fc_ets model)
{
    struct fc_ets_sums sums;
    if (!fc_ets_filter(&model, work->y, work->n, &work->trace, &sums))
        return INFINITY;
    return sums.squares;
}

static double grid_point(int i)
{
    return (double)i / GRID;
}

void fc_ets_simple(struct fc_ets_work *work, bool trend,
                   struct fc_ets_fitted *fitted)
{
    const double *y = work->y;
    struct fc_ets model = {
        .form = {.error = FC_ETS_ADD,
                 .trend = trend ? FC_ETS_ADD : FC_ETS_NONE},
        .m = 1,
        .smoothing = {.phi = 1},
        .l = y[0],
        .b = trend && work->n > 1 ? y[1] - y[0] : 0,
    };
    struct fc_ets best = model;
    double least = INFINITY;
    for (int i = GRID; i >= 1; i--) {
        for (int j = 0; j <= (trend ? GRID : 0); j++) {
            model.smoothing.alpha = grid_point(i);
            model.smoothing.beta = grid_point(i) * grid_point(j);
            double squares = squares_of(work, model);
            if (squares < least) {
                least = squares;
                best = model;
            }
        }
    }
    double *s = fitted->initial.s, *s_final = fitted->final.s;
    fitted->initial = fitted->final = best;
    fitted->initial.s = s;
    struct fc_ets_sums sums;
    fc_ets_filter(&fitted->final, y, work->n, &work->trace, &sums);
    fitted->final.s = s_final;
    fitted->squares = sums.squares;
    fitted->nparam = trend ? 3 : 2;
    fitted->loglik = NAN;
    fitted->aicc = INFINITY;
}
