/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * When forecasts go astray: against sums made by hand.
 */
#include "tests/check.h"

#include "forecast/measure/drift.h"

static void the_signal_is_the_sum_over_the_smoothed_size(void **state)
{
    (void)state;
    struct fc_drift drift = {0};
    assert_near(fc_drift_signal(&drift), 0, 0);
    fc_drift_add_error(&drift, 2);
    fc_drift_add_error(&drift, -4);
    fc_drift_add_error(&drift, 3);
    assert_near(fc_drift_signal(&drift), 1 / 3.0, 1e-12); /* (2 - 4 + 3) / 3 */
    for (int i = 3; i < 10; i++)
        fc_drift_add_error(&drift, 3);
    /* the mean of ten: 2, 4 and eight times 3 */
    assert_near(fc_drift_signal(&drift), 22 / 3.0, 1e-12);
    fc_drift_add_error(&drift, -13); /* 0.9 * 3 + 0.1 * 13 */
    assert_near(fc_drift_signal(&drift), 9 / 4.0, 1e-12);
}

static void an_alarm_is_a_signal_beyond_four(void **state)
{
    (void)state;
    struct fc_drift drift = {0};
    for (int i = 0; i < 4; i++)
        fc_drift_add_error(&drift, -1);
    assert_int_equal(fc_drift_check(&drift, 95), FC_STEADY); /* -4 */
    fc_drift_add_error(&drift, -1);
    assert_int_equal(fc_drift_check(&drift, 95), FC_BIASED);
    fc_drift_begin_anew(&drift);
    assert_int_equal(fc_drift_check(&drift, 95), FC_STEADY);
    fc_drift_add_error(&drift, 1);
    assert_near(fc_drift_signal(&drift), 1, 1e-12);
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
        cmocka_unit_test(too_many_outside_are_an_alarm),
        cmocka_unit_test(old_values_count_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
