/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * When forecasts go astray: against sums made by hand, and series of errors of
 * which it is known whether their mean moves.
 */
#include "tests/check.h"

#include "forecast/measure/drift.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

static void the_signal_is_the_sum_over_the_smoothed_size(void **state)
{
    (void)state;
    struct fc_drift drift = {0};
    assert_near(fc_drift_signal(&drift), 0, 0);
    fc_drift_add_error(&drift, 2); /* 2 - 0.75 * 2 */
    assert_near(fc_drift_signal(&drift), 0.5 / 2, 1e-12);
    fc_drift_add_error(&drift, -4); /* -3.5 + 0.75 * 3 */
    assert_near(fc_drift_signal(&drift), -1.25 / 3, 1e-12);
    fc_drift_add_error(&drift, 3); /* 1.75, less than 0.75 * 3 */
    assert_near(fc_drift_signal(&drift), 0, 0);
    for (int i = 3; i < 10; i++)
        fc_drift_add_error(&drift, 3); /* sizes are 3 in the mean */
    assert_near(fc_drift_signal(&drift), 7 * 0.75 / 3, 1e-12);
    fc_drift_add_error(&drift, -13); /* 0.9 * 3 + 0.1 * 13: -7.75 + 3 */
    assert_near(fc_drift_signal(&drift), -4.75 / 4, 1e-12);
}

static void an_alarm_is_a_signal_beyond_four(void **state)
{
    (void)state;
    struct fc_drift drift = {0};
    for (int i = 0; i < 16; i++)
        fc_drift_add_error(&drift, -1);
    assert_int_equal(fc_drift_check(&drift, 95), FC_STEADY); /* -4 */
    fc_drift_add_error(&drift, -1);
    assert_int_equal(fc_drift_check(&drift, 95), FC_BIASED);
    fc_drift_begin_anew(&drift);
    assert_int_equal(fc_drift_check(&drift, 95), FC_STEADY);
    fc_drift_add_error(&drift, 2); /* 2 - 0.75 * 1.1 */
    assert_near(fc_drift_signal(&drift), 1.175 / 1.1, 1e-12);
}

/* --- errors whose truth is known: what the header says of them --- */

static double draw_normal(gsl_rng *rng)
{
    return gsl_ran_gaussian_ziggurat(rng, 1);
}

static double draw_t5(gsl_rng *rng)
{
    return gsl_ran_tdist(rng, 5);
}

static double draw_laplace(gsl_rng *rng)
{
    return gsl_ran_laplace(rng, 1);
}

static bool is_alarm(struct fc_drift *drift, double error)
{
    fc_drift_add_error(drift, error);
    if (fc_drift_check(drift, 95) == FC_STEADY)
        return false;
    fc_drift_begin_anew(drift);
    return true;
}

static void alarms_by_chance_are_rare(void **state)
{
    (void)state;
    static const struct {
        double (*draw)(gsl_rng *rng);
        double every;
    } rows[] = {{draw_normal, 600}, {draw_t5, 240}, {draw_laplace, 170}};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct fc_drift drift = {0};
        int alarms = 0, n = 2000000;
        for (int i = 0; i < n; i++)
            alarms += is_alarm(&drift, rows[k].draw(rng));
        assert_near(n / (double)alarms, rows[k].every, 0.1);
    }
    gsl_rng_free(rng);
}

static void a_mean_that_moves_is_seen_soon(void **state)
{
    (void)state;
    static const struct {
        double by, after;
    } rows[] = {{1, 14}, {1.5, 7}, {2, 4.8}, {3, 3}, {-3, 3}};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        int n = 2000, values = 0;
        for (int i = 0; i < n; i++) {
            struct fc_drift drift = {0};
            for (int t = 0; t < 40; t++)
                is_alarm(&drift, draw_normal(rng));
            for (values++; !is_alarm(&drift, draw_normal(rng) + rows[k].by);)
                values++;
        }
        assert_near(values / (double)n, rows[k].after, 0.1);
    }
    gsl_rng_free(rng);
}

/* P(X >= 5) of 20 at 0.05 is 0.00257, P(X >= 6) is 0.00033: the sums of
   choose(20, i) 0.05^i 0.95^(20 - i). */
static void too_many_outside_are_an_alarm(void **state)
{
    (void)state;
    struct fc_drift drift = {0};
    for (int i = 0; i < 20; i++)
        fc_drift_add_interval(&drift, i >= 5);
    assert_int_equal(fc_drift_check(&drift, 95), FC_STEADY);
    drift.outside = 6;
    assert_int_equal(fc_drift_check(&drift, 95), FC_TOO_NARROW);
    drift.outside = 0; /* too wide is no drift */
    assert_int_equal(fc_drift_check(&drift, 50), FC_STEADY);
}

static void old_values_count_less(void **state)
{
    (void)state;
    struct fc_drift drift = {0};
    for (int i = 0; i < 1000; i++)
        fc_drift_add_interval(&drift, i % 20 != 0);
    assert_true(drift.compared <= 100);
    assert_int_equal(fc_drift_check(&drift, 95), FC_STEADY);
    for (int i = 0; i < 10; i++)
        fc_drift_add_interval(&drift, false);
    assert_int_equal(fc_drift_check(&drift, 95), FC_TOO_NARROW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_signal_is_the_sum_over_the_smoothed_size),
        cmocka_unit_test(an_alarm_is_a_signal_beyond_four),
        cmocka_unit_test(alarms_by_chance_are_rare),
        cmocka_unit_test(a_mean_that_moves_is_seen_soon),
        cmocka_unit_test(too_many_outside_are_an_alarm),
        cmocka_unit_test(old_values_count_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
