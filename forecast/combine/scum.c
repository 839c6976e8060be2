/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A simple combination of univariate models: the median of ETS, ARIMA,
 * complex exponential smoothing and the dynamic optimised theta model.
 *
 * Petropoulos & Svetunkov (2020), A simple combination of univariate models,
 * International Journal of Forecasting 36, 110-115: the sixth place of the M4
 * competition.  As there, the bounds of the intervals are medians too.
 */
#include "forecast/combine/ensemble.h"
#include "forecast/models.h"

#include <stdio.h>
#include <string.h>

enum { MEMBERS = 4 };

static const struct fc_model *const members[MEMBERS + 1] = {
    &fc_model_ets, &fc_model_arima, &fc_model_ces, &fc_model_dotm, NULL};

static size_t min_obs(const struct fc_spec *spec,
                      const struct fc_seasons *seasons)
{
    size_t least = SIZE_MAX;
    for (int k = 0; k < MEMBERS; k++) {
        struct fc_spec member = fc_spec_member(spec, members[k]);
        size_t n = members[k]->min_obs(&member, seasons);
        least = n < least ? n : least;
    }
    return least;
}

/* "scum(ets, arima, ces)": those that could be fitted */
static void name_members(struct fc_fit *fit)
{
    size_t used = (size_t)snprintf(fit->spec, sizeof fit->spec, "scum");
    bool all = true;
    for (size_t k = 0; k < fit->nmembers; k++) {
        if (fit->members[k].model == NULL) {
            all = false;
            continue;
        }
        used += (size_t)snprintf(fit->spec + used, sizeof fit->spec - used,
                                 "%s%s", strchr(fit->spec, '(') ? ", " : "(",
                                 members[k]->name);
    }
    snprintf(fit->spec + used, sizeof fit->spec - used, ")");
    if (!all)
        fit->note = "members that could not be fitted are left out";
}

static enum fc_status fit_scum(const struct fc_series *series,
                               const struct fc_request *request,
                               struct fc_workspace *ws, struct fc_fit *fit,
                               struct fc_error *err)
{
    const struct fc_ensemble ensemble = {members, NULL, 0};
    enum fc_status status =
        fc_ensemble_fit(series, request, &ensemble, ws, fit, err);
    if (status == FC_OK)
        name_members(fit);
    return status;
}

/* The median of the i-th numbers of what part selects, over the members. */
static double median_at(const double *const *part, size_t n, size_t i)
{
    double x[MEMBERS];
    for (size_t k = 0; k < n; k++)
        x[k] = part[k][i];
    return fc_ensemble_median(x, n);
}

static enum fc_status predict_scum(const struct fc_fit *fit,
                                   struct fc_workspace *ws,
                                   struct fc_forecast *out,
                                   struct fc_error *err)
{
    const double *mean[MEMBERS], *lo[MEMBERS], *hi[MEMBERS];
    size_t n = 0;
    struct fc_forecast *each = fc_ensemble_predict(fit, out, ws);
    if (each == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t k = 0; k < fit->nmembers; k++)
        if (each[k].mean != NULL) {
            mean[n] = each[k].mean;
            lo[n] = each[k].lo;
            hi[n++] = each[k].hi;
        }
    if (n == 0)
        return fc_fail(err, FC_ERANGE, "%s: no member has a finite forecast",
                       fit->spec);
    for (size_t h = 0; h < (size_t)out->horizon; h++)
        out->mean[h] = median_at(mean, n, h);
    for (size_t i = 0; i < (size_t)out->horizon * (size_t)out->nlevels; i++) {
        out->lo[i] = median_at(lo, n, i);
        out->hi[i] = median_at(hi, n, i);
    }
    return FC_OK;
}

static bool can_start(const struct fc_fit *kept)
{
    (void)kept;
    return true;
}

const struct fc_model fc_model_scum = {
    .name = "scum",
    .summary = "the median of ets, arima, ces and dotm",
    .reference = "Petropoulos & Svetunkov (2020)",
    .members = members,
    .min_obs = min_obs,
    .fit = fit_scum,
    .can_start = can_start,
    .predict = predict_scum,
};
