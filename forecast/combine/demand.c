/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The row of the default model.  A series of counts is a matter of
 * forecast/counts, any other of the combination in auto.c; between them lies
 * no step: where counts grow large and seldom are zero, both forecast, and
 * every quantile is a mean of theirs.
 */
#include "forecast/combine/block.h"

#include "forecast/numeric/missing.h"
#include "forecast/numeric/vet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* fc_fit.order: how many values of counts lie behind the state of auto.c;
 * behind its coefficients, the share of the forecast that is theirs. */
enum { COUNTS = FC_VARIANT_SIZE - 1 };

static double share_of(const struct fc_fit *fit)
{
    return fit->order[COUNTS] > 0 ? fit->coef[fit->ncoef - 1] : 0;
}

static const double *counts_of(const struct fc_fit *fit)
{
    return fit->state + fit->nstate - fit->order[COUNTS];
}

/* Puts numbers behind those there are.  FC_ENOMEM. */
static enum fc_status append(struct fc_workspace *ws, const double *x, size_t n,
                             double **numbers, size_t *have)
{
    double *both = fc_workspace_doubles(ws, *have + n);
    if (both == NULL)
        return FC_ENOMEM;
    if (*have > 0)
        memcpy(both, *numbers, *have * sizeof *both);
    memcpy(both + *have, x, n * sizeof *both);
    *numbers = both;
    *have += n;
    return FC_OK;
}

static enum fc_status name_counts(struct fc_workspace *ws, struct fc_fit *fit)
{
    struct fc_counts_knowledge knowledge = fc_auto_counts(fit->learned);
    return fc_counts_name(counts_of(fit), (size_t)fit->order[COUNTS],
                          &knowledge, "auto", ws, fit->spec);
}

static enum fc_status fit_models(const struct fc_series *series,
                                 const struct fc_request *request,
                                 struct fc_workspace *ws, struct fc_fit *fit,
                                 struct fc_error *err)
{
    struct fc_series whole = *series;
    if (fc_count_missing(series->y, series->n) > 0) {
        double *filled = fc_workspace_doubles(ws, series->n);
        if (filled == NULL)
            return fc_fail(err, FC_ENOMEM, "out of memory");
        fc_fill_linear(series->y, series->n, filled);
        whole.y = filled;
    }
    return fc_auto_fit(&whole, request, ws, fit, err);
}

static enum fc_status fit_auto(const struct fc_series *series,
                               const struct fc_request *request,
                               struct fc_workspace *ws, struct fc_fit *fit,
                               struct fc_error *err)
{
    size_t begin = fc_begin(series->y, series->n), n = series->n - begin;
    const double *y = series->y + begin;
    double share = fit->exponent == 0 ? fc_counts_share(y, n) : 0;
    enum fc_status status = FC_OK;
    if (share < 1)
        status = fit_models(series, request, ws, fit, err);
    if (status != FC_OK || share == 0)
        return status;
    if (append(ws, y, n, &fit->state, &fit->nstate) != FC_OK
        || append(ws, &share, 1, &fit->coef, &fit->ncoef) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    fit->order[COUNTS] = (int)n;
    if (share == 1 && name_counts(ws, fit) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    return FC_OK;
}

static void mix(double *x, const double *counts, size_t n, double share)
{
    for (size_t i = 0; i < n; i++)
        x[i] = fmax(0, (1 - share) * x[i] + share * counts[i]);
}

static enum fc_status predict_auto(const struct fc_fit *fit,
                                   struct fc_workspace *ws,
                                   struct fc_forecast *out,
                                   struct fc_error *err)
{
    struct fc_counts_knowledge knowledge = fc_auto_counts(fit->learned);
    double share = share_of(fit);
    size_t horizon = (size_t)out->horizon, n = (size_t)fit->order[COUNTS];
    size_t nbounds = horizon * (size_t)out->nlevels;
    enum fc_status status = FC_OK;
    if (share < 1)
        status = fc_auto_predict(fit, ws, out, err);
    if (status != FC_OK || share == 0)
        return status;
    if (share == 1)
        return fc_counts_predict(counts_of(fit), n, &knowledge, ws, out, err);
    double *numbers = fc_workspace_doubles(
        ws, fc_forecast_size(out->horizon, out->nlevels));
    if (numbers == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    struct fc_forecast counts =
        fc_forecast_over(out->horizon, out->nlevels, out->levels, numbers);
    status = fc_counts_predict(counts_of(fit), n, &knowledge, ws, &counts, err);
    if (status != FC_OK)
        return status;
    mix(out->mean, counts.mean, horizon, share);
    mix(out->lo, counts.lo, nbounds, share);
    mix(out->hi, counts.hi, nbounds, share);
    return FC_OK;
}

/* Of counts alone. */
static bool has_paths(const struct fc_fit *fit)
{
    return share_of(fit) == 1;
}

static const void *ready_auto(const struct fc_fit *fit, struct fc_workspace *ws)
{
    struct fc_counts_knowledge knowledge = fc_auto_counts(fit->learned);
    return fc_counts_paths(counts_of(fit), (size_t)fit->order[COUNTS],
                           &knowledge, ws);
}

/* --- learning --- */

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

/* What auto.c has learnt, or what it knows without, and behind it what was
 * learnt of counts. */
static enum fc_status join(const struct fc_lesson *lesson, const double *counts,
                           size_t n, struct fc_learned **learned)
{
    if (counts == NULL)
        return FC_OK;
    if (*learned == NULL)
        *learned = fc_auto_blank(lesson);
    if (*learned == NULL)
        return FC_ENOMEM;
    size_t have = (*learned)->n;
    struct fc_learned *both =
        realloc(*learned, sizeof *both + (have + n) * sizeof(double));
    if (both == NULL)
        return FC_ENOMEM;
    memcpy(both->values + have, counts, n * sizeof *counts);
    both->n = have + n;
    *learned = both;
    return FC_OK;
}

/* Those that are nothing but counts teach auto.c nothing. */
static bool *skip_counts(const struct fc_lesson *lesson)
{
    bool *skip = malloc((lesson->n + 1) * sizeof *skip);
    for (size_t i = 0; skip != NULL && i < lesson->n; i++) {
        const struct fc_series *s = &lesson->series[i];
        size_t begin = fc_begin(s->y, s->n);
        skip[i] = (lesson->skip != NULL && lesson->skip[i])
                  || fc_counts_share(s->y + begin, s->n - begin) == 1;
    }
    return skip;
}

static enum fc_status learn_auto(const struct fc_lesson *lesson,
                                 const struct fc_spec *spec,
                                 struct fc_learned **learned,
                                 struct fc_error *err)
{
    struct fc_lesson others = *lesson;
    bool *skip = skip_counts(lesson);
    double *counts = NULL;
    size_t n = 0;
    *learned = NULL;
    if (skip == NULL)
        return no_memory(err);
    others.skip = skip;
    enum fc_status status = fc_auto_learn(&others, spec, learned, err);
    free(skip);
    if (status == FC_OK)
        status = fc_counts_learn(lesson, &counts, &n, err);
    if (status == FC_OK && join(lesson, counts, n, learned) != FC_OK)
        status = no_memory(err);
    free(counts);
    if (status != FC_OK) {
        free(*learned);
        *learned = NULL;
    }
    return status;
}

const struct fc_model fc_model_auto = {
    .name = "auto",
    .summary = "the default: a mean of models, weighed by all series' errors",
    .reference = "Petropoulos & Svetunkov (2020); Montero-Manso & Hyndman "
                 "(2021)",
    .missing = true,
    .members = fc_auto_members,
    .min_obs = fc_model_any_length,
    .fit = fit_auto,
    .predict = predict_auto,
    .learn = learn_auto,
    .check_learned = fc_auto_check,
    .place_learned = fc_auto_place,
    .ready = ready_auto,
    .simulate = fc_counts_simulate,
    .has_paths = has_paths,
};
