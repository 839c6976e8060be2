/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/batches.h"

#include "forecast/numeric/breaks.h"
#include "forecast/numeric/vet.h"

enum { N = 60 };

static double scratch[200];

static void noise(gsl_rng *rng, size_t i, double *y, size_t n)
{
    (void)i;
    for (size_t t = 0; t < n; t++)
        y[t] = 100 + gsl_ran_gaussian(rng, 10);
}

static enum fc_kind kind(const double *y)
{
    return fc_kind_of(y, N, 12, scratch);
}

static void kinds_are_as_described(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(1, N, 1, noise);
    double *y = s.y;
    assert_int_equal(kind(y), FC_KIND_MOVING);
    y[30] = 1e12;
    assert_int_equal(kind(y), FC_KIND_WILD);
    y[30] = 100;
    for (int t = 1; t < 12; t++) /* seven of the last twelve changes are none */
        if (t > 4)
            y[N - t] = y[N - 12];
    assert_int_equal(kind(y), FC_KIND_RESTING);
    for (int t = 0; t < N; t++)
        y[t] = t % 3 > 0 ? NAN : t * t % 17;
    assert_int_equal(kind(y), FC_KINDS);
    for (int t = 0; t < N; t++)
        y[t] = 7 + 0.1 * t;
    assert_int_equal(kind(y), FC_KINDS);
    for (int t = 0; t < N; t++)
        y[t] = t % 12 * (t % 12) + t / 12;
    assert_int_equal(kind(y), FC_KINDS);
    for (int t = 0; t < N; t++)
        y[t] = t % 2 * 1e-13 + 3;
    assert_int_equal(kind(y), FC_KIND_RESTING);
    release_simulated(&s);
}

static void a_spike_does_not_make_the_scale(void **state)
{
    (void)state;
    double y[] = {1, 2, 1, 2, 1, 1e12, 1, 2, 1, 2, 1};
    /* eight changes of 1; two count for 100 medians */
    assert_near(fc_steady_change(y, 11, 1, scratch), (8 + 200) / 10.0, 1e-12);
    y[5] = 2;
    assert_near(fc_steady_change(y, 11, 1, scratch), 1, 1e-12);
    assert_near(fc_steady_change(y, 11, 2, scratch), 0, 0);
    /* too short for its season: from value to value */
    assert_near(fc_steady_change(y, 11, 10, scratch), 1, 1e-12);
    for (int t = 0; t < 11; t++)
        y[t] = 1 + 1e-14 * (t % 2);
    assert_true(fc_steady_change(y, 11, 1, scratch) == 0);
    assert_true(fc_steady_change(y, 1, 1, scratch) == 0);
}

/* Seasonal walks in which all fall to half at periods 10 to 8 from the end. */
static void falls(gsl_rng *rng, size_t i, double *y, size_t n)
{
    double level = 100 + 10 * (double)(i % 7);
    for (size_t t = 0; t < n; t++) {
        level += gsl_ran_gaussian(rng, 1);
        y[t] = level + 20 * ((t + i) % 12 == 0);
        if (n - t == 10 || n - t == 9 || n - t == 8)
            y[t] /= 2;
    }
}

/* All go up or down by five times their change and stay there. */
static void shifts(gsl_rng *rng, size_t i, double *y, size_t n)
{
    double level = 100;
    for (size_t t = 0; t < n; t++) {
        level += gsl_ran_gaussian(rng, 1);
        y[t] = level;
        if (n - t <= 18)
            y[t] += i % 2 ? 40 : -40;
    }
}

static struct fc_breaks breaks_of(const struct simulated *s, int season)
{
    struct fc_breaks breaks;
    assert_int_equal(fc_find_breaks(s->series, s->n, season, &breaks, NULL),
                     FC_OK);
    return breaks;
}

static void a_shared_fall_is_found_and_mended(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(30, 72, 0, falls);
    struct fc_breaks b = breaks_of(&s, 12);
    assert_int_equal(b.n, 1);
    assert_int_equal(b.at[0].first, 10);
    assert_int_equal(b.at[0].last, 8);
    assert_true(b.at[0].over);
    assert_int_equal((int)fc_before_break(&b, 54, 72), 18);
    for (size_t i = 0; i < s.n; i++) {
        double *y = s.y + i * 72, before[72];
        memcpy(before, y, sizeof before);
        assert_true(fc_heal(y, 72, 12, &b, scratch));
        for (size_t t = 0; t < 72; t++)
            if (t < 62 || t > 64)
                assert_true(y[t] == before[t]);
            else /* as a walk of 13 steps, and of the three beside, may be */
                assert_true(fabs(y[t] - 2 * before[t]) < 5 * sqrt(13));
        assert_false(fc_heal(y, 72, 12, &b, scratch));
    }
    release_simulated(&s);
}

static void a_shift_is_not_over(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(30, 72, 0, shifts);
    struct fc_breaks b = breaks_of(&s, 12);
    assert_int_equal(b.n, 1);
    assert_int_equal(b.at[0].first, 18);
    assert_false(b.at[0].over);
    /* from before it, what is behind it cannot be told */
    assert_int_equal((int)fc_before_break(&b, 50, 72), 4);
    assert_int_equal((int)fc_before_break(&b, 54, 72), 0);
    assert_int_equal((int)fc_before_break(&b, 55, 72), 17);
    double *y = s.y, before[72];
    memcpy(before, y, sizeof before);
    assert_false(fc_heal(y, 72, 12, &b, scratch));
    assert_memory_equal(before, y, sizeof before);
    release_simulated(&s);
}

/* All go down by six median changes, of which two and a half remain. */
static void shifts_that_wane(gsl_rng *rng, size_t i, double *y, size_t n)
{
    noise(rng, i, y, n);
    for (size_t ago = 1; ago <= 5; ago++)
        y[n - ago] -= ago > 2 ? 60 : 25;
}

static void a_shift_that_wanes_is_not_over(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(60, 72, 0, shifts_that_wane);
    struct fc_breaks b = breaks_of(&s, 12);
    assert_int_equal(b.n, 1);
    assert_int_equal(b.at[0].first, 5);
    assert_int_equal(b.at[0].last, 1);
    assert_false(b.at[0].over);
    /* in either of its ends a series may share it */
    double y[60] = {0};
    for (int t = 0; t < 60; t++)
        y[t] = t * t % 7;
    assert_false(fc_shares_break(y, 60, 12, &b.at[0], scratch));
    y[59] += 100;
    assert_true(fc_shares_break(y, 60, 12, &b.at[0], scratch));
    y[59] -= 100;
    y[55] += 100;
    assert_true(fc_shares_break(y, 60, 12, &b.at[0], scratch));
    release_simulated(&s);
}

/* The change a season after a fall is none of its own: it is mended once, from
 * the earliest on. */
static void the_echo_of_a_fall_is_left_alone(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(60, 72, 0, noise);
    for (size_t i = 0; i < s.n; i++)
        s.y[i * 72 + 50] = s.y[i * 72 + 51] = 20;
    struct fc_breaks b = breaks_of(&s, 12);
    assert_int_equal(b.n, 2);
    assert_int_equal(b.at[0].first, 10);
    assert_int_equal(b.at[1].first, 22);
    for (size_t i = 0; i < s.n; i++) {
        double *y = s.y + i * 72, before[72];
        memcpy(before, y, sizeof before);
        assert_true(fc_heal(y, 72, 12, &b, scratch));
        assert_true(fabs(y[50] - 100) < 60 && fabs(y[51] - 100) < 60);
        /* a series may share what is left of the echo by chance, but it has
           no change of its size */
        assert_true(fabs(y[62] - 100) < 60 && fabs(y[63] - 100) < 60);
    }
    release_simulated(&s);
}

/* All go up or down in the last three periods, or the last four. */
static void falls_at_last(gsl_rng *rng, size_t i, double *y, size_t n)
{
    shifts(rng, i, y, n);
    for (size_t t = n - 18; t < n - 3; t++)
        y[t] -= i % 2 ? 40 : -40;
}

static void of_the_last_periods_nothing_is_known(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(30, 72, 0, falls_at_last);
    assert_int_equal(breaks_of(&s, 12).n, 0);
    for (size_t i = 0; i < s.n; i++)
        s.y[i * 72 + 68] += i % 2 ? 40 : -40;
    struct fc_breaks b = breaks_of(&s, 12);
    assert_int_equal(b.n, 1);
    assert_int_equal(b.at[0].first, 4);
    assert_false(b.at[0].over);
    release_simulated(&s);
}

/* Of fewer than half of the series it is no break; nor of a few series. */
static void a_break_is_a_matter_of_the_majority(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(50, 72, 0, shifts);
    struct simulated others = simulate_batch(26, 72, 0, random_walk);
    memcpy(s.y, others.y, 26 * 72 * sizeof *s.y);
    assert_int_equal(breaks_of(&s, 12).n, 0);
    s.n = 19;
    s.series += 26;
    assert_int_equal(breaks_of(&s, 12).n, 0);
    s.series -= 26;
    release_simulated(&s);
    release_simulated(&others);
}

/* Of periods that fewer than half of the series have nothing is said. */
static void a_break_of_a_few_long_series_is_none(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(60, 100, 0, noise);
    for (size_t i = 0; i < s.n; i++)
        for (size_t t = 40; t < 43; t++)
            s.y[i * 100 + t] = 20;
    struct fc_breaks b = breaks_of(&s, 12);
    assert_true(b.n > 0);
    assert_int_equal(b.at[b.n - 1].first, 60);
    for (size_t i = 25; i < s.n; i++) {
        s.series[i].y += 60;
        s.series[i].n = 40;
    }
    assert_int_equal(breaks_of(&s, 12).n, 0);
    release_simulated(&s);
}

/* Of the three periods after a fall those count for which the season before is
 * before it. */
static void a_fall_of_eleven_months_is_mended(void **state)
{
    (void)state;
    static const struct fc_breaks fall = {1, {{20, 10, true}}};
    double y[60], usual[60];
    for (size_t t = 0; t < 60; t++) {
        usual[t] = y[t] = 100 + (double)(t % 12) + 6 * (double)(t / 12);
        if (t >= 40 && t <= 50)
            y[t] /= 2;
    }
    assert_true(fc_heal(y, 60, 12, &fall, scratch));
    for (size_t t = 0; t < 60; t++)
        assert_near(y[t], usual[t], 1e-12);
}

static void ordinary_batches_have_no_breaks(void **state)
{
    (void)state;
    static void (*const laws[])(gsl_rng *, size_t, double *,
                                size_t) = {random_walk, seasonal, cycles};
    for (size_t i = 0; i < 3; i++)
        for (int season = 1; season <= 12; season += 11) {
            struct simulated s = simulate_batch(60, 72, 0, laws[i]);
            assert_int_equal(breaks_of(&s, season).n, 0);
            release_simulated(&s);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_as_described),
        cmocka_unit_test(a_spike_does_not_make_the_scale),
        cmocka_unit_test(a_shared_fall_is_found_and_mended),
        cmocka_unit_test(a_shift_is_not_over),
        cmocka_unit_test(a_shift_that_wanes_is_not_over),
        cmocka_unit_test(the_echo_of_a_fall_is_left_alone),
        cmocka_unit_test(of_the_last_periods_nothing_is_known),
        cmocka_unit_test(a_break_is_a_matter_of_the_majority),
        cmocka_unit_test(a_break_of_a_few_long_series_is_none),
        cmocka_unit_test(a_fall_of_eleven_months_is_mended),
        cmocka_unit_test(ordinary_batches_have_no_breaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
