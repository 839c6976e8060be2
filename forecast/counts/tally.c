/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/counts/tally.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A quantile is not missed by the rounding of a sum of masses. */
static const double ROUNDING = 1e-12;

struct fc_tally *fc_tally_new(struct fc_workspace *ws, size_t room)
{
    struct fc_tally *tally = fc_workspace_array(ws, 1, sizeof *tally);
    if (tally == NULL)
        return NULL;
    memset(tally, 0, sizeof *tally);
    tally->room = room;
    tally->list = fc_workspace_array(ws, room, sizeof *tally->list);
    return tally->list != NULL ? tally : NULL;
}

void fc_tally_clear(struct fc_tally *tally)
{
    memset(tally->small, 0, (size_t)tally->top * sizeof *tally->small);
    tally->top = 0;
    tally->n = 0;
}

void fc_tally_add(struct fc_tally *tally, double value, double mass)
{
    double whole = floor(value + 0.5);
    if (whole < FC_TALLY_SMALL) {
        int k = whole > 0 ? (int)whole : 0;
        tally->small[k] += mass;
        tally->top = k >= tally->top ? k + 1 : tally->top;
    } else if (tally->n < tally->room) {
        tally->list[tally->n++] = (struct fc_atom){whole, mass};
    }
}

void fc_tally_add_all(struct fc_tally *tally, const struct fc_tally *other,
                      double weight)
{
    for (int k = 0; k < other->top; k++)
        tally->small[k] += weight * other->small[k];
    if (other->top > tally->top)
        tally->top = other->top;
    for (size_t i = 0; i < other->n; i++)
        fc_tally_add(tally, other->list[i].value, weight * other->list[i].mass);
}

/* By value; equal ones by mass, so that sums do not depend on their order. */
static int compare(const void *a, const void *b)
{
    const struct fc_atom *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return (x->mass > y->mass) - (x->mass < y->mass);
}

void fc_tally_sort(struct fc_tally *tally)
{
    size_t n = 0;
    if (tally->n < 2)
        return;
    qsort(tally->list, tally->n, sizeof *tally->list, compare);
    for (size_t i = 0; i < tally->n; i++)
        if (n > 0 && tally->list[n - 1].value == tally->list[i].value)
            tally->list[n - 1].mass += tally->list[i].mass;
        else
            tally->list[n++] = tally->list[i];
    tally->n = n;
}

double fc_tally_mass(const struct fc_tally *tally)
{
    double sum = 0;
    for (int k = 0; k < tally->top; k++)
        sum += tally->small[k];
    for (size_t i = 0; i < tally->n; i++)
        sum += tally->list[i].mass;
    return sum;
}

double fc_tally_mean(const struct fc_tally *tally)
{
    double sum = 0;
    for (int k = 0; k < tally->top; k++)
        sum += k * tally->small[k];
    for (size_t i = 0; i < tally->n; i++)
        sum += tally->list[i].value * tally->list[i].mass;
    return sum / fc_tally_mass(tally);
}

/* The largest number there is. */
static double last_of(const struct fc_tally *tally)
{
    return tally->n > 0 ? tally->list[tally->n - 1].value
                        : fmax(0, tally->top - 1);
}

static double quantile(const struct fc_tally *tally, double mass)
{
    double sum = 0;
    for (int k = 0; k < tally->top; k++) {
        sum += tally->small[k];
        if (sum >= mass)
            return k;
    }
    for (size_t i = 0; i < tally->n; i++) {
        sum += tally->list[i].mass;
        if (sum >= mass)
            return tally->list[i].value;
    }
    return last_of(tally);
}

double fc_tally_quantile(const struct fc_tally *tally, double p)
{
    return quantile(tally, (p - ROUNDING) * fc_tally_mass(tally));
}

double fc_tally_probability(const struct fc_tally *tally, double value)
{
    double mass = 0, total = fc_tally_mass(tally);
    if (value < FC_TALLY_SMALL)
        return value < tally->top ? tally->small[(int)value] / total : 0;
    for (size_t i = 0; i < tally->n; i++)
        if (fabs(tally->list[i].value - value) <= value / 8)
            mass += tally->list[i].mass;
    return mass / total / (value / 4);
}

double fc_tally_distance(const struct fc_tally *x, double y)
{
    double sum = 0;
    for (int k = 0; k < x->top; k++)
        sum += x->small[k] * fabs(k - y);
    for (size_t i = 0; i < x->n; i++)
        sum += x->list[i].mass * fabs(x->list[i].value - y);
    return sum;
}

/* The integral of F (1 - G) + G (1 - F) over the numbers. */
double fc_tally_distance_of(const struct fc_tally *x, const struct fc_tally *y)
{
    double f = 0, g = 0, sum = 0, at;
    int top = x->n + y->n > 0   ? FC_TALLY_SMALL
              : x->top > y->top ? x->top
                                : y->top;
    for (int k = 0; k < top; k++) {
        f += x->small[k];
        g += y->small[k];
        sum += f * (1 - g) + g * (1 - f);
    }
    at = top; /* the step from the last small number reaches so far */
    for (size_t i = 0, j = 0; i < x->n || j < y->n;) {
        bool first =
            j == y->n || (i < x->n && x->list[i].value <= y->list[j].value);
        double value = first ? x->list[i].value : y->list[j].value;
        sum += (f * (1 - g) + g * (1 - f)) * (value - at);
        at = value;
        if (first)
            f += x->list[i++].mass;
        else
            g += y->list[j++].mass;
    }
    return sum;
}

void fc_tally_fill(const struct fc_tally *tally, struct fc_forecast *out, int h)
{
    double total = fc_tally_mass(tally);
    out->mean[h] = fc_tally_mean(tally);
    for (int i = 0; i < out->nlevels; i++) {
        int at = i * out->horizon + h;
        double outside = 0.5 - out->levels[i] / 200;
        out->lo[at] = quantile(tally, (outside - ROUNDING) * total);
        out->hi[at] = quantile(tally, (1 - outside - ROUNDING) * total);
    }
}
