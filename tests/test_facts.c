/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What models over all series are told of the calendar.
 */
#define _XOPEN_SOURCE 700 /* gmtime_r */
#include "tests/batches.h"

#include "forecast/global/facts.h"

#include <time.h>

enum { N = 30, DAYS = 500, H = 14 };

static const struct fc_seasons days = {
    .n = 2, .length = {7, 365.25}, .year = 365.25};

/* Days since Monday, 2001-01-01. */
static double first_day(size_t i)
{
    return (double)(13 * i % 365);
}

/* Week and year, with a peak each winter and summer, are common; each series
 * begins when it does. */
static void common_year(gsl_rng *rng, size_t i, double *y, size_t n)
{
    static const double PI = 3.141592653589793;
    double level = 100 * (1 + gsl_rng_uniform(rng));
    for (size_t t = 0; t < n; t++) {
        double day = first_day(i) + (double)t, angle = 2 * PI * day / 365.25;
        y[t] = level * (1 + 0.1 * (fmod(day, 7) < 2))
               * exp(0.3 * cos(angle) + 0.4 * cos(2 * angle)
                     + gsl_ran_gaussian(rng, 0.02));
    }
}

static struct simulated dated_batch(void)
{
    struct simulated s = simulate_batch(N, DAYS, H, common_year);
    for (size_t i = 0; i < s.n; i++) {
        s.series[i].seasons = &days;
        s.series[i].date = (struct fc_date){true, first_day(i)};
    }
    return s;
}

static struct fc_facts choose(const struct simulated *s,
                              const struct fc_seasons *seasons, int horizon)
{
    struct fc_lesson lesson = {
        .series = s->series, .n = s->n, .seasons = seasons, .horizon = horizon};
    struct fc_facts facts;
    assert_int_equal(
        fc_facts_choose(&lesson, &(struct fc_facts_wish){true, true}, &facts),
        FC_OK);
    return facts;
}

/* Angles of weekday and year are those of the C library's calendar, a leap
 * day off at most. */
static void places_are_those_of_the_calendar(void **state)
{
    (void)state;
    static const double PI = 3.141592653589793;
    struct fc_facts facts = {
        .n = 2, .period = {7, 365.25}, .harmonics = {2, 1}};
    double x[6];
    assert_int_equal(fc_facts_size(&facts), 6);
    for (int day = -3000; day < 12000; day += 97) {
        time_t at = ((time_t)day + 11323) * 86400; /* of 1970 */
        struct tm tm;
        assert_non_null(gmtime_r(&at, &tm));
        double week = 2 * PI * ((tm.tm_wday + 6) % 7) / 7;
        double year = 2 * PI * tm.tm_yday / 365.25;
        fc_facts_tell(&facts, day, x);
        assert_near(1 + x[0], 1 + cos(week), 1e-9);
        assert_near(2 + x[1], 2 + sin(week), 1e-9);
        assert_near(2 + x[3], 2 + sin(2 * week), 1e-9);
        assert_true(fabs(x[4] - cos(year)) < 0.02);
        assert_true(fabs(x[5] - sin(year)) < 0.02);
    }
}

static void series_without_dates_or_long_seasons_are_told_nothing(void **state)
{
    (void)state;
    struct simulated s = dated_batch();
    struct fc_seasons week = fc_one_season(7), undated = days;
    struct fc_facts facts = choose(&s, &days, H);
    assert_int_equal(facts.n, 2);
    assert_true(facts.period[0] == 7 && facts.period[1] == 365.25);
    assert_int_equal(facts.nspans, 1);
    assert_int_equal(facts.span[0], 28);
    /* 500 days less what is held back and needed before a window */
    assert_int_equal(choose(&s, &days, 500 - 28 - 365).n, 1);
    assert_int_equal(choose(&s, &week, H).n, 0);
    undated.year = 0;
    assert_int_equal(choose(&s, &undated, H).n, 0);
    s.series[N / 2].date.known = false;
    assert_int_equal(choose(&s, &days, H).n, 0);
    release_simulated(&s);
}

static void facts_come_back_as_they_were_written(void **state)
{
    (void)state;
    struct fc_facts facts = {.n = 2,
                             .period = {7, 365.25},
                             .harmonics = {3, 6},
                             .nspans = 2,
                             .span = {7, 28}},
                    back;
    struct fc_part_writer writer = {0};
    fc_facts_write(&facts, &writer);
    struct fc_learned *block = fc_part_finish(&writer);
    assert_non_null(block);
    assert_true(fc_facts_read(fc_part_of(block), &back));
    assert_memory_equal(&back, &facts, sizeof facts);
    for (size_t i = 2; i < block->n; i++) {
        static const double nonsense[] = {0, -1, 1.5, 1e12, NAN};
        double kept = block->values[i];
        for (size_t k = 0; k < 5; k++) {
            block->values[i] = nonsense[k];
            assert_false(fc_facts_read(fc_part_of(block), &back));
        }
        block->values[i] = kept;
    }
    assert_true(fc_facts_read(fc_part_of(block), &back));
    free(block);
}

/* Mean absolute error, in percent. */
static double error_of(struct simulated *s, const char *model)
{
    struct fc_spec spec = {.model = fc_model_find(model)};
    struct fc_lesson lesson = {.series = s->series,
                               .n = s->n,
                               .seasons = &days,
                               .horizon = H,
                               .seed = 1,
                               .jobs = 2,
                               .means_only = true};
    struct fc_learned *learned = NULL;
    struct fc_workspace *ws = fc_workspace_new();
    double mean[H], sum = 0, n = 0;
    assert_int_equal(spec.model->learn(&lesson, &spec, &learned, NULL), FC_OK);
    assert_non_null(learned);
    for (size_t i = 0; i < s->n; i++) {
        struct fc_request request = {.spec = &spec,
                                     .horizon = H,
                                     .seed = 1,
                                     .learned = fc_part_of(learned)};
        struct fc_forecast out = {.horizon = H, .mean = mean};
        struct fc_fit fit;
        fc_workspace_reset(ws);
        assert_int_equal(fc_model_fit(&s->series[i], &request, ws, &fit, NULL),
                         FC_OK);
        assert_int_equal(fc_model_predict(&fit, ws, &out, NULL), FC_OK);
        for (int h = 0; h < H; h++) {
            double y = s->future[i * H + (size_t)h];
            sum += 100 * fabs(mean[h] - y) / y;
            n++;
        }
    }
    free(learned);
    fc_workspace_free(ws);
    return sum / n;
}

/* Most series have seen the days ahead once or never: others have. */
static void the_year_is_known_from_others(void **state)
{
    (void)state;
    static const char *const models[] = {"pooled", "pooled-log", "network"};
    for (int k = 0; k < 3; k++) {
        struct simulated s = dated_batch();
        double dated = error_of(&s, models[k]);
        for (size_t i = 0; i < s.n; i++)
            s.series[i].date.known = false;
        double undated = error_of(&s, models[k]);
        if (!(dated < 0.7 * undated))
            fail_msg("%s: %.2f%% with dates, %.2f%% without", models[k], dated,
                     undated);
        release_simulated(&s);
    }
}

/* What was learnt by dates is of no use to a series that has none. */
static void without_dates_they_say_why(void **state)
{
    (void)state;
    struct simulated s = dated_batch();
    struct fc_spec spec = {.model = fc_model_find("pooled")};
    struct fc_lesson lesson = {.series = s.series,
                               .n = s.n,
                               .seasons = &days,
                               .horizon = H,
                               .seed = 1,
                               .jobs = 1,
                               .means_only = true};
    struct fc_learned *learned = NULL;
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_error err = {0};
    struct fc_fit fit;
    assert_int_equal(spec.model->learn(&lesson, &spec, &learned, NULL), FC_OK);
    struct fc_request request = {
        .spec = &spec, .horizon = H, .learned = fc_part_of(learned)};
    s.series[0].date.known = false;
    assert_int_equal(fc_model_fit(&s.series[0], &request, ws, &fit, &err),
                     FC_ENOFIT);
    assert_non_null(strstr(err.msg, "dates"));
    free(learned);
    fc_workspace_free(ws);
    release_simulated(&s);
}

/* A series that is cut in front lies where it did. */
static void a_cut_series_stays_in_its_place(void **state)
{
    (void)state;
    struct simulated s = dated_batch();
    struct fc_regressors room;
    struct fc_series late = fc_series_from(&s.series[3], 100, &room);
    assert_true(late.date.known);
    assert_true(late.date.steps == first_day(3) + 100);
    release_simulated(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_those_of_the_calendar),
        cmocka_unit_test(series_without_dates_or_long_seasons_are_told_nothing),
        cmocka_unit_test(facts_come_back_as_they_were_written),
        cmocka_unit_test(the_year_is_known_from_others),
        cmocka_unit_test(without_dates_they_say_why),
        cmocka_unit_test(a_cut_series_stays_in_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
