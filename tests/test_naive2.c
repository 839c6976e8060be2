/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reference_series.h"

#include "forecast/measure/accuracy.h"

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

static void naive2_forecasts_awkward_series(void **state)
{
    (void)state;
    check_awkward_series("naive2");
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
        cmocka_unit_test(naive2_has_its_published_error_on_m3_yearly),
        cmocka_unit_test(naive2_forecasts_awkward_series),
        cmocka_unit_test(naive2_paths_have_the_forecast_s_moments),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fc_workspace_free(ws);
    return failed;
}
