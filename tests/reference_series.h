/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_TESTS_REFERENCE_SERIES_H
#define NIGHTCAST_TESTS_REFERENCE_SERIES_H

/*
 * The series of tests/reference/theta_series.csv, forecasts of a model for
 * one series, and the awkward series that every model meets.
 */
#include "tests/check.h"
#include "tests/rows.h"

#include "tests/series.h"

enum { LONGEST = 400, FARTHEST = 64 };

struct named_series {
    char name[ROW_NAME];
    int season;
    double y[LONGEST];
    size_t n;
};

/* The i-th series; false when there are no more. */
static inline bool series_at(struct rows rows, size_t i, struct named_series *s)
{
    size_t first = 0, n = 0;
    const struct row *row;
    for (;; i--, first += n) {
        if (first >= rows.n)
            return false;
        struct rows rest = {rows.row + first, rows.n - first};
        row = rows_find(rest, rest.row->name, &n);
        if (i == 0)
            break;
    }
    if (row == NULL)
        return false;
    assert_true(n <= LONGEST);
    snprintf(s->name, sizeof s->name, "%s", row->name);
    s->season = (int)row->v[0];
    s->n = n;
    for (size_t t = 0; t < n; t++)
        s->y[t] = row[t].v[1];
    return true;
}

/* Forecasts with intervals of 80 and 95%. */
struct forecasts {
    struct fc_series series;
    struct fc_fit fit;
    struct fc_error err;
    double mean[FARTHEST], lo[2 * FARTHEST], hi[2 * FARTHEST];
};

static inline enum fc_status forecast_series(const char *model, const double *y,
                                             size_t n, int season, int horizon,
                                             struct fc_workspace *ws,
                                             struct forecasts *f)
{
    static const double levels[2] = {80, 95};
    struct fc_spec spec = {0};
    struct fc_forecast out = {horizon, 2, levels, f->mean, f->lo, f->hi, false};
    f->series = series_of("a", y, n, season);
    assert_int_equal(fc_model_parse(model, strlen(model), &spec, &f->err),
                     FC_OK);
    enum fc_status status = fit_spec(&f->series, &spec, ws, &f->fit, &f->err);
    if (status != FC_OK)
        return status;
    return fc_model_predict(&f->fit, ws, &out, &f->err);
}

/* What the k-th awkward series is; NULL when there are no more. */
static inline const char *awkward_series(int k, double *y, size_t *n)
{
    static const char *const names[] = {
        "zero",
        "constant",
        "one",
        "two",
        "three",
        "five",
        "tiny",
        "huge",
        "negative",
        "spike",
        "zeros and ones",
        "line",
        "falls to zero",
        "constant after a jump",
        "one season and a half",
        "two seasons",
    };
    static const size_t lengths[] = {50, 50, 1,  2,  3,  5,  60, 60,
                                     60, 40, 70, 48, 60, 50, 18, 24};
    if (k >= (int)(sizeof names / sizeof *names))
        return NULL;
    *n = lengths[k];
    for (size_t t = 0; t < *n; t++) {
        double wave = 3 + sin((double)t * 0.5235987755982988)
                      + 0.3 * cos((double)(t * t));
        const double at[] = {
            0,
            4.2,
            wave,
            wave,
            wave,
            wave,
            wave * 1e-9,
            wave * 1e12,
            -wave,
            t == 20 ? 1e6 : 1,
            t % 5 == 0,
            3 + 2 * (double)t,
            fmax(0, 40 - (double)t),
            t < 25 ? 1 : 9,
            wave,
            wave,
        };
        y[t] = at[k];
    }
    return names[k];
}

/*
 * The mean and the variance of many sample paths are those of the forecast.
 * With 20,000 paths a mean is off by more than 5 standard errors once in two
 * million.
 */
static inline void check_simulation(const char *model, const double *y,
                                    size_t n, int season)
{
    enum { PATHS = 20000, STEPS = 15 };
    struct fc_workspace *ws = fc_workspace_new();
    struct forecasts f;
    double path[STEPS], sum[STEPS] = {0}, squares[STEPS] = {0};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    assert_int_equal(forecast_series(model, y, n, season, STEPS, ws, &f),
                     FC_OK);
    for (int i = 0; i < PATHS; i++) {
        assert_int_equal(
            fc_model_simulate(&f.fit, STEPS, rng, ws, path, &f.err), FC_OK);
        for (int h = 0; h < STEPS; h++) {
            double d = path[h] - f.mean[h];
            sum[h] += d / PATHS;
            squares[h] += d * d / PATHS;
        }
    }
    for (int h = 0; h < STEPS; h++) {
        double se = (f.hi[STEPS + h] - f.mean[h]) / 1.959963984540054;
        assert_true(fabs(sum[h]) < 5 * se / sqrt(PATHS));
        assert_near(squares[h], se * se, 5 * sqrt(2.0 / PATHS));
    }
    gsl_rng_free(rng);
    fc_workspace_free(ws);
}

#endif
