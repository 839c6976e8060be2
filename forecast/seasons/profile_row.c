/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The model of profile.c as a row of the table.  Of a series in logarithms the
 * forecast is the median, as R's forecast has it without biasadj.
 */
#include "forecast/model.h"
#include "forecast/seasons/profile.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LOG, SEEN, NPERIODS, NWAYS, NCOURSE }; /* fc_fit.order */

/*
 * fc_fit.coef: HEAD, the periods, and then of every way that counts
 * WEIGHT .. COURSE.  fc_fit.state: of every way that counts phi, the last
 * values and the patterns; then the course after the last value.
 */
enum { WIDEN, COURSE_FIRST, COURSE_WITHIN, COURSE_STEP, COURSE_YEAR, HEAD };
enum { WEIGHT, MEAN, SIGMA, ORDER, COURSE, PER_WAY };

/* The course from where steps begin. */
static struct fc_course course_ahead(const struct fc_profile *p)
{
    struct fc_course course = p->course;
    if (course.n == 0)
        return course;
    size_t cycles = (p->n - course.first) / course.within;
    size_t before = cycles / course.step;
    course.first += before * course.step * course.within;
    course.value += before * course.within;
    course.n -= before;
    return course;
}

static size_t count_state(const struct fc_profile *p, int *nways)
{
    size_t figures = fc_profile_figures(p->period, p->nperiods);
    size_t n = course_ahead(p).n * p->course.within;
    *nways = 0;
    for (int k = 0; k < FC_PROFILE_WAYS; k++)
        if (p->way[k].weight > 0) {
            n += 2 * p->way[k].order + figures;
            ++*nways;
        }
    return n;
}

static double *put(const double *x, size_t n, double *at)
{
    memcpy(at, x, n * sizeof *x);
    return at + n;
}

/* Keeps what a forecast needs. */
static enum fc_status keep(const struct fc_profile *p, struct fc_workspace *ws,
                           struct fc_fit *fit)
{
    int nways;
    const struct fc_course course = course_ahead(p);
    fit->nstate = count_state(p, &nways);
    fit->ncoef = HEAD + (size_t)p->nperiods + (size_t)nways * PER_WAY;
    fit->state = fc_workspace_doubles(ws, fit->nstate);
    fit->coef = fc_workspace_doubles(ws, fit->ncoef);
    if (fit->state == NULL || fit->coef == NULL)
        return FC_ENOMEM;
    double *state = fit->state, *coef = fit->coef;
    const double head[HEAD] = {p->widen, (double)course.first,
                               (double)course.within, (double)course.step,
                               (double)course.year};
    coef = put(head, HEAD, coef);
    coef = put(p->period, (size_t)p->nperiods, coef);
    for (int k = 0; k < FC_PROFILE_WAYS; k++) {
        const struct fc_profile_way *way = &p->way[k];
        if (!(way->weight > 0))
            continue;
        const double numbers[PER_WAY] = {way->weight, way->mean, way->sigma,
                                         (double)way->order, way->course};
        coef = put(numbers, PER_WAY, coef);
        state = put(way->phi, way->order, state);
        state = put(way->last, way->order, state);
        state =
            put(way->figure, fc_profile_figures(p->period, p->nperiods), state);
    }
    if (course.n > 0)
        put(course.value, course.n * course.within, state);
    fit->order[NCOURSE] = (int)course.n;
    fit->order[LOG] = p->log;
    fit->order[SEEN] = (int)p->n;
    fit->order[NPERIODS] = p->nperiods;
    fit->order[NWAYS] = nways;
    return FC_OK;
}

/* The profile that was kept. */
static struct fc_profile profile_of(const struct fc_fit *fit)
{
    struct fc_profile p = {.n = (size_t)fit->order[SEEN],
                           .nperiods = fit->order[NPERIODS],
                           .log = fit->order[LOG],
                           .widen = fit->coef[WIDEN],
                           .period = fit->coef + HEAD};
    const double *coef = p.period + p.nperiods, *state = fit->state;
    size_t figures = fc_profile_figures(p.period, p.nperiods);
    for (int k = 0; k < fit->order[NWAYS]; k++, coef += PER_WAY) {
        size_t order = (size_t)coef[ORDER];
        p.way[k] = (struct fc_profile_way){.weight = coef[WEIGHT],
                                           .mean = coef[MEAN],
                                           .sigma = coef[SIGMA],
                                           .order = order,
                                           .course = coef[COURSE] > 0,
                                           .phi = state,
                                           .last = state + order,
                                           .figure = state + 2 * order};
        state += 2 * order + figures;
    }
    p.course = (struct fc_course){.first = (size_t)fit->coef[COURSE_FIRST],
                                  .within = (size_t)fit->coef[COURSE_WITHIN],
                                  .step = (size_t)fit->coef[COURSE_STEP],
                                  .year = (size_t)fit->coef[COURSE_YEAR],
                                  .n = (size_t)fit->order[NCOURSE],
                                  .value = state};
    return p;
}

/* "profile[24,168]", and whether in logarithms. */
static void name_fit(const struct fc_profile *p, struct fc_fit *fit)
{
    size_t size = sizeof fit->spec;
    size_t n = (size_t)snprintf(fit->spec, size, "profile");
    for (int i = 0; i < p->nperiods && p->period[i] > 1; i++)
        n += (size_t)snprintf(fit->spec + n, size - n, "%s%.6g",
                              i == 0 ? "[" : ",", p->period[i]);
    snprintf(fit->spec + n, size - n, "%s%s", p->period[0] > 1 ? "]" : "",
             p->log ? " of logarithms" : "");
}

static enum fc_status fit_profile(const struct fc_series *series,
                                  const struct fc_request *request,
                                  struct fc_workspace *ws, struct fc_fit *fit,
                                  struct fc_error *err)
{
    struct fc_profile p;
    struct fc_seasons *seasons = fc_workspace_array(ws, 1, sizeof *seasons);
    if (seasons == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    *seasons = fc_seasons_fitting(series->seasons, series->n);
    fit->seasons = *seasons;
    if (seasons->n == 0)
        *seasons = (struct fc_seasons){.n = 1, .length = {1}};
    size_t horizon = request->horizon > 0 ? (size_t)request->horizon
                                          : 2 * (size_t)fit->season_length;
    if (fc_profile_fit(series->y, series->n, seasons, horizon, ws, &p) != FC_OK
        || keep(&p, ws, fit) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    name_fit(&p, fit);
    return FC_OK;
}

static enum fc_status predict_profile(const struct fc_fit *fit,
                                      struct fc_workspace *ws,
                                      struct fc_forecast *out,
                                      struct fc_error *err)
{
    struct fc_profile p = profile_of(fit);
    size_t h = (size_t)out->horizon, nbounds = h * (size_t)out->nlevels;
    double *se = fc_workspace_doubles(ws, h);
    if (se == NULL || fc_profile_forecast(&p, h, ws, out->mean, se) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    fc_model_normal_bounds(out, se);
    for (size_t i = 0; p.log && i < h; i++)
        out->mean[i] = exp(out->mean[i]);
    for (size_t i = 0; p.log && i < nbounds; i++) {
        out->lo[i] = exp(out->lo[i]);
        out->hi[i] = exp(out->hi[i]);
    }
    return FC_OK;
}

static enum fc_status simulate_profile(const struct fc_fit *fit, int horizon,
                                       gsl_rng *rng, struct fc_workspace *ws,
                                       double *path, struct fc_error *err)
{
    struct fc_profile p = profile_of(fit);
    size_t n = (size_t)horizon;
    struct fc_mark mark = fc_workspace_mark(ws);
    double *shock = fc_workspace_doubles(ws, n);
    if (shock == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t h = 0; h < n; h++)
        shock[h] = gsl_ran_gaussian_ziggurat(rng, 1);
    if (fc_profile_path(&p, n, shock, ws, path) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t h = 0; p.log && h < n; h++)
        path[h] = exp(path[h]);
    fc_workspace_release(ws, mark);
    return FC_OK;
}

const struct fc_model fc_model_profile = {
    .name = "profile",
    .summary = "patterns of all seasons, an autoregression for the rest",
    .reference = "after Taylor (2003), Durbin (1960)",
    .seasons = FC_SEASON_ALL,
    .min_obs = fc_model_any_length,
    .fit = fit_profile,
    .predict = predict_profile,
    .simulate = simulate_profile,
};
