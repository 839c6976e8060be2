/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_SEASONS_COURSE_H
#define NIGHTCAST_FORECAST_SEASONS_COURSE_H

#include "forecast/base/status.h"
#include "forecast/base/workspace.h"

#include <stddef.h>

/*
 * The slow course of a year, as a series of hours or minutes has it: at each
 * place the mean of the values around the same place of earlier years.  One
 * earlier year is enough: the course is smooth.
 */
struct fc_course {
    double first, step; /* of the grid, in observations */
    double year;        /* observations; beyond the grid's end it repeats */
    size_t n;           /* places of the grid; 0: there is no course */
    const double *value;
};

/* Of which series, and how. */
struct fc_course_design {
    double year;
    double width; /* observations that are smoothed over, less than a year */
    double step;  /* between places of the grid */
    size_t known; /* observations that are to have a course, at least */
};

/*
 * The course of n values z, none missing, from as early on as earlier years
 * reach, to a year after the last.  course->n is 0 when n values are too few.
 * At a place t nothing is used of t - year + width / 2 and later. FC_ENOMEM.
 */
enum fc_status fc_course_find(const double *z, size_t n,
                              const struct fc_course_design *design,
                              struct fc_workspace *ws,
                              struct fc_course *course);

/* The course at observation t, which may be after the last; not before
 * course->first. */
double fc_course_at(const struct fc_course *course, double t);

#endif
