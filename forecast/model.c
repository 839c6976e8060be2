/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is the same for all models.
 */
#include "forecast/model.h"

#include "forecast/numeric/units.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

/* splitmix64's finaliser (Steele, Lea & Flood 2014, figure 15, variant 13) */
static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t fc_model_seed(uint64_t seed, const char *id)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a, 64 bits */
    for (const unsigned char *p = (const unsigned char *)id; *p != 0; p++)
        h = (h ^ *p) * UINT64_C(0x100000001b3);
    return mix(h + mix(seed + UINT64_C(0x9e3779b97f4a7c15)));
}

size_t fc_model_any_length(const struct fc_spec *spec,
                           const struct fc_seasons *seasons)
{
    (void)spec;
    (void)seasons;
    return 1;
}

/* A fit with nothing but what is the same for all models. */
static struct fc_fit blank_fit(const struct fc_series *series,
                               const struct fc_request *request)
{
    return (struct fc_fit){
        .model = request->spec->model,
        .nobs = series->n,
        .exponent = fc_units(series),
        .season_length = fc_season_length(series->seasons),
        .seasons = fc_one_season(fc_season_length(series->seasons)),
        .seed = fc_model_seed(request->seed, series->id),
        .loglik = NAN,
        .aicc = NAN,
        .sigma2 = NAN,
        .learned = request->learned,
    };
}

static bool can_start_from(const struct fc_fit *similar,
                           const struct fc_fit *fit)
{
    return similar->model == fit->model
           && similar->season_length == fit->season_length
           && similar->exponent == fit->exponent;
}

/* Those of the longer seasons that have a pattern, behind the shortest. */
static struct fc_seasons with_patterns(const struct fc_model *model,
                                       const struct fc_seasons *seasons)
{
    struct fc_seasons some = *seasons;
    some.n = 1;
    for (int i = 1; i < seasons->n; i++)
        if (!model->harmonics || !fc_season_is_long(seasons->length[i]))
            some.length[some.n++] = seasons->length[i];
    return some;
}

/* Whether the model is to see what the longer seasons leave. */
static bool must_adjust(const struct fc_model *model,
                        const struct fc_seasons *seasons)
{
    return seasons != NULL && seasons->n > 1 && !seasons->left
           && with_patterns(model, seasons).n > 1
           && (model->seasons == FC_SEASON_REST
               || (model->seasons == FC_SEASON_ASKED && seasons->asked));
}

/* The series without the patterns of its longer seasons; NULL when memory is
 * short. */
static const struct fc_series *adjust(const struct fc_series *series,
                                      struct fc_workspace *ws,
                                      struct fc_fit *fit)
{
    struct fc_adjustment *a = &fit->adjustment;
    struct fc_series *out = fc_workspace_array(ws, 1, sizeof *out);
    struct fc_seasons *seasons = fc_workspace_array(ws, 1, sizeof *seasons);
    double *y = fc_workspace_doubles(ws, series->n);
    if (out == NULL || seasons == NULL || y == NULL)
        return NULL;
    *out = *series;
    *seasons = with_patterns(fit->model, series->seasons);
    out->seasons = seasons;
    if (fc_adjustment_find(out, series->n, ws, a) != FC_OK)
        return NULL;
    fc_adjustment_apply(a, series->y, 0, series->n, y);
    *seasons = *series->seasons;
    seasons->asked = seasons->asked && fit->model->harmonics;
    seasons->left = true;
    out->y = y;
    out->less = a;
    for (int i = 0; i < a->seasons.n; i++)
        fit->seasons.length[fit->seasons.n++] = a->seasons.length[i];
    return out;
}

enum fc_status fc_model_fit(const struct fc_series *series,
                            const struct fc_request *request,
                            struct fc_workspace *ws, struct fc_fit *fit,
                            struct fc_error *err)
{
    const struct fc_model *model = request->spec->model;
    struct fc_request asked = *request;
    size_t least = model->min_obs(request->spec, series->seasons);
    *fit = blank_fit(series, request);
    if (series->n < least)
        return fc_fail(err, FC_ESHORT,
                       "%s needs at least %zu observations, has %zu",
                       model->name, least, series->n);
    const struct fc_series *scaled =
        fit->exponent != 0 ? fc_units_series(series, fit->exponent, ws)
                           : series;
    if (scaled != NULL && must_adjust(model, series->seasons))
        scaled = adjust(scaled, ws, fit);
    if (scaled == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    if (asked.similar != NULL && !can_start_from(asked.similar, fit))
        asked.similar = NULL;
    if (!model->slopes || fit->exponent != 0)
        asked.known = NULL;
    enum fc_status status = model->fit(scaled, &asked, ws, fit, err);
    if (series->n == 1 && model->learn == NULL) /* or it may know a width */
        fit->note = "one observation: its intervals have no width";
    else if (fit->exponent != 0 && fit->note == NULL)
        fit->note = "its values are extreme: no likelihood or variance is told";
    return status;
}

static size_t count_own(const struct fc_model *model)
{
    size_t n = 0;
    while (model->settings != NULL && model->settings[n].name != NULL)
        n++;
    return n;
}

const struct fc_setting *fc_model_setting(const struct fc_model *model,
                                          size_t i)
{
    size_t own = count_own(model);
    if (i < own)
        return &model->settings[i];
    i -= own;
    for (size_t k = 0; model->members != NULL && model->members[k] != NULL; k++)
        for (size_t j = 0; fc_model_setting(model->members[k], j) != NULL; j++)
            if (i-- == 0)
                return fc_model_setting(model->members[k], j);
    return NULL;
}

/* The number of a setting among the model's, or -1. */
static int find_setting(const struct fc_model *model, const char *name)
{
    const struct fc_setting *setting;
    for (int i = 0; i < FC_SETTINGS_SIZE
                    && (setting = fc_model_setting(model, (size_t)i)) != NULL;
         i++)
        if (strcmp(setting->name, name) == 0)
            return i;
    return -1;
}

/* In a spec 0 stands for what was not set, so that a zeroed one has nothing. */
bool fc_spec_set(struct fc_spec *spec, const char *name, int value)
{
    int i = find_setting(spec->model, name);
    if (i >= 0)
        spec->setting[i] = value + 1;
    return i >= 0;
}

int fc_spec_get(const struct fc_spec *spec, const char *name, int otherwise)
{
    int i = find_setting(spec->model, name);
    return i >= 0 && spec->setting[i] > 0 ? spec->setting[i] - 1 : otherwise;
}

struct fc_spec fc_spec_member(const struct fc_spec *spec,
                              const struct fc_model *member)
{
    struct fc_spec own = {.model = member};
    const struct fc_setting *setting;
    for (size_t i = 0; (setting = fc_model_setting(member, i)) != NULL; i++) {
        int value = fc_spec_get(spec, setting->name, -1);
        if (value >= 0)
            fc_spec_set(&own, setting->name, value);
    }
    return own;
}

/* A copy of n numbers in place of *x, if there are any. */
static bool copy_numbers(struct fc_workspace *ws, size_t n, double **x)
{
    if (*x == NULL)
        return true;
    double *copy = fc_workspace_doubles(ws, n);
    if (copy != NULL)
        memcpy(copy, *x, n * sizeof *copy);
    *x = copy;
    return copy != NULL;
}

static enum fc_status copy_members(const struct fc_fit *fit,
                                   struct fc_workspace *ws, struct fc_fit *copy)
{
    enum fc_status status = FC_OK;
    copy->members = fc_workspace_array(ws, fit->nmembers, sizeof *fit);
    if (copy->members == NULL)
        return FC_ENOMEM;
    for (size_t k = 0; status == FC_OK && k < fit->nmembers; k++) {
        copy->members[k] = (struct fc_fit){.model = NULL};
        if (fit->members[k].model != NULL)
            status = fc_fit_copy(&fit->members[k], ws, &copy->members[k]);
    }
    return status;
}

enum fc_status fc_fit_copy(const struct fc_fit *fit, struct fc_workspace *ws,
                           struct fc_fit *copy)
{
    *copy = *fit;
    if (!copy_numbers(ws, fit->ncoef, &copy->coef)
        || !copy_numbers(ws, fit->nstate, &copy->state)
        || !copy_numbers(ws, fit->nslopes, &copy->slopes)
        || !copy_numbers(ws, fit->adjustment.nfigures,
                         &copy->adjustment.figure))
        return FC_ENOMEM;
    return fit->members != NULL ? copy_members(fit, ws, copy) : FC_OK;
}

static bool all_finite(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

static size_t count_without_width(const struct fc_forecast *out)
{
    size_t n = (size_t)out->horizon * (size_t)out->nlevels, count = 0;
    for (size_t i = 0; i < n; i++)
        count += out->levels[i / (size_t)out->horizon] > 0
                 && out->lo[i] == out->hi[i];
    return count;
}

static void undo_adjustment(const struct fc_fit *fit, struct fc_forecast *out)
{
    const struct fc_adjustment *a = &fit->adjustment;
    size_t h = (size_t)out->horizon;
    fc_adjustment_undo(a, a->n, h, out->mean);
    for (int i = 0; i < out->nlevels; i++) {
        fc_adjustment_undo(a, a->n, h, out->lo + (size_t)i * h);
        fc_adjustment_undo(a, a->n, h, out->hi + (size_t)i * h);
    }
}

/* The units of 1 may be too coarse, where numbers end, for a width. */
static enum fc_status undo_units(const struct fc_fit *fit,
                                 struct fc_forecast *out, struct fc_error *err)
{
    size_t h = (size_t)out->horizon, nbounds = h * (size_t)out->nlevels;
    size_t without = count_without_width(out);
    fc_units_undo(out->mean, h, fit->exponent);
    fc_units_undo(out->lo, nbounds, fit->exponent);
    fc_units_undo(out->hi, nbounds, fit->exponent);
    if (count_without_width(out) > without)
        return fc_fail(err, FC_ERANGE, "%s: interval is too narrow for numbers",
                       fit->spec);
    return FC_OK;
}

/*
 * Quantiles do not cross: what a level covers, the next covers, too.  All
 * begin at the median where that is asked for; no model's intervals cross by
 * themselves but near to it.
 */
static void nest(struct fc_forecast *out)
{
    size_t horizon = (size_t)out->horizon;
    size_t n = horizon * (size_t)out->nlevels;
    for (size_t i = horizon; i < n; i++) {
        out->lo[i] = fmin(out->lo[i], out->lo[i - horizon]);
        out->hi[i] = fmax(out->hi[i], out->hi[i - horizon]);
    }
}

enum fc_status fc_model_predict(const struct fc_fit *fit,
                                struct fc_workspace *ws,
                                struct fc_forecast *out, struct fc_error *err)
{
    enum fc_status status = fit->model->predict(fit, ws, out, err);
    if (status == FC_OK && fit->adjustment.seasons.n > 0)
        undo_adjustment(fit, out);
    if (status == FC_OK && fit->exponent != 0)
        status = undo_units(fit, out, err);
    if (status != FC_OK)
        return status;
    size_t h = (size_t)out->horizon;
    size_t nbounds = h * (size_t)out->nlevels;
    if (!all_finite(out->mean, h))
        return fc_fail(err, FC_ERANGE, "%s: forecast is not finite", fit->spec);
    if (!all_finite(out->lo, nbounds) || !all_finite(out->hi, nbounds))
        return fc_fail(err, FC_ERANGE, "%s: interval is not finite", fit->spec);
    nest(out);
    return FC_OK;
}

enum fc_status fc_model_ready(struct fc_fit *fit, struct fc_workspace *ws,
                              struct fc_error *err)
{
    if (fit->model->ready == NULL)
        return FC_OK;
    fit->ready = fit->model->ready(fit, ws);
    return fit->ready != NULL ? FC_OK
                              : fc_fail(err, FC_ENOMEM, "out of memory");
}

enum fc_status fc_model_simulate(const struct fc_fit *fit, int horizon,
                                 gsl_rng *rng, struct fc_workspace *ws,
                                 double *path, struct fc_error *err)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    struct fc_fit once = *fit;
    enum fc_status status = FC_OK;
    if (fit->model->ready != NULL && fit->ready == NULL)
        status = fc_model_ready(&once, ws, err);
    if (status == FC_OK)
        status = fit->model->simulate(&once, horizon, rng, ws, path, err);
    fc_workspace_release(ws, mark);
    if (status == FC_OK && fit->adjustment.seasons.n > 0)
        fc_adjustment_undo(&fit->adjustment, fit->adjustment.n, (size_t)horizon,
                           path);
    if (status == FC_OK && fit->exponent != 0)
        fc_units_undo(path, (size_t)horizon, fit->exponent);
    return status;
}

void fc_model_normal_bounds(struct fc_forecast *out, const double *se)
{
    for (int i = 0; i < out->nlevels; i++) {
        double z = gsl_cdf_ugaussian_Pinv(0.5 + out->levels[i] / 200);
        double *lo = out->lo + (size_t)i * (size_t)out->horizon;
        double *hi = out->hi + (size_t)i * (size_t)out->horizon;
        for (int h = 0; h < out->horizon; h++) {
            lo[h] = out->mean[h] - z * se[h];
            hi[h] = out->mean[h] + z * se[h];
        }
    }
}
