/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Patterns, autoregressions and what is made of them, against closed forms and
 * series whose truth is known.
 */
#include "tests/check.h"

#include "forecast/numeric/adjust.h"
#include "forecast/numeric/pattern.h"
#include "forecast/seasons/autoregression.h"
#include "forecast/seasons/profile.h"

#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

enum { HOURS = 24 * 7 * 26, AHEAD = 168 };

/* Weekends are 40 lower, noon is 20 higher. */
static double load_at(size_t t)
{
    return 500 + 20 * cos(2 * M_PI * (double)(t % 24) / 24)
           - (t / 24 % 7 >= 5 ? 40 : 0);
}

static const struct fc_seasons seasons = {.n = 2, .length = {24, 168}};

/* An AR(1) has the autocovariances sigma2 phi^k / (1 - phi^2). */
static void an_autoregression_solves_its_equations(void **state)
{
    enum { MOST = 6 };
    double covariance[MOST + 1];
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_autoregression ar;
    (void)state;
    for (int k = 0; k <= MOST; k++)
        covariance[k] = 2 * pow(0.7, k) / (1 - 0.49);
    assert_int_equal(fc_autoregression(covariance, MOST, 1000, ws, &ar), FC_OK);
    assert_int_equal(ar.order, 1);
    assert_near(ar.phi[0], 0.7, 1e-12);
    assert_near(ar.sigma2, 2, 1e-12);
    double psi[4], x[4] = {15, 0, 0, 0};
    ar.mean = 10;
    fc_autoregression_psi(&ar, 4, psi);
    fc_autoregression_continue(&ar, 1, 3, NULL, x);
    for (int h = 0; h < 4; h++) {
        assert_near(psi[h], pow(0.7, h), 1e-12);
        assert_near(x[h], 10 + 5 * pow(0.7, h), 1e-12);
    }
    fc_workspace_free(ws);
}

static void autocovariances_are_sums_of_products(void **state)
{
    enum { N = 11, MOST = 9 };
    double x[N], covariance[MOST + 1];
    (void)state;
    for (int t = 0; t < N; t++)
        x[t] = (t * 7) % 5;
    fc_autocovariances(x, N, 1.5, MOST, covariance);
    for (int k = 0; k <= MOST; k++) {
        double sum = 0;
        for (int t = k; t < N; t++)
            sum += (x[t] - 1.5) * (x[t - k] - 1.5);
        assert_near_floor(covariance[k], sum / N, 1e-12, 1);
    }
}

/* Noise has no week; a week that is there is kept whole. */
static void a_pattern_is_kept_as_far_as_cycles_agree(void **state)
{
    static double noise[HOURS], load[HOURS];
    double figure[168], kept = 0;
    struct fc_workspace *ws = fc_workspace_new();
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    const struct fc_pattern_design week = {168, 24, 12, true};
    (void)state;
    for (size_t t = 0; t < HOURS; t++) {
        noise[t] = gsl_ran_gaussian_ziggurat(rng, 1);
        load[t] = load_at(t);
    }
    assert_int_equal(fc_pattern(noise, HOURS, &week, ws, figure), FC_OK);
    for (int i = 0; i < 168; i++)
        kept += figure[i] * figure[i] / 168;
    assert_true(kept < 0.01);
    assert_int_equal(fc_pattern(load, HOURS, &week, ws, figure), FC_OK);
    for (int i = 0; i < 168; i++)
        assert_near_floor(figure[i], i / 24 >= 5 ? -40 * 5.0 / 7 : 40 * 2.0 / 7,
                          0.02, 40);
    gsl_rng_free(rng);
    fc_workspace_free(ws);
}

static void an_adjustment_is_undone_exactly(void **state)
{
    static double y[HOURS], x[HOURS];
    struct fc_workspace *ws = fc_workspace_new();
    const struct fc_series series = {
        .id = "a", .y = y, .n = HOURS, .seasons = &seasons};
    struct fc_adjustment a;
    (void)state;
    for (size_t t = 0; t < HOURS; t++)
        y[t] = t % 1001 == 7 ? NAN : load_at(t);
    assert_int_equal(fc_adjustment_find(&series, HOURS, ws, &a), FC_OK);
    assert_true(a.log);
    assert_int_equal(a.seasons.n, 1);
    fc_adjustment_apply(&a, y, 0, HOURS, x);
    /* what is left has no weekend */
    assert_near(x[24 * 5 + 3], x[24 * 4 + 3], 0.02);
    fc_adjustment_undo(&a, 0, HOURS, x);
    for (size_t t = 0; t < HOURS; t++)
        if (isnan(y[t]))
            assert_true(isnan(x[t]));
        else
            assert_near(x[t], y[t], 1e-12);
    fc_workspace_free(ws);
}

static void a_week_of_hours_is_forecast(void **state)
{
    static double y[HOURS];
    double mean[AHEAD], se[AHEAD];
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_profile p;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    size_t inside = 0;
    (void)state;
    for (size_t t = 0; t < HOURS; t++)
        y[t] = load_at(t) + gsl_ran_gaussian_ziggurat(rng, 3);
    assert_int_equal(fc_profile_fit(y, HOURS, &seasons, AHEAD, ws, &p), FC_OK);
    assert_int_equal(fc_profile_forecast(&p, AHEAD, ws, mean, se), FC_OK);
    assert_true(p.log);
    for (size_t h = 0; h < AHEAD; h++) {
        double truth = load_at(HOURS + h), z;
        assert_near(exp(mean[h]), truth, 0.015);
        z = (log(truth + gsl_ran_gaussian_ziggurat(rng, 3)) - mean[h]) / se[h];
        inside += fabs(z) < 1.2816;
    }
    assert_true(inside > 0.65 * AHEAD && inside < 0.95 * AHEAD);
    gsl_rng_free(rng);
    fc_workspace_free(ws);
}

enum { DAY = 24, YEAR = 365 * DAY, TWO_YEARS = 2 * YEAR };

/* A moving average of a line is the line, of a year before: what it lacks is
 * a year's growth, the same everywhere. */
static void a_course_is_the_mean_of_earlier_years(void **state)
{
    static double z[TWO_YEARS + 2000];
    size_t n = sizeof z / sizeof *z;
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_course_design design = {
        .year = YEAR, .width = 10 * DAY, .step = DAY, .known = 500};
    struct fc_course course;
    (void)state;
    for (size_t t = 0; t < n; t++)
        z[t] = 3 * (double)t;
    assert_int_equal(fc_course_find(z, n, &design, ws, &course), FC_OK);
    assert_near(course.first, TWO_YEARS, 1e-12);
    for (double t = TWO_YEARS + 20 * DAY; t < (double)n; t += 100)
        assert_near(fc_course_at(&course, t), 3 * (t - 1.5 * YEAR - 0.5), 1e-9);
    /* a year after the last value it begins again */
    assert_near(fc_course_at(&course, (double)n + YEAR + 5000),
                fc_course_at(&course, (double)n + 5000), 1e-9);
    design.known = 2001;
    assert_int_equal(fc_course_find(z, n, &design, ws, &course), FC_OK);
    assert_near(course.first, YEAR, 1e-12);
    design.known = n;
    assert_int_equal(fc_course_find(z, n, &design, ws, &course), FC_OK);
    assert_int_equal(course.n, 0);
    fc_workspace_free(ws);
}

/* The error of a forecast of the week after two years, whose level is the
 * given one. */
static double error_after_two_years(const double *level, double year)
{
    static double y[TWO_YEARS];
    double mean[AHEAD], se[AHEAD], error = 0;
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_seasons known = seasons;
    struct fc_profile p;
    known.year = year;
    for (size_t t = 0; t < TWO_YEARS; t++)
        y[t] = load_at(t) + level[t];
    assert_int_equal(fc_profile_fit(y, TWO_YEARS, &known, AHEAD, ws, &p),
                     FC_OK);
    assert_int_equal(fc_profile_forecast(&p, AHEAD, ws, mean, se), FC_OK);
    for (size_t h = 0; h < AHEAD; h++)
        error +=
            fabs(exp(mean[h]) - load_at(TWO_YEARS + h) - level[TWO_YEARS + h])
            / AHEAD;
    fc_workspace_free(ws);
    return error;
}

/* A level that rises in the course of each year, about which weather varies. */
static void a_year_is_followed_where_it_is_there(void **state)
{
    static double level[TWO_YEARS + AHEAD], walk[TWO_YEARS + AHEAD];
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    double weather = 0, with = 0, without = 0;
    (void)state;
    for (int trial = 0; trial < 3; trial++) {
        for (size_t t = 0; t < TWO_YEARS + AHEAD; t++) {
            weather = 0.99 * weather + gsl_ran_gaussian_ziggurat(rng, 1);
            level[t] = weather + 120 * sin(2 * M_PI * (double)t / YEAR);
            walk[t] =
                (t > 0 ? walk[t - 1] : 0) + gsl_ran_gaussian_ziggurat(rng, 0.4);
        }
        with += error_after_two_years(level, YEAR);
        without += error_after_two_years(level, 0);
    }
    assert_true(with < 0.95 * without);
    with = error_after_two_years(walk, YEAR);
    without = error_after_two_years(walk, 0);
    assert_true(with < 1.25 * without);
    gsl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_autoregression_solves_its_equations),
        cmocka_unit_test(autocovariances_are_sums_of_products),
        cmocka_unit_test(a_pattern_is_kept_as_far_as_cycles_agree),
        cmocka_unit_test(an_adjustment_is_undone_exactly),
        cmocka_unit_test(a_week_of_hours_is_forecast),
        cmocka_unit_test(a_course_is_the_mean_of_earlier_years),
        cmocka_unit_test(a_year_is_followed_where_it_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
