/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Missing values of an ARIMA model: whether and how dearly they can be
 * estimated along with it, and what they leave uncertain at the end.
 *
 * The one-step residuals of a regression whose coefficients are known only as
 * far as the past tells them are what Givens rotations leave of each row
 * (Gentleman 1974, AS 75): so the innovations that the Kalman filter would
 * have found come back from those of the whole series.
 */
#include "forecast/arima/gaps.h"

#include "forecast/numeric/difference.h"

#include <math.h>
#include <string.h>

/* More missing values, or more numbers in their columns, are for the Kalman
   filter, whose memory does not grow with them. */
enum { MOST_GAPS = 500, MOST_NUMBERS = 250000 };

/* Over sigma2 and the variance of a flat prior: an observation that tells about
   values to difference from.  R's arima() has 10^4 over 10^6. */
static const double informative = 1e-2;

/* Of a row's length, in the rotations. */
static const double negligible = 1e-11;

/* Of the end state, over sigma. */
static const double negligible_factor = 1e-9;

/* Differences that one more or less of a gap changes: its column at t. */
static double column_at(const double *delta, long lost, long at, long t)
{
    return t >= at && t <= at + lost ? delta[t - at] : 0;
}

/* What is yet unknown of the `count` first missing values, which others are
   differenced from and which have a flat prior. */
struct unknown {
    size_t count, left;
    double *covariance; /* count rows: over that of the prior */
    double *weight; /* of each missing value, `count`: how it hangs on them */
    double *h, *Ph;
};

/* The weights of y_t, if that is not known itself, in unknown->h. */
static void weigh(const struct fc_arima_data *data, const double *delta,
                  size_t lost, size_t t, struct unknown *unknown)
{
    memset(unknown->h, 0, unknown->count * sizeof *unknown->h);
    for (size_t j = 0; j < data->ngaps && data->gap[j] < t; j++) {
        size_t back = t - data->gap[j];
        if (back > lost || delta[back] == 0)
            continue;
        for (size_t k = 0; k < unknown->count; k++)
            unknown->h[k] -=
                delta[back] * unknown->weight[j * unknown->count + k];
    }
}

/* An observation with the weights in unknown->h: the variance it had, over the
   prior's; 0 when it tells nothing new of the unknown. */
static double learn(struct unknown *unknown)
{
    size_t n = unknown->count;
    double F = 0;
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t j = 0; j < n; j++)
            sum += unknown->covariance[i * n + j] * unknown->h[j];
        unknown->Ph[i] = sum;
        F += unknown->h[i] * sum;
    }
    if (!(F > informative))
        return 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            unknown->covariance[i * n + j] -=
                unknown->Ph[i] * unknown->Ph[j] / F;
    unknown->left--;
    return F;
}

/*
 * Follows the series until nothing is unknown.  The logarithms of the variances
 * of what told are in the determinant of the regression's information, but not
 * in R's likelihood.
 */
static void follow(struct fc_arima_data *data, const double *delta, size_t lost,
                   struct unknown *unknown)
{
    size_t gap = unknown->count, n = unknown->count;
    for (size_t t = lost; t < data->n && unknown->left > 0; t++) {
        weigh(data, delta, lost, t, unknown);
        if (isnan(data->y[t])) {
            memcpy(unknown->weight + gap++ * n, unknown->h,
                   n * sizeof *unknown->h);
            continue;
        }
        double F = learn(unknown);
        if (F > 0)
            data->logdet_start += log(F);
    }
    data->separable = unknown->left == 0;
}

enum fc_status fc_arima_separate(struct fc_arima_data *data,
                                 struct fc_workspace *ws)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    size_t lost = (size_t)data->d + (size_t)data->D * (size_t)data->m, n = 0;
    data->separable = false;
    data->logdet_start = 0;
    if (data->ngaps > MOST_GAPS || data->ngaps * data->n > MOST_NUMBERS
        || data->nused == 0)
        return FC_OK;
    while (n < data->ngaps && data->gap[n] < lost)
        n++;
    struct unknown unknown = {
        .count = n,
        .left = n,
        .covariance = fc_workspace_doubles(ws, n * n),
        .weight = fc_workspace_doubles(ws, n * data->ngaps),
        .h = fc_workspace_doubles(ws, n),
        .Ph = fc_workspace_doubles(ws, n),
    };
    double *delta = fc_workspace_doubles(ws, lost + 1);
    if (unknown.covariance == NULL || unknown.weight == NULL
        || unknown.h == NULL || unknown.Ph == NULL || delta == NULL)
        return FC_ENOMEM;
    fc_difference_polynomial(delta, data->d, data->D, (size_t)data->m);
    memset(unknown.covariance, 0, n * n * sizeof *unknown.covariance);
    memset(unknown.weight, 0, n * data->ngaps * sizeof *unknown.weight);
    for (size_t i = 0; i < n; i++)
        unknown.covariance[i * n + i] = unknown.weight[i * n + i] = 1;
    follow(data, delta, lost, &unknown);
    fc_workspace_release(ws, mark);
    return FC_OK;
}

/*
 * The time of one evaluation in multiplications, as measured for models with
 * seasons of up to 52 and up to half of 100 to 2,000 values missing.  The
 * filter of the columns handles FC_ARIMA_LANES points for the price of one. How
 * soon a column dies away depends on the parameters: so many steps of the
 * moving average are common.
 */
static double by_regression(size_t n, size_t ngaps,
                            const struct fc_arima_order *order)
{
    static const double lasting = 30;
    double q = (double)fc_arima_ma_degree(order), gaps = (double)ngaps;
    double reach = (double)fc_arima_ar_degree(order)
                   + (double)fc_arima_lost(order) + lasting * (q + 1);
    double width = fmin(reach, 0.5 * (double)n);
    double beside = gaps * fmin(1, width / (double)n);
    return gaps * (width * (q + 8 + 0.5 * beside) + 0.5 * beside * beside)
           / FC_ARIMA_LANES;
}

static double by_kalman(size_t n, size_t ngaps,
                        const struct fc_arima_order *order)
{
    double lost = (double)fc_arima_lost(order);
    double r = (double)fc_arima_state_size(order) - lost;
    double unknown = lost * (double)ngaps / (double)n;
    return (double)n * (38 + 6 * r + 0.75 * r * r + unknown * (15 + 1.15 * r));
}

bool fc_arima_regresses(const struct fc_arima_data *data,
                        const struct fc_arima_order *order)
{
    return data->separable
           && by_regression(data->n, data->ngaps, order)
                  < by_kalman(data->n, data->ngaps, order);
}

double fc_arima_gap_cost(size_t n, size_t ngaps,
                         const struct fc_arima_order *order)
{
    double kalman = by_kalman(n, ngaps, order);
    if (ngaps > MOST_GAPS || n * ngaps > MOST_NUMBERS)
        return kalman;
    return fmin(kalman, by_regression(n, ngaps, order));
}

/* One row into the triangle of those before it; returns what is left. */
static double rotate_row(double *row, size_t n, double value, double *triangle,
                         double *z)
{
    double length = 1;
    for (size_t j = 0; j < n; j++)
        length += fabs(row[j]);
    for (size_t j = 0; j < n; j++) {
        double *above = triangle + j * n;
        if (fabs(row[j]) <= negligible * length)
            continue;
        if (above[j] == 0) { /* the first to tell about this one */
            double sign = row[j] < 0 ? -1 : 1;
            for (size_t k = j; k < n; k++)
                above[k] = sign * row[k];
            z[j] = sign * value;
            return 0;
        }
        double radius = hypot(above[j], row[j]);
        double c = above[j] / radius, s = row[j] / radius;
        for (size_t k = j; k < n; k++) {
            double old = above[k];
            above[k] = c * old + s * row[k];
            row[k] = c * row[k] - s * old;
        }
        double old = z[j];
        z[j] = c * old + s * value;
        value = c * value - s * old;
    }
    return value;
}

enum fc_status fc_arima_gap_residuals(const struct fc_arima_filter *f,
                                      struct fc_workspace *ws, double *resid)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    const struct fc_arima_columns *c = f->columns;
    double *row = fc_workspace_doubles(ws, c->n);
    double *z = fc_workspace_doubles(ws, c->n);
    double *triangle = fc_workspace_doubles(ws, c->n * c->n);
    if (row == NULL || z == NULL || triangle == NULL)
        return FC_ENOMEM;
    memset(triangle, 0, c->n * c->n * sizeof *triangle);
    for (size_t t = 0; t < f->n; t++) {
        for (size_t j = 0; j < c->n; j++) {
            bool active = t >= c->from[j] && t < c->to[j];
            row[j] = active ? c->innovation[j * f->n + t][0] : 0;
        }
        resid[t] = rotate_row(row, c->n, f->e[t][0], triangle, z);
    }
    fc_workspace_release(ws, mark);
    return FC_OK;
}

/* How the end state changes with the missing value j. */
static void column_state(const struct fc_arima_filter *f,
                         const struct fc_arima_data *data, size_t j, size_t dim,
                         double *state)
{
    const struct fc_arima_columns *c = f->columns;
    long n = (long)f->n, lost = (long)c->lost;
    size_t r = dim - c->lost;
    memset(state, 0, dim * sizeof *state);
    for (size_t i = 0; i < r; i++) {
        if (i < f->r)
            state[i] = c->b[j * (f->r + 1) + i][0];
        for (size_t k = 0; k < f->nar; k++) {
            long lag = (long)f->ar_lag[k], t = n + (long)i - lag;
            if (lag > (long)i && t >= 0)
                state[i] +=
                    f->phi[lag][0] * column_at(c->delta, lost, c->at[j], t);
        }
    }
    size_t back = data->n - 1 - data->gap[j];
    if (back < c->lost)
        state[r + back] = 1;
}

void fc_arima_gap_state(const struct fc_arima_filter *f,
                        const struct fc_arima_data *data, size_t dim,
                        double *scratch, double *state)
{
    for (size_t j = 0; j < data->ngaps; j++) {
        column_state(f, data, j, dim, scratch);
        for (size_t i = 0; i < dim; i++)
            state[i] -= f->columns->coef[j][0] * data->scale * scratch[i];
    }
}

enum fc_status fc_arima_gap_factors(const struct fc_arima_filter *f,
                                    const struct fc_arima_data *data,
                                    size_t dim, struct fc_workspace *ws,
                                    double **factor, size_t *count)
{
    const struct fc_arima_columns *c = f->columns;
    size_t n = c->n, size = n + f->constant;
    double *rows = fc_workspace_array(ws, n * dim, sizeof *rows);
    *factor = rows;
    *count = 0;
    if (rows == NULL)
        return FC_ENOMEM;
    /* rows L' = states, solved from the first */
    for (size_t j = 0; j < n; j++) {
        double *row = rows + j * dim;
        column_state(f, data, j, dim, row);
        for (size_t k = 0; k < j; k++) {
            double l = c->factor[j * size + k][0];
            for (size_t i = 0; l != 0 && i < dim; i++)
                row[i] -= l * rows[k * dim + i];
        }
        for (size_t i = 0; i < dim; i++)
            row[i] /= c->factor[j * size + j][0];
    }
    for (size_t j = 0; j < n; j++) {
        double largest = 0;
        for (size_t i = 0; i < dim; i++)
            largest = fmax(largest, fabs(rows[j * dim + i]));
        if (largest > negligible_factor)
            memmove(rows + (*count)++ * dim, rows + j * dim,
                    dim * sizeof *rows);
    }
    return FC_OK;
}
