/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * No series of counts spoils another: ordinary demand beside odd one is
 * forecast as it is beside more ordinary demand.
 */
#include "tests/batches.h"

#include "forecast/counts/bounded.h"
#include "forecast/models.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_sort.h>

enum {
    ORDINARY = 60,
    LENGTH = 60,
    LONGEST = 20000,
    H = 6,
    M = 12,
    MOST = 30, /* odd series in that test */
    CONTROLS = 5
};

/* Poisson demand of means from 0.3 to 8. */
static void ordinary(gsl_rng *rng, size_t i, double *y, size_t n)
{
    double mean =
        0.3 * pow(8 / 0.3, (double)(i % ORDINARY) / (double)(ORDINARY - 1));
    for (size_t t = 0; t < n; t++)
        y[t] = gsl_ran_poisson(rng, mean);
}

/* What makes ordinary demand odd: n values are changed. */

static void zero(gsl_rng *rng, double *y, size_t n)
{
    (void)rng;
    memset(y, 0, n * sizeof *y);
}

static void constant(gsl_rng *rng, double *y, size_t n)
{
    (void)rng;
    for (size_t t = 0; t < n; t++)
        y[t] = 3;
}

static void last_is_huge(gsl_rng *rng, double *y, size_t n)
{
    (void)rng;
    y[n - 1] = 1e6;
}

static void spike(gsl_rng *rng, double *y, size_t n)
{
    y[gsl_rng_uniform_int(rng, n)] = 1e9;
}

static void alternating(gsl_rng *rng, double *y, size_t n)
{
    (void)rng;
    for (size_t t = 0; t < n; t++)
        y[t] = t % 2 == 0 ? 0 : 1000;
}

static void dead(gsl_rng *rng, double *y, size_t n)
{
    zero(rng, y + n - 30, 30);
}

static void died(gsl_rng *rng, double *y, size_t n)
{
    zero(rng, y + n - H, H);
}

static void step_up(gsl_rng *rng, double *y, size_t n)
{
    (void)rng;
    for (size_t t = n - H; t < n; t++)
        y[t] = 20 * y[t] + 20;
}

static void lumpy(gsl_rng *rng, double *y, size_t n)
{
    for (size_t t = 0; t < n; t++)
        y[t] = gsl_rng_uniform(rng) < 0.1
                   ? floor(10 * exp(gsl_ran_gaussian(rng, 1.5)))
                   : 0;
}

static void new_item(gsl_rng *rng, double *y, size_t n)
{
    zero(rng, y, n - 4);
    for (size_t t = n - 4; t < n; t++)
        y[t] = 5 + (double)gsl_rng_uniform_int(rng, 11);
}

static void explosive(gsl_rng *rng, double *y, size_t n)
{
    (void)rng;
    for (size_t t = 0; t < n; t++)
        y[t] = floor(exp(0.3 * (double)t));
}

static void large(gsl_rng *rng, double *y, size_t n)
{
    (void)rng;
    for (size_t t = 0; t < n; t++)
        y[t] *= 1e8;
}

static const struct odd {
    const char *name;
    void (*make)(gsl_rng *rng, double *y, size_t n); /* NULL: only its length */
    size_t n;
} odds[] = {
    {"constant", constant, LENGTH}, {"the last is huge", last_is_huge, LENGTH},
    {"a spike", spike, LENGTH},     {"0 and 1000", alternating, LENGTH},
    {"dead", dead, LENGTH},         {"zero", zero, LENGTH},
    {"new", new_item, LENGTH},      {"explosive", explosive, LENGTH},
    {"large", large, LENGTH},       {"long", NULL, LONGEST},
    {"just dead", died, LENGTH},    {"a step up", step_up, LENGTH},
    {"lumpy", lumpy, LENGTH},
};

enum { ODDS = sizeof odds / sizeof *odds };

static const struct odd more = {"ordinary", NULL, LENGTH};

/* The base, with k more series behind it. */
static struct fc_series *extend(const struct simulated *base, size_t k,
                                const struct odd *odd, unsigned long seed,
                                double **y)
{
    static char ids[MOST][SIMULATED_ID];
    struct fc_series *all = malloc((base->n + k) * sizeof *all);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, seed);
    *y = malloc(k * odd->n * sizeof **y);
    memcpy(all, base->series, base->n * sizeof *all);
    for (size_t i = 0; i < k; i++) {
        double *at = *y + i * odd->n;
        snprintf(ids[i], SIMULATED_ID, "t%zu", i);
        ordinary(rng, 37 * i + seed, at, odd->n);
        if (odd->make != NULL)
            odd->make(rng, at, odd->n);
        all[base->n + i] = series_of(ids[i], at, odd->n, M);
    }
    gsl_rng_free(rng);
    return all;
}

/* Forecasts of the base by what was learnt from the n series. */
static struct fc_batch forecast_base(const struct simulated *base,
                                     const struct fc_series *all, size_t n)
{
    struct fc_spec spec = {.model = fc_model_find("auto")};
    struct fc_job file = {
        .specs = &spec, .nspecs = 1, .horizon = H, .seed = 1, .nthreads = 2};
    give_series(&file, all, n);
    struct fc_learned *learned = NULL;
    assert_int_equal(fc_batch_learn(&file, 0, &learned, NULL), FC_OK);
    struct fc_batch batch = run_batch_with(learned, base, &spec, 2);
    free(learned);
    return batch;
}

/* How far forecasts move, the largest and the median over the series: means in
 * mean changes from a value to the next, widths by that part of themselves. */
struct moves {
    double mean[2], width[2];
};

static double mean_change(const struct fc_series *series)
{
    double sum = 0;
    for (size_t t = 1; t < series->n; t++)
        sum += fabs(series->y[t] - series->y[t - 1]);
    return sum / (double)(series->n - 1);
}

static struct moves moved_by(const struct simulated *base,
                             const struct fc_batch *alone, size_t k,
                             const struct odd *odd, unsigned long seed)
{
    double *y, mean[ORDINARY] = {0}, width[ORDINARY] = {0};
    struct fc_series *all = extend(base, k, odd, seed, &y);
    struct fc_batch with = forecast_base(base, all, base->n + k);
    for (size_t i = 0; i < base->n; i++) {
        struct fc_forecast f = fc_batch_forecast(alone, i);
        struct fc_forecast g = fc_batch_forecast(&with, i);
        for (size_t h = 0; h < H; h++)
            mean[i] = fmax(mean[i], fabs(g.mean[h] - f.mean[h])
                                        / mean_change(&base->series[i]));
        for (size_t at = 0; at < 2 * H; at++) {
            double before = f.hi[at] - f.lo[at], now = g.hi[at] - g.lo[at];
            width[i] =
                fmax(width[i], fabs(now - before) / fmax(1, fmin(before, now)));
        }
    }
    gsl_sort(mean, 1, base->n);
    gsl_sort(width, 1, base->n);
    fc_batch_release(&with);
    free(all);
    free(y);
    return (struct moves){{mean[base->n - 1], mean[base->n / 2]},
                          {width[base->n - 1], width[base->n / 2]}};
}

/* What k more ordinary series move: the most of a few draws of them. */
static struct moves moved_by_ordinary(const struct simulated *base,
                                      const struct fc_batch *alone, size_t k)
{
    struct moves most = {{0}, {0}};
    for (unsigned long seed = 1; seed <= CONTROLS; seed++) {
        struct moves m = moved_by(base, alone, k, &more, seed);
        for (int i = 0; i < 2; i++) {
            most.mean[i] = fmax(most.mean[i], m.mean[i]);
            most.width[i] = fmax(most.width[i], m.width[i]);
        }
    }
    return most;
}

/* Half as much again as ordinary ones, 1% of the mean change, or 5% of a
 * width. */
static bool moves_too_much(const struct moves *m, const struct moves *allowed)
{
    bool bad = false;
    for (int i = 0; i < 2; i++)
        bad = bad || m->mean[i] > fmax(1.5 * allowed->mean[i], 0.01)
              || m->width[i] > fmax(1.5 * allowed->width[i], 0.05);
    return bad;
}

static void odd_demand_moves_nothing(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 6, MOST};
    struct simulated base = simulate_batch(ORDINARY, LENGTH, H, ordinary);
    give_season(&base, M);
    struct fc_batch alone = forecast_base(&base, base.series, base.n);
    int failed = 0;
    for (size_t c = 0; c < 3; c++) {
        struct moves allowed = moved_by_ordinary(&base, &alone, counts[c]);
        for (size_t o = 0; o < ODDS; o++) {
            struct moves m = moved_by(&base, &alone, counts[c], &odds[o], 4);
            if (!moves_too_much(&m, &allowed))
                continue;
            failed++;
            print_error("%zu x %s: means %.4f %.4f (%.4f %.4f), widths %.4f "
                        "%.4f (%.4f %.4f)\n",
                        counts[c], odds[o].name, m.mean[0], m.mean[1],
                        allowed.mean[0], allowed.mean[1], m.width[0],
                        m.width[1], allowed.width[0], allowed.width[1]);
        }
    }
    assert_int_equal(failed, 0);
    fc_batch_release(&alone);
    release_simulated(&base);
}

/* --- breaks --- */

static size_t first_break(const char *digits)
{
    double y[64];
    size_t n = strlen(digits);
    for (size_t t = 0; t < n; t++)
        y[t] = digits[t] == ' ' ? NAN : digits[t] - '0';
    size_t at = fc_counts_break(y, n, 0);
    assert_true((fc_counts_steady(y, n) > 0) == (at == n));
    return at;
}

static void a_break_is_what_chance_does_not_do(void **state)
{
    (void)state;
    assert_int_equal(first_break("110213011021"), 12);
    assert_int_equal(first_break("000000000000110213011021"), 24);
    assert_int_equal(first_break("1102130110217"), 13);
    assert_int_equal(first_break("11021301102178"), 14);
    assert_int_equal(first_break("110213011021789"), 12);
    assert_int_equal(first_break("1102130110217 8 9"), 12);
    assert_int_equal(first_break("110213011021777777111"), 12);
    assert_int_equal(first_break("110213011021781777777"), 21);
    assert_int_equal(first_break("11021301102789"), 14);
    assert_int_equal(first_break("121314231213142300"), 18);
    assert_int_equal(first_break("1213142312131423000000"), 16);
    assert_int_equal(first_break("12131423121314230 0000 0"), 16);
    assert_int_equal(first_break("0100200100020010000000000"), 25);
    assert_int_equal(first_break("1213142312130000000000002"), 25);
    double y[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 3, 9, 9, 9};
    assert_int_equal(fc_counts_break(y, 18, 0), 12);
    assert_int_equal(fc_counts_break(y, 18, 13), 15);
    assert_int_equal(fc_counts_break(y, 18, 16), 18);
}

/* --- what a file chooses --- */

enum { CHOOSERS = 10 };

/* The second option is better by so much for all but the first series, for
 * which it is worse by `worse`. */
static int chosen_of(double better, double worse, double gain)
{
    double score[2 * CHOOSERS], weight[CHOOSERS], scratch[CHOOSERS];
    for (size_t i = 0; i < CHOOSERS; i++) {
        weight[i] = 1;
        score[i] = 1;
        score[CHOOSERS + i] = i == 0 ? 1 + worse : 1 - better;
    }
    struct fc_options options = {.score = score,
                                 .weight = weight,
                                 .n = CHOOSERS,
                                 .most = 2,
                                 .gain = gain};
    int chosen = fc_options_choose(&options, scratch);
    weight[0] = 0; /* as if it were not there */
    score[CHOOSERS] = NAN;
    if (chosen == 1)
        assert_int_equal(fc_options_choose(&options, scratch), 1);
    return chosen;
}

static void no_series_chooses_for_all(void **state)
{
    (void)state;
    assert_int_equal(chosen_of(0.1, -0.1, 0), 1);
    assert_int_equal(chosen_of(0.1, 1e9, 0), 1);
    assert_int_equal(chosen_of(-0.1, -1e9, 0), 0);
    assert_int_equal(chosen_of(0, -1e9, 0), 0);
    assert_int_equal(chosen_of(0.1, 0, 0.05), 1);
    assert_int_equal(chosen_of(0.1, 0, 0.1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_series_chooses_for_all),
        cmocka_unit_test(a_break_is_what_chance_does_not_do),
        cmocka_unit_test(odd_demand_moves_nothing),
    };
    gsl_set_error_handler_off();
    bool quick = getenv("QUICK") != NULL;
    if (quick)
        puts("skip: batches by the hundred are for programs at full speed");
    return _cmocka_run_group_tests("counts", tests, quick ? 2 : 3, NULL, NULL);
}
