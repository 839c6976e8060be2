/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * STL: Cleveland, Cleveland, McRae & Terpenning (1990), STL: a seasonal-trend
 * decomposition procedure based on loess, J. Official Statistics 6, 3-73;
 * section 2 for the inner loop, section 3.4 for evaluating a smooth at every
 * tenth of its window only and joining by straight lines.  Windows, degrees
 * and numbers of passes are the defaults of R's stl() without robustness:
 * seasonal degree 0, trend and low-pass degree 1, two passes.
 */
#include "forecast/numeric/stl.h"

#include <math.h>
#include <string.h>

enum { PASSES = 2 };

/* One loess smooth: window width, degree 0 or 1, and spacing of the nodes. */
struct loess {
    size_t window;
    int degree;
    size_t jump;
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

/*
 * The smooth at x (0 .. n - 1 are the points' places, one step outside is
 * allowed) from the points left .. right.  Returns fallback when all weights
 * vanish.  weight is scratch of n values.
 */
static double loess_at(const double *y, size_t n, struct loess s, double x,
                       size_t left, size_t right, double *weight,
                       double fallback)
{
    double h = fmax(x - (double)left, (double)right - x);
    if (s.window > n)
        h += (double)((s.window - n) / 2);
    double total = 0, centre = 0, spread = 0, value = 0;
    for (size_t j = left; j <= right; j++) {
        double r = fabs((double)j - x), u = r / h;
        weight[j] = 0;
        if (r <= 0.001 * h)
            weight[j] = 1;
        else if (r <= 0.999 * h)
            weight[j] = pow(1 - u * u * u, 3);
        total += weight[j];
    }
    if (total <= 0)
        return fallback;
    for (size_t j = left; j <= right; j++) {
        weight[j] /= total;
        centre += weight[j] * (double)j;
    }
    if (s.degree > 0 && h > 0) {
        for (size_t j = left; j <= right; j++) {
            double r = (double)j - centre;
            spread += weight[j] * r * r;
        }
        if (sqrt(spread) > 0.001 * (double)(n - 1)) {
            double slope = (x - centre) / spread;
            for (size_t j = left; j <= right; j++)
                weight[j] *= slope * ((double)j - centre) + 1;
        }
    }
    for (size_t j = left; j <= right; j++)
        value += weight[j] * y[j];
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

static void loess_smooth(const double *y, size_t n, struct loess s,
                         double *weight, double *out)
{
    size_t jump = s.jump < n - 1 ? s.jump : n - 1, last = 0;
    if (n < 2) {
        out[0] = y[0];
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
        out[i] = loess_at(y, n, s, (double)i, left, right, weight, y[i]);
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
    double *cycle;  /* n + 2 m: seasonal smooths, a season longer each way */
    double *work;   /* n + 2 m */
    double *sub;    /* n / m + 3: observations of one season */
    double *smooth; /* n / m + 3 */
    double *weight; /* n + 2 m */
};

/* Smooths the observations of every season and extends them by one. */
static void smooth_seasons(struct stl *stl, const double *y)
{
    struct loess s = stl->seasonal;
    for (size_t j = 0; j < stl->m; j++) {
        size_t k = (stl->n - j - 1) / stl->m + 1;
        size_t used = s.window < k ? s.window : k;
        for (size_t i = 0; i < k; i++)
            stl->sub[i] = y[i * stl->m + j];
        double *out = stl->smooth;
        loess_smooth(stl->sub, k, s, stl->weight, out + 1);
        out[0] = loess_at(stl->sub, k, s, -1, 0, used - 1, stl->weight, out[1]);
        out[k + 1] = loess_at(stl->sub, k, s, (double)k, k - used, k - 1,
                              stl->weight, out[k]);
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
    moving_average(low, n + m + 1, m, stl->weight);
    moving_average(stl->weight, n + 2, 3, low);
    loess_smooth(low, n, stl->low_pass, stl->weight, trend);
    for (size_t t = 0; t < n; t++) {
        seasonal[t] = stl->cycle[m + t] - trend[t];
        low[t] = y[t] - seasonal[t];
    }
    loess_smooth(low, n, stl->trend, stl->weight, trend);
}

enum fc_status fc_stl(const double *y, size_t n, size_t m, size_t window,
                      struct fc_workspace *ws, double *seasonal, double *trend)
{
    struct fc_mark mark = fc_workspace_mark(ws);
    double span = 1.5 * (double)m / (1 - 1.5 / (double)window);
    struct stl stl = {
        .n = n,
        .m = m,
        .seasonal = loess_of(window, 0),
        .trend = loess_of(next_odd(ceil(span)), 1),
        .low_pass = loess_of(next_odd((double)m), 1),
        .cycle = fc_workspace_doubles(ws, n + 2 * m),
        .work = fc_workspace_doubles(ws, n + 2 * m),
        .sub = fc_workspace_doubles(ws, n / m + 3),
        .smooth = fc_workspace_doubles(ws, n / m + 3),
        .weight = fc_workspace_doubles(ws, n + 2 * m),
    };
    if (stl.cycle == NULL || stl.work == NULL || stl.sub == NULL
        || stl.smooth == NULL || stl.weight == NULL)
        return FC_ENOMEM;
    memset(trend, 0, n * sizeof *trend);
    for (int i = 0; i < PASSES; i++)
        stl_pass(&stl, y, seasonal, trend);
    fc_workspace_release(ws, mark);
    return FC_OK;
}
