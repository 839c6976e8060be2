/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the default model learns from a batch, once, before its series are
 * forecast: the candidates forecast the last observations of all series (or
 * of a sample, where there are many), which are held back from them.  From
 * the errors follow the candidates' weights and the intervals' widths.  The
 * regressions and networks over all series are estimated twice: without the
 * observations held back, and then with them.
 *
 * The weights minimise the mean absolute error of the combination, each
 * series in its own scale, plus a penalty for their distance from the fixed
 * weights: of many ways to combine, few are better than simple means by more
 * than chance (Smith & Wallis 2009; Claeskens et al. 2016).  The search is
 * exponentiated gradient descent (Kivinen & Warmuth 1997).
 *
 * Tried on held-back training data of the M3 competition, and left out
 * because nothing was gained for what it cost: a second held-back origin, the
 * theta method beside dotm, complex exponential smoothing of logarithms,
 * medians and geometric means instead of means, regressions on seasonally
 * adjusted values, weights that depend on a series' features (length,
 * roughness, trend, season, disagreement of the candidates).
 */
#include "forecast/combine/block.h"

#include "forecast/base/parallel.h"
#include "forecast/measure/accuracy.h"
#include "forecast/numeric/missing.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SAMPLE = 2000,   /* series learnt from, at most */
    ITERATIONS = 200 /* of the search for weights */
};

/*
 * The penalty: this times the Kullback-Leibler distance of the weights from
 * the fixed ones, in units of the fixed weights' error; and the number of
 * series below which it grows.
 */
static const double PENALTY = 0.2, PENALTY_SERIES = 50;

/* Series whose error is beyond this quantile count as if it were there. */
static const double OUTLYING = 0.95;

/* One series with its last observations held back. */
struct trial {
    bool done;
    bool usable[FC_AUTO_CANDIDATES];
    double scale;
    double trust[FC_AUTO_CANDIDATES];
    double *actual; /* horizon values each; NaN: missing */
    double *mean;   /* of every candidate; the fixed combination's if it has
                       none */
    double *base;   /* the fixed combination */
    double *width;
};

enum { PER_TRIAL = FC_AUTO_CANDIDATES + 3 }; /* times the horizon */

struct learner {
    const struct fc_spec *spec;
    int horizon;
    struct fc_series *series; /* the sample */
    size_t n;
    struct fc_auto_knowledge knowledge; /* at the held-back origin */
    struct trial *trials;
    double *numbers;
    double *ratio; /* n * horizon */
    struct fc_learned *learned;
};

/* A series' place in a random order that does not depend on the batch. */
static double draw(const struct fc_spec *spec, const struct fc_series *series)
{
    return (double)(fc_model_seed(spec->seed, series->id) >> 11);
}

static bool can_teach(const struct fc_lesson *lesson, size_t i, int horizon)
{
    return (lesson->skip == NULL || !lesson->skip[i])
           && lesson->series[i].n >= (size_t)horizon + FC_AUTO_LEAST_LEFT;
}

/* The draw above which series are not in the sample. */
static enum fc_status threshold(const struct fc_lesson *lesson,
                                const struct fc_spec *spec, double *last,
                                size_t *n, struct fc_error *err)
{
    double *draws = malloc((lesson->n + 1) * sizeof *draws);
    if (draws == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    *n = 0;
    for (size_t i = 0; i < lesson->n; i++)
        if (can_teach(lesson, i, spec->horizon))
            draws[(*n)++] = draw(spec, &lesson->series[i]);
    *last = INFINITY;
    if (*n > SAMPLE) {
        gsl_sort(draws, 1, *n);
        *last = draws[SAMPLE - 1];
        *n = SAMPLE;
    }
    free(draws);
    return FC_OK;
}

static enum fc_status take_sample(struct learner *l,
                                  const struct fc_lesson *lesson,
                                  struct fc_error *err)
{
    double last = INFINITY;
    enum fc_status status = threshold(lesson, l->spec, &last, &l->n, err);
    if (status != FC_OK)
        return status;
    l->series = malloc((l->n + 1) * sizeof *l->series);
    if (l->series == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    size_t k = 0;
    for (size_t i = 0; i < lesson->n && k < l->n; i++)
        if (can_teach(lesson, i, l->horizon)
            && draw(l->spec, &lesson->series[i]) <= last)
            l->series[k++] = lesson->series[i];
    return FC_OK;
}

/*
 * One and a half seasons, at least 8 values (10 without a season), but no
 * more than half of what is left of a typical series.  0: no regression.
 */
static int choose_window(const struct learner *l, double *lengths)
{
    int m = l->spec->season_length;
    int window = m < 2 ? 10 : m < 6 ? 8 : 3 * m / 2;
    for (size_t i = 0; i < l->n; i++)
        lengths[i] = (double)l->series[i].n;
    gsl_sort(lengths, 1, l->n);
    double half = floor((lengths[l->n / 2] - l->horizon) / 2);
    if (window > half)
        window = (int)half;
    return window >= (m > 3 ? m : 3) && window <= FC_AUTO_LONGEST_WINDOW
               ? window
               : 0;
}

/* The first numbers of what is learnt, and room for the others. */
static enum fc_status allocate_learned(struct learner *l, int window,
                                       struct fc_error *err)
{
    int m = l->spec->season_length;
    double first[AT_COEF] = {[AT_VERSION] = FC_AUTO_BLOCK_VERSION,
                             [AT_HORIZON] = l->horizon,
                             [AT_SEASON] = m,
                             [AT_SERIES] = (double)l->n,
                             [AT_WINDOW] = window,
                             [AT_NETWORK] = fc_neural_window(m, l->horizon)};
    size_t total = fc_auto_block_size(first);
    l->learned = calloc(1, sizeof *l->learned + total * sizeof(double));
    if (l->learned == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    memcpy(l->learned->values, first, sizeof first);
    l->learned->n = total;
    return FC_OK;
}

static enum fc_status allocate(struct learner *l, struct fc_error *err)
{
    size_t h = (size_t)l->horizon;
    l->trials = calloc(l->n, sizeof *l->trials);
    l->numbers = malloc(l->n * PER_TRIAL * h * sizeof *l->numbers);
    l->ratio = malloc(l->n * h * sizeof *l->ratio);
    double *lengths = malloc(l->n * sizeof *lengths);
    if (l->trials == NULL || l->numbers == NULL || l->ratio == NULL
        || lengths == NULL) {
        free(lengths);
        return fc_fail(err, FC_ENOMEM, "out of memory");
    }
    int window = choose_window(l, lengths);
    free(lengths);
    return allocate_learned(l, window, err);
}

static void write_knowledge(const struct fc_auto_knowledge *k,
                            struct fc_learned *learned)
{
    double *v = learned->values;
    memcpy(v + AT_WEIGHTS, k->weights, sizeof k->weights);
    memcpy(v + AT_SHAPE, k->errors.shape, sizeof k->errors.shape);
    v[AT_A] = k->errors.a;
    v[AT_B] = k->errors.b;
}

/* Both regressions from the sample. */
static enum fc_status learn_pooled(struct learner *l,
                                   const struct fc_lesson *sample,
                                   enum fc_auto_time time, struct fc_error *err)
{
    double *v = l->learned->values;
    size_t hold = time == FC_AUTO_BEFORE ? (size_t)l->horizon : 0;
    for (int i = 0; i < 2 && v[AT_WINDOW] > 0; i++) {
        struct fc_pooled pooled = fc_auto_block_pooled(v, i);
        enum fc_status status = fc_pooled_fit(
            &pooled, sample, hold, v + fc_auto_block_coef(v, time, i), err);
        if (status == FC_ENOMEM || status == FC_ESTOPPED)
            return status;
        v[AT_POOLED + 2 * time + i] = status == FC_OK;
    }
    return FC_OK;
}

/* The networks; when they cannot be trained, there is no place for them. */
static enum fc_status learn_networks(struct learner *l,
                                     const struct fc_lesson *sample,
                                     enum fc_auto_time time,
                                     struct fc_error *err)
{
    double *v = l->learned->values;
    size_t hold = time == FC_AUTO_BEFORE ? (size_t)l->horizon : 0;
    struct fc_neural neural = fc_auto_block_neural(v);
    if (neural.window == 0)
        return FC_OK;
    enum fc_status status =
        fc_neural_fit(&neural, sample, hold, l->spec->seed,
                      v + fc_auto_block_parameters(v, time), err);
    if (status == FC_ENOMEM || status == FC_ESTOPPED)
        return status;
    if (status != FC_OK) {
        v[AT_NETWORK] = 0;
        l->learned->n = fc_auto_block_size(v);
    }
    return FC_OK;
}

/* What all series have in common; networks first, for without them the rest
 * has another place. */
static enum fc_status learn_common(struct learner *l,
                                   const struct fc_lesson *lesson,
                                   enum fc_auto_time time, struct fc_error *err)
{
    struct fc_lesson sample = *lesson;
    sample.series = l->series;
    sample.n = l->n;
    sample.skip = NULL;
    enum fc_status status = learn_networks(l, &sample, time, err);
    return status == FC_OK ? learn_pooled(l, &sample, time, err) : status;
}

/*
 * The scale in which the errors of different series are compared: between
 * those of MASE and of percentages.
 */
static double scale_of(const double *y, size_t n, size_t m)
{
    double seasonal = fc_error_scale(y, n, m).mae, size = 0;
    for (size_t t = 0; t < n; t++)
        size += fabs(y[t]) / (double)n;
    return sqrt(seasonal * size);
}

static void place_trial(struct learner *l, size_t i)
{
    size_t h = (size_t)l->horizon;
    struct trial *trial = &l->trials[i];
    trial->actual = l->numbers + i * PER_TRIAL * h;
    trial->base = trial->actual + h;
    trial->width = trial->base + h;
    trial->mean = trial->width + h;
}

static void keep_table(const struct fc_auto_table *table, struct trial *trial)
{
    size_t h = (size_t)table->horizon;
    memcpy(trial->usable, table->usable, sizeof trial->usable);
    memcpy(trial->width, table->width, h * sizeof(double));
    for (size_t k = 0; k < FC_AUTO_CANDIDATES; k++)
        memcpy(trial->mean + k * h,
               table->usable[k] ? table->mean[k] : trial->base,
               h * sizeof(double));
}

/* An item of the map: what the candidates make of one shortened series. */
static enum fc_status try_series(void *arg, size_t i, struct fc_workspace *ws)
{
    struct learner *l = arg;
    struct trial *trial = &l->trials[i];
    size_t h = (size_t)l->horizon, n = l->series[i].n - h;
    struct fc_spec spec = *l->spec;
    struct fc_fit fit;
    struct fc_auto_table table;
    struct fc_error err;
    place_trial(l, i);
    memcpy(trial->actual, l->series[i].y + n, h * sizeof(double));
    double *y = fc_workspace_doubles(ws, n);
    if (y == NULL)
        return FC_ENOMEM;
    fc_fill_linear(l->series[i].y, n, y);
    struct fc_series series = {l->series[i].id, y, n};
    fit = (struct fc_fit){.model = spec.model,
                          .series = &series,
                          .season_length = spec.season_length,
                          .coef = trial->trust};
    enum fc_status status = fc_auto_fit_members(&series, &spec, ws, &fit, &err);
    if (status == FC_OK)
        status = fc_auto_trust(&fit, &spec, &l->knowledge.before, l->horizon,
                               ws, trial->trust, &err);
    if (status == FC_OK)
        status = fc_auto_candidates(&fit, &l->knowledge.before, l->horizon, ws,
                                    &table, &err);
    if (status != FC_OK)
        return status;
    fc_auto_combine(&table, l->knowledge.weights, trial->base);
    keep_table(&table, trial);
    trial->scale = scale_of(y, n, (size_t)spec.season_length);
    trial->done = true;
    return FC_OK;
}

static size_t length_of(const void *arg, size_t i)
{
    const struct learner *l = arg;
    return l->series[i].n;
}

static enum fc_status try_all(struct learner *l, const struct fc_lesson *lesson,
                              struct fc_error *err)
{
    enum fc_status *each = malloc((l->n + 1) * sizeof *each);
    if (each == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    struct fc_parallel job = {
        .n = l->n,
        .nthreads = lesson->jobs,
        .item = try_series,
        .arg = l,
        .status = each,
        .size = length_of,
        .stop = lesson->stop,
    };
    enum fc_status status = fc_parallel_map(&job);
    /* a series that cannot be tried teaches nothing; one for which there is
       no memory would have, and all forecasts would be others */
    for (size_t i = 0; i < l->n && status == FC_OK; i++)
        if (each[i] == FC_ENOMEM)
            status = FC_ENOMEM;
    free(each);
    return status == FC_OK ? FC_OK
                           : fc_fail(err, status, "%s", fc_status_text(status));
}

/* Mean absolute error of a forecast in the series' scale; NaN: unknown. */
static double error_of(const struct trial *trial, const double *mean,
                       size_t horizon)
{
    double sum = 0;
    size_t n = 0;
    for (size_t h = 0; h < horizon; h++)
        if (!isnan(trial->actual[h])) {
            sum += fabs(trial->actual[h] - mean[h]);
            n++;
        }
    return trial->done && n > 0 && trial->scale > 0
               ? sum / (double)n / trial->scale
               : NAN;
}

/*
 * What a series counts for: the same for all but the outlying, and nothing
 * if its error is unknown.  Returns the mean error that is left, and 0 when
 * there is nothing to learn.
 */
static double importances(const struct learner *l, double *importance,
                          double *scratch, size_t *counted)
{
    size_t n = 0;
    double sum = 0;
    for (size_t i = 0; i < l->n; i++) {
        importance[i] =
            error_of(&l->trials[i], l->trials[i].base, (size_t)l->horizon);
        if (isfinite(importance[i]))
            scratch[n++] = importance[i];
    }
    *counted = n;
    if (n == 0)
        return 0;
    gsl_sort(scratch, 1, n);
    double most = scratch[(size_t)(OUTLYING * (double)(n - 1))];
    for (size_t i = 0; i < l->n; i++) {
        double e = importance[i];
        importance[i] = !isfinite(e) ? 0 : e > most && most > 0 ? most / e : 1;
        sum += isfinite(e) ? importance[i] * e : 0;
    }
    for (size_t i = 0; i < l->n; i++)
        importance[i] /= (double)n;
    return sum / (double)n;
}

/* The weights that a series gives its candidates: by what it trusts them. */
static double share(const struct trial *trial, const double *weights,
                    double *used)
{
    double sum = 0;
    for (int k = 0; k < FC_AUTO_CANDIDATES; k++)
        sum += weights[k] * trial->trust[k];
    for (int k = 0; k < FC_AUTO_CANDIDATES; k++)
        used[k] = weights[k] * trial->trust[k] / sum;
    return sum;
}

/* Adds one series to the gradient of the error with respect to the weights. */
static void add_gradient(const struct trial *trial, size_t horizon,
                         double importance, const double *weights,
                         double *gradient)
{
    size_t known = 0;
    double used[FC_AUTO_CANDIDATES], sum = share(trial, weights, used);
    for (size_t h = 0; h < horizon; h++)
        known += !isnan(trial->actual[h]);
    for (size_t h = 0; h < horizon; h++) {
        if (isnan(trial->actual[h]))
            continue;
        double mean = 0;
        for (size_t k = 0; k < FC_AUTO_CANDIDATES; k++)
            mean += used[k] * trial->mean[k * horizon + h];
        double e = trial->actual[h] - mean;
        double step =
            importance / (trial->scale * (double)known) * ((e < 0) - (e > 0));
        for (size_t k = 0; k < FC_AUTO_CANDIDATES; k++)
            gradient[k] += step * trial->trust[k] / sum
                           * (trial->mean[k * horizon + h] - mean);
    }
}

static void normalise(double *w)
{
    double sum = 0;
    for (int k = 0; k < FC_AUTO_CANDIDATES; k++)
        sum += w[k];
    for (int k = 0; k < FC_AUTO_CANDIDATES; k++)
        w[k] /= sum;
}

/* The mean of the iterates, which is steadier than the last. */
static void descend(const struct learner *l, const double *importance,
                    double error, double penalty, double *weights)
{
    double prior[FC_AUTO_CANDIDATES], w[FC_AUTO_CANDIDATES];
    double mean[FC_AUTO_CANDIDATES] = {0};
    memcpy(prior, weights, sizeof prior);
    memcpy(w, weights, sizeof w);
    for (int it = 0; it < ITERATIONS; it++) {
        double gradient[FC_AUTO_CANDIDATES] = {0};
        for (size_t i = 0; i < l->n; i++)
            if (importance[i] > 0)
                add_gradient(&l->trials[i], (size_t)l->horizon,
                             importance[i] / error, w, gradient);
        double step = 1 / sqrt(1 + it);
        for (int k = 0; k < FC_AUTO_CANDIDATES; k++) {
            double pull = penalty * log(w[k] / prior[k]);
            double move = step * (gradient[k] + pull);
            w[k] *= exp(-fmin(fmax(move, -2), 2));
        }
        normalise(w);
        for (int k = 0; k < FC_AUTO_CANDIDATES; k++) {
            w[k] = fmax(w[k], 1e-9);
            if (it >= ITERATIONS / 2)
                mean[k] += w[k];
        }
    }
    normalise(mean);
    memcpy(weights, mean, sizeof mean);
}

static enum fc_status learn_weights(const struct learner *l, double *weights,
                                    struct fc_error *err)
{
    double *importance = malloc(2 * l->n * sizeof *importance);
    size_t counted;
    if (importance == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    double error = importances(l, importance, importance + l->n, &counted);
    if (error > 0)
        descend(l, importance, error,
                PENALTY * (1 + PENALTY_SERIES / (double)counted), weights);
    free(importance);
    return FC_OK;
}

/* Errors of the final combination over the widths. */
static enum fc_status learn_errors(struct learner *l, const double *weights,
                                   struct fc_auto_errors *errors,
                                   struct fc_error *err)
{
    size_t horizon = (size_t)l->horizon;
    struct fc_auto_sample sample = {l->n, l->horizon, l->ratio};
    struct fc_auto_errors prior = *errors;
    for (size_t i = 0; i < l->n; i++) {
        const struct trial *trial = &l->trials[i];
        double used[FC_AUTO_CANDIDATES];
        share(trial, weights, used);
        for (size_t h = 0; h < horizon; h++) {
            double mean = 0;
            for (size_t k = 0; k < FC_AUTO_CANDIDATES && trial->done; k++)
                mean += used[k] * trial->mean[k * horizon + h];
            l->ratio[i * horizon + h] =
                trial->done ? (trial->actual[h] - mean) / trial->width[h] : NAN;
        }
    }
    return fc_auto_learn_errors(&sample, &prior, errors, err);
}

static enum fc_status learn(struct learner *l, const struct fc_lesson *lesson,
                            struct fc_error *err)
{
    enum fc_status status = take_sample(l, lesson, err);
    if (status != FC_OK || l->n == 0)
        return status;
    status = allocate(l, err);
    if (status == FC_OK)
        status = learn_common(l, lesson, FC_AUTO_BEFORE, err);
    if (status != FC_OK)
        return status;
    struct fc_auto_knowledge k = fc_auto_prior(l->spec->season_length);
    write_knowledge(&k, l->learned);
    l->knowledge = fc_auto_read(l->learned, l->spec->season_length);
    status = try_all(l, lesson, err);
    if (status == FC_OK)
        status = learn_weights(l, k.weights, err);
    if (status == FC_OK)
        status = learn_errors(l, k.weights, &k.errors, err);
    if (status == FC_OK)
        status = learn_common(l, lesson, FC_AUTO_NOW, err);
    if (status == FC_OK)
        write_knowledge(&k, l->learned);
    return status;
}

enum fc_status fc_auto_learn(const struct fc_lesson *lesson,
                             const struct fc_spec *spec,
                             struct fc_learned **learned, struct fc_error *err)
{
    struct learner l = {.spec = spec, .horizon = spec->horizon};
    enum fc_status status = spec->horizon > 0 ? learn(&l, lesson, err) : FC_OK;
    free(l.series);
    free(l.trials);
    free(l.numbers);
    free(l.ratio);
    *learned = status == FC_OK ? l.learned : NULL;
    if (status != FC_OK)
        free(l.learned);
    return status;
}
