/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Regressors that are not known in advance, carried on: what does not come
 * true of a plan is not for us to say, so that each series has, of three
 * simple forecasts of a regressor, the one that would have been nearest in its
 * own past.
 */
#include "forecast/known/known.h"

#include <math.h>

/* One column: n values, and the steps after it. */
struct column {
    double *x;
    size_t n, steps, season;
};

/* What a rule says of place t, h steps after the last one known, when those
 * known have this mean. */
typedef double guess(const struct column *c, size_t t, size_t h, double mean);

static double last(const struct column *c, size_t t, size_t h, double mean)
{
    (void)mean;
    return c->x[t - h];
}

static double season_before(const struct column *c, size_t t, size_t h,
                            double mean)
{
    (void)mean;
    return c->x[t - (h + c->season - 1) / c->season * c->season];
}

static double usual(const struct column *c, size_t t, size_t h, double mean)
{
    (void)c;
    (void)t;
    (void)h;
    return mean;
}

/* Mean squared error over the column's past, at all leads that are asked for,
 * from all places with at least `least` values before. */
static double error_of(const struct column *c, guess *rule, size_t least)
{
    double errors = 0, count = 0;
    for (size_t h = 1; h <= c->steps; h++) {
        double sum = 0;
        for (size_t t = 0; t + 1 < least; t++)
            sum += c->x[t];
        for (size_t t = least + h - 1; t < c->n; t++, count++) {
            sum += c->x[t - h];
            double mean = sum / (double)(t - h + 1);
            errors += pow(c->x[t] - rule(c, t, h, mean), 2);
        }
    }
    return count > 0 ? errors / count : INFINITY;
}

static void carry(struct column *c)
{
    bool seasonal = c->season > 1 && c->n >= 2 * c->season;
    guess *rules[] = {last, usual, season_before}, *best = last;
    size_t nrules = seasonal ? 3 : 2, least = seasonal ? c->season : 1;
    double lowest = INFINITY, mean = 0;
    for (size_t k = 0; k < nrules; k++) {
        double error = error_of(c, rules[k], least);
        if (error < lowest) {
            lowest = error;
            best = rules[k];
        }
    }
    for (size_t t = 0; t < c->n; t++)
        mean += c->x[t] / (double)c->n;
    for (size_t h = 1; h <= c->steps; h++)
        c->x[c->n + h - 1] = best(c, c->n + h - 1, h, mean);
}

void fc_known_carry(const size_t *known_for, size_t nregressors, size_t n,
                    int horizon, int season, double *x)
{
    size_t ahead = (size_t)horizon, places = n + ahead;
    for (size_t j = 0; j < nregressors && n > 0; j++) {
        size_t lag = known_for[j];
        if (lag >= ahead)
            continue;
        struct column column = {.x = x + j * places + lag,
                                .n = n,
                                .steps = ahead - lag,
                                .season = (size_t)season};
        carry(&column);
    }
}
