/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What auto looks at and learns from, and what it passes over.
 */
#include "tests/batches.h"

#include "forecast/combine/auto.h"
#include "forecast/combine/block.h"
#include "forecast/models.h"

enum { N = 40, LENGTH = 72, H = 6, M = 12 };

static struct fc_spec spec_of_auto(void)
{
    struct fc_spec spec = {0};
    assert_int_equal(fc_model_parse("auto", 4, &spec, NULL), FC_OK);
    return spec;
}

static struct fc_learned *learn(struct simulated *s)
{
    struct fc_spec spec = spec_of_auto();
    give_season(s, M);
    struct fc_lesson lesson = {.series = s->series,
                               .n = s->n,
                               .seasons = s->series[0].seasons,
                               .horizon = H,
                               .seed = 1,
                               .jobs = 2};
    struct fc_learned *learned = NULL;
    assert_int_equal(spec.model->learn(&lesson, &spec, &learned, NULL), FC_OK);
    assert_non_null(learned);
    return learned;
}

/* A season, and a walk. */
static void monthly(gsl_rng *rng, size_t i, double *y, size_t n)
{
    double level = 100, height = 5 + (double)(i % 5);
    for (size_t t = 0; t < n; t++) {
        level += gsl_ran_gaussian(rng, 1);
        y[t] = level + height * sin(0.5236 * (double)(t + i));
    }
}

/* The view of n values. */
static struct fc_auto_view look(const double *y, size_t n,
                                const struct fc_breaks *breaks,
                                struct fc_workspace *ws)
{
    static const struct fc_breaks none = {0};
    struct fc_series series = series_of("a", y, n, M);
    struct fc_auto_view view;
    assert_int_equal(
        fc_auto_look(&series, breaks != NULL ? breaks : &none, ws, &view),
        FC_OK);
    return view;
}

/* So many zeros, and then values of which so many are zero. */
static size_t seen_of(size_t zeros, size_t values, size_t more,
                      struct fc_workspace *ws)
{
    double y[100] = {0};
    for (size_t t = 0; t < values; t++)
        y[zeros + t] = t > 0 && t <= more ? 0 : 5;
    return look(y, zeros + values, NULL, ws).series.n;
}

static void zeros_before_the_beginning_are_not_seen(void **state)
{
    (void)state;
    struct fc_workspace *ws = fc_workspace_new();
    assert_int_equal(seen_of(10, 5, 0, ws), 5);
    assert_int_equal(seen_of(9, 4, 0, ws), 13);  /* too few of them */
    assert_int_equal(seen_of(10, 6, 0, ws), 16); /* not twice as many */
    assert_int_equal(seen_of(20, 10, 2, ws), 10);
    assert_int_equal(seen_of(28, 14, 3, ws), 42); /* it sells rarely */
    fc_workspace_free(ws);
}

static void what_was_mended_is_not_known(void **state)
{
    (void)state;
    static const struct fc_breaks fall = {1, {{10, 8, true}}};
    struct simulated s = simulate_batch(1, LENGTH, 0, monthly);
    struct fc_workspace *ws = fc_workspace_new();
    for (size_t t = LENGTH - 10; t < LENGTH - 7; t++)
        s.y[t] /= 3;
    struct fc_auto_view view = look(s.y, LENGTH, &fall, ws);
    assert_int_equal(view.here.n, 1);
    for (size_t t = 0; t < LENGTH; t++)
        if (t < LENGTH - 10 || t > LENGTH - 8) {
            assert_true(view.known[t] == s.y[t]);
            assert_true(view.series.y[t] == s.y[t]);
        } else {
            assert_true(isnan(view.known[t]));
            assert_true(view.series.y[t] > 2 * s.y[t]);
        }
    fc_workspace_free(ws);
    release_simulated(&s);
}

/* Weights and widths are the same where the values of the last periods from
 * `first` to `last` are not there. */
static void check_untaught(struct simulated *s, size_t first, size_t last)
{
    struct fc_learned *with = learn(s);
    assert_int_equal((int)with->values[AT_BREAKS], 1);
    for (size_t i = 0; i < s->n; i++)
        for (size_t ago = last; ago <= first; ago++)
            s->y[(i + 1) * LENGTH - ago] = NAN;
    struct fc_learned *without = learn(s);
    assert_int_equal((int)without->values[AT_BREAKS], 0);
    assert_memory_equal(with->values + AT_WEIGHTS, without->values + AT_WEIGHTS,
                        FC_KINDS * AT_KIND * sizeof(double));
    free(with);
    free(without);
}

static void breaks_in_what_is_held_back_teach_nothing(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(N, LENGTH, 0, monthly);
    for (size_t i = 0; i < s.n; i++)
        for (size_t ago = 1; ago <= 4; ago++)
            s.y[(i + 1) * LENGTH - ago] += 60; /* not over */
    check_untaught(&s, 4, 1);
    release_simulated(&s);
    s = simulate_batch(N, LENGTH, 0, monthly);
    for (size_t i = 0; i < s.n; i++)
        for (size_t ago = 4; ago <= 5; ago++)
            s.y[(i + 1) * LENGTH - ago] /= 3; /* over */
    check_untaught(&s, 5, 4);
    release_simulated(&s);
}

/* They move, but in what is held back they rest. */
static void series_that_come_to_rest_teach_no_moving_ones(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(N, LENGTH, 0, monthly);
    for (size_t i = 0; i < s.n; i++)
        for (size_t ago = 1; ago < H; ago++)
            s.y[(i + 1) * LENGTH - ago] = s.y[(i + 1) * LENGTH - H];
    struct fc_learned *learned = learn(&s);
    struct fc_auto_knowledge k = fc_auto_read(learned, M),
                             prior = fc_auto_prior(M);
    assert_memory_equal(&k.of[FC_KIND_MOVING], &prior.of[0],
                        sizeof prior.of[0]);
    assert_true(k.of[FC_KIND_RESTING].errors.a != prior.of[0].errors.a);
    free(learned);
    release_simulated(&s);
}

/* Up by twelve of their changes, from so many periods before the end until so
 * many. */
static struct simulated shifted(size_t first, size_t last)
{
    struct simulated s = simulate_batch(N, LENGTH, H, monthly);
    for (size_t i = 0; i < s.n; i++)
        for (size_t t = LENGTH - first; t < LENGTH + H - last; t++)
            s.y[i * (LENGTH + H) + t] += 60;
    return s;
}

static bool uses_regressions(size_t first, size_t last)
{
    struct simulated s = shifted(first, last);
    struct fc_spec spec = spec_of_auto();
    give_season(&s, M);
    struct fc_batch batch = run_batch(&s, &spec, 2);
    bool any = false;
    for (size_t i = 0; i < s.n; i++)
        any = any || strstr(batch.reports[i].spec, "pooled") != NULL
              || strstr(batch.reports[i].spec, "network") != NULL;
    fc_batch_release(&batch);
    release_simulated(&s);
    return any;
}

static void levels_that_are_no_more_are_not_trusted(void **state)
{
    (void)state;
    assert_false(uses_regressions(5, 0));
    assert_false(uses_regressions(6, 0));
    assert_true(uses_regressions(7, 0));
    assert_true(uses_regressions(6, H + 3)); /* it is over */
}

/* Nor where they are tried: there they teach nothing of their weights. */
static void trials_know_of_shifts_before_them(void **state)
{
    (void)state;
    enum { RAW = FC_AUTO_POOLED, LOG = FC_AUTO_POOLED_LOG };
    struct fc_auto_knowledge prior = fc_auto_prior(M);
    const double *fixed = prior.of[0].weights;
    for (size_t first = 5; first <= 7; first += 2) {
        struct simulated s = shifted(H + first, 0);
        struct fc_learned *learned = learn(&s);
        const double *w = learned->values + AT_WEIGHTS;
        double moved = w[RAW] / w[LOG] / (fixed[RAW] / fixed[LOG]);
        assert_int_equal((int)learned->values[AT_BREAKS], 1);
        assert_true(first == 5 ? fabs(moved - 1) < 1e-9
                               : fabs(moved - 1) > 1e-3);
        free(learned);
        release_simulated(&s);
    }
}

static void place_and_check(const struct fc_learned *learned, long long steps,
                            int n, int first, int last)
{
    size_t size = sizeof *learned + learned->n * sizeof(double);
    struct fc_learned *placed = malloc(size);
    struct fc_spec spec = spec_of_auto();
    memcpy(placed, learned, size);
    spec.model->place_learned(placed, steps);
    assert_int_equal(fc_auto_check(placed, season_of(M), H, NULL), FC_OK);
    struct fc_breaks breaks = fc_auto_read(placed, M).breaks;
    assert_int_equal(breaks.n, n);
    if (n > 0) {
        assert_int_equal(breaks.at[n - 1].first, first);
        assert_int_equal(breaks.at[n - 1].last, last);
        assert_true(breaks.at[n - 1].over);
    }
    free(placed);
}

static void breaks_are_placed_in_series_that_have_gone_on(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(N, LENGTH, 0, monthly);
    struct fc_learned *learned = learn(&s);
    double *at = learned->values + AT_BREAKS;
    memcpy(at, (double[]){2, 4, 4, 1, 30, 28, 1}, 7 * sizeof *at);
    place_and_check(learned, 0, 2, 30, 28);
    place_and_check(learned, 2, 2, 32, 30);
    place_and_check(learned, -3, 2, 27, 25);
    place_and_check(learned, -4, 1, 26, 24);
    place_and_check(learned, -28, 0, 0, 0);
    place_and_check(learned, 2000000, 0, 0, 0);
    place_and_check(learned, FC_NO_PLACE, 0, 0, 0);
    free(learned);
    release_simulated(&s);
}

static void breaks_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    static const struct {
        double numbers[7];
        bool good;
    } cases[] = {
        {{0}, true},
        {{1, 5, 4, 1}, true},
        {{2, 5, 4, 1, 6, 6, 0}, true},
        {{1, 4, 5, 1}, false},          /* ends before it begins */
        {{1, 5, 0, 1}, false},          /* after the end */
        {{1, 5, 4, 2}, false},          /* neither over nor not */
        {{1, 5.5, 4, 1}, false},        /* within a period */
        {{1, 2e6, 4, 1}, false},        /* too long ago */
        {{2, 5, 4, 1, 5, 5, 0}, false}, /* one within the other */
        {{1.5, 5, 4, 1}, false},
        {{-1}, false},
        {{FC_MOST_BREAKS + 1}, false},
    };
    struct simulated s = simulate_batch(N, LENGTH, 0, monthly);
    struct fc_learned *learned = learn(&s);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memcpy(learned->values + AT_BREAKS, cases[i].numbers,
               sizeof cases[i].numbers);
        assert_int_equal(fc_auto_check(learned, season_of(M), H, NULL),
                         cases[i].good ? FC_OK : FC_EDATA);
    }
    learned->values[AT_BREAKS] = 0;
    for (int time = 0; time < FC_AUTO_TIMES; time++) {
        learned->values[AT_CHANGE + time] = -1;
        assert_int_equal(fc_auto_check(learned, season_of(M), H, NULL),
                         FC_EDATA);
        learned->values[AT_CHANGE + time] = 0;
        assert_int_equal(fc_auto_check(learned, season_of(M), H, NULL), FC_OK);
    }
    free(learned);
    release_simulated(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeros_before_the_beginning_are_not_seen),
        cmocka_unit_test(what_was_mended_is_not_known),
        cmocka_unit_test(breaks_in_what_is_held_back_teach_nothing),
        cmocka_unit_test(series_that_come_to_rest_teach_no_moving_ones),
        cmocka_unit_test(levels_that_are_no_more_are_not_trusted),
        cmocka_unit_test(trials_know_of_shifts_before_them),
        cmocka_unit_test(breaks_are_placed_in_series_that_have_gone_on),
        cmocka_unit_test(breaks_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
