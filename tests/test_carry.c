/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Regressors that are not known in advance: which of the three rules carries
 * them on, by pasts that leave no doubt, and what a backtest makes of them.
 */
#include "tests/check.h"
#include "tests/series.h"

#include "forecast/known/known.h"
#include "forecast/models.h"
#include "forecast/run/backtest.h"
#include "forecast/run/simulate.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 70, HORIZON = 10, PLACES = N + HORIZON };

static const double FUTURE = 1e6; /* what must not be seen */

static void carry(size_t lag, int season, double *x)
{
    for (size_t t = N + lag; t < PLACES; t++)
        x[t] = FUTURE;
    fc_known_carry(&lag, 1, N, HORIZON, season, x, NULL);
}

static void what_wanders_keeps_its_last_value(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    double x[PLACES] = {2};
    for (size_t t = 1; t < PLACES; t++)
        x[t] = x[t - 1] + gsl_rng_uniform(rng) - 0.4;
    carry(0, 7, x);
    for (size_t t = N; t < PLACES; t++)
        assert_near(x[t], x[N - 1], 0);
    gsl_rng_free(rng);
}

static void what_comes_by_the_season_comes_again(void **state)
{
    (void)state;
    double x[PLACES], pattern[] = {3, 9, 1, 4, 4, 0, 7};
    for (size_t t = 0; t < PLACES; t++)
        x[t] = pattern[t % 7];
    carry(0, 7, x);
    for (size_t t = N; t < PLACES; t++)
        assert_near(x[t], pattern[t % 7], 0);
}

static void what_comes_by_chance_comes_as_often_as_before(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    double x[PLACES], sum = 0;
    for (size_t t = 0; t < PLACES; t++)
        x[t] = gsl_rng_uniform(rng) < 0.3;
    for (size_t t = 0; t < N; t++)
        sum += x[t];
    carry(0, 7, x);
    for (size_t t = N; t < PLACES; t++)
        assert_near(x[t], sum / N, 1e-12);
    gsl_rng_free(rng);
}

/* A lag of 3 is known for three steps, and of two cycles less one there is no
 * season. */
static void as_far_as_it_is_known_it_stays(void **state)
{
    (void)state;
    double x[PLACES];
    for (size_t t = 0; t < PLACES; t++)
        x[t] = (double)t;
    carry(3, 36, x);
    for (size_t t = N; t < PLACES; t++)
        assert_near(x[t], t < N + 3 ? (double)t : N + 2, 0);
    for (size_t t = 0; t < PLACES; t++)
        x[t] = (double)t;
    size_t all = SIZE_MAX;
    fc_known_carry(&all, 1, N, HORIZON, 7, x, NULL);
    for (size_t t = 0; t < PLACES; t++)
        assert_near(x[t], (double)t, 0);
}

static double forecast[2];

static void take(void *arg, size_t origin, size_t spec,
                 const struct fc_forecast *f)
{
    (void)arg;
    if (spec == 0)
        forecast[origin] = f->mean[0];
}

/* y is 100, and 150 on days whose x is 1: an origin before such a day does not
 * know it, or else does. */
static void a_backtest_sees_no_further_than_its_origins(void **state)
{
    (void)state;
    enum { DAYS = 61 };
    double y[DAYS], x[DAYS];
    for (size_t t = 0; t < DAYS; t++) {
        x[t] = t % 4 == 0; /* 56 and 60, too */
        y[t] = 100 + 50 * x[t] + 0.1 * (double)(t * 7 % 5);
    }
    struct fc_history history = {"a", y, DAYS};
    struct fc_regressors regressors = {.n = 1, .stride = DAYS, .x = x};
    struct fc_spec spec = {.model = fc_model_find("mean")};
    struct fc_outline outline;
    struct fc_error err;
    size_t lag = 0;
    assert_int_equal(fc_outline_init(&outline, NULL, 0, NULL, 0, &err), FC_OK);
    for (int unknown = 0; unknown < 2; unknown++) {
        struct fc_backtest backtest = {.job = {.series = &history,
                                               .n = 1,
                                               .regressors = &regressors,
                                               .specs = &spec,
                                               .nspecs = 1,
                                               .horizon = 1,
                                               .nlevels = outline.n,
                                               .levels = outline.all,
                                               .nthreads = 1},
                                       .outline = &outline,
                                       .known_for = unknown ? &lag : NULL,
                                       .origins = 2,
                                       .stride = 4,
                                       .took = take};
        assert_int_equal(fc_backtest_run(&backtest, &err), FC_OK);
        assert_int_equal(backtest.norigins, 2);
        for (int i = 0; i < 2; i++)
            assert_true(unknown ? forecast[i] < 120 : forecast[i] > 145);
        fc_backtest_release(&backtest);
    }
    assert_near(x[60], 1, 0);
    fc_outline_release(&outline);
}

/* --- how sure it is --- */

/* A truth: y is 50 and a slope times x, and noise. */
enum kind { WANDERS, BY_CHANCE, SELDOM, BY_THE_WEEK, KINDS };

enum { MANY = 400, LENGTH = 100, AHEAD = 8, WHOLE = LENGTH + AHEAD };

struct world {
    double y[MANY][WHOLE], x[MANY][2 * WHOLE];
    struct fc_history history[MANY];
    struct fc_regressors regressors[MANY];
    size_t in[2]; /* of the actual values: inside of 80 and 95% */
    size_t n, sums, in_sum;
    double width; /* of the first series' 95%, at the last step */
};

static double draw_x(enum kind kind, size_t t, double before, gsl_rng *rng)
{
    static const double week[] = {3, 1, 0, -1, -2, 0, 4};
    switch (kind) {
    case WANDERS:
        return before + gsl_ran_gaussian(rng, 1);
    case BY_CHANCE:
        return gsl_ran_gaussian(rng, 1);
    case SELDOM:
        return 5 * (gsl_rng_uniform(rng) < 0.1);
    default:
        return week[t % 7] + gsl_ran_gaussian(rng, 0.7);
    }
}

/* With a lag of x as well: y is of both. */
static void make_world(enum kind kind, struct world *w)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 7 + (unsigned long)kind);
    memset(w, 0, sizeof *w);
    for (size_t i = 0; i < MANY; i++) {
        double *x = w->x[i], *lag = x + WHOLE;
        for (size_t t = 0; t < WHOLE; t++) {
            x[t] = draw_x(kind, t, t > 0 ? x[t - 1] : 0, rng);
            lag[t] = x[t > 2 ? t - 2 : 0];
            w->y[i][t] = 50 + 2 * x[t] + lag[t] + gsl_ran_gaussian(rng, 1);
        }
        w->history[i] = (struct fc_history){"a", w->y[i], WHOLE};
        w->regressors[i] =
            (struct fc_regressors){.n = 2, .stride = WHOLE, .x = x};
    }
    gsl_rng_free(rng);
}

static void look(void *arg, size_t origin, size_t spec,
                 const struct fc_forecast *f)
{
    struct world *w = arg;
    for (int h = 0; spec == 0 && h < f->horizon; h++) {
        double y = w->y[origin][LENGTH + h];
        w->n++;
        for (int i = 0; i < 2; i++)
            w->in[i] += y >= f->lo[i * f->horizon + h]
                        && y <= f->hi[i * f->horizon + h];
    }
    if (spec == 0 && origin == 0)
        w->width = f->hi[2 * f->horizon - 1] - f->lo[2 * f->horizon - 1];
}

static struct fc_job job_of(const struct world *w, const struct fc_spec *spec,
                            const struct fc_seasons *seasons,
                            const struct fc_outline *outline)
{
    return (struct fc_job){.series = w->history,
                           .n = MANY,
                           .seasons = seasons,
                           .regressors = w->regressors,
                           .specs = spec,
                           .nspecs = 1,
                           .horizon = AHEAD,
                           .nlevels = outline->n,
                           .levels = outline->all,
                           .nthreads = 1};
}

static void backtest_world(struct world *w, const struct fc_seasons *seasons,
                           const size_t *known_for)
{
    static const double levels[] = {80, 95};
    struct fc_spec spec = {.model = fc_model_find("mean")};
    struct fc_outline outline;
    struct fc_error err;
    assert_int_equal(fc_outline_init(&outline, levels, 2, NULL, 0, &err),
                     FC_OK);
    struct fc_backtest backtest = {.job = job_of(w, &spec, seasons, &outline),
                                   .outline = &outline,
                                   .known_for = known_for,
                                   .origins = 1,
                                   .stride = AHEAD,
                                   .took = look,
                                   .took_arg = w};
    w->n = w->in[0] = w->in[1] = 0;
    assert_int_equal(fc_backtest_run(&backtest, &err), FC_OK);
    fc_backtest_release(&backtest);
    fc_outline_release(&outline);
}

/* Intervals hold what they say, whatever carries the column on; where it is
 * known they are as narrow as the noise. */
static void intervals_know_that_it_may_turn_out_otherwise(void **state)
{
    (void)state;
    static const size_t lags[] = {0, 2}, all[] = {SIZE_MAX, SIZE_MAX};
    struct world *w = malloc(sizeof *w);
    assert_non_null(w);
    for (int kind = 0; kind < KINDS; kind++) {
        struct fc_seasons seasons = fc_one_season(kind == BY_THE_WEEK ? 7 : 1);
        make_world((enum kind)kind, w);
        backtest_world(w, &seasons, lags);
        assert_int_equal(w->n, MANY * AHEAD);
        double in80 = (double)w->in[0] / (double)w->n;
        double in95 = (double)w->in[1] / (double)w->n;
        if (fabs(in80 - 0.80) > 0.03 || fabs(in95 - 0.95) > 0.02)
            fail_msg("kind %d: %.3f and %.3f inside", kind, in80, in95);
        double wide = w->width;
        backtest_world(w, &seasons, NULL);
        double narrow = w->width;
        if (wide < 1.5 * narrow || narrow > 5)
            fail_msg("kind %d: %.2f wide, and %.2f", kind, wide, narrow);
        backtest_world(w, &seasons, all);
        assert_near(w->width, narrow, 0);
    }
    free(w);
}

/* So do paths: at every step, and of sums over the horizon. */
static void paths_turn_out_otherwise(void **state)
{
    (void)state;
    enum { PATHS = 400 };
    static const size_t lags[] = {0, 2};
    static const double quantiles[] = {2.5, 10, 90, 97.5};
    struct world *w = malloc(sizeof *w);
    struct fc_spec spec = {.model = fc_model_find("mean")};
    struct fc_outline outline;
    struct fc_error err;
    assert_non_null(w);
    assert_int_equal(fc_outline_init(&outline, NULL, 0, NULL, 0, &err), FC_OK);
    for (int kind = 0; kind < KINDS; kind++) {
        struct fc_seasons seasons = fc_one_season(kind == BY_THE_WEEK ? 7 : 1);
        make_world((enum kind)kind, w);
        for (size_t i = 0; i < MANY; i++) {
            w->history[i].n = LENGTH;
            w->regressors[i].known_for = lags;
            fc_known_carry(lags, 2, LENGTH, AHEAD, fc_season_length(&seasons),
                           w->x[i], NULL);
        }
        struct fc_simulate simulate = {.job =
                                           job_of(w, &spec, &seasons, &outline),
                                       .paths = PATHS,
                                       .nquantiles = 4,
                                       .quantiles = quantiles};
        assert_int_equal(fc_simulate_init(&simulate, &err), FC_OK);
        assert_int_equal(fc_simulate_run(&simulate, 0, MANY, &err), FC_OK);
        size_t rows = (size_t)fc_simulate_rows(&simulate), in[2] = {0},
               sums[2] = {0};
        for (size_t i = 0; i < MANY; i++) {
            double sum = 0;
            for (size_t r = 0; r < rows; r++) {
                const double *q = simulate.results[i].numbers + 5 * r + 1;
                double y = r < AHEAD ? w->y[i][LENGTH + r] : sum;
                bool inside[] = {y >= q[1] && y <= q[2],
                                 y >= q[0] && y <= q[3]};
                sum += y;
                for (int k = 0; k < 2; k++)
                    *(r < AHEAD ? &in[k] : &sums[k]) += inside[k];
            }
        }
        double n = MANY * AHEAD;
        if (fabs((double)in[0] / n - 0.8) > 0.03
            || fabs((double)in[1] / n - 0.95) > 0.025
            || fabs((double)sums[0] / MANY - 0.8) > 0.06
            || fabs((double)sums[1] / MANY - 0.95) > 0.04)
            fail_msg("kind %d: %.3f and %.3f inside, of sums %.3f and %.3f",
                     kind, (double)in[0] / n, (double)in[1] / n,
                     (double)sums[0] / MANY, (double)sums[1] / MANY);
        fc_simulate_release(&simulate);
    }
    fc_outline_release(&outline);
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_wanders_keeps_its_last_value),
        cmocka_unit_test(what_comes_by_the_season_comes_again),
        cmocka_unit_test(what_comes_by_chance_comes_as_often_as_before),
        cmocka_unit_test(as_far_as_it_is_known_it_stays),
        cmocka_unit_test(a_backtest_sees_no_further_than_its_origins),
        cmocka_unit_test(intervals_know_that_it_may_turn_out_otherwise),
        cmocka_unit_test(paths_turn_out_otherwise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
