/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/batches.h"

#include "forecast/global/pooled.h"

/* A wave of the same frequency, with its own height, level and phase: the
 * same linear recursion for all series. */
static void wave(gsl_rng *rng, size_t i, double *y, size_t n)
{
    double level = 100 * (1 + gsl_rng_uniform(rng));
    double height = 20 * (1 + gsl_rng_uniform(rng));
    double phase = 6 * gsl_rng_uniform(rng), scale = i % 2 ? 1e-6 : 1e6;
    for (size_t t = 0; t < n; t++)
        y[t] = scale * (level + height * sin(0.9 * (double)t + phase));
}

static void growing_wave(gsl_rng *rng, size_t i, double *y, size_t n)
{
    wave(rng, i, y, n);
    for (size_t t = 0; t < n; t++)
        y[t] = exp(0.02 * y[t] * (i % 2 ? 1e6 : 1e-6) + 0.01 * (double)t);
}

static double worst_error(const struct simulated *s, enum fc_pooled_kind kind,
                          size_t hold)
{
    enum { WINDOW = 8 };
    struct fc_pooled pooled = {
        .kind = kind, .season_length = 1, .window = WINDOW, .horizon = 6};
    struct fc_lesson lesson = {
        .series = s->series, .n = s->n, .hold = hold, .jobs = 2};
    struct fc_workspace *ws = fc_workspace_new();
    double *coef = malloc(fc_pooled_size(&pooled) * sizeof *coef);
    double mean[6], worst = 0;
    assert_int_equal(fc_pooled_fit(&pooled, &lesson, coef, NULL), FC_OK);
    pooled.coef = coef;
    for (size_t i = 0; i < s->n; i++) {
        size_t n = s->length - hold;
        const double *y = s->series[i].y;
        fc_workspace_reset(ws);
        assert_int_equal(fc_pooled_forecast(&pooled, y, n, ws, mean), FC_OK);
        for (size_t h = 0; h < 6; h++)
            worst = fmax(worst, fabs(mean[h] / y[n + h] - 1));
    }
    free(coef);
    fc_workspace_free(ws);
    return worst;
}

static void finds_a_common_recursion(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(50, 40, 6, wave);
    assert_true(worst_error(&s, FC_POOLED_RAW, 0) < 1e-3);
    release_simulated(&s);
    s = simulate_batch(50, 40, 6, growing_wave);
    assert_true(worst_error(&s, FC_POOLED_LOG, 0) < 5e-3);
    release_simulated(&s);
}

/* A wave but for one series, which repeats itself up to rounding errors. */
static void wave_and_one_rounded(gsl_rng *rng, size_t i, double *y, size_t n)
{
    wave(rng, i, y, n);
    for (size_t t = 0; t < n && i == 0; t++)
        y[t] = 50 + 1e-13 * gsl_rng_uniform(rng) + (t % 2 == 0 ? 0 : 40);
}

static void one_series_does_not_outweigh_all(void **state)
{
    (void)state;
    enum { WINDOW = 8, SEASON = 2, HORIZON = 6 };
    struct simulated s = simulate_batch(50, 40, HORIZON, wave_and_one_rounded);
    struct fc_pooled pooled = {.kind = FC_POOLED_RAW,
                               .season_length = SEASON,
                               .window = WINDOW,
                               .horizon = HORIZON};
    struct fc_lesson all = {.series = s.series, .n = s.n, .jobs = 1};
    struct fc_lesson others = {.series = s.series + 1, .n = s.n - 1, .jobs = 1};
    size_t size = fc_pooled_size(&pooled);
    double *coef = malloc(2 * size * sizeof *coef);
    assert_int_equal(fc_pooled_fit(&pooled, &all, coef, NULL), FC_OK);
    assert_int_equal(fc_pooled_fit(&pooled, &others, coef + size, NULL), FC_OK);
    for (size_t i = 0; i < size; i++) /* sums in another order */
        assert_true(fabs(coef[i] - coef[size + i]) < 1e-6);
    free(coef);
    release_simulated(&s);
}

/* What is held back may be anything: it leaves no trace. */
static void does_not_see_what_is_held_back(void **state)
{
    (void)state;
    enum { HOLD = 6, NCOEF = 6 * 9 };
    struct fc_pooled pooled = {.season_length = 1, .window = 8, .horizon = 6};
    double before[NCOEF], after[NCOEF];
    struct simulated s = simulate_batch(50, 40, 6, random_walk);
    struct fc_lesson lesson = {
        .series = s.series, .n = s.n, .hold = HOLD, .jobs = 1};
    assert_int_equal(fc_pooled_fit(&pooled, &lesson, before, NULL), FC_OK);
    for (size_t i = 0; i < s.n; i++)
        for (size_t t = s.length - HOLD; t < s.length; t++)
            s.y[i * (s.length + s.horizon) + t] = 1e9;
    assert_int_equal(fc_pooled_fit(&pooled, &lesson, after, NULL), FC_OK);
    assert_memory_equal(before, after, sizeof before);
    lesson.hold = 0;
    assert_int_equal(fc_pooled_fit(&pooled, &lesson, after, NULL), FC_OK);
    assert_memory_not_equal(before, after, sizeof before);
    release_simulated(&s);
}

static void refuses_what_it_cannot_take(void **state)
{
    (void)state;
    static const double coef[4] = {0, 1, 0, 0}, zeros[4] = {0};
    struct fc_pooled pooled = {.kind = FC_POOLED_LOG,
                               .season_length = 1,
                               .window = 3,
                               .horizon = 1,
                               .coef = coef};
    double mean, two[2] = {1, 2};
    struct fc_workspace *ws = fc_workspace_new();
    assert_int_equal(fc_pooled_forecast(&pooled, two, 2, ws, &mean), FC_ESHORT);
    assert_int_equal(fc_pooled_forecast(&pooled, zeros, 4, ws, &mean),
                     FC_EDOMAIN);
    pooled.kind = FC_POOLED_RAW;
    assert_int_equal(fc_pooled_forecast(&pooled, zeros, 4, ws, &mean),
                     FC_EDOMAIN);
    struct simulated s = simulate_batch(2, 12, 6, random_walk);
    struct fc_lesson lesson = {.series = s.series, .n = s.n, .jobs = 1};
    double out[4];
    assert_int_equal(fc_pooled_fit(&pooled, &lesson, out, NULL), FC_ESHORT);
    release_simulated(&s);
    fc_workspace_free(ws);
}

/* Independent values about a level: nothing is nearer to it than their mean,
 * whose distance is a standard deviation over the root of their number. */
static void noise(gsl_rng *rng, size_t i, double *y, size_t n)
{
    double scale = i % 2 ? 1e-6 : 1e6;
    for (size_t t = 0; t < n; t++)
        y[t] = scale * (50 + (double)i + gsl_ran_gaussian(rng, 1));
}

/* The root mean square distance from the levels, at all steps. */
static double far_from_levels(const struct simulated *s,
                              enum fc_pooled_kind kind, bool past)
{
    struct fc_pooled pooled = {.kind = kind,
                               .season_length = 1,
                               .window = 4,
                               .horizon = 6,
                               .past = past};
    struct fc_lesson lesson = {.series = s->series, .n = s->n, .jobs = 2};
    struct fc_workspace *ws = fc_workspace_new();
    double *coef = malloc(fc_pooled_size(&pooled) * sizeof *coef);
    double mean[6], square = 0;
    assert_int_equal(fc_pooled_size(&pooled), 6 * (past ? 6 : 5));
    assert_int_equal(fc_pooled_fit(&pooled, &lesson, coef, NULL), FC_OK);
    pooled.coef = coef;
    for (size_t i = 0; i < s->n; i++) {
        double scale = i % 2 ? 1e-6 : 1e6;
        fc_workspace_reset(ws);
        assert_int_equal(
            fc_pooled_forecast(&pooled, s->series[i].y, s->length, ws, mean),
            FC_OK);
        for (size_t h = 0; h < 6; h++)
            square += pow(mean[h] / scale - 50 - (double)i, 2);
    }
    free(coef);
    fc_workspace_free(ws);
    return sqrt(square / (6.0 * (double)s->n));
}

static void knows_the_mean_of_what_is_past(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(200, 100, 0, noise);
    for (int kind = FC_POOLED_RAW; kind <= FC_POOLED_LOG; kind++) {
        assert_true(far_from_levels(&s, kind, true) < 0.15);
        assert_true(far_from_levels(&s, kind, false) > 0.4);
    }
    release_simulated(&s);
}

/*
 * The steps of a long horizon do not fit into memory at once; what a step's
 * coefficients are does not depend on how far the horizon goes.
 */
static void a_long_horizon_changes_no_step(void **state)
{
    (void)state;
    enum { WINDOW = 96, LONG = 260, SHORT = 120, SIZE = WINDOW + 1 };
    struct fc_pooled pooled = {
        .season_length = 1, .window = WINDOW, .horizon = LONG};
    struct simulated s = simulate_batch(12, 500, 1, random_walk);
    struct fc_lesson lesson = {.series = s.series, .n = s.n, .jobs = 2};
    double *all = malloc(2 * LONG * SIZE * sizeof *all);
    double *some = all + LONG * SIZE;
    assert_int_equal(fc_pooled_fit(&pooled, &lesson, all, NULL), FC_OK);
    pooled.horizon = SHORT;
    assert_int_equal(fc_pooled_fit(&pooled, &lesson, some, NULL), FC_OK);
    for (size_t i = 0; i < SHORT * SIZE; i++) /* sums in another order */
        assert_true(fabs(all[i] - some[i]) < 1e-8);
    free(all);
    release_simulated(&s);
}

static void signs(gsl_rng *rng, size_t i, double *y, size_t n)
{
    (void)i;
    for (size_t t = 0; t < n; t++)
        y[t] = gsl_ran_gaussian(rng, 1);
}

/* Breaks lie so far from the end of all values, not of those that are seen: the
 * first value behind one is no target, upwards or downwards. */
static void breaks_are_where_the_series_end(void **state)
{
    (void)state;
    enum { N = 40, HOLD = 6, WINDOW = 4, SIZE = 3 * (1 + WINDOW) };
    static const struct fc_breaks last = {1, {{HOLD + 1, 1, false}}};
    struct simulated s = simulate_batch(30, N, 0, signs);
    struct fc_pooled pooled = {.kind = FC_POOLED_RAW,
                               .season_length = 1,
                               .window = WINDOW,
                               .horizon = 3};
    struct fc_lesson lesson = {
        .series = s.series, .n = s.n, .hold = HOLD, .jobs = 1};
    double a[SIZE], b[SIZE];
    for (int told = 0; told < 2; told++) {
        lesson.breaks = told ? &last : NULL;
        assert_int_equal(fc_pooled_fit(&pooled, &lesson, a, NULL), FC_OK);
        for (size_t i = 0; i < s.n; i++) {
            double *y = s.y + i * N + N - HOLD - 1;
            y[0] = 2 * y[-1] - y[0]; /* the scale stays as it is */
        }
        assert_int_equal(fc_pooled_fit(&pooled, &lesson, b, NULL), FC_OK);
        double most = 0;
        for (size_t i = 0; i < SIZE; i++)
            most = fmax(most, fabs(a[i] - b[i]));
        assert_true(told ? most < 1e-9 : most > 1e-3);
    }
    release_simulated(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_a_common_recursion),
        cmocka_unit_test(one_series_does_not_outweigh_all),
        cmocka_unit_test(does_not_see_what_is_held_back),
        cmocka_unit_test(a_long_horizon_changes_no_step),
        cmocka_unit_test(breaks_are_where_the_series_end),
        cmocka_unit_test(knows_the_mean_of_what_is_past),
        cmocka_unit_test(refuses_what_it_cannot_take),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
