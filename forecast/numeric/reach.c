/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Intervals that mean what they say: how wide they must be, from the errors
 * that forecasts of held-back observations really had.
 *
 * Conformal prediction in its split form (Vovk, Gammerman & Shafer 2005;
 * Lei et al. 2018), over series instead of observations: the score of a
 * forecast is its error over a width that is known beforehand (see auto.c);
 * an interval reaches that width times a quantile of the scores below and
 * above the forecast.  The quantiles of the steps are smoothed by a power
 * law, and shrunk towards fixed ones when there are few series.
 *
 * Errors are often skewed: sales cannot fall as far as they can rise.  The
 * quantiles of each side are therefore averaged with those of the errors'
 * size, which are the same on both sides and vary less from one period to
 * the next.
 *
 * Where most of a batch's errors lie on one side, that is what the period did
 * to all of its series, and the next does something else: of the last two
 * periods of M3's four groups, held back, the side was the same in two.  Each
 * side is therefore measured from the errors' middle, so that the forecast is
 * the middle of what is said; the errors' size is what it was.  What a period
 * does moves their mean and their median alike.  Where these are apart, errors
 * are skewed: curves that come to rest fall a little short of their forecasts,
 * and some go far beyond.  That stays, so that the middle is the nearer to zero
 * of the two, and zero between them.
 *
 * Their size, too, is partly the period's: all series of a batch have a calm
 * year, or a wild one.  Where errors of an earlier period are known, scale,
 * growth and quantiles are the means of both periods'.  But a batch that was
 * many times as wild is another now: its series had hardly begun, and nothing
 * that they had done told of what came (an epidemic's first weeks).  The
 * farther it has calmed down, the less the earlier period counts.  The other
 * way both count: what has become wild may calm down.
 */
#include "forecast/numeric/reach.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const double fc_reach_levels[FC_REACH_LEVELS] = {10, 20, 30, 40, 50, 60,  70,
                                                 80, 90, 95, 98, 99, 99.8};

/* The level whose quantile is followed over the steps. */
static const double FOLLOWED = 0.9;

/* So many series weigh as much as the prior. */
static const double PRIOR_SERIES = 20;

/*
 * Errors of the earlier period count for so many times their size: what is
 * learnt over all series, the forms of models and the trust in them had seen
 * that period.  By quantile loss and coverage at three held-back origins of
 * M3's training parts; there the largest of errors of forecasts that had not
 * were 1.05 to 1.25 times as large.
 */
static const double EARLIER = 1.06;

/*
 * The earlier period counts for half where its errors are larger by this, in
 * logarithms; see how_like().  In M3's training parts, held back at three
 * origins, they are larger by at most .07, in simulated epidemics by up to 2.7.
 */
static const double CALMED = 1, CALMED_POWER = 4;

/*
 * Whatever the errors are: the scale may be so many times the prior's, or so
 * many times less; a quantile over the one that is followed so many times; the
 * power of the steps so much more or less.
 */
static const double MOST_SCALE = 8, MOST_SHAPE = 6, MOST_GROWTH = 1;

/* In the mean an error counts for at most so many of the quantile that is
 * followed, which is about 1 over the steps' growth. */
static const double MOST_ERROR = 3;

static double z_of(double level)
{
    return gsl_cdf_ugaussian_Pinv(0.5 + level / 200);
}

/* Linear between the levels of the table, on the scale of normal quantiles;
 * proportional to them outside. */
static double shape_at(const double *shape, double level)
{
    double z = z_of(level), z0 = 0, s0 = 0;
    for (int i = 0; i < FC_REACH_LEVELS; i++) {
        double z1 = z_of(fc_reach_levels[i]);
        if (z <= z1)
            return s0 + (shape[i] - s0) * (z - z0) / (z1 - z0);
        z0 = z1;
        s0 = shape[i];
    }
    return s0 * z / z0;
}

static double growth_at(const struct fc_reach *reach, int h)
{
    return exp(reach->a + reach->b * log(1 + h));
}

double fc_reach_factor(const struct fc_reach *reach, enum fc_side side,
                       double level, int h)
{
    return growth_at(reach, h) * shape_at(reach->shape[side], level);
}

/* The smallest value that a share p of n sorted ones, and one more that is
 * still to come, do not exceed. */
static double conformal_quantile(const double *sorted, size_t n, double p)
{
    size_t k = (size_t)ceil(p * (double)(n + 1));
    return sorted[(k > n ? n : k < 1 ? 1 : k) - 1];
}

/* The sizes of the known ratios of step h, sorted; how many. */
static size_t sorted_step(const struct fc_reach_sample *sample, int h,
                          double *x)
{
    size_t n = 0;
    for (size_t i = 0; i < sample->n; i++) {
        double r = sample->ratio[i * (size_t)sample->horizon + (size_t)h];
        if (isfinite(r))
            x[n++] = fabs(r);
    }
    gsl_sort(x, 1, n);
    return n;
}

/* Least squares of the steps' log quantiles on log(1 + h). */
static bool follow_steps(const struct fc_reach_sample *sample, double *x,
                         double *a, double *b)
{
    double n = 0, su = 0, sv = 0, suu = 0, suv = 0;
    for (int h = 0; h < sample->horizon; h++) {
        size_t known = sorted_step(sample, h, x);
        double q = known > 0 ? conformal_quantile(x, known, FOLLOWED) : 0;
        if (!(q > 0))
            continue;
        double u = log(1 + h), v = log(q);
        n++;
        su += u;
        sv += v;
        suu += u * u;
        suv += u * v;
    }
    if (n == 0)
        return false;
    double det = n * suu - su * su;
    *b = n >= 2 && det > 0 ? (n * suv - su * sv) / det : 0;
    *a = (sv - *b * su) / n;
    return true;
}

/* All known ratios over their step's growth, sorted; how many. */
static size_t sorted_all(const struct fc_reach_sample *sample,
                         const struct fc_reach *reach, double *x)
{
    size_t n = 0, horizon = (size_t)sample->horizon;
    for (size_t i = 0; i < sample->n * horizon; i++)
        if (isfinite(sample->ratio[i]))
            x[n++] = sample->ratio[i] / growth_at(reach, (int)(i % horizon));
    gsl_sort(x, 1, n);
    return n;
}

/* Of sorted errors: see above. */
static double middle_of(const double *x, size_t n)
{
    double median = gsl_stats_median_from_sorted_data(x, 1, n), mean = 0;
    for (size_t i = 0; i < n; i++)
        mean += fmin(fmax(x[i], -MOST_ERROR), MOST_ERROR) / (double)n;
    if (mean * median <= 0)
        return 0;
    return fabs(mean) < fabs(median) ? mean : median;
}

/* To x, sorted: what lies below and above its middle, and then either side of
 * the forecast. */
static void find_shape(double *x, size_t n, struct fc_reach *reach)
{
    double *below = reach->shape[FC_BELOW];
    double *above = reach->shape[FC_ABOVE];
    double middle = middle_of(x, n);
    for (int i = 0; i < FC_REACH_LEVELS; i++)
        above[i] =
            conformal_quantile(x, n, 0.5 + fc_reach_levels[i] / 200) - middle;
    for (size_t i = 0; i < n; i++)
        x[i] = -x[i];
    gsl_sort(x, 1, n);
    for (int i = 0; i < FC_REACH_LEVELS; i++)
        below[i] =
            conformal_quantile(x, n, 0.5 + fc_reach_levels[i] / 200) + middle;
    for (size_t i = 0; i < n; i++)
        x[i] = fabs(x[i]);
    gsl_sort(x, 1, n);
    for (int i = 0; i < FC_REACH_LEVELS; i++) {
        double either = conformal_quantile(x, n, fc_reach_levels[i] / 100);
        below[i] = (below[i] + either) / 2;
        above[i] = (above[i] + either) / 2;
    }
}

/* Between what was measured and another. */
static void shrink(double trust, const struct fc_reach *other,
                   struct fc_reach *reach)
{
    reach->a = trust * reach->a + (1 - trust) * other->a;
    reach->b = trust * reach->b + (1 - trust) * other->b;
    for (int side = 0; side < FC_SIDES; side++)
        for (int i = 0; i < FC_REACH_LEVELS; i++)
            reach->shape[side][i] = trust * reach->shape[side][i]
                                    + (1 - trust) * other->shape[side][i];
}

/* What the errors of one period say; of how many series, 0: nothing. */
static double measure(const struct fc_reach_sample *sample, double *x,
                      struct fc_reach *reach)
{
    if (!follow_steps(sample, x, &reach->a, &reach->b))
        return 0;
    find_shape(x, sorted_all(sample, reach, x), reach);
    return (double)sorted_step(sample, 0, x);
}

static double mean_log_growth(const struct fc_reach *reach, int horizon)
{
    double sum = 0;
    for (int h = 0; h < horizon; h++)
        sum += log(growth_at(reach, h));
    return sum / horizon;
}

/* From 1, when the later errors are no smaller than the earlier ones, to 0,
 * when they are so by far.  Of few series, n, they differ by chance. */
static double how_like(const struct fc_reach *later,
                       const struct fc_reach *earlier, int horizon, double n)
{
    double calmed =
        mean_log_growth(earlier, horizon) - mean_log_growth(later, horizon);
    double known = calmed * n / (n + PRIOR_SERIES);
    return 1 / (1 + pow(fmax(0, known) / CALMED, CALMED_POWER));
}

/* The mean with the period before, each by its series. */
static void add_earlier(const struct fc_reach_sample *sample, double n,
                        double *x, struct fc_reach *reach)
{
    struct fc_reach_sample before = *sample;
    struct fc_reach earlier;
    before.ratio = sample->earlier;
    double m = before.ratio != NULL ? measure(&before, x, &earlier) : 0;
    if (m == 0)
        return;
    m *= how_like(reach, &earlier, sample->horizon, fmin(n, m));
    earlier.a += log(EARLIER);
    shrink(n / (n + m), &earlier, reach);
}

static double within(double x, double middle, double most)
{
    return fmin(fmax(x, middle - most), middle + most);
}

/* No side reaches further beyond the forecast than the other does. */
static void bound(const struct fc_reach *prior, struct fc_reach *reach)
{
    reach->a = within(reach->a, prior->a, log(MOST_SCALE));
    reach->b = within(reach->b, prior->b, MOST_GROWTH);
    for (int side = 0; side < FC_SIDES; side++) {
        double least = -MOST_SHAPE * prior->shape[FC_SIDES - 1 - side][0];
        for (int i = 0; i < FC_REACH_LEVELS; i++) {
            double most = MOST_SHAPE * prior->shape[side][i];
            reach->shape[side][i] =
                fmax(fmin(reach->shape[side][i], most), least);
        }
    }
}

enum fc_status fc_reach_learn(const struct fc_reach_sample *sample,
                              const struct fc_reach *prior,
                              struct fc_reach *reach, struct fc_error *err)
{
    size_t all = sample->n * (size_t)sample->horizon;
    double *x = malloc((all > 0 ? all : 1) * sizeof *x);
    if (x == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    double n = measure(sample, x, reach);
    if (n > 0) {
        add_earlier(sample, n, x, reach);
        bound(prior, reach);
        shrink(n / (n + PRIOR_SERIES), prior, reach);
    } else {
        *reach = *prior;
    }
    free(x);
    return FC_OK;
}

void fc_reach_bounds(const struct fc_reach *reach, const double *width,
                     struct fc_forecast *out)
{
    for (int i = 0; i < out->nlevels; i++)
        for (int h = 0; h < out->horizon; h++) {
            int at = i * out->horizon + h;
            double level = out->levels[i];
            out->lo[at] =
                out->mean[h]
                - width[h] * fc_reach_factor(reach, FC_BELOW, level, h);
            out->hi[at] =
                out->mean[h]
                + width[h] * fc_reach_factor(reach, FC_ABOVE, level, h);
        }
}

void fc_reach_write(const struct fc_reach *reach, struct fc_part_writer *writer)
{
    fc_part_put(writer, &reach->a, 1);
    fc_part_put(writer, &reach->b, 1);
    for (int side = 0; side < FC_SIDES; side++)
        fc_part_put(writer, reach->shape[side], FC_REACH_LEVELS);
}

bool fc_reach_read(struct fc_part_reader *reader, struct fc_reach *reach)
{
    const double *v = fc_part_take(reader, 2 + FC_SIDES * FC_REACH_LEVELS);
    if (v == NULL)
        return false;
    reach->a = v[0];
    reach->b = v[1];
    memcpy(reach->shape, v + 2, sizeof reach->shape);
    const double *below = reach->shape[FC_BELOW];
    const double *above = reach->shape[FC_ABOVE];
    for (int i = 0; i < FC_REACH_LEVELS; i++)
        if (!(above[i] >= -below[i])
            || (i > 0
                && !(above[i] >= above[i - 1] && below[i] >= below[i - 1])))
            return false;
    return true;
}
