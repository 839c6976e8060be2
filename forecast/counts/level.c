/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exponentially weighted means, corrected for the weight that there is so far,
 * and drawn to the file's by a fraction of a value: enough for a new item,
 * nothing to one that is known.
 */
#include "forecast/counts/level.h"

#include <math.h>

/* Values that the file counts like; and its sizes. */
static const double FILE_VALUES = 0.3, FILE_SALES = 1;

/* The part of the fast mean in the unit. */
static const double FAST = 0.3;

/* More values make no difference. */
static const double ENOUGH = 20;

void fc_counts_start(struct fc_counts_walk *walk,
                     const struct fc_counts_file *file)
{
    *walk = (struct fc_counts_walk){
        .fade = {exp(-1 / file->slow), exp(-1 / file->fast)}};
}

void fc_counts_step(struct fc_counts_walk *walk, double y)
{
    for (int k = 0; k < 2; k++) {
        double fade = walk->fade[k];
        walk->weight[k] *= fade;
        walk->sum[k] *= fade;
        if (k == 0) {
            walk->sales *= fade;
            walk->sizes *= fade;
        }
        if (isnan(y))
            continue;
        walk->weight[k] += 1;
        walk->sum[k] += y;
    }
    walk->gap += 1;
    if (isnan(y))
        return;
    walk->n += 1;
    walk->total += y;
    if (y > 0) {
        walk->gap = 0;
        walk->sales += 1;
        walk->sizes += y;
    }
}

struct fc_counts_level fc_counts_stand(const struct fc_counts_walk *walk,
                                       const struct fc_counts_file *file)
{
    const double c = FILE_VALUES;
    struct fc_counts_level l;
    double mean = (walk->total + c * file->mean) / (walk->n + c);
    l.slow = (walk->sum[0] + c * mean) / (walk->weight[0] + c);
    l.fast = (walk->sum[1] + c * l.slow) / (walk->weight[1] + c);
    l.gap = walk->gap;
    l.size =
        (walk->sizes + FILE_SALES * file->size) / (walk->sales + FILE_SALES);
    l.sold = (walk->sales + c * fmin(1, file->mean / file->size))
             / (walk->weight[0] + c);
    l.unit = FAST * l.fast + (1 - FAST) * l.slow;
    l.known = fmin(walk->n, ENOUGH);
    return l;
}

struct fc_counts_level fc_counts_level(const double *y, size_t n,
                                       const struct fc_counts_file *file)
{
    struct fc_counts_walk walk;
    fc_counts_start(&walk, file);
    for (size_t t = 0; t < n; t++)
        fc_counts_step(&walk, y[t]);
    return fc_counts_stand(&walk, file);
}
