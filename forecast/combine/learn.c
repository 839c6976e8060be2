/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the default model learns from a batch, once, before its series are
 * forecast: the candidates forecast the last observations of all series (or
 * of a sample, where there are many), which are held back from them.  From
 * the errors follow the candidates' weights and the intervals' widths.  The
 * regressions and networks over all series are estimated twice: without the
 * observations held back, and then with them.  What a series' candidates make
 * of it is a piece of work that is kept, see forecast/base/pieces.h.
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
#include "forecast/combine/learn.h"

#include "forecast/base/parallel.h"
#include "forecast/combine/candidates.h"
#include "forecast/combine/look.h"
#include "forecast/combine/trust.h"
#include "forecast/combine/width.h"
#include "forecast/global/sample.h"
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
    bool usable[FC_AUTO_MEMBERS];
    double scale;
    double trust[FC_AUTO_TRUSTS];
    double *actual; /* horizon values each; NaN: missing */
    double *mean;   /* of every candidate; the fixed combination's if it has
                       none */
    double *base;   /* the fixed combination */
    double *width;
    double *earlier; /* see fc_auto_trust() */
};

enum { PER_TRIAL = FC_AUTO_MEMBERS + 4 }; /* times the horizon */

/* A trial as a piece of work: a head, and behind it these numbers. */
enum { DONE, RATIO, KIND, SCALE, USABLE, TRUST = USABLE + FC_AUTO_MEMBERS };
enum { HEAD = TRUST + FC_AUTO_TRUSTS };

/* Places of what is kept: trials, and the members' lessons. */
enum { PLACE_OF_TRIALS, PLACE_OF_MEMBERS };

struct learner {
    const struct fc_spec *spec;
    int horizon, season_length;
    struct fc_sample sample;
    struct fc_auto_lessons lessons;
    struct fc_auto_knowledge knowledge; /* at the held-back origin */
    struct trial *trials;
    size_t *left, nleft; /* trials that are still to be made */
    double *numbers;
    double *ratio, *earlier; /* n * horizon each */
};

static enum fc_status allocate(struct learner *l, struct fc_error *err)
{
    size_t h = (size_t)l->horizon, n = l->sample.n;
    l->trials = calloc(n, sizeof *l->trials);
    l->left = malloc(n * sizeof *l->left);
    l->numbers = malloc(n * PER_TRIAL * h * sizeof *l->numbers);
    l->ratio = malloc(2 * n * h * sizeof *l->ratio);
    l->earlier = l->ratio + n * h;
    return l->trials != NULL && l->left != NULL && l->numbers != NULL
                   && l->ratio != NULL
               ? FC_OK
               : fc_fail(err, FC_ENOMEM, "out of memory");
}

/* The median of the series' mean changes from value to value, over their
 * size. */
static enum fc_status learn_change(const struct fc_lesson *lesson,
                                   double *median, struct fc_error *err)
{
    size_t known = 0;
    double *relative = malloc((lesson->n + 1) * sizeof *relative);
    if (relative == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t i = 0; i < lesson->n; i++) {
        const double *y = lesson->series[i].y;
        double change = 0, size = 0, changes = 0, values = 0;
        for (size_t t = 0; t < lesson->series[i].n - lesson->hold; t++) {
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
    *median = known > 0 ? gsl_stats_median(relative, 1, known) : 0;
    free(relative);
    return FC_OK;
}

/* What moving series have in common. */
static enum fc_status learn_common(struct learner *l, enum fc_auto_time time,
                                   struct fc_error *err)
{
    size_t hold = time == FC_AUTO_HELD_BACK ? (size_t)l->horizon : 0;
    struct fc_lesson lesson = fc_sample_lesson(&l->sample, hold);
    enum fc_status status =
        learn_change(&lesson, &l->lessons.change[time], err);
    lesson.means_only = true;
    for (int k = 0; k < FC_AUTO_MEMBERS && status == FC_OK; k++) {
        const struct fc_model *model = fc_auto_members[k].model;
        struct fc_spec member = fc_spec_member(l->spec, model);
        lesson.place = fc_pieces_part(
            l->sample.lesson->place,
            (uint32_t)(PLACE_OF_MEMBERS + (int)time * FC_AUTO_MEMBERS + k));
        if (model->learn != NULL)
            status = model->learn(&lesson, &member,
                                  &l->lessons.learned[time][k], err);
    }
    return status;
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
    trial->earlier = trial->width + h;
    trial->mean = trial->earlier + h;
}

static void keep_table(const struct fc_auto_table *table, struct trial *trial)
{
    size_t h = (size_t)table->horizon;
    trial->ratio = table->ratio;
    memcpy(trial->usable, table->usable, sizeof trial->usable);
    memcpy(trial->width, table->width, h * sizeof(double));
    for (size_t k = 0; k < FC_AUTO_MEMBERS; k++)
        memcpy(trial->mean + k * h,
               table->usable[k] ? table->mean[k] : trial->base,
               h * sizeof(double));
}

/* What followed, as far as it could be told. */
static void find_actual(const struct learner *l, size_t i, double *actual)
{
    const struct fc_series *series = &l->sample.series[i];
    size_t h = (size_t)l->horizon, n = series->n - h;
    size_t told = fc_before_break(&l->sample.breaks, n, series->n);
    for (size_t k = 0; k < h; k++)
        actual[k] = k < told && series->y[n + k] == l->sample.seen[i].y[n + k]
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
    const struct fc_series *series = &l->sample.series[i];
    size_t n = series->n - (size_t)l->horizon;
    size_t m = (size_t)l->season_length;
    enum fc_kind kind = fc_kind_of(series->y, n, m, scratch);
    if (kind != FC_KIND_MOVING)
        return kind;
    if (fc_rests(series->y, n, series->n))
        return FC_KIND_RESTING;
    return fc_kind_of(series->y, series->n, m, scratch);
}

/* --- trials as pieces --- */

static size_t piece_size(const struct learner *l)
{
    return HEAD + PER_TRIAL * (size_t)l->horizon;
}

static uint32_t piece_place(const struct learner *l)
{
    return fc_pieces_part(l->sample.lesson->place, PLACE_OF_TRIALS);
}

/* One that came to nothing, too, is not to be made again. */
static enum fc_status keep_trial(const struct learner *l, size_t i,
                                 struct fc_workspace *ws)
{
    const struct trial *trial = &l->trials[i];
    if (l->sample.lesson->pieces == NULL)
        return FC_OK;
    double *piece = fc_workspace_doubles(ws, piece_size(l));
    if (piece == NULL)
        return FC_ENOMEM;
    memset(piece, 0, piece_size(l) * sizeof *piece);
    piece[DONE] = trial->done;
    piece[KIND] = trial->kind;
    if (trial->done) {
        piece[RATIO] = trial->ratio;
        piece[SCALE] = trial->scale;
        for (int k = 0; k < FC_AUTO_MEMBERS; k++)
            piece[USABLE + k] = trial->usable[k];
        memcpy(piece + TRUST, trial->trust, sizeof trial->trust);
        memcpy(piece + HEAD, trial->actual,
               (piece_size(l) - HEAD) * sizeof *piece);
    }
    fc_pieces_keep(l->sample.lesson->pieces, piece_place(l), i, piece,
                   piece_size(l));
    return FC_OK;
}

static bool recall_trial(const struct learner *l, size_t i, double *piece)
{
    struct trial *trial = &l->trials[i];
    if (!fc_pieces_recall(l->sample.lesson->pieces, piece_place(l), i, piece,
                          piece_size(l)))
        return false;
    trial->done = piece[DONE] != 0;
    trial->kind = (enum fc_kind)piece[KIND];
    trial->ratio = piece[RATIO];
    trial->scale = piece[SCALE];
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        trial->usable[k] = piece[USABLE + k] != 0;
    memcpy(trial->trust, piece + TRUST, sizeof trial->trust);
    memcpy(trial->actual, piece + HEAD, (piece_size(l) - HEAD) * sizeof *piece);
    return true;
}

/* What was made of the trials before, and which are left. */
static enum fc_status recall_trials(struct learner *l)
{
    double *piece = malloc(piece_size(l) * sizeof *piece);
    if (piece == NULL)
        return FC_ENOMEM;
    for (size_t i = 0; i < l->sample.n; i++) {
        place_trial(l, i);
        if (!recall_trial(l, i, piece))
            l->left[l->nleft++] = i;
    }
    free(piece);
    return FC_OK;
}

/* --- making them --- */

/* The candidates of the n first values of a series, whose view that is. */
static enum fc_status try_candidates(struct learner *l,
                                     const struct fc_auto_view *view,
                                     struct fc_workspace *ws,
                                     struct trial *trial,
                                     struct fc_auto_table *table)
{
    const struct fc_auto_common *held_back = &l->knowledge.held_back;
    struct fc_fit fit = {.model = l->spec->model,
                         .season_length = l->season_length,
                         .coef = trial->trust};
    struct fc_auto_fitted fitted = {view->series, &fit, held_back->change};
    struct fc_request request = {
        .spec = l->spec, .horizon = l->horizon, .seed = l->sample.lesson->seed};
    enum fc_status status =
        fc_auto_fit_members(&view->series, &request, held_back, ws, &fit, NULL);
    if (status == FC_OK)
        status =
            fc_auto_trust(&fit, view, &request, held_back, ws,
                          (struct fc_auto_tried){trial->trust, trial->earlier});
    if (status == FC_OK)
        status = fc_auto_candidates(&fitted, l->horizon, ws, table, NULL);
    return status;
}

/* Those that are not over and began before what is held back. */
static struct fc_breaks earlier_breaks(const struct learner *l)
{
    struct fc_breaks earlier = {0};
    for (int k = 0; k < l->sample.breaks.n; k++) {
        struct fc_break b = l->sample.breaks.at[k];
        if (b.over || b.first <= l->horizon)
            continue;
        b.first -= l->horizon;
        b.last = b.last > l->horizon ? b.last - l->horizon : 1;
        earlier.at[earlier.n++] = b;
    }
    return earlier;
}

/* What the candidates make of one shortened series. */
static enum fc_status try_series(struct learner *l, size_t i,
                                 struct fc_workspace *ws)
{
    struct fc_breaks earlier = earlier_breaks(l);
    struct trial *trial = &l->trials[i];
    size_t n = l->sample.series[i].n - (size_t)l->horizon;
    struct fc_auto_table table;
    struct fc_auto_view view;
    find_actual(l, i, trial->actual);
    double *y = fc_workspace_doubles(ws, l->sample.series[i].n);
    if (y == NULL)
        return FC_ENOMEM;
    trial->kind = kind_of_trial(l, i, y);
    fc_fill_linear(l->sample.series[i].y, n, y);
    struct fc_series series = l->sample.series[i];
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

/* An item of the map: one that is left. */
static enum fc_status make_trial(void *arg, size_t k, struct fc_workspace *ws)
{
    struct learner *l = arg;
    enum fc_status status = try_series(l, l->left[k], ws);
    enum fc_status kept =
        status == FC_ENOMEM ? status : keep_trial(l, l->left[k], ws);
    return status == FC_OK ? kept : status;
}

static size_t length_of(const void *arg, size_t k)
{
    const struct learner *l = arg;
    return l->sample.series[l->left[k]].n;
}

static void report(void *arg, size_t done, size_t n)
{
    const struct learner *l = arg;
    const struct fc_lesson *lesson = l->sample.lesson;
    lesson->progress(lesson->progress_arg, done, n);
}

static enum fc_status try_all(struct learner *l, struct fc_error *err)
{
    const struct fc_lesson *lesson = l->sample.lesson;
    enum fc_status *each = malloc((l->sample.n + 1) * sizeof *each);
    if (each == NULL || recall_trials(l) != FC_OK) {
        free(each);
        return fc_fail(err, FC_ENOMEM, "out of memory");
    }
    struct fc_parallel job = {
        .n = l->nleft,
        .nthreads = lesson->jobs,
        .item = make_trial,
        .arg = l,
        .status = each,
        .size = length_of,
        .progress = lesson->progress != NULL ? report : NULL,
        .stop = lesson->stop,
        .trace = lesson->trace,
        .what = "try",
    };
    enum fc_status status = fc_parallel_map(&job);
    /* a series that cannot be tried teaches nothing; one for which there is
       no memory would have, and all forecasts would be others */
    for (size_t k = 0; k < l->nleft && status == FC_OK; k++)
        if (each[k] == FC_ENOMEM)
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
    for (size_t i = 0; i < l->sample.n; i++) {
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
    for (size_t i = 0; i < l->sample.n; i++) {
        double e = importance[i];
        importance[i] = !isfinite(e) ? 0 : e > most && most > 0 ? most / e : 1;
        sum += isfinite(e) ? importance[i] * e : 0;
    }
    for (size_t i = 0; i < l->sample.n; i++)
        importance[i] /= (double)n;
    return sum / (double)n;
}

/* The weights that a series gives its candidates: by what it trusts them. */
static double share(const struct trial *trial, const double *weights,
                    double *used)
{
    double sum = 0;
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        sum += weights[k] * trial->trust[k];
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        used[k] = weights[k] * trial->trust[k] / sum;
    return sum;
}

/* Adds one series to the gradient of the error with respect to the weights. */
static void add_gradient(const struct trial *trial, size_t horizon,
                         double importance, const double *weights,
                         double *gradient)
{
    size_t known = 0;
    double used[FC_AUTO_MEMBERS], sum = share(trial, weights, used);
    for (size_t h = 0; h < horizon; h++)
        known += !isnan(trial->actual[h]);
    for (size_t h = 0; h < horizon; h++) {
        if (isnan(trial->actual[h]))
            continue;
        double mean = 0;
        for (size_t k = 0; k < FC_AUTO_MEMBERS; k++)
            mean += used[k] * trial->mean[k * horizon + h];
        double e = trial->actual[h] - mean;
        double step =
            importance / (trial->scale * (double)known) * ((e < 0) - (e > 0));
        for (size_t k = 0; k < FC_AUTO_MEMBERS; k++)
            gradient[k] += step * trial->trust[k] / sum
                           * (trial->mean[k * horizon + h] - mean);
    }
}

static void normalise(double *w)
{
    double sum = 0;
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        sum += w[k];
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        w[k] /= sum;
}

/* The mean of the iterates, which is steadier than the last. */
static void descend(const struct learner *l, const double *importance,
                    double error, double penalty, double *weights)
{
    double prior[FC_AUTO_MEMBERS], w[FC_AUTO_MEMBERS];
    double mean[FC_AUTO_MEMBERS] = {0};
    memcpy(prior, weights, sizeof prior);
    memcpy(w, weights, sizeof w);
    for (int it = 0; it < ITERATIONS; it++) {
        double gradient[FC_AUTO_MEMBERS] = {0};
        for (size_t i = 0; i < l->sample.n; i++)
            if (importance[i] > 0)
                add_gradient(&l->trials[i], (size_t)l->horizon,
                             importance[i] / error, w, gradient);
        double step = 1 / sqrt(1 + it);
        for (int k = 0; k < FC_AUTO_MEMBERS; k++) {
            double pull = penalty * log(w[k] / prior[k]);
            double move = step * (gradient[k] + pull);
            w[k] *= exp(-fmin(fmax(move, -2), 2));
        }
        normalise(w);
        for (int k = 0; k < FC_AUTO_MEMBERS; k++) {
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
    double *importance = malloc(2 * l->sample.n * sizeof *importance);
    if (importance == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    /* of moving series some come to rest in what is held back: they count */
    size_t taught = kind == FC_KIND_MOVING ? l->sample.moving
                                           : l->sample.n - l->sample.moving;
    double error = importances(l, kind, importance, importance + l->sample.n);
    if (error > 0)
        descend(l, importance, error,
                PENALTY * (1 + PENALTY_SERIES / fmax(1, (double)taught)),
                weights);
    free(importance);
    return FC_OK;
}

static bool is_of(const struct trial *trial, enum fc_kind kind)
{
    return trial->done && trial->kind == kind;
}

/* The median of the series' own errors; what it was if there are none. */
static double usual_error(const struct learner *l, enum fc_kind kind,
                          double usual)
{
    size_t n = 0;
    for (size_t i = 0; i < l->sample.n; i++) {
        const struct trial *trial = &l->trials[i];
        double own = trial->trust[FC_AUTO_OWN];
        if (is_of(trial, kind) && own > 0 && isfinite(own))
            l->ratio[n++] = own;
    }
    return n > 0 ? gsl_stats_median(l->ratio, 1, n) : usual;
}

/* Errors of the final combination over the widths, of one kind of series; and
 * those of the period before. */
static enum fc_status learn_reach(struct learner *l, enum fc_kind kind,
                                  struct fc_auto_experience *of,
                                  struct fc_error *err)
{
    size_t horizon = (size_t)l->horizon;
    struct fc_reach_sample sample = {l->sample.n, l->horizon, l->ratio,
                                     l->earlier};
    struct fc_reach prior = of->reach;
    of->usual = usual_error(l, kind, of->usual);
    for (size_t i = 0; i < l->sample.n; i++) {
        const struct trial *trial = &l->trials[i];
        bool counts = is_of(trial, kind);
        double used[FC_AUTO_MEMBERS];
        double own = fc_auto_own_width(trial->trust[FC_AUTO_OWN], of->usual);
        share(trial, of->weights, used);
        for (size_t h = 0; h < horizon; h++) {
            double mean = 0;
            for (size_t k = 0; k < FC_AUTO_MEMBERS && counts; k++)
                mean += used[k] * trial->mean[k * horizon + h];
            l->ratio[i * horizon + h] =
                counts ? (trial->actual[h] - mean) / (own * trial->width[h])
                       : NAN;
            l->earlier[i * horizon + h] = counts ? trial->earlier[h] : NAN;
        }
    }
    return fc_reach_learn(&sample, &prior, &of->reach, err);
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
    double *x = malloc((l->sample.n + 1) * sizeof *x);
    if (x == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t i = 0; i < l->sample.n; i++) {
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
    for (size_t i = 0; i < l->sample.n; i++) {
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
            status = learn_reach(l, kind, &k->of[kind], err);
    }
    return status;
}

static enum fc_status learn(struct learner *l, const struct fc_lesson *lesson,
                            struct fc_learned **learned, struct fc_error *err)
{
    enum fc_status status =
        fc_sample_take(lesson, most_series, &l->sample, err);
    if (status != FC_OK || l->sample.n == 0)
        return status;
    status = allocate(l, err);
    if (status == FC_OK)
        status = learn_common(l, FC_AUTO_HELD_BACK, err);
    if (status != FC_OK)
        return status;
    struct fc_auto_knowledge k = fc_auto_prior(l->season_length);
    if (lesson->rests > 0)
        fc_auto_begin_with_rests(lesson->rests, &k);
    k.breaks = l->sample.breaks;
    k.held_back = fc_auto_common_of(&l->lessons, FC_AUTO_HELD_BACK);
    l->knowledge = k;
    status = try_all(l, err);
    if (status == FC_OK)
        status = learn_experience(l, &k, err);
    if (status == FC_OK)
        status = learn_common(l, FC_AUTO_WHOLE, err);
    if (status != FC_OK)
        return status;
    *learned = fc_auto_write(&k, &l->lessons, l->horizon, l->season_length);
    return *learned != NULL ? FC_OK : fc_fail(err, FC_ENOMEM, "out of memory");
}

enum fc_status fc_auto_learn(const struct fc_lesson *lesson,
                             const struct fc_spec *spec,
                             struct fc_learned **learned, struct fc_error *err)
{
    struct learner l = {.spec = spec,
                        .horizon = lesson->horizon,
                        .season_length = fc_season_length(lesson->seasons)};
    *learned = NULL;
    enum fc_status status =
        lesson->horizon > 0 ? learn(&l, lesson, learned, err) : FC_OK;
    fc_sample_release(&l.sample);
    fc_auto_lessons_release(&l.lessons);
    free(l.trials);
    free(l.left);
    free(l.numbers);
    free(l.ratio);
    return status;
}
