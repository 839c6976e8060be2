/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The width by which auto measures errors, and from which its intervals follow.
 *
 * It is the geometric mean of two: of what the candidates' own intervals say,
 * each as much as it is trusted, and of what the series has done from season
 * to season, growing with the root of the seasons ahead.  To its square is
 * added the variance of the candidates' forecasts, for where they disagree the
 * errors are larger.
 *
 * A series of a few values knows little of either.  The less it has, the more
 * what it does is taken from what the batch's series do, in units of their
 * size, and the less the candidates are asked.
 *
 * What the forecasts of a series' last values were off by says a little of what
 * the next will be: of two series with widths alike, that with errors twice as
 * large had a tenth larger ones.
 */
#include "forecast/combine/width.h"

#include "forecast/numeric/vet.h"

#include <gsl/gsl_statistics.h>
#include <math.h>

/* A series with so many changes knows itself; for one without any, the batch
 * counts like so many. */
static const double ENOUGH = 4, BATCH = 3;

/* To this power, and no more than so many times: chosen by errors at three
 * held-back origins of M3's training parts. */
static const double OWN_POWER = 0.15, MOST_OWN = 1.4;

/* The geometric mean of the half-widths of the candidates' intervals, each as
 * much as it is trusted; the stand-in's when none has any.  What is less than
 * the least is rounding. */
static double typical_width(const struct fc_forecast *each,
                            const struct fc_auto_table *table, int h,
                            double least)
{
    double sum = 0, trusts = 0;
    for (int k = 0; k <= FC_AUTO_MEMBERS; k++) {
        bool stands_in = k == FC_AUTO_MEMBERS;
        bool counts =
            stands_in ? trusts == 0 : table->usable[k] && each[k].nlevels > 0;
        double half = counts ? (each[k].hi[h] - each[k].lo[h]) / 2 : 0;
        double trust = stands_in ? 1 : table->trust[k];
        if (half > least) {
            sum += trust * log(half);
            trusts += trust;
        }
    }
    return trusts > 0 ? exp(sum / trusts) : 0;
}

/* The variance of the candidates' forecasts of one step, likewise; with n - 1
 * for n where all are trusted the same. */
static double disagreement(const struct fc_auto_table *table, int h)
{
    double x[FC_AUTO_MEMBERS], w[FC_AUTO_MEMBERS];
    size_t n = 0;
    for (int k = 0; k < FC_AUTO_MEMBERS; k++)
        if (table->usable[k] && table->trust[k] > 0) {
            x[n] = table->mean[k][h];
            w[n++] = table->trust[k];
        }
    if (n < 2)
        return 0;
    double mean = gsl_stats_wmean(w, 1, x, 1, n);
    return gsl_stats_wvariance_with_fixed_mean(w, 1, x, 1, n, mean) * (double)n
           / (double)(n - 1);
}

/* How much a series lacks to know its own changes: 1 nearly all, 0 nothing. */
static double lack(size_t n, size_t m, double common)
{
    double changes = (double)(n <= m + 1 ? n - 1 : n - m);
    return common > 0 ? fmax(0, 1 - changes / ENOUGH) : 0;
}

static double size_of(const struct fc_series *series)
{
    double size = 0;
    for (size_t t = 0; t < series->n; t++)
        size += fabs(series->y[t]) / (double)series->n;
    return size;
}

enum fc_status fc_auto_widths(const struct fc_auto_fitted *fitted,
                              const struct fc_forecast *each,
                              struct fc_workspace *ws,
                              struct fc_auto_table *table)
{
    const struct fc_series *series = &fitted->series;
    size_t n = series->n, m = (size_t)fitted->fit->season_length;
    double *scratch = fc_workspace_doubles(ws, n), size = size_of(series);
    if (scratch == NULL)
        return FC_ENOMEM;
    double change = fc_steady_change(series->y, n, m, scratch);
    double without = lack(n, m, fitted->change), share = (1 - without) / 2;
    if (without > 0) {
        double own = (1 - without) * ENOUGH;
        change = (own * change + BATCH * without * fitted->change * size)
                 / (own + BATCH * without);
    }
    table->walk = change;
    double first = typical_width(each, table, 0, fc_rounding * size);
    table->ratio = change > 0 ? first / change : INFINITY;
    for (int h = 0; h < table->horizon; h++) {
        double width = typical_width(each, table, h, fc_rounding * size);
        double walk = change * sqrt(1 + (double)h / (double)m);
        if (walk > 0)
            width = width > 0 ? pow(width, share) * pow(walk, 1 - share) : walk;
        table->width[h] = sqrt(width * width + disagreement(table, h));
    }
    return FC_OK;
}

double fc_auto_own_width(double own, double usual)
{
    double times = own > 0 ? pow(own / usual, OWN_POWER) : 1;
    return fmin(fmax(times, 1 / MOST_OWN), MOST_OWN);
}
