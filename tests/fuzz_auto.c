/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: the combinations, scum and auto, on any series; and auto, or a
 * model that is one of its members, learning from a batch of them.
 *
 * The two high bits of the second byte, if not both zero, say how many series
 * the rest is cut into: each has a byte for the part of the rest that it takes
 * and for the form of its numbers.
 */
#include "tests/fuzzed_series.h"

#include <stdio.h>

#include "forecast/run/batch.h"

enum { MOST_SERIES = 48, BATCH_HORIZON = 4 };

static const int counts[] = {0, 3, 12, MOST_SERIES};

/* The numbers of all series one after the other; how many series. */
static size_t cut(const uint8_t *data, size_t size, size_t most, double *y,
                  struct fc_series *series)
{
    static char ids[MOST_SERIES][24];
    size_t n = 0;
    for (size_t at = 0; at + 1 < size && n < most; n++) {
        size_t take = data[at] >> 3;
        unsigned form = data[at++] & 7;
        take = (take + 1) * (form == 7 ? sizeof *y : 4);
        if (take > size - at)
            take = size - at;
        snprintf(ids[n], sizeof ids[n], "%zu", n);
        series[n] = (struct fc_series){
            .id = ids[n], .y = y, .seasons = fuzzed_seasons(data)};
        series[n].n = fuzzed_read(form, data + at, take, true, y);
        y += series[n].n;
        at += take;
        if (series[n].n == 0)
            n--;
    }
    return n;
}

static void check_batch(const struct fc_batch *batch)
{
    for (size_t i = 0; i < batch->job.n; i++) {
        struct fc_forecast forecast = fc_batch_forecast(batch, i);
        if (batch->results[i].outcome != FC_OUTCOME_FAILED)
            fuzzed_check(&forecast);
        else
            assert(batch->results[i].detail != NULL);
    }
}

static void check_same(const struct fc_batch *a, const struct fc_batch *b,
                       size_t i)
{
    size_t mean = BATCH_HORIZON * sizeof(double);
    struct fc_forecast x = fc_batch_forecast(a, i);
    struct fc_forecast y = fc_batch_forecast(b, i);
    assert(a->results[i].outcome == b->results[i].outcome);
    if (a->results[i].outcome == FC_OUTCOME_FAILED)
        return;
    assert(memcmp(x.mean, y.mean, mean) == 0);
    assert(memcmp(x.lo, y.lo, FUZZED_LEVELS * mean) == 0);
    assert(memcmp(x.hi, y.hi, FUZZED_LEVELS * mean) == 0);
}

/* Twice, on one thread and on two: the numbers are the same. */
static void run(const struct fc_spec *spec, const struct fc_series *series,
                size_t n)
{
    struct fc_batch batch[2];
    struct fc_history histories[MOST_SERIES];
    struct fc_error err;
    for (size_t i = 0; i < n; i++)
        histories[i] =
            (struct fc_history){series[i].id, series[i].y, series[i].n};
    for (int i = 0; i < 2; i++) {
        batch[i] = (struct fc_batch){
            .job = {.series = histories,
                    .n = n,
                    .seasons = n > 0 ? series[0].seasons : NULL,
                    .specs = spec,
                    .nspecs = 1,
                    .seed = 1,
                    .horizon = BATCH_HORIZON,
                    .nlevels = FUZZED_LEVELS,
                    .levels = fuzzed_levels,
                    .nthreads = 1 + i}};
        enum fc_status status = fc_batch_run(&batch[i], &err);
        assert(status == FC_OK);
        check_batch(&batch[i]);
    }
    for (size_t i = 0; i < n; i++)
        check_same(&batch[0], &batch[1], i);
    fc_batch_release(&batch[0]);
    fc_batch_release(&batch[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const specs[] = {"auto", "scum"};
    static const char *const learners[] = {"auto", "pooled", "pooled-log",
                                           "network"};
    double y[MOST_SERIES * 128 + 8];
    struct fc_series series[MOST_SERIES];
    if (size < 3 || data[1] >> 6 == 0) {
        fuzzed_one_series(specs, 2, data, size);
        return 0;
    }
    gsl_set_error_handler_off();
    struct fc_spec spec = fuzzed_spec(learners, 4, data);
    size_t n = cut(data + 2, size - 2, (size_t)counts[data[1] >> 6], y, series);
    if (n > 0)
        run(&spec, series, n);
    return 0;
}
