/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What auto has learnt, as numbers in a row: the layout of struct fc_learned,
 * whether numbers that come from elsewhere are such a row, and what stands in
 * for it when nothing was learnt.
 */
#include "forecast/combine/block.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * The fixed weights and the scale of the intervals of a series on its own:
 * chosen once by errors at held-back origins of the M3 competition's training
 * data, each group counting the same; how the scale depends on the season, of
 * M4's hourly series, too.  The finer its steps, the better a series knows
 * how far off its forecasts will be.
 */
static const double SCALE = 0.30, SCALE_SEASON = -0.16;
static const double GROWTH = 0.24, GROWTH_SEASON = -0.06;
static const double LONGEST_SEASON = 24; /* longer ones count as this */

/* Without a batch nothing is known of a skew. */
#define SHAPE                                                                  \
    0.061, 0.125, 0.193, 0.265, 0.345, 0.440, 0.556, 0.710, 0.982, 1.28, 1.71, \
        2.05, 3.2

struct fc_auto_knowledge fc_auto_prior(int season_length)
{
    double season = log(fmin(season_length, LONGEST_SEASON));
    struct fc_auto_experience same = {
        .weights = {0.1225, 0.1225, 0.1225, 0.1225, 0.084, 0.126, 0.3},
        .errors = {.a = SCALE + SCALE_SEASON * season,
                   .b = GROWTH + GROWTH_SEASON * season,
                   .shape = {{SHAPE}, {SHAPE}}},
    };
    return (struct fc_auto_knowledge){.of = {same, same, same}};
}

static bool has_pooled(const double *v)
{
    return v[AT_WINDOW] > 0;
}

struct fc_pooled fc_auto_block_pooled(const double *v, int kind)
{
    return (struct fc_pooled){.kind = (enum fc_pooled_kind)kind,
                              .season_length = (int)v[AT_SEASON],
                              .window = (int)v[AT_WINDOW],
                              .horizon = (int)v[AT_HORIZON]};
}

struct fc_neural fc_auto_block_neural(const double *v)
{
    return (struct fc_neural){.season_length = (int)v[AT_SEASON],
                              .window = (int)v[AT_NETWORK],
                              .horizon = (int)v[AT_HORIZON]};
}

/* Of both regressions. */
static size_t pooled_size(const double *v)
{
    struct fc_pooled pooled = fc_auto_block_pooled(v, 0);
    return has_pooled(v) ? 2 * fc_pooled_size(&pooled) : 0;
}

static size_t neural_size(const double *v)
{
    struct fc_neural neural = fc_auto_block_neural(v);
    return neural.window > 0 ? fc_neural_size(&neural) : 0;
}

size_t fc_auto_block_size(const double *v)
{
    return AT_COEF + FC_AUTO_TIMES * (pooled_size(v) + neural_size(v));
}

size_t fc_auto_block_coef(const double *v, enum fc_auto_time time, int kind)
{
    return AT_COEF + (size_t)time * (pooled_size(v) + neural_size(v))
           + (size_t)kind * pooled_size(v) / 2;
}

size_t fc_auto_block_parameters(const double *v, enum fc_auto_time time)
{
    return fc_auto_block_coef(v, time, 2);
}

static struct fc_auto_common common_in(const double *v, enum fc_auto_time time)
{
    struct fc_auto_common common = {.neural = fc_auto_block_neural(v),
                                    .change = v[AT_CHANGE + time]};
    for (int i = 0; i < 2; i++) {
        common.pooled[i] = fc_auto_block_pooled(v, i);
        if (v[AT_POOLED + 2 * time + i] != 0)
            common.pooled[i].coef = v + fc_auto_block_coef(v, time, i);
    }
    if (common.neural.window > 0)
        common.neural.parameters = v + fc_auto_block_parameters(v, time);
    return common;
}

void fc_auto_block_write(const struct fc_auto_knowledge *k, double *v)
{
    v[AT_BREAKS] = k->breaks.n;
    for (int i = 0; i < k->breaks.n; i++) {
        double *at = v + AT_BREAKS + 1 + 3 * i;
        at[0] = k->breaks.at[i].first;
        at[1] = k->breaks.at[i].last;
        at[2] = k->breaks.at[i].over;
    }
    for (int kind = 0; kind < FC_KINDS; kind++, v += AT_KIND) {
        const struct fc_auto_experience *of = &k->of[kind];
        memcpy(v + AT_WEIGHTS, of->weights, sizeof of->weights);
        memcpy(v + AT_SHAPE, of->errors.shape, sizeof of->errors.shape);
        v[AT_A] = of->errors.a;
        v[AT_B] = of->errors.b;
    }
}

static void read_fixed(const double *v, struct fc_auto_knowledge *k)
{
    k->breaks.n = (int)v[AT_BREAKS];
    for (int i = 0; i < k->breaks.n; i++) {
        const double *at = v + AT_BREAKS + 1 + 3 * i;
        k->breaks.at[i] = (struct fc_break){(int)at[0], (int)at[1], at[2] != 0};
    }
    for (int kind = 0; kind < FC_KINDS; kind++, v += AT_KIND) {
        struct fc_auto_experience *of = &k->of[kind];
        memcpy(of->weights, v + AT_WEIGHTS, sizeof of->weights);
        memcpy(of->errors.shape, v + AT_SHAPE, sizeof of->errors.shape);
        of->errors.a = v[AT_A];
        of->errors.b = v[AT_B];
    }
}

struct fc_auto_knowledge fc_auto_read(const struct fc_learned *learned,
                                      int season_length)
{
    struct fc_auto_knowledge k = fc_auto_prior(season_length);
    if (learned == NULL || learned->values[AT_VERSION] != FC_AUTO_BLOCK_VERSION
        || learned->values[AT_SEASON] != season_length)
        return k;
    const double *v = learned->values;
    read_fixed(v, &k);
    k.common = common_in(v, FC_AUTO_NOW);
    k.before = common_in(v, FC_AUTO_BEFORE);
    return k;
}

struct fc_learned *fc_auto_blank(const struct fc_lesson *lesson)
{
    int m = fc_season_length(lesson->seasons);
    struct fc_auto_knowledge k = fc_auto_prior(m);
    struct fc_learned *blank =
        calloc(1, sizeof *blank + AT_COEF * sizeof(double));
    if (blank == NULL)
        return NULL;
    blank->n = AT_COEF;
    blank->values[AT_VERSION] = FC_AUTO_BLOCK_VERSION;
    blank->values[AT_HORIZON] = lesson->horizon;
    blank->values[AT_SEASON] = m;
    fc_auto_block_write(&k, blank->values);
    return blank;
}

struct fc_counts_knowledge fc_auto_counts(const struct fc_learned *learned)
{
    size_t size;
    if (learned == NULL || learned->values[AT_VERSION] != FC_AUTO_BLOCK_VERSION
        || learned->n <= (size = fc_auto_block_size(learned->values)))
        return fc_counts_prior();
    return fc_counts_read(learned->values + size, learned->n - size);
}

static bool is_whole(double x, double least, double most)
{
    return x >= least && x <= most && x == floor(x);
}

/* Whether the sizes say what fc_auto_learn() may have said. */
static bool has_sizes(const double *v)
{
    if (!is_whole(v[AT_WINDOW], 0, FC_AUTO_LONGEST_WINDOW))
        return false;
    for (int i = 0; i < 2 * FC_AUTO_TIMES; i++)
        if (!is_whole(v[AT_POOLED + i], 0, has_pooled(v) ? 1 : 0))
            return false;
    return v[AT_NETWORK] == 0
           || v[AT_NETWORK]
                  == fc_neural_window((int)v[AT_SEASON], (int)v[AT_HORIZON]);
}

/* Breaks lie one behind the other, and no farther back than this. */
static const double MOST_PERIODS = 1e6;

static bool has_breaks(const double *v)
{
    const double *at = v + AT_BREAKS + 1;
    double last = 0;
    if (!is_whole(v[AT_BREAKS], 0, FC_MOST_BREAKS))
        return false;
    for (int i = 0; i < (int)v[AT_BREAKS]; i++, at += 3) {
        if (!is_whole(at[1], last + 1, MOST_PERIODS)
            || !is_whole(at[0], at[1], MOST_PERIODS) || !is_whole(at[2], 0, 1))
            return false;
        last = at[0];
    }
    return v[AT_CHANGE] >= 0 && v[AT_CHANGE + 1] >= 0;
}

/* A break of which not all periods are before the end is no longer one that is
 * known. */
void fc_auto_place(struct fc_learned *learned, long long steps)
{
    double *v = learned->values, *to = v + AT_BREAKS + 1;
    const double *at = to;
    int n = (int)v[AT_BREAKS];
    for (int i = 0; i < n; i++, at += 3) {
        double first = at[0] + (double)steps, last = at[1] + (double)steps;
        if (steps == FC_NO_PLACE || last < 1 || first > MOST_PERIODS) {
            v[AT_BREAKS]--;
            continue;
        }
        to[2] = at[2];
        to[0] = first;
        to[1] = last;
        to += 3;
    }
    while (to < v + AT_WEIGHTS)
        *to++ = 0;
}

/* Of the kind whose numbers v + AT_WEIGHTS are: weights sum to 1; intervals
 * grow with the level, and never turn around. */
static bool is_sound(const double *v)
{
    const double *below = v + AT_SHAPE + FC_AUTO_BELOW * FC_AUTO_LEVELS;
    const double *above = v + AT_SHAPE + FC_AUTO_ABOVE * FC_AUTO_LEVELS;
    double sum = 0;
    for (int k = 0; k < FC_AUTO_CANDIDATES; k++) {
        if (!(v[AT_WEIGHTS + k] >= 0))
            return false;
        sum += v[AT_WEIGHTS + k];
    }
    for (int i = 0; i < FC_AUTO_LEVELS; i++)
        if (!(above[i] >= -below[i])
            || (i > 0
                && !(above[i] >= above[i - 1] && below[i] >= below[i - 1])))
            return false;
    return fabs(sum - 1) < 1e-6;
}

enum fc_status fc_auto_check(const struct fc_learned *learned,
                             const struct fc_seasons *seasons, int horizon,
                             struct fc_error *err)
{
    const double *v = learned->values;
    for (size_t i = 0; i < learned->n; i++)
        if (!isfinite(v[i]))
            return fc_fail(err, FC_EDATA, "number %zu is not finite", i + 1);
    if (learned->n < AT_COEF || v[AT_VERSION] != FC_AUTO_BLOCK_VERSION)
        return fc_fail(err, FC_EDATA,
                       "auto of this version learns other numbers");
    if (!is_whole(v[AT_HORIZON], 1, 1e6) || v[AT_HORIZON] < horizon
        || v[AT_SEASON] != fc_season_length(seasons))
        return fc_fail(err, FC_EDATA,
                       "its numbers are for another horizon or season");
    if (!has_sizes(v))
        return fc_fail(err, FC_EDATA, "its numbers make no sense");
    size_t size = fc_auto_block_size(v);
    if (learned->n < size)
        return fc_fail(err, FC_EDATA, "has %zu numbers where auto has %zu",
                       learned->n, size);
    if (!fc_counts_check(v + size, learned->n - size))
        return fc_fail(err, FC_EDATA, "has %zu numbers where auto has %zu, "
                                      "and what follows is not of counts",
                       learned->n, size);
    if (!has_breaks(v))
        return fc_fail(err, FC_EDATA, "its breaks make no sense");
    for (int kind = 0; kind < FC_KINDS; kind++)
        if (!is_sound(v + kind * AT_KIND))
            return fc_fail(err, FC_EDATA,
                           "its weights or widths make no sense");
    return FC_OK;
}
