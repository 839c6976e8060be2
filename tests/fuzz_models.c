/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: every model of the table on series of any finite numbers.  A
 * fit ends in forecasts that are finite with bounds in order, or in an error
 * that says why.
 *
 * The first byte chooses the model, the second the season and how the rest is
 * read: as doubles, bit by bit, or as small numbers on one of several scales,
 * since few random bits look like a series.  What is not finite is missing
 * where the model takes that.
 */
#include <assert.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "forecast/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 96, HORIZON = 14, NLEVELS = 2, PATH = 5 };

static size_t read_doubles(const uint8_t *data, size_t size, double *y)
{
    size_t n = size / sizeof(double) < MOST ? size / sizeof(double) : MOST;
    memcpy(y, data, n * sizeof *y);
    return n;
}

static size_t read_small(const uint8_t *data, size_t size, double scale,
                         double *y)
{
    size_t n = size < MOST ? size : MOST;
    for (size_t i = 0; i < n; i++)
        y[i] = data[i] == 0xff ? NAN : (double)(int8_t)data[i] * scale;
    return n;
}

/* As struct fc_series demands. */
static size_t repair(double *y, size_t n, bool missing)
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

static void check_forecast(const struct fc_forecast *out)
{
    for (int h = 0; h < HORIZON; h++)
        assert(isfinite(out->mean[h]));
    for (int i = 0; i < NLEVELS * HORIZON; i++)
        assert(isfinite(out->lo[i]) && isfinite(out->hi[i])
               && out->lo[i] <= out->hi[i]);
}

static void try_model(const struct fc_series *series,
                      const struct fc_spec *spec, struct fc_workspace *ws)
{
    static const double levels[NLEVELS] = {80, 95};
    double mean[HORIZON], lo[NLEVELS * HORIZON], hi[NLEVELS * HORIZON],
        path[PATH];
    struct fc_forecast out = {HORIZON, NLEVELS, levels, mean, lo, hi};
    struct fc_fit fit;
    struct fc_error err = {0};
    enum fc_status status = fc_model_fit(series, spec, ws, &fit, &err);
    if (status == FC_OK)
        status = fc_model_predict(&fit, ws, &out, &err);
    if (status != FC_OK) {
        assert(err.code == status && err.msg[0] != '\0');
        return;
    }
    check_forecast(&out);
    assert(memchr(fit.spec, '\0', sizeof fit.spec) != NULL);
    if (spec->model->simulate == NULL)
        return;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (spec->model->simulate(&fit, PATH, rng, ws, path, &err) == FC_OK)
        for (int h = 0; h < PATH; h++)
            assert(!isnan(path[h]));
    gsl_rng_free(rng);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int seasons[] = {1, 2, 4, 7, 12, 24, 52, 3};
    static const double scales[] = {1, 1e-9, 1e12, 1e-300, 1e300, 0.01, 1e5};
    double y[MOST];
    size_t nmodels = 0;
    if (size < 3)
        return 0;
    gsl_set_error_handler_off();
    while (fc_model_at(nmodels) != NULL)
        nmodels++;
    struct fc_spec spec = {
        .model = fc_model_at(data[0] % nmodels),
        .season_length = seasons[data[1] & 7],
        .seed = 1,
        .horizon = HORIZON,
    };
    unsigned form = data[1] >> 3 & 7;
    size_t n = form == 7 ? read_doubles(data + 2, size - 2, y)
                         : read_small(data + 2, size - 2, scales[form], y);
    n = repair(y, n, spec.model->missing);
    struct fc_series series = {.id = "a", .y = y, .n = n};
    struct fc_workspace *ws = fc_workspace_new();
    if (n > 0 && ws != NULL)
        try_model(&series, &spec, ws);
    fc_workspace_free(ws);
    return 0;
}
