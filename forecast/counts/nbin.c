/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/counts/parts.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

/* Values whose spread is the file's. */
static const double SPREAD_VALUES = 10;

/* Means that are less, and spreads that are more, are no different. */
static const double LEAST_MEAN = 1e-4, MOST_SPREAD = 1e4, LEAST_SPREAD = 1.01;

/* From this mean on a distribution is cut into equal parts. */
static const double LARGE = 100;
enum { EQUAL_PARTS = 200 };

/* What is left when a sum of probabilities is taken for complete. */
static const double REST = 1e-9;

static double log_probability(double y, double mean, double spread)
{
    double r = mean / (spread - 1);
    return gsl_sf_lngamma(y + r) - gsl_sf_lngamma(r) - gsl_sf_lngamma(y + 1)
           - r * log(spread) + y * log1p(-1 / spread);
}

/* The mean level, and the first one: both lean on the file. */
static double mean_of(const double *y, size_t n,
                      const struct fc_counts_file *file)
{
    double sum = 0.3 * file->mean, known = 0.3;
    for (size_t t = 0; t < n; t++)
        if (!isnan(y[t])) {
            sum += y[t];
            known += 1;
        }
    return fmax(sum / known, LEAST_MEAN);
}

void fc_nbin_move(struct fc_nbin *model, double y)
{
    double back = (1 - model->phi - model->alpha) * model->mean;
    double now = isnan(y) ? model->level : y;
    model->level = back + model->phi * model->level + model->alpha * now;
    model->level = fmax(model->level, LEAST_MEAN);
}

double fc_nbin_fit(const double *y, size_t n, const struct fc_counts_file *file,
                   struct fc_nbin *model)
{
    double sum = SPREAD_VALUES * file->spread, known = SPREAD_VALUES, log = 0;
    model->mean = mean_of(y, n, file);
    model->level = model->mean;
    for (size_t t = 0; t < n; fc_nbin_move(model, y[t++]))
        if (!isnan(y[t])) {
            double e = y[t] - model->level;
            sum += e * e / fmax(model->level, 0.05);
            known += 1;
        }
    model->spread = fmin(fmax(sum / known, LEAST_SPREAD), MOST_SPREAD);
    model->level = model->mean;
    for (size_t t = 0; t < n; fc_nbin_move(model, y[t++]))
        if (!isnan(y[t]))
            log += log_probability(y[t], model->level, model->spread);
    return log;
}

bool fc_nbin_pair(int i, double *alpha, double *phi)
{
    static const double pairs[][2] = {
        {0, 0},      {0.05, 0.94}, {0.05, 0.85}, {0.1, 0.89}, {0.1, 0.75},
        {0.2, 0.79}, {0.2, 0.6},   {0.3, 0.69},  {0.3, 0.4},  {0.1, 0.4},
    };
    if (i >= (int)(sizeof pairs / sizeof *pairs))
        return false;
    *alpha = pairs[i][0];
    *phi = pairs[i][1];
    return true;
}

double fc_nbin_search(const double *y, size_t n,
                      const struct fc_counts_file *file, struct fc_nbin *model)
{
    double best = -INFINITY;
    struct fc_nbin trial;
    for (int i = 0; fc_nbin_pair(i, &trial.alpha, &trial.phi); i++) {
        double log = fc_nbin_fit(y, n, file, &trial) - (i > 0); /* AIC's */
        if (log > best) {
            best = log;
            *model = trial;
        }
    }
    return best;
}

double fc_nbin_ahead(const struct fc_nbin *model, int h, double *spread)
{
    double mean = model->level, variance = 0;
    double keep = model->phi + model->alpha;
    for (int k = 1; k < h; k++) {
        variance = keep * keep * variance
                   + model->alpha * model->alpha * model->spread * mean;
        mean = (1 - keep) * model->mean + keep * mean;
    }
    *spread = model->spread + variance / fmax(mean, LEAST_MEAN);
    return mean;
}

/* Of equal mass, by the gamma distribution of the same mean and variance. */
static void add_equal_parts(double mean, double spread, double mass,
                            struct fc_tally *tally)
{
    for (int i = 0; i < EQUAL_PARTS; i++) {
        double p = (i + 0.5) / EQUAL_PARTS;
        double value = gsl_cdf_gamma_Pinv(p, mean / spread, spread);
        fc_tally_add(tally, isfinite(value) ? value : 0, mass / EQUAL_PARTS);
    }
}

void fc_nbin_add(double mean, double spread, double mass,
                 struct fc_tally *tally)
{
    mean = fmax(mean, LEAST_MEAN);
    spread = fmin(fmax(spread, LEAST_SPREAD), MOST_SPREAD);
    if (mean > LARGE) {
        add_equal_parts(mean, spread, mass, tally);
        return;
    }
    double r = mean / (spread - 1), q = 1 - 1 / spread, rest = 1;
    double p = exp(-r * log(spread)), beyond = mean; /* what the rest sums to */
    for (int k = 0; k < FC_TALLY_SMALL + FC_COUNTS_ROOM / 2; k++) {
        fc_tally_add(tally, k, mass * p);
        rest -= p;
        beyond -= k * p;
        if (rest < REST && k > mean)
            return;
        p *= (k + r) / (k + 1) * q;
    }
    fc_tally_add(tally, beyond / rest, mass * rest);
}

double fc_nbin_draw(double mean, double spread, gsl_rng *rng)
{
    mean = fmax(mean, LEAST_MEAN);
    spread = fmin(fmax(spread, LEAST_SPREAD), MOST_SPREAD);
    double rate = gsl_ran_gamma(rng, mean / (spread - 1), spread - 1);
    return rate < 1e9 ? gsl_ran_poisson(rng, rate) : floor(rate);
}
