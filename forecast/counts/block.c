/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What has been learnt of counts, as numbers.
 */
#include "forecast/counts/shared.h"

#include <math.h>
#include <string.h>

enum { VERSION = 2 };

void fc_counts_write(const struct fc_counts_knowledge *k, double *block)
{
    const struct fc_places *places = &k->places;
    double *to = block + FC_COUNTS_HEAD;
    block[FC_COUNTS_VERSION] = VERSION;
    block[FC_COUNTS_SIZE] = (double)fc_counts_block_size(places);
    block[FC_COUNTS_FILE] = k->file.mean;
    block[FC_COUNTS_FILE + 1] = k->file.size;
    block[FC_COUNTS_FILE + 2] = k->file.spread;
    block[FC_COUNTS_FILE + 3] = k->file.slow;
    block[FC_COUNTS_FILE + 4] = k->file.fast;
    block[FC_COUNTS_ALPHA] = k->alpha;
    block[FC_COUNTS_PHI] = k->phi;
    block[FC_COUNTS_SEASON] = k->season;
    block[FC_COUNTS_LENGTH] = k->season_length;
    block[FC_COUNTS_EVERY] = places->every;
    block[FC_COUNTS_NPLACES] = (double)places->n;
    block[FC_COUNTS_NVALUES] = (double)places->nvalues;
    memcpy(block + FC_COUNTS_WEIGHTS, k->weights, sizeof k->weights);
    if (places->n > 0)
        memcpy(to, places->place, places->n * sizeof *places->place);
    to += places->n * FC_PLACE_SIZE;
    if (places->nvalues > 0)
        memcpy(to, places->values, places->nvalues * sizeof *to);
}

size_t fc_counts_block_size(const struct fc_places *places)
{
    return FC_COUNTS_HEAD + places->n * FC_PLACE_SIZE + places->nvalues;
}

struct fc_counts_knowledge fc_counts_read(const double *block, size_t n)
{
    struct fc_counts_knowledge k = fc_counts_prior();
    if (block == NULL || n < FC_COUNTS_HEAD)
        return k;
    const double *places = block + FC_COUNTS_HEAD;
    const double *file = block + FC_COUNTS_FILE;
    k.file =
        (struct fc_counts_file){file[0], file[1], file[2], file[3], file[4]};
    k.alpha = block[FC_COUNTS_ALPHA];
    k.phi = block[FC_COUNTS_PHI];
    k.season = block[FC_COUNTS_SEASON];
    k.season_length = (int)block[FC_COUNTS_LENGTH];
    memcpy(k.weights, block + FC_COUNTS_WEIGHTS, sizeof k.weights);
    k.places.n = (size_t)block[FC_COUNTS_NPLACES];
    k.places.nvalues = (size_t)block[FC_COUNTS_NVALUES];
    k.places.every = (int)block[FC_COUNTS_EVERY];
    k.places.place = (const struct fc_place *)places;
    k.places.values = places + k.places.n * FC_PLACE_SIZE;
    return k;
}

static bool is_whole(double x, double least, double most)
{
    return x >= least && x <= most && x == floor(x);
}

/* Whether a place leads to values, one of them known. */
static bool is_sound(const struct fc_place *p, const double *values,
                     double nvalues, double every)
{
    if (!is_whole(p->steps, 1, FC_SIMILAR_STEPS) || !(p->unit > 0)
        || !(p->most >= 0) || !is_whole(p->from, 0, nvalues - 1)
        || p->from + (p->steps - 1) * every > nvalues - 1)
        return false;
    for (int k = 0; k < (int)p->steps; k++)
        if (values[(size_t)p->from + (size_t)k * (size_t)every] >= 0)
            return true;
    return false;
}

static bool has_weights(const double *weights)
{
    for (int c = 0; c < FC_COUNTS_CENTRES; c++) {
        double sum = 0;
        for (int i = 0; i < FC_COUNTS_PARTS; i++) {
            if (!(weights[c * FC_COUNTS_PARTS + i] >= 0))
                return false;
            sum += weights[c * FC_COUNTS_PARTS + i];
        }
        if (!(fabs(sum - 1) < 1e-6))
            return false;
    }
    return true;
}

static bool all_positive(const double *x, int n)
{
    for (int i = 0; i < n; i++)
        if (!(x[i] > 0))
            return false;
    return true;
}

bool fc_counts_check(const double *b, size_t n)
{
    if (n == 0)
        return true;
    if (n < FC_COUNTS_HEAD || b[FC_COUNTS_VERSION] != VERSION
        || b[FC_COUNTS_SIZE] != (double)n
        || !is_whole(b[FC_COUNTS_NPLACES], 0, 1e7)
        || !is_whole(b[FC_COUNTS_NVALUES], 0, 1e7)
        || !is_whole(b[FC_COUNTS_EVERY], 1, 1e5)
        || !is_whole(b[FC_COUNTS_LENGTH], 1, 1e6)
        || !(b[FC_COUNTS_SEASON] >= 0) || !all_positive(b + FC_COUNTS_FILE, 5)
        || !(b[FC_COUNTS_ALPHA] >= 0) || !(b[FC_COUNTS_PHI] >= 0)
        || !(b[FC_COUNTS_ALPHA] + b[FC_COUNTS_PHI] < 1)
        || !has_weights(b + FC_COUNTS_WEIGHTS)
        || (double)n
               != FC_COUNTS_HEAD + b[FC_COUNTS_NPLACES] * FC_PLACE_SIZE
                      + b[FC_COUNTS_NVALUES])
        return false;
    struct fc_counts_knowledge k = fc_counts_read(b, n);
    for (size_t i = 0; i < k.places.n; i++)
        if (!is_sound(&k.places.place[i], k.places.values,
                      (double)k.places.nvalues, k.places.every))
            return false;
    return true;
}
