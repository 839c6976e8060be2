/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Profiles of the seasons and a long autoregression for the rest.
 *
 * The patterns are taken out one by one, the longest season's first: of a week,
 * what its days differ in.  What is left reverts to its mean, which is
 * what load, calls and traffic do: a model that carries the last level on loses
 * (Taylor 2003, Short-term electricity demand forecasting using double seasonal
 * exponential smoothing, J. Operational Research Society 54, has an
 * autoregression of the errors for the same reason).
 *
 * The ways and the half-lives were chosen on rolling origins in the training
 * parts of hourly and half-hourly loads and of M4's hourly series.  The mean of
 * all ways was better than the best of them, and weights by their errors little
 * better than none: they leave out what fails.
 */
#include "forecast/seasons/profile.h"

#include "forecast/numeric/pattern.h"
#include "forecast/seasons/autoregression.h"

#include <math.h>
#include <string.h>

enum {
    ORIGINS = 4,       /* held back */
    MOST_CYCLES = 104, /* of the longest season that are looked at */
    LEAST_CYCLES = 8,  /* at least, where that is fewer values than */
    MOST_VALUES = 35000,
    MOST_LAGS = 400,
    LAGS_PART = 4 /* of the values are lags, at most */
};

/* A way is left out when its errors are so many times those of the best, of
 * several seasons or of one. */
static const double TOO_FAR = 1.6, TOO_FAR_OF_ONE = 1.2;

/* What patterns are taken out: half-lives in cycles. */
struct set {
    bool longest; /* takes out the longest season, where there are several */
    double long_life, short_life;
};

static const struct set sets[] = {{true, INFINITY, INFINITY},
                                  {true, 24, 14},
                                  {true, 12, 14},
                                  {true, 4, 14},
                                  {false, 1, 14},
                                  {false, 1, 7}};

enum { SETS = sizeof sets / sizeof *sets };

/*
 * The course of earlier years: the cycles of the longest season it is smoothed
 * over, those a series must have beside earlier years, and those that must fit
 * into a year.  It is followed where errors at held-back origins were at most
 * so many times as large as without: a few origins tell little of a year.
 */
static const double COURSE_WIDTH = 10, COURSE_KNOWN = 4, COURSE_CYCLES = 30,
                    COURSE_ERRORS = 1.1;

/*
 * How the rest is continued: lags in cycles of the longest season or of the
 * shortest, and the half-life of its mean in cycles of the shortest.  Where
 * earlier years are followed, what remains returns to them: of three ways that
 * carry the last level on, one was better than all and none.
 */
static const struct way {
    int set;
    double long_lags, short_lags, mean_life;
    bool level; /* changes are continued, so that the last level goes on */
    bool apart; /* from earlier years only */
} ways[] = {
    {0, 1.2, 0, INFINITY, false, false},  {0, 0, 1.25, INFINITY, false, false},
    {1, 0, 1.25, INFINITY, false, false}, {2, 1.2, 0, 21, false, false},
    {2, 0, 1.25, 21, false, false},       {1, 2.4, 0, 21, false, false},
    {2, 1.2, 0, INFINITY, true, true},    {3, 2.4, 0, INFINITY, false, false},
    {3, 0, 1.25, 21, false, false},       {4, 0, 1.25, 4, false, false},
    {2, 0, 1.25, INFINITY, true, false},  {0, 1.2, 0, INFINITY, true, true}};

/* All of them without the course of earlier years, and then all with it. */
enum { WAYS = sizeof ways / sizeof *ways };

_Static_assert(FC_PROFILE_WAYS == 2 * WAYS, "each with and without a year");

/* The series as it is worked on. */
struct work {
    const double *z; /* n values, or their logarithms */
    size_t n;
    int nperiods;
    const double *period;
    size_t horizon;
    const struct fc_course *course; /* counted from the first of z */
    double *less;                   /* z without the course, where there is */
    double *rest, *rest_less;       /* n, without patterns */
    double *change;                 /* n */
    double *covariance;             /* MOST_LAGS + 1 */
};

static double longest_of(const struct work *w)
{
    return w->period[w->nperiods - 1];
}

size_t fc_profile_figures(const double *period, int nperiods)
{
    size_t n = 0;
    for (int i = 0; i < nperiods; i++)
        n += fc_pattern_size(period[i]);
    return n;
}

/* Takes the patterns of a set out of n values. */
static enum fc_status take_patterns(const struct work *w, size_t n,
                                    const struct set *set,
                                    struct fc_workspace *ws, double *x,
                                    const double **figures)
{
    size_t all = fc_profile_figures(w->period, w->nperiods);
    double *figure = fc_workspace_doubles(ws, all), *at = figure + all;
    if (figure == NULL)
        return FC_ENOMEM;
    *figures = figure;
    for (int i = w->nperiods - 1; i >= 0; i--) {
        bool is_longest = i > 0 && i == w->nperiods - 1;
        size_t size = fc_pattern_size(w->period[i]);
        at -= size;
        const struct fc_pattern_design design = {
            .period = w->period[i],
            .within = i > 0 ? w->period[i - 1] : 1,
            .half_life = is_longest ? set->long_life : set->short_life,
            .shrink = true};
        memset(at, 0, size * sizeof *at);
        if (is_longest && !set->longest)
            continue;
        if (fc_pattern(x, n, &design, ws, at) != FC_OK)
            return FC_ENOMEM;
        fc_pattern_remove(at, w->period[i], 0, n, x);
    }
    return FC_OK;
}

static double recent_mean(const double *x, size_t n, double half_life)
{
    double decay = pow(0.5, 1 / half_life), w = 1, sum = 0, total = 0;
    for (size_t t = n; t-- > 0; w *= decay) {
        sum += w * x[t];
        total += w;
    }
    return sum / total;
}

static size_t most_lags(const struct work *w, size_t n, const struct way *way)
{
    double lags =
        way->long_lags * longest_of(w) + way->short_lags * w->period[0];
    lags = fmin(ceil(lags), MOST_LAGS);
    return (size_t)fmin(fmax(lags, 1), (double)(n / LAGS_PART));
}

/* The autoregression of the changes as one of the values, which has one lag
 * more; its mean does not matter. */
static enum fc_status undo_difference(struct fc_workspace *ws,
                                      struct fc_autoregression *ar)
{
    double *phi = fc_workspace_doubles(ws, ar->order + 1);
    if (phi == NULL)
        return FC_ENOMEM;
    memcpy(phi, ar->phi, ar->order * sizeof *phi);
    phi[ar->order] = 0;
    for (size_t i = ar->order; i > 0; i--)
        phi[i] -= phi[i - 1];
    phi[0] += 1;
    ar->phi = phi;
    ar->order++;
    return FC_OK;
}

/* Whether a way can be tried: one with earlier years needs them. */
static bool can_try(const struct work *w, int k)
{
    return k < (int)WAYS || (w->course->n > 0 && !ways[k - (int)WAYS].apart);
}

/* Estimates the ways of a set that look at n values, or changes, x. */
static enum fc_status estimate(struct work *w, const double *x, size_t n,
                               int set, bool level, struct fc_workspace *ws,
                               struct fc_profile_way *fitted)
{
    size_t most = 0;
    for (int k = 0; k < (int)WAYS; k++)
        if (ways[k].set == set && ways[k].level == level
            && most_lags(w, n, &ways[k]) > most)
            most = most_lags(w, n, &ways[k]);
    fc_autocovariances(x, n, level ? 0 : recent_mean(x, n, INFINITY), most,
                       w->covariance);
    for (int k = 0; k < (int)WAYS; k++) {
        struct fc_autoregression ar;
        if (ways[k].set != set || ways[k].level != level)
            continue;
        if (fc_autoregression(w->covariance, most_lags(w, n, &ways[k]), n, ws,
                              &ar)
                != FC_OK
            || (level && undo_difference(ws, &ar) != FC_OK))
            return FC_ENOMEM;
        fitted[k] = (struct fc_profile_way){
            .order = ar.order, .phi = ar.phi, .sigma = sqrt(ar.sigma2)};
        fitted[(int)WAYS + k] = fitted[k];
    }
    return FC_OK;
}

static bool has_level(int set)
{
    bool found = false;
    for (int k = 0; k < (int)WAYS; k++)
        found = found || (ways[k].set == set && ways[k].level);
    return found;
}

/* The mean and the last values of a way, by the rest of the first n. */
static enum fc_status start(struct work *w, size_t n, double half_life,
                            struct fc_workspace *ws, struct fc_profile_way *way)
{
    const double *rest = way->course ? w->rest_less : w->rest;
    double *last = fc_workspace_doubles(ws, way->order);
    if (last == NULL)
        return FC_ENOMEM;
    memcpy(last, rest + n - way->order, way->order * sizeof *last);
    way->last = last;
    way->mean = recent_mean(rest, n, half_life);
    return FC_OK;
}

/*
 * Fits the ways of one set to the first n values; when `held` is true they have
 * their autoregressions, of all values, and only means, patterns and last
 * values are new.
 */
static enum fc_status fit_set(struct work *w, size_t n, int set, bool held,
                              struct fc_workspace *ws,
                              struct fc_profile_way *fitted)
{
    const double *figure, *figure_less = NULL;
    memcpy(w->rest, w->z, n * sizeof *w->rest);
    if (take_patterns(w, n, &sets[set], ws, w->rest, &figure) != FC_OK)
        return FC_ENOMEM;
    if (w->course->n > 0) {
        memcpy(w->rest_less, w->less, n * sizeof *w->rest_less);
        if (take_patterns(w, n, &sets[set], ws, w->rest_less, &figure_less)
            != FC_OK)
            return FC_ENOMEM;
    }
    if (!held && estimate(w, w->rest, n, set, false, ws, fitted) != FC_OK)
        return FC_ENOMEM;
    for (size_t t = 0; !held && has_level(set) && t + 1 < n; t++)
        w->change[t] = w->rest[t + 1] - w->rest[t];
    if (!held && has_level(set)
        && estimate(w, w->change, n - 1, set, true, ws, fitted) != FC_OK)
        return FC_ENOMEM;
    for (int k = 0; k < FC_PROFILE_WAYS; k++) {
        const struct way *how = &ways[k % (int)WAYS];
        if (how->set != set || !can_try(w, k))
            continue;
        fitted[k].course = k >= (int)WAYS;
        fitted[k].figure = fitted[k].course ? figure_less : figure;
        if (start(w, n, how->mean_life * w->period[0], ws, &fitted[k]) != FC_OK)
            return FC_ENOMEM;
    }
    return FC_OK;
}

/* The rest of one way, continued by its shocks (or none), and its seasons; x
 * has room for its order and the horizon. */
static void continue_way(const struct fc_profile *p,
                         const struct fc_profile_way *way, size_t horizon,
                         const double *shock, double *x)
{
    const struct fc_autoregression ar = {
        .order = way->order, .phi = (double *)way->phi, .mean = way->mean};
    const double *figure = way->figure;
    memcpy(x, way->last, way->order * sizeof *x);
    fc_autoregression_continue(&ar, way->order, horizon, shock, x);
    for (size_t h = 0; way->course && h < horizon; h++)
        x[way->order + h] += fc_course_at(&p->course, p->n + h);
    for (int i = 0; i < p->nperiods; i++) {
        fc_pattern_put_back(figure, p->period[i], p->n, horizon,
                            x + way->order);
        figure += fc_pattern_size(p->period[i]);
    }
}

static enum fc_status mix(const struct fc_profile *p, size_t horizon,
                          const double *shock, struct fc_workspace *ws,
                          double *mean)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    double *x = fc_workspace_doubles(ws, MOST_LAGS + 1 + horizon);
    double *scaled = fc_workspace_doubles(ws, horizon);
    if (x == NULL || scaled == NULL)
        return FC_ENOMEM;
    memset(mean, 0, horizon * sizeof *mean);
    for (int k = 0; k < FC_PROFILE_WAYS; k++) {
        const struct fc_profile_way *way = &p->way[k];
        if (way->weight == 0)
            continue;
        for (size_t h = 0; shock != NULL && h < horizon; h++)
            scaled[h] = p->widen * way->sigma * shock[h];
        continue_way(p, way, horizon, shock != NULL ? scaled : NULL, x);
        for (size_t h = 0; h < horizon; h++)
            mean[h] += way->weight * x[way->order + h];
    }
    fc_workspace_release(ws, mark);
    return FC_OK;
}

enum fc_status fc_profile_path(const struct fc_profile *profile, size_t horizon,
                               const double *shock, struct fc_workspace *ws,
                               double *path)
{
    return mix(profile, horizon, shock, ws, path);
}

enum fc_status fc_profile_forecast(const struct fc_profile *profile,
                                   size_t horizon, struct fc_workspace *ws,
                                   double *mean, double *se)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    double *psi = fc_workspace_doubles(ws, horizon);
    double variance = 0;
    if (psi == NULL || mix(profile, horizon, NULL, ws, mean) != FC_OK)
        return FC_ENOMEM;
    memset(se, 0, horizon * sizeof *se);
    for (int k = 0; k < FC_PROFILE_WAYS; k++) {
        const struct fc_profile_way *way = &profile->way[k];
        const struct fc_autoregression ar = {.order = way->order,
                                             .phi = (double *)way->phi};
        if (way->weight == 0)
            continue;
        fc_autoregression_psi(&ar, horizon, psi);
        for (size_t h = 0; h < horizon; h++)
            se[h] += way->weight * way->sigma * psi[h];
    }
    for (size_t h = 0; h < horizon; h++) {
        variance += se[h] * se[h];
        se[h] = profile->widen * sqrt(variance);
    }
    fc_workspace_release(ws, mark);
    return FC_OK;
}

/* The mean absolute error of every way, in the series' own units, from n values
 * on; added to error. */
static enum fc_status add_errors(const struct work *w, size_t n,
                                 const struct fc_profile *at, const double *y,
                                 struct fc_workspace *ws, double *error)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    double *x = fc_workspace_doubles(ws, MOST_LAGS + 1 + w->horizon);
    if (x == NULL)
        return FC_ENOMEM;
    for (int k = 0; k < FC_PROFILE_WAYS; k++) {
        const double *mean = x + at->way[k].order;
        if (!can_try(w, k))
            continue;
        continue_way(at, &at->way[k], w->horizon, NULL, x);
        for (size_t h = 0; h < w->horizon; h++)
            error[k] += fabs(y[n + h] - (at->log ? exp(mean[h]) : mean[h]));
    }
    fc_workspace_release(ws, mark);
    return FC_OK;
}

/* The first of the ways that are weighed: those with the course of earlier
 * years, or those without. */
static int choose_course(const struct work *w, const double *error)
{
    double with = 0, without = 0;
    for (int k = 0; k < (int)WAYS; k++)
        if (can_try(w, (int)WAYS + k)) {
            without += error[k];
            with += error[(int)WAYS + k];
        }
    bool follow = w->course->n > 0 && with <= COURSE_ERRORS * without;
    return follow ? (int)WAYS : 0;
}

/* Weights by the inverse of the errors; equal ones without any. */
static void weigh(const struct work *w, const double *error,
                  struct fc_profile_way *way)
{
    double best = INFINITY, sum = 0;
    double too_far = w->nperiods > 1 ? TOO_FAR : TOO_FAR_OF_ONE;
    int first = choose_course(w, error), end = first + (int)WAYS;
    for (int k = first; k < end; k++)
        if (can_try(w, k))
            best = fmin(best, error[k]);
    for (int k = 0; k < FC_PROFILE_WAYS; k++)
        way[k].weight = 0;
    for (int k = first; k < end; k++) {
        if (can_try(w, k) && !(error[k] > too_far * best))
            way[k].weight = best > 0 && isfinite(best) ? best / error[k] : 1;
        sum += way[k].weight;
    }
    for (int k = first; k < end; k++)
        way[k].weight /= sum;
}

/* The mean square of errors over their standard errors, from n values on. */
static enum fc_status excess_of(const struct work *w, size_t n,
                                const struct fc_profile *at,
                                struct fc_workspace *ws, double *excess)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    double *mean = fc_workspace_doubles(ws, w->horizon);
    double *se = fc_workspace_doubles(ws, w->horizon);
    if (mean == NULL || se == NULL
        || fc_profile_forecast(at, w->horizon, ws, mean, se) != FC_OK)
        return FC_ENOMEM;
    *excess = 0;
    for (size_t h = 0; h < w->horizon; h++) {
        double e = (w->z[n + h] - mean[h]) / se[h];
        *excess += se[h] > 0 ? e * e / (double)w->horizon : 0;
    }
    fc_workspace_release(ws, mark);
    return FC_OK;
}

/* Origins that leave three cycles of the longest season, and so all lags,
 * behind them. */
static int count_origins(const struct work *w)
{
    double left = (double)w->n - 3 * longest_of(w) - 3;
    double origins = floor(left / (double)w->horizon);
    return (int)fmin(ORIGINS, fmax(0, origins));
}

/* Fits all ways to the values before an origin, with what was estimated from
 * all of them. */
static enum fc_status fit_before(struct work *w, size_t n,
                                 const struct fc_profile *whole,
                                 struct fc_workspace *ws, struct fc_profile *at)
{
    *at = *whole;
    at->n = n;
    at->widen = 1;
    for (int set = 0; set < (int)SETS; set++)
        if (fit_set(w, n, set, true, ws, at->way) != FC_OK)
            return FC_ENOMEM;
    return FC_OK;
}

/*
 * Weights, and how much too narrow the intervals were; as if one more origin
 * had been as expected.
 */
static enum fc_status judge(struct work *w, const double *y,
                            struct fc_workspace *ws, struct fc_profile *p)
{
    struct fc_profile at[ORIGINS];
    double error[FC_PROFILE_WAYS] = {0}, sum = 1, excess;
    int origins = count_origins(w);
    for (int i = 0; i < origins; i++) {
        size_t n = w->n - (size_t)(i + 1) * w->horizon;
        if (fit_before(w, n, p, ws, &at[i]) != FC_OK
            || add_errors(w, n, &at[i], y, ws, error) != FC_OK)
            return FC_ENOMEM;
    }
    weigh(w, error, p->way);
    for (int i = 0; i < origins; i++) {
        for (int k = 0; k < FC_PROFILE_WAYS; k++)
            at[i].way[k].weight = p->way[k].weight;
        size_t n = w->n - (size_t)(i + 1) * w->horizon;
        if (excess_of(w, n, &at[i], ws, &excess) != FC_OK)
            return FC_ENOMEM;
        sum += excess;
    }
    p->widen = sqrt(sum / (origins + 1));
    return FC_OK;
}

/* Values that are looked at: the last cycles, and all of a short series. */
static size_t count_used(size_t n, const struct work *w)
{
    double most = fmin(MOST_CYCLES * longest_of(w), MOST_VALUES);
    most = ceil(fmax(most, LEAST_CYCLES * longest_of(w)));
    return (double)n > most ? (size_t)most : n;
}

static bool all_positive(const double *y, size_t n)
{
    for (size_t t = 0; t < n; t++)
        if (!(y[t] > 0))
            return false;
    return true;
}

/* Of the times of a day where there are whole ones, in weeks. */
static struct fc_course_design design_of(const struct work *w, size_t n,
                                         double year)
{
    double longest = longest_of(w), cycle = w->period[0];
    bool whole = cycle == rint(cycle);
    double within = whole ? cycle : 1, step = whole ? longest : cycle;
    return (struct fc_course_design){
        .within = (size_t)within,
        .year = (size_t)rint(year / within),
        .step = (size_t)fmax(1, rint(step / within)),
        .width = (size_t)rint(COURSE_WIDTH * longest / within),
        .first = n - w->n,
        .known = ORIGINS * w->horizon + (size_t)(COURSE_KNOWN * longest)};
}

/* The course of earlier years, of which more is looked at than of the rest;
 * none where the longest season is not much shorter than a year. */
static enum fc_status find_course(const struct work *w, const double *y,
                                  size_t n, double year, bool log_of,
                                  struct fc_workspace *ws,
                                  struct fc_course *course)
{
    double longest = longest_of(w), h = (double)w->horizon;
    *course = (struct fc_course){.n = 0};
    if (w->nperiods < 2 || year < COURSE_CYCLES * longest
        || year < h + COURSE_WIDTH * longest || (log_of && !all_positive(y, n)))
        return FC_OK;
    double *z = fc_workspace_doubles(ws, n);
    if (z == NULL)
        return FC_ENOMEM;
    for (size_t t = 0; t < n; t++)
        z[t] = log_of ? log(y[t]) : y[t];
    const struct fc_course_design design = design_of(w, n, year);
    enum fc_status status = fc_course_find(z, n, &design, ws, course);
    course->first = 0;
    return status;
}

/* The series without its course. */
static enum fc_status remove_course(struct work *w, struct fc_workspace *ws)
{
    size_t n = w->course->n > 0 ? w->n : 0;
    w->less = fc_workspace_doubles(ws, n);
    w->rest_less = fc_workspace_doubles(ws, n);
    if (w->less == NULL || w->rest_less == NULL)
        return FC_ENOMEM;
    for (size_t t = 0; t < n; t++)
        w->less[t] = w->z[t] - fc_course_at(w->course, t);
    return FC_OK;
}

enum fc_status fc_profile_fit(const double *y, size_t n,
                              const struct fc_seasons *seasons, size_t horizon,
                              struct fc_workspace *ws,
                              struct fc_profile *profile)
{
    const double *all = y, *period = seasons->length;
    int nperiods = seasons->n;
    struct work w = {
        .nperiods = nperiods, .period = period, .horizon = horizon};
    w.n = count_used(n, &w);
    y += n - w.n;
    double *z = fc_workspace_doubles(ws, w.n);
    w.rest = fc_workspace_doubles(ws, w.n);
    w.change = fc_workspace_doubles(ws, w.n);
    w.covariance = fc_workspace_doubles(ws, MOST_LAGS + 1);
    if (z == NULL || w.rest == NULL || w.change == NULL || w.covariance == NULL)
        return FC_ENOMEM;
    *profile = (struct fc_profile){.n = w.n,
                                   .nperiods = nperiods,
                                   .period = period,
                                   .log = all_positive(y, w.n),
                                   .widen = 1};
    for (size_t t = 0; t < w.n; t++)
        z[t] = profile->log ? log(y[t]) : y[t];
    w.z = z;
    w.course = &profile->course;
    if (find_course(&w, all, n, seasons->year, profile->log, ws,
                    &profile->course)
            != FC_OK
        || remove_course(&w, ws) != FC_OK)
        return FC_ENOMEM;
    for (int set = 0; set < (int)SETS; set++)
        if (fit_set(&w, w.n, set, false, ws, profile->way) != FC_OK)
            return FC_ENOMEM;
    return judge(&w, y, ws, profile);
}
