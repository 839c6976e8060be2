/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parts of auto's intervals, each by itself: what a candidate says of its
 * own errors, what the series has done from season to season, and how far the
 * candidates disagree.  And that what was learnt is what it says it is.
 */
#include "tests/batches.h"

#include "forecast/combine/candidates.h"
#include "forecast/combine/learn.h"
#include "forecast/combine/width.h"
#include "forecast/models.h"

#include <gsl/gsl_statistics.h>

enum { LENGTH = 48, STEPS = 9 };
enum { LOCAL = 4 }; /* members that are models of one series come first */

static struct fc_spec spec_of_auto(void)
{
    return (struct fc_spec){.model = fc_model_find("auto")};
}

/* A series' candidates, by its members alone. */
struct candidates {
    struct fc_workspace *ws;
    struct fc_fit fit;
    struct fc_auto_fitted fitted;
    double trust[FC_AUTO_TRUSTS + 1]; /* and the width of a walk */
    struct fc_auto_table table;
};

static void fit_candidates(const struct fc_series *series, struct candidates *c)
{
    struct fc_spec spec = spec_of_auto();
    struct fc_request request = {.spec = &spec, .seed = 1};
    struct fc_auto_common none = {.change = 0};
    fc_workspace_reset(c->ws);
    c->fit = (struct fc_fit){.model = spec.model,
                             .season_length = fc_season_length(series->seasons),
                             .coef = c->trust};
    c->fitted = (struct fc_auto_fitted){*series, &c->fit, 0};
    assert_int_equal(
        fc_auto_fit_members(series, &request, &none, c->ws, &c->fit, NULL),
        FC_OK);
}

/* The table when all local candidates are trusted alike, or one alone. */
static void trust_only(struct candidates *c, int candidate)
{
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        c->trust[k] = candidate < 0 || k == candidate;
    c->trust[FC_AUTO_SHARE] = 0;
    c->trust[FC_AUTO_TRUSTS] = 0;
    assert_int_equal(
        fc_auto_candidates(&c->fitted, STEPS, c->ws, &c->table, NULL), FC_OK);
    for (int k = 0; k < LOCAL; k++)
        assert_true(c->table.usable[k]); /* the series are chosen so */
}

static double mean_change(const struct fc_series *series, size_t lag)
{
    double sum = 0;
    for (size_t t = lag; t < series->n; t++)
        sum += fabs(series->y[t] - series->y[t - lag]);
    return sum / (double)(series->n - lag);
}

/* Half of the width of a member's own 95% interval. */
static void half_widths(const struct fc_fit *member, struct fc_workspace *ws,
                        double *half)
{
    static const double level = 95;
    double mean[STEPS], lo[STEPS], hi[STEPS];
    struct fc_forecast out = {STEPS, 1, &level, mean, lo, hi, false};
    assert_int_equal(fc_model_predict(member, ws, &out, NULL), FC_OK);
    for (int h = 0; h < STEPS; h++)
        half[h] = (hi[h] - lo[h]) / 2;
}

/*
 * Where one candidate is trusted alone, nobody disagrees, and the width is the
 * geometric mean of the half-width of its interval and of the mean change from
 * season to season, which grows with the root of the seasons ahead.
 */
static void a_width_is_between_the_models_and_the_series_own(void **state)
{
    static void (*const laws[])(gsl_rng *, size_t, double *,
                                size_t) = {random_walk, seasonal};
    struct candidates c = {.ws = fc_workspace_new()};
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct simulated s = simulate_batch(6, LENGTH, STEPS, laws[i]);
        int m = i == 0 ? 1 : 4;
        give_season(&s, m);
        for (size_t k = 0; k < s.n; k++) {
            fit_candidates(&s.series[k], &c);
            double change = mean_change(&s.series[k], (size_t)m);
            for (int one = 0; one < LOCAL; one++) {
                double half[STEPS];
                trust_only(&c, one);
                half_widths(&c.fit.members[one], c.ws, half);
                for (int h = 0; h < STEPS; h++) {
                    double walk = change * sqrt(1 + (double)h / m);
                    assert_near(c.table.width[h], sqrt(half[h] * walk), 1e-9);
                }
            }
        }
        release_simulated(&s);
    }
    fc_workspace_free(c.ws);
}

/*
 * Where all are trusted alike, the square of the width is that of the
 * geometric mean of the widths of each alone, and the sample variance of
 * their forecasts, by n - 1.
 */
static void where_candidates_disagree_intervals_are_wider(void **state)
{
    static void (*const laws[])(gsl_rng *, size_t, double *,
                                size_t) = {random_walk, cycles};
    struct candidates c = {.ws = fc_workspace_new()};
    double matters = 0;
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct simulated s = simulate_batch(6, LENGTH, STEPS, laws[i]);
        for (size_t k = 0; k < s.n; k++) {
            double alone[STEPS] = {0};
            fit_candidates(&s.series[k], &c);
            for (int one = 0; one < LOCAL; one++) {
                trust_only(&c, one);
                for (int h = 0; h < STEPS; h++)
                    alone[h] += log(c.table.width[h]) / LOCAL;
            }
            trust_only(&c, -1);
            for (int h = 0; h < STEPS; h++) {
                double x[LOCAL];
                for (int one = 0; one < LOCAL; one++)
                    x[one] = c.table.mean[one][h];
                double variance = gsl_stats_variance(x, 1, LOCAL);
                double square = exp(2 * alone[h]) + variance;
                assert_near(c.table.width[h], sqrt(square), 1e-9);
                matters = fmax(matters, variance / square);
            }
        }
        release_simulated(&s);
    }
    assert_true(matters > 0.1); /* or this test says nothing */
    fc_workspace_free(c.ws);
}

static struct fc_learned *learn(const struct simulated *s)
{
    struct fc_spec spec = spec_of_auto();
    struct fc_lesson lesson = {.series = s->series,
                               .n = s->n,
                               .seasons = s->series[0].seasons,
                               .horizon = (int)s->horizon,
                               .seed = 1,
                               .jobs = 1};
    struct fc_learned *learned = NULL;
    assert_int_equal(fc_auto_learn(&lesson, &spec, &learned, NULL), FC_OK);
    assert_non_null(learned);
    return learned;
}

static enum fc_status check(const struct fc_learned *learned)
{
    struct fc_spec spec = spec_of_auto();
    return fc_auto_check(fc_part_of(learned), &spec, season_of(4), 4, NULL);
}

/* To the power that the header of width.c gives, within bounds; by the usual
 * width where nothing is known. */
static void series_that_were_hard_to_forecast_have_wider_intervals(void **state)
{
    (void)state;
    assert_near(fc_auto_own_width(0.5, 0.5), 1, 1e-12);
    assert_near(fc_auto_own_width(1, 0.5), pow(2, 0.15), 1e-12);
    assert_near(fc_auto_own_width(0.25, 0.5), pow(2, -0.15), 1e-12);
    assert_near(fc_auto_own_width(0, 0.5), 1, 0);
    assert_near(fc_auto_own_width(1e9, 0.5), 1.4, 1e-12);
    assert_near(fc_auto_own_width(INFINITY, 0.5), 1.4, 1e-12);
    assert_near(fc_auto_own_width(1e-9, 0.5), 1 / 1.4, 1e-12);
}

/* Two halves of a batch, alike but for their last values: those of one half,
 * which its widths have hardly seen, are ten times as restless.  Its intervals
 * are wider by what that says. */
static void last_errors_are_seen(void **state)
{
    enum { N = 60, WILD = 30 };
    struct simulated s = simulate_batch(N, LENGTH, 4, seasonal);
    struct fc_spec spec = spec_of_auto();
    struct fc_workspace *ws = fc_workspace_new();
    double own[2] = {0}, most = 0;
    (void)state;
    give_season(&s, 4);
    for (size_t i = 0; i < N; i++) {
        struct fc_request request = {.spec = &spec, .horizon = 4, .seed = 1};
        struct fc_fit fit;
        double y[LENGTH];
        struct fc_series series = s.series[i];
        memcpy(y, series.y, sizeof y);
        series.y = y;
        for (int t = LENGTH - 4; t < LENGTH && i < WILD; t++)
            y[t] += (t % 2 == 0 ? 10 : -10) * mean_change(&s.series[i], 4);
        assert_int_equal(fc_model_fit(&series, &request, ws, &fit, NULL),
                         FC_OK);
        own[i < WILD] += fit.coef[FC_AUTO_OWN] / 30;
        most = fmax(most, fit.coef[FC_AUTO_OWN]);
        fc_workspace_reset(ws);
    }
    assert_true(own[0] > 0.2 && own[0] < 1.5);
    assert_true(own[1] > 3 * own[0]);
    assert_true(isfinite(most));
    fc_workspace_free(ws);
    release_simulated(&s);
}

/* A block of which one part is wrong is no block of ours. */
static void weights_and_widths_that_make_no_sense_are_refused(void **state)
{
    enum { SHAPES = FC_SIDES * FC_REACH_LEVELS };
    struct simulated s = simulate_batch(12, 30, 4, seasonal);
    give_season(&s, 4);
    struct fc_learned *learned = learn(&s);
    /* behind the numbers of the whole and the part of the breaks */
    double *kind = learned->values + 4 + (size_t)learned->values[4];
    double *weight = kind + 2, *usual = weight + FC_AUTO_MEMBERS;
    double *shape = usual + 3, sum = 0;
    (void)state;
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        sum += weight[k];
    assert_near(sum, 1, 1e-12);
    assert_int_equal(check(learned), FC_OK);
    for (int k = 0; k < FC_AUTO_MEMBERS; k++) {
        double before = weight[k];
        const double wrong[] = {before + 1e-3, before + 1, before * 0.99 - 1e-5,
                                -before,       NAN,        INFINITY};
        for (int i = 0; i < 6; i++) {
            weight[k] = wrong[i];
            assert_int_equal(check(learned), FC_EDATA);
        }
        weight[k] = before;
    }
    /* one negative, of the right sum */
    weight[0] -= 1;
    weight[1] += 1;
    assert_int_equal(check(learned), FC_EDATA);
    weight[0] += 1;
    weight[1] -= 1;
    const double none[] = {0, -1, NAN, INFINITY};
    for (int i = 0; i < 4; i++) {
        double before = *usual;
        *usual = none[i];
        assert_int_equal(check(learned), FC_EDATA);
        *usual = before;
    }
    assert_int_equal(check(learned), FC_OK);
    /* a level that reaches less far than one below it */
    for (int i = 0; i < SHAPES; i++) {
        double before = shape[i];
        if (i % FC_REACH_LEVELS == 0)
            continue;
        shape[i] = shape[i - 1] - 1e-6;
        assert_int_equal(check(learned), FC_EDATA);
        shape[i] = before;
    }
    /* bounds that change places */
    for (int i = 0; i < SHAPES; i++)
        shape[i] -= shape[0] + shape[FC_REACH_LEVELS] + 1;
    assert_int_equal(check(learned), FC_EDATA);
    free(learned);
    release_simulated(&s);
}

/*
 * Two seasons and an autoregression about its mean, whose errors ahead are
 * known: what auto says a whole long season ahead covers what it should, and
 * is about as wide as it must be, though members that carry the last level on
 * say more.
 */
static void widths_of_several_seasons_are_those_of_the_process(void **state)
{
    enum { MANY = 8, N = 600, SHORT = 6, LONG = 30 };
    static const double phi = 0.7, level = 80, z = 1.2816;
    static const struct fc_seasons seasons = {.n = 2, .length = {SHORT, LONG}};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_spec spec = spec_of_auto();
    struct fc_request request = {.spec = &spec, .horizon = LONG, .seed = 1};
    double covered = 0, width = 0, must = 0;
    (void)state;
    for (int k = 0; k < MANY; k++) {
        double y[N + LONG], mean[LONG], lo[LONG], hi[LONG], day[LONG], x = 0;
        struct fc_forecast out = {LONG, 1, &level, mean, lo, hi, false};
        struct fc_series series = {
            .id = "a", .y = y, .n = N, .seasons = &seasons};
        struct fc_fit fit;
        for (int i = 0; i < LONG; i++)
            day[i] = gsl_ran_gaussian(rng, 2) + 3 * (i % SHORT);
        for (int t = 0; t < N + LONG; t++) {
            x = phi * x + gsl_ran_gaussian(rng, 1);
            y[t] = 100 + day[t % LONG] + x;
        }
        fc_workspace_reset(ws);
        assert_int_equal(fc_model_fit(&series, &request, ws, &fit, NULL),
                         FC_OK);
        assert_int_equal(fc_model_predict(&fit, ws, &out, NULL), FC_OK);
        for (int h = 0; h < LONG; h++) {
            double variance = (1 - pow(phi, 2.0 * (h + 1))) / (1 - phi * phi);
            covered += y[N + h] >= lo[h] && y[N + h] <= hi[h];
            width += hi[h] - lo[h];
            must += 2 * z * sqrt(variance);
        }
    }
    print_message("covered %.3f, widths %.3f of what they must be\n",
                  covered / (MANY * LONG), width / must);
    assert_true(covered > 0.72 * MANY * LONG && covered < 0.9 * MANY * LONG);
    assert_true(width > 0.9 * must && width < 1.2 * must);
    fc_workspace_free(ws);
    gsl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_width_is_between_the_models_and_the_series_own),
        cmocka_unit_test(where_candidates_disagree_intervals_are_wider),
        cmocka_unit_test(
            series_that_were_hard_to_forecast_have_wider_intervals),
        cmocka_unit_test(last_errors_are_seen),
        cmocka_unit_test(weights_and_widths_that_make_no_sense_are_refused),
        cmocka_unit_test(widths_of_several_seasons_are_those_of_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
