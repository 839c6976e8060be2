/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Series are gone through by their numbers in the store, in which those are the
 * first that were fitted first.
 */
#include "cmd/night/say.h"

#include "cmd/night/series.h"
#include "forecast/measure/accuracy.h"
#include "io/store/results.h"

#include <math.h>
#include <stdlib.h>

/* Units of a power of two in which all numbers are floats, and none has lost
   its digits: 0 but for extreme ones. */
static int units_of(const double *x, size_t n)
{
    double most = 0;
    int exponent = 0;
    for (size_t i = 0; i < n; i++)
        most = fabs(x[i]) > most ? fabs(x[i]) : most;
    if (most > 0x1p120 || (most > 0 && most < 0x1p-90))
        frexp(most, &exponent);
    return exponent;
}

/* The nearest float, or the nearest that is not on the other side. */
static float round_to(double x, int exponent, int side)
{
    if (exponent != 0)
        x = ldexp(x, -exponent);
    float f = (float)x;
    if (side < 0 && (double)f > x)
        return nextafterf(f, -INFINITY);
    if (side > 0 && (double)f < x)
        return nextafterf(f, INFINITY);
    return f;
}

/* Bounds are rounded outwards, so that what was inside of them stays so. */
static void shorten(const struct fc_forecast *f, int exponent, float *numbers)
{
    size_t h = (size_t)f->horizon, nbounds = h * (size_t)f->nlevels;
    for (size_t i = 0; i < h; i++)
        numbers[i] = round_to(f->mean[i], exponent, 0);
    for (size_t i = 0; i < nbounds; i++) {
        numbers[h + i] = round_to(f->lo[i], exponent, -1);
        numbers[h + nbounds + i] = round_to(f->hi[i], exponent, 1);
    }
}

static enum fc_status say_series(struct cmd_night *night, size_t i,
                                 float *numbers, struct fc_error *err)
{
    const struct fc_history *series = &night->panel->series[i];
    size_t nspecs = night->options->nspecs;
    int64_t origin = cmd_night_origin(night, i);
    double scale =
        fc_error_scale_mae(series->y, night->seen[i].n, (size_t)night->season);
    enum fc_status status = FC_OK;
    for (size_t k = 0; status == FC_OK && k < nspecs; k++) {
        size_t item = i * nspecs + k;
        if (night->batch->results[item].outcome == FC_OUTCOME_FAILED)
            continue;
        struct fc_forecast f = fc_batch_forecast(night->batch, item);
        size_t n = fc_forecast_size(f.horizon, f.nlevels);
        struct io_said said = {
            .night = night->number,
            .series = night->seen[i].before.series,
            .model = night->models[k],
            .origin = origin,
            .scale = isfinite(scale) ? scale : NAN,
            .exponent = units_of(f.mean, n),
            .n = n,
            .steps = (size_t)f.horizon,
            .numbers = numbers,
        };
        shorten(&f, said.exponent, numbers);
        status = io_store_say(night->store, &said, err);
    }
    return status;
}

enum fc_status cmd_night_say(struct cmd_night *night, struct fc_error *err)
{
    size_t n = fc_forecast_size((int)night->options->horizon,
                                night->batch->job.nlevels);
    float *numbers = malloc(n * sizeof *numbers);
    size_t *all = cmd_night_by_number(night);
    enum fc_status status = numbers != NULL && all != NULL
                                ? FC_OK
                                : fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t k = 0; status == FC_OK && k < night->panel->nseries; k++)
        if (night->panel->facts[all[k]].error == NULL)
            status = say_series(night, all[k], numbers, err);
    free(all);
    free(numbers);
    return status;
}
