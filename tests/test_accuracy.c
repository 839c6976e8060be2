/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reference_series.h"

#include "forecast/measure/accuracy.h"

/*
 * By hand: errors 1, -2, 0, 4 on actual values 10, 8, 0, 20 and forecasts
 * 9, 10, 0, 16; training data 1, 3, 2, 6, 5 with absolute differences 2, 1,
 * 4, 1 at lag 1 and 1, 3, 3 at lag 2.
 */
static const double ACTUAL[4] = {10, 8, 0, 20};
static const double FORECAST[4] = {9, 10, 0, 16};
static const double TRAIN[5] = {1, 3, 2, 6, 5};

static void errors_match_hand_computation(void **state)
{
    (void)state;
    struct fc_accuracy a =
        fc_accuracy(ACTUAL, FORECAST, 4, fc_error_scale(TRAIN, 5, 1));
    assert_int_equal(a.n, 4);
    assert_near(a.mae, 7.0 / 4, 1e-15);
    assert_near(a.rmse, sqrt(21.0 / 4), 1e-15);
    assert_near(a.mape, 100 * (0.1 + 0.25 + 0.2) / 3, 1e-15);
    assert_near(a.smape, 100 * (2.0 / 19 + 4.0 / 18 + 0 + 8.0 / 36) / 4, 1e-15);
    assert_near(a.mase, 1.75 / 2, 1e-15);
    assert_near(a.rmsse, sqrt(21.0 / 4 / (22.0 / 4)), 1e-15);
}

static void scales_take_the_season_s_lag_or_one(void **state)
{
    (void)state;
    struct fc_error_scale lag2 = fc_error_scale(TRAIN, 5, 2);
    assert_near(lag2.mae, 7.0 / 3, 1e-15);
    assert_near(lag2.rmse, sqrt(19.0 / 3), 1e-15);
    assert_near(fc_error_scale(TRAIN, 5, 4).mae, 4, 1e-15);
    assert_near(fc_error_scale(TRAIN, 5, 5).mae, 2, 1e-15);
    assert_near(fc_error_scale(TRAIN, 5, 0).mae, 2, 1e-15);
    assert_true(isnan(fc_error_scale(TRAIN, 1, 1).mae));
}

static void missing_values_are_left_out(void **state)
{
    (void)state;
    const double actual[4] = {10, NAN, 0, 20};
    const double train[4] = {1, NAN, 5, 6};
    struct fc_error_scale scale = fc_error_scale(train, 4, 1);
    struct fc_accuracy a = fc_accuracy(actual, FORECAST, 4, scale);
    assert_near(scale.mae, 1, 1e-15);
    assert_int_equal(a.n, 3);
    assert_near(a.mae, 5.0 / 3, 1e-15);
    assert_near(fc_coverage(actual, FORECAST, FORECAST, 4), 1.0 / 3, 1e-15);
    assert_true(isnan(fc_accuracy(actual + 1, FORECAST, 1, scale).mae));
    assert_true(isnan(fc_coverage(actual + 1, FORECAST, FORECAST, 1)));
    assert_true(isnan(fc_msis(actual + 1, FORECAST, FORECAST, 1, 95, 1)));
}

static void zero_denominators_are_as_documented(void **state)
{
    (void)state;
    const double zero[3] = {0, 0, 0}, one[3] = {1, 1, 1};
    struct fc_accuracy a =
        fc_accuracy(zero, zero, 3, fc_error_scale(zero, 3, 1));
    assert_true(a.mae == 0 && a.smape == 0);
    assert_true(isnan(a.mape) && isnan(a.mase) && isnan(a.rmsse));
    assert_near(fc_accuracy(zero, one, 3, fc_error_scale(TRAIN, 5, 1)).smape,
                200, 1e-15);
    assert_true(isnan(fc_msis(one, zero, zero, 3, 95, 0)));
    assert_true(fc_owa(0, 1, 0, 1) == 1);
    assert_true(isinf(fc_owa(1, 1, 0, 1)));
}

static void owa_is_the_mean_of_two_ratios(void **state)
{
    (void)state;
    /* M4's winner: sMAPE 11.374, MASE 1.536 against Naive 2's 13.564 and
       1.912, OWA 0.821 (Makridakis et al. 2020, tables 2 and 4) */
    assert_near(fc_owa(11.374, 1.536, 13.564, 1.912), 0.821, 5e-4);
}

static void intervals_match_hand_computation(void **state)
{
    (void)state;
    const double lo[4] = {8, 9, -1, 10}, hi[4] = {12, 11, 1, 18};
    /* below by 1, above by 2: 20 times each at 90%; widths 4, 2, 2, 8 */
    assert_near(fc_coverage(ACTUAL, lo, hi, 4), 0.5, 1e-15);
    assert_near(fc_msis(ACTUAL, lo, hi, 4, 90, 2), (16 + 60) / 4.0 / 2, 1e-12);
    assert_near(fc_interval_score(8, 9, 11, 95), 2 + 40, 1e-12);
}

/* Squares of which no double can hold. */
static void errors_of_any_size_have_a_root(void **state)
{
    (void)state;
    static const double units[] = {1e300, 1, 1e-300};
    for (int i = 0; i < 3; i++) {
        double u = units[i];
        double y[] = {1 * u, 4 * u, NAN, 4 * u, 0};
        double actual[] = {1 * u, 2 * u}, forecast[] = {4 * u, 6 * u};
        struct fc_error_scale scale = fc_error_scale(y, 5, 1);
        struct fc_accuracy a = fc_accuracy(actual, forecast, 2, scale);
        assert_near(scale.rmse / u, sqrt((9 + 16) / 2.0), 1e-12);
        assert_near(a.rmse / u, sqrt((9 + 16) / 2.0), 1e-12);
        assert_near(a.rmsse, 1, 1e-12);
    }
}

/* What ../shared/score.py --json says of R's thetaf() on the M3's `other`. */
static void m3_scores_match_an_independent_program(void **state)
{
    (void)state;
    struct rows train = rows_read("../shared/data/m3/other_train.csv");
    struct rows test = rows_read("../shared/data/m3/other_test.csv");
    struct rows forecast =
        rows_read("../shared/reference/r-forecast-8.20/m3_theta_forecasts.csv");
    double smape = 0, mase = 0, coverage = 0, msis = 0, series = 0;
    if (forecast.n == 0 || test.n == 0) {
        print_message("skipped: no ../shared/reference\n");
        skip();
    }
    for (size_t first = 0, n; first < test.n; first += n) {
        struct rows rest = {test.row + first, test.n - first};
        size_t ntrain, nforecast;
        const struct row *a = rows_find(rest, rest.row->name, &n);
        const struct row *y = rows_find(train, a->name, &ntrain);
        const struct row *f = rows_find(forecast, a->name, &nforecast);
        double past[LONGEST], v[4][FARTHEST];
        assert_int_equal(n, nforecast);
        for (size_t t = 0; t < ntrain; t++)
            past[t] = y[t].v[1];
        for (size_t h = 0; h < n; h++) {
            v[0][h] = a[h].v[1];
            for (int k = 1; k < 4; k++)
                v[k][h] = f[h].v[k];
        }
        struct fc_error_scale scale = fc_error_scale(past, ntrain, 1);
        struct fc_accuracy accuracy = fc_accuracy(v[0], v[1], n, scale);
        smape += accuracy.smape;
        mase += accuracy.mase;
        coverage += fc_coverage(v[0], v[2], v[3], n);
        msis += fc_msis(v[0], v[2], v[3], n, 95, scale.mae);
        series++;
    }
    assert_int_equal(series, 174);
    assert_near(smape / series, 4.921890436588241, 1e-12);
    assert_near(mase / series, 2.2710525230721914, 1e-12);
    assert_near(coverage / series, 0.9367816091954023, 1e-12);
    assert_near(msis / series, 16.03128395075885, 1e-12);
    free(train.row);
    free(test.row);
    free(forecast.row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_match_hand_computation),
        cmocka_unit_test(scales_take_the_season_s_lag_or_one),
        cmocka_unit_test(missing_values_are_left_out),
        cmocka_unit_test(zero_denominators_are_as_documented),
        cmocka_unit_test(owa_is_the_mean_of_two_ratios),
        cmocka_unit_test(intervals_match_hand_computation),
        cmocka_unit_test(errors_of_any_size_have_a_root),
        cmocka_unit_test(m3_scores_match_an_independent_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
