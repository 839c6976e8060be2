/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What auto has learnt, as a tree of parts, and what stands in for it when
 * nothing was learnt.  Members write and read their own parts.
 *
 *   auto: horizon, season, and inside
 *     breaks: how many, and of as many as there can be the first and the last
 *       place and whether it is over
 *     for each kind of series its experience: the weights, the usual error, the
 *       reach
 *     for both times what is common: the change, and of each member its part
 */
#include "forecast/combine/knowledge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    VERSION = 6, /* of auto's own numbers; below, of the parts' */
    BREAKS_VERSION = 1,
    EXPERIENCE_VERSION = 2,
    COMMON_VERSION = 1
};

enum { HORIZON, SEASON, HEAD };

enum { BREAK = 3 }; /* numbers of each */

/*
 * The fixed scale of the intervals of a series on its own: chosen as the
 * weights of the members were; how it depends on the season, of M4's hourly
 * series, too.  The finer its steps, the better a series knows how far off its
 * forecasts will be.
 */
static const double SCALE = 0.30, SCALE_SEASON = -0.16;
static const double GROWTH = 0.24, GROWTH_SEASON = -0.06;
static const double LONGEST_SEASON = 24; /* longer ones count as this */

/* The usual error, in widths, of M3's groups is between .44 and .71. */
static const double USUAL = 0.5;

/* Without a batch nothing is known of a skew. */
#define SHAPE                                                                  \
    0.061, 0.125, 0.193, 0.265, 0.345, 0.440, 0.556, 0.710, 0.982, 1.28, 1.71, \
        2.05, 3.2

struct fc_auto_knowledge fc_auto_prior(int season_length)
{
    double season = log(fmin(season_length, LONGEST_SEASON));
    struct fc_auto_experience same = {
        .usual = USUAL,
        .reach = {.a = SCALE + SCALE_SEASON * season,
                  .b = GROWTH + GROWTH_SEASON * season,
                  .shape = {{SHAPE}, {SHAPE}}},
    };
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        same.weights[k] = fc_auto_members[k].weight;
    return (struct fc_auto_knowledge){.of = {same, same, same}};
}

void fc_auto_begin_with_rests(double share, struct fc_auto_knowledge *knowledge)
{
    for (int kind = 0; kind < FC_KINDS; kind++)
        for (int k = 0; k < FC_AUTO_MEMBERS; k++) {
            double *weight = &knowledge->of[kind].weights[k];
            *weight += share * (fc_auto_members[k].rest - *weight);
        }
}

/* --- writing --- */

void fc_auto_lessons_release(struct fc_auto_lessons *lessons)
{
    for (int time = 0; time < FC_AUTO_TIMES; time++)
        for (int k = 0; k < FC_AUTO_MEMBERS; k++)
            free(lessons->learned[time][k]);
    *lessons = (struct fc_auto_lessons){.change = {0}};
}

struct fc_auto_common fc_auto_common_of(const struct fc_auto_lessons *lessons,
                                        enum fc_auto_time time)
{
    struct fc_auto_common common = {.change = lessons->change[time]};
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        common.part[k] = fc_part_of(lessons->learned[time][k]);
    return common;
}

static void write_breaks(const struct fc_breaks *breaks,
                         struct fc_part_writer *writer)
{
    double v[1 + BREAK * FC_MOST_BREAKS] = {breaks->n};
    for (int i = 0; i < breaks->n; i++) {
        double *at = v + 1 + BREAK * i;
        at[0] = breaks->at[i].first;
        at[1] = breaks->at[i].last;
        at[2] = breaks->at[i].over;
    }
    size_t part = fc_part_begin(writer, BREAKS_VERSION);
    fc_part_put(writer, v, 1 + BREAK * FC_MOST_BREAKS);
    fc_part_end(writer, part);
}

static void write_experience(const struct fc_auto_experience *of,
                             struct fc_part_writer *writer)
{
    size_t part = fc_part_begin(writer, EXPERIENCE_VERSION);
    fc_part_put(writer, of->weights, FC_AUTO_MEMBERS);
    fc_part_put(writer, &of->usual, 1);
    fc_reach_write(&of->reach, writer);
    fc_part_end(writer, part);
}

static void write_common(const struct fc_auto_lessons *lessons,
                         enum fc_auto_time time, struct fc_part_writer *writer)
{
    size_t part = fc_part_begin(writer, COMMON_VERSION);
    fc_part_put(writer, &lessons->change[time], 1);
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        fc_part_add(writer, lessons->learned[time][k]);
    fc_part_end(writer, part);
}

struct fc_learned *fc_auto_write(const struct fc_auto_knowledge *k,
                                 const struct fc_auto_lessons *lessons,
                                 int horizon, int season_length)
{
    struct fc_part_writer writer = {0};
    const double head[HEAD] = {[HORIZON] = horizon, [SEASON] = season_length};
    size_t whole = fc_part_begin(&writer, VERSION);
    fc_part_put(&writer, head, HEAD);
    write_breaks(&k->breaks, &writer);
    for (int kind = 0; kind < FC_KINDS; kind++)
        write_experience(&k->of[kind], &writer);
    for (enum fc_auto_time time = 0; time < FC_AUTO_TIMES; time++)
        write_common(lessons, time, &writer);
    fc_part_end(&writer, whole);
    return fc_part_finish(&writer);
}

/* --- reading: each returns false for what makes no sense --- */

static bool is_whole(double x, double least, double most)
{
    return x >= least && x <= most && x == floor(x);
}

/* Breaks lie one behind the other, and no farther back than this. */
static const double MOST_PERIODS = 1e6;

static bool read_breaks(struct fc_part part, struct fc_breaks *breaks)
{
    struct fc_part_reader reader;
    double last = 0;
    if (!fc_part_open(part, BREAKS_VERSION, &reader))
        return false;
    const double *v = fc_part_take(&reader, 1 + BREAK * FC_MOST_BREAKS);
    if (v == NULL || !is_whole(v[0], 0, FC_MOST_BREAKS))
        return false;
    breaks->n = (int)v[0];
    for (int i = 0; i < breaks->n; i++) {
        const double *at = v + 1 + BREAK * i;
        if (!is_whole(at[1], last + 1, MOST_PERIODS)
            || !is_whole(at[0], at[1], MOST_PERIODS) || !is_whole(at[2], 0, 1))
            return false;
        last = at[0];
        breaks->at[i] = (struct fc_break){(int)at[0], (int)at[1], at[2] != 0};
    }
    return fc_part_is_read(&reader);
}

/* Weights sum to 1. */
static bool read_experience(struct fc_part part, struct fc_auto_experience *of)
{
    struct fc_part_reader reader;
    double sum = 0;
    if (!fc_part_open(part, EXPERIENCE_VERSION, &reader))
        return false;
    const double *weights = fc_part_take(&reader, FC_AUTO_MEMBERS);
    const double *usual = fc_part_take(&reader, 1);
    if (weights == NULL || usual == NULL || !(*usual > 0))
        return false;
    of->usual = *usual;
    for (int k = 0; k < FC_AUTO_MEMBERS; k++) {
        if (!(weights[k] >= 0))
            return false;
        of->weights[k] = weights[k];
        sum += weights[k];
    }
    return fabs(sum - 1) < 1e-6 && fc_reach_read(&reader, &of->reach)
           && fc_part_is_read(&reader);
}

static bool read_common(struct fc_part part, struct fc_auto_common *common)
{
    struct fc_part_reader reader;
    if (!fc_part_open(part, COMMON_VERSION, &reader))
        return false;
    const double *change = fc_part_take(&reader, 1);
    if (change == NULL || !(*change >= 0))
        return false;
    common->change = *change;
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        common->part[k] = fc_part_inside(&reader);
    return fc_part_is_read(&reader);
}

/* What makes no sense; NULL when all does. */
static const char *read_parts(struct fc_part_reader *reader,
                              struct fc_auto_knowledge *k)
{
    if (!read_breaks(fc_part_inside(reader), &k->breaks))
        return "its breaks make no sense";
    for (int kind = 0; kind < FC_KINDS; kind++)
        if (!read_experience(fc_part_inside(reader), &k->of[kind]))
            return "its weights or widths make no sense";
    if (!read_common(fc_part_inside(reader), &k->held_back)
        || !read_common(fc_part_inside(reader), &k->common)
        || !fc_part_is_read(reader))
        return "its numbers make no sense";
    return NULL;
}

struct fc_auto_knowledge fc_auto_read(struct fc_part learned, int season_length)
{
    struct fc_auto_knowledge prior = fc_auto_prior(season_length), k = prior;
    struct fc_part_reader reader;
    if (!fc_part_open(learned, VERSION, &reader))
        return prior;
    const double *head = fc_part_take(&reader, HEAD);
    return head != NULL && head[SEASON] == season_length
                   && read_parts(&reader, &k) == NULL
               ? k
               : prior;
}

static enum fc_status check_members(const struct fc_auto_common *common,
                                    const struct fc_spec *spec,
                                    const struct fc_seasons *seasons,
                                    int horizon, struct fc_error *err)
{
    enum fc_status status = FC_OK;
    for (int k = 0; k < FC_AUTO_MEMBERS && status == FC_OK; k++) {
        const struct fc_model *model = fc_auto_members[k].model;
        struct fc_spec member = fc_spec_member(spec, model);
        if (common->part[k].v == NULL)
            continue;
        status =
            model->check_learned != NULL
                ? model->check_learned(common->part[k], &member, seasons,
                                       horizon, err)
                : fc_fail(err, FC_EDATA, "'%s' learns nothing", model->name);
    }
    return status;
}

enum fc_status fc_auto_check(struct fc_part learned, const struct fc_spec *spec,
                             const struct fc_seasons *seasons, int horizon,
                             struct fc_error *err)
{
    struct fc_auto_knowledge k;
    struct fc_part_reader reader;
    if (!fc_part_open(learned, VERSION, &reader))
        return fc_fail(err, FC_EDATA,
                       "auto of this version learns other numbers");
    if (!fc_part_is_finite(learned))
        return fc_fail(err, FC_EDATA, "not all of its numbers are finite");
    const double *head = fc_part_take(&reader, HEAD);
    if (head == NULL || !is_whole(head[HORIZON], 1, 1e6)
        || head[HORIZON] < horizon || head[SEASON] != fc_season_length(seasons))
        return fc_fail(err, FC_EDATA,
                       "its numbers are for another horizon or season");
    const char *nonsense = read_parts(&reader, &k);
    if (nonsense != NULL)
        return fc_fail(err, FC_EDATA, "%s", nonsense);
    int learnt = (int)head[HORIZON];
    enum fc_status status =
        check_members(&k.held_back, spec, seasons, learnt, err);
    return status == FC_OK
               ? check_members(&k.common, spec, seasons, learnt, err)
               : status;
}

/* A break of which not all periods are before the end is no longer one that is
 * known. */
void fc_auto_place(struct fc_learned *learned, long long steps)
{
    struct fc_part_reader whole, inside;
    if (!fc_part_open(fc_part_of(learned), VERSION, &whole)
        || fc_part_take(&whole, HEAD) == NULL
        || !fc_part_open(fc_part_inside(&whole), BREAKS_VERSION, &inside))
        return;
    double *v = learned->values + (inside.at - learned->values), *to = v + 1;
    const double *at = to, *end = v + inside.left;
    int n = (int)v[0];
    for (int i = 0; i < n; i++, at += BREAK) {
        double first = at[0] + (double)steps, last = at[1] + (double)steps;
        if (steps == FC_NO_PLACE || last < 1 || first > MOST_PERIODS) {
            v[0]--;
            continue;
        }
        to[2] = at[2];
        to[0] = first;
        to[1] = last;
        to += BREAK;
    }
    while (to < end)
        *to++ = 0;
}
