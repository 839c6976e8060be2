/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A job's items: which are run and under which number, what a fit's use is
 * handed, and what is said when it or the model fails.
 */
#include "tests/check.h"
#include "tests/series.h"

#include "forecast/models.h"
#include "forecast/run/job.h"

enum { HORIZON = 3, TAIL = 2, N = 3 };

static struct fc_spec spec_of(const char *name)
{
    return (struct fc_spec){.model = fc_model_find(name)};
}

/* A use that fails with these words, in turn; NULL: it does not. */
struct script {
    const char *says[2];
    int calls, tail;
    char used[2][16]; /* the models it was handed fits of */
};

static enum fc_status follow(void *arg, const struct fc_fitted *fitted,
                             struct fc_workspace *ws, struct fc_error *err)
{
    struct script *script = arg;
    int call = script->calls++;
    (void)ws;
    assert_true(call < 2);
    snprintf(script->used[call], sizeof script->used[call], "%s",
             fitted->fit->model->name);
    script->tail = fitted->tail;
    return script->says[call] == NULL
               ? FC_OK
               : fc_fail(err, FC_ERANGE, "%s", script->says[call]);
}

static struct fc_verdict fit_item(const struct fc_job *job, size_t item,
                                  struct script *script)
{
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_use use = {follow, script};
    struct fc_verdict verdict;
    fc_job_fit(job, item, &use, ws, &verdict);
    fc_workspace_free(ws);
    return verdict;
}

static void a_use_that_fails_falls_back(void **state)
{
    (void)state;
    const double y[] = {1, 3, 2, 5, NAN, NAN}, one[] = {4};
    const struct fc_series series[] = {series_of("a", y, 4 + TAIL, 1),
                                       series_of("b", one, 1, 1)};
    struct fc_spec specs[] = {spec_of("mean"), spec_of("drift")};
    struct fc_spec fallback = spec_of("naive");
    struct fc_job job = {.specs = specs,
                         .nspecs = 2,
                         .fallback = &fallback,
                         .horizon = HORIZON,
                         .nthreads = 1};
    struct script good = {0}, bad = {.says = {"no use"}};
    struct script worse = {.says = {"no use", "none at all"}};
    struct script same = {.says = {"no use", "no use"}}, alone = worse;
    give_series(&job, series, 2);

    struct fc_verdict v = fit_item(&job, 1, &good);
    assert_int_equal(v.outcome, FC_OUTCOME_OK);
    assert_string_equal(good.used[0], "drift");
    assert_int_equal(good.tail, TAIL);
    assert_string_equal(v.reason, "");

    v = fit_item(&job, 0, &bad);
    assert_int_equal(v.outcome, FC_OUTCOME_FALLBACK);
    assert_string_equal(bad.used[0], "mean");
    assert_string_equal(bad.used[1], "naive");
    assert_string_equal(v.reason, "no use");

    v = fit_item(&job, 0, &worse);
    assert_int_equal(v.outcome, FC_OUTCOME_FAILED);
    assert_string_equal(v.reason, "no use; fallback: none at all");
    v = fit_item(&job, 0, &same);
    assert_string_equal(v.reason, "no use");

    /* a model that cannot fit it is as good as a use that fails */
    struct script second = {0};
    v = fit_item(&job, 3, &second);
    assert_int_equal(v.outcome, FC_OUTCOME_FALLBACK);
    assert_string_equal(second.used[0], "naive");
    assert_int_equal(second.tail, 0);
    assert_non_null(strstr(v.reason, "drift needs at least 2"));
    assert_non_null(strstr(v.note, "one observation"));

    job.fallback = NULL;
    v = fit_item(&job, 0, &alone);
    assert_int_equal(v.outcome, FC_OUTCOME_FAILED);
    assert_int_equal(alone.calls, 1);
    assert_string_equal(v.reason, "no use");
}

/* What was run of 3 series under 2 models; and the progress made. */
struct seen {
    int times[N * 2];
    size_t done, n;
};

static void see(void *arg, size_t item, struct fc_workspace *ws)
{
    struct seen *seen = arg;
    (void)ws;
    seen->times[item]++;
}

static void note(void *arg, size_t done, size_t n)
{
    struct seen *seen = arg;
    seen->done = done;
    seen->n = n;
}

static void items_are_numbered_over_the_whole_job(void **state)
{
    (void)state;
    const double y[] = {1, 2};
    const struct fc_series series[N] = {series_of("a", y, 2, 1),
                                        series_of("b", y, 2, 1),
                                        series_of("c", y, 2, 1)};
    const bool skip[N] = {false, false, true};
    static const int expected[N * 2] = {0, 0, 1, 1, 0, 0};
    struct fc_spec specs[] = {spec_of("mean"), spec_of("drift")};
    struct seen seen = {.n = 0};
    struct fc_job job = {.skip = skip,
                         .specs = specs,
                         .nspecs = 2,
                         .horizon = HORIZON,
                         .nthreads = 1,
                         .progress = note,
                         .progress_arg = &seen};
    give_series(&job, series, N);
    assert_int_equal(fc_job_map(&job, 1, 2, see, &seen, NULL), FC_OK);
    assert_memory_equal(seen.times, expected, sizeof expected);
    assert_int_equal(seen.done, N * 2);
    assert_int_equal(seen.n, N * 2);
}

static void a_forecast_over_numbers_leaves_none_out(void **state)
{
    (void)state;
    static const double levels[] = {80, 95};
    double numbers[HORIZON * 5];
    struct fc_forecast f = fc_forecast_over(HORIZON, 2, levels, numbers);
    assert_int_equal(fc_forecast_size(HORIZON, 2), HORIZON * 5);
    assert_ptr_equal(f.mean, numbers);
    assert_ptr_equal(f.lo, numbers + HORIZON);
    assert_ptr_equal(f.hi, numbers + HORIZON * 3);
    assert_int_equal(f.horizon, HORIZON);
    assert_int_equal(f.nlevels, 2);
    assert_ptr_equal(f.levels, levels);
    assert_false(f.replaced);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_use_that_fails_falls_back),
        cmocka_unit_test(items_are_numbered_over_the_whole_job),
        cmocka_unit_test(a_forecast_over_numbers_leaves_none_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
