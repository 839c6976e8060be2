/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Slopes of regressors along with ARIMA errors: against R's Arima(xreg =) of
 * the forecast package (tests/reference/known_arima.R), and against the truth
 * of simulated series.
 */
#include "tests/check.h"
#include "tests/series.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <stdio.h>

enum { LONGEST = 200, COLUMNS = 3 };

/* A series and its columns, one behind the other. */
struct data {
    size_t n, ncolumns;
    double y[LONGEST], x[COLUMNS * LONGEST];
};

static FILE *open_data(const char *path)
{
    char line[256];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    return file;
}

/* Weeks first .. last of a store's brand. */
static struct data read_juice(const char *id, size_t first, size_t last)
{
    struct data data = {.ncolumns = 3};
    char line[256];
    size_t week = 0;
    FILE *file = open_data("data/juice.csv");
    while (fgets(line, sizeof line, file) != NULL) {
        double v[4];
        char name[32];
        if (sscanf(line, "%31[^,],%*[^,],%lf,%lf,%lf,%lf", name, &v[0], &v[1],
                   &v[2], &v[3])
                != 5
            || strcmp(name, id) != 0 || ++week < first || week > last)
            continue;
        data.y[data.n] = v[0];
        for (size_t j = 0; j < 3; j++)
            data.x[j * LONGEST + data.n] = v[1 + j];
        data.n++;
    }
    fclose(file);
    return data;
}

/* Column `which` of Seatbelts. */
static struct data read_belts(int which)
{
    struct data data = {.ncolumns = 2};
    double v[5];
    FILE *file = open_data("tests/reference/known_arima_y.csv");
    while (
        fscanf(file, "%lf;%lf;%lf;%lf;%lf ", &v[0], &v[1], &v[2], &v[3], &v[4])
        == 5) {
        data.y[data.n] = v[which];
        data.x[data.n] = v[3];
        data.x[LONGEST + data.n++] = v[4];
    }
    fclose(file);
    return data;
}

/* A row of R's. */
struct row {
    char series[16], slope[3][32];
    size_t from, to, gap;
    int m, order[7];
    double loglik, aicc, sigma2;
};

static bool read_row(FILE *file, struct row *row)
{
    int *o = row->order;
    return fscanf(file,
                  "%15[^;];%zu;%zu;%zu;%d;%d;%d;%d;%d;%d;%d;%d;%lf;%lf;%lf;"
                  "%31[^;];%31[^;];%31s ",
                  row->series, &row->from, &row->to, &row->gap, &row->m, &o[0],
                  &o[1], &o[2], &o[3], &o[4], &o[5], &o[6], &row->loglik,
                  &row->aicc, &row->sigma2, row->slope[0], row->slope[1],
                  row->slope[2])
           == 18;
}

static struct data data_of(const struct row *row)
{
    static const char *const belts[] = {"drivers", "front", "rear"};
    struct data data = {0};
    for (int i = 0; i < 3; i++)
        if (strcmp(row->series, belts[i]) == 0)
            data = read_belts(i);
    if (data.n == 0)
        data = read_juice(row->series, row->from, row->to);
    for (size_t t = 0; row->gap > 0 && t + 1 < data.n; t++)
        if ((t + 1) % row->gap == 3)
            data.y[t] = NAN;
    return data;
}

/* What a file of one series knows of n columns, the first in logs. */
static struct fc_known *flat(size_t n)
{
    struct fc_known *known =
        calloc(1, sizeof *known + n * sizeof *known->column);
    assert_non_null(known);
    known->n = n;
    known->logs = true;
    for (size_t j = 0; j < n; j++)
        known->column[j] = (struct fc_known_column){
            .used = true,
            .form = j == 0 ? FC_KNOWN_LOGS : FC_KNOWN_AS_IT_IS,
            .span = 1};
    return known;
}

/* Fits a model to what regressors leave. */
static void fit_joint(const char *text, const struct fc_series *series,
                      struct fc_known_fit *effects,
                      const struct fc_known *known, int horizon,
                      struct fc_workspace *ws, struct fc_fit *fit)
{
    struct fc_spec spec;
    struct fc_series rest;
    assert_int_equal(fc_model_parse(text, strlen(text), &spec, NULL), FC_OK);
    struct fc_request request = {
        .spec = &spec, .horizon = horizon, .known = effects};
    assert_int_equal(
        fc_known_fit(known, series, horizon, ws, effects, &rest, NULL), FC_OK);
    assert_int_equal(fc_model_fit(&rest, &request, ws, fit, NULL), FC_OK);
}

static void check_row(const struct row *row, struct fc_workspace *ws)
{
    struct data data = data_of(row);
    struct fc_regressors x = {
        .n = data.ncolumns, .stride = LONGEST, .x = data.x};
    struct fc_series series = series_of("a", data.y, data.n, row->m);
    struct fc_known *known = flat(data.ncolumns);
    struct fc_known_fit effects;
    struct fc_fit fit;
    char text[64], seasonal[32] = "";
    const int *o = row->order;
    series.regressors = &x;
    if (row->m > 1)
        snprintf(seasonal, sizeof seasonal, "/%d,%d,%d", o[3], o[4], o[5]);
    snprintf(text, sizeof text, "arima:%d,%d,%d%s%s+joint", o[0], o[1], o[2],
             seasonal, o[6] ? "+c" : "");
    fc_workspace_reset(ws);
    fit_joint(text, &series, &effects, known, 0, ws, &fit);
    assert_non_null(fit.slopes);
    struct fc_known_slopes slopes = fc_known_slopes_over(known->n, fit.slopes);
    if (fabs(fit.loglik - row->loglik) >= 0.005)
        print_message("%s %s: %.4f, R %.4f\n", row->series, text, fit.loglik,
                      row->loglik);
    assert_true(fabs(fit.loglik - row->loglik) < 0.01);
    assert_true(fabs(fit.aicc - row->aicc) < 0.02);
    assert_near(fit.sigma2, row->sigma2, 2e-3);
    for (size_t j = 0; j < known->n; j++) {
        if (strcmp(row->slope[j], "NA") == 0)
            assert_true(isnan(slopes.own[j]) && slopes.slope[j] == 0);
        else
            assert_true(fabs(slopes.slope[j] - strtod(row->slope[j], NULL))
                        < 0.03 * slopes.error[j]);
    }
    free(known);
}

static void likelihoods_and_slopes_are_those_of_r(void **state)
{
    (void)state;
    struct fc_workspace *ws = fc_workspace_new();
    struct row row;
    size_t n = 0;
    FILE *file = open_data("tests/reference/known_arima.csv");
    for (; read_row(file, &row); n++)
        check_row(&row, ws);
    assert_int_equal(n, 50);
    fclose(file);
    fc_workspace_free(ws);
}

/*
 * Logs with an error that follows ARMA(1,1), a price and deals; slopes are
 * known to what the errors say: to less than least squares would.
 */
enum { SERIES = 1000, WEEKS = 120 };

static struct data simulate(gsl_rng *rng, double price, double deal)
{
    struct data data = {.n = WEEKS, .ncolumns = 2};
    double error = 0, before = 0, price_now = 2.5; /* both move slowly */
    for (size_t t = 0; t < WEEKS; t++) {
        double shock = gsl_ran_gaussian_ziggurat(rng, 0.2);
        double *x = data.x + t;
        error = 0.7 * error + shock + 0.3 * before;
        before = shock;
        price_now += 0.2 * (2.5 - price_now) + 0.4 * gsl_rng_uniform(rng) - 0.2;
        x[0] = price_now;
        x[LONGEST] = gsl_rng_uniform(rng) < 0.2;
        data.y[t] = exp(5 + price * log(x[0]) + deal * x[LONGEST] + error);
    }
    return data;
}

static void intervals_of_slopes_hold_the_truth(void **state)
{
    (void)state;
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_known *known = flat(2);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    const double truth[2] = {-2, 0.4};
    double sum[2] = {0}, square[2] = {0};
    int held[2] = {0};
    gsl_rng_set(rng, 20);
    for (int i = 0; i < SERIES; i++) {
        struct data data = simulate(rng, truth[0], truth[1]);
        struct fc_regressors x = {.n = 2, .stride = LONGEST, .x = data.x};
        struct fc_series series = series_of("a", data.y, data.n, 1);
        struct fc_known_fit effects;
        struct fc_fit fit;
        series.regressors = &x;
        fc_workspace_reset(ws);
        fit_joint("arima:1,0,1+c+joint", &series, &effects, known, 0, ws, &fit);
        struct fc_known_slopes slopes = fc_known_slopes_over(2, fit.slopes);
        for (int j = 0; j < 2; j++) {
            double off = slopes.slope[j] - truth[j];
            sum[j] += off / SERIES;
            square[j] += off * off / SERIES;
            held[j] += fabs(off) < 1.96 * slopes.error[j];
        }
    }
    for (int j = 0; j < 2; j++) {
        assert_true(fabs(sum[j]) < 3 * sqrt(square[j] / SERIES));
        assert_in_range(held[j], 0.92 * SERIES, 0.98 * SERIES);
    }
    gsl_rng_free(rng);
    free(known);
    fc_workspace_free(ws);
}

/* What is certain of the file is so of the series, and in between it lies in
 * between; who did not ask keeps the slopes there are. */
static void slopes_are_drawn_to_the_file(void **state)
{
    (void)state;
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_known *known = flat(2);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    struct data data = simulate(rng, -2, 0.4);
    struct fc_regressors x = {.n = 2, .stride = LONGEST, .x = data.x};
    struct fc_series series = series_of("a", data.y, data.n, 1);
    struct fc_known_fit effects;
    struct fc_fit fit;
    double slope[3];
    series.regressors = &x;
    for (int i = 0; i < 3; i++) {
        static const double variance[] = {0, 0.02, 1e-9};
        known->column[0].mean = i > 0 ? -3 : 0;
        known->column[0].variance = variance[i];
        fit_joint("arima:1,0,1+c+joint", &series, &effects, known, 0, ws, &fit);
        slope[i] = fit.slopes[0];
    }
    assert_near(slope[2], -3, 1e-5);
    assert_true(slope[0] > slope[1] + 0.05 && slope[1] > -2.95);
    fit_joint("arima:1,0,1+c", &series, &effects, known, 0, ws, &fit);
    assert_null(fit.slopes);
    gsl_rng_free(rng);
    free(known);
    fc_workspace_free(ws);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_of_slopes_hold_the_truth),
        cmocka_unit_test(slopes_are_drawn_to_the_file),
        cmocka_unit_test(likelihoods_and_slopes_are_those_of_r),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
