/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: what was kept of a fit, and changed, as what another fit starts
 * from.  The first byte chooses the model, the second the season and whether
 * the series begins where it did; then every three change a number: which one,
 * how, and to what.  Whatever is taken ends in forecasts, or an error.
 */
#include <assert.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "forecast/kept.h"
#include "forecast/models.h"
#include "tests/fuzzed_series.h"

static const char *const models[] = {"ets", "arima", "ces", "scum", "auto"};

enum { NMODELS = sizeof models / sizeof *models, LENGTH = 60, MORE = 3 };

static void make_series(const struct fc_seasons *seasons, double *y)
{
    int m = fc_season_length(seasons);
    for (int t = 0; t < LENGTH + MORE; t++)
        y[t] = 50 + 0.3 * t + 5 * (t % m) + (t * 7919 % 11);
}

static double changed_to(uint8_t how, uint8_t to)
{
    double x = (int8_t)to;
    switch (how % 6) {
    case 0:
        return x;
    case 1:
        return x / 128;
    case 2:
        return ldexp(1, 8 * (int8_t)to);
    case 3:
        return -ldexp(1, 8 * (int8_t)to);
    case 4:
        return x < 0 ? -INFINITY : NAN;
    default:
        return x * 1e5;
    }
}

static struct fc_learned *keep(const struct fc_series *series,
                               const struct fc_request *request,
                               struct fc_workspace *ws)
{
    struct fc_learned *kept = NULL;
    struct fc_fit fit;
    struct fc_error err;
    enum fc_status status = fc_model_fit(series, request, ws, &fit, &err);
    assert(status == FC_OK);
    status = fc_fit_keep(&fit, &kept);
    assert(status == FC_OK && kept != NULL);
    return kept;
}

static void go_on(const struct fc_series *series,
                  const struct fc_request *request, struct fc_workspace *ws)
{
    double numbers[FUZZED_HORIZON * (1 + 2 * FUZZED_LEVELS)];
    struct fc_forecast out =
        fc_forecast_over(FUZZED_HORIZON, FUZZED_LEVELS, fuzzed_levels, numbers);
    struct fc_fit fit;
    struct fc_error err = {0};
    enum fc_status status = fc_model_fit(series, request, ws, &fit, &err);
    if (status == FC_OK)
        status = fc_model_predict(&fit, ws, &out, &err);
    assert(status == FC_OK || err.msg[0] != '\0');
    if (status == FC_OK)
        fuzzed_check(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    double y[LENGTH + MORE];
    struct fc_fit similar;
    if (size < 2)
        return 0;
    gsl_set_error_handler_off();
    struct fc_spec spec = {.model = fc_model_find(models[data[0] % NMODELS])};
    struct fc_series series = {
        .id = "a", .y = y, .n = LENGTH, .seasons = fuzzed_seasons(data)};
    struct fc_request request = {
        .spec = &spec, .horizon = FUZZED_HORIZON, .seed = 1};
    struct fc_workspace *ws = fc_workspace_new();
    make_series(series.seasons, y);
    struct fc_learned *kept = keep(&series, &request, ws);
    for (size_t i = 2; i + 2 < size; i += 3)
        kept->values[data[i] % kept->n] = changed_to(data[i + 1], data[i + 2]);
    series.n += MORE;
    if (fc_fit_recall(fc_part_of(kept), spec.model, data[1] & 64 ? 0 : LENGTH,
                      ws, &similar)
        == FC_OK) {
        request.similar = &similar;
        go_on(&series, &request, ws);
    }
    free(kept);
    fc_workspace_free(ws);
    return 0;
}
