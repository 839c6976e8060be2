/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a file's series say together: units or logs, how errors hang together,
 * and the distribution of slopes.
 *
 * Units and logs, of the series and of regressors, are tried where they can be
 * taken: slopes are learnt without the last steps of every series, what they
 * leave is smoothed exponentially, and the errors at these steps are compared,
 * scaled by the series' naive ones.  Errors of the regression are taken to be
 * alike from step to step as much as the median of the series' autocorrelations
 * says (with the correction of Marriott & Pope 1954, Biometrika 41), unless
 * that is worse at the steps held back by more than WORSE.  Likewise logs of
 * regressors become reciprocals where these leave less of clearly most series:
 * both have as many slopes, and all of the history says more than its last
 * steps.  How well a form does is of the whole file, and CHOOSERS series tell
 * it as well as all, COMPARED whether reciprocals leave less; slopes are learnt
 * from all.
 */
#include "forecast/known/known.h"

#include "forecast/known/rows.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SERIES = 1000, LEAST_SERIES = 64, MOST_WORK = 1 << 24, CYCLES = 3 };

enum { CHOOSERS = 80, COMPARED = 120 };

static const double WIDE = 1.5;       /* largest over least: worth a log */
static const double LOG_SHARE = 0.95; /* of series that can be taken in logs */
static const double USUAL = 0.9;      /* of spans: see fc_known_column.span */
static const double SMOOTHING = 0.3;  /* of the level, where scales are tried */
static const double MOST_ERROR = 10; /* a series' scaled error counts as this */
static const double WORSE = 1.01, FAR_WORSE = 1.03;
static const double CLEAR = 2;     /* standard errors */
static const double MOST_SAID = 5; /* by a series, for logs or against them */
static const double LEAST_RHO = 0.05, MOST_RHO = 0.95;

struct learning {
    const struct fc_series *series, *all; /* those looked at; all that may be */
    size_t n, nall;
    size_t columns;
    int horizon;
    struct fc_known *known;
    struct known_cross *cross;
    double *numbers; /* of the crossproducts */
    double *spans;   /* n of every column */
    double *values;  /* n */
    double error;    /* at the steps held back, of the scale that was chosen */
    struct fc_workspace *ws;
};

/* Steps held back at the end of a series. */
static size_t held(const struct learning *l, const struct fc_series *series)
{
    size_t most = series->n / 4, horizon = (size_t)l->horizon;
    return horizon < most ? horizon : most;
}

static struct fc_series cut(const struct fc_series *series, size_t hold)
{
    struct fc_series rest = *series;
    rest.n -= hold;
    while (rest.n > 0 && isnan(rest.y[rest.n - 1]))
        rest.n--;
    return rest;
}

static double span_of(const struct known_rows *rows, size_t j)
{
    double least = INFINITY, most = -INFINITY;
    for (size_t t = 0; t < rows->n; t++)
        if (!isnan(rows->z[t])) {
            least = fmin(least, rows->x[j * rows->places + t]);
            most = fmax(most, rows->x[j * rows->places + t]);
        }
    return most > least ? most - least : 0;
}

/* The i-th series' crossproducts and spans; without rows, if it is not on the
 * scale of the file. */
static bool take_series(struct learning *l, size_t i, bool hold)
{
    size_t n = l->columns;
    struct fc_series series =
        cut(&l->series[i], hold ? held(l, &l->series[i]) : 0);
    struct known_cross *cross = &l->cross[i];
    struct known_rows rows;
    fc_workspace_reset(l->ws);
    if (known_rows_make(l->known, &series, 0, l->ws, &rows) != FC_OK
        || known_rows_cross(l->known, &series, l->ws, &rows) != FC_OK)
        return false;
    bool alike = known_is_log(&rows.scale) == l->known->logs;
    cross->xx = l->numbers + i * (n * n + n);
    cross->xy = cross->xx + n * n;
    for (size_t j = 0; j < n * n; j++)
        cross->xx[j] = alike ? rows.cross.xx[j] : 0;
    for (size_t j = 0; j < n; j++)
        cross->xy[j] = alike ? rows.cross.xy[j] : 0;
    cross->yy = alike ? rows.cross.yy : 0;
    cross->rows = alike ? rows.cross.rows : 0;
    cross->df = alike ? rows.cross.df : 0;
    cross->noise = 0;
    for (size_t j = 0; j < n; j++)
        l->spans[j * l->n + i] = span_of(&rows, j);
    return true;
}

/* Learns on the scale and with the rho that l->known has. */
static enum fc_status learn_slopes(struct learning *l, bool hold, bool closely)
{
    for (size_t j = 0; j < l->columns; j++)
        l->known->column[j].used = true;
    for (size_t i = 0; i < l->n; i++)
        if (!take_series(l, i, hold))
            return FC_ENOMEM;
    for (size_t j = 0; j < l->columns; j++) {
        double *spans = l->spans + j * l->n;
        gsl_sort(spans, 1, l->n);
        double span =
            gsl_stats_quantile_from_sorted_data(spans, 1, l->n, USUAL);
        l->known->column[j].span = span > 0 ? span : spans[l->n - 1];
        l->known->column[j].used =
            spans[l->n - 1] > 0 || l->known->column[j].role == FC_ROLE_LIKE;
    }
    return known_learn_slopes(l->cross, l->n, closely, l->known);
}

/* Means of the season's places, or of all; NaN is passed over. */
static void place_means(const double *z, size_t n, size_t season, double *mean,
                        double *count)
{
    memset(mean, 0, season * sizeof *mean);
    memset(count, 0, season * sizeof *count);
    for (size_t t = 0; t < n; t++)
        if (!isnan(z[t])) {
            count[t % season]++;
            mean[t % season] += (z[t] - mean[t % season]) / count[t % season];
        }
}

static size_t season_of(const struct fc_series *series)
{
    size_t season = (size_t)fc_season_length(series->seasons);
    return season * CYCLES > series->n ? 1 : season;
}

/* What the slopes leave, without its season; NULL when memory is short. */
static double *deseason(const struct fc_series *rest, struct fc_workspace *ws,
                        double **mean)
{
    size_t season = season_of(rest);
    double *z = fc_workspace_doubles(ws, rest->n);
    *mean = fc_workspace_doubles(ws, 2 * season);
    if (z == NULL || *mean == NULL)
        return NULL;
    place_means(rest->y, rest->n, season, *mean, *mean + season);
    for (size_t t = 0; t < rest->n; t++)
        z[t] = rest->y[t] - (*mean)[t % season];
    return z;
}

static double naive_error(const struct fc_series *series, size_t lag)
{
    double sum = 0;
    size_t n = 0;
    for (size_t t = lag; t < series->n; t++)
        if (!isnan(series->y[t]) && !isnan(series->y[t - lag]))
            sum +=
                (fabs(series->y[t] - series->y[t - lag]) - sum) / (double)++n;
    return sum;
}

static double smooth(const double *z, size_t n)
{
    double level = 0;
    for (size_t t = 0; t < n; t++)
        if (!isnan(z[t]))
            level += SMOOTHING * (z[t] - level);
    return level;
}

/* The scaled error at the steps held back; NaN if there is none. */
static enum fc_status score_one(const struct learning *l,
                                const struct fc_series *whole, double *score)
{
    struct fc_series series = cut(whole, held(l, whole)), rest;
    struct fc_known_fit fit;
    struct fc_error err;
    int steps = (int)(whole->n - series.n);
    double *mean, sum = 0, *z;
    size_t season = season_of(&series), n = 0;
    fc_workspace_reset(l->ws);
    *score = NAN;
    if (steps == 0 || series.n < 2 * l->columns + season + 2)
        return FC_OK;
    if (fc_known_fit(l->known, &series, steps, l->ws, &fit, &rest, &err)
        != FC_OK)
        return FC_ENOMEM;
    double scale = naive_error(&series, season);
    if (fit.lacks || scale <= 0)
        return FC_OK;
    z = deseason(&rest, l->ws, &mean);
    if (z == NULL)
        return FC_ENOMEM;
    double level = smooth(z, series.n);
    for (int h = 0; h < steps; h++) {
        size_t t = series.n + (size_t)h;
        double ahead = level + mean[t % season];
        if (fit.scale.kind == FC_KNOWN_UNITS)
            ahead += fit.effect[h] * fit.scale.unit;
        else
            ahead = known_from_scale(&fit.scale, ahead + fit.effect[h]);
        if (!isnan(whole->y[t]))
            sum += (fabs(whole->y[t] - ahead) / scale - sum) / (double)++n;
    }
    if (n > 0)
        *score = sum < MOST_ERROR ? sum : MOST_ERROR;
    return FC_OK;
}

/* The mean over series, of slopes learnt without what is held back. */
static enum fc_status score(struct learning *l, double *mean)
{
    enum fc_status status = learn_slopes(l, true, false);
    size_t n = 0;
    double sum = 0, one;
    for (size_t i = 0; status == FC_OK && i < l->n; i++) {
        status = score_one(l, &l->series[i], &one);
        if (status == FC_OK && !isnan(one))
            sum += (one - sum) / (double)++n;
    }
    *mean = n > 0 ? sum : INFINITY;
    return status;
}

static bool can_log_series(const struct learning *l)
{
    size_t can = 0;
    for (size_t i = 0; i < l->n; i++) {
        bool below = false;
        for (size_t t = 0; t < l->series[i].n && !below; t++)
            below = l->series[i].y[t] < 0;
        can += !below;
    }
    return (double)can >= LOG_SHARE * (double)l->n;
}

/* Of a regressor that is above zero wherever it is known, and moves far. */
static bool can_log_column(const struct learning *l, size_t j)
{
    double least = INFINITY, most = 0;
    for (size_t i = 0; i < l->n; i++) {
        const struct fc_series *series = &l->series[i];
        const struct fc_regressors *x = series->regressors;
        if (x->as_they_are != NULL && x->as_they_are[j])
            return false;
        for (size_t t = 0; t < series->n; t++)
            if (!isnan(x->x[j * x->stride + t])) {
                least = fmin(least, x->x[j * x->stride + t]);
                most = fmax(most, x->x[j * x->stride + t]);
            }
    }
    return least > 0 && most >= WIDE * least;
}

static void set_scale(struct learning *l, bool logs, enum fc_known_form columns,
                      const double *can)
{
    l->known->logs = logs;
    for (size_t j = 0; j < l->columns; j++)
        l->known->column[j].form = can[j] > 0 ? columns : FC_KNOWN_AS_IT_IS;
}

/* What the file's form leaves of every series, in logs, into l->values. */
static enum fc_status find_left(struct learning *l)
{
    size_t n = l->columns;
    enum fc_status status = learn_slopes(l, false, false);
    fc_workspace_reset(l->ws);
    double *room = fc_workspace_doubles(l->ws, known_scratch(n) + 2 * n);
    if (status != FC_OK || room == NULL)
        return FC_ENOMEM;
    struct known_slopes out = {room, room + n, NULL, 0};
    for (size_t i = 0; i < l->n; i++) {
        known_shrunk(l->known, &l->cross[i], room + 2 * n, &out);
        l->values[i] = log(known_cross_left(&l->cross[i], out.slope, n));
    }
    return FC_OK;
}

/* Looks at so many series, at most, from all over them, for which there is
 * room. */
static void look_at_some(struct learning *l, size_t most,
                         struct fc_series *room)
{
    size_t n = l->nall;
    l->n = n < most ? n : most;
    for (size_t i = 0; i < l->n; i++)
        room[i] = l->all[i * n / l->n];
    l->series = room;
}

/* Whether reciprocals leave less than logs of so many series that it is not by
 * chance: a sign test, two standard deviations beyond a half. */
static enum fc_status compare_forms(struct learning *l, const double *can,
                                    bool *less)
{
    const struct fc_series *some = l->series;
    size_t few = l->n;
    struct fc_series *more = malloc(COMPARED * sizeof *more);
    double *logs = malloc(COMPARED * sizeof *logs);
    if (more != NULL)
        look_at_some(l, COMPARED, more);
    enum fc_status status =
        more != NULL && logs != NULL ? find_left(l) : FC_ENOMEM;
    if (status == FC_OK) {
        memcpy(logs, l->values, l->n * sizeof *logs);
        set_scale(l, true, FC_KNOWN_RECIPROCAL, can);
        status = find_left(l);
    }
    size_t n = 0;
    for (size_t i = 0; status == FC_OK && i < l->n; i++)
        n += l->values[i] < logs[i];
    *less = (double)n > 0.5 * (double)l->n + sqrt((double)l->n);
    l->series = some;
    l->n = few;
    free(more);
    free(logs);
    return status;
}

/* Reciprocals for logs, where they are better; least: the error of logs. */
static enum fc_status try_reciprocals(struct learning *l, const double *can,
                                      double least)
{
    bool less;
    enum fc_status status = compare_forms(l, can, &less);
    l->error = INFINITY;
    if (status == FC_OK && less)
        status = score(l, &l->error);
    if (!less || l->error > WORSE * least) {
        set_scale(l, true, FC_KNOWN_LOGS, can);
        l->error = least;
    }
    return status;
}

/* How much is to be expected of each series, in such a form, into l->values. */
static enum fc_status find_evidence(struct learning *l)
{
    enum fc_status status = learn_slopes(l, false, false);
    fc_workspace_reset(l->ws);
    double *room = fc_workspace_doubles(l->ws, known_scratch(l->columns));
    if (status != FC_OK || room == NULL)
        return FC_ENOMEM;
    for (size_t i = 0; i < l->n; i++)
        l->values[i] = l->cross[i].rows > 0
                           ? known_evidence(l->known, &l->cross[i], room)
                           : NAN;
    return FC_OK;
}

/*
 * How much more is to be expected of the series' columns in logs than as they
 * are, in standard errors; 0: neither.  A series says no more than MOST_SAID.
 */
static enum fc_status compare_logs(struct learning *l, bool logs,
                                   const double *can, double *more)
{
    const struct fc_series *some = l->series;
    size_t few = l->n;
    double sum = 0, square = 0;
    struct fc_series *others = malloc(COMPARED * sizeof *others);
    double *as_they_are = malloc(COMPARED * sizeof *as_they_are);
    enum fc_status status = FC_ENOMEM;
    if (others != NULL && as_they_are != NULL) {
        look_at_some(l, COMPARED, others);
        set_scale(l, logs, FC_KNOWN_AS_IT_IS, can);
        status = find_evidence(l);
    }
    if (status == FC_OK) {
        memcpy(as_they_are, l->values, l->n * sizeof *as_they_are);
        set_scale(l, logs, FC_KNOWN_LOGS, can);
        status = find_evidence(l);
    }
    for (size_t i = 0; status == FC_OK && i < l->n; i++) {
        double by = l->values[i] - as_they_are[i];
        by = isnan(by) ? 0 : fmax(-MOST_SAID, fmin(MOST_SAID, by));
        sum += by;
        square += by * by;
    }
    *more = square > 0 ? sum / sqrt(square) : 0;
    l->series = some;
    l->n = few;
    free(others);
    free(as_they_are);
    return status;
}

/* Units or logs, of the series and of those columns that can be taken so. */
static enum fc_status choose_scale(struct learning *l)
{
    bool any = false, can_logs = can_log_series(l), logs = can_logs;
    double *can = malloc(l->columns * sizeof *can), least = INFINITY, more;
    double mean[4] = {INFINITY, INFINITY, INFINITY, INFINITY};
    enum fc_status status = can != NULL ? FC_OK : FC_ENOMEM;
    for (size_t j = 0; can != NULL && j < l->columns; j++) {
        can[j] = can_log_column(l, j);
        any = any || can[j] > 0;
    }
    enum fc_known_form form = any ? FC_KNOWN_LOGS : FC_KNOWN_AS_IT_IS;
    for (int k = 0; status == FC_OK && k < 4; k++) {
        enum fc_known_form columns =
            k % 2 == 0 ? FC_KNOWN_LOGS : FC_KNOWN_AS_IT_IS;
        if ((k < 2 && !can_logs) || (columns == FC_KNOWN_LOGS && !any))
            continue;
        set_scale(l, k < 2, columns, can);
        status = score(l, &mean[k]);
        if (status != FC_OK || mean[k] >= least)
            continue;
        least = mean[k];
        logs = k < 2;
        form = columns;
    }
    if (status == FC_OK && any && isfinite(least)) {
        status = compare_logs(l, logs, can, &more);
        bool to_logs = more > -CLEAR, clear = fabs(more) > CLEAR;
        double other = mean[(logs ? 0 : 2) + !to_logs];
        if (other <= (clear ? FAR_WORSE : WORSE) * least) {
            form = to_logs ? FC_KNOWN_LOGS : FC_KNOWN_AS_IT_IS;
            least = other;
        }
    }
    l->error = least;
    if (status == FC_OK)
        set_scale(l, logs, form, can);
    if (status == FC_OK && logs && form == FC_KNOWN_LOGS)
        status = try_reciprocals(l, can, least);
    free(can);
    return status;
}

/* The first autocorrelation of what a series' slopes leave; NaN: none. */
static enum fc_status correlate(const struct learning *l,
                                const struct fc_series *series, double *rho)
{
    struct fc_series rest;
    struct fc_known_fit fit;
    struct fc_error err;
    double *mean, *z, square = 0, product = 0, n = (double)series->n;
    size_t season = season_of(series);
    fc_workspace_reset(l->ws);
    *rho = NAN;
    if (series->n < 2 * l->columns + season + 2)
        return FC_OK;
    if (fc_known_fit(l->known, series, 0, l->ws, &fit, &rest, &err) != FC_OK
        || (z = deseason(&rest, l->ws, &mean)) == NULL)
        return FC_ENOMEM;
    for (size_t t = 1; t < series->n; t++)
        if (!isnan(z[t]) && !isnan(z[t - 1])) {
            square += z[t - 1] * z[t - 1];
            product += z[t] * z[t - 1];
        }
    if (square > 0)
        *rho = product / square;
    *rho += (1 + 3 * *rho) / n;
    return FC_OK;
}

static enum fc_status find_rho(struct learning *l, double *rho)
{
    size_t n = 0;
    enum fc_status status = learn_slopes(l, false, false);
    for (size_t i = 0; status == FC_OK && i < l->n; i++) {
        status = correlate(l, &l->series[i], &l->values[n]);
        n += status == FC_OK && !isnan(l->values[n]);
    }
    gsl_sort(l->values, 1, n);
    *rho = n > 0 ? gsl_stats_median_from_sorted_data(l->values, 1, n) : 0;
    *rho = fmin(*rho, MOST_RHO);
    return status;
}

static enum fc_status choose_rho(struct learning *l)
{
    double rho, whitened;
    enum fc_status status = find_rho(l, &rho);
    if (status != FC_OK || rho < LEAST_RHO)
        return status;
    l->known->rho = rho;
    status = score(l, &whitened);
    if (status == FC_OK && whitened > WORSE * l->error)
        l->known->rho = 0;
    return status;
}

/* Of very many series some, evenly. */
static void sample(const struct fc_series *series, size_t n, struct learning *l,
                   struct fc_series *room)
{
    size_t p = l->columns, most = MOST_WORK / (p * p * p);
    most = most < LEAST_SERIES ? LEAST_SERIES : most;
    most = most > MOST_SERIES ? MOST_SERIES : most;
    size_t step = (n + most - 1) / most;
    for (size_t i = 0; i<n; i += step> 0 ? step : 1)
        room[l->n++] = series[i];
    l->series = l->all = room;
    l->nall = l->n;
}

/* Chooses by some of the series, from all over them. */
static enum fc_status choose(struct learning *l)
{
    struct fc_series *some = malloc(CHOOSERS * sizeof *some);
    if (some == NULL)
        return FC_ENOMEM;
    look_at_some(l, CHOOSERS, some);
    enum fc_status status = choose_scale(l);
    if (status == FC_OK)
        status = choose_rho(l);
    l->series = l->all;
    l->n = l->nall;
    free(some);
    return status;
}

static bool allocate(struct learning *l)
{
    size_t p = l->columns;
    l->known = calloc(1, sizeof *l->known + p * sizeof *l->known->column);
    l->cross = calloc(l->n + 1, sizeof *l->cross);
    l->numbers = malloc((l->n + 1) * (p * p + p) * sizeof(double));
    l->spans = malloc((l->n + 1) * p * sizeof(double));
    l->values = malloc((l->n + 1) * sizeof(double));
    l->ws = fc_workspace_new();
    return l->known != NULL && l->cross != NULL && l->numbers != NULL
           && l->spans != NULL && l->values != NULL && l->ws != NULL;
}

static enum fc_status learn(struct learning *l)
{
    if (!allocate(l))
        return FC_ENOMEM;
    l->known->n = l->columns;
    const enum fc_role *role = l->series[0].regressors->role;
    for (size_t j = 0; role != NULL && j < l->columns; j++)
        l->known->column[j].role = role[j];
    l->known->nseries = l->n;
    enum fc_status status = choose(l);
    return status == FC_OK ? learn_slopes(l, false, true) : status;
}

enum fc_status fc_known_learn(const struct fc_series *series, size_t n,
                              int horizon, struct fc_known **known,
                              struct fc_error *err)
{
    struct learning l = {.horizon = horizon};
    struct fc_series *room = malloc((n + 1) * sizeof *room);
    enum fc_status status = FC_ENOMEM;
    l.columns = series->regressors->n;
    if (room != NULL) {
        sample(series, n, &l, room);
        status = learn(&l);
    }
    free(room);
    free(l.cross);
    free(l.numbers);
    free(l.spans);
    free(l.values);
    fc_workspace_free(l.ws);
    *known = l.known;
    if (status == FC_OK)
        return FC_OK;
    free(l.known);
    *known = NULL;
    return fc_fail(err, FC_ENOMEM, "out of memory");
}
