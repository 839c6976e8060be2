/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_TESTS_DEMAND_H
#define NIGHTCAST_TESTS_DEMAND_H

/*
 * Which models take what for demand.
 */
#include "forecast/model.h"

#include <math.h>
#include <string.h>

static inline bool is_classic(const struct fc_model *model)
{
    static const char *const names[] = {"croston", "sba",   "sbj",
                                        "tsb",     "adida", "imapa"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(model->name, names[i]) == 0)
            return true;
    return false;
}

static inline bool takes_counts(const struct fc_model *model)
{
    return strncmp(model->name, "counts", 6) == 0;
}

/* Whether a model takes such values: the classics none that are negative,
 * those of counts whole ones only; all others any. */
static inline bool takes_values(const struct fc_model *model, const double *y,
                                size_t n)
{
    if (!is_classic(model) && !takes_counts(model))
        return true;
    for (size_t t = 0; t < n; t++)
        if (y[t] < 0
            || (takes_counts(model) && (y[t] != floor(y[t]) || y[t] > 2e9)))
            return false;
    return true;
}

#endif
