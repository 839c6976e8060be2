/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Models that learn over all series, by themselves: their intervals, and what
 * they can be used for.
 */
#include "tests/batches.h"

#include "forecast/measure/accuracy.h"

static const char *const names[] = {"pooled", "pooled-log", "network"};
enum { MODELS = sizeof names / sizeof *names };

/* Steps of 1% of the level. */
static void log_walk(gsl_rng *rng, size_t i, double *y, size_t n)
{
    double level = log(100 + (double)i);
    for (size_t t = 0; t < n; t++)
        y[t] = exp(level += gsl_ran_gaussian(rng, 0.01));
}

/* What is said to be covered is.  The shares of 300 series, and of as many from
 * which the widths are learnt, have standard errors of 2.3% and 1.3% at most;
 * three of both together are allowed. */
static void intervals_cover_what_they_say(void **state)
{
    (void)state;
    static void (*const laws[])(gsl_rng *, size_t, double *,
                                size_t) = {random_walk, seasonal, log_walk};
    static const int seasons[] = {1, 4, 1};
    for (int k = 0; k < MODELS; k++)
        for (int law = 0; law < 3; law++) {
            struct simulated s = simulate_batch(300, 40, 6, laws[law]);
            struct fc_spec spec = {.model = fc_model_find(names[k])};
            double inside[2] = {0, 0};
            give_season(&s, seasons[law]);
            struct fc_batch batch = run_batch(&s, &spec, 2);
            for (size_t i = 0; i < s.n; i++) {
                struct fc_forecast f = fc_batch_forecast(&batch, i);
                assert_int_equal(batch.results[i].outcome, FC_OUTCOME_OK);
                for (int level = 0; level < 2; level++)
                    inside[level] +=
                        fc_coverage(s.future + i * 6, f.lo + level * 6,
                                    f.hi + level * 6, 6)
                        / (double)s.n;
            }
            if (fabs(inside[0] - 0.8) > 0.1 || fabs(inside[1] - 0.95) > 0.055)
                fail_msg("%s, law %d: 80%% covers %.3f, 95%% %.3f", names[k],
                         law, inside[0], inside[1]);
            fc_batch_release(&batch);
            release_simulated(&s);
        }
}

/* Nothing is learnt from few series, and that is what is said of each. */
static void without_others_they_say_why(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(2, 12, 6, random_walk);
    for (int k = 0; k < MODELS; k++) {
        struct fc_spec spec = {.model = fc_model_find(names[k])};
        struct fc_batch batch = run_batch(&s, &spec, 1);
        assert_int_equal(batch.results[0].outcome, FC_OUTCOME_FAILED);
        assert_non_null(strstr(batch.results[0].detail, "could learn from"));
        fc_batch_release(&batch);
    }
    release_simulated(&s);
}

/* For other seasons and more steps than were learnt there is nothing. */
static void they_are_for_what_was_learnt(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(60, 40, 6, seasonal);
    struct fc_workspace *ws = fc_workspace_new();
    double numbers[3 * 8];
    static const double level = 90;
    give_season(&s, 4);
    for (int k = 0; k < MODELS; k++) {
        struct fc_spec spec = {.model = fc_model_find(names[k])};
        struct fc_job job = {.specs = &spec,
                             .nspecs = 1,
                             .horizon = 6,
                             .seed = 1,
                             .nthreads = 1};
        struct fc_learned *learned;
        struct fc_fit fit;
        fc_workspace_reset(ws);
        give_series(&job, s.series, s.n);
        assert_int_equal(fc_batch_learn(&job, 0, &learned, NULL), FC_OK);
        struct fc_part part = fc_part_of(learned);
        const struct fc_model *m = spec.model;
        assert_int_equal(m->check_learned(part, &spec, season_of(4), 6, NULL),
                         FC_OK);
        assert_int_equal(m->check_learned(part, &spec, season_of(4), 7, NULL),
                         FC_EDATA);
        assert_int_equal(m->check_learned(part, &spec, season_of(2), 6, NULL),
                         FC_EDATA);
        struct fc_request request = {.spec = &spec, .learned = part};
        assert_int_equal(fc_model_fit(&s.series[0], &request, ws, &fit, NULL),
                         FC_OK);
        for (int h = 5; h <= 7; h++) {
            struct fc_forecast out = fc_forecast_over(h, 1, &level, numbers);
            assert_int_equal(fc_model_predict(&fit, ws, &out, NULL),
                             h <= 6 ? FC_OK : FC_ERANGE);
        }
        s.series[0].seasons = season_of(2);
        assert_int_equal(fc_model_fit(&s.series[0], &request, ws, &fit, NULL),
                         FC_ENOFIT);
        s.series[0].seasons = season_of(4);
        free(learned);
    }
    fc_workspace_free(ws);
    release_simulated(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_cover_what_they_say),
        cmocka_unit_test(without_others_they_say_why),
        cmocka_unit_test(they_are_for_what_was_learnt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
