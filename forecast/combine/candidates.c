/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What no forecast can be is caught by a rule: a candidate is absurd, and left
 * out, when its forecast of step h lies outside the range of the series by more
 * than 1 + 2 h / n times the width of that range.
 */
#include "forecast/combine/candidates.h"

#include "forecast/combine/ensemble.h"
#include "forecast/combine/width.h"

#include <math.h>
#include <string.h>

/* The level that candidates are asked for. */
static const double REFERENCE = 95;

/*
 * What knows all seasons takes the series as it was: in what the longer ones
 * leave, their patterns cannot be forgotten as fast as some of its ways do.
 * FC_ENOMEM.
 */
static enum fc_status put_back(struct fc_series *series,
                               struct fc_workspace *ws)
{
    if (series->less == NULL)
        return FC_OK;
    double *y = fc_workspace_doubles(ws, series->n);
    if (y == NULL)
        return FC_ENOMEM;
    memcpy(y, series->y, series->n * sizeof *y);
    fc_adjustment_undo(series->less, series->less_first, series->n, y);
    series->y = y;
    return FC_OK;
}

/* Its forecast as one of what the longer seasons leave, as are the others. */
static void take_out(const struct fc_series *series, struct fc_forecast *out)
{
    size_t h = (size_t)out->horizon, first = series->less_first + series->n;
    if (series->less == NULL || out->mean == NULL)
        return;
    fc_adjustment_apply(series->less, out->mean, first, h, out->mean);
    for (size_t i = 0; i < (size_t)out->nlevels; i++) {
        double *lo = out->lo + i * h, *hi = out->hi + i * h;
        fc_adjustment_apply(series->less, lo, first, h, lo);
        fc_adjustment_apply(series->less, hi, first, h, hi);
    }
}

/* Behind the members, of a series with several seasons. */
static enum fc_status fit_seasonal(const struct fc_series *series,
                                   const struct fc_request *request,
                                   struct fc_workspace *ws, struct fc_fit *fit,
                                   struct fc_error *err)
{
    struct fc_spec spec = {.model = fc_auto_seasonal};
    struct fc_request own = {
        .spec = &spec, .horizon = request->horizon, .seed = request->seed};
    if (fc_seasons_fitting(series->seasons, series->n).n < 2)
        return FC_OK;
    size_t n = FC_AUTO_KNOWS_SEASONS;
    struct fc_fit *all = fc_workspace_array(ws, n + 1, sizeof *all);
    if (all == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    memcpy(all, fit->members, n * sizeof *all);
    fit->members = all;
    fit->nmembers = n + 1;
    struct fc_series whole = *series;
    if (put_back(&whole, ws) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    enum fc_status status = fc_model_fit(&whole, &own, ws, &all[n], err);
    if (status != FC_OK)
        all[n].model = NULL;
    return status == FC_ENOMEM ? status : FC_OK;
}

enum fc_status fc_auto_fit_members(const struct fc_series *series,
                                   const struct fc_request *request,
                                   const struct fc_auto_common *common,
                                   struct fc_workspace *ws, struct fc_fit *fit,
                                   struct fc_error *err)
{
    struct fc_ensemble ensemble = {fc_auto_models, common->part,
                                   FC_AUTO_MEMBERS};
    enum fc_status status =
        fc_ensemble_fit(series, request, &ensemble, ws, fit, err);
    return status == FC_OK ? fit_seasonal(series, request, ws, fit, err)
                           : status;
}

static bool is_absurd(const struct fc_series *series, const double *mean,
                      int horizon)
{
    double lowest = INFINITY, highest = -INFINITY;
    for (size_t t = 0; t < series->n; t++) {
        lowest = fmin(lowest, series->y[t]);
        highest = fmax(highest, series->y[t]);
    }
    double width = highest - lowest;
    double rounding = 1e-6 * fmax(fabs(lowest), fabs(highest));
    for (int h = 0; h < horizon; h++) {
        double far = width * (1 + 2 * (h + 1) / (double)series->n) + rounding;
        if (mean[h] < lowest - far || mean[h] > highest + far)
            return true;
    }
    return false;
}

/* Mixes what knows all seasons into every mean. */
static void mix_seasonal(const struct fc_series *series,
                         const struct fc_forecast *seasonal, double share,
                         struct fc_auto_table *table)
{
    if (seasonal->mean == NULL
        || is_absurd(series, seasonal->mean, table->horizon))
        return;
    table->seasonal = seasonal->mean;
    table->share = share;
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        for (int h = 0; table->usable[k] && h < table->horizon; h++)
            table->mean[k][h] +=
                share * (seasonal->mean[h] - table->mean[k][h]);
}

/* The means, and whether they can be used; whether any can. */
static bool take_means(const struct fc_series *series,
                       const struct fc_forecast *each,
                       struct fc_auto_table *table)
{
    bool any = false;
    for (int k = 0; k < FC_AUTO_MEMBERS; k++) {
        double *mean = each[k].mean;
        table->mean[k] = mean;
        table->absurd[k] =
            mean != NULL && is_absurd(series, mean, table->horizon);
        table->usable[k] = mean != NULL && !table->absurd[k];
        any = any || table->usable[k];
    }
    return any;
}

enum fc_status fc_auto_candidates(const struct fc_auto_fitted *fitted,
                                  int horizon, struct fc_workspace *ws,
                                  struct fc_auto_table *table,
                                  struct fc_error *err)
{
    struct fc_forecast like = {
        .horizon = horizon, .nlevels = 1, .levels = &REFERENCE};
    const double *trust = fitted->fit->coef;
    struct fc_forecast *each = fc_ensemble_predict(fitted->fit, &like, ws);
    *table = (struct fc_auto_table){.horizon = horizon};
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        table->trust[k] = trust != NULL ? trust[k] : 1;
    table->width = fc_workspace_doubles(ws, (size_t)horizon);
    if (each == NULL || table->width == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    const struct fc_forecast *stand_in = &each[FC_AUTO_STAND_IN];
    if (stand_in->mean == NULL)
        return fc_fail(err, FC_ENOFIT, "auto: no candidate can be used");
    if (!take_means(&fitted->series, each, table))
        table->mean[0] = stand_in->mean; /* see share_weights() */
    if (fitted->fit->nmembers > FC_AUTO_KNOWS_SEASONS) {
        take_out(&fitted->series, &each[FC_AUTO_KNOWS_SEASONS]);
        mix_seasonal(&fitted->series, &each[FC_AUTO_KNOWS_SEASONS],
                     trust != NULL ? trust[FC_AUTO_SHARE] : 0, table);
    }
    return fc_auto_widths(fitted, each, ws, table) == FC_OK
               ? FC_OK
               : fc_fail(err, FC_ENOMEM, "out of memory");
}

enum fc_status fc_auto_mix_bounds(const struct fc_auto_fitted *fitted,
                                  struct fc_workspace *ws,
                                  struct fc_forecast *out)
{
    const struct fc_fit *fit = fitted->fit;
    size_t h = (size_t)out->horizon, n = h * (size_t)out->nlevels;
    size_t at = FC_AUTO_KNOWS_SEASONS;
    if (fit->nmembers <= at || fit->members[at].model == NULL || n == 0)
        return FC_OK;
    double *numbers =
        fc_workspace_doubles(ws, fc_forecast_size(out->horizon, out->nlevels));
    if (numbers == NULL)
        return FC_ENOMEM;
    struct fc_forecast seasonal =
        fc_forecast_over(out->horizon, out->nlevels, out->levels, numbers);
    enum fc_status status =
        fc_model_predict(&fit->members[at], ws, &seasonal, NULL);
    if (status == FC_OK)
        take_out(&fitted->series, &seasonal);
    if (status != FC_OK
        || is_absurd(&fitted->series, seasonal.mean, out->horizon))
        return status == FC_ENOMEM ? status : FC_OK;
    double share = fit->coef[FC_AUTO_SHARE_OF_WIDTHS];
    for (size_t i = 0; i < n; i++) {
        double mean = out->mean[i % h], own = seasonal.mean[i % h];
        out->lo[i] += share * (mean + (seasonal.lo[i] - own) - out->lo[i]);
        out->hi[i] += share * (mean + (seasonal.hi[i] - own) - out->hi[i]);
    }
    return FC_OK;
}

/* What those of a family have that cannot be used, shared by those that can. */
static void inherit(const struct fc_auto_table *table, const double *weights,
                    double *used)
{
    for (int k = 0; k < FC_AUTO_MEMBERS; k++) {
        int family = fc_auto_members[k].family, heirs = 0;
        if (family == 0 || table->usable[k])
            continue;
        for (int i = 0; i < FC_AUTO_MEMBERS; i++)
            heirs += fc_auto_members[i].family == family && table->usable[i];
        for (int i = 0; i < FC_AUTO_MEMBERS; i++)
            if (fc_auto_members[i].family == family && table->usable[i])
                used[i] += weights[k] / heirs;
    }
}

/* The given weights, less those of what is not usable, sum 1 again. */
static void share_weights(struct fc_auto_table *table, const double *weights)
{
    double *used = table->used, sum = 0;
    int usable = 0;
    memcpy(used, weights, sizeof table->used);
    inherit(table, weights, used);
    for (int k = 0; k < FC_AUTO_MEMBERS; k++) {
        used[k] = table->usable[k] ? used[k] * table->trust[k] : 0;
        sum += used[k];
        usable += table->usable[k];
    }
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        if (sum > 0)
            used[k] /= sum;
        else if (usable > 0)
            used[k] = table->usable[k] ? 1.0 / usable : 0;
        else
            used[k] = k == 0; /* the stand-in of fc_auto_candidates() */
}

void fc_auto_combine(struct fc_auto_table *table, const double *weights,
                     double *mean)
{
    share_weights(table, weights);
    for (int h = 0; h < table->horizon; h++) {
        mean[h] = 0;
        for (int k = 0; k < FC_AUTO_MEMBERS; k++)
            if (table->used[k] > 0)
                mean[h] += table->used[k] * table->mean[k][h];
    }
}
