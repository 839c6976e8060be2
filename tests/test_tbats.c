/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TBATS: against R, against differences, and on series whose law is known.
 */
#include "tests/reference_series.h"

#include "forecast/tbats/gaps.h"
#include "forecast/tbats/space.h"

#include <gsl/gsl_math.h>

enum { NCOEF = sizeof(struct fc_tbats_parameters) / sizeof(double) + 2 };
enum { MOST_VALUES = 1000, MOST_NUMBERS = 128, STEPS_OF_R = 12 };

/* The numbers of one line of tests/reference/tbats.csv; 0 when there is none.
 */
static size_t read_numbers(const char *name, const char *what, double *x)
{
    FILE *file = fopen("tests/reference/tbats.csv", "r");
    char line[4096], key[64];
    size_t n = 0;
    int length = snprintf(key, sizeof key, "%s,%s,", name, what);
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, key, (size_t)length) == 0)
            for (char *at = line + length - 1; *at == ',';) {
                assert_true(n < MOST_NUMBERS);
                x[n++] = strtod(at + 1, &at);
            }
    fclose(file);
    return n;
}

/* What R has made of a series. */
struct reference {
    char name[32];
    double y[MOST_VALUES], logs[MOST_VALUES];
    size_t n;
    struct fc_seasons seasons;
    struct fc_tbats_form form;
    struct fc_tbats_parameters par;
    double loglik, aic;
};

static void read_series(struct reference *r)
{
    FILE *file = fopen("tests/reference/tbats_y.csv", "r");
    char line[128];
    size_t length = strlen(r->name);
    assert_non_null(file);
    r->n = 0;
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, r->name, length) == 0 && line[length] == ',') {
            assert_true(r->n < MOST_VALUES);
            r->y[r->n] = strtod(line + length + 1, NULL);
            r->logs[r->n] = log(r->y[r->n]);
            r->n++;
        }
    fclose(file);
}

static void read_form(struct reference *r)
{
    double x[MOST_NUMBERS];
    size_t n = read_numbers(r->name, "periods", x);
    r->seasons = (struct fc_seasons){0};
    for (size_t i = 0; i < n && x[0] > 1; i++)
        r->seasons.length[r->seasons.n++] = x[i];
    n = read_numbers(r->name, "form", x);
    r->form = (struct fc_tbats_form){.boxcox = x[0] > 0,
                                     .trend = (enum fc_tbats_trend)x[1],
                                     .p = (int)x[2],
                                     .q = (int)x[3]};
    for (size_t i = 4; i < n; i++)
        r->form.k[i - 4] = (int)x[i];
}

static void read_reference(const char *name, struct reference *r)
{
    struct fc_tbats_parameters *par = &r->par;
    snprintf(r->name, sizeof r->name, "%s", name);
    read_series(r);
    read_form(r);
    *par = (struct fc_tbats_parameters){.lambda = 1};
    read_numbers(name, "lambda", &par->lambda);
    assert_int_equal(read_numbers(name, "alpha", &par->alpha), 1);
    read_numbers(name, "beta", &par->beta);
    read_numbers(name, "phi", &par->phi);
    read_numbers(name, "gamma1", par->gamma);
    read_numbers(name, "gamma2", par->gamma + FC_MOST_SEASONS);
    read_numbers(name, "ar", par->ar);
    read_numbers(name, "ma", par->ma);
    assert_int_equal(read_numbers(name, "loglik", &r->loglik), 1);
    assert_int_equal(read_numbers(name, "aic", &r->aic), 1);
}

static const char *const names[] = {
    "USAccDeaths", "AirPassengers", "UKgas", "JohnsonJohnson",
    "nottem",      "lynx",          "Nile",  "gas",
    "WWWusage",    "weekly",        "N1723", "N2008",
    "N2151",       "N2294",         "N2580", "N2722",
    "ni",          "taylor",        "vic",   "daily"};

enum { NAMES = sizeof names / sizeof *names };

static struct fc_tbats_data data_of(const struct reference *r, double radius,
                                    struct fc_workspace *ws)
{
    struct fc_tbats_data data = {.y = r->y,
                                 .n = r->n,
                                 .nobs = r->n,
                                 .logs = r->logs,
                                 .radius = radius,
                                 .seasons = &r->seasons,
                                 .ws = ws};
    for (size_t t = 0; t < r->n; t++)
        data.sum_log += r->logs[t];
    return data;
}

/* With R's bound for eigenvalues, which the model itself has not. */
static void likelihoods_are_not_below_those_of_r(void **state)
{
    struct fc_workspace *ws = fc_workspace_new();
    static struct reference r;
    (void)state;
    for (int i = 0; i < NAMES; i++) {
        struct fc_tbats_fitted fitted;
        read_reference(names[i], &r);
        assert_true(r.n > 50);
        struct fc_tbats_data data = data_of(&r, 1.01, ws);
        assert_int_equal(fc_tbats_fit_form(&data, &r.form, &fitted), FC_OK);
        if (!(fitted.loglik > r.loglik - 0.1))
            fail_msg("%s: %g, R has %g", names[i], fitted.loglik, r.loglik);
        /* and as many parameters are counted */
        assert_near(fitted.aic + 2 * fitted.loglik, r.aic + 2 * r.loglik, 1e-8);
        fc_workspace_reset(ws);
    }
    fc_workspace_free(ws);
}

/* Likelihood and variance are told in R's units, of forms that R ends near. */
static void what_is_told_is_as_r_tells_it(void **state)
{
    static const struct {
        const char *name, *model;
    } cases[] = {{"Nile", "tbats:0,0"},
                 {"N2722", "tbats:0,0"},
                 {"N1723", "tbats:0,0/1+bc"}};
    struct fc_workspace *ws = fc_workspace_new();
    static struct reference r;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fc_spec spec = {0};
        struct fc_error err;
        struct fc_fit fit;
        double sigma2;
        read_reference(cases[i].name, &r);
        read_numbers(cases[i].name, "sigma2", &sigma2);
        const struct fc_series series = {
            .id = "s", .y = r.y, .n = r.n, .seasons = &r.seasons};
        const char *model = cases[i].model;
        assert_int_equal(fc_model_parse(model, strlen(model), &spec, &err),
                         FC_OK);
        assert_int_equal(fit_spec(&series, &spec, ws, &fit, &err), FC_OK);
        assert_true(fit.loglik > r.loglik - 0.1 && fit.loglik < r.loglik + 0.5);
        assert_near(fit.sigma2, sigma2, 0.01);
    }
    fc_workspace_free(ws);
}

/* R's last states, in our order: all s, then all c. */
static void put_state(const struct reference *r, double *state)
{
    double x[MOST_NUMBERS];
    size_t n = read_numbers(r->name, "state", x), at = 0;
    size_t base = r->form.trend == FC_TBATS_LEVEL ? 1 : 2, all = 0, s = base;
    for (int i = 0; i < r->seasons.n; i++)
        all += (size_t)r->form.k[i];
    size_t end = base + 2 * all;
    assert_int_equal(n, end + (size_t)(r->form.p + r->form.q));
    for (; at < base; at++)
        state[at] = x[at];
    for (int i = 0; i < r->seasons.n; i++) {
        for (int j = 0; j < r->form.k[i]; j++)
            state[s + (size_t)j] = x[at++];
        for (int j = 0; j < r->form.k[i]; j++)
            state[s + all + (size_t)j] = x[at++];
        s += (size_t)r->form.k[i];
    }
    memset(state + end, 0, 2 * FC_TBATS_ARMA * sizeof *state);
    for (int i = 0; i < r->form.p; i++)
        state[end + (size_t)i] = x[at++];
    for (int i = 0; i < r->form.q; i++)
        state[end + FC_TBATS_ARMA + (size_t)i] = x[at++];
}

/*
 * Bounds only without a trend: with one, forecast.tbats() looks for beta under
 * a name that it has not, and every gamma in the column g lands one place too
 * early.
 */
static void forecasts_from_the_states_of_r_are_those_of_r(void **state)
{
    static const double levels[] = {95};
    struct fc_workspace *ws = fc_workspace_new();
    static struct reference r;
    int bounds = 0;
    (void)state;
    for (int i = 0; i < NAMES; i++) {
        double numbers[3 * STEPS_OF_R], coef[NCOEF] = {0}, x[MOST_NUMBERS],
                                        expected[MOST_NUMBERS];
        struct fc_forecast out =
            fc_forecast_over(STEPS_OF_R, 1, levels, numbers);
        fc_workspace_reset(ws);
        read_reference(names[i], &r);
        struct fc_fit fit = {.model = &fc_model_tbats,
                             .seasons = r.seasons,
                             .coef = coef,
                             .ncoef = NCOEF,
                             .state = x};
        const int order[] = {r.form.boxcox, (int)r.form.trend, r.form.p,
                             r.form.q,      r.form.k[0],       r.form.k[1]};
        memcpy(fit.order, order, sizeof order);
        put_state(&r, x);
        fit.nstate = (r.form.trend == FC_TBATS_LEVEL ? 1 : 2)
                     + 2 * (size_t)(r.form.k[0] + r.form.k[1])
                     + 2 * FC_TBATS_ARMA;
        memcpy(coef, &r.par, sizeof r.par);
        read_numbers(names[i], "sigma2", &coef[NCOEF - 1]);
        assert_int_equal(fc_model_predict(&fit, ws, &out, NULL), FC_OK);
        assert_int_equal(read_numbers(names[i], "mean", expected), STEPS_OF_R);
        for (int h = 0; h < STEPS_OF_R; h++)
            assert_near(out.mean[h], expected[h], 1e-6);
        if (r.form.trend != FC_TBATS_LEVEL)
            continue;
        read_numbers(names[i], "lo", expected);
        for (int h = 0; h < STEPS_OF_R; h++)
            assert_near_floor(out.lo[h], expected[h], 1e-6, out.mean[h]);
        read_numbers(names[i], "hi", expected);
        for (int h = 0; h < STEPS_OF_R; h++)
            assert_near(out.hi[h], expected[h], 1e-6);
        bounds++;
    }
    assert_true(bounds >= 8);
    fc_workspace_free(ws);
}

/* A form with everything, on a series that may have gaps. */
enum { N = 90 };

struct everything {
    struct fc_workspace *ws;
    struct fc_seasons seasons;
    struct fc_tbats_form form;
    struct fc_tbats model;
    double y[N], logs[N], z[N], slope[N], d[N], e[N], b[N];
    double seed[16];
    double u[FC_TBATS_PARAMETERS];
};

static void run_everything(struct everything *x, const double *u)
{
    struct fc_tbats_parameters par;
    double last[64];
    struct fc_tbats_state state = {.x = last};
    fc_tbats_unpack(&x->form, u, &par);
    fc_tbats_set(&x->model, &par);
    fc_tbats_transform(x->logs, N, par.lambda, x->z, x->slope);
    fc_tbats_start(&x->model, x->seed, &state);
    fc_tbats_run(&x->model, x->z, N, &state, x->d, x->e, x->b);
}

enum gaps { NONE, FEW, MANY };

static bool is_missing(enum gaps gaps, size_t t)
{
    return (gaps == FEW && (t % 13 == 4 || (t > 40 && t < 46)))
           || (gaps == MANY && (t % 3 == 1 || (t > 40 && t < 46)));
}

static void begin_everything(struct everything *x, enum gaps gaps)
{
    static const struct fc_tbats_parameters par = {
        .lambda = 0.3,
        .alpha = 0.2,
        .beta = 0.03,
        .phi = 0.93,
        .gamma = {0.01, -0.02, 0, 0, -0.015, 0.005, 0, 0},
        .ar = {0.5, -0.2},
        .ma = {0.3, 0.1}};
    *x = (struct everything){
        .ws = fc_workspace_new(),
        .seasons = {.n = 2, .length = {7, 22.5}},
        .form = {true, FC_TBATS_DAMPED, 2, 2, {2, 3, 0, 0}}};
    assert_int_equal(fc_tbats_begin(&x->form, &x->seasons, x->ws, &x->model),
                     FC_OK);
    for (size_t t = 0; t < N; t++) {
        double wave = sin((double)t * 2 * M_PI / 7) + cos((double)(t * t));
        x->y[t] = is_missing(gaps, t) ? NAN : exp(2 + 0.2 * wave);
        x->logs[t] = log(x->y[t]);
    }
    for (size_t j = 0; j < fc_tbats_seeds(&x->model); j++)
        x->seed[j] = j == 0 ? 2.5 : 0.1 / (double)(j + 1);
    fc_tbats_pack(&x->form, &par, x->u);
    run_everything(x, x->u);
}

/* Slopes in all parameters, seeds and the coefficients' map are differences of
 * runs, with missing values that are closed, such as are carried over, or
 * none. */
static void slopes_are_those_of_differences(void **state)
{
    enum { STRIDE = 32 };
    const double h = 1e-6;
    static struct everything x;
    static double rows[N * STRIDE], other[N * STRIDE], up[N];
    (void)state;
    for (int i = NONE; i <= MANY; i++) {
        double map[FC_TBATS_PARAMETERS][FC_TBATS_PARAMETERS];
        begin_everything(&x, (enum gaps)i);
        const struct fc_tbats_trace trace = {N, x.z, x.slope, x.d, x.e, x.b};
        bool few = fc_tbats_gaps(&trace) <= fc_tbats_few_gaps(&x.model);
        assert_true(few == (i != MANY));
        int count = fc_tbats_parameter_count(&x.form);
        assert_int_equal(count, 12);
        assert_int_equal(fc_tbats_slopes(&x.model, &trace, STRIDE, x.ws, rows),
                         FC_OK);
        assert_int_equal(
            fc_tbats_rows_with_gaps(&x.model, &trace, STRIDE, x.ws, other),
            FC_OK);
        fc_tbats_map(&x.form, x.u, map);
        for (int j = 0; j < count; j++) {
            double u[FC_TBATS_PARAMETERS];
            memcpy(u, x.u, sizeof u);
            u[j] += h;
            run_everything(&x, u);
            memcpy(up, x.e, sizeof up);
            u[j] -= 2 * h;
            run_everything(&x, u);
            for (size_t t = 0; t < N; t++) {
                double sum = 0;
                for (int a = 0; a < count; a++)
                    sum += rows[t * STRIDE + (size_t)a] * map[a][j];
                assert_near_floor(sum, (up[t] - x.e[t]) / (2 * h), 1e-6, 1);
            }
        }
        for (size_t j = 0; j < fc_tbats_seeds(&x.model); j++) {
            x.seed[j] += 1;
            run_everything(&x, x.u);
            memcpy(up, x.e, sizeof up);
            x.seed[j] -= 1;
            run_everything(&x, x.u);
            for (size_t t = 0; t < N; t++)
                assert_near_floor(other[t * STRIDE + j], x.e[t] - up[t], 1e-9,
                                  1);
        }
        fc_workspace_free(x.ws);
    }
}

/* Whether rows w'D^t grow over a long time. */
static bool grows(const struct fc_tbats *model, struct fc_workspace *ws)
{
    enum { LONG = 30000, STRIDE = 16 };
    static double rows[LONG * STRIDE];
    double early = 0, late = 0;
    assert_int_equal(fc_tbats_rows(model, LONG, STRIDE, ws, rows), FC_OK);
    for (size_t j = 0; j < fc_tbats_seeds(model); j++)
        for (size_t t = 0; t < 1000; t++) {
            double x = rows[t * STRIDE + j];
            double y = rows[(LONG - 1 - t) * STRIDE + j];
            early = fmax(early, fabs(x));
            late = isfinite(y) ? fmax(late, fabs(y)) : INFINITY;
        }
    return late > early;
}

/* What is called stable does not grow, and the other way round; and the barrier
 * is finite for what is stable. */
static void stability_is_that_of_the_powers(void **state)
{
    struct fc_workspace *ws = fc_workspace_new();
    const struct fc_seasons seasons = {.n = 2, .length = {7, 30.5}};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    int stable = 0, all = 0;
    (void)state;
    for (int i = 0; i < 400; i++) {
        struct fc_tbats_form form = {.trend = (enum fc_tbats_trend)(i % 3),
                                     .k = {i % 4, i % 3}};
        struct fc_tbats_parameters par = {.alpha = 2.4 * gsl_rng_uniform(rng)};
        struct fc_tbats model;
        if (form.trend != FC_TBATS_LEVEL) {
            par.beta = 0.3 * (gsl_rng_uniform(rng) - 0.3);
            par.phi = form.trend == FC_TBATS_DAMPED ? 0.9 : 1;
        }
        for (int j = 0; j < FC_TBATS_GAMMAS; j++)
            par.gamma[j] = 0.1 * (gsl_rng_uniform(rng) - 0.5);
        assert_int_equal(fc_tbats_begin(&form, &seasons, ws, &model), FC_OK);
        fc_tbats_set(&model, &par);
        bool is = fc_tbats_is_stable(&model, 1 + 1e-6);
        /* not those that are between */
        if (is == fc_tbats_is_stable(&model, 1 + 1e-3)
            && is == fc_tbats_is_stable(&model, 1 + 1e-9)) {
            assert_int_equal(is, !grows(&model, ws));
            assert_int_equal(
                isfinite(fc_tbats_barrier(&model, 1 + 1e-6, 0, NULL)), is);
            stable += is;
            all++;
        }
        fc_workspace_reset(ws);
    }
    assert_true(stable > 40 && all - stable > 40);
    gsl_rng_free(rng);
    fc_workspace_free(ws);
}

/* Its slopes, too, are differences. */
static void the_barrier_has_its_slopes(void **state)
{
    const double h = 1e-6, radius = 1.02;
    static struct everything x;
    struct fc_tbats_slopes slopes = {{0}, {{0}}};
    struct fc_tbats_parameters par;
    (void)state;
    begin_everything(&x, NONE);
    fc_tbats_barrier(&x.model, radius, 1, &slopes);
    fc_tbats_unpack(&x.form, x.u, &par);
    double *const moved[] = {&par.alpha,    &par.phi,      &par.beta,
                             &par.gamma[0], &par.gamma[1], &par.gamma[4],
                             &par.gamma[5]};
    for (size_t j = 0; j < sizeof moved / sizeof *moved; j++) {
        double at = *moved[j];
        *moved[j] = at + h;
        fc_tbats_set(&x.model, &par);
        double up = fc_tbats_barrier(&x.model, radius, 0, NULL);
        *moved[j] = at - h;
        fc_tbats_set(&x.model, &par);
        double down = fc_tbats_barrier(&x.model, radius, 0, NULL);
        *moved[j] = at;
        /* lambda comes first */
        assert_near_floor(slopes.gradient[1 + j], (up - down) / (2 * h), 1e-5,
                          1);
    }
    fc_workspace_free(x.ws);
}

static void box_cox_is_undone(void **state)
{
    static const double lambdas[] = {0, 1e-9, 1e-4, 0.3, 1};
    (void)state;
    for (size_t i = 0; i < sizeof lambdas / sizeof *lambdas; i++)
        for (double y = 1e-6; y < 1e9; y *= 7) {
            double logs = log(y), z, slope, up, down, none;
            fc_tbats_transform(&logs, 1, lambdas[i], &z, &slope);
            assert_near(fc_tbats_back(z, lambdas[i]), y, 1e-9);
            fc_tbats_transform(&logs, 1, lambdas[i] + 1e-6, &up, &none);
            fc_tbats_transform(&logs, 1, lambdas[i] - 1e-6, &down, &none);
            assert_near_floor(slope, (up - down) / 2e-6, 1e-5, 1);
        }
    assert_true(fc_tbats_back(-10, 0.5) == 0);
}

/* What the next values of a fit to a series are, beside the true ones. */
static double worst_error(const char *model, const double *y, size_t n,
                          const struct fc_seasons *seasons, size_t horizon,
                          const double *truth)
{
    struct fc_workspace *ws = fc_workspace_new();
    const struct fc_series series = {
        .id = "s", .y = y, .n = n, .seasons = seasons};
    struct fc_spec spec = {0};
    struct fc_fit fit;
    struct fc_error err;
    double mean[64], worst = 0;
    struct fc_forecast out = fc_forecast_over((int)horizon, 0, NULL, mean);
    assert_int_equal(fc_model_parse(model, strlen(model), &spec, &err), FC_OK);
    assert_int_equal(fit_spec(&series, &spec, ws, &fit, &err), FC_OK);
    assert_int_equal(fc_model_predict(&fit, ws, &out, &err), FC_OK);
    for (size_t h = 0; h < horizon; h++)
        worst = fmax(worst, fabs(mean[h] - truth[h]));
    fc_workspace_free(ws);
    return worst;
}

/* Two seasons, one of which is no whole number, with noise and gaps. */
static void seasons_are_found(void **state)
{
    enum { LENGTH = 500, AHEAD = 48 };
    static const struct fc_seasons seasons = {.n = 2, .length = {7, 52.18}};
    static double y[LENGTH + AHEAD], noisy[LENGTH];
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    (void)state;
    for (size_t t = 0; t < LENGTH + AHEAD; t++)
        y[t] = 100 + 10 * sin(2 * M_PI * (double)t / 7)
               + 5 * cos(2 * M_PI * 3 * (double)t / 7)
               + 20 * cos(2 * M_PI * (double)t / 52.18);
    for (size_t t = 0; t < LENGTH; t++)
        noisy[t] = y[t] + 2 * (gsl_rng_uniform(rng) - 0.5);
    assert_true(worst_error("tbats", noisy, LENGTH, &seasons, AHEAD, y + LENGTH)
                < 1);
    for (size_t t = 200; t < 260; t++)
        noisy[t] = NAN;
    for (size_t t = 300; t < LENGTH - 1; t += 9)
        noisy[t] = NAN;
    assert_true(worst_error("tbats", noisy, LENGTH, &seasons, AHEAD, y + LENGTH)
                < 1);
    assert_true(
        worst_error("tbats:0,0/3,1", noisy, LENGTH, &seasons, AHEAD, y + LENGTH)
        < 1);
    /* one of them alone leaves the other */
    assert_true(
        worst_error("tbats:0,0/0,1", noisy, LENGTH, &seasons, AHEAD, y + LENGTH)
        > 5);
    gsl_rng_free(rng);
}

static void check_year(struct fc_seasons seasons, size_t n, const char *name)
{
    double y[400];
    struct fc_workspace *ws = fc_workspace_new();
    const struct fc_series series = {
        .id = "s", .y = y, .n = n, .seasons = &seasons};
    struct fc_spec spec = {0};
    struct fc_fit fit;
    for (size_t t = 0; t < n; t++)
        y[t] = 100 + 20 * cos(2 * M_PI * (double)t / 52.18) + (double)(t % 3);
    assert_int_equal(fc_model_parse("tbats:0,0/1", 11, &spec, NULL), FC_OK);
    assert_int_equal(fit_spec(&series, &spec, ws, &fit, NULL), FC_OK);
    assert_non_null(strstr(fit.spec, name));
    fc_workspace_free(ws);
}

/* 365.25 / 7, if the 52 are nobody's wish and there are two such years. */
static void a_year_of_weeks_is_no_whole_number(void **state)
{
    static const double weeks = 365.25 / 7;
    (void)state;
    check_year((struct fc_seasons){.n = 1, .length = {52}, .year = weeks}, 400,
               "<52.1786,1>");
    check_year((struct fc_seasons){.n = 1, .length = {52}, .year = weeks}, 104,
               "<52,1>");
    check_year((struct fc_seasons){.n = 1, .length = {52}}, 400, "<52,1>");
    check_year((struct fc_seasons){.n = 1, .length = {26}, .year = weeks}, 400,
               "<26,1>");
    check_year(
        (struct fc_seasons){
            .n = 1, .length = {52}, .year = weeks, .asked = true},
        400, "<52,1>");
}

static void paths_are_those_of_the_forecast(void **state)
{
    double y[120];
    (void)state;
    for (size_t t = 0; t < 120; t++)
        y[t] = 50 + 9 * sin((double)t * M_PI / 6) + 2 * cos((double)(t * t));
    check_simulation("tbats:1,1/2+damped", y, 120, 12);
}

static void variants_are_read(void **state)
{
    static const char *const good[] = {"0,0", "2,1/5,6+bc+damped",
                                       "5,5/1,2,3,4", "0,1+trend",
                                       "1,0/3+damped+bc"};
    static const char *const bad[] = {"",
                                      "1",
                                      "6,0",
                                      "0,0/",
                                      "0,0/1,2,3,4,5",
                                      "0,0+x",
                                      "0,0+bc+bc",
                                      "0,0+trend+damped",
                                      "-1,0",
                                      "0,0/1000",
                                      " 0,0"};
    struct fc_spec spec = {.model = &fc_model_tbats};
    struct fc_error err;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(fc_model_tbats.parse(good[i], &spec, &err), FC_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(fc_model_tbats.parse(bad[i], &spec, &err), FC_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(likelihoods_are_not_below_those_of_r),
        cmocka_unit_test(what_is_told_is_as_r_tells_it),
        cmocka_unit_test(forecasts_from_the_states_of_r_are_those_of_r),
        cmocka_unit_test(slopes_are_those_of_differences),
        cmocka_unit_test(stability_is_that_of_the_powers),
        cmocka_unit_test(the_barrier_has_its_slopes),
        cmocka_unit_test(box_cox_is_undone),
        cmocka_unit_test(seasons_are_found),
        cmocka_unit_test(a_year_of_weeks_is_no_whole_number),
        cmocka_unit_test(paths_are_those_of_the_forecast),
        cmocka_unit_test(variants_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
