/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is asked of a fit: settings, which models name, and what travels with a
 * series.
 */
#include "tests/check.h"
#include "tests/series.h"

#include "cmd/options/table.h"

static void a_setting_is_the_model_s_that_names_it(void **state)
{
    (void)state;
    struct fc_spec spec = {.model = fc_model_find("arima")};
    assert_int_equal(fc_spec_get(&spec, "max-p", 5), 5);
    assert_true(fc_spec_set(&spec, "max-p", 0));
    assert_true(fc_spec_set(&spec, "max-P", 2));
    assert_int_equal(fc_spec_get(&spec, "max-p", 5), 0);
    assert_int_equal(fc_spec_get(&spec, "max-P", 5), 2);
    assert_int_equal(fc_spec_get(&spec, "max-q", 5), 5);
    assert_false(fc_spec_set(&spec, "max-k", 1));
    spec = (struct fc_spec){.model = fc_model_find("theta")};
    assert_false(fc_spec_set(&spec, "max-p", 1));
    assert_int_equal(fc_spec_get(&spec, "max-p", 5), 5);
}

static void a_combination_hands_settings_down(void **state)
{
    (void)state;
    const char *names[] = {"auto", "scum"};
    for (int i = 0; i < 2; i++) {
        struct fc_spec spec = {.model = fc_model_find(names[i])};
        spec.has_variant = true;
        assert_true(fc_spec_set(&spec, "max-q", 1));
        struct fc_spec arima = fc_spec_member(&spec, fc_model_find("arima"));
        struct fc_spec ets = fc_spec_member(&spec, fc_model_find("ets"));
        assert_ptr_equal(arima.model, fc_model_find("arima"));
        assert_false(arima.has_variant);
        assert_int_equal(fc_spec_get(&arima, "max-q", 5), 1);
        assert_int_equal(fc_spec_get(&arima, "max-p", 5), 5);
        assert_int_equal(fc_spec_get(&ets, "max-q", 5), 5);
    }
}

static const struct cmd_option *option_of(const char *name)
{
    const struct cmd_option *row;
    for (size_t i = 0; (row = cmd_option_at(i)) != NULL; i++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

/* And every such option is some model's setting, in a place of its own. */
static void every_setting_has_an_option(void **state)
{
    (void)state;
    const struct fc_model *model;
    const struct fc_setting *setting;
    const struct cmd_option *row, *other;
    size_t settings = 0, options = 0;
    for (size_t i = 0; (model = fc_model_at(i)) != NULL; i++)
        for (size_t k = 0; (setting = fc_model_setting(model, k)) != NULL;
             k++) {
            row = option_of(setting->name);
            assert_true(k < FC_SETTINGS_SIZE);
            assert_true(row != NULL && row->kind == CMD_SETTING);
            assert_true(setting->least >= 0 && setting->least < setting->most);
            settings += model->members == NULL;
        }
    for (size_t i = 0; (row = cmd_option_at(i)) != NULL; i++) {
        options += row->kind == CMD_SETTING;
        for (size_t k = 0; k < i && row->kind == CMD_SETTING; k++)
            if ((other = cmd_option_at(k))->kind == CMD_SETTING)
                assert_true(row->offset != other->offset);
    }
    assert_int_equal(settings, options);
}

static void a_season_is_a_whole_number_or_none(void **state)
{
    (void)state;
    struct fc_seasons none = fc_one_season(1), year = fc_one_season(12);
    assert_int_equal(none.n, 0);
    assert_int_equal(fc_season_length(NULL), 1);
    assert_int_equal(fc_season_length(&none), 1);
    assert_int_equal(fc_season_length(&year), 12);
}

/* What begins later has the regressors of its own observations. */
static void regressors_follow_their_series(void **state)
{
    (void)state;
    enum { N = 5, STRIDE = 8, FIRST = 2 };
    double y[N], x[2 * STRIDE];
    for (int i = 0; i < 2 * STRIDE; i++)
        x[i] = i;
    for (int t = 0; t < N; t++)
        y[t] = 10 * t;
    struct fc_regressors regressors = {.n = 2, .stride = STRIDE, .x = x}, room;
    struct fc_series series = series_of("a", y, N, 4);
    struct fc_series rest = fc_series_from(&series, FIRST, &room);
    assert_null(rest.regressors);
    series.regressors = &regressors;
    rest = fc_series_from(&series, FIRST, &room);
    assert_int_equal(rest.n, N - FIRST);
    assert_int_equal(fc_season_length(rest.seasons), 4);
    for (size_t t = 0; t < STRIDE - FIRST; t++)
        for (size_t j = 0; j < 2; j++)
            assert_true(rest.regressors->x[j * rest.regressors->stride + t]
                        == (double)(j * STRIDE + FIRST + t));
    assert_true(rest.y[0] == 10 * FIRST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_setting_is_the_model_s_that_names_it),
        cmocka_unit_test(a_combination_hands_settings_down),
        cmocka_unit_test(every_setting_has_an_option),
        cmocka_unit_test(a_season_is_a_whole_number_or_none),
        cmocka_unit_test(regressors_follow_their_series),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
