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
 * multiplied by the series' own trust in the candidates: all of them forecast
 * its last observations, too, and those that were far off count for less.  For
 * that, forms and orders are those chosen for the whole series: to search for
 * them again in the shortened one takes several times as long, and forecasts
 * of held-back values are no better for it.
 *
 * The width by which errors are measured is the geometric mean of two: of
 * what the candidates' own intervals say, each as much as it is trusted, and
 * of what the series has done from season to season, growing with the root of
 * the seasons ahead.  To its square is added the variance of the candidates'
 * forecasts, for where they disagree the errors are larger.
 *
 * A candidate is absurd, and left out, when its forecast of step h lies
 * outside the range of the series by more than 1 + 2 h / n times the width
 * of that range.  When nothing is left, the seasonal naive forecast is used,
 * which never leaves the range.
 */
#include "forecast/combine/auto.h"

#include "forecast/combine/ensemble.h"
#include "forecast/measure/accuracy.h"

#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

extern const struct fc_model fc_model_ets, fc_model_arima, fc_model_dotm,
    fc_model_ces, fc_model_snaive;

static const struct fc_model *const local[FC_AUTO_LOCAL] = {
    &fc_model_ets, &fc_model_arima, &fc_model_dotm, &fc_model_ces};

static const char *const names[FC_AUTO_CANDIDATES] = {
    "ets", "arima", "dotm", "ces", "pooled", "pooled-log", "network"};

/* The level that candidates are asked for. */
static const double REFERENCE = 95;

/*
 * How a series' own errors become factors of the weights: to this power, after
 * so many mean changes from season to season are added, since what is small
 * against these differs by chance.  Chosen by errors at held-back origins of
 * the training parts of M3 and of M4's hourly series.
 */
static const double POWER = 1.5, FLOOR = 0.3;

enum { MEAN, WIDTH, PARTS }; /* fc_fit.state: horizon values each */

/* The seasonal naive forecast stands by, in case nothing else will do. */
enum fc_status fc_auto_fit_members(const struct fc_series *series,
                                   const struct fc_spec *spec,
                                   struct fc_workspace *ws, struct fc_fit *fit,
                                   struct fc_error *err)
{
    const struct fc_model *all[FC_AUTO_LOCAL + 1];
    memcpy(all, local, sizeof local);
    all[FC_AUTO_LOCAL] = &fc_model_snaive;
    return fc_ensemble_fit(series, spec, all, FC_AUTO_LOCAL + 1, ws, fit, err);
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

static void predict_pooled(const struct fc_fit *fit,
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
        && fc_pooled_forecast(&until, fit->series->y, fit->series->n, ws, out)
               == FC_OK)
        *mean = out;
}

static void predict_network(const struct fc_fit *fit,
                            const struct fc_neural *neural, int horizon,
                            struct fc_workspace *ws, double **mean)
{
    *mean = NULL;
    if (neural->parameters == NULL || neural->horizon < horizon)
        return;
    double *out = fc_workspace_doubles(ws, (size_t)neural->horizon);
    if (out != NULL
        && fc_neural_forecast(neural, fit->series->y, fit->series->n, ws, out)
               == FC_OK)
        *mean = out;
}

/* The geometric mean of the half-widths of the candidates' intervals, each as
 * much as it is trusted; the stand-in's when none has any. */
static double typical_width(const struct fc_forecast *each,
                            const struct fc_auto_table *table, int h)
{
    double sum = 0, trusts = 0;
    for (int k = 0; k <= FC_AUTO_LOCAL; k++) {
        bool counts = k < FC_AUTO_LOCAL ? table->usable[k] : trusts == 0;
        double half = counts ? (each[k].hi[h] - each[k].lo[h]) / 2 : 0;
        double trust = k < FC_AUTO_LOCAL ? table->trust[k] : 1;
        if (half > 0) {
            sum += trust * log(half);
            trusts += trust;
        }
    }
    return trusts > 0 ? exp(sum / trusts) : 0;
}

/* The variance of the candidates' forecasts of one step, likewise; with n - 1
 * for n where all are trusted the same. */
static double disagreement(const struct fc_auto_table *table, int h)
{
    double x[FC_AUTO_CANDIDATES], w[FC_AUTO_CANDIDATES];
    size_t n = 0;
    for (int k = 0; k < FC_AUTO_CANDIDATES; k++)
        if (table->usable[k]) {
            x[n] = table->mean[k][h];
            w[n++] = table->trust[k];
        }
    if (n < 2)
        return 0;
    double mean = gsl_stats_wmean(w, 1, x, 1, n);
    return gsl_stats_wvariance_with_fixed_mean(w, 1, x, 1, n, mean) * (double)n
           / (double)(n - 1);
}

static void find_widths(const struct fc_fit *fit,
                        const struct fc_forecast *each,
                        struct fc_auto_table *table)
{
    double change = fc_error_scale(fit->series->y, fit->series->n,
                                   (size_t)fit->season_length)
                        .mae;
    for (int h = 0; h < table->horizon; h++) {
        double width = typical_width(each, table, h);
        double walk = change * sqrt(1 + (double)h / fit->season_length);
        if (walk > 0)
            width = width > 0 ? sqrt(width * walk) : walk;
        table->width[h] = sqrt(width * width + disagreement(table, h));
    }
}

enum fc_status fc_auto_candidates(const struct fc_fit *fit,
                                  const struct fc_auto_common *common,
                                  int horizon, struct fc_workspace *ws,
                                  struct fc_auto_table *table,
                                  struct fc_error *err)
{
    struct fc_forecast like = {
        .horizon = horizon, .nlevels = 1, .levels = &REFERENCE};
    struct fc_forecast *each = fc_ensemble_predict(fit, &like, ws);
    *table = (struct fc_auto_table){.horizon = horizon};
    for (int k = 0; k < FC_AUTO_CANDIDATES; k++)
        table->trust[k] = fit->coef != NULL ? fit->coef[k] : 1;
    table->width = fc_workspace_doubles(ws, (size_t)horizon);
    if (each == NULL || table->width == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (int k = 0; k < FC_AUTO_LOCAL; k++)
        table->mean[k] = each[k].mean;
    for (int k = 0; k < 2; k++)
        predict_pooled(fit, &common->pooled[k], horizon, ws,
                       &table->mean[FC_AUTO_POOLED + k]);
    predict_network(fit, &common->neural, horizon, ws,
                    &table->mean[FC_AUTO_NETWORK]);
    bool any = false;
    for (int k = 0; k < FC_AUTO_CANDIDATES; k++) {
        table->absurd[k] = table->mean[k] != NULL
                           && is_absurd(fit->series, table->mean[k], horizon);
        table->usable[k] = table->mean[k] != NULL && !table->absurd[k];
        any = any || table->usable[k];
    }
    if (each[FC_AUTO_LOCAL].mean == NULL)
        return fc_fail(err, FC_ENOFIT, "auto: no candidate can be used");
    if (!any) /* in the place of the first; see share_weights() */
        table->mean[0] = each[FC_AUTO_LOCAL].mean;
    find_widths(fit, each, table);
    return FC_OK;
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

/* The mean absolute errors of a table for these values; NaN: not usable. */
static void find_errors(const struct fc_auto_table *table, const double *actual,
                        double *error)
{
    for (int k = 0; k < FC_AUTO_CANDIDATES; k++) {
        error[k] = table->usable[k] ? 0 : NAN;
        for (int h = 0; h < table->horizon && table->usable[k]; h++)
            error[k] += fabs(table->mean[k][h] - actual[h]) / table->horizon;
    }
}

/* Errors into factors with geometric mean 1; unknown ones become 1. */
static void trust_by_errors(const double *error, double floor, double *trust)
{
    double sum = 0;
    int n = 0;
    for (int k = 0; k < FC_AUTO_CANDIDATES; k++)
        if (isfinite(error[k])) {
            sum += log(error[k] + floor);
            n++;
        }
    for (int k = 0; k < FC_AUTO_CANDIDATES; k++)
        trust[k] = isfinite(error[k])
                       ? exp(POWER * (sum / n - log(error[k] + floor)))
                       : 1;
}

/* Of the candidates for the last values, horizon of them, by those before. */
static enum fc_status errors_before(const struct fc_fit *whole,
                                    const struct fc_spec *spec,
                                    const struct fc_auto_common *before,
                                    int horizon, struct fc_workspace *ws,
                                    double *error, struct fc_error *err)
{
    struct fc_series cut = *whole->series;
    struct fc_fit fit = {.model = spec->model,
                         .series = &cut,
                         .season_length = spec->season_length};
    struct fc_auto_table table;
    struct fc_spec same = *spec;
    cut.n -= (size_t)horizon;
    same.similar = whole;
    enum fc_status status = fc_auto_fit_members(&cut, &same, ws, &fit, err);
    if (status == FC_OK)
        status = fc_auto_candidates(&fit, before, horizon, ws, &table, err);
    if (status == FC_OK)
        find_errors(&table, cut.y + cut.n, error);
    return status;
}

enum fc_status fc_auto_trust(const struct fc_fit *fit,
                             const struct fc_spec *spec,
                             const struct fc_auto_common *before, int horizon,
                             struct fc_workspace *ws, double *trust,
                             struct fc_error *err)
{
    const struct fc_series *series = fit->series;
    double error[FC_AUTO_CANDIDATES];
    for (int k = 0; k < FC_AUTO_CANDIDATES; k++)
        trust[k] = 1;
    if (series->n < (size_t)horizon + FC_AUTO_LEAST_LEFT)
        return FC_OK;
    double change = fc_error_scale(series->y, series->n - (size_t)horizon,
                                   (size_t)spec->season_length)
                        .mae;
    if (!(FLOOR * change > 0) || !isfinite(change))
        return FC_OK;
    struct fc_mark mark = fc_workspace_mark(ws);
    enum fc_status status =
        errors_before(fit, spec, before, horizon, ws, error, err);
    fc_workspace_release(ws, mark);
    if (status == FC_OK)
        trust_by_errors(error, FLOOR * change, trust);
    return status == FC_ENOMEM ? status : FC_OK;
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

static enum fc_status forecast(const struct fc_fit *fit, int horizon,
                               struct fc_workspace *ws, double *state,
                               struct fc_auto_table *table,
                               struct fc_error *err)
{
    struct fc_auto_knowledge knowledge =
        fc_auto_read(fit->learned, fit->season_length);
    enum fc_status status =
        fc_auto_candidates(fit, &knowledge.common, horizon, ws, table, err);
    if (status != FC_OK)
        return status;
    size_t h = (size_t)horizon;
    fc_auto_combine(table, knowledge.weights, state);
    memcpy(state + WIDTH * h, table->width, h * sizeof *state);
    return FC_OK;
}

/* Without a horizon, what can be said of the candidates is said for this. */
static int usual_horizon(const struct fc_spec *spec)
{
    if (spec->horizon > 0)
        return spec->horizon;
    return spec->season_length > 4 ? 2 * spec->season_length : 8;
}

/*
 * The forecasts are made here, because only then is it known which candidates
 * can be used; the prediction scales the intervals.
 */
static enum fc_status fit_auto(const struct fc_series *series,
                               const struct fc_spec *spec,
                               struct fc_workspace *ws, struct fc_fit *fit,
                               struct fc_error *err)
{
    struct fc_auto_table table;
    int horizon = usual_horizon(spec);
    fit->nstate = PARTS * (size_t)horizon;
    fit->state = fc_workspace_doubles(ws, fit->nstate);
    fit->ncoef = FC_AUTO_CANDIDATES;
    fit->coef = fc_workspace_doubles(ws, fit->ncoef);
    if (fit->state == NULL || fit->coef == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    struct fc_auto_common before =
        fc_auto_read(spec->learned, spec->season_length).before;
    enum fc_status status = fc_auto_fit_members(series, spec, ws, fit, err);
    if (status == FC_OK)
        status = fc_auto_trust(fit, spec, &before, horizon, ws, fit->coef, err);
    if (status != FC_OK)
        return status;
    status = forecast(fit, horizon, ws, fit->state, &table, err);
    if (status != FC_OK)
        return status;
    name_choice(&table, fit);
    fit->note = note_of(&table);
    return FC_OK;
}

static enum fc_status predict_auto(const struct fc_fit *fit,
                                   struct fc_workspace *ws,
                                   struct fc_forecast *out,
                                   struct fc_error *err)
{
    size_t horizon = (size_t)out->horizon;
    const double *state = fit->state;
    struct fc_auto_knowledge knowledge =
        fc_auto_read(fit->learned, fit->season_length);
    if (fit->nstate != PARTS * horizon) {
        struct fc_auto_table table;
        double *other = fc_workspace_doubles(ws, PARTS * horizon);
        if (other == NULL)
            return fc_fail(err, FC_ENOMEM, "out of memory");
        enum fc_status status =
            forecast(fit, out->horizon, ws, other, &table, err);
        if (status != FC_OK)
            return status;
        state = other;
    }
    memcpy(out->mean, state, horizon * sizeof *state);
    for (size_t i = 0; i < (size_t)out->nlevels; i++)
        for (size_t h = 0; h < horizon; h++) {
            double width = state[WIDTH * horizon + h];
            out->lo[i * horizon + h] =
                out->mean[h]
                - width
                      * fc_auto_factor(&knowledge.errors, FC_AUTO_BELOW,
                                       out->levels[i], (int)h);
            out->hi[i * horizon + h] =
                out->mean[h]
                + width
                      * fc_auto_factor(&knowledge.errors, FC_AUTO_ABOVE,
                                       out->levels[i], (int)h);
        }
    return FC_OK;
}

const struct fc_model fc_model_auto = {
    .name = "auto",
    .summary = "the default: a mean of models, weighed by all series' errors",
    .reference = "Petropoulos & Svetunkov (2020); Montero-Manso & Hyndman "
                 "(2021)",
    .min_obs = fc_model_any_length,
    .fit = fit_auto,
    .predict = predict_auto,
    .learn = fc_auto_learn,
    .check_learned = fc_auto_check,
};
