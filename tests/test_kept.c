/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is kept of a fit: another fit that starts from it is the one that starts
 * from the fit itself, and numbers that make no sense are refused.
 */
#include "tests/check.h"

#include "forecast/kept.h"
#include "forecast/models.h"
#include "tests/series.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH = 72, MORE = 2, SEASON = 12, HORIZON = 6 };

static double y[LENGTH + MORE];

static void make_values(void)
{
    for (int t = 0; t < LENGTH + MORE; t++)
        y[t] = 200 + t + 30 * sin(t * 0.5235987755982988)
               + (t * 7919 % 101) / 10.0;
}

static struct fc_series first(size_t n)
{
    return (struct fc_series){
        .id = "a", .y = y, .n = n, .seasons = season_of(SEASON)};
}

static struct fc_fit fit_of(const struct fc_series *series,
                            const struct fc_spec *spec,
                            const struct fc_fit *similar,
                            struct fc_workspace *ws)
{
    struct fc_request request = {
        .spec = spec, .horizon = HORIZON, .seed = 1, .similar = similar};
    struct fc_fit fit;
    struct fc_error err;
    if (fc_model_fit(series, &request, ws, &fit, &err) != FC_OK)
        fail_msg("%s: %s", spec->model->name, err.msg);
    return fit;
}

static void same_forecasts(const struct fc_fit *a, const struct fc_fit *b,
                           struct fc_workspace *ws)
{
    double one[HORIZON], two[HORIZON];
    struct fc_forecast f = fc_forecast_over(HORIZON, 0, NULL, one);
    struct fc_forecast g = fc_forecast_over(HORIZON, 0, NULL, two);
    assert_int_equal(fc_model_predict(a, ws, &f, NULL), FC_OK);
    assert_int_equal(fc_model_predict(b, ws, &g, NULL), FC_OK);
    assert_memory_equal(one, two, sizeof one);
    assert_string_equal(a->spec, b->spec);
}

/* Without what is not kept. */
static void strip(struct fc_fit *fit)
{
    fit->state = NULL;
    fit->nstate = 0;
    for (size_t k = 0; k < fit->nmembers; k++)
        strip(&fit->members[k]);
}

static void go_on(const char *name)
{
    struct fc_spec spec = {.model = fc_model_find(name)};
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_series shorter = first(LENGTH), longer = first(LENGTH + MORE);
    struct fc_fit fit = fit_of(&shorter, &spec, NULL, ws), back;
    struct fc_learned *kept;
    assert_int_equal(fc_fit_keep(&fit, &kept), FC_OK);
    assert_non_null(kept);
    assert_in_range(kept->n * sizeof(double), 1, 1024 + 16 * SEASON);
    assert_int_equal(
        fc_fit_recall(fc_part_of(kept), spec.model, LENGTH, ws, &back), FC_OK);
    strip(&fit);
    struct fc_fit one = fit_of(&longer, &spec, &fit, ws);
    struct fc_fit two = fit_of(&longer, &spec, &back, ws);
    same_forecasts(&one, &two, ws);
    free(kept);
    fc_workspace_free(ws);
}

static void the_next_fit_is_as_from_the_fit_itself(void **state)
{
    (void)state;
    make_values();
    go_on("ets");
    go_on("arima");
    go_on("ces");
    go_on("scum");
    go_on("auto");
}

static void models_without_a_choice_keep_nothing(void **state)
{
    (void)state;
    make_values();
    struct fc_spec spec = {.model = fc_model_find("snaive")};
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_series series = first(LENGTH);
    struct fc_fit fit = fit_of(&series, &spec, NULL, ws);
    struct fc_learned *kept;
    assert_int_equal(fc_fit_keep(&fit, &kept), FC_OK);
    assert_null(kept);
    fc_workspace_free(ws);
}

/* Of a series that began elsewhere, the states at its beginning are not used:
   the likelihood is about as high as that of a search. */
static void a_moved_series_has_its_own_beginning(void **state)
{
    (void)state;
    make_values();
    struct fc_spec spec = {.model = fc_model_find("ets")};
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_series whole = first(LENGTH), moved = first(LENGTH - 5);
    moved.y += 5;
    struct fc_fit fit = fit_of(&whole, &spec, NULL, ws), back;
    struct fc_fit searched = fit_of(&moved, &spec, NULL, ws);
    struct fc_learned *kept;
    assert_int_equal(fc_fit_keep(&fit, &kept), FC_OK);
    assert_int_equal(fc_fit_recall(fc_part_of(kept), spec.model, 0, ws, &back),
                     FC_OK);
    struct fc_fit warm = fit_of(&moved, &spec, &back, ws);
    assert_true(warm.aicc < searched.aicc + 2);
    free(kept);
    fc_workspace_free(ws);
}

/* A season all the time, and growth from a certain value on. */
static void then_grow(double *grown, size_t n, size_t from)
{
    for (size_t t = 0; t < n; t++)
        grown[t] = 200 + 30 * sin((double)t * 0.5235987755982988)
                   + (double)(t * 7919 % 101) / 10
                   + (t > from ? 4 * (double)(t - from) : 0);
}

/* Noise, and from a certain value on a season and growth: nothing of the form
   remains but its kind of errors. */
static void then_both(double *both, size_t n, size_t from)
{
    for (size_t t = 0; t < n; t++) {
        double steps = t > from ? (double)(t - from) : 0;
        both[t] = 200 + (double)(t * 7919 % 101) / 10 + 5 * steps
                  + (t > from ? 40 * sin((double)t * 0.5235987755982988) : 0);
    }
}

/* Noise, uniform, and from a certain value on waves that it makes. */
static void then_wave(double *waves, size_t n, size_t from)
{
    uint32_t seed = 7;
    for (size_t t = 0; t < n; t++) {
        seed = seed * 1664525U + 1013904223U;
        waves[t] = 100 + 10 * (seed / 4294967296.0 - 0.5);
        if (t > from)
            waves[t] += 1.2 * (waves[t - 1] - 100) - 0.5 * (waves[t - 2] - 100);
    }
}

/* Where the form or the orders must become others they do, and are about as
   good as if nothing had been known. */
static void search_again(const char *name,
                         void (*make)(double *, size_t, size_t))
{
    enum { GROWN = LENGTH + 48 };
    double grown[GROWN];
    struct fc_spec spec = {.model = fc_model_find(name)};
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_series before = first(LENGTH), now = first(GROWN);
    struct fc_fit again;
    struct fc_error err;
    make(grown, GROWN, LENGTH);
    before.y = now.y = grown;
    struct fc_fit fit = fit_of(&before, &spec, NULL, ws);
    struct fc_fit searched = fit_of(&now, &spec, NULL, ws);
    strip(&fit);
    struct fc_request request = {.spec = &spec,
                                 .horizon = HORIZON,
                                 .seed = 1,
                                 .similar = &fit,
                                 .again = true};
    assert_int_equal(fc_model_fit(&now, &request, ws, &again, &err), FC_OK);
    if (!(again.aicc < searched.aicc + 0.1)
        || strcmp(again.spec, fit.spec) == 0)
        fail_msg("%s: %s -> %s %g, searched %s %g", name, fit.spec, again.spec,
                 again.aicc, searched.spec, searched.aicc);
    fc_workspace_free(ws);
}

static void a_search_again_finds_other_forms(void **state)
{
    (void)state;
    search_again("ets", then_grow);
    search_again("ets", then_both);
    search_again("arima", then_wave);
}

/* A slope that noise hides for as long as there are few values. */
static void then_rise(double *rising, size_t n, uint32_t seed)
{
    double level = 500;
    for (size_t t = 0; t < n; t++) {
        double noise[2];
        for (int i = 0; i < 2; i++) {
            seed = seed * 1664525U + 1013904223U;
            noise[i] = seed / 4294967296.0 - 0.5;
        }
        level += 2 + 20 * noise[0];
        rising[t] = level + 20 * noise[1];
    }
}

/* A fit that went on from night to night, against that of a search. */
static void follow(const double *values, size_t from, size_t until, int m,
                   bool (*is_astray)(const struct fc_fit *warm,
                                     const struct fc_fit *searched),
                   int *astray)
{
    struct fc_spec spec = {.model = fc_model_find("ets")};
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_series series = {
        .id = "a", .y = values, .n = from, .seasons = season_of(m)};
    struct fc_fit fit = fit_of(&series, &spec, NULL, ws);
    while (series.n < until) {
        series.n++;
        strip(&fit);
        fit = fit_of(&series, &spec, &fit, ws);
    }
    struct fc_fit searched = fit_of(&series, &spec, NULL, ws);
    *astray += is_astray(&fit, &searched);
    fc_workspace_free(ws);
}

static bool lacks_trend(const struct fc_fit *warm,
                        const struct fc_fit *searched)
{
    enum { TREND = 1 };
    return warm->order[TREND] == 0 && searched->order[TREND] != 0;
}

static bool is_lower(const struct fc_fit *warm, const struct fc_fit *searched)
{
    return strcmp(warm->spec, searched->spec) == 0
           && warm->loglik < searched->loglik - 0.1;
}

enum { SERIES = 100, VALUES = 52 };

/* From night to night, and never searched for by turn. */
static void a_trend_that_comes_to_light_is_seen(void **state)
{
    static const struct {
        int m;
        size_t from, until;
    } cases[] = {{4, 16, 26}, {1, 12, 20}, {1, 40, VALUES}};
    double rising[VALUES];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int missed = 0;
        for (uint32_t seed = 1; seed <= SERIES; seed++) {
            then_rise(rising, cases[i].until, seed * 7919);
            follow(rising, cases[i].from, cases[i].until, cases[i].m,
                   lacks_trend, &missed);
        }
        if (missed > SERIES / 20)
            fail_msg("season %d: %d of %d trends are not seen", cases[i].m,
                     missed, SERIES);
    }
}

/* Two of the M3 competition's quarterly series. */
static void short_series_leave_a_lower_maximum(void **state)
{
    static const double n0698[] = {
        5032,   5240,   5412,   5447.5, 5653.5, 5716, 5606,   5178,   5578.5,
        5659.5, 5806,   4745,   5000.5, 5135.5, 5362, 5496,   5446.5, 5647,
        5386,   5672.5, 5775.5, 5894.5, 5871.5, 5358, 5257.5, 5226,   4985.5};
    static const double n0794[] = {4109,   4419.5, 4139.5, 4248,   3186,
                                   3533.5, 3492.5, 3490.5, 3748.5, 4296,
                                   4447,   4711,   2994.5, 3156,   3364.5,
                                   3672,   3871,   4231,   4500,   4848.5};
    int lower = 0;
    (void)state;
    follow(n0698, 20, 27, 4, is_lower, &lower);
    follow(n0794, 17, 20, 4, is_lower, &lower);
    assert_int_equal(lower, 0);
}

/* The orders of an ARIMA as they are asked for, from how they are called. */
static struct fc_spec orders_of(const struct fc_fit *fit)
{
    int p, d, q, n = 0;
    char text[40];
    struct fc_spec spec = {0};
    struct fc_error err;
    if (sscanf(fit->spec, "ARIMA(%d,%d,%d)%n", &p, &d, &q, &n) != 3
        || (fit->spec[n] != '\0' && fit->spec[n] != ' '))
        fail_msg("%s: not without a season", fit->spec);
    snprintf(text, sizeof text, "arima:%d,%d,%d%s", p, d, q,
             fit->spec[n] == ' ' ? "+c" : "");
    assert_int_equal(fc_model_parse(text, strlen(text), &spec, &err), FC_OK);
    return spec;
}

/*
 * Orders that go on are estimated as nearly as matters: when a value came, to
 * some hundredths of the log-likelihood that they have at most.
 */
static void going_on_reaches_the_maximum(void **state)
{
    enum { MONTHS = LENGTH + 48 };
    double waves[MONTHS];
    struct fc_spec spec = {.model = fc_model_find("arima")};
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_series before = first(MONTHS - 12), now = first(MONTHS);
    (void)state;
    then_wave(waves, MONTHS, 1);
    before.y = now.y = waves;
    struct fc_fit fit = fit_of(&before, &spec, NULL, ws);
    strip(&fit);
    struct fc_fit warm = fit_of(&now, &spec, &fit, ws);
    struct fc_spec named = orders_of(&warm);
    struct fc_fit best = fit_of(&now, &named, NULL, ws);
    assert_string_equal(warm.spec, best.spec);
    assert_true(warm.loglik > best.loglik - 0.02);
    assert_true(warm.loglik < best.loglik + 1e-6);
    fc_workspace_free(ws);
}

static void refused(const char *name, size_t place, double value)
{
    struct fc_spec spec = {.model = fc_model_find(name)};
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_series series = first(LENGTH);
    struct fc_fit fit = fit_of(&series, &spec, NULL, ws), back;
    struct fc_learned *kept;
    assert_int_equal(fc_fit_keep(&fit, &kept), FC_OK);
    kept->values[place] = value;
    if (fc_fit_recall(fc_part_of(kept), spec.model, LENGTH, ws, &back)
        != FC_EDATA)
        fail_msg("%s: number %zu may be %g", name, place, value);
    free(kept);
    fc_workspace_free(ws);
}

static void numbers_without_sense_are_refused(void **state)
{
    enum { SIZE, VERSION, LENGTH_OF_SEASON, UNITS, COUNT, ORDER };
    (void)state;
    make_values();
    for (const char *const *name =
             (const char *const[]){"ets", "arima", "auto", "scum", NULL};
         *name != NULL; name++) {
        refused(*name, SIZE, 3);
        refused(*name, VERSION, 7);
        refused(*name, LENGTH_OF_SEASON, 0);
        refused(*name, LENGTH_OF_SEASON, 1e300);
        refused(*name, UNITS, 0.5);
        refused(*name, COUNT, -1);
        refused(*name, COUNT, 1e6);
    }
    refused("ets", ORDER, 3);      /* an error of no kind */
    refused("ets", ORDER + 5, 55); /* a rival of no form */
    refused("ets", ORDER + 10, 2); /* alpha */
    refused("arima", ORDER, 25);   /* p */
    refused("arima", ORDER, -1);
    refused("arima", ORDER + 1, 4); /* d */
    refused("ces", ORDER, 4);
    refused("auto", ORDER + 10, NAN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_fit_is_as_from_the_fit_itself),
        cmocka_unit_test(models_without_a_choice_keep_nothing),
        cmocka_unit_test(a_moved_series_has_its_own_beginning),
        cmocka_unit_test(a_search_again_finds_other_forms),
        cmocka_unit_test(a_trend_that_comes_to_light_is_seen),
        cmocka_unit_test(short_series_leave_a_lower_maximum),
        cmocka_unit_test(going_on_reaches_the_maximum),
        cmocka_unit_test(numbers_without_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
