/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/batches.h"

#include "forecast/global/neural.h"

enum { HORIZON = 6 };

/* What was learnt from a batch, with room for its parameters. */
struct taught {
    struct fc_neural neural;
    double *parameters;
};

static struct taught teach(const struct simulated *s, int season, size_t hold,
                           int jobs)
{
    struct taught t = {.neural = {.season_length = season,
                                  .window = fc_neural_window(season, HORIZON),
                                  .horizon = HORIZON}};
    struct fc_lesson lesson = {
        .series = s->series, .n = s->n, .hold = hold, .seed = 1, .jobs = jobs};
    t.parameters = malloc(fc_neural_size(&t.neural) * sizeof *t.parameters);
    assert_int_equal(fc_neural_fit(&t.neural, &lesson, t.parameters, NULL),
                     FC_OK);
    t.neural.parameters = t.parameters;
    return t;
}

/* A level, and on it a figure that all series share but each begins at another
 * place: no model of one short series can know what comes. */
static void common_figure(gsl_rng *rng, size_t i, double *y, size_t n)
{
    static const double figure[] = {0, 1, 3, 7, 4, 6, 2, 9, 8, 2, 5};
    enum { LENGTH = sizeof figure / sizeof *figure };
    double level = 50 + 50 * gsl_rng_uniform(rng), scale = i % 2 ? 1e-6 : 1e6;
    for (size_t t = 0; t < n; t++)
        y[t] = scale * (level + figure[(t + 5 * i) % LENGTH]);
}

static void learns_what_series_have_in_common(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(400, 30, HORIZON, common_figure);
    struct taught t = teach(&s, 1, 0, 2);
    struct fc_workspace *ws = fc_workspace_new();
    double error = 0, naive = 0, mean[HORIZON];
    for (size_t i = 0; i < s.n; i++) {
        const double *y = s.series[i].y;
        double scale = i % 2 ? 1e-6 : 1e6;
        fc_workspace_reset(ws);
        assert_int_equal(fc_neural_forecast(&t.neural, y, s.length, ws, mean),
                         FC_OK);
        for (size_t h = 0; h < HORIZON; h++) {
            double actual = s.future[i * HORIZON + h];
            error += fabs(mean[h] - actual) / scale;
            naive += fabs(y[s.length - 1] - actual) / scale;
        }
    }
    assert_true(error < 0.1 * naive);
    free(t.parameters);
    fc_workspace_free(ws);
    release_simulated(&s);
}

/* What is held back may be anything: it leaves no trace. */
static void does_not_see_what_is_held_back(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(60, 40, HORIZON, random_walk);
    struct taught before = teach(&s, 4, HORIZON, 1);
    size_t size = fc_neural_size(&before.neural) * sizeof(double);
    for (size_t i = 0; i < s.n; i++)
        for (size_t t = s.length - HORIZON; t < s.length; t++)
            s.y[i * (s.length + s.horizon) + t] = 1e9;
    struct taught after = teach(&s, 4, HORIZON, 1);
    assert_memory_equal(before.parameters, after.parameters, size);
    free(after.parameters);
    after = teach(&s, 4, 0, 1);
    assert_memory_not_equal(before.parameters, after.parameters, size);
    free(before.parameters);
    free(after.parameters);
    release_simulated(&s);
}

static void neither_threads_nor_order_matter(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(60, 40, HORIZON, seasonal);
    struct taught one = teach(&s, 4, 0, 1);
    for (size_t i = 0; i < s.n / 2; i++) {
        struct fc_series other = s.series[i];
        s.series[i] = s.series[s.n - 1 - i];
        s.series[s.n - 1 - i] = other;
    }
    struct taught many = teach(&s, 4, 0, 3);
    assert_memory_equal(one.parameters, many.parameters,
                        fc_neural_size(&one.neural) * sizeof(double));
    free(one.parameters);
    free(many.parameters);
    release_simulated(&s);
}

/* Whatever one series is, the networks of the others can be trained. */
static void one_series_cannot_spoil_the_rest(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(60, 40, HORIZON, seasonal);
    double *y = s.y + 7 * (s.length + s.horizon);
    for (size_t t = 0; t < s.length; t++) /* changes 1e310 times its scale */
        y[t] = t % 4 == 0 ? 1e300 : -1e-10 * (double)(1 + t % 3);
    struct taught t = teach(&s, 4, 0, 2);
    free(t.parameters);
    release_simulated(&s);
}

/* Of a positive series only ratios count. */
static void the_unit_of_a_series_does_not_matter(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(60, 40, HORIZON, seasonal);
    struct taught t = teach(&s, 4, 0, 2);
    struct fc_workspace *ws = fc_workspace_new();
    double y[40], mean[HORIZON], scaled[HORIZON];
    for (size_t i = 0; i < 40; i++)
        y[i] = s.series[0].y[i] * 1e-7;
    assert_int_equal(fc_neural_forecast(&t.neural, s.series[0].y, 40, ws, mean),
                     FC_OK);
    assert_int_equal(fc_neural_forecast(&t.neural, y, 40, ws, scaled), FC_OK);
    for (size_t h = 0; h < HORIZON; h++)
        assert_near(scaled[h], mean[h] * 1e-7, 1e-9);
    free(t.parameters);
    fc_workspace_free(ws);
    release_simulated(&s);
}

static void refuses_what_it_cannot_take(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(60, 40, HORIZON, seasonal);
    struct taught t = teach(&s, 4, 0, 2);
    struct fc_workspace *ws = fc_workspace_new();
    double mean[HORIZON], constant[20], sparse[20] = {[3] = 1, [9] = 2};
    for (int i = 0; i < 20; i++)
        constant[i] = 3;
    assert_int_equal(fc_neural_forecast(&t.neural, s.series[0].y, 5, ws, mean),
                     FC_ESHORT);
    assert_int_equal(fc_neural_forecast(&t.neural, constant, 20, ws, mean),
                     FC_EDOMAIN);
    assert_int_equal(fc_neural_forecast(&t.neural, sparse, 20, ws, mean),
                     FC_EDOMAIN);
    struct fc_lesson few = {.series = s.series, .n = 19, .jobs = 1};
    assert_int_equal(fc_neural_fit(&t.neural, &few, t.parameters, NULL),
                     FC_ESHORT);
    struct fc_lesson held = {
        .series = s.series, .n = s.n, .hold = 40, .jobs = 1};
    assert_int_equal(fc_neural_fit(&t.neural, &held, t.parameters, NULL),
                     FC_ESHORT);
    volatile sig_atomic_t stop = 1;
    held.stop = &stop;
    held.hold = 0;
    assert_int_equal(fc_neural_fit(&t.neural, &held, t.parameters, NULL),
                     FC_ESTOPPED);
    assert_int_equal(fc_neural_window(7, 100000), 0);
    free(t.parameters);
    fc_workspace_free(ws);
    release_simulated(&s);
}

/* Independent values about a level. */
static void noise(gsl_rng *rng, size_t i, double *y, size_t n)
{
    double scale = i % 2 ? 1e-6 : 1e6;
    for (size_t t = 0; t < n; t++)
        y[t] = scale * (50 + (double)i / 4 + gsl_ran_gaussian(rng, 1));
}

/* The mean distance from the levels, at all steps. */
static double far_from_levels(const struct simulated *s, bool past)
{
    struct fc_neural neural = {.season_length = 1,
                               .window = fc_neural_window(1, HORIZON),
                               .horizon = HORIZON,
                               .past = past};
    struct fc_lesson lesson = {
        .series = s->series, .n = s->n, .seed = 1, .jobs = 2};
    struct fc_workspace *ws = fc_workspace_new();
    double *parameters = malloc(fc_neural_size(&neural) * sizeof *parameters);
    double mean[HORIZON], sum = 0;
    assert_int_equal(fc_neural_fit(&neural, &lesson, parameters, NULL), FC_OK);
    neural.parameters = parameters;
    for (size_t i = 0; i < s->n; i++) {
        double scale = i % 2 ? 1e-6 : 1e6;
        fc_workspace_reset(ws);
        assert_int_equal(
            fc_neural_forecast(&neural, s->series[i].y, s->length, ws, mean),
            FC_OK);
        for (size_t h = 0; h < HORIZON; h++)
            sum += fabs(mean[h] / scale - 50 - (double)i / 4);
    }
    free(parameters);
    fc_workspace_free(ws);
    return sum / (HORIZON * (double)s->n);
}

/* The mean of 60 is .10 off, that of the last 8 is .28. */
static void knows_the_mean_of_what_is_past(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(200, 60, 0, noise);
    assert_true(far_from_levels(&s, true) < 0.15);
    assert_true(far_from_levels(&s, false) > 0.25);
    release_simulated(&s);
}

/* Of both signs; 0, and then 1, at the end of what will be seen. */
static void signs(gsl_rng *rng, size_t i, double *y, size_t n)
{
    (void)i;
    for (size_t t = 0; t < n; t++)
        y[t] = gsl_ran_gaussian(rng, 1);
    y[n - HORIZON - 2] = 0;
    y[n - HORIZON - 1] = 1;
}

/* Breaks lie so far from the end of all values, not of those that are seen: the
 * first value behind one is no target, upwards or downwards. */
static void breaks_are_where_the_series_end(void **state)
{
    (void)state;
    static const struct fc_breaks last = {1, {{HORIZON + 1, 1, false}}};
    struct simulated s = simulate_batch(30, 40, 0, signs);
    struct taught a = teach(&s, 1, HORIZON, 1);
    size_t n = fc_neural_size(&a.neural);
    double *b = malloc(n * sizeof *b);
    struct fc_lesson lesson = {
        .series = s.series, .n = s.n, .hold = HORIZON, .seed = 1, .jobs = 1};
    for (int told = 0; told < 2; told++) {
        lesson.breaks = told ? &last : NULL;
        assert_int_equal(fc_neural_fit(&a.neural, &lesson, a.parameters, NULL),
                         FC_OK);
        for (size_t i = 0; i < s.n; i++)
            s.y[i * 40 + 40 - HORIZON - 1] *= -1;
        assert_int_equal(fc_neural_fit(&a.neural, &lesson, b, NULL), FC_OK);
        assert_int_equal(memcmp(a.parameters, b, n * sizeof *b) == 0, told);
    }
    free(b);
    free(a.parameters);
    release_simulated(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learns_what_series_have_in_common),
        cmocka_unit_test(does_not_see_what_is_held_back),
        cmocka_unit_test(neither_threads_nor_order_matter),
        cmocka_unit_test(one_series_cannot_spoil_the_rest),
        cmocka_unit_test(the_unit_of_a_series_does_not_matter),
        cmocka_unit_test(breaks_are_where_the_series_end),
        cmocka_unit_test(knows_the_mean_of_what_is_past),
        cmocka_unit_test(refuses_what_it_cannot_take),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
