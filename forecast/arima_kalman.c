/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The likelihood of an ARIMA model with missing values: Kalman filter in the
 * form of Harvey (1989), Forecasting, Structural Time Series Models and the
 * Kalman Filter, section 3.3, with the differencing in the state, as in R's
 * arima().  As there (makeARIMA, ARIMA_Like of R 4.2) the values to difference
 * from have the prior variance 10^6 sigma2, and an innovation whose variance
 * is above 10^4 sigma2 tells about them only and does not count.
 *
 * One step costs O((r + nd)^2): the transition matrix shifts and adds.
 */
#include "forecast/arima_kalman.h"

#include "forecast/difference.h"

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
    size_t r = p > q + 1 ? p : q + 1, nd = fc_arima_lost(order), dim = r + nd;
    *filter = (struct fc_arima_kalman){
        .p = p,
        .q = q,
        .r = r,
        .nd = nd,
        .ar = fc_workspace_doubles(ws, p),
        .ma = fc_workspace_doubles(ws, q),
        .delta = fc_workspace_doubles(ws, nd + 1),
        .a = fc_workspace_doubles(ws, dim),
        .x = fc_workspace_doubles(ws, dim),
        .ex = fc_workspace_doubles(ws, n),
        .gain = fc_workspace_doubles(ws, dim),
        .P = fc_workspace_array(ws, dim * dim, sizeof(double)),
        .work = fc_workspace_array(ws, dim * dim, sizeof(double)),
    };
    if (filter->ar == NULL || filter->ma == NULL || filter->delta == NULL
        || filter->a == NULL || filter->x == NULL || filter->gain == NULL
        || filter->P == NULL || filter->work == NULL || filter->ex == NULL)
        return FC_ENOMEM;
    fc_difference_polynomial(filter->delta, order->d, order->D,
                             (size_t)order->m);
    for (size_t i = 0; i < nd; i++)
        filter->delta[i] = -filter->delta[i + 1];
    return FC_OK;
}

static double ar_at(const struct fc_arima_kalman *f, size_t i)
{
    return i < f->p ? f->ar[i] : 0;
}

/* The i-th element of (1, theta_1, theta_2, ...) */
static double ma_at(const struct fc_arima_kalman *f, size_t i)
{
    return i == 0 ? 1 : i <= f->q ? f->ma[i - 1] : 0;
}

/*
 * The stationary covariance from its first column: P = T P T' + R R' read
 * element by element from the last row up.
 */
static void start(struct fc_arima_kalman *f, const double *c)
{
    size_t r = f->r, dim = r + f->nd;
    double *P = f->P;
    memset(f->a, 0, dim * sizeof *f->a);
    memset(f->x, 0, dim * sizeof *f->x);
    memset(P, 0, dim * dim * sizeof *P);
    for (size_t i = r; i-- > 0;) {
        for (size_t j = r; j-- > 0;) {
            double ci = i + 1 < r ? c[i + 1] : 0;
            double cj = j + 1 < r ? c[j + 1] : 0;
            double next = i + 1 < r && j + 1 < r ? P[(i + 1) * dim + j + 1] : 0;
            P[i * dim + j] = next + ar_at(f, i) * cj + ar_at(f, j) * ci
                             + ar_at(f, i) * ar_at(f, j) * c[0]
                             + ma_at(f, i) * ma_at(f, j);
        }
    }
    for (size_t i = r; i < dim; i++)
        P[i * dim + i] = diffuse_variance;
}

/* out = T in, for n columns of the matrix `in` with dim rows */
static void transition(const struct fc_arima_kalman *f, const double *in,
                       size_t n, double *out)
{
    size_t r = f->r, dim = r + f->nd;
    for (size_t i = 0; i < r; i++) {
        double phi = ar_at(f, i);
        for (size_t j = 0; j < n; j++)
            out[i * n + j] =
                (i + 1 < r ? in[(i + 1) * n + j] : 0) + phi * in[j];
    }
    if (f->nd == 0)
        return;
    memcpy(out + r * n, in, n * sizeof *out);
    for (size_t i = 0; i < f->nd; i++)
        if (f->delta[i] != 0)
            for (size_t j = 0; j < n; j++)
                out[r * n + j] += f->delta[i] * in[(r + i) * n + j];
    if (f->nd > 1)
        memcpy(out + (r + 1) * n, in + r * n, (dim - r - 1) * n * sizeof *out);
}

static void transpose(double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            double swap = x[i * n + j];
            x[i * n + j] = x[j * n + i];
            x[j * n + i] = swap;
        }
    }
}

static void advance_covariance(struct fc_arima_kalman *f)
{
    size_t dim = f->r + f->nd;
    transition(f, f->P, dim, f->work);
    transpose(f->work, dim);
    transition(f, f->work, dim, f->P);
    for (size_t i = 0; i <= f->q && i < f->r; i++)
        for (size_t j = 0; j <= f->q && j < f->r; j++)
            f->P[i * dim + j] += ma_at(f, i) * ma_at(f, j);
}

static void advance_state(const struct fc_arima_kalman *f, double *a)
{
    transition(f, a, 1, f->work);
    memcpy(a, f->work, (f->r + f->nd) * sizeof *a);
}

static double observe(const struct fc_arima_kalman *f, const double *a)
{
    double sum = a[0];
    for (size_t i = 0; i < f->nd; i++)
        if (f->delta[i] != 0)
            sum += f->delta[i] * a[f->r + i];
    return sum;
}

/* gain = P Z'; returns Z P Z'. */
static double project(const struct fc_arima_kalman *f)
{
    size_t dim = f->r + f->nd;
    for (size_t i = 0; i < dim; i++)
        f->gain[i] = observe(f, f->P + i * dim);
    return observe(f, f->gain);
}

static void update(struct fc_arima_kalman *f, double variance, double e,
                   double ex)
{
    size_t dim = f->r + f->nd;
    for (size_t i = 0; i < dim; i++) {
        double gain = f->gain[i] / variance;
        f->a[i] += gain * e;
        f->x[i] += gain * ex;
        for (size_t j = 0; j < dim; j++)
            f->P[i * dim + j] -= gain * f->gain[j];
    }
}

void fc_arima_kalman_covariance(struct fc_arima_kalman *f, const double *c,
                                size_t n)
{
    start(f, c);
    for (size_t t = 0; t < n; t++) {
        update(f, project(f), 0, 0);
        advance_covariance(f);
    }
}

/* Where the largest element of the diagonal is. */
static size_t largest_variance(const double *P, size_t dim)
{
    size_t at = 0;
    for (size_t i = 1; i < dim; i++)
        if (P[i * dim + i] > P[at * dim + at])
            at = i;
    return at;
}

enum fc_status fc_arima_kalman_factors(struct fc_arima_kalman *f, size_t length,
                                       struct fc_workspace *ws, double **factor,
                                       size_t *count)
{
    size_t dim = f->r + f->nd;
    double *P = f->P;
    for (size_t i = 0; i <= f->q && i < f->r; i++)
        for (size_t j = 0; j <= f->q && j < f->r; j++)
            P[i * dim + j] -= ma_at(f, i) * ma_at(f, j);
    *count = 0;
    *factor = fc_workspace_array(ws, dim * length, sizeof **factor);
    if (*factor == NULL)
        return FC_ENOMEM;
    for (; *count < dim; ++*count) {
        double *row = *factor + *count * length;
        size_t at = largest_variance(P, dim);
        double pivot = P[at * dim + at];
        if (!(pivot > negligible_variance))
            break;
        memset(row, 0, length * sizeof *row);
        for (size_t i = 0; i < dim; i++)
            row[i] = P[i * dim + at] / sqrt(pivot);
        for (size_t i = 0; i < dim; i++)
            for (size_t j = 0; j < dim; j++)
                P[i * dim + j] -= row[i] * row[j];
        P[at * dim + at] = 0;
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
    double limit = f->nd > 0 ? uninformative_variance : HUGE_VAL;
    start(f, c);
    for (size_t t = 0; t < data->n; t++) {
        double y = data->raw[t];
        double x = data->d + data->D > 0 ? per_step * (double)(t + 1) : 1;
        resid[t * stride] = f->ex[t] = 0;
        if (!isnan(y)) {
            double variance = project(f);
            double e = y - observe(f, f->a), ex = x - observe(f, f->x);
            if (variance < limit) {
                resid[t * stride] = e / sqrt(variance);
                f->ex[t] = ex / sqrt(variance);
                syx += e * ex / variance;
                sxx += ex * ex / variance;
                logdet += log(variance);
            }
            update(f, variance, e, ex);
        }
        advance_covariance(f);
        advance_state(f, f->a);
        if (constant)
            advance_state(f, f->x);
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
