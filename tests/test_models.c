/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every model of the table owes, whatever it computes: finite numbers or
 * an error with a reason, on any series.
 */
#include "tests/check.h"

#include "forecast/models.h"
#include "forecast/run/batch.h"

enum { HORIZON = 9, LEVELS = 3, LONGEST = 60 };

static const double levels[LEVELS] = {50, 95, 99.9};

/* A reproducible number in [0, 1). */
static double noise(size_t t)
{
    return fmod(fabs(sin((double)t * 12.9898 + 4.1) * 43758.5453), 1);
}

static double wave(size_t t)
{
    return sin(2 * 3.14159265358979 * (double)t / 12);
}

static double trend_and_season(size_t t)
{
    return 100 + (double)t + 20 * wave(t) + 5 * noise(t);
}

static double constant(size_t t)
{
    (void)t;
    return 42.5;
}

static double zero(size_t t)
{
    (void)t;
    return 0;
}

static double line(size_t t)
{
    return 3 * (double)t - 7;
}

static double negative(size_t t)
{
    return -trend_and_season(t);
}

static double counts(size_t t)
{
    return noise(t) < 0.8 ? 0 : floor(5 * noise(t + 1000));
}

static double explosion(size_t t)
{
    return exp(0.4 * (double)t);
}

static double step(size_t t)
{
    return t < 20 ? 1 : 1e6;
}

static double one_outlier(size_t t)
{
    return t == 17 ? 1e9 : noise(t);
}

static double exact_season(size_t t)
{
    return (double)(t % 12);
}

static double rounding(size_t t)
{
    return 1e12 + noise(t) * 1e-4; /* variation near the last digit */
}

static double (*const shapes[])(size_t t) = {
    trend_and_season, constant, zero,        line,         negative, counts,
    explosion,        step,     one_outlier, exact_season, rounding,
};

static const double scales[] = {1, 1e-9, 1e12, -1};
static const int seasons[] = {1, 4, 12, 24};

struct arena {
    struct fc_workspace *ws;
    double mean[HORIZON], lo[LEVELS * HORIZON], hi[LEVELS * HORIZON];
    struct fc_forecast out;
};

static void arena_init(struct arena *a)
{
    a->ws = fc_workspace_new();
    a->out =
        (struct fc_forecast){HORIZON, LEVELS, levels, a->mean, a->lo, a->hi};
}

/* Fits and forecasts; checks that the outcome is one a batch can use. */
static enum fc_status try(const char *name, const double *y, size_t n,
                          int season, struct arena *a)
{
    struct fc_spec spec = {.season_length = season, .seed = 1};
    struct fc_series series = {"series", y, n};
    struct fc_fit fit;
    struct fc_error err = {.code = FC_OK};
    assert_int_equal(fc_model_parse(name, strlen(name), &spec, &err), FC_OK);
    fc_workspace_reset(a->ws);
    enum fc_status status = fc_model_fit(&series, &spec, a->ws, &fit, &err);
    if (status == FC_OK)
        status = fc_model_predict(&fit, a->ws, &a->out, &err);
    if (status != FC_OK) {
        assert_int_equal(err.code, status);
        assert_true(strlen(err.msg) > 5);
        return status;
    }
    assert_true(strlen(fit.spec) > 0);
    for (int i = 0; i < LEVELS * HORIZON; i++)
        if (!(a->lo[i] <= a->hi[i]))
            fail_msg("%s, n = %zu, m = %d: interval %d is [%g, %g]", name, n,
                     season, i, a->lo[i], a->hi[i]);
    for (int h = 0; h < HORIZON; h++)
        assert_true(isfinite(a->mean[h]));
    return status;
}

/* The models a series of this length and shape may be too much for. */
static bool may_fail(const struct fc_model *model, const struct fc_spec *spec,
                     size_t n)
{
    return n < model->min_obs(spec);
}

static void every_model_gives_finite_numbers_on_any_series(void **state)
{
    (void)state;
    static const size_t lengths[] = {1, 2, 3, 4, 5, 7, 12, 13, 25, LONGEST};
    const struct fc_model *model;
    struct arena a;
    double y[LONGEST];
    arena_init(&a);
    for (size_t i = 0; (model = fc_model_at(i)) != NULL; i++)
        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
            for (size_t c = 0; c < sizeof scales / sizeof *scales; c++)
                for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++)
                    for (size_t m = 0; m < sizeof seasons / sizeof *seasons;
                         m++) {
                        struct fc_spec spec = {.season_length = seasons[m]};
                        for (size_t t = 0; t < lengths[k]; t++)
                            y[t] = shapes[s](t) * scales[c];
                        enum fc_status status =
                            try(model->name, y, lengths[k], seasons[m], &a);
                        /* a multiplicative season needs positive data and a
                           few of them; everything else must work */
                        if (status != FC_OK
                            && !may_fail(model, &spec, lengths[k])
                            && strcmp(model->name, "hw-mul") != 0
                            && strcmp(model->name, "hw") != 0)
                            fail_msg("%s fails on shape %zu, scale %g, n = "
                                     "%zu, m = %d",
                                     model->name, s, scales[c], lengths[k],
                                     seasons[m]);
                    }
    fc_workspace_free(a.ws);
}

static void a_constant_is_forecast_by_itself(void **state)
{
    (void)state;
    const struct fc_model *model;
    struct arena a;
    double y[LONGEST];
    arena_init(&a);
    for (size_t t = 0; t < LONGEST; t++)
        y[t] = 42.5;
    for (size_t i = 0; (model = fc_model_at(i)) != NULL; i++) {
        assert_int_equal(try(model->name, y, LONGEST, 12, &a), FC_OK);
        for (int h = 0; h < HORIZON; h++)
            assert_near(a.mean[h], 42.5, 1e-6);
    }
    fc_workspace_free(a.ws);
}

static void scaling_the_series_scales_the_forecasts(void **state)
{
    (void)state;
    const struct fc_model *model;
    struct arena a, b;
    double y[LONGEST], scaled[LONGEST];
    arena_init(&a);
    arena_init(&b);
    for (size_t t = 0; t < LONGEST; t++) {
        y[t] = trend_and_season(t);
        scaled[t] = 1024 * y[t]; /* a power of two: exact */
    }
    for (size_t i = 0; (model = fc_model_at(i)) != NULL; i++) {
        assert_int_equal(try(model->name, y, LONGEST, 12, &a), FC_OK);
        assert_int_equal(try(model->name, scaled, LONGEST, 12, &b), FC_OK);
        for (int h = 0; h < HORIZON; h++)
            assert_near(b.mean[h], 1024 * a.mean[h], 1e-4);
    }
    fc_workspace_free(a.ws);
    fc_workspace_free(b.ws);
}

/* Sets a workspace's memory to the value, and gives it back. */
static void fill_scratch(struct fc_workspace *ws, double value)
{
    enum { MANY = 1 << 17 };
    fc_workspace_reset(ws);
    double *scratch = fc_workspace_doubles(ws, MANY);
    assert_non_null(scratch);
    for (size_t i = 0; i < MANY; i++)
        scratch[i] = value;
    fc_workspace_reset(ws);
}

/* A path in place of the bounds, which are others for every model. */
static void draw_one_path(const struct fc_fit *fit, struct arena *a)
{
    struct fc_error err;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    assert_non_null(rng);
    assert_int_equal(
        fit->model->simulate(fit, HORIZON, rng, a->ws, a->lo, &err), FC_OK);
    gsl_rng_free(rng);
}

/* Numbers a fit leaves: forecasts and bounds, or a path if that is asked. */
static enum fc_status numbers_after(double left, const char *name, int season,
                                    bool path, struct arena *a)
{
    struct fc_spec spec = {.season_length = season, .seed = 1};
    struct fc_series series;
    struct fc_fit fit;
    struct fc_error err;
    double y[60];
    for (size_t t = 0; t < 60; t++)
        y[t] = trend_and_season(t);
    series = (struct fc_series){"series", y, 60};
    memset(a->mean, 0, sizeof a->mean);
    memset(a->lo, 0, sizeof a->lo);
    memset(a->hi, 0, sizeof a->hi);
    fill_scratch(a->ws, left);
    assert_int_equal(fc_model_parse(name, strlen(name), &spec, &err), FC_OK);
    enum fc_status status = fc_model_fit(&series, &spec, a->ws, &fit, &err);
    if (status == FC_OK && !path)
        status = fc_model_predict(&fit, a->ws, &a->out, &err);
    else if (status == FC_OK && fit.model->simulate != NULL)
        draw_one_path(&fit, a);
    return status;
}

static void check_traceless(const char *name, int season, struct arena *a,
                            struct arena *b)
{
    for (int path = 0; path < 2; path++) {
        enum fc_status first = numbers_after(0, name, season, path, a);
        enum fc_status second = numbers_after(NAN, name, season, path, b);
        assert_int_equal(first, second);
        if (memcmp(a->mean, b->mean, sizeof a->mean) != 0
            || memcmp(a->lo, b->lo, sizeof a->lo) != 0
            || memcmp(a->hi, b->hi, sizeof a->hi) != 0)
            fail_msg("%s, m = %d: %s depend on what the scratch held", name,
                     season, path ? "paths" : "forecasts");
    }
}

static void what_scratch_held_leaves_no_trace(void **state)
{
    (void)state;
    static const char *const variants[] = {
        "ets:MMN", "ets:MMdN", "ets:MMM", "ets:MAN", "ets:ANN", "ets:AAdA",
    };
    struct arena a, b;
    const struct fc_model *model;
    arena_init(&a);
    arena_init(&b);
    for (size_t i = 0; (model = fc_model_at(i)) != NULL; i++)
        for (int season = 1; season <= 12; season += 11)
            check_traceless(model->name, season, &a, &b);
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
        check_traceless(variants[i], 4, &a, &b);
    fc_workspace_free(a.ws);
    fc_workspace_free(b.ws);
}

static void a_batch_is_the_same_on_any_number_of_threads(void **state)
{
    (void)state;
    enum { N = 24 };
    static double y[N][LONGEST];
    static char ids[N][8];
    struct fc_series series[N];
    struct fc_spec specs[40], fallback = {.season_length = 12, .seed = 7};
    struct fc_error err;
    const struct fc_model *model;
    size_t nspecs = 0;
    for (size_t i = 0; i < N; i++) {
        size_t n = 6 + i * 54 / (N - 1);
        for (size_t t = 0; t < n; t++)
            y[i][t] = shapes[i % (sizeof shapes / sizeof *shapes)](t + i);
        y[i][n / 2] = i % 3 == 0 ? NAN : y[i][n / 2];
        snprintf(ids[i], sizeof ids[i], "s%zu", i);
        series[i] = (struct fc_series){ids[i], y[i], n};
    }
    assert_int_equal(fc_model_parse("naive", 5, &fallback, &err), FC_OK);
    for (; (model = fc_model_at(nspecs)) != NULL && nspecs < 40; nspecs++)
        specs[nspecs] =
            (struct fc_spec){.model = model, .season_length = 12, .seed = 7};
    struct fc_batch one = {.series = series,
                           .n = N,
                           .specs = specs,
                           .nspecs = nspecs,
                           .fallback = &fallback,
                           .horizon = HORIZON,
                           .nlevels = LEVELS,
                           .levels = levels,
                           .want_told = true,
                           .jobs = 1};
    struct fc_batch many = one;
    many.jobs = 5;
    assert_int_equal(fc_batch_run(&one, &err), FC_OK);
    assert_int_equal(fc_batch_run(&many, &err), FC_OK);
    for (size_t i = 0; i < N * nspecs; i++) {
        assert_int_equal(one.results[i].outcome, many.results[i].outcome);
        assert_int_not_equal(one.results[i].outcome, FC_OUTCOME_FAILED);
        assert_string_equal(one.told[i].spec, many.told[i].spec);
        assert_memory_equal(fc_batch_forecast(&one, i).mean,
                            fc_batch_forecast(&many, i).mean,
                            HORIZON * (1 + 2 * LEVELS) * sizeof(double));
    }
    fc_batch_release(&one);
    fc_batch_release(&many);
}

/* A batch of one series, run for so many steps. */
static struct fc_batch run_one(const struct fc_series *series,
                               const char *model, int horizon)
{
    static struct fc_spec spec;
    struct fc_error err = {0};
    spec = (struct fc_spec){.season_length = 12, .seed = 7};
    assert_int_equal(fc_model_parse(model, strlen(model), &spec, &err), FC_OK);
    struct fc_batch batch = {.series = series,
                             .n = 1,
                             .specs = &spec,
                             .nspecs = 1,
                             .horizon = horizon,
                             .nlevels = LEVELS,
                             .levels = levels,
                             .jobs = 1};
    if (fc_batch_run(&batch, &err) != FC_OK
        || batch.results[0].outcome != FC_OUTCOME_OK)
        fail_msg("%s: %s", model, err.msg);
    return batch;
}

/* A series without its last values, and with NaN in their place. */
static void check_missing_end(const struct fc_model *model, const double *y)
{
    enum { LATE = 5 };
    double cut[LONGEST];
    for (size_t t = 0; t < LONGEST; t++)
        cut[t] = t < LONGEST - LATE ? y[t] : NAN;
    struct fc_series open = {"s", cut, LONGEST}, own = {"s", y, LONGEST - LATE};
    struct fc_batch late = run_one(&open, model->name, HORIZON);
    struct fc_batch early = run_one(&own, model->name, HORIZON + LATE);
    struct fc_forecast a = fc_batch_forecast(&late, 0),
                       b = fc_batch_forecast(&early, 0);
    for (int h = 0; h < HORIZON; h++) {
        assert_near(a.mean[h], b.mean[h + LATE], 0);
        for (int i = 0; i < LEVELS; i++) {
            size_t from = (size_t)(i * (HORIZON + LATE) + h + LATE);
            assert_near(a.lo[i * HORIZON + h], b.lo[from], 0);
            assert_near(a.hi[i * HORIZON + h], b.hi[from], 0);
        }
    }
    fc_batch_release(&late);
    fc_batch_release(&early);
}

static void a_missing_end_is_forecast_as_well(void **state)
{
    (void)state;
    double y[LONGEST];
    const struct fc_model *model;
    for (size_t t = 0; t < LONGEST; t++)
        y[t] = trend_and_season(t);
    for (size_t i = 0; (model = fc_model_at(i)) != NULL; i++)
        if (model->learn == NULL) /* for another horizon it learns anew */
            check_missing_end(model, y);

    /* a random walk's, in closed form: 0, 1, 0, 1, ... has sigma = 1 */
    for (size_t t = 0; t < LONGEST; t++)
        y[t] = t < 40 ? (double)(t % 2) : NAN;
    struct fc_series open = {"s", y, LONGEST};
    struct fc_batch batch = run_one(&open, "naive", HORIZON);
    struct fc_forecast f = fc_batch_forecast(&batch, 0);
    for (int h = 0; h < HORIZON; h++) {
        assert_near(f.mean[h], 1, 0);
        assert_near(f.hi[HORIZON + h], 1 + 1.959963984540054 * sqrt(20 + h + 1),
                    1e-12);
    }
    fc_batch_release(&batch);
    batch = run_one(&open, "auto", HORIZON);
    fc_batch_release(&batch);
}

/* Fits and forecasts; mean has HORIZON values. */
static struct fc_fit fit_like(const char *name, int season,
                              const struct fc_series *series,
                              const struct fc_fit *similar, struct arena *a)
{
    struct fc_spec spec = {
        .season_length = season, .seed = 1, .similar = similar};
    struct fc_fit fit;
    struct fc_error err;
    assert_int_equal(fc_model_parse(name, strlen(name), &spec, &err), FC_OK);
    assert_int_equal(fc_model_fit(series, &spec, a->ws, &fit, &err), FC_OK);
    assert_int_equal(fc_model_predict(&fit, a->ws, &a->out, &err), FC_OK);
    return fit;
}

/* One start does for a similar series what many do for given orders. */
static void assert_as_likely_as_named(const struct fc_fit *fit,
                                      const struct fc_fit *similar,
                                      struct fc_workspace *ws)
{
    struct fc_spec spec = {.model = fit->model,
                           .season_length = fit->season_length,
                           .has_variant = true,
                           .seed = 1};
    struct fc_fit named;
    memcpy(spec.variant, similar->order, sizeof spec.variant);
    assert_int_equal(fc_model_fit(fit->series, &spec, ws, &named, NULL), FC_OK);
    assert_string_equal(named.spec, fit->spec);
    if (isfinite(named.loglik))
        assert_true(fit->loglik > named.loglik - 0.05);
}

/*
 * Begun where the search of the same series has ended, a fit stays there; of
 * the series without its end it keeps the form.
 */
static void a_similar_fit_is_where_estimation_starts(void **state)
{
    (void)state;
    static const char *const names[] = {"ets", "arima", "ces"};
    static double (*const sorts[])(size_t) = {trend_and_season, line, counts};
    static const int season[] = {12, 1};
    double y[LONGEST], mean[HORIZON];
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < 3; i++)
        for (size_t s = 0; s < 3; s++)
            for (size_t m = 0; m < 2; m++) {
                struct fc_series series = {"a", y, LONGEST};
                for (size_t t = 0; t < LONGEST; t++)
                    y[t] = sorts[s](t);
                fc_workspace_reset(a.ws);
                struct fc_fit whole =
                    fit_like(names[i], season[m], &series, NULL, &a);
                memcpy(mean, a.mean, sizeof mean);
                struct fc_fit again =
                    fit_like(names[i], season[m], &series, &whole, &a);
                assert_string_equal(again.spec, whole.spec);
                for (int h = 0; h < HORIZON; h++)
                    if (fabs(a.mean[h] - mean[h]) > 0.01 * (1 + fabs(mean[h])))
                        fail_msg("%s, sort %zu, m = %d: %g is not %g at %d",
                                 names[i], s, season[m], a.mean[h], mean[h], h);
                series.n -= HORIZON;
                again = fit_like(names[i], season[m], &series, &whole, &a);
                assert_string_equal(again.spec, whole.spec);
                if (whole.model == fc_model_find("arima"))
                    assert_as_likely_as_named(&again, &whole, a.ws);
            }
    fc_workspace_free(a.ws);
}

/* A form that the shorter series cannot have is searched for again. */
static void a_similar_fit_that_is_too_much_is_no_hindrance(void **state)
{
    (void)state;
    static const char *const names[] = {"ets", "arima", "ces"};
    double y[LONGEST];
    struct arena a;
    arena_init(&a);
    for (size_t t = 0; t < LONGEST; t++)
        y[t] = trend_and_season(t);
    for (size_t i = 0; i < 3; i++) {
        struct fc_series whole = {"a", y, LONGEST}, part = whole;
        fc_workspace_reset(a.ws);
        struct fc_fit fit = fit_like(names[i], 12, &whole, NULL, &a);
        for (part.n = 1; part.n <= 26; part.n++) {
            struct fc_fit kept = fit_like(names[i], 12, &part, &fit, &a);
            struct fc_fit own = fit_like(names[i], 12, &part, NULL, &a);
            if (i != 1 && part.n < 24) /* no season in less than two */
                assert_string_equal(kept.spec, own.spec);
        }
        part.n = 40;
        struct fc_fit other = fit_like(names[i], 4, &part, &fit, &a);
        assert_string_equal(other.spec,
                            fit_like(names[i], 4, &part, NULL, &a).spec);
    }
    fc_workspace_free(a.ws);
}

static void unknown_models_and_variants_are_named(void **state)
{
    (void)state;
    struct fc_spec spec = {0};
    struct fc_error err;
    assert_int_equal(fc_model_parse("etz", 3, &spec, &err), FC_EINVAL);
    assert_non_null(strstr(err.msg, "'etz'"));
    assert_int_equal(fc_model_parse("naive:x", 7, &spec, &err), FC_EINVAL);
    assert_non_null(strstr(err.msg, "no variants"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_model_gives_finite_numbers_on_any_series),
        cmocka_unit_test(a_constant_is_forecast_by_itself),
        cmocka_unit_test(scaling_the_series_scales_the_forecasts),
        cmocka_unit_test(what_scratch_held_leaves_no_trace),
        cmocka_unit_test(a_missing_end_is_forecast_as_well),
        cmocka_unit_test(a_batch_is_the_same_on_any_number_of_threads),
        cmocka_unit_test(a_similar_fit_is_where_estimation_starts),
        cmocka_unit_test(a_similar_fit_that_is_too_much_is_no_hindrance),
        cmocka_unit_test(unknown_models_and_variants_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
