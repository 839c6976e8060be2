/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/arima_reference.h"
#include "tests/check.h"

#include "forecast/numeric/difference.h"
#include "forecast/numeric/unitroot.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unit_root_tests_match_r),
        cmocka_unit_test(differencing_is_undone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
