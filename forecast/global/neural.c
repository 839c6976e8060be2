/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Networks trained on the windows of all series of a batch.
 *
 * A network is given what the series did in its last window, in units of the
 * series' own scale and about its own level, and answers with all steps at
 * once, as in Oreshkin, Carpov, Chapados & Bengio (2020), N-BEATS: neural
 * basis expansion analysis for interpretable time series forecasting, from
 * which are also the mean of several networks and the sampling: a series by
 * chance, and then one of its windows.  The networks are far smaller than
 * theirs, since they are but one part of a combination, whose other parts
 * know each series better (see forecast/combine/auto.c).
 *
 *   values   logarithms, where a series is positive, else as they are
 *   level    of a window: the mean of its last season
 *   indices  mean differences of each season from the year about it, over all
 *            that is past
 *   scale    of a series: its mean absolute seasonal difference
 *   loss     absolute errors, in units between those of percentages and of
 *            scaled errors: the root of the scale, and for values as they are
 *            also of the mean absolute value
 *
 * Windows near the end of a series have targets for their first steps only.
 *
 * Tried on held-back training data of the M3 competition, and left out, since
 * the combination was no better for them: longer and shorter windows, networks
 * of several windows or levels, more members, a third layer, exponentially
 * smoothed levels as inputs, a linear path around the hidden layers, other loss
 * units, values as they are for positive series.  More than a few passes over
 * the windows made it worse.
 */
#include "forecast/global/neural.h"

#include "forecast/base/parallel.h"
#include "forecast/global/global.h"
#include "forecast/global/network.h"
#include "forecast/numeric/missing.h"
#include "forecast/numeric/vet.h"

#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MEMBERS = 4,
    HIDDEN = 128,
    LAYERS = 2,
    FEATURES = 3, /* inputs beside the window and the seasonal indices */
    LONGEST_WINDOW = 96,
    LONGEST_HORIZON = 400,
    LONGEST_LENGTH = 250, /* that is told */
    LEAST_WINDOWS = 500,  /* to learn from */
    LEAST_SERIES = 20,
    RECENT = 1000, /* windows of one series, the last ones */
    PASSES = 3     /* over all windows, on average */
};

/* Parameters times windows seen in training, at most: the cost's bound. */
static const double MOST_WORK = 1.6e9;

/* Adam's rate, which rises from 0 and then falls to 0 like a cosine, and the
 * share of the steps in which it rises. */
static const double RATE = 0.008, RISE = 0.05;

/*
 * A series' errors weigh, and its windows make training longer, at most like
 * so many times those of the median series.
 */
static const double HEAVY = 10, LONG = 3;

/* Inputs beyond that many scales count as if they were there. */
static const double FAR = 8;

/* Of zeros, in a series that is left alone: the least absolute error of what
 * is sold now and then is that of nothing. */
static const double MOST_ZEROS = 0.1;

/* A series as the networks see it. */
struct seen {
    const char *id;
    uint64_t place; /* in the order of training; not that of the batch */
    bool logs;
    double scale;
    double roughness; /* the log of scale over size, halved */
    double weight;    /* of its errors */
    size_t before;    /* values that are left out of z and path */
    size_t n, first;  /* windows end before t = first .. n - 1 of z */
    size_t held;      /* values after those */
    double *z;        /* n values */
    double *path;     /* n: sums of absolute differences until there */
    double *index;    /* n: of the season, until there */
    double *past;     /* n: the mean until there; NULL: not told */
};

struct training {
    const struct fc_neural *neural;
    struct fc_network net;
    const struct fc_lesson *lesson;
    size_t hold;
    uint64_t seed;
    struct seen *seen;
    size_t n;
    long steps;
    double *parameters;
};

int fc_neural_window(int season_length, int horizon)
{
    if (horizon > LONGEST_HORIZON)
        return 0;
    int window = season_length < 2   ? 8
                 : season_length < 4 ? 6
                                     : 3 * season_length / 2;
    return window < LONGEST_WINDOW ? window : LONGEST_WINDOW;
}

/* How many seasonal indices a network is told: of the first steps. */
static int indices(const struct fc_neural *neural)
{
    int m = neural->season_length;
    return m < 2 ? 0 : m < neural->horizon ? m : neural->horizon;
}

static struct fc_network network_of(const struct fc_neural *neural)
{
    return (struct fc_network){.inputs = neural->window + indices(neural)
                                         + FEATURES + neural->past,
                               .hidden = HIDDEN,
                               .layers = LAYERS,
                               .outputs = neural->horizon};
}

size_t fc_neural_size(const struct fc_neural *neural)
{
    struct fc_network net = network_of(neural);
    return MEMBERS * fc_network_size(&net);
}

static size_t least_length(const struct fc_neural *neural)
{
    size_t m = (size_t)neural->season_length;
    return m > 1 ? m + m / 2 : 5;
}

/* index[t]: the mean of z - (the mean of the season about it) at t, t - m ...
 */
static void find_indices(const double *z, size_t n, size_t m, double *index)
{
    double sum = 0;
    for (size_t t = 0; t < n; t++) {
        index[t] = 0;
        sum += z[t] - (t >= m ? z[t - m] : 0);
        if (t + 1 < m)
            continue;
        size_t middle = t - m / 2;
        double before = middle >= m ? index[middle - m] : 0;
        double years = (double)((t + 1) / m);
        index[middle] = before + (z[middle] - sum / (double)m - before) / years;
    }
}

/* Values, path and indices of the n first of y, and their scale. */
static void transform(const struct fc_neural *neural, const double *y, size_t n,
                      double *scratch, struct seen *seen)
{
    double *z = seen->z, *path = seen->path;
    for (size_t t = 0; t < n; t++) {
        z[t] = seen->logs ? log(y[t]) : y[t];
        path[t] = t > 0 ? path[t - 1] + fabs(z[t] - z[t - 1]) : 0;
    }
    double mean = 0;
    for (size_t t = 0; seen->past != NULL && t < n; t++)
        seen->past[t] = mean += (z[t] - mean) / (double)(t + 1);
    find_indices(z, n, (size_t)neural->season_length, seen->index);
    seen->scale =
        fc_steady_change(z, n, (size_t)neural->season_length, scratch);
}

/*
 * What the networks see in the n first of y, which has no missing values.
 * Room for its arrays is taken from ws.
 */
static enum fc_status look(const struct fc_neural *neural, const double *y,
                           size_t n, struct fc_workspace *ws, struct seen *seen)
{
    double size = 0, zeros = 0, lowest = INFINITY;
    *seen = (struct seen){.n = n, .first = least_length(neural)};
    if (n < seen->first)
        return FC_ESHORT;
    for (size_t t = 0; t < n; t++) {
        size += fabs(y[t]) / (double)n;
        zeros += y[t] == 0;
        lowest = fmin(lowest, y[t]);
    }
    if (zeros > MOST_ZEROS * (double)n)
        return FC_EDOMAIN;
    seen->logs = lowest > 0;
    seen->z = fc_workspace_doubles(ws, n);
    seen->path = fc_workspace_doubles(ws, n);
    seen->index = fc_workspace_doubles(ws, n);
    seen->past = neural->past ? fc_workspace_doubles(ws, n) : NULL;
    double *scratch = fc_workspace_doubles(ws, n);
    if (seen->z == NULL || seen->path == NULL || seen->index == NULL
        || (neural->past && seen->past == NULL) || scratch == NULL)
        return FC_ENOMEM;
    transform(neural, y, n, scratch, seen);
    double relative = seen->logs ? seen->scale : seen->scale / size;
    seen->roughness = log(relative) / 2;
    seen->weight = sqrt(relative);
    return seen->scale > 0 && isfinite(seen->scale) && relative > 0
                   && isfinite(seen->roughness)
                   && isfinite(seen->path[n - 1] / seen->scale)
               ? FC_OK
               : FC_EDOMAIN;
}

static double bounded(double x)
{
    return fmin(fmax(x, -FAR), FAR);
}

/* The index of the season of t + h, as known before t; t >= 3 m / 2. */
static double index_ahead(const struct seen *seen, size_t t, size_t h, size_t m)
{
    size_t known = t - m / 2; /* indices before it */
    size_t back = (t + h - known) / m + 1;
    return seen->index[t + h - back * m];
}

/* The inputs for the window that ends before t; its level. */
static double inputs(const struct fc_neural *neural, const struct seen *seen,
                     size_t t, double *x)
{
    size_t m = (size_t)neural->season_length, window = (size_t)neural->window;
    const double *z = seen->z;
    double level = 0, length = (double)(seen->before + t);
    for (size_t i = 1; i <= m; i++)
        level += z[t - i];
    level /= (double)m;
    for (size_t i = 0; i < window; i++)
        x[i] = t + i >= window
                   ? bounded((z[t + i - window] - level) / seen->scale)
                   : 0;
    x += window;
    for (size_t h = 0; h < (size_t)indices(neural); h++)
        *x++ = bounded(index_ahead(seen, t, h, m) / seen->scale);
    double change = seen->path[t - 1] / (length - 1);
    x[0] = seen->roughness;
    x[1] = log(fmin(length, LONGEST_LENGTH)) - 3.5;
    x[2] = log(change / seen->scale + 0.01) / 2;
    if (neural->past)
        x[3] = bounded((seen->past[t - 1] - level) / seen->scale);
    return level;
}

/* What the last RECENT windows need, in memory that stays. */
static enum fc_status keep(const struct fc_neural *neural, struct seen *seen)
{
    size_t m = (size_t)neural->season_length, window = (size_t)neural->window;
    size_t most = RECENT + (2 * m > window ? 2 * m : window);
    size_t left_out = seen->n > most ? seen->n - most : 0,
           n = seen->n - left_out;
    double *numbers = malloc((neural->past ? 4 : 3) * n * sizeof *numbers);
    if (numbers == NULL)
        return FC_ENOMEM;
    memcpy(numbers, seen->z + left_out, n * sizeof *numbers);
    memcpy(numbers + n, seen->path + left_out, n * sizeof *numbers);
    memcpy(numbers + 2 * n, seen->index + left_out, n * sizeof *numbers);
    if (neural->past) {
        memcpy(numbers + 3 * n, seen->past + left_out, n * sizeof *numbers);
        seen->past = numbers + 3 * n;
    }
    seen->before = left_out;
    seen->n = n;
    if (seen->first + RECENT < n)
        seen->first = n - RECENT;
    seen->z = numbers;
    seen->path = numbers + n;
    seen->index = numbers + 2 * n;
    return FC_OK;
}

/* An item of the map; series that cannot be used get no values. */
static enum fc_status look_at(void *arg, size_t i, struct fc_workspace *ws)
{
    struct training *tr = arg;
    const struct fc_series *series = &tr->lesson->series[i];
    size_t n = series->n > tr->hold ? series->n - tr->hold : 0;
    struct seen seen;
    double *y = fc_workspace_doubles(ws, n);
    if (y == NULL)
        return FC_ENOMEM;
    fc_fill_linear(series->y, n, y);
    enum fc_status status = look(tr->neural, y, n, ws, &seen);
    seen.held = series->n - n;
    if (status != FC_OK || seen.n <= seen.first)
        return status == FC_ENOMEM ? status : FC_OK;
    seen.id = series->id;
    seen.place = fc_model_seed(tr->seed, series->id);
    status = keep(tr->neural, &seen);
    if (status == FC_OK)
        tr->seen[i] = seen;
    return status;
}

/* Those that can be used come first. */
static int by_place(const void *a, const void *b)
{
    const struct seen *p = a, *q = b;
    if (p->z == NULL || q->z == NULL)
        return (p->z == NULL) - (q->z == NULL);
    return p->place != q->place ? (p->place > q->place) - (p->place < q->place)
                                : strcmp(p->id, q->id);
}

static enum fc_status map(const struct training *tr, size_t n,
                          enum fc_status (*item)(void *, size_t,
                                                 struct fc_workspace *),
                          enum fc_status *each)
{
    struct fc_parallel job = {
        .n = n,
        .nthreads = tr->lesson->jobs,
        .item = item,
        .arg = (void *)tr,
        .status = each,
        .stop = tr->lesson->stop,
        .trace = tr->lesson->trace,
        .what = "network",
    };
    enum fc_status status = fc_parallel_map(&job);
    for (size_t i = 0; i < n && status == FC_OK; i++)
        status = each[i];
    return status;
}

static enum fc_status look_at_all(struct training *tr)
{
    size_t n = tr->lesson->n;
    enum fc_status *each = malloc((n + 1) * sizeof *each);
    tr->seen = calloc(n + 1, sizeof *tr->seen);
    enum fc_status status = FC_ENOMEM;
    if (each != NULL && tr->seen != NULL) {
        status = map(tr, n, look_at, each);
        qsort(tr->seen, n, sizeof *tr->seen, by_place);
        while (tr->n < n && tr->seen[tr->n].z != NULL)
            tr->n++;
    }
    free(each);
    return status;
}

/* The most that x, n of them, may be: so many times the median. */
static double most_of(const struct training *tr, double times,
                      double (*x)(const struct seen *), double *scratch)
{
    for (size_t i = 0; i < tr->n; i++)
        scratch[i] = x(&tr->seen[i]);
    return tr->n > 0 ? times * gsl_stats_median(scratch, 1, tr->n) : 0;
}

static double windows_of(const struct seen *seen)
{
    return (double)(seen->n - seen->first);
}

static double weight_of(const struct seen *seen)
{
    return seen->weight;
}

/*
 * Whether there would be too little to learn from if as many values were held
 * back as are to be forecast: what was never tried on them is not used either.
 */
static bool is_too_little(const struct training *tr, double many)
{
    size_t horizon = (size_t)tr->neural->horizon, n = 0;
    size_t more = horizon > tr->hold ? horizon - tr->hold : 0;
    double windows = 0;
    for (size_t i = 0; i < tr->n; i++) {
        const struct seen *seen = &tr->seen[i];
        if (seen->n <= seen->first + more)
            continue;
        windows += fmin(windows_of(seen) - (double)more, many);
        n++;
    }
    return n < LEAST_SERIES || windows < LEAST_WINDOWS;
}

/* Weights with mean 1, and how many steps of training. */
static enum fc_status prepare(struct training *tr)
{
    double sum = 0, windows = 0;
    double *scratch = malloc((tr->n + 1) * sizeof *scratch);
    if (scratch == NULL)
        return FC_ENOMEM;
    double heavy = most_of(tr, HEAVY, weight_of, scratch);
    double many = most_of(tr, LONG, windows_of, scratch);
    free(scratch);
    for (size_t i = 0; i < tr->n; i++) {
        tr->seen[i].weight = fmin(tr->seen[i].weight, heavy);
        sum += tr->seen[i].weight / (double)tr->n;
        windows += fmin(windows_of(&tr->seen[i]), many);
    }
    if (is_too_little(tr, many))
        return FC_ESHORT;
    for (size_t i = 0; i < tr->n; i++)
        tr->seen[i].weight /= sum;
    double visits =
        fmin(PASSES * windows, MOST_WORK / (double)fc_network_size(&tr->net));
    tr->steps = 1 + (long)(visits / FC_NETWORK_LANES);
    return FC_OK;
}

/* What one network is trained with. */
struct member {
    uint64_t random;
    float *parameters, *gradient;
    struct fc_adam adam;
    float *x, *units, *out, *dout, *scratch;
    float *target; /* as out; NaN: not known */
    float weight[FC_NETWORK_LANES];
    double *inputs;
};

static float *floats(struct fc_workspace *ws, size_t n, bool *ok)
{
    float *x = fc_workspace_array(ws, n, sizeof *x);
    *ok = *ok && x != NULL;
    if (x != NULL)
        memset(x, 0, n * sizeof *x);
    return x;
}

static bool allocate(const struct fc_network *net, struct fc_workspace *ws,
                     struct member *m)
{
    bool ok = true;
    size_t n = fc_network_size(net);
    size_t outputs = (size_t)net->outputs * FC_NETWORK_LANES;
    m->parameters = floats(ws, n, &ok);
    m->gradient = floats(ws, n, &ok);
    m->adam.n = n;
    m->adam.mean = floats(ws, n, &ok);
    m->adam.square = floats(ws, n, &ok);
    m->x = floats(ws, (size_t)net->inputs * FC_NETWORK_LANES, &ok);
    m->units = floats(ws, fc_network_units(net), &ok);
    m->scratch = floats(ws, fc_network_scratch(net), &ok);
    m->out = floats(ws, outputs, &ok);
    m->dout = floats(ws, outputs, &ok);
    m->target = floats(ws, outputs, &ok);
    m->inputs = fc_workspace_doubles(ws, (size_t)net->inputs);
    return ok && m->inputs != NULL;
}

/* A random window of a random series. */
static void draw_window(const struct training *tr, struct member *m,
                        size_t lane)
{
    const struct seen *seen = &tr->seen[fc_network_random(&m->random) % tr->n];
    size_t t =
        seen->first + fc_network_random(&m->random) % (seen->n - seen->first);
    double level = inputs(tr->neural, seen, t, m->inputs);
    size_t told = seen->n - t;
    if (tr->lesson->breaks != NULL)
        told = fc_before_break(tr->lesson->breaks, t, seen->n + seen->held);
    for (size_t i = 0; i < (size_t)tr->net.inputs; i++)
        m->x[i * FC_NETWORK_LANES + lane] = (float)m->inputs[i];
    for (size_t h = 0; h < (size_t)tr->net.outputs; h++)
        m->target[h * FC_NETWORK_LANES + lane] =
            t + h < seen->n && h < told
                ? (float)((seen->z[t + h] - level) / seen->scale)
                : NAN;
    m->weight[lane] = (float)seen->weight / (float)tr->net.outputs;
}

/* The derivative of the weighted absolute errors. */
static void derive(const struct training *tr, struct member *m)
{
    for (size_t h = 0; h < (size_t)tr->net.outputs; h++)
        for (size_t lane = 0; lane < FC_NETWORK_LANES; lane++) {
            size_t i = h * FC_NETWORK_LANES + lane;
            float sign = (float)((m->out[i] > m->target[i])
                                 - (m->out[i] < m->target[i]));
            m->dout[i] = sign * m->weight[lane] / FC_NETWORK_LANES;
        }
}

static double rate_at(double progress)
{
    static const double PI = 3.141592653589793;
    return RATE * fmin(progress / RISE, 1) * (1 + cos(PI * progress)) / 2;
}

static bool stop_wanted(const struct fc_lesson *lesson)
{
    return lesson->stop != NULL
           && __atomic_load_n(lesson->stop, __ATOMIC_RELAXED);
}

/* An item of the map: one network, which is a piece of work that is kept. */
static enum fc_status train(void *arg, size_t k, struct fc_workspace *ws)
{
    const struct training *tr = arg;
    const struct fc_network *net = &tr->net;
    struct member m = {0};
    char name[32];
    double *parameters = tr->parameters + k * fc_network_size(net);
    if (fc_pieces_recall(tr->lesson->pieces, tr->lesson->place, k, parameters,
                         fc_network_size(net)))
        return FC_OK;
    if (!allocate(net, ws, &m))
        return FC_ENOMEM;
    snprintf(name, sizeof name, "network %zu", k);
    m.random = fc_model_seed(tr->seed, name);
    fc_network_start(net, &m.random, m.parameters);
    for (long step = 0; step < tr->steps; step++) {
        if (stop_wanted(tr->lesson))
            return FC_ESTOPPED;
        for (size_t lane = 0; lane < FC_NETWORK_LANES; lane++)
            draw_window(tr, &m, lane);
        fc_network_forward(net, m.parameters, m.x, m.units, m.out);
        derive(tr, &m);
        fc_network_gradient(net, m.parameters, m.x, m.units, m.dout, m.scratch,
                            m.gradient);
        fc_adam_step(&m.adam, rate_at((double)step / (double)tr->steps),
                     m.gradient, m.parameters);
    }
    for (size_t i = 0; i < m.adam.n; i++) {
        if (!isfinite(m.parameters[i]))
            return FC_ERANGE;
        parameters[i] = (double)m.parameters[i];
    }
    fc_pieces_keep(tr->lesson->pieces, tr->lesson->place, k, parameters,
                   m.adam.n);
    return FC_OK;
}

enum fc_status fc_neural_fit(const struct fc_neural *neural,
                             const struct fc_lesson *lesson, double *parameters,
                             struct fc_error *err)
{
    struct training tr = {.neural = neural,
                          .net = network_of(neural),
                          .lesson = lesson,
                          .hold = lesson->hold,
                          .seed = lesson->seed,
                          .parameters = parameters};
    enum fc_status each[MEMBERS];
    enum fc_status status = look_at_all(&tr);
    if (status == FC_OK)
        status = prepare(&tr);
    if (status == FC_OK)
        status = map(&tr, MEMBERS, train, each);
    for (size_t i = 0; tr.seen != NULL && i < lesson->n; i++)
        free(tr.seen[i].z);
    free(tr.seen);
    return status == FC_OK ? FC_OK
                           : fc_fail(err, status, "the networks: %s",
                                     fc_status_text(status));
}

enum fc_status fc_neural_forecast(const struct fc_neural *neural,
                                  const double *y, size_t n,
                                  struct fc_workspace *ws, double *mean)
{
    struct fc_network net = network_of(neural);
    size_t size = fc_network_size(&net), horizon = (size_t)net.outputs;
    struct seen seen;
    double *x = fc_workspace_doubles(ws, (size_t)net.inputs);
    double *units = fc_workspace_doubles(ws, 2 * (size_t)net.hidden);
    double *out = fc_workspace_doubles(ws, horizon);
    if (x == NULL || units == NULL || out == NULL)
        return FC_ENOMEM;
    enum fc_status status = look(neural, y, n, ws, &seen);
    if (status != FC_OK)
        return status;
    double level = inputs(neural, &seen, n, x);
    memset(mean, 0, horizon * sizeof *mean);
    for (size_t k = 0; k < MEMBERS; k++) {
        fc_network_apply(&net, neural->parameters + k * size, x, units, out);
        for (size_t h = 0; h < horizon; h++)
            mean[h] += out[h] / MEMBERS;
    }
    for (size_t h = 0; h < horizon; h++) {
        mean[h] = level + seen.scale * mean[h];
        if (seen.logs)
            mean[h] = exp(mean[h]);
        if (!isfinite(mean[h]))
            return FC_ERANGE;
    }
    return FC_OK;
}

static int choose_window(const struct fc_lesson *lesson)
{
    return fc_neural_window(fc_season_length(lesson->seasons), lesson->horizon);
}

static bool is_possible(const struct fc_global *global)
{
    return global->window
           == fc_neural_window(global->season_length, global->horizon);
}

static struct fc_neural neural_of(const struct fc_global *global)
{
    return (struct fc_neural){.season_length = global->season_length,
                              .window = global->window,
                              .horizon = global->horizon,
                              .past = global->past,
                              .parameters = global->numbers};
}

static size_t size_of(const struct fc_global *global)
{
    struct fc_neural neural = neural_of(global);
    return fc_neural_size(&neural);
}

static enum fc_status learn(const struct fc_global *global,
                            const struct fc_lesson *lesson, double *numbers,
                            struct fc_error *err)
{
    struct fc_neural neural = neural_of(global);
    return fc_neural_fit(&neural, lesson, numbers, err);
}

static enum fc_status forecast(const struct fc_global *global, const double *y,
                               size_t n, struct fc_workspace *ws, double *mean)
{
    struct fc_neural neural = neural_of(global);
    return fc_neural_forecast(&neural, y, n, ws, mean);
}

static const struct fc_global_form form = {1,       choose_window, is_possible,
                                           size_of, learn,         forecast};

const struct fc_model fc_model_network = {
    .name = "network",
    .summary = "the mean of neural networks over all series of the file",
    .reference = "Oreshkin, Carpov, Chapados & Bengio (2020)",
    .must_learn = true,
    .form = &form,
    .seasons = FC_SEASON_REST,
    .min_obs = fc_model_any_length,
    .fit = fc_global_fit,
    .predict = fc_global_predict,
    .learn = fc_global_learn,
    .check_learned = fc_global_check,
};
