/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/check.h"

#include "forecast/numeric/season_test.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_multifit.h>
#include <gsl/gsl_randist.h>

enum { LONGEST = 120 };

/*
 * R's data set PlantGrowth: weights of ten plants under each of three
 * treatments (Dobson 1983, An Introduction to Statistical Modelling, table
 * 7.1), of which anova(lm(weight ~ group)) prints F = 4.8461, p = 0.01591.
 * Here they are the changes of a series with a season of three.
 */
static void plants_have_the_f_that_r_prints(void **state)
{
    (void)state;
    static const double weight[3][10] = {
        {4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14},
        {4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69},
        {6.31, 5.12, 5.54, 5.50, 5.37, 5.29, 4.92, 6.15, 5.80, 5.26},
    };
    double y[31] = {0};
    for (size_t t = 1; t < 31; t++)
        y[t] = y[t - 1] + weight[t % 3][(t - 1) / 3];
    struct fc_season_evidence found = fc_season_test(y, 31, 3);
    assert_near(found.ratio, 4.8461, 1e-5);
    assert_near(found.probability, 2 * 0.01591, 1e-3);
    assert_true(fc_season_is_evident(y, 31, 3));
}

/* The sum of squares that a regression leaves; rows of x have p columns. */
static double left_by(const double *x, const double *y, size_t n, size_t p)
{
    gsl_multifit_linear_workspace *ws = gsl_multifit_linear_alloc(n, p);
    gsl_matrix *covariance = gsl_matrix_alloc(p, p);
    gsl_vector *coef = gsl_vector_alloc(p);
    gsl_matrix_const_view X = gsl_matrix_const_view_array(x, n, p);
    gsl_vector_const_view Y = gsl_vector_const_view_array(y, n);
    double squares;
    gsl_multifit_linear(&X.matrix, &Y.vector, coef, covariance, &squares, ws);
    gsl_vector_free(coef);
    gsl_matrix_free(covariance);
    gsl_multifit_linear_free(ws);
    return squares;
}

/*
 * F of the positions beside a line, or alone for the changes of y, by two
 * regressions with a column for every position.
 */
static double f_by_regression(const double *y, size_t n, size_t m, bool changes,
                              double *p)
{
    double with[LONGEST * 14], without[LONGEST * 14], z[LONGEST];
    size_t rows = 0, lines = !changes;
    for (size_t t = changes; t < n; t++) {
        double value = changes ? y[t] - y[t - 1] : y[t];
        if (isnan(value))
            continue;
        double *row = with + rows * (m + lines);
        for (size_t i = 0; i < m; i++)
            row[i] = t % m == i;
        without[rows * (1 + lines)] = 1;
        if (lines)
            row[m] = without[rows * 2 + 1] = (double)t;
        z[rows++] = value;
    }
    double a = left_by(without, z, rows, 1 + lines);
    double b = left_by(with, z, rows, m + lines);
    double between = (double)m - 1, left = (double)(rows - m - lines);
    double f = (a - b) / between * left / b;
    *p = gsl_cdf_fdist_Q(f, between, left);
    return f;
}

static void evidence_is_that_of_two_regressions(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    static const size_t seasons[] = {2, 4, 7, 12};
    for (size_t i = 0; i < 80; i++) {
        size_t m = seasons[i % 4], n = 2 * m + 3 + i / 4;
        double y[LONGEST], p[2];
        for (size_t t = 0; t < n; t++)
            y[t] = 1e3 + 5 * (double)t + 10 * gsl_ran_gaussian(rng, 1)
                   + (double)(i % 3 * (t % m));
        if (i % 5 == 4)
            y[n / 2] = NAN;
        double f = fmax(f_by_regression(y, n, m, false, p),
                        f_by_regression(y, n, m, true, p + 1));
        struct fc_season_evidence found = fc_season_test(y, n, m);
        assert_near(found.ratio, f, 1e-9);
        assert_near(found.probability, fmin(1, 2 * fmin(p[0], p[1])), 1e-9);
    }
    gsl_rng_free(rng);
}

/* Processes without a season, from noise to a random walk. */
static void draw(gsl_rng *rng, int process, double *y, size_t n)
{
    double level = 0;
    for (size_t t = 0; t < n + 50; t++) {
        double e = gsl_ran_gaussian(rng, 1);
        const double rate[] = {0, 0.5, 1};
        level = rate[process] * level + e;
        if (t >= 50)
            y[t - 50] = 0.3 * (double)t + level;
    }
}

/* Of 2,000 series; the standard error of a share of 0.1 is 0.007. */
static double share_found(int process, size_t n, size_t m, double level,
                          gsl_rng *rng)
{
    double found = 0, y[LONGEST];
    for (int i = 0; i < 2000; i++) {
        draw(rng, process, y, n);
        found += fc_season_test(y, n, m).probability < level;
        /* what is evident is at least as rare as the test's level */
        if (fc_season_is_evident(y, n, m))
            assert_true(fc_season_test(y, n, m).probability < 0.1);
    }
    return found / 2000;
}

static void chance_makes_a_season_as_seldom_as_is_said(void **state)
{
    (void)state;
    static const size_t lengths[][2] = {{24, 12}, {30, 12}, {36, 12}, {8, 4},
                                        {10, 4},  {12, 4},  {17, 7},  {60, 12}};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (int process = 0; process < 3; process++) {
            size_t n = lengths[i][0], m = lengths[i][1];
            double ten = share_found(process, n, m, 0.1, rng);
            double one = share_found(process, n, m, 0.01, rng);
            assert_true(ten > 0.03 && ten < 0.16);
            assert_true(one < 0.035);
        }
    gsl_rng_free(rng);
}

/* A season with three times the standard deviation of the noise. */
static void a_season_is_found_in_two(void **state)
{
    (void)state;
    static const size_t lengths[][2] = {{24, 12}, {30, 12}, {10, 4}, {12, 4}};
    static const double least[] = {0.95, 0.99, 0.8, 0.9};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t n = lengths[i][0], m = lengths[i][1];
        int found = 0;
        for (int k = 0; k < 1000; k++) {
            double y[LONGEST];
            draw(rng, k % 3, y, n);
            for (size_t t = 0; t < n; t++)
                y[t] += 3 * M_SQRT2 * sin(2 * M_PI * (double)t / (double)m);
            found += fc_season_is_evident(y, n, m);
        }
        assert_true(found > 1000 * least[i]);
    }
    gsl_rng_free(rng);
}

static void what_is_exact_is_evident_or_none_at_any_scale(void **state)
{
    (void)state;
    static const double scales[] = {1, -1, 1e-300, 1e300, 1e-9};
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        double season[30], line[30], same[30];
        for (size_t t = 0; t < 30; t++) {
            season[t] = scales[i] * (0.1 * (double)t + (double)(t % 4 * t % 4));
            line[t] = scales[i] * (0.1 * (double)t - 1.7);
            same[t] = scales[i] * 0.1;
        }
        assert_true(fc_season_test(season, 30, 4).probability == 0);
        assert_true(fc_season_is_evident(season, 30, 4));
        assert_true(fc_season_test(line, 30, 4).probability == 1);
        assert_true(fc_season_test(same, 30, 4).probability == 1);
    }
}

static void a_position_that_was_never_seen_has_no_season(void **state)
{
    (void)state;
    double y[40];
    for (size_t t = 0; t < 40; t++)
        y[t] = t % 4 == 2 ? NAN : (double)(t % 4) + 0.01 * (double)(t * t % 7);
    assert_int_equal(fc_season_seen(y, 40, 4), 0);
    assert_false(fc_season_is_evident(y, 40, 4));
    y[2] = 2;
    assert_int_equal(fc_season_seen(y, 40, 4), 1);
    assert_true(fc_season_is_evident(y, 40, 4));
    assert_false(fc_season_is_evident(y, 7, 4));
    assert_false(fc_season_is_evident(y, 40, 1));
    assert_int_equal(fc_season_seen(y, 3, 4), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plants_have_the_f_that_r_prints),
        cmocka_unit_test(evidence_is_that_of_two_regressions),
        cmocka_unit_test(chance_makes_a_season_as_seldom_as_is_said),
        cmocka_unit_test(a_season_is_found_in_two),
        cmocka_unit_test(what_is_exact_is_evident_or_none_at_any_scale),
        cmocka_unit_test(a_position_that_was_never_seen_has_no_season),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
