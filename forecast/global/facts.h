/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_GLOBAL_FACTS_H
#define NIGHTCAST_FORECAST_GLOBAL_FACTS_H

#include "forecast/model.h"

/*
 * What the calendar says of a value, for models that learn over all series of
 * a batch: the place in each cycle, of the day, the week, the year, as pairs of
 * cosines and sines.  As series are placed in time (struct fc_date), it is the
 * same for all of them, whenever they begin and whatever is missing in them;
 * one that has seen a single Christmas learns from others'.
 */
enum { FC_MOST_CYCLES = FC_MOST_SEASONS + 1 };

struct fc_facts {
    int n; /* cycles; 0: nothing is known, or nothing is gained by it */
    double period[FC_MOST_CYCLES]; /* observations */
    int harmonics[FC_MOST_CYCLES]; /* 1 and more */
    int nspans;                    /* of past values, whose means are told: */
    int span[FC_MOST_CYCLES];      /* observations, ascending */
};

/* What a model is to be told. */
struct fc_facts_wish {
    bool shortest; /* also the place in the shortest cycle */
    bool spans;    /* also the means of the last week and the last four */
};

/*
 * The facts for the series of a lesson: none where these have one season, or
 * are not placed.  A cycle counts, and a mean is told, where the median series
 * is long enough to have seen it once.  *facts is set; FC_ENOMEM.
 */
enum fc_status fc_facts_choose(const struct fc_lesson *lesson,
                               const struct fc_facts_wish *wish,
                               struct fc_facts *facts);

/* How many numbers tell the places, and how many values before it a value must
 * have. */
size_t fc_facts_size(const struct fc_facts *facts);
size_t fc_facts_past(const struct fc_facts *facts);

/* The places of a value that is so many steps after a Monday the 1st of
 * January: fc_facts_size() numbers of at most 1. */
void fc_facts_tell(const struct fc_facts *facts, double steps, double *x);

/* As a part of what was learnt; false when that makes no sense. */
void fc_facts_write(const struct fc_facts *facts,
                    struct fc_part_writer *writer);
bool fc_facts_read(struct fc_part part, struct fc_facts *facts);

#endif
