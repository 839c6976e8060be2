/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Orders, parameters and harmonics' coefficients of one series, found in turn.
 */
#include "forecast/arima/regression.h"

#include "forecast/arima/predict.h"
#include "forecast/numeric/missing.h"

#include <math.h>
#include <string.h>

struct fc_arima_harmonics fc_arima_harmonics_for(const struct fc_series *series,
                                                 const struct fc_spec *spec)
{
    const struct fc_seasons *seasons = series->seasons;
    struct fc_arima_harmonics harmonics = {.nseasons = 0};
    for (int i = 0; seasons != NULL && i < seasons->n; i++)
        if (fc_season_is_long(seasons->length[i])
            && 2 * seasons->length[i] <= (double)series->n
            && (i > 0 ? seasons->asked : !fc_arima_has_seasonal_orders(spec)))
            harmonics.period[harmonics.nseasons++] = seasons->length[i];
    fc_arima_harmonics_most(&harmonics, series->n);
    return harmonics;
}

/* What the harmonics leave of y. */
static void take_out(const double *y, size_t n,
                     const struct fc_arima_harmonics *harmonics, double *rest)
{
    memcpy(rest, y, n * sizeof *rest);
    fc_arima_harmonics_add(harmonics, -1, 0, n, rest);
}

/* Coefficients and parameters in turn until the likelihood is what it can be:
 * each is its maximum, given the other. */
static enum fc_status alternate(const double *y, size_t n, bool choose,
                                struct fc_workspace *ws,
                                struct fc_arima_harmonics *harmonics,
                                double *rest, struct fc_arima_data *data,
                                struct fc_arima_estimate *estimate)
{
    static const double enough = 1e-6;
    enum { ROUNDS = 20 };
    enum fc_status status = FC_OK;
    double before = -HUGE_VAL;
    for (int i = 0; i < ROUNDS && estimate->loglik - before > enough; i++) {
        struct fc_arima_estimate last = *estimate;
        before = i > 0 ? estimate->loglik : -HUGE_VAL;
        status = fc_arima_harmonics_solve(y, n, &last, choose && i == 0, ws,
                                          harmonics);
        if (status == FC_OK) {
            take_out(y, n, harmonics, rest);
            status = fc_arima_estimate_rest(rest, n, &last, ws, data, estimate);
        }
        if (status != FC_OK && status != FC_EMAXITER)
            return status;
    }
    return status;
}

/* Of each season no more than a fit to a similar series has. */
static void as_many_at_most(const struct fc_fit *similar,
                            struct fc_arima_harmonics *harmonics)
{
    struct fc_arima_harmonics before;
    fc_arima_harmonics_of_code(similar->order[FC_ARIMA_HARMONICS], &before);
    for (int i = 0; i < harmonics->nseasons; i++)
        if (before.n[i] < harmonics->n[i])
            harmonics->n[i] = before.n[i];
}

enum fc_status fc_arima_regress(const struct fc_series *series,
                                const struct fc_arima_wanted *wanted,
                                struct fc_workspace *ws, struct fc_fit *fit,
                                struct fc_arima_harmonics *harmonics,
                                struct fc_arima_data *data,
                                struct fc_arima_estimate *estimate)
{
    size_t n = series->n, ngaps = fc_count_missing(series->y, n);
    bool again = wanted->similar != NULL;
    double *rest = fc_workspace_doubles(ws, n);
    double *filled = fc_workspace_doubles(ws, n);
    struct fc_series left = *series;
    if (rest == NULL || filled == NULL)
        return FC_ENOMEM;
    const double *y = series->y;
    if (fc_arima_gaps_are_dear(series, ngaps, wanted)) {
        fc_fill_linear(y, n, filled);
        y = filled;
        fit->note = "too long for its gaps to be modelled: straight lines";
    }
    if (again)
        as_many_at_most(wanted->similar, harmonics);
    left.y = rest;
    enum fc_status status = fc_arima_harmonics_guess(y, n, ws, harmonics);
    for (int round = 0; round < 2; round++) {
        take_out(y, n, harmonics, rest);
        if (status == FC_OK)
            status = fc_arima_estimate_series(&left, wanted, ws, fit, data,
                                              estimate);
        if ((status != FC_OK && status != FC_EMAXITER)
            || isnan(estimate->loglik)
            || fc_arima_harmonics_count(harmonics) == 0)
            return status;
        status = alternate(y, n, round == 0 && !again, ws, harmonics, rest,
                           data, estimate);
        if ((status != FC_OK && status != FC_EMAXITER) || again
            || (fc_arima_has_orders(wanted->spec)
                && fc_arima_harmonics_count(harmonics) > 0))
            break;
        status = FC_OK;
    }
    if (status == FC_OK || status == FC_EMAXITER)
        fc_arima_count(harmonics->ncolumns, (double)data->nused, estimate);
    return status;
}
