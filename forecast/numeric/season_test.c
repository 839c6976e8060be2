/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A test of seasonality that knows how little a short history says.
 *
 * It is the analysis of variance: how much less the values vary within each
 * position of the season than altogether, by the F distribution of that ratio
 * when positions make no difference (Fisher 1925, Statistical Methods for
 * Research Workers, chapter 7).  Once for the values about a straight line,
 * which is exact for noise about a trend; once for their changes, which is
 * exact for a random walk, drift included.  The smaller of the two
 * probabilities counts double (Bonferroni), as either may be the right one.
 *
 * In simulations of noise, random walks, ARMA(1,1) and IMA(1,1) processes, of
 * heavy-tailed, skewed and count data, of 2 to 10 seasons of 4, 7 and 12, it
 * finds a season at 5% in 1% to 9% of the series.  Cycles of about the length
 * of the season are taken for it.  How many seasons there are is in the degrees
 * of freedom; a threshold of strength, and the standard error of an
 * autocorrelation at lag m, are right for many seasons only: with two or three
 * noise looks strong, and no season can be significant.
 */
#include "forecast/numeric/season_test.h"

#include "forecast/numeric/difference.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

/*
 * A season that is there pays only if it is larger than what its estimation
 * costs: in theory from a ratio of two on (Mallows 1973, Some comments on C_p,
 * Technometrics 15).  Both numbers were chosen on windows of 2 to 12 seasons of
 * the M3 competition's training data, by the errors of ets, theta, dotm and ces
 * a season's length ahead.
 */
static const double LEVEL = 0.1, LEAST_RATIO = 3.5;

/* What is analysed: the values, over the largest of them, or their changes. */
struct sample {
    const double *y;
    size_t n;
    double scale;
    bool changes;
};

static double value_at(const struct sample *sample, size_t t)
{
    double y = sample->y[t] / sample->scale;
    if (!sample->changes)
        return y;
    return t > 0 ? y - sample->y[t - 1] / sample->scale : NAN;
}

/* The observations at first, first + step, ...: how many, and their means. */
struct centre {
    double count, t, y;
};

static struct centre centre_of(const struct sample *sample, size_t first,
                               size_t step)
{
    struct centre c = {0};
    for (size_t t = first; t < sample->n; t += step) {
        double y = value_at(sample, t);
        if (isnan(y))
            continue;
        c.count++;
        c.t += ((double)t - c.t) / c.count;
        c.y += (y - c.y) / c.count;
    }
    return c;
}

/* The common slope of all groups, group i being at i, i + groups, ... */
static double slope_within(const struct sample *sample, size_t groups)
{
    double tt = 0, ty = 0;
    for (size_t i = 0; i < groups && i < sample->n; i++) {
        struct centre c = centre_of(sample, i, groups);
        for (size_t t = i; t < sample->n; t += groups) {
            double y = value_at(sample, t), x = (double)t - c.t;
            if (isnan(y))
                continue;
            tt += x * x;
            ty += x * (y - c.y);
        }
    }
    return tt > 0 ? ty / tt : 0;
}

/* What is left within the groups, about their means and the common slope. */
struct spread {
    double squares, count;
    size_t groups; /* with observations */
};

static struct spread spread_within(const struct sample *sample, size_t groups)
{
    double slope = sample->changes ? 0 : slope_within(sample, groups);
    struct spread spread = {0};
    for (size_t i = 0; i < groups && i < sample->n; i++) {
        struct centre c = centre_of(sample, i, groups);
        spread.count += c.count;
        spread.groups += c.count > 0;
        for (size_t t = i; t < sample->n; t += groups) {
            double e = value_at(sample, t) - c.y - slope * ((double)t - c.t);
            if (!isnan(e))
                spread.squares += e * e;
        }
    }
    return spread;
}

/* Squares below this, per observation, are of rounding errors. */
static double rounding(void)
{
    static const double largest = 1;
    double noise = fc_rounding_noise(&largest, 1);
    return noise * noise;
}

static struct fc_season_evidence analyse(const struct sample *sample, size_t m)
{
    static const struct fc_season_evidence none = {0, 1};
    struct spread all = spread_within(sample, 1);
    struct spread within = spread_within(sample, m);
    double between = (double)within.groups - 1;
    double left = all.count - (double)within.groups - !sample->changes;
    double noise = all.count * rounding();
    if (between < 1 || left < 1 || all.squares <= noise)
        return none;
    if (within.squares <= noise)
        return (struct fc_season_evidence){INFINITY, 0};
    double gain = fmax(0, all.squares - within.squares);
    double ratio = gain / between * left / within.squares;
    return (struct fc_season_evidence){ratio,
                                       gsl_cdf_fdist_Q(ratio, between, left)};
}

size_t fc_season_seen(const double *y, size_t n, size_t m)
{
    size_t fewest = n;
    for (size_t i = 0; i < m; i++) {
        size_t count = 0;
        for (size_t t = i; t < n; t += m)
            count += !isnan(y[t]);
        fewest = count < fewest ? count : fewest;
    }
    return fewest;
}

struct fc_season_evidence fc_season_test(const double *y, size_t n, size_t m)
{
    struct sample sample = {.y = y, .n = n};
    struct fc_season_evidence none = {0, 1}, of_values, of_changes;
    if (m < 2 || n / 2 < m || fc_season_seen(y, n, m) == 0)
        return none;
    for (size_t t = 0; t < n; t++)
        if (!isnan(y[t]))
            sample.scale = fmax(sample.scale, fabs(y[t]));
    if (sample.scale == 0)
        return none;
    of_values = analyse(&sample, m);
    sample.changes = true;
    of_changes = analyse(&sample, m);
    return (struct fc_season_evidence){
        .ratio = fmax(of_values.ratio, of_changes.ratio),
        .probability =
            fmin(1, 2 * fmin(of_values.probability, of_changes.probability)),
    };
}

bool fc_season_is_evident(const double *y, size_t n, size_t m)
{
    struct fc_season_evidence found = fc_season_test(y, n, m);
    return found.probability < LEVEL && found.ratio > LEAST_RATIO;
}
