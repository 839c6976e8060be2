/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reference_series.h"

static double middle(double a, double b, double c, double d)
{
    double sum = a + b + c + d;
    return (sum - fmax(fmax(a, b), fmax(c, d)) - fmin(fmin(a, b), fmin(c, d)))
           / 2;
}

/* Of four values, the median is the mean of all but the largest and the
 * smallest. */
static void is_the_median_of_its_members(void **state)
{
    (void)state;
    static const char *const members[] = {"ets", "arima", "ces", "dotm"};
    enum { N = 60, H = 6 };
    struct fc_workspace *ws = fc_workspace_new();
    double y[N];
    struct forecasts f, g[4];
    for (size_t t = 0; t < N; t++)
        y[t] = 80 + (double)t + 9 * sin((double)t * 1.5707963)
               + 5 * cos((double)(t * t));
    assert_int_equal(forecast_series("scum", y, N, 4, H, ws, &f), FC_OK);
    for (int k = 0; k < 4; k++)
        assert_int_equal(forecast_series(members[k], y, N, 4, H, ws, &g[k]),
                         FC_OK);
#define MIDDLE(of) middle(g[0].of, g[1].of, g[2].of, g[3].of)
    for (int h = 0; h < H; h++)
        assert_near(f.mean[h], MIDDLE(mean[h]), 1e-12);
    for (int i = 0; i < 2 * H; i++) {
        assert_near(f.lo[i], MIDDLE(lo[i]), 1e-12);
        assert_near(f.hi[i], MIDDLE(hi[i]), 1e-12);
    }
#undef MIDDLE
    assert_string_equal(f.fit.spec, "scum(ets, arima, ces, dotm)");
    fc_workspace_free(ws);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_median_of_its_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
