/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/measure/drift.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

static const double SMOOTHING = 0.1;
static const double MOST_SIGNAL = 4;
static const double SLACK = 0.75; /* of the errors' size, for each of them */
static const double CHANCE = 0.001;
static const double WINDOW = 100; /* values; then the older ones count half */

/* Towards zero, and not beyond it. */
static double shrink(double x, double by)
{
    return copysign(fmax(fabs(x) - by, 0), x);
}

void fc_drift_add_error(struct fc_drift *drift, double error)
{
    double weight = fmax(SMOOTHING, 1 / ++drift->counted);
    drift->deviation += weight * (fabs(error) - drift->deviation);
    drift->cumulated =
        shrink(drift->cumulated + error, SLACK * drift->deviation);
}

void fc_drift_add_interval(struct fc_drift *drift, bool inside)
{
    if (drift->compared >= WINDOW) {
        drift->compared = floor(drift->compared / 2);
        drift->outside = floor(drift->outside / 2);
    }
    drift->compared++;
    drift->outside += !inside;
}

double fc_drift_signal(const struct fc_drift *drift)
{
    return drift->deviation > 0 ? drift->cumulated / drift->deviation : 0;
}

enum fc_astray fc_drift_check(const struct fc_drift *drift, double level)
{
    if (fabs(fc_drift_signal(drift)) > MOST_SIGNAL)
        return FC_BIASED;
    if (drift->outside < 1)
        return FC_STEADY;
    double chance =
        gsl_cdf_binomial_Q((unsigned)drift->outside - 1, 1 - level / 100,
                           (unsigned)drift->compared);
    return chance < CHANCE ? FC_TOO_NARROW : FC_STEADY;
}

void fc_drift_begin_anew(struct fc_drift *drift)
{
    *drift = (struct fc_drift){.counted = drift->counted,
                               .deviation = drift->deviation};
}
