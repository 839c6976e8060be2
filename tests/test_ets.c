/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every ETS form at given parameters against R's forecast 8.20: states,
 * errors, likelihood, forecasts, intervals (tests/reference/ets.R).
 */
#include "tests/ets_reference.h"

#include "forecast/ets/predict.h"

enum { M = 4, N = 108, H = 11, LAST = 8 };

struct bench {
    struct fc_workspace *ws;
    struct rows rows;
    double y[N];
    double l[N], b[N], s[N], mu[N], e[N];
    struct fc_ets_trace trace;
};

static int set_up(void **state)
{
    static struct bench bench;
    bench.ws = fc_workspace_new();
    bench.rows = rows_read("tests/reference/ets_forms.csv");
    struct rows methods = rows_read("tests/reference/ets_methods.csv");
    assert_true(bench.rows.n > 0);
    assert_int_equal(item(methods, "UKgas hw", "y", bench.y, N), N);
    free(methods.row);
    bench.trace =
        (struct fc_ets_trace){bench.l, bench.b, bench.s, bench.mu, bench.e};
    *state = &bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    fc_workspace_free(bench->ws);
    free(bench->rows.row);
    return 0;
}

struct form_at {
    struct fc_ets_form form;
    char name[8];
};

/* The i-th of the 30 forms; false when there are no more. */
static bool form_at(int i, struct form_at *at)
{
    static const char *const trends[] = {"N", "A", "Ad", "M", "Md"};
    if (i >= 30)
        return false;
    int trend = i / 2 % 5, season = i / 10;
    at->form = (struct fc_ets_form){
        .error = i % 2 ? FC_ETS_MUL : FC_ETS_ADD,
        .trend = trend == 0  ? FC_ETS_NONE
                 : trend < 3 ? FC_ETS_ADD
                             : FC_ETS_MUL,
        .season = (enum fc_ets_component)season,
        .damped = trend == 2 || trend == 4,
    };
    snprintf(at->name, sizeof at->name, "%c%s%c", i % 2 ? 'M' : 'A',
             trends[trend], "NAM"[season]);
    return true;
}

static struct fc_ets start_of(const struct bench *bench,
                              const struct form_at *at, double *s)
{
    struct fc_ets model = {
        .form = at->form,
        .m = at->form.season != FC_ETS_NONE ? M : 1,
        .smoothing = {0.3, 0.05, 0.2, at->form.damped ? 0.9 : 1},
        .l = single(bench->rows, at->name, "l"),
        .b = single(bench->rows, at->name, "b"),
        .s = s,
    };
    if (at->form.trend == FC_ETS_NONE) {
        model.b = 0;
        model.smoothing.beta = 0;
    }
    if (at->form.season == FC_ETS_NONE)
        model.smoothing.gamma = 0;
    item(bench->rows, at->name, "s", s, M);
    return model;
}

static void every_form_filters_as_r(void **state)
{
    struct bench *bench = *state;
    struct form_at at;
    for (int i = 0; form_at(i, &at); i++) {
        double s[M], last_s[M], resid[LAST];
        struct fc_ets_sums sums;
        struct fc_ets model = start_of(bench, &at, s);
        assert_true(fc_ets_filter(&model, bench->y, N, &bench->trace, &sums));
        fc_ets_align(&model, N);
        double loglik = -0.5 * (N * log(sums.squares) + 2 * sums.log_mu);
        assert_near(loglik, single(bench->rows, at.name, "loglik"), 1e-12);
        assert_near(model.l, single(bench->rows, at.name, "last_l"), 1e-10);
        if (at.form.trend != FC_ETS_NONE)
            assert_near(model.b, single(bench->rows, at.name, "last_b"), 1e-9);
        size_t m = item(bench->rows, at.name, "last_s", last_s, M);
        for (size_t j = 0; j < m; j++)
            assert_near(model.s[j], last_s[j], 1e-9);
        assert_int_equal(item(bench->rows, at.name, "resid", resid, LAST),
                         LAST);
        for (int j = 0; j < LAST; j++)
            assert_near_floor(bench->e[N - LAST + j], resid[j], 1e-9, 1e-3);
    }
}

/* A fit that stands where R's did, for fc_ets_predict(). */
static struct fc_fit fit_at(const struct bench *bench, const struct form_at *at,
                            double *coef, double *states)
{
    struct fc_ets model = start_of(bench, at, states + FC_ETS_STATE_S);
    double k[] = {model.smoothing.alpha, model.smoothing.beta,
                  model.smoothing.gamma, model.smoothing.phi};
    memcpy(coef, k, sizeof k);
    states[FC_ETS_STATE_L] = single(bench->rows, at->name, "last_l");
    states[FC_ETS_STATE_B] = at->form.trend != FC_ETS_NONE
                                 ? single(bench->rows, at->name, "last_b")
                                 : 0;
    item(bench->rows, at->name, "last_s", states + FC_ETS_STATE_S, M);
    return (struct fc_fit){
        .season_length = M,
        .seed = 7,
        .sigma2 = at->form.error == FC_ETS_MUL ? 0.04 : 4,
        .order = {(int)at->form.error, (int)at->form.trend,
                  (int)at->form.season, at->form.damped, 0},
        .coef = coef,
        .state = states,
    };
}

static void every_form_forecasts_as_r(void **state)
{
    struct bench *bench = *state;
    struct form_at at;
    int seen = 0, closed = 0;
    for (int i = 0; form_at(i, &at); i++) {
        double coef[8], states[8], level = 95, mean[H], lo[H], hi[H];
        double r_mean[H], r_hi[H];
        struct fc_forecast out = {H, 1, &level, mean, lo, hi, false};
        if (item(bench->rows, at.name, "mean", r_mean, H) == 0)
            continue;
        struct fc_fit fit = fit_at(bench, &at, coef, states);
        struct fc_error err;
        assert_int_equal(fc_ets_predict(&fit, bench->ws, &out, &err), FC_OK);
        size_t intervals = item(bench->rows, at.name, "hi95", r_hi, H);
        assert_int_equal(intervals > 0, fc_ets_has_variance(at.form));
        for (int h = 0; h < H; h++) {
            assert_near(mean[h], r_mean[h], 1e-9);
            if (intervals > 0)
                assert_near(hi[h], r_hi[h], 1e-9);
        }
        seen++;
        closed += intervals > 0;
    }
    assert_int_equal(seen, 20);
    assert_int_equal(closed, 12);
}

/* Mean and standard deviation of many simulated paths at each step. */
static void simulate_moments(const struct fc_fit *fit, struct fc_workspace *ws,
                             double *mean, double *sd)
{
    enum { PATHS = 40000 };
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    double sum[H] = {0}, square[H] = {0}, path[H];
    struct fc_error err;
    for (int i = 0; i < PATHS; i++) {
        assert_int_equal(fc_ets_simulate(fit, H, rng, ws, path, &err), FC_OK);
        for (int h = 0; h < H; h++) {
            sum[h] += path[h] / PATHS;
            square[h] += path[h] * path[h] / PATHS;
        }
    }
    for (int h = 0; h < H; h++) {
        mean[h] = sum[h];
        sd[h] = sqrt(square[h] - sum[h] * sum[h]);
    }
    gsl_rng_free(rng);
}

/* Also of the forms whose formulas R has wrong. */
static void closed_formulas_are_the_moments_of_simulated_paths(void **state)
{
    struct bench *bench = *state;
    struct form_at at;
    for (int i = 0; form_at(i, &at); i++) {
        double coef[8], states[8], level = 95, mean[H], lo[H], hi[H];
        double path_mean[H], path_sd[H];
        struct fc_forecast out = {H, 1, &level, mean, lo, hi, false};
        struct fc_error err;
        if (!fc_ets_has_variance(at.form))
            continue;
        struct fc_fit fit = fit_at(bench, &at, coef, states);
        if (at.form.error == FC_ETS_MUL)
            fit.sigma2 = 0.01;
        assert_int_equal(fc_ets_predict(&fit, bench->ws, &out, &err), FC_OK);
        simulate_moments(&fit, bench->ws, path_mean, path_sd);
        for (int h = 0; h < H; h++) {
            double se = (hi[h] - lo[h]) / (2 * 1.959963984540054);
            /* five standard errors of a mean and of a standard deviation,
               the latter with room for tails heavier than the normal's */
            assert_near_floor(path_mean[h] - mean[h], 0, 5 / 200., se);
            assert_near(path_sd[h], se, 1.5 * 5 / sqrt(2 * 40000.));
        }
    }
}

/* One step ahead even a simulated form's error is normal. */
static void simulated_intervals_are_normal_at_the_first_step(void **state)
{
    struct bench *bench = *state;
    double coef[8], states[8], level = 90, mean[H], lo[H], hi[H];
    struct form_at at = {{FC_ETS_ADD, FC_ETS_NONE, FC_ETS_MUL, false}, "ANM"};
    struct fc_fit fit = fit_at(bench, &at, coef, states);
    struct fc_forecast out = {1, 1, &level, mean, lo, hi, false};
    struct fc_error err;
    assert_int_equal(fc_ets_predict(&fit, bench->ws, &out, &err), FC_OK);
    assert_near(hi[0] - mean[0], 2 * 1.6448536, 0.06);
    assert_near(mean[0] - lo[0], 2 * 1.6448536, 0.06);
    double again_lo, again_hi;
    struct fc_forecast again = {1,         1,         &level, mean,
                                &again_lo, &again_hi, false};
    assert_int_equal(fc_ets_predict(&fit, bench->ws, &again, &err), FC_OK);
    assert_true(again_lo == lo[0] && again_hi == hi[0]);
}

static void the_admissible_region_is_r_s(void **state)
{
    /* R 4.2, forecast 8.20: forecast:::admissible(a, b, g, phi, 12) */
    static const struct {
        double alpha, beta, gamma, phi;
        bool inside;
    } cases[] = {
        {0.9, 0.2, 0.05, 1, false},        {0.9, 0.1, 0.05, 1, true},
        {0.3, 0.2, 0.1, 1, true},          {0.3, 0.02, 0.1, 1, true},
        {0.5, 0.1, 0.4, 0.9, true},        {0.9999, 0.3, 0.0001, 0.98, false},
        {0.9999, 0.1, 0.0001, 0.98, true}, {0.1, 0.09, 0.8, 0.98, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fc_ets_smoothing k = {cases[i].alpha, cases[i].beta,
                                     cases[i].gamma, cases[i].phi};
        struct fc_ets_form form = {FC_ETS_ADD, FC_ETS_ADD, FC_ETS_ADD,
                                   k.phi < 1};
        assert_int_equal(fc_ets_admissible(form, 12, &k), cases[i].inside);
    }
}

/*
 * Whether all roots of the characteristic polynomial are inside the unit
 * circle, by Schur and Cohn's test.  Its coefficients are those of R's
 * admissible(): 1 first, then the powers of B.
 */
static bool roots_are_inside(const struct fc_ets_smoothing *k, int m)
{
    double a[64], next[64], common = k->alpha + k->beta - k->alpha * k->phi;
    a[0] = 1;
    for (int j = 1; j < m; j++)
        a[j] = common;
    a[1] = k->alpha + k->beta - k->phi;
    a[m] = common + k->gamma - 1;
    a[m + 1] = k->phi * (1 - k->alpha - k->gamma);
    for (int d = m + 1; d > 0; d--) {
        double r = a[d];
        if (!(fabs(r) < 1))
            return false;
        for (int j = 0; j < d; j++)
            next[j] = (a[j] - r * a[d - j]) / (1 - r * r);
        memcpy(a, next, (size_t)d * sizeof *a);
    }
    return true;
}

static double bound_at(double alpha, double gamma, double phi, int m)
{
    struct fc_ets_smoothing k = {alpha, 0, gamma, phi};
    return fc_ets_beta_bound(&k, m, NULL);
}

static void beta_s_bound_is_where_a_root_leaves_the_circle(void **state)
{
    static const int seasons[] = {2, 3, 4, 5, 7, 12, 24, 52};
    static const double alphas[] = {1e-4, 0.05, 0.5, 0.9, 0.9999};
    static const double shares[] = {0, 0.1, 0.6, 1};
    static const double phis[] = {0.8, 0.9, 0.98, 1};
    static const double part[] = {0.1, 0.9, 0.9999, 1.0001, 1.1, 2};
    (void)state;
    for (int i = 0; i < 8 * 5 * 4 * 4; i++) {
        int m = seasons[i % 8];
        struct fc_ets_smoothing k = {.alpha = alphas[i / 8 % 5],
                                     .phi = phis[i / 160]};
        k.gamma = 1e-4 + shares[i / 40 % 4] * (0.9999 - k.alpha);
        double bound = fc_ets_beta_bound(&k, m, NULL);
        assert_true(fc_ets_least_beta_bound(&k, m) <= bound);
        for (int j = 0; j < 6; j++) {
            struct fc_ets_form form = {FC_ETS_ADD, FC_ETS_ADD, FC_ETS_ADD,
                                       k.phi < 1};
            k.beta = part[j] * bound;
            assert_int_equal(roots_are_inside(&k, m), part[j] < 1);
            assert_int_equal(fc_ets_admissible(form, m, &k), part[j] < 1);
        }
    }
}

static void beta_s_bound_moves_as_its_slope_says(void **state)
{
    static const double h = 1e-6;
    (void)state;
    for (int m = 2; m <= 24; m += 2)
        for (double alpha = 0.01; alpha < 1; alpha += 0.2)
            for (double phi = 0.8; phi <= 1; phi += 0.09) {
                double gamma = 0.3 * (1 - alpha);
                struct fc_ets_smoothing k = {alpha, 0, gamma, phi}, slope;
                fc_ets_beta_bound(&k, m, &slope);
                double by_alpha = bound_at(alpha + h, gamma, phi, m)
                                  - bound_at(alpha - h, gamma, phi, m);
                double by_gamma = bound_at(alpha, gamma + h, phi, m)
                                  - bound_at(alpha, gamma - h, phi, m);
                double by_phi = bound_at(alpha, gamma, phi + h, m)
                                - bound_at(alpha, gamma, phi - h, m);
                assert_near_floor(slope.alpha, by_alpha / (2 * h), 1e-6, 1e-2);
                assert_near_floor(slope.gamma, by_gamma / (2 * h), 1e-6, 1e-2);
                assert_near_floor(slope.phi, by_phi / (2 * h), 1e-6, 1e-2);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_filters_as_r),
        cmocka_unit_test(every_form_forecasts_as_r),
        cmocka_unit_test(closed_formulas_are_the_moments_of_simulated_paths),
        cmocka_unit_test(simulated_intervals_are_normal_at_the_first_step),
        cmocka_unit_test(the_admissible_region_is_r_s),
        cmocka_unit_test(beta_s_bound_is_where_a_root_leaves_the_circle),
        cmocka_unit_test(beta_s_bound_moves_as_its_slope_says),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
