/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Measures of forecast accuracy; see accuracy.h for definitions and sources.
 */
#include "forecast/measure/accuracy.h"

#include <math.h>

/* Mean absolute and squared differences of this lag. */
static struct fc_error_scale differences(const double *y, size_t n, size_t lag)
{
    size_t count = 0;
    double absolute = 0, squared = 0;
    for (size_t t = lag; t < n; t++) {
        double d = fabs(y[t] - y[t - lag]);
        if (isnan(d))
            continue;
        absolute += d;
        squared += d * d;
        count++;
    }
    double c = (double)count; /* 0 / 0 is the NaN that is wanted */
    return (struct fc_error_scale){.mae = absolute / c, .mse = squared / c};
}

struct fc_error_scale fc_error_scale(const double *y, size_t n, size_t m)
{
    size_t lag = m >= 1 && n > m ? m : 1;
    struct fc_error_scale scale = differences(y, n, lag);
    scale.mse_step = lag == 1 ? scale.mse : differences(y, n, 1).mse;
    return scale;
}

double fc_pinball(double actual, double quantile, double percent)
{
    double above = actual - quantile, p = percent / 100;
    return above >= 0 ? p * above : (p - 1) * above;
}

/* Without a scale there is no scaled error, even where the error is zero. */
static double scaled(double error, double scale)
{
    return scale > 0 ? error / scale : NAN;
}

static double symmetric_percentage(double y, double f)
{
    double size = fabs(y) + fabs(f);
    return size > 0 ? 200 * (fabs(y - f) / size) : 0;
}

struct fc_accuracy fc_accuracy(const double *actual, const double *forecast,
                               size_t horizon, struct fc_error_scale scale)
{
    struct fc_accuracy a = {0};
    size_t nonzero = 0;
    double squared = 0;
    for (size_t h = 0; h < horizon; h++) {
        double error = fabs(actual[h] - forecast[h]);
        if (isnan(actual[h]))
            continue;
        a.n++;
        a.mae += error;
        squared += error * error;
        a.smape += symmetric_percentage(actual[h], forecast[h]);
        if (actual[h] != 0) {
            a.mape += 100 * (error / fabs(actual[h]));
            nonzero++;
        }
    }
    a.mae /= (double)a.n;
    a.smape /= (double)a.n;
    a.mape /= (double)nonzero;
    a.rmse = sqrt(squared / (double)a.n);
    a.mase = scaled(a.mae, scale.mae);
    a.rmsse = scaled(a.rmse, sqrt(scale.mse));
    return a;
}

static double ratio(double a, double b)
{
    return a == b ? 1 : a / b;
}

double fc_owa(double smape, double mase, double smape_naive2,
              double mase_naive2)
{
    return (ratio(smape, smape_naive2) + ratio(mase, mase_naive2)) / 2;
}

double fc_coverage(const double *actual, const double *lo, const double *hi,
                   size_t horizon)
{
    size_t inside = 0, count = 0;
    for (size_t h = 0; h < horizon; h++) {
        if (isnan(actual[h]))
            continue;
        count++;
        inside += lo[h] <= actual[h] && actual[h] <= hi[h];
    }
    return (double)inside / (double)count;
}

double fc_interval_score(double actual, double lo, double hi, double level)
{
    double a = 1 - level / 100;
    double outside = fmax(0, lo - actual) + fmax(0, actual - hi);
    return hi - lo + 2 / a * outside;
}

double fc_msis(const double *actual, const double *lo, const double *hi,
               size_t horizon, double level, double scale)
{
    size_t count = 0;
    double sum = 0;
    for (size_t h = 0; h < horizon; h++) {
        if (isnan(actual[h]))
            continue;
        count++;
        sum += fc_interval_score(actual[h], lo[h], hi[h], level);
    }
    return scaled(sum / (double)count, scale);
}
