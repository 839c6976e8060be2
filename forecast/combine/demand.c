/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The row of the default model.  A series of counts is a matter of
 * forecast/counts, any other of the combination in auto.c; between them lies
 * no step: where counts grow large and seldom are zero, both forecast, and
 * every quantile is a mean of theirs.
 */
#include "forecast/combine/auto.h"

#include "forecast/combine/knowledge.h"
#include "forecast/combine/learn.h"
#include "forecast/counts/shared.h"
#include "forecast/numeric/missing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * What was learnt is two rows of numbers: the part of auto.c, whose first
 * number is its size (an empty one where it has learnt nothing), and behind it
 * what was learnt of counts.
 */
static size_t size_of_models(struct fc_part learned)
{
    if (learned.v == NULL || learned.n == 0
        || !(learned.v[0] >= 1 && learned.v[0] <= (double)learned.n))
        return 0;
    return (size_t)learned.v[0];
}

static struct fc_part models_part(struct fc_part learned)
{
    size_t size = size_of_models(learned);
    return size > 1 ? (struct fc_part){learned.v, size}
                    : (struct fc_part){NULL, 0};
}

static struct fc_part counts_part(struct fc_part learned)
{
    size_t size = size_of_models(learned);
    return size > 0 && learned.n > size
               ? (struct fc_part){learned.v + size, learned.n - size}
               : (struct fc_part){NULL, 0};
}

static struct fc_counts_knowledge known_of_counts(const struct fc_fit *fit)
{
    struct fc_part part = counts_part(fit->learned);
    return fc_counts_read(part.v, part.n);
}

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
    struct fc_counts_knowledge knowledge = known_of_counts(fit);
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
    struct fc_request models = *request;
    models.learned = models_part(request->learned);
    fit->learned = models.learned;
    enum fc_status status = fc_auto_fit(&whole, &models, ws, fit, err);
    fit->learned = request->learned;
    return status;
}

static enum fc_status fit_auto(const struct fc_series *series,
                               const struct fc_request *request,
                               struct fc_workspace *ws, struct fc_fit *fit,
                               struct fc_error *err)
{
    size_t begin = fc_counts_begin(series->y, series->n), n = series->n - begin;
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
    struct fc_counts_knowledge knowledge = known_of_counts(fit);
    double share = share_of(fit);
    size_t horizon = (size_t)out->horizon, n = (size_t)fit->order[COUNTS];
    size_t nbounds = horizon * (size_t)out->nlevels;
    enum fc_status status = FC_OK;
    struct fc_fit models = *fit;
    models.learned = models_part(fit->learned);
    if (share < 1)
        status = fc_auto_predict(&models, ws, out, err);
    if (status != FC_OK || share == 0)
        return status;
    if (share == 1)
        return fc_counts_predict(counts_of(fit), n, &knowledge, ws, out, err);
    double *numbers =
        fc_workspace_doubles(ws, fc_forecast_size(out->horizon, out->nlevels));
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
    struct fc_counts_knowledge knowledge = known_of_counts(fit);
    return fc_counts_paths(counts_of(fit), (size_t)fit->order[COUNTS],
                           &knowledge, ws);
}

/* --- learning --- */

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

/* What auto.c has learnt, which may be nothing, and behind it what was learnt
 * of counts. */
static enum fc_status join(const double *counts, size_t n,
                           struct fc_learned **learned)
{
    size_t have = *learned != NULL ? (*learned)->n : 1;
    if (counts == NULL)
        return FC_OK;
    struct fc_learned *both =
        realloc(*learned, sizeof *both + (have + n) * sizeof(double));
    if (both == NULL)
        return FC_ENOMEM;
    if (*learned == NULL)
        both->values[0] = 1;
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
        size_t begin = fc_counts_begin(s->y, s->n);
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
    if (status == FC_OK && join(counts, n, learned) != FC_OK)
        status = no_memory(err);
    free(counts);
    if (status != FC_OK) {
        free(*learned);
        *learned = NULL;
    }
    return status;
}

static enum fc_status check_learned(struct fc_part learned,
                                    const struct fc_spec *spec,
                                    const struct fc_seasons *seasons,
                                    int horizon, struct fc_error *err)
{
    struct fc_part models = models_part(learned), counts = counts_part(learned);
    if (size_of_models(learned) == 0)
        return fc_fail(err, FC_EDATA,
                       "auto of this version learns other numbers");
    if (!fc_part_is_finite(learned))
        return fc_fail(err, FC_EDATA, "not all of its numbers are finite");
    if (!fc_counts_check(counts.v, counts.n))
        return fc_fail(err, FC_EDATA,
                       "what it has learnt of counts makes no sense");
    return models.v != NULL ? fc_auto_check(models, spec, seasons, horizon, err)
                            : FC_OK;
}

/* Of counts no place is learnt. */
static void place_learned(struct fc_learned *learned, long long steps)
{
    size_t n = learned->n, size = size_of_models(fc_part_of(learned));
    if (size <= 1)
        return;
    learned->n = size;
    fc_auto_place(learned, steps);
    learned->n = n;
}

/* Its members do, if they can. */
static bool can_start(const struct fc_fit *kept)
{
    (void)kept;
    return true;
}

const struct fc_model fc_model_auto = {
    .name = "auto",
    .summary = "the default: a mean of models, weighed by all series' errors",
    .reference = "Petropoulos & Svetunkov (2020); Montero-Manso & Hyndman "
                 "(2021)",
    .missing = true,
    .members = fc_auto_models,
    .seasons = FC_SEASON_REST,
    .min_obs = fc_model_any_length,
    .fit = fit_auto,
    .can_start = can_start,
    .predict = predict_auto,
    .learn = learn_auto,
    .check_learned = check_learned,
    .place_learned = place_learned,
    .ready = ready_auto,
    .simulate = fc_counts_simulate,
    .has_paths = has_paths,
};
