/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The choice among the forms of exponential smoothing by AICc, and the fit of
 * one that is named.
 *
 * R's forecast 8.20: ets(), ses(), holt(), hw().  The search leaves out what
 * R's leaves out: multiplicative trends, additive errors with multiplicative
 * seasons, and multiplicative parts unless all observations are positive.
 * Unlike R, a season may have any length; by default a seasonal form needs
 * two full seasons.  Unlike R, an automatic choice has a season where one is
 * evident, holds its growth and does not let a positive series sink: see
 * season_is_due(), hold_growth() and sinks().  A form that is named is
 * estimated as it is.
 */
#include "forecast/ets/select.h"

#include "forecast/ets/hand_over.h"
#include "forecast/ets/parts.h"
#include "forecast/ets/predict.h"
#include "forecast/numeric/season_test.h"

#include <math.h>
#include <string.h>

/* --- what is searched --- */

enum { ANY = FC_ETS_ANY };

static bool wants(const struct fc_ets_wanted *wanted, struct fc_ets_form form)
{
    return (wanted->error == ANY || wanted->error == (int)form.error)
           && (wanted->trend == ANY || wanted->trend == (int)form.trend)
           && (wanted->season == ANY || wanted->season == (int)form.season)
           && (wanted->damped == ANY || wanted->damped == (int)form.damped);
}

static bool is_named(const struct fc_ets_wanted *wanted)
{
    return wanted->error != ANY && wanted->trend != ANY && wanted->season != ANY
           && wanted->damped != ANY;
}

/* R's "restrict" and its default of no multiplicative trend. */
static bool searched(const struct fc_ets_wanted *wanted,
                     struct fc_ets_form form)
{
    if (is_named(wanted))
        return true;
    if (form.trend == FC_ETS_MUL && wanted->trend == ANY)
        return false;
    return form.error == FC_ETS_MUL || form.season != FC_ETS_MUL;
}

static bool seasonal_data(const struct fc_ets_work *work,
                          const struct fc_ets_wanted *wanted)
{
    size_t m = (size_t)work->m;
    return m > 1 && work->n >= (wanted->season == ANY ? 2 * m : m + 1);
}

static bool is_constant(const double *y, size_t n)
{
    for (size_t t = 1; t < n; t++)
        if (y[t] != y[0])
            return false;
    return true;
}

/*
 * Too few observations for initial states: Holt's method if it explains them
 * better per degree of freedom than simple smoothing, the latter otherwise.
 */
static void choose_simple(struct fc_ets_work *work,
                          const struct fc_ets_wanted *wanted,
                          struct fc_ets_fitted *best)
{
    double n = (double)work->n, ses = 0;
    if (wanted->trend == FC_ETS_NONE || work->n < 2) {
        fc_ets_simple(work, false, best);
        return;
    }
    if (wanted->trend == ANY) {
        fc_ets_simple(work, false, best);
        if (work->n < 5)
            return;
        ses = best->squares / (n - 2);
    }
    fc_ets_simple(work, true, best);
    if (wanted->trend == ANY && best->squares / (n - 4) >= ses)
        fc_ets_simple(work, false, best);
}

/* The search over forms, with all that could be fitted. */
enum { FORMS = 30 };

struct selection {
    struct fc_ets_work *work;
    const struct fc_ets_wanted *wanted;
    struct fc_ets_request request;
    enum fc_status reason; /* why nothing was found */
    int count;
    struct fc_ets_fitted fitted[FORMS];
    struct fc_ets_fitted held; /* the chosen form, its growth held */
    bool again;                /* from last night's fit on, all is searched */
    bool goes_on;              /* the first form fitted is last night's */
    bool is_lower;             /* it forecasts from a lower maximum */
    int rival;                 /* code of the form that came next; 0: none */
};

int fc_ets_form_code(struct fc_ets_form form)
{
    int season = (int)form.season, trend = (int)form.trend;
    return 1 + (((int)form.error * 3 + trend) * 3 + season) * 2 + form.damped;
}

bool fc_ets_form_of(int code, struct fc_ets_form *form)
{
    if (code < 1 || code > 3 * 3 * 3 * 2)
        return false;
    code--;
    *form = (struct fc_ets_form){
        .error = (enum fc_ets_component)(code / 18),
        .trend = (enum fc_ets_component)(code / 6 % 3),
        .season = (enum fc_ets_component)(code / 2 % 3),
        .damped = code % 2 != 0,
    };
    return form->error != FC_ETS_NONE
           && (!form->damped || form->trend != FC_ETS_NONE);
}

static bool selection_init(struct selection *pick, int m,
                           struct fc_workspace *ws)
{
    for (int i = 0; i < FORMS; i++)
        if (!fc_ets_fitted_init(pick->fitted + i, m, ws))
            return false;
    return fc_ets_fitted_init(&pick->held, m, ws);
}

static bool feasible(struct selection *pick, struct fc_ets_form form)
{
    if (!wants(pick->wanted, form) || !searched(pick->wanted, form))
        return false;
    if (form.season != FC_ETS_NONE
        && !seasonal_data(pick->work, pick->wanted)) {
        pick->reason = FC_ESHORT;
        return false;
    }
    if (!pick->work->positive
        && (form.error == FC_ETS_MUL || form.trend == FC_ETS_MUL)) {
        pick->reason = FC_EDOMAIN;
        return false;
    }
    return true;
}

static int lowest_aicc(const struct selection *pick)
{
    int best = 0;
    for (int i = 1; i < pick->count; i++)
        if (pick->fitted[i].aicc < pick->fitted[best].aicc)
            best = i;
    return best;
}

static bool same_form(struct fc_ets_form a, struct fc_ets_form b)
{
    return fc_ets_form_code(a) == fc_ets_form_code(b);
}

/* Fits a form into the next place; NULL when that cannot be. */
static const struct fc_ets_fitted *try_form(struct selection *pick,
                                            struct fc_ets_form form,
                                            const struct fc_ets *related)
{
    if (!feasible(pick, form))
        return NULL;
    if (pick->goes_on && same_form(form, pick->fitted[0].initial.form))
        return pick->fitted;
    struct fc_ets_fitted *fitted = pick->fitted + pick->count;
    pick->request.related = related;
    if (pick->count > 0 && pick->request.precision == FC_ETS_ROUGH)
        pick->request.useless = pick->fitted[lowest_aicc(pick)].aicc;
    enum fc_status status =
        fc_ets_estimate(pick->work, form, &pick->request, fitted);
    if (status != FC_OK) {
        pick->reason = status;
        return NULL;
    }
    pick->count++;
    return fitted;
}

/*
 * Where the search for a form begins when another is known: with its smoothing
 * and its states, as far as they have them in common.
 */
static void start_near(struct fc_ets_work *work, const struct fc_ets *known,
                       struct fc_ets_form form, struct fc_ets *start)
{
    struct fc_ets_smoothing *k = &start->smoothing;
    fc_ets_start(work, form, start);
    k->alpha = known->smoothing.alpha;
    k->beta = fmin(k->beta, k->alpha);
    k->gamma = fmin(k->gamma, 1 - k->alpha);
    if (form.trend == known->form.trend)
        k->beta = known->smoothing.beta;
    if (form.damped && known->form.damped)
        k->phi = known->smoothing.phi;
    if (form.season != FC_ETS_NONE && known->form.season != FC_ETS_NONE)
        k->gamma = known->smoothing.gamma;
    if (form.season != known->form.season)
        return;
    if (form.season != FC_ETS_NONE)
        memcpy(start->s, known->s, (size_t)known->m * sizeof *start->s);
    start->l = known->l;
    if (form.trend == known->form.trend)
        start->b = known->b;
}

/*
 * Both errors of one trend and season.  Their states move alike, so that the
 * additive error's optimum is where the multiplicative one's search starts.
 */
static void try_errors(struct selection *pick, struct fc_ets_form form)
{
    form.error = FC_ETS_ADD;
    const struct fc_ets_fitted *additive = try_form(pick, form, NULL);
    form.error = FC_ETS_MUL;
    try_form(pick, form, additive != NULL ? &additive->initial : NULL);
}

static void take_likelihood(struct fc_ets_fitted *to,
                            const struct fc_ets_fitted *from)
{
    to->loglik = from->loglik;
    to->aicc = from->aicc;
}

static double growth_limit(const struct fc_ets_work *work)
{
    return 0.2 / work->m;
}

/* Whether more growth might fit better than what was held to the limit. */
static bool is_at_limit(const struct fc_ets_work *work,
                        const struct fc_ets_fitted *held)
{
    static const double margin = 1e-6;
    return held->initial.form.trend != FC_ETS_NONE
           && held->initial.smoothing.beta > growth_limit(work) * (1 - margin);
}

/*
 * An automatic choice limits beta to 0.2 / m.  The likelihood of a short
 * series often prefers a slope that follows every turn, and such slopes
 * forecast badly: on the M3 competition's training data, with the last horizon
 * of each series held back, the limit lowers MASE by 1 to 8 percent in every
 * group, even where a likelihood ratio test rejects it.  0.2 / m is alpha's
 * start in R's initparam(), and a limit of beta in statsforecast 2.1.1.
 *
 * The form is chosen without the limit, and its likelihood and AICc are those
 * of that choice: an information criterion is defined at the maximum.
 */
static const struct fc_ets_fitted *hold_growth(struct selection *pick,
                                               const struct fc_ets_fitted *best)
{
    double limit = growth_limit(pick->work);
    struct fc_ets_fitted *held = &pick->held;
    if (best->initial.smoothing.beta <= limit)
        return best;
    pick->request.effort = FC_ETS_QUICK;
    pick->request.beta_limit = limit;
    pick->request.related = NULL;
    if (fc_ets_estimate(pick->work, best->initial.form, &pick->request, held)
        != FC_OK)
        return best;
    take_likelihood(held, best);
    return held;
}

/*
 * Whether a positive series is forecast to sink below half of the smallest
 * value it ever had, within two seasons or ten steps.  On the same held-back
 * data, passing over such forms lowers sMAPE by 6 percent in the monthly group
 * and by 2 percent in the yearly one, and changes 1 percent of all choices.
 */
static bool sinks(const struct selection *pick,
                  const struct fc_ets_fitted *fitted)
{
    const struct fc_ets_work *work = pick->work;
    int horizon = 2 * work->m > 10 ? 2 * work->m : 10;
    double *mean = work->scratch, least = INFINITY;
    if (!work->positive)
        return false;
    for (size_t t = 0; t < work->n; t++)
        least = fmin(least, work->y[t]);
    fc_ets_mean_path(&fitted->final, horizon, mean);
    for (int h = 0; h < horizon; h++)
        if (mean[h] < least / 2)
            return true;
    return false;
}

static bool estimate_from(struct selection *pick,
                          const struct fc_ets_fitted *fitted,
                          enum fc_ets_effort effort, struct fc_ets_fitted *out)
{
    pick->request.effort = effort;
    pick->request.beta_limit = 1;
    pick->request.precision = FC_ETS_FINE;
    pick->request.useless = INFINITY;
    pick->request.related = &fitted->initial;
    return fc_ets_estimate(pick->work, fitted->initial.form, &pick->request,
                           out)
               == FC_OK
           && out->loglik > fitted->loglik;
}

/* From the rough estimates of a form to the maximum. */
static void polish(struct selection *pick, struct fc_ets_fitted *fitted)
{
    if (estimate_from(pick, fitted, FC_ETS_QUICK, &pick->held))
        fc_ets_fitted_copy(fitted, &pick->held);
    fitted->given_up = false;
}

/*
 * The chosen form's likelihood and AICc are those of its highest maximum, but
 * it forecasts from the one at which its search arrived: with multiplicative
 * errors the one next to that with additive errors.  Where a higher one lies
 * elsewhere, on 2 percent of M3's series, its forecasts are no better: with
 * the last horizons of the training data held back sMAPE would be higher by
 * 0.05 to 0.2 percent in every group but the monthly one, where it would be
 * lower by 0.03.
 */
static void maximise(struct selection *pick, struct fc_ets_fitted *fitted)
{
    static const double little = 1e-3;
    polish(pick, fitted);
    pick->is_lower = false;
    if (pick->goes_on
        || !estimate_from(pick, fitted, FC_ETS_ELSEWHERE, &pick->held))
        return;
    pick->is_lower = pick->held.loglik > fitted->loglik + little;
    if (pick->is_lower)
        take_likelihood(fitted, &pick->held);
    else
        fc_ets_fitted_copy(fitted, &pick->held);
}

/* Forms were given up in comparison with one that is out of the choice. */
static void catch_up(struct selection *pick)
{
    for (int i = 0; i < pick->count; i++)
        if (pick->fitted[i].given_up)
            polish(pick, pick->fitted + i);
}

/* The lowest AICc whose forecasts make sense; if none, the lowest of all. */
static const struct fc_ets_fitted *choose(struct selection *pick)
{
    int first = lowest_aicc(pick);
    maximise(pick, pick->fitted + first);
    double aicc = pick->fitted[first].aicc;
    bool is_lower = pick->is_lower;
    for (int best = first, i = 0; i < pick->count; i++) {
        if (i > 0)
            maximise(pick, pick->fitted + best);
        const struct fc_ets_fitted *held =
            hold_growth(pick, pick->fitted + best);
        if (!sinks(pick, held))
            return held;
        catch_up(pick);
        pick->fitted[best].aicc = INFINITY;
        best = lowest_aicc(pick);
    }
    pick->fitted[first].aicc = aicc;
    pick->is_lower = is_lower;
    return hold_growth(pick, pick->fitted + first);
}

/*
 * Whether forms without a season are to be passed over.  AICc judges the whole
 * density: where states are many and observations few it refuses a season that
 * everybody sees, however well it forecasts the mean.  By this rule the MASE of
 * windows of the M3 competition's training data, a season's length ahead, falls
 * from 0.940 to 0.893 (24 to 36 months) and 1.225 to 1.017 (8 to 12 quarters).
 */
static bool season_is_due(const struct selection *pick)
{
    const struct fc_ets_work *work = pick->work;
    return pick->wanted->season == ANY && !is_named(pick->wanted)
           && fc_season_is_evident(work->y, work->n, (size_t)work->m);
}

/*
 * What a fit of another night was, over this series; its seasonal terms are put
 * into s.  False if this series cannot have it.
 */
static bool recall_model(const struct selection *pick, double *s,
                         struct fc_ets *similar)
{
    struct fc_ets_work *work = pick->work;
    const struct fc_fit *fit = pick->wanted->similar;
    if (fit->order[FC_ETS_ORDER_SEASON] != FC_ETS_NONE
        && (fit->season_length != work->m
            || !seasonal_data(work, pick->wanted)))
        return false;
    *similar =
        fc_ets_model_of(fit, fit->coef + FC_ETS_COEF_L, work->exponent, s);
    if (fit->nobs == 0) { /* its states are of another time */
        struct fc_ets_smoothing smoothing = similar->smoothing;
        fc_ets_start(work, similar->form, similar);
        similar->smoothing = smoothing;
    }
    return true;
}

/*
 * Of so few values the likelihood has several maxima of much the same height,
 * and another one, or that of another form, is the highest from night to night.
 * With more unknowns looking for them costs more than it is worth: over twelve
 * origins of M3's monthly series a tenth of a night, and MASE was as before.
 */
enum { FEW_VALUES = 60, FEW_UNKNOWNS = 13 };

/* From another night's maximum to that of a search that begins from nothing, if
   it is higher. */
static void look_elsewhere(struct selection *pick, struct fc_ets_fitted *fitted)
{
    if (pick->work->n > FEW_VALUES || fitted->nparam > FEW_UNKNOWNS)
        return;
    pick->request.related = NULL;
    pick->request.useless = fitted->aicc;
    if (fc_ets_estimate(pick->work, fitted->initial.form, &pick->request,
                        &pick->held)
            == FC_OK
        && pick->held.loglik > fitted->loglik)
        fc_ets_fitted_copy(fitted, &pick->held);
    pick->request.useless = INFINITY;
}

/*
 * The form of another night's fit comes first in a search, from its estimates
 * on, so that forms that are worse are given up soon.
 */
static bool begin_again(struct selection *pick, bool season_is_due)
{
    struct fc_ets similar;
    if (!recall_model(pick, pick->held.initial.s, &similar)
        || (season_is_due && similar.form.season == FC_ETS_NONE))
        return false;
    if (try_form(pick, similar.form, &similar) == NULL)
        return false;
    look_elsewhere(pick, pick->fitted);
    return true;
}

static const struct fc_ets_fitted *find_form(const struct selection *pick,
                                             struct fc_ets_form form)
{
    for (int i = 0; i < pick->count; i++)
        if (same_form(form, pick->fitted[i].initial.form))
            return pick->fitted + i;
    return NULL;
}

/* Fits a form that was not yet, from the optimum with the other error if that
 * was, else from near the best one. */
static void try_next(struct selection *pick, struct fc_ets_form form)
{
    struct fc_ets start = {.s = pick->held.initial.s};
    struct fc_ets_form other = form;
    enum fc_ets_effort usual = pick->request.effort;
    if (!feasible(pick, form) || find_form(pick, form) != NULL)
        return;
    other.error = form.error == FC_ETS_ADD ? FC_ETS_MUL : FC_ETS_ADD;
    const struct fc_ets_fitted *related = find_form(pick, other);
    if (related == NULL) {
        start_near(pick->work, &pick->fitted[lowest_aicc(pick)].initial, form,
                   &start);
        pick->request.effort = FC_ETS_NEAR;
    }
    try_form(pick, form, related != NULL ? &related->initial : &start);
    pick->request.effort = usual;
}

/* Fits what differs from a form in its error, its trend or its season. */
static void try_neighbours(struct selection *pick, struct fc_ets_form of,
                           bool season_is_due)
{
    struct fc_ets_form form = of;
    form.error = of.error == FC_ETS_ADD ? FC_ETS_MUL : FC_ETS_ADD;
    try_next(pick, form);
    for (int i = 0; i < 3; i++) {
        form = of;
        form.trend = i == 0                   ? FC_ETS_NONE
                     : of.trend == FC_ETS_MUL ? FC_ETS_MUL
                                              : FC_ETS_ADD;
        form.damped = i > 1;
        try_next(pick, form);
        form = of;
        form.season = (enum fc_ets_component)i;
        if (form.season == FC_ETS_MUL)
            form.error = FC_ETS_MUL; /* with additive errors left out */
        if (form.season != FC_ETS_NONE || !season_is_due)
            try_next(pick, form);
    }
}

/*
 * A search that sets out from last night's form goes step by step, as that for
 * the orders of ARIMA does (Hyndman & Khandakar 2008, section 3.2): to the best
 * of a form's neighbours for as long as that is better.
 */
static void try_steps(struct selection *pick, bool season_is_due)
{
    struct fc_ets_form form;
    int last = -1, best = 0;
    if (fc_ets_form_of(pick->wanted->similar->order[FC_ETS_ORDER_RIVAL], &form)
        && (form.season != FC_ETS_NONE || !season_is_due))
        try_next(pick, form);
    for (; best != last; best = lowest_aicc(pick)) {
        last = best;
        try_neighbours(pick, pick->fitted[best].initial.form, season_is_due);
    }
}

/* Fits every form with this season or a later one. */
static void try_seasons(struct selection *pick, enum fc_ets_component first)
{
    for (int code = 6 * (int)first; code < 3 * 3 * 2; code++) {
        struct fc_ets_form form = {
            .season = (enum fc_ets_component)(code / 6),
            .trend = (enum fc_ets_component)(code / 2 % 3),
            .damped = code % 2,
        };
        if (!form.damped || form.trend != FC_ETS_NONE)
            try_errors(pick, form);
    }
}

/* The result is NULL, and pick->reason says why, when no form can be had. */
static const struct fc_ets_fitted *search_forms(struct selection *pick)
{
    bool named = is_named(pick->wanted);
    pick->request.effort = named ? FC_ETS_THOROUGH : FC_ETS_QUICK;
    pick->request.beta_limit = 1;
    pick->request.precision = named ? FC_ETS_FINE : FC_ETS_ROUGH;
    pick->request.goes_on = false;
    pick->request.useless = INFINITY;
    pick->reason = FC_ENOFIT;
    bool due = season_is_due(pick);
    if (pick->again)
        pick->goes_on = begin_again(pick, due);
    pick->request.goes_on = pick->goes_on;
    if (pick->goes_on)
        try_steps(pick, due);
    else if (due)
        try_seasons(pick, FC_ETS_ADD);
    if (pick->count == 0 || (!due && !pick->goes_on))
        try_seasons(pick, FC_ETS_NONE);
    if (pick->count == 0)
        return NULL;
    return named ? pick->fitted + lowest_aicc(pick) : choose(pick);
}

/* --- what came next, and how to go on from it --- */

static bool same_but_for_error(struct fc_ets_form a, struct fc_ets_form b)
{
    a.error = b.error;
    return same_form(a, b);
}

/*
 * Which form came next to the one that was chosen, if that was close; the same
 * with the other error would often be it, and forecasts alike.
 */
static void find_rival(struct selection *pick,
                       const struct fc_ets_fitted *chosen)
{
    static const double close = 4;
    double least = chosen->aicc + close;
    pick->rival = 0;
    for (int i = 0; i < pick->count; i++) {
        const struct fc_ets_fitted *other = pick->fitted + i;
        if (other->aicc < least
            && !same_but_for_error(other->initial.form, chosen->initial.form)) {
            least = other->aicc;
            pick->rival = fc_ets_form_code(other->initial.form);
        }
    }
}

/*
 * When a fit goes on from that of another night, the form that came next then
 * may have overtaken it: both without a limit of growth, as in a search.  NULL
 * when it has not.
 */
static const struct fc_ets_fitted *overtake(struct selection *pick,
                                            const struct fc_ets *similar,
                                            const struct fc_ets_fitted *chosen)
{
    struct fc_ets_work *work = pick->work;
    struct fc_ets_fitted *own = pick->fitted + 1, *other = own + 1;
    struct fc_ets start = {.s = pick->held.initial.s};
    struct fc_ets_form form;
    if (!fc_ets_form_of(pick->rival, &form) || !feasible(pick, form))
        return NULL;
    start_near(work, similar, form, &start);
    pick->request.beta_limit = 1;
    pick->request.useless = chosen->aicc;
    pick->request.effort = FC_ETS_NEAR;
    pick->request.related = &start;
    if (fc_ets_estimate(work, form, &pick->request, other) != FC_OK
        || !(other->aicc < chosen->aicc) || sinks(pick, other))
        return NULL;
    pick->request.useless = INFINITY;
    pick->request.effort = FC_ETS_QUICK;
    pick->request.related = similar;
    if (is_at_limit(work, chosen)
        && (fc_ets_estimate(work, similar->form, &pick->request, own) != FC_OK
            || !(other->aicc < own->aicc)))
        return NULL;
    pick->rival = fc_ets_form_code(similar->form);
    return hold_growth(pick, other);
}

static int code_of(const struct fc_fit *fit)
{
    struct fc_ets_form form = {
        .error = (enum fc_ets_component)fit->order[FC_ETS_ORDER_ERROR],
        .trend = (enum fc_ets_component)fit->order[FC_ETS_ORDER_TREND],
        .season = (enum fc_ets_component)fit->order[FC_ETS_ORDER_SEASON],
        .damped = fit->order[FC_ETS_ORDER_DAMPED] != 0,
    };
    return fc_ets_form_code(form);
}

/*
 * Whether a form of another night cannot be kept.  Where one value more takes
 * so much off AICc's penalty of the largest form, other forms are the best from
 * night to night; and season_is_due() may say so one night.
 */
static bool is_outdated(const struct selection *pick)
{
    static const double much = 0.5;
    const struct fc_ets_work *work = pick->work;
    const struct fc_fit *fit = pick->wanted->similar;
    int m = work->m;
    double k = m > 1 ? m + 6 : 6, rest = (double)work->n - k - 1;
    if (fit->state != NULL) /* of this run */
        return false;
    if (work->n <= FEW_VALUES && k <= FEW_UNKNOWNS
        && 2 * k * (k + 1) >= much * rest * fabs(rest))
        return true;
    return fit->order[FC_ETS_ORDER_SEASON] == FC_ETS_NONE
           && season_is_due(pick);
}

/* The form of a fit to a similar series, its growth held, from its estimates
 * on; NULL if this series cannot have it. */
static const struct fc_ets_fitted *keep_form(struct selection *pick)
{
    const struct fc_fit *fit = pick->wanted->similar;
    bool goes_on = fit->state == NULL; /* from another run */
    struct fc_ets similar;
    if (!recall_model(pick, pick->fitted[0].initial.s, &similar))
        return NULL;
    pick->request.effort = FC_ETS_QUICK;
    pick->request.beta_limit = growth_limit(pick->work);
    pick->request.precision = goes_on ? FC_ETS_PASSING : FC_ETS_FINE;
    pick->request.goes_on = goes_on;
    pick->request.useless = INFINITY;
    pick->request.related = &similar;
    struct fc_ets_fitted *kept = pick->fitted + 3;
    if (fc_ets_estimate(pick->work, similar.form, &pick->request, kept)
        != FC_OK)
        return NULL;
    if (goes_on && similar.form.season == FC_ETS_NONE) {
        look_elsewhere(pick, kept);
        pick->request.related = &similar;
    }
    pick->rival = goes_on ? fit->order[FC_ETS_ORDER_RIVAL] : 0;
    const struct fc_ets_fitted *other = overtake(pick, &similar, kept);
    return other != NULL ? other : kept;
}

static bool needs_season(const struct fc_ets_wanted *wanted)
{
    return wanted->season == FC_ETS_ADD || wanted->season == FC_ETS_MUL;
}

static enum fc_status say_why(const struct selection *pick,
                              const struct fc_fit *fit,
                              const struct fc_series *series,
                              struct fc_error *err)
{
    enum fc_status reason = pick->reason;
    if (reason == FC_ESHORT && !needs_season(pick->wanted))
        return fc_fail(err, reason,
                       "%s: %zu observations are too few for this form",
                       fit->model->name, series->n);
    if (reason == FC_ESHORT && fit->season_length < 2)
        return fc_fail(err, reason,
                       "%s needs a season of two observations or more",
                       fit->model->name);
    if (reason == FC_ESHORT)
        return fc_fail(err, reason,
                       "%s: %zu observations are too few for season %d",
                       fit->model->name, series->n, fit->season_length);
    if (reason == FC_EDOMAIN)
        return fc_fail(err, reason,
                       "%s: a multiplicative form needs positive data",
                       fit->model->name);
    return fc_fail(err, reason, "%s: no form could be fitted",
                   fit->model->name);
}

enum fc_status fc_ets_fit_wanted(const struct fc_series *series,
                                 const struct fc_ets_wanted *wanted,
                                 enum fc_ets_criterion criterion, size_t few,
                                 struct fc_workspace *ws, struct fc_fit *fit,
                                 struct fc_error *err)
{
    struct selection pick;
    int m = fit->season_length;
    if ((size_t)m >= series->n)
        m = 1;
    struct fc_ets_work *work = fc_ets_work_new(series->y, series->n, m, ws);
    if (work == NULL || !selection_init(&pick, m, ws))
        return fc_fail(err, FC_ENOMEM, "out of memory");
    pick.work = work;
    pick.wanted = wanted;
    pick.request.criterion = criterion;
    pick.count = 0;
    pick.goes_on = pick.is_lower = false;
    if (!needs_season(wanted) && wanted->error != FC_ETS_MUL
        && (series->n <= few || is_constant(series->y, series->n))) {
        choose_simple(work, wanted, &pick.held);
        fit->note = series->n <= few ? "few observations: simple start values"
                                     : "constant series";
        return fc_ets_hand_over(work, &pick.held, ws, fit, err);
    }
    pick.again =
        wanted->similar != NULL && (wanted->again || is_outdated(&pick));
    const struct fc_ets_fitted *chosen =
        wanted->similar != NULL && !pick.again ? keep_form(&pick) : NULL;
    if (chosen != NULL) {
        enum fc_status status = fc_ets_hand_over(work, chosen, ws, fit, err);
        fit->order[FC_ETS_ORDER_RIVAL] = pick.rival;
        fit->overtook = pick.rival == code_of(wanted->similar)
                        && pick.rival != code_of(fit);
        return status;
    }
    chosen = search_forms(&pick);
    if (chosen == NULL)
        return say_why(&pick, fit, series, err);
    find_rival(&pick, chosen);
    if (chosen == &pick.held)
        fit->note = "beta held to 0.2/m; likelihood and AICc are the form's "
                    "maximum";
    else if (pick.is_lower)
        fit->note = "a lower maximum's estimates; likelihood and AICc are the "
                    "form's maximum";
    enum fc_status status = fc_ets_hand_over(work, chosen, ws, fit, err);
    fit->order[FC_ETS_ORDER_RIVAL] = pick.rival;
    return status;
}
