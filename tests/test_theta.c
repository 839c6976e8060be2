/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reference_series.h"

static struct rows series_rows, expected_rows;

/* Columns of tests/reference/theta.csv after the name. */
enum { STEP, ALPHA, SIGMA2, MEAN, LO80, HI95, R_SIGMA2, R_MEAN };

/* The rows of theta.csv are thetaf()'s formulas at the exact optimum. */
static void forecasts_match_r_at_the_optimum(void **state)
{
    (void)state;
    struct fc_workspace *ws = fc_workspace_new();
    struct named_series s;
    struct forecasts f;
    size_t i;
    for (i = 0; series_at(series_rows, i, &s); i++) {
        size_t horizon;
        const struct row *r = rows_find(expected_rows, s.name, &horizon);
        assert_non_null(r);
        assert_int_equal(
            forecast_series("theta", s.y, s.n, s.season, (int)horizon, ws, &f),
            FC_OK);
        double rel = s.n > 6 ? 1e-7 : 1e-4; /* there R's own search */
        assert_near(f.fit.sigma2, r->v[SIGMA2], rel);
        for (size_t h = 0; h < horizon; h++) {
            assert_near(f.mean[h], r[h].v[MEAN], rel);
            assert_near_floor(f.lo[h], r[h].v[LO80], rel, r[h].v[MEAN]);
            assert_near(f.hi[horizon + h], r[h].v[HI95], rel);
        }
    }
    assert_int_equal(i, 14);
    fc_workspace_free(ws);
}

/* And thetaf() itself stops within its tolerance of them. */
static void forecasts_are_close_to_thetaf(void **state)
{
    (void)state;
    struct fc_workspace *ws = fc_workspace_new();
    struct named_series s;
    struct forecasts f;
    for (size_t i = 0; series_at(series_rows, i, &s); i++) {
        size_t horizon;
        const struct row *r = rows_find(expected_rows, s.name, &horizon);
        assert_int_equal(
            forecast_series("theta", s.y, s.n, s.season, (int)horizon, ws, &f),
            FC_OK);
        assert_true(f.fit.sigma2 <= r->v[R_SIGMA2] * (1 + 1e-7));
        for (size_t h = 0; h < horizon; h++)
            if (f.fit.sigma2 >= r->v[R_SIGMA2] * (1 - 1e-7))
                assert_near(f.mean[h], r[h].v[R_MEAN], 1e-3);
    }
    fc_workspace_free(ws);
}

/* Counts of how the series of the M3 competition compare with thetaf(). */
struct comparison {
    size_t series, close, better, worse;
};

/* Rows of the reference: step, mean, lo95, hi95; of data: date, value. */
static void compare(const struct row *data, size_t n, const struct row *r,
                    size_t horizon, int season, struct fc_workspace *ws,
                    struct comparison *c)
{
    double y[LONGEST], largest = 0;
    struct forecasts f;
    for (size_t t = 0; t < n; t++)
        y[t] = data[t].v[1];
    fc_workspace_reset(ws);
    assert_int_equal(
        forecast_series("theta", y, n, season, (int)horizon, ws, &f), FC_OK);
    for (size_t h = 0; h < horizon; h++)
        largest = fmax(largest, fabs(f.mean[h] / r[h].v[1] - 1));
    /* the reference has ten digits of hi95, and so fewer of sigma */
    double sigma = (r->v[3] - r->v[1]) / 1.959963984540054;
    double digits = 2e-9 * r->v[3] / sigma;
    double ratio = sqrt(f.fit.sigma2) / sigma - 1;
    c->series++;
    c->close += largest < 1e-4;
    c->better += ratio < -1e-6;
    c->worse += ratio > digits;
    assert_true(largest < 1e-2 || ratio < -1e-9);
}

static void m3_errors_are_never_larger_than_thetaf_s(void **state)
{
    (void)state;
    static const char *const groups[] = {"monthly", "quarterly", "yearly",
                                         "other"};
    static const int seasons[] = {12, 4, 1, 1};
    struct comparison c = {0};
    struct rows reference =
        rows_read("../shared/reference/r-forecast-8.20/m3_theta_forecasts.csv");
    if (reference.n == 0) {
        print_message("skipped: no ../shared/reference\n");
        skip();
    }
    struct fc_workspace *ws = fc_workspace_new();
    for (int g = 0; g < 4; g++) {
        char path[80];
        size_t n, horizon;
        snprintf(path, sizeof path, "../shared/data/m3/%s_train.csv",
                 groups[g]);
        struct rows data = rows_read(path);
        for (size_t first = 0; first < data.n; first += n) {
            struct rows rest = {data.row + first, data.n - first};
            const struct row *row = rows_find(rest, rest.row->name, &n);
            const struct row *r = rows_find(reference, row->name, &horizon);
            compare(row, n, r, horizon, seasons[g], ws, &c);
        }
        free(data.row);
    }
    assert_int_equal(c.series, 3003);
    assert_int_equal(c.worse, 0);
    assert_true(c.close > 2250);
    assert_true(c.better > 450);
    free(reference.row);
    fc_workspace_free(ws);
}

static void one_observation_is_its_own_forecast(void **state)
{
    (void)state;
    struct fc_workspace *ws = fc_workspace_new();
    struct forecasts f;
    const double y[1] = {7};
    assert_int_equal(forecast_series("theta", y, 1, 12, 3, ws, &f), FC_OK);
    assert_true(f.mean[2] == 7);
    assert_non_null(f.fit.note);
    fc_workspace_free(ws);
}

/*
 * An exact season about zero repeats itself.  Added to a line that crosses
 * zero, where ratios to it look like a multiplicative season, it leaves the
 * line's forecasts.
 */
static void a_season_about_zero_is_additive(void **state)
{
    (void)state;
    static const double figure[4] = {-3, 1, 4, -2};
    struct fc_workspace *ws = fc_workspace_new();
    struct forecasts f, g;
    double y[60], line[60];
    for (size_t t = 0; t < 60; t++) {
        y[t] = figure[t % 4];
        line[t] = 10 * (double)t - 295;
    }
    assert_int_equal(forecast_series("theta", y, 60, 4, 8, ws, &f), FC_OK);
    assert_string_equal(f.fit.spec, "Theta[4] additive");
    for (size_t h = 0; h < 8; h++)
        assert_near_floor(f.mean[h], figure[h % 4], 1e-9, 1);
    for (size_t t = 0; t < 60; t++)
        y[t] += line[t];
    assert_int_equal(forecast_series("theta", y, 60, 4, 8, ws, &f), FC_OK);
    assert_int_equal(forecast_series("theta", line, 60, 1, 8, ws, &g), FC_OK);
    for (size_t h = 0; h < 8; h++)
        assert_near(f.mean[h], g.mean[h] + figure[h % 4], 1e-9);
    check_simulation("theta", y, 58, 4);
    fc_workspace_free(ws);
}

/* The negative of a series has the negative forecasts. */
static void data_below_zero_keep_a_multiplicative_season(void **state)
{
    (void)state;
    struct fc_workspace *ws = fc_workspace_new();
    struct named_series s;
    struct forecasts f, g;
    assert_true(series_at(series_rows, 0, &s));
    assert_int_equal(forecast_series("theta", s.y, s.n, s.season, 10, ws, &f),
                     FC_OK);
    for (size_t t = 0; t < s.n; t++)
        s.y[t] = -s.y[t];
    assert_int_equal(forecast_series("theta", s.y, s.n, s.season, 10, ws, &g),
                     FC_OK);
    assert_string_equal(g.fit.spec, f.fit.spec);
    for (int h = 0; h < 10; h++)
        assert_near(g.mean[h], -f.mean[h], 1e-12);
    fc_workspace_free(ws);
}

static void paths_have_the_forecast_s_moments(void **state)
{
    (void)state;
    struct named_series s;
    assert_true(series_at(series_rows, 2, &s));
    check_simulation("theta", s.y, s.n, s.season);
}

int main(void)
{
    series_rows = rows_read("tests/reference/theta_series.csv");
    expected_rows = rows_read("tests/reference/theta.csv");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forecasts_match_r_at_the_optimum),
        cmocka_unit_test(forecasts_are_close_to_thetaf),
        cmocka_unit_test(m3_errors_are_never_larger_than_thetaf_s),
        cmocka_unit_test(one_observation_is_its_own_forecast),
        cmocka_unit_test(a_season_about_zero_is_additive),
        cmocka_unit_test(data_below_zero_keep_a_multiplicative_season),
        cmocka_unit_test(paths_have_the_forecast_s_moments),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(series_rows.row);
    free(expected_rows.row);
    return failed;
}
