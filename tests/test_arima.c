/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/arima_reference.h"
#include "tests/check.h"

#include "forecast/arima.h"
#include "forecast/difference.h"
#include "forecast/model.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_randist.h>

/* What fc_model_fit() and fc_model_predict() make of a series. */
struct result {
    struct fc_series series;
    struct fc_fit fit;
    struct fc_error err;
    double mean[48], lo[48], hi[48];
};

static const double level_95 = 95;

static enum fc_status run(const char *model, int season, const double *y,
                          size_t n, int horizon, struct fc_workspace *ws,
                          struct result *result)
{
    struct fc_spec spec = {.season_length = season};
    struct fc_forecast out = {horizon,      1,          &level_95,
                              result->mean, result->lo, result->hi};
    enum fc_status status;
    result->series = (struct fc_series){"test", y, n};
    status = fc_model_parse(model, strlen(model), &spec, &result->err);
    if (status == FC_OK)
        status = fc_model_fit(&result->series, &spec, ws, &result->fit,
                              &result->err);
    if (status == FC_OK)
        status = fc_model_predict(&result->fit, ws, &out, &result->err);
    return status;
}

static void compare_with_r(const struct result *r, char **f)
{
    double shift = 2 * strtod(f[10], NULL) - 2 * r->fit.loglik;
    /* the criteria, less the log-likelihood, are exact */
    assert_near(r->fit.aic, strtod(f[11], NULL) + shift, 1e-10);
    assert_near(r->fit.aicc, strtod(f[12], NULL) + shift, 1e-10);
    assert_near(r->fit.bic, strtod(f[13], NULL) + shift, 1e-10);
    assert_near(r->fit.sigma2, strtod(f[14], NULL), 5e-3);
    for (int h = 0; h < 12; h++) {
        double se = (r->hi[h] - r->mean[h]) / 1.959963984540054;
        assert_near_floor(r->mean[h], strtod(f[15 + h], NULL), 1e-3,
                          10 * sqrt(r->fit.sigma2));
        assert_near(se / sqrt(r->fit.sigma2), strtod(f[27 + h], NULL), 2e-2);
    }
}

/*
 * R's loglik differs from that of the differenced series by what its diffuse
 * prior of finite variance lets through, some thousandths here.  Two of its
 * optimisations end in a lower maximum than ours.
 */
static void explicit_orders_match_r(void **state)
{
    (void)state;
    enum { FIELDS = 15 + 24, ROWS = 35, LOWER_IN_R = 2 };
    static struct reference_series series[REFERENCE_SERIES];
    struct fc_workspace *ws = fc_workspace_new();
    size_t nseries = reference_series(series);
    FILE *file = reference_open("arima_fits.csv");
    char line[2048], *f[FIELDS], model[64];
    struct result r;
    int rows = 0, higher = 0;
    while (reference_row(file, line, sizeof line, f, FIELDS)) {
        const struct reference_series *s =
            reference_find(series, nseries, f[1]);
        snprintf(model, sizeof model, "arima:%s,%s,%s/%s,%s,%s%s", f[2], f[3],
                 f[4], f[5], f[6], f[7], *f[8] == '1' ? "+c" : "");
        assert_int_equal(run(model, atoi(f[0]), s->y, s->n, 12, ws, &r), FC_OK);
        assert_string_equal(r.fit.spec, f[9]);
        double gain = r.fit.loglik - strtod(f[10], NULL);
        if (gain < -0.01)
            fail_msg("%s on %s: loglik is %.6f lower than R's", r.fit.spec,
                     f[1], -gain);
        if (gain > 0.01)
            higher++;
        else
            compare_with_r(&r, f);
        fc_workspace_reset(ws);
        rows++;
    }
    assert_int_equal(rows, ROWS);
    assert_true(higher <= LOWER_IN_R);
    fclose(file);
    fc_workspace_free(ws);
}

/*
 * gamma_0 .. gamma_{n-1} of an ARMA process with unit variance, from so many
 * psi weights that the rest is nothing.
 */
static void autocovariances(const struct fc_arima_order *order,
                            const double *coef, size_t n, double *gamma)
{
    enum { TERMS = 4000 };
    static double psi[TERMS];
    double ar[64] = {0}, ma[64] = {0};
    fc_arima_expand(order, coef, ar, ma);
    for (size_t i = 0; i < TERMS; i++) {
        psi[i] = i == 0 ? 1 : i <= fc_arima_ma_degree(order) ? ma[i - 1] : 0;
        for (size_t j = 1; j <= fc_arima_ar_degree(order) && j <= i; j++)
            psi[i] += ar[j - 1] * psi[i - j];
    }
    for (size_t k = 0; k < n; k++) {
        gamma[k] = 0;
        for (size_t i = 0; i + k < TERMS; i++)
            gamma[k] += psi[i] * psi[i + k];
    }
}

/* 0.5 (n log(ssq / n) + log det V) of the values that are there, by Cholesky
   factors of their covariance matrix; the mean by least squares. */
static double brute_force(const struct fc_arima_order *order,
                          const double *coef, const double *y, size_t n)
{
    double gamma[64], logdet = 0, ee = 0, ex = 0, xx = 0;
    size_t at[64], count = 0;
    autocovariances(order, coef, n, gamma);
    for (size_t t = 0; t < n; t++)
        if (!isnan(y[t]))
            at[count++] = t;
    gsl_matrix *V = gsl_matrix_alloc(count, count);
    gsl_vector *e = gsl_vector_alloc(count), *x = gsl_vector_alloc(count);
    for (size_t i = 0; i < count; i++) {
        gsl_vector_set(e, i, y[at[i]]);
        gsl_vector_set(x, i, 1);
        for (size_t j = 0; j < count; j++)
            gsl_matrix_set(
                V, i, j, gamma[at[i] > at[j] ? at[i] - at[j] : at[j] - at[i]]);
    }
    gsl_linalg_cholesky_decomp1(V);
    gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, V, e);
    gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, V, x);
    gsl_blas_ddot(e, e, &ee);
    gsl_blas_ddot(e, x, &ex);
    gsl_blas_ddot(x, x, &xx);
    for (size_t i = 0; i < count; i++)
        logdet += 2 * log(gsl_matrix_get(V, i, i));
    gsl_matrix_free(V);
    gsl_vector_free(e);
    gsl_vector_free(x);
    if (order->constant)
        ee -= ex * ex / xx;
    return 0.5 * ((double)count * log(ee / (double)count) + logdet);
}

static const struct fc_arima_order small_orders[] = {
    {.p = 0, .q = 0, .m = 1},
    {.p = 0, .q = 0, .m = 1, .constant = true},
    {.p = 1, .q = 0, .m = 1},
    {.p = 0, .q = 1, .m = 1, .constant = true},
    {.p = 2, .q = 3, .m = 1},
    {.p = 3, .q = 1, .m = 1, .constant = true},
    {.p = 1, .q = 1, .P = 1, .Q = 1, .m = 4},
    {.p = 2, .q = 0, .P = 2, .Q = 0, .m = 4, .constant = true},
    {.p = 0, .q = 2, .P = 0, .Q = 2, .m = 4},
    {.p = 2, .q = 1, .P = 1, .Q = 2, .m = 3, .constant = true},
    {.p = 4, .q = 0, .P = 1, .Q = 1, .m = 3}, /* lags that coincide */
};

static void check_against_density(bool missing)
{
    struct fc_workspace *ws = fc_workspace_new();
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    for (size_t i = 0; i < sizeof small_orders / sizeof *small_orders; i++) {
        const struct fc_arima_order *order = &small_orders[i];
        for (size_t n = missing ? 9 : 4; n <= 30; n += 13) {
            double y[32], point[16], coef[16];
            struct fc_arima_data data;
            struct fc_arima_likelihood lik;
            struct fc_arima_value value;
            int k = fc_arima_parameters(order);
            for (size_t t = 0; t < n; t++)
                y[t] = 10 + gsl_ran_gaussian(rng, 3);
            for (size_t t = 2; missing && t + 1 < n; t += 3)
                y[t] = NAN;
            for (int j = 0; j < k; j++)
                point[j] = gsl_ran_gaussian(rng, 0.8);
            fc_arima_coefficients(order, point, coef);
            assert_int_equal(fc_arima_prepare(&data, y, n, order, ws), FC_OK);
            fc_arima_likelihood_init(&lik, &data, order, ws);
            fc_arima_evaluate(&lik, point, 1, &value);
            double expected = brute_force(order, coef, y, n);
            expected -= (double)data.nused * log(data.scale);
            assert_near_floor(value.value, expected, 1e-9, 10);
            fc_workspace_reset(ws);
        }
    }
    gsl_rng_free(rng);
    fc_workspace_free(ws);
}

static void likelihood_is_the_normal_density(void **state)
{
    (void)state;
    check_against_density(false);
}

static void likelihood_with_gaps_is_the_normal_density(void **state)
{
    (void)state;
    check_against_density(true);
}

/* Two filters that share no recursion: a gap of none must change nothing. */
static void kalman_filter_agrees_with_the_fast_filter(void **state)
{
    (void)state;
    struct fc_workspace *ws = fc_workspace_new();
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    const struct fc_arima_order order = {
        .p = 1, .d = 1, .q = 1, .P = 1, .D = 1, .Q = 1, .m = 4};
    const double point[] = {0.3, 0.4, -0.2, 0.6};
    double y[80];
    for (int t = 0; t < 80; t++)
        y[t] = (t > 0 ? y[t - 1] : 0) + gsl_ran_gaussian(rng, 1);
    struct fc_arima_data data, gaps;
    struct fc_arima_likelihood lik;
    struct fc_arima_value fast, slow;
    fc_arima_prepare(&data, y, 80, &order, ws);
    fc_arima_likelihood_init(&lik, &data, &order, ws);
    fc_arima_evaluate(&lik, point, 1, &fast);
    y[40] = NAN; /* makes it choose the Kalman filter ... */
    fc_arima_prepare(&gaps, y, 80, &order, ws);
    gaps.w[40] = (gaps.w[39] + gaps.w[41]) / 2; /* ... on other numbers */
    y[40] = gaps.w[40] * gaps.scale + gaps.origin;
    gaps.nused++;
    fc_arima_likelihood_init(&lik, &gaps, &order, ws);
    fc_arima_evaluate(&lik, point, 1, &slow);
    fc_arima_prepare(&data, y, 80, &order, ws);
    fc_arima_likelihood_init(&lik, &data, &order, ws);
    fc_arima_evaluate(&lik, point, 1, &fast);
    double n = (double)data.nused;
    assert_near(slow.value + n * log(gaps.scale),
                fast.value + n * log(data.scale), 1e-4);
    gsl_rng_free(rng);
    fc_workspace_free(ws);
}

static void parameters_go_there_and_back(void **state)
{
    (void)state;
    const struct fc_arima_order order = {
        .p = 3, .q = 2, .P = 1, .Q = 2, .m = 12};
    const double free[] = {0.5, -0.3, 0.8, 1.2, -0.7, 0.1, -1.1, 0.4};
    double coef[8], back[8];
    fc_arima_coefficients(&order, free, coef);
    assert_true(fc_arima_free(&order, coef, back));
    for (int i = 0; i < 8; i++)
        assert_near(back[i], free[i], 1e-10);
    coef[5] = 1.0; /* a seasonal unit root */
    assert_false(fc_arima_free(&order, coef, back));
}

/* (1 - 0.99 B)(1 - 0.5 B): the roots are 1.0101 and 2. */
static void roots_are_compared_with_the_radius(void **state)
{
    (void)state;
    const struct fc_arima_order order = {.p = 2, .m = 12};
    const double coef[] = {1.49, -0.495};
    assert_true(fc_arima_roots_exceed(&order, coef, 1.010));
    assert_false(fc_arima_roots_exceed(&order, coef, 1.0102));
    const struct fc_arima_order seasonal = {.Q = 1, .m = 12};
    const double Theta = -1 / 1.02; /* in B^12 */
    assert_true(fc_arima_roots_exceed(&seasonal, &Theta, 1.0199));
    assert_false(fc_arima_roots_exceed(&seasonal, &Theta, 1.0201));
}

/* Simulates after a burn-in, then looks for the parameters again. */
static void simulated_parameters_are_recovered(void **state)
{
    (void)state;
    enum { N = 4000, BURN = 500 };
    static double w[N + BURN], e[N + BURN];
    const struct fc_arima_order order = {
        .p = 1, .q = 1, .P = 0, .Q = 1, .m = 7, .constant = true};
    const double coef[] = {0.7, 0.4, -0.5};
    double ar[8], ma[8], found[8];
    struct fc_workspace *ws = fc_workspace_new();
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    struct fc_arima_data data;
    struct fc_arima_estimate estimate;
    fc_arima_expand(&order, coef, ar, ma);
    for (size_t t = 0; t < N + BURN; t++) {
        e[t] = gsl_ran_gaussian(rng, 2);
        w[t] = e[t] + (t > 0 ? ar[0] * w[t - 1] : 0);
        for (size_t j = 1; j <= 8 && j <= t; j++)
            w[t] += ma[j - 1] * e[t - j];
    }
    for (size_t t = 0; t < N + BURN; t++)
        w[t] += 50;
    fc_arima_prepare(&data, w + BURN, N, &order, ws);
    assert_int_equal(fc_arima_fit(&data, &order, ws, &estimate), FC_OK);
    fc_arima_coefficients(&order, estimate.free, found);
    for (int i = 0; i < 3; i++) /* some three standard errors */
        assert_near_floor(found[i], coef[i], 0.05, 1);
    assert_near(estimate.sigma2, 4, 0.08);
    assert_near(estimate.mu, 50, 0.01);
    gsl_rng_free(rng);
    fc_workspace_free(ws);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(explicit_orders_match_r),
        cmocka_unit_test(likelihood_is_the_normal_density),
        cmocka_unit_test(likelihood_with_gaps_is_the_normal_density),
        cmocka_unit_test(kalman_filter_agrees_with_the_fast_filter),
        cmocka_unit_test(parameters_go_there_and_back),
        cmocka_unit_test(roots_are_compared_with_the_radius),
        cmocka_unit_test(simulated_parameters_are_recovered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
