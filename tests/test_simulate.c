/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/demand.h"
#include "tests/reference_series.h"

#include "forecast/models.h"
#include "forecast/numeric/quantile.h"
#include "forecast/run/simulate.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>

enum { STEPS = 14, MONTHS = 60 };

static const double Z80 = 1.2815515655446004;
static const double QUANTILES[] = {10, 50, 90};

static struct fc_spec spec_of(const char *text)
{
    struct fc_spec spec = {0};
    struct fc_error err;
    if (fc_model_parse(text, strlen(text), &spec, &err) != FC_OK)
        fail_msg("%s", err.msg);
    return spec;
}

/* A simulation of the models over the series, not yet run. */
static struct fc_simulate simulation_of(const struct fc_series *series,
                                        size_t n, const struct fc_spec *specs,
                                        size_t nspecs, int paths)
{
    struct fc_simulate simulate = {
        .job = {.specs = specs,
                .nspecs = nspecs,
                .seed = 1,
                .horizon = STEPS,
                .nthreads = 1},
        .paths = paths,
        .nquantiles = 3,
        .quantiles = QUANTILES,
    };
    give_series(&simulate.job, series, n);
    return simulate;
}

static void run(struct fc_simulate *s)
{
    struct fc_error err = {0};
    if (fc_simulate_init(s, &err) != FC_OK
        || fc_simulate_run(s, 0, s->job.n, &err) != FC_OK)
        fail_msg("%s", err.msg);
}

/* Trend, season and noise, from a generator of its own. */
static void make_series(double *y, size_t n, unsigned seed)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    double level = 100;
    gsl_rng_set(rng, seed);
    for (size_t t = 0; t < n; t++) {
        level += 0.3 + gsl_ran_gaussian(rng, 2);
        y[t] = level + 8 * sin((double)t * 0.5235987755982988)
               + gsl_ran_gaussian(rng, 2);
    }
    gsl_rng_free(rng);
}

/*
 * A sample quantile of N values has the standard error
 * sqrt(p (1 - p) / N) / f, f the density there: for a normal distribution and
 * p = 0.1, 1.71 sigma / sqrt(N).  Five of them are exceeded once in two
 * million.
 */
static double five_errors(double sigma, double paths)
{
    double f = gsl_ran_ugaussian_pdf(Z80);
    return 5 * sqrt(0.1 * 0.9 / paths) / f * sigma;
}

/* The bounds of the 80% interval are the quantiles of the paths. */
static void check_against_intervals(const char *text, const double *y, size_t n,
                                    int m)
{
    enum { PATHS = 10000 };
    struct fc_workspace *ws = fc_workspace_new();
    const struct fc_series series = series_of("a", y, n, m);
    struct fc_spec spec = spec_of(text);
    struct fc_simulate s = simulation_of(&series, 1, &spec, 1, PATHS);
    struct forecasts f;
    assert_int_equal(forecast_series(text, y, n, m, STEPS, ws, &f), FC_OK);
    run(&s);
    assert_int_equal(s.results[0].outcome, FC_OUTCOME_OK);
    for (int h = 0; h < STEPS; h++) {
        const double *row = s.results[0].numbers + h * 4;
        double sigma = (f.hi[h] - f.lo[h]) / 2 / Z80;
        double slack = five_errors(sigma, PATHS);
        if (!(fabs(row[0] - f.mean[h]) < 5 * sigma / sqrt(PATHS))
            || !(fabs(row[1] - f.lo[h]) < slack)
            || !(fabs(row[3] - f.hi[h]) < slack))
            fail_msg("%s, step %d: %g [%g, %g] is not %g [%g, %g]", text, h,
                     row[0], row[1], row[3], f.mean[h], f.lo[h], f.hi[h]);
    }
    fc_simulate_release(&s);
    fc_workspace_free(ws);
}

static void quantiles_approach_the_intervals(void **state)
{
    static const char *const models[] = {
        "naive", "snaive", "drift",    "mean",        "naive2",
        "theta", "dotm",   "ces:none", "ces:partial", "ses",
        "holt",  "damped", "ets:AAA",  "ets:ANN",     "arima:1,1,1/0,1,1",
    };
    double y[MONTHS];
    (void)state;
    make_series(y, MONTHS, 3);
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        check_against_intervals(models[i], y, MONTHS, 12);
    /* few observations: Student's t, and a drift that is hardly known */
    check_against_intervals("drift", y, 8, 1);
    check_against_intervals("mean", y, 5, 1);
}

/*
 * A random walk summed over k steps has the variance
 * sigma^2 (1^2 + 2^2 + ... + k^2); independent values, k sigma^2.
 */
static void check_sums(const struct fc_simulate *s, double sum,
                       const double *variance)
{
    for (int i = 0; i < 2; i++) {
        const double *row = s->results[0].numbers + (STEPS + i) * 4;
        double k = i == 0 ? 5 : STEPS, sigma = sqrt(variance[i]);
        double slack = five_errors(sigma, s->paths);
        assert_true(fabs(row[0] - k * sum) < 5 * sigma / sqrt(s->paths));
        assert_true(fabs(row[1] - k * sum + Z80 * sigma) < slack);
        assert_true(fabs(row[3] - k * sum - Z80 * sigma) < slack);
    }
}

/* Wide above, narrow below, with a tail that is not a normal one's. */
static enum fc_status skewed(const struct fc_fit *fit, struct fc_workspace *ws,
                             struct fc_forecast *out, struct fc_error *err)
{
    (void)fit;
    (void)ws;
    (void)err;
    for (int h = 0; h < out->horizon; h++) {
        out->mean[h] = 10 + h;
        for (int i = 0; i < out->nlevels; i++) {
            bool far = out->levels[i] > 90;
            double width = 1 + 0.1 * h;
            out->lo[i * out->horizon + h] = 10 + h - (far ? 2 : 1) * width;
            out->hi[i * out->horizon + h] = 10 + h + (far ? 9 : 3) * width;
        }
    }
    return FC_OK;
}

/* The probabilities of the bounds, within five standard errors. */
static void paths_around_a_forecast_keep_its_intervals(void **state)
{
    enum { PATHS = 20000 };
    static const double p[] = {0.025, 0.1, 0.9, 0.975};
    static const double at[] = {-2, -1, 3, 9};
    const double y[] = {1, 2};
    const struct fc_series series = series_of("a", y, 2, 1);
    struct fc_model model = *fc_model_find("naive");
    struct fc_spec spec = {.model = &model};
    (void)state;
    model.simulate = NULL;
    model.predict = skewed;
    struct fc_simulate s = simulation_of(&series, 1, &spec, 1, PATHS);
    s.whole = true;
    run(&s);
    for (int h = 0; h < STEPS; h++)
        for (int i = 0; i < 4; i++) {
            double bound = 10 + h + at[i] * (1 + 0.1 * h), below = 0;
            for (int k = 0; k < PATHS; k++)
                below += s.results[0].numbers[k * STEPS + h] < bound;
            assert_true(fabs(below / PATHS - p[i])
                        < 5 * sqrt(p[i] * (1 - p[i]) / PATHS));
        }
    fc_simulate_release(&s);
}

/* An 80% interval that does not hold its mean, within a 95% one that does. */
static enum fc_status beside_its_mean(const struct fc_fit *fit,
                                      struct fc_workspace *ws,
                                      struct fc_forecast *out,
                                      struct fc_error *err)
{
    (void)fit;
    (void)ws;
    (void)err;
    for (int h = 0; h < out->horizon; h++) {
        out->mean[h] = 10;
        for (int i = 0; i < out->nlevels; i++) {
            bool far = out->levels[i] > 90;
            out->lo[i * out->horizon + h] = far ? 3 : 5;
            out->hi[i * out->horizon + h] = far ? 12 : 9;
        }
    }
    return FC_OK;
}

/* The upper half of the paths does not go below the mean: from 9 to 10 are
   those of the lower half alone, whose z lies within 1/5 of that of 80%. */
static void paths_do_not_turn_around_beside_a_mean(void **state)
{
    enum { PATHS = 5000 };
    const double y[] = {1, 2};
    const struct fc_series series = series_of("a", y, 2, 1);
    struct fc_model model = *fc_model_find("naive");
    struct fc_spec spec = {.model = &model};
    double p = gsl_cdf_ugaussian_P(Z80 / 5) - 0.5;
    (void)state;
    model.simulate = NULL;
    model.predict = beside_its_mean;
    struct fc_simulate s = simulation_of(&series, 1, &spec, 1, PATHS);
    s.whole = true;
    run(&s);
    double inside = 0, above = 0;
    for (int k = 0; k < PATHS; k++) {
        double x = s.results[0].numbers[k * STEPS];
        inside += x > 9 && x < 10;
        above += x >= 10;
    }
    assert_true(fabs(inside / PATHS - p) < 5 * sqrt(p * (1 - p) / PATHS));
    assert_true(fabs(above / PATHS - 0.5) < 5 * sqrt(0.25 / PATHS));
    fc_simulate_release(&s);
}

static void sums_follow_the_closed_form(void **state)
{
    (void)state;
    const double y[] = {3, 5, 4, 6, 5};
    const struct fc_series series = series_of("a", y, 5, 1);
    struct fc_spec spec = spec_of("naive");
    struct fc_simulate s = simulation_of(&series, 1, &spec, 1, 20000);
    s.lead_time = 5;
    assert_int_equal(fc_simulate_rows(&s), STEPS + 2);
    assert_int_equal(fc_simulate_row(&s, STEPS).over, 5);
    assert_int_equal(fc_simulate_row(&s, STEPS).last, 4);
    assert_int_equal(fc_simulate_row(&s, STEPS + 1).over, STEPS);
    s.lead_time = STEPS; /* the whole horizon is summed in any case */
    assert_int_equal(fc_simulate_rows(&s), STEPS + 1);
    s.lead_time = 1;
    assert_int_equal(fc_simulate_rows(&s), STEPS + 1);
    s.lead_time = 5;
    assert_int_equal(fc_simulate_row(&s, 3).over, 1);
    assert_int_equal(fc_simulate_row(&s, 3).last, 3);
    run(&s);
    double sigma2 = (4 + 1 + 4 + 1) / 4.0;
    const double walk[2] = {55 * sigma2, 1015 * sigma2};
    check_sums(&s, 5, walk);
    fc_simulate_release(&s);

    /* a model that has no paths of its own, but the same intervals */
    struct fc_model bare = *fc_model_find("naive");
    bare.simulate = NULL;
    spec.model = &bare;
    run(&s);
    check_sums(&s, 5, walk);
    fc_simulate_release(&s);

    double noise[1000];
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    for (int t = 0; t < 1000; t++)
        noise[t] = 10 + gsl_ran_gaussian(rng, 1);
    gsl_rng_free(rng);
    const struct fc_series independent = series_of("b", noise, 1000, 1);
    spec = spec_of("ets:ANN");
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_fit fit;
    assert_int_equal(fit_spec(&independent, &spec, ws, &fit, NULL), FC_OK);
    give_series(&s.job, &independent, 1);
    run(&s);
    double alpha = fit.coef[0], level = 0, variance[2] = {0};
    for (int i = 0; i < 2; i++)
        for (int h = 0, k = i == 0 ? 5 : STEPS; h < k; h++) {
            double weight = 1 + alpha * (k - 1 - h);
            variance[i] += fit.sigma2 * weight * weight;
        }
    struct fc_forecast f = {.horizon = 1, .mean = &level};
    assert_int_equal(fc_model_predict(&fit, ws, &f, NULL), FC_OK);
    check_sums(&s, level, variance);
    fc_simulate_release(&s);
    fc_workspace_free(ws);
}

/*
 * Fair coins: 50 heads in 100 tosses.  Many coins, told apart by their names,
 * are tossed N times each; the root mean square of their errors |mean - 1/2|
 * is sigma / sqrt(N), and its own relative standard error 1 / sqrt(2 COINS).
 */
enum { COINS = 200, TOSSES = 100 };

static double rms_error_of_coins(const char *model, int paths, double *worst)
{
    static double y[TOSSES];
    static char names[COINS][24];
    static struct fc_series coins[COINS];
    struct fc_spec spec = spec_of(model);
    double squares = 0;
    for (int t = 0; t < TOSSES; t++)
        y[t] = t * 37 % TOSSES < TOSSES / 2;
    for (int i = 0; i < COINS; i++) {
        snprintf(names[i], sizeof names[i], "coin %d", i);
        coins[i] = series_of(names[i], y, TOSSES, 1);
    }
    struct fc_simulate s = simulation_of(coins, COINS, &spec, 1, paths);
    s.job.horizon = 1;
    s.job.nthreads = 2;
    run(&s);
    *worst = 0;
    for (int i = 0; i < COINS; i++) {
        double error = s.results[i].numbers[0] - 0.5;
        squares += error * error;
        *worst = fmax(*worst, fabs(error));
    }
    fc_simulate_release(&s);
    return sqrt(squares / COINS);
}

/*
 * Bounds: each coin within 5 standard errors; their root mean square within
 * 5 of its own, which are 25%.  The seeds are fixed: what holds once holds
 * always.
 */
static void check_coins(const char *model, double sigma)
{
    for (int paths = 100; paths <= 10000; paths *= 10) {
        double worst, rms = rms_error_of_coins(model, paths, &worst);
        double expected = sigma / sqrt(paths);
        assert_near(rms, expected, 5 / sqrt(2 * COINS));
        assert_true(worst < 5 * expected);
        assert_true(worst > expected);
    }
}

static void the_mean_of_coins_approaches_one_half(void **state)
{
    (void)state;
    check_coins("mean:empirical", 0.5);
    /* Student's t with n - 1 degrees of freedom, scaled by s sqrt(1 + 1/n) */
    double n = TOSSES, s2 = 0.25 * n / (n - 1) * (1 + 1 / n);
    check_coins("mean", sqrt(s2 * (n - 1) / (n - 3)));
}

static void empirical_paths_are_heads_or_tails(void **state)
{
    (void)state;
    const double y[] = {0, 1, 1, 0, 1, 0};
    const struct fc_series series = series_of("coin", y, 6, 1);
    struct fc_spec spec = spec_of("mean:empirical");
    struct fc_simulate s = simulation_of(&series, 1, &spec, 1, 1000);
    s.whole = true;
    run(&s);
    int heads = 0;
    for (int i = 0; i < 1000 * STEPS; i++) {
        double x = s.results[0].numbers[i];
        assert_true(x == 0 || x == 1);
        heads += x == 1;
    }
    assert_near(heads, 500 * STEPS, 5 / sqrt(1000 * STEPS));
    fc_simulate_release(&s);
}

/* Of a random walk with sigma 1 (0, 1, 0, 1, ...), and of a straight line. */
static void a_missing_end_is_drawn_as_well(void **state)
{
    (void)state;
    enum { LATE = 20, N = 60, PATHS = 10000 };
    double walk[N], line[N];
    for (size_t t = 0; t < N; t++) {
        walk[t] = t < N - LATE ? (double)(t % 2) : NAN;
        line[t] = t < N - LATE ? 3 * (double)t : NAN;
    }
    const struct fc_series series[] = {series_of("walk", walk, N, 1),
                                       series_of("line", line, N, 1)};
    struct fc_spec spec[] = {spec_of("naive"), spec_of("drift")};
    struct fc_simulate s = simulation_of(series, 2, spec, 2, PATHS);
    s.whole = true;
    run(&s);
    for (int h = 0; h < STEPS; h++) {
        double sum = 0, squares = 0, sigma2 = LATE + h + 1;
        for (size_t p = 0; p < PATHS; p++) {
            double x = s.results[0].numbers[p * STEPS + (size_t)h];
            sum += x;
            squares += (x - 1) * (x - 1);
            assert_near(s.results[3].numbers[p * STEPS + (size_t)h],
                        3.0 * (N + h), 1e-12);
        }
        if (fabs(sum / PATHS - 1) > 5 * sqrt(sigma2 / PATHS)
            || fabs(squares / PATHS / sigma2 - 1) > 5 * sqrt(2.0 / PATHS))
            fail_msg("step %d: mean %g, variance %g, not %g", h, sum / PATHS,
                     squares / PATHS, sigma2);
    }
    fc_simulate_release(&s);
}

static void the_same_for_threads_subsets_and_more_paths(void **state)
{
    enum { N = 6, PATHS = 50 };
    static double y[N][MONTHS];
    static char names[N][16];
    struct fc_series series[N];
    (void)state;
    for (unsigned i = 0; i < N; i++) {
        make_series(y[i], MONTHS, i + 1);
        snprintf(names[i], sizeof names[i], "s%u", i);
        series[i] = series_of(names[i], y[i], MONTHS - i, 1);
    }
    struct fc_model bare = *fc_model_find("theta");
    bare.simulate = NULL;
    struct fc_spec specs[] = {spec_of("ets:ANN"), spec_of("naive"),
                              spec_of("theta")};
    specs[2].model = &bare;
    struct fc_simulate one = simulation_of(series, N, specs, 3, PATHS);
    one.whole = true;
    one.job.seed = 7;
    struct fc_simulate many = one, part = one, more = one, other = one;
    many.job.nthreads = 3;
    give_series(&part.job, series + 2, 2);
    more.paths = 2 * PATHS;
    run(&one);
    run(&many);
    run(&part);
    run(&more);
    size_t size = fc_simulate_size(&one);
    assert_int_equal(size, PATHS * STEPS);
    assert_memory_equal(one.numbers, many.numbers,
                        N * 3 * size * sizeof(double));
    assert_memory_equal(one.numbers + 2 * 3 * size, part.numbers,
                        2 * 3 * size * sizeof(double));
    for (size_t i = 0; i < 3 * N; i++)
        assert_memory_equal(one.numbers + i * size, more.numbers + 2 * i * size,
                            size * sizeof(double));
    /* in portions too */
    struct fc_error err;
    for (size_t i = 0; i < N; i += 2) {
        assert_int_equal(fc_simulate_run(&part, 0, 2, &err), FC_OK);
        assert_int_equal(fc_simulate_run(&many, i, 2, &err), FC_OK);
        assert_memory_equal(one.numbers + i * 3 * size, many.numbers,
                            2 * 3 * size * sizeof(double));
    }
    /* another seed, and another id, are other numbers */
    other.job.seed = 8;
    run(&other);
    assert_memory_not_equal(one.numbers, other.numbers, size * sizeof(double));
    fc_simulate_release(&one);
    fc_simulate_release(&many);
    fc_simulate_release(&part);
    fc_simulate_release(&more);
    fc_simulate_release(&other);
    double line[] = {1, 2, 1, 2};
    struct fc_series twins[] = {series_of("a", line, 4, 1),
                                series_of("b", line, 4, 1)};
    struct fc_simulate pair = simulation_of(twins, 2, specs + 1, 1, 10);
    run(&pair);
    assert_memory_not_equal(pair.results[0].numbers, pair.results[1].numbers,
                            fc_simulate_size(&pair) * sizeof(double));
    fc_simulate_release(&pair);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void quantiles_are_those_of_the_paths(void **state)
{
    enum { PATHS = 101, LEAD = 3 };
    double y[MONTHS], x[PATHS];
    (void)state;
    make_series(y, MONTHS, 5);
    const struct fc_series series = series_of("a", y, MONTHS, 1);
    struct fc_spec spec = spec_of("drift");
    struct fc_simulate summary = simulation_of(&series, 1, &spec, 1, PATHS);
    summary.lead_time = LEAD;
    struct fc_simulate whole = summary;
    whole.whole = true;
    run(&summary);
    run(&whole);
    for (int i = 0; i < fc_simulate_rows(&summary); i++) {
        struct fc_simulate_row r = fc_simulate_row(&summary, i);
        double mean = 0;
        for (int p = 0; p < PATHS; p++) {
            x[p] = 0;
            for (int h = r.last + 1 - r.over; h <= r.last; h++)
                x[p] += whole.numbers[p * STEPS + h];
            mean += x[p] / PATHS;
        }
        qsort(x, PATHS, sizeof *x, compare_doubles);
        const double *row = summary.numbers + i * 4;
        assert_near(row[0], mean, 1e-12);
        for (int q = 0; q < 3; q++)
            assert_near(row[1 + q], fc_quantile(x, PATHS, QUANTILES[q] / 100),
                        1e-12);
    }
    fc_simulate_release(&summary);
    fc_simulate_release(&whole);
}

static enum fc_status one_step_and_infinity(const struct fc_fit *fit,
                                            int horizon, gsl_rng *rng,
                                            struct fc_workspace *ws,
                                            double *path, struct fc_error *err)
{
    (void)fit;
    (void)ws;
    (void)err;
    for (int h = 0; h < horizon; h++)
        path[h] = h == 0 ? gsl_ran_gaussian_ziggurat(rng, 1) : INFINITY;
    return FC_OK;
}

static struct fc_model naive_that_breaks(void)
{
    struct fc_model model = *fc_model_find("naive");
    model.simulate = one_step_and_infinity;
    return model;
}

static void failures_fallbacks_and_clipping(void **state)
{
    (void)state;
    const double y[] = {0, 3, 1, 0, 2, 4, 0, 1};
    const bool skip[] = {false, true};
    const struct fc_series series[] = {series_of("zero", y, 8, 1),
                                       series_of("skipped", y, 8, 1)};
    struct fc_spec spec = spec_of("ets:MNN"), naive = spec_of("naive");
    struct fc_simulate s = simulation_of(series, 2, &spec, 1, 200);
    s.job.skip = skip;
    run(&s);
    assert_int_equal(s.results[0].outcome, FC_OUTCOME_FAILED);
    assert_non_null(s.results[0].detail);
    assert_int_equal(s.results[1].outcome, FC_OUTCOME_FAILED);
    fc_simulate_release(&s);

    s.job.fallback = &naive;
    s.job.non_negative = true;
    run(&s);
    assert_int_equal(s.results[0].outcome, FC_OUTCOME_FALLBACK);
    assert_near(s.results[0].numbers[1], 0, 0); /* q-0.1, clipped */
    assert_true(s.results[0].numbers[3] > 1);
    double last = s.results[0].numbers[STEPS * 4];
    fc_simulate_release(&s);
    /* clipped before it is summed: the mean of the sum is above the walk's */
    assert_true(last > STEPS);

    /*
     * The fallback draws what it draws when it is asked for itself, also
     * after a model that failed with paths half drawn.
     */
    struct fc_simulate direct = simulation_of(series, 1, &naive, 1, 200);
    direct.job.non_negative = true;
    s.job.n = 1;
    run(&s);
    run(&direct);
    assert_memory_equal(s.numbers, direct.numbers,
                        fc_simulate_size(&s) * sizeof(double));
    fc_simulate_release(&s);
    struct fc_model breaks = naive_that_breaks();
    spec.model = &breaks;
    run(&s);
    assert_int_equal(s.results[0].outcome, FC_OUTCOME_FALLBACK);
    assert_memory_equal(s.numbers, direct.numbers,
                        fc_simulate_size(&s) * sizeof(double));
    fc_simulate_release(&s);
    fc_simulate_release(&direct);
}

/* Paths, with their own model or around a forecast, in units of 2^exponent. */
static void extreme_paths_are_like_any_others(void **state)
{
    static const char *const models[] = {"naive", "ets:MAM", "arima:0,1,1",
                                         "scum"};
    static const int exponents[] = {300, 600, 1000, -300, -600, -900};
    double y[MONTHS], scaled[MONTHS];
    (void)state;
    make_series(y, MONTHS, 9);
    for (size_t t = 0; t < MONTHS; t++)
        y[t] = ldexp(t == 3 ? 200 : y[t], -8);
    const struct fc_series usual = series_of("a", y, MONTHS, 12);
    const struct fc_series extreme = series_of("a", scaled, MONTHS, 12);
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        struct fc_spec spec = spec_of(models[i]);
        struct fc_simulate a = simulation_of(&usual, 1, &spec, 1, 50);
        run(&a);
        for (size_t k = 0; k < sizeof exponents / sizeof *exponents; k++) {
            for (size_t t = 0; t < MONTHS; t++)
                scaled[t] = ldexp(y[t], exponents[k]);
            struct fc_simulate b = simulation_of(&extreme, 1, &spec, 1, 50);
            run(&b);
            assert_int_equal(b.results[0].outcome, FC_OUTCOME_OK);
            for (size_t j = 0; j < fc_simulate_size(&a); j++)
                assert_near(ldexp(b.numbers[j], -exponents[k]), a.numbers[j],
                            1e-12);
            assert_true(b.numbers[1] < b.numbers[3]); /* q-0.1, q-0.9 */
            fc_simulate_release(&b);
        }
        fc_simulate_release(&a);
    }
}

/* A path that stays below the largest number, whose sum does not. */
static void a_sum_that_is_no_number_fails(void **state)
{
    double y[MONTHS];
    (void)state;
    for (size_t t = 0; t < MONTHS; t++)
        y[t] = ldexp(1 + 0.001 * (double)(t % 2), 1022);
    const struct fc_series series = series_of("a", y, MONTHS, 1);
    struct fc_spec spec = spec_of("mean:empirical");
    struct fc_simulate s = simulation_of(&series, 1, &spec, 1, 20);
    run(&s);
    assert_int_equal(s.results[0].outcome, FC_OUTCOME_FAILED);
    assert_non_null(strstr(s.results[0].detail, "not finite"));
    fc_simulate_release(&s);
}

/* Only Holt and Winters want a season, positive values, or many of them; models
 * of demand want no negative ones. */
static bool must_fit(const struct fc_model *model, const struct fc_spec *spec,
                     const struct fc_series *series)
{
    bool positive = true;
    for (size_t t = 0; t < series->n; t++)
        positive = positive && series->y[t] > 0;
    if (strncmp(model->name, "hw", 2) == 0
        && fc_season_length(series->seasons) == 1)
        return false;
    return takes_values(model, series->y, series->n)
           && series->n >= model->min_obs(spec, series->seasons)
           && (positive || strcmp(model->name, "hw-mul") != 0)
           && !model->must_learn; /* there are no others to learn from */
}

/* Constant, short, tiny, huge, ... series, with a season and without. */
static void every_model_simulates_awkward_series(void **state)
{
    const struct fc_model *model;
    double y[LONGEST];
    size_t n;
    (void)state;
    for (size_t i = 0; (model = fc_model_at(i)) != NULL; i++)
        for (int k = 0; awkward_series(k, y, &n) != NULL; k++)
            for (int m = 1; m <= 12; m += 11) {
                const struct fc_series series = series_of("a", y, n, m);
                struct fc_spec spec = spec_of(model->name);
                struct fc_spec snaive = spec_of("snaive");
                struct fc_simulate s = simulation_of(&series, 1, &spec, 1, 20);
                s.job.fallback = &snaive;
                run(&s);
                bool fits = must_fit(model, &spec, &series);
                if (s.results[0].outcome
                    != (fits ? FC_OUTCOME_OK : FC_OUTCOME_FALLBACK))
                    fail_msg("%s, series %d, season %d: %s", model->name, k, m,
                             s.results[0].detail);
                for (size_t j = 0; j < fc_simulate_size(&s); j++)
                    assert_true(isfinite(s.results[0].numbers[j]));
                fc_simulate_release(&s);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_those_of_the_paths),
        cmocka_unit_test(quantiles_approach_the_intervals),
        cmocka_unit_test(paths_around_a_forecast_keep_its_intervals),
        cmocka_unit_test(paths_do_not_turn_around_beside_a_mean),
        cmocka_unit_test(sums_follow_the_closed_form),
        cmocka_unit_test(the_mean_of_coins_approaches_one_half),
        cmocka_unit_test(empirical_paths_are_heads_or_tails),
        cmocka_unit_test(a_missing_end_is_drawn_as_well),
        cmocka_unit_test(the_same_for_threads_subsets_and_more_paths),
        cmocka_unit_test(failures_fallbacks_and_clipping),
        cmocka_unit_test(extreme_paths_are_like_any_others),
        cmocka_unit_test(a_sum_that_is_no_number_fails),
        cmocka_unit_test(every_model_simulates_awkward_series),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
