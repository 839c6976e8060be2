/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reference_series.h"

#include "forecast/numeric/decompose.h"

static struct rows series_rows, expected_rows;

static void figures_match_r(void **state)
{
    (void)state;
    struct named_series s;
    double mult[LONGEST], add[LONGEST];
    int seasonal = 0;
    for (size_t i = 0; series_at(series_rows, i, &s); i++) {
        size_t m = (size_t)s.season, n;
        const struct row *row = rows_find(expected_rows, s.name, &n);
        if (m == 1)
            continue;
        assert_non_null(row);
        assert_int_equal(n, m);
        assert_int_equal(
            fc_decompose(s.y, s.n, m, FC_DECOMPOSE_MULTIPLICATIVE, mult, NULL),
            FC_OK);
        assert_int_equal(
            fc_decompose(s.y, s.n, m, FC_DECOMPOSE_ADDITIVE, add, NULL), FC_OK);
        for (size_t k = 0; k < m; k++) {
            assert_near(mult[k], row[k].v[0], 1e-12);
            assert_near(add[k], row[k].v[1], 1e-10);
        }
        seasonal++;
    }
    assert_int_equal(seasonal, 8);
}

static void seasonality_matches_r(void **state)
{
    (void)state;
    struct named_series s;
    for (size_t i = 0; series_at(series_rows, i, &s); i++) {
        size_t n;
        const struct row *row = rows_find(expected_rows, s.name, &n);
        double expected = row != NULL ? row->v[2] : 0;
        assert_near(fc_seasonality(s.y, s.n, (size_t)s.season), expected,
                    1e-11);
    }
}

/* A pure season on a straight line is recovered exactly. */
static void an_exact_season_is_recovered(void **state)
{
    (void)state;
    const double add[5] = {2, -1, 0.5, -3, 1.5};
    double y[33], figure[5];
    for (size_t t = 0; t < 33; t++)
        y[t] = 7 + 0.25 * (double)t + add[t % 5];
    assert_int_equal(
        fc_decompose(y, 33, 5, FC_DECOMPOSE_ADDITIVE, figure, NULL), FC_OK);
    for (size_t i = 0; i < 5; i++)
        assert_near(figure[i], add[i], 1e-12);
}

static void short_series_are_refused(void **state)
{
    (void)state;
    double y[12] = {1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3}, figure[12];
    struct fc_error err;
    assert_int_equal(
        fc_decompose(y, 12, 7, FC_DECOMPOSE_ADDITIVE, figure, &err), FC_ESHORT);
    assert_int_equal(
        fc_decompose(y, 12, 1, FC_DECOMPOSE_ADDITIVE, figure, &err), FC_EINVAL);
    assert_int_equal(
        fc_decompose(y, 12, 6, FC_DECOMPOSE_ADDITIVE, figure, &err), FC_OK);
}

static void a_trend_of_zero_has_no_multiplicative_figure(void **state)
{
    (void)state;
    double y[12] = {1, 0, -1, 1, 0, -1, 1, 0, -1, 1, 0, -1}, figure[3];
    struct fc_error err;
    assert_int_equal(
        fc_decompose(y, 12, 3, FC_DECOMPOSE_MULTIPLICATIVE, figure, &err),
        FC_EDOMAIN);
    assert_int_equal(
        fc_decompose(y, 12, 3, FC_DECOMPOSE_ADDITIVE, figure, &err), FC_OK);
}

static void a_figure_that_means_nothing_becomes_additive(void **state)
{
    (void)state;
    double positive[12], gone[12], figure[3], add[3];
    for (size_t t = 0; t < 12; t++) {
        positive[t] = 10 + (double)(t % 3);
        gone[t] = (double)(t % 3);
    }
    enum fc_decomposition kind = FC_DECOMPOSE_MULTIPLICATIVE;
    assert_int_equal(fc_seasonal_figure(positive, 12, 3, 0.01, &kind, figure),
                     FC_OK);
    assert_int_equal(kind, FC_DECOMPOSE_MULTIPLICATIVE);
    assert_near(figure[0], 10.0 / 11, 1e-12);
    assert_int_equal(fc_seasonal_figure(gone, 12, 3, 0.01, &kind, figure),
                     FC_OK);
    assert_int_equal(kind, FC_DECOMPOSE_ADDITIVE);
    fc_decompose(gone, 12, 3, FC_DECOMPOSE_ADDITIVE, add, NULL);
    assert_memory_equal(figure, add, sizeof add);
    assert_true(fc_has_one_sign(gone, 12));
    gone[0] = -1;
    assert_false(fc_has_one_sign(gone, 12));
}

static void constants_have_no_season(void **state)
{
    (void)state;
    double y[40];
    for (size_t t = 0; t < 40; t++)
        y[t] = 0.1;
    assert_true(fc_all_equal(y, 40));
    assert_true(fc_seasonality(y, 40, 4) == 0);
    y[7] = 0.2;
    assert_false(fc_all_equal(y, 40));
    assert_true(fc_seasonality(y, 40, 4) > 0);
    assert_true(fc_seasonality(y, 4, 4) == 0);
}

/* The mean absolute difference from the first value, over the mean size. */
static void all_equal_is_so_to_the_tolerance_of_r(void **state)
{
    (void)state;
    double y[11];
    for (int sign = -1; sign <= 1; sign += 2)
        for (double size = 1e-9; size < 1e10; size *= 1e6) {
            for (size_t t = 0; t < 11; t++)
                y[t] = sign * size;
            y[5] = sign * size * (1 + 11 * 1.45e-8);
            assert_true(fc_all_equal(y, 11));
            y[5] = sign * size * (1 + 11 * 1.55e-8);
            assert_false(fc_all_equal(y, 11));
            y[5] = sign * size * (1 - 11 * 1.55e-8);
            assert_false(fc_all_equal(y, 11));
        }
}

int main(void)
{
    series_rows = rows_read("tests/reference/theta_series.csv");
    expected_rows = rows_read("tests/reference/decompose.csv");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_match_r),
        cmocka_unit_test(seasonality_matches_r),
        cmocka_unit_test(an_exact_season_is_recovered),
        cmocka_unit_test(short_series_are_refused),
        cmocka_unit_test(a_trend_of_zero_has_no_multiplicative_figure),
        cmocka_unit_test(a_figure_that_means_nothing_becomes_additive),
        cmocka_unit_test(constants_have_no_season),
        cmocka_unit_test(all_equal_is_so_to_the_tolerance_of_r),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(series_rows.row);
    free(expected_rows.row);
    return failed;
}
