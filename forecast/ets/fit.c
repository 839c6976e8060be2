/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Estimation of one ETS model: the starts of its search, and what is reported
 * of the best point found.
 */
#include "forecast/ets/parts.h"

#include <math.h>
#include <string.h>

static const double LOG_2 = 0.693147180559945309417;
enum {
    MAX_ITERATIONS = 60,
    MAX_HALVINGS = 12,
    RACE = 2 /* steps after which only the best start goes on */
};

static double aicc_of(double loglik, int nparam, size_t n)
{
    double k = nparam, rest = (double)n - k - 1;
    return rest > 0 ? -2 * loglik + 2 * k + 2 * k * (k + 1) / rest : INFINITY;
}

/* The series' own likelihood: each observation's density has its unit. */
static double loglik_of(const struct fc_ets_search *search, double value)
{
    return -0.5 * value
           - (double)search->work->n * search->work->exponent * LOG_2;
}

/* Puts the seasonal terms' mean where R has it: 0 or 1. */
static void normalise(struct fc_ets *model)
{
    double mean = 0;
    if (model->form.season == FC_ETS_NONE)
        return;
    for (int j = 0; j < model->m; j++)
        mean += model->s[j] / model->m;
    for (int j = 0; j < model->m; j++)
        model->s[j] = model->form.season == FC_ETS_ADD ? model->s[j] - mean
                                                       : model->s[j] / mean;
    if (model->form.season == FC_ETS_ADD) {
        model->l += mean;
        return;
    }
    model->l *= mean;
    if (model->form.trend == FC_ETS_ADD)
        model->b *= mean;
}

static void report(struct fc_ets_search *search, struct fc_ets_fitted *fitted)
{
    struct fc_ets_work *work = search->work;
    double *s = fitted->initial.s, *s_final = fitted->final.s;
    fitted->initial = search->model;
    fitted->initial.s = s;
    fc_ets_search_unpack(search, work->x, &fitted->initial);
    normalise(&fitted->initial);
    fitted->final = fitted->initial;
    fitted->final.s = s_final;
    if (fitted->initial.form.season != FC_ETS_NONE)
        memcpy(s_final, s, (size_t)work->m * sizeof *s);
    fc_ets_filter(&fitted->final, work->y, work->n, &work->trace,
                  &search->sums);
    fc_ets_align(&fitted->final, work->n);
    double value =
        (double)work->n
            * log(fmax(search->sums.squares,
                       (double)work->n * FC_ETS_NOISE * FC_ETS_NOISE))
        + 2 * search->sums.log_mu;
    fitted->squares = search->sums.squares;
    fitted->loglik = loglik_of(search, value);
    fitted->nparam = fc_ets_smoothing_count(fitted->initial.form)
                     + fc_ets_state_count(fitted->initial.form, work->m) + 1;
    fitted->aic = -2 * fitted->loglik + 2 * fitted->nparam;
    fitted->bic = -2 * fitted->loglik + log((double)work->n) * fitted->nparam;
    fitted->aicc = aicc_of(fitted->loglik, fitted->nparam, work->n);
}

/* A start where no forecast can be negative: the first value, no growth. */
static bool begin_flat(struct fc_ets_search *search, struct fc_ets *start)
{
    const struct fc_ets_work *work = search->work;
    start->l = work->y[0];
    if (start->form.season == FC_ETS_ADD)
        start->l -= start->s[0];
    else if (start->form.season == FC_ETS_MUL)
        start->l /= start->s[0];
    start->b = start->form.trend == FC_ETS_MUL ? 1 : 0;
    return fc_ets_search_begin(search, start);
}

/* Goes to the start, or to one near it where the model has a value. */
static bool begin_somewhere(struct fc_ets_search *search, struct fc_ets *start)
{
    for (int i = 0; i < MAX_HALVINGS; i++) {
        const struct fc_ets_smoothing *k = &start->smoothing;
        if (fc_ets_admissible(start->form, start->m, k, search->work->scratch))
            break;
        start->smoothing.beta = fmax(k->beta / 2, FC_ETS_LOW);
    }
    return fc_ets_search_begin(search, start) || begin_flat(search, start);
}

/* The best point of all starts so far. */
struct incumbent {
    double value, l;
};

static void keep_best(const struct fc_ets_search *search,
                      struct incumbent *best)
{
    struct fc_ets_work *work = search->work;
    if (!(search->value < best->value))
        return;
    best->value = search->value;
    best->l = search->model.l;
    memcpy(work->x_best, work->x, (size_t)search->at.nx * sizeof *work->x);
}

static bool descend(struct fc_ets_search *search, int steps)
{
    for (int i = 0; i < steps; i++)
        if (!fc_ets_search_step(search))
            return false;
    return true;
}

static void search_from(struct fc_ets_search *search, struct fc_ets *start,
                        int steps, struct incumbent *best)
{
    if (!begin_somewhere(search, start))
        return;
    descend(search, steps);
    keep_best(search, best);
}

/* Starts that the scan cannot see, for when time does not matter. */
static const struct fc_ets_smoothing CORNERS[] = {
    {0.1, 0.02, 0.02, 0.95}, {0.5, 0.02, 0.02, 0.95}, {0.95, 0.02, 0.02, 0.95},
    {0.1, 0.95, 0.02, 0.95}, {0.5, 0.95, 0.02, 0.95}, {0.95, 0.95, 0.02, 0.95},
    {0.1, 0.02, 0.6, 0.95},  {0.5, 0.02, 0.6, 0.95},  {0.95, 0.02, 0.6, 0.95},
    {0.1, 0.95, 0.6, 0.95},  {0.5, 0.95, 0.6, 0.95},  {0.95, 0.95, 0.6, 0.95},
};
enum { NCORNERS = sizeof CORNERS / sizeof *CORNERS, NSCANNED = 2 };

/* A share of each parameter's room, without what the form lacks. */
static struct fc_ets_smoothing share(struct fc_ets_form form,
                                     const struct fc_ets_smoothing *of)
{
    struct fc_ets_smoothing k = {.alpha = of->alpha, .phi = 1};
    if (form.trend != FC_ETS_NONE)
        k.beta = FC_ETS_LOW + of->beta * (k.alpha - FC_ETS_LOW);
    if (form.season != FC_ETS_NONE)
        k.gamma = FC_ETS_LOW + of->gamma * fc_ets_room_for_gamma(k.alpha);
    if (form.damped)
        k.phi = of->phi;
    return k;
}

/* From the scan's optima, each with a slow and a fast season. */
static void search_scanned(struct fc_ets_search *search,
                           struct fc_ets_form form, int steps,
                           struct incumbent *best, double *s)
{
    static const double GAMMA[] = {0.05, 0.5};
    struct fc_ets_work *work = search->work;
    struct fc_ets scanned[NSCANNED];
    const double *z = work->y;
    bool seasonal = form.season != FC_ETS_NONE;
    if (seasonal) {
        fc_ets_adjust(work, form.season, work->adjusted);
        z = work->adjusted;
    }
    int count = fc_ets_scan(z, work->n, form.trend != FC_ETS_NONE, form.damped,
                            scanned, NSCANNED);
    for (int i = 0; i < count * (1 + seasonal); i++) {
        const struct fc_ets *at = scanned + i % count;
        struct fc_ets start = {.s = s};
        fc_ets_start(work, form, &start);
        start.smoothing = at->smoothing;
        start.smoothing.beta = fmin(at->smoothing.beta, search->beta_limit);
        if (seasonal)
            start.smoothing.gamma =
                FC_ETS_LOW
                + GAMMA[i / count] * fc_ets_room_for_gamma(at->smoothing.alpha);
        if (form.trend != FC_ETS_MUL) {
            start.l = at->l;
            start.b = at->b;
        }
        search_from(search, &start, steps, best);
    }
}

/* From another model's optimum: its smoothing and its states. */
static void search_related(struct fc_ets_search *search,
                           struct fc_ets_form form,
                           const struct fc_ets *related, struct incumbent *best,
                           double *s)
{
    struct fc_ets start = *related;
    start.form = form;
    start.s = s;
    start.smoothing.beta = fmin(start.smoothing.beta, search->beta_limit);
    if (form.season != FC_ETS_NONE)
        memcpy(s, related->s, (size_t)start.m * sizeof *s);
    search_from(search, &start, MAX_ITERATIONS, best);
}

/* Goes on from the best point so far until the end. */
static void finish_search(struct fc_ets_search *search, struct fc_ets_form form,
                          struct incumbent *best, double *s)
{
    struct fc_ets start = {
        .form = form, .m = search->at.m, .s = s, .l = best->l};
    fc_ets_search_unpack(search, search->work->x_best, &start);
    search_from(search, &start, MAX_ITERATIONS, best);
}

static void search_corners(struct fc_ets_search *search,
                           struct fc_ets_form form, struct incumbent *best,
                           double *s)
{
    for (int i = 0; i < NCORNERS; i++) {
        bool repeats =
            (form.trend == FC_ETS_NONE && CORNERS[i].beta > 0.5)
            || (form.season == FC_ETS_NONE && CORNERS[i].gamma > 0.5);
        if (repeats)
            continue;
        struct fc_ets start = {.s = s};
        fc_ets_start(search->work, form, &start);
        start.smoothing = share(form, CORNERS + i);
        search_from(search, &start, MAX_ITERATIONS, best);
    }
}

bool fc_ets_estimable(const struct fc_ets_work *work, struct fc_ets_form form)
{
    int unknowns =
        fc_ets_smoothing_count(form) + fc_ets_state_count(form, work->m);
    if (form.season != FC_ETS_NONE
        && (work->m < 2 || work->n <= (size_t)work->m))
        return false;
    return (size_t)unknowns + 1 < work->n;
}

enum fc_status fc_ets_estimate(struct fc_ets_work *work,
                               struct fc_ets_form form,
                               const struct fc_ets_request *request,
                               struct fc_ets_fitted *fitted)
{
    double *s = fitted->initial.s;
    struct fc_ets_search search = {
        .work = work,
        .criterion = request->criterion,
        .beta_limit = request->beta_limit,
        .at = fc_ets_layout(form, work->m),
    };
    struct incumbent best = {.value = INFINITY};
    if (!fc_ets_estimable(work, form))
        return FC_ESHORT;
    if (form.error == FC_ETS_MUL && !work->positive)
        return FC_EDOMAIN;
    if (request->related != NULL)
        search_related(&search, form, request->related, &best, s);
    if (request->effort == FC_ETS_THOROUGH) {
        search_scanned(&search, form, MAX_ITERATIONS, &best, s);
        search_corners(&search, form, &best, s);
    } else if (request->related == NULL || best.value == INFINITY) {
        search_scanned(&search, form, RACE, &best, s);
        if (best.value < INFINITY)
            finish_search(&search, form, &best, s);
    }
    if (best.value == INFINITY)
        return FC_EDOMAIN;
    double *x = work->x;
    work->x = work->x_best;
    work->x_best = x;
    search.model.l = best.l;
    report(&search, fitted);
    return FC_OK;
}
