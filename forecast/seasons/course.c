/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The course of a year by moving averages of earlier years, one for each place
 * of a cycle, on a coarse grid between whose cycles it is linear.
 */
#include "forecast/seasons/course.h"

#include <string.h>

/* Earlier years that are averaged, at most. */
enum { MOST_YEARS = 4 };

/* Adds those of the cycles around the one at observation `at` that lie in the
 * first n; how many. */
static size_t add_cycles(const double *z, size_t n,
                         const struct fc_course_design *design, size_t at,
                         double *sum)
{
    const size_t within = design->within, half = design->width / 2;
    size_t before = at / within, count = 0;
    before = before < half ? before : half;
    size_t from = at - before * within, end = at + half * within;
    for (size_t t = from; t < end && t + within <= n; t += within, count++)
        for (size_t j = 0; j < within; j++)
            sum[j] += z[t + j];
    return count;
}

/* The course of the cycle at observation `at`: of all earlier years that reach
 * back to half a width before it, or of what there is of one. */
static void find_cycle(const double *z, size_t n,
                       const struct fc_course_design *design, size_t at,
                       double *value)
{
    const size_t year = design->year * design->within;
    const size_t half = design->width / 2 * design->within;
    size_t count = 0;
    memset(value, 0, design->within * sizeof *value);
    for (size_t k = 1; k <= MOST_YEARS && k * year + half <= at; k++)
        count += add_cycles(z, n, design, at - k * year, value);
    if (at < year)
        count = add_cycles(z, n - design->known, design, at, value);
    else if (count == 0)
        count = add_cycles(z, n, design, at - year, value);
    for (size_t j = 0; j < design->within; j++)
        value[j] /= (double)count;
}

enum fc_status fc_course_find(const double *z, size_t n,
                              const struct fc_course_design *design,
                              struct fc_workspace *ws, struct fc_course *course)
{
    const size_t within = design->within, year = design->year;
    *course = (struct fc_course){.first = design->first,
                                 .within = within,
                                 .step = design->step,
                                 .year = year};
    if (design->width < 2 || design->width >= year
        || n < year * within + design->known)
        return FC_OK;
    size_t cycles = (n - design->first) / within + 1 + year;
    course->n = (cycles + design->step - 1) / design->step + 1;
    double *value = fc_workspace_doubles(ws, course->n * within);
    if (value == NULL)
        return FC_ENOMEM;
    for (size_t i = 0; i < course->n; i++)
        find_cycle(z, n, design, design->first + i * design->step * within,
                   value + i * within);
    course->value = value;
    return FC_OK;
}

double fc_course_at(const struct fc_course *course, size_t t)
{
    size_t cycle = (t - course->first) / course->within;
    size_t place = (t - course->first) % course->within;
    while (cycle >= (course->n - 1) * course->step)
        cycle -= course->year;
    size_t i = cycle / course->step;
    double part = (double)(cycle % course->step) / (double)course->step;
    const double *value = course->value + i * course->within + place;
    return (1 - part) * value[0] + part * value[course->within];
}
