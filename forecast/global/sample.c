/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/global/sample.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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
                   && s->n >= (size_t)lesson->horizon + FC_SAMPLE_LEAST_LEFT;
        kind[i] = (unsigned char)(can ? fc_kind_of(s->y, s->n, m, scratch)
                                      : FC_KINDS);
    }
}

/* The draw above which series of a kind are not in the sample. */
static double threshold(const struct fc_lesson *lesson,
                        const unsigned char *kind, enum fc_kind of, size_t most,
                        double *draws)
{
    size_t n = 0;
    for (size_t i = 0; i < lesson->n; i++)
        if (kind[i] == of)
            draws[n++] = draw(lesson, &lesson->series[i]);
    if (n <= most)
        return INFINITY;
    if (most == 0)
        return -INFINITY;
    gsl_sort(draws, 1, n);
    return draws[most - 1];
}

/* Appends what is up to the threshold. */
static void take(struct fc_sample *s, const unsigned char *kind,
                 enum fc_kind of, size_t most, double last)
{
    const struct fc_lesson *lesson = s->lesson;
    size_t end = s->n + most;
    for (size_t i = 0; i < lesson->n && s->n < end; i++)
        if (kind[i] == of && draw(lesson, &lesson->series[i]) <= last)
            s->seen[s->n++] = lesson->series[i];
}

static enum fc_status draw_sample(struct fc_sample *s,
                                  const size_t most[FC_KINDS],
                                  struct fc_error *err)
{
    const struct fc_lesson *lesson = s->lesson;
    size_t all = 0, room = lesson->n + 1;
    for (size_t i = 0; i < lesson->n; i++)
        room = lesson->series[i].n > room ? lesson->series[i].n : room;
    unsigned char *kind = malloc(lesson->n + 1);
    double *draws = malloc(room * sizeof *draws);
    for (int of = 0; of < FC_KINDS; of++)
        all += most[of] < lesson->n ? most[of] : lesson->n;
    s->seen = malloc((all + 1) * sizeof *s->seen);
    if (kind == NULL || draws == NULL || s->seen == NULL) {
        free(kind);
        free(draws);
        return fc_fail(err, FC_ENOMEM, "out of memory");
    }
    find_teachers(lesson, kind, draws);
    for (enum fc_kind of = 0; of < FC_KINDS; of++) {
        take(s, kind, of, most[of],
             threshold(lesson, kind, of, most[of], draws));
        if (of == FC_KIND_MOVING)
            s->moving = s->n;
    }
    free(kind);
    free(draws);
    return FC_OK;
}

/* Series i without what is over, in memory of its own if that is needed. */
static enum fc_status mend(struct fc_sample *s, size_t i, double *scratch)
{
    struct fc_series *series = &s->series[i];
    int m = fc_season_length(s->lesson->seasons);
    *series = s->seen[i];
    bool shares = false;
    for (int k = 0; k < s->breaks.n && !shares; k++)
        shares =
            fc_shares_break(series->y, series->n, m, &s->breaks.at[k], scratch);
    if (!shares)
        return FC_OK;
    s->mended[i] = malloc(series->n * sizeof(double));
    if (s->mended[i] == NULL)
        return FC_ENOMEM;
    memcpy(s->mended[i], series->y, series->n * sizeof(double));
    fc_heal(s->mended[i], series->n, m, &s->breaks, scratch);
    series->y = s->mended[i];
    return FC_OK;
}

/* The sample less what longer seasons do. */
static enum fc_status leave_rest(struct fc_sample *s, struct fc_error *err)
{
    const struct fc_seasons *seasons = s->lesson->seasons;
    struct fc_adjustment *less;
    if (seasons == NULL || seasons->n < 2 || seasons->left)
        return FC_OK;
    s->left = *seasons;
    s->left.asked = false;
    s->left.left = true;
    s->values = fc_workspace_new();
    less = s->values == NULL
               ? NULL
               : fc_workspace_array(s->values, s->n, sizeof *less);
    enum fc_status status = less != NULL || s->n == 0 ? FC_OK : FC_ENOMEM;
    for (size_t i = 0; status == FC_OK && i < s->n; i++) {
        struct fc_series *each = &s->seen[i];
        size_t known = each->n - (size_t)s->lesson->horizon;
        double *y = fc_workspace_doubles(s->values, each->n);
        status = y == NULL
                     ? FC_ENOMEM
                     : fc_adjustment_find(each, known, s->values, &less[i]);
        if (status != FC_OK)
            break;
        fc_adjustment_apply(&less[i], each->y, 0, each->n, y);
        each->y = y;
        each->less = &less[i];
        each->seasons = &s->left;
    }
    return status == FC_OK ? FC_OK : fc_fail(err, status, "out of memory");
}

/* The breaks that the moving series share, and all series without them. */
static enum fc_status find_breaks(struct fc_sample *s, struct fc_error *err)
{
    size_t longest = 1;
    enum fc_status status =
        fc_find_breaks(s->seen, s->moving, fc_season_length(s->lesson->seasons),
                       &s->breaks, err);
    if (status != FC_OK)
        return status;
    for (size_t i = 0; i < s->n; i++)
        longest = s->seen[i].n > longest ? s->seen[i].n : longest;
    double *scratch = malloc(longest * sizeof *scratch);
    s->series = malloc((s->n + 1) * sizeof *s->series);
    s->mended = calloc(s->n + 1, sizeof *s->mended);
    if (scratch == NULL || s->series == NULL || s->mended == NULL)
        status = FC_ENOMEM;
    for (size_t i = 0; i < s->n && status == FC_OK; i++)
        status = mend(s, i, scratch);
    free(scratch);
    return status == FC_OK ? FC_OK : fc_fail(err, status, "out of memory");
}

enum fc_status fc_sample_take(const struct fc_lesson *lesson,
                              const size_t most[FC_KINDS],
                              struct fc_sample *sample, struct fc_error *err)
{
    *sample = (struct fc_sample){.lesson = lesson};
    enum fc_status status = draw_sample(sample, most, err);
    if (status == FC_OK)
        status = leave_rest(sample, err);
    return status == FC_OK && sample->n > 0 ? find_breaks(sample, err) : status;
}

struct fc_lesson fc_sample_lesson(const struct fc_sample *sample, size_t hold)
{
    struct fc_lesson lesson = *sample->lesson;
    lesson.series = sample->series;
    if (sample->left.n > 0)
        lesson.seasons = &sample->left;
    lesson.n = sample->moving;
    lesson.skip = NULL;
    lesson.breaks = &sample->breaks;
    lesson.hold = hold;
    return lesson;
}

void fc_sample_release(struct fc_sample *sample)
{
    for (size_t i = 0; sample->mended != NULL && i < sample->n; i++)
        free(sample->mended[i]);
    free(sample->mended);
    free(sample->seen);
    free(sample->series);
    fc_workspace_free(sample->values);
    *sample = (struct fc_sample){0};
}
