/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which form: much as R's tbats() seeks it, but by AICc, which was better than
 * AIC on rolling origins in the training part of M3's monthly series.  With
 * Box-Cox and a damped trend the harmonics of one season after the other are
 * sought; then what can be left out of that is, ARMA errors are tried, and
 * again what can be left out.  Each form starts from what is known of one like
 * it.
 */
#include "forecast/tbats/arma.h"
#include "forecast/tbats/space.h"

#include <math.h>

enum {
    FEW = 6, /* harmonics: from so many on, R looks both ways */
    MOST_HARMONICS = 60
};

/* Multiplications of an estimation that may be done several times over. */
static const double CHEAP = 1e5;

struct choice {
    const struct fc_tbats_data *data;
    struct fc_tbats_fitted best;
};

static bool is_possible(const struct choice *choice,
                        const struct fc_tbats_form *form)
{
    return (!form->boxcox || choice->data->logs != NULL)
           && fc_tbats_least(form) <= choice->data->nobs;
}

/* The form instead of the best one if it is better; whether it is. */
static enum fc_status try_form(struct choice *choice,
                               const struct fc_tbats_form *form,
                               const struct fc_tbats_parameters *from,
                               bool *better)
{
    struct fc_tbats_fitted next;
    *better = false;
    if (!is_possible(choice, form))
        return FC_OK;
    enum fc_status status =
        fc_tbats_fit(choice->data, form, from, FC_TBATS_ROUGH, &next);
    if (status == FC_ENOFIT)
        return FC_OK;
    *better = status == FC_OK && next.aicc < choice->best.aicc;
    if (*better)
        choice->best = next;
    return status;
}

/*
 * Harmonics of a season that others do not have already: R's bound.  Those that
 * are cycles of a shorter season belong to that.
 */
static int most_harmonics(const struct fc_seasons *seasons, int i)
{
    double period = seasons->length[i];
    int most = (int)fmin(floor((period - 1) / 2), MOST_HARMONICS);
    if (period <= 2)
        return 1;
    for (int k = 2; k <= most; k++) {
        double cycle = period / k;
        for (int j = 0; j < i && cycle == floor(cycle); j++)
            if (fmod(seasons->length[j], cycle) == 0)
                return k - 1;
    }
    return most > 0 ? most : 1;
}

/* Takes the better one. */
static void take_better(const struct fc_tbats_fitted *next,
                        struct fc_tbats_fitted *fitted)
{
    if (!(fitted->aicc <= next->aicc))
        *fitted = *next;
}

/* So many harmonics of season i instead of the best form's, from its parameters
 * and, when that is a leap, from others. */
static enum fc_status try_harmonics(struct choice *choice, int i, int k,
                                    bool leap, bool *better)
{
    struct fc_tbats_form form = choice->best.form;
    struct fc_tbats_parameters from = choice->best.par;
    bool other = false;
    form.k[i] = k;
    enum fc_status status = try_form(choice, &form, &from, better);
    if (leap && status == FC_OK) {
        struct fc_tbats_parameters first = fc_tbats_first(&form, 0);
        first.lambda = from.lambda;
        status = try_form(choice, &form, &first, &other);
    }
    *better = *better || other;
    return status;
}

/* On from the best form, up or down, as long as that is better. */
static enum fc_status climb(struct choice *choice, int i, int step, int most)
{
    bool better = true;
    enum fc_status status = FC_OK;
    while (better && status == FC_OK) {
        int k = choice->best.form.k[i] + step;
        if (k < 1 || k > most)
            break;
        status = try_harmonics(choice, i, k, false, &better);
    }
    return status;
}

/*
 * From as many as there can be down, or from six both ways; whatever comes of
 * it is then compared with one.
 */
static enum fc_status choose_harmonics(struct choice *choice, int i)
{
    const struct fc_tbats_fitted one = choice->best;
    int most = most_harmonics(choice->data->seasons, i);
    int first = most < FEW ? most : FEW;
    bool better = false;
    enum fc_status status = FC_OK;
    choice->best.aicc = INFINITY;
    for (; first > 1 && !better && status == FC_OK; first--)
        status = try_harmonics(choice, i, first, true, &better);
    int begun = choice->best.form.k[i];
    if (better && status == FC_OK)
        status = climb(choice, i, 1, most);
    if (better && status == FC_OK && choice->best.form.k[i] == begun)
        status = climb(choice, i, -1, most);
    take_better(&one, &choice->best);
    return status;
}

/* Without Box-Cox, without damping, without any trend: what is better. */
static enum fc_status leave_out(struct choice *choice)
{
    const struct fc_tbats_fitted full = choice->best;
    enum fc_status status = FC_OK;
    for (int boxcox = 0; boxcox <= (full.form.boxcox ? 1 : 0); boxcox++)
        for (int trend = 0; trend <= (int)full.form.trend; trend++) {
            struct fc_tbats_form form = full.form;
            struct fc_tbats_parameters from = full.par;
            bool better;
            form.boxcox = boxcox;
            form.trend = (enum fc_tbats_trend)trend;
            if (trend == FC_TBATS_TREND)
                from.phi = 1;
            if (trend == FC_TBATS_LEVEL)
                from.beta = from.phi = 0;
            bool is_full = form.boxcox == full.form.boxcox
                           && form.trend == full.form.trend;
            if (status == FC_OK && !is_full)
                status = try_form(choice, &form, &from, &better);
        }
    return status;
}

static enum fc_status try_arma(struct choice *choice, bool *better)
{
    struct fc_tbats_form form = choice->best.form;
    struct fc_tbats_parameters from = choice->best.par;
    *better = false;
    if (fc_tbats_choose_arma(choice->best.e, choice->data->n, choice->data->ws,
                             &form, &from)
        != FC_OK)
        return FC_ENOMEM;
    if (form.p + form.q == 0)
        return FC_OK;
    return try_form(choice, &form, &from, better);
}

/* Box-Cox, trend and ARMA errors of the best form. */
static enum fc_status choose_rest(struct choice *choice)
{
    bool better;
    enum fc_status status = leave_out(choice);
    if (status == FC_OK)
        status = try_arma(choice, &better);
    if (status == FC_OK && better)
        status = leave_out(choice);
    return status;
}

/* The largest form of its kind that there are values for, from nowhere. */
static enum fc_status begin(struct choice *choice, bool seasonal)
{
    struct fc_tbats_form form = {0};
    bool better;
    enum fc_status status = FC_OK;
    choice->best.aicc = INFINITY;
    for (int i = 0; seasonal && i < choice->data->seasons->n; i++)
        form.k[i] = 1;
    for (int boxcox = choice->data->logs != NULL; boxcox >= 0; boxcox--)
        for (int trend = FC_TBATS_DAMPED; trend >= 0; trend--) {
            form.boxcox = boxcox;
            form.trend = (enum fc_tbats_trend)trend;
            if (status == FC_OK && !isfinite(choice->best.aicc))
                status = try_form(choice, &form, NULL, &better);
        }
    return status;
}

/* The best form with seasons, or without them. */
static enum fc_status choose(struct choice *choice, bool seasonal)
{
    enum fc_status status = begin(choice, seasonal);
    if (!isfinite(choice->best.aicc))
        return status;
    for (int i = 0; seasonal && status == FC_OK && i < choice->data->seasons->n;
         i++)
        status = choose_harmonics(choice, i);
    return status == FC_OK ? choose_rest(choice) : status;
}

enum fc_status fc_tbats_fit_form(const struct fc_tbats_data *data,
                                 const struct fc_tbats_form *form,
                                 struct fc_tbats_fitted *fitted)
{
    struct fc_tbats_form plain = *form;
    struct fc_tbats_fitted next, base;
    enum fc_status status =
        fc_tbats_fit(data, form, NULL, FC_TBATS_FINE, fitted);
    if (status != FC_OK || form->p + form->q == 0)
        return status;
    plain.p = plain.q = 0;
    status = fc_tbats_fit(data, &plain, NULL, FC_TBATS_ROUGH, &base);
    if (status == FC_ENOFIT)
        return FC_OK;
    if (status == FC_OK)
        status = fc_tbats_fit_arma(base.e, data->n, form, data->ws, &base.par);
    if (status == FC_OK)
        status = fc_tbats_fit(data, form, &base.par, FC_TBATS_FINE, &next);
    if (status == FC_OK)
        take_better(&next, fitted);
    return status == FC_ENOFIT ? FC_OK : status;
}

/* A form from where it was when it was chosen; and, where that costs little,
 * from nowhere. */
static enum fc_status refine(const struct fc_tbats_data *data,
                             struct fc_tbats_fitted *fitted)
{
    const struct fc_tbats_fitted rough = *fitted;
    struct fc_tbats_fitted other;
    double k = (double)rough.nseeds, cost = (double)data->n * (k + 8) * (k + 8);
    enum fc_status status =
        fc_tbats_fit(data, &rough.form, &rough.par, FC_TBATS_FINE, fitted);
    if (status != FC_OK || cost > CHEAP)
        return status;
    status = fc_tbats_fit_form(data, &rough.form, &other);
    if (status == FC_OK)
        take_better(&other, fitted);
    return status == FC_ENOFIT ? FC_OK : status;
}

enum fc_status fc_tbats_select(const struct fc_tbats_data *data,
                               struct fc_tbats_fitted *fitted)
{
    struct choice plain = {.data = data}, seasonal = {.data = data};
    enum fc_status status = choose(&plain, false);
    seasonal.best.aicc = INFINITY;
    if (status == FC_OK && data->seasons != NULL && data->seasons->n > 0)
        status = choose(&seasonal, true);
    if (status != FC_OK)
        return status;
    *fitted = seasonal.best.aicc < plain.best.aicc ? seasonal.best : plain.best;
    return isfinite(fitted->aicc) ? refine(data, fitted) : FC_ENOFIT;
}
