/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The default model: a weighted mean of members (members.h), of which some are
 * models of the series and some learn over all series of the batch, with
 * intervals scaled to the errors that such forecasts really had.
 *
 * In a batch the weights, what is common to all series and the intervals'
 * scale are learnt from the last observations of its series, which are held
 * back for it (see learn.c).  A series on its own is forecast with the
 * fixed weights and scale of fc_auto_prior().  Either way the weights are
 * multiplied by the series' own trust in the candidates (trust.c), and
 * intervals scaled by its own width (width.c).
 *
 * What no forecast can be is caught by rules.  Absurd candidates: see
 * candidates.c; absurd bounds: bounds.h.  When nothing is left, the seasonal
 * naive forecast is used, which never leaves the range.
 */
#include "forecast/combine/auto.h"

#include "forecast/combine/bounds.h"
#include "forecast/combine/candidates.h"
#include "forecast/combine/learn.h"
#include "forecast/combine/look.h"
#include "forecast/combine/trust.h"
#include "forecast/combine/width.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* fc_fit.state, behind the values of the series as auto sees it: as many
 * values each as there are steps in the forecast that was made with the fit */
enum { MEAN, WIDTH, PARTS };

/* fc_fit.order; fc_fit.coef, behind the trust in the candidates */
enum { KIND, STEPS };
enum { WALK = FC_AUTO_TRUSTS, COEFS };

static struct fc_auto_fitted fitted_of(const struct fc_fit *fit)
{
    const struct fc_adjustment *less = &fit->adjustment;
    bool adjusted = less->seasons.n > 0;
    return (struct fc_auto_fitted){
        .series = {.id = "",
                   .y = fit->state,
                   .n = fit->nobs,
                   .less = adjusted ? less : NULL,
                   .less_first = adjusted ? less->n - fit->nobs : 0},
        .fit = fit};
}

/* "auto(ets 0.31, arima 0.22, ...)" */
static void name_choice(const struct fc_auto_table *table, struct fc_fit *fit)
{
    size_t size = sizeof fit->spec;
    size_t n = (size_t)snprintf(fit->spec, size, "auto");
    bool any = false;
    for (int k = 0; k < FC_AUTO_MEMBERS; k++) {
        if (!table->usable[k] || table->used[k] < 0.005)
            continue;
        n += (size_t)snprintf(fit->spec + n, size - n, "%s%s %.2f",
                              any ? ", " : "(", fc_auto_members[k].model->name,
                              table->used[k]);
        any = true;
    }
    n += (size_t)snprintf(fit->spec + n, size - n, any ? ")" : "(snaive 1.00)");
    if (any && table->share >= 0.005)
        snprintf(fit->spec + n, size - n, " and %s %.2f",
                 fc_auto_seasonal->name, table->share);
}

/* Which candidates were absurd, in words that live as long as the program. */
static const char *note_of(const struct fc_auto_table *table)
{
    const char *note = NULL;
    bool usable = false;
    for (int k = 0; k < FC_AUTO_MEMBERS; k++) {
        usable = usable || table->usable[k];
        if (table->absurd[k])
            note = note == NULL ? fc_auto_members[k].left_out
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
    fitted.change = knowledge.common.change;
    enum fc_status status =
        fc_auto_candidates(&fitted, horizon, ws, table, err);
    if (status != FC_OK)
        return status;
    const struct fc_auto_experience *of = &knowledge.of[fit->order[KIND]];
    fc_auto_combine(table, of->weights, steps + MEAN * horizon);
    double own = fc_auto_own_width(fit->coef[FC_AUTO_OWN], of->usual);
    for (int h = 0; h < horizon; h++)
        steps[WIDTH * horizon + h] = own * table->width[h];
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
    enum fc_status status = fc_auto_fit_members(
        &view.series, request, &knowledge.common, ws, fit, err);
    if (status != FC_OK)
        return status;
    return find_kind(&view.series, ws, fit) == FC_OK
                   && fc_auto_trust(fit, &view, request, &knowledge.held_back,
                                    ws, (struct fc_auto_tried){fit->coef, NULL})
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
    const struct fc_fit *stand_in = &fit->members[FC_AUTO_MEMBERS];
    size_t nbounds = (size_t)out->nlevels * (size_t)out->horizon;
    out->replaced = true;
    fc_reach_bounds(&fixed.of[fit->order[KIND]].reach, width, out);
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
                               struct fc_workspace *ws, struct fc_forecast *out,
                               struct fc_error *err)
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
    fc_reach_bounds(&knowledge.of[fit->order[KIND]].reach, width, out);
    if (fc_auto_mix_bounds(&fitted, ws, out) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    if (fc_auto_is_absurd(&fitted.series, fit->coef[WALK], out))
        replace_bounds(fit, width, ws, out);
    return FC_OK;
}
