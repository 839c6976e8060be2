/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The row `tbats` of the table of models: what is fitted of a series, reading
 * the variants, and forecasts.  After Box-Cox the forecast is the median, as
 * R's is without biasadj.
 */
#include "forecast/model.h"
#include "forecast/tbats/model.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* fc_spec.variant and fc_fit.order: harmonics of each season from K on. */
enum { BOXCOX, TREND, P, Q, K };

/*
 * fc_fit.coef: the parameters, and then UNIT, so that all numbers are of values
 * in units of 2^UNIT, and the variance of those.  fc_fit.state: the seeds of
 * the next value and the last d and e.
 */
enum {
    UNIT = sizeof(struct fc_tbats_parameters) / sizeof(double),
    VARIANCE,
    NCOEF
};

/*
 * Of long series the last values are fitted: so many cycles of the longest
 * season, and so many values at least.
 */
enum { CYCLES = 6, LEAST_VALUES = 2000 };

/*
 * R allows 1.01.  But with free seeds, errors that grow can be made small in
 * the past: on rolling origins in the training part of M3's monthly series that
 * cost 4% of MASE and made intervals too narrow.
 */
static const double LARGEST_EIGENVALUE = 1 + 1e-5;

static const char usage[] =
    "expected p,q or p,q/k,k with +bc for Box-Cox and +trend or +damped, e.g. "
    "2,1/5,6+bc+damped";

/* A number of one or two digits; NULL when there is none up to `most`. */
static const char *parse_number(const char *text, int most, int *value)
{
    char *end;
    if (*text < '0' || *text > '9')
        return NULL;
    long number = strtol(text, &end, 10);
    *value = (int)number;
    return number <= most ? end : NULL;
}

static const char *parse_words(const char *text, int *v)
{
    static const struct {
        const char *word;
        int field, value;
    } words[] = {{"+bc", BOXCOX, 1},
                 {"+trend", TREND, FC_TBATS_TREND},
                 {"+damped", TREND, FC_TBATS_DAMPED}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(text, words[i].word, strlen(words[i].word)) == 0
            && v[words[i].field] == 0) {
            v[words[i].field] = words[i].value;
            return parse_words(text + strlen(words[i].word), v);
        }
    return text;
}

static enum fc_status parse(const char *text, struct fc_spec *spec,
                            struct fc_error *err)
{
    enum { MOST_HARMONICS = 999 };
    int *v = spec->variant;
    memset(v, 0, sizeof spec->variant);
    const char *rest = parse_number(text, FC_TBATS_ARMA, &v[P]);
    rest = rest != NULL && *rest == ','
               ? parse_number(rest + 1, FC_TBATS_ARMA, &v[Q])
               : NULL;
    for (int i = 0;
         i < FC_MOST_SEASONS && rest != NULL && *rest == (i == 0 ? '/' : ',');
         i++)
        rest = parse_number(rest + 1, MOST_HARMONICS, &v[K + i]);
    if (rest != NULL)
        rest = parse_words(rest, v);
    if (rest == NULL || *rest != '\0')
        return fc_fail(err, FC_EINVAL, "tbats: '%.40s': %s; p, q at most %d",
                       text, usage, FC_TBATS_ARMA);
    return FC_OK;
}

static struct fc_tbats_form form_of(const int *v, int nseasons)
{
    struct fc_tbats_form form = {.boxcox = v[BOXCOX],
                                 .trend = (enum fc_tbats_trend)v[TREND],
                                 .p = v[P],
                                 .q = v[Q]};
    for (int i = 0; i < nseasons; i++)
        form.k[i] = v[K + i];
    return form;
}

static size_t min_obs(const struct fc_spec *spec,
                      const struct fc_seasons *seasons)
{
    if (!spec->has_variant)
        return 1;
    struct fc_tbats_form form =
        form_of(spec->variant, seasons != NULL ? seasons->n : 0);
    return fc_tbats_least(&form);
}

/*
 * The seasons of which there are two cycles.  A year that is rounded by
 * default, to 52 weeks for models that need whole numbers, is what it
 * is: 52.18.
 */
static struct fc_seasons seasons_of(const struct fc_series *series)
{
    double n = (double)series->n;
    struct fc_seasons s = fc_seasons_fitting(series->seasons, series->n);
    if (s.n == 1 && !s.asked && s.length[0] == rint(s.year) && 2 * s.year <= n)
        s.length[0] = s.year;
    if (s.n > 0 && (s.length[0] < 2 || 2 * s.length[0] > n))
        s.n = 0;
    return s;
}

/* The exponent of the largest value. */
static int unit_of(const double *y, size_t n)
{
    double largest = 0;
    int unit;
    for (size_t t = 0; t < n; t++)
        largest = fabs(y[t]) > largest ? fabs(y[t]) : largest; /* never NaN */
    frexp(largest, &unit);
    return unit;
}

/* The last values in units of a power of two, which takes nothing from Box-Cox:
 * that would leave no digits of very small ones. */
static enum fc_status prepare(const struct fc_series *series,
                              const struct fc_seasons *seasons,
                              struct fc_workspace *ws,
                              struct fc_tbats_data *data, int *unit)
{
    double most = LEAST_VALUES;
    if (seasons->n > 0)
        most = fmax(most, CYCLES * seasons->length[seasons->n - 1]);
    size_t skip = (double)series->n > most ? series->n - (size_t)most : 0;
    const size_t n = series->n - skip;
    double *y = fc_workspace_doubles(ws, n);
    double *logs = fc_workspace_doubles(ws, n);
    bool positive = true;
    if (y == NULL || logs == NULL)
        return FC_ENOMEM;
    *unit = unit_of(series->y + skip, n);
    *data = (struct fc_tbats_data){.y = y,
                                   .n = n,
                                   .radius = LARGEST_EIGENVALUE,
                                   .seasons = seasons,
                                   .ws = ws};
    for (size_t t = 0; t < n; t++) {
        y[t] = ldexp(series->y[skip + t], -*unit);
        positive = positive && !(y[t] <= 0);
        data->nobs += !isnan(y[t]);
        logs[t] = positive ? log(y[t]) : 0;
        data->sum_log += isnan(y[t]) ? 0 : logs[t];
    }
    data->has_gaps = data->nobs < n;
    data->logs = positive ? logs : NULL;
    return FC_OK;
}

static bool is_constant(const struct fc_tbats_data *data)
{
    for (size_t t = 0; t < data->n; t++)
        if (!isnan(data->y[t]) && data->y[t] != data->y[data->n - 1])
            return false;
    return true;
}

/* The last value goes on: for what is constant, or too short. */
static enum fc_status fit_last(const struct fc_tbats_data *data,
                               struct fc_tbats_fitted *fitted)
{
    double last = data->y[data->n - 1], before = NAN;
    int n = 0;
    *fitted = (struct fc_tbats_fitted){
        .par = {.lambda = 1, .alpha = 1}, .loglik = NAN, .aicc = NAN};
    fitted->seed = fc_workspace_doubles(data->ws, 1);
    if (fitted->seed == NULL)
        return FC_ENOMEM;
    fitted->nseeds = 1;
    fitted->seed[0] = last;
    for (size_t t = 0; t < data->n; t++) {
        double change = data->y[t] - before;
        if (!isnan(data->y[t]))
            before = data->y[t];
        if (isnan(change))
            continue;
        fitted->sigma2 += change * change;
        n++;
    }
    fitted->sigma2 = n > 0 ? fitted->sigma2 / n : 0;
    return FC_OK;
}

/* What the harmonics of a form can be, and Box-Cox. */
static enum fc_status check_form(const struct fc_tbats_data *data,
                                 const struct fc_tbats_form *form,
                                 struct fc_error *err)
{
    if (form->boxcox && data->logs == NULL)
        return fc_fail(err, FC_EDOMAIN,
                       "tbats: Box-Cox needs values above zero");
    for (int i = 0; i < data->seasons->n; i++) {
        double length = data->seasons->length[i];
        int most = length <= 2 ? 1 : (int)ceil(length / 2) - 1;
        if (form->k[i] > most)
            return fc_fail(err, FC_EDOMAIN,
                           "tbats: a season of %.6g has at most %d harmonics, "
                           "not %d",
                           length, most, form->k[i]);
    }
    if (fc_tbats_least(form) > data->nobs)
        return fc_fail(err, FC_ESHORT,
                       "tbats: this form needs %zu observations, has %zu",
                       fc_tbats_least(form), data->nobs);
    return FC_OK;
}

/* The form of a similar fit, for the seasons that there are now. */
static bool like_form(const struct fc_fit *similar,
                      const struct fc_tbats_data *data,
                      struct fc_tbats_form *form)
{
    int v[FC_VARIANT_SIZE] = {0}, found = 0;
    memcpy(v, similar->order, K * sizeof *v);
    for (int i = 0; i < data->seasons->n; i++)
        for (int j = 0; j < similar->seasons.n; j++)
            if (similar->seasons.length[j] == data->seasons->length[i]) {
                v[K + i] = similar->order[K + j];
                found++;
            }
    *form = form_of(v, data->seasons->n);
    return found == similar->seasons.n && similar->ncoef == NCOEF
           && check_form(data, form, NULL) == FC_OK;
}

/* Its gammas, too, in the order of the seasons that there are now. */
static struct fc_tbats_parameters like_start(const struct fc_fit *similar,
                                             const struct fc_tbats_data *data)
{
    struct fc_tbats_parameters par, own;
    memcpy(&par, similar->coef, sizeof par);
    own = par;
    memset(own.gamma, 0, sizeof own.gamma);
    for (int i = 0; i < data->seasons->n; i++)
        for (int j = 0; j < similar->seasons.n; j++)
            if (similar->seasons.length[j] == data->seasons->length[i]) {
                own.gamma[i] = par.gamma[j];
                own.gamma[FC_MOST_SEASONS + i] = par.gamma[FC_MOST_SEASONS + j];
            }
    return own;
}

/* ... or the last value, where no form can be fitted. */
static enum fc_status estimate(const struct fc_tbats_data *data,
                               const struct fc_request *request,
                               struct fc_tbats_fitted *fitted,
                               struct fc_error *err)
{
    const struct fc_spec *spec = request->spec;
    enum fc_status status = FC_ENOFIT;
    struct fc_tbats_form form;
    if (spec->has_variant) {
        form = form_of(spec->variant, data->seasons->n);
        status = check_form(data, &form, err);
        if (status != FC_OK)
            return status;
    }
    if (is_constant(data))
        return fit_last(data, fitted);
    if (spec->has_variant)
        status = fc_tbats_fit_form(data, &form, fitted);
    else if (request->similar != NULL
             && like_form(request->similar, data, &form)) {
        struct fc_tbats_parameters from = like_start(request->similar, data);
        status = fc_tbats_fit(data, &form, &from, FC_TBATS_FINE, fitted);
    }
    if (status == FC_ENOFIT && !spec->has_variant)
        status = fc_tbats_select(data, fitted);
    if (status == FC_ENOFIT && spec->has_variant)
        return fc_fail(err, FC_ENOFIT, "tbats: this form has no likelihood");
    return status == FC_ENOFIT ? fit_last(data, fitted) : status;
}

/* The seasons that have harmonics, alone, in form and list. */
static void drop_unused(const struct fc_seasons *seasons,
                        struct fc_tbats_fitted *fitted, struct fc_fit *fit)
{
    struct fc_tbats_parameters *par = &fitted->par;
    int n = 0;
    for (int i = 0; i < seasons->n; i++) {
        if (fitted->form.k[i] == 0)
            continue;
        fit->seasons.length[n] = seasons->length[i];
        fitted->form.k[n] = fitted->form.k[i];
        par->gamma[n] = par->gamma[i];
        par->gamma[FC_MOST_SEASONS + n] = par->gamma[FC_MOST_SEASONS + i];
        n++;
    }
    fit->seasons.n = n;
    for (int i = n; i < FC_MOST_SEASONS; i++) {
        fitted->form.k[i] = 0;
        par->gamma[i] = par->gamma[FC_MOST_SEASONS + i] = 0;
    }
}

/* Likelihood and variance are of the series' own values: as for R's, those of
 * its Box-Cox transforms. */
static void report(const struct fc_tbats_fitted *fitted, size_t nobs, int unit,
                   struct fc_fit *fit)
{
    double shift = (double)nobs * unit * log(2);
    fit->loglik = fitted->loglik - shift;
    fit->aicc = isfinite(fitted->aicc) ? fitted->aicc + 2 * shift : NAN;
    fit->sigma2 = fitted->sigma2 * exp2(2 * fitted->par.lambda * unit);
}

static enum fc_status keep(const struct fc_tbats_fitted *fitted, int unit,
                           struct fc_workspace *ws, struct fc_fit *fit)
{
    const struct fc_tbats_form *form = &fitted->form;
    const size_t n = fitted->nseeds;
    const int order[FC_VARIANT_SIZE] = {
        form->boxcox, (int)form->trend, form->p,    form->q,
        form->k[0],   form->k[1],       form->k[2], form->k[3]};
    memcpy(fit->order, order, sizeof order);
    fit->ncoef = NCOEF;
    fit->nstate = n + 2 * FC_TBATS_ARMA;
    fit->coef = fc_workspace_doubles(ws, fit->ncoef);
    fit->state = fc_workspace_doubles(ws, fit->nstate);
    if (fit->coef == NULL || fit->state == NULL)
        return FC_ENOMEM;
    memcpy(fit->coef, &fitted->par, sizeof fitted->par);
    memcpy(fit->state, fitted->seed, n * sizeof *fit->state);
    memcpy(fit->state + n, fitted->last_d, sizeof fitted->last_d);
    memcpy(fit->state + n + FC_TBATS_ARMA, fitted->last_e,
           sizeof fitted->last_e);
    fit->coef[UNIT] = unit;
    fit->coef[VARIANCE] = fitted->sigma2;
    return FC_OK;
}

/* As R has it: TBATS(0.5, {2,1}, 0.98, {<24,5>, <168,6>}). */
static void name_fit(const struct fc_tbats_fitted *fitted, struct fc_fit *fit)
{
    const struct fc_tbats_form *form = &fitted->form;
    size_t size = sizeof fit->spec;
    size_t n = (size_t)snprintf(fit->spec, size, "TBATS(%.3g, {%d,%d}, ",
                                form->boxcox ? fitted->par.lambda : 1, form->p,
                                form->q);
    if (form->trend == FC_TBATS_LEVEL)
        n += (size_t)snprintf(fit->spec + n, size - n, "-, ");
    else
        n += (size_t)snprintf(fit->spec + n, size - n, "%.3g, ",
                              fitted->par.phi);
    for (int i = 0; i < fit->seasons.n; i++)
        n += (size_t)snprintf(fit->spec + n, size - n, "%s<%.6g,%d>",
                              i == 0 ? "{" : ", ", fit->seasons.length[i],
                              form->k[i]);
    snprintf(fit->spec + n, size - n, fit->seasons.n > 0 ? "})" : "-)");
}

static enum fc_status fit_tbats(const struct fc_series *series,
                                const struct fc_request *request,
                                struct fc_workspace *ws, struct fc_fit *fit,
                                struct fc_error *err)
{
    struct fc_seasons seasons = seasons_of(series);
    struct fc_tbats_fitted fitted;
    struct fc_tbats_data data;
    int unit;
    if (prepare(series, &seasons, ws, &data, &unit) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    enum fc_status status = estimate(&data, request, &fitted, err);
    if (status == FC_ENOMEM)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    if (status != FC_OK)
        return status;
    drop_unused(&seasons, &fitted, fit);
    if (keep(&fitted, unit, ws, fit) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    report(&fitted, data.nobs, unit, fit);
    name_fit(&fitted, fit);
    if (data.n < series->n)
        fit->note = "a long series: its last values were fitted";
    return FC_OK;
}

/* The model of a fit, and where it stands at the end of the series. */
static enum fc_status restore(const struct fc_fit *fit, struct fc_workspace *ws,
                              struct fc_tbats *model,
                              struct fc_tbats_state *state)
{
    struct fc_tbats_form form = form_of(fit->order, fit->seasons.n);
    struct fc_tbats_parameters par;
    if (fc_tbats_begin(&form, &fit->seasons, ws, model) != FC_OK)
        return FC_ENOMEM;
    memcpy(&par, fit->coef, sizeof par);
    fc_tbats_set(model, &par);
    state->x = fc_workspace_doubles(ws, model->width);
    if (state->x == NULL)
        return FC_ENOMEM;
    size_t n = fit->nstate - 2 * FC_TBATS_ARMA;
    fc_tbats_start(model, fit->state, state);
    memcpy(state->d, fit->state + n, sizeof state->d);
    memcpy(state->e, fit->state + n + FC_TBATS_ARMA, sizeof state->e);
    return FC_OK;
}

/* Standard errors: the sum of squares of what one error does later. */
static void fill_errors(const struct fc_tbats *model, double sigma2,
                        int horizon, struct fc_tbats_state *state, double *se)
{
    double sum = 1;
    memset(state->x, 0, model->width * sizeof *state->x);
    memset(state->d, 0, sizeof state->d);
    memset(state->e, 0, sizeof state->e);
    for (int h = 0; h < horizon; h++) {
        se[h] = sqrt(sigma2 * sum);
        fc_tbats_step(model, state, h == 0);
        double response = fc_tbats_expect(model, state);
        sum += response * response;
    }
}

/* From what the states forecast to the series' values. */
static void transform_back(const struct fc_fit *fit,
                           const struct fc_tbats *model, size_t n, double *z)
{
    for (size_t i = 0; i < n; i++) {
        if (model->form.boxcox)
            z[i] = fc_tbats_back(z[i], model->par.lambda);
        z[i] = ldexp(z[i], (int)fit->coef[UNIT]);
    }
}

static enum fc_status predict_tbats(const struct fc_fit *fit,
                                    struct fc_workspace *ws,
                                    struct fc_forecast *out,
                                    struct fc_error *err)
{
    struct fc_tbats model;
    struct fc_tbats_state state;
    size_t horizon = (size_t)out->horizon;
    double *se = fc_workspace_doubles(ws, horizon);
    if (se == NULL || restore(fit, ws, &model, &state) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t h = 0; h < horizon; h++) {
        out->mean[h] = fc_tbats_expect(&model, &state);
        fc_tbats_step(&model, &state, 0);
    }
    fill_errors(&model, fit->coef[VARIANCE], out->horizon, &state, se);
    fc_model_normal_bounds(out, se);
    transform_back(fit, &model, horizon, out->mean);
    transform_back(fit, &model, horizon * (size_t)out->nlevels, out->lo);
    transform_back(fit, &model, horizon * (size_t)out->nlevels, out->hi);
    return FC_OK;
}

static enum fc_status simulate_tbats(const struct fc_fit *fit, int horizon,
                                     gsl_rng *rng, struct fc_workspace *ws,
                                     double *path, struct fc_error *err)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    struct fc_tbats model;
    struct fc_tbats_state state;
    double sigma = sqrt(fit->coef[VARIANCE]);
    if (restore(fit, ws, &model, &state) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (int h = 0; h < horizon; h++) {
        double e = gsl_ran_gaussian_ziggurat(rng, sigma);
        path[h] = fc_tbats_expect(&model, &state) + e;
        fc_tbats_step(&model, &state, e);
    }
    transform_back(fit, &model, (size_t)horizon, path);
    fc_workspace_release(ws, mark);
    return FC_OK;
}

const struct fc_model fc_model_tbats = {
    .name = "tbats",
    .summary = "Box-Cox, trend, ARMA errors, harmonics of all seasons",
    .reference = "De Livera, Hyndman & Snyder (2011); R forecast 8.20, tbats()",
    .variants = "p,q/k,k: ARMA orders and harmonics; +bc, +trend or +damped",
    .missing = true,
    .seasons = FC_SEASON_ALL,
    .parse = parse,
    .min_obs = min_obs,
    .fit = fit_tbats,
    .predict = predict_tbats,
    .simulate = simulate_tbats,
};
