/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows of accuracy measures and their averages; see score.h.  Averaging is
 * that of Makridakis, Spiliotis & Assimakopoulos (2020): measures are
 * averaged over the steps of a series, then over the series, and OWA is made
 * from the averages.
 */
#include "forecast/measure/score.h"

#include <math.h>

size_t fc_score_size(int nlevels)
{
    return fc_score_at(nlevels, FC_INSIDE);
}

size_t fc_score_at(int i, enum fc_level_measure measure)
{
    return FC_MEASURES + (size_t)i * FC_LEVEL_MEASURES + (size_t)measure;
}

double fc_score_coverage(const double *row, int i)
{
    return row[fc_score_at(i, FC_INSIDE)] / row[fc_score_at(i, FC_COMPARED)];
}

void fc_score_none(int nlevels, double *row)
{
    for (size_t i = 0; i < fc_score_size(nlevels); i++)
        row[i] = NAN;
}

static void score_level(const double *actual,
                        const struct fc_forecast *forecast, int level,
                        double scale, double *row)
{
    size_t horizon = (size_t)forecast->horizon;
    const double *lo = forecast->lo + (size_t)level * horizon;
    const double *hi = forecast->hi + (size_t)level * horizon;
    double inside = 0, compared = 0, sum = 0;
    for (size_t h = 0; h < horizon; h++) {
        if (isnan(actual[h]) || isnan(lo[h]) || isnan(hi[h]))
            continue;
        compared++;
        inside += lo[h] <= actual[h] && actual[h] <= hi[h];
        sum +=
            fc_interval_score(actual[h], lo[h], hi[h], forecast->levels[level]);
    }
    if (compared == 0)
        return;
    row[fc_score_at(level, FC_INSIDE)] = inside;
    row[fc_score_at(level, FC_COMPARED)] = compared;
    if (scale > 0)
        row[fc_score_at(level, FC_MSIS)] = sum / compared / scale;
}

size_t fc_score(const double *actual, const struct fc_forecast *forecast,
                struct fc_error_scale scale, double *row)
{
    fc_score_none(forecast->nlevels, row);
    struct fc_accuracy a =
        fc_accuracy(actual, forecast->mean, (size_t)forecast->horizon, scale);
    if (a.n == 0)
        return 0;
    row[FC_MAE] = a.mae;
    row[FC_RMSE] = a.rmse;
    row[FC_MAPE] = a.mape;
    row[FC_SMAPE] = a.smape;
    row[FC_MASE] = a.mase;
    row[FC_RMSSE] = a.rmsse;
    for (int i = 0; i < forecast->nlevels; i++)
        score_level(actual, forecast, i, scale.mae, row);
    return a.n;
}

void fc_score_mean_init(struct fc_score_mean *mean, int nlevels, double *sum,
                        size_t *count)
{
    *mean =
        (struct fc_score_mean){.nlevels = nlevels, .sum = sum, .count = count};
    for (size_t i = 0; i < fc_score_size(nlevels); i++) {
        sum[i] = 0;
        count[i] = 0;
    }
}

static void add_pair(double a, double b, double *sum_a, double *sum_b,
                     size_t *count)
{
    if (isnan(a) || isnan(b))
        return;
    *sum_a += a;
    *sum_b += b;
    ++*count;
}

void fc_score_mean_add(struct fc_score_mean *mean, const double *row,
                       const double *naive2)
{
    mean->n += !isnan(row[FC_MAE]);
    for (size_t i = 0; i < fc_score_size(mean->nlevels); i++)
        if (!isnan(row[i])) {
            mean->sum[i] += row[i];
            mean->count[i]++;
        }
    if (naive2 == NULL)
        return;
    add_pair(row[FC_SMAPE], naive2[FC_SMAPE], &mean->smape, &mean->smape_naive2,
             &mean->nsmape);
    add_pair(row[FC_MASE], naive2[FC_MASE], &mean->mase, &mean->mase_naive2,
             &mean->nmase);
}

double fc_score_mean_of(const struct fc_score_mean *mean, size_t measure)
{
    return mean->sum[measure] / (double)mean->count[measure];
}

double fc_score_mean_coverage(const struct fc_score_mean *mean, int i)
{
    return fc_score_coverage(mean->sum, i);
}

double fc_score_mean_owa(const struct fc_score_mean *mean)
{
    if (mean->nsmape == 0 || mean->nmase == 0)
        return NAN;
    return fc_owa(mean->smape, mean->mase, mean->smape_naive2,
                  mean->mase_naive2);
}
