/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Several models fitted to one series, and their forecasts side by side.
 */
#include "forecast/combine/ensemble.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>

enum fc_status fc_ensemble_fit(const struct fc_series *series,
                               const struct fc_request *request,
                               const struct fc_ensemble *ensemble,
                               struct fc_workspace *ws, struct fc_fit *fit,
                               struct fc_error *err)
{
    const struct fc_model *const *models = ensemble->models;
    size_t fitted = 0, n = 0;
    while (models[n] != NULL)
        n++;
    fit->members = fc_workspace_array(ws, n, sizeof *fit->members);
    if (fit->members == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    fit->nmembers = n;
    for (size_t k = 0; k < n; k++) {
        struct fc_spec spec = fc_spec_member(request->spec, models[k]);
        struct fc_request member = *request;
        const struct fc_fit *similar =
            request->similar != NULL ? &request->similar->members[k] : NULL;
        member.spec = &spec;
        member.learned =
            k < ensemble->nlearned ? ensemble->learned[k] : fc_part_of(NULL);
        member.similar =
            similar != NULL && similar->model != NULL ? similar : NULL;
        enum fc_status status =
            fc_model_fit(series, &member, ws, &fit->members[k], err);
        if (status == FC_ENOMEM)
            return status;
        if (status != FC_OK)
            fit->members[k].model = NULL;
        fitted += status == FC_OK;
    }
    return fitted > 0 ? FC_OK
                      : fc_fail(err, FC_ENOFIT, "%s: no member could be fitted",
                                fit->model->name);
}

struct fc_forecast *fc_ensemble_predict(const struct fc_fit *fit,
                                        const struct fc_forecast *like,
                                        struct fc_workspace *ws)
{
    size_t size = fc_forecast_size(like->horizon, like->nlevels);
    struct fc_forecast *each =
        fc_workspace_array(ws, fit->nmembers, sizeof *each);
    double *numbers = fc_workspace_doubles(ws, fit->nmembers * size);
    if (each == NULL || numbers == NULL)
        return NULL;
    for (size_t k = 0; k < fit->nmembers; k++) {
        const struct fc_model *model = fit->members[k].model;
        bool learns = model != NULL && model->learn != NULL;
        each[k] = fc_forecast_over(like->horizon, learns ? 0 : like->nlevels,
                                   like->levels, numbers + k * size);
        if (model == NULL
            || fc_model_predict(&fit->members[k], ws, &each[k], NULL) != FC_OK)
            each[k].mean = NULL;
    }
    return each;
}

double fc_ensemble_median(double *x, size_t n)
{
    gsl_sort(x, 1, n);
    return gsl_stats_median_from_sorted_data(x, 1, n);
}
