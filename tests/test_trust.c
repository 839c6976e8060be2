/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * No series spoils another: ordinary series beside odd ones are forecast as
 * they are beside more ordinary ones.
 */
#include "tests/batches.h"

#include "forecast/measure/accuracy.h"
#include "forecast/models.h"
#include "forecast/numeric/vet.h"

#include <gsl/gsl_sort.h>

enum {
    ORDINARY = 60,
    H = 6,
    M = 12,
    MOST = 30, /* odd series in that test */
    LONGEST = 20000,
    LEVEL = 2, /* an ordinary series that goes nowhere, however long */
    LEVEL_LENGTH = 61,
    CONTROLS = 5,
    NEW = 15,
    WEEK = 7
};

/* Ordinary series: seasons with growth, walks, levels, and their mixtures. */
static void ordinary(gsl_rng *rng, size_t i, double *y, size_t n)
{
    double level = 50 + 100 * gsl_rng_uniform(rng), slope = 0, figure[M];
    double noise = 0.02 + 0.06 * gsl_rng_uniform(rng), walk = 0;
    for (int k = 0; k < M; k++)
        figure[k] = i % 4 < 2 ? gsl_ran_gaussian(rng, 0.15) : 0;
    if (i % 3 == 0)
        slope = gsl_ran_gaussian(rng, 0.004);
    for (size_t t = 0; t < n; t++) {
        if (i % 4 != 2)
            walk += gsl_ran_gaussian(rng, noise / 2);
        y[t] = level
               * exp(slope * (double)t + walk + figure[t % M]
                     + gsl_ran_gaussian(rng, noise));
    }
}

/* What makes an ordinary series odd: n values are changed. */

static void rest(gsl_rng *rng, double *y, size_t n)
{
    (void)rng;
    for (size_t t = 1; t < n; t++)
        y[t] = y[0];
}

static void rest_until_last(gsl_rng *rng, double *y, size_t n)
{
    rest(rng, y, n - 1);
}

static void rest_until_last_4(gsl_rng *rng, double *y, size_t n)
{
    rest(rng, y, n - 4);
}

static void rest_until_last_12(gsl_rng *rng, double *y, size_t n)
{
    rest(rng, y, n - 12);
}

/* 100 until the last 6, then 101. */
static void step_at_end(gsl_rng *rng, double *y, size_t n)
{
    y[0] = 100;
    rest(rng, y, n);
    for (size_t t = n - 6; t < n; t++)
        y[t] = 101;
}

static void step_long_ago(gsl_rng *rng, double *y, size_t n)
{
    rest(rng, y, n / 2);
    rest(rng, y + n / 2, n - n / 2);
}

static void zero(gsl_rng *rng, double *y, size_t n)
{
    (void)rng;
    memset(y, 0, n * sizeof *y);
}

static void zero_until_last_3(gsl_rng *rng, double *y, size_t n)
{
    zero(rng, y, n - 3);
}

static void spike(gsl_rng *rng, double *y, size_t n)
{
    y[gsl_rng_uniform_int(rng, n)] = 1e12;
}

static void scale(double *y, size_t n, double by)
{
    for (size_t t = 0; t < n; t++)
        y[t] *= by;
}

static void tiny(gsl_rng *rng, double *y, size_t n)
{
    (void)rng;
    scale(y, n, 1e-12);
}

static void huge(gsl_rng *rng, double *y, size_t n)
{
    (void)rng;
    scale(y, n, 1e12);
}

static void alternating(gsl_rng *rng, double *y, size_t n)
{
    (void)rng;
    for (size_t t = 1; t < n; t += 2)
        y[t] = -y[t];
}

static void linear(gsl_rng *rng, double *y, size_t n)
{
    (void)rng;
    double slope = y[1] - y[0];
    for (size_t t = 1; t < n; t++)
        y[t] = y[0] + slope * (double)t;
}

static void periodic(gsl_rng *rng, double *y, size_t n)
{
    (void)rng;
    for (size_t t = M; t < n; t++)
        y[t] = y[t - M];
}

static void dead(gsl_rng *rng, double *y, size_t n)
{
    zero(rng, y + n - 30, 30);
}

static void rare(gsl_rng *rng, double *y, size_t n)
{
    for (size_t t = 0; t < n; t++)
        y[t] = gsl_rng_uniform(rng) < 0.05 ? 1 + gsl_ran_poisson(rng, 2) : 0;
}

static void explosive(gsl_rng *rng, double *y, size_t n)
{
    (void)rng;
    for (size_t t = 0; t < n; t++)
        y[t] *= exp(0.3 * (double)t);
}

static void mostly_missing(gsl_rng *rng, double *y, size_t n)
{
    for (size_t t = 1; t + 1 < n; t++)
        if (gsl_rng_uniform(rng) < 0.8)
            y[t] = NAN;
}

static const struct odd {
    const char *name;
    void (*make)(gsl_rng *rng, double *y, size_t n); /* NULL: only its length */
    size_t n;
} odds[] = {
    {"constant", rest, 60},
    {"constant until the last", rest_until_last, 60},
    {"constant until the last 4", rest_until_last_4, 60},
    {"constant until the last 12", rest_until_last_12, 60},
    {"a step at the end", step_at_end, 60},
    {"a step long ago", step_long_ago, 60},
    {"zero", zero, 60},
    {"zero until the last 3", zero_until_last_3, 60},
    {"a spike", spike, 60},
    {"tiny", tiny, 60},
    {"huge", huge, 60},
    {"alternating signs", alternating, 60},
    {"two values", NULL, 2},
    {"three values", NULL, 3},
    {"linear", linear, 60},
    {"periodic", periodic, 60},
    {"dead", dead, 60},
    {"rare", rare, 60},
    {"explosive", explosive, 60},
    {"mostly missing", mostly_missing, 60},
    {"long", NULL, LONGEST},
    {"long with a step", step_at_end, LONGEST},
};

enum { ODDS = sizeof odds / sizeof *odds };

/* The controls of all, and, too, of those of which only the length is odd. */
static const struct odd ordinary_ones = {"ordinary", NULL, 60};
static const struct odd level = {"level", NULL, LEVEL_LENGTH};

static struct fc_spec spec_of_auto(void)
{
    struct fc_spec spec = {0};
    assert_int_equal(fc_model_parse("auto", 4, &spec, NULL), FC_OK);
    return spec;
}

/* The base, with k more series behind it. */
static struct fc_series *extend(const struct simulated *base, size_t k,
                                const struct odd *odd, unsigned long seed,
                                double **y)
{
    static char ids[240][SIMULATED_ID];
    struct fc_series *all = malloc((base->n + k) * sizeof *all);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, seed);
    *y = malloc(k * odd->n * sizeof **y);
    memcpy(all, base->series, base->n * sizeof *all);
    for (size_t i = 0; i < k; i++) {
        double *at = *y + i * odd->n;
        snprintf(ids[i], SIMULATED_ID, "t%zu", i);
        ordinary(rng, odd->n >= LEVEL_LENGTH ? LEVEL : i, at, odd->n);
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
    struct fc_spec spec = spec_of_auto();
    struct fc_job file = {
        .specs = &spec, .nspecs = 1, .horizon = H, .seed = 1, .nthreads = 2};
    give_series(&file, all, n);
    struct fc_learned *learned = NULL;
    assert_int_equal(fc_batch_learn(&file, 0, &learned, NULL), FC_OK);
    struct fc_batch batch = run_batch_with(learned, base, &spec, 2);
    free(learned);
    return batch;
}

/* How far forecasts move: the largest and the median over the series. */
struct moves {
    double mean[2], width[2];
};

static double seasonal_change(const struct fc_series *series)
{
    double scratch[200];
    return fc_steady_change(series->y, series->n, M, scratch);
}

static struct moves compare(const struct simulated *base,
                            const struct fc_batch *a, const struct fc_batch *b)
{
    double mean[ORDINARY], width[ORDINARY];
    struct moves m = {{0}, {0}};
    for (size_t i = 0; i < base->n; i++) {
        struct fc_forecast f = fc_batch_forecast(a, i);
        struct fc_forecast g = fc_batch_forecast(b, i);
        double scale = seasonal_change(&base->series[i]);
        mean[i] = width[i] = 0;
        for (size_t h = 0; h < H; h++)
            mean[i] = fmax(mean[i], fabs(g.mean[h] - f.mean[h]) / scale);
        for (size_t k = 0; k < 2 * H; k++)
            width[i] = fmax(
                width[i], fabs((g.hi[k] - g.lo[k]) / (f.hi[k] - f.lo[k]) - 1));
    }
    gsl_sort(mean, 1, base->n);
    gsl_sort(width, 1, base->n);
    m.mean[0] = mean[base->n - 1];
    m.mean[1] = mean[base->n / 2];
    m.width[0] = width[base->n - 1];
    m.width[1] = width[base->n / 2];
    return m;
}

static struct moves moved_by(const struct simulated *base,
                             const struct fc_batch *alone, size_t k,
                             const struct odd *odd, unsigned long seed)
{
    double *y;
    struct fc_series *all = extend(base, k, odd, seed, &y);
    struct fc_batch with = forecast_base(base, all, base->n + k);
    struct moves m = compare(base, alone, &with);
    fc_batch_release(&with);
    free(all);
    free(y);
    return m;
}

/* What k more ordinary series move: the most of a few draws of them. */
static struct moves moved_by_ordinary(const struct simulated *base,
                                      const struct fc_batch *alone, size_t k,
                                      const struct odd *control)
{
    struct moves most = {{0}, {0}};
    for (unsigned long seed = 1; seed <= CONTROLS; seed++) {
        struct moves m = moved_by(base, alone, k, control, seed);
        for (int i = 0; i < 2; i++) {
            most.mean[i] = fmax(most.mean[i], m.mean[i]);
            most.width[i] = fmax(most.width[i], m.width[i]);
        }
    }
    return most;
}

/* Half as much again as ordinary ones, 1% of the mean seasonal change, or 5%
 * of a width. */
static int moves_too_much(const struct moves *m, const struct moves *allowed)
{
    int bad = 0;
    for (int i = 0; i < 2; i++)
        bad += m->mean[i] > fmax(1.5 * allowed->mean[i], 0.01)
               || m->width[i] > fmax(1.5 * allowed->width[i], 0.05);
    return bad;
}

static void odd_series_move_nothing(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 6, MOST};
    struct simulated base = simulate_batch(ORDINARY, 60, H, ordinary);
    give_season(&base, M);
    struct fc_batch alone = forecast_base(&base, base.series, base.n);
    int failed = 0;
    for (size_t c = 0; c < 3; c++) {
        struct moves control =
            moved_by_ordinary(&base, &alone, counts[c], &ordinary_ones);
        struct moves of_level =
            moved_by_ordinary(&base, &alone, counts[c], &level);
        for (size_t o = 0; o < ODDS; o++) {
            struct moves allowed = odds[o].n == LONGEST ? of_level : control;
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

/* The shares of what follows that lie within the bounds of 80 and 95%. */
static void find_coverage(const struct simulated *base,
                          const struct fc_batch *batch, double *share)
{
    for (size_t k = 0; k < 2; k++) {
        share[k] = 0;
        for (size_t i = 0; i < base->n; i++) {
            struct fc_forecast f = fc_batch_forecast(batch, i);
            share[k] +=
                fc_coverage(base->future + i * H, f.lo + k * H, f.hi + k * H, H)
                / (double)base->n;
        }
    }
}

static const struct odd predictable[] = {
    {"dead", dead, 60},
    {"a step long ago", step_long_ago, 60},
    {"a spike", spike, 60},
    {"linear", linear, 60},
};

/* Within 0.03 of what it is without k such series. */
static void check_beside(const struct simulated *base,
                         const struct fc_batch *alone, size_t k,
                         const struct odd *odd)
{
    double *y, without[2], with[2];
    struct fc_series *all = extend(base, k, odd, 5, &y);
    struct fc_batch batch = forecast_base(base, all, base->n + k);
    find_coverage(base, alone, without);
    find_coverage(base, &batch, with);
    for (int i = 0; i < 2; i++)
        assert_true(fabs(with[i] - without[i]) <= 0.03);
    fc_batch_release(&batch);
    free(all);
    free(y);
}

/* By what was learnt from k such series alone: of widths there is but a guess,
 * which does not make them narrow. */
static void check_learnt(const struct simulated *base,
                         const struct fc_batch *alone, size_t k,
                         const struct odd *odd)
{
    double *y, widths[ORDINARY];
    struct fc_series *all = extend(base, k, odd, 5, &y);
    struct fc_batch batch = forecast_base(base, all + base->n, k);
    for (size_t i = 0; i < base->n; i++) {
        struct fc_forecast f = fc_batch_forecast(alone, i);
        struct fc_forecast g = fc_batch_forecast(&batch, i);
        widths[i] = (g.hi[0] - g.lo[0]) / (f.hi[0] - f.lo[0]);
    }
    gsl_sort(widths, 1, base->n);
    assert_true(widths[0] > 0.6);
    assert_true(widths[base->n / 2] > 0.7 && widths[base->n / 2] < 1.5);
    fc_batch_release(&batch);
    free(all);
    free(y);
}

static void predictable_series_leave_intervals_as_they_are(void **state)
{
    (void)state;
    static const size_t counts[] = {7, 20, 60, 240}; /* 10, 25, 50, 80% */
    struct simulated base = simulate_batch(ORDINARY, 60, H, ordinary);
    give_season(&base, M);
    struct fc_batch alone = forecast_base(&base, base.series, base.n);
    for (size_t o = 0; o < sizeof predictable / sizeof *predictable; o++) {
        for (size_t c = 0; c < 4; c++)
            check_beside(&base, &alone, counts[c], &predictable[o]);
        check_learnt(&base, &alone, 60, &predictable[o]);
    }
    fc_batch_release(&alone);
    release_simulated(&base);
}

/* Daily series with a week; the first 15 are zero until 3 to 7 days ago, and
 * then from 5 to 15. */
static void daily(gsl_rng *rng, size_t i, double *y, size_t n)
{
    size_t begin = n - WEEK - 3 - i % 5;
    double usual = 20 + 40 * gsl_rng_uniform(rng), figure[WEEK];
    for (int k = 0; k < WEEK; k++)
        figure[k] = gsl_ran_gaussian(rng, 0.15);
    for (size_t t = 0; t < n; t++)
        if (i < NEW)
            y[t] = t < begin ? 0 : 5 + (double)gsl_rng_uniform_int(rng, 11);
        else
            y[t] = round(usual
                         * exp(figure[t % WEEK] + gsl_ran_gaussian(rng, 0.15)));
}

/* New series are covered, and widen others' intervals by 5% at the most; of
 * a single one, whose bounds are whole numbers, by more, and as often less. */
static void new_series_are_covered(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(100, 120, WEEK, daily), old = s;
    struct fc_spec spec = spec_of_auto();
    give_season(&s, WEEK);
    struct fc_batch with = run_batch(&s, &spec, 2);
    old.series += NEW;
    old.n -= NEW;
    struct fc_batch without = run_batch(&old, &spec, 2);
    double inside[2] = {0, 0}, width[2] = {0, 0};
    for (size_t i = 0; i < s.n; i++) {
        struct fc_forecast f = fc_batch_forecast(&with, i);
        for (size_t k = 0; k < 2 && i < NEW; k++)
            inside[k] += fc_coverage(s.future + i * WEEK, f.lo + k * WEEK,
                                     f.hi + k * WEEK, WEEK)
                         / NEW;
        for (size_t at = 0; at < 2 * WEEK && i >= NEW; at++) {
            struct fc_forecast g = fc_batch_forecast(&without, i - NEW);
            width[0] += f.hi[at] - f.lo[at];
            width[1] += g.hi[at] - g.lo[at];
            assert_true(f.hi[at] - f.lo[at] < 1.25 * (g.hi[at] - g.lo[at]));
        }
    }
    assert_true(width[0] < 1.05 * width[1]);
    assert_true(inside[0] >= 0.70 && inside[1] >= 0.85);
    fc_batch_release(&with);
    fc_batch_release(&without);
    release_simulated(&s);
}

int main(void)
{
    if (getenv("QUICK") != NULL) {
        puts("skip: batches by the hundred are for programs at full speed");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odd_series_move_nothing),

        cmocka_unit_test(new_series_are_covered),
        cmocka_unit_test(predictable_series_leave_intervals_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
