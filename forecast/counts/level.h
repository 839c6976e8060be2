/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COUNTS_LEVEL_H
#define NIGHTCAST_FORECAST_COUNTS_LEVEL_H

#include <stddef.h>

/*
 * Where a series of counts stands: how much it sells, lately and at length,
 * how long it has not, and how much at a time.
 */

/* What the series of a file have in common. */
struct fc_counts_file {
    double mean;   /* of the median series */
    double size;   /* of what is sold when there is any: likewise */
    double spread; /* variance of one-step errors over the level: likewise */
    double slow, fast; /* steps in which weights fall to 1 / e */
};

struct fc_counts_level {
    double slow, fast; /* means with fading weights */
    double gap;        /* steps since the last sale */
    double size;       /* of a sale */
    double sold;       /* share of steps with a sale, weights fading slowly */
    double unit;       /* the level that demand is expected at */
    double known;      /* values seen, at most as many as matter */
};

/* As it moves along a series. */
struct fc_counts_walk {
    double fade[2], weight[2], sum[2], sales, sizes; /* weights fading */
    double n, total;
    double gap;
};

/* Before the first value. */
void fc_counts_start(struct fc_counts_walk *walk,
                     const struct fc_counts_file *file);

/* After one more; NaN is missing. */
void fc_counts_step(struct fc_counts_walk *walk, double y);

/* What is known little of leans on the file. */
struct fc_counts_level fc_counts_stand(const struct fc_counts_walk *walk,
                                       const struct fc_counts_file *file);

/* After all n values. */
struct fc_counts_level fc_counts_level(const double *y, size_t n,
                                       const struct fc_counts_file *file);

#endif
