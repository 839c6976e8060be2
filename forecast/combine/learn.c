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
#include "forecast/numeric/missing.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Series of each kind that are learnt from, at most. */
static const size_t most_series[FC_KINDS] = {
    [FC_KIND_MOVING] = 2000, [FC_KIND_RESTING] = 500, [FC_KIND_WILD] = 500};

enum { ITERATIONS = 200 /* of the search for weights */ };

/*
 * The penalty: this times the Kullback-Leibler distance of the weights from
 * the fixed ones, in units of the fixed weights' error; and the number of
 * series below which it grows.
 */
static const double PENALTY = 0.2, PENALTY_SERIES = 50;

/* Series whose error is beyond this quantile, or so many median errors, count
 * as if it were there. */
static const double OUTLYING = 0.95, MEDIANS = 5;

/* See leave_unlike(). */
static const double UNLIKE = 4, LEAST = 0.5;

/* One series with its last observations held back. */
struct trial {
    bool done;
    double ratio;      /* see struct fc_auto_table */
    enum fc_kind kind; /* FC_KINDS: teaches nothing */
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
    const struct fc_lesson *lesson;
    const struct fc_spec *spec;
    int horizon, season_length;
    struct fc_series *seen;   /* the sample; moving series first */
    struct fc_series *series; /* the same, without breaks that are over */
    double **mended;          /* what of series is not of seen, or NULL */
    size_t n, moving;
    struct fc_breaks breaks;
    struct fc_auto_knowledge knowledge; /* at the held-back origin */
    struct trial *trials;
    double *numbers;
    double *ratio; /* n * horizon */
    struct fc_learned *learned;
};

/* A series' place in a random order that does not depend on the batch. */
static double draw(const struct fc_lesson *lesson,
                   const struct fc_series *series)
{
    return (double)(fc_model_seed(lesson->seed, series->id) >> 11);
}

/* Of which kind each series is a teacher; FC_KINDS: of none. */
static void find_teachers(const struct fc_lesson *lesson, unsigned char *kind,
                          double *scratch)
{
    size_t m = (size_t)fc_season_length(lesson->seasons);
    for (size_t i = 0; i < lesson->n; i++) {
        const struct fc_series *s = &lesson->series[i];
        bool can = (lesson->skip == NULL || !lesson->skip[i])
                   && s->n >= (size_t)lesson->horizon + FC_AUTO_LEAST_LEFT;
        kind[i] = (unsigned char)(can ? fc_kind_of(s->y, s->n, m, scratch)
                                      : FC_KINDS);
    }
}

/* The draw above which series of a kind are not in the sample. */
static double threshold(const struct fc_lesson *lesson,
                        const unsigned char *kind, enum fc_kind of,
                        double *draws)
{
    size_t n = 0, most = most_series[of];
    for (size_t i = 0; i < lesson->n; i++)
        if (kind[i] == of)
            draws[n++] = draw(lesson, &lesson->series[i]);
    if (n <= most)
        return INFINITY;
    gsl_sort(draws, 1, n);
    return draws[most - 1];
}

/* Appends what is up to the threshold. */
static void take(struct learner *l, const struct fc_lesson *lesson,
                 const unsigned char *kind, enum fc_kind of, double last)
{
    size_t end = l->n + most_series[of];
    for (size_t i = 0; i < lesson->n && l->n < end; i++)
        if (kind[i] == of && draw(lesson, &lesson->series[i]) <= last)
            l->seen[l->n++] = lesson->series[i];
}

static enum fc_status take_sample(struct learner *l,
                                  const struct fc_lesson *lesson,
                                  struct fc_error *err)
{
    size_t most = 0, room = lesson->n + 1;
    for (size_t i = 0; i < lesson->n; i++)
        room = lesson->series[i].n > room ? lesson->series[i].n : room;
    unsigned char *kind = malloc(lesson->n + 1);
    double *draws = malloc(room * sizeof *draws);
    for (int of = 0; of < FC_KINDS; of++)
        most += most_series[of] < lesson->n ? most_series[of] : lesson->n;
    l->seen = malloc((most + 1) * sizeof *l->seen);
    if (kind == NULL || draws == NULL || l->seen == NULL) {
        free(kind);
        free(draws);
        return fc_fail(err, FC_ENOMEM, "out of memory");
    }
    find_teachers(lesson, kind, draws);
    for (enum fc_kind of = 0; of < FC_KINDS; of++) {
        take(l, lesson, kind, of, threshold(lesson, kind, of, draws));
        if (of == FC_KIND_MOVING)
            l->moving = l->n;
    }
    free(kind);
    free(draws);
    return FC_OK;
}

/* Series i without what is over, in memory of its own if that is needed. */
static enum fc_status mend(struct learner *l, size_t i, double *scratch)
{
    struct fc_series *series = &l->series[i];
    int m = l->season_length;
    *series = l->seen[i];
    bool shares = false;
    for (int k = 0; k < l->breaks.n && !shares; k++)
        shares =
            fc_shares_break(series->y, series->n, m, &l->breaks.at[k], scratch);
    if (!shares)
        return FC_OK;
    l->mended[i] = malloc(series->n * sizeof(double));
    if (l->mended[i] == NULL)
        return FC_ENOMEM;
    memcpy(l->mended[i], series->y, series->n * sizeof(double));
    fc_heal(l->mended[i], series->n, m, &l->breaks, scratch);
    series->y = l->mended[i];
    return FC_OK;
}

/* The breaks that the moving series share, and all series without them. */
static enum fc_status find_breaks(struct learner *l, struct fc_error *err)
{
    size_t longest = 1;
    enum fc_status status =
        fc_find_breaks(l->seen, l->moving, l->season_length, &l->breaks, err);
    if (status != FC_OK)
        return status;
    for (size_t i = 0; i < l->n; i++)
        longest = l->seen[i].n > longest ? l->seen[i].n : longest;
    double *scratch = malloc(longest * sizeof *scratch);
    l->series = malloc((l->n + 1) * sizeof *l->series);
    l->mended = calloc(l->n + 1, sizeof *l->mended);
    if (scratch == NULL || l->series == NULL || l->mended == NULL)
        status = FC_ENOMEM;
    for (size_t i = 0; i < l->n && status == FC_OK; i++)
        status = mend(l, i, scratch);
    free(scratch);
    return status == FC_OK ? FC_OK : fc_fail(err, status, "out of memory");
}

/*
 * One and a half seasons, at least 8 values (10 without a season), but no
 * more than half of what is left of a typical series.  0: no regression.
 */
static int choose_window(const struct learner *l, double *lengths)
{
    int m = l->season_length;
    int window = m < 2 ? 10 : m < 6 ? 8 : 3 * m / 2;
    if (l->moving == 0)
        return 0;
    for (size_t i = 0; i < l->moving; i++)
        lengths[i] = (double)l->series[i].n;
    gsl_sort(lengths, 1, l->moving);
    double half = floor((lengths[l->moving / 2] - l->horizon) / 2);
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
    int m = l->season_length;
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
        fc_neural_fit(&neural, sample, hold, l->lesson->seed,
                      v + fc_auto_block_parameters(v, time), err);
    if (status == FC_ENOMEM || status == FC_ESTOPPED)
        return status;
    if (status != FC_OK) {
        v[AT_NETWORK] = 0;
        l->learned->n = fc_auto_block_size(v);
    }
    return FC_OK;
}

/* The median of the series' mean changes from value to value, over their
 * size. */
static enum fc_status learn_change(struct learner *l, enum fc_auto_time time,
                                   struct fc_error *err)
{
    size_t hold = time == FC_AUTO_BEFORE ? (size_t)l->horizon : 0, known = 0;
    double *relative = malloc((l->moving + 1) * sizeof *relative);
    if (relative == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t i = 0; i < l->moving; i++) {
        const double *y = l->series[i].y;
        double change = 0, size = 0, changes = 0, values = 0;
        for (size_t t = 0; t < l->series[i].n - hold; t++) {
            if (isnan(y[t]))
                continue;
            size += fabs(y[t]);
            values++;
            if (t > 0 && !isnan(y[t - 1])) {
                change += fabs(y[t] - y[t - 1]);
                changes++;
            }
        }
        if (changes > 0 && size > 0)
            relative[known++] = (change / changes) / (size / values);
    }
    l->learned->values[AT_CHANGE + time] =
        known > 0 ? gsl_stats_median(relative, 1, known) : 0;
    free(relative);
    return FC_OK;
}

/* What moving series have in common; networks first, for without them the rest
 * has another place. */
static enum fc_status learn_common(struct learner *l,
                                   const struct fc_lesson *lesson,
                                   enum fc_auto_time time, struct fc_error *err)
{
    struct fc_lesson sample = *lesson;
    sample.series = l->series;
    sample.n = l->moving;
    sample.skip = NULL;
    sample.breaks = &l->breaks;
    enum fc_status status = learn_networks(l, &sample, time, err);
    if (status == FC_OK)
        status = learn_pooled(l, &sample, time, err);
    return status == FC_OK ? learn_change(l, time, err) : status;
}

/*
 * The scale in which the errors of different series are compared: between
 * those of MASE and of percentages.
 */
static double scale_of(const double *y, size_t n, double change)
{
    double size = 0;
    for (size_t t = 0; t < n; t++)
        size += fabs(y[t]) / (double)n;
    return sqrt(change * size);
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
    trial->ratio = table->ratio;
    memcpy(trial->usable, table->usable, sizeof trial->usable);
    memcpy(trial->width, table->width, h * sizeof(double));
    for (size_t k = 0; k < FC_AUTO_CANDIDATES; k++)
        memcpy(trial->mean + k * h,
               table->usable[k] ? table->mean[k] : trial->base,
               h * sizeof(double));
}

/* What followed, as far as it could be told. */
static void find_actual(const struct learner *l, size_t i, double *actual)
{
    const struct fc_series *series = &l->series[i];
    size_t h = (size_t)l->horizon, n = series->n - h;
    size_t told = fc_before_break(&l->breaks, n, series->n);
    for (size_t k = 0; k < h; k++)
        actual[k] = k < told && series->y[n + k] == l->seen[i].y[n + k]
                        ? series->y[n + k]
                        : NAN;
}

/*
 * The kind of which the trial is an example: of moving series only if the
 * values held back are a moving series', too.
 */
static enum fc_kind kind_of_trial(const struct learner *l, size_t i,
                                  double *scratch)
{
    const struct fc_series *series = &l->series[i];
    size_t n = series->n - (size_t)l->horizon;
    size_t m = (size_t)l->season_length;
    enum fc_kind kind = fc_kind_of(series->y, n, m, scratch);
    if (kind != FC_KIND_MOVING)
        return kind;
    if (fc_rests(series->y, n, series->n))
        return FC_KIND_RESTING;
    return fc_kind_of(series->y, series->n, m, scratch);
}

/* The candidates of the n first values of a series, whose view that is. */
static enum fc_status try_candidates(struct learner *l,
                                     const struct fc_auto_view *view,
                                     struct fc_workspace *ws,
                                     struct trial *trial,
                                     struct fc_auto_table *table)
{
    const struct fc_auto_common *before = &l->knowledge.before;
    struct fc_fit fit = {.model = l->spec->model,
                         .season_length = l->season_length,
                         .coef = trial->trust};
    struct fc_auto_fitted fitted = {view->series, &fit};
    struct fc_request request = {
        .spec = l->spec, .horizon = l->horizon, .seed = l->lesson->seed};
    enum fc_status status =
        fc_auto_fit_members(&view->series, &request, ws, &fit, NULL);
    if (status == FC_OK)
        status = fc_auto_trust(&fit, view, &request, before, ws, trial->trust);
    if (status == FC_OK)
        status =
            fc_auto_candidates(&fitted, before, l->horizon, ws, table, NULL);
    return status;
}

/* Those that are not over and began before what is held back. */
static struct fc_breaks earlier_breaks(const struct learner *l)
{
    struct fc_breaks earlier = {0};
    for (int k = 0; k < l->breaks.n; k++) {
        struct fc_break b = l->breaks.at[k];
        if (b.over || b.first <= l->horizon)
            continue;
        b.first -= l->horizon;
        b.last = b.last > l->horizon ? b.last - l->horizon : 1;
        earlier.at[earlier.n++] = b;
    }
    return earlier;
}

/* An item of the map: what the candidates make of one shortened series. */
static enum fc_status try_series(void *arg, size_t i, struct fc_workspace *ws)
{
    struct learner *l = arg;
    struct fc_breaks earlier = earlier_breaks(l);
    struct trial *trial = &l->trials[i];
    size_t n = l->series[i].n - (size_t)l->horizon;
    struct fc_auto_table table;
    struct fc_auto_view view;
    place_trial(l, i);
    find_actual(l, i, trial->actual);
    double *y = fc_workspace_doubles(ws, l->series[i].n);
    if (y == NULL)
        return FC_ENOMEM;
    trial->kind = kind_of_trial(l, i, y);
    fc_fill_linear(l->series[i].y, n, y);
    struct fc_series series = l->series[i];
    series.y = y;
    series.n = n;
    enum fc_status status = fc_auto_look(&series, &earlier, ws, &view);
    if (status == FC_OK)
        status = try_candidates(l, &view, ws, trial, &table);
    if (status != FC_OK)
        return status;
    const struct fc_auto_experience *of =
        &l->knowledge.of[trial->kind < FC_KINDS ? trial->kind : 0];
    fc_auto_combine(&table, of->weights, trial->base);
    keep_table(&table, trial);
    trial->scale = scale_of(view.series.y, view.series.n, table.walk);
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
        .trace = lesson->trace,
        .what = "try",
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
 * What a series counts for in the weights of a kind: the same for all of it but
 * the outlying, and nothing if its error is unknown.  Returns the mean error
 * that is left, and 0 when there is nothing to learn.
 */
static double importances(const struct learner *l, enum fc_kind kind,
                          double *importance, double *scratch)
{
    size_t n = 0;
    double sum = 0;
    for (size_t i = 0; i < l->n; i++) {
        const struct trial *trial = &l->trials[i];
        importance[i] = trial->kind == kind
                            ? error_of(trial, trial->base, (size_t)l->horizon)
                            : NAN;
        if (isfinite(importance[i]))
            scratch[n++] = importance[i];
    }
    if (n == 0)
        return 0;
    gsl_sort(scratch, 1, n);
    double most =
        fmin(scratch[(size_t)(OUTLYING * (double)(n - 1))],
             MEDIANS * gsl_stats_median_from_sorted_data(scratch, 1, n));
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

static enum fc_status learn_weights(const struct learner *l, enum fc_kind kind,
                                    double *weights, struct fc_error *err)
{
    double *importance = malloc(2 * l->n * sizeof *importance);
    if (importance == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    /* of moving series some come to rest in what is held back: they count */
    size_t taught = kind == FC_KIND_MOVING ? l->moving : l->n - l->moving;
    double error = importances(l, kind, importance, importance + l->n);
    if (error > 0)
        descend(l, importance, error,
                PENALTY * (1 + PENALTY_SERIES / fmax(1, (double)taught)),
                weights);
    free(importance);
    return FC_OK;
}

/* Errors of the final combination over the widths, of one kind of series. */
static enum fc_status learn_errors(struct learner *l, enum fc_kind kind,
                                   struct fc_auto_experience *of,
                                   struct fc_error *err)
{
    size_t horizon = (size_t)l->horizon;
    struct fc_auto_sample sample = {l->n, l->horizon, l->ratio};
    struct fc_auto_errors prior = of->errors;
    for (size_t i = 0; i < l->n; i++) {
        const struct trial *trial = &l->trials[i];
        bool counts = trial->done && trial->kind == kind;
        double used[FC_AUTO_CANDIDATES];
        share(trial, of->weights, used);
        for (size_t h = 0; h < horizon; h++) {
            double mean = 0;
            for (size_t k = 0; k < FC_AUTO_CANDIDATES && counts; k++)
                mean += used[k] * trial->mean[k * horizon + h];
            l->ratio[i * horizon + h] =
                counts ? (trial->actual[h] - mean) / trial->width[h] : NAN;
        }
    }
    return fc_auto_learn_errors(&sample, &prior, &of->errors, err);
}

/*
 * Trials whose models say other widths, against what their series do, than
 * those of most others of their kind teach nothing: more than so many robust
 * standard deviations from the median, in logarithms; within one there is
 * always room.
 */
static enum fc_status leave_unlike(struct learner *l, enum fc_kind kind,
                                   struct fc_error *err)
{
    size_t n = 0;
    double *x = malloc((l->n + 1) * sizeof *x);
    if (x == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t i = 0; i < l->n; i++) {
        struct trial *trial = &l->trials[i];
        if (!trial->done || trial->kind != kind)
            continue;
        if (trial->ratio > 0 && isfinite(trial->ratio))
            x[n++] = log(trial->ratio);
        else
            trial->kind = FC_KINDS;
    }
    double middle = n > 0 ? gsl_stats_median(x, 1, n) : 0;
    for (size_t i = 0; i < n; i++)
        x[i] = fabs(x[i] - middle);
    double most =
        n > 0 ? UNLIKE * fmax(1.4826 * gsl_stats_median(x, 1, n), LEAST) : 0;
    for (size_t i = 0; i < l->n; i++) {
        struct trial *trial = &l->trials[i];
        if (trial->done && trial->kind == kind
            && fabs(log(trial->ratio) - middle) > most)
            trial->kind = FC_KINDS;
    }
    free(x);
    return FC_OK;
}

/*
 * From the trials.  Of the other kinds there may be few series: their weights
 * are pulled towards what the moving series have taught.
 */
static enum fc_status learn_experience(struct learner *l,
                                       struct fc_auto_knowledge *k,
                                       struct fc_error *err)
{
    enum fc_status status = FC_OK;
    for (enum fc_kind kind = 0; kind < FC_KINDS && status == FC_OK; kind++) {
        if (kind != FC_KIND_MOVING)
            memcpy(k->of[kind].weights, k->of[FC_KIND_MOVING].weights,
                   sizeof k->of[kind].weights);
        status = leave_unlike(l, kind, err);
        if (status == FC_OK)
            status = learn_weights(l, kind, k->of[kind].weights, err);
        if (status == FC_OK)
            status = learn_errors(l, kind, &k->of[kind], err);
    }
    return status;
}

static enum fc_status learn(struct learner *l, const struct fc_lesson *lesson,
                            struct fc_error *err)
{
    enum fc_status status = take_sample(l, lesson, err);
    if (status != FC_OK || l->n == 0)
        return status;
    status = find_breaks(l, err);
    if (status == FC_OK)
        status = allocate(l, err);
    if (status == FC_OK)
        status = learn_common(l, lesson, FC_AUTO_BEFORE, err);
    if (status != FC_OK)
        return status;
    struct fc_auto_knowledge k = fc_auto_prior(l->season_length);
    k.breaks = l->breaks;
    fc_auto_block_write(&k, l->learned->values);
    l->knowledge = fc_auto_read(l->learned, l->season_length);
    status = try_all(l, lesson, err);
    if (status == FC_OK)
        status = learn_experience(l, &k, err);
    if (status == FC_OK)
        status = learn_common(l, lesson, FC_AUTO_NOW, err);
    if (status == FC_OK)
        fc_auto_block_write(&k, l->learned->values);
    return status;
}

enum fc_status fc_auto_learn(const struct fc_lesson *lesson,
                             const struct fc_spec *spec,
                             struct fc_learned **learned, struct fc_error *err)
{
    struct learner l = {.lesson = lesson,
                        .spec = spec,
                        .horizon = lesson->horizon,
                        .season_length = fc_season_length(lesson->seasons)};
    enum fc_status status =
        lesson->horizon > 0 ? learn(&l, lesson, err) : FC_OK;
    for (size_t i = 0; l.mended != NULL && i < l.n; i++)
        free(l.mended[i]);
    free(l.mended);
    free(l.seen);
    free(l.series);
    free(l.trials);
    free(l.numbers);
    free(l.ratio);
    *learned = status == FC_OK ? l.learned : NULL;
    if (status != FC_OK)
        free(l.learned);
    return status;
}
