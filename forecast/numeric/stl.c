/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * STL: Cleveland, Cleveland, McRae & Terpenning (1990), STL: a seasonal-trend
 * decomposition procedure based on loess, J. Official Statistics 6, 3-73;
 * section 2 for the inner loop and the robustness weights, section 3.4 for
 * evaluating a smooth at every tenth of its window only and joining by straight
 * lines.  Windows, degrees and numbers of passes are the defaults of R's stl():
 * seasonal degree 0, trend and low-pass degree 1; two passes, or one for each
 * round of robust weights.  Their median is the median: R's stl() has a partial
 * sort that does not always find it.
 *
 * Nodes inside the series see their window in the same way, so that its weights
 * are computed once, unless they are robust.
 */
#include "forecast/numeric/stl.h"

#include "forecast/numeric/quantile.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { PASSES = 2 };

/* One loess smooth: window width, degree 0 or 1, and spacing of the nodes. */
struct loess {
    size_t window;
    int degree;
    size_t jump;
};

/* Points to be smoothed, and robustness weights of them, or NULL. */
struct points {
    const double *y;
    size_t n;
    const double *robust;
};

/* The weights of `count` points, the first of them `before` places before the
 * place where the smooth is wanted; valid unless they all vanish. */
struct kernel {
    double *weight;
    size_t count;
    double before;
    bool valid;
};

static struct loess loess_of(size_t window, int degree)
{
    return (struct loess){window, degree, (window + 9) / 10};
}

static size_t next_odd(double x)
{
    size_t k = (size_t)rint(x);
    return k % 2 == 0 ? k + 1 : k;
}

/* Tricube weights times the robust ones, which are the count values. */
static double tricube(struct kernel *k, double h, const double *robust)
{
    double total = 0;
    for (size_t j = 0; j < k->count; j++) {
        double r = fabs((double)j - k->before), u = r / h, v = 1 - u * u * u;
        k->weight[j] = 0;
        if (r <= 0.001 * h)
            k->weight[j] = 1;
        else if (r <= 0.999 * h)
            k->weight[j] = v * v * v;
        if (robust != NULL)
            k->weight[j] *= robust[j];
        total += k->weight[j];
    }
    return total;
}

/* Makes weights sum to 1, and a local line of a local mean. */
static void finish_kernel(struct kernel *k, struct loess s, size_t n,
                          double total, double h)
{
    double centre = 0, spread = 0;
    for (size_t j = 0; j < k->count; j++) {
        k->weight[j] /= total;
        centre += k->weight[j] * ((double)j - k->before);
    }
    if (s.degree == 0 || h <= 0)
        return;
    for (size_t j = 0; j < k->count; j++) {
        double r = (double)j - k->before - centre;
        spread += k->weight[j] * r * r;
    }
    if (sqrt(spread) <= 0.001 * (double)(n - 1))
        return;
    for (size_t j = 0; j < k->count; j++)
        k->weight[j] *= 1 - centre / spread * ((double)j - k->before - centre);
}

/*
 * The smooth at x (0 .. n - 1 are the points' places, one step outside is
 * allowed) from the points left .. right; fallback when all weights vanish.
 * k holds the last place's weights, and room for n.
 */
static double loess_at(const struct points *p, struct loess s, double x,
                       size_t left, size_t right, struct kernel *k,
                       double fallback)
{
    double before = x - (double)left, value = 0;
    size_t count = right - left + 1;
    if (p->robust != NULL || k->before != before || k->count != count) {
        double h = fmax(before, (double)right - x);
        if (s.window > p->n)
            h += (double)((s.window - p->n) / 2);
        k->before = before;
        k->count = count;
        double total =
            tricube(k, h, p->robust != NULL ? p->robust + left : NULL);
        k->valid = total > 0;
        if (k->valid)
            finish_kernel(k, s, p->n, total, h);
    }
    if (!k->valid)
        return fallback;
    for (size_t j = 0; j < count; j++)
        value += k->weight[j] * p->y[left + j];
    return value;
}

/* The points that the smooth at place i uses: the nearest `window` of n. */
static size_t window_start(size_t n, size_t window, size_t i)
{
    size_t half = (window + 1) / 2;
    if (window >= n || i + 1 < half)
        return 0;
    size_t start = i + 1 - half;
    return start + window > n ? n - window : start;
}

static void loess_smooth(const struct points *p, struct loess s,
                         struct kernel *k, double *out)
{
    size_t n = p->n, jump = s.jump < n - 1 ? s.jump : n - 1, last = 0;
    k->count = 0;
    if (n < 2) {
        out[0] = p->y[0];
        return;
    }
    for (size_t i = 0;; i = i + jump < n ? i + jump : n - 1) {
        size_t left = window_start(n, s.window, i);
        size_t right = s.window >= n ? n - 1 : left + s.window - 1;
        /* the end, off the grid of nodes, keeps the last node's window */
        if (i % jump != 0 && s.window < n) {
            left = window_start(n, s.window, last);
            right = left + s.window - 1;
        }
        out[i] = loess_at(p, s, (double)i, left, right, k, p->y[i]);
        for (size_t j = last + 1; j < i; j++)
            out[j] = out[last]
                     + (out[i] - out[last]) / (double)(i - last)
                           * (double)(j - last);
        last = i;
        if (i == n - 1)
            break;
    }
}

static void moving_average(const double *x, size_t n, size_t width, double *out)
{
    double sum = 0;
    for (size_t t = 0; t < width; t++)
        sum += x[t];
    out[0] = sum / (double)width;
    for (size_t t = width; t < n; t++) {
        sum += x[t] - x[t - width];
        out[t - width + 1] = sum / (double)width;
    }
}

struct stl {
    size_t n, m;
    struct loess seasonal, trend, low_pass;
    struct kernel kernel;
    double *cycle;   /* n + 2 m: seasonal smooths, a season longer each way */
    double *work;    /* n + 2 m */
    double *sub;     /* n / m + 3: observations of one season */
    double *smooth;  /* n / m + 3 */
    double *share;   /* n / m + 3: their robustness weights */
    double *average; /* n + 2 m */
    double *robust;  /* n: robustness weights; NULL: none yet */
};

/* Smooths the observations of every season and extends them by one. */
static void smooth_seasons(struct stl *stl, const double *y)
{
    struct loess s = stl->seasonal;
    for (size_t j = 0; j < stl->m; j++) {
        size_t k = (stl->n - j - 1) / stl->m + 1;
        size_t used = s.window < k ? s.window : k;
        struct points p = {stl->sub, k, NULL};
        for (size_t i = 0; i < k; i++)
            stl->sub[i] = y[i * stl->m + j];
        if (stl->robust != NULL) {
            for (size_t i = 0; i < k; i++)
                stl->share[i] = stl->robust[i * stl->m + j];
            p.robust = stl->share;
        }
        double *out = stl->smooth;
        loess_smooth(&p, s, &stl->kernel, out + 1);
        out[0] = loess_at(&p, s, -1, 0, used - 1, &stl->kernel, out[1]);
        out[k + 1] =
            loess_at(&p, s, (double)k, k - used, k - 1, &stl->kernel, out[k]);
        for (size_t i = 0; i < k + 2; i++)
            stl->cycle[i * stl->m + j] = out[i];
    }
}

static void stl_pass(struct stl *stl, const double *y, double *seasonal,
                     double *trend)
{
    size_t n = stl->n, m = stl->m;
    double *low = stl->work;
    for (size_t t = 0; t < n; t++)
        seasonal[t] = y[t] - trend[t];
    smooth_seasons(stl, seasonal);
    /* what is smooth in the seasonal smooths belongs to the trend */
    moving_average(stl->cycle, n + 2 * m, m, low);
    moving_average(low, n + m + 1, m, stl->average);
    moving_average(stl->average, n + 2, 3, low);
    loess_smooth(&(struct points){low, n, NULL}, stl->low_pass, &stl->kernel,
                 trend);
    for (size_t t = 0; t < n; t++) {
        seasonal[t] = stl->cycle[m + t] - trend[t];
        low[t] = y[t] - seasonal[t];
    }
    loess_smooth(&(struct points){low, n, stl->robust}, stl->trend,
                 &stl->kernel, trend);
}

/* Bisquare weights by the size of what is left, in six median sizes. */
static void weigh(const struct stl *stl, const double *y,
                  const double *seasonal, const double *trend, double *robust)
{
    size_t n = stl->n, middle[2] = {(n - 1) / 2, n / 2};
    double *size = stl->work;
    for (size_t t = 0; t < n; t++)
        size[t] = robust[t] = fabs(y[t] - seasonal[t] - trend[t]);
    fc_quantile_arrange(size, n, middle, middle[0] == middle[1] ? 1 : 2);
    double far = 3 * (size[middle[0]] + size[middle[1]]);
    for (size_t t = 0; t < n; t++) {
        double u = robust[t] / far, v = 1 - u * u;
        if (robust[t] <= 0.001 * far)
            robust[t] = 1;
        else
            robust[t] = robust[t] <= 0.999 * far ? v * v : 0;
    }
}

static bool take_scratch(struct stl *stl, struct fc_workspace *ws)
{
    size_t n = stl->n, m = stl->m;
    stl->cycle = fc_workspace_doubles(ws, n + 2 * m);
    stl->work = fc_workspace_doubles(ws, n + 2 * m);
    stl->sub = fc_workspace_doubles(ws, n / m + 3);
    stl->smooth = fc_workspace_doubles(ws, n / m + 3);
    stl->share = fc_workspace_doubles(ws, n / m + 3);
    stl->average = fc_workspace_doubles(ws, n + 2 * m);
    stl->kernel.weight = fc_workspace_doubles(ws, n + 2 * m);
    return stl->cycle != NULL && stl->work != NULL && stl->sub != NULL
           && stl->smooth != NULL && stl->share != NULL && stl->average != NULL
           && stl->kernel.weight != NULL;
}

enum fc_status fc_stl(const double *y, size_t n, struct fc_stl_design design,
                      struct fc_workspace *ws, double *seasonal, double *trend)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    double m = (double)design.m;
    double span = 1.5 * m / (1 - 1.5 / (double)design.window);
    struct stl stl = {
        .n = n,
        .m = design.m,
        .seasonal = loess_of(design.window, 0),
        .trend = loess_of(next_odd(ceil(span)), 1),
        .low_pass = loess_of(next_odd(m), 1),
    };
    double *robust = fc_workspace_doubles(ws, design.rounds > 0 ? n : 0);
    if (!take_scratch(&stl, ws) || robust == NULL)
        return FC_ENOMEM;
    memset(trend, 0, n * sizeof *trend);
    for (int i = 0; i < (design.rounds > 0 ? design.rounds : PASSES - 1); i++) {
        stl_pass(&stl, y, seasonal, trend);
        if (design.rounds > 0) {
            weigh(&stl, y, seasonal, trend, robust);
            stl.robust = robust;
        }
    }
    stl_pass(&stl, y, seasonal, trend);
    fc_workspace_release(ws, mark);
    return FC_OK;
}
