/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/check.h"
#include "tests/series.h"

#include "forecast/models.h"
#include "forecast/run/backtest.h"

#include <gsl/gsl_errno.h>

static struct fc_spec spec_of(const char *name)
{
    return (struct fc_spec){.model = fc_model_find(name)};
}

static const double LEVEL = 80;
static double ALL[] = {80};
static struct fc_bound BOUNDS[] = {{0, false}, {0, true}};
static const struct fc_outline OUTLINE = {.nlevels = 1,
                                          .levels = &LEVEL,
                                          .n = 1,
                                          .all = ALL,
                                          .nbounds = 2,
                                          .bounds = BOUNDS};
static const struct fc_score_shape SHAPE = {.nlevels = 1, .levels = &LEVEL};

/* A backtest of the models over the series, not yet run. */
static struct fc_backtest backtest_of(const struct fc_series *series, size_t n,
                                      const struct fc_spec *specs,
                                      size_t nspecs, int horizon)
{
    struct fc_backtest backtest = {
        .job = {.specs = specs,
                .nspecs = nspecs,
                .seed = 1,
                .horizon = horizon,
                .nlevels = 1,
                .levels = &LEVEL,
                .nthreads = 1},
        .outline = &OUTLINE,
        .origins = 1,
        .stride = horizon,
    };
    give_series(&backtest.job, series, n);
    return backtest;
}

static void run(struct fc_backtest *backtest)
{
    struct fc_error err = {0};
    if (fc_backtest_run(backtest, &err) != FC_OK)
        fail_msg("%s", err.msg);
}

/*
 * By hand.  Naive forecasts of 1 3 2 6 | 5 9 | 4 8 two steps ahead, from 4
 * and from 6 observations.
 *
 * From 4: forecasts 6 6, errors 1 3; scale (2 + 1 + 4) / 3 = 7/3, its squares
 * (4 + 1 + 16) / 3 = 7.  From 6: forecasts 9 9, errors 5 1; scale
 * (2 + 1 + 4 + 1 + 4) / 5 = 12/5, squares (4 + 1 + 16 + 1 + 16) / 5 = 38/5.
 * Means: 2 1/2 and 17/10 of both.
 */
static const double Y[8] = {1, 3, 2, 6, 5, 9, 4, 8};
static const double Z80 = 1.2815515655446004;

static void scores_match_hand_computation(void **state)
{
    (void)state;
    const struct fc_series series = series_of("a", Y, 8, 1);
    struct fc_spec specs[] = {spec_of("naive"), spec_of("naive2")};
    struct fc_backtest b = backtest_of(&series, 1, specs, 2, 2);
    b.origins = 2;
    run(&b);
    assert_int_equal(b.norigins, 2);
    assert_int_equal(b.nshort, 0);
    assert_int_equal(b.at[0].n, 4);
    assert_int_equal(b.at[0].back, 1);
    assert_int_equal(b.at[1].n, 6);
    const double *first = b.results[0].row, *second = b.results[2].row;
    assert_int_equal(b.results[0].n, 2);
    assert_near(first[FC_MAE], 2, 1e-15);
    assert_near(first[FC_RMSE], sqrt(5), 1e-15);
    assert_near(first[FC_MAPE], 100 * (1.0 / 5 + 3.0 / 9) / 2, 1e-14);
    assert_near(first[FC_SMAPE], 200 * (1.0 / 11 + 3.0 / 15) / 2, 1e-14);
    assert_near(first[FC_MASE], 2 / (7.0 / 3), 1e-15);
    assert_near(first[FC_RMSSE], sqrt(5.0 / 7), 1e-15);
    assert_near(second[FC_MAE], 3, 1e-15);
    assert_near(second[FC_MASE], 3 / 2.4, 1e-15);
    assert_near(second[FC_RMSSE], sqrt(13 / 7.6), 1e-15);
    const struct fc_score_mean *mean = &b.means[0];
    assert_int_equal(mean->n, 2);
    assert_near(fc_score_mean_of(mean, FC_MAE), 2.5, 1e-15);
    assert_near(fc_score_mean_of(mean, FC_MASE), (6.0 / 7 + 1.25) / 2, 1e-15);
    /* without a season Naive 2 is the naive forecast */
    assert_near(fc_score_mean_owa(mean), 1, 1e-15);
    assert_near(fc_score_mean_owa(&b.means[1]), 1, 1e-15);
    fc_backtest_release(&b);
}

/*
 * The mean model on the same, against Naive 2 that was not asked for.  From
 * 4 the mean 3, errors 2 6; from 6 the mean 13/3, errors 1/3 11/3.
 */
static void owa_is_a_ratio_of_averages(void **state)
{
    (void)state;
    const struct fc_series series = series_of("a", Y, 8, 1);
    struct fc_spec spec = spec_of("mean");
    struct fc_backtest b = backtest_of(&series, 1, &spec, 1, 2);
    b.origins = 2;
    run(&b);
    double third = 1.0 / 3;
    double smape =
        200 * (2.0 / 8 + 6.0 / 12) / 2
        + 200 * (third / (4 + 13 * third) + 11 * third / (8 + 13 * third)) / 2;
    double mase = 4 / (7 * third) + 2 / 2.4;
    double naive_smape =
        200 * (1.0 / 11 + 3.0 / 15) / 2 + 200 * (5.0 / 13 + 1.0 / 17) / 2;
    double naive_mase = 2 / (7 * third) + 3 / 2.4;
    assert_near(fc_score_mean_of(&b.means[0], FC_SMAPE), smape / 2, 1e-14);
    assert_near(fc_score_mean_owa(&b.means[0]),
                (smape / naive_smape + mase / naive_mase) / 2, 1e-14);
    fc_backtest_release(&b);
}

/*
 * The same, its 80% intervals.  From 4: sigma = sqrt(7), half widths 3.39 and
 * 4.80: both inside.  From 6: sigma = sqrt(7.6), half widths 3.53 and 5.00;
 * the error of 5 lies 5 - 3.53 outside, which costs 2 / 0.2 times that.
 */
static void intervals_match_hand_computation(void **state)
{
    (void)state;
    const struct fc_series series = series_of("a", Y, 8, 1);
    struct fc_spec spec = spec_of("naive");
    struct fc_backtest b = backtest_of(&series, 1, &spec, 1, 2);
    b.origins = 5; /* more than there is room for: only two of them */
    run(&b);
    assert_int_equal(b.norigins, 2);
    double s = Z80 * sqrt(7), t = Z80 * sqrt(7.6);
    double first = (2 * s + 2 * s * sqrt(2)) / 2 / (7.0 / 3);
    double second = (2 * t + 2 * t * sqrt(2) + 10 * (5 - t)) / 2 / 2.4;
    assert_near(b.results[0].row[fc_score_at(0, FC_MSIS)], first, 1e-12);
    assert_near(b.results[1].row[fc_score_at(0, FC_MSIS)], second, 1e-12);
    assert_near(fc_score_coverage(b.results[0].row, 0), 1, 0);
    assert_near(fc_score_coverage(b.results[1].row, 0), 0.5, 0);
    assert_near(fc_score_mean_coverage(&b.means[0], 0), 0.75, 0);
    fc_backtest_release(&b);
}

static void short_and_skipped_series_are_left_out(void **state)
{
    (void)state;
    const struct fc_series series[] = {
        series_of("short", Y, 6, 4), series_of("skipped", Y, 8, 4),
        series_of("fits", Y, 7, 4), series_of("empty", Y, 0, 4)};
    const bool skip[] = {false, true, false, false};
    struct fc_spec spec = spec_of("naive"); /* needs 5 and 2 */
    struct fc_backtest b = backtest_of(series, 4, &spec, 1, 2);
    b.job.skip = skip;
    run(&b);
    assert_int_equal(b.nshort, 2);
    assert_int_equal(b.norigins, 1);
    assert_int_equal(b.at[0].series, 2);
    assert_int_equal(b.at[0].n, 5);
    fc_backtest_release(&b);

    b = backtest_of(series, 1, &spec, 1, 20);
    run(&b);
    assert_int_equal(b.norigins, 0);
    assert_int_equal(b.means[0].n, 0);
    assert_true(isnan(fc_score_mean_of(&b.means[0], FC_MAE)));
    fc_backtest_release(&b);
}

static void an_origin_in_a_gap_moves_back(void **state)
{
    (void)state;
    const double y[] = {1, 3, 2, 6, NAN, NAN, 4, 8, 7};
    const struct fc_series series = series_of("gappy", y, 9, 1);
    struct fc_spec spec = spec_of("naive");
    struct fc_backtest b = backtest_of(&series, 1, &spec, 1, 3);
    run(&b);
    assert_int_equal(b.norigins, 1);
    assert_int_equal(b.at[0].n, 4);
    assert_int_equal(b.results[0].n, 1); /* 6 against NaN, NaN, 4 */
    assert_near(b.results[0].row[FC_MAE], 2, 0);
    fc_backtest_release(&b);

    b.origins = 3; /* at 6, 5 and 4, which are one and the same */
    b.stride = 1;
    run(&b);
    assert_int_equal(b.norigins, 1);
    assert_int_equal(b.at[0].n, 4);
    assert_int_equal(b.results[0].n, 1);
    fc_backtest_release(&b);
}

static void failures_and_fallbacks_are_told_apart(void **state)
{
    (void)state;
    const double y[] = {1, 3, 0, 6, 5, 9, 4, 8};
    const struct fc_series series = series_of("zero", y, 8, 4);
    struct fc_spec specs[] = {spec_of("hw-mul"), spec_of("naive")};
    struct fc_spec fallback = spec_of("mean");
    struct fc_backtest b = backtest_of(&series, 1, specs, 2, 2);
    run(&b);
    assert_int_equal(b.results[0].outcome, FC_OUTCOME_FAILED);
    assert_int_equal(b.results[0].n, 0);
    assert_true(isnan(b.results[0].row[FC_MAE]));
    assert_int_equal(b.means[0].n, 0);
    assert_true(isnan(fc_score_mean_owa(&b.means[0])));
    assert_int_equal(b.means[1].n, 1);
    fc_backtest_release(&b);

    b = backtest_of(&series, 1, specs, 2, 2);
    b.job.fallback = &fallback;
    run(&b);
    assert_int_equal(b.results[0].outcome, FC_OUTCOME_FALLBACK);
    assert_near(b.results[0].row[FC_MAE], 2, 1e-15); /* 4 against 4 and 8 */
    fc_backtest_release(&b);
}

/* A seasonal saw with a drift, and noise that is no clock's. */
static void make_series(double *y, size_t n, unsigned seed)
{
    for (size_t t = 0; t < n; t++) {
        seed = seed * 1103515245u + 12345u;
        y[t] = 100 + (double)t + 5 * (double)(t % 4)
               + (double)(seed >> 16 & 1023) / 256;
    }
}

/* Fails when its series are not all cut at the same origin: see below. */
static enum fc_status check_lesson(const struct fc_lesson *lesson,
                                   const struct fc_spec *spec,
                                   struct fc_learned **learned,
                                   struct fc_error *err)
{
    (void)spec;
    *learned = NULL;
    for (size_t i = 1; i < lesson->n; i++)
        if (lesson->series[i].n + i != lesson->series[0].n)
            return fc_fail(err, FC_EINVAL, "series %zu is cut elsewhere", i);
    if (lesson->horizon != 4)
        return fc_fail(err, FC_EINVAL, "horizon %d", lesson->horizon);
    return FC_OK;
}

static struct fc_model model_that_learns(void)
{
    struct fc_model model = *fc_model_find("drift");
    model.learn = check_lesson;
    return model;
}

/* The i-th series is i values shorter than the first. */
static void the_same_for_any_number_of_threads(void **state)
{
    (void)state;
    enum { N = 7, LENGTH = 40 };
    static double y[N][LENGTH];
    struct fc_series series[N];
    for (unsigned i = 0; i < N; i++) {
        make_series(y[i], LENGTH, i + 1);
        series[i] = series_of("s", y[i], LENGTH - i, 4);
    }
    struct fc_model pupil = model_that_learns();
    struct fc_spec specs[] = {spec_of("snaive"), spec_of("theta"),
                              spec_of("drift")};
    specs[2].model = &pupil;
    /* the pupil makes the parts go by origin */
    for (size_t nspecs = 2; nspecs <= 3; nspecs++) {
        struct fc_backtest one = backtest_of(series, N, specs, nspecs, 4), many;
        one.origins = 3;
        one.stride = 2;
        many = one;
        many.job.nthreads = 3;
        run(&one);
        run(&many);
        assert_int_equal(one.norigins, 3 * N);
        assert_int_equal(many.norigins, 3 * N);
        for (size_t i = 0; i < one.norigins; i++)
            assert_int_equal(one.at[i].n,
                             series[i / 3].n - 4 - 2 * (2 - i % 3));
        size_t numbers = one.norigins * nspecs * fc_score_size(&SHAPE);
        assert_memory_equal(one.rows, many.rows, numbers * sizeof(double));
        assert_memory_equal(one.sums, many.sums,
                            nspecs * fc_score_size(&SHAPE) * sizeof(double));
        assert_int_equal(one.means[nspecs - 1].n, 3 * N);
        fc_backtest_release(&one);
        fc_backtest_release(&many);
    }
}

struct calls {
    size_t done, n;
    bool rising;
};

static void note(void *arg, size_t done, size_t n)
{
    struct calls *calls = arg;
    calls->rising = calls->rising && done >= calls->done;
    calls->done = done;
    calls->n = n;
}

static void progress_counts_over_all_parts(void **state)
{
    (void)state;
    static double y[30];
    make_series(y, 30, 1);
    const struct fc_series series[] = {series_of("a", y, 30, 4),
                                       series_of("b", y, 29, 4)};
    struct fc_model pupil = model_that_learns();
    struct fc_spec spec = {.model = &pupil};
    struct calls calls = {.rising = true};
    struct fc_backtest b = backtest_of(series, 2, &spec, 1, 4);
    b.origins = 4;
    b.job.progress = note;
    b.job.progress_arg = &calls;
    run(&b);
    assert_int_equal(calls.n, 2 * 4 * 2); /* and Naive 2 */
    assert_int_equal(calls.done, calls.n);
    assert_true(calls.rising);
    fc_backtest_release(&b);
}

static void averages_leave_out_what_is_not_there(void **state)
{
    (void)state;
    double sum[FC_MEASURES + FC_LEVEL_MEASURES];
    size_t count[FC_MEASURES + FC_LEVEL_MEASURES];
    const double actual[] = {1, 3, NAN}, flat[] = {2, 2, 2};
    double mean[] = {2, 5, 9}, lo[] = {0, NAN, 0}, hi[] = {3, 9, 9};
    const double *const columns[] = {lo, hi};
    struct fc_scored f = {3, mean, columns};
    double row[FC_MEASURES + FC_LEVEL_MEASURES], none[9];
    struct fc_score_mean m;
    assert_int_equal(fc_score_size(&SHAPE), FC_MEASURES + FC_LEVEL_MEASURES);
    fc_score_mean_init(&m, &SHAPE, sum, count);
    /* a flat past has no scale */
    assert_int_equal(
        fc_score(actual, &f, &SHAPE, fc_error_scale(flat, 3, 1), row), 2);
    fc_score_none(&SHAPE, none);
    fc_score_mean_add(&m, row, none);
    fc_score_mean_add(&m, none, row);
    assert_int_equal(m.n, 1);
    assert_near(fc_score_mean_of(&m, FC_MAE), 1.5, 0);
    assert_true(isnan(fc_score_mean_of(&m, FC_MASE)));
    assert_near(row[fc_score_at(0, FC_COMPARED)], 1, 0); /* one has bounds */
    assert_near(fc_score_mean_coverage(&m, 0), 1, 0);
    assert_true(isnan(fc_score_mean_of(&m, fc_score_at(0, FC_MSIS))));
    assert_true(isnan(fc_score_mean_owa(&m)));
    /* OWA is over the rows that both have */
    double row2[9], half[9];
    for (int i = 0; i < 9; i++) {
        row2[i] = 3;
        half[i] = i == FC_MASE ? NAN : 6;
    }
    fc_score_mean_add(&m, row2, half);
    half[FC_MASE] = 2;
    fc_score_mean_add(&m, row2, half);
    fc_score_mean_add(&m, row2, none);
    assert_near(fc_score_mean_owa(&m), (0.5 + 1.5) / 2, 1e-15);
    assert_int_equal(fc_score(actual + 2,
                              &(struct fc_scored){.horizon = 1, .mean = mean},
                              &(struct fc_score_shape){0},
                              (struct fc_error_scale){1, 1, 1}, row),
                     0);
    assert_true(isnan(row[FC_RMSE]));
}

/*
 * By hand.  Two series, two quantiles, 10 and 50.  The first was 1 3 2 6: the
 * squares of its steps, 4 1 16, have the mean 7, their sizes 7/3.  Actual
 * values 4 6, means 5 5: errors 1 -1, sum 0, size 10.  Quantile 10 is 3 3:
 * losses .1 .3; quantile 50 is 5 7: losses .5 .5, errors 1 1.  The second:
 * actual value 0, missing; mean 2; quantiles 1 and 2: losses .9 and 1.
 */
static void quantiles_are_scored(void **state)
{
    const double quantiles[] = {10, 50};
    const struct fc_score_shape shape = {.nquantiles = 2,
                                         .quantiles = quantiles};
    enum { SIZE = FC_MEASURES + FC_WHOLE_MEASURES + 2 };
    const double past[] = {1, 3, 2, 6}, actual[] = {4, 6}, other[] = {0, NAN};
    const double mean[] = {5, 5}, q10[] = {3, 3}, q50[] = {5, 7};
    const double two[] = {2, 2}, one[] = {1, 1};
    const double *const first[] = {q10, q50}, *const second[] = {one, two};
    double row[SIZE], sum[SIZE];
    size_t count[SIZE];
    struct fc_score_mean m;
    (void)state;
    assert_int_equal(fc_score_size(&shape), SIZE);
    fc_score_mean_init(&m, &shape, sum, count);
    struct fc_error_scale scale = fc_error_scale(past, 4, 1);
    fc_score(actual, &(struct fc_scored){2, mean, first}, &shape, scale, row);
    assert_near(row[fc_score_loss_at(&shape, 0)], 0.4, 1e-15);
    assert_near(row[fc_score_loss_at(&shape, 1)], 1, 1e-15);
    assert_near(row[fc_score_whole_at(&shape, FC_RMSSE_1)], 1 / sqrt(7), 1e-15);
    assert_near(row[fc_score_whole_at(&shape, FC_MASE_MEDIAN)], 3.0 / 7, 1e-15);
    fc_score_mean_add(&m, row, NULL);
    fc_score(other, &(struct fc_scored){2, two, second}, &shape, scale, row);
    assert_near(row[fc_score_loss_at(&shape, 0)], 0.9, 1e-15);
    fc_score_mean_add(&m, row, NULL);
    assert_near(fc_score_mean_bias(&m), (0 + 2) / 10.0, 1e-15);
    assert_near(fc_score_mean_wql(&m), (2 * 1.3 + 2 * 2) / 2 / 10, 1e-15);
}

/* A quantile beside the deciles has no say in the weighted loss. */
static void the_weighted_loss_is_over_the_deciles(void **state)
{
    const double quantiles[] = {10, 20, 30, 40, 50, 60, 70, 80, 90, 99};
    const struct fc_score_shape shape = {.nquantiles = 10,
                                         .quantiles = quantiles};
    enum { SIZE = FC_MEASURES + FC_WHOLE_MEASURES + 10 };
    const double actual[] = {2}, zero[] = {0}, past[] = {0, 1, 0};
    const double *columns[10];
    double row[SIZE], sum[SIZE];
    size_t count[SIZE];
    struct fc_score_mean m;
    (void)state;
    for (int i = 0; i < 10; i++)
        columns[i] = zero;
    fc_score_mean_init(&m, &shape, sum, count);
    fc_score(actual, &(struct fc_scored){1, zero, columns}, &shape,
             fc_error_scale(past, 3, 1), row);
    fc_score_mean_add(&m, row, NULL);
    assert_near(fc_score_mean_wql(&m), 1, 1e-15); /* as zero always is */
    assert_near(fc_score_mean_bias(&m), -1, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_match_hand_computation),
        cmocka_unit_test(owa_is_a_ratio_of_averages),
        cmocka_unit_test(intervals_match_hand_computation),
        cmocka_unit_test(short_and_skipped_series_are_left_out),
        cmocka_unit_test(an_origin_in_a_gap_moves_back),
        cmocka_unit_test(failures_and_fallbacks_are_told_apart),
        cmocka_unit_test(the_same_for_any_number_of_threads),
        cmocka_unit_test(progress_counts_over_all_parts),
        cmocka_unit_test(averages_leave_out_what_is_not_there),
        cmocka_unit_test(quantiles_are_scored),
        cmocka_unit_test(the_weighted_loss_is_over_the_deciles),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
