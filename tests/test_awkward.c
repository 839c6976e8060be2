/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every model of the table, and its variants, on series that nobody would call
 * good data: finite numbers with bounds in order, or a reason.
 */
#include "tests/reference_series.h"
#include "tests/taught.h"

#include "forecast/numeric/missing.h"

enum { STEPS = 12, SEASON = 12 };

static const char *const variants[] = {
    "mean:empirical",
    "ets:ANN",
    "ets:AAdA",
    "ets:MAM",
    "ets:MMdN",
    "ets:ZZZ",
    "arima:1,0,1+c",
    "arima:2,1,0",
    "arima:0,1,1/0,1,1",
    "ces:none",
    "ces:simple",
    "ces:partial",
    "ces:full",
    "counts:nbin",
    "counts:hurdle",
    "counts:past",
    "tbats:0,0/2",
    "tbats:2,1/1+damped",
    "tbats:0,1/1+bc+trend",
};

/* Models that may refuse a series for what its values are, or for having no
 * season; any other, without a variant, must take all. */
static const char *const choosy[] = {
    "drift",  "holt",          "damped",  "hw",   "hw-mul",
    "counts", "counts-shared", "croston", "sba",  "sbj",
    "tsb",    "adida",         "imapa",   "mstl", "profile",
};

static bool must_take(const struct fc_spec *spec)
{
    for (size_t i = 0; i < sizeof choosy / sizeof *choosy; i++)
        if (strcmp(spec->model->name, choosy[i]) == 0)
            return false;
    return !spec->has_variant && !spec->model->must_learn;
}

/* Those of reference_series.h, and more; NULL when there are no more. */
static const char *series_for(int k, double *y, size_t *n)
{
    enum { MORE = 7 };
    static const char *const names[MORE] = {
        "near the largest number",
        "near the smallest",
        "counts",
        "mostly zero",
        "missing now and then",
        "missing for seasons",
        "both signs",
    };
    const char *name = awkward_series(k, y, n);
    int first = 0;
    if (name != NULL)
        return name;
    while (awkward_series(first, y, n) != NULL)
        first++;
    if (k - first >= MORE)
        return NULL;
    *n = 60;
    for (size_t t = 0; t < *n; t++) {
        double wave = 3 + sin((double)t * 0.5235987755982988)
                      + 0.3 * cos((double)(t * t));
        bool in_gap = t >= 20 && t < 45;
        const double at[MORE] = {
            wave * 1e300,
            wave * 1e-300,
            floor(wave * 2),
            t % 7 == 3 ? 1 + (double)(t % 3) : 0,
            t % 5 == 2 ? NAN : wave,
            in_gap ? NAN : wave,
            wave - 3,
        };
        y[t] = at[k - first];
    }
    return names[k - first];
}

static void check_forecast(const struct fc_forecast *out, const char *model,
                           const char *name)
{
    for (int h = 0; h < STEPS; h++) {
        if (!isfinite(out->mean[h]))
            fail_msg("%s, %s: step %d is %g", model, name, h, out->mean[h]);
        for (int i = 0; i < 2; i++) {
            double lo = out->lo[i * STEPS + h], hi = out->hi[i * STEPS + h];
            if (!isfinite(lo) || !isfinite(hi) || lo > hi)
                fail_msg("%s, %s: step %d is in [%g, %g]", model, name, h, lo,
                         hi);
        }
    }
}

/* A forecast of a constant is that constant. */
static void check_constant(const struct fc_forecast *out, double constant,
                           const char *model)
{
    for (int h = 0; h < STEPS; h++)
        if (!(fabs(out->mean[h] - constant) <= 1e-6 * fmax(1, constant)))
            fail_msg("%s: %g is forecast as %g", model, constant, out->mean[h]);
}

static void check_refusal(enum fc_status status, const struct fc_error *err,
                          bool must, const char *model, const char *name)
{
    bool good =
        status == FC_ESHORT || status == FC_EDOMAIN || status == FC_ERANGE;
    if (must || !good || err->code != status || strlen(err->msg) < 6)
        fail_msg("%s, %s: %s (%s)", model, name, err->msg,
                 fc_status_text(status));
}

/* Whether the model takes the series. */
static bool try_one(const char *model, const double *given, size_t n, int m,
                    const char *name, struct fc_workspace *ws)
{
    static const double levels[2] = {80, 95};
    double y[LONGEST], numbers[5 * STEPS];
    struct fc_forecast out = fc_forecast_over(STEPS, 2, levels, numbers);
    struct fc_spec spec = {0};
    struct fc_error err = {0};
    struct fc_fit fit;
    memcpy(y, given, n * sizeof *y);
    fc_workspace_reset(ws);
    assert_int_equal(fc_model_parse(model, strlen(model), &spec, &err), FC_OK);
    if (!spec.model->missing)
        fc_fill_linear(y, n, y);
    struct fc_series series = series_of("a", y, n, m);
    enum fc_status status = fit_taught(&series, &spec, ws, &fit, &err);
    if (status == FC_OK)
        status = fc_model_predict(&fit, ws, &out, &err);
    if (status == FC_OK)
        check_forecast(&out, model, name);
    else
        check_refusal(status, &err, must_take(&spec), model, name);
    if (status == FC_OK && must_take(&spec)
        && (strcmp(name, "zero") == 0 || strcmp(name, "constant") == 0))
        check_constant(&out, y[0], model);
    return status == FC_OK;
}

/* With a season and without; that it takes some is part of it. */
static void check_model(const char *model, struct fc_workspace *ws)
{
    double y[LONGEST];
    size_t n, taken = 0;
    const char *name;
    for (int k = 0; (name = series_for(k, y, &n)) != NULL; k++)
        for (int m = 1; m <= SEASON; m += SEASON - 1)
            taken += try_one(model, y, n, m, name, ws);
    if (taken < 3)
        fail_msg("%s takes but %zu of them", model, taken);
}

static void every_model_copes_with_awkward_series(void **state)
{
    (void)state;
    const struct fc_model *model;
    struct fc_workspace *ws = fc_workspace_new();
    for (size_t i = 0; (model = fc_model_at(i)) != NULL; i++)
        check_model(model->name, ws);
    fc_workspace_free(ws);
}

static void so_does_every_variant(void **state)
{
    (void)state;
    struct fc_workspace *ws = fc_workspace_new();
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
        check_model(variants[i], ws);
    fc_workspace_free(ws);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_model_copes_with_awkward_series),
        cmocka_unit_test(so_does_every_variant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
