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

/* A moving average of a line is the line, of years before and of a half of a
 * day; what an hour differs in is that hour's. */
static double line_at(double t)
{
    return 3 * t + (fmod(t, DAY) == 20 ? 700 : 0);
}

static void a_course_is_the_mean_of_earlier_years(void **state)
{
    static double z[TWO_YEARS + 2000];
    size_t n = sizeof z / sizeof *z;
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_course_design design = {
        .within = DAY, .year = 365, .width = 10, .step = 7, .known = 500};
    struct fc_course course;
    (void)state;
    for (size_t t = 0; t < n; t++)
        z[t] = line_at((double)t);
    assert_int_equal(fc_course_find(z, n, &design, ws, &course), FC_OK);
    for (size_t t = 7 * DAY; t < n; t++) {
        double x = (double)t, years = t < YEAR ? 0 : t < TWO_YEARS ? 1 : 1.5;
        bool is_edge = t % YEAR < 7 * DAY || t % YEAR > YEAR - 14 * DAY;
        double expected = line_at(x) - 3 * (years * YEAR + DAY / 2);
        if (!is_edge)
            assert_near(fc_course_at(&course, t), expected, 1e-9);
    }
    /* a year after the last value it begins again */
    assert_near(fc_course_at(&course, n + YEAR + 5000),
                fc_course_at(&course, n + 5000), 1e-9);
    /* from later on it is the same */
    double late = fc_course_at(&course, n + 300);
    design.first = n - n % DAY - 70 * DAY;
    assert_int_equal(fc_course_find(z, n, &design, ws, &course), FC_OK);
    assert_near(fc_course_at(&course, n + 300), late, 1e-9);
    design.known = n - YEAR + 1;
    assert_int_equal(fc_course_find(z, n, &design, ws, &course), FC_OK);
    assert_int_equal(course.n, 0);
    fc_workspace_free(ws);
}

/* What is before the last so many observations tells nothing of them. */
static void a_course_sees_nothing_of_what_is_held_back(void **state)
{
    static double z[YEAR + 3000];
    const size_t n = sizeof z / sizeof *z, known = 3000;
    struct fc_workspace *ws = fc_workspace_new();
    const struct fc_course_design design = {
        .within = DAY, .year = 365, .width = 70, .step = 7, .known = known};
    struct fc_course before, after;
    (void)state;
    for (size_t t = 0; t < n; t++)
        z[t] = line_at((double)t);
    assert_int_equal(fc_course_find(z, n, &design, ws, &before), FC_OK);
    for (size_t t = n - known; t < n; t++)
        z[t] = 1e9;
    assert_int_equal(fc_course_find(z, n, &design, ws, &after), FC_OK);
    for (size_t t = 0; t < n; t++)
        assert_near(fc_course_at(&before, t), fc_course_at(&after, t), 1e-12);
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

/* Evenings that are high in one half of the year and low in the other: after
 * two years the days that lie ahead are those of a year ago, not those of the
 * last weeks. */
static void times_of_the_day_have_a_year_of_their_own(void **state)
{
    static double level[TWO_YEARS + AHEAD];
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    double with = 0, without = 0;
    (void)state;
    for (int trial = 0; trial < 3; trial++) {
        for (size_t t = 0; t < TWO_YEARS + AHEAD; t++) {
            double year = sin(2 * M_PI * (double)t / YEAR);
            double day = cos(2 * M_PI * (double)t / DAY);
            double noise = gsl_ran_gaussian_ziggurat(rng, 30);
            level[t] = 200 * year * day + (t < TWO_YEARS ? noise : 0);
        }
        with += error_after_two_years(level, YEAR);
        without += error_after_two_years(level, 0);
    }
    assert_true(with < 0.7 * without);
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
        cmocka_unit_test(a_course_sees_nothing_of_what_is_held_back),
        cmocka_unit_test(a_year_is_followed_where_it_is_there),
        cmocka_unit_test(times_of_the_day_have_a_year_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
