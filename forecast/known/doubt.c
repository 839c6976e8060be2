/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What carrying regressors on is worth is seen in their own past: the rule that
 * carries a column on is put to every earlier place, and what came is compared
 * with it at the same leads.  Its errors times the slopes are errors of the
 * effect; those of all columns are added first, since what is wrong about one
 * (a temperature) is often wrong about another (its lag).
 *
 * Where columns are carried on by their mean or a season, as deals are, errors
 * have the distribution they had: bounds are quantiles of what the model says
 * and these errors, of which POINTS quantiles stand for all, and paths take the
 * errors of one earlier place at all leads.  Where one keeps its last value,
 * what came after overlapping places is few different things: errors are normal
 * with their mean square, bounds allow for its being an estimate (Student's t,
 * of 3/2 places for each stretch that does not overlap: the variance of a
 * random walk's overlapping differences, Lo & MacKinlay 1988, Review of
 * Financial Studies 1), and paths are sums of MIXED earlier places' errors,
 * each times a normal, which have the covariance of the errors over the leads,
 * and that t's variance.
 *
 * A slope that is not certain adds the variance of a product, E d^2 var b.
 */
#include "forecast/known/doubt.h"

#include "forecast/known/carry.h"
#include "forecast/known/rows.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

enum { FEW = 30 /* earlier places */, POINTS = 40, MIXED = 8 };

/* A column that is carried on.  The errors of its k-th step begin lag steps
 * after the series ends. */
struct carried {
    size_t j, lag, least;
    enum fc_known_rule rule;
    struct known_past past; /* from the lag-th place on */
    double *sum;            /* of the first k values, in units of the data */
};

struct known_doubt {
    size_t n; /* columns */
    struct carried *column;
    size_t least;  /* observations before the first earlier place */
    size_t full;   /* earlier places that have all leads after them */
    bool wanders;  /* a column keeps its last value */
    bool shaped;   /* errors have a distribution of their own: */
    double *point; /* POINTS of them for each step */
    double *more;  /* of each step, by slopes that are not certain */
    double *count; /* of each step: earlier places, as they count */
    double *room;
};

static double *sums_of(const struct known_past *past, struct fc_workspace *ws)
{
    double *sum = fc_workspace_doubles(ws, past->n + 1);
    for (size_t t = 0; sum != NULL && t < past->n; t++)
        sum[t + 1] = (t > 0 ? sum[t] : 0) + past->x[t];
    return sum;
}

static bool add_column(const struct fc_series *series, size_t j,
                       struct fc_workspace *ws, const struct fc_known_fit *fit)
{
    struct known_doubt *doubt = fit->doubt;
    const struct fc_regressors *x = series->regressors;
    struct carried *column = &doubt->column[doubt->n++];
    column->j = j;
    column->lag = x->known_for[j];
    column->past = (struct known_past){
        .x = x->x + j * x->stride + column->lag,
        .n = series->n,
        .steps = (size_t)fit->horizon - column->lag,
        .season = (size_t)fc_season_length(series->seasons)};
    column->rule = known_choose_rule(&column->past, &column->least);
    doubt->wanders = doubt->wanders || column->rule == FC_KNOWN_LAST;
    column->sum = sums_of(&column->past, ws);
    if (column->least > doubt->least)
        doubt->least = column->least;
    return column->sum != NULL;
}

static bool allocate(struct fc_known_fit *fit, size_t n,
                     struct fc_workspace *ws)
{
    size_t horizon = (size_t)fit->horizon;
    struct known_doubt *doubt = fc_workspace_array(ws, 1, sizeof *doubt);
    if (doubt == NULL)
        return false;
    *doubt = (struct known_doubt){.least = 1};
    doubt->column = fc_workspace_array(ws, fit->n, sizeof *doubt->column);
    doubt->point = fc_workspace_doubles(ws, horizon * POINTS);
    doubt->more = fc_workspace_doubles(ws, horizon);
    doubt->count = fc_workspace_doubles(ws, horizon);
    doubt->room = fc_workspace_doubles(ws, n);
    fit->doubt_variance = fc_workspace_doubles(ws, horizon);
    fit->doubt = doubt;
    return doubt->column != NULL && doubt->point != NULL && doubt->more != NULL
           && doubt->count != NULL && doubt->room != NULL
           && fit->doubt_variance != NULL;
}

enum fc_status fc_known_doubt(const struct fc_series *series,
                              struct fc_workspace *ws, struct fc_known_fit *fit,
                              struct fc_error *err)
{
    size_t horizon = (size_t)fit->horizon, n = series->n;
    const size_t *known_for = series->regressors->known_for;
    if (known_for == NULL || fit->lacks || horizon == 0)
        return FC_OK;
    if (!allocate(fit, n, ws))
        return fc_fail(err, FC_ENOMEM, "out of memory");
    struct known_doubt *doubt = fit->doubt;
    for (size_t j = 0; j < fit->n; j++)
        if (fit->known->column[j].used && known_for[j] < horizon
            && !add_column(series, j, ws, fit))
            return fc_fail(err, FC_ENOMEM, "out of memory");
    if (n >= doubt->least + horizon)
        doubt->full = n - doubt->least - horizon + 1;
    doubt->shaped = !doubt->wanders && doubt->full >= FEW;
    if (doubt->n == 0)
        fit->doubt = NULL;
    else
        known_doubt_measure(fit);
    return FC_OK;
}

/* What a column was wrong by h steps after place s, on the scale of the fit; 0
 * where it was known. */
static double error_at(const struct fc_known_fit *fit,
                       const struct carried *column, size_t s, size_t h)
{
    const struct known_rows *rows = fit->rows;
    const double *x = rows->x + column->j * rows->places;
    size_t lead = h - column->lag, t = s + lead;
    if (h <= column->lag)
        return 0;
    double guess =
        column->rule == FC_KNOWN_USUAL
            ? known_rows_value(fit->known, rows, column->j,
                               column->sum[s + 1] / (double)(s + 1))
            : x[column->lag
                + known_place_of(&column->past, column->rule, t, lead)];
    return x[s + h] - guess;
}

/* The errors of step h after all earlier places, into doubt->room; how many. */
static size_t errors_of(const struct fc_known_fit *fit, size_t h, double *more)
{
    const struct known_doubt *doubt = fit->doubt;
    size_t count = 0;
    *more = 0;
    for (size_t s = doubt->least - 1; s + h < fit->rows->n; s++) {
        double sum = 0, squares = 0;
        for (size_t k = 0; k < doubt->n; k++) {
            const struct carried *column = &doubt->column[k];
            double off = error_at(fit, column, s, h);
            double error = fit->error[column->j];
            sum += off * fit->slope[column->j];
            squares += isnan(error) ? 0 : off * off * error * error;
        }
        if (isnan(sum))
            continue;
        doubt->room[count++] = sum;
        *more += (squares - *more) / (double)count;
    }
    return count;
}

static void measure(struct fc_known_fit *fit, size_t h)
{
    struct known_doubt *doubt = fit->doubt;
    double *error = doubt->room, *variance = &fit->doubt_variance[h - 1];
    double *point = doubt->point + (h - 1) * POINTS, squares = 0;
    size_t count = errors_of(fit, h, &doubt->more[h - 1]);
    for (size_t k = 0; k < count; k++)
        squares += error[k] * error[k] / (double)count;
    *variance = squares;
    doubt->count[h - 1] =
        (double)count * (doubt->wanders ? 1.5 / (double)h : 1);
    if (count == 0 && h > 1) { /* no less than the past can tell */
        *variance = fit->doubt_variance[h - 2];
        doubt->more[h - 1] = doubt->more[h - 2];
        doubt->count[h - 1] = doubt->count[h - 2];
    }
    doubt->shaped = doubt->shaped && count > 0;
    if (!doubt->shaped)
        return;
    gsl_sort(error, 1, count);
    for (size_t k = 0; k < POINTS; k++)
        point[k] = gsl_stats_quantile_from_sorted_data(
            error, 1, count, ((double)k + 0.5) / POINTS);
}

void known_doubt_measure(struct fc_known_fit *fit)
{
    for (size_t h = 1; h <= (size_t)fit->horizon; h++)
        measure(fit, h);
}

/* How much of the sum of a normal of that width and one of the points lies
 * below x, and how much more a step further. */
static double share_below(const double *point, double width, double x,
                          double *density)
{
    double below = 0;
    *density = 0;
    for (size_t k = 0; k < POINTS; k++) {
        double z = (x - point[k]) / width;
        below += erfc(-z / sqrt(2)) / (2 * POINTS);
        *density += exp(-z * z / 2) / (sqrt(2 * acos(-1)) * width * POINTS);
    }
    return below;
}

/* Where that is so much: Newton's steps, within what is known to hold it. */
static double quantile_of(const double *point, double width, double share)
{
    enum { STEPS = 60 };
    double reach = 10 * width, low = point[0] - reach,
           high = point[POINTS - 1] + reach;
    double x = gsl_stats_quantile_from_sorted_data(point, 1, POINTS, share);
    if (!(width > 0))
        return x;
    for (int i = 0; i < STEPS; i++) {
        double density, off = share_below(point, width, x, &density) - share;
        if (off > 0)
            high = x;
        else
            low = x;
        double next = x - off / density;
        if (!(next > low && next < high))
            next = low + (high - low) / 2;
        if (fabs(next - x) < 1e-9 * width)
            return next;
        x = next;
    }
    return x;
}

double known_doubt_bound(const struct fc_known_fit *fit, int h, double z,
                         double width)
{
    enum { LEAST = 2 }; /* what a t has of degrees of freedom */
    const struct known_doubt *doubt = fit->doubt;
    double share = gsl_cdf_ugaussian_P(z);
    width = hypot(width, sqrt(doubt->more[h]));
    if (doubt->shaped)
        return quantile_of(doubt->point + h * POINTS, width, share);
    double t = gsl_cdf_tdist_Pinv(share, fmax(doubt->count[h], LEAST));
    return copysign(hypot(z * width, t * sqrt(fit->doubt_variance[h])), z);
}

double known_doubt_log_mean(const struct fc_known_fit *fit, int h)
{
    const struct known_doubt *doubt = fit->doubt;
    const double *point = doubt->point + h * POINTS;
    double sum = 0;
    if (!doubt->shaped)
        return (fit->doubt_variance[h] + doubt->more[h]) / 2;
    for (size_t k = 0; k < POINTS; k++)
        sum += exp(point[k]) / POINTS;
    return log(sum) + doubt->more[h] / 2;
}

/* The slope of a path. */
static double slope_of(const struct fc_known_fit *fit, size_t j,
                       const double *z)
{
    double slope = fit->slope[j];
    for (size_t k = 0; k < fit->n; k++)
        slope += fit->root[j * fit->n + k] * z[k];
    return slope;
}

/* An earlier place, by a standard normal. */
static size_t place_of(const struct known_doubt *doubt, double z)
{
    size_t at = (size_t)(gsl_cdf_ugaussian_P(z) * (double)doubt->full);
    return doubt->least - 1 + (at < doubt->full ? at : doubt->full - 1);
}

/* How much further errors go than those seen, as their mean square is an
 * estimate: a t has so much more than a normal. */
static double further(const struct known_doubt *doubt, size_t h)
{
    enum { LEAST = 4 };
    double count = fmax(doubt->count[h - 1], LEAST);
    return doubt->shaped ? 1 : sqrt(count / (count - 2));
}

/* So much of what was wrong after place s. */
static void add_errors(const struct fc_known_fit *fit, size_t s, double share,
                       const double *z, double *effect)
{
    const struct known_doubt *doubt = fit->doubt;
    for (size_t k = 0; k < doubt->n; k++) {
        const struct carried *column = &doubt->column[k];
        double slope = share * slope_of(fit, column->j, z);
        for (size_t h = 1; h <= (size_t)fit->horizon; h++) {
            double off = error_at(fit, column, s, h);
            if (!isnan(off))
                effect[h - 1] += off * slope * further(doubt, h);
        }
    }
}

size_t known_doubt_draws(const struct fc_known_fit *fit)
{
    return fit->doubt == NULL ? 0 : fit->doubt->shaped ? 1 : 2 * MIXED;
}

void known_doubt_draw(const struct fc_known_fit *fit, const double *z,
                      double *effect)
{
    const struct known_doubt *doubt = fit->doubt;
    const double *more = z + fit->n;
    if (doubt->shaped)
        add_errors(fit, place_of(doubt, more[0]), 1, z, effect);
    else if (doubt->full > 1)
        for (size_t k = 0; k < MIXED; k++)
            add_errors(fit, place_of(doubt, more[2 * k]),
                       more[2 * k + 1] / sqrt(MIXED), z, effect);
    else /* the past does not reach so far */
        for (int h = 0; h < fit->horizon; h++)
            effect[h] += more[0] * sqrt(fit->doubt_variance[h]);
}
