/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is the same for all models.
 */
#include "forecast/model.h"

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

size_t fc_model_any_length(const struct fc_spec *spec)
{
    (void)spec;
    return 1;
}

enum fc_status fc_model_fit(const struct fc_series *series,
                            const struct fc_spec *spec, struct fc_workspace *ws,
                            struct fc_fit *fit, struct fc_error *err)
{
    const struct fc_model *model = spec->model;
    const struct fc_fit *similar = spec->similar;
    struct fc_spec alone = *spec;
    size_t least = model->min_obs(spec);
    *fit = (struct fc_fit){
        .model = model,
        .series = series,
        .season_length = spec->season_length < 1 ? 1 : spec->season_length,
        .seed = fc_model_seed(spec->seed, series->id),
        .loglik = NAN,
        .aic = NAN,
        .aicc = NAN,
        .bic = NAN,
        .sigma2 = NAN,
        .learned = spec->learned,
    };
    if (series->n < least)
        return fc_fail(err, FC_ESHORT,
                       "%s needs at least %zu observations, has %zu",
                       model->name, least, series->n);
    if (similar != NULL
        && (similar->model != model
            || similar->season_length != fit->season_length)) {
        alone.similar = NULL;
        spec = &alone;
    }
    enum fc_status status = model->fit(series, spec, ws, fit, err);
    if (series->n == 1)
        fit->note = "one observation: its intervals have no width";
    return status;
}

static bool all_finite(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

enum fc_status fc_model_predict(const struct fc_fit *fit,
                                struct fc_workspace *ws,
                                struct fc_forecast *out, struct fc_error *err)
{
    enum fc_status status = fit->model->predict(fit, ws, out, err);
    if (status != FC_OK)
        return status;
    size_t h = (size_t)out->horizon;
    size_t nbounds = h * (size_t)out->nlevels;
    if (!all_finite(out->mean, h))
        return fc_fail(err, FC_ERANGE, "%s: forecast is not finite", fit->spec);
    if (!all_finite(out->lo, nbounds) || !all_finite(out->hi, nbounds))
        return fc_fail(err, FC_ERANGE, "%s: interval is not finite", fit->spec);
    return FC_OK;
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
