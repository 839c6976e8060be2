/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/check.h"

#include "forecast/numeric/minimize.h"

struct counted {
    double (*f)(double x);
    int calls;
};

static double call(double x, void *arg)
{
    struct counted *counted = arg;
    counted->calls++;
    return counted->f(x);
}

static double minimize(double (*f)(double), double lo, double hi, double *fmin,
                       int *calls)
{
    struct counted counted = {f, 0};
    double x = fc_minimize(call, &counted, lo, hi, 16, 1e-10, fmin);
    *calls = counted.calls;
    return x;
}

static double quartic(double x)
{
    return pow(x - 0.3, 4) + (x - 0.3) * (x - 0.3) + 2;
}

static void a_smooth_minimum_is_found_to_half_the_digits(void **state)
{
    (void)state;
    double fmin;
    int calls;
    assert_near(minimize(quartic, -1, 2, &fmin, &calls), 0.3, 1e-7);
    assert_near(fmin, 2, 1e-15);
    assert_true(calls < 40);
}

/* Two valleys; the deeper one, at 0.9, is the narrower. */
static double two_valleys(double x)
{
    return fmin(pow(x - 0.2, 2), 40 * pow(x - 0.9, 2) - 0.01);
}

static void the_deeper_of_two_valleys_is_found(void **state)
{
    (void)state;
    double fmin;
    int calls;
    assert_near(minimize(two_valleys, 0, 1, &fmin, &calls), 0.9, 1e-7);
    assert_near(fmin, -0.01, 1e-12);
}

/*
 * Between grid points 13 / 15 and 14 / 15 it falls below what any grid point
 * has, so only refining every local minimum finds it.
 */
static double hidden_valley(double x)
{
    return fmin(0.02 * x, 0.02 + 20 * pow(x - 0.9, 2) - 0.03);
}

static void a_valley_between_grid_points_is_found(void **state)
{
    (void)state;
    double fmin;
    int calls;
    assert_true(hidden_valley(13.0 / 15) > hidden_valley(0));
    assert_true(hidden_valley(14.0 / 15) > hidden_valley(0));
    assert_near(minimize(hidden_valley, 0, 1, &fmin, &calls), 0.9, 1e-7);
}

static double falling(double x)
{
    return -x;
}

static double rising(double x)
{
    return x;
}

static void minima_at_the_ends_are_the_ends(void **state)
{
    (void)state;
    double fmin;
    int calls;
    assert_true(minimize(falling, 0.1, 0.7, &fmin, &calls) == 0.7);
    assert_true(fmin == -0.7);
    assert_true(minimize(rising, 0.1, 0.7, &fmin, &calls) == 0.1);
}

static double half_defined(double x)
{
    return x < 0.5 ? NAN : (x - 0.6) * (x - 0.6);
}

static double undefined(double x)
{
    (void)x;
    return NAN;
}

static void what_is_not_a_number_is_avoided(void **state)
{
    (void)state;
    double fmin;
    int calls;
    assert_near(minimize(half_defined, 0, 1, &fmin, &calls), 0.6, 1e-7);
    assert_true(minimize(undefined, 0, 1, &fmin, &calls) == 0);
    assert_true(isinf(fmin));
    assert_true(calls < 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_smooth_minimum_is_found_to_half_the_digits),
        cmocka_unit_test(the_deeper_of_two_valleys_is_found),
        cmocka_unit_test(a_valley_between_grid_points_is_found),
        cmocka_unit_test(minima_at_the_ends_are_the_ends),
        cmocka_unit_test(what_is_not_a_number_is_avoided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
