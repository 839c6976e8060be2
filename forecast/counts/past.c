/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/counts/parts.h"

#include <gsl/gsl_randist.h>
#include <math.h>

static double weight_of(const struct fc_fading *past)
{
    double sum = 0, weight = 1, fade = exp(-1 / past->steps);
    for (size_t t = past->n; t-- > 0; weight *= fade)
        if (!isnan(past->y[t]))
            sum += weight;
    return sum;
}

double fc_fading_prior(const struct fc_fading *past)
{
    return past->values / (weight_of(past) + past->values);
}

void fc_fading_add(const struct fc_fading *past, const struct fc_tally *prior,
                 double mass, struct fc_tally *tally)
{
    double fade = exp(-1 / past->steps);
    double weight = mass / (weight_of(past) + past->values);
    if (prior != NULL)
        fc_tally_add_all(tally, prior, weight * past->values);
    for (size_t t = past->n; t-- > 0; weight *= fade)
        if (!isnan(past->y[t]))
            fc_tally_add(tally,
                         past->scale != NULL ? past->y[t] * past->scale[t]
                                             : past->y[t],
                         weight);
}

size_t fc_fading_draw(const struct fc_fading *past, gsl_rng *rng)
{
    double weight = 1, fade = exp(-1 / past->steps);
    double left = gsl_rng_uniform(rng) * weight_of(past);
    size_t last = 0;
    for (size_t t = past->n; t-- > 0; weight *= fade) {
        if (isnan(past->y[t]))
            continue;
        last = t;
        left -= weight;
        if (left < 0)
            break;
    }
    return last;
}

/* Weights of the sizes, the shifted Poisson's being 1. */
static double sizes_weight(const struct fc_fading *sizes)
{
    double sum = 1, weight = 1, fade = exp(-1 / sizes->steps);
    for (size_t t = sizes->n; t-- > 0; weight *= fade)
        if (sizes->y[t] > 0)
            sum += weight;
    return sum;
}

void fc_hurdle_add(const struct fc_hurdle *hurdle, double mass,
                   struct fc_tally *tally)
{
    const struct fc_fading *sizes = &hurdle->sizes;
    double fade = exp(-1 / sizes->steps);
    double weight = mass * hurdle->sold / sizes_weight(sizes);
    double rate = fmin(hurdle->size - 1, FC_TALLY_SMALL), p = exp(-rate);
    fc_tally_add(tally, 0, mass * (1 - hurdle->sold));
    double rest = 1;
    for (int k = 0; k < FC_TALLY_SMALL && rest > 1e-9; k++) {
        fc_tally_add(tally, k + 1, weight * p);
        rest -= p;
        p *= rate / (k + 1);
    }
    if (rest > 1e-9) /* a size that a Poisson distribution says little of */
        fc_tally_add(tally, hurdle->size, weight * rest);
    for (size_t t = sizes->n; t-- > 0; weight *= fade)
        if (sizes->y[t] > 0)
            fc_tally_add(tally, sizes->y[t], weight);
}

double fc_hurdle_draw(const struct fc_hurdle *hurdle, gsl_rng *rng)
{
    const struct fc_fading *sizes = &hurdle->sizes;
    double weight = 1, fade = exp(-1 / sizes->steps);
    if (gsl_rng_uniform(rng) >= hurdle->sold)
        return 0;
    double left = gsl_rng_uniform(rng) * sizes_weight(sizes) - 1;
    for (size_t t = sizes->n; t-- > 0 && left >= 0; weight *= fade)
        if (sizes->y[t] > 0) {
            left -= weight;
            if (left < 0)
                return sizes->y[t];
        }
    return 1 + gsl_ran_poisson(rng, fmax(hurdle->size - 1, 0));
}
