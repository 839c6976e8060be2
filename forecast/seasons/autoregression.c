/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Autoregression by the Yule-Walker equations and the recursion of Durbin
 * (1960) and Levinson (1947): Brockwell & Davis (1991), Time Series: Theory and
 * Methods, section 8.2.  Sums of products over n make it stationary.
 */
#include "forecast/seasons/autoregression.h"

#include <math.h>
#include <string.h>

/* Sums of products at four lags from k on, side by side: independent sums are
 * what keeps a processor busy. */
static void four_lags(const double *x, size_t n, double mean, size_t k,
                      double sum[4])
{
    for (size_t j = 0; j < 4; j++)
        sum[j] = 0;
    for (size_t t = k; t < k + 3 && t < n; t++)
        for (size_t j = 0; j < 3 && k + j <= t; j++)
            sum[j] += (x[t] - mean) * (x[t - k - j] - mean);
    for (size_t t = k + 3; t < n; t++) {
        double at = x[t] - mean;
        const double *before = x + t - k;
        sum[0] += at * (before[0] - mean);
        sum[1] += at * (before[-1] - mean);
        sum[2] += at * (before[-2] - mean);
        sum[3] += at * (before[-3] - mean);
    }
}

void fc_autocovariances(const double *x, size_t n, double mean, size_t most,
                        double *covariance)
{
    for (size_t k = 0; k <= most; k += 4) {
        double sum[4];
        four_lags(x, n, mean, k, sum);
        for (size_t j = 0; j < 4 && k + j <= most; j++)
            covariance[k + j] = n > 0 ? sum[j] / (double)n : 0;
    }
}

/* One step of the recursion: phi of order k - 1 becomes that of order k. */
static double raise_order(const double *covariance, size_t k, double sigma2,
                          double *phi, double *scratch)
{
    double sum = covariance[k];
    for (size_t i = 1; i < k; i++)
        sum -= phi[i - 1] * covariance[k - i];
    double reflection = sum / sigma2;
    memcpy(scratch, phi, (k - 1) * sizeof *phi);
    for (size_t i = 1; i < k; i++)
        phi[i - 1] -= reflection * scratch[k - i - 1];
    phi[k - 1] = reflection;
    return sigma2 * (1 - reflection * reflection);
}

enum fc_status fc_autoregression(const double *covariance, size_t most,
                                 size_t n, struct fc_workspace *ws,
                                 struct fc_autoregression *ar)
{
    ar->order = 0;
    ar->sigma2 = covariance[0];
    ar->phi = fc_workspace_doubles(ws, most);
    struct fc_mark mark = fc_workspace_mark(ws);
    double *phi = fc_workspace_doubles(ws, most);
    double *scratch = fc_workspace_doubles(ws, most);
    if (ar->phi == NULL || phi == NULL || scratch == NULL)
        return FC_ENOMEM;
    double sigma2 = covariance[0], best = (double)n * log(sigma2);
    double least = 1e-12 * covariance[0];
    for (size_t k = 1; k <= most && sigma2 > least; k++) {
        sigma2 = raise_order(covariance, k, sigma2, phi, scratch);
        double aic = (double)n * log(sigma2) + 2 * (double)k;
        if (!(aic < best) || !(sigma2 > 0))
            continue;
        best = aic;
        ar->order = k;
        ar->sigma2 = sigma2;
        memcpy(ar->phi, phi, k * sizeof *phi);
    }
    fc_workspace_release(ws, mark);
    return FC_OK;
}

void fc_autoregression_continue(const struct fc_autoregression *ar, size_t n,
                                size_t horizon, const double *shock, double *x)
{
    for (size_t h = 0; h < horizon; h++) {
        const double *next = x + n + h;
        double sum = ar->mean;
        for (size_t i = 0; i < ar->order; i++)
            sum += ar->phi[i] * (next[-1 - (ptrdiff_t)i] - ar->mean);
        x[n + h] = sum + (shock != NULL ? shock[h] : 0);
    }
}

void fc_autoregression_psi(const struct fc_autoregression *ar, size_t horizon,
                           double *psi)
{
    for (size_t h = 0; h < horizon; h++) {
        psi[h] = h == 0;
        for (size_t i = 1; i <= ar->order && i <= h; i++)
            psi[h] += ar->phi[i - 1] * psi[h - i];
    }
}
