/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The row of the table of models for counts that learn from each other.
 */
#include "forecast/counts/shared.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum fc_status fc_counts_keep(const struct fc_series *series,
                              struct fc_workspace *ws, struct fc_fit *fit,
                              struct fc_error *err)
{
    if (fit->exponent != 0 || !fc_counts_are(series->y, series->n))
        return fc_fail(err, FC_EDOMAIN,
                       "%s: the values are not counts, which are whole "
                       "numbers from 0 on",
                       fit->model->name);
    fit->nstate = series->n;
    fit->state = fc_workspace_doubles(ws, series->n);
    if (fit->state == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    memcpy(fit->state, series->y, series->n * sizeof *fit->state);
    return FC_OK;
}

static struct fc_counts_knowledge knowledge_of(const struct fc_fit *fit)
{
    return fc_counts_read(fit->learned.v, fit->learned.n);
}

static enum fc_status fit_shared(const struct fc_series *series,
                                 const struct fc_request *request,
                                 struct fc_workspace *ws, struct fc_fit *fit,
                                 struct fc_error *err)
{
    static const char *const names[FC_COUNTS_PARTS] = {"similar", "past",
                                                       "nbin", "hurdle"};
    struct fc_counts_view view;
    (void)request;
    enum fc_status status = fc_counts_keep(series, ws, fit, err);
    if (status != FC_OK)
        return status;
    struct fc_counts_knowledge knowledge = knowledge_of(fit);
    struct fc_mark mark = fc_workspace_mark(ws);
    if (fc_counts_look(fit->state, fit->nstate, &knowledge, ws, &view) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    size_t size = sizeof fit->spec;
    size_t n = (size_t)snprintf(fit->spec, size, "counts-shared");
    bool any = false;
    for (int i = 0; i < FC_COUNTS_PARTS; i++)
        if (view.weights[i] >= 0.005) {
            n += (size_t)snprintf(fit->spec + n, size - n, "%s%s %.2f",
                                  any ? ", " : "(", names[i], view.weights[i]);
            any = true;
        }
    snprintf(fit->spec + n, size - n, ")");
    fc_workspace_release(ws, mark);
    return FC_OK;
}

static enum fc_status predict_shared(const struct fc_fit *fit,
                                     struct fc_workspace *ws,
                                     struct fc_forecast *out,
                                     struct fc_error *err)
{
    struct fc_counts_knowledge knowledge = knowledge_of(fit);
    return fc_counts_predict(fit->state, fit->nstate, &knowledge, ws, out, err);
}

static enum fc_status simulate_shared(const struct fc_fit *fit, int horizon,
                                      gsl_rng *rng, struct fc_workspace *ws,
                                      double *path, struct fc_error *err)
{
    struct fc_counts_knowledge knowledge = knowledge_of(fit);
    return fc_counts_path(fit->state, fit->nstate, &knowledge, horizon, rng, ws,
                          path, err);
}

static enum fc_status learn_shared(const struct fc_lesson *lesson,
                                   const struct fc_spec *spec,
                                   struct fc_learned **learned,
                                   struct fc_error *err)
{
    double *block;
    size_t n;
    (void)spec;
    *learned = NULL;
    enum fc_status status = fc_counts_learn(lesson, &block, &n, err);
    if (status != FC_OK || block == NULL)
        return status;
    *learned = malloc(sizeof **learned + n * sizeof(double));
    if (*learned == NULL) {
        free(block);
        return fc_fail(err, FC_ENOMEM, "out of memory");
    }
    (*learned)->n = n;
    memcpy((*learned)->values, block, n * sizeof *block);
    free(block);
    return FC_OK;
}

static enum fc_status check_shared(struct fc_part learned,
                                   const struct fc_spec *spec,
                                   const struct fc_seasons *seasons,
                                   int horizon, struct fc_error *err)
{
    (void)spec;
    (void)seasons;
    (void)horizon;
    return fc_counts_check(learned.v, learned.n)
               ? FC_OK
               : fc_fail(err, FC_EDATA, "its numbers make no sense");
}

const struct fc_model fc_model_counts_shared = {
    .name = "counts-shared",
    .summary = "demand that is mostly zero, by what all series of a file did",
    .reference = "Snyder, Ord & Beaumont (2012); Meinshausen (2006)",
    .missing = true,
    .min_obs = fc_model_any_length,
    .fit = fit_shared,
    .predict = predict_shared,
    .learn = learn_shared,
    .check_learned = check_shared,
    .simulate = simulate_shared,
};
