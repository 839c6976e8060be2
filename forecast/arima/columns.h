/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_ARIMA_COLUMNS_H
#define NIGHTCAST_FORECAST_ARIMA_COLUMNS_H

#include "forecast/arima/lanes.h"

#include <string.h>

/*
 * Missing values as columns that the filter runs over along with the series,
 * and the regression on them; inside of filter.c.
 */

/* Memory of the columns of data's missing values; sets filter->columns. */
enum fc_status fc_arima_columns_init(struct fc_arima_filter *filter,
                                     const struct fc_arima_data *data,
                                     const struct fc_arima_order *order,
                                     struct fc_workspace *ws);

/* Before the first observation. */
void fc_arima_columns_start(struct fc_arima_filter *filter);

/* Innovations of a missing value's column, which begins with 1, that are none:
   likelihoods of neighbours must not differ by what is left away. */
static const double nothing = 1e-14;

/* Products that are summed up side by side. */
enum { TOGETHER = 4 };

/* At t, the column j with the autoregression on itself taken off. */
FC_CLONES_INLINE void column_impulse(const struct fc_arima_filter *f, size_t j,
                                     size_t t, fc_lanes *v)
{
    const struct fc_arima_columns *c = f->columns;
    size_t lost = c->lost;
    fc_lanes sum = {0};
    if (c->at[j] >= 0) {
        size_t d = t - (size_t)c->at[j];
        if (d <= lost + f->p)
            sum = c->impulse[d];
    } else {
        size_t d = t + (size_t)-c->at[j];
        if (d <= lost)
            sum += c->delta[d];
        for (size_t i = 0; i < f->nar && f->ar_lag[i] <= t; i++)
            if (d - f->ar_lag[i] <= lost)
                sum -= f->phi[f->ar_lag[i]] * c->delta[d - f->ar_lag[i]];
    }
    *v = sum;
}

/* Ends a column that has died away. */
FC_CLONES_INLINE void settle_column(struct fc_arima_filter *f, size_t j,
                                    size_t t, const fc_lanes *v)
{
    struct fc_arima_columns *c = f->columns;
    if (t < f->p || (long)t <= c->at[j] + (long)(c->lost + f->p))
        return;
    c->quiet[j] = any_above(v, nothing) ? 0 : c->quiet[j] + 1;
    if (c->quiet[j] < f->q)
        return;
    c->to[j] = t + 1;
    memset(c->b + j * (f->r + 1), 0, (f->r + 1) * sizeof *c->b);
}

/* The columns' innovations at t, and what they say of the next `length`. */
FC_CLONES_INLINE void filter_columns(struct fc_arima_filter *f, size_t t,
                                     size_t length)
{
    struct fc_arima_columns *c = f->columns;
    for (size_t j = 0; j < c->n && c->from[j] <= t; j++) {
        fc_lanes v, *b = c->b + j * (f->r + 1);
        if (c->to[j] <= t)
            continue;
        column_impulse(f, j, t, &v);
        v -= b[0];
        c->innovation[j * f->n + t] = v;
        for (size_t i = 0; i < length; i++)
            b[i] = b[i + 1] + f->kappa[i] * v;
        settle_column(f, j, t, &v);
    }
}

/* The same in the steady state. */
FC_CLONES_INLINE void filter_columns_steady(struct fc_arima_filter *f, size_t t)
{
    struct fc_arima_columns *c = f->columns;
    for (size_t j = 0; j < c->n && c->from[j] <= t; j++) {
        fc_lanes v, *row = c->innovation + j * f->n;
        if (c->to[j] <= t)
            continue;
        column_impulse(f, j, t, &v);
        for (size_t i = 0; i < f->nma && f->ma_lag[i] <= t - c->from[j]; i++)
            v -= f->theta[f->ma_lag[i]] * row[t - f->ma_lag[i]];
        row[t] = v;
        settle_column(f, j, t, &v);
    }
}

FC_CLONES_INLINE void predict_columns(struct fc_arima_filter *f)
{
    struct fc_arima_columns *c = f->columns;
    for (size_t j = 0; j < c->n; j++) {
        const fc_lanes *row = c->innovation + j * f->n;
        for (size_t i = 0; i < f->r && c->to[j] == f->n; i++) {
            fc_lanes sum = {0};
            for (size_t k = 0; k < f->nma; k++) {
                size_t lag = f->ma_lag[k];
                if (lag > i && f->n + i - lag >= c->from[j])
                    sum += f->theta[lag] * row[f->n + i - lag];
            }
            c->b[j * (f->r + 1) + i] = sum;
        }
    }
}

/* All innovations over their standard deviations. */
FC_CLONES_INLINE void standardise_all(struct fc_arima_filter *f, bool constant)
{
    struct fc_arima_columns *c = f->columns;
    for (size_t t = 0; t < f->n; t++) {
        fc_lanes root = f->precision[t];
        square_root(&root);
        f->precision[t] = root;
        f->e[t] *= root;
        if (constant)
            f->x[t] *= root;
    }
    for (size_t j = 0; j < c->n; j++)
        for (size_t t = c->from[j]; t < c->to[j]; t++)
            c->innovation[j * f->n + t] *= f->precision[t];
}

/* Regressor j of the regression: a missing value's column, or the ones. */
FC_CLONES_INLINE const fc_lanes *regressor(const struct fc_arima_filter *f,
                                           size_t j, size_t *from, size_t *to)
{
    const struct fc_arima_columns *c = f->columns;
    *from = j < c->n ? c->from[j] : 0;
    *to = j < c->n ? c->to[j] : f->n;
    return j < c->n ? c->innovation + j * f->n : f->x;
}

/* Products of x with TOGETHER rows of innovations, side by side: a sum waits
   for its last addition. */
FC_CLONES_INLINE void products(const fc_lanes *x, const fc_lanes *const *z,
                               size_t from, size_t to, fc_lanes *sum)
{
    fc_lanes a = {0}, b = {0}, c = {0}, d = {0};
    for (size_t t = from; t < to; t++) {
        a += x[t] * z[0][t];
        b += x[t] * z[1][t];
        c += x[t] * z[2][t];
        d += x[t] * z[3][t];
    }
    sum[0] = a;
    sum[1] = b;
    sum[2] = c;
    sum[3] = d;
}

/* The products of regressor i with those up to it, into row. */
FC_CLONES_INLINE void product_row(const struct fc_arima_filter *f, size_t i,
                                  fc_lanes *row)
{
    size_t from, to;
    const fc_lanes *x = regressor(f, i, &from, &to);
    for (size_t j = 0; j <= i; j += TOGETHER) {
        const fc_lanes *z[TOGETHER];
        size_t begin[TOGETHER], end[TOGETHER], first = 0, last = f->n;
        fc_lanes sum[TOGETHER];
        for (size_t k = 0; k < TOGETHER; k++) {
            z[k] = regressor(f, j + k < i ? j + k : i, &begin[k], &end[k]);
            begin[k] = begin[k] > from ? begin[k] : from;
            end[k] = end[k] < to ? end[k] : to;
            first = begin[k] > first ? begin[k] : first;
            last = end[k] < last ? end[k] : last;
        }
        products(x, z, first, last, sum);
        for (size_t k = 0; k < TOGETHER && j + k <= i; k++) {
            for (size_t t = begin[k]; t < first && t < end[k]; t++)
                sum[k] += x[t] * z[k][t];
            for (size_t t = last > first ? last : first; t < end[k]; t++)
                sum[k] += x[t] * z[k][t];
            row[j + k] = sum[k];
        }
    }
}

/* Row i of the Cholesky factor, from the products that stand there. */
FC_CLONES_INLINE void factor_row(const struct fc_arima_columns *c, size_t i,
                                 size_t size)
{
    fc_lanes *row = c->factor + i * size;
    size_t first = 0;
    while (first < i && first < c->n && i < c->n && c->to[first] <= c->from[i])
        first++; /* nothing in common, nor have later ones with those before */
    for (size_t j = first; j <= i; j++) {
        const fc_lanes *above = c->factor + j * size;
        fc_lanes sum = row[j];
        for (size_t k = first; k < j; k++)
            sum -= row[k] * above[k];
        if (j == i)
            square_root(&sum);
        else
            sum /= above[j];
        row[j] = sum;
    }
}

/* Solves L L' coef = products of the regressors with e. */
FC_CLONES_INLINE void solve_columns(struct fc_arima_filter *f, size_t size)
{
    const fc_lanes *factor = f->columns->factor;
    fc_lanes *coef = f->columns->coef;
    for (size_t i = 0; i < size; i++) {
        size_t from, to;
        const fc_lanes *x = regressor(f, i, &from, &to);
        fc_lanes sum = {0};
        for (size_t t = from; t < to; t++)
            sum += x[t] * f->e[t];
        for (size_t j = 0; j < i; j++)
            sum -= factor[i * size + j] * coef[j];
        coef[i] = sum / factor[i * size + i];
    }
    for (size_t i = size; i-- > 0;) {
        fc_lanes value = coef[i] / factor[i * size + i];
        for (size_t j = 0; j < i; j++)
            coef[j] -= factor[i * size + j] * value;
        coef[i] = value;
    }
}

/* Takes the missing values and the mean off the innovations. */
FC_CLONES_INLINE void regress(struct fc_arima_filter *f, bool constant,
                              fc_lanes *mu)
{
    struct fc_arima_columns *c = f->columns;
    size_t size = c->n + constant;
    fc_lanes product = {0}, ssq = {0};
    product += 1;
    standardise_all(f, constant);
    for (size_t i = 0; i < size; i++) {
        product_row(f, i, c->factor + i * size);
        factor_row(c, i, size);
        if (i < c->n) {
            fc_lanes pivot = c->factor[i * size + i];
            product *= pivot * pivot;
            if (i % FC_LANES_LOG_EVERY == 0)
                add_logarithm(&f->logdet, &product);
        }
    }
    add_logarithm(&f->logdet, &product);
    solve_columns(f, size);
    for (size_t i = 0; i < size; i++) {
        size_t from, to;
        const fc_lanes *x = regressor(f, i, &from, &to);
        for (size_t t = from; t < to; t++)
            f->e[t] -= c->coef[i] * x[t];
    }
    for (size_t t = 0; t < f->n; t++)
        ssq += f->e[t] * f->e[t];
    f->ssq = ssq;
    if (constant)
        *mu = c->coef[c->n];
}

#endif
