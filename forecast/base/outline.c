/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/base/outline.h"

#include <math.h>
#include <stdlib.h>

/* The level between a quantile and its counterpart: 80 of 10 and of 90.
 * Decimals are what is typed, and 99.9 is to meet 0.1. */
static double level_of(double quantile)
{
    return fabs(round((2 * quantile - 100) * 1e9) / 1e9);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int find(const struct fc_outline *outline, double level)
{
    int i = 0;
    while (i < outline->n - 1 && outline->all[i] != level)
        i++;
    return i;
}

static void merge_levels(struct fc_outline *outline)
{
    double *all = outline->all;
    int n = 0;
    for (int i = 0; i < outline->nlevels; i++)
        all[n++] = outline->levels[i];
    for (int i = 0; i < outline->nquantiles; i++)
        all[n++] = level_of(outline->quantiles[i]);
    qsort(all, (size_t)n, sizeof *all, compare);
    for (int i = 0; i < n; i++)
        if (i == 0 || all[i] != all[outline->n - 1])
            all[outline->n++] = all[i];
}

static void place_bounds(struct fc_outline *outline)
{
    struct fc_bound *to = outline->bounds;
    for (int i = 0; i < outline->nlevels; i++) {
        int level = find(outline, outline->levels[i]);
        *to++ = (struct fc_bound){level, false};
        *to++ = (struct fc_bound){level, true};
    }
    for (int i = 0; i < outline->nquantiles; i++) {
        double quantile = outline->quantiles[i];
        int level = find(outline, level_of(quantile));
        *to++ = (struct fc_bound){level, quantile > 50};
    }
}

enum fc_status fc_outline_init(struct fc_outline *outline, const double *levels,
                               int nlevels, const double *quantiles,
                               int nquantiles, struct fc_error *err)
{
    int nbounds = 2 * nlevels + nquantiles;
    *outline = (struct fc_outline){.nlevels = nlevels,
                                   .levels = levels,
                                   .nquantiles = nquantiles,
                                   .quantiles = quantiles,
                                   .nbounds = nbounds};
    outline->all = malloc(((size_t)nbounds + 1) * sizeof *outline->all);
    outline->bounds = malloc(((size_t)nbounds + 1) * sizeof *outline->bounds);
    if (outline->all == NULL || outline->bounds == NULL) {
        fc_outline_release(outline);
        return fc_fail(err, FC_ENOMEM, "out of memory");
    }
    merge_levels(outline);
    place_bounds(outline);
    return FC_OK;
}

void fc_outline_release(struct fc_outline *outline)
{
    free(outline->all);
    free(outline->bounds);
    *outline = (struct fc_outline){0};
}
