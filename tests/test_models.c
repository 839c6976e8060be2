/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every model of the table owes, whatever it computes: finite numbers or
 * an error with a reason, on any series.
 */
#include "tests/check.h"
#include "tests/demand.h"
#include "tests/series.h"
#include "tests/taught.h"

#include "forecast/models.h"
#include "forecast/numeric/missing.h"
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

static const double scales[] = {1, 1e-9, 1e12, -1, 1e200, 1e-200};
static const int seasons[] = {1, 4, 12, 24};

struct arena {
    struct fc_workspace *ws;
    double mean[HORIZON], lo[LEVELS * HORIZON], hi[LEVELS * HORIZON];
    struct fc_forecast out;
};

static void arena_init(struct arena *a)
{
    a->ws = fc_workspace_new();
    a->out = (struct fc_forecast){HORIZON, LEVELS, levels, a->mean,
                                  a->lo,   a->hi,  false};
}

/* Fits and forecasts; checks that the outcome is one a batch can use. */
static enum fc_status try(const char *name, const double *y, size_t n,
                          int season, struct arena *a)
{
    struct fc_spec spec = {0};
    struct fc_series series = series_of("series", y, n, season);
    struct fc_fit fit;
    struct fc_error err = {.code = FC_OK};
    assert_int_equal(fc_model_parse(name, strlen(name), &spec, &err), FC_OK);
    fc_workspace_reset(a->ws);
    enum fc_status status = fit_taught(&series, &spec, a->ws, &fit, &err);
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

static bool is_called(const struct fc_model *model, const char *name)
{
    return strcmp(model->name, name) == 0;
}

/*
 * What must become of a series: only too few observations, no season where
 * one is asked for, values that cannot be divided by, and what is no demand are
 * reasons to fail.
 */
static enum fc_status expected_of(const struct fc_model *model, const double *y,
                                  size_t n, int season)
{
    struct fc_spec spec = {.model = model};
    bool multiplicative = is_called(model, "hw-mul"), positive = true;
    for (size_t t = 0; t < n; t++)
        positive = positive && y[t] > 0;
    if (n < model->min_obs(&spec, season_of(season)))
        return FC_ESHORT;
    if (season == 1 && (multiplicative || is_called(model, "hw")))
        return FC_ESHORT;
    if (!takes_values(model, y, n))
        return FC_EDOMAIN;
    return multiplicative && !positive ? FC_EDOMAIN : FC_OK;
}

/* What others taught is of no use to every series. */
static bool may_refuse(const struct fc_model *model, enum fc_status status)
{
    return model->must_learn
           && (status == FC_ESHORT || status == FC_EDOMAIN
               || status == FC_ERANGE);
}

static void check_shape(const struct fc_model *model, size_t shape,
                        double scale, struct arena *a)
{
    static const size_t lengths[] = {1, 2, 3, 4, 5, 7, 12, 13, 25, LONGEST};
    double y[LONGEST];
    for (size_t t = 0; t < LONGEST; t++)
        y[t] = shapes[shape](t) * scale;
    for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++)
        for (size_t m = 0; m < sizeof seasons / sizeof *seasons; m++) {
            size_t n = lengths[k];
            enum fc_status status = try(model->name, y, n, seasons[m], a);
            enum fc_status expected = expected_of(model, y, n, seasons[m]);
            if (status != expected && !may_refuse(model, status))
                fail_msg("%s on shape %zu, scale %g, n = %zu, m = %d: %s, "
                         "not %s",
                         model->name, shape, scale, n, seasons[m],
                         fc_status_text(status), fc_status_text(expected));
        }
}

static void every_model_gives_finite_numbers_on_any_series(void **state)
{
    (void)state;
    const struct fc_model *model;
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; (model = fc_model_at(i)) != NULL; i++)
        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
            for (size_t c = 0; c < sizeof scales / sizeof *scales; c++)
                check_shape(model, s, scales[c], &a);
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
        if (takes_counts(model) || is_called(model, "sba")
            || is_called(model, "sbj")) /* less by their definition */
            continue;
        enum fc_status status = try(model->name, y, LONGEST, 12, &a);
        assert_int_equal(status, model->must_learn ? FC_EDOMAIN : FC_OK);
        for (int h = 0; h < HORIZON && status == FC_OK; h++)
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
        if (takes_counts(model)) /* they have no other scale */
            continue;
        assert_int_equal(try(model->name, y, LONGEST, 12, &a), FC_OK);
        assert_int_equal(try(model->name, scaled, LONGEST, 12, &b), FC_OK);
        for (int h = 0; h < HORIZON; h++)
            assert_near(b.mean[h], 1024 * a.mean[h], 1e-4);
    }
    fc_workspace_free(a.ws);
    fc_workspace_free(b.ws);
}

/* Forecasts and bounds in units of 2^exponent are those in units of 1. */
static void assert_scaled(const char *name, int exponent, const struct arena *a,
                          const struct arena *b, double tolerance)
{
    double size = 0;
    for (int i = 0; i < LEVELS * HORIZON; i++)
        size = fmax(size, a->hi[i] - a->lo[i]);
    for (int i = 0; i < LEVELS * HORIZON; i++) {
        double mean = ldexp(b->mean[i % HORIZON], -exponent);
        double lo = ldexp(b->lo[i], -exponent);
        double hi = ldexp(b->hi[i], -exponent);
        if (!(fabs(mean - a->mean[i % HORIZON]) <= tolerance * size)
            || !(fabs(lo - a->lo[i]) <= tolerance * size)
            || !(fabs(hi - a->hi[i]) <= tolerance * size)
            || (hi == lo) != (a->hi[i] == a->lo[i]))
            fail_msg("%s, 2^%d: %g [%g, %g] is not %g [%g, %g]", name, exponent,
                     mean, lo, hi, a->mean[i % HORIZON], a->lo[i], a->hi[i]);
    }
}

static void check_extremes(const char *name, double (*shape)(size_t),
                           int season, struct arena *a, struct arena *b)
{
    /* to the last digit, where the units are the same; as well as searches
       can, where the values are extreme, but squared as they are; to the
       digits that are left of 2^-1060 */
    static const struct {
        int exponent;
        double tolerance;
    } sizes[] = {
        {250, 0},  {550, 0},  {800, 0},    {1010, 0},    {-250, 0},
        {-550, 0}, {-900, 0}, {190, 1e-4}, {-190, 1e-4}, {-1050, 1e-2},
    };
    double y[LONGEST], scaled[LONGEST], largest = 0;
    for (size_t t = 0; t < LONGEST; t++) {
        y[t] = ldexp(shape(t), -8);
        largest = fmax(largest, fabs(y[t]));
    }
    assert_true(largest >= 0.5 && largest < 1); /* as in units */
    enum fc_status status = try(name, y, LONGEST, season, a);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        int exponent = sizes[i].exponent;
        for (size_t t = 0; t < LONGEST; t++)
            scaled[t] = ldexp(y[t], exponent);
        assert_int_equal(try(name, scaled, LONGEST, season, b), status);
        if (status == FC_OK)
            assert_scaled(name, exponent, a, b, sizes[i].tolerance);
    }
}

static double around_zero(size_t t)
{
    return t == 0 ? 130 : 150 * (noise(t) - 0.5);
}

static double sales(size_t t)
{
    return noise(t) < 0.5 ? 0 : floor(200 * noise(t + 1000));
}

static void an_extreme_series_is_forecast_like_any_other(void **state)
{
    (void)state;
    static double (*const kinds[])(size_t) = {trend_and_season, negative,
                                              around_zero, sales};
    static const char *const variants[] = {
        "ets:MAM",
        "ets:MMM",
        "ets:MNN",
        "ets:ANA",
        "ets:MMdN",
        "mean:empirical",
        "arima:1,0,1/1,1,0+c",
        "ces:full",
    };
    const struct fc_model *model;
    struct arena a, b;
    arena_init(&a);
    arena_init(&b);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (int season = 1; season <= 12; season += 11) {
            for (size_t i = 0; (model = fc_model_at(i)) != NULL; i++)
                check_extremes(model->name, kinds[k], season, &a, &b);
            for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
                if (season == 12 || strchr(variants[i], '/') == NULL)
                    check_extremes(variants[i], kinds[k], season, &a, &b);
        }
    fc_workspace_free(a.ws);
    fc_workspace_free(b.ws);
}

/* An interval that numbers cannot show, and one beyond them. */
static void where_numbers_end_a_fit_fails(void **state)
{
    (void)state;
    struct arena a;
    double least[LONGEST], most[LONGEST];
    const struct fc_model *model;
    arena_init(&a);
    for (size_t t = 0; t < LONGEST; t++) {
        least[t] = ldexp(t == 3, -1074);
        most[t] = ldexp(1 + 0.5 * (double)(t % 2), 1023);
    }
    for (size_t i = 0; (model = fc_model_at(i)) != NULL; i++) {
        enum fc_status status = try(model->name, least, LONGEST, 12, &a);
        if (is_classic(model)) /* its intervals are of the series' numbers */
            assert_int_equal(status, FC_OK);
        else if (status != FC_EDOMAIN && status != FC_ERANGE)
            fail_msg("%s: the least number: %s", model->name,
                     fc_status_text(status));
    }
    assert_int_equal(try("naive", most, LONGEST, 1, &a), FC_ERANGE);
    assert_int_equal(try("ets:ANN", most, LONGEST, 1, &a), FC_ERANGE);
    assert_int_equal(try("drift", most, LONGEST, 1, &a), FC_ERANGE);
    fc_workspace_free(a.ws);
}

/* A variance that grows beyond all numbers is not cut down to one. */
static void an_interval_without_bounds_fails(void **state)
{
    (void)state;
    static const char *const names[] = {"ets:MNN", "ets:MAN", "ets:MNA",
                                        "ets:MAM", "ets:MNM"};
    double y[LONGEST];
    struct arena a;
    const struct fc_series series = series_of("a", y, LONGEST, 4);
    arena_init(&a);
    for (size_t t = 0; t < LONGEST; t++)
        y[t] = trend_and_season(t);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct fc_spec spec = {0};
        struct fc_fit fit;
        struct fc_error err;
        fc_workspace_reset(a.ws);
        assert_int_equal(
            fc_model_parse(names[i], strlen(names[i]), &spec, &err), FC_OK);
        assert_int_equal(fit_spec(&series, &spec, a.ws, &fit, &err), FC_OK);
        assert_int_equal(fc_model_predict(&fit, a.ws, &a.out, &err), FC_OK);
        fit.sigma2 = 1e200; /* of relative errors: each step's square of it */
        assert_int_equal(fc_model_predict(&fit, a.ws, &a.out, &err), FC_ERANGE);
        assert_non_null(strstr(err.msg, "not finite"));
    }
    fc_workspace_free(a.ws);
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
    assert_int_equal(fc_model_simulate(fit, HORIZON, rng, a->ws, a->lo, &err),
                     FC_OK);
    gsl_rng_free(rng);
}

/* Numbers a fit leaves: forecasts and bounds, or a path of a model that has
   paths. */
static enum fc_status numbers_after(double left, const char *name, int season,
                                    bool path, struct arena *a)
{
    struct fc_spec spec = {0};
    struct fc_series series;
    struct fc_fit fit;
    struct fc_error err;
    double y[60];
    for (size_t t = 0; t < 60; t++)
        y[t] = trend_and_season(t);
    series = series_of("series", y, 60, season);
    memset(a->mean, 0, sizeof a->mean);
    memset(a->lo, 0, sizeof a->lo);
    memset(a->hi, 0, sizeof a->hi);
    fill_scratch(a->ws, left);
    assert_int_equal(fc_model_parse(name, strlen(name), &spec, &err), FC_OK);
    enum fc_status status = fit_taught(&series, &spec, a->ws, &fit, &err);
    if (status == FC_OK && !path)
        status = fc_model_predict(&fit, a->ws, &a->out, &err);
    else if (status == FC_OK)
        draw_one_path(&fit, a);
    return status;
}

static void check_traceless(const char *name, int season, struct arena *a,
                            struct arena *b)
{
    struct fc_spec spec;
    assert_int_equal(fc_model_parse(name, strlen(name), &spec, NULL), FC_OK);
    bool paths = spec.model->simulate != NULL && spec.model->has_paths == NULL;
    for (int path = 0; path <= paths; path++) {
        enum fc_status first = numbers_after(0, name, season, path, a);
        enum fc_status second = numbers_after(NAN, name, season, path, b);
        assert_int_equal(first, second);
        for (int h = 0; first == FC_OK && h < HORIZON; h++)
            if (!is_classic(spec.model)) /* they expect days without a sale */
                assert_true(a->lo[h] > 10); /* of a series around 100 */
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
    struct fc_spec specs[40], fallback = {0};
    struct fc_error err;
    const struct fc_model *model;
    size_t nspecs = 0;
    for (size_t i = 0; i < N; i++) {
        size_t n = 6 + i * 54 / (N - 1);
        for (size_t t = 0; t < n; t++)
            y[i][t] = shapes[i % (sizeof shapes / sizeof *shapes)](t + i);
        y[i][n / 2] = i % 3 == 0 ? NAN : y[i][n / 2];
        snprintf(ids[i], sizeof ids[i], "s%zu", i);
        series[i] = series_of(ids[i], y[i], n, 12);
    }
    assert_int_equal(fc_model_parse("naive", 5, &fallback, &err), FC_OK);
    for (; (model = fc_model_at(nspecs)) != NULL && nspecs < 40; nspecs++)
        specs[nspecs] = (struct fc_spec){.model = model};
    struct fc_batch one = {.job = {.specs = specs,
                                   .nspecs = nspecs,
                                   .seed = 7,
                                   .fallback = &fallback,
                                   .horizon = HORIZON,
                                   .nlevels = LEVELS,
                                   .levels = levels,
                                   .nthreads = 1},
                           .want_reports = true};
    give_series(&one.job, series, N);
    struct fc_batch many = one;
    many.job.nthreads = 5;
    assert_int_equal(fc_batch_run(&one, &err), FC_OK);
    assert_int_equal(fc_batch_run(&many, &err), FC_OK);
    for (size_t i = 0; i < N * nspecs; i++) {
        assert_int_equal(one.results[i].outcome, many.results[i].outcome);
        assert_int_not_equal(one.results[i].outcome, FC_OUTCOME_FAILED);
        assert_string_equal(one.reports[i].spec, many.reports[i].spec);
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
    spec = (struct fc_spec){0};
    assert_int_equal(fc_model_parse(model, strlen(model), &spec, &err), FC_OK);
    struct fc_batch batch = {.job = {.specs = &spec,
                                     .nspecs = 1,
                                     .seed = 7,
                                     .horizon = horizon,
                                     .nlevels = LEVELS,
                                     .levels = levels,
                                     .nthreads = 1}};
    give_series(&batch.job, series, 1);
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
    struct fc_series open = series_of("s", cut, LONGEST, 12);
    struct fc_series own = series_of("s", y, LONGEST - LATE, 12);
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
        y[t] = floor(trend_and_season(t));
    for (size_t i = 0; (model = fc_model_at(i)) != NULL; i++)
        if (model->learn == NULL /* for another horizon it learns anew, */
            && model != fc_model_find("mstl") /* or chooses */
            && model != fc_model_find("profile"))
            check_missing_end(model, y);

    /* a random walk's, in closed form: 0, 1, 0, 1, ... has sigma = 1 */
    for (size_t t = 0; t < LONGEST; t++)
        y[t] = t < 40 ? (double)(t % 2) : NAN;
    struct fc_series open = series_of("s", y, LONGEST, 12);
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
    struct fc_spec spec = {0};
    struct fc_series seasonal = *series;
    struct fc_request request = {.spec = &spec, .seed = 1, .similar = similar};
    struct fc_fit fit;
    struct fc_error err;
    seasonal.seasons = season_of(season);
    assert_int_equal(fc_model_parse(name, strlen(name), &spec, &err), FC_OK);
    assert_int_equal(fc_model_fit(&seasonal, &request, a->ws, &fit, &err),
                     FC_OK);
    assert_int_equal(fc_model_predict(&fit, a->ws, &a->out, &err), FC_OK);
    return fit;
}

/* One start does for a similar series what many do for given orders. */
static void assert_as_likely_as_named(const struct fc_series *series,
                                      const struct fc_fit *fit,
                                      const struct fc_fit *similar,
                                      struct fc_workspace *ws)
{
    struct fc_spec spec = {.model = fit->model, .has_variant = true};
    struct fc_series seasonal = *series;
    struct fc_fit named;
    seasonal.seasons = season_of(fit->season_length);
    memcpy(spec.variant, similar->order, sizeof spec.variant);
    assert_int_equal(fit_spec(&seasonal, &spec, ws, &named, NULL), FC_OK);
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
                struct fc_series series = series_of("a", y, LONGEST, 12);
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
                    assert_as_likely_as_named(&series, &again, &whole, a.ws);
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
        struct fc_series whole = series_of("a", y, LONGEST, 12), part = whole;
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

/* Its numbers are of no use in other units. */
static void a_similar_fit_in_other_units_is_passed_over(void **state)
{
    (void)state;
    static const char *const names[] = {"ets", "arima", "ces"};
    double y[LONGEST], mean[HORIZON];
    struct arena a;
    arena_init(&a);
    for (size_t t = 0; t < LONGEST; t++)
        y[t] = ldexp(trend_and_season(t), t < LONGEST - HORIZON ? 300 : 310);
    for (size_t i = 0; i < 3; i++) {
        struct fc_series whole = series_of("a", y, LONGEST, 12), part = whole;
        part.n -= HORIZON;
        fc_workspace_reset(a.ws);
        struct fc_fit fit = fit_like(names[i], 12, &whole, NULL, &a);
        fit_like(names[i], 12, &part, NULL, &a);
        memcpy(mean, a.mean, sizeof mean);
        fit_like(names[i], 12, &part, &fit, &a);
        for (int h = 0; h < HORIZON; h++)
            assert_near(a.mean[h], mean[h], 0);
    }
    fc_workspace_free(a.ws);
}

/* The likelihood of its units is not its own. */
static void of_an_extreme_series_no_variance_is_told(void **state)
{
    (void)state;
    double y[LONGEST];
    for (int exponent = 0; exponent <= 300; exponent += 300) {
        for (size_t t = 0; t < LONGEST; t++)
            y[t] = ldexp(trend_and_season(t), exponent);
        const struct fc_series series = series_of("a", y, LONGEST, 12);
        struct fc_batch batch = run_one(&series, "ets:ANN", HORIZON);
        fc_batch_release(&batch);
        batch.want_reports = true;
        assert_int_equal(fc_batch_run(&batch, NULL), FC_OK);
        assert_int_equal(isnan(batch.reports[0].sigma2), exponent != 0);
        assert_int_equal(isnan(batch.reports[0].loglik), exponent != 0);
        assert_int_equal(isnan(batch.reports[0].aicc), exponent != 0);
        assert_int_equal(batch.results[0].detail != NULL, exponent != 0);
        fc_batch_release(&batch);
    }
}

enum { PUPILS = 20 };

/* Forecasts of all by auto; of every third series, in units of 2^exponent. */
static struct fc_batch teach(int exponent, double y[PUPILS][LONGEST])
{
    static char ids[PUPILS][8];
    static struct fc_series series[PUPILS];
    static struct fc_spec spec;
    struct fc_error err;
    spec = (struct fc_spec){0};
    assert_int_equal(fc_model_parse("auto", 4, &spec, &err), FC_OK);
    for (size_t i = 0; i < PUPILS; i++) {
        double level = 130;
        for (size_t t = 0; t < LONGEST; t++) {
            level += 4 * noise(t + 77 * i) - 2;
            double value = level + 20 * wave(t + i) + 9 * noise(t * 31 + i);
            y[i][t] = ldexp(t == 0 ? 200 : value, i % 3 == 0 ? exponent : 0);
        }
        snprintf(ids[i], sizeof ids[i], "s%zu", i);
        series[i] = series_of(ids[i], y[i], LONGEST, 12);
    }
    struct fc_batch batch = {.job = {.specs = &spec,
                                     .nspecs = 1,
                                     .seed = 7,
                                     .horizon = HORIZON,
                                     .nlevels = LEVELS,
                                     .levels = levels,
                                     .nthreads = 1}};
    give_series(&batch.job, series, PUPILS);
    assert_int_equal(fc_batch_run(&batch, &err), FC_OK);
    return batch;
}

/* What is learnt is the same: the others' forecasts do not change. */
static void an_extreme_series_teaches_like_any_other(void **state)
{
    (void)state;
    static double y[PUPILS][LONGEST];
    static const int exponents[] = {300, 800, -300, -800};
    struct fc_batch usual = teach(0, y);
    for (size_t k = 0; k < 4; k++) {
        struct fc_batch batch = teach(exponents[k], y);
        for (size_t i = 0; i < PUPILS; i++) {
            struct fc_forecast f = fc_batch_forecast(&batch, i);
            struct fc_forecast own = fc_batch_forecast(&usual, i);
            int exponent = i % 3 == 0 ? exponents[k] : 0;
            for (int h = 0; h < HORIZON; h++) {
                double mean = ldexp(f.mean[h], -exponent);
                double hi = ldexp(f.hi[HORIZON + h], -exponent);
                assert_near(mean, own.mean[h], 1e-4);
                assert_near(hi, own.hi[HORIZON + h], 1e-4);
            }
        }
        fc_batch_release(&batch);
    }
    fc_batch_release(&usual);
}

enum { FURTHER = 14, PATHS = 3, HORIZONS = 3 };

/* What a fit says: forecasts as far as was asked, further, and less far; and
   sample paths. */
struct said {
    enum fc_status status[HORIZONS + PATHS];
    double forecast[HORIZONS][FURTHER * (1 + 2 * LEVELS)];
    double path[PATHS][FURTHER];
};

static void listen(const struct fc_fit *fit, struct fc_workspace *ws,
                   struct said *said)
{
    static const int horizons[HORIZONS] = {HORIZON, FURTHER, 5};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    memset(said, 0, sizeof *said);
    for (int i = 0; i < HORIZONS; i++) {
        int h = horizons[i];
        double *mean = said->forecast[i];
        struct fc_forecast out = {
            h, LEVELS, levels, mean, mean + h, mean + h * (1 + LEVELS), false};
        said->status[i] = fc_model_predict(fit, ws, &out, NULL);
    }
    for (int i = 0; fit->model->simulate != NULL && i < PATHS; i++)
        said->status[HORIZONS + i] =
            fc_model_simulate(fit, FURTHER, rng, ws, said->path[i], NULL);
    gsl_rng_free(rng);
}

/* All that was taken becomes noise, and may not be touched any more. */
static void ruin(struct fc_workspace *ws)
{
    enum { FEW = 8 }; /* as many as are aligned: no gaps are left */
    struct fc_mark end = fc_workspace_mark(ws), at;
    fc_workspace_reset(ws);
    do {
        double *x = fc_workspace_doubles(ws, FEW);
        assert_non_null(x);
        for (size_t i = 0; i < FEW; i++)
            x[i] = 1e3 * noise(i + 3);
        at = fc_workspace_mark(ws);
    } while (at.block < end.block
             || (at.block == end.block && at.used < end.used));
    fc_workspace_reset(ws);
}

/* Three workspaces: of the series, of its fit, and of the copy. */
struct rooms {
    struct fc_workspace *series, *fit, *copy;
};

static void assert_says(const struct fc_fit *fit, struct fc_workspace *ws,
                        const struct said *before)
{
    static struct said after;
    listen(fit, ws, &after);
    if (memcmp(before, &after, sizeof after) != 0)
        fail_msg("%s, n = %zu, m = %d: something else is said",
                 fit->model->name, fit->nobs, fit->season_length);
}

struct asked {
    struct fc_seasons seasons;
    struct fc_spec spec;
    struct fc_request request;
};

/* What a model is fitted to, in a workspace: nothing else knows of it. */
static enum fc_status fit_in_room(const struct asked *asked, const double *y,
                                  size_t n, struct rooms *rooms,
                                  struct fc_fit *fit)
{
    char *id = fc_workspace_array(rooms->series, 8, 1);
    double *own = fc_workspace_doubles(rooms->series, n);
    struct fc_series *series =
        fc_workspace_array(rooms->series, 1, sizeof *series);
    struct asked *there = fc_workspace_array(rooms->series, 1, sizeof *there);
    assert_true(id != NULL && own != NULL && series != NULL && there != NULL);
    memcpy(own, y, n * sizeof *y);
    if (!asked->spec.model->missing)
        fc_fill_linear(y, n, own);
    *there = *asked;
    there->request.spec = &there->spec;
    *series = (struct fc_series){.id = strcpy(id, "series"),
                                 .y = own,
                                 .n = n,
                                 .seasons = &there->seasons};
    return fc_model_fit(series, &there->request, rooms->fit, fit, NULL);
}

/* Whether the model can be fitted to the series.  If so, the fit says the same
   when the series is noise, and its copy when the fit is noise, too. */
static bool stands_alone(const struct asked *asked, const double *y, size_t n,
                         struct rooms *rooms)
{
    static struct said before;
    struct fc_fit fit, copy;
    fc_workspace_reset(rooms->series);
    fc_workspace_reset(rooms->fit);
    fc_workspace_reset(rooms->copy);
    if (fit_in_room(asked, y, n, rooms, &fit) != FC_OK)
        return false;
    listen(&fit, rooms->fit, &before);
    ruin(rooms->series);
    assert_says(&fit, rooms->fit, &before);
    assert_int_equal(fc_fit_copy(&fit, rooms->copy, &copy), FC_OK);
    assert_string_equal(fit.spec, copy.spec);
    ruin(rooms->fit);
    memset(&fit, 0x55, sizeof fit);
    assert_says(&copy, rooms->copy, &before);
    return true;
}

static double a_new_product(size_t t)
{
    return t < 45 ? 0 : 10 + 5 * noise(t);
}

static double extreme(size_t t)
{
    return ldexp(trend_and_season(t), 400);
}

/* How many fits to series of several shapes and lengths, and with values that
   are missing, stand alone. */
static size_t count_alone(const char *name, int season,
                          const struct fc_learned *learned, struct rooms *rooms)
{
    static double (*const kinds[])(size_t) = {
        trend_and_season, counts, explosion, a_new_product, extreme};
    static const size_t lengths[] = {1, 2, 9, 30, LONGEST};
    struct asked asked = {.seasons = fc_one_season(season),
                          .request = {.horizon = HORIZON, .seed = 1}};
    double y[LONGEST];
    size_t count = 0;
    assert_int_equal(fc_model_parse(name, strlen(name), &asked.spec, NULL),
                     FC_OK);
    if (asked.spec.model->learn != NULL)
        asked.request.learned = asked.spec.model->must_learn
                                    ? taught(asked.spec.model, season)
                                    : fc_part_of(learned);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
            for (int gaps = 0; gaps <= 1; gaps++) {
                size_t n = lengths[i];
                for (size_t t = 0; t < n; t++)
                    y[t] = gaps && t + 1 < n && t % 7 == 4 ? NAN : kinds[k](t);
                count += stands_alone(&asked, y, n, rooms);
            }
    return count;
}

/* What is learnt from a batch. */
static struct fc_learned *learn_from_pupils(void)
{
    static double y[PUPILS][LONGEST];
    struct fc_learned *learned;
    struct fc_error err;
    struct fc_batch batch = teach(0, y);
    assert_int_equal(fc_batch_learn(&batch.job, 0, &learned, &err), FC_OK);
    fc_batch_release(&batch);
    assert_non_null(learned);
    return learned;
}

static void a_fit_stands_alone(void **state)
{
    (void)state;
    static const char *const variants[] = {
        "mean:empirical",    "ets:MMM",  "ets:AAdA",
        "arima:0,1,1/0,1,1", "ces:full", "ces:simple",
    };
    const struct fc_model *model;
    struct fc_learned *learned = learn_from_pupils();
    struct rooms rooms = {fc_workspace_new(), fc_workspace_new(),
                          fc_workspace_new()};
    for (size_t i = 0; (model = fc_model_at(i)) != NULL; i++) {
        size_t count = count_alone(model->name, 1, NULL, &rooms)
                       + count_alone(model->name, 12, NULL, &rooms);
        if (count < 10)
            fail_msg("%s: only %zu fits", model->name, count);
        if (model->learn != NULL && !model->must_learn && !takes_counts(model))
            assert_int_equal(count_alone(model->name, 12, learned, &rooms), 50);
    }
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
        assert_true(count_alone(variants[i], 12, NULL, &rooms) > 0);
    free(learned);
    fc_workspace_free(rooms.series);
    fc_workspace_free(rooms.fit);
    fc_workspace_free(rooms.copy);
}

/* As in R: no error of a multiplicative model changes the sign. */
static void relative_errors_leave_paths_positive(void **state)
{
    (void)state;
    double y[LONGEST], path[HORIZON];
    struct arena a;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    arena_init(&a);
    for (size_t t = 0; t < LONGEST; t++)
        y[t] = trend_and_season(t);
    const struct fc_series series = series_of("a", y, LONGEST, 12);
    struct fc_fit fit = fit_like("ets:MNN", 1, &series, NULL, &a);
    fit.sigma2 = 4; /* three errors in ten are below -1 */
    for (int k = 0; k < 200; k++) {
        assert_int_equal(
            fc_model_simulate(&fit, HORIZON, rng, a.ws, path, NULL), FC_OK);
        for (int h = 0; h < HORIZON; h++)
            assert_true(path[h] >= 0);
    }
    gsl_rng_free(rng);
    fc_workspace_free(a.ws);
}

static void what_may_not_be_negative_is_clipped(void **state)
{
    (void)state;
    double y[LONGEST];
    for (size_t t = 0; t < LONGEST; t++)
        y[t] = noise(t) - 0.8;
    const struct fc_series series = series_of("a", y, LONGEST, 12);
    struct fc_batch batch = run_one(&series, "naive", HORIZON);
    assert_true(fc_batch_forecast(&batch, 0).lo[0] < 0);
    fc_batch_release(&batch);
    batch.job.non_negative = true;
    assert_int_equal(fc_batch_run(&batch, NULL), FC_OK);
    struct fc_forecast f = fc_batch_forecast(&batch, 0);
    for (int h = 0; h < HORIZON; h++)
        for (int i = 0; i < LEVELS; i++)
            assert_true(f.mean[h] >= 0 && f.lo[i * HORIZON + h] >= 0
                        && f.hi[i * HORIZON + h] >= 0);
    assert_true(f.hi[HORIZON] > 0);
    fc_batch_release(&batch);
}

/* By their definitions (Hyndman et al. 2008, section 7.1), with n what is left
   after differencing. */
static void the_criterion_is_of_the_likelihood(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int season, lost;
        double parameters; /* estimated, the variance among them */
    } kinds[] = {
        {"ets:ANN", 1, 0, 3},     {"ets:MAdM", 12, 0, 18},
        {"ces:none", 1, 0, 3},    {"ces:partial", 12, 0, 15},
        {"ces:full", 12, 0, 16},  {"arima:1,0,1+c", 1, 0, 4},
        {"arima:2,1,0", 1, 1, 3}, {"arima:0,1,1/0,1,1", 12, 13, 3},
    };
    double y[LONGEST];
    struct arena a;
    arena_init(&a);
    for (size_t t = 0; t < LONGEST; t++)
        y[t] = trend_and_season(t);
    const struct fc_series series = series_of("a", y, LONGEST, 12);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        fc_workspace_reset(a.ws);
        struct fc_fit fit =
            fit_like(kinds[i].name, kinds[i].season, &series, NULL, &a);
        double k = kinds[i].parameters, n = LONGEST - kinds[i].lost;
        double aic = -2 * fit.loglik + 2 * k;
        assert_near(fit.aicc, aic + 2 * k * (k + 1) / (n - k - 1), 1e-12);
    }
    fc_workspace_free(a.ws);
}

/* A season about 100: series k's figure has the same size for every k. */
static double figure(size_t t, size_t m, size_t k)
{
    double angle = 2 * 3.14159265358979 * (double)((t + k) % m) / (double)m;
    return 15 * sin(angle) + 10 * cos(2 * angle);
}

/* The mean error of a model over many short series, over that of their mean. */
static double error_after(size_t n, size_t m, const char *model,
                          struct arena *a)
{
    enum { SERIES = 40 };
    double error = 0, size = 0, y[LONGEST];
    for (size_t k = 0; k < SERIES; k++) {
        for (size_t t = 0; t < n; t++)
            y[t] = 100 + figure(t, m, k) + 10 * (noise(t + 97 * k) - 0.5);
        assert_int_equal(try(model, y, n, (int)m, a), FC_OK);
        for (size_t h = 0; h < HORIZON; h++) {
            double truth = 100 + figure(n + h, m, k);
            error += fabs(a->mean[h] - truth);
            size += fabs(truth - 100);
        }
    }
    return error / size;
}

/* What is left is less than half of what a forecast without a season leaves. */
static void two_seasons_are_enough_to_see_a_season(void **state)
{
    (void)state;
    static const char *const names[] = {"ets",   "arima", "ces", "dotm",
                                        "theta", "scum",  "auto"};
    static const size_t lengths[][2] = {{24, 12}, {30, 12}, {36, 12},
                                        {9, 4},   {10, 4},  {12, 4}};
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
            double left =
                error_after(lengths[k][0], lengths[k][1], names[i], &a);
            if (!(left < 0.5))
                fail_msg("%s, n = %zu, m = %zu: %g of the season is missed",
                         names[i], lengths[k][0], lengths[k][1], left);
        }
    fc_workspace_free(a.ws);
}

/* No bound of 95% is further outside the data than twice their range. */
static void check_bounds(const char *model, const double *y)
{
    struct fc_series series = series_of("s", y, LONGEST, 12);
    double least = INFINITY, most = -INFINITY;
    for (size_t t = 0; t < LONGEST; t++) {
        least = fmin(least, y[t]);
        most = fmax(most, y[t]);
    }
    double far = 2 * (most - least);
    struct fc_batch batch = run_one(&series, model, HORIZON);
    struct fc_forecast f = fc_batch_forecast(&batch, 0);
    for (int h = 0; h < HORIZON; h++)
        if (!(f.lo[HORIZON + h] > least - far
              && f.hi[HORIZON + h] < most + far))
            fail_msg("%s: [%g, %g] for data from %g to %g", model,
                     f.lo[HORIZON + h], f.hi[HORIZON + h], least, most);
    fc_batch_release(&batch);
}

/* Every second month is never seen, or one in twelve; a season, or none. */
static void a_month_never_seen_makes_no_model_talk_nonsense(void **state)
{
    (void)state;
    static const char *const names[] = {"arima",
                                        "ets",
                                        "ces",
                                        "dotm",
                                        "theta",
                                        "naive2",
                                        "snaive",
                                        "hw",
                                        "hw-mul",
                                        "scum",
                                        "auto",
                                        "arima:0,0,0/0,1,0",
                                        "arima:0,1,1/0,1,1",

                                        "ets:ANA",
                                        "ces:full"};
    for (size_t k = 0; k < 4; k++) {
        double y[LONGEST];
        for (size_t t = 0; t < LONGEST; t++) {
            y[t] = 100 + 10 * noise(t) + (k < 2 ? figure(t, 12, 0) : 0);
            if (k % 2 == 0 ? t % 2 == 1 : t % 12 == 7)
                y[t] = NAN;
        }
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            check_bounds(names[i], y);
    }
}

/* The months that were seen are forecast as if all had been. */
static void what_was_seen_keeps_its_season(void **state)
{
    (void)state;
    double y[LONGEST];
    for (size_t t = 0; t < LONGEST; t++)
        y[t] = t % 12 == 7 ? NAN : 100 + figure(t, 12, 0) + 2 * noise(t);
    struct fc_series series = series_of("s", y, LONGEST, 12);
    struct fc_batch batch = run_one(&series, "arima", HORIZON);
    struct fc_forecast f = fc_batch_forecast(&batch, 0);
    for (size_t h = 0; h < HORIZON; h++)
        if ((LONGEST + h) % 12 != 7)
            assert_near(f.mean[h], 101 + figure(LONGEST + h, 12, 0), 0.03);
    fc_batch_release(&batch);
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
        cmocka_unit_test(an_extreme_series_is_forecast_like_any_other),
        cmocka_unit_test(where_numbers_end_a_fit_fails),
        cmocka_unit_test(an_interval_without_bounds_fails),
        cmocka_unit_test(what_scratch_held_leaves_no_trace),
        cmocka_unit_test(a_missing_end_is_forecast_as_well),
        cmocka_unit_test(a_batch_is_the_same_on_any_number_of_threads),
        cmocka_unit_test(a_similar_fit_is_where_estimation_starts),
        cmocka_unit_test(a_similar_fit_that_is_too_much_is_no_hindrance),
        cmocka_unit_test(a_similar_fit_in_other_units_is_passed_over),
        cmocka_unit_test(of_an_extreme_series_no_variance_is_told),
        cmocka_unit_test(an_extreme_series_teaches_like_any_other),
        cmocka_unit_test(a_fit_stands_alone),
        cmocka_unit_test(relative_errors_leave_paths_positive),
        cmocka_unit_test(what_may_not_be_negative_is_clipped),
        cmocka_unit_test(the_criterion_is_of_the_likelihood),
        cmocka_unit_test(two_seasons_are_enough_to_see_a_season),
        cmocka_unit_test(a_month_never_seen_makes_no_model_talk_nonsense),
        cmocka_unit_test(what_was_seen_keeps_its_season),
        cmocka_unit_test(unknown_models_and_variants_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
