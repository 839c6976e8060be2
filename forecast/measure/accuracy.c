/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Measures of forecast accuracy; see accuracy.h for definitions and sources.
 */
#include "forecast/measure/accuracy.h"

#include <math.h>

/* Half of what squares allow, so that there is room for sums. */
enum { FAR = 500 };

/* The root of the mean of (a - b)^2 where that is known, in units of a power of
 * two where squares would overflow or vanish. */
static double root_mean_square(const double *a, const double *b, size_t n)
{
    double largest = 0, sum = 0, count = 0;
    int unit;
    for (size_t t = 0; t < n; t++)
        largest = fmax(largest, fabs(a[t] - b[t]));
    frexp(largest, &unit);
    if (unit <= FAR && unit >= -FAR)
        unit = 0;
    for (size_t t = 0; t < n; t++) {
        double d = ldexp(a[t] - b[t], -unit);
        if (isnan(d))
            continue;
        sum += d * d;
        count++;
    }
    return ldexp(sqrt(sum / count), unit);
}

/* The root of the mean squared differences of this lag. */
static double root_of_differences(const double *y, size_t n, size_t lag)
{
    return n > lag ? root_mean_square(y + lag, y, n - lag) : NAN;
}

static size_t lag_of(size_t n, size_t m)
{
    return m >= 1 && n > m ? m : 1;
}

double fc_error_scale_mae(const double *y, size_t n, size_t m)
{
    size_t lag = lag_of(n, m), count = 0;
    double absolute = 0;
    for (size_t t = lag; t < n; t++) {
        double d = fabs(y[t] - y[t - lag]);
        if (isnan(d))
            continue;
        absolute += d;
        count++;
    }
    return absolute / (double)count; /* 0 / 0 is the NaN that is wanted */
}

struct fc_error_scale fc_error_scale(const double *y, size_t n, size_t m)
{
    size_t lag = lag_of(n, m);
    double rmse = root_of_differences(y, n, lag);
    return (struct fc_error_scale){
        .mae = fc_error_scale_mae(y, n, m),
        .rmse = rmse,
        .rmse_step = lag == 1 ? rmse : root_of_differences(y, n, 1)};
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
    for (size_t h = 0; h < horizon; h++) {
        double error = fabs(actual[h] - forecast[h]);
        if (isnan(actual[h]))
            continue;
        a.n++;
        a.mae += error;
        a.smape += symmetric_percentage(actual[h], forecast[h]);
        if (actual[h] != 0) {
            a.mape += 100 * (error / fabs(actual[h]));
            nonzero++;
        }
    }
    a.mae /= (double)a.n;
    a.smape /= (double)a.n;
    a.mape /= (double)nonzero;
    a.rmse = isnan(a.mae) ? NAN : root_mean_square(actual, forecast, horizon);
    a.mase = scaled(a.mae, scale.mae);
    a.rmsse = scaled(a.rmse, scale.rmse);
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
