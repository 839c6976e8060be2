/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reference_series.h"

#include "forecast/measure/accuracy.h"
#include "forecast/numeric/decompose.h"

static struct fc_workspace *ws;

/* Forecast of the third quarter on, from naive2's definition. */
static void naive2_repeats_the_adjusted_last_value(void **state)
{
    (void)state;
    /* exact season 0.8, 1.2 on a constant 10; then a last value of 9 */
    double y[21];
    struct forecasts f;
    for (size_t t = 0; t < 21; t++)
        y[t] = t % 2 == 0 ? 8 : 12;
    assert_int_equal(forecast_series("naive2", y, 21, 2, 4, ws, &f), FC_OK);
    assert_near(f.mean[0], 12, 1e-12);
    assert_near(f.mean[1], 8, 1e-12);
    assert_near(f.mean[2], 12, 1e-12);
    assert_near_floor(f.hi[7], f.mean[3], 1e-12, 1);
}

/* The competition's test, at 1.645; and three seasons at least. */
static void naive2_adjusts_what_the_test_finds(void **state)
{
    (void)state;
    enum { N = 36, M = 4 };
    double y[N];
    struct forecasts f;
    int between = 0;
    for (int k = 0; k < 400; k++) {
        for (size_t t = 0; t < N; t++)
            y[t] = 100 + 0.02 * k * (t % M == 1)
                   + fmod(fabs(sin((double)t * 12.9898 + 4.1) * 43758.5453), 1);
        double statistic = fc_seasonality(y, N, M);
        fc_workspace_reset(ws);
        assert_int_equal(forecast_series("naive2", y, N, M, 4, ws, &f), FC_OK);
        assert_string_equal(f.fit.spec,
                            statistic > 1.645 ? "naive2[4]" : "naive2");
        between += statistic > 1.645 && statistic < 1.96;
    }
    assert_true(between > 0); /* or another critical value would do */
    for (size_t n = 2 * M; n <= 4 * M; n++) {
        for (size_t t = 0; t < n; t++)
            y[t] = t % M == 1 ? 20 : 10;
        fc_workspace_reset(ws);
        assert_int_equal(forecast_series("naive2", y, n, M, 4, ws, &f), FC_OK);
        bool found = n >= 3 * M && fc_seasonality(y, n, M) > 1.645;
        assert_string_equal(f.fit.spec, found ? "naive2[4]" : "naive2");
        assert_true(fc_seasonality(y, n, M) > 1.645 || n < 2 * M + 2);
    }
}

/* Without a season, those of a random walk: differences 1, -3, 2, 4. */
static void naive2_has_the_intervals_of_naive(void **state)
{
    (void)state;
    const double y[] = {5, 6, 3, 5, 9};
    struct forecasts f;
    assert_int_equal(forecast_series("naive2", y, 5, 1, 3, ws, &f), FC_OK);
    for (int h = 0; h < 3; h++) {
        double se = sqrt((1 + 9 + 4 + 16) / 4.0 * (h + 1));
        assert_near(f.mean[h], 9, 0);
        assert_near(f.hi[3 + h], 9 + 1.959963984540054 * se, 1e-12);
        assert_near(f.lo[3 + h], 9 - 1.959963984540054 * se, 1e-12);
    }
}

static void a_season_about_zero_is_additive(void **state)
{
    (void)state;
    static const double figure[4] = {-3, 1, 4, -2};
    double y[60];
    struct forecasts f;
    for (size_t t = 0; t < 60; t++)
        y[t] = 10 * (double)t - 295 + figure[t % 4];
    assert_int_equal(forecast_series("naive2", y, 60, 4, 8, ws, &f), FC_OK);
    assert_string_equal(f.fit.spec, "naive2[4] additive");
    for (int h = 0; h < 8; h++) {
        /* a walk whose every step is 10, in R's naive(): sigma = 10 */
        double half = 10 * sqrt(h + 1) * 1.959963984540054;
        assert_near(f.mean[h], 295 + figure[h % 4], 1e-12);
        assert_near(f.hi[8 + h] - f.mean[h], half, 1e-9);
    }
    check_simulation("naive2", y, 60, 4);
}

/* Published for the M3 (Makridakis & Hibon 2000, table 6): Naive 2 has 17.88
 * on yearly data, which have no season. */
static void naive2_has_its_published_error_on_m3_yearly(void **state)
{
    (void)state;
    struct rows train = rows_read("../shared/data/m3/yearly_train.csv");
    struct rows test = rows_read("../shared/data/m3/yearly_test.csv");
    double smape = 0, series = 0;
    if (train.n == 0 || test.n == 0) {
        print_message("skipped: no ../shared/data\n");
        skip();
    }
    for (size_t first = 0, n; first < test.n; first += n) {
        struct rows rest = {test.row + first, test.n - first};
        size_t ntrain;
        const struct row *a = rows_find(rest, rest.row->name, &n);
        const struct row *y = rows_find(train, a->name, &ntrain);
        double past[LONGEST], actual[FARTHEST];
        struct forecasts f;
        for (size_t t = 0; t < ntrain; t++)
            past[t] = y[t].v[1];
        for (size_t h = 0; h < n; h++)
            actual[h] = a[h].v[1];
        fc_workspace_reset(ws);
        assert_int_equal(
            forecast_series("naive2", past, ntrain, 1, (int)n, ws, &f), FC_OK);
        smape += fc_accuracy(actual, f.mean, n, fc_error_scale(past, ntrain, 1))
                     .smape;
        series++;
    }
    assert_near(smape / series, 17.88, 0.005 / 17.88);
    free(train.row);
    free(test.row);
}

static void naive2_paths_have_the_forecast_s_moments(void **state)
{
    (void)state;
    struct rows rows = rows_read("tests/reference/theta_series.csv");
    struct named_series s;
    assert_true(series_at(rows, 0, &s));
    check_simulation("naive2", s.y, s.n, s.season);
    free(rows.row);
}

int main(void)
{
    ws = fc_workspace_new();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(naive2_repeats_the_adjusted_last_value),
        cmocka_unit_test(naive2_adjusts_what_the_test_finds),
        cmocka_unit_test(naive2_has_the_intervals_of_naive),
        cmocka_unit_test(a_season_about_zero_is_additive),
        cmocka_unit_test(naive2_has_its_published_error_on_m3_yearly),
        cmocka_unit_test(naive2_paths_have_the_forecast_s_moments),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fc_workspace_free(ws);
    return failed;
}
