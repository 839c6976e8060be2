/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Classical decomposition: the trend is a centred moving average over one
 * season (a 2 x m average when m is even), the seasonal figure the mean of
 * what the trend leaves, season by season, scaled to mean 1 or shifted to
 * mean 0.
 *
 * R 4.2, stats::decompose() and stats::acf(); the test as in Assimakopoulos &
 * Nikolopoulos (2000), The theta model, International Journal of Forecasting
 * 16, section 3, and as R's forecast::thetaf() computes it.
 */
#include "forecast/numeric/decompose.h"

#include <math.h>

/* The moving average centred at t, with half = m / 2 <= t < n - half. */
static double centred_average(const double *y, size_t t, size_t m)
{
    size_t half = m / 2;
    const double *first = y + t - half;
    double sum = m % 2 == 0 ? (first[0] + first[m]) / 2 : first[0];
    for (size_t i = 1; i < m; i++)
        sum += first[i];
    return sum / (double)m;
}

static double mean_of(const double *x, size_t n)
{
    double mean = 0;
    for (size_t i = 0; i < n; i++)
        mean += x[i] / (double)n;
    return mean;
}

static enum fc_status normalise(double *figure, size_t m,
                                enum fc_decomposition kind,
                                struct fc_error *err)
{
    double mean = mean_of(figure, m);
    for (size_t i = 0; i < m; i++) {
        if (kind == FC_DECOMPOSE_ADDITIVE)
            figure[i] -= mean;
        else
            figure[i] /= mean;
        if (!isfinite(figure[i]))
            return fc_fail(err, FC_EDOMAIN, "seasonal figure is not finite");
    }
    return FC_OK;
}

enum fc_status fc_decompose(const double *y, size_t n, size_t m,
                            enum fc_decomposition kind, double *figure,
                            struct fc_error *err)
{
    if (m < 2)
        return fc_fail(err, FC_EINVAL, "no season of length %zu", m);
    if (n / 2 < m)
        return fc_fail(err, FC_ESHORT,
                       "decomposition needs two seasons, %zu observations, "
                       "has %zu",
                       2 * m, n);
    size_t half = m / 2;
    for (size_t i = 0; i < m; i++) {
        double sum = 0;
        size_t count = 0;
        for (size_t t = i < half ? i + m : i; t < n - half; t += m) {
            double trend = centred_average(y, t, m);
            sum += kind == FC_DECOMPOSE_ADDITIVE ? y[t] - trend : y[t] / trend;
            count++;
        }
        figure[i] = sum / (double)count;
    }
    return normalise(figure, m, kind, err);
}

enum fc_status fc_seasonal_figure(const double *y, size_t n, size_t m,
                                  double least, enum fc_decomposition *kind,
                                  double *figure)
{
    if (*kind == FC_DECOMPOSE_MULTIPLICATIVE
        && fc_decompose(y, n, m, *kind, figure, NULL) == FC_OK) {
        double smallest = figure[0];
        for (size_t i = 1; i < m; i++)
            smallest = fmin(smallest, figure[i]);
        if (smallest >= least)
            return FC_OK;
    }
    *kind = FC_DECOMPOSE_ADDITIVE;
    return fc_decompose(y, n, m, *kind, figure, NULL);
}

bool fc_has_one_sign(const double *y, size_t n)
{
    bool below = false, above = false;
    for (size_t t = 0; t < n; t++) {
        below |= y[t] < 0;
        above |= y[t] > 0;
    }
    return !(below && above);
}

void fc_remove_season(const double *y, size_t n, const double *figure, size_t m,
                      enum fc_decomposition kind, double *x)
{
    for (size_t t = 0; t < n; t++)
        x[t] = kind == FC_DECOMPOSE_ADDITIVE ? y[t] - figure[t % m]
                                             : y[t] / figure[t % m];
}

double fc_put_back(double x, double season, enum fc_decomposition kind)
{
    return kind == FC_DECOMPOSE_ADDITIVE ? x + season : x * season;
}

bool fc_all_equal(const double *y, size_t n)
{
    double difference = 0, size = 0;
    for (size_t t = 0; t < n; t++) {
        difference += fabs(y[t] - y[0]) / (double)n;
        size += fabs(y[t]) / (double)n;
    }
    return difference <= 1.5e-8 * size;
}

double fc_seasonality(const double *y, size_t n, size_t m)
{
    if (m < 2 || n <= m || fc_all_equal(y, n))
        return 0;
    double mean = mean_of(y, n);
    double largest = 0;
    for (size_t t = 0; t < n; t++)
        largest = fmax(largest, fabs(y[t] - mean));
    double scale = 1 / largest; /* no square over- or underflows */
    double variance = 0, sum = 0, r = 0;
    for (size_t k = 0; k <= m; k++) {
        double covariance = 0;
        for (size_t t = k; t < n; t++)
            covariance += (y[t] - mean) * scale * ((y[t - k] - mean) * scale);
        if (k == 0)
            variance = covariance;
        r = covariance / variance;
        if (k > 0 && k < m)
            sum += r * r;
    }
    return fabs(r) / sqrt((1 + 2 * sum) / (double)n);
}
