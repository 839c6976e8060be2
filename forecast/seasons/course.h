/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_SEASONS_COURSE_H
#define NIGHTCAST_FORECAST_SEASONS_COURSE_H

#include "forecast/base/status.h"
#include "forecast/base/workspace.h"

#include <stddef.h>

/*
 * The slow course of a year, as a series of hours or minutes has it: at each
 * place of a cycle (a day) the mean of the values at the same place of the
 * cycles around the same one of earlier years, so that evenings in winter may
 * be high and those in summer low.  One earlier year is enough: the course is
 * smooth.  The first year has its own.
 */
struct fc_course {
    size_t first;        /* the first observation that has one */
    size_t within;       /* places of a cycle */
    size_t step;         /* cycles between those of the grid */
    size_t year;         /* cycles; beyond the grid's end it repeats */
    size_t n;            /* cycles of the grid; 0: there is no course */
    const double *value; /* n times within */
};

/* Of which series, and how: of cycles of `within` observations. */
struct fc_course_design {
    size_t within;
    size_t year, step; /* cycles */
    size_t width;      /* cycles that are smoothed over, less than a year */
    size_t first;      /* the first observation that is to have a course */
    size_t known;      /* the last ones, in which no cycle tells of itself */
};

/*
 * The course of n values z, none missing, from design->first to a year after
 * the last.  course->n is 0 when there is not a year before those that are to
 * be known.  At a place t that has a year before it, nothing is used of
 * t - year + width / 2 and later.  FC_ENOMEM.
 */
enum fc_status fc_course_find(const double *z, size_t n,
                              const struct fc_course_design *design,
                              struct fc_workspace *ws,
                              struct fc_course *course);

/* The course at observation t, which may be after the last; not before
 * course->first. */
double fc_course_at(const struct fc_course *course, size_t t);

#endif
