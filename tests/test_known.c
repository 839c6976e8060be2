/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Slopes of regressors: against certified values, against the truth of
 * simulated series, and how they come back in forecasts.
 */
#include "tests/check.h"
#include "tests/series.h"

#include "forecast/known/rows.h"
#include "forecast/run/batch.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_statistics_double.h>

/*
 * Longley (1967), An appraisal of least squares programs for the electronic
 * computer from the point of view of the user, JASA 62; the certified values
 * are NIST's, Statistical Reference Datasets, Longley.dat; the last is the
 * share of the variance that is explained.
 */
enum { ROWS = 16, COLUMNS = 6 };

static const double longley[ROWS][COLUMNS + 1] = {
    {60323, 83.0, 234289, 2356, 1590, 107608, 1947},
    {61122, 88.5, 259426, 2325, 1456, 108632, 1948},
    {60171, 88.2, 258054, 3682, 1616, 109773, 1949},
    {61187, 89.5, 284599, 3351, 1650, 110929, 1950},
    {63221, 96.2, 328975, 2099, 3099, 112075, 1951},
    {63639, 98.1, 346999, 1932, 3594, 113270, 1952},
    {64989, 99.0, 365385, 1870, 3547, 115094, 1953},
    {63761, 100.0, 363112, 3578, 3350, 116219, 1954},
    {66019, 101.2, 397469, 2904, 3048, 117388, 1955},
    {67857, 104.6, 419180, 2822, 2857, 118734, 1956},
    {68169, 108.4, 442769, 2936, 2798, 120445, 1957},
    {66513, 110.8, 444546, 4681, 2637, 121950, 1958},
    {68655, 112.6, 482704, 3813, 2552, 123366, 1959},
    {69564, 114.2, 502601, 3931, 2514, 125368, 1960},
    {69331, 115.7, 518173, 4806, 2572, 127852, 1961},
    {70551, 116.9, 554894, 4007, 2827, 130081, 1962}};
static const double certified[COLUMNS][2] = {
    {15.0618722713733, 84.9149257747669},
    {-0.358191792925910E-01, 0.334910077722432E-01},
    {-2.02022980381683, 0.488399681651699},
    {-1.03322686717359, 0.214274163161675},
    {-0.511041056535807E-01, 0.226073200069370},
    {1829.15146461355, 455.478499142212}};
static const double certified_share = 0.995479004577296;

static struct fc_known *known_of(size_t n)
{
    struct fc_known *known =
        calloc(1, sizeof *known + n * sizeof *known->column);
    assert_non_null(known);
    known->n = n;
    for (size_t j = 0; j < n; j++)
        known->column[j] = (struct fc_known_column){.used = true, .span = 1};
    return known;
}

static void one_series_has_its_least_squares(void **state)
{
    (void)state;
    double y[ROWS], x[COLUMNS * ROWS];
    for (size_t t = 0; t < ROWS; t++) {
        y[t] = longley[t][0];
        for (size_t j = 0; j < COLUMNS; j++)
            x[j * ROWS + t] = longley[t][1 + j];
    }
    struct fc_regressors regressors = {.n = COLUMNS, .stride = ROWS, .x = x};
    struct fc_series series = series_of("longley", y, ROWS, 1), rest;
    struct fc_known *known = known_of(COLUMNS);
    struct fc_workspace *ws = fc_workspace_new();
    struct fc_known_fit fit;
    series.regressors = &regressors;
    assert_int_equal(fc_known_fit(known, &series, 0, ws, &fit, &rest, NULL),
                     FC_OK);
    for (size_t j = 0; j < COLUMNS; j++) {
        assert_near(fit.own[j] * fit.scale.unit, certified[j][0], 1e-6);
        assert_near(fit.own_error[j] * fit.scale.unit, certified[j][1], 1e-6);
        assert_near(fit.slope[j], fit.own[j], 1e-9);
    }
    assert_near(fit.explained, certified_share, 1e-9);
    fc_workspace_free(ws);
    free(known);
}

/* Series whose truth is known. */
enum { MOST = 400, LENGTH = 80, AHEAD = 8, STRIDE = LENGTH + AHEAD, NX = 2 };

struct world {
    size_t n;
    double rho; /* of the errors */
    bool deep;  /* what prices do grows with the cut */
    struct fc_series series[MOST];
    struct fc_regressors regressors[MOST];
    char id[MOST][8];
    double y[MOST][STRIDE], x[MOST][NX * STRIDE];
    double slope[MOST][NX];
};

static const double MEAN[NX] = {-2, 0.5}, SPREAD[NX] = {0.5, 0.2};

static void make_series(struct world *w, size_t i, gsl_rng *rng)
{
    double error = 0, way = 0, level = 5 + gsl_ran_gaussian(rng, 1);
    double *price = w->x[i], *deal = price + STRIDE;
    for (size_t j = 0; j < NX; j++)
        w->slope[i][j] = MEAN[j] + gsl_ran_gaussian(rng, SPREAD[j]);
    for (size_t t = 0; t < STRIDE; t++) {
        double fresh = gsl_ran_gaussian(rng, 0.3);
        deal[t] = gsl_rng_uniform(rng) < 0.2;
        way = 0.8 * way + gsl_ran_gaussian(rng, 0.12);
        price[t] = exp(way - 0.1 * deal[t]);
        error = w->rho * error + sqrt(1 - w->rho * w->rho) * fresh;
        double cut = w->deep ? 1 - 1 / price[t] : log(price[t]);
        w->y[i][t] = exp(level + w->slope[i][0] * cut + w->slope[i][1] * deal[t]
                         + error);
    }
    snprintf(w->id[i], sizeof w->id[i], "s%03zu", i);
    w->series[i] = series_of(w->id[i], w->y[i], LENGTH, 1);
    w->regressors[i] =
        (struct fc_regressors){.n = NX, .stride = STRIDE, .x = w->x[i]};
    w->series[i].regressors = &w->regressors[i];
}

static struct world *make_world_of(size_t n, double rho, bool deep,
                                   unsigned long seed)
{
    struct world *w = calloc(1, sizeof *w);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    assert_true(w != NULL && rng != NULL);
    gsl_rng_set(rng, seed);
    w->n = n;
    w->rho = rho;
    w->deep = deep;
    for (size_t i = 0; i < n; i++)
        make_series(w, i, rng);
    gsl_rng_free(rng);
    return w;
}

static struct world *make_world(size_t n, double rho, unsigned long seed)
{
    return make_world_of(n, rho, false, seed);
}

static struct fc_known *learn(const struct world *w)
{
    struct fc_known *known;
    assert_int_equal(fc_known_learn(w->series, w->n, AHEAD, &known, NULL),
                     FC_OK);
    return known;
}

/* Of all intervals 95% should: with 800, chance is 0.8% to a side. */
static void check_cover(size_t in, size_t n)
{
    double share = (double)in / (double)n;
    if (share < 0.92 || share > 0.98)
        print_error("%zu of %zu intervals cover\n", in, n);
    assert_true(share >= 0.92 && share <= 0.98);
}

static void check_truth(double rho, unsigned long seed)
{
    struct world *w = make_world(MOST, rho, seed);
    struct fc_known *known = learn(w);
    struct fc_workspace *ws = fc_workspace_new();
    size_t own = 0, shrunk = 0;
    double bias[NX] = {0};
    assert_true(known->logs && known->column[0].form == FC_KNOWN_LOGS
                && known->column[1].form == FC_KNOWN_AS_IT_IS);
    for (size_t i = 0; i < w->n; i++) {
        struct fc_known_fit fit;
        struct fc_series rest;
        fc_workspace_reset(ws);
        assert_int_equal(
            fc_known_fit(known, &w->series[i], AHEAD, ws, &fit, &rest, NULL),
            FC_OK);
        for (size_t j = 0; j < NX; j++) {
            double truth = w->slope[i][j];
            bias[j] += (fit.slope[j] - truth) / (double)w->n;
            own += fabs(fit.own[j] - truth) < 1.96 * fit.own_error[j];
            shrunk += fabs(fit.slope[j] - truth) < 1.96 * fit.error[j];
        }
    }
    check_cover(own, w->n * NX);
    check_cover(shrunk, w->n * NX);
    for (size_t j = 0; j < NX; j++) { /* errors of means of 400 */
        assert_near_floor(bias[j], 0, 0.03, 1);
        assert_near_floor(known->column[j].mean, MEAN[j],
                          4 * SPREAD[j] / sqrt(MOST), 1);
        assert_near(sqrt(known->column[j].variance), SPREAD[j], 0.2);
    }
    fc_workspace_free(ws);
    free(known);
    free(w);
}

static void slopes_are_as_the_truth_where_errors_are_independent(void **state)
{
    (void)state;
    check_truth(0, 1);
}

static void slopes_are_as_the_truth_where_errors_hang_together(void **state)
{
    (void)state;
    check_truth(0.6, 2);
}

static void shrunk_slopes_are_nearer_to_the_truth(void **state)
{
    (void)state;
    struct world *w = make_world(100, 0, 3);
    struct fc_known *known = learn(w);
    struct fc_workspace *ws = fc_workspace_new();
    double own = 0, shrunk = 0;
    for (size_t i = 0; i < w->n; i++) {
        struct fc_known_fit fit;
        struct fc_series rest;
        fc_workspace_reset(ws);
        fc_known_fit(known, &w->series[i], 0, ws, &fit, &rest, NULL);
        own += pow(fit.own[1] - w->slope[i][1], 2);
        shrunk += pow(fit.slope[1] - w->slope[i][1], 2);
    }
    assert_true(shrunk < own);
    fc_workspace_free(ws);
    free(known);
    free(w);
}

/* One file of fifty series, and one of them out of its mind. */
static void no_series_sways_the_others(void **state)
{
    (void)state;
    struct world *w = make_world(50, 0, 4);
    struct fc_known *before = learn(w), *after;
    for (size_t t = 0; t < LENGTH; t++)
        w->y[7][t] = exp(300 * log(w->x[7][t]));
    after = learn(w);
    for (size_t j = 0; j < NX; j++) {
        double usual = sqrt(before->column[j].variance);
        assert_near_floor(after->column[j].mean, before->column[j].mean,
                          0.5 * usual, 1);
        assert_true(after->column[j].variance < 2 * before->column[j].variance);
    }
    free(before);
    free(after);
    free(w);
}

static void collinear_and_still_columns_are_left_out(void **state)
{
    (void)state;
    struct world *w = make_world(20, 0, 5);
    for (size_t i = 0; i < w->n; i++)
        for (size_t t = 0; t < STRIDE; t++)
            w->x[i][STRIDE + t] = 1;
    struct fc_known *still = learn(w);
    assert_true(still->column[0].used);
    assert_false(still->column[1].used);
    for (size_t i = 0; i < w->n; i++)
        for (size_t t = 0; t < STRIDE; t++)
            w->x[i][STRIDE + t] = 3 - 2 * w->x[i][t];
    struct fc_known *twice = learn(w);
    assert_int_equal(twice->column[0].used + twice->column[1].used,
                     twice->column[0].form == FC_KNOWN_LOGS ? 2 : 1);
    free(still);
    free(twice);
    free(w);
}

/* The density of the rows themselves, whose covariance is spelled out. */
static void evidence_is_the_density_of_the_rows(void **state)
{
    (void)state;
    enum { N = 12, P = 3 };
    static const double mean[P] = {-2, 0.5, 0}, variance[P] = {0.3, 2, 0.01};
    const double noise = 0.2;
    double x[P * N], y[N], xx[P * P], xy[P], room[N * N], left[N];
    double scratch[64];
    struct fc_known *known = known_of(P);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t j = 0; j < P; j++) {
        known->column[j].mean = mean[j];
        known->column[j].variance = variance[j];
    }
    for (size_t i = 0; i < P * N; i++)
        x[i] = gsl_ran_gaussian(rng, 1) + (i >= N ? x[i - N] : 0);
    for (size_t t = 0; t < N; t++)
        y[t] = gsl_ran_gaussian(rng, 3);
    struct known_cross cross = {
        .xx = xx, .xy = xy, .rows = N, .df = N, .noise = noise};
    known_cross_fill(P, N, N, x, y, &cross);
    gsl_matrix_view s = gsl_matrix_view_array(room, N, N);
    gsl_vector_view e = gsl_vector_view_array(left, N);
    for (size_t t = 0; t < N; t++) {
        left[t] = y[t];
        for (size_t j = 0; j < P; j++)
            left[t] -= mean[j] * x[j * N + t];
        for (size_t u = 0; u < N; u++) {
            room[t * N + u] = t == u ? noise : 0;
            for (size_t j = 0; j < P; j++)
                room[t * N + u] += x[j * N + t] * variance[j] * x[j * N + u];
        }
    }
    double density = 0;
    gsl_linalg_cholesky_decomp1(&s.matrix);
    gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, &s.matrix,
                   &e.vector);
    for (size_t t = 0; t < N; t++)
        density -= log(room[t * N + t]) + left[t] * left[t] / 2;
    assert_true(known_scratch(P) <= sizeof scratch / sizeof *scratch);
    assert_near(known_evidence(known, &cross, scratch), density, 1e-9);
    assert_near(known_evidence(known, &cross, scratch), density, 1e-9);
    known->column[1].variance = 0;
    assert_true(isnan(known_evidence(known, &cross, scratch)));
    gsl_rng_free(rng);
    free(known);
}

/* Where stores have prices of other sizes, it is by how alike their slopes are
 * that the form of these is told: in percent, or in units. */
static void the_form_of_prices_is_that_of_slopes_alike(void **state)
{
    (void)state;
    for (unsigned long seed = 21; seed < 29; seed++)
        for (int units = 0; units < 2; units++) {
            struct world *w = make_world(100, 0.2, seed);
            for (size_t i = 0; i < w->n; i++)
                for (size_t t = 0; t < STRIDE; t++) {
                    double *x = &w->x[i][t], p = *x;
                    *x *= 0.7 + (double)(i % 10) / 15;
                    if (units)
                        w->y[i][t] *= exp(w->slope[i][0] * (*x - log(p)));
                }
            struct fc_known *known = learn(w);
            assert_int_equal(known->column[0].form == FC_KNOWN_AS_IT_IS, units);
            free(known);
            free(w);
        }
}

static struct fc_known_fit fit_first(const struct world *w,
                                     const struct fc_known *known,
                                     struct fc_workspace *ws)
{
    struct fc_known_fit fit;
    struct fc_series rest;
    assert_int_equal(
        fc_known_fit(known, &w->series[0], AHEAD, ws, &fit, &rest, NULL),
        FC_OK);
    return fit;
}

static void a_regressor_beyond_all_that_was_seen_is_bounded(void **state)
{
    (void)state;
    struct world *w = make_world(20, 0, 6);
    struct fc_known *known = learn(w);
    struct fc_workspace *ws = fc_workspace_new();
    assert_false(fit_first(w, known, ws).bounded);
    w->x[0][LENGTH] = 1e6;
    struct fc_known_fit far = fit_first(w, known, ws);
    assert_true(far.bounded);
    double effect = far.effect[0];
    w->x[0][LENGTH] = 1e12;
    assert_near(fit_first(w, known, ws).effect[0], effect, 1e-12);
    w->x[0][LENGTH + 3] = NAN;
    assert_true(fit_first(w, known, ws).lacks);
    fc_workspace_free(ws);
    free(known);
    free(w);
}

/* Where effects are those of reciprocals they are taken so, whatever the unit
 * of a series' prices, and slopes come back. */
static void deep_cuts_are_told_from_logs(void **state)
{
    (void)state;
    struct world *w = make_world_of(100, 0.2, true, 11);
    struct fc_workspace *ws = fc_workspace_new();
    double bias = 0;
    for (size_t t = 0; t < STRIDE; t++)
        for (size_t i = 0; i < w->n; i += 2)
            w->x[i][t] *= 40;
    struct fc_known *known = learn(w);
    assert_true(known->logs && known->column[0].form == FC_KNOWN_RECIPROCAL
                && known->column[1].form == FC_KNOWN_AS_IT_IS);
    for (size_t i = 0; i < w->n; i++) {
        struct fc_known_fit fit;
        struct fc_series rest;
        double price[LENGTH];
        memcpy(price, w->x[i], sizeof price);
        double usual = gsl_stats_median(price, 1, LENGTH) / (i % 2 ? 1 : 40);
        fc_workspace_reset(ws);
        assert_int_equal(
            fc_known_fit(known, &w->series[i], AHEAD, ws, &fit, &rest, NULL),
            FC_OK);
        /* b (1 - 1 / x) = b / u (u - u / x) */
        bias += (fit.slope[0] * usual - w->slope[i][0]) / (double)w->n;
    }
    assert_true(fabs(bias) < 0.05);
    free(known);
    fc_workspace_free(ws);
    free(w);
}

/* What was learnt comes back from numbers, and no others are taken. */
static void what_was_learnt_can_be_kept(void **state)
{
    (void)state;
    struct world *w = make_world(20, 0.5, 4);
    struct fc_known *known = learn(w), *again;
    struct fc_error err;
    size_t n = fc_known_size(NX);
    double x[32], y[32];
    known->column[1].role = FC_ROLE_DRAWN;
    fc_known_pack(known, x);
    assert_int_equal(fc_known_unpack(x, n, &again, &err), FC_OK);
    assert_int_equal(again->n, NX);
    assert_true(again->logs == known->logs && again->rho == known->rho
                && again->noise == known->noise && again->nseries == 20);
    assert_memory_equal(&again->column[1].span, &known->column[1].span,
                        3 * sizeof(double));
    assert_true(again->column[0].form == FC_KNOWN_LOGS
                && again->column[1].form == FC_KNOWN_AS_IT_IS
                && again->column[0].used
                && again->column[0].role == FC_ROLE_PLAIN
                && again->column[1].role == FC_ROLE_DRAWN);
    free(again);
    for (size_t i = 0; i <= n; i++) /* at n, one is missing */
        for (int k = 0; k < 2; k++) {
            bool may_be_below = i == 9 || i == 15; /* the slopes' means */
            memcpy(y, x, sizeof x);
            y[i] = k == 0 ? NAN : -0.5;
            enum fc_status status =
                fc_known_unpack(y, i == n ? n - 1 : n, &again, &err);
            assert_int_equal(status, k == 1 && may_be_below ? FC_OK : FC_EDATA);
            free(again);
        }
    free(known);
    free(w);
}

/*
 * All series have the same rows and the same noise, e2 the square of a slope's
 * error and s2 the variance of their own slopes.  A slope is then drawn by
 * B = T / (T + e2), its own variance is B e2, and where EM rests, (n - 2) T is
 * (n - 1) B^2 s2 + n B e2: a quadratic equation in T + e2.
 */
static void the_search_for_the_prior_ends_where_it_should(void **state)
{
    (void)state;
    enum { SERIES = 60, DF = 40 };
    const double xx = 25, noise = 1, spread[] = {1, 0.25, 0.21};
    for (size_t k = 0; k < sizeof spread / sizeof *spread; k++) {
        struct fc_known *known = known_of(1);
        struct known_cross cross[SERIES];
        double x[SERIES], xy[SERIES], own[SERIES];
        for (size_t i = 0; i < SERIES; i++) { /* evenly on a normal */
            own[i] = 3
                     + spread[k]
                           * gsl_cdf_ugaussian_Pinv(((double)i + 0.5) / SERIES);
            x[i] = xx;
            xy[i] = own[i] * xx;
            cross[i] =
                (struct known_cross){.xx = &x[i],
                                     .xy = &xy[i],
                                     .yy = xy[i] * own[i] + noise * (DF - 1),
                                     .rows = DF + 1,
                                     .df = DF};
        }
        assert_int_equal(known_learn_slopes(cross, SERIES, true, known), FC_OK);
        double e2 = noise / xx, s2 = gsl_stats_variance(own, 1, SERIES);
        double s = (SERIES - 1) * s2 / (SERIES - 2);
        double half = (s + SERIES * e2 / (SERIES - 2)) / 2;
        double variance = half + sqrt(half * half - s * e2) - e2;
        assert_near(known->column[0].mean, 3, 1e-6);
        assert_near_floor(known->column[0].variance, variance, 1e-3, e2);
        free(known);
    }
}

/* Of noise alone 24 columns tell what is noise, not nearly everything. */
static void many_regressors_of_a_short_series_do_not_explain_it(void **state)
{
    (void)state;
    enum { N = 30, P = 24, H = 8, TRIALS = 60 };
    double levels[] = {95};
    struct fc_spec spec = {.model = fc_model_find("mean")};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    size_t in = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        double y[N + H], x[P * (N + H)];
        for (size_t t = 0; t < N + H; t++)
            y[t] = gsl_ran_gaussian(rng, 1);
        for (size_t t = 0; t < P * (N + H); t++)
            x[t] = gsl_ran_gaussian(rng, 1);
        struct fc_regressors regressors = {.n = P, .stride = N + H, .x = x};
        struct fc_series series = series_of("a", y, N, 1);
        struct fc_batch batch = {.job = {.specs = &spec,
                                         .nspecs = 1,
                                         .horizon = H,
                                         .nlevels = 1,
                                         .levels = levels,
                                         .nthreads = 1}};
        series.regressors = &regressors;
        give_series(&batch.job, &series, 1);
        assert_int_equal(fc_batch_run(&batch, NULL), FC_OK);
        struct fc_forecast f = fc_batch_forecast(&batch, 0);
        for (size_t h = 0; h < H; h++)
            in += y[N + h] >= f.lo[h] && y[N + h] <= f.hi[h];
        fc_batch_release(&batch);
    }
    assert_true(in >= TRIALS * H * 85 / 100);
    gsl_rng_free(rng);
}

/* The mean of a lognormal is exp(m + s^2 / 2); variances add. */
static void a_forecast_has_effects_and_their_errors(void **state)
{
    (void)state;
    double effect[] = {0.5}, spread[] = {0.3, 0.4}, level[] = {80};
    double numbers[3];
    const double z = 1.2815515655446004, sd = 0.2, m = 1;
    struct fc_known_fit fit = {.scale = {FC_KNOWN_LOG, 1},
                               .n = 2,
                               .horizon = 1,
                               .effect = effect,
                               .spread = spread};
    struct fc_forecast out = fc_forecast_over(1, 1, level, numbers);
    double total = sqrt(sd * sd + 0.25);
    for (int logs = 0; logs < 2; logs++) {
        out.mean[0] = m;
        out.lo[0] = m - z * sd;
        out.hi[0] = m + z * sd;
        fit.scale.kind = logs ? FC_KNOWN_LOG : FC_KNOWN_UNITS;
        fc_known_forecast(&fit, 0, &out);
        double lo = m + 0.5 - z * total, hi = m + 0.5 + z * total;
        assert_near(out.lo[0], logs ? exp(lo) : lo, 1e-12);
        assert_near(out.hi[0], logs ? exp(hi) : hi, 1e-12);
        assert_near(out.mean[0],
                    logs ? exp(m + 0.5 + total * total / 2) : m + 0.5, 1e-9);
    }
}

/* The file's intervals of what really came. */
static void forecasts_follow_the_future(void **state)
{
    (void)state;
    struct world *w = make_world(200, 0, 7);
    struct fc_spec spec = {.model = fc_model_find("mean")};
    double levels[] = {95};
    struct fc_batch batch = {.job = {.specs = &spec,
                                     .nspecs = 1,
                                     .horizon = AHEAD,
                                     .nlevels = 1,
                                     .levels = levels,
                                     .nthreads = 2}};
    size_t in = 0;
    give_series(&batch.job, w->series, w->n);
    w->x[9][LENGTH + 2] = NAN;
    assert_int_equal(fc_batch_run(&batch, NULL), FC_OK);
    for (size_t i = 0; i < w->n; i++) {
        struct fc_forecast f = fc_batch_forecast(&batch, i);
        assert_int_equal(batch.results[i].outcome,
                         i == 9 ? FC_OUTCOME_FALLBACK : FC_OUTCOME_OK);
        for (size_t h = 0; h < AHEAD && i != 9; h++)
            in += w->y[i][LENGTH + h] >= f.lo[h]
                  && w->y[i][LENGTH + h] <= f.hi[h];
    }
    check_cover(in, (w->n - 1) * AHEAD);
    fc_batch_release(&batch);
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_series_has_its_least_squares),
        cmocka_unit_test(slopes_are_as_the_truth_where_errors_are_independent),
        cmocka_unit_test(slopes_are_as_the_truth_where_errors_hang_together),
        cmocka_unit_test(shrunk_slopes_are_nearer_to_the_truth),
        cmocka_unit_test(no_series_sways_the_others),
        cmocka_unit_test(collinear_and_still_columns_are_left_out),
        cmocka_unit_test(a_regressor_beyond_all_that_was_seen_is_bounded),
        cmocka_unit_test(deep_cuts_are_told_from_logs),
        cmocka_unit_test(evidence_is_the_density_of_the_rows),
        cmocka_unit_test(the_form_of_prices_is_that_of_slopes_alike),
        cmocka_unit_test(what_was_learnt_can_be_kept),
        cmocka_unit_test(the_search_for_the_prior_ends_where_it_should),
        cmocka_unit_test(many_regressors_of_a_short_series_do_not_explain_it),
        cmocka_unit_test(a_forecast_has_effects_and_their_errors),
        cmocka_unit_test(forecasts_follow_the_future),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
