/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Regressors that are not known in advance: which of the three rules carries
 * them on, by pasts that leave no doubt, and what a backtest makes of them.
 */
#include "tests/check.h"
#include "tests/series.h"

#include "forecast/models.h"
#include "forecast/run/backtest.h"

#include <gsl/gsl_rng.h>
#include <string.h>

enum { N = 70, HORIZON = 10, PLACES = N + HORIZON };

static const double FUTURE = 1e6; /* what must not be seen */

static void carry(size_t lag, int season, double *x)
{
    for (size_t t = N + lag; t < PLACES; t++)
        x[t] = FUTURE;
    fc_known_carry(&lag, 1, N, HORIZON, season, x);
}

static void what_wanders_keeps_its_last_value(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    double x[PLACES] = {2};
    for (size_t t = 1; t < PLACES; t++)
        x[t] = x[t - 1] + gsl_rng_uniform(rng) - 0.4;
    carry(0, 7, x);
    for (size_t t = N; t < PLACES; t++)
        assert_near(x[t], x[N - 1], 0);
    gsl_rng_free(rng);
}

static void what_comes_by_the_season_comes_again(void **state)
{
    (void)state;
    double x[PLACES], pattern[] = {3, 9, 1, 4, 4, 0, 7};
    for (size_t t = 0; t < PLACES; t++)
        x[t] = pattern[t % 7];
    carry(0, 7, x);
    for (size_t t = N; t < PLACES; t++)
        assert_near(x[t], pattern[t % 7], 0);
}

static void what_comes_by_chance_comes_as_often_as_before(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    double x[PLACES], sum = 0;
    for (size_t t = 0; t < PLACES; t++)
        x[t] = gsl_rng_uniform(rng) < 0.3;
    for (size_t t = 0; t < N; t++)
        sum += x[t];
    carry(0, 7, x);
    for (size_t t = N; t < PLACES; t++)
        assert_near(x[t], sum / N, 1e-12);
    gsl_rng_free(rng);
}

/* A lag of 3 is known for three steps, and of two cycles less one there is no
 * season. */
static void as_far_as_it_is_known_it_stays(void **state)
{
    (void)state;
    double x[PLACES];
    for (size_t t = 0; t < PLACES; t++)
        x[t] = (double)t;
    carry(3, 36, x);
    for (size_t t = N; t < PLACES; t++)
        assert_near(x[t], t < N + 3 ? (double)t : N + 2, 0);
    for (size_t t = 0; t < PLACES; t++)
        x[t] = (double)t;
    size_t all = SIZE_MAX;
    fc_known_carry(&all, 1, N, HORIZON, 7, x);
    for (size_t t = 0; t < PLACES; t++)
        assert_near(x[t], (double)t, 0);
}

static double forecast[2];

static void take(void *arg, size_t origin, size_t spec,
                 const struct fc_forecast *f)
{
    (void)arg;
    if (spec == 0)
        forecast[origin] = f->mean[0];
}

/* y is 100, and 150 on days whose x is 1: an origin before such a day does not
 * know it, or else does. */
static void a_backtest_sees_no_further_than_its_origins(void **state)
{
    (void)state;
    enum { DAYS = 61 };
    double y[DAYS], x[DAYS];
    for (size_t t = 0; t < DAYS; t++) {
        x[t] = t % 4 == 0; /* 56 and 60, too */
        y[t] = 100 + 50 * x[t] + 0.1 * (double)(t * 7 % 5);
    }
    struct fc_history history = {"a", y, DAYS};
    struct fc_regressors regressors = {.n = 1, .stride = DAYS, .x = x};
    struct fc_spec spec = {.model = fc_model_find("mean")};
    struct fc_outline outline;
    struct fc_error err;
    size_t lag = 0;
    assert_int_equal(fc_outline_init(&outline, NULL, 0, NULL, 0, &err), FC_OK);
    for (int unknown = 0; unknown < 2; unknown++) {
        struct fc_backtest backtest = {.job = {.series = &history,
                                               .n = 1,
                                               .regressors = &regressors,
                                               .specs = &spec,
                                               .nspecs = 1,
                                               .horizon = 1,
                                               .nlevels = outline.n,
                                               .levels = outline.all,
                                               .nthreads = 1},
                                       .outline = &outline,
                                       .known_for = unknown ? &lag : NULL,
                                       .origins = 2,
                                       .stride = 4,
                                       .took = take};
        assert_int_equal(fc_backtest_run(&backtest, &err), FC_OK);
        assert_int_equal(backtest.norigins, 2);
        for (int i = 0; i < 2; i++)
            assert_true(unknown ? forecast[i] < 120 : forecast[i] > 145);
        fc_backtest_release(&backtest);
    }
    assert_near(x[60], 1, 0);
    fc_outline_release(&outline);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_wanders_keeps_its_last_value),
        cmocka_unit_test(what_comes_by_the_season_comes_again),
        cmocka_unit_test(what_comes_by_chance_comes_as_often_as_before),
        cmocka_unit_test(as_far_as_it_is_known_it_stays),
        cmocka_unit_test(a_backtest_sees_no_further_than_its_origins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
