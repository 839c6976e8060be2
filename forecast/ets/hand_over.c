/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was estimated, in the terms of the table of models: orders, coefficients
 * and states in the series' own units, likelihood and variance as R has them.
 */
#include "forecast/ets/hand_over.h"

#include <math.h>
#include <string.h>

static double in_units(const struct fc_ets_work *work, bool scaled, double x)
{
    return scaled ? ldexp(x, work->exponent) : x;
}

static void store_states(const struct fc_ets_work *work,
                         const struct fc_ets *model, double *out)
{
    bool additive = model->form.season == FC_ETS_ADD;
    out[FC_ETS_STATE_L] = in_units(work, true, model->l);
    out[FC_ETS_STATE_B] =
        in_units(work, model->form.trend != FC_ETS_MUL, model->b);
    if (model->form.season != FC_ETS_NONE)
        for (int j = 0; j < model->m; j++)
            out[FC_ETS_STATE_S + j] = in_units(work, additive, model->s[j]);
}

static void store_statistics(const struct fc_ets_work *work,
                             const struct fc_ets_fitted *fitted,
                             struct fc_fit *fit)
{
    bool relative = fitted->initial.form.error == FC_ETS_MUL;
    double free = (double)work->n - (fitted->nparam - 1);
    double sigma = sqrt(fitted->squares / fmax(free, 1));
    sigma = in_units(work, !relative, sigma);
    fit->sigma2 = sigma * sigma;
    fit->loglik = fitted->loglik;
    fit->aicc = isfinite(fitted->aicc) ? fitted->aicc : NAN;
}

enum fc_status fc_ets_hand_over(const struct fc_ets_work *work,
                                const struct fc_ets_fitted *fitted,
                                struct fc_workspace *ws, struct fc_fit *fit,
                                struct fc_error *err)
{
    struct fc_ets model = fitted->initial;
    struct fc_ets_form form = model.form;
    size_t m = form.season != FC_ETS_NONE ? (size_t)model.m : 0;
    fit->ncoef = FC_ETS_COEF_S + m;
    fit->nstate = FC_ETS_STATE_S + m;
    fit->coef = fc_workspace_doubles(ws, fit->ncoef);
    fit->state = fc_workspace_doubles(ws, fit->nstate);
    if (fit->coef == NULL || fit->state == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    int order[] = {(int)form.error, (int)form.trend, (int)form.season,
                   form.damped, work->exponent};
    memcpy(fit->order, order, sizeof order);
    fit->coef[FC_ETS_COEF_ALPHA] = model.smoothing.alpha;
    fit->coef[FC_ETS_COEF_BETA] = model.smoothing.beta;
    fit->coef[FC_ETS_COEF_GAMMA] = model.smoothing.gamma;
    fit->coef[FC_ETS_COEF_PHI] = model.smoothing.phi;
    store_states(work, &fitted->initial, fit->coef + FC_ETS_COEF_L);
    store_states(work, &fitted->final, fit->state);
    store_statistics(work, fitted, fit);
    fc_ets_form_name(form, fit->spec, sizeof fit->spec);
    return FC_OK;
}
