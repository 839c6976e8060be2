/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Innovations of an ARMA process without missing values and their variances:
 * the exact Gaussian likelihood, of several parameter vectors side by side.
 *
 * The innovations come from the Chandrasekhar-type recursions of Morf, Sidhu &
 * Kailath (1974), IEEE Trans. Automatic Control 19, which Pearlman (1980),
 * Biometrika 67, adapted to ARMA processes: instead of the state's covariance
 * matrix two vectors are carried, at O(r) operations per observation.
 *
 * With the gain k_t, and l_t the vector whose outer product is the change of
 * the covariance, both divided by the innovation's variance F_t, the
 * recursions become the hyperbolic rotations of Schur's algorithm:
 *
 *   rho = l_1,  F' = F (1 - rho^2)
 *   k'  = (k - rho T l) / (1 - rho^2),  l' = T l - rho k'
 *
 * where T shifts by one and adds phi times the first element; rho is the
 * partial autocorrelation of the process at lag t.  Put kappa = k - phi: then
 * phi cancels from both recursions, kappa tends to the moving-average
 * coefficients theta, and after the first p observations its elements beyond q
 * vanish, which leaves O(q) operations per observation:
 *
 *   kappa' = (kappa - rho S l) / (1 - rho^2),  l' = S l - rho kappa'
 *
 * with the mere shift S.  kappa_i starts as c_{i+1} / c_1 and l_i as
 * kappa_i + phi_i, where c_{i+1} = gamma_i - sum_{j <= i} phi_j gamma_{i-j} is
 * the covariance of the state's element i + 1 with the process.
 *
 * Once |rho| has stayed below a tolerance for q observations, l has passed by
 * altogether: the filter is in its steady state, and what remains are the
 * quick recursions e_t = w_t - sum phi_j w_{t-j} - sum theta_j e_{t-j} (Melard
 * 1984, AS 197) over the lags that are not zero.
 *
 * A constant mean is concentrated out by generalised least squares: the same
 * filter runs over a series of ones.  For missing values see columns.c.
 */
#include "forecast/arima/filter.h"

#include "forecast/arima/columns.h"

#include <math.h>
#include <string.h>

/* |rho| below this for q observations is the steady state.  The variance then
   still to come off is of the order of its square. */
static const double steady_tolerance = 1e-7;

/* Products of variances are turned into logarithms beyond this. */
static const double large_product = 1e100;

/*
 * Autocovariances g_0 .. g_last of the process phi(B) u_t = e_t with unit
 * variance: the step-down recursion gives the partial autocorrelations, the
 * step-up recursion the autocovariances (Levinson, both ways).
 */
FC_CLONES_INLINE void ar_autocovariances(struct fc_arima_filter *f, size_t last)
{
    fc_lanes *a = f->a, *g = f->g, *partial = f->partial;
    fc_lanes variance = {0};
    variance += 1;
    for (size_t j = 1; j <= f->p; j++)
        a[j] = f->phi[j];
    for (size_t k = f->p; k >= 1; k--) {
        fc_lanes r = a[k], scale = 1 / (1 - r * r);
        partial[k] = r;
        variance *= scale;
        for (size_t i = 1, j = k - 1; i <= j; i++, j--) {
            fc_lanes ai = a[i], aj = a[j];
            a[i] = (ai + r * aj) * scale;
            a[j] = (aj + r * ai) * scale;
        }
    }
    g[0] = variance;
    for (size_t k = 1; k <= f->p; k++) {
        fc_lanes r = partial[k], sum = r * variance;
        for (size_t j = 1; j < k; j++)
            sum += a[j] * g[k - j];
        g[k] = sum;
        variance *= 1 - r * r;
        for (size_t i = 1, j = k - 1; i <= j; i++, j--) {
            fc_lanes ai = a[i], aj = a[j];
            a[i] = ai - r * aj;
            a[j] = aj - r * ai;
        }
        a[k] = r;
    }
    for (size_t k = f->p + 1; k <= last; k++) {
        fc_lanes sum = {0};
        for (size_t i = 0; i < f->nar; i++)
            sum += f->phi[f->ar_lag[i]] * g[k - f->ar_lag[i]];
        g[k] = sum;
    }
}

/* gamma_0 .. gamma_r of the ARMA process, into gamma. */
FC_CLONES_INLINE void autocovariances(struct fc_arima_filter *f,
                                      fc_lanes *gamma)
{
    ar_autocovariances(f, f->r + f->q);
    for (size_t k = 0; k <= f->r; k++)
        gamma[k] = f->g[k];
    for (size_t i = 0; i <= f->nma; i++) {
        for (size_t j = 0; j <= f->nma; j++) {
            size_t si = i == 0 ? 0 : f->ma_lag[i - 1];
            size_t sj = j == 0 ? 0 : f->ma_lag[j - 1];
            fc_lanes c = f->theta[si] * f->theta[sj];
            if (si + sj == 0)
                continue;
            for (size_t k = 0; k <= f->r; k++)
                gamma[k] += c * f->g[k + si >= sj ? k + si - sj : sj - k - si];
        }
    }
}

/* The recursions at the first observation; returns its variance F. */
FC_CLONES_INLINE void start(struct fc_arima_filter *f, fc_lanes *F)
{
    fc_lanes *gamma = f->a; /* free again when it is filled */
    fc_lanes zero = {0};
    autocovariances(f, gamma);
    fc_lanes inverse = 1 / gamma[0];
    for (size_t i = 1; i <= f->r; i++) {
        fc_lanes c = gamma[i];
        for (size_t j = 0; j < f->nar && f->ar_lag[j] <= i; j++)
            c -= f->phi[f->ar_lag[j]] * gamma[i - f->ar_lag[j]];
        f->kappa[i - 1] = c * inverse;
        f->l[i - 1] = c * inverse;
        if (i <= f->p)
            f->l[i - 1] += f->phi[i];
        f->b[i - 1] = zero;
        f->bx[i - 1] = zero;
    }
    f->kappa[f->r] = f->l[f->r] = f->b[f->r] = f->bx[f->r] = zero;
    *F = gamma[0];
}

/*
 * The innovation at t, given the first element of the moving-average part of
 * the prediction; its squares and products; the same for the ones.
 */
FC_CLONES_INLINE void innovate(struct fc_arima_filter *f, size_t t,
                               const fc_lanes *b, const fc_lanes *bx,
                               const fc_lanes *precision, bool constant)
{
    fc_lanes v = f->w[t] - *b;
    for (size_t j = 0; j < f->nar && f->ar_lag[j] <= t; j++)
        v -= f->phi[f->ar_lag[j]] * f->w[t - f->ar_lag[j]];
    f->e[t] = v;
    f->precision[t] = *precision;
    if (!constant)
        return;
    fc_lanes x = 1 - *bx;
    for (size_t j = 0; j < f->nar && f->ar_lag[j] <= t; j++)
        x -= f->phi[f->ar_lag[j]];
    f->x[t] = x;
    f->swx += v * x * *precision;
    f->sxx += x * x * *precision;
}

/* Rotates kappa and l, and shifts the predictions, by one observation. */
FC_CLONES_INLINE void rotate(struct fc_arima_filter *f, size_t t, size_t length,
                             const fc_lanes *rho, const fc_lanes *scale,
                             bool constant)
{
    fc_lanes *kappa = f->kappa, *l = f->l, *b = f->b, *bx = f->bx;
    fc_lanes v = f->e[t];
    for (size_t i = 0; i < length; i++) {
        fc_lanes shifted = l[i + 1], old = kappa[i];
        fc_lanes turned = (old - *rho * shifted) * *scale;
        kappa[i] = turned;
        l[i] = shifted - *rho * turned;
        b[i] = b[i + 1] + old * v;
        if (constant)
            bx[i] = bx[i + 1] + old * f->x[t];
    }
}

/* What the innovations say of later observations, in the steady state. */
FC_CLONES_INLINE void predict_steady(struct fc_arima_filter *f, bool constant)
{
    for (size_t i = 0; i < f->r; i++) {
        fc_lanes b = {0}, bx = {0};
        for (size_t j = 0; j < f->nma; j++) {
            size_t lag = f->ma_lag[j];
            if (lag > i) {
                b += f->theta[lag] * f->e[f->n + i - lag];
                if (constant)
                    bx += f->theta[lag] * f->x[f->n + i - lag];
            }
        }
        f->b[i] = b;
        f->bx[i] = bx;
    }
}

/* The quick recursions from observation t on. */
FC_CLONES_INLINE void run_steady(struct fc_arima_filter *f, size_t t,
                                 const fc_lanes *F, bool constant)
{
    fc_lanes precision = 1 / *F;
    size_t left = f->n - t;
    for (; t < f->n; t++) {
        fc_lanes b = {0}, bx = {0};
        for (size_t j = 0; j < f->nma; j++) {
            size_t lag = f->ma_lag[j];
            b += f->theta[lag] * f->e[t - lag];
            if (constant)
                bx += f->theta[lag] * f->x[t - lag];
        }
        innovate(f, t, &b, &bx, &precision, constant);
        if (f->columns != NULL)
            filter_columns_steady(f, t);
    }
    for (int i = 0; i < FC_ARIMA_LANES; i++)
        f->logdet[i] += (double)left * log((*F)[i]);
    predict_steady(f, constant);
    if (f->columns != NULL)
        predict_columns(f);
}

FC_CLONES_INLINE void run(struct fc_arima_filter *f, bool constant)
{
    fc_lanes F, product = {0};
    size_t quiet = 0, length = f->r, t;
    product += 1;
    start(f, &F);
    if (f->columns != NULL)
        fc_arima_columns_start(f);
    fc_lanes precision = 1 / F;
    for (t = 0; t < f->n; t++) {
        if (t >= f->p && t >= f->q && quiet >= f->q)
            break;
        innovate(f, t, f->b, f->bx, &precision, constant);
        product *= F;
        if (t % FC_LANES_LOG_EVERY == 0 && any_above(&product, large_product))
            add_logarithm(&f->logdet, &product);
        fc_lanes rho = f->l[0], left = 1 - rho * rho, scale = 1 / left;
        quiet = any_above(&rho, steady_tolerance) ? 0 : quiet + 1;
        if (f->columns != NULL)
            filter_columns(f, t, length);
        rotate(f, t, length, &rho, &scale, constant);
        F *= left;
        precision *= scale;
        if (t + 1 == f->p && f->q < length) {
            /* beyond q all has become zero, but for rounding */
            length = f->q;
            memset(f->l + length, 0, sizeof *f->l);
            memset(f->b + length, 0, sizeof *f->b);
            memset(f->bx + length, 0, sizeof *f->bx);
            memset(f->kappa + length, 0, sizeof *f->kappa);
            for (size_t j = 0; f->columns != NULL && j < f->columns->n; j++)
                memset(f->columns->b + j * (f->r + 1) + length, 0,
                       sizeof *f->b);
        }
    }
    add_logarithm(&f->logdet, &product);
    f->variance = F;
    if (t < f->n)
        run_steady(f, t, &F, constant);
}

/* Standardises the innovations, with the mean taken off. */
FC_CLONES_INLINE void standardise(struct fc_arima_filter *f, const fc_lanes *mu,
                                  bool constant)
{
    fc_lanes ssq = {0};
    for (size_t t = 0; t < f->n; t++) {
        fc_lanes v = f->e[t], precision = f->precision[t];
        if (constant)
            v -= *mu * f->x[t];
        for (int i = 0; i < FC_ARIMA_LANES; i++)
            v[i] *= sqrt(precision[i]);
        f->e[t] = v;
        ssq += v * v;
    }
    f->ssq = ssq;
}

FC_CLONES_INLINE void filter_lanes(struct fc_arima_filter *f, bool constant,
                                   fc_lanes *mu)
{
    run(f, constant);
    if (f->columns != NULL) {
        regress(f, constant, mu);
        return;
    }
    if (constant)
        *mu = f->swx / f->sxx;
    standardise(f, mu, constant);
}

static void reset_sums(struct fc_arima_filter *f)
{
    fc_lanes zero = {0};
    f->logdet = f->swx = f->sxx = zero;
}

FC_CLONES
static void filter_all(struct fc_arima_filter *f, fc_lanes *mu)
{
    if (f->constant)
        filter_lanes(f, true, mu);
    else
        filter_lanes(f, false, mu);
}

void fc_arima_filter_run(struct fc_arima_filter *f, fc_lanes *mu)
{
    reset_sums(f);
    filter_all(f, mu);
}

/* The lags at which one polynomial has a coefficient, ascending. */
static size_t list_lags(int ordinary, int seasonal, int m, size_t *lag)
{
    size_t count = 0, degree = (size_t)ordinary + (size_t)(seasonal * m);
    for (size_t i = 1; i <= degree; i++) {
        for (int j = 0; j <= seasonal; j++) {
            long within = (long)i - (long)j * m;
            if (within >= 0 && within <= ordinary) {
                lag[count++] = i;
                break;
            }
        }
    }
    return count;
}

enum fc_status fc_arima_filter_init(struct fc_arima_filter *f,
                                    const struct fc_arima_data *data,
                                    const struct fc_arima_order *order,
                                    bool gaps, struct fc_workspace *ws)
{
    size_t p = fc_arima_ar_degree(order), q = fc_arima_ma_degree(order);
    size_t r = p > q ? p : q;
    *f = (struct fc_arima_filter){
        .n = data->nw,
        .p = p,
        .q = q,
        .r = r,
        .constant = order->constant,
        .w = data->w,
        .ar_lag = fc_workspace_array(ws, p, sizeof(size_t)),
        .ma_lag = fc_workspace_array(ws, q, sizeof(size_t)),
        .phi = fc_lanes_take(ws, p + 1),
        .theta = fc_lanes_take(ws, q + 1),
        .g = fc_lanes_take(ws, r + q + 1),
        .partial = fc_lanes_take(ws, p + 1),
        .a = fc_lanes_take(ws, r + 1),
        .kappa = fc_lanes_take(ws, r + 1),
        .l = fc_lanes_take(ws, r + 1),
        .b = fc_lanes_take(ws, r + 1),
        .bx = fc_lanes_take(ws, r + 1),
        .x = fc_lanes_take(ws, data->nw),
        .precision = fc_lanes_take(ws, data->nw),
        .ar = fc_workspace_doubles(ws, p),
        .ma = fc_workspace_doubles(ws, q),
    };
    if (f->ar_lag == NULL || f->ma_lag == NULL || f->phi == NULL
        || f->theta == NULL || f->g == NULL || f->partial == NULL
        || f->a == NULL || f->kappa == NULL || f->l == NULL || f->b == NULL
        || f->bx == NULL || f->x == NULL || f->precision == NULL
        || f->ar == NULL || f->ma == NULL)
        return FC_ENOMEM;
    f->nar = list_lags(order->p, order->P, order->m, f->ar_lag);
    f->nma = list_lags(order->q, order->Q, order->m, f->ma_lag);
    if (gaps)
        return fc_arima_columns_init(f, data, order, ws);
    return FC_OK;
}

void fc_arima_filter_load(struct fc_arima_filter *f,
                          const struct fc_arima_order *order,
                          const double *free, int lane)
{
    double coef[FC_ARIMA_MAX_PARAMETERS];
    fc_arima_coefficients(order, free, coef);
    fc_arima_expand(order, coef, f->ar, f->ma);
    for (size_t j = 1; j <= f->p; j++)
        f->phi[j][lane] = f->ar[j - 1];
    for (size_t j = 1; j <= f->q; j++)
        f->theta[j][lane] = f->ma[j - 1];
    f->theta[0][lane] = 1;
}

void fc_arima_filter_covariances(struct fc_arima_filter *f, int lane,
                                 size_t count, double *c)
{
    fc_lanes F;
    start(f, &F);
    c[0] = F[lane];
    for (size_t i = 1; i < count; i++)
        c[i] = f->kappa[i - 1][lane] * F[lane];
}
