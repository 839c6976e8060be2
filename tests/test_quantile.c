/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/check.h"

#include "forecast/numeric/quantile.h"

#include <gsl/gsl_rng.h>

/* R 4.2: quantile(c(1, 2, 4, 8), c(.05, .2, .5, .7, .95), type = 8) */
static void quantiles_match_r(void **state)
{
    (void)state;
    const double x[] = {1, 2, 4, 8};
    assert_near(fc_quantile(x, 4, 0.05), 1, 0);
    assert_near(fc_quantile(x, 4, 0.2), 1.2, 1e-15);
    assert_near(fc_quantile(x, 4, 0.5), 3, 1e-15);
    assert_near(fc_quantile(x, 4, 0.7), 5.4666666666666666, 1e-14);
    assert_near(fc_quantile(x, 4, 0.95), 8, 0);
    assert_near(fc_quantile(x, 1, 0.3), 1, 0);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

enum { LONGEST = 700, NPATTERNS = 8 };

/* Values in no order, in order, backwards, equal, few, up and down, ... */
static double pattern(int kind, size_t i, size_t n, gsl_rng *rng)
{
    double at = (double)i, end = (double)n;
    switch (kind) {
    case 0:
        return gsl_rng_uniform(rng) - 0.5;
    case 1:
        return at;
    case 2:
        return -at;
    case 3:
        return 7;
    case 4:
        return (double)gsl_rng_uniform_int(rng, 3);
    case 5:
        return fabs(at - end / 2);
    case 6:
        return -fabs(at - end / 2);
    default:
        return i == n / 2 ? 1e300 : i % 2 ? 1e-300 : -1e300;
    }
}

static void quantiles_are_those_of_a_sort(void **state)
{
    static const double p[] = {0.001, 0.05, 0.25, 0.5, 0.51, 0.95, 0.9999};
    enum { NP = sizeof p / sizeof *p };
    static double x[LONGEST], sorted[LONGEST];
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    (void)state;
    for (int kind = 0; kind < NPATTERNS; kind++)
        for (size_t n = 1; n <= LONGEST; n += n < 60 ? 1 : 37)
            for (size_t first = 0; first < NP; first++) {
                size_t rank[2 * NP], count = NP - first;
                for (size_t i = 0; i < n; i++)
                    x[i] = sorted[i] = pattern(kind, i, n, rng);
                qsort(sorted, n, sizeof *sorted, compare_doubles);
                size_t nranks = fc_quantile_ranks(n, p + first, count, rank);
                assert_in_range(nranks, 1, 2 * count);
                fc_quantile_arrange(x, n, rank, nranks);
                for (size_t k = first; k < NP; k++)
                    assert_near(fc_quantile(x, n, p[k]),
                                fc_quantile(sorted, n, p[k]), 0);
                /* and nothing was lost */
                qsort(x, n, sizeof *x, compare_doubles);
                assert_memory_equal(x, sorted, n * sizeof *x);
            }
    gsl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_match_r),
        cmocka_unit_test(quantiles_are_those_of_a_sort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
