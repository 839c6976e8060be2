/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COMBINE_KNOWLEDGE_H
#define NIGHTCAST_FORECAST_COMBINE_KNOWLEDGE_H

#include "forecast/combine/members.h"
#include "forecast/numeric/breaks.h"
#include "forecast/numeric/reach.h"
#include "forecast/numeric/vet.h"

/* What all series of a batch have in common. */
struct fc_auto_common {
    struct fc_part part[FC_AUTO_MEMBERS]; /* of members that learn; nothing
                                             where they have not */
    double change; /* from value to value, over their size, of the median
                      series; 0: not known */
};

/* What is learnt from series of one kind, for series of that kind. */
struct fc_auto_experience {
    double weights[FC_AUTO_MEMBERS]; /* sum to 1 */
    double usual; /* of the series' own errors: fc_auto_own_width() */
    struct fc_reach reach;
};

/*
 * What auto knows before it sees a series: by default, or from a batch.
 * `held_back` has not seen the last observations of the batch, as many as the
 * horizon.
 *
 * No series has unbounded influence on any of it:
 *
 * - kinds: which series teach which, by their own values alone (vet.h)
 * - weights: a series counts for at most five times the median error; one whose
 *   width is unlike most others', for nothing.  Resting and wild series start
 *   from what moving ones teach, never the other way
 * - usual: a median
 * - reach: quantiles over the same series, within multiples of the fixed ones
 *   (reach.c)
 * - common: see pooled.h and neural.h in forecast/global; from moving series
 *   alone
 * - change: a median
 * - breaks: medians
 */
struct fc_auto_knowledge {
    struct fc_auto_experience of[FC_KINDS];
    struct fc_auto_common common, held_back;
    struct fc_breaks breaks;
};

/* What is known without a batch. */
struct fc_auto_knowledge fc_auto_prior(int season_length);

/* What learning begins with has the weights among rests for such a share. */
void fc_auto_begin_with_rests(double share,
                              struct fc_auto_knowledge *knowledge);

/* Reads what was written; the prior when there is nothing, or when it was made
 * for another season.  The parts of members lie in what is read. */
struct fc_auto_knowledge fc_auto_read(struct fc_part learned,
                                      int season_length);

/* Whether fc_auto_read() may read a part that comes from elsewhere; see
 * fc_model.check_learned. */
enum fc_status fc_auto_check(struct fc_part learned, const struct fc_spec *spec,
                             const struct fc_seasons *seasons, int horizon,
                             struct fc_error *err);

/* Breaks where they are in series that end so many steps later; see
 * fc_model.place_learned. */
void fc_auto_place(struct fc_learned *learned, long long steps);

/* What the members have learnt: of all series but their last values, and of
 * all of them. */
enum fc_auto_time { FC_AUTO_HELD_BACK, FC_AUTO_WHOLE, FC_AUTO_TIMES };

struct fc_auto_lessons {
    struct fc_learned *learned[FC_AUTO_TIMES][FC_AUTO_MEMBERS];
    double change[FC_AUTO_TIMES];
};

void fc_auto_lessons_release(struct fc_auto_lessons *lessons);

/* What is common by a time; it looks at the lessons. */
struct fc_auto_common fc_auto_common_of(const struct fc_auto_lessons *lessons,
                                        enum fc_auto_time time);

/*
 * As numbers: the experience and the breaks of k, and the lessons, for a
 * horizon and a season.  To be given back with free(); NULL: FC_ENOMEM.
 */
struct fc_learned *fc_auto_write(const struct fc_auto_knowledge *k,
                                 const struct fc_auto_lessons *lessons,
                                 int horizon, int season_length);

#endif
