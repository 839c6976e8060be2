/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/batches.h"
#include "tests/reference_series.h"

#include "forecast/combine/bounds.h"
#include "forecast/combine/candidates.h"
#include "forecast/combine/learn.h"
#include "forecast/combine/trust.h"
#include "forecast/models.h"

#include <gsl/gsl_cdf.h>

static struct fc_spec spec_of(const char *model)
{
    struct fc_spec spec = {0};
    assert_int_equal(fc_model_parse(model, strlen(model), &spec, NULL), FC_OK);
    return spec;
}

static void same_bytes_for_any_number_of_threads(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(60, 40, 5, seasonal);
    give_season(&s, 4);
    struct fc_spec spec = spec_of("auto");
    struct fc_batch one = run_batch(&s, &spec, 1);
    for (int jobs = 2; jobs <= 5; jobs += 3) {
        struct fc_batch many = run_batch(&s, &spec, jobs);
        assert_memory_equal(one.numbers, many.numbers,
                            s.n * s.horizon * 5 * sizeof(double));
        for (size_t i = 0; i < s.n; i++)
            assert_string_equal(one.reports[i].spec, many.reports[i].spec);
        fc_batch_release(&many);
    }
    fc_batch_release(&one);
    release_simulated(&s);
}

/* The sum of the numbers in "auto(ets 0.31, arima 0.22)" */
static double printed_weights(const char *text)
{
    double sum = 0;
    assert_memory_equal(text, "auto(", 5);
    for (const char *p = text + 4; p != NULL && *p != '\0';
         p = strchr(p + 1, ',')) {
        const char *number = strchr(p + (*p == ',') + 1, ' ');
        assert_non_null(number);
        sum += strtod(number, NULL);
    }
    return sum;
}

static void few_series_are_forecast(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 2; n++)
        for (size_t length = 1; length <= 40; length += 3) {
            struct simulated s = simulate_batch(n, length, 5, seasonal);
            give_season(&s, 4);
            struct fc_spec spec = spec_of("auto");
            struct fc_batch batch = run_batch(&s, &spec, 2);
            for (size_t i = 0; i < n; i++) {
                struct fc_forecast f = fc_batch_forecast(&batch, i);
                assert_int_equal(batch.results[i].outcome, FC_OUTCOME_OK);
                for (size_t h = 0; h < 5; h++) {
                    assert_true(f.lo[h] <= f.mean[h]);
                    assert_true(f.lo[5 + h] <= f.lo[h]);
                    assert_true(f.hi[5 + h] >= f.hi[h]);
                }
                assert_true(fabs(printed_weights(batch.reports[i].spec) - 1)
                            < 0.04);
            }
            fc_batch_release(&batch);
            release_simulated(&s);
        }
}

static void missing_values_teach_nothing_wrong(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(100, 40, 5, random_walk);
    give_season(&s, 4);
    struct fc_spec spec = spec_of("auto"), naive = spec_of("naive");
    double expected = batch_error(&s, &naive);
    for (size_t i = 0; i < s.n; i++)
        for (size_t t = 1 + i % 7; t + 1 < s.length; t += 7)
            s.y[i * (s.length + s.horizon) + t] = NAN;
    assert_true(batch_error(&s, &spec) < 1.1 * expected);
    release_simulated(&s);
}

static struct fc_learned *learn(const struct simulated *s)
{
    struct fc_spec spec = spec_of("auto");
    struct fc_lesson lesson = {.series = s->series,
                               .n = s->n,
                               .seasons = s->series[0].seasons,
                               .horizon = (int)s->horizon,
                               .seed = 1,
                               .jobs = 2};
    struct fc_learned *learned = NULL;
    assert_int_equal(fc_auto_learn(&lesson, &spec, &learned, NULL), FC_OK);
    assert_non_null(learned);
    return learned;
}

/* What regressors leave is not what fixed weights were made for, the more so
 * the more they explain; weights sum to one in between as well. */
static void rests_begin_with_other_weights(void **state)
{
    (void)state;
    double before = 1; /* of the first, which knows nothing of the others */
    for (int i = 0; i <= 4; i++) {
        struct fc_auto_knowledge k = fc_auto_prior(4);
        double sum = 0;
        fc_auto_begin_with_rests(i / 4.0, &k);
        for (int c = 0; c < FC_AUTO_MEMBERS; c++) {
            const double *w = k.of[FC_KIND_WILD].weights;
            sum += w[c];
            if (i == 0)
                assert_true(w[c] == fc_auto_members[c].weight);
        }
        assert_near(sum, 1, 1e-12);
        assert_true(k.of[FC_KIND_MOVING].weights[0] < before);
        before = k.of[FC_KIND_MOVING].weights[0];
    }
    assert_true(before < 0.05);
}

static void weights_sum_to_one(void **state)
{
    (void)state;
    static void (*const laws[])(gsl_rng *, size_t, double *,
                                size_t) = {random_walk, seasonal, cycles};
    for (size_t i = 0; i < 3; i++) {
        struct simulated s = simulate_batch(40, 30, 4, laws[i]);
        give_season(&s, 4);
        struct fc_learned *learned = learn(&s);
        struct fc_auto_knowledge k = fc_auto_read(fc_part_of(learned), 4);
        for (int kind = 0; kind < FC_KINDS; kind++) {
            double sum = 0;
            for (int c = 0; c < FC_AUTO_MEMBERS; c++) {
                assert_true(k.of[kind].weights[c] >= 0);
                sum += k.of[kind].weights[c];
            }
            assert_near(sum, 1, 1e-12);
        }
        free(learned);
        release_simulated(&s);
    }
}

static enum fc_status check(const struct fc_learned *learned, int horizon)
{
    struct fc_spec spec = spec_of("auto");
    return fc_auto_check(fc_part_of(learned), &spec, season_of(4), horizon,
                         NULL);
}

/* Of n numbers at v, not one may be another. */
static void assert_no_other(const struct fc_learned *learned, double *v,
                            size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (int more = -1; more <= 1; more++) {
            v[i] += more;
            assert_int_equal(check(learned, 4), more == 0 ? FC_OK : FC_EDATA);
            v[i] -= more;
        }
}

/* The sizes, versions, horizons and seasons of the whole, of the breaks and of
 * members' parts. */
static void trees_of_other_parts_are_refused(void **state)
{
    (void)state;
    enum { HEAD = 4, PART = 5 };
    struct simulated s = simulate_batch(40, 30, 4, seasonal);
    give_season(&s, 4);
    struct fc_learned *learned = learn(&s);
    struct fc_auto_knowledge k = fc_auto_read(fc_part_of(learned), 4);
    int parts = 0;
    assert_no_other(learned, learned->values, HEAD + 3);
    for (int i = 0; i < FC_AUTO_MEMBERS; i++) {
        const double *v = k.common.part[i].v;
        assert_int_equal(v != NULL, fc_auto_members[i].model->learn != NULL);
        assert_int_equal(v != NULL, k.held_back.part[i].v != NULL);
        if (v == NULL)
            continue;
        assert_no_other(learned, learned->values + (v - learned->values), PART);
        parts++;
    }
    assert_true(parts > 1);
    assert_int_equal(check(learned, 5), FC_EDATA);
    learned->n--;
    assert_int_equal(check(learned, 4), FC_EDATA);
    free(learned);
    release_simulated(&s);
}

/*
 * Smoothing and theta models know no cycles; a regression over many short
 * series does.
 */
static void cycles_are_left_to_autoregressions(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(300, 40, 6, cycles);
    struct fc_learned *learned = learn(&s);
    struct fc_auto_knowledge k = fc_auto_read(fc_part_of(learned), 1),
                             prior = fc_auto_prior(1);
    const double *w = k.of[FC_KIND_MOVING].weights,
                 *fixed = prior.of[0].weights;
    double autoregressive = 0;
    for (int i = 0; i < FC_AUTO_MEMBERS; i++) {
        const struct fc_model *model = fc_auto_members[i].model;
        if (model == fc_model_find("dotm") || model == fc_model_find("ets"))
            assert_true(w[i] < 0.5 * fixed[i]);
        else if (model != fc_model_find("ces"))
            autoregressive += w[i];
    }
    assert_true(autoregressive > 0.8);
    /* of another kind nothing was learnt but from these */
    assert_memory_equal(k.of[FC_KIND_RESTING].weights, w,
                        FC_AUTO_MEMBERS * sizeof *w);
    assert_memory_equal(&k.of[FC_KIND_RESTING].reach, &prior.of[0].reach,
                        sizeof prior.of[0].reach);
    free(learned);
    struct fc_spec best = spec_of("auto"), alone = spec_of("scum");
    assert_true(batch_error(&s, &best) < 0.8 * batch_error(&s, &alone));
    release_simulated(&s);
}

static void what_learning_took_is_told(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(30, 30, 4, seasonal);
    give_season(&s, 4);
    struct fc_spec specs[] = {spec_of("snaive"), spec_of("auto")};
    double seconds[] = {0, 0};
    struct fc_batch batch = {.job = {.specs = specs,
                                     .nspecs = 2,
                                     .seed = 1,
                                     .horizon = 4,
                                     .nthreads = 1},
                             .learn_seconds = seconds};
    give_series(&batch.job, s.series, s.n);
    assert_int_equal(fc_batch_run(&batch, NULL), FC_OK);
    assert_true(seconds[0] == 0);
    assert_true(seconds[1] > 0);
    fc_batch_release(&batch);
    release_simulated(&s);
}

/* As a fallback too: its weights are those for so many steps. */
static void auto_knows_the_horizon_as_a_fallback(void **state)
{
    (void)state;
    enum { STEPS = 3, LENGTH = 20 };
    struct simulated s = simulate_batch(20, LENGTH, STEPS, cycles);
    struct fc_spec longer = spec_of("ets:ANA"), spec = spec_of("auto");
    struct fc_request request = {.spec = &spec, .horizon = STEPS, .seed = 1};
    struct fc_batch batch = {.job = {.specs = &longer,
                                     .nspecs = 1,
                                     .fallback = &spec,
                                     .horizon = STEPS,
                                     .seed = 1,
                                     .nthreads = 1}};
    struct fc_workspace *ws = fc_workspace_new();
    give_season(&s, LENGTH);
    give_series(&batch.job, s.series, s.n);
    assert_int_equal(fc_batch_run(&batch, NULL), FC_OK);
    for (size_t i = 0; i < s.n; i++) {
        double mean[STEPS];
        struct fc_forecast out = {.horizon = STEPS, .mean = mean};
        struct fc_fit fit;
        fc_workspace_reset(ws);
        assert_int_equal(fc_model_fit(&s.series[i], &request, ws, &fit, NULL),
                         FC_OK);
        assert_int_equal(fc_model_predict(&fit, ws, &out, NULL), FC_OK);
        assert_int_equal(batch.results[i].outcome, FC_OUTCOME_FALLBACK);
        assert_memory_equal(fc_batch_forecast(&batch, i).mean, mean,
                            sizeof mean);
    }
    fc_workspace_free(ws);
    fc_batch_release(&batch);
    release_simulated(&s);
}

/* The mean absolute error of one model for the last h values of a series, of
 * which the fit to all of it has made its choices. */
static double error_before(const char *model, const struct fc_series *series,
                           const struct fc_fit *whole, size_t h,
                           struct fc_workspace *ws)
{
    double mean[8], error = 0;
    struct fc_forecast out = {.horizon = (int)h, .mean = mean};
    struct fc_spec spec = spec_of(model);
    struct fc_series cut = series_of(series->id, series->y, series->n - h, 1);
    struct fc_fit fit;
    struct fc_request request = {.spec = &spec, .seed = 1, .similar = whole};
    assert_int_equal(fc_model_fit(&cut, &request, ws, &fit, NULL), FC_OK);
    assert_int_equal(fc_model_predict(&fit, ws, &out, NULL), FC_OK);
    for (size_t t = 0; t < h; t++)
        error += fabs(mean[t] - series->y[cut.n + t]) / (double)h;
    return error;
}

/* A series as it is. */
static struct fc_auto_view view_of(const struct fc_series *series)
{
    return (struct fc_auto_view){.series = *series, .known = series->y};
}

/* auto's members, fitted. */
static struct fc_fit fit_members(const struct fc_series *series,
                                 const struct fc_request *request,
                                 struct fc_workspace *ws)
{
    struct fc_auto_common none = {.change = 0};
    struct fc_fit fit = {.model = request->spec->model,
                         .season_length = fc_season_length(series->seasons)};
    assert_int_equal(
        fc_auto_fit_members(series, request, &none, ws, &fit, NULL), FC_OK);
    return fit;
}

/* In the ratio of the errors, plus 0.3 mean changes, to the power of 1.5. */
static void trust_falls_with_the_errors_of_the_series(void **state)
{
    (void)state;
    enum { H = 6 };
    enum { LOCAL = 4 };
    static const char *const local[LOCAL] = {"ets", "arima", "dotm", "ces"};
    struct simulated s = simulate_batch(20, 40, H, cycles);
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_auto_common none = {.change = 0};
    struct fc_spec spec = spec_of("auto");
    struct fc_request request = {.spec = &spec, .horizon = H, .seed = 1};
    for (size_t i = 0; i < s.n; i++) {
        double trust[FC_AUTO_TRUSTS], error[LOCAL], ratio[H], change = 0;
        const struct fc_series *series = &s.series[i];
        for (size_t t = 1; t < series->n - H; t++)
            change += fabs(series->y[t] - series->y[t - 1]);
        change /= (double)(series->n - H - 1);
        fc_workspace_reset(ws);
        struct fc_fit fit = fit_members(series, &request, ws);
        for (int k = 0; k < LOCAL; k++)
            error[k] = error_before(local[k], series, &fit.members[k], H, ws);
        struct fc_auto_view view = view_of(series);
        struct fc_auto_tried tried = {trust, ratio};
        assert_int_equal(fc_auto_trust(&fit, &view, &request, &none, ws, tried),
                         FC_OK);
        double product = 1, size = 0;
        for (int h = 0; h < H; h++)
            size += fabs(ratio[h]) / H;
        assert_true(size > 0);
        assert_near(trust[FC_AUTO_OWN], size, 1e-12);
        for (int k = 0; k < LOCAL; k++) {
            product *= trust[k];
            assert_near(
                trust[k] / trust[0],
                pow((error[0] + 0.3 * change) / (error[k] + 0.3 * change), 1.5),
                1e-9);
        }
        assert_near(product, 1, 1e-9);
        for (int k = LOCAL; k < FC_AUTO_MEMBERS; k++)
            assert_true(trust[k] == 1);
    }
    fc_workspace_free(ws);
    release_simulated(&s);
}

static void without_errors_all_are_trusted_alike(void **state)
{
    (void)state;
    double y[40], trust[FC_AUTO_TRUSTS];
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_auto_common none = {.change = 0};
    struct fc_spec spec = spec_of("auto");
    struct fc_request request = {.spec = &spec, .horizon = 6, .seed = 1};
    for (int t = 0; t < 40; t++)
        y[t] = t < 30 ? 5 : t;
    /* too few values; then 30 that are all the same before */
    struct fc_series series = series_of("a", y + 25, 6, 4);
    for (int i = 0; i < 2; i++) {
        struct fc_fit fit = fit_members(&series, &request, ws);
        struct fc_auto_view view = view_of(&series);
        double ratio[6] = {0};
        struct fc_auto_tried tried = {trust, ratio};
        assert_int_equal(fc_auto_trust(&fit, &view, &request, &none, ws, tried),
                         FC_OK);
        assert_true(trust[FC_AUTO_OWN] == 0);
        for (int h = 0; h < 6; h++)
            assert_true(isnan(ratio[h]));
        for (int k = 0; k < FC_AUTO_MEMBERS; k++)
            assert_true(trust[k] == 1);
        series = series_of("a", y, 36, 4);
    }
    fc_workspace_free(ws);
}

/* Where there are no errors, the share of what knows all seasons is the stated
 * one: of 5 cycles of 28 that many steps ahead 5 to 1, of 20 9 to 1; a week of
 * days ahead is a seventh of 49.  Beside members that are told the calendar it
 * is 5 to 1, and that of the widths as it is beside others. */
static void far_ahead_what_knows_all_seasons_counts(void **state)
{
    static const struct {
        struct fc_seasons seasons;
        size_t n;
        int horizon;
        double odds;
        bool told;
    } cases[] = {
        {{.n = 2, .length = {4, 28}}, 140, 28, 5, false},
        {{.n = 2, .length = {4, 28}}, 140, 100, 5, false},
        {{.n = 2, .length = {4, 28}}, 560, 28, 9, false},
        {{.n = 2, .length = {4, 28}}, 560, 7, 2, false},
        {{.n = 2, .length = {7, 365.25}}, 980, 49, 9, false},
        {{.n = 2, .length = {7, 365.25}}, 980, 7, 1 + 8 / 18.520259, false},
        {{.n = 2, .length = {4, 28}, .year = 365.25}, 560, 28, 9, true}};
    double y[980], trust[FC_AUTO_TRUSTS];
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_auto_common none = {.change = 0};
    struct fc_spec spec = spec_of("auto");
    (void)state;
    for (int t = 0; t < 980; t++)
        y[t] = 5;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fc_series series = {
            .id = "a", .y = y, .n = cases[i].n, .seasons = &cases[i].seasons};
        series.date.known = cases[i].told;
        double odds = cases[i].told ? 5 : cases[i].odds;
        struct fc_request request = {
            .spec = &spec, .horizon = cases[i].horizon, .seed = 1};
        struct fc_fit fit = {.model = spec.model,
                             .season_length = (int)series.seasons->length[0]};
        struct fc_auto_view view = view_of(&series);
        struct fc_auto_tried tried = {trust, NULL};
        assert_int_equal(fc_auto_trust(&fit, &view, &request, &none, ws, tried),
                         FC_OK);
        assert_near(trust[FC_AUTO_SHARE], odds / (1 + odds), 1e-6);
        assert_near(trust[FC_AUTO_SHARE_OF_WIDTHS],
                    cases[i].odds / (1 + cases[i].odds), 1e-6);
    }
    fc_workspace_free(ws);
}

/* Of a series with several seasons that is placed in time, members that learn
 * over all series count more by the square of the stated odds; without a date,
 * or a year, all the same. */
static void what_is_told_the_calendar_counts_more(void **state)
{
    static const struct {
        bool known;
        double year, odds;
    } cases[] = {{true, 365.25, 9}, {false, 365.25, 1}, {true, 0, 1}};
    double y[980], trust[FC_AUTO_TRUSTS];
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_auto_common none = {.change = 0};
    struct fc_spec spec = spec_of("auto");
    struct fc_request request = {.spec = &spec, .horizon = 49, .seed = 1};
    (void)state;
    for (int t = 0; t < 980; t++)
        y[t] = 5;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fc_seasons seasons = {
            .n = 2, .length = {7, 365.25}, .year = cases[i].year};
        struct fc_series series = {.id = "a",
                                   .y = y,
                                   .n = 980,
                                   .seasons = &seasons,
                                   .date = {.known = cases[i].known}};
        struct fc_fit fit = {.model = spec.model, .season_length = 7};
        struct fc_auto_view view = view_of(&series);
        struct fc_auto_tried tried = {trust, NULL};
        double product = 1;
        assert_int_equal(fc_auto_trust(&fit, &view, &request, &none, ws, tried),
                         FC_OK);
        for (int k = 0; k < FC_AUTO_MEMBERS; k++) {
            bool learns = fc_auto_members[k].model->learn != NULL;
            assert_near(trust[k] / trust[0],
                        learns ? cases[i].odds * cases[i].odds : 1, 1e-6);
            product *= trust[k];
        }
        assert_near(product, 1, 1e-9);
    }
    fc_workspace_free(ws);
}

/* Two seasons, of which the longer comes and goes. */
static void two_seasons(gsl_rng *rng, double *y, size_t n)
{
    for (size_t t = 0; t < n; t++)
        y[t] = 100 + 10 * sin((double)(t % 4))
               + (double)(t / 56 % 3) * cos((double)(t % 28))
               + gsl_ran_gaussian(rng, 2);
}

/* The share of what knows all seasons is by its errors against those of the
 * members' forecast as it is trusted, squared. */
static void seasons_are_weighed_against_what_is_trusted(void **state)
{
    enum { N = 280, H = 28, BEFORE = N - H };
    double y[N], trust[FC_AUTO_TRUSTS], mean[H], own = 0, theirs = 0;
    struct fc_seasons seasons = {.n = 2, .length = {4, 28}};
    struct fc_auto_common none = {.change = 0};
    struct fc_spec spec = spec_of("auto");
    struct fc_request request = {.spec = &spec, .horizon = H, .seed = 1};
    struct fc_workspace *ws = fc_workspace_new();
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    (void)state;
    two_seasons(rng, y, N);
    struct fc_series series = {.id = "a", .y = y, .n = N, .seasons = &seasons};
    struct fc_fit fit = fit_members(&series, &request, ws);
    struct fc_auto_view view = view_of(&series);
    struct fc_auto_tried tried = {trust, NULL};
    assert_int_equal(fc_auto_trust(&fit, &view, &request, &none, ws, tried),
                     FC_OK);

    struct fc_fit cut_fit = {.model = spec.model, .season_length = 4};
    struct fc_auto_fitted cut = {series, &cut_fit, 0};
    struct fc_auto_table table;
    struct fc_auto_knowledge prior = fc_auto_prior(4);
    cut.series.n = BEFORE;
    request.similar = &fit;
    assert_int_equal(
        fc_auto_fit_members(&cut.series, &request, &none, ws, &cut_fit, NULL),
        FC_OK);
    assert_int_equal(fc_auto_candidates(&cut, H, ws, &table, NULL), FC_OK);
    memcpy(table.trust, trust, sizeof table.trust);
    fc_auto_combine(&table, prior.of[FC_KIND_MOVING].weights, mean);
    for (int h = 0; h < H; h++) {
        own += fabs(y[BEFORE + h] - table.seasonal[h]);
        theirs += fabs(y[BEFORE + h] - mean[h]);
    }
    double odds = 1 + 4 * sqrt(N / 28.0 / 5);
    assert_near(trust[FC_AUTO_SHARE] / (1 - trust[FC_AUTO_SHARE]),
                odds * (theirs / own) * (theirs / own), 1e-9);
    gsl_rng_free(rng);
    fc_workspace_free(ws);
}

/* What knows all seasons is what it is by itself, though the members see what
 * the longer ones leave. */
static void all_seasons_are_seen_as_they_were(void **state)
{
    enum { N = 280, H = 28 };
    double y[N], alone[H], mean[H];
    struct fc_seasons seasons = {.n = 2, .length = {4, 28}};
    struct fc_spec spec = spec_of("auto"), own = {.model = fc_auto_seasonal};
    struct fc_request request = {.spec = &spec, .horizon = H, .seed = 1};
    struct fc_forecast out = {.horizon = H, .mean = alone};
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_fit fit, all;
    struct fc_auto_table table;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    (void)state;
    two_seasons(rng, y, N);
    struct fc_series series = {.id = "a", .y = y, .n = N, .seasons = &seasons};
    assert_int_equal(fc_model_fit(&series, &request, ws, &fit, NULL), FC_OK);
    request.spec = &own;
    assert_int_equal(fc_model_fit(&series, &request, ws, &all, NULL), FC_OK);
    assert_int_equal(fc_model_predict(&all, ws, &out, NULL), FC_OK);
    assert_int_equal(fit.adjustment.seasons.n, 1);
    out.mean = mean;
    assert_int_equal(
        fc_model_predict(&fit.members[FC_AUTO_KNOWS_SEASONS], ws, &out, NULL),
        FC_OK);
    struct fc_auto_fitted fitted = {
        {.id = "a", .y = fit.state, .n = N, .less = &fit.adjustment}, &fit, 0};
    assert_int_equal(fc_auto_candidates(&fitted, H, ws, &table, NULL), FC_OK);
    fc_adjustment_undo(&fit.adjustment, N, H, table.seasonal);
    for (int h = 0; h < H; h++) {
        assert_near(mean[h], alone[h], 1e-9);
        assert_near(table.seasonal[h], alone[h], 1e-9);
    }
    gsl_rng_free(rng);
    fc_workspace_free(ws);
}

/* Nothing beats the last value of a random walk, nor the mean of a season;
 * auto may not be far from either. */
static void known_best_forecasts_are_approached(void **state)
{
    (void)state;
    struct fc_spec best = spec_of("auto"), naive = spec_of("naive");
    struct simulated s = simulate_batch(300, 40, 6, random_walk);
    give_season(&s, 4);
    assert_true(batch_error(&s, &best) < 1.05 * batch_error(&s, &naive));
    release_simulated(&s);
    s = simulate_batch(300, 40, 6, seasonal);
    give_season(&s, 4);
    double ideal = sqrt(2 / 3.14159265358979) * sqrt(1 + 1 / 10.0);
    assert_true(batch_error(&s, &best) < 1.1 * ideal);
    release_simulated(&s);
}

static void intervals_cover_what_they_claim(void **state)
{
    (void)state;
    static const double claimed[] = {0.8, 0.95};
    struct simulated s = simulate_batch(600, 40, 6, random_walk);
    struct fc_spec spec = spec_of("auto");
    struct fc_batch batch = run_batch(&s, &spec, 2);
    for (size_t k = 0; k < 2; k++) {
        size_t inside = 0, steps = s.n * s.horizon;
        for (size_t i = 0; i < steps; i++) {
            struct fc_forecast f = fc_batch_forecast(&batch, i / 6);
            double y = s.future[i];
            inside += y >= f.lo[k * 6 + i % 6] && y <= f.hi[k * 6 + i % 6];
        }
        /* steps of one walk hang together: count every series twice; and the
         * widths were learnt from as many, with an error as large */
        double p = claimed[k], se = sqrt(2 * p * (1 - p) / (2 * (double)s.n));
        assert_true(fabs((double)inside / (double)steps - p) < 3 * se);
    }
    fc_batch_release(&batch);
    release_simulated(&s);
}

/* Ratios that are the quantiles of N(0, 1 + h): factors are the normal's. */
static void factors_are_the_errors_quantiles(void **state)
{
    (void)state;
    enum { N = 20000, H = 5 };
    static double ratio[N * H];
    struct fc_reach reach, prior = fc_auto_prior(1).of[0].reach;
    for (size_t i = 0; i < N; i++)
        for (size_t h = 0; h < H; h++)
            ratio[i * H + h] = gsl_cdf_ugaussian_Pinv(((double)i + 0.5) / N)
                               * sqrt((double)h + 1);
    struct fc_reach_sample sample = {.n = N, .horizon = H, .ratio = ratio};
    assert_int_equal(fc_reach_learn(&sample, &prior, &reach, NULL), FC_OK);
    for (double level = 5; level < 99.5; level += 5)
        for (int h = 0; h < H; h++)
            for (enum fc_side side = 0; side < FC_SIDES; side++)
                assert_near(fc_reach_factor(&reach, side, level, h),
                            gsl_cdf_ugaussian_Pinv(0.5 + level / 200)
                                * sqrt(h + 1),
                            0.01);
}

/*
 * Ratios that are exponential less their median: -log(1 - p) - log 2.  A side
 * lies between its own quantile and that of the size, whose distribution
 * function is sinh(x) below log 2 and 1 - exp(-x) / 2 above.
 */
static void skewed_errors_make_skewed_intervals(void **state)
{
    (void)state;
    enum { N = 20000 };
    static double ratio[N];
    struct fc_reach reach, prior = fc_auto_prior(1).of[0].reach;
    for (size_t i = 0; i < N; i++)
        ratio[i] = -log1p(-((double)i + 0.5) / N) - log(2);
    struct fc_reach_sample sample = {.n = N, .horizon = 1, .ratio = ratio};
    assert_int_equal(fc_reach_learn(&sample, &prior, &reach, NULL), FC_OK);
    for (double level = 60; level < 96; level += 10) {
        double p = level / 100;
        double size = p < 0.75 ? asinh(p) : -log(2 * (1 - p));
        double above = -log((1 - p) / 2) - log(2);
        double below = log(2) + log1p(-(1 - p) / 2);
        assert_near(fc_reach_factor(&reach, FC_ABOVE, level, 0),
                    (above + size) / 2, 0.01);
        assert_near(fc_reach_factor(&reach, FC_BELOW, level, 0),
                    (below + size) / 2, 0.01);
    }
}

static void without_errors_the_prior_stays(void **state)
{
    (void)state;
    double ratio[4] = {NAN, NAN, INFINITY, NAN};
    struct fc_reach reach, prior = fc_auto_prior(1).of[0].reach;
    struct fc_reach_sample sample = {.n = 2, .horizon = 2, .ratio = ratio};
    assert_int_equal(fc_reach_learn(&sample, &prior, &reach, NULL), FC_OK);
    assert_memory_equal(&reach, &prior, sizeof prior);
}

/*
 * What has doubled ten times does not go on like that.  The rule allows
 * 1 + 2 h / n widths of the range beyond it.
 */
static void absurd_candidates_are_left_out(void **state)
{
    (void)state;
    enum { N = 10, H = 12 };
    static const double y[N] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512};
    struct fc_series series = series_of("doubled", y, N, 1);
    struct simulated s = {1, N, H, &series, NULL, NULL, NULL};
    struct fc_spec spec = spec_of("auto"), arima = spec_of("arima");
    struct fc_batch batch = run_batch(&s, &arima, 1);
    double width = 511, allowed = 512 + width * (1 + 2.0 * H / N);
    assert_true(fc_batch_forecast(&batch, 0).mean[H - 1] > allowed);
    fc_batch_release(&batch);
    batch = run_batch(&s, &spec, 1);
    assert_int_equal(batch.results[0].outcome, FC_OUTCOME_OK);
    assert_non_null(batch.results[0].detail);
    assert_non_null(strstr(batch.results[0].detail, "left out"));
    assert_null(strstr(batch.reports[0].spec, "arima"));
    for (int h = 0; h < H; h++)
        assert_true(fc_batch_forecast(&batch, 0).mean[h]
                    < 512 + width * (1 + 2.0 * (h + 1) / N));
    fc_batch_release(&batch);
}

/* A series that repeats itself, and grows by the same each year. */
static void an_exact_season_is_followed_exactly(void **state)
{
    (void)state;
    enum { N = 60, H = 12 };
    double y[N + H], lowest = INFINITY, highest = -INFINITY;
    for (int t = 0; t < N + H; t++) {
        y[t] = 50 + 37 * sin(t % 12 * (t % 12)) + 2.5 * (t / 12);
        lowest = fmin(lowest, y[t]);
        highest = fmax(highest, y[t]);
    }
    struct fc_series series = series_of("exact", y, N, 12);
    struct simulated s = {1, N, H, &series, NULL, NULL, NULL};
    struct fc_spec spec = spec_of("auto");
    struct fc_batch batch = run_batch(&s, &spec, 1);
    for (int h = 0; h < H; h++)
        assert_true(fabs(fc_batch_forecast(&batch, 0).mean[h] - y[N + h])
                    < 0.001 * (highest - lowest));
    fc_batch_release(&batch);
}

/* Relative widths come from the batch, whose series change by 1% a step. */
static void a_few_values_have_the_batchs_widths(void **state)
{
    (void)state;
    enum { H = 5 };
    struct simulated s = simulate_batch(40, 40, H, random_walk);
    struct fc_spec spec = spec_of("auto");
    for (size_t n = 1; n <= 3; n++) {
        double few[] = {5000, 5000, 5000};
        s.series[0] = series_of("s0", few, n, 1);
        struct fc_batch batch = run_batch(&s, &spec, 2);
        struct fc_forecast f = fc_batch_forecast(&batch, 0);
        assert_near(f.mean[0], 5000, 0.01);
        /* a normal step's mean size is 0.8 of its standard deviation */
        double width = (f.hi[H] - f.lo[H]) / 2;
        assert_null(batch.results[0].detail);
        assert_true(width > 0.25 * 1.96 * 50 && width < 4 * 1.96 * 50);
        fc_batch_release(&batch);
    }
    release_simulated(&s);
}

/* What was zero for long and is sold since a few days is a new series. */
static void new_series_are_as_if_they_began_when_they_did(void **state)
{
    (void)state;
    enum { N = 60, H = 7 };
    struct simulated s = simulate_batch(30, N, H, seasonal);
    give_season(&s, 4);
    struct fc_spec spec = spec_of("auto");
    double y[N] = {[55] = 8, 12, 6, 14, 9};
    s.series[0] = series_of("new", y, N, 4);
    struct fc_batch zeros = run_batch(&s, &spec, 2);
    s.series[0] = series_of("new", y + 55, 5, 4);
    struct fc_batch begun = run_batch(&s, &spec, 2);
    assert_memory_equal(fc_batch_forecast(&zeros, 0).mean,
                        fc_batch_forecast(&begun, 0).mean,
                        5 * H * sizeof(double));
    fc_batch_release(&zeros);
    fc_batch_release(&begun);
    release_simulated(&s);
}

/* Knowledge by which every interval is a million times too wide. */
static void absurd_intervals_are_replaced(void **state)
{
    (void)state;
    struct simulated s = simulate_batch(40, 40, 5, random_walk);
    struct fc_spec spec = spec_of("auto");
    struct fc_learned *learned = learn(&s);
    struct fc_batch sane = run_batch_with(learned, &s, &spec, 2);
    assert_false(sane.results[0].replaced);
    /* the scale of moving series is behind their weights */
    struct fc_auto_knowledge k = fc_auto_read(fc_part_of(learned), 1);
    for (size_t i = 0; i < learned->n; i++)
        if (learned->values[i] == k.of[FC_KIND_MOVING].reach.a)
            learned->values[i] += log(1e6);
    assert_near(fc_auto_read(fc_part_of(learned), 1).of[FC_KIND_MOVING].reach.a,
                k.of[FC_KIND_MOVING].reach.a + log(1e6), 1e-12);
    struct fc_batch absurd = run_batch_with(learned, &s, &spec, 2);
    for (size_t i = 0; i < s.n; i++) {
        struct fc_forecast f = fc_batch_forecast(&sane, i);
        struct fc_forecast g = fc_batch_forecast(&absurd, i);
        assert_true(absurd.results[i].replaced);
        assert_non_null(strstr(absurd.results[i].detail, "absurd intervals"));
        assert_memory_equal(f.mean, g.mean, 5 * sizeof(double));
        for (int at = 0; at < 10; at++)
            assert_true(g.hi[at] - g.lo[at] < 3 * (f.hi[at] - f.lo[at]));
    }
    fc_batch_release(&sane);
    fc_batch_release(&absurd);
    free(learned);
    release_simulated(&s);
}

/* Outside the range, 4 z (1 + 2 h / n) times its width are allowed. */
static void bounds_are_absurd_by_the_stated_rule(void **state)
{
    (void)state;
    double y[10] = {10, 20, 12, 14, 16, 18, 11, 13, 15, 17};
    double mean[1] = {15}, lo[1] = {12}, hi[1], level[1] = {95};
    struct fc_series series = series_of("a", y, 10, 1);
    struct fc_forecast out = {.horizon = 1,
                              .nlevels = 1,
                              .levels = level,
                              .mean = mean,
                              .lo = lo,
                              .hi = hi};
    double most = 20 + 10 * 4 * 1.959964 * 1.2;
    hi[0] = most - 0.001;
    assert_false(fc_auto_is_absurd(&series, 1, &out));
    hi[0] = most + 0.001;
    assert_true(fc_auto_is_absurd(&series, 1, &out));
    assert_false(fc_auto_is_absurd(&series, 3, &out));
    fc_auto_clip(&series, 1, &out);
    assert_near(hi[0], most, 1e-5);
    assert_true(lo[0] == 12);
    lo[0] = NAN;
    assert_true(fc_auto_is_absurd(&series, 1, &out));
}

/* Two and a half years: the season is known to those who have one. */
static void short_seasonal_series_keep_their_season(void **state)
{
    (void)state;
    enum { H = 12 };
    struct simulated s = simulate_batch(40, 30, H, seasonal);
    give_season(&s, 12);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t i = 0; i < s.n; i++)
        for (size_t t = 0; t < 30 + H; t++)
            s.y[i * (30 + H) + t] = 100
                                    + 30 * sin((double)(t % 12 * (3 + i % 5)))
                                    + gsl_ran_gaussian(rng, 2);
    for (size_t i = 0; i < s.n; i++)
        memcpy(s.future + i * H, s.y + i * (30 + H) + 30, H * sizeof(double));
    struct fc_spec best = spec_of("auto"), arima = spec_of("arima");
    assert_true(batch_error(&s, &best) < 1.1 * batch_error(&s, &arima));
    gsl_rng_free(rng);
    release_simulated(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bytes_for_any_number_of_threads),
        cmocka_unit_test(few_series_are_forecast),
        cmocka_unit_test(missing_values_teach_nothing_wrong),
        cmocka_unit_test(weights_sum_to_one),
        cmocka_unit_test(rests_begin_with_other_weights),
        cmocka_unit_test(trees_of_other_parts_are_refused),
        cmocka_unit_test(cycles_are_left_to_autoregressions),
        cmocka_unit_test(what_learning_took_is_told),
        cmocka_unit_test(auto_knows_the_horizon_as_a_fallback),
        cmocka_unit_test(trust_falls_with_the_errors_of_the_series),
        cmocka_unit_test(without_errors_all_are_trusted_alike),
        cmocka_unit_test(far_ahead_what_knows_all_seasons_counts),
        cmocka_unit_test(what_is_told_the_calendar_counts_more),
        cmocka_unit_test(seasons_are_weighed_against_what_is_trusted),
        cmocka_unit_test(all_seasons_are_seen_as_they_were),
        cmocka_unit_test(known_best_forecasts_are_approached),
        cmocka_unit_test(intervals_cover_what_they_claim),
        cmocka_unit_test(factors_are_the_errors_quantiles),
        cmocka_unit_test(skewed_errors_make_skewed_intervals),
        cmocka_unit_test(without_errors_the_prior_stays),
        cmocka_unit_test(absurd_candidates_are_left_out),
        cmocka_unit_test(an_exact_season_is_followed_exactly),
        cmocka_unit_test(a_few_values_have_the_batchs_widths),
        cmocka_unit_test(new_series_are_as_if_they_began_when_they_did),
        cmocka_unit_test(absurd_intervals_are_replaced),
        cmocka_unit_test(bounds_are_absurd_by_the_stated_rule),
        cmocka_unit_test(short_seasonal_series_keep_their_season),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
