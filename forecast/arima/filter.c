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
 * filter runs over a series of ones.
 *
 * So are missing values.  Whatever stands in their place, the likelihood of
 * the others is that of the whole with the missing ones estimated along, and
 * the determinant of their information added to that of the variances: Gomez,
 * Maravall & Pena (1999), Missing observations in ARIMA models: skipping
 * approach versus additive outlier approach, Journal of Econometrics 88,
 * 341-363.  Differencing needs nothing else: values to difference from that
 * are missing have a flat prior, as with the Kalman filter.  A column costs
 * as much as the series, from where it begins to where it has died away.
 */
#include "forecast/arima/filter.h"

#include "forecast/numeric/difference.h"

#include <math.h>
#include <string.h>

/* |rho| below this for q observations is the steady state.  The variance then
   still to come off is of the order of its square. */
static const double steady_tolerance = 1e-7;

/* Innovations of a missing value's column, which begins with 1, that are none:
   likelihoods of neighbours must not differ by what is left away. */
static const double nothing = 1e-14;

/* Products of variances are turned into logarithms beyond this. */
static const double large_product = 1e100;
enum { LOG_EVERY = 4 };

/* Products that are summed up side by side. */
enum { TOGETHER = 4 };

#define INLINE static inline __attribute__((always_inline))

/*
 * Autocovariances g_0 .. g_last of the process phi(B) u_t = e_t with unit
 * variance: the step-down recursion gives the partial autocorrelations, the
 * step-up recursion the autocovariances (Levinson, both ways).
 */
INLINE void ar_autocovariances(struct fc_arima_filter *f, size_t last)
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
INLINE void autocovariances(struct fc_arima_filter *f, fc_lanes *gamma)
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
INLINE void start(struct fc_arima_filter *f, fc_lanes *F)
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

INLINE void add_logarithm(fc_lanes *sum, fc_lanes *product)
{
    for (int i = 0; i < FC_ARIMA_LANES; i++) {
        (*sum)[i] += log((*product)[i]);
        (*product)[i] = 1;
    }
}

INLINE bool any_above(const fc_lanes *x, double limit)
{
    for (int i = 0; i < FC_ARIMA_LANES; i++)
        if (fabs((*x)[i]) > limit)
            return true;
    return false;
}

/*
 * The innovation at t, given the first element of the moving-average part of
 * the prediction; its squares and products; the same for the ones.
 */
INLINE void innovate(struct fc_arima_filter *f, size_t t, const fc_lanes *b,
                     const fc_lanes *bx, const fc_lanes *precision,
                     bool constant)
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

/* At t, the column j with the autoregression on itself taken off. */
INLINE void column_impulse(const struct fc_arima_filter *f, size_t j, size_t t,
                           fc_lanes *v)
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
INLINE void settle_column(struct fc_arima_filter *f, size_t j, size_t t,
                          const fc_lanes *v)
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
INLINE void filter_columns(struct fc_arima_filter *f, size_t t, size_t length)
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
INLINE void filter_columns_steady(struct fc_arima_filter *f, size_t t)
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

INLINE void predict_columns(struct fc_arima_filter *f)
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

static void start_columns(struct fc_arima_filter *f)
{
    struct fc_arima_columns *c = f->columns;
    for (size_t d = 0; d <= c->lost + f->p; d++) {
        fc_lanes sum = {0};
        if (d <= c->lost)
            sum += c->delta[d];
        for (size_t i = 0; i < f->nar && f->ar_lag[i] <= d; i++)
            if (d - f->ar_lag[i] <= c->lost)
                sum -= f->phi[f->ar_lag[i]] * c->delta[d - f->ar_lag[i]];
        c->impulse[d] = sum;
    }
    for (size_t j = 0; j < c->n; j++) {
        c->to[j] = f->n;
        c->quiet[j] = 0;
    }
    memset(c->b, 0, c->n * (f->r + 1) * sizeof *c->b);
}

/* Rotates kappa and l, and shifts the predictions, by one observation. */
INLINE void rotate(struct fc_arima_filter *f, size_t t, size_t length,
                   const fc_lanes *rho, const fc_lanes *scale, bool constant)
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
INLINE void predict_steady(struct fc_arima_filter *f, bool constant)
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
INLINE void run_steady(struct fc_arima_filter *f, size_t t, const fc_lanes *F,
                       bool constant)
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

INLINE void run(struct fc_arima_filter *f, bool constant)
{
    fc_lanes F, product = {0};
    size_t quiet = 0, length = f->r, t;
    product += 1;
    start(f, &F);
    if (f->columns != NULL)
        start_columns(f);
    fc_lanes precision = 1 / F;
    for (t = 0; t < f->n; t++) {
        if (t >= f->p && t >= f->q && quiet >= f->q)
            break;
        innovate(f, t, f->b, f->bx, &precision, constant);
        product *= F;
        if (t % LOG_EVERY == 0 && any_above(&product, large_product))
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
INLINE void standardise(struct fc_arima_filter *f, const fc_lanes *mu,
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

INLINE void square_root(fc_lanes *x)
{
    for (int i = 0; i < FC_ARIMA_LANES; i++)
        (*x)[i] = sqrt((*x)[i]);
}

/* All innovations over their standard deviations. */
INLINE void standardise_all(struct fc_arima_filter *f, bool constant)
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
INLINE const fc_lanes *regressor(const struct fc_arima_filter *f, size_t j,
                                 size_t *from, size_t *to)
{
    const struct fc_arima_columns *c = f->columns;
    *from = j < c->n ? c->from[j] : 0;
    *to = j < c->n ? c->to[j] : f->n;
    return j < c->n ? c->innovation + j * f->n : f->x;
}

/* Products of x with TOGETHER rows of innovations, side by side: a sum waits
   for its last addition. */
INLINE void products(const fc_lanes *x, const fc_lanes *const *z, size_t from,
                     size_t to, fc_lanes *sum)
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
INLINE void product_row(const struct fc_arima_filter *f, size_t i,
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
INLINE void factor_row(const struct fc_arima_columns *c, size_t i, size_t size)
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
INLINE void solve_columns(struct fc_arima_filter *f, size_t size)
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
INLINE void regress(struct fc_arima_filter *f, bool constant, fc_lanes *mu)
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
            if (i % LOG_EVERY == 0)
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

INLINE void filter_lanes(struct fc_arima_filter *f, bool constant, fc_lanes *mu)
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

static void filter_portable(struct fc_arima_filter *f, fc_lanes *mu)
{
    if (f->constant)
        filter_lanes(f, true, mu);
    else
        filter_lanes(f, false, mu);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static void filter_avx2(
    struct fc_arima_filter *f, fc_lanes *mu)
{
    if (f->constant)
        filter_lanes(f, true, mu);
    else
        filter_lanes(f, false, mu);
}
#endif

void fc_arima_filter_run(struct fc_arima_filter *f, fc_lanes *mu)
{
    reset_sums(f);
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        filter_avx2(f, mu);
        return;
    }
#endif
    filter_portable(f, mu);
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

static fc_lanes *take(struct fc_workspace *ws, size_t n)
{
    return fc_workspace_array(ws, n, sizeof(fc_lanes));
}

static enum fc_status columns_init(struct fc_arima_filter *f,
                                   const struct fc_arima_data *data,
                                   const struct fc_arima_order *order,
                                   struct fc_workspace *ws)
{
    struct fc_arima_columns *c = fc_workspace_array(ws, 1, sizeof *c);
    size_t n = data->ngaps, lost = fc_arima_lost(order), size = n + f->constant;
    double *delta = fc_workspace_doubles(ws, lost + 1);
    if (c == NULL || delta == NULL)
        return FC_ENOMEM;
    *c = (struct fc_arima_columns){
        .n = n,
        .lost = lost,
        .delta = delta,
        .at = fc_workspace_array(ws, n, sizeof *c->at),
        .from = fc_workspace_array(ws, n, sizeof *c->from),
        .to = fc_workspace_array(ws, n, sizeof *c->to),
        .quiet = fc_workspace_array(ws, n, sizeof *c->quiet),
        .impulse = take(ws, lost + f->p + 1),
        .innovation = take(ws, n * f->n),
        .b = take(ws, n * (f->r + 1)),
        .factor = take(ws, size * size),
        .coef = take(ws, size),
    };
    if (c->at == NULL || c->from == NULL || c->to == NULL || c->quiet == NULL
        || c->impulse == NULL || c->innovation == NULL || c->b == NULL
        || c->factor == NULL || c->coef == NULL)
        return FC_ENOMEM;
    fc_difference_polynomial(delta, order->d, order->D, (size_t)order->m);
    for (size_t j = 0; j < n; j++) {
        c->at[j] = (long)data->gap[j] - (long)lost;
        c->from[j] = c->at[j] > 0 ? (size_t)c->at[j] : 0;
    }
    f->columns = c;
    return FC_OK;
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
        .phi = take(ws, p + 1),
        .theta = take(ws, q + 1),
        .g = take(ws, r + q + 1),
        .partial = take(ws, p + 1),
        .a = take(ws, r + 1),
        .kappa = take(ws, r + 1),
        .l = take(ws, r + 1),
        .b = take(ws, r + 1),
        .bx = take(ws, r + 1),
        .x = take(ws, data->nw),
        .precision = take(ws, data->nw),
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
        return columns_init(f, data, order, ws);
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
