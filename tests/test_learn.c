/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What auto looks at and learns from, and what it passes over.
 */
#include "tests/batches.h"

#include "forecast/combine/knowledge.h"
#include "forecast/combine/look.h"
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
    struct fc_auto_knowledge a = fc_auto_read(fc_part_of(with), M);
    assert_int_equal(a.breaks.n, 1);
    for (size_t i = 0; i < s->n; i++)
        for (size_t ago = last; ago <= first; ago++)
            s->y[(i + 1) * LENGTH - ago] = NAN;
    struct fc_learned *without = learn(s);
    struct fc_auto_knowledge b = fc_auto_read(fc_part_of(without), M);
    assert_int_equal(b.breaks.n, 0);
    assert_memory_equal(a.of, b.of, sizeof a.of);
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
    struct fc_auto_knowledge k = fc_auto_read(fc_part_of(learned), M),
                             prior = fc_auto_prior(M);
    assert_memory_equal(&k.of[FC_KIND_MOVING], &prior.of[0],
                        sizeof prior.of[0]);
    assert_true(k.of[FC_KIND_RESTING].reach.a != prior.of[0].reach.a);
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
    enum { RAW = 4, LOG = 5 };
    struct fc_auto_knowledge prior = fc_auto_prior(M);
    const double *fixed = prior.of[0].weights;
    assert_true(fc_auto_members[RAW].model == fc_model_find("pooled"));
    assert_true(fc_auto_members[LOG].model == fc_model_find("pooled-log"));
    for (size_t first = 5; first <= 7; first += 2) {
        struct simulated s = shifted(H + first, 0);
        struct fc_learned *learned = learn(&s);
        struct fc_auto_knowledge k = fc_auto_read(fc_part_of(learned), M);
        const double *w = k.of[FC_KIND_MOVING].weights;
        double moved = w[RAW] / w[LOG] / (fixed[RAW] / fixed[LOG]);
        assert_int_equal(k.breaks.n, 1);
        assert_true(first == 5 ? fabs(moved - 1) < 1e-9
                               : fabs(moved - 1) > 1e-3);
        free(learned);
        release_simulated(&s);
    }
}

/* What was learnt where there was but that. */
static struct fc_learned *knows(const struct fc_breaks *breaks, double change)
{
    struct fc_auto_knowledge k = fc_auto_prior(M);
    struct fc_auto_lessons lessons = {.change = {change, change}};
    k.breaks = *breaks;
    struct fc_learned *learned = fc_auto_write(&k, &lessons, H, M);
    assert_non_null(learned);
    return learned;
}

static enum fc_status check(const struct fc_learned *learned)
{
    struct fc_spec spec = spec_of_auto();
    return fc_auto_check(fc_part_of(learned), &spec, season_of(M), H, NULL);
}

static void place_and_check(long long steps, int n, int first, int last)
{
    static const struct fc_breaks two = {2, {{4, 4, true}, {30, 28, true}}};
    struct fc_learned *placed = knows(&two, 0);
    spec_of_auto().model->place_learned(placed, steps);
    assert_int_equal(check(placed), FC_OK);
    struct fc_breaks breaks = fc_auto_read(fc_part_of(placed), M).breaks;
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
    place_and_check(0, 2, 30, 28);
    place_and_check(2, 2, 32, 30);
    place_and_check(-3, 2, 27, 25);
    place_and_check(-4, 1, 26, 24);
    place_and_check(-28, 0, 0, 0);
    place_and_check(2000000, 0, 0, 0);
    place_and_check(FC_NO_PLACE, 0, 0, 0);
}

static void breaks_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    static const struct {
        struct fc_breaks breaks;
        double change;
        bool good;
    } cases[] = {
        {{0}, 0, true},
        {{1, {{5, 4, true}}}, 0.5, true},
        {{2, {{5, 4, true}, {6, 6, false}}}, 0, true},
        {{1, {{4, 5, true}}}, 0, false},       /* ends before it begins */
        {{1, {{5, 0, true}}}, 0, false},       /* after the end */
        {{1, {{2000000, 4, true}}}, 0, false}, /* too long ago */
        {{2, {{5, 4, true}, {5, 5, false}}}, 0, false}, /* in one another */
        {{0}, -1, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fc_learned *learned = knows(&cases[i].breaks, cases[i].change);
        assert_int_equal(check(learned), cases[i].good ? FC_OK : FC_EDATA);
        free(learned);
    }
}

/* Of several seasons the last values are enough, or the last eight cycles; of
 * one all are looked at. */
static void long_series_are_looked_at_from_late_on(void **state)
{
    enum { LONG = 50000, MOST = 35000 };
    static double y[LONG];
    const struct fc_seasons lists[] = {{.n = 1, .length = {24}},
                                       {.n = 2, .length = {24, 168}},
                                       {.n = 2, .length = {24, 5000}}};
    static const size_t seen[] = {LONG, MOST, 40000};
    const struct fc_breaks none = {0};
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_auto_view view;
    (void)state;
    for (size_t t = 0; t < LONG; t++)
        y[t] = (double)(1 + t % 24);
    for (int i = 0; i < 3; i++) {
        const struct fc_series series = {
            .id = "a", .y = y, .n = LONG, .seasons = &lists[i]};
        assert_int_equal(fc_auto_look(&series, &none, ws, &view), FC_OK);
        assert_int_equal(view.series.n, seen[i]);
        assert_ptr_equal(view.series.y, y + LONG - seen[i]);
    }
    fc_workspace_free(ws);
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
        cmocka_unit_test(long_series_are_looked_at_from_late_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
