/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/arima_reference.h"
#include "tests/check.h"

#include "forecast/numeric/difference.h"
#include "forecast/numeric/unitroot.h"

#include <gsl/gsl_randist.h>

static void unit_root_tests_match_r(void **state)
{
    (void)state;
    static struct reference_series series[REFERENCE_SERIES];
    struct fc_workspace *ws = fc_workspace_new();
    size_t nseries = reference_series(series);
    FILE *file = reference_open("unitroot.csv");
    char line[1024], *field[8];
    int rows = 0;
    while (reference_row(file, line, sizeof line, field, 8)) {
        const struct reference_series *s =
            reference_find(series, nseries, field[0]);
        size_t m = strtoul(field[1], NULL, 10), n = 0;
        double y[REFERENCE_LENGTH];
        for (size_t t = 0; t < s->n; t++)
            if (!isnan(s->y[t]))
                y[n++] = s->y[t];
        assert_near(fc_kpss(y, n, ws), strtod(field[2], NULL), 1e-10);
        assert_int_equal(fc_ndiffs(s->y, s->n, 2, &fc_difference_rules_r, ws),
                         atoi(field[3]));
        if (strcmp(field[4], "NA") != 0) {
            assert_near(fc_seasonal_strength(s->y, s->n, m, ws),
                        strtod(field[4], NULL), 1e-9);
            assert_int_equal(
                fc_nsdiffs(s->y, s->n, m, 1, &fc_difference_rules_r, ws),
                atoi(field[5]));
        }
        rows++;
    }
    assert_int_equal(rows, (int)nseries);
    fclose(file);
    fc_workspace_free(ws);
}

/*
 * Differences that alternate about a small trend: the KPSS statistic asks for
 * more, but a second difference would only make them alternate more.
 */
static void alternating_differences_are_not_differenced_again(void **state)
{
    enum { N = 80 };
    struct fc_difference_rules rules = fc_difference_rules_r;
    struct fc_workspace *ws = fc_workspace_new();
    double y[N], w[N];
    (void)state;
    y[0] = 0;
    for (size_t t = 1; t < N; t++)
        y[t] = y[t - 1] + (t % 2 == 0 ? 1 : -1) + 0.02 * (double)t;
    memcpy(w, y, sizeof y);
    size_t n = fc_difference(w, N, 1, 1);
    assert_true(fc_kpss(y, N, ws) > rules.first);
    assert_true(fc_kpss(w, n, ws) > rules.second);
    rules.autocorrelation = -0.3; /* theirs is about -0.5 */
    assert_int_equal(fc_ndiffs(y, N, 2, &rules, ws), 1);
    rules.autocorrelation = -1;
    assert_int_equal(fc_ndiffs(y, N, 2, &rules, ws), 2);
    fc_workspace_free(ws);
}

static void differencing_is_undone(void **state)
{
    (void)state;
    const double y[] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3};
    enum { N = 16, KNOWN = 9, LOST = 2 + 3 };
    double w[N], delta[LOST + 1], past[LOST];
    memcpy(w, y, sizeof y);
    size_t left = fc_difference(w, N, 1, 2);
    left = fc_difference(w, left, 3, 1);
    assert_int_equal(left, N - LOST);
    fc_difference_polynomial(delta, 2, 1, 3);
    for (int i = 0; i < LOST; i++)
        past[i] = y[KNOWN - 1 - i];
    fc_undifference(w + KNOWN - LOST, N - KNOWN, delta, LOST, past);
    for (int t = KNOWN; t < N; t++)
        assert_near(w[t - LOST], y[t], 1e-12);
}

/* Of the season's difference in `count` series of n values about a level. */
static int seasonal_differences(const struct fc_difference_rules *rules,
                                size_t n, double season, int count,
                                struct fc_workspace *ws)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    int found = 0;
    for (int i = 0; i < count; i++) {
        double y[60];
        for (size_t t = 0; t < n; t++)
            y[t] = season * sin(0.5235987755982988 * (double)t)
                   + gsl_ran_gaussian(rng, 1);
        found += fc_nsdiffs(y, n, 12, 1, rules, ws);
    }
    gsl_rng_free(rng);
    return found;
}

/* auto.arima()'s test is passed by noise; it needs more than two seasons. */
static void few_seasons_are_differenced_where_they_are_evident(void **state)
{
    (void)state;
    static const struct fc_difference_rules strict = {
        .strength = 0.64, .bias = 1, .highest = 0.8, .evident = true};
    struct fc_workspace *ws = fc_workspace_new();
    static const size_t lengths[] = {24, 25, 30, 36};
    for (size_t i = 0; i < 4; i++) {
        size_t n = lengths[i];
        assert_true(seasonal_differences(&strict, n, 5, 300, ws) > 290);
        assert_true(seasonal_differences(&strict, n, 0, 300, ws) < 18);
    }
    const struct fc_difference_rules *r = &fc_difference_rules_r;
    assert_int_equal(seasonal_differences(r, 24, 5, 300, ws), 0);
    assert_true(seasonal_differences(r, 25, 0, 300, ws) > 60);
    fc_workspace_free(ws);
}

static void a_position_never_seen_is_not_differenced(void **state)
{
    (void)state;
    static const struct fc_difference_rules strict = {
        .strength = 0.64, .bias = 1, .highest = 0.8, .evident = true};
    struct fc_workspace *ws = fc_workspace_new();
    double y[60];
    for (size_t t = 0; t < 60; t++)
        y[t] = t % 12 == 7 ? NAN : (double)(t % 12) + 0.1 * (double)(t % 5);
    assert_int_equal(fc_nsdiffs(y, 60, 12, 1, &strict, ws), 0);
    y[19] = 7;
    assert_int_equal(fc_nsdiffs(y, 60, 12, 1, &strict, ws), 1);
    fc_workspace_free(ws);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unit_root_tests_match_r),
        cmocka_unit_test(alternating_differences_are_not_differenced_again),
        cmocka_unit_test(differencing_is_undone),
        cmocka_unit_test(few_seasons_are_differenced_where_they_are_evident),
        cmocka_unit_test(a_position_never_seen_is_not_differenced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
