/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One series: its slopes, what they leave, and the way back from a forecast of
 * that to one of the series.
 *
 * A regressor beyond what the series has seen counts as far as the file's
 * regressors usually move, and no further: an effect is learnt where it was
 * seen.
 */
#include "forecast/known/known.h"

#include "forecast/known/doubt.h"
#include "forecast/known/rows.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

/* The logs' standard deviation beyond which a mean is no more moved: the
 * lognormal's is then 1.6 times the median, and told by the tail. */
static const double WIDEST = 1;

size_t fc_known_slopes_size(size_t n)
{
    return 4 * n + n * n;
}

struct fc_known_slopes fc_known_slopes_over(size_t n, double *numbers)
{
    return (struct fc_known_slopes){
        .slope = numbers,
        .error = numbers + n,
        .own = numbers + 2 * n,
        .own_error = numbers + 3 * n,
        .root = numbers + 4 * n,
    };
}

static bool allocate(struct fc_known_fit *fit, const struct fc_known *known,
                     int horizon, struct fc_workspace *ws)
{
    size_t steps = (size_t)horizon, n = known->n;
    *fit = (struct fc_known_fit){.known = known, .n = n, .horizon = horizon};
    fit->slope = fc_workspace_doubles(ws, fc_known_slopes_size(n));
    fit->effect = fc_workspace_doubles(ws, steps);
    fit->spread = fc_workspace_doubles(ws, steps * n);
    if (fit->slope == NULL || fit->effect == NULL || fit->spread == NULL)
        return false;
    const struct fc_known_slopes slopes = fc_known_slopes_over(n, fit->slope);
    fit->error = slopes.error;
    fit->own = slopes.own;
    fit->own_error = slopes.own_error;
    fit->root = slopes.root;
    memset(fit->effect, 0, steps * sizeof *fit->effect);
    memset(fit->spread, 0, steps * n * sizeof *fit->spread);
    return true;
}

/* A series that is not on the scale of the file has nothing to do with it. */
static bool is_alone(const struct fc_known *known,
                     const struct fc_known_scale *scale)
{
    return known->logs != known_is_log(scale);
}

/* Without the file's, and drawn to them. */
static bool solve(const struct fc_known *known, bool alone,
                  const struct known_cross *cross, struct fc_workspace *ws,
                  const struct fc_known_slopes *out)
{
    double *scratch = fc_workspace_doubles(ws, known_scratch(known->n));
    struct known_slopes own = {out->own, out->own_error, NULL, 0};
    struct known_slopes slopes = {out->slope, out->error, out->root, 0};
    if (scratch == NULL)
        return false;
    known_own(known, cross, alone ? 0 : known->noise, scratch, &own);
    if (alone)
        known_own(known, cross, 0, scratch, &slopes);
    else
        known_shrunk(known, cross, scratch, &slopes);
    for (size_t j = 0; j < known->n; j++)
        if (isnan(out->own_error[j]))
            out->own[j] = NAN;
    return true;
}

static enum fc_status find_slopes(const struct fc_known *known,
                                  const struct fc_series *series,
                                  struct fc_workspace *ws,
                                  struct known_rows *rows,
                                  struct fc_known_fit *fit)
{
    const struct fc_known_slopes out =
        fc_known_slopes_over(known->n, fit->slope);
    bool alone = is_alone(known, &rows->scale);
    if (known_rows_cross(known, series, ws, rows) != FC_OK
        || !solve(known, alone, &rows->cross, ws, &out))
        return FC_ENOMEM;
    if (rows->cross.yy > 0)
        fit->explained = 1
                         - known_cross_left(&rows->cross, out.slope, known->n)
                               / rows->cross.yy;
    return FC_OK;
}

static void leave_rest(const struct fc_series *series,
                       const struct known_rows *rows,
                       const struct fc_known_fit *fit, double *rest)
{
    double unit = fit->scale.unit;
    bool logs = known_is_log(&fit->scale);
    for (size_t t = 0; t < rows->n; t++) {
        double effect = 0;
        for (size_t j = 0; j < fit->n; j++) {
            double off = rows->x[j * rows->places + t] - rows->mean[j];
            effect += isnan(off) ? 0 : off * fit->slope[j];
        }
        rest[t] = logs ? known_to_scale(&fit->scale, series->y[t]) - effect
                       : series->y[t] - unit * effect;
    }
}

struct range {
    double least, most;
};

/* What the series has seen of a column, and a usual way beyond. */
static struct range range_of(const struct fc_known *known,
                             const struct known_rows *rows, size_t j)
{
    const double *seen = rows->x + j * rows->places;
    struct range range = {INFINITY, -INFINITY};
    if (known->column[j].role == FC_ROLE_LIKE)
        return (struct range){-INFINITY, INFINITY};
    for (size_t t = 0; t < rows->n; t++) {
        if (isnan(rows->z[t]))
            continue;
        if (seen[t] < range.least)
            range.least = seen[t];
        if (seen[t] > range.most)
            range.most = seen[t];
    }
    range.least -= known->column[j].span;
    range.most += known->column[j].span;
    return range;
}

void known_rows_bound(const struct fc_known *known, size_t j,
                      struct known_rows *rows)
{
    struct range range = range_of(known, rows, j);
    double *x = rows->x + j * rows->places;
    for (size_t t = rows->n; t < rows->places; t++)
        x[t] = fmax(range.least, fmin(range.most, x[t]));
}

static bool lacks(const struct known_rows *rows, size_t n, int horizon)
{
    for (size_t j = 0; j < n; j++)
        for (int h = 0; h < horizon; h++)
            if (isnan(rows->x[j * rows->places + rows->n + (size_t)h]))
                return true;
    return false;
}

static void find_effects(struct fc_known_fit *fit)
{
    const struct known_rows *rows = fit->rows;
    size_t n = fit->n, steps = (size_t)fit->horizon;
    memset(fit->effect, 0, steps * sizeof *fit->effect);
    memset(fit->spread, 0, steps * n * sizeof *fit->spread);
    for (size_t j = 0; j < n && steps > 0; j++) {
        if (!fit->known->column[j].used)
            continue;
        struct range range = range_of(fit->known, rows, j);
        for (size_t h = 0; h < steps; h++) {
            double x = rows->x[j * rows->places + rows->n + h];
            double in = fmax(range.least, fmin(range.most, x));
            double off = in - rows->mean[j];
            fit->bounded = fit->bounded || in != x;
            fit->effect[h] += off * fit->slope[j];
            for (size_t k = 0; k < n; k++)
                fit->spread[h * n + k] += off * fit->root[j * n + k];
        }
    }
}

enum fc_status fc_known_fit(const struct fc_known *known,
                            const struct fc_series *series, int horizon,
                            struct fc_workspace *ws, struct fc_known_fit *fit,
                            struct fc_series *rest, struct fc_error *err)
{
    struct known_rows *rows = fc_workspace_array(ws, 1, sizeof *rows);
    double *y = fc_workspace_doubles(ws, series->n);
    if (rows == NULL || y == NULL || !allocate(fit, known, horizon, ws)
        || known_rows_make(known, series, horizon, ws, rows) != FC_OK
        || find_slopes(known, series, ws, rows, fit) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    fit->rows = rows;
    fit->scale = rows->scale;
    fit->lacks = lacks(rows, known->n, horizon);
    if (!fit->lacks)
        find_effects(fit);
    for (size_t j = 0; fit->lacks && j < known->n; j++)
        fit->slope[j] = 0;
    leave_rest(series, rows, fit, y);
    *rest = *series;
    rest->y = y;
    rest->regressors = NULL;
    return FC_OK;
}

/* Slopes that a model finds itself. */

/* What the scale of the rest is, in that of the slopes. */
static double unit_of(const struct fc_known_fit *fit)
{
    return known_is_log(&fit->scale) ? 1 : fit->scale.unit;
}

bool fc_known_regressor(const struct fc_known_fit *fit, size_t j, size_t n,
                        double *x)
{
    const struct fc_known_column *column = &fit->known->column[j];
    const struct known_rows *rows = fit->rows;
    bool finds = column->used && column->role != FC_ROLE_LIKE;
    for (size_t t = 0; t < n; t++) {
        double off = rows->x[j * rows->places + t] - rows->mean[j];
        x[t] = finds && !isnan(off) ? off * unit_of(fit) : 0;
    }
    return finds;
}

/* How many parameters slopes count as: one that is drawn to the file's says the
 * less the less it is less certain than these are. */
static double count(const struct fc_known_fit *fit, const double *error)
{
    double sum = 0;
    for (size_t j = 0; j < fit->n; j++) {
        double variance = fit->known->column[j].variance;
        if (!fit->known->column[j].used || isnan(error[j]))
            continue;
        sum += variance > 0 && !is_alone(fit->known, &fit->scale)
                   ? fmax(0, 1 - error[j] * error[j] / variance)
                   : 1;
    }
    return sum;
}

enum fc_status fc_known_solve(const struct fc_known_fit *fit,
                              const struct fc_known_filtered *filtered,
                              struct fc_workspace *ws, double *numbers,
                              double *parameters)
{
    size_t n = fit->n;
    struct fc_mark mark = fc_workspace_mark(ws);
    double *room = fc_workspace_doubles(ws, n * n + n);
    struct known_cross cross = {.xx = room,
                                .xy = room != NULL ? room + n * n : NULL,
                                .rows = (double)filtered->rows,
                                .df = filtered->df};
    struct fc_known_slopes out = fc_known_slopes_over(n, numbers);
    if (room == NULL)
        return FC_ENOMEM;
    known_cross_fill(n, filtered->rows, filtered->rows, filtered->x,
                     filtered->e, &cross);
    double unit = unit_of(fit), square = unit * unit;
    for (size_t i = 0; i < n * n + n; i++)
        room[i] /= square;
    cross.yy /= square;
    if (!solve(fit->known, is_alone(fit->known, &fit->scale), &cross, ws, &out))
        return FC_ENOMEM;
    *parameters = count(fit, out.error);
    fc_workspace_release(ws, mark);
    return FC_OK;
}

void fc_known_take(struct fc_known_fit *fit, const double *numbers)
{
    memcpy(fit->slope, numbers, fc_known_slopes_size(fit->n) * sizeof *numbers);
    fit->bounded = false;
    find_effects(fit);
    if (fit->doubt != NULL)
        known_doubt_measure(fit);
}

size_t fc_known_times(const struct fc_series *series, size_t regressor)
{
    const struct fc_regressors *x = series->regressors;
    const double *value = x->x + regressor * x->stride;
    double least = INFINITY, most = -INFINITY;
    size_t n = 0, zeros = 0, at_least = 0, at_most = 0;
    for (size_t t = 0; t < series->n; t++)
        if (!isnan(series->y[t])) {
            least = fmin(least, value[t]);
            most = fmax(most, value[t]);
        }
    for (size_t t = 0; t < series->n; t++) {
        if (isnan(series->y[t]) || isnan(value[t]))
            continue;
        n++;
        zeros += value[t] == 0;
        at_least += value[t] == least;
        at_most += value[t] == most;
    }
    if (zeros > 0)
        return n - zeros;
    return n - (at_least > at_most ? at_least : at_most);
}

static double error_at(const struct fc_known_fit *fit, int h)
{
    double sum = 0;
    for (size_t k = 0; k < fit->n; k++) {
        double one = fit->spread[(size_t)h * fit->n + k];
        sum += one * one;
    }
    return sqrt(sum);
}

/* On the scale: how far a bound lies beyond one without the slopes' errors. */
static double widen(double distance, double error)
{
    distance = fabs(distance);
    return hypot(distance, error) - distance;
}

/* The mean of what has this median and width on a log scale. */
static double find_mean(const struct fc_known_fit *fit, double median,
                        double width)
{
    width = fmin(width, WIDEST);
    double z = median + width * width / 2;
    if (fit->scale.kind == FC_KNOWN_LOG1P)
        return fmax(fit->scale.unit * expm1(z), 0);
    return known_from_scale(&fit->scale, z);
}

/* The standard deviation that a level's bounds say, on one side of the mean or
 * on the other. */
static double width_of(const struct fc_forecast *out, int level, int h,
                       double unit, bool above)
{
    double z = gsl_cdf_ugaussian_Pinv(0.5 + out->levels[level] / 200);
    size_t at = (size_t)level * (size_t)out->horizon + (size_t)h;
    double far =
        above ? out->hi[at] - out->mean[h] : out->mean[h] - out->lo[at];
    return z > 0 ? far / (z * unit) : 0;
}

/*
 * One step where regressors are carried on: bounds, of which a median has the
 * width that another level tells, and in logs the mean, which is then on the
 * scale of the series.
 */
static void doubt_step(const struct fc_known_fit *fit, int other, int h,
                       double unit, struct fc_forecast *out)
{
    double error = error_at(fit, h),
           below = width_of(out, other, h, unit, false),
           above = width_of(out, other, h, unit, true),
           middle = out->mean[h] + unit * fit->effect[h];
    for (int i = 0; i < out->nlevels; i++) { /* medians first */
        bool is_median = out->levels[i] <= 0;
        int from = is_median ? other : i;
        size_t at = (size_t)i * (size_t)out->horizon + (size_t)h;
        double z = gsl_cdf_ugaussian_Pinv(0.5 + out->levels[i] / 200);
        double down = hypot(width_of(out, from, h, unit, false), error);
        double up = hypot(width_of(out, from, h, unit, true), error);
        out->lo[at] = middle + unit * known_doubt_bound(fit, h, -z, down);
        out->hi[at] = middle + unit * known_doubt_bound(fit, h, z, up);
        if (is_median) /* of both sides */
            out->lo[at] = out->hi[at] = (out->lo[at] + out->hi[at]) / 2;
    }
    if (!known_is_log(&fit->scale))
        return;
    double width = hypot((below + above) / 2, error);
    double more = width * width + 2 * known_doubt_log_mean(fit, h);
    out->mean[h] = find_mean(fit, middle, sqrt(fmax(more, 0)));
}

static void move_bounds(const struct fc_known_fit *fit, int level, double unit,
                        struct fc_forecast *out)
{
    size_t first = (size_t)level * (size_t)out->horizon;
    double z = gsl_cdf_ugaussian_Pinv(0.5 + out->levels[level] / 200);
    for (int h = 0; h < out->horizon; h++) {
        double *lo = &out->lo[first + (size_t)h];
        double *hi = &out->hi[first + (size_t)h];
        double error = z * unit * error_at(fit, h);
        double mean = out->mean[h], shift = unit * fit->effect[h];
        *lo += shift - widen(mean - *lo, error);
        *hi += shift + widen(*hi - mean, error);
    }
}

/* Of a forecast whose bounds have moved, but not its mean. */
static void undo_logs(const struct fc_known_fit *fit, int level,
                      struct fc_forecast *out)
{
    size_t horizon = (size_t)out->horizon;
    double z = gsl_cdf_ugaussian_Pinv(0.5 + out->levels[level] / 200);
    for (size_t h = 0; h < horizon && fit->doubt == NULL; h++) {
        size_t at = (size_t)level * horizon + h;
        double width = z > 0 ? (out->hi[at] - out->lo[at]) / (2 * z) : 0;
        out->mean[h] = find_mean(fit, out->mean[h] + fit->effect[h], width);
    }
    for (size_t i = 0; i < (size_t)out->nlevels * horizon; i++) {
        out->lo[i] = known_from_scale(&fit->scale, out->lo[i]);
        out->hi[i] = known_from_scale(&fit->scale, out->hi[i]);
    }
}

void fc_known_forecast(const struct fc_known_fit *fit, int level,
                       struct fc_forecast *out)
{
    bool logs = known_is_log(&fit->scale);
    double unit = logs ? 1 : fit->scale.unit;
    for (int h = 0; h < out->horizon && fit->doubt != NULL; h++)
        doubt_step(fit, level, h, unit, out);
    for (int i = 0; i < out->nlevels && fit->doubt == NULL; i++)
        move_bounds(fit, i, unit, out);
    if (logs)
        undo_logs(fit, level, out);
    for (int h = 0; h < out->horizon && !logs; h++)
        out->mean[h] += unit * fit->effect[h];
}

size_t fc_known_path_size(const struct fc_known_fit *fit)
{
    return fit->n + known_doubt_draws(fit);
}

enum fc_status fc_known_path(const struct fc_known_fit *fit, const double *z,
                             struct fc_workspace *ws, double *path,
                             struct fc_error *err)
{
    bool logs = known_is_log(&fit->scale);
    double *doubt = NULL;
    if (fit->doubt != NULL) {
        doubt = fc_workspace_doubles(ws, (size_t)fit->horizon);
        if (doubt == NULL)
            return fc_fail(err, FC_ENOMEM, "out of memory");
        memset(doubt, 0, (size_t)fit->horizon * sizeof *doubt);
        known_doubt_draw(fit, z, doubt);
    }
    for (int h = 0; h < fit->horizon; h++) {
        double effect = fit->effect[h] + (doubt != NULL ? doubt[h] : 0);
        for (size_t k = 0; k < fit->n; k++)
            effect += z[k] * fit->spread[(size_t)h * fit->n + k];
        path[h] = logs ? known_from_scale(&fit->scale, path[h] + effect)
                       : path[h] + fit->scale.unit * effect;
    }
    return FC_OK;
}
