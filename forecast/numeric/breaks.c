/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Breaks that most series of a batch share.
 *
 * Where all series leave their ways at once, whatever is learnt from that
 * period is learnt from one draw: which forecast happened to be low before a
 * fall is no better than the others.  The median over the series bounds each
 * series' influence, and makes a break a matter of the majority.
 *
 * A break is over when it is shorter than a season and does not last to the
 * end: then, since the changes are from the season before, the periods after
 * it are as those before it were.  Without a season that cannot be known from
 * single changes, and none is over.  One that began in the last periods and is
 * not over is not known well enough to be set aside: what it does to errors is
 * all that is known of the time to come.
 */
#include "forecast/numeric/breaks.h"

#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LEAST_SERIES = 20,
    LEAST_PERIODS = 12, /* before a break, and to compare it with */
    MOST_PERIODS = 2000,
    LATELY = 3, /* periods */
    BESIDE = 3  /* periods on either side, by which a break is mended */
};

/* Ordinary periods of the M3 and M4 competitions stay below 1.9 times the
 * median period. */
static const double UNLIKE = 2.5;

/* A break that has begun goes on until the period is below so many times that:
 * the root of the former, half way to an ordinary one.  With the same bound a
 * shift just above it would end, by chance, where it goes on. */
static const double LINGERS = 1.58;

static double median_change(const double *y, size_t n, size_t m,
                            double *scratch)
{
    size_t k = 0;
    for (size_t t = m; t < n; t++)
        if (!isnan(y[t]) && !isnan(y[t - m]))
            scratch[k++] = fabs(y[t] - y[t - m]);
    return k > 0 ? gsl_stats_median(scratch, 1, k) : 0;
}

/* The changes of one period over the series' own; how many are known. */
static size_t changes_at(const struct fc_series *series, size_t n, size_t m,
                         size_t period, const double *scale, double *x)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (series[i].n < period + m || !(scale[i] > 0))
            continue;
        const double *at = series[i].y + series[i].n - period;
        double change = fabs(at[0] - at[-(ptrdiff_t)m]) / scale[i];
        if (!isnan(change))
            x[k++] = change;
    }
    return k;
}

/* typical[p - 1] of the latest periods, as far back as at least 20 series and
 * half of all go; how many. */
static size_t find_typical(const struct fc_series *series, size_t n, size_t m,
                           const double *scale, double *x, double *typical)
{
    size_t p = 0;
    while (p < MOST_PERIODS) {
        size_t k = changes_at(series, n, m, p + 1, scale, x);
        if (k < LEAST_SERIES || 2 * k < n)
            break;
        typical[p++] = gsl_stats_median(x, 1, k);
    }
    return p;
}

static double largest(const double *recent, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, recent[i]);
    return most;
}

/* Marks unlike periods, from the earliest on. */
static void mark_unlike(const double *typical, size_t n, size_t m, double usual,
                        double *recent, bool *unlike)
{
    size_t window = m > LEAST_PERIODS ? m : LEAST_PERIODS, seen = 0;
    for (size_t p = n; p-- > 0;) {
        double most = largest(recent, seen < window ? seen : window);
        bool goes_on = p + 1 < n && unlike[p + 1];
        unlike[p] =
            seen >= LEAST_PERIODS
            && typical[p] > (goes_on ? LINGERS : UNLIKE) * fmax(usual, most);
        if (!unlike[p])
            recent[seen++ % window] = typical[p];
    }
}

static void list_breaks(const bool *unlike, size_t n, size_t m,
                        struct fc_breaks *breaks)
{
    for (size_t p = 0; p < n && breaks->n < FC_MOST_BREAKS; p++) {
        size_t last = p;
        while (p < n && unlike[p])
            p++;
        bool over = last > 0 && p - last < m;
        if (p > last && (over || p > LATELY))
            breaks->at[breaks->n++] =
                (struct fc_break){(int)p, (int)last + 1, over};
    }
}

enum fc_status fc_find_breaks(const struct fc_series *series, size_t n,
                              int season_length, struct fc_breaks *breaks,
                              struct fc_error *err)
{
    size_t m = (size_t)season_length, longest = MOST_PERIODS + m;
    *breaks = (struct fc_breaks){0};
    for (size_t i = 0; i < n; i++)
        longest = series[i].n > longest ? series[i].n : longest;
    double *scale = malloc((n + 1) * sizeof *scale);
    double *scratch = malloc((longest + n) * sizeof *scratch);
    double *typical = malloc(2 * longest * sizeof *typical);
    bool *unlike = malloc(MOST_PERIODS * sizeof *unlike);
    enum fc_status status = FC_OK;
    if (scale == NULL || scratch == NULL || typical == NULL || unlike == NULL) {
        status = fc_fail(err, FC_ENOMEM, "out of memory");
    } else if (n >= LEAST_SERIES) {
        for (size_t i = 0; i < n; i++)
            scale[i] = median_change(series[i].y, series[i].n, m, scratch);
        size_t periods = find_typical(series, n, m, scale, scratch, typical);
        memcpy(scratch, typical, periods * sizeof *typical);
        double usual = periods > 0 ? gsl_stats_median(scratch, 1, periods) : 0;
        mark_unlike(typical, periods, m, usual, typical + longest, unlike);
        list_breaks(unlike, periods, m, breaks);
    }
    free(scale);
    free(scratch);
    free(typical);
    free(unlike);
    return status;
}

bool fc_shares_break(const double *y, size_t n, int season_length,
                     const struct fc_break *b, double *scratch)
{
    size_t m = (size_t)season_length;
    if (n < (size_t)b->first + m)
        return false;
    double usual = median_change(y, n, m, scratch);
    for (size_t t = n - (size_t)b->first; t <= n - (size_t)b->last; t++)
        if (fabs(y[t] - y[t - m]) > UNLIKE * usual)
            return true;
    return false;
}

/* The mean change from the season before about y[first .. end - 1]. */
static double change_beside(const double *y, size_t n, size_t m, size_t first,
                            size_t end)
{
    double sum = 0, k = 0;
    for (size_t i = 1; i <= BESIDE && first >= i + m; i++, k++)
        sum += y[first - i] - y[first - i - m];
    for (size_t t = end; t < end + BESIDE && t < n && t < first + m; t++, k++)
        sum += y[t] - y[t - m];
    return k > 0 ? sum / k : 0;
}

bool fc_heal(double *y, size_t n, int season_length,
             const struct fc_breaks *breaks, double *scratch)
{
    bool healed = false;
    size_t m = (size_t)season_length;
    for (int i = breaks->n; i-- > 0;) {
        const struct fc_break *b = &breaks->at[i];
        if (!b->over || !fc_shares_break(y, n, season_length, b, scratch))
            continue;
        size_t first = n - (size_t)b->first, end = n - (size_t)b->last + 1;
        double change = change_beside(y, n, m, first, end);
        for (size_t t = first; t < end; t++)
            y[t] = y[t - m] + change;
        healed = true;
    }
    return healed;
}

size_t fc_before_break(const struct fc_breaks *breaks, size_t t, size_t n)
{
    size_t steps = n - t;
    for (int i = 0; i < breaks->n; i++) {
        const struct fc_break *b = &breaks->at[i];
        size_t at = n - (size_t)b->first;
        if (!b->over && (size_t)b->first <= n && at >= t && at - t < steps)
            steps = at - t;
    }
    return steps;
}
