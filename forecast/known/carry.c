/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Regressors that are not known in advance, carried on: what does not come
 * true of a plan is not for us to say, so that each series has, of three
 * simple forecasts of a regressor, the one that would have been nearest in its
 * own past.
 */
#include "forecast/known/carry.h"

#include "forecast/known/known.h"

#include <math.h>

size_t known_place_of(const struct known_past *past, enum fc_known_rule rule,
                      size_t t, size_t h)
{
    size_t season = past->season;
    return rule == FC_KNOWN_LAST ? t - h
                                 : t - (h + season - 1) / season * season;
}

/* Mean squared error over the column's past, at all leads that are asked for,
 * from all places with at least `least` values before. */
static double error_of(const struct known_past *past, enum fc_known_rule rule,
                       size_t least)
{
    double errors = 0, count = 0;
    for (size_t h = 1; h <= past->steps; h++) {
        double sum = 0;
        for (size_t t = 0; t + 1 < least; t++)
            sum += past->x[t];
        for (size_t t = least + h - 1; t < past->n; t++, count++) {
            sum += past->x[t - h];
            double guess = rule == FC_KNOWN_USUAL
                               ? sum / (double)(t - h + 1)
                               : past->x[known_place_of(past, rule, t, h)];
            errors += (past->x[t] - guess) * (past->x[t] - guess);
        }
    }
    return count > 0 ? errors / count : INFINITY;
}

enum fc_known_rule known_choose_rule(const struct known_past *past,
                                     size_t *least)
{
    static const enum fc_known_rule rules[] = {FC_KNOWN_LAST, FC_KNOWN_USUAL,
                                               FC_KNOWN_SEASON_BEFORE};
    bool seasonal = past->season > 1 && past->n >= 2 * past->season;
    enum fc_known_rule best = FC_KNOWN_LAST;
    double lowest = INFINITY;
    *least = seasonal ? past->season : 1;
    for (size_t k = 0; k < (seasonal ? 3 : 2); k++) {
        double error = error_of(past, rules[k], *least);
        if (error < lowest) {
            lowest = error;
            best = rules[k];
        }
    }
    return best;
}

static enum fc_known_rule carry(const struct known_past *past, double *x)
{
    size_t least, n = past->n;
    enum fc_known_rule rule = known_choose_rule(past, &least);
    double mean = 0;
    for (size_t t = 0; t < n; t++)
        mean += x[t] / (double)n;
    for (size_t h = 1; h <= past->steps; h++)
        x[n + h - 1] = rule == FC_KNOWN_USUAL
                           ? mean
                           : x[known_place_of(past, rule, n + h - 1, h)];
    return rule;
}

void fc_known_carry(const size_t *known_for, size_t nregressors, size_t n,
                    int horizon, int season, double *x,
                    enum fc_known_rule *rule)
{
    size_t ahead = (size_t)horizon, places = n + ahead;
    for (size_t j = 0; j < nregressors && n > 0; j++) {
        size_t lag = known_for[j];
        if (lag >= ahead)
            continue;
        struct known_past past = {.x = x + j * places + lag,
                                  .n = n,
                                  .steps = ahead - lag,
                                  .season = (size_t)season};
        enum fc_known_rule chosen = carry(&past, x + j * places + lag);
        if (rule != NULL)
            rule[j] = chosen;
    }
}
