/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_GLOBAL_SAMPLE_H
#define NIGHTCAST_FORECAST_GLOBAL_SAMPLE_H

#include "forecast/model.h"
#include "forecast/numeric/vet.h"

/*
 * The series of a batch that teach: a sample of each kind, where there are
 * many, drawn by their ids and the seed; without the breaks that the moving
 * ones share, as far as these are over.
 */
struct fc_sample {
    const struct fc_lesson *lesson;
    struct fc_series *seen;   /* n of them; moving series first */
    struct fc_series *series; /* the same, without breaks that are over */
    double **mended;          /* what of series is not of seen, or NULL */
    size_t n, moving;
    struct fc_breaks breaks;
    struct fc_seasons left;      /* with several seasons: series are what the
                                    longer ones leave, by the values before the
                                    last horizon ones, as these are held back */
    struct fc_workspace *values; /* theirs */
};

/* Observations that must be left before those held back. */
enum { FC_SAMPLE_LEAST_LEFT = 6 };

/*
 * At most so many series of each kind that are longer than the lesson's
 * horizon.  n = 0 when none teaches anything.  FC_ENOMEM and what
 * fc_find_breaks() reports; the sample is to be released whatever becomes of
 * it.
 */
enum fc_status fc_sample_take(const struct fc_lesson *lesson,
                              const size_t most[FC_KINDS],
                              struct fc_sample *sample, struct fc_error *err);

/* A lesson of the moving series, of which so many values are held back. */
struct fc_lesson fc_sample_lesson(const struct fc_sample *sample, size_t hold);

void fc_sample_release(struct fc_sample *sample);

#endif
