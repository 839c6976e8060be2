/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Estimated ETS models: against R's forecast 8.20 (tests/reference/ets.R, and
 * its results on the M3 competition where they are at hand), and against what
 * must hold of any optimum.
 */
#include "tests/ets_reference.h"
#include "tests/series.h"

#include "forecast/ets/parts.h"
#include "forecast/ets/predict.h"
#include "forecast/models.h"

enum { LONGEST = 2000, H = 18 };

struct fitted {
    struct fc_workspace *ws;
    struct fc_series series;
    struct fc_fit fit;
    double mean[H], lo[H], hi[H];
    int horizon;
};

static int set_up(void **state)
{
    static struct fitted fitted;
    fitted.ws = fc_workspace_new();
    *state = &fitted;
    return 0;
}

static int tear_down(void **state)
{
    fc_workspace_free(((struct fitted *)*state)->ws);
    return 0;
}

static enum fc_status try_fit(struct fitted *f, const char *model,
                              const double *y, size_t n, int m, int horizon)
{
    static const double level = 95;
    struct fc_spec spec = {0};
    struct fc_forecast out = {horizon, 1, &level, f->mean, f->lo, f->hi, false};
    struct fc_error err;
    f->series = series_of("series", y, n, m);
    fc_workspace_reset(f->ws);
    assert_int_equal(fc_model_parse(model, strlen(model), &spec, &err), FC_OK);
    enum fc_status status = fit_spec(&f->series, &spec, f->ws, &f->fit, &err);
    return status == FC_OK ? fc_model_predict(&f->fit, f->ws, &out, &err)
                           : status;
}

static void fit(struct fitted *f, const char *model, const double *y, size_t n,
                int m, int horizon)
{
    assert_int_equal(try_fit(f, model, y, n, m, horizon), FC_OK);
}

/* A pass over the series with these coefficients of a fit; what it leaves
 * behind is in trace, which leads into scratch. */
static struct fc_ets_sums pass(const struct fitted *f, const double *coef,
                               double *scratch, struct fc_ets_trace *trace)
{
    const struct fc_fit *fit = &f->fit;
    size_t n = f->series.n;
    *trace = (struct fc_ets_trace){scratch, scratch + n, scratch + 2 * n,
                                   scratch + 3 * n, scratch + 4 * n};
    struct fc_ets model = {
        .form = {(enum fc_ets_component)fit->order[FC_ETS_ORDER_ERROR],
                 (enum fc_ets_component)fit->order[FC_ETS_ORDER_TREND],
                 (enum fc_ets_component)fit->order[FC_ETS_ORDER_SEASON],
                 fit->order[FC_ETS_ORDER_DAMPED] != 0},
        .m = fit->season_length,
        .smoothing = {coef[0], coef[1], coef[2], coef[3]},
        .l = coef[FC_ETS_COEF_L],
        .b = coef[FC_ETS_COEF_B],
        .s = scratch + 5 * n,
    };
    struct fc_ets_sums sums;
    memcpy(model.s, coef + FC_ETS_COEF_S,
           (fit->ncoef - FC_ETS_COEF_S) * sizeof *coef);
    assert_true(fc_ets_filter(&model, f->series.y, n, trace, &sums));
    return sums;
}

static double minus_loglik(const struct fitted *f, const double *coef,
                           double *scratch)
{
    struct fc_ets_trace trace;
    struct fc_ets_sums sums = pass(f, coef, scratch, &trace);
    return 0.5 * (double)f->series.n * log(sums.squares) + sums.log_mu;
}

/* --- against R --- */

static double mean_square(const struct fitted *f)
{
    double sum = 0;
    size_t n = f->series.n, m = (size_t)f->fit.season_length;
    double *scratch = malloc((5 * n + m) * sizeof *scratch);
    struct fc_ets_trace trace;
    assert_non_null(scratch);
    pass(f, f->fit.coef, scratch, &trace);
    for (size_t t = 0; t < n; t++) {
        double e = f->series.y[t] - trace.mu[t];
        sum += e * e / (double)n;
    }
    free(scratch);
    return sum;
}

/* The methods minimise squared errors: ours must be no larger than R's, and
 * where they are the same the forecasts must be. */
static void classical_methods_are_at_least_as_good_as_r_s(void **state)
{
    static const char *const cases[] = {
        "Nile ses",         "lynx ses",
        "uspop holt",       "nhtemp holt",
        "LakeHuron damped", "WWWusage damped",
        "UKgas hw",         "USAccDeaths hw",
        "UKgas hw-mul",     "AirPassengers hw-mul"};
    struct fitted *f = *state;
    struct rows rows = rows_read("tests/reference/ets_methods.csv");
    int same = 0;
    assert_true(rows.n > 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double y[LONGEST], mean[H], hi[H];
        const char *model = strchr(cases[i], ' ') + 1;
        size_t n = item(rows, cases[i], "y", y, LONGEST);
        int m = (int)single(rows, cases[i], "season");
        size_t horizon = item(rows, cases[i], "mean", mean, H);
        item(rows, cases[i], "hi95", hi, H);
        fit(f, model, y, n, m, (int)horizon);
        double mse = single(rows, cases[i], "mse");
        assert_true(mean_square(f) <= mse * (1 + 1e-5));
        if (mean_square(f) < mse * (1 - 1e-4))
            continue;
        same++;
        for (size_t h = 0; h < horizon; h++) {
            assert_near(f->mean[h], mean[h], 2e-3);
            assert_near(f->hi[h], hi[h], 5e-3);
        }
    }
    assert_int_equal(same, 3); /* R stops early on the others */
    free(rows.row);
}

struct group {
    const char *name;
    int season;
};

static const struct group groups[] = {
    {"yearly", 1}, {"quarterly", 4}, {"monthly", 12}, {"other", 1}};

/* R's "ETS(M,Ad,M)" as "ets:MAdM" */
static void form_of(const char *r, char *model)
{
    model += sprintf(model, "ets:");
    for (r += 4; *r != ')'; r++)
        if (*r != ',')
            *model++ = *r;
    *model = '\0';
}

struct r_fit {
    char id[16], model[32];
    double loglik, aicc;
};

/* R's fit of a series; false when it has none. */
static bool r_fit_of(FILE *file, const char *id, struct r_fit *out)
{
    char line[256];
    rewind(file);
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "%15[^,],\"%31[^\"]\",%lf,%lf", out->id, out->model,
                   &out->loglik, &out->aicc)
                == 4
            && strcmp(out->id, id) == 0)
            return true;
    return false;
}

struct tally {
    int series, as_likely, chosen;
};

static void compare_with_r(struct fitted *f, const struct group *group,
                           const struct r_fit *r, const double *y, size_t n,
                           struct tally *tally)
{
    char model[32];
    form_of(r->model, model);
    tally->series++;
    if (try_fit(f, model, y, n, group->season, H) == FC_OK
        && f->fit.loglik >= r->loglik - 0.01)
        tally->as_likely++;
    fit(f, "ets", y, n, group->season, H);
    if (strcmp(f->fit.spec, r->model) == 0 || f->fit.aicc < r->aicc)
        tally->chosen++;
}

/* Every tenth series of each group of the M3 competition. */
static void m3_models_are_as_likely_as_r_s_and_mostly_chosen(void **state)
{
    struct fitted *f = *state;
    struct tally tally = {0};
    FILE *r_file =
        fopen("../shared/reference/r-forecast-8.20/m3_ets_fit.csv", "r");
    for (size_t g = 0; r_file != NULL && g < 4; g++) {
        char path[128], line[128], id[16], last[16] = "";
        static double y[LONGEST];
        size_t n = 0, count = 0;
        double value;
        struct r_fit r;
        snprintf(path, sizeof path, "../shared/data/m3/%s_train.csv",
                 groups[g].name);
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        while (fgets(line, sizeof line, file) != NULL) {
            if (sscanf(line, "%15[^,],%*[^,],%lf", id, &value) != 2)
                continue;
            if (strcmp(id, last) != 0) {
                if (n > 0 && count++ % 10 == 0 && r_fit_of(r_file, last, &r))
                    compare_with_r(f, groups + g, &r, y, n, &tally);
                strcpy(last, id);
                n = 0;
            }
            y[n++] = value;
        }
        fclose(file);
    }
    if (r_file == NULL) {
        print_message("skipped: R's results on M3 are not at hand\n");
        return;
    }
    fclose(r_file);
    print_message("%d series: %d as likely as R's, %d chosen as R or better\n",
                  tally.series, tally.as_likely, tally.chosen);
    assert_true(tally.series >= 290);
    assert_true(tally.as_likely >= 0.99 * tally.series);
    assert_true(tally.chosen >= 0.95 * tally.series);
}

/* The values of a series of tests/reference/maxima.csv. */
static size_t hard_series(struct rows rows, const char *id, double *y,
                          int *season)
{
    size_t n;
    const struct row *row = rows_find(rows, id, &n);
    assert_non_null(row);
    *season = (int)row->v[0];
    for (size_t t = 0; t < n; t++)
        y[t] = row[t].v[1];
    return n;
}

/* With several maxima of which the search meets a lower one first. */
static void the_choice_is_as_likely_as_r_s_on_hard_series(void **state)
{
    static const char *const ids[] = {"N0137", "N0312", "N0897"};
    struct fitted *f = *state;
    static double y[LONGEST];
    struct rows rows = rows_read("tests/reference/maxima.csv");
    struct rows r = rows_read("tests/reference/maxima_r.csv");
    assert_true(rows.n > 0);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        char name[32];
        size_t count;
        int m;
        snprintf(name, sizeof name, "%s ets", ids[i]);
        const struct row *row = rows_find(r, name, &count);
        assert_non_null(row);
        size_t n = hard_series(rows, ids[i], y, &m);
        fit(f, "ets", y, n, m, 5);
        assert_true(f->fit.loglik >= row->v[0] - 0.01);
    }
    free(rows.row);
    free(r.row);
}

/* --- what must hold of an optimum --- */

/*
 * The likelihood that goes with an automatic choice is the form's maximum:
 * also where that is on the bound of beta, on another bound that a parameter
 * must leave again, or far from where the search arrived first.
 */
static void the_choice_is_at_the_maximum_of_its_form(void **state)
{
    static const char *const ids[] = {"N0137", "N0312", "N0897", "N1933",
                                      "N1964", "N2161", "N2555", "N3001"};
    struct fitted *f = *state;
    static double y[LONGEST];
    struct rows rows = rows_read("tests/reference/maxima.csv");
    assert_true(rows.n > 0);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        char model[32];
        int m;
        size_t n = hard_series(rows, ids[i], y, &m);
        fit(f, "ets", y, n, m, 5);
        double loglik = f->fit.loglik;
        form_of(f->fit.spec, model);
        fit(f, model, y, n, m, 5);
        if (fabs(f->fit.loglik - loglik) > 0.01)
            fail_msg("%s: ets has %.3f, %s %.3f", ids[i], loglik, model,
                     f->fit.loglik);
    }
    free(rows.row);
}

static double noise(uint64_t *seed)
{
    double sum = -6;
    for (int i = 0; i < 12; i++) {
        *seed = *seed * UINT64_C(6364136223846793005)
                + UINT64_C(1442695040888963407);
        sum += (double)(*seed >> 11) * 0x1p-53;
    }
    return sum;
}

static void make_series(double *y, size_t n, size_t m, uint64_t seed)
{
    double level = 100;
    for (size_t t = 0; t < n; t++) {
        double e = 2 * noise(&seed);
        y[t] = level + 10 * sin(6.2831853 * (double)(t % m) / (double)m) + e;
        level += 0.1 + 0.3 * e;
    }
}

/* The ends of descents from all over the smoothing parameters. */
static void range_of_ends(struct fc_ets_work *work, struct fc_ets_form form,
                          int m, double *s, double ends[2])
{
    struct fc_ets_search search = {
        .work = work,
        .criterion = FC_ETS_LIKELIHOOD,
        .beta_limit = 1,
        .tolerance = 1e-5,
        .useless = INFINITY,
        .at = fc_ets_layout(form, m),
    };
    ends[0] = INFINITY;
    ends[1] = -INFINITY;
    for (int i = 0; i < 12; i++) {
        static const double alphas[] = {0.1, 0.5, 0.95};
        struct fc_ets start = {.s = s};
        fc_ets_start(work, form, &start);
        struct fc_ets_smoothing *k = &start.smoothing;
        k->alpha = alphas[i % 3];
        k->beta = (i / 3 % 2 ? 0.95 : 0.02) * k->alpha;
        k->gamma = (i / 6 ? 0.6 : 0.02) * (1 - k->alpha);
        if (!fc_ets_search_begin(&search, &start))
            continue;
        for (int step = 0; step < 60 && fc_ets_search_step(&search); step++)
            continue;
        ends[0] = fmin(ends[0], search.value);
        ends[1] = fmax(ends[1], search.value);
    }
}

/*
 * These likelihoods have one maximum, on the bound of beta that a trend with a
 * season has, or between others that descents must leave: wherever they start,
 * they end there.
 */
static void descents_end_at_the_one_maximum(void **state)
{
    static const struct {
        const char *id;
        struct fc_ets_form form;
    } cases[] = {
        {"N2555", {FC_ETS_MUL, FC_ETS_ADD, FC_ETS_MUL, false}},
        {"N2161", {FC_ETS_ADD, FC_ETS_ADD, FC_ETS_ADD, true}},
        {"N3001", {FC_ETS_ADD, FC_ETS_ADD, FC_ETS_NONE, true}},
    };
    struct fitted *f = *state;
    static double y[LONGEST];
    struct rows rows = rows_read("tests/reference/maxima.csv");
    assert_true(rows.n > 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double s[12], ends[2];
        int m;
        size_t n = hard_series(rows, cases[i].id, y, &m);
        fc_workspace_reset(f->ws);
        struct fc_ets_work *work = fc_ets_work_new(y, n, m, f->ws);
        assert_non_null(work);
        range_of_ends(work, cases[i].form, m, s, ends);
        if (!(ends[1] - ends[0] < 0.01))
            fail_msg("%s: descents end between %.4f and %.4f", cases[i].id,
                     ends[0], ends[1]);
    }
    free(rows.row);
}

/* Moving any free number of the optimum by a little gains nothing to speak
 * of, also where a long season is eliminated by conjugate gradients. */
static void no_small_change_of_an_optimum_is_better(void **state)
{
    static const char *const models[] = {"ets:ANA", "ets:AAdA", "ets:MAA",
                                         "ets:MAM", "ets:MAdM"};
    static double y[400], scratch[6 * 400];
    struct fitted *f = *state;
    for (int long_season = 0; long_season < 2; long_season++) {
        int m = long_season ? 60 : 7;
        size_t n = long_season ? 300 : 80;
        make_series(y, n, (size_t)m, 3);
        for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
            fit(f, models[i], y, n, m, 5);
            double *coef = f->fit.coef;
            double best = minus_loglik(f, coef, scratch);
            assert_near(-f->fit.loglik, best, 1e-10);
            for (size_t k = 0; k < f->fit.ncoef; k++) {
                double at = coef[k], step = k < 4 ? 0.002 : 0.002 * at;
                bool bound = k < 4
                             && (at < 2e-4 || at > 0.9799 || at == 0.8
                                 || coef[0] + coef[2] > 0.9998
                                 || coef[1] > coef[0] - 1e-4);
                if (bound || (k == FC_ETS_COEF_B && coef[1] == 0))
                    continue;
                for (int side = -1; side <= 1; side += 2) {
                    coef[k] = at + side * step;
                    assert_true(minus_loglik(f, coef, scratch) > best - 0.01);
                }
                coef[k] = at;
            }
        }
    }
}

/* AICc of ten observations has no form with a season of four. */
static void an_evident_season_is_chosen_whatever_aicc_says(void **state)
{
    struct fitted *f = *state;
    double y[10];
    for (size_t t = 0; t < 10; t++)
        y[t] = 100 + 10 * (double)(t % 4 == 1) + cos((double)(t * t));
    fit(f, "ets", y, 10, 4, 8);
    assert_int_not_equal(f->fit.order[FC_ETS_ORDER_SEASON], FC_ETS_NONE);
    for (int h = 0; h < 8; h++)
        assert_near(f->mean[h], (10 + h) % 4 == 1 ? 110 : 100, 0.02);
    double aicc = f->fit.aicc;
    fit(f, "ets:ZZN", y, 10, 4, 8);
    assert_int_equal(f->fit.order[FC_ETS_ORDER_SEASON], FC_ETS_NONE);
    assert_true(f->fit.aicc < aicc);
}

static void scaling_the_data_scales_the_forecasts(void **state)
{
    static const char *const models[] = {"ets", "ses",    "damped",
                                         "hw",  "hw-mul", "ets:MAdM"};
    struct fitted *f = *state;
    double y[96], scaled[96], mean[H], hi[H];
    make_series(y, 96, 4, 5);
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        fit(f, models[i], y, 96, 4, H);
        double loglik = f->fit.loglik;
        memcpy(mean, f->mean, sizeof mean);
        memcpy(hi, f->hi, sizeof hi);
        for (int power = -9; power <= 12; power += 3) {
            double c = pow(10, power) * 1.7;
            for (int t = 0; t < 96; t++)
                scaled[t] = c * y[t];
            fit(f, models[i], scaled, 96, 4, H);
            assert_near(f->fit.loglik, loglik - 96 * log(c), 1e-6);
            for (int h = 0; h < H; h++) {
                assert_near(f->mean[h], c * mean[h], 1e-4);
                assert_near(f->hi[h], c * hi[h], 1e-4);
            }
        }
    }
}

static void a_constant_shifts_additive_forecasts(void **state)
{
    static const char *const models[] = {"ses", "holt",    "damped",
                                         "hw",  "ets:ANA", "ets:AAdA"};
    struct fitted *f = *state;
    double y[96], mean[H];
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        make_series(y, 96, 4, 6);
        fit(f, models[i], y, 96, 4, H);
        memcpy(mean, f->mean, sizeof mean);
        for (int t = 0; t < 96; t++)
            y[t] -= 300;
        fit(f, models[i], y, 96, 4, H);
        for (int h = 0; h < H; h++)
            assert_near_floor(f->mean[h] + 300, mean[h], 1e-4, 1);
    }
}

/* --- odd series --- */

static void a_line_goes_on_as_a_line(void **state)
{
    struct fitted *f = *state;
    double y[40];
    for (int t = 0; t < 40; t++)
        y[t] = 10 + 3 * t;
    for (size_t n = 5; n <= 40; n += 5) {
        fit(f, "ets", y, n, 12, 6);
        for (int h = 0; h < 6; h++)
            assert_near(f->mean[h], 10 + 3. * ((double)n + h), 1e-3);
    }
}

static void a_constant_is_its_own_forecast(void **state)
{
    static const double values[] = {0, 5, -3, 1e12, 1e-9};
    struct fitted *f = *state;
    double y[30];
    for (size_t i = 0; i < 5; i++) {
        for (int t = 0; t < 30; t++)
            y[t] = values[i];
        for (size_t n = 1; n <= 30; n++) {
            fit(f, "ets", y, n, 4, 4);
            assert_near(f->mean[3], values[i], 1e-12);
            assert_near_floor(f->hi[3], values[i], 1e-9, fabs(values[i]));
        }
    }
}

static void data_a_form_cannot_take_are_refused_by_name(void **state)
{
    struct fitted *f = *state;
    double y[30];
    make_series(y, 30, 4, 7);
    assert_int_equal(try_fit(f, "ets:MAM", y, 6, 4, 3), FC_ESHORT);
    assert_int_equal(try_fit(f, "hw", y, 8, 4, 3), FC_ESHORT);
    y[7] = 0;
    assert_int_equal(try_fit(f, "ets:MAM", y, 30, 4, 3), FC_EDOMAIN);
    fit(f, "ets", y, 30, 4, 3);
    assert_int_equal(f->fit.order[FC_ETS_ORDER_ERROR], FC_ETS_ADD);
}

static void forms_are_read_as_r_spells_them(void **state)
{
    static const char *const good[] = {"ets:ANN", "ets:MAdM", "ets:ZZZ",
                                       "ets:ZAN", "ets:MMdN", "ets:AZA"};
    static const char *const bad[] = {
        "ets:",     "ets:A",    "ets:AN",  "ets:ANNN", "ets:NNN",
        "ets:AdNN", "ets:ANdN", "ets:ABC", "ses:ANN",  "ets:aan"};
    struct fc_spec spec;
    struct fc_error err;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(fc_model_parse(good[i], strlen(good[i]), &spec, &err),
                         FC_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(fc_model_parse(bad[i], strlen(bad[i]), &spec, &err),
                         FC_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classical_methods_are_at_least_as_good_as_r_s),
        cmocka_unit_test(m3_models_are_as_likely_as_r_s_and_mostly_chosen),
        cmocka_unit_test(the_choice_is_as_likely_as_r_s_on_hard_series),
        cmocka_unit_test(the_choice_is_at_the_maximum_of_its_form),
        cmocka_unit_test(descents_end_at_the_one_maximum),
        cmocka_unit_test(no_small_change_of_an_optimum_is_better),
        cmocka_unit_test(an_evident_season_is_chosen_whatever_aicc_says),
        cmocka_unit_test(scaling_the_data_scales_the_forecasts),
        cmocka_unit_test(a_constant_shifts_additive_forecasts),
        cmocka_unit_test(a_line_goes_on_as_a_line),
        cmocka_unit_test(a_constant_is_its_own_forecast),
        cmocka_unit_test(data_a_form_cannot_take_are_refused_by_name),
        cmocka_unit_test(forms_are_read_as_r_spells_them),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
