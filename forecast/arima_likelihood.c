/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exact Gaussian likelihood of an ARMA process without missing values, for
 * several parameter vectors side by side.
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
 */
#include "forecast/arima.h"
#include "forecast/arima_kalman.h"

#include <math.h>
#include <string.h>

/*
 * One number of each parameter vector.  Elementwise arithmetic on vectors
 * rounds as on doubles, whatever the instruction set.
 */
typedef double lanes __attribute__((vector_size(8 * FC_ARIMA_LANES)));

/* |rho| below this for q observations is the steady state.  The variance then
   still to come off is of the order of its square. */
static const double steady_tolerance = 1e-7;

/* One-step variances of the end state that are worth a Kalman filter, and the
   number of its operations that is not. */
static const double unsettled_variance = 1e-3;
static const double costly_covariance = 2e7;

/* Products of variances are turned into logarithms beyond this. */
static const double large_product = 1e100;
enum { LOG_EVERY = 4 };

struct fc_arima_filter {
    size_t n, p, q, r; /* r = max(p, q) */
    bool constant;
    const double *w;
    size_t nar, nma;
    size_t *ar_lag, *ma_lag;   /* lags with a coefficient; 1-based */
    lanes *phi, *theta;        /* by lag; theta[0] = 1 */
    lanes *g, *partial, *a;    /* autocovariances and their scratch */
    lanes *kappa, *l, *b, *bx; /* r + 1 each */
    lanes *e, *x, *precision;  /* n each: innovations, those of ones, 1/F */
    lanes logdet, ssq, swx, sxx;
    lanes variance;  /* F of the observation after the last */
    double *ar, *ma; /* multiplied-out coefficients of one point */
};

#define INLINE static inline __attribute__((always_inline))

/*
 * Autocovariances g_0 .. g_last of the process phi(B) u_t = e_t with unit
 * variance: the step-down recursion gives the partial autocorrelations, the
 * step-up recursion the autocovariances (Levinson, both ways).
 */
INLINE void ar_autocovariances(struct fc_arima_filter *f, size_t last)
{
    lanes *a = f->a, *g = f->g, *partial = f->partial;
    lanes variance = {0};
    variance += 1;
    for (size_t j = 1; j <= f->p; j++)
        a[j] = f->phi[j];
    for (size_t k = f->p; k >= 1; k--) {
        lanes r = a[k], scale = 1 / (1 - r * r);
        partial[k] = r;
        variance *= scale;
        for (size_t i = 1, j = k - 1; i <= j; i++, j--) {
            lanes ai = a[i], aj = a[j];
            a[i] = (ai + r * aj) * scale;
            a[j] = (aj + r * ai) * scale;
        }
    }
    g[0] = variance;
    for (size_t k = 1; k <= f->p; k++) {
        lanes r = partial[k], sum = r * variance;
        for (size_t j = 1; j < k; j++)
            sum += a[j] * g[k - j];
        g[k] = sum;
        variance *= 1 - r * r;
        for (size_t i = 1, j = k - 1; i <= j; i++, j--) {
            lanes ai = a[i], aj = a[j];
            a[i] = ai - r * aj;
            a[j] = aj - r * ai;
        }
        a[k] = r;
    }
    for (size_t k = f->p + 1; k <= last; k++) {
        lanes sum = {0};
        for (size_t i = 0; i < f->nar; i++)
            sum += f->phi[f->ar_lag[i]] * g[k - f->ar_lag[i]];
        g[k] = sum;
    }
}

/* gamma_0 .. gamma_r of the ARMA process, into gamma. */
INLINE void autocovariances(struct fc_arima_filter *f, lanes *gamma)
{
    ar_autocovariances(f, f->r + f->q);
    for (size_t k = 0; k <= f->r; k++)
        gamma[k] = f->g[k];
    for (size_t i = 0; i <= f->nma; i++) {
        for (size_t j = 0; j <= f->nma; j++) {
            size_t si = i == 0 ? 0 : f->ma_lag[i - 1];
            size_t sj = j == 0 ? 0 : f->ma_lag[j - 1];
            lanes c = f->theta[si] * f->theta[sj];
            if (si + sj == 0)
                continue;
            for (size_t k = 0; k <= f->r; k++)
                gamma[k] += c * f->g[k + si >= sj ? k + si - sj : sj - k - si];
        }
    }
}

/* The recursions at the first observation; returns its variance F. */
INLINE void start(struct fc_arima_filter *f, lanes *F)
{
    lanes *gamma = f->a; /* free again when it is filled */
    lanes zero = {0};
    autocovariances(f, gamma);
    lanes inverse = 1 / gamma[0];
    for (size_t i = 1; i <= f->r; i++) {
        lanes c = gamma[i];
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

INLINE void add_logarithm(lanes *sum, lanes *product)
{
    for (int i = 0; i < FC_ARIMA_LANES; i++) {
        (*sum)[i] += log((*product)[i]);
        (*product)[i] = 1;
    }
}

INLINE bool any_above(const lanes *x, double limit)
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
INLINE void innovate(struct fc_arima_filter *f, size_t t, const lanes *b,
                     const lanes *bx, const lanes *precision, bool constant)
{
    lanes v = f->w[t] - *b;
    for (size_t j = 0; j < f->nar && f->ar_lag[j] <= t; j++)
        v -= f->phi[f->ar_lag[j]] * f->w[t - f->ar_lag[j]];
    f->e[t] = v;
    f->precision[t] = *precision;
    if (!constant)
        return;
    lanes x = 1 - *bx;
    for (size_t j = 0; j < f->nar && f->ar_lag[j] <= t; j++)
        x -= f->phi[f->ar_lag[j]];
    f->x[t] = x;
    f->swx += v * x * *precision;
    f->sxx += x * x * *precision;
}

/* Rotates kappa and l, and shifts the predictions, by one observation. */
INLINE void rotate(struct fc_arima_filter *f, size_t t, size_t length,
                   const lanes *rho, const lanes *scale, bool constant)
{
    lanes *kappa = f->kappa, *l = f->l, *b = f->b, *bx = f->bx;
    lanes v = f->e[t];
    for (size_t i = 0; i < length; i++) {
        lanes shifted = l[i + 1], old = kappa[i];
        lanes turned = (old - *rho * shifted) * *scale;
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
        lanes b = {0}, bx = {0};
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
INLINE void run_steady(struct fc_arima_filter *f, size_t t, const lanes *F,
                       bool constant)
{
    lanes precision = 1 / *F;
    size_t left = f->n - t;
    for (; t < f->n; t++) {
        lanes b = {0}, bx = {0};
        for (size_t j = 0; j < f->nma; j++) {
            size_t lag = f->ma_lag[j];
            b += f->theta[lag] * f->e[t - lag];
            if (constant)
                bx += f->theta[lag] * f->x[t - lag];
        }
        innovate(f, t, &b, &bx, &precision, constant);
    }
    for (int i = 0; i < FC_ARIMA_LANES; i++)
        f->logdet[i] += (double)left * log((*F)[i]);
    predict_steady(f, constant);
}

INLINE void run(struct fc_arima_filter *f, bool constant)
{
    lanes F, product = {0};
    size_t quiet = 0, length = f->r, t;
    product += 1;
    start(f, &F);
    lanes precision = 1 / F;
    for (t = 0; t < f->n; t++) {
        if (t >= f->p && t >= f->q && quiet >= f->q)
            break;
        innovate(f, t, f->b, f->bx, &precision, constant);
        product *= F;
        if (t % LOG_EVERY == 0 && any_above(&product, large_product))
            add_logarithm(&f->logdet, &product);
        lanes rho = f->l[0], left = 1 - rho * rho, scale = 1 / left;
        quiet = any_above(&rho, steady_tolerance) ? 0 : quiet + 1;
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
        }
    }
    add_logarithm(&f->logdet, &product);
    f->variance = F;
    if (t < f->n)
        run_steady(f, t, &F, constant);
}

/* Standardises the innovations, with the mean taken off. */
INLINE void standardise(struct fc_arima_filter *f, const lanes *mu,
                        bool constant)
{
    lanes ssq = {0};
    for (size_t t = 0; t < f->n; t++) {
        lanes v = f->e[t], precision = f->precision[t];
        if (constant)
            v -= *mu * f->x[t];
        for (int i = 0; i < FC_ARIMA_LANES; i++)
            v[i] *= sqrt(precision[i]);
        f->e[t] = v;
        ssq += v * v;
    }
    f->ssq = ssq;
}

INLINE void filter_lanes(struct fc_arima_filter *f, bool constant, lanes *mu)
{
    run(f, constant);
    if (constant)
        *mu = f->swx / f->sxx;
    standardise(f, mu, constant);
}

static void filter_portable(struct fc_arima_filter *f, lanes *mu)
{
    if (f->constant)
        filter_lanes(f, true, mu);
    else
        filter_lanes(f, false, mu);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static void filter_avx2(
    struct fc_arima_filter *f, lanes *mu)
{
    if (f->constant)
        filter_lanes(f, true, mu);
    else
        filter_lanes(f, false, mu);
}
#endif

static void filter_dispatch(struct fc_arima_filter *f, lanes *mu)
{
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

static lanes *take(struct fc_workspace *ws, size_t n)
{
    return fc_workspace_array(ws, n, sizeof(lanes));
}

static enum fc_status filter_init(struct fc_arima_filter *f,
                                  const struct fc_arima_data *data,
                                  const struct fc_arima_order *order,
                                  struct fc_workspace *ws)
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
    return FC_OK;
}

enum fc_status fc_arima_likelihood_init(struct fc_arima_likelihood *lik,
                                        const struct fc_arima_data *data,
                                        const struct fc_arima_order *order,
                                        struct fc_workspace *ws)
{
    size_t groups;
    *lik = (struct fc_arima_likelihood){
        .data = data,
        .order = *order,
        .k = fc_arima_parameters(order),
        .nresid = data->nw,
        .filter = fc_workspace_array(ws, 1, sizeof *lik->filter),
    };
    groups = (size_t)lik->k / FC_ARIMA_LANES + 1;
    lik->resid = (double *)take(ws, data->nw * groups);
    if (lik->filter == NULL || lik->resid == NULL)
        return FC_ENOMEM;
    if (data->missing) {
        lik->kalman = fc_workspace_array(ws, 1, sizeof *lik->kalman);
        if (lik->kalman == NULL
            || fc_arima_kalman_init(lik->kalman, order, data->n, ws) != FC_OK)
            return FC_ENOMEM;
    }
    return filter_init(lik->filter, data, order, ws);
}

/* Puts one point's coefficients into lane i. */
static void load_lane(struct fc_arima_likelihood *lik, const double *free,
                      int lane)
{
    struct fc_arima_filter *f = lik->filter;
    double coef[FC_ARIMA_MAX_PARAMETERS];
    fc_arima_coefficients(&lik->order, free, coef);
    fc_arima_expand(&lik->order, coef, f->ar, f->ma);
    for (size_t j = 1; j <= f->p; j++)
        f->phi[j][lane] = f->ar[j - 1];
    for (size_t j = 1; j <= f->q; j++)
        f->theta[j][lane] = f->ma[j - 1];
    f->theta[0][lane] = 1;
}

static void reset_sums(struct fc_arima_filter *f)
{
    lanes zero = {0};
    f->logdet = f->swx = f->sxx = zero;
}

/* The covariances of lane i's state with the process, from start(). */
static void state_covariances(const struct fc_arima_filter *f, int lane,
                              const lanes *F, size_t r, double *c)
{
    c[0] = (*F)[lane];
    for (size_t i = 1; i < r; i++)
        c[i] = f->kappa[i - 1][lane] * (*F)[lane];
}

static void load_kalman(const struct fc_arima_filter *f, int lane,
                        struct fc_arima_kalman *kalman)
{
    for (size_t j = 1; j <= f->p; j++)
        kalman->ar[j - 1] = f->phi[j][lane];
    for (size_t j = 1; j <= f->q; j++)
        kalman->ma[j - 1] = f->theta[j][lane];
}

/* The Kalman filter of lane i, after start(). */
static void run_kalman(struct fc_arima_likelihood *lik, int lane,
                       const lanes *F, double *resid,
                       struct fc_arima_value *value)
{
    struct fc_arima_kalman *kalman = lik->kalman;
    double *c = kalman->gain; /* read before it is written */
    load_kalman(lik->filter, lane, kalman);
    state_covariances(lik->filter, lane, F, kalman->r, c);
    fc_arima_kalman_run(kalman, lik->data, lik->order.constant, c, resid + lane,
                        FC_ARIMA_LANES, value);
}

static void conclude(const struct fc_arima_data *data,
                     struct fc_arima_value *value)
{
    double n = (double)data->nused;
    value->value = 0.5 * (n * log(value->ssq / n) + value->logdet);
    if (!isfinite(value->value))
        value->value = HUGE_VAL;
}

/* Filters FC_ARIMA_LANES points, of which `count` are wanted. */
static void evaluate_group(struct fc_arima_likelihood *lik,
                           const double *points, int count, double *resid,
                           struct fc_arima_value *value)
{
    struct fc_arima_filter *f = lik->filter;
    lanes mu = {0}, F;
    for (int i = 0; i < FC_ARIMA_LANES; i++)
        load_lane(lik, points + (i < count ? i : 0) * lik->k, i);
    reset_sums(f);
    f->e = (lanes *)resid;
    if (lik->kalman != NULL)
        start(f, &F);
    else
        filter_dispatch(f, &mu);
    for (int i = 0; i < count; i++) {
        if (lik->kalman != NULL) {
            run_kalman(lik, i, &F, resid, &value[i]);
        } else {
            value[i].mu = mu[i];
            value[i].logdet = f->logdet[i];
            value[i].ssq = f->ssq[i];
        }
        conclude(lik->data, &value[i]);
    }
}

void fc_arima_evaluate(struct fc_arima_likelihood *lik, const double *points,
                       int npoints, struct fc_arima_value *value)
{
    double *resid = lik->resid;
    for (int i = 0; i < npoints; i += FC_ARIMA_LANES) {
        int count = npoints - i;
        if (count > FC_ARIMA_LANES)
            count = FC_ARIMA_LANES;
        evaluate_group(lik, points + i * lik->k, count, resid, value + i);
        resid += lik->nresid * FC_ARIMA_LANES;
    }
}

/* What the past says of w_{n+1} .. w_{n+r}, in lane 0, without gaps. */
static void end_state(const struct fc_arima_likelihood *lik, double mu,
                      double *state)
{
    const struct fc_arima_filter *f = lik->filter;
    size_t r = f->p > f->q + 1 ? f->p : f->q + 1;
    for (size_t i = 0; i < r; i++) {
        state[i] = i < f->r ? f->b[i][0] - mu * f->bx[i][0] : 0;
        for (size_t j = 0; j < f->nar; j++) {
            size_t lag = f->ar_lag[j];
            if (lag > i && lag <= f->n + i)
                state[i] += f->phi[lag][0] * (f->w[f->n + i - lag] - mu);
        }
        state[i] *= lik->data->scale;
    }
}

/* The same from the Kalman filter, with the past values of y. */
static void end_state_kalman(const struct fc_arima_likelihood *lik, double mu,
                             double *state)
{
    const struct fc_arima_kalman *kalman = lik->kalman;
    const struct fc_arima_data *data = lik->data;
    double per_step = data->D > 0 ? 1.0 / data->m : 1;
    for (size_t i = 0; i < kalman->r + kalman->nd; i++)
        state[i] = (kalman->a[i] - mu * kalman->x[i]) * data->scale;
    for (size_t i = 0; i < kalman->nd; i++) {
        double trend = mu * per_step * (double)(data->n - i) * data->scale;
        state[kalman->r + i] += trend + data->origin;
    }
}

/*
 * Where the filter is still far from its steady state, the innovations of the
 * past are not quite known: their covariance, as of the Kalman filter after
 * n observations, embedded into the state with its past values of y.
 */
static enum fc_status end_covariance(struct fc_arima_likelihood *lik,
                                     struct fc_workspace *ws, double **P)
{
    struct fc_arima_filter *f = lik->filter;
    struct fc_arima_kalman kalman;
    struct fc_arima_order order = lik->order;
    size_t dim = fc_arima_state_size(&order), r = dim - fc_arima_lost(&order);
    lanes F;
    if (f->variance[0] < 1 + unsettled_variance
        || (double)(f->n * r * r) > costly_covariance)
        return FC_OK;
    *P = fc_workspace_array(ws, dim * dim, sizeof **P);
    order.d = order.D = 0;
    if (*P == NULL || fc_arima_kalman_init(&kalman, &order, 0, ws) != FC_OK)
        return FC_ENOMEM;
    start(f, &F);
    load_kalman(f, 0, &kalman);
    state_covariances(f, 0, &F, r, kalman.gain);
    fc_arima_kalman_covariance(&kalman, kalman.gain, f->n);
    memset(*P, 0, dim * dim * sizeof **P);
    for (size_t i = 0; i < r; i++)
        memcpy(*P + i * dim, kalman.P + i * r, r * sizeof **P);
    return FC_OK;
}

enum fc_status fc_arima_finish(struct fc_arima_likelihood *lik,
                               const double *point, struct fc_workspace *ws,
                               struct fc_arima_end *end)
{
    const struct fc_arima_data *data = lik->data;
    struct fc_arima_filter *f = lik->filter;
    struct fc_arima_value value;
    size_t lost = fc_arima_lost(&lik->order), skipped = data->n - data->nw;
    size_t r = f->p > f->q + 1 ? f->p : f->q + 1;
    *end = (struct fc_arima_end){
        .resid = fc_workspace_doubles(ws, data->n),
        .state = fc_workspace_doubles(ws, r + lost),
    };
    if (end->resid == NULL || end->state == NULL)
        return FC_ENOMEM;
    fc_arima_evaluate(lik, point, 1, &value);
    end->mu = value.mu * data->scale;
    for (size_t t = 0; t < data->n; t++) {
        bool counts = t >= lost && !isnan(data->y[t]);
        end->resid[t] = NAN;
        if (counts)
            end->resid[t] =
                lik->resid[(t - skipped) * FC_ARIMA_LANES] * data->scale;
    }
    if (lik->kalman != NULL) {
        end_state_kalman(lik, value.mu, end->state);
        end->P = lik->kalman->P;
        return FC_OK;
    }
    end_state(lik, value.mu, end->state);
    for (size_t i = 0; i < lost; i++)
        end->state[r + i] = data->y[data->n - 1 - i];
    return end_covariance(lik, ws, &end->P);
}
