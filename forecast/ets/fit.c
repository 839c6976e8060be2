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
    RACE = 2 /* steps after which only the best start goes on */
};

/* A step that promises less than this in -2 loglik ends a descent: an optimum
   to forecast from, one to choose a form by, one from which estimates go on
   another night, a tenth of their standard errors away, and one that is looked
   for beside the one that is known. */
static const double TOLERANCE[] = {
    [FC_ETS_FINE] = 1e-5, [FC_ETS_ROUGH] = 1e-4, [FC_ETS_PASSING] = 1e-2};
static const double ELSEWHERE = 1e-3;

/*
 * A descent is given up when it is `gap` and so many times what its next step
 * promises above what would be of use: of a form among others, and of the form
 * that was chosen.  Long valleys promise little at a time.  On M3's series two
 * choices differ from those without this rule, by 0.3 and 1.2 in AICc.
 */
static const double PATIENCE = 10;
static const double GAP = 10;
/* Beside a form that was the best another night. */
static const double NIGHTLY_GAP = 0.5;
static const double MUCH_PATIENCE = 100;

/* Smoothing parameters that lead to the same optimum. */
static const double NEAR = 0.01;

static int nparam_of(struct fc_ets_form form, int m)
{
    return fc_ets_smoothing_count(form) + fc_ets_state_count(form, m) + 1;
}

static double aicc_of(double loglik, int nparam, size_t n)
{
    double k = nparam, rest = (double)n - k - 1;
    return rest > 0 ? -2 * loglik + 2 * k + 2 * k * (k + 1) / rest : INFINITY;
}

/* Minus twice the log-likelihood of the scaled series at an AICc. */
static double value_of(const struct fc_ets_work *work, struct fc_ets_form form,
                       double aicc)
{
    return aicc - aicc_of(0, nparam_of(form, work->m), work->n)
           - 2.0 * (double)work->n * work->exponent * LOG_2;
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
    fitted->given_up = search->given_up;
    fitted->squares = search->sums.squares;
    fitted->loglik = loglik_of(search, value);
    fitted->nparam = nparam_of(fitted->initial.form, work->m);
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
    return fc_ets_search_begin(search, start) || begin_flat(search, start);
}

/* The best point of all starts so far. */
struct incumbent {
    double value, l;
    bool given_up;
};

static void keep_best(const struct fc_ets_search *search,
                      struct incumbent *best)
{
    struct fc_ets_work *work = search->work;
    if (!(search->value < best->value))
        return;
    best->value = search->value;
    best->l = search->model.l;
    best->given_up = search->given_up;
    memcpy(work->x_best, work->x, (size_t)search->at.nx * sizeof *work->x);
}

/* Whether the search has come to where the best point is. */
static bool is_near(const struct fc_ets_work *work)
{
    double far = 0;
    for (int i = 0; i < FC_ETS_STATES; i++)
        far = fmax(far, fabs(work->x[i] - work->x_best[i]));
    return far < NEAR;
}

static void descend(struct fc_ets_search *search, int steps)
{
    for (int i = 0; i < steps && fc_ets_search_step(search); i++)
        if (search->elsewhere && is_near(search->work))
            return;
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

/* The optima of the scan, best first; returns how many there are. */
static int scan(struct fc_ets_work *work, struct fc_ets_form form,
                struct fc_ets *scanned)
{
    const double *z = work->y;
    if (form.season != FC_ETS_NONE) {
        fc_ets_adjust(work, form.season, work->adjusted);
        z = work->adjusted;
    }
    return fc_ets_scan(z, work->n, form.trend != FC_ETS_NONE, form.damped,
                       scanned, NSCANNED);
}

/* A start at one of them; gamma as a share of its room. */
static void start_at(const struct fc_ets_search *search,
                     struct fc_ets_form form, const struct fc_ets *at,
                     double gamma, struct fc_ets *start)
{
    fc_ets_start(search->work, form, start);
    start->smoothing = at->smoothing;
    start->smoothing.beta = fmin(at->smoothing.beta, search->beta_limit);
    if (form.season != FC_ETS_NONE)
        start->smoothing.gamma =
            FC_ETS_LOW + gamma * fc_ets_room_for_gamma(at->smoothing.alpha);
    if (form.trend != FC_ETS_MUL) {
        start->l = at->l;
        start->b = at->b;
    }
}

/*
 * From the scan's optima, each with a slow and a fast season.  A single start
 * need not race, and is followed to the end; false when there were more.
 */
static bool search_scanned(struct fc_ets_search *search,
                           struct fc_ets_form form, int steps,
                           struct incumbent *best, double *s)
{
    static const double GAMMA[] = {0.05, 0.5};
    struct fc_ets scanned[NSCANNED];
    int count = scan(search->work, form, scanned);
    int starts = form.season != FC_ETS_NONE ? 2 * count : count;
    for (int i = 0; i < starts; i++) {
        struct fc_ets start = {.s = s};
        start_at(search, form, scanned + i % count, GAMMA[i / count], &start);
        search_from(search, &start,
                    starts == 1 && steps > 0 ? MAX_ITERATIONS : steps, best);
    }
    return starts <= 1;
}

/* From another model's optimum: its smoothing and its states. */
static void search_related(struct fc_ets_search *search,
                           struct fc_ets_form form,
                           const struct fc_ets *related, int steps,
                           struct incumbent *best, double *s)
{
    struct fc_ets start = *related;
    start.form = form;
    start.s = s;
    start.smoothing.beta = fmin(start.smoothing.beta, search->beta_limit);
    if (form.season != FC_ETS_NONE)
        memcpy(s, related->s, (size_t)start.m * sizeof *s);
    search_from(search, &start, steps, best);
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

/*
 * Whether a corner is worth a descent when another optimum is known: those
 * that found the maxima of M3's training series which the scan's starts had
 * missed, and few.
 */
static bool leads_elsewhere(struct fc_ets_form form,
                            const struct fc_ets_smoothing *corner)
{
    if (form.season != FC_ETS_NONE)
        return corner->gamma > 0.5
               && (corner->alpha == 0.5
                   || (corner->alpha > 0.5 && corner->beta < 0.5));
    return (corner->alpha == 0.5) == (corner->beta < 0.5);
}

/* From all the corners, or from those. */
static void search_corners(struct fc_ets_search *search,
                           struct fc_ets_form form, bool all,
                           struct incumbent *best, double *s)
{
    for (int i = 0; i < NCORNERS; i++) {
        bool repeats =
            (form.trend == FC_ETS_NONE && CORNERS[i].beta > 0.5)
            || (form.season == FC_ETS_NONE && CORNERS[i].gamma > 0.5);
        if (repeats || (!all && !leads_elsewhere(form, CORNERS + i)))
            continue;
        struct fc_ets start = {.s = s};
        fc_ets_start(search->work, form, &start);
        start.smoothing = share(form, CORNERS + i);
        search_from(search, &start, MAX_ITERATIONS, best);
        if (!all)
            search->useless = best->value;
    }
}

/* Looks for a higher maximum than that of the related model, which is at one.
 */
static void search_elsewhere(struct fc_ets_search *search,
                             struct fc_ets_form form,
                             const struct fc_ets *related,
                             struct incumbent *best, double *s)
{
    search_related(search, form, related, MAX_ITERATIONS, best, s);
    double known = best->value;
    search->elsewhere = true;
    search->patience = MUCH_PATIENCE;
    search->gap = 0;
    search->tolerance = ELSEWHERE;
    search->useless = best->value;
    search_scanned(search, form, MAX_ITERATIONS, best, s);
    search->useless = best->value;
    search_corners(search, form, false, best, s);
    search->elsewhere = false;
    search->tolerance = TOLERANCE[FC_ETS_FINE];
    search->useless = INFINITY;
    if (best->value < known)
        finish_search(search, form, best, s);
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
        .tolerance = TOLERANCE[request->precision],
        .useless = value_of(work, form, request->useless),
        .patience = PATIENCE,
        .gap = request->goes_on ? NIGHTLY_GAP : GAP,
        .at = fc_ets_layout(form, work->m),
    };
    struct incumbent best = {.value = INFINITY};
    bool near = request->effort == FC_ETS_NEAR;
    if (!fc_ets_estimable(work, form))
        return FC_ESHORT;
    if (form.error == FC_ETS_MUL && !work->positive)
        return FC_EDOMAIN;
    if (request->effort == FC_ETS_ELSEWHERE)
        search_elsewhere(&search, form, request->related, &best, s);
    else if (request->related != NULL)
        search_related(&search, form, request->related,
                       near ? 0 : MAX_ITERATIONS, &best, s);
    if (request->effort == FC_ETS_THOROUGH) {
        search_scanned(&search, form, MAX_ITERATIONS, &best, s);
        search_corners(&search, form, true, &best, s);
    } else if (near || request->related == NULL || best.value == INFINITY) {
        bool finished =
            search_scanned(&search, form, near ? 0 : RACE, &best, s) && !near;
        if (best.value < INFINITY && !finished)
            finish_search(&search, form, &best, s);
    }
    if (best.value == INFINITY)
        return FC_EDOMAIN;
    double *x = work->x;
    work->x = work->x_best;
    work->x_best = x;
    search.model.l = best.l;
    search.given_up = best.given_up;
    report(&search, fitted);
    return FC_OK;
}
