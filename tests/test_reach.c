/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How wide intervals must be, learnt from errors: against the quantiles of
 * distributions that are known.
 */
#include "tests/check.h"

#include "forecast/numeric/reach.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

enum { SERIES = 20000 };

/* A table that is a normal distribution's. */
static struct fc_reach normal(void)
{
    struct fc_reach r = {0};
    for (int i = 0; i < FC_REACH_LEVELS; i++)
        r.shape[FC_BELOW][i] = r.shape[FC_ABOVE][i] =
            gsl_cdf_ugaussian_Pinv(0.5 + fc_reach_levels[i] / 200);
    return r;
}

/* Learns from one step of errors: a shift, and a normal distribution whose
 * upper half is so many times as wide. */
static struct fc_reach learn(double shift, double skew)
{
    static double ratio[SERIES];
    struct fc_reach_sample sample = {.n = SERIES, .horizon = 1, .ratio = ratio};
    struct fc_reach prior = normal(), reach = prior;
    struct fc_error err;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (int i = 0; i < SERIES; i++) {
        double e = gsl_ran_ugaussian(rng);
        ratio[i] = shift + (e > 0 ? skew * e : e);
    }
    assert_int_equal(fc_reach_learn(&sample, &prior, &reach, &err), FC_OK);
    gsl_rng_free(rng);
    return reach;
}

static double factor(const struct fc_reach *r, enum fc_side side, double level)
{
    return fc_reach_factor(r, side, level, 0);
}

/* Errors that all series share: what lies below the forecast is as wide as
 * what lies above, and the forecast is the middle. */
static void a_shift_of_all_errors_leans_on_no_side(void **state)
{
    struct fc_reach plain = learn(0, 1), shifted = learn(0.5, 1);
    (void)state;
    for (int i = 0; i < FC_REACH_LEVELS; i++) {
        double level = fc_reach_levels[i];
        double below = factor(&shifted, FC_BELOW, level);
        double above = factor(&shifted, FC_ABOVE, level);
        assert_true(below > 0 && above > 0);
        if (level < 99) {
            assert_near(below, above, 0.06);
            assert_near(factor(&plain, FC_ABOVE, level),
                        gsl_cdf_ugaussian_Pinv(0.5 + level / 200), 0.06);
        }
        /* they are errors all the same */
        assert_true(above > factor(&plain, FC_ABOVE, level));
    }
}

/* But where single errors are larger on one side, so is the interval: half of
 * the way, as the header says. */
static void skewed_errors_make_skewed_intervals(void **state)
{
    struct fc_reach r = learn(0, 3);
    (void)state;
    for (int i = 0; i < FC_REACH_LEVELS; i++) {
        double ratio = factor(&r, FC_ABOVE, fc_reach_levels[i])
                       / factor(&r, FC_BELOW, fc_reach_levels[i]);
        assert_true(ratio > 1.3 && ratio < 3);
    }
}

/* Errors of two periods, all of them so many times as large in the earlier one,
 * of which so many series are known. */
static struct fc_reach learn_twice(double times, int known, double lean)
{
    static double ratio[SERIES], earlier[SERIES];
    struct fc_reach_sample sample = {SERIES, 1, ratio, earlier};
    struct fc_reach prior = normal(), reach = prior;
    struct fc_error err;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (int i = 0; i < SERIES; i++) {
        ratio[i] = gsl_ran_ugaussian(rng) + lean;
        earlier[i] =
            i < known ? times * (gsl_ran_ugaussian(rng) - lean) : (double)NAN;
    }
    assert_int_equal(fc_reach_learn(&sample, &prior, &reach, &err), FC_OK);
    gsl_rng_free(rng);
    return reach;
}

/* Their scale is the geometric mean of both periods', each by its series; the
 * earlier errors are taken to be 1.06 times as large.  Of many series the
 * earlier period counts the less, the farther they have calmed down: by the
 * fourth power of the logarithm. */
static void a_calm_period_does_not_make_narrow_intervals_alone(void **state)
{
    const struct {
        double times;
        int known;
    } cases[] = {{2, SERIES},     {0.5, SERIES}, {0.1, SERIES}, {4, SERIES},
                 {2, SERIES / 3}, {2, 0},        {20, SERIES}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fc_reach r = learn_twice(cases[i].times, cases[i].known, 0);
        double calmed = fmax(0, log(cases[i].times));
        double counted = cases[i].known / (1 + pow(calmed, 4));
        double part = counted / (SERIES + counted);
        double scale = pow(1.06 * cases[i].times, part);
        for (int k = 0; k < FC_REACH_LEVELS; k++) {
            double z = gsl_cdf_ugaussian_Pinv(0.5 + fc_reach_levels[k] / 200);
            if (fc_reach_levels[k] > 98)
                continue;
            assert_near(factor(&r, FC_ABOVE, fc_reach_levels[k]) / scale, z,
                        0.06);
            assert_near(factor(&r, FC_BELOW, fc_reach_levels[k]) / scale, z,
                        0.06);
        }
    }
}

/* A few series have calmed down by chance: both periods count. */
static void few_series_have_not_calmed_down(void **state)
{
    enum { FEW = 4 };
    const double ratio[FEW] = {1, -1, 1, -1}, earlier[FEW] = {20, -20, 20, -20};
    struct fc_reach_sample sample = {FEW, 1, ratio, earlier};
    struct fc_reach prior = normal(), reach = prior;
    struct fc_error err;
    (void)state;
    assert_int_equal(fc_reach_learn(&sample, &prior, &reach, &err), FC_OK);
    double known = log(20) * FEW / (FEW + 20), like = 1 / (1 + pow(known, 4));
    double both = log(1.06 * 20) * like / (1 + like);
    assert_near(reach.a, both * FEW / (FEW + 20), 1e-9);
}

/* Whatever the sides of both periods. */
static void periods_that_lean_leave_the_middle(void **state)
{
    struct fc_reach r = learn_twice(1, SERIES, 0.5);
    (void)state;
    for (int k = 0; fc_reach_levels[k] < 99; k++)
        assert_near(factor(&r, FC_BELOW, fc_reach_levels[k]),
                    factor(&r, FC_ABOVE, fc_reach_levels[k]), 0.06);
}

/* A mean of zero says that the forecasts are right, where most errors are: of z
 * below and SKEW z above, less their mean, the sides differ by half of what the
 * quantiles do. */
static void skewed_errors_whose_mean_is_zero_keep_their_median(void **state)
{
    enum { SKEW = 3 };
    double mean = (SKEW - 1) * gsl_ran_ugaussian_pdf(0);
    struct fc_reach r = learn(-mean, SKEW);
    (void)state;
    for (int i = 0; i < FC_REACH_LEVELS && fc_reach_levels[i] < 99; i++) {
        double level = fc_reach_levels[i];
        double z = gsl_cdf_ugaussian_Pinv(0.5 + level / 200);
        assert_true(fabs(factor(&r, FC_ABOVE, level)
                         - factor(&r, FC_BELOW, level)
                         - ((SKEW - 1) * z / 2 - mean))
                    < 0.1);
    }
}

/* Whatever the errors are, intervals grow with the level and never turn
 * around: what was learnt can be read again. */
static void odd_errors_teach_what_can_be_read(void **state)
{
    enum { ODD = 200, SAMPLES = 500 };
    double ratio[ODD];
    struct fc_reach prior = normal(), reach, again;
    struct fc_error err;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    (void)state;
    for (int k = 0; k < SAMPLES; k++) {
        double share = gsl_rng_uniform(rng);
        double far[2] = {gsl_ran_cauchy(rng, 5), gsl_ran_cauchy(rng, 5)};
        double size[2] = {gsl_rng_uniform(rng), 9 * gsl_rng_uniform(rng)};
        struct fc_reach_sample sample = {ODD, 1, ratio, NULL};
        for (int i = 0; i < ODD; i++) {
            int of = gsl_rng_uniform(rng) < share;
            ratio[i] = far[of] + gsl_ran_gaussian(rng, size[of]);
        }
        assert_int_equal(fc_reach_learn(&sample, &prior, &reach, &err), FC_OK);
        struct fc_part_writer writer = {0};
        struct fc_part_reader reader;
        size_t place = fc_part_begin(&writer, 1);
        fc_reach_write(&reach, &writer);
        fc_part_end(&writer, place);
        struct fc_learned *block = fc_part_finish(&writer);
        assert_true(fc_part_open(fc_part_of(block), 1, &reader));
        assert_true(fc_reach_read(&reader, &again));
        assert_true(fc_part_is_read(&reader));
        free(block);
    }
    gsl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shift_of_all_errors_leans_on_no_side),
        cmocka_unit_test(skewed_errors_make_skewed_intervals),
        cmocka_unit_test(a_calm_period_does_not_make_narrow_intervals_alone),
        cmocka_unit_test(few_series_have_not_calmed_down),
        cmocka_unit_test(periods_that_lean_leave_the_middle),
        cmocka_unit_test(skewed_errors_whose_mean_is_zero_keep_their_median),
        cmocka_unit_test(odd_errors_teach_what_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
