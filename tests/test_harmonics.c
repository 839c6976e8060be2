/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Regression on harmonics with ARIMA errors: against R's Arima(xreg =
 * fourier()) of the forecast package (tests/reference/harmonics.R), and
 * against what is known of simulated series.
 */
#include "tests/check.h"
#include "tests/series.h"

#include "forecast/arima/predict.h"

#include <gsl/gsl_randist.h>
#include <stdio.h>
#include <stdlib.h>

enum { LONGEST = 1000, MOST = FC_ARIMA_MOST_HARMONICS + 1, STEPS = 3 };

/* One form of one series in R, with every number of harmonics. */
struct form {
    char series[16];
    double period;
    int m, order[7], n;
    double loglik[MOST], aicc[MOST], sigma2[MOST], next[MOST][STEPS];
};

static FILE *open_reference(const char *path)
{
    char line[256];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    return file;
}

static size_t read_series(const char *path, const char *name, double *y)
{
    char series[16], value[32], line[256];
    size_t n = 0;
    FILE *file = open_reference(path);
    while (fgets(line, sizeof line, file) != NULL
           && sscanf(line, "%15[^;];%31s", series, value) == 2)
        if (strcmp(series, name) == 0)
            y[n++] = strcmp(value, "NA") == 0 ? NAN : strtod(value, NULL);
    fclose(file);
    return n;
}

static bool read_row(FILE *file, struct form *row, int *k)
{
    int *o = row->order;
    return fscanf(file,
                  "%15[^;];%lf;%d;%d;%d;%d;%d;%d;%d;%d;%d;%lf;%lf;%lf;%lf;%lf;"
                  "%lf ",
                  row->series, &row->period, &row->m, &o[0], &o[1], &o[2],
                  &o[3], &o[4], &o[5], &o[6], k, &row->loglik[0], &row->aicc[0],
                  &row->sigma2[0], &row->next[0][0], &row->next[0][1],
                  &row->next[0][2])
           == 17;
}

static size_t read_forms(struct form *forms, size_t most)
{
    struct form row;
    size_t n = 0;
    int k;
    FILE *file = open_reference("tests/reference/harmonics.csv");
    while (read_row(file, &row, &k)) {
        if (k == 0) {
            assert_true(n < most);
            forms[n++] = row;
        }
        struct form *f = &forms[n - 1];
        f->loglik[k] = row.loglik[0];
        f->aicc[k] = row.aicc[0];
        f->sigma2[k] = row.sigma2[0];
        memcpy(f->next[k], row.next[0], sizeof row.next[0]);
        f->n = k + 1;
    }
    fclose(file);
    return n;
}

static struct fc_seasons seasons_of(const struct form *f)
{
    struct fc_seasons seasons = {.n = 1, .length = {f->period}};
    if (f->m > 1)
        seasons = (struct fc_seasons){
            .n = 2, .length = {f->m, f->period}, .asked = true};
    return seasons;
}

/* With the number of harmonics that AICc chooses, which is R's best one or as
 * good, the likelihood is R's, or better, and forecasts are near. */
static void check_form(const struct form *f, struct fc_workspace *ws)
{
    char text[64];
    double y[LONGEST], mean[STEPS], least = HUGE_VAL;
    const int *o = f->order;
    struct fc_seasons seasons = seasons_of(f);
    struct fc_spec spec;
    struct fc_fit fit;
    struct fc_forecast out = {STEPS, 0, NULL, mean, NULL, NULL, false};
    struct fc_series series = {.id = "a", .y = y, .seasons = &seasons};
    series.n = read_series("tests/reference/harmonics_y.csv", f->series, y);
    int length =
        snprintf(text, sizeof text, "arima:%d,%d,%d", o[0], o[1], o[2]);
    if (f->m > 1)
        length += snprintf(text + length, sizeof text - (size_t)length,
                           "/%d,%d,%d", o[3], o[4], o[5]);
    snprintf(text + length, sizeof text - (size_t)length, o[6] ? "+c" : "");
    assert_int_equal(fc_model_parse(text, strlen(text), &spec, NULL), FC_OK);
    fc_workspace_reset(ws);
    assert_int_equal(fit_spec(&series, &spec, ws, &fit, NULL), FC_OK);
    assert_int_equal(fc_model_predict(&fit, ws, &out, NULL), FC_OK);
    int k = fit.order[FC_ARIMA_HARMONICS];
    assert_true(k < f->n);
    for (int i = 0; i < f->n; i++)
        least = fmin(least, f->aicc[i]);
    assert_true(fabs(fit.loglik - f->loglik[k]) < 0.001);
    assert_true(fit.aicc < least + 0.1);
    assert_near(fit.sigma2, f->sigma2[k], 1e-5);
    for (int h = 0; h < STEPS; h++)
        assert_near(mean[h], f->next[k][h], 1e-4);
}

static void likelihoods_are_those_of_r(void **state)
{
    struct form forms[16];
    struct fc_workspace *ws = fc_workspace_new();
    size_t n = read_forms(forms, 16);
    (void)state;
    assert_int_equal(n, 8);
    for (size_t i = 0; i < n; i++)
        check_form(&forms[i], ws);
    fc_workspace_free(ws);
}

/* The same with two seasons, and so many harmonics of each. */
struct pair {
    char series[16];
    double period[2], loglik, aicc, sigma2, next[STEPS];
    int k[2], p, q;
};

static bool read_pair(FILE *file, struct pair *row)
{
    return fscanf(file,
                  "%15[^;];%lf;%lf;%*d;%d;%*d;%d;%*d;%*d;%*d;%*d;%d;%d;%lf;"
                  "%lf;%lf;%lf;%lf;%lf ",
                  row->series, &row->period[0], &row->period[1], &row->p,
                  &row->q, &row->k[0], &row->k[1], &row->loglik, &row->aicc,
                  &row->sigma2, &row->next[0], &row->next[1], &row->next[2])
           == 13;
}

/* The likelihood and forecasts are R's at the numbers that AICc chooses, and
 * R's AICc is smallest, or nearly, there. */
static void check_pair(const struct pair *grid, size_t n)
{
    double y[LONGEST], mean[STEPS], least = HUGE_VAL;
    char text[32];
    struct fc_seasons seasons = {
        .n = 2, .length = {grid->period[0], grid->period[1]}, .asked = true};
    struct fc_series series = {.id = "a", .y = y, .seasons = &seasons};
    struct fc_forecast out = {STEPS, 0, NULL, mean, NULL, NULL, false};
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_arima_harmonics found;
    struct fc_spec spec;
    struct fc_fit fit;
    series.n =
        read_series("tests/reference/harmonics_two_y.csv", grid->series, y);
    snprintf(text, sizeof text, "arima:%d,0,%d+c", grid->p, grid->q);
    assert_int_equal(fc_model_parse(text, strlen(text), &spec, NULL), FC_OK);
    assert_int_equal(fit_spec(&series, &spec, ws, &fit, NULL), FC_OK);
    assert_int_equal(fc_model_predict(&fit, ws, &out, NULL), FC_OK);
    assert_true(
        fc_arima_harmonics_of_code(fit.order[FC_ARIMA_HARMONICS], &found));
    const struct pair *row = NULL;
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, grid[i].aicc);
        if (grid[i].k[0] == found.n[0] && grid[i].k[1] == found.n[1])
            row = &grid[i];
    }
    assert_non_null(row);
    assert_true(fabs(fit.loglik - row->loglik) < 0.001);
    assert_true(fabs(fit.aicc - row->aicc) < 0.002);
    assert_true(fit.aicc < least + 0.1);
    assert_near(fit.sigma2, row->sigma2, 1e-5);
    for (int h = 0; h < STEPS; h++)
        assert_near(mean[h], row->next[h], 1e-4);
    fc_workspace_free(ws);
}

static void two_seasons_are_those_of_r(void **state)
{
    enum { MOST_ROWS = 100 };
    struct pair rows[MOST_ROWS];
    size_t n = 0, first = 0, checked = 0;
    FILE *file = open_reference("tests/reference/harmonics_two.csv");
    (void)state;
    while (n < MOST_ROWS && read_pair(file, &rows[n]))
        n++;
    fclose(file);
    for (size_t i = 1; i <= n; i++)
        if (i == n || rows[i].period[0] != rows[first].period[0]) {
            check_pair(rows + first, i - first);
            checked++;
            first = i;
        }
    assert_int_equal(checked, 2);
}

/* Two sines of a season of 400.5 in an autoregression: what the forecast is
 * made of, and what the paths are. */
enum { N = 1600, AHEAD = 200 };
static const double period = 400.5, phi = 0.5;

static double truth(size_t t)
{
    static const double turn = 6.283185307179586;
    double cycles = (double)t / period;
    return 50 + 8 * sin(turn * cycles) + 3 * cos(2 * turn * cycles);
}

static struct fc_series simulated(const struct fc_seasons *seasons, double *y)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    double x = 0;
    for (size_t t = 0; t < N; t++) {
        x = phi * x + gsl_ran_gaussian(rng, 1);
        y[t] = truth(t) + x;
    }
    gsl_rng_free(rng);
    return (struct fc_series){.id = "a", .y = y, .n = N, .seasons = seasons};
}

static void a_long_season_is_told_half_a_cycle_ahead(void **state)
{
    static const struct fc_seasons seasons = {.n = 1, .length = {400.5}};
    static const double level = 95;
    double y[N], mean[AHEAD], lo[AHEAD], hi[AHEAD], path[AHEAD];
    double sum[AHEAD] = {0};
    enum { PATHS = 400 };
    struct fc_series series = simulated(&seasons, y);
    struct fc_spec spec = {.model = fc_model_find("arima")};
    struct fc_forecast out = {AHEAD, 1, &level, mean, lo, hi, false};
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_fit fit, copy;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    (void)state;
    assert_int_equal(fit_spec(&series, &spec, ws, &fit, NULL), FC_OK);
    assert_int_equal(fit.order[FC_ARIMA_HARMONICS], 2);
    assert_true(fit.seasons.n == 1 && fit.seasons.length[0] == period);
    assert_int_equal(fc_fit_copy(&fit, ws, &copy), FC_OK);
    assert_int_equal(fc_model_predict(&copy, ws, &out, NULL), FC_OK);
    double sd = sqrt(1 / (1 - phi * phi));
    for (int h = 20; h < AHEAD; h++) {
        /* the coefficients' standard errors are a tenth of sd */
        assert_true(fabs(mean[h] - truth(N + (size_t)h)) < 0.4 * sd);
        assert_true(fabs((hi[h] - lo[h]) / (2 * 1.96 * sd) - 1) < 0.1);
    }
    for (int i = 0; i < PATHS; i++) {
        assert_int_equal(fc_model_simulate(&fit, AHEAD, rng, ws, path, NULL),
                         FC_OK);
        for (int h = 0; h < AHEAD; h++)
            sum[h] += path[h] / PATHS;
    }
    for (int h = 0; h < AHEAD; h++)
        assert_true(fabs(sum[h] - mean[h]) < 5 * sd / sqrt(PATHS));
    gsl_rng_free(rng);
    fc_workspace_free(ws);
}

/* As many as last time, from where they were: the same place. */
static void a_similar_fit_has_as_many(void **state)
{
    static const struct fc_seasons seasons = {.n = 1, .length = {400.5}};
    double y[N];
    struct fc_series series = simulated(&seasons, y), shorter = series;
    struct fc_spec spec = {.model = fc_model_find("arima")};
    struct fc_request request = {.spec = &spec, .seed = 1};
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_fit whole, before, again;
    (void)state;
    shorter.n -= 30;
    assert_int_equal(fc_model_fit(&series, &request, ws, &whole, NULL), FC_OK);
    assert_int_equal(fc_model_fit(&shorter, &request, ws, &before, NULL),
                     FC_OK);
    request.similar = &before;
    assert_int_equal(fc_model_fit(&series, &request, ws, &again, NULL), FC_OK);
    assert_int_equal(again.order[FC_ARIMA_HARMONICS],
                     before.order[FC_ARIMA_HARMONICS]);
    assert_string_equal(again.spec, whole.spec);
    assert_near(again.loglik, whole.loglik, 1e-5);
    before.order[FC_ARIMA_HARMONICS] = 11 * 11 * 11 * 11;
    assert_false(spec.model->can_start(&before));
    fc_workspace_free(ws);
}

static int harmonics_of(const char *text, const struct fc_seasons *seasons)
{
    double y[N];
    struct fc_series series = simulated(seasons, y);
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_spec spec;
    struct fc_fit fit;
    assert_int_equal(fc_model_parse(text, strlen(text), &spec, NULL), FC_OK);
    assert_int_equal(fit_spec(&series, &spec, ws, &fit, NULL), FC_OK);
    int n = fit.order[FC_ARIMA_HARMONICS];
    fc_workspace_free(ws);
    return n;
}

/* The rule: long seasons only, the longer ones of a list only when asked for,
 * and no seasonal orders are asked of a season that is long itself. */
static void only_long_seasons_that_are_asked_for_are_harmonics(void **state)
{
    struct fc_seasons whole = {.n = 1, .length = {12}};
    struct fc_seasons list = {.n = 2, .length = {7, 400.5}}, asked = list;
    struct fc_seasons one = {.n = 1, .length = {400.5}};
    struct fc_seasons longer = {.n = 1, .length = {900}};
    (void)state;
    asked.asked = true;
    assert_int_equal(harmonics_of("arima:1,0,0+c", &whole), 0);
    assert_int_equal(harmonics_of("arima:1,0,0+c", &list), 0);
    assert_int_equal(harmonics_of("arima:1,0,0+c", &asked), 2);
    assert_int_equal(harmonics_of("arima:1,0,0/1,0,0+c", &asked), 2);
    assert_int_equal(harmonics_of("arima:1,0,0+c", &one), 2);
    assert_int_equal(harmonics_of("arima:1,0,0+c", &longer), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(likelihoods_are_those_of_r),
        cmocka_unit_test(two_seasons_are_those_of_r),
        cmocka_unit_test(a_long_season_is_told_half_a_cycle_ahead),
        cmocka_unit_test(a_similar_fit_has_as_many),
        cmocka_unit_test(only_long_seasons_that_are_asked_for_are_harmonics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
