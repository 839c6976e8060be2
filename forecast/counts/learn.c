/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What series of counts learn from each other: once, before any is forecast.
 *
 * The last values of all are held back, at two origins; what is learnt from
 * those before forecasts them.  Weights minimise the continuous ranked
 * probability score, which is the mean of all quantile losses and, of a
 * mixture, a quadratic form in its weights (Gneiting & Raftery 2007, equation
 * 21): the search is exponentiated gradient descent (Kivinen & Warmuth 1997)
 * with a penalty for the distance from the fixed weights.  Then the places
 * are made from all values.
 *
 * No series has unbounded influence.  It is as long as the median one at most.
 * One that is no more what it was, see bounded.h, counts for nothing but places
 * before and after its break.  A file's level, size and spread are medians.  A
 * series whose mean is more than thirty times the median one, or less than a
 * thirtieth, counts for less in all else, from three hundred times on for
 * nothing.  Smoothing, pace and
 * season are chosen as bounded.h says.  In the weights a trial counts by its
 * score over one and its level; neither that nor its gradient is more than a
 * multiple of the median score.  For places see similar.h.
 */
#include "forecast/counts/bounded.h"
#include "forecast/counts/shared.h"

#include "forecast/base/parallel.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Series that are tried; values and places that are kept, about. */
enum {
    MOST_TRIALS = 1000,
    MOST_VALUES = 200000,
    MOST_PLACES = 50000,
    FEW_TRIALS = 300, /* and series whose likelihood is asked */
    MOST_OPTIONS = 10,
    ORIGINS = 2,
    LEAST_BEFORE = 4, /* values before an origin */
    ITERATIONS = 200
};

/* See the penalty of forecast/combine/learn.c, of which this is a sixth: these
 * weights matter more. */
static const double PENALTY = 0.03, PENALTY_SERIES = 50;

/* A trial's score counts for so many medians at most; a median is not less. */
static const double MEDIANS = 10, LEAST_SCORE = 0.05;

/* Of a series whose mean is so many times that of the median one, or a part,
 * nothing is learnt but places; of one that is nearer, all. */
static const double NEAR = 30, FAR = 300, LEAST_MEAN = 0.01;

/* A value that is so many times what was sold at most before, and a sale of the
 * file, is not known to what follows a place. */
static const double WILD = 20;

/* What followed a place counts for so many times what was sold at most before,
 * or of its unit. */
static const double MOST_TIMES = 5;

/* Steps in which weights of the slow and the fast level fall to 1 / e. */
enum { NPACES = 2 };
static const double PACES[NPACES][2] = {{30, 8}, {10, 4}};

/* Strengths of a season that are tried, the first being none; it must better
 * the score by that. */
enum { NSTRENGTHS = 4 };
static const double STRENGTHS[NSTRENGTHS] = {0, 4, 16, 64};
static const double SEASON_GAIN = 0.002;

/* A series with its last values held back, forecast by all parts. */
struct trial {
    bool done, lacked; /* memory */
    double level, scale;
    double error[FC_COUNTS_PARTS];                  /* means of |X - y| */
    double apart[FC_COUNTS_PARTS][FC_COUNTS_PARTS]; /* of |X - X'| */
};

struct learner {
    const struct fc_lesson *lesson;
    int horizon, season_length;
    struct fc_series *series; /* a sample in random order */
    size_t n;
    size_t held; /* values that are held back now */
    struct fc_counts_knowledge knowledge;
    double *values; /* of the series, one behind the other */
    size_t nvalues;
    size_t *first; /* where each begins in values */
    struct fc_place *place;
    size_t room;
    struct trial *trials; /* ORIGINS times n */
    struct trial *at;     /* those of an origin */
    size_t ntrials;
    double *kind;    /* n: how much a series counts: from 0 to 1 */
    double *scores;  /* of options: MOST_OPTIONS * FEW_TRIALS */
    double *scratch; /* n */
};

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

/* --- the sample --- */

struct drawn {
    uint64_t draw;
    const struct fc_series *series;
};

static int compare_drawn(const void *a, const void *b)
{
    const struct drawn *x = a, *y = b;
    return (x->draw > y->draw) - (x->draw < y->draw);
}

static double median(double *x, size_t n, double none)
{
    if (n == 0)
        return none;
    gsl_sort(x, 1, n);
    return gsl_stats_median_from_sorted_data(x, 1, n);
}

/* Without the zeros before it began, and all but the last values. */
static struct fc_series begun(const struct fc_series *series, size_t most)
{
    size_t begin = fc_counts_begin(series->y, series->n);
    if (series->n - begin > most)
        begin = series->n - most;
    return (struct fc_series){
        .id = series->id, .y = series->y + begin, .n = series->n - begin};
}

/* Those that are counts, in a random order that does not depend on the batch,
 * until their values are enough. */
static enum fc_status take_sample(struct learner *l, uint64_t seed)
{
    const struct fc_lesson *lesson = l->lesson;
    struct drawn *drawn = malloc((lesson->n + 1) * sizeof *drawn);
    size_t n = 0;
    l->series = malloc((lesson->n + 1) * sizeof *l->series);
    l->scratch = malloc((lesson->n + 1) * sizeof *l->scratch);
    if (drawn == NULL || l->series == NULL || l->scratch == NULL) {
        free(drawn);
        return FC_ENOMEM;
    }
    for (size_t i = 0; i < lesson->n; i++) {
        const struct fc_series *s = &lesson->series[i];
        size_t begin = fc_counts_begin(s->y, s->n);
        if ((lesson->skip == NULL || !lesson->skip[i])
            && fc_counts_share(s->y + begin, s->n - begin) > 0) {
            l->scratch[n] = (double)(s->n - begin);
            drawn[n++] = (struct drawn){fc_model_seed(seed, s->id), s};
        }
    }
    size_t most = (size_t)median(l->scratch, n, 0);
    qsort(drawn, n, sizeof *drawn, compare_drawn);
    for (size_t i = 0; i < n && l->nvalues < MOST_VALUES; i++) {
        l->series[l->n++] = begun(drawn[i].series, most);
        l->nvalues += l->series[l->n - 1].n;
    }
    free(drawn);
    return FC_OK;
}

static enum fc_status allocate(struct learner *l)
{
    l->values = malloc((l->nvalues + 1) * sizeof *l->values);
    l->first = malloc((l->n + 1) * sizeof *l->first);
    l->room = l->nvalues < MOST_PLACES ? l->nvalues : MOST_PLACES;
    l->place = malloc((l->room + 1) * sizeof *l->place);
    l->trials = calloc(ORIGINS * l->n + 1, sizeof *l->trials);
    l->kind = malloc((l->n + 1) * sizeof *l->kind);
    l->scores = malloc(MOST_OPTIONS * FEW_TRIALS * sizeof *l->scores);
    if (l->values == NULL || l->first == NULL || l->place == NULL
        || l->trials == NULL || l->kind == NULL || l->scores == NULL)
        return FC_ENOMEM;
    size_t at = 0;
    for (size_t i = 0; i < l->n; i++) {
        l->first[i] = at;
        at += l->series[i].n;
    }
    return FC_OK;
}

/* Values of a series before the origin. */
static size_t length_of(const struct learner *l, size_t i)
{
    size_t n = l->series[i].n;
    n = n > l->held ? n - l->held : 0;
    while (n > 0 && isnan(l->series[i].y[n - 1]))
        n--;
    return n;
}

/* --- what the file has in common --- */

static double mean_of(const double *y, size_t n, bool sold)
{
    double sum = 0, known = 0;
    for (size_t t = 0; t < n; t++)
        if (y[t] > 0 || (!sold && y[t] == 0)) {
            sum += y[t];
            known += 1;
        }
    return sum / known;
}

/* How much a series counts by its mean, of the median series'. */
static double kind_of(double mean, double median)
{
    double times = fmax(mean, LEAST_MEAN) / median;
    return fc_counts_fall(fabs(log(times)), log(NEAR), log(FAR));
}

static void find_file(struct learner *l)
{
    struct fc_counts_file *file = &l->knowledge.file;
    size_t means = 0, sizes = 0, spreads = 0;
    for (size_t i = 0; i < l->n; i++) {
        double mean = mean_of(l->series[i].y, length_of(l, i), false);
        l->kind[i] = fc_counts_steady(l->series[i].y, length_of(l, i));
        if (mean > 0 && l->kind[i] > 0)
            l->scratch[means++] = mean;
    }
    file->mean = median(l->scratch, means, 1);
    for (size_t i = 0; i < l->n; i++) {
        double size = mean_of(l->series[i].y, length_of(l, i), true);
        if (size > 0 && l->kind[i] > 0)
            l->scratch[sizes++] = size;
    }
    file->size = fmax(median(l->scratch, sizes, 2), file->mean);
    file->spread = 2;
    for (size_t i = 0; i < l->n && i < FEW_TRIALS; i++) {
        struct fc_nbin model = {.alpha = 0.1, .phi = 0.75};
        if (length_of(l, i) < LEAST_BEFORE || !(l->kind[i] > 0))
            continue;
        fc_nbin_fit(l->series[i].y, length_of(l, i), file, &model);
        l->scratch[spreads++] = model.spread;
    }
    file->spread = median(l->scratch, spreads, 2);
    for (size_t i = 0; i < l->n; i++)
        l->kind[i] *= kind_of(mean_of(l->series[i].y, length_of(l, i), false),
                              file->mean);
}

/* The option that is best for the first series. */
static int choose(struct learner *l, int most, int usual, double gain)
{
    struct fc_options options = {.score = l->scores,
                                 .weight = l->kind,
                                 .n = l->n < FEW_TRIALS ? l->n : FEW_TRIALS,
                                 .most = most,
                                 .usual = usual,
                                 .gain = gain};
    return fc_options_choose(&options, l->scratch);
}

/* The pair of smoothing parameters that is most likely over the file. */
static void find_smoothing(struct learner *l)
{
    struct fc_counts_knowledge *known = &l->knowledge;
    struct fc_counts_knowledge prior = fc_counts_prior();
    struct fc_nbin model;
    double *score = l->scores;
    int most = 0, usual = 0;
    for (; fc_nbin_pair(most, &model.alpha, &model.phi); most++) {
        if (model.alpha == prior.alpha && model.phi == prior.phi)
            usual = most;
        for (size_t i = 0; i < l->n && i < FEW_TRIALS; i++) {
            size_t n = length_of(l, i);
            *score++ = n < LEAST_BEFORE ? NAN
                                        : -fc_nbin_fit(l->series[i].y, n,
                                                       &known->file, &model)
                                              / (double)n;
        }
    }
    fc_nbin_pair(choose(l, most, usual, 0), &known->alpha, &known->phi);
}

/* --- places --- */

/* Steps that follow a place, every so many one. */
static int steps_after(const struct learner *l, int every, size_t left)
{
    size_t most = (size_t)l->horizon < left ? (size_t)l->horizon : left;
    size_t steps = (most + (size_t)every - 1) / (size_t)every;
    return steps < FC_SIMILAR_STEPS ? (int)steps : FC_SIMILAR_STEPS;
}

static bool any_known(const double *values, int steps, int every)
{
    for (int k = 0; k < steps; k++)
        if (values[(size_t)k * (size_t)every] >= 0)
            return true;
    return false;
}

/* Values that follow a place, the wild ones left out. */
static void find_values(struct learner *l)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct fc_series *s = &l->series[i];
        double *values = l->values + l->first[i];
        double most = l->knowledge.file.size;
        for (size_t t = 0; t < s->n; t++) {
            double y = s->y[t];
            values[t] = isnan(y) || y > WILD * most ? -1 : y;
            most = fmax(most, isnan(y) ? 0 : y);
        }
    }
}

/* Series i as places: those whose turn it is.  Behind one is what came up to
 * the next break. */
static enum fc_status add_places(struct learner *l, size_t i, size_t stride,
                                 size_t *turn, struct fc_workspace *ws)
{
    struct fc_counts_knowledge bare = l->knowledge;
    struct fc_counts_view view;
    struct fc_counts_walk walk;
    size_t n = length_of(l, i), least = ((size_t)l->horizon + 1) / 2;
    double most = 0;
    bare.places.n = 0;
    if (n < 1 + least)
        return FC_OK;
    if (fc_counts_look(l->series[i].y, n, &bare, ws, &view) != FC_OK)
        return FC_ENOMEM;
    int every = view.phases;
    size_t until = fc_counts_break(l->series[i].y, n, 0);
    fc_counts_start(&walk, &l->knowledge.file);
    for (size_t t = 0; t + least < n; t++) {
        const double *after = l->values + l->first[i] + t + 1;
        double y = view.adjusted[t];
        if (t == until)
            until = fc_counts_break(l->series[i].y, n, t + 1);
        fc_counts_step(&walk, y);
        most = fmax(most, isnan(y) ? 0 : y);
        if ((*turn)++ % stride != 0 || l->knowledge.places.n == l->room
            || t + least >= until)
            continue;
        int ahead = every > 1 ? (int)((*turn / stride) % (size_t)every) : 0;
        if ((size_t)ahead >= until - t - 1)
            ahead = 0;
        int steps = steps_after(l, every, until - t - 1 - (size_t)ahead);
        if (!any_known(after + ahead, steps, every))
            continue;
        struct fc_place *place = &l->place[l->knowledge.places.n++];
        struct fc_counts_level level = fc_counts_stand(&walk, &bare.file);
        size_t m = (size_t)every;
        double factor = view.factor[(m - (n - t - 1 - (size_t)ahead) % m) % m];
        fc_place_coordinates(&level, factor, place->at);
        place->unit = fc_place_unit(&level, factor);
        place->most = MOST_TIMES * fmax(most, fmax(level.unit, level.size));
        place->from = (double)(l->first[i] + t + 1 + (size_t)ahead);
        place->steps = steps;
    }
    return FC_OK;
}

static enum fc_status find_places(struct learner *l)
{
    struct fc_workspace *ws = fc_workspace_new();
    size_t stride = l->nvalues / MOST_PLACES + 1, turn = 0;
    enum fc_status status = ws != NULL ? FC_OK : FC_ENOMEM;
    struct fc_places *places = &l->knowledge.places;
    *places = (struct fc_places){.place = l->place,
                                 .values = l->values,
                                 .nvalues = l->nvalues,
                                 .every = 1};
    find_values(l);
    for (size_t i = 0; status == FC_OK && i < l->n; i++) {
        status = add_places(l, i, stride, &turn, ws);
        fc_workspace_reset(ws);
    }
    if (l->knowledge.season > 0 && l->season_length > 1)
        places->every = fc_counts_phases(&l->knowledge);
    fc_similar_sort(l->place, places->n);
    fc_workspace_free(ws);
    return status;
}

/* --- trials --- */

/* Adds the scores of a phase's parts for the values that came; how many. */
static int score_phase(const struct fc_counts_view *view, const double *after,
                       int horizon, int phase, struct trial *trial)
{
    int known = 0;
    for (int h = phase; h < horizon; h += view->phases) {
        if (after[h] < 0)
            continue;
        known++;
        for (int i = 0; i < FC_COUNTS_PARTS; i++)
            trial->error[i] += fc_tally_distance(view->part[i], after[h]);
    }
    for (int i = 0; i < FC_COUNTS_PARTS; i++)
        for (int j = 0; j < FC_COUNTS_PARTS && known > 0; j++)
            trial->apart[i][j] +=
                known * fc_tally_distance_of(view->part[i], view->part[j]);
    return known;
}

static enum fc_status try_series(void *arg, size_t i, struct fc_workspace *ws)
{
    struct learner *l = arg;
    struct trial *trial = &l->at[i];
    struct fc_counts_view view;
    size_t n = length_of(l, i), whole = l->series[i].n;
    const double *after = l->values + l->first[i] + n;
    int horizon = l->horizon, known = 0;
    *trial = (struct trial){.done = false};
    if (n < LEAST_BEFORE || l->knowledge.places.n == 0)
        return FC_OK;
    int came = whole - n < (size_t)horizon ? (int)(whole - n) : horizon;
    if (fc_counts_look(l->series[i].y, n, &l->knowledge, ws, &view) != FC_OK) {
        trial->lacked = true;
        return FC_ENOMEM;
    }
    for (int phase = 0; phase < view.phases && phase < horizon; phase++) {
        fc_counts_mix(&view, phase);
        for (int k = 0; k < FC_COUNTS_PARTS; k++)
            fc_tally_sort(view.part[k]);
        known += score_phase(&view, after, came, phase, trial);
    }
    for (int k = 0; k < FC_COUNTS_PARTS && known > 0; k++) {
        trial->error[k] /= known;
        for (int j = 0; j < FC_COUNTS_PARTS; j++)
            trial->apart[k][j] /= known;
    }
    trial->level = view.level.unit;
    trial->scale = 1 + view.level.unit;
    trial->done = known > 0;
    return FC_OK;
}

static enum fc_status try_some(struct learner *l, size_t n, struct trial *at)
{
    l->at = at;
    struct fc_parallel job = {.n = n < l->n ? n : l->n,
                              .nthreads = l->lesson->jobs,
                              .item = try_series,
                              .arg = l,
                              .stop = l->lesson->stop};
    enum fc_status status = fc_parallel_map(&job);
    for (size_t i = 0; i < job.n && status == FC_OK; i++)
        if (at[i].lacked)
            status = FC_ENOMEM;
    return status;
}

/* --- weights --- */

static void weights_at(double weights[FC_COUNTS_CENTRES][FC_COUNTS_PARTS],
                       double level, double w[FC_COUNTS_PARTS],
                       double share[FC_COUNTS_CENTRES])
{
    fc_counts_shares(level, share);
    for (int i = 0; i < FC_COUNTS_PARTS; i++) {
        w[i] = 0;
        for (int c = 0; c < FC_COUNTS_CENTRES; c++)
            w[i] += share[c] * weights[c][i];
    }
}

/* The score of a trial under weights, over its scale, and its gradient. */
static double score_of(const struct trial *trial,
                       const double w[FC_COUNTS_PARTS],
                       double gradient[FC_COUNTS_PARTS])
{
    double score = 0;
    for (int i = 0; i < FC_COUNTS_PARTS; i++) {
        gradient[i] = trial->error[i];
        for (int j = 0; j < FC_COUNTS_PARTS; j++)
            gradient[i] -= w[j] * trial->apart[i][j];
        gradient[i] /= trial->scale;
        score += w[i] * (trial->error[i] / trial->scale + gradient[i]) / 2;
    }
    return score;
}

/* How much a trial counts: as its series does. */
static double kind_of_trial(const struct learner *l, size_t i)
{
    return l->kind[i % l->n];
}

/* The score of a trial under what is known, or what is more: how much a part's
 * weight may change it. */
static double score_at_most(struct learner *l, const struct trial *trial,
                            double *score)
{
    double w[FC_COUNTS_PARTS], share[FC_COUNTS_CENTRES];
    double gradient[FC_COUNTS_PARTS], most;
    weights_at(l->knowledge.weights, trial->level, w, share);
    most = *score = score_of(trial, w, gradient);
    for (int k = 0; k < FC_COUNTS_PARTS; k++)
        most = fmax(most, fabs(gradient[k]));
    return most;
}

/* Sets the trials' scales so that none counts for too much; the median score
 * under the fixed weights, and how many there are.  NAN: out of memory. */
static double weigh_trials(struct learner *l, size_t *n)
{
    double *x = malloc((ORIGINS * l->n + 1) * sizeof *x);
    if (x == NULL)
        return NAN;
    *n = 0;
    for (size_t i = 0; i < ORIGINS * l->n; i++)
        if (l->trials[i].done && kind_of_trial(l, i) > 0)
            score_at_most(l, &l->trials[i], &x[(*n)++]);
    double middle = fmax(median(x, *n, 0), LEAST_SCORE);
    for (size_t i = 0; i < ORIGINS * l->n; i++) {
        struct trial *trial = &l->trials[i];
        double score;
        if (!trial->done)
            continue;
        double most = score_at_most(l, trial, &score) / (MEDIANS * middle);
        if (most > 1)
            trial->scale *= most;
    }
    free(x);
    return middle;
}

/* A step down the gradient, the mean of so many trials', and towards the fixed
 * weights; all in units of the middle score. */
static void descend(double *weights, const double *prior, const double *sum,
                    double trials, double middle)
{
    enum { RATE = 1 };
    double total = 0, penalty = PENALTY * (1 + PENALTY_SERIES / (trials + 1));
    for (int k = 0; k < FC_COUNTS_PARTS; k++) {
        double slope = sum[k] / (trials + 1) / middle
                       + penalty * log(weights[k] / prior[k]);
        weights[k] = fmax(weights[k] * exp(-RATE * slope), 1e-9);
        total += weights[k];
    }
    for (int k = 0; k < FC_COUNTS_PARTS; k++)
        weights[k] /= total;
}

static enum fc_status find_weights(struct learner *l)
{
    double prior[FC_COUNTS_CENTRES][FC_COUNTS_PARTS];
    size_t n;
    double middle = weigh_trials(l, &n);
    memcpy(prior, l->knowledge.weights, sizeof prior);
    if (isnan(middle))
        return FC_ENOMEM;
    if (n == 0)
        return FC_OK;
    for (int step = 0; step < ITERATIONS; step++) {
        double sum[FC_COUNTS_CENTRES][FC_COUNTS_PARTS] = {{0}};
        double shares[FC_COUNTS_CENTRES] = {0};
        for (size_t i = 0; i < ORIGINS * l->n; i++) {
            double w[FC_COUNTS_PARTS], share[FC_COUNTS_CENTRES];
            double gradient[FC_COUNTS_PARTS];
            double kind = kind_of_trial(l, i);
            if (!l->trials[i].done || !(kind > 0))
                continue;
            weights_at(l->knowledge.weights, l->trials[i].level, w, share);
            score_of(&l->trials[i], w, gradient);
            for (int c = 0; c < FC_COUNTS_CENTRES; c++) {
                shares[c] += kind * share[c];
                for (int k = 0; k < FC_COUNTS_PARTS; k++)
                    sum[c][k] += kind * share[c] * gradient[k];
            }
        }
        for (int c = 0; c < FC_COUNTS_CENTRES; c++)
            descend(l->knowledge.weights[c], prior[c], sum[c], shares[c],
                    middle);
    }
    return FC_OK;
}

/* --- seasons --- */

/* Scores of the first trials, under the fixed weights, as those of option k. */
static void keep_scores(struct learner *l, int k)
{
    struct fc_counts_knowledge fixed = fc_counts_prior();
    double w[FC_COUNTS_PARTS], share[FC_COUNTS_CENTRES];
    double gradient[FC_COUNTS_PARTS];
    size_t n = l->n < FEW_TRIALS ? l->n : FEW_TRIALS;
    for (size_t i = 0; i < n; i++) {
        double score = NAN;
        if (l->at[i].done) {
            weights_at(fixed.weights, l->at[i].level, w, share);
            score = score_of(&l->at[i], w, gradient);
        }
        l->scores[(size_t)k * n + i] = score;
    }
}

static void set_pace(struct learner *l, int k)
{
    l->knowledge.file.slow = PACES[k][0];
    l->knowledge.file.fast = PACES[k][1];
}

/* Half of the series are three seasons long. */
static bool has_seasons(struct learner *l)
{
    size_t m = (size_t)l->season_length;
    for (size_t i = 0; i < l->n; i++)
        l->scratch[i] = (double)length_of(l, i);
    return m > 1 && median(l->scratch, l->n, 0) >= 3 * (double)m;
}

/* The first trials under what is known now: option k. */
static enum fc_status try_out(struct learner *l, int k)
{
    enum fc_status status = find_places(l);
    if (status == FC_OK)
        status = try_some(l, FEW_TRIALS, l->trials);
    if (status == FC_OK)
        keep_scores(l, k);
    return status;
}

/* The paces at which the past fades, and which forecasts best. */
static enum fc_status find_pace(struct learner *l)
{
    enum fc_status status = FC_OK;
    for (int k = 0; status == FC_OK && k < NPACES; k++) {
        set_pace(l, k);
        status = try_out(l, k);
    }
    set_pace(l, status == FC_OK ? choose(l, NPACES, 0, 0) : 0);
    return status;
}

/* Whether a season, and how strong a one, forecasts what was held back. */
static enum fc_status find_season(struct learner *l)
{
    enum fc_status status = FC_OK;
    int chosen = 0;
    if (!has_seasons(l))
        return FC_OK;
    for (int k = 0; status == FC_OK && k < NSTRENGTHS; k++) {
        l->knowledge.season = STRENGTHS[k];
        status = try_out(l, k);
    }
    if (status == FC_OK)
        chosen = choose(l, NSTRENGTHS, 0, SEASON_GAIN);
    l->knowledge.season = STRENGTHS[chosen];
    return status;
}

/* --- all of it --- */

static enum fc_status look_at(struct learner *l, size_t held)
{
    l->held = held;
    find_file(l);
    find_smoothing(l);
    return FC_OK;
}

static enum fc_status learn(struct learner *l)
{
    size_t horizon = (size_t)l->horizon;
    enum fc_status status = look_at(l, horizon);
    if (status == FC_OK)
        status = find_pace(l);
    if (status == FC_OK)
        status = find_season(l);
    for (size_t k = 0; status == FC_OK && k < ORIGINS; k++) {
        status = look_at(l, horizon + k * ((horizon + 1) / 2));
        if (status == FC_OK)
            status = find_places(l);
        if (status == FC_OK)
            status = try_some(l, MOST_TRIALS, l->trials + k * l->n);
    }
    if (status == FC_OK)
        status = find_weights(l);
    if (status != FC_OK)
        return status;
    look_at(l, 0);
    return find_places(l);
}

enum fc_status fc_counts_learn(const struct fc_lesson *lesson, double **block,
                               size_t *n, struct fc_error *err)
{
    int m = fc_season_length(lesson->seasons);
    struct learner l = {.lesson = lesson,
                        .horizon = lesson->horizon,
                        .season_length = m,
                        .knowledge = fc_counts_prior()};
    *block = NULL;
    *n = 0;
    l.knowledge.season_length = m;
    enum fc_status status = take_sample(&l, lesson->seed);
    if (status == FC_OK && l.n > 0 && l.horizon > 0) {
        status = allocate(&l);
        if (status == FC_OK)
            status = learn(&l);
        if (status == FC_OK) {
            *n = fc_counts_block_size(&l.knowledge.places);
            *block = malloc(*n * sizeof **block);
            status = *block != NULL ? FC_OK : FC_ENOMEM;
        }
        if (status == FC_OK)
            fc_counts_write(&l.knowledge, *block);
    }
    free(l.series);
    free(l.values);
    free(l.first);
    free(l.place);
    free(l.trials);
    free(l.kind);
    free(l.scores);
    free(l.scratch);
    if (status == FC_ESTOPPED)
        return fc_fail(err, status, "stopped");
    return status == FC_OK ? FC_OK : no_memory(err);
}
