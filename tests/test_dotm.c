/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reference_series.h"

static struct rows series_rows, expected_rows;

/* Columns of tests/reference/dotm.csv after the name. */
enum { STEP, ALPHA, OMEGA, SIGMA2, MEAN, SE };

/*
 * The reference runs the paper's equations as they stand, finds the
 * parameters by brute force, and the variance from responses to unit errors.
 */
static void forecasts_match_the_paper_s_equations(void **state)
{
    (void)state;
    struct fc_workspace *ws = fc_workspace_new();
    struct named_series s;
    struct forecasts f;
    int compared = 0;
    for (size_t i = 0; series_at(series_rows, i, &s); i++) {
        size_t horizon;
        const struct row *r = rows_find(expected_rows, s.name, &horizon);
        if (r == NULL)
            continue;
        assert_int_equal(
            forecast_series("dotm", s.y, s.n, s.season, (int)horizon, ws, &f),
            FC_OK);
        assert_near(f.fit.sigma2, r->v[SIGMA2], 1e-9);
        for (size_t h = 0; h < horizon; h++) {
            assert_near(f.mean[h], r[h].v[MEAN], 2e-6);
            assert_near((f.hi[horizon + h] - f.mean[h]) / 1.959963984540054,
                        r[h].v[SE], 1e-5);
        }
        compared++;
    }
    assert_int_equal(compared, 13);
    fc_workspace_free(ws);
}

static void a_line_is_continued(void **state)
{
    (void)state;
    struct fc_workspace *ws = fc_workspace_new();
    struct forecasts f;
    double y[30];
    for (size_t t = 0; t < 30; t++)
        y[t] = 1e6 + 3 * (double)t;
    assert_int_equal(forecast_series("dotm", y, 30, 1, 10, ws, &f), FC_OK);
    for (int h = 0; h < 10; h++)
        assert_true(f.mean[h] > y[29] && f.mean[h] < y[29] + 3.1 * (h + 1));
    fc_workspace_free(ws);
}

static void forecasts_move_with_scale_and_shift(void **state)
{
    (void)state;
    struct fc_workspace *ws = fc_workspace_new();
    struct named_series s;
    struct forecasts f, g;
    assert_true(series_at(series_rows, 2, &s));
    assert_int_equal(forecast_series("dotm", s.y, s.n, 1, 10, ws, &f), FC_OK);
    for (size_t t = 0; t < s.n; t++)
        s.y[t] = -1e-6 * s.y[t] + 5;
    assert_int_equal(forecast_series("dotm", s.y, s.n, 1, 10, ws, &g), FC_OK);
    for (int h = 0; h < 10; h++) {
        assert_near(g.mean[h] - 5, -1e-6 * f.mean[h], 1e-6);
        assert_near(g.mean[h] - g.lo[h], 1e-6 * (f.mean[h] - f.lo[h]), 1e-6);
    }
    fc_workspace_free(ws);
}

static void data_with_zeros_take_an_additive_season(void **state)
{
    (void)state;
    struct fc_workspace *ws = fc_workspace_new();
    struct forecasts f;
    double y[48];
    for (size_t t = 0; t < 48; t++)
        y[t] = (double)(t % 4) * 5;
    assert_int_equal(forecast_series("dotm", y, 48, 4, 8, ws, &f), FC_OK);
    for (int h = 0; h < 8; h++)
        assert_near_floor(f.mean[h], (h % 4) * 5, 1e-9, 1);
    fc_workspace_free(ws);
}

/* Divided by less than a hundredth, rounding would be all that is left. */
static void only_a_season_that_nearly_vanishes_is_additive(void **state)
{
    (void)state;
    static const double least[] = {0.3, 0.05, 0.015, 0.005};
    struct fc_workspace *ws = fc_workspace_new();
    struct forecasts f;
    double y[48];
    for (size_t i = 0; i < 4; i++) {
        for (size_t t = 0; t < 48; t++)
            y[t] = 70 * (t % 4 == 2 ? least[i] : (4 - least[i]) / 3);
        assert_int_equal(forecast_series("dotm", y, 48, 4, 8, ws, &f), FC_OK);
        assert_string_equal(f.fit.spec,
                            least[i] < 0.01 ? "DOTM[4] additive" : "DOTM[4]");
        for (int h = 0; h < 8; h++)
            assert_near(f.mean[h], y[h], 1e-9);
    }
    fc_workspace_free(ws);
}

static void paths_have_the_forecast_s_moments(void **state)
{
    (void)state;
    struct named_series s;
    assert_true(series_at(series_rows, 0, &s));
    check_simulation("dotm", s.y, s.n, s.season);
}

int main(void)
{
    series_rows = rows_read("tests/reference/theta_series.csv");
    expected_rows = rows_read("tests/reference/dotm.csv");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forecasts_match_the_paper_s_equations),
        cmocka_unit_test(a_line_is_continued),
        cmocka_unit_test(forecasts_move_with_scale_and_shift),
        cmocka_unit_test(data_with_zeros_take_an_additive_season),
        cmocka_unit_test(only_a_season_that_nearly_vanishes_is_additive),
        cmocka_unit_test(paths_have_the_forecast_s_moments),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(series_rows.row);
    free(expected_rows.row);
    return failed;
}
