/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Multiple seasonal-trend decomposition, against R and against series whose
 * parts are known.
 */
#include "tests/check.h"

#include "forecast/numeric/missing.h"
#include "forecast/numeric/stl.h"
#include "forecast/seasons/mstl.h"
#include "forecast/seasons/strength.h"

#include <gsl/gsl_math.h>

enum { LONGEST = 6000, PLACES = 400 };

struct place {
    char name[32];
    size_t t;
    double trend, seasonal[2];
};

static size_t read_series(const char *name, double *y)
{
    FILE *file = fopen("tests/reference/mstl_y.csv", "r");
    char line[256];
    size_t n = 0, length = strlen(name);
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, name, length) == 0 && line[length] == ',') {
            assert_true(n < LONGEST);
            y[n++] = strtod(line + length + 1, NULL);
        }
    fclose(file);
    return n;
}

static size_t read_places(const char *name, struct place *places)
{
    FILE *file = fopen("tests/reference/mstl.csv", "r");
    char line[256];
    size_t n = 0, length = strlen(name);
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        char *at = line + length;
        if (strncmp(line, name, length) != 0 || *at != ',')
            continue;
        assert_true(n < PLACES);
        struct place *p = &places[n++];
        p->t = strtoul(at + 1, &at, 10);
        p->trend = strtod(at + 1, &at);
        p->seasonal[0] = strtod(at + 1, &at);
        p->seasonal[1] = *at == ',' ? strtod(at + 1, &at) : 0;
    }
    fclose(file);
    return n;
}

static void check_case(const char *name, const char *series, int nperiods)
{
    static double y[LONGEST], seasonal[2 * LONGEST], trend[LONGEST];
    static struct place places[PLACES];
    static const double period[] = {48, 336};
    struct fc_workspace *ws = fc_workspace_new();
    size_t n = read_series(series, y), nplaces = read_places(name, places);
    assert_true(nplaces > 20);
    assert_int_equal(
        fc_mstl(y, n, period, nperiods, false, ws, seasonal, trend), FC_OK);
    for (size_t i = 0; i < nplaces; i++) {
        const struct place *p = &places[i];
        assert_near(trend[p->t], p->trend, 1e-9);
        for (int k = 0; k < nperiods; k++)
            assert_near_floor(seasonal[(size_t)k * n + p->t], p->seasonal[k],
                              1e-9, y[p->t]);
    }
    fc_workspace_free(ws);
}

static void components_are_those_of_r(void **state)
{
    (void)state;
    check_case("taylor", "taylor", 2);
    check_case("vic", "vic", 2);
    check_case("taylor-one", "taylor", 1);
}

/* Eight rounds: later, R's weights are not what they should be. */
static void robust_components_are_those_of_r(void **state)
{
    static double y[LONGEST], seasonal[LONGEST], trend[LONGEST];
    static struct place places[PLACES];
    const struct fc_stl_design design = {.m = 48, .window = 11, .rounds = 8};
    struct fc_workspace *ws = fc_workspace_new();
    (void)state;
    size_t n = read_series("taylor", y);
    size_t nplaces = read_places("taylor-robust", places);
    assert_true(nplaces > 20);
    assert_int_equal(fc_stl(y, n, design, ws, seasonal, trend), FC_OK);
    for (size_t i = 0; i < nplaces; i++) {
        const struct place *p = &places[i];
        assert_near(trend[p->t], p->trend, 1e-9);
        assert_near_floor(seasonal[p->t], p->seasonal[0], 1e-9, y[p->t]);
    }
    fc_workspace_free(ws);
}

static void strengths_are_those_of_r(void **state)
{
    static double y[LONGEST];
    FILE *file = fopen("tests/reference/strength.csv", "r");
    struct fc_seasons seasons = {.n = 2, .length = {48, 336}};
    char line[256];
    double strength[3];
    int cases = 0;
    struct fc_workspace *ws = fc_workspace_new();
    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        char *at = strchr(line, ',');
        *at++ = '\0';
        struct fc_series series = {.y = y, .seasons = &seasons};
        if (strcmp(line, "series") == 0)
            continue;
        series.n = read_series(line, y);
        assert_int_equal(fc_season_strengths(&series, ws, strength), FC_OK);
        assert_near(strength[0], strtod(at, &at), 1e-9);
        assert_near(strength[1], strtod(at + 1, NULL), 1e-9);
        cases++;
    }
    fclose(file);
    assert_int_equal(cases, 2);
    /* a season of which there are no two cycles has none */
    const struct fc_series few = {.y = y, .n = 672, .seasons = &seasons};
    assert_int_equal(fc_season_strengths(&few, ws, strength), FC_OK);
    assert_true(strength[0] > 0.5 && isnan(strength[1]));
    fc_workspace_free(ws);
}

/* A day that went wrong leaves no trace in the season, when it is robust. */
static void outliers_are_kept_out_when_asked(void **state)
{
    enum { N = 24 * 7 * 8 };
    static double y[N], seasonal[2 * N], trend[N];
    static const double period[] = {24, 168};
    struct fc_workspace *ws = fc_workspace_new();
    (void)state;
    for (int robust = 0; robust < 2; robust++) {
        double worst = 0;
        for (size_t t = 0; t < N; t++)
            y[t] = 50 * sin(2 * M_PI * (double)t / 24) + ((t * 7919) % 13 - 6.0)
                   + (t / 24 == 30 ? 400 : 0);
        assert_int_equal(fc_mstl(y, N, period, 2, robust, ws, seasonal, trend),
                         FC_OK);
        for (size_t t = 24 * 29; t < 24 * 32; t++)
            worst = fmax(worst, fabs(seasonal[t] + seasonal[N + t] + trend[t]
                                     - 50 * sin(2 * M_PI * (double)t / 24)));
        assert_true(robust ? worst < 20 : worst > 40);
    }
    fc_workspace_free(ws);
}

/* Two seasons that fit into each other, on a line: both are found, as no
 * smooth bends what is straight or what repeats. */
static void seasons_on_a_line_are_found(void **state)
{
    enum { N = 24 * 7 * 12 };
    static double y[N], seasonal[2 * N], trend[N];
    static const double period[] = {24, 168};
    struct fc_workspace *ws = fc_workspace_new();
    (void)state;
    for (size_t t = 0; t < N; t++)
        y[t] = 500 + 0.01 * (double)t + 10 * sin(2 * M_PI * (double)t / 24)
               + 5 * cos(2 * M_PI * 3 * (double)t / 168);
    assert_int_equal(fc_mstl(y, N, period, 2, false, ws, seasonal, trend),
                     FC_OK);
    for (size_t t = 0; t < N; t++) {
        assert_near_floor(seasonal[t], 10 * sin(2 * M_PI * (double)t / 24), 0.1,
                          10);
        assert_near_floor(seasonal[N + t],
                          5 * cos(2 * M_PI * 3 * (double)t / 168), 0.1, 10);
        assert_near(trend[t], 500 + 0.01 * (double)t, 1e-3);
    }
    fc_workspace_free(ws);
}

/* A day that is missing is filled with its hours, not with a line. */
static void a_gap_is_filled_with_its_seasons(void **state)
{
    enum { N = 24 * 7 * 12, GAP = 1000, LONG = 30 };
    static const struct fc_seasons seasons = {.n = 2, .length = {24, 168}};
    static double y[N], filled[N];
    struct fc_workspace *ws = fc_workspace_new();
    (void)state;
    for (size_t t = 0; t < N; t++)
        y[t] = t >= GAP && t < GAP + LONG
                   ? NAN
                   : 500 + 50 * sin(2 * M_PI * (double)t / 24);
    assert_int_equal(fc_fill_seasonal(y, N, &seasons, ws, filled), FC_OK);
    for (size_t t = 0; t < N; t++)
        if (isnan(y[t]))
            assert_near(filled[t], 500 + 50 * sin(2 * M_PI * (double)t / 24),
                        1e-9);
        else
            assert_true(filled[t] == y[t]);
    fc_workspace_free(ws);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(components_are_those_of_r),
        cmocka_unit_test(robust_components_are_those_of_r),
        cmocka_unit_test(strengths_are_those_of_r),
        cmocka_unit_test(outliers_are_kept_out_when_asked),
        cmocka_unit_test(seasons_on_a_line_are_found),
        cmocka_unit_test(a_gap_is_filled_with_its_seasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
