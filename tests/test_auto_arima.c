/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/check.h"
#include "tests/series.h"

#include "forecast/models.h"

#include <gsl/gsl_randist.h>

enum { HORIZON = 12, LONGEST = 2000 };

struct result {
    struct fc_series series;
    struct fc_fit fit;
    struct fc_error err;
    double mean[HORIZON], lo[HORIZON], hi[HORIZON];
};

static const double level_95 = 95;
static const double z_95 = 1.959963984540054;

static enum fc_status run_spec(struct fc_spec *spec, int season,
                               const double *y, size_t n,
                               struct fc_workspace *ws, struct result *r)
{
    struct fc_forecast out = {HORIZON, 1,     &level_95, r->mean,
                              r->lo,   r->hi, false};
    enum fc_status status;
    r->series = series_of("test", y, n, season);
    spec->model = fc_model_find("arima");
    status = fit_spec(&r->series, spec, ws, &r->fit, &r->err);
    if (status == FC_OK)
        status = fc_model_predict(&r->fit, ws, &out, &r->err);
    return status;
}

static enum fc_status run(int season, const double *y, size_t n,
                          struct fc_workspace *ws, struct result *r)
{
    struct fc_spec spec = {0};
    return run_spec(&spec, season, y, n, ws, r);
}

/* ---- series at the edge: what R's auto.arima() makes of them ---- */

static void check_spec(int season, const double *y, size_t n, const char *spec,
                       double first)
{
    struct fc_workspace *ws = fc_workspace_new();
    struct result r;
    assert_int_equal(run(season, y, n, ws, &r), FC_OK);
    assert_string_equal(r.fit.spec, spec);
    assert_near_floor(r.mean[0], first, 1e-6, 1e-9);
    fc_workspace_free(ws);
}

static void constant_and_linear_series_end_as_in_r(void **state)
{
    (void)state;
    double y[60];
    for (int t = 0; t < 60; t++)
        y[t] = 5;
    check_spec(1, y, 20, "ARIMA(0,0,0) with non-zero mean", 5);
    check_spec(12, y, 48, "ARIMA(0,0,0) with non-zero mean", 5);
    for (int t = 0; t < 60; t++)
        y[t] = t + 1;
    check_spec(1, y, 20, "ARIMA(0,1,0) with drift", 21);
    check_spec(12, y, 48, "ARIMA(0,1,0) with drift", 49);
    for (int t = 0; t < 60; t++)
        y[t] = (t + 1) * (t + 1);
    check_spec(1, y, 30, "ARIMA(0,2,0)", 959);
    for (int t = 0; t < 60; t++)
        y[t] = t % 12 + 1;
    check_spec(12, y, 60, "ARIMA(0,0,0)(0,1,0)[12] with drift", 1);
    for (int t = 0; t < 10; t++) /* gaps in a straight line */
        y[t] = t == 1 || t == 5 ? NAN : t + 1;
    check_spec(1, y, 10, "ARIMA(0,1,0) with drift", 11);
}

static void series_of_few_points_end_as_in_r(void **state)
{
    (void)state;
    const double y[] = {1, 3, 2};
    check_spec(1, y, 1, "ARIMA(0,0,0) with non-zero mean", 1);
    check_spec(12, y, 1, "ARIMA(0,0,0) with non-zero mean", 1);
    check_spec(1, y, 2, "ARIMA(0,0,0) with non-zero mean", 2);
    check_spec(1, y, 3, "ARIMA(0,0,0) with non-zero mean", 2);
}

/* How often a search finds the differences that made the series. */
static void differences_of_simulated_series_are_found(void **state)
{
    (void)state;
    enum { TRIES = 40, N = 150 };
    double y[N];
    struct fc_workspace *ws = fc_workspace_new();
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    struct result r;
    for (int d = 0; d <= 2; d++) {
        int found = 0;
        for (int i = 0; i < TRIES; i++) {
            double sum[3] = {0, 0, 0};
            for (int t = 0; t < N; t++) {
                sum[0] = gsl_ran_gaussian(rng, 1);
                sum[1] += sum[0];
                sum[2] += sum[1];
                y[t] = 100 + sum[d];
            }
            assert_int_equal(run(1, y, N, ws, &r), FC_OK);
            int ours = 0;
            assert_int_equal(sscanf(r.fit.spec, "ARIMA(%*d,%d,", &ours), 1);
            found += ours == d;
            fc_workspace_reset(ws);
        }
        assert_true(found >= TRIES * 8 / 10);
    }
    gsl_rng_free(rng);
    fc_workspace_free(ws);
}

/* Over-differenced: an MA root near one, and no further difference. */
static void overdifferenced_noise_is_not_differenced(void **state)
{
    (void)state;
    double y[200], last = 0;
    struct fc_workspace *ws = fc_workspace_new();
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    struct result r;
    for (int t = 0; t < 200; t++) {
        double e = gsl_ran_gaussian(rng, 1);
        y[t] = e - last;
        last = e;
    }
    assert_int_equal(run(1, y, 200, ws, &r), FC_OK);
    int d = -1;
    assert_int_equal(sscanf(r.fit.spec, "ARIMA(%*d,%d,", &d), 1);
    assert_int_equal(d, 0);
    gsl_rng_free(rng);
    fc_workspace_free(ws);
}

/* ---- what must not matter ---- */

static size_t seasonal_series(double *y, size_t n, int m, gsl_rng *rng)
{
    double level = 50;
    for (size_t t = 0; t < n; t++) {
        double e = gsl_ran_gaussian(rng, 2);
        y[t] = level + 10 * sin(6.283185307179586 * (double)t / m) + e;
        level += 0.4 * e + 0.1;
    }
    return n;
}

static void powers_of_two_scale_everything_exactly(void **state)
{
    (void)state;
    static const double scales[] = {0x1p40, 0x1p-40, -1};
    double y[120], scaled[120];
    struct fc_workspace *ws = fc_workspace_new();
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    struct result a, b;
    size_t n = seasonal_series(y, 120, 12, rng);
    assert_int_equal(run(12, y, n, ws, &a), FC_OK);
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        for (size_t t = 0; t < n; t++)
            scaled[t] = y[t] * scales[i];
        assert_int_equal(run(12, scaled, n, ws, &b), FC_OK);
        assert_string_equal(b.fit.spec, a.fit.spec);
        for (int h = 0; h < HORIZON; h++)
            assert_true(b.mean[h] == a.mean[h] * scales[i]);
        assert_near(b.fit.sigma2, a.fit.sigma2 * scales[i] * scales[i], 1e-14);
    }
    gsl_rng_free(rng);
    fc_workspace_free(ws);
}

static void huge_and_tiny_scales_are_ordinary(void **state)
{
    (void)state;
    static const double scales[] = {1e12, 1e-9};
    double y[120], scaled[120];
    struct fc_workspace *ws = fc_workspace_new();
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    struct result a, b;
    size_t n = seasonal_series(y, 120, 12, rng);
    assert_int_equal(run(12, y, n, ws, &a), FC_OK);
    for (size_t i = 0; i < 2; i++) {
        for (size_t t = 0; t < n; t++)
            scaled[t] = y[t] * scales[i];
        assert_int_equal(run(12, scaled, n, ws, &b), FC_OK);
        assert_string_equal(b.fit.spec, a.fit.spec);
        for (int h = 0; h < HORIZON; h++)
            /* a maximum to 1e-7 in the log-likelihood */
            assert_near(b.mean[h], a.mean[h] * scales[i], 1e-4);
    }
    gsl_rng_free(rng);
    fc_workspace_free(ws);
}

static void limits_are_kept(void **state)
{
    (void)state;
    static double y[400];
    struct fc_workspace *ws = fc_workspace_new();
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    struct result r;
    for (int i = 0; i < 20; i++) {
        struct fc_spec spec = {.model = fc_model_find("arima")};
        assert_true(fc_spec_set(&spec, "max-order", 2));
        assert_true(fc_spec_set(&spec, "max-q", 1));
        assert_true(fc_spec_set(&spec, "max-P", 1));
        int p, d, q, P = 0, D = 0, Q = 0;
        seasonal_series(y, 400, 4, rng);
        assert_int_equal(run_spec(&spec, 4, y, 400, ws, &r), FC_OK);
        sscanf(r.fit.spec, "ARIMA(%d,%d,%d)(%d,%d,%d)", &p, &d, &q, &P, &D, &Q);
        assert_true(p + q + P + Q <= 2 && q <= 1 && P <= 1);
        fc_workspace_reset(ws);
    }
    gsl_rng_free(rng);
    fc_workspace_free(ws);
}

/* ---- simulation ---- */

static void check_paths(const char *variant, const double *y, size_t n,
                        uint64_t seed)
{
    enum { PATHS = 4000 };
    struct fc_workspace *ws = fc_workspace_new();
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    struct fc_spec spec = {0};
    struct result r;
    double path[HORIZON], sum[HORIZON] = {0}, squares[HORIZON] = {0};
    gsl_rng_set(rng, seed);
    assert_int_equal(fc_model_parse(variant, strlen(variant), &spec, &r.err),
                     FC_OK);
    assert_int_equal(run_spec(&spec, 4, y, n, ws, &r), FC_OK);
    for (int i = 0; i < PATHS; i++) {
        struct fc_mark mark = fc_workspace_mark(ws);
        assert_int_equal(
            fc_model_simulate(&r.fit, HORIZON, rng, ws, path, &r.err), FC_OK);
        fc_workspace_release(ws, mark);
        for (int h = 0; h < HORIZON; h++) {
            sum[h] += path[h] - r.mean[h];
            squares[h] += (path[h] - r.mean[h]) * (path[h] - r.mean[h]);
        }
    }
    for (int h = 0; h < HORIZON; h++) {
        double se = (r.hi[h] - r.mean[h]) / z_95;
        /* four standard errors of a mean, and of a variance */
        assert_true(fabs(sum[h] / PATHS) < 4 * se / sqrt(PATHS));
        assert_true(fabs(squares[h] / PATHS / (se * se) - 1)
                    < 4 * sqrt(2.0 / PATHS));
    }
    gsl_rng_free(rng);
    fc_workspace_free(ws);
}

static void paths_have_the_mean_and_variance_of_the_forecast(void **state)
{
    (void)state;
    double y[100];
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    seasonal_series(y, 100, 4, rng);
    check_paths("arima:1,1,1/0,1,1", y, 100, 1);
    check_paths("arima:2,0,0/1,0,0+c", y, 100, 2);
    check_paths("arima:0,1,2/0,1,1", y, 24, 3); /* an unsettled filter */
    y[40] = y[97] = y[98] = NAN; /* and a state that is not known exactly */
    check_paths("arima:1,1,1/0,1,1", y, 100, 4);
    gsl_rng_free(rng);
}

/* ---- variants ---- */

static void variants_are_read_whole(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "arima:",        "arima:1",       "arima:1,1",           "arima:1,1,1,",
        "arima:1,1,1/",  "arima:1,1,1/0", "arima:-1,1,1",        "arima:1,1,99",
        "arima:1,9,1",   "arima:1,1,1+d", "arima:1,1,1+cc",      "arima:1,1,1 ",
        "arima:1,1,1/1", "arima:1,2,1+c", "arima:0,1,0/0,1,0+c", "arima: 1,1,1",
        "arima:1.0,1,1", "arima:x",
    };
    struct fc_spec spec = {0};
    struct fc_error err;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(fc_model_parse(bad[i], strlen(bad[i]), &spec, &err),
                         FC_EINVAL);
        assert_non_null(strstr(err.msg, "arima"));
    }
    assert_int_equal(fc_model_parse("arima:2,0,3/1,1,2+c", 19, &spec, &err),
                     FC_OK);
    const int expected[] = {2, 0, 3, 1, 1, 2, 1};
    for (int i = 0; i < 7; i++)
        assert_int_equal(spec.variant[i], expected[i]);
}

static void too_short_for_the_orders_says_how_long(void **state)
{
    (void)state;
    const double y[] = {1, 4, 2, 8, 5, 7};
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_spec spec = {0};
    struct result r;
    assert_int_equal(fc_model_parse("arima:1,1,1/0,1,1", 17, &spec, &r.err),
                     FC_OK);
    assert_int_equal(run_spec(&spec, 4, y, 6, ws, &r), FC_ESHORT);
    assert_non_null(strstr(r.err.msg, "at least 9"));
    fc_workspace_free(ws);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constant_and_linear_series_end_as_in_r),
        cmocka_unit_test(series_of_few_points_end_as_in_r),
        cmocka_unit_test(differences_of_simulated_series_are_found),
        cmocka_unit_test(overdifferenced_noise_is_not_differenced),
        cmocka_unit_test(powers_of_two_scale_everything_exactly),
        cmocka_unit_test(huge_and_tiny_scales_are_ordinary),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(paths_have_the_mean_and_variance_of_the_forecast),
        cmocka_unit_test(variants_are_read_whole),
        cmocka_unit_test(too_short_for_the_orders_says_how_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
