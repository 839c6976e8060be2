/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sample quantiles, and the partial order they need: quicksort that leaves
 * alone the parts in which nobody looks (Chambers 1971, Algorithm 410,
 * Partial sorting, Communications of the ACM 14), with a heap sort for the
 * parts that do not get smaller fast enough.
 */
#include "forecast/numeric/quantile.h"

#include <gsl/gsl_sort.h>
#include <math.h>

enum { SMALL = 24 }; /* values that are sorted by insertion */

double fc_quantile(const double *x, size_t n, double p)
{
    double at = p * ((double)n + 1.0 / 3) + 1.0 / 3, whole = floor(at);
    if (whole < 1)
        return x[0];
    if (whole >= (double)n)
        return x[n - 1];
    double low = x[(size_t)whole - 1], high = x[(size_t)whole];
    return low + (at - whole) * (high - low);
}

double fc_quantile_whole(const double *x, size_t n, double p)
{
    double at = ceil(p * (double)n * (1 - 1e-12)); /* not for rounding's sake */
    return x[at < 1 ? 0 : at > (double)n ? n - 1 : (size_t)at - 1];
}

size_t fc_quantile_ranks(size_t n, const double *p, size_t np, size_t *rank)
{
    size_t count = 0;
    for (size_t i = 0; i < np; i++) {
        double whole = floor(p[i] * ((double)n + 1.0 / 3) + 1.0 / 3);
        size_t low = whole < 1 ? 0 : (size_t)whole - 1;
        for (size_t r = low; r <= low + 1; r++) {
            size_t place = r < n ? r : n - 1;
            if (count == 0 || rank[count - 1] < place)
                rank[count++] = place;
        }
    }
    return count;
}

static void sort_small(double *x, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        double v = x[i];
        size_t j = i;
        for (; j > 0 && x[j - 1] > v; j--)
            x[j] = x[j - 1];
        x[j] = v;
    }
}

static double median_of_three(double a, double b, double c)
{
    return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

/*
 * Hoare's partition: nothing before the place returned is greater, and
 * nothing from it on is less, than a value from the middle; neither side is
 * empty.  Equal values end up on both sides in equal parts.
 */
static size_t partition(double *x, size_t n)
{
    double pivot = median_of_three(x[0], x[n / 2], x[n - 1]);
    size_t i = 0, j = n - 1;
    for (;; i++, j--) {
        while (x[i] < pivot)
            i++;
        while (x[j] > pivot)
            j--;
        if (i >= j)
            break;
        double v = x[i];
        x[i] = x[j];
        x[j] = v;
    }
    return i > 0 ? i : 1;
}

/* Ranks count from `before`, the place of x[0]. */
static void arrange(double *x, size_t n, size_t before, const size_t *rank,
                    size_t nranks, int patience)
{
    while (nranks > 0 && n > SMALL && patience-- > 0) {
        size_t split = partition(x, n), left = 0;
        while (left < nranks && rank[left] < before + split)
            left++;
        arrange(x, split, before, rank, left, patience);
        x += split;
        n -= split;
        before += split;
        rank += left;
        nranks -= left;
    }
    if (nranks > 0 && n > SMALL)
        gsl_sort(x, 1, n);
    else if (nranks > 0)
        sort_small(x, n);
}

void fc_quantile_arrange(double *x, size_t n, const size_t *rank, size_t nranks)
{
    int patience = 2; /* twice the halvings that chance would need */
    for (size_t k = n; k > 1; k /= 2)
        patience += 2;
    arrange(x, n, 0, rank, nranks, patience);
}
