/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Missing values: a straight line between neighbours, and what is missing at
 * either end.  Expected values are plain to see, or computed the other way
 * round: a line with holes is that line.
 */
#include "tests/check.h"

#include "forecast/numeric/missing.h"

#include <limits.h>

#define N_OF(array) (sizeof(array) / sizeof *(array))

static void assert_filled(const double *y, const double *expected, size_t n,
                          size_t filled)
{
    double out[32], same[32];
    assert_int_equal(fc_fill_linear(y, n, out), filled);
    memcpy(same, y, n * sizeof *y);
    assert_int_equal(fc_fill_linear(same, n, same), filled);
    for (size_t t = 0; t < n; t++) {
        assert_near_floor(out[t], expected[t], 1e-14, 1e-300);
        assert_true(same[t] == out[t]);
    }
}

#define ASSERT_FILLED(filled, ...)                                          \
    do {                                                                    \
        const double both[] = {__VA_ARGS__};                                \
        assert_filled(both, both + N_OF(both) / 2, N_OF(both) / 2, filled); \
    } while (0)

/* First the series, then what it becomes. */
static void gaps_are_straight_lines(void **state)
{
    (void)state;
    ASSERT_FILLED(0, 3, 1, 4, /**/ 3, 1, 4);
    ASSERT_FILLED(1, 3, NAN, 4, /**/ 3, 3.5, 4);
    ASSERT_FILLED(2, 3, NAN, NAN, 9, /**/ 3, 5, 7, 9);
    ASSERT_FILLED(3, 9, NAN, NAN, NAN, 1, /**/ 9, 7, 5, 3, 1);
    ASSERT_FILLED(2, 0, NAN, -1, 8, NAN, 0, /**/ 0, -0.5, -1, 8, 4, 0);
    ASSERT_FILLED(2, 5, NAN, 7, NAN, 9, /**/ 5, 6, 7, 8, 9);
}

static void ends_are_the_nearest_value(void **state)
{
    (void)state;
    ASSERT_FILLED(2, NAN, NAN, 6, 2, /**/ 6, 6, 6, 2);
    ASSERT_FILLED(3, 6, 2, NAN, NAN, NAN, /**/ 6, 2, 2, 2, 2);
    ASSERT_FILLED(4, NAN, 1, NAN, 3, NAN, NAN, /**/ 1, 1, 2, 3, 3, 3);
    ASSERT_FILLED(3, NAN, 7, NAN, NAN, /**/ 7, 7, 7, 7);
}

static void without_a_value_nothing_is_filled(void **state)
{
    double y[3] = {NAN, NAN, NAN};
    (void)state;
    assert_int_equal(fc_fill_linear(y, 3, y), 0);
    for (int t = 0; t < 3; t++)
        assert_true(isnan(y[t]));
    assert_int_equal(fc_fill_linear(y, 0, y), 0);
    assert_int_equal(fc_count_missing(y, 3), 3);
    assert_int_equal(fc_missing_tail(y, 3), 3);
}

/* Any holes in a line of any slope. */
static void a_line_with_holes_is_the_line(void **state)
{
    enum { N = 20 };
    double y[N], expected[N];
    (void)state;
    for (unsigned holes = 1; holes < 1u << (N - 2); holes = holes * 3 + 1) {
        double slope = holes % 7 - 3.25;
        size_t missing = 0;
        for (size_t t = 0; t < N; t++) {
            bool hole = t > 0 && t < N - 1 && (holes >> (t - 1) & 1) != 0;
            expected[t] = 100 + slope * (double)t;
            y[t] = hole ? NAN : expected[t];
            missing += hole;
        }
        assert_int_equal(fc_count_missing(y, N), missing);
        assert_filled(y, expected, N, missing);
    }
}

static void a_tail_is_what_follows_the_last_value(void **state)
{
    const double y[] = {NAN, 1, NAN, 2, NAN, NAN};
    (void)state;
    assert_int_equal(fc_missing_tail(y, 6), 2);
    assert_int_equal(fc_missing_tail(y, 5), 1);
    assert_int_equal(fc_missing_tail(y, 4), 0);
    assert_int_equal(fc_missing_tail(y, 1), 1);
    assert_int_equal(fc_count_missing(y, 6), 4);
}

/* Cut off at the end, and filled where the model takes no gaps. */
static void a_series_is_prepared_for_its_model(void **state)
{
    const double y[] = {4, NAN, 8, NAN, NAN};
    const struct fc_series given = {.id = "a", .y = y, .n = 5};
    const struct fc_series whole = {.id = "b", .y = y, .n = 1};
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_series out;
    struct fc_error err;
    int tail;
    (void)state;
    assert_int_equal(
        fc_missing_prepare(&given, false, 10, ws, &out, &tail, &err), FC_OK);
    assert_int_equal(tail, 2);
    assert_int_equal(out.n, 3);
    assert_string_equal(out.id, "a");
    assert_true(out.y[0] == 4 && out.y[1] == 6 && out.y[2] == 8);
    assert_true(isnan(y[1])); /* the given one stays */
    assert_int_equal(
        fc_missing_prepare(&given, true, 10, ws, &out, &tail, &err), FC_OK);
    assert_int_equal(tail, 2);
    assert_int_equal(out.n, 3);
    assert_ptr_equal(out.y, y);
    assert_int_equal(
        fc_missing_prepare(&whole, false, 10, ws, &out, &tail, &err), FC_OK);
    assert_int_equal(tail, 0);
    assert_ptr_equal(out.y, y);
    /* the steps to the end of the horizon are counted by an int */
    assert_int_equal(
        fc_missing_prepare(&given, true, INT_MAX - 2, ws, &out, &tail, &err),
        FC_OK);
    assert_int_equal(
        fc_missing_prepare(&given, true, INT_MAX - 1, ws, &out, &tail, &err),
        FC_ERANGE);
    fc_workspace_free(ws);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaps_are_straight_lines),
        cmocka_unit_test(ends_are_the_nearest_value),
        cmocka_unit_test(without_a_value_nothing_is_filled),
        cmocka_unit_test(a_line_with_holes_is_the_line),
        cmocka_unit_test(a_tail_is_what_follows_the_last_value),
        cmocka_unit_test(a_series_is_prepared_for_its_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
