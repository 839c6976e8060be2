/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The likelihood of an ARIMA model with missing values: Kalman filter in the
 * form of Harvey (1989), Forecasting, Structural Time Series Models and the
 * Kalman Filter, section 3.3, with the differencing in the state, as in R's
 * arima().  As there (makeARIMA, ARIMA_Like of R 4.2) the values to difference
 * from have the prior variance 10^6 sigma2, and an innovation whose variance
 * is above 10^4 sigma2 tells about them only and does not count.
 *
 * A past value that was observed is known: only those that are missing belong
 * to the state, next to that of the ARMA process.  The filter begins behind
 * the first d + m D values, which are what is differenced from; so a prior is
 * needed for those of them that are missing, and for no others.  One step
 * costs half of (r + unknown)^2 twice: the matrix is symmetric, and what the
 * transition does, shifting and adding, is done along with the update.
 */
#include "forecast/arima/kalman.h"

#include "forecast/numeric/difference.h"

#include <math.h>
#include <string.h>

static const double diffuse_variance = 1e6;
static const double uninformative_variance = 1e4;

/* Of the end state, over sigma2. */
static const double negligible_variance = 1e-12;

enum fc_status fc_arima_kalman_init(struct fc_arima_kalman *filter,
                                    const struct fc_arima_order *order,
                                    size_t n, struct fc_workspace *ws)
{
    size_t p = fc_arima_ar_degree(order), q = fc_arima_ma_degree(order);
    size_t r = p > q + 1 ? p : q + 1, nd = fc_arima_lost(order);
    *filter = (struct fc_arima_kalman){
        .p = p,
        .q = q,
        .r = r,
        .nd = nd,
        .ar = fc_workspace_doubles(ws, r),
        .ma = fc_workspace_doubles(ws, r),
        .delta = fc_workspace_doubles(ws, nd + 1),
        .a = fc_workspace_doubles(ws, r + 1),
        .x = fc_workspace_doubles(ws, r + 1),
        .past = fc_workspace_doubles(ws, n),
        .past_x = fc_workspace_doubles(ws, n),
        .ex = fc_workspace_doubles(ws, n),
        .P = fc_workspace_array(ws, (r + 1) * (r + 1), sizeof(double)),
        .first = fc_workspace_doubles(ws, r + 1),
        .gain = fc_workspace_doubles(ws, r + 1),
        .when = fc_workspace_array(ws, nd + 1, sizeof(size_t)),
        .h = fc_workspace_doubles(ws, nd + 1),
        .unknown_gain = fc_workspace_doubles(ws, nd + 1),
        .C = fc_workspace_array(ws, (nd + 1) * (r + 1), sizeof(double)),
        .V = fc_workspace_array(ws, (nd + 1) * (nd + 1), sizeof(double)),
    };
    if (filter->ar == NULL || filter->ma == NULL || filter->delta == NULL
        || filter->a == NULL || filter->x == NULL || filter->past == NULL
        || filter->past_x == NULL || filter->ex == NULL || filter->P == NULL
        || filter->first == NULL || filter->gain == NULL || filter->when == NULL
        || filter->h == NULL || filter->unknown_gain == NULL
        || filter->C == NULL || filter->V == NULL)
        return FC_ENOMEM;
    fc_difference_polynomial(filter->delta, order->d, order->D,
                             (size_t)order->m);
    memset(filter->ar, 0, r * sizeof *filter->ar);
    memset(filter->ma, 0, r * sizeof *filter->ma);
    filter->ma[0] = 1;
    return FC_OK;
}

/*
 * The stationary covariance from its first column: P = T P T' + R R' read
 * element by element from the last row up.
 */
static void start(struct fc_arima_kalman *f, const double *c)
{
    size_t r = f->r, row = r + 1;
    double *P = f->P;
    memset(f->a, 0, row * sizeof *f->a);
    memset(f->x, 0, row * sizeof *f->x);
    memset(f->gain, 0, row * sizeof *f->gain);
    memset(P, 0, row * row * sizeof *P);
    for (size_t i = r; i-- > 0;) {
        double ci = i + 1 < r ? c[i + 1] : 0;
        for (size_t j = r; j-- > i;) {
            double cj = j + 1 < r ? c[j + 1] : 0;
            P[i * row + j] = P[(i + 1) * row + j + 1] + f->ar[i] * cj
                             + f->ar[j] * ci + f->ar[i] * f->ar[j] * c[0]
                             + f->ma[i] * f->ma[j];
        }
    }
    f->unknown = 0;
}

/* A missing value at t becomes part of the state; its covariance with what is
   there already stands in the gains. */
static void add_unknown(struct fc_arima_kalman *f, size_t t, double variance)
{
    size_t u = f->unknown++, width = f->nd + 1;
    f->when[u] = t;
    memcpy(f->C + u * (f->r + 1), f->gain, (f->r + 1) * sizeof *f->C);
    for (size_t v = 0; v < u; v++)
        f->V[u * width + v] = f->V[v * width + u] = f->unknown_gain[v];
    f->V[u * width + u] = variance;
}

/* Those that nothing is differenced from any more, at t. */
static void drop_unknown(struct fc_arima_kalman *f, size_t t)
{
    size_t gone = 0, width = f->nd + 1, row = f->r + 1;
    while (gone < f->unknown && f->when[gone] + f->nd < t)
        gone++;
    if (gone == 0)
        return;
    f->unknown -= gone;
    memmove(f->when, f->when + gone, f->unknown * sizeof *f->when);
    memmove(f->C, f->C + gone * row, f->unknown * row * sizeof *f->C);
    for (size_t u = 0; u < f->unknown; u++)
        memmove(f->V + u * width, f->V + (u + gone) * width + gone,
                f->unknown * sizeof *f->V);
}

/* The values to difference from: observed, or with a prior. */
static void start_past(struct fc_arima_kalman *f,
                       const struct fc_arima_data *data, double per_step)
{
    memset(f->unknown_gain, 0, (f->nd + 1) * sizeof *f->unknown_gain);
    for (size_t t = 0; t < f->nd && t < data->n; t++) {
        bool missing = isnan(data->raw[t]);
        f->past[t] = missing ? 0 : data->raw[t];
        f->past_x[t] = missing ? 0 : per_step * (double)(t + 1);
        if (missing)
            add_unknown(f, t, diffuse_variance);
    }
}

/* What is expected of y_t, beside the ARMA process's part. */
static double from_past(const struct fc_arima_kalman *f, const double *past,
                        size_t t)
{
    double sum = 0;
    for (size_t i = 1; i <= f->nd; i++)
        if (f->delta[i] != 0)
            sum -= f->delta[i] * past[t - i];
    return sum;
}

/* The covariances of y_t with the state, into the gains; its variance. */
static double project(struct fc_arima_kalman *f, size_t t)
{
    size_t r = f->r, row = r + 1, width = f->nd + 1;
    for (size_t i = 0; i < r; i++)
        f->gain[i] = f->P[i];
    for (size_t u = 0; u < f->unknown; u++) {
        const double *C = f->C + u * row;
        f->h[u] = -f->delta[t - f->when[u]];
        for (size_t i = 0; f->h[u] != 0 && i < r; i++)
            f->gain[i] += f->h[u] * C[i];
    }
    double variance = f->gain[0];
    for (size_t u = 0; u < f->unknown; u++) {
        const double *V = f->V + u * width;
        double sum = f->C[u * row];
        for (size_t v = 0; v < f->unknown; v++)
            sum += f->h[v] * V[v];
        f->unknown_gain[u] = sum;
        variance += f->h[u] * sum;
    }
    return variance;
}

/* Learns from innovations e and ex of the given variance, all but P. */
static void update(struct fc_arima_kalman *f, double variance, double e,
                   double ex)
{
    size_t r = f->r, row = r + 1, width = f->nd + 1;
    for (size_t i = 0; i < r; i++) {
        f->a[i] += f->gain[i] / variance * e;
        f->x[i] += f->gain[i] / variance * ex;
    }
    for (size_t u = 0; u < f->unknown; u++) {
        double gain = f->unknown_gain[u] / variance;
        f->past[f->when[u]] += gain * e;
        f->past_x[f->when[u]] += gain * ex;
        for (size_t i = 0; i < r; i++)
            f->C[u * row + i] -= gain * f->gain[i];
        for (size_t v = 0; v < f->unknown; v++)
            f->V[u * width + v] -= gain * f->unknown_gain[v];
    }
}

/* x = T x, of r elements and a zero */
static void advance_vector(const struct fc_arima_kalman *f, double *x)
{
    double first = x[0];
    for (size_t i = 0; i < f->r; i++)
        x[i] = x[i + 1] + f->ar[i] * first;
}

/* P = T (P - precision gain gain') T' + R R', above the diagonal. */
static void advance_covariance(struct fc_arima_kalman *f, double precision)
{
    size_t r = f->r, row = r + 1;
    const double *ar = f->ar, *ma = f->ma, *gain = f->gain;
    double *first = f->first;
    for (size_t j = 0; j < r; j++)
        first[j] = f->P[j] - precision * gain[0] * gain[j];
    first[r] = 0;
    for (size_t i = 0; i < r; i++) {
        double *to = f->P + i * row;
        const double *from = f->P + (i + 1) * row;
        double learnt = precision * gain[i + 1];
        double crossed = first[i + 1] + ar[i] * first[0];
        for (size_t j = i; j < r; j++)
            to[j] = from[j + 1] - learnt * gain[j + 1] + ar[i] * first[j + 1]
                    + ar[j] * crossed + ma[i] * ma[j];
    }
}

void fc_arima_kalman_covariance(struct fc_arima_kalman *f, const double *c,
                                size_t n)
{
    start(f, c);
    for (size_t t = 0; t < n; t++)
        advance_covariance(f, 1 / project(f, t));
}

/* The state's covariance without the next shock, dim = r + unknown, whole. */
static void assemble(const struct fc_arima_kalman *f, double *Q, size_t dim)
{
    size_t r = f->r, row = r + 1;
    for (size_t i = 0; i < r; i++)
        for (size_t j = i; j < r; j++)
            Q[i * dim + j] = Q[j * dim + i] =
                f->P[i * row + j] - f->ma[i] * f->ma[j];
    for (size_t u = 0; u < f->unknown; u++) {
        for (size_t i = 0; i < r; i++)
            Q[(r + u) * dim + i] = Q[i * dim + r + u] = f->C[u * row + i];
        for (size_t v = 0; v < f->unknown; v++)
            Q[(r + u) * dim + r + v] = f->V[u * (f->nd + 1) + v];
    }
}

/* Where the largest element of the diagonal is. */
static size_t largest_variance(const double *Q, size_t dim)
{
    size_t at = 0;
    for (size_t i = 1; i < dim; i++)
        if (Q[i * dim + i] > Q[at * dim + at])
            at = i;
    return at;
}

enum fc_status fc_arima_kalman_factors(struct fc_arima_kalman *f, size_t n,
                                       size_t length, struct fc_workspace *ws,
                                       double **factor, size_t *count)
{
    size_t dim = f->r + f->unknown;
    double *Q = fc_workspace_array(ws, dim * dim, sizeof *Q);
    double *column = fc_workspace_doubles(ws, dim);
    *count = 0;
    *factor = fc_workspace_array(ws, dim * length, sizeof **factor);
    if (Q == NULL || column == NULL || *factor == NULL)
        return FC_ENOMEM;
    assemble(f, Q, dim);
    for (; *count < dim; ++*count) {
        double *row = *factor + *count * length;
        size_t at = largest_variance(Q, dim);
        double pivot = Q[at * dim + at];
        if (!(pivot > negligible_variance))
            break;
        for (size_t i = 0; i < dim; i++)
            column[i] = Q[i * dim + at] / sqrt(pivot);
        for (size_t i = 0; i < dim; i++)
            for (size_t j = 0; j < dim; j++)
                Q[i * dim + j] -= column[i] * column[j];
        Q[at * dim + at] = 0;
        memset(row, 0, length * sizeof *row);
        memcpy(row, column, f->r * sizeof *row);
        for (size_t u = 0; u < f->unknown; u++)
            row[f->r + n - 1 - f->when[u]] = column[f->r + u];
    }
    return FC_OK;
}

void fc_arima_kalman_run(struct fc_arima_kalman *f,
                         const struct fc_arima_data *data, bool constant,
                         const double *c, double *resid, size_t stride,
                         struct fc_arima_value *value)
{
    double syx = 0, sxx = 0, logdet = 0;
    double per_step = data->D > 0 ? 1.0 / data->m : 1;
    start(f, c);
    start_past(f, data, per_step);
    double limit = f->unknown > 0 ? uninformative_variance : HUGE_VAL;
    for (size_t t = 0; t < data->n; t++)
        resid[t * stride] = f->ex[t] = 0;
    for (size_t t = f->nd; t < data->n; t++) {
        double y = data->raw[t];
        double x = f->nd > 0 ? per_step * (double)(t + 1) : 1;
        double variance = project(f, t), precision = 0;
        f->past[t] = f->a[0] + from_past(f, f->past, t);
        f->past_x[t] = f->x[0] + from_past(f, f->past_x, t);
        if (!isnan(y)) {
            double e = y - f->past[t], ex = x - f->past_x[t];
            if (variance < limit) {
                resid[t * stride] = e / sqrt(variance);
                f->ex[t] = ex / sqrt(variance);
                syx += e * ex / variance;
                sxx += ex * ex / variance;
                logdet += log(variance);
            }
            precision = 1 / variance;
            update(f, variance, e, ex);
            f->past[t] = y;
            f->past_x[t] = x;
        } else if (f->nd > 0) {
            add_unknown(f, t, variance);
        }
        drop_unknown(f, t + 1);
        advance_covariance(f, precision);
        for (size_t u = 0; u < f->unknown; u++)
            advance_vector(f, f->C + u * (f->r + 1));
        advance_vector(f, f->a);
        if (constant)
            advance_vector(f, f->x);
    }
    value->mu = constant && sxx > 0 ? syx / sxx : 0;
    value->ssq = 0;
    for (size_t t = 0; t < data->n; t++) {
        double *e = &resid[t * stride];
        *e -= value->mu * f->ex[t];
        value->ssq += *e * *e;
    }
    value->logdet = logdet;
}
