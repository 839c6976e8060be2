/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/counts/similar.h"

#include <math.h>
#include <stdlib.h>

/*
 * How much a difference in each coordinate matters: of the level, of its
 * change lately, of the gap, of the size of a sale, of how much is known; all
 * in logarithms.  Chosen on the training parts of two sets of spare parts.
 */
static const double MATTERS[FC_SIMILAR_PLACES] = {1, 2, 0.1, 1.5, 0.3};

/* Of which share of the places neighbours are looked for, at least so many. */
static const double SHARE = 1.0 / 250;
enum { LEAST_NEIGHBOURS = 20 };

/* Levels less than that are alike. */
static const double LEAST_LEVEL = 0.02;

double fc_place_unit(const struct fc_counts_level *level, double factor)
{
    return level->unit * factor + LEAST_LEVEL;
}

void fc_place_coordinates(const struct fc_counts_level *level, double factor,
                          double at[FC_SIMILAR_PLACES])
{
    at[0] = MATTERS[0] * log(level->slow * factor + LEAST_LEVEL);
    at[1] = MATTERS[1] * log((level->fast + 0.05) / (level->slow + 0.05));
    at[2] = MATTERS[2] * log(1 + level->gap);
    at[3] = MATTERS[3] * log(level->size);
    at[4] = MATTERS[4] * log(1 + level->known);
}

static int compare(const void *a, const void *b)
{
    const struct fc_place *x = a, *y = b;
    if (x->at[0] != y->at[0])
        return x->at[0] < y->at[0] ? -1 : 1;
    return (x->from > y->from) - (x->from < y->from);
}

void fc_similar_sort(struct fc_place *place, size_t n)
{
    qsort(place, n, sizeof *place, compare);
}

static double square(double x)
{
    return x * x;
}

/* The nearest so far: a heap with the farthest on top. */
struct nearest {
    int n, most;
    int *of;
    double distance[FC_SIMILAR_MOST];
};

static void put(struct nearest *h, int i, int of, double distance)
{
    h->of[i] = of;
    h->distance[i] = distance;
}

static void add(struct nearest *h, int of, double distance)
{
    int i = h->n;
    if (h->n < h->most) {
        for (h->n++; i > 0 && h->distance[(i - 1) / 2] < distance;
             i = (i - 1) / 2)
            put(h, i, h->of[(i - 1) / 2], h->distance[(i - 1) / 2]);
        put(h, i, of, distance);
        return;
    }
    if (distance >= h->distance[0])
        return;
    i = 0;
    for (int child; (child = 2 * i + 1) < h->n; i = child) {
        if (child + 1 < h->n && h->distance[child + 1] > h->distance[child])
            child++;
        if (h->distance[child] <= distance)
            break;
        put(h, i, h->of[child], h->distance[child]);
    }
    put(h, i, of, distance);
}

/* The first place that does not lie before x. */
static size_t search(const struct fc_places *places, double x)
{
    size_t low = 0, high = places->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (places->place[middle].at[0] < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int how_many(size_t n)
{
    double wanted = fmax(LEAST_NEIGHBOURS, SHARE * (double)n);
    return (int)fmin(fmin(wanted, FC_SIMILAR_MOST), (double)n);
}

void fc_similar_find(const struct fc_places *places,
                     const struct fc_counts_level *level, double factor,
                     struct fc_neighbours *found)
{
    double at[FC_SIMILAR_PLACES];
    struct nearest nearest = {.most = how_many(places->n), .of = found->of};
    fc_place_coordinates(level, factor, at);
    size_t up = search(places, at[0]), down = up;
    while (down > 0 || up < places->n) {
        bool below = up == places->n
                     || (down > 0
                         && at[0] - places->place[down - 1].at[0]
                                < places->place[up].at[0] - at[0]);
        size_t i = below ? --down : up++;
        const double *other = places->place[i].at;
        double distance = square(other[0] - at[0]);
        if (nearest.n == nearest.most && distance > nearest.distance[0])
            break;
        for (int k = 1; k < FC_SIMILAR_PLACES; k++)
            distance += square(other[k] - at[k]);
        add(&nearest, (int)i, distance);
    }
    found->n = nearest.n;
    found->distance = 0;
    for (int i = 0; i < nearest.n; i++)
        found->distance += sqrt(nearest.distance[i]) / nearest.n;
    found->unit = fc_place_unit(level, factor);
}

/* So many times as large does what followed become at the most: where a file
 * has few places near a level, what followed far lower ones is no measure. */
static const double MOST_TIMES = 4;

/* The k-th value that followed, in the units asked for; negative: missing. */
static double followed(const struct fc_places *places,
                       const struct fc_place *place, double unit, int k)
{
    double y =
        places->values[(size_t)place->from + (size_t)k * (size_t)places->every];
    return y < 0 ? y
                 : fmin(y, place->most) * fmin(unit / place->unit, MOST_TIMES);
}

void fc_similar_add(const struct fc_places *places,
                    const struct fc_neighbours *found, double mass,
                    struct fc_tally *tally)
{
    for (int i = 0; i < found->n; i++) {
        const struct fc_place *place = &places->place[found->of[i]];
        int steps = (int)place->steps, known = 0;
        for (int k = 0; k < steps; k++)
            known += followed(places, place, 1, k) >= 0;
        for (int k = 0; k < steps; k++) {
            double y = followed(places, place, found->unit, k);
            if (y >= 0)
                fc_tally_add(tally, y, mass / found->n / known);
        }
    }
}

void fc_similar_draw(const struct fc_places *places,
                     const struct fc_neighbours *found, gsl_rng *rng,
                     int horizon, double *path)
{
    unsigned long n = (unsigned long)found->n;
    const struct fc_place *place =
        &places->place[found->of[gsl_rng_uniform_int(rng, n)]];
    int steps = (int)place->steps;
    int first = (int)gsl_rng_uniform_int(rng, (unsigned long)steps);
    for (int h = 0, k = first; h < horizon; k++) {
        double y = followed(places, place, found->unit, k % steps);
        if (y >= 0)
            path[h++] = floor(y + 0.5);
    }
}
