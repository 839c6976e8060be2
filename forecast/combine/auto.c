/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The default model: a weighted mean of four models of the series and, over
 * all series of the batch, two regressions and a few neural networks, with
 * intervals scaled to the errors that such forecasts really had.
 *
 * In a batch the weights, what is common to all series and the intervals'
 * scale are learnt from the last observations of its series, which are held
 * back for it (see learn.c).  A series on its own is forecast with the
 * fixed weights and scale of fc_auto_prior().  Either way the weights are
 * multiplied by the series' own trust in the candidates (trust.c), and
 * intervals scaled by its own width (width.c).
 *
 * What no forecast can be is caught by rules.  Absurd bounds: see auto.h.  A
 * candidate is absurd, and left out, when its forecast of step h lies
 * outside the range of the series by more than 1 + 2 h / n times the width
 * of that range.  When nothing is left, the seasonal naive forecast is used,
 * which never leaves the range.
 */
#include "forecast/combine/auto.h"

#include "forecast/combine/ensemble.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

extern const struct fc_model fc_model_ets, fc_model_arima, fc_model_dotm,
    fc_model_ces, fc_model_snaive;

/* The seasonal naive forecast stands by, in case nothing else will do. */
const struct fc_model *const fc_auto_members[FC_AUTO_LOCAL + 2] = {
    &fc_model_ets, &fc_model_arima,  &fc_model_dotm,
    &fc_model_ces, &fc_model_snaive, NULL};

static const char *const names[FC_AUTO_CANDIDATES] = {
    "ets", "arima", "dotm", "ces", "pooled", "pooled-log", "network"};

/* The level that candidates are asked for. */
static const double REFERENCE = 95;

/* fc_fit.state, behind the values of the series as auto sees it: as many
 * values each as there are steps in the forecast that was made with the fit */
enum { MEAN, WIDTH, PARTS };

/* fc_fit.order; fc_fit.coef, behind the trust in the candidates */
enum { KIND, STEPS };
enum { WALK = FC_AUTO_CANDIDATES, COEFS };

static struct fc_auto_fitted fitted_of(const struct fc_fit *fit)
{
    return (struct fc_auto_fitted){{.id = "", .y = fit->state, .n = fit->nobs},
                                   fit};
}

enum fc_status fc_auto_fit_members(const struct fc_series *series,
                                   const struct fc_request *request,
                                   struct fc_workspace *ws, struct fc_fit *fit,
                                   struct fc_error *err)
{
    return fc_ensemble_fit(series, request, fc_auto_members, FC_AUTO_LOCAL + 1, ws, fit,
                           err);
}

static bool is_absurd(const struct fc_series *series, const double *mean,
                      int horizon)
{
    double lowest = INFINITY, highest = -INFINITY;
    for (size_t t = 0; t < series->n; t++) {
        lowest = fmin(lowest, series->y[t]);
        highest = fmax(highest, series->y[t]);
    }
    double width = highest - lowest;
    double rounding = 1e-6 * fmax(fabs(lowest), fabs(highest));
    for (int h = 0; h < horizon; h++) {
        double far = width * (1 + 2 * (h + 1) / (double)series->n) + rounding;
        if (mean[h] < lowest - far || mean[h] > highest + far)
            return true;
    }
    return false;
}

static void predict_pooled(const struct fc_series *series,
                           const struct fc_pooled *pooled, int horizon,
                           struct fc_workspace *ws, double **mean)
{
    struct fc_pooled until = *pooled;
    *mean = NULL;
    if (pooled->coef == NULL || pooled->horizon < horizon)
        return;
    until.horizon = horizon;
    double *out = fc_workspace_doubles(ws, (size_t)horizon);
    if (out != NULL
        && fc_pooled_forecast(&until, series->y, series->n, ws, out) == FC_OK)
        *mean = out;
}

static void predict_network(const struct fc_series *series,
                            const struct fc_neural *neural, int horizon,
                            struct fc_workspace *ws, double **mean)
{
    *mean = NULL;
    if (neural->parameters == NULL || neural->horizon < horizon)
        return;
    double *out = fc_workspace_doubles(ws, (size_t)neural->horizon);
    if (out != NULL
        && fc_neural_forecast(neural, series->y, series->n, ws, out) == FC_OK)
        *mean = out;
}

enum fc_status fc_auto_candidates(const struct fc_auto_fitted *fitted,
                                  const struct fc_auto_common *common,
                                  int horizon, struct fc_workspace *ws,
                                  struct fc_auto_table *table,
                                  struct fc_error *err)
{
    struct fc_forecast like = {
        .horizon = horizon, .nlevels = 1, .levels = &REFERENCE};
    const struct fc_series *series = &fitted->series;
    const double *trust = fitted->fit->coef;
    struct fc_forecast *each = fc_ensemble_predict(fitted->fit, &like, ws);
    *table = (struct fc_auto_table){.horizon = horizon};
    for (int k = 0; k < FC_AUTO_CANDIDATES; k++)
        table->trust[k] = trust != NULL ? trust[k] : 1;
    table->width = fc_workspace_doubles(ws, (size_t)horizon);
    if (each == NULL || table->width == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (int k = 0; k < FC_AUTO_LOCAL; k++)
        table->mean[k] = each[k].mean;
    for (int k = 0; k < 2; k++)
        predict_pooled(series, &common->pooled[k], horizon, ws,
                       &table->mean[FC_AUTO_POOLED + k]);
    predict_network(series, &common->neural, horizon, ws,
                    &table->mean[FC_AUTO_NETWORK]);
    bool any = false;
    for (int k = 0; k < FC_AUTO_CANDIDATES; k++) {
        table->absurd[k] = table->mean[k] != NULL
                           && is_absurd(series, table->mean[k], horizon);
        table->usable[k] = table->mean[k] != NULL && !table->absurd[k];
        any = any || table->usable[k];
    }
    if (each[FC_AUTO_LOCAL].mean == NULL)
        return fc_fail(err, FC_ENOFIT, "auto: no candidate can be used");
    if (!any) /* in the place of the first; see share_weights() */
        table->mean[0] = each[FC_AUTO_LOCAL].mean;
    return fc_auto_widths(fitted, common, each, ws, table) == FC_OK
               ? FC_OK
               : fc_fail(err, FC_ENOMEM, "out of memory");
}

/* The given weights, less those of what is not usable, sum 1 again. */
static void share_weights(struct fc_auto_table *table, const double *weights)
{
    enum { RAW = FC_AUTO_POOLED, LOG = FC_AUTO_POOLED_LOG };
    double *used = table->used, sum = 0;
    int usable = 0;
    memcpy(used, weights, sizeof table->used);
    if (table->usable[RAW] != table->usable[LOG])
        used[table->usable[RAW] ? RAW : LOG] = weights[RAW] + weights[LOG];
    for (int k = 0; k < FC_AUTO_CANDIDATES; k++) {
        used[k] = table->usable[k] ? used[k] * table->trust[k] : 0;
        sum += used[k];
        usable += table->usable[k];
    }
    for (int k = 0; k < FC_AUTO_CANDIDATES; k++)
        if (sum > 0)
            used[k] /= sum;
        else if (usable > 0)
            used[k] = table->usable[k] ? 1.0 / usable : 0;
        else
            used[k] = k == 0; /* the stand-in of fc_auto_candidates() */
}

void fc_auto_combine(struct fc_auto_table *table, const double *weights,
                     double *mean)
{
    share_weights(table, weights);
    for (int h = 0; h < table->horizon; h++) {
        mean[h] = 0;
        for (int k = 0; k < FC_AUTO_CANDIDATES; k++)
            if (table->used[k] > 0)
                mean[h] += table->used[k] * table->mean[k][h];
    }
}

/* "auto(ets 0.31, arima 0.22, ...)" */
static void name_choice(const struct fc_auto_table *table, struct fc_fit *fit)
{
    size_t size = sizeof fit->spec;
    size_t n = (size_t)snprintf(fit->spec, size, "auto");
    bool any = false;
    for (int k = 0; k < FC_AUTO_CANDIDATES; k++) {
        if (!table->usable[k] || table->used[k] < 0.005)
            continue;
        n += (size_t)snprintf(fit->spec + n, size - n, "%s%s %.2f",
                              any ? ", " : "(", names[k], table->used[k]);
        any = true;
    }
    snprintf(fit->spec + n, size - n, any ? ")" : "(snaive 1.00)");
}

/* Which candidates were absurd, in words that live as long as the program. */
static const char *note_of(const struct fc_auto_table *table)
{
#define LEFT_OUT(name) name " left out: its forecast goes far beyond the series"
    static const char *const one[FC_AUTO_CANDIDATES] = {
        LEFT_OUT("ets"),    LEFT_OUT("arima"),  LEFT_OUT("dotm"),
        LEFT_OUT("ces"),    LEFT_OUT("pooled"), LEFT_OUT("pooled-log"),
        LEFT_OUT("network")};
#undef LEFT_OUT
    const char *note = NULL;
    bool usable = false;
    for (int k = 0; k < FC_AUTO_CANDIDATES; k++) {
        usable = usable || table->usable[k];
        if (table->absurd[k])
            note = note == NULL ? one[k]
                                : "several candidates left out: their "
                                  "forecasts go far beyond the series";
    }
    return usable ? note : "every candidate goes far beyond the series: snaive";
}

/* Mean and width of every step, one behind the other. */
static enum fc_status forecast(const struct fc_fit *fit, int horizon,
                               struct fc_workspace *ws, double *steps,
                               struct fc_auto_table *table,
                               struct fc_error *err)
{
    struct fc_auto_knowledge knowledge =
        fc_auto_read(fit->learned, fit->season_length);
    struct fc_auto_fitted fitted = fitted_of(fit);
    enum fc_status status =
        fc_auto_candidates(&fitted, &knowledge.common, horizon, ws, table, err);
    if (status != FC_OK)
        return status;
    size_t h = (size_t)horizon;
    fc_auto_combine(table, knowledge.of[fit->order[KIND]].weights,
                    steps + MEAN * h);
    memcpy(steps + WIDTH * h, table->width, h * sizeof *steps);
    return FC_OK;
}

/* Without a horizon, what can be said of the candidates is said for this. */
static int usual_horizon(const struct fc_request *request, int season_length)
{
    if (request->horizon > 0)
        return request->horizon;
    return season_length > 4 ? 2 * season_length : 8;
}

/* Of a series that teaches nothing, what is known of most. */
static enum fc_status find_kind(const struct fc_series *series,
                                struct fc_workspace *ws, struct fc_fit *fit)
{
    double *scratch = fc_workspace_doubles(ws, series->n);
    if (scratch == NULL)
        return FC_ENOMEM;
    enum fc_kind kind =
        fc_kind_of(series->y, series->n, (size_t)fit->season_length, scratch);
    fit->order[KIND] = kind < FC_KINDS ? kind : FC_KIND_MOVING;
    return FC_OK;
}

/* The values of the series as auto sees it, behind which is room for a
 * forecast; and room for the coefficients.  FC_ENOMEM. */
static enum fc_status keep_values(const struct fc_series *series, int horizon,
                                  struct fc_workspace *ws, struct fc_fit *fit)
{
    fit->nobs = series->n;
    fit->nstate = series->n + PARTS * (size_t)horizon;
    fit->state = fc_workspace_doubles(ws, fit->nstate);
    fit->ncoef = COEFS;
    fit->coef = fc_workspace_doubles(ws, fit->ncoef);
    if (fit->state == NULL || fit->coef == NULL)
        return FC_ENOMEM;
    memcpy(fit->state, series->y, series->n * sizeof *fit->state);
    fit->order[STEPS] = horizon;
    return FC_OK;
}

/* The members and the trust in them, of the series as auto sees it. */
static enum fc_status fit_view(const struct fc_series *series,
                               const struct fc_request *request,
                               struct fc_workspace *ws, struct fc_fit *fit,
                               struct fc_error *err)
{
    struct fc_auto_knowledge knowledge =
        fc_auto_read(request->learned, fit->season_length);
    struct fc_auto_view view;
    if (fc_auto_look(series, &knowledge.breaks, ws, &view) != FC_OK
        || keep_values(&view.series, request->horizon, ws, fit) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    enum fc_status status =
        fc_auto_fit_members(&view.series, request, ws, fit, err);
    if (status != FC_OK)
        return status;
    return find_kind(&view.series, ws, fit) == FC_OK
                   && fc_auto_trust(fit, &view, request, &knowledge.before, ws,
                                    fit->coef)
                          == FC_OK
               ? FC_OK
               : fc_fail(err, FC_ENOMEM, "out of memory");
}

/*
 * The forecasts are made here, because only then is it known which candidates
 * can be used; the prediction scales the intervals, and forecasts anew, from
 * the values that are kept, where it is asked for another horizon.
 */
enum fc_status fc_auto_fit(const struct fc_series *series,
                           const struct fc_request *request,
                           struct fc_workspace *ws, struct fc_fit *fit,
                           struct fc_error *err)
{
    struct fc_auto_table table;
    struct fc_request until = *request;
    until.horizon = usual_horizon(request, fit->season_length);
    enum fc_status status = fit_view(series, &until, ws, fit, err);
    if (status == FC_OK)
        status = forecast(fit, until.horizon, ws, fit->state + fit->nobs,
                          &table, err);
    if (status != FC_OK)
        return status;
    fit->coef[WALK] = table.walk;
    name_choice(&table, fit);
    fit->note = series->n == 1 && !(table.width[0] > 0)
                    ? "one observation: its intervals have no width"
                    : note_of(&table);
    return FC_OK;
}

static void set_bounds(const struct fc_auto_errors *errors, const double *width,
                       struct fc_forecast *out)
{
    for (int i = 0; i < out->nlevels; i++)
        for (int h = 0; h < out->horizon; h++) {
            int at = i * out->horizon + h;
            double level = out->levels[i];
            out->lo[at] =
                out->mean[h]
                - width[h] * fc_auto_factor(errors, FC_AUTO_BELOW, level, h);
            out->hi[at] =
                out->mean[h]
                + width[h] * fc_auto_factor(errors, FC_AUTO_ABOVE, level, h);
        }
}

/*
 * Instead of absurd bounds: by the fixed scale, which knows no other series; by
 * the stand-in; at last, as far as the rule allows.
 */
static void replace_bounds(const struct fc_fit *fit, const double *width,
                           struct fc_workspace *ws, struct fc_forecast *out)
{
    struct fc_auto_knowledge fixed = fc_auto_prior(fit->season_length);
    struct fc_auto_fitted fitted = fitted_of(fit);
    double walk = fit->coef[WALK];
    const struct fc_fit *stand_in = &fit->members[FC_AUTO_LOCAL];
    size_t nbounds = (size_t)out->nlevels * (size_t)out->horizon;
    out->replaced = true;
    set_bounds(&fixed.of[fit->order[KIND]].errors, width, out);
    if (!fc_auto_is_absurd(&fitted.series, walk, out))
        return;
    struct fc_forecast other = *out;
    other.mean = fc_workspace_doubles(ws, (size_t)out->horizon);
    if (other.mean != NULL && stand_in->model != NULL
        && fc_model_predict(stand_in, ws, &other, NULL) == FC_OK)
        for (size_t i = 0; i < nbounds; i++) {
            size_t h = i % (size_t)out->horizon;
            out->lo[i] = out->mean[h] - (other.hi[i] - other.lo[i]) / 2;
            out->hi[i] = out->mean[h] + (other.hi[i] - other.lo[i]) / 2;
        }
    if (fc_auto_is_absurd(&fitted.series, walk, out))
        fc_auto_clip(&fitted.series, walk, out);
}

enum fc_status fc_auto_predict(const struct fc_fit *fit,
                               struct fc_workspace *ws,
                               struct fc_forecast *out, struct fc_error *err)
{
    size_t horizon = (size_t)out->horizon;
    const double *steps = fit->state + fit->nobs;
    struct fc_auto_fitted fitted = fitted_of(fit);
    struct fc_auto_knowledge knowledge =
        fc_auto_read(fit->learned, fit->season_length);
    if (fit->order[STEPS] != out->horizon) {
        struct fc_auto_table table;
        double *other = fc_workspace_doubles(ws, PARTS * horizon);
        if (other == NULL)
            return fc_fail(err, FC_ENOMEM, "out of memory");
        enum fc_status status =
            forecast(fit, out->horizon, ws, other, &table, err);
        if (status != FC_OK)
            return status;
        steps = other;
    }
    const double *width = steps + WIDTH * horizon;
    memcpy(out->mean, steps + MEAN * horizon, horizon * sizeof *steps);
    set_bounds(&knowledge.of[fit->order[KIND]].errors, width, out);
    if (fc_auto_is_absurd(&fitted.series, fit->coef[WALK], out))
        replace_bounds(fit, width, ws, out);
    return FC_OK;
}
