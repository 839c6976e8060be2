/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * naive, snaive, drift and mean against R's values on 50 series of the M3
 * competition and some awkward ones (tests/reference/naive.R), and, where R
 * gives no interval, against what the headers of the models promise.
 */
#include "tests/check.h"
#include "tests/series.h"

#include "forecast/models.h"

enum { MAX_ROWS = 8000, MAX_N = 200, MAX_HORIZON = 20, NLEVELS = 2 };

static const double levels[NLEVELS] = {80, 95};

/* One observation: a row of naive_y.csv. */
struct y_row {
    char series[24];
    int m;
    double y;
};

/* One step of one forecast: a row of naive.csv. */
struct forecast_row {
    char series[24], model[8];
    int h;
    double mean, bound[2 * NLEVELS]; /* lo80 hi80 lo95 hi95 */
};

struct reference {
    struct y_row y[MAX_ROWS];
    struct forecast_row forecast[MAX_ROWS];
    size_t ny, nforecast;
};

static FILE *open_table(const char *path)
{
    char header[200];
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(header, sizeof header, f));
    return f;
}

static int read_reference(void **state)
{
    struct reference *r = calloc(1, sizeof *r);
    FILE *f = open_table("tests/reference/naive_y.csv");
    struct y_row *y = r->y;
    while (r->ny < MAX_ROWS
           && fscanf(f, "%23[^,],%d,%lf\n", y->series, &y->m, &y->y) == 3)
        y = &r->y[++r->ny];
    assert_true(feof(f));
    fclose(f);
    f = open_table("tests/reference/naive.csv");
    struct forecast_row *p = r->forecast;
    while (r->nforecast < MAX_ROWS
           && fscanf(f, "%23[^,],%7[^,],%d,%lf,%lf,%lf,%lf,%lf\n", p->series,
                     p->model, &p->h, &p->mean, &p->bound[0], &p->bound[1],
                     &p->bound[2], &p->bound[3])
                  == 8)
        p = &r->forecast[++r->nforecast];
    assert_true(feof(f));
    fclose(f);
    *state = r;
    return 0;
}

static int free_reference(void **state)
{
    free(*state);
    return 0;
}

/* A forecast and the memory behind it. */
struct answer {
    struct fc_workspace *ws;
    struct fc_fit fit;
    struct fc_error err;
    double mean[MAX_HORIZON];
    double lo[NLEVELS * MAX_HORIZON], hi[NLEVELS * MAX_HORIZON];
};

static enum fc_status forecast(const char *model, const double *y, size_t n,
                               int m, int horizon, struct answer *a)
{
    struct fc_series series = series_of("s", y, n, m);
    struct fc_spec spec = {.model = fc_model_find(model)};
    struct fc_forecast out = {.horizon = horizon,
                              .nlevels = NLEVELS,
                              .levels = levels,
                              .mean = a->mean,
                              .lo = a->lo,
                              .hi = a->hi};
    assert_non_null(spec.model);
    assert_in_range(horizon, 1, MAX_HORIZON);
    a->ws = fc_workspace_new();
    assert_non_null(a->ws);
    enum fc_status status = fit_spec(&series, &spec, a->ws, &a->fit, &a->err);
    if (status == FC_OK)
        status = fc_model_predict(&a->fit, a->ws, &out, &a->err);
    fc_workspace_free(a->ws);
    return status;
}

/* Copies the observations of one series; its season length into m. */
static size_t observations(const struct reference *r, const char *series,
                           double *y, int *m)
{
    size_t n = 0;
    for (size_t k = 0; k < r->ny; k++)
        if (strcmp(r->y[k].series, series) == 0) {
            assert_true(n < MAX_N);
            y[n++] = r->y[k].y;
            *m = r->y[k].m;
        }
    assert_true(n > 0);
    return n;
}

/* The rows of one series and model are adjacent, h = 1, 2, ... */
static int horizon_of(const struct forecast_row *first, size_t left)
{
    size_t h = 1;
    while (h < left && first[h].h == (int)h + 1)
        h++;
    return (int)h;
}

static void compare(const struct answer *a, const struct forecast_row *row,
                    int horizon)
{
    for (int h = 0; h < horizon; h++) {
        assert_near(a->mean[h], row[h].mean, 1e-8);
        for (int i = 0; i < NLEVELS; i++) {
            int at = i * horizon + h;
            assert_near(a->lo[at], row[h].bound[2 * i], 1e-8);
            assert_near(a->hi[at], row[h].bound[2 * i + 1], 1e-8);
        }
    }
}

static void matches_r(const struct reference *r, const char *model)
{
    size_t nseries = 0;
    for (size_t k = 0; k < r->nforecast;) {
        const struct forecast_row *row = &r->forecast[k];
        int horizon = horizon_of(row, r->nforecast - k);
        k += (size_t)horizon;
        if (strcmp(row->model, model) != 0)
            continue;
        double y[MAX_N];
        int m = 0;
        struct answer a;
        size_t n = observations(r, row->series, y, &m);
        assert_int_equal(forecast(model, y, n, m, horizon, &a), FC_OK);
        compare(&a, row, horizon);
        nseries++;
    }
    assert_true(nseries >= 50);
}

static void naive_matches_r(void **state)
{
    matches_r(*state, "naive");
}

static void snaive_matches_r(void **state)
{
    matches_r(*state, "snaive");
}

static void drift_matches_r(void **state)
{
    matches_r(*state, "drift");
}

static void mean_matches_r(void **state)
{
    matches_r(*state, "mean");
}

static void one_observation_repeats_without_width(void **state)
{
    const char *models[] = {"naive", "snaive", "mean"};
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        struct answer a;
        assert_int_equal(forecast(models[k], &(double){-7.25}, 1, 12, 3, &a),
                         FC_OK);
        assert_non_null(a.fit.note);
        assert_true(a.fit.sigma2 == 0);
        for (int h = 0; h < 3; h++) {
            assert_true(a.mean[h] == -7.25);
            for (int i = 0; i < NLEVELS; i++) {
                assert_true(a.lo[i * 3 + h] == -7.25);
                assert_true(a.hi[i * 3 + h] == -7.25);
            }
        }
    }
}

static void drift_needs_two_observations(void **state)
{
    struct answer a;
    (void)state;
    assert_int_equal(forecast("drift", &(double){1}, 1, 1, 3, &a), FC_ESHORT);
    assert_string_equal(a.err.msg,
                        "drift needs at least 2 observations, has 1");
    const double y[] = {3, 5};
    assert_int_equal(forecast("drift", y, 2, 1, 3, &a), FC_OK);
    assert_non_null(a.fit.note);
    for (int h = 0; h < 3; h++) {
        assert_true(a.mean[h] == 5 + 2.0 * (h + 1));
        assert_true(a.lo[h] == a.mean[h] && a.hi[h] == a.mean[h]);
    }
}

/* R's naive() stands for what R's snaive() refuses. */
static void snaive_of_less_than_a_season_is_naive(void **state)
{
    const struct reference *r = *state;
    double y[MAX_N];
    int m;
    struct answer snaive, naive;
    observations(r, "N1437", y, &m);
    for (size_t n = 1; n < 12; n++) {
        assert_int_equal(forecast("snaive", y, n, 12, 5, &snaive), FC_OK);
        assert_int_equal(forecast("naive", y, n, 12, 5, &naive), FC_OK);
        assert_non_null(snaive.fit.note);
        assert_memory_equal(snaive.mean, naive.mean, 5 * sizeof *y);
        assert_memory_equal(snaive.lo, naive.lo, 10 * sizeof *y);
        assert_memory_equal(snaive.hi, naive.hi, 10 * sizeof *y);
    }
}

/* One season leaves no seasonal difference; the width is naive()'s. */
static void snaive_of_exactly_a_season_repeats_it(void **state)
{
    const double y[] = {5, 1, 4, 2};
    struct answer snaive, naive;
    (void)state;
    assert_int_equal(forecast("snaive", y, 4, 4, 9, &snaive), FC_OK);
    assert_int_equal(forecast("naive", y, 4, 4, 9, &naive), FC_OK);
    for (int h = 0; h < 9; h++) {
        assert_true(snaive.mean[h] == y[h % 4]);
        assert_true(snaive.lo[h] < y[h % 4] && snaive.hi[h] > y[h % 4]);
    }
    assert_near(snaive.hi[0] - snaive.mean[0], naive.hi[0] - naive.mean[0],
                1e-12);
    assert_near(snaive.hi[8] - snaive.mean[8],
                sqrt(3) * (naive.hi[0] - naive.mean[0]), 1e-12);
}

/* The step of the past that snaive's first forecast is a copy of. */
static size_t looks_back(const struct fc_seasons *seasons, size_t n)
{
    double *y = malloc(n * sizeof *y), mean[2];
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_series series = {.id = "s", .y = y, .n = n, .seasons = seasons};
    struct fc_spec spec = {.model = fc_model_find("snaive")};
    struct fc_forecast out = {.horizon = 2, .mean = mean};
    struct fc_fit fit;
    assert_true(y != NULL && ws != NULL);
    for (size_t t = 0; t < n; t++)
        y[t] = (double)t;
    assert_int_equal(fit_spec(&series, &spec, ws, &fit, NULL), FC_OK);
    assert_int_equal(fc_model_predict(&fit, ws, &out, NULL), FC_OK);
    assert_true(mean[1] == mean[0] + 1);
    fc_workspace_free(ws);
    free(y);
    return n - (size_t)mean[0];
}

/* Whole weeks, whole days: 365.25 days are 52.18 weeks, 8766 hours too, and
 * 30.4 days 4.3; where the shorter season is a part of the longer, or is not
 * whole, that one is as it is. */
static void snaive_of_a_year_copies_the_same_weekday(void **state)
{
    static const struct {
        struct fc_seasons seasons;
        size_t n, back;
    } cases[] = {{{.n = 2, .length = {7, 365.25}}, 731, 364},
                 {{.n = 2, .length = {7, 365.25}}, 730, 7},
                 {{.n = 2, .length = {7, 368}}, 800, 371},
                 {{.n = 3, .length = {24, 168, 8766}}, 17532, 8736},
                 {{.n = 3, .length = {24, 168, 8766}}, 17531, 168},
                 {{.n = 2, .length = {5, 261}}, 600, 260},
                 {{.n = 2, .length = {7, 30.4375}}, 100, 28},
                 {{.n = 2, .length = {24, 168}}, 1000, 168},
                 {{.n = 2, .length = {4.35, 52.18}}, 200, 52},
                 {{.n = 3, .length = {7, 30.4375, 365.25}}, 800, 364},
                 {{.n = 1, .length = {52.18}}, 200, 52}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(looks_back(&cases[i].seasons, cases[i].n),
                         cases[i].back);
}

static void an_interval_that_overflows_is_an_error(void **state)
{
    const double y[] = {-1e308, 1e308, -1e308, 1e308};
    const char *models[] = {"naive", "snaive", "drift", "mean"};
    (void)state;
    for (size_t k = 0; k < 4; k++) {
        struct answer a;
        assert_int_equal(forecast(models[k], y, 4, 2, 3, &a),
                         strcmp(models[k], "snaive") == 0 ? FC_OK : FC_ERANGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(naive_matches_r),
        cmocka_unit_test(snaive_matches_r),
        cmocka_unit_test(drift_matches_r),
        cmocka_unit_test(mean_matches_r),
        cmocka_unit_test(one_observation_repeats_without_width),
        cmocka_unit_test(drift_needs_two_observations),
        cmocka_unit_test(snaive_of_less_than_a_season_is_naive),
        cmocka_unit_test(snaive_of_exactly_a_season_repeats_it),
        cmocka_unit_test(snaive_of_a_year_copies_the_same_weekday),
        cmocka_unit_test(an_interval_that_overflows_is_an_error),
    };
    return cmocka_run_group_tests(tests, read_reference, free_reference);
}
