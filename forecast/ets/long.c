/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The Gauss-Newton step of an ETS model with a long season, where a matrix of
 * the season's size would cost more than everything else.
 *
 * With J the Jacobian by the seasonal start values s and Z that by everything
 * else, the step needs (J'J)^-1 J'[Z, r]: few right-hand sides, and products
 * with J and J' that are one pass over the series each, forwards through the
 * linearised recursions or backwards through their adjoint.  So conjugate
 * gradients (Hestenes & Stiefel 1952), all right-hand sides side by side in
 * vector lanes.
 *
 * They converge in a handful of iterations whatever the season's length in
 * the right variables: not s but the first season's innovations eps, from
 * which s follows step by step.  A season of innovations sets the states,
 * and what they do to the later seasons differs little from one to another, so
 * that the matrix is near a multiple of the identity.
 */
#include "forecast/ets/parts.h"

#include <math.h>
#include <string.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))

enum {
    WIDTH = 2, /* vectors side by side */
    LANES = 4 * WIDTH,
    LANE_B = 4,     /* after the four smoothing parameters: the growth */
    LANE_ERROR = 5, /* and the errors themselves */
    MAX_CG = 40
};

/* The norm of what conjugate gradients may leave, relative to the start. */
static const double CG_TOLERANCE = 1e-3;

struct fc_ets_long {
    struct fc_ets_linear *step;  /* n */
    double *weight, *log_weight; /* n: of d mu in r, in log mu */
    fc_v4 *z;                    /* n rows of lanes: [Z, r] */
    fc_v4 *work;                 /* n rows */
    fc_v4 *ds;                   /* m rows: seasonal sensitivities */
    fc_v4 *right, *x, *residual, *direction, *image; /* m rows */
};

static fc_v4 *rows(struct fc_workspace *ws, size_t n)
{
    return (fc_v4 *)fc_workspace_doubles(ws, n * LANES);
}

struct fc_ets_long *fc_ets_long_new(size_t n, size_t m, struct fc_workspace *ws)
{
    struct fc_ets_long *p = fc_workspace_array(ws, 1, sizeof *p);
    if (p == NULL)
        return NULL;
    *p = (struct fc_ets_long){
        .step = fc_workspace_array(ws, n, sizeof *p->step),
        .weight = fc_workspace_doubles(ws, n),
        .log_weight = fc_workspace_doubles(ws, n),
        .z = rows(ws, n),
        .work = rows(ws, n),
        .ds = rows(ws, m),
        .right = rows(ws, m),
        .x = rows(ws, m),
        .residual = rows(ws, m),
        .direction = rows(ws, m),
        .image = rows(ws, m),
    };
    bool ok = p->step != NULL && p->weight != NULL && p->log_weight != NULL
              && p->z != NULL && p->work != NULL && p->ds != NULL
              && p->right != NULL && p->x != NULL && p->residual != NULL
              && p->direction != NULL && p->image != NULL;
    return ok ? p : NULL;
}

/* What all passes of one set of equations share. */
struct pass {
    struct fc_ets_long *p;
    const double *e; /* residual before scaling, as parts.h has it */
    size_t n, m;
    double alpha;
    bool log_mean;
};

/* eps = scale (d mu - mu_q d q) makes up ds = (eps / scale) / mu_s. */
ALWAYS_INLINE double season_scale(const struct pass *run, size_t t)
{
    double mu_s = run->p->step[t].mu_s;
    double size = fabs(mu_s) > 1e-3 ? mu_s : 1e-3;
    return size * (run->p->log_weight[t] != 0 ? run->p->log_weight[t] : 1);
}

/* Takes e times the mean of d log mu off each lane: parts.h's r. */
FC_CLONES
static void subtract_mean(const struct pass *run, const fc_v4 *log_sum,
                          fc_v4 *z)
{
    for (size_t t = 0; t < run->n; t++)
        for (size_t i = 0; i < WIDTH; i++)
            z[t * WIDTH + i] -= run->e[t] * (log_sum[i] / (double)run->n);
}

/*
 * Forwards: z = dr for given eps (m rows), or, with eps NULL, by the smoothing
 * parameters and the growth, each in its lane.  ds is left in p->ds as the
 * seasonal start values that eps stands for when starts is not NULL.
 */
FC_CLONES
static void forwards(const struct pass *run, const fc_v4 *eps, fc_v4 *starts,
                     fc_v4 *z)
{
    struct fc_ets_long *p = run->p;
    fc_v4 dl[WIDTH] = {0}, db[WIDTH] = {0}, log_sum[WIDTH] = {0};
    bool inject = eps == NULL;
    memset(p->ds, 0, run->m * LANES * sizeof(double));
    if (inject)
        db[LANE_B / 4][LANE_B % 4] = 1;
    for (size_t t = 0, j = 0; t < run->n; t++) {
        struct fc_ets_linear at = p->step[t];
        fc_v4 *s = p->ds + j * WIDTH;
        double from_eps = 0;
        if (!inject && t < run->m)
            from_eps = 1 / season_scale(run, t);
        for (size_t i = 0; i < WIDTH; i++) {
            fc_v4 dphib = at.phib_b * db[i];
            if (inject && i == 0)
                dphib += (fc_v4){0, 0, 0, at.phib_phi};
            fc_v4 dq = at.q_l * dl[i] + at.q_phib * dphib;
            if (from_eps != 0) {
                double q_share =
                    at.mu_q * (p->log_weight[t] != 0 ? p->log_weight[t] : 1);
                s[i] = (eps[t * WIDTH + i] - q_share * dq) * from_eps;
                if (starts != NULL)
                    starts[t * WIDTH + i] = s[i];
            }
            fc_v4 dmu = at.mu_q * dq + at.mu_s * s[i];
            fc_v4 dd = at.p_s * s[i] - dq;
            db[i] = dphib + at.b_d * dd + at.b_l * dl[i];
            dl[i] = dq + run->alpha * dd;
            s[i] = at.s_s * s[i] + at.s_d * dd + at.s_q * dq;
            if (inject && i == 0) {
                dl[0] += (fc_v4){at.l_alpha, 0, 0, 0};
                db[0] += (fc_v4){0, at.b_beta, 0, 0};
                s[0] += (fc_v4){0, 0, at.s_gamma, 0};
            }
            z[t * WIDTH + i] = p->weight[t] * dmu;
            if (run->log_mean)
                log_sum[i] += p->log_weight[t] * dmu;
        }
        if (++j == run->m)
            j = 0;
    }
    if (run->log_mean)
        subtract_mean(run, log_sum, z);
}

/* Backwards: the transpose of forwards() with eps, z (n rows) to out (m). */
FC_CLONES
static void backwards(const struct pass *run, const fc_v4 *z, fc_v4 *out)
{
    struct fc_ets_long *p = run->p;
    fc_v4 l[WIDTH] = {0}, b[WIDTH] = {0}, mean[WIDTH] = {0};
    memset(p->ds, 0, run->m * LANES * sizeof(double));
    for (size_t t = 0; run->log_mean && t < run->n; t++)
        for (size_t i = 0; i < WIDTH; i++)
            mean[i] += run->e[t] / (double)run->n * z[t * WIDTH + i];
    for (size_t t = run->n, j = run->n % run->m; t-- > 0;) {
        j = (j == 0 ? run->m : j) - 1;
        struct fc_ets_linear at = p->step[t];
        fc_v4 *s = p->ds + j * WIDTH;
        bool first = t < run->m;
        double from_eps = first ? 1 / season_scale(run, t) : 0;
        double log_weight = p->log_weight[t];
        double q_share = at.mu_q * (log_weight != 0 ? log_weight : 1);
        for (size_t i = 0; i < WIDTH; i++) {
            fc_v4 mu = p->weight[t] * z[t * WIDTH + i];
            if (run->log_mean)
                mu -= log_weight * mean[i];
            fc_v4 d = run->alpha * l[i] + at.b_d * b[i] + at.s_d * s[i];
            fc_v4 q = l[i] + at.s_q * s[i] - d + at.mu_q * mu;
            fc_v4 season = at.s_s * s[i] + at.p_s * d + at.mu_s * mu;
            if (first) {
                out[t * WIDTH + i] = from_eps * season;
                q -= q_share * from_eps * season;
            }
            s[i] = season;
            fc_v4 phib = b[i] + at.q_phib * q;
            l[i] = at.b_l * b[i] + at.q_l * q;
            b[i] = at.phib_b * phib;
        }
    }
}

FC_CLONES
static void dot(const fc_v4 *a, const fc_v4 *b, size_t n, fc_v4 *out)
{
    for (size_t i = 0; i < WIDTH; i++)
        out[i] = (fc_v4){0};
    for (size_t t = 0; t < n; t++)
        for (size_t i = 0; i < WIDTH; i++)
            out[i] += a[t * WIDTH + i] * b[t * WIDTH + i];
}

static double lane(const fc_v4 *x, int i)
{
    return x[i / 4][i % 4];
}

/* ratio[i] = a / b where b is positive, else 0: a lane that has finished. */
static void divide(const fc_v4 *a, const fc_v4 *b, fc_v4 *ratio)
{
    for (size_t i = 0; i < WIDTH; i++)
        for (int k = 0; k < 4; k++)
            ratio[i][k] = b[i][k] > 0 ? a[i][k] / b[i][k] : 0;
}

/* x = (A + shift)^-1 right in every lane, A = forwards, then backwards. */
static void conjugate_gradients(const struct pass *run, double shift)
{
    struct fc_ets_long *p = run->p;
    size_t m = run->m, size = m * LANES * sizeof(double);
    fc_v4 rr[WIDTH], stop[WIDTH], now[WIDTH], pq[WIDTH], a[WIDTH], b[WIDTH];
    memset(p->x, 0, size);
    memcpy(p->residual, p->right, size);
    memcpy(p->direction, p->right, size);
    dot(p->residual, p->residual, m, rr);
    for (size_t i = 0; i < WIDTH; i++)
        stop[i] = CG_TOLERANCE * CG_TOLERANCE * rr[i];
    for (int iteration = 0; iteration < MAX_CG; iteration++) {
        forwards(run, p->direction, NULL, p->work);
        backwards(run, p->work, p->image);
        for (size_t i = 0; i < m * WIDTH; i++)
            p->image[i] += shift * p->direction[i];
        dot(p->direction, p->image, m, pq);
        divide(rr, pq, a);
        for (size_t t = 0; t < m; t++)
            for (size_t i = 0; i < WIDTH; i++) {
                p->x[t * WIDTH + i] += a[i] * p->direction[t * WIDTH + i];
                p->residual[t * WIDTH + i] -= a[i] * p->image[t * WIDTH + i];
            }
        dot(p->residual, p->residual, m, now);
        bool done = true;
        for (int i = 0; i < LANES; i++)
            done &= !(lane(now, i) > lane(stop, i));
        if (done)
            return;
        divide(now, rr, b);
        for (size_t t = 0; t < m; t++)
            for (size_t i = 0; i < WIDTH; i++)
                p->direction[t * WIDTH + i] =
                    p->residual[t * WIDTH + i]
                    + b[i] * p->direction[t * WIDTH + i];
        memcpy(rr, now, sizeof rr);
    }
}

static struct pass begin(struct fc_ets_work *work, const struct fc_ets *at,
                         enum fc_ets_criterion criterion)
{
    bool relative = at->form.error == FC_ETS_MUL;
    struct pass run = {
        .p = work->season,
        .n = work->n,
        .m = (size_t)work->m,
        .alpha = at->smoothing.alpha,
        .log_mean = relative && criterion == FC_ETS_LIKELIHOOD,
        .e = work->trace.e,
    };
    return run;
}

/* Sum over n rows of lane i of a times lane j of b. */
static double lane_product(const fc_v4 *a, const fc_v4 *b, size_t n, int i,
                           int j)
{
    const double *x = (const double *)a + i, *y = (const double *)b + j;
    double sum = 0;
    for (size_t t = 0; t < n; t++)
        sum += x[t * LANES] * y[t * LANES];
    return sum;
}

void fc_ets_long_equations(struct fc_ets_work *work, const struct fc_ets *at,
                           enum fc_ets_criterion criterion,
                           const struct fc_ets_layout *layout,
                           const struct fc_ets_chain *chain)
{
    struct pass run = begin(work, at, criterion);
    struct fc_ets_long *p = run.p;
    size_t stride = (size_t)layout->stride;
    bool relative = at->form.error == FC_ETS_MUL;
    for (size_t t = 0; t < run.n; t++) {
        p->step[t] = fc_ets_linearise(at->form, &at->smoothing, &work->trace, t,
                                      work->y[t]);
        p->log_weight[t] = run.log_mean ? 1 / work->trace.mu[t] : 0;
        p->weight[t] = run.log_mean ? (1 + run.e[t]) * p->log_weight[t] : 1;
    }
    forwards(&run, NULL, NULL, p->z);
    for (size_t t = 0; t < run.n; t++) {
        double *row = (double *)(p->z + t * WIDTH), r = run.e[t];
        row[LANE_ERROR] = relative && !run.log_mean ? r * work->trace.mu[t] : r;
        fc_ets_apply_chain(chain, row, 1);
    }
    backwards(&run, p->z, p->right);
    for (int i = 0; i < layout->rows; i++) {
        for (int j = 0; j <= i; j++)
            work->normal[(size_t)i * stride + (size_t)j] =
                lane_product(p->z, p->z, run.n, i, j);
        work->rhs[i] = lane_product(p->z, p->z, run.n, i, LANE_ERROR);
    }
}

void fc_ets_long_eliminate(struct fc_ets_work *work, const struct fc_ets *at,
                           enum fc_ets_criterion criterion,
                           const struct fc_ets_layout *layout, double lambda,
                           double scale)
{
    struct pass run = begin(work, at, criterion);
    struct fc_ets_long *p = run.p;
    size_t stride = (size_t)layout->stride;
    conjugate_gradients(&run, lambda * (double)run.n / (double)run.m);
    for (int i = 0; i < layout->rows; i++) {
        double *row = work->factor + (size_t)i * stride;
        for (int j = 0; j <= i; j++)
            row[j] -= scale * lane_product(p->right, p->x, run.m, i, j);
        work->rhs_work[i] -=
            scale * lane_product(p->right, p->x, run.m, i, LANE_ERROR);
    }
}

double fc_ets_long_season(struct fc_ets_work *work, const struct fc_ets *at,
                          enum fc_ets_criterion criterion,
                          const struct fc_ets_layout *layout)
{
    struct pass run = begin(work, at, criterion);
    struct fc_ets_long *p = run.p;
    double *step = work->delta, drop = 0;
    memset(p->direction, 0, run.m * LANES * sizeof(double));
    for (size_t t = 0; t < run.m; t++) {
        const fc_v4 *x = p->x + t * WIDTH;
        double eps = lane(x, LANE_ERROR);
        for (int i = 0; i < layout->rows; i++)
            eps -= lane(x, i) * step[i];
        p->direction[t * WIDTH][0] = eps;
    }
    forwards(&run, p->direction, p->image, p->work);
    for (size_t t = 0; t < run.m; t++)
        step[(size_t)layout->at_s + t] = lane(p->image + t * WIDTH, 0);
    for (size_t t = 0; t < run.n; t++) {
        const fc_v4 *z = p->z + t * WIDTH;
        double dr = lane(p->work + t * WIDTH, 0);
        for (int i = 0; i < layout->rows; i++)
            dr += lane(z, i) * step[i];
        drop += dr * (2 * lane(z, LANE_ERROR) - dr);
    }
    return drop;
}
