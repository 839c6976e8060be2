/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One linear autoregression for all series of a batch, direct for every step.
 *
 * Montero-Manso & Hyndman (2021), Principles and algorithms for forecasting
 * groups of time series: locality and globality, International Journal of
 * Forecasting 37, 1632-1653: a linear model fitted to many series at once may
 * have far more lags than any one of them could support, and is as accurate
 * as models of each series.  Its errors are unlike theirs, which makes it
 * worth more still in a combination.
 *
 * The sums of squares and products are gathered by blocks of series and then
 * added in the order of the blocks, so that threads leave no trace.  A window
 * that ends a steps before the end of its series has targets for steps up to
 * a: such windows are added to sum number a, and the normal equations of step
 * h take the sums h, h + 1, ...  So the last steps come first, as many at a
 * time as there is memory for, and as are done in a few seconds: they are a
 * piece of work that is kept, see forecast/base/pieces.h.
 */
#include "forecast/global/pooled.h"

#include "forecast/base/parallel.h"
#include "forecast/global/global.h"
#include "forecast/numeric/missing.h"
#include "forecast/numeric/vet.h"

#include <gsl/gsl_linalg.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCKS = 8,    /* of series; not the number of threads */
    RECENT = 1000, /* windows of one series, the last ones */
    LEAST = 10,    /* windows per coefficient */
    LONGEST_WINDOW = 96,
    MOST_SUMS = 1 << 23 /* numbers: 64 MB */
};

/* Products of targets and windows' values that are added up at a time. */
static const double MOST_PRODUCTS = 4e9;

/* Of the mean of the diagonal: enough for collinear windows. */
static const double RIDGE = 1e-4;

/*
 * What bounds a series: a window with a value farther than so many scales from
 * its level counts for less, as if the farthest were there; so does one in
 * which the growth common to all series weighs more; a target farther away
 * counts as if it were there; and a series with more windows than so many times
 * the median number counts like one with that many.
 */
static const double FAR = 30, GROWTH = 100, LONG = 1;

/* Sums of one block of series for some steps. */
struct sums {
    double *xx; /* a matrix of size * size for each */
    double *xy; /* a vector of size for each */
    double rows;
};

struct gather {
    const struct fc_pooled *pooled;
    const struct fc_series *series;
    const struct fc_breaks *breaks;
    size_t n, hold;
    double windows;      /* of all series */
    double most_windows; /* that a series may count for */
    size_t size;       /* coefficients of a step: an intercept and the window */
    size_t most;       /* steps at a time */
    size_t first, end; /* the steps now, from 0, without the end */
    double *later;     /* sum of the matrices of the steps from the end on */
    struct sums sums[BLOCKS];
};

static double scale_of(enum fc_pooled_kind kind, const double *z, size_t n,
                       size_t m, double *scratch)
{
    double change = fc_steady_change(z, n, m, scratch);
    return kind == FC_POOLED_LOG ? sqrt(change) : change;
}

/* z = y or log y; false where that is not defined. */
static bool transform(enum fc_pooled_kind kind, const double *y, size_t n,
                      double *z)
{
    for (size_t t = 0; t < n; t++) {
        if (kind == FC_POOLED_LOG && !(y[t] > 0))
            return false;
        z[t] = kind == FC_POOLED_LOG ? log(y[t]) : y[t];
    }
    return true;
}

static double level_of(const struct fc_pooled *pooled, const double *end)
{
    int m = pooled->season_length < pooled->window ? pooled->season_length
                                                   : pooled->window;
    double sum = 0;
    for (int i = 1; i <= m; i++)
        sum += end[-i];
    return sum / m;
}

/* Coefficients of one step. */
static size_t row_size(const struct fc_pooled *pooled)
{
    return 1 + (size_t)pooled->window + pooled->past;
}

/*
 * The regressors of the window that ends before `end`; its level.  The
 * intercept is a growth common to all series: in percent for logarithms, else
 * in units of each series' own scale.  past: the mean of all values before
 * `end`.
 */
static double regressors(const struct fc_pooled *pooled, const double *end,
                         double past, double scale, double *x)
{
    double level = level_of(pooled, end);
    x[0] = pooled->kind == FC_POOLED_LOG ? 1 / scale : 1;
    for (int i = 0; i < pooled->window; i++)
        x[1 + i] = (end[i - pooled->window] - level) / scale;
    if (pooled->past)
        x[1 + pooled->window] = (past - level) / scale;
    return level;
}

/* The lower triangle of a += x x'. */
static void add_square(double *a, const double *x, size_t size)
{
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j <= i; j++)
            a[i * size + j] += x[i] * x[j];
}

static double mean_of(const double *z, size_t n)
{
    double mean = 0;
    for (size_t t = 0; t < n; t++)
        mean += (z[t] - mean) / (double)(t + 1);
    return mean;
}

/* What the row of a window is divided by. */
static double far_of(const struct gather *g, const double *x)
{
    double far = fmax(1, fabs(x[0]) / GROWTH);
    for (size_t i = 1; i < g->size; i++)
        far = fmax(far, fabs(x[i]) / FAR);
    return far;
}

static size_t windows_of(const struct gather *g, size_t n)
{
    size_t window = (size_t)g->pooled->window;
    size_t all = n > window ? n - window : 0;
    return all < RECENT ? all : RECENT;
}

/* Steps after t that the window which ends there has targets for. */
static size_t targets_of(const struct gather *g, size_t t, size_t n,
                         size_t whole)
{
    size_t horizon = (size_t)g->pooled->horizon, left = n - t;
    if (g->breaks != NULL) {
        size_t told = fc_before_break(g->breaks, t, whole);
        left = told < left ? told : left;
    }
    return left < horizon ? left : horizon;
}

/* The n first of whole values. */
static void add_series(const struct gather *g, struct sums *sums,
                       const double *z, size_t n, size_t whole, double scale,
                       double *x)
{
    size_t size = g->size, windows = windows_of(g, n);
    double weight = fmin(1, sqrt(g->most_windows / (double)windows));
    double past = mean_of(z, n - windows);
    for (size_t t = n - windows; t < n; t++) {
        size_t ahead = targets_of(g, t, n, whole);
        double level = regressors(g->pooled, z + t, past, scale, x);
        past += (z[t] - past) / (double)(t + 1);
        double share = weight / far_of(g, x);
        for (size_t i = 0; i < size && share < 1; i++)
            x[i] *= share;
        if (ahead > g->first && ahead <= g->end)
            add_square(sums->xx + (ahead - 1 - g->first) * size * size, x,
                       size);
        for (size_t h = g->first; h < ahead && h < g->end; h++) {
            double target = (z[t + h] - level) / scale;
            double *xy = sums->xy + (h - g->first) * size;
            target = fmin(fmax(target, -FAR), FAR) * share;
            for (size_t i = 0; i < size; i++)
                xy[i] += x[i] * target;
        }
        sums->rows++;
    }
}

static enum fc_status gather_block(void *arg, size_t block,
                                   struct fc_workspace *ws)
{
    struct gather *g = arg;
    double *x = fc_workspace_doubles(ws, g->size + (size_t)g->pooled->horizon);
    if (x == NULL)
        return FC_ENOMEM;
    for (size_t i = g->n * block / BLOCKS; i < g->n * (block + 1) / BLOCKS;
         i++) {
        const struct fc_series *s = &g->series[i];
        struct fc_mark mark = fc_workspace_mark(ws);
        double *z = fc_workspace_doubles(ws, s->n);
        double *scratch = fc_workspace_doubles(ws, s->n);
        if (z == NULL || scratch == NULL)
            return FC_ENOMEM;
        size_t n = s->n > g->hold ? s->n - g->hold : 0;
        fc_fill_linear(s->y, n, z);
        if (transform(g->pooled->kind, z, n, z)) {
            double scale = scale_of(g->pooled->kind, z, n,
                                    (size_t)g->pooled->season_length, scratch);
            if (scale > 0 && isfinite(scale))
                add_series(g, &g->sums[block], z, n, s->n, scale, x);
        }
        fc_workspace_release(ws, mark);
    }
    return FC_OK;
}

/* All blocks into the first, and longer targets into shorter ones. */
static void add_up(struct gather *g)
{
    size_t square = g->size * g->size, steps = g->end - g->first;
    struct sums *all = &g->sums[0];
    for (int b = 1; b < BLOCKS; b++) {
        for (size_t i = 0; i < steps * square; i++)
            all->xx[i] += g->sums[b].xx[i];
        for (size_t i = 0; i < steps * g->size; i++)
            all->xy[i] += g->sums[b].xy[i];
        all->rows += g->sums[b].rows;
    }
    for (size_t h = steps; h-- > 0;) {
        const double *next =
            h + 1 < steps ? all->xx + (h + 1) * square : g->later;
        for (size_t i = 0; i < square; i++)
            all->xx[h * square + i] += next[i];
    }
    memcpy(g->later, all->xx, square * sizeof *g->later);
}

/* Coefficients of step h from the sums; a is destroyed. */
static enum fc_status solve(double *a, const double *b, size_t size,
                            double *coef)
{
    double ridge = 0;
    for (size_t i = 1; i < size; i++)
        ridge += a[i * size + i];
    ridge *= RIDGE / (double)(size - 1);
    a[0] *= 1 + RIDGE * RIDGE;
    for (size_t i = 1; i < size; i++)
        a[i * size + i] += ridge;
    for (size_t i = 0; i < size; i++)
        for (size_t j = i + 1; j < size; j++)
            a[i * size + j] = a[j * size + i];
    gsl_matrix_view m = gsl_matrix_view_array(a, size, size);
    gsl_vector_const_view y = gsl_vector_const_view_array(b, size);
    gsl_vector_view c = gsl_vector_view_array(coef, size);
    if (!isfinite(ridge) || gsl_linalg_cholesky_decomp1(&m.matrix) != 0
        || gsl_linalg_cholesky_solve(&m.matrix, &y.vector, &c.vector) != 0)
        return FC_ERANGE;
    for (size_t i = 0; i < size; i++)
        if (!isfinite(coef[i]))
            return FC_ERANGE;
    return FC_OK;
}

static void forget(struct gather *g)
{
    for (int b = 0; b < BLOCKS; b++) {
        struct sums *sums = &g->sums[b];
        memset(sums->xx, 0, g->most * g->size * g->size * sizeof *sums->xx);
        memset(sums->xy, 0, g->most * g->size * sizeof *sums->xy);
        sums->rows = 0;
    }
}

/* The steps from first to end, into their places in coef. */
static enum fc_status gather_and_solve(struct gather *g,
                                       const struct fc_lesson *lesson,
                                       double *coef, struct fc_error *err)
{
    enum fc_status each[BLOCKS];
    struct fc_parallel job = {
        .n = BLOCKS,
        .nthreads = lesson->jobs,
        .item = gather_block,
        .arg = g,
        .status = each,
        .stop = lesson->stop,
        .trace = lesson->trace,
        .what = "regression",
    };
    forget(g);
    enum fc_status status = fc_parallel_map(&job);
    for (int b = 0; b < BLOCKS && status == FC_OK; b++)
        status = each[b];
    if (status != FC_OK)
        return fc_fail(err, status, "%s", fc_status_text(status));
    add_up(g);
    if (g->sums[0].rows < (double)(LEAST * g->size))
        return fc_fail(err, FC_ESHORT, "too few windows for a regression");
    for (size_t h = g->first; h < g->end; h++) {
        size_t at = h - g->first;
        status =
            solve(g->sums[0].xx + at * g->size * g->size,
                  g->sums[0].xy + at * g->size, g->size, coef + h * g->size);
        if (status != FC_OK)
            return fc_fail(err, status, "the regression has no solution");
    }
    return FC_OK;
}

size_t fc_pooled_size(const struct fc_pooled *pooled)
{
    return (size_t)pooled->horizon * row_size(pooled);
}

/* So many times the median number of windows. */
static enum fc_status find_most_windows(struct gather *g)
{
    double *windows = malloc((g->n + 1) * sizeof *windows);
    if (windows == NULL)
        return FC_ENOMEM;
    for (size_t i = 0; i < g->n; i++) {
        windows[i] = (double)windows_of(
            g, g->series[i].n > g->hold ? g->series[i].n - g->hold : 0);
        g->windows += windows[i];
    }
    g->most_windows =
        g->n > 0 ? fmax(1, LONG * gsl_stats_median(windows, 1, g->n)) : 1;
    free(windows);
    return FC_OK;
}

/* How many steps at a time. */
static size_t most_steps(const struct gather *g)
{
    size_t horizon = (size_t)g->pooled->horizon;
    double most = fmin(MOST_SUMS / (double)(BLOCKS * (g->size + 1) * g->size),
                       MOST_PRODUCTS / (g->windows * (double)g->size + 1));
    return most >= (double)horizon ? horizon : most > 1 ? (size_t)most : 1;
}

/* The same as a piece of work: the coefficients, and what sums of later steps
 * the ones before begin with. */
static enum fc_status do_steps(struct gather *g, const struct fc_lesson *lesson,
                               double *coef, struct fc_error *err)
{
    size_t square = g->size * g->size, steps = g->end - g->first;
    size_t n = steps * g->size + square;
    double *piece = malloc(n * sizeof *piece);
    if (piece == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    enum fc_status status = FC_OK;
    bool done =
        fc_pieces_recall(lesson->pieces, lesson->place, g->first, piece, n);
    double *own = coef + g->first * g->size;
    if (!done)
        status = gather_and_solve(g, lesson, coef, err);
    if (done) {
        memcpy(own, piece, steps * g->size * sizeof *own);
        memcpy(g->later, piece + steps * g->size, square * sizeof *g->later);
    } else if (status == FC_OK) {
        memcpy(piece, own, steps * g->size * sizeof *own);
        memcpy(piece + steps * g->size, g->later, square * sizeof *g->later);
        fc_pieces_keep(lesson->pieces, lesson->place, g->first, piece, n);
    }
    free(piece);
    return status;
}

enum fc_status fc_pooled_fit(const struct fc_pooled *pooled,
                             const struct fc_lesson *lesson, double *coef,
                             struct fc_error *err)
{
    struct gather g = {.pooled = pooled,
                       .series = lesson->series,
                       .breaks = lesson->breaks,
                       .n = lesson->n,
                       .hold = lesson->hold,
                       .size = row_size(pooled)};
    size_t square = g.size * g.size, horizon = (size_t)pooled->horizon;
    size_t each = BLOCKS * (square + g.size);
    if (find_most_windows(&g) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    g.most = most_steps(&g);
    double *numbers = calloc(g.most * each + square, sizeof *numbers);
    if (numbers == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t b = 0; b < BLOCKS; b++) {
        g.sums[b].xx = numbers + b * g.most * (square + g.size);
        g.sums[b].xy = g.sums[b].xx + g.most * square;
    }
    g.later = numbers + g.most * each;
    enum fc_status status = FC_OK;
    for (g.end = horizon; g.end > 0 && status == FC_OK; g.end = g.first) {
        g.first = g.end > g.most ? g.end - g.most : 0;
        status = do_steps(&g, lesson, coef, err);
    }
    free(numbers);
    return status;
}

enum fc_status fc_pooled_forecast(const struct fc_pooled *pooled,
                                  const double *y, size_t n,
                                  struct fc_workspace *ws, double *mean)
{
    size_t size = row_size(pooled);
    if (n < (size_t)pooled->window)
        return FC_ESHORT;
    double *z = fc_workspace_doubles(ws, n);
    double *x = fc_workspace_doubles(ws, size);
    double *scratch = fc_workspace_doubles(ws, n);
    if (z == NULL || x == NULL || scratch == NULL)
        return FC_ENOMEM;
    if (!transform(pooled->kind, y, n, z))
        return FC_EDOMAIN;
    double scale =
        scale_of(pooled->kind, z, n, (size_t)pooled->season_length, scratch);
    if (!(scale > 0) || !isfinite(scale))
        return FC_EDOMAIN;
    double level = regressors(pooled, z + n, mean_of(z, n), scale, x);
    for (int h = 0; h < pooled->horizon; h++) {
        const double *coef = pooled->coef + (size_t)h * size;
        double sum = 0;
        for (size_t i = 0; i < size; i++)
            sum += coef[i] * x[i];
        mean[h] = level + scale * sum;
        if (pooled->kind == FC_POOLED_LOG)
            mean[h] = exp(mean[h]);
        if (!isfinite(mean[h]))
            return FC_ERANGE;
    }
    return FC_OK;
}

/*
 * One and a half seasons, at least 8 values (10 without a season), but no
 * more than half of what is left of a typical series.  0: no regression;
 * -1: out of memory.
 */
static int choose_window(const struct fc_lesson *lesson)
{
    int m = fc_season_length(lesson->seasons);
    int window = m < 2 ? 10 : m < 6 ? 8 : 3 * m / 2;
    double *lengths = malloc((lesson->n + 1) * sizeof *lengths);
    if (lesson->n == 0 || lengths == NULL) {
        int none = lengths == NULL ? -1 : 0;
        free(lengths);
        return none;
    }
    for (size_t i = 0; i < lesson->n; i++)
        lengths[i] = (double)lesson->series[i].n;
    gsl_sort(lengths, 1, lesson->n);
    double half = floor((lengths[lesson->n / 2] - lesson->horizon) / 2);
    free(lengths);
    if (window > half)
        window = (int)half;
    return window >= (m > 3 ? m : 3) ? window : 0;
}

static struct fc_pooled pooled_of(const struct fc_global *global,
                                  enum fc_pooled_kind kind)
{
    return (struct fc_pooled){.kind = kind,
                              .season_length = global->season_length,
                              .window = global->window,
                              .horizon = global->horizon,
                              .past = global->past,
                              .coef = global->numbers};
}

static bool is_possible(const struct fc_global *global)
{
    return global->window >= 3 && global->window <= LONGEST_WINDOW;
}

static size_t size_of(const struct fc_global *global)
{
    struct fc_pooled pooled = pooled_of(global, FC_POOLED_RAW);
    return fc_pooled_size(&pooled);
}

static enum fc_status learn_raw(const struct fc_global *global,
                                const struct fc_lesson *lesson, double *numbers,
                                struct fc_error *err)
{
    struct fc_pooled pooled = pooled_of(global, FC_POOLED_RAW);
    return fc_pooled_fit(&pooled, lesson, numbers, err);
}

static enum fc_status learn_log(const struct fc_global *global,
                                const struct fc_lesson *lesson, double *numbers,
                                struct fc_error *err)
{
    struct fc_pooled pooled = pooled_of(global, FC_POOLED_LOG);
    return fc_pooled_fit(&pooled, lesson, numbers, err);
}

static enum fc_status forecast_raw(const struct fc_global *global,
                                   const double *y, size_t n,
                                   struct fc_workspace *ws, double *mean)
{
    struct fc_pooled pooled = pooled_of(global, FC_POOLED_RAW);
    return fc_pooled_forecast(&pooled, y, n, ws, mean);
}

static enum fc_status forecast_log(const struct fc_global *global,
                                   const double *y, size_t n,
                                   struct fc_workspace *ws, double *mean)
{
    struct fc_pooled pooled = pooled_of(global, FC_POOLED_LOG);
    return fc_pooled_forecast(&pooled, y, n, ws, mean);
}

static const struct fc_global_form raw = {1,       choose_window, is_possible,
                                          size_of, learn_raw,     forecast_raw};
static const struct fc_global_form logs = {
    1, choose_window, is_possible, size_of, learn_log, forecast_log};

const struct fc_model fc_model_pooled = {
    .name = "pooled",
    .summary = "one linear regression over all series of the file",
    .reference = "Montero-Manso & Hyndman (2021)",
    .must_learn = true,
    .form = &raw,
    .seasons = FC_SEASON_REST,
    .min_obs = fc_model_any_length,
    .fit = fc_global_fit,
    .predict = fc_global_predict,
    .learn = fc_global_learn,
    .check_learned = fc_global_check,
};

const struct fc_model fc_model_pooled_log = {
    .name = "pooled-log",
    .summary = "one linear regression over all series' logarithms",
    .reference = "Montero-Manso & Hyndman (2021)",
    .must_learn = true,
    .form = &logs,
    .seasons = FC_SEASON_REST,
    .min_obs = fc_model_any_length,
    .fit = fc_global_fit,
    .predict = fc_global_predict,
    .learn = fc_global_learn,
    .check_learned = fc_global_check,
};
