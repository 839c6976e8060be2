/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rows of the model table that are exponential smoothing: `ets`, which
 * chooses among the forms by AICc, and the classical methods by name.
 */
#include "forecast/ets/predict.h"
#include "forecast/ets/select.h"
#include "forecast/model.h"

#include <string.h>

/* fc_spec.variant of "ets:MAdM"; ANY is the letter Z. */
enum { ERROR, TREND, SEASON, DAMPED };
enum { ANY = FC_ETS_ANY };

static int component(char letter, const char *allowed)
{
    if (letter == 'Z')
        return ANY;
    if (letter == '\0' || strchr(allowed, letter) == NULL)
        return -2;
    return letter == 'N'   ? FC_ETS_NONE
           : letter == 'A' ? FC_ETS_ADD
                           : FC_ETS_MUL;
}

static enum fc_status parse_ets(const char *text, struct fc_spec *spec,
                                struct fc_error *err)
{
    const char *at = text;
    int *v = spec->variant;
    v[ERROR] = component(*at, "AM");
    v[TREND] = v[ERROR] == -2 ? -2 : component(*++at, "NAM");
    if (v[TREND] != -2)
        at++;
    v[DAMPED] = *at == 'd' ? 1 : v[TREND] == ANY ? ANY : 0;
    at += *at == 'd';
    v[SEASON] = v[TREND] == -2 ? -2 : component(*at, "NAM");
    if (v[SEASON] == -2 || at[1] != '\0'
        || (v[DAMPED] == 1 && v[TREND] == FC_ETS_NONE))
        return fc_fail(err, FC_EINVAL,
                       "model 'ets': '%s' is not a form: error A, M or Z, "
                       "trend N, A, Ad, M, Md or Z, season N, A, M or Z, as "
                       "in ets:MAdM",
                       text);
    return FC_OK;
}

static size_t at_least_two(const struct fc_spec *spec,
                           const struct fc_seasons *seasons)
{
    (void)spec;
    (void)seasons;
    return 2;
}

/* R's hw() asks for m + 3; its parameters need m + 6. */
static size_t season_and_six(const struct fc_spec *spec,
                             const struct fc_seasons *seasons)
{
    (void)spec;
    return (size_t)fc_season_length(seasons) + 6;
}

static enum fc_status fit_ets(const struct fc_series *series,
                              const struct fc_request *request,
                              struct fc_workspace *ws, struct fc_fit *fit,
                              struct fc_error *err)
{
    const struct fc_spec *spec = request->spec;
    struct fc_ets_wanted wanted = {
        ANY, ANY, ANY, ANY, request->similar, request->again};
    if (spec->has_variant)
        wanted = (struct fc_ets_wanted){spec->variant[ERROR],
                                        spec->variant[TREND],
                                        spec->variant[SEASON],
                                        spec->variant[DAMPED],
                                        NULL,
                                        false};
    return fc_ets_fit_wanted(series, &wanted, FC_ETS_LIKELIHOOD, 6, ws, fit,
                             err);
}

static enum fc_status fit_ses(const struct fc_series *series,
                              const struct fc_request *request,
                              struct fc_workspace *ws, struct fc_fit *fit,
                              struct fc_error *err)
{
    static const struct fc_ets_wanted ann = {
        FC_ETS_ADD, FC_ETS_NONE, FC_ETS_NONE, 0, NULL, false};
    (void)request;
    return fc_ets_fit_wanted(series, &ann, FC_ETS_MSE, 6, ws, fit, err);
}

static enum fc_status fit_holt(const struct fc_series *series,
                               const struct fc_request *request,
                               struct fc_workspace *ws, struct fc_fit *fit,
                               struct fc_error *err)
{
    static const struct fc_ets_wanted aan = {
        FC_ETS_ADD, FC_ETS_ADD, FC_ETS_NONE, 0, NULL, false};
    (void)request;
    return fc_ets_fit_wanted(series, &aan, FC_ETS_MSE, 8, ws, fit, err);
}

static enum fc_status fit_damped(const struct fc_series *series,
                                 const struct fc_request *request,
                                 struct fc_workspace *ws, struct fc_fit *fit,
                                 struct fc_error *err)
{
    static const struct fc_ets_wanted aadn = {
        FC_ETS_ADD, FC_ETS_ADD, FC_ETS_NONE, 1, NULL, false};
    (void)request;
    return fc_ets_fit_wanted(series, &aadn, FC_ETS_MSE, 9, ws, fit, err);
}

static enum fc_status fit_hw(const struct fc_series *series,
                             const struct fc_request *request,
                             struct fc_workspace *ws, struct fc_fit *fit,
                             struct fc_error *err)
{
    static const struct fc_ets_wanted aaa = {FC_ETS_ADD, FC_ETS_ADD, FC_ETS_ADD,
                                             0,          NULL,       false};
    (void)request;
    return fc_ets_fit_wanted(series, &aaa, FC_ETS_MSE, 0, ws, fit, err);
}

static enum fc_status fit_hw_mul(const struct fc_series *series,
                                 const struct fc_request *request,
                                 struct fc_workspace *ws, struct fc_fit *fit,
                                 struct fc_error *err)
{
    static const struct fc_ets_wanted mam = {FC_ETS_MUL, FC_ETS_ADD, FC_ETS_MUL,
                                             0,          NULL,       false};
    (void)request;
    return fc_ets_fit_wanted(series, &mam, FC_ETS_MSE, 0, ws, fit, err);
}

static bool is_component(int x)
{
    return x == FC_ETS_NONE || x == FC_ETS_ADD || x == FC_ETS_MUL;
}

static bool can_start(const struct fc_fit *kept)
{
    const int *form = kept->order;
    bool seasonal = form[FC_ETS_ORDER_SEASON] != FC_ETS_NONE;
    size_t m = seasonal ? (size_t)kept->season_length : 0;
    struct fc_ets_form rival;
    if (!is_component(form[FC_ETS_ORDER_ERROR])
        || form[FC_ETS_ORDER_ERROR] == FC_ETS_NONE
        || !is_component(form[FC_ETS_ORDER_TREND])
        || !is_component(form[FC_ETS_ORDER_SEASON])
        || (form[FC_ETS_ORDER_DAMPED] && !form[FC_ETS_ORDER_TREND])
        || (form[FC_ETS_ORDER_RIVAL] != 0
            && !fc_ets_form_of(form[FC_ETS_ORDER_RIVAL], &rival))
        || (seasonal && m < 2) || kept->ncoef != FC_ETS_COEF_S + m)
        return false;
    for (int i = 0; i < FC_ETS_COEF_L; i++)
        if (!(kept->coef[i] >= 0 && kept->coef[i] <= 1))
            return false;
    return true;
}

const struct fc_model fc_model_ets = {
    .name = "ets",
    .summary = "exponential smoothing, the form chosen by AICc",
    .reference = "Hyndman et al. (2008); R forecast 8.20, ets()",
    .variants = "a form such as MAdM, ANN, ZZN (Z: choose)",
    .parse = parse_ets,
    .seasons = FC_SEASON_ASKED,
    .min_obs = fc_model_any_length,
    .fit = fit_ets,
    .can_start = can_start,
    .predict = fc_ets_predict,
    .simulate = fc_ets_simulate,
};

const struct fc_model fc_model_ses = {
    .name = "ses",
    .summary = "simple exponential smoothing",
    .reference = "Brown (1959); R forecast 8.20, ses()",
    .min_obs = fc_model_any_length,
    .fit = fit_ses,
    .predict = fc_ets_predict,
    .simulate = fc_ets_simulate,
};

const struct fc_model fc_model_holt = {
    .name = "holt",
    .summary = "Holt's linear trend",
    .reference = "Holt (1957); R forecast 8.20, holt()",
    .min_obs = at_least_two,
    .fit = fit_holt,
    .predict = fc_ets_predict,
    .simulate = fc_ets_simulate,
};

const struct fc_model fc_model_damped = {
    .name = "damped",
    .summary = "Holt's trend, damped",
    .reference = "Gardner & McKenzie (1985); R forecast 8.20, "
                 "holt(damped=TRUE)",
    .min_obs = at_least_two,
    .fit = fit_damped,
    .predict = fc_ets_predict,
    .simulate = fc_ets_simulate,
};

const struct fc_model fc_model_hw = {
    .name = "hw",
    .summary = "Holt and Winters's additive seasonal method",
    .reference = "Winters (1960); R forecast 8.20, hw()",
    .seasons = FC_SEASON_ASKED,
    .min_obs = season_and_six,
    .fit = fit_hw,
    .predict = fc_ets_predict,
    .simulate = fc_ets_simulate,
};

const struct fc_model fc_model_hw_mul = {
    .name = "hw-mul",
    .summary = "Holt and Winters's multiplicative seasonal method",
    .reference = "Winters (1960); R forecast 8.20, "
                 "hw(seasonal=\"multiplicative\")",
    .seasons = FC_SEASON_ASKED,
    .min_obs = season_and_six,
    .fit = fit_hw_mul,
    .predict = fc_ets_predict,
    .simulate = fc_ets_simulate,
};
