/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The course of a year by moving averages of earlier years, on a coarse grid
 * between whose places it is linear.
 */
#include "forecast/seasons/course.h"

#include <math.h>

/* Earlier years that are averaged, at most. */
static const double MOST_YEARS = 4;

/* The mean of the values around place t, by sums up to each of n. */
static double mean_around(const double *sum, size_t n, double t, double width)
{
    double from = fmax(0, floor(t - width / 2));
    double to = fmin((double)n, floor(t + width / 2));
    return to > from ? (sum[(size_t)to] - sum[(size_t)from]) / (to - from) : 0;
}

enum fc_status fc_course_find(const double *z, size_t n,
                              const struct fc_course_design *design,
                              struct fc_workspace *ws, struct fc_course *course)
{
    double year = design->year, last = (double)n - 1;
    double years = floor(((double)n - (double)design->known) / year);
    *course = (struct fc_course){.step = design->step, .year = year};
    years = fmin(years, MOST_YEARS);
    if (!(years >= 1) || !(design->width < year))
        return FC_OK;
    course->first = ceil(years * year);
    course->n = (size_t)ceil((last + year - course->first) / design->step) + 1;
    double *value = fc_workspace_doubles(ws, course->n);
    struct fc_mark mark = fc_workspace_mark(ws);
    double *sum = fc_workspace_doubles(ws, n + 1);
    if (value == NULL || sum == NULL)
        return FC_ENOMEM;
    sum[0] = 0;
    for (size_t t = 0; t < n; t++)
        sum[t + 1] = sum[t] + z[t];
    for (size_t i = 0; i < course->n; i++) {
        double t = course->first + (double)i * design->step;
        value[i] = 0;
        for (double k = 1; k <= years; k++)
            value[i] +=
                mean_around(sum, n, t - k * year, design->width) / years;
    }
    course->value = value;
    fc_workspace_release(ws, mark);
    return FC_OK;
}

double fc_course_at(const struct fc_course *course, double t)
{
    double end = course->first + (double)(course->n - 1) * course->step;
    while (t > end)
        t -= course->year;
    double at = fmax(0, t - course->first) / course->step;
    size_t i = (size_t)floor(at);
    if (i + 1 >= course->n)
        return course->value[course->n - 1];
    double part = at - floor(at);
    return (1 - part) * course->value[i] + part * course->value[i + 1];
}
