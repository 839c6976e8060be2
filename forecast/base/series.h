/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_BASE_SERIES_H
#define NIGHTCAST_FORECAST_BASE_SERIES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The two ends of the numerical core: what comes in and what goes out.
 * Both are borrowed views; somebody else owns the memory.
 */

/*
 * How many observations make a season: one length or several, ascending, which
 * need not be whole (365.25 days).
 *
 *   year    observations to the year, by the calendar; 0 = not known.  It is no
 *           season of the list, and lists with other years are equal
 *   asked   by the user rather than by default: models that know one season are
 *           then given what the longer ones leave, and a year of 52 weeks is 52
 *   left    the series is what the longer seasons have left, as far as they
 *           could be known
 */
enum { FC_MOST_SEASONS = 4 };

struct fc_seasons {
    int n;
    double length[FC_MOST_SEASONS];
    double year;
    bool asked, left;
};

/*
 * What is known beside a series, of its observations and of the steps to be
 * forecast: n columns, which begin with its first observation and go on after
 * its last.  Column j's value at place t is x[j * stride + t].
 */
enum fc_role {
    FC_ROLE_PLAIN,
    FC_ROLE_DRAWN, /* what it has beyond others: drawn to nothing, unless the
                      series say more */
    FC_ROLE_LIKE   /* where it is not 0, the series has the level of the place
                      in the week that many steps later */
};

struct fc_regressors {
    size_t n;
    size_t stride; /* observations and steps, at least */
    const double *x;
    const bool *as_they_are;  /* n flags: not to be taken in logs; NULL: none */
    const enum fc_role *role; /* of each; NULL: plain */
    size_t week;              /* steps in it; 0: it is not known */
    const size_t *known_for;  /* of each, the steps after the observations of
                                 which it is known, as SIZE_MAX: all; else it
                                 is carried on there.  NULL: all are known */
};

/*
 * Where a series lies in time: the steps from a Monday that was a 1st of
 * January, 2001's, 00:00, to its first observation, before that negative.  So
 * places in a week or a year of different series can be compared.
 */
struct fc_date {
    bool known;
    double steps;
};

/* What was observed of a series.  A panel has millions of them, some of a
 * single value: it is kept small. */
struct fc_history {
    const char *id;  /* as read; unique within a panel; NUL-terminated */
    const double *y; /* n values, oldest first; NaN = missing; never inf.
                        The first and the last value are never missing */
    size_t n;
};

/* What was taken out of a series: see forecast/numeric/adjust.h. */
struct fc_adjustment;

/* A series as models take it: its history, and what is known beside it. */
struct fc_series {
    const char *id; /* of the history, as are y and n */
    const double *y;
    size_t n;
    const struct fc_seasons *seasons;       /* or NULL: none */
    const struct fc_regressors *regressors; /* or NULL: none */
    struct fc_date date;
    const struct fc_adjustment *less; /* of its values; NULL: nothing */
    size_t less_first;                /* place of the first of y in that */
};

/* A history beside which nothing is known. */
struct fc_series fc_series_of(const struct fc_history *history);

/* The whole length of the shortest season, the one that most models know; 1 =
 * none. */
int fc_season_length(const struct fc_seasons *seasons);

/* The list of one season; empty for a length of 1 or less. */
struct fc_seasons fc_one_season(int length);

/* The seasons of which n observations hold two cycles; and the shortest one,
 * whatever n. */
struct fc_seasons fc_seasons_fitting(const struct fc_seasons *seasons,
                                     size_t n);

/* Whether a season is too long for a model to have a number for each of its
 * places, or not whole: more than 366 observations, or 52.18. */
bool fc_season_is_long(double length);

/* Whether two lists have the same lengths. */
bool fc_seasons_equal(const struct fc_seasons *a, const struct fc_seasons *b);

/* The series without its first observations; what regressors it has are then
 * described in *room. */
struct fc_series fc_series_from(const struct fc_series *series, size_t first,
                                struct fc_regressors *room);

/*
 * Point forecasts and prediction intervals for steps h = 0 .. horizon - 1
 * after the last observation.  The bounds of level i at step h are
 * lo[i * horizon + h] and hi[i * horizon + h].
 */
struct fc_forecast {
    int horizon;
    int nlevels;
    const double *levels; /* coverage in percent, ascending, each in [0, 100):
                             both bounds of level 0 are the median */
    double *mean;         /* horizon values */
    double *lo;           /* nlevels * horizon values */
    double *hi;           /* nlevels * horizon values */
    bool replaced;        /* by a model that found its bounds absurd: others
                             stand in their place */
};

/* Numbers of a forecast: the mean, and two bounds for every level. */
size_t fc_forecast_size(int horizon, int nlevels);

/* A forecast whose mean, lo and hi lie in this order in so many numbers. */
struct fc_forecast fc_forecast_over(int horizon, int nlevels,
                                    const double *levels, double *numbers);

/* One of the bounds of a forecast: of its level-th level, below or above. */
struct fc_bound {
    int level;
    bool above;
};

/* Its horizon values. */
const double *fc_forecast_bound(const struct fc_forecast *forecast,
                                struct fc_bound bound);

#endif
