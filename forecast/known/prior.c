/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The prior N(m, T) of slopes, T diagonal.  m and T are learnt from all series
 * by the EM algorithm for random effects (Laird & Ware 1982, Random-effects
 * models for longitudinal data, Biometrics 38; Morris 1983, Parametric
 * empirical Bayes inference, JASA 78), from medians on.  Deviations count as
 * far as CLIP standard deviations of T and no further (Huber 1981, Robust
 * Statistics, ch. 6), so that no series sways the others; with n - 2 for n, one
 * as the mean is learnt too, and one for a prior of the deviation that rises
 * with it from 0, so that few series are not taken to be all alike by chance,
 * which their intervals would not cover (Chung, Rabe-Hesketh, Dorie, Gelman &
 * Liu 2013, A nondegenerate penalized likelihood estimator for variance
 * parameters in multilevel models, Psychometrika 78).  Where the end is wanted,
 * and not the way, every two rounds are extrapolated (SQUAREM, scheme S3:
 * Varadhan & Roland 2008, Simple and globally convergent methods for
 * accelerating the convergence of any EM algorithm, Scandinavian Journal of
 * Statistics 35).
 */
#include "forecast/known/bayes.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 100, FEW_ROUNDS = 8 };

static const double CLIP = 3, ENOUGH = 1e-4;
static const double FARTHEST = 2; /* of a step beyond those of EM: standard
                                     deviations, and the logarithm of one */
static const double DRAWN = 1;    /* variance, in that of the errors */
static const double MAD = 1.4826; /* of a normal: its standard deviation */

struct learning {
    struct fc_known *known;
    struct known_cross *cross;
    size_t n; /* series */
    struct known_slopes slopes;
    double *scratch, *values, *errors;
    double *own; /* a row of each series: its own slopes; NaN: does not tell */
    double *places; /* 6 n, of the search */
};

/* What sums of squares are divided by. */
static double divisor(size_t n)
{
    return (double)(n > 3 ? n - 2 : n - 1);
}

static double median(double *x, size_t n)
{
    gsl_sort(x, 1, n);
    return gsl_stats_median_from_sorted_data(x, 1, n);
}

/* Which columns any series tells of, and the usual noise. */
static void find_used(struct learning *l)
{
    struct fc_known *known = l->known;
    size_t n = known->n, nnoise = 0;
    for (size_t j = 0; j < n; j++)
        l->errors[j] = 0;
    for (size_t i = 0; i < l->n; i++) {
        known_own(known, &l->cross[i], 0, l->scratch, &l->slopes);
        if (l->slopes.noise > 0 && l->cross[i].df > (double)n)
            l->values[nnoise++] = l->slopes.noise;
        for (size_t j = 0; j < n; j++)
            l->errors[j] += !isnan(l->slopes.error[j]);
    }
    known->noise = nnoise > 0 ? median(l->values, nnoise) : 0;
    for (size_t j = 0; j < n; j++)
        known->column[j].used =
            known->column[j].used
            && (l->errors[j] > 0 || known->column[j].role == FC_ROLE_LIKE);
}

/*
 * What has a role does not begin where least squares would: what is drawn to
 * nothing is no larger than an error, mostly, so that having been seen once it
 * counts half; what is like another day is so for certain.
 */
static bool begin_role(const struct fc_known *known,
                       struct fc_known_column *column)
{
    if (column->role == FC_ROLE_PLAIN)
        return false;
    bool like = column->role == FC_ROLE_LIKE;
    column->mean = like;
    column->variance = like ? 1e-12 : fmax(DRAWN * known->noise, 1e-12);
    return true;
}

/* Every series' slopes and noise, and a column's error of one of them. */
static void find_own(struct learning *l)
{
    size_t n = l->known->n;
    memset(l->errors, 0, n * sizeof *l->errors);
    for (size_t i = 0; i < l->n; i++) {
        known_own(l->known, &l->cross[i], l->known->noise, l->scratch,
                  &l->slopes);
        l->cross[i].noise = l->slopes.noise;
        for (size_t j = 0; j < n; j++) {
            bool tells = !isnan(l->slopes.error[j]);
            l->own[i * n + j] = tells ? l->slopes.slope[j] : NAN;
            if (tells)
                l->errors[j] = l->slopes.error[j];
        }
    }
}

/* Where the search begins: at medians. */
static void begin_column(struct learning *l, size_t j)
{
    struct fc_known_column *column = &l->known->column[j];
    size_t n = 0;
    double error = l->errors[j];
    if (begin_role(l->known, column))
        return;
    for (size_t i = 0; i < l->n; i++)
        if (!isnan(l->own[i * l->known->n + j]))
            l->values[n++] = l->own[i * l->known->n + j];
    column->mean = column->variance = 0;
    if (!column->used || l->n == 1 || n == 0)
        return;
    column->mean = median(l->values, n);
    for (size_t i = 0; i < n; i++)
        l->values[i] = fabs(l->values[i] - column->mean);
    double spread = MAD * median(l->values, n);
    column->variance = spread * spread;
    if (n < 3)
        column->variance += column->mean * column->mean + error * error;
    column->variance =
        fmax(column->variance, 1e-12 * column->mean * column->mean + 1e-300);
}

/* One round of EM; how far the columns moved. */
static double go_round(struct learning *l)
{
    struct fc_known *known = l->known;
    size_t n = known->n;
    double *shift = l->values, *square = l->values + n, moved = 0;
    memset(l->values, 0, 2 * n * sizeof *l->values);
    for (size_t i = 0; i < l->n; i++) {
        known_shrunk(known, &l->cross[i], l->scratch, &l->slopes);
        for (size_t j = 0; j < n; j++) {
            const struct fc_known_column *column = &known->column[j];
            double most = CLIP * sqrt(column->variance);
            double off = l->slopes.slope[j] - column->mean;
            double error = fmin(l->slopes.error[j], most);
            off = fmax(-most, fmin(most, off));
            shift[j] += off;
            square[j] += off * off + (isnan(error) ? 0 : error * error);
        }
    }
    for (size_t j = 0; j < n; j++) {
        struct fc_known_column *column = &known->column[j];
        double by = shift[j] / (double)l->n, old = column->variance;
        if (!column->used || old <= 0 || column->role == FC_ROLE_LIKE)
            continue;
        double now = (square[j] - by * shift[j]) / divisor(l->n);
        column->mean += by;
        column->variance =
            fmax(now, 1e-12 * column->mean * column->mean + 1e-300);
        moved = fmax(moved, fabs(by) / sqrt(old));
        moved = fmax(moved, fabs(column->variance / old - 1));
    }
    return moved;
}

/* Where the search is: means, and logarithms of variances. */
static void note_place(const struct fc_known *known, double *place)
{
    for (size_t j = 0; j < known->n; j++) {
        place[j] = known->column[j].mean;
        place[known->n + j] = log(fmax(known->column[j].variance, 1e-300));
    }
}

static void take_place(struct fc_known *known, const double *place)
{
    for (size_t j = 0; j < known->n; j++) {
        struct fc_known_column *column = &known->column[j];
        column->mean = place[j];
        if (column->variance > 0)
            column->variance = exp(place[known->n + j]);
    }
}

/* Goes on from two rounds as they went, each column by itself; before and
 * after: the first; now: the second. */
static void extrapolate(struct fc_known *known, const double *before,
                        const double *after, const double *now)
{
    size_t n = known->n;
    for (size_t j = 0; j < n; j++) {
        struct fc_known_column *column = &known->column[j];
        double unit[2] = {exp(now[n + j] / 2), 1}, r[2], v[2], by[2];
        double step = 0, bend = 0;
        if (!column->used || column->variance <= 0
            || column->role == FC_ROLE_LIKE)
            continue;
        for (size_t i = 0; i < 2; i++) {
            size_t k = j + i * n;
            r[i] = (after[k] - before[k]) / unit[i];
            v[i] = (now[k] - after[k]) / unit[i] - r[i];
            step += r[i] * r[i];
            bend += v[i] * v[i];
        }
        if (!(bend > 0) || step <= bend)
            continue;
        double a = sqrt(step / bend); /* 1 is where it is */
        for (size_t i = 0; i < 2; i++) {
            by[i] = 2 * (a - 1) * r[i] + (a * a - 1) * v[i];
            by[i] = fmax(-FARTHEST, fmin(FARTHEST, by[i]));
        }
        column->mean += by[0] * unit[0];
        column->variance *= exp(by[1]);
    }
}

/* EM to its end. */
static void go_all(struct learning *l, double *place)
{
    size_t n = l->known->n;
    double *before = place, *after = before + 2 * n, *now = after + 2 * n;
    double last = INFINITY;
    for (int round = 0; round < ROUNDS; round += 2) {
        note_place(l->known, before);
        double moved = go_round(l);
        if (moved > last) { /* it went too far */
            take_place(l->known, now);
            note_place(l->known, before);
            moved = go_round(l);
        }
        note_place(l->known, after);
        if (moved < ENOUGH || (last = go_round(l)) < ENOUGH)
            return;
        note_place(l->known, now);
        if (round + 2 < ROUNDS)
            extrapolate(l->known, before, after, now);
    }
}

static bool allocate(struct learning *l)
{
    size_t n = l->known->n;
    size_t values = l->n > 2 * n ? l->n : 2 * n;
    l->scratch =
        malloc((known_scratch(n) + 9 * n + values + l->n * n) * sizeof(double));
    if (l->scratch == NULL)
        return false;
    l->slopes.slope = l->scratch + known_scratch(n);
    l->slopes.error = l->slopes.slope + n;
    l->errors = l->slopes.error + n;
    l->places = l->errors + n;
    l->values = l->places + 6 * n;
    l->own = l->values + values;
    return true;
}

/* Whether any column is drawn to nothing. */
static bool has_drawn(const struct fc_known *known)
{
    for (size_t j = 0; j < known->n; j++)
        if (known->column[j].role == FC_ROLE_DRAWN)
            return true;
    return false;
}

/* The noise of every series, all columns told apart. */
static void find_noise(struct learning *l)
{
    for (size_t i = 0; i < l->n; i++) {
        known_own(l->known, &l->cross[i], l->known->noise, l->scratch,
                  &l->slopes);
        l->cross[i].noise = l->slopes.noise;
    }
}

/* Plain columns begin as if there were none that are drawn to nothing, which
 * are collinear with them, often. */
static void find_plain(struct learning *l)
{
    struct fc_known *known = l->known;
    for (size_t j = 0; j < known->n; j++) {
        struct fc_known_column *column = &known->column[j];
        column->variance = column->used; /* for as long as it is not known */
        if (column->role == FC_ROLE_DRAWN)
            column->used = false;
    }
    find_own(l);
    for (size_t j = 0; j < known->n; j++)
        known->column[j].used = known->column[j].variance > 0;
    find_noise(l);
}

/*
 * Of a single series: what is drawn to nothing has one variance, which is
 * learnt from all such columns that the series tells of, and one of DRAWN that
 * it has not; by EM as above.
 */
static void learn_drawn(struct learning *l)
{
    struct fc_known *known = l->known;
    double least = fmax(DRAWN * known->noise, 1e-12), now = least, before = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double sum = least;
        size_t count = 1;
        known_shrunk(known, l->cross, l->scratch, &l->slopes);
        for (size_t j = 0; j < known->n; j++) {
            double slope = l->slopes.slope[j], error = l->slopes.error[j];
            if (known->column[j].role != FC_ROLE_DRAWN || !known->column[j].used
                || isnan(error) || l->cross->xx[j * known->n + j] <= 0)
                continue;
            sum += slope * slope + error * error;
            count++;
        }
        before = now;
        now = sum / (double)count;
        for (size_t j = 0; j < known->n; j++)
            if (known->column[j].role == FC_ROLE_DRAWN)
                known->column[j].variance = now;
        if (fabs(now / before - 1) < ENOUGH)
            break;
    }
}

enum fc_status known_learn_slopes(struct known_cross *cross, size_t n,
                                  bool closely, struct fc_known *known)
{
    struct learning l = {.known = known, .cross = cross, .n = n};
    if (!allocate(&l))
        return FC_ENOMEM;
    find_used(&l);
    if (has_drawn(known))
        find_plain(&l);
    else
        find_own(&l);
    for (size_t j = 0; j < known->n; j++)
        begin_column(&l, j);
    if (n == 1 && has_drawn(known))
        learn_drawn(&l);
    if (n > 1 && closely)
        go_all(&l, l.places);
    for (int round = 0; n > 1 && !closely && round < FEW_ROUNDS; round++)
        if (go_round(&l) < ENOUGH)
            break;
    free(l.scratch);
    return FC_OK;
}
