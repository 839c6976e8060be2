/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_TESTS_FUZZED_SERIES_H
#define NIGHTCAST_TESTS_FUZZED_SERIES_H

/*
 * What the fuzz targets of the model families share: series of any numbers,
 * and what must hold whatever they are.  A fit ends in forecasts that are
 * finite with bounds in order, or in an error that says why.
 *
 * The first byte chooses one of the target's specs, the second the season (low
 * three bits) and how the rest is read (the next three): as doubles, bit by
 * bit, or as small numbers on one of several scales, since few random bits
 * look like a series.  What is not finite is missing where the model takes
 * that.
 */
#include <assert.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "tests/series.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    FUZZED_LENGTH = 300,
    FUZZED_HORIZON = 14,
    FUZZED_LEVELS = 2,
    FUZZED_PATH = 5
};

static const double fuzzed_levels[FUZZED_LEVELS] = {80, 95};

/* As struct fc_series demands. */
static inline size_t fuzzed_repair(double *y, size_t n, bool missing)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(y[i]))
            y[i] = missing ? NAN : i > 0 ? y[i - 1] : 1;
    while (n > 0 && isnan(y[n - 1]))
        n--;
    if (n > 0 && isnan(y[0]))
        y[0] = 1;
    return n;
}

/* Into y, which has room for FUZZED_LENGTH; the series' length. */
static inline size_t fuzzed_read(unsigned form, const uint8_t *data,
                                 size_t size, bool missing, double *y)
{
    static const double scales[] = {1, 1e-9, 1e12, 1e-300, 1e300, 0.01, 1e5};
    size_t n = form == 7 ? size / sizeof *y : size;
    if (n > FUZZED_LENGTH)
        n = FUZZED_LENGTH;
    if (form == 7)
        memcpy(y, data, n * sizeof *y);
    else
        for (size_t i = 0; i < n; i++)
            y[i] =
                data[i] == 0xff ? NAN : (double)(int8_t)data[i] * scales[form];
    return fuzzed_repair(y, n, missing);
}

static inline unsigned fuzzed_form(const uint8_t *data)
{
    return data[1] >> 3 & 7;
}

/* The spec that the first two bytes choose. */
static inline struct fc_spec fuzzed_spec(const char *const *specs,
                                         size_t nspecs, const uint8_t *data)
{
    struct fc_spec spec = {0};
    const char *text = specs[data[0] % nspecs];
    struct fc_error err;
    enum fc_status status = fc_model_parse(text, strlen(text), &spec, &err);
    assert(status == FC_OK);
    return spec;
}

static inline const struct fc_seasons *fuzzed_seasons(const uint8_t *data)
{
    static const int seasons[] = {1, 2, 4, 7, 12, 24, 40, 3};
    return season_of(seasons[data[1] & 7]);
}

static inline void fuzzed_check(const struct fc_forecast *out)
{
    for (int h = 0; h < out->horizon; h++)
        assert(isfinite(out->mean[h]));
    for (int i = 0; i < out->nlevels * out->horizon; i++)
        assert(isfinite(out->lo[i]) && isfinite(out->hi[i])
               && out->lo[i] <= out->hi[i]);
}

static inline void fuzzed_try(const struct fc_series *series,
                              const struct fc_spec *spec,
                              struct fc_workspace *ws)
{
    double mean[FUZZED_HORIZON], lo[FUZZED_LEVELS * FUZZED_HORIZON],
        hi[FUZZED_LEVELS * FUZZED_HORIZON], path[FUZZED_PATH];
    struct fc_forecast out = {
        FUZZED_HORIZON, FUZZED_LEVELS, fuzzed_levels, mean, lo, hi, false,
    };
    struct fc_fit fit;
    struct fc_error err = {0};
    struct fc_request request = {
        .spec = spec, .horizon = FUZZED_HORIZON, .seed = 1};
    enum fc_status status = fc_model_fit(series, &request, ws, &fit, &err);
    if (status == FC_OK)
        status = fc_model_predict(&fit, ws, &out, &err);
    if (status != FC_OK) {
        assert(err.code == status && err.msg[0] != '\0');
        return;
    }
    fuzzed_check(&out);
    assert(memchr(fit.spec, '\0', sizeof fit.spec) != NULL);
    if (spec->model->simulate == NULL)
        return;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (fc_model_simulate(&fit, FUZZED_PATH, rng, ws, path, &err) == FC_OK)
        for (int h = 0; h < FUZZED_PATH; h++)
            assert(!isnan(path[h]));
    gsl_rng_free(rng);
}

/* One input as one series under one of the specs, with one of eight lists of
 * seasons. */
static inline void fuzzed_one_of_lists(const char *const *specs, size_t nspecs,
                                       const struct fc_seasons *lists,
                                       const uint8_t *data, size_t size)
{
    double y[FUZZED_LENGTH];
    if (size < 3)
        return;
    gsl_set_error_handler_off();
    struct fc_spec spec = fuzzed_spec(specs, nspecs, data);
    struct fc_series series = {
        .id = "a", .y = y, .seasons = &lists[data[1] & 7]};
    series.n = fuzzed_read(fuzzed_form(data), data + 2, size - 2,
                           spec.model->missing, y);
    struct fc_workspace *ws = fc_workspace_new();
    if (series.n > 0 && ws != NULL)
        fuzzed_try(&series, &spec, ws);
    fc_workspace_free(ws);
}

/* ... with one season, or none. */
static inline void fuzzed_one_series(const char *const *specs, size_t nspecs,
                                     const uint8_t *data, size_t size)
{
    struct fc_seasons lists[8];
    for (uint8_t i = 0; i < 8; i++)
        lists[i] = *fuzzed_seasons((const uint8_t[]){0, i});
    fuzzed_one_of_lists(specs, nspecs, lists, data, size);
}

#endif
