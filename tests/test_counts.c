/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Demand that is mostly zero: distributions against closed forms and brute
 * force, the classics against numbers by hand, paths against convolution, and
 * what is learnt of a file against a truth that is known.
 */
#include "tests/check.h"
#include "tests/series.h"

#include "forecast/base/outline.h"
#include "forecast/counts/class.h"
#include "forecast/counts/shared.h"
#include "forecast/models.h"
#include "forecast/run/batch.h"

#include <gsl/gsl_randist.h>

enum { LEVELS = 4, HORIZON = 3 };

static const double levels[LEVELS] = {0, 50, 80, 95};

struct arena {
    struct fc_workspace *ws;
    double mean[HORIZON], lo[LEVELS * HORIZON], hi[LEVELS * HORIZON];
    struct fc_fit fit;
    struct fc_forecast out;
};

static void arena_init(struct arena *a)
{
    a->ws = fc_workspace_new();
    a->out = (struct fc_forecast){HORIZON, LEVELS, levels, a->mean,
                                  a->lo,   a->hi,  false};
}

static enum fc_status forecast(const char *name, const double *y, size_t n,
                               struct arena *a)
{
    struct fc_spec spec = {0};
    struct fc_series series = series_of("s", y, n, 1);
    struct fc_error err;
    assert_int_equal(fc_model_parse(name, strlen(name), &spec, &err), FC_OK);
    enum fc_status status = fit_spec(&series, &spec, a->ws, &a->fit, &err);
    return status == FC_OK ? fc_model_predict(&a->fit, a->ws, &a->out, &err)
                           : status;
}

/*
 * By hand: 0 0 3 0 1 0.  Sizes 3 1, intervals 3 2.  Croston: size 3 + .1 (1 -
 * 3) = 2.8, interval 3 + .1 (2 - 3) = 2.9.  TSB: the probability goes 0 0 .1
 * .09 .181 .1629.  Sums: the mean interval is 5/2, to even 2: 0 3 1; steps of
 * one 0 0 3 0 1 0.
 */
static const double HAND[] = {0, 0, 3, 0, 1, 0};

/* The forecast of smoothing that fits best, on a grid of its own. */
static double best_smoothing(const double *x, size_t n)
{
    double least = INFINITY, best = 0;
    for (int i = 0; i <= 20000; i++) {
        double alpha = 0.1 + 0.2 * i / 20000, level = x[0], sum = 0;
        for (size_t t = 1; t < n; t++) {
            level = alpha * x[t - 1] + (1 - alpha) * level;
            sum += (x[t] - level) * (x[t] - level);
        }
        if (sum < least) {
            least = sum;
            best = alpha * x[n - 1] + (1 - alpha) * level;
        }
    }
    return best;
}

static void classics_match_hand_computation(void **state)
{
    const double pairs[] = {0, 3, 1};
    double two = best_smoothing(pairs, 3) / 2, one = best_smoothing(HAND, 6);
    struct {
        const char *name;
        double mean, tolerance;
    } cases[] = {
        {"croston", 2.8 / 2.9, 1e-14},
        {"sba", 0.95 * 2.8 / 2.9, 1e-14},
        {"sbj", (1 - 0.1 / 1.9) * 2.8 / 2.9, 1e-14},
        {"tsb", 2.8 * 0.1629, 1e-14},
        {"adida", two, 1e-5},
        {"imapa", (one + two) / 2, 1e-5},
    };
    struct arena a;
    (void)state;
    arena_init(&a);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(forecast(cases[i].name, HAND, 6, &a), FC_OK);
        for (int h = 0; h < HORIZON; h++)
            assert_near(a.mean[h], cases[i].mean, cases[i].tolerance);
    }
    fc_workspace_free(a.ws);
}

/* A sale with probability mean / 2, of 1 or 3: for TSB .456 / 2 = .228. */
static void classics_have_the_distribution_they_state(void **state)
{
    struct arena a;
    (void)state;
    arena_init(&a);
    assert_int_equal(forecast("tsb", HAND, 6, &a), FC_OK);
    double sold = 2.8 * 0.1629 / 2;
    assert_true(sold / 2 > 0.1 && sold < 0.25);
    assert_near(a.lo[0], 0, 0);           /* median */
    assert_near(a.hi[HORIZON], 0, 0);     /* 75% */
    assert_near(a.hi[2 * HORIZON], 3, 0); /* 90%: beyond 1 - sold / 2 */
    fc_workspace_free(a.ws);
}

static void what_is_no_demand_is_refused(void **state)
{
    const double below[] = {1, -1, 2}, halves[] = {1, 0.5, 2};
    struct arena a;
    (void)state;
    arena_init(&a);
    assert_int_equal(forecast("croston", below, 3, &a), FC_EDOMAIN);
    assert_int_equal(forecast("croston", halves, 3, &a), FC_OK);
    assert_int_equal(forecast("counts", below, 3, &a), FC_EDOMAIN);
    assert_int_equal(forecast("counts-shared", halves, 3, &a), FC_EDOMAIN);
    fc_workspace_free(a.ws);
}

/* Against GSL's probabilities; and mean and variance where it is large. */
static void the_negative_binomial_is_gsls(void **state)
{
    static const double cases[][2] = {{0.05, 1.5}, {1, 3}, {40, 2}, {8, 30}};
    struct fc_workspace *ws = fc_workspace_new();
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        double mean = cases[i][0], spread = cases[i][1], sum = 0;
        struct fc_tally *tally = fc_tally_new(ws, FC_COUNTS_ROOM);
        fc_nbin_add(mean, spread, 1, tally);
        fc_tally_sort(tally);
        assert_near(fc_tally_mass(tally), 1, 1e-8);
        assert_near(fc_tally_mean(tally), mean, 1e-6);
        for (unsigned k = 0; k < 30; k++) {
            double p = gsl_ran_negative_binomial_pdf(k, 1 / spread,
                                                     mean / (spread - 1));
            assert_true(fabs(fc_tally_probability(tally, k) - p) < 1e-8);
            sum += p;
            if (p < 1e-6)
                continue;
            assert_true(fc_tally_quantile(tally, sum - 1e-9) <= k);
            assert_true(fc_tally_quantile(tally, fmin(1, sum + 1e-9)) >= k);
        }
    }
    struct fc_tally *large = fc_tally_new(ws, FC_COUNTS_ROOM);
    fc_nbin_add(5000, 40, 1, large);
    fc_tally_sort(large);
    assert_near(fc_tally_mean(large), 5000, 1e-3);
    fc_workspace_free(ws);
}

/* The score's parts by their definition, numbers small and large. */
static void distances_are_expectations(void **state)
{
    const double x[] = {0, 0, 2, 300, 7, 1000}, z[] = {1, 300, 301, 4, 0, 90};
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_tally *a = fc_tally_new(ws, 6), *b = fc_tally_new(ws, 6);
    double one = 0, two = 0;
    (void)state;
    for (int i = 0; i < 6; i++) {
        fc_tally_add(a, x[i], 1.0 / 6);
        fc_tally_add(b, z[i], 1.0 / 6);
        one += fabs(x[i] - 5) / 6;
        for (int j = 0; j < 6; j++)
            two += fabs(x[i] - z[j]) / 36;
    }
    fc_tally_sort(a);
    fc_tally_sort(b);
    assert_near(fc_tally_distance(a, 5), one, 1e-12);
    assert_near(fc_tally_distance_of(a, b), two, 1e-12);
    assert_near(fc_tally_distance_of(b, a), two, 1e-12);
    fc_workspace_free(ws);
}

/* Sums of three steps of a path against the convolution of the steps'
 * distribution with itself, where steps are independent. */
static void sums_of_paths_are_convolutions(void **state)
{
    enum { MOST = 40, PATHS = 20000 };
    const double y[] = {0, 0, 3, 0, 1, 0, 0, 2, 0, 0, 1, 0, 0, 0, 5, 0};
    struct arena a;
    struct fc_error err;
    double p[MOST] = {0}, three[MOST] = {0}, path[3], seen[MOST] = {0};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    (void)state;
    arena_init(&a);
    assert_int_equal(forecast("croston", y, 16, &a), FC_OK);
    double sizes[] = {1, 1, 2, 3, 5}, sold = a.mean[0] / 2.4;
    p[0] = 1 - sold;
    for (int i = 0; i < 5; i++)
        p[(int)sizes[i]] += sold / 5;
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++)
            for (int k = 0; k < 6; k++)
                three[i + j + k] += p[i] * p[j] * p[k];
    for (int i = 0; i < PATHS; i++) {
        assert_int_equal(fc_model_simulate(&a.fit, 3, rng, a.ws, path, &err),
                         FC_OK);
        seen[(int)(path[0] + path[1] + path[2])] += 1.0 / PATHS;
    }
    for (int k = 0; k < MOST; k++)
        assert_true(fabs(seen[k] - three[k])
                    < 5 * sqrt(three[k] / PATHS) + 1e-12);
    gsl_rng_free(rng);
    fc_workspace_free(a.ws);
}

/* The steps of paths have the forecast's distribution. */
static void paths_of_a_mixture_have_its_mean(void **state)
{
    enum { PATHS = 20000 };
    static const char *const names[] = {"counts:past", "counts:hurdle",
                                        "counts:nbin", "counts"};
    const double y[] = {0, 2, 1, 0, 0, 2, 0, 3, 1, 0, 0, 1, 4, 0, 2, 1};
    struct arena a;
    struct fc_error err;
    (void)state;
    arena_init(&a);
    for (size_t m = 0; m < 4; m++) {
        gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
        double sum = 0, path[HORIZON];
        assert_int_equal(forecast(names[m], y, 16, &a), FC_OK);
        assert_int_equal(fc_model_ready(&a.fit, a.ws, &err), FC_OK);
        for (int i = 0; i < PATHS; i++) {
            assert_int_equal(
                fc_model_simulate(&a.fit, HORIZON, rng, a.ws, path, &err),
                FC_OK);
            for (int h = 0; h < HORIZON; h++) {
                assert_true(path[h] >= 0 && path[h] == floor(path[h]));
                sum += path[h] / (PATHS * HORIZON);
            }
        }
        if (fabs(sum - a.mean[0]) > 0.06 * a.mean[0])
            fail_msg("%s: paths %g, forecast %g", names[m], sum, a.mean[0]);
        gsl_rng_free(rng);
    }
    fc_workspace_free(a.ws);
}

static void counts_are_known_by_their_values(void **state)
{
    const double parts[] = {0, 0, 1, 0}, half[] = {0, 0.5, 1},
                 large[] = {1000, 1200, 1100},
                 same[] = {3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3},
                 never[] = {0, 0, 0}, between[] = {40, 55, 50, 45},
                 below[] = {0, -1, 0};
    (void)state;
    assert_near(fc_counts_share(parts, 4), 1, 0);
    assert_near(fc_counts_share(never, 3), 1, 0);
    assert_near(fc_counts_share(half, 3), 0, 0);
    assert_near(fc_counts_share(below, 3), 0, 0);
    assert_near(fc_counts_share(large, 3), 0, 0);
    assert_near(fc_counts_share(same, 12), 0, 0);
    assert_near(fc_counts_share(same, 3), 1, 0);
    double share = fc_counts_share(between, 4);
    assert_true(share > 0 && share < 1);
}

/* Sums of demand, from its first sale on or before it; with a value taken back;
 * of so many values and rises. */
static void running_totals_are_no_demand(void **state)
{
    enum { LENGTH = 120 };
    double demand[LENGTH], total[LENGTH], sum = 0;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    (void)state;
    for (int t = 0; t < LENGTH; t++) {
        demand[t] = t < 50 ? 0 : gsl_ran_poisson(rng, 0.8);
        sum += demand[t];
        total[t] = sum;
    }
    gsl_rng_free(rng);
    assert_near(fc_counts_share(demand, LENGTH), 1, 0);
    assert_near(fc_counts_share(total, LENGTH), 0, 0);
    assert_near(fc_counts_share(total + 60, LENGTH - 60), 0, 0);
    total[90] = NAN;
    total[100] = total[99] - 1;
    assert_near(fc_counts_share(total, LENGTH), 0, 0);
    for (int t = 101; t < LENGTH; t += 2)
        total[t] = 0;
    assert_true(fc_counts_share(total, LENGTH) > 0);
    const double few[] = {0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2},
                 fell[] = {0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 1};
    assert_near(fc_counts_share(few, 14), 0, 0);
    assert_near(fc_counts_share(few, 13), 1, 0);
    assert_near(fc_counts_share(fell, 14), 1, 0);
    const double up[] = {0, 1, 2, 3, 4, 6, 8, 9};
    assert_near(fc_counts_share(up, 8), 0, 0);
    assert_near(fc_counts_share(up, 7), 1, 0);
}

/* The mean that is forecast from four values when what followed was y. */
static double mean_beside(const double *values, double y)
{
    double mean, followed[] = {y};
    struct fc_place place = {.unit = 1, .most = 100, .steps = 1};
    struct fc_counts_knowledge known = fc_counts_prior();
    struct fc_forecast out = {.horizon = 1, .mean = &mean};
    struct fc_workspace *ws = fc_workspace_new();
    known.places = (struct fc_places){&place, 1, followed, 1, 1};
    assert_int_equal(fc_counts_predict(values, 4, &known, ws, &out, NULL),
                     FC_OK);
    fc_workspace_free(ws);
    return mean;
}

static void what_never_sold_nor_its_like_is_zero(void **state)
{
    const double never[4] = {0}, once[4] = {0, 1, 0, 0};
    (void)state;
    assert_true(mean_beside(never, 0) == 0);
    assert_true(mean_beside(never, 100) > 0);
    assert_true(mean_beside(once, 0) > 0);
}

/* What sells much since it began does not rest at zero. */
static void zeros_before_the_first_sale_are_no_rest(void **state)
{
    double y[60] = {0};
    (void)state;
    for (int t = 30; t < 60; t++)
        y[t] = 1000 + 100 * (t % 3);
    assert_near(fc_counts_share(y, 60), 0, 0);
    for (int t = 31; t < 60; t += 2)
        y[t] = 0;
    assert_near(fc_counts_share(y, 60), 1, 0);
}

/* Seven in ten, one in ten; sizes alike, or 1 and 9. */
static void classes_are_syntetos_and_boylans(void **state)
{
    double y[4][20];
    (void)state;
    for (size_t t = 0; t < 20; t++) {
        double varied = t % 4 == 0 ? 30 : 1;
        y[FC_DEMAND_SMOOTH][t] = t % 10 != 0 ? 2 + (double)(t % 2) : 0;
        y[FC_DEMAND_ERRATIC][t] = t % 10 != 0 ? varied : 0;
        y[FC_DEMAND_INTERMITTENT][t] = t % 2 == 0 ? 2 + (double)(t % 4) / 2 : 0;
        y[FC_DEMAND_LUMPY][t] = t % 2 == 0 ? varied : 0;
    }
    for (int k = 0; k < 4; k++)
        assert_int_equal(fc_demand_of(y[k], 20), k);
    const double fractions[] = {0.5, 1};
    assert_int_equal(fc_demand_of(fractions, 2), FC_DEMAND_NONE);
}

/* --- what a file teaches --- */

enum { SERIES = 200, LENGTH = 40 };

struct file {
    double y[SERIES][LENGTH];
    char id[SERIES][8];
    struct fc_series series[SERIES];
};

/* Poisson demand of levels from 0.05 to 5. */
static void make_file(struct file *file, unsigned long seed)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, seed);
    for (size_t i = 0; i < SERIES; i++) {
        double level = 0.05 * pow(100, (double)i / SERIES);
        snprintf(file->id[i], sizeof file->id[i], "%zu", i);
        for (size_t t = 0; t < LENGTH; t++)
            file->y[i][t] = gsl_ran_poisson(rng, level);
        file->series[i] = series_of(file->id[i], file->y[i], LENGTH, 1);
    }
    gsl_rng_free(rng);
}

static struct fc_batch run_file(struct file *file, const struct fc_spec *spec,
                                int threads)
{
    struct fc_error err;
    struct fc_batch batch = {.job = {.specs = spec,
                                     .nspecs = 1,
                                     .seed = 1,
                                     .horizon = HORIZON,
                                     .nlevels = LEVELS,
                                     .levels = levels,
                                     .nthreads = threads}};
    give_series(&batch.job, file->series, SERIES);
    assert_int_equal(fc_batch_run(&batch, &err), FC_OK);
    return batch;
}

/* Means near the truth, whole quantiles, and the same for any threads. */
static void a_file_of_poisson_demand_is_forecast_so(void **state)
{
    static struct file file;
    (void)state;
    make_file(&file, 5);
    struct fc_spec spec = {.model = fc_model_find("auto")};
    struct fc_batch one = run_file(&file, &spec, 1);
    struct fc_batch many = run_file(&file, &spec, 3);
    double sum = 0, truth = 0, covered = 0;
    for (size_t i = 0; i < SERIES; i++) {
        struct fc_forecast f = fc_batch_forecast(&one, i);
        struct fc_forecast g = fc_batch_forecast(&many, i);
        double level = 0.05 * pow(100, (double)i / SERIES);
        assert_int_equal(one.results[i].outcome, FC_OUTCOME_OK);
        assert_memory_equal(f.mean, g.mean,
                            fc_forecast_size(HORIZON, LEVELS) * sizeof(double));
        for (int k = 0; k < LEVELS * HORIZON; k++)
            if (!(f.lo[k] >= 0 && f.lo[k] == floor(f.lo[k])
                  && f.hi[k] == floor(f.hi[k]) && f.lo[k] <= f.hi[k]))
                fail_msg("series %zu: %g to %g", i, f.lo[k], f.hi[k]);
        assert_near(f.lo[0], f.hi[0], 0); /* the median */
        sum += f.mean[0];
        truth += level;
        for (unsigned k = (unsigned)f.lo[2 * HORIZON]; k <= f.hi[2 * HORIZON];
             k++)
            covered += gsl_ran_poisson_pdf(k, level) / SERIES;
    }
    assert_near(sum, truth, 0.1);
    assert_true(covered > 0.8 && covered < 0.97);
    fc_batch_release(&one);
    fc_batch_release(&many);
}

/* A series of huge numbers among the others moves no forecast of theirs by
 * much. */
static void one_series_has_no_hold_over_others(void **state)
{
    static struct file file;
    (void)state;
    make_file(&file, 6);
    struct fc_spec spec = {.model = fc_model_find("counts-shared")};
    struct fc_batch before = run_file(&file, &spec, 2);
    for (size_t t = 0; t < LENGTH; t++)
        file.y[7][t] = t % 9 == 5 ? 2e9 : 0;
    struct fc_batch after = run_file(&file, &spec, 2);
    for (size_t i = 0; i < SERIES; i++) {
        double a = fc_batch_forecast(&before, i).mean[0];
        double b = fc_batch_forecast(&after, i).mean[0];
        if (i != 7 && fabs(a - b) > 0.15 + 0.15 * a)
            fail_msg("series %zu: %g, then %g", i, a, b);
    }
    fc_batch_release(&before);
    fc_batch_release(&after);
}

/* What was learnt is read back, and what is not that is refused. */
static void blocks_are_checked(void **state)
{
    static struct file file;
    struct fc_lesson lesson = {
        .series = file.series, .n = SERIES, .horizon = HORIZON, .jobs = 2};
    struct fc_error err;
    double *block;
    size_t n;
    (void)state;
    make_file(&file, 7);
    assert_int_equal(fc_counts_learn(&lesson, &block, &n, &err), FC_OK);
    assert_non_null(block);
    assert_true(fc_counts_check(block, n));
    assert_true(fc_counts_check(block, 0));
    assert_false(fc_counts_check(block, n - 1));
    for (size_t i = 0; i < FC_COUNTS_HEAD; i++) {
        double kept = block[i];
        block[i] = -7;
        assert_false(fc_counts_check(block, n));
        block[i] = kept;
    }
    size_t from = FC_COUNTS_HEAD + FC_PLACE_SIZE - 2;
    block[from] = 1e9;
    assert_false(fc_counts_check(block, n));
    free(block);
}

/* Quantiles are bounds of levels, and the levels of both are one list. */
static void quantiles_are_bounds(void **state)
{
    const double asked[] = {80, 95}, quantiles[] = {0.1, 10, 50, 90, 99.9};
    struct fc_outline o;
    struct fc_error err;
    (void)state;
    assert_int_equal(fc_outline_init(&o, asked, 2, quantiles, 5, &err), FC_OK);
    const double all[] = {0, 80, 95, 99.8};
    assert_int_equal(o.n, 4);
    for (int i = 0; i < 4; i++)
        assert_near(o.all[i], all[i], 0);
    assert_int_equal(o.nbounds, 9);
    const struct fc_bound q[] = {
        {3, false}, {1, false}, {0, false}, {1, true}, {3, true}};
    for (int i = 0; i < 5; i++) {
        assert_int_equal(o.bounds[4 + i].level, q[i].level);
        assert_int_equal(o.bounds[4 + i].above, q[i].above);
    }
    fc_outline_release(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classics_match_hand_computation),
        cmocka_unit_test(classics_have_the_distribution_they_state),
        cmocka_unit_test(what_is_no_demand_is_refused),
        cmocka_unit_test(the_negative_binomial_is_gsls),
        cmocka_unit_test(distances_are_expectations),
        cmocka_unit_test(sums_of_paths_are_convolutions),
        cmocka_unit_test(paths_of_a_mixture_have_its_mean),
        cmocka_unit_test(counts_are_known_by_their_values),
        cmocka_unit_test(running_totals_are_no_demand),
        cmocka_unit_test(what_never_sold_nor_its_like_is_zero),
        cmocka_unit_test(zeros_before_the_first_sale_are_no_rest),
        cmocka_unit_test(classes_are_syntetos_and_boylans),
        cmocka_unit_test(a_file_of_poisson_demand_is_forecast_so),
        cmocka_unit_test(one_series_has_no_hold_over_others),
        cmocka_unit_test(blocks_are_checked),
        cmocka_unit_test(quantiles_are_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
