/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows of accuracy measures and their averages; see score.h.  Averaging is
 * that of Makridakis, Spiliotis & Assimakopoulos (2020): measures are
 * averaged over the steps of a series, then over the series, and OWA is made
 * from the averages.
 */
#include "forecast/measure/score.h"

#include <math.h>
#include <stdbool.h>

size_t fc_score_size(const struct fc_score_shape *shape)
{
    return shape->nquantiles > 0 ? fc_score_loss_at(shape, shape->nquantiles)
                                 : fc_score_at(shape->nlevels, FC_INSIDE);
}

size_t fc_score_at(int i, enum fc_level_measure measure)
{
    return FC_MEASURES + (size_t)i * FC_LEVEL_MEASURES + (size_t)measure;
}

size_t fc_score_whole_at(const struct fc_score_shape *shape,
                         enum fc_whole_measure measure)
{
    return fc_score_at(shape->nlevels, FC_INSIDE) + (size_t)measure;
}

size_t fc_score_loss_at(const struct fc_score_shape *shape, int i)
{
    return fc_score_whole_at(shape, FC_WHOLE_MEASURES) + (size_t)i;
}

double fc_score_coverage(const double *row, int i)
{
    return row[fc_score_at(i, FC_INSIDE)] / row[fc_score_at(i, FC_COMPARED)];
}

void fc_score_none(const struct fc_score_shape *shape, double *row)
{
    for (size_t i = 0; i < fc_score_size(shape); i++)
        row[i] = NAN;
}

/* The i-th level, whose bounds are two columns. */
static void score_level(const double *actual, const struct fc_scored *forecast,
                        double level, int i, double scale, double *row)
{
    const double *lo = forecast->columns[2 * i];
    const double *hi = forecast->columns[2 * i + 1];
    double inside = 0, compared = 0, sum = 0;
    for (size_t h = 0; h < forecast->horizon; h++) {
        if (isnan(actual[h]) || isnan(lo[h]) || isnan(hi[h]))
            continue;
        compared++;
        inside += lo[h] <= actual[h] && actual[h] <= hi[h];
        sum += fc_interval_score(actual[h], lo[h], hi[h], level);
    }
    if (compared == 0)
        return;
    row[fc_score_at(i, FC_INSIDE)] = inside;
    row[fc_score_at(i, FC_COMPARED)] = compared;
    if (scale > 0)
        row[fc_score_at(i, FC_MSIS)] = sum / compared / scale;
}

/* The sum of a quantile's losses; NaN without a step. */
static double loss_of(const double *actual, const double *quantile, size_t n,
                      double percent)
{
    double sum = 0;
    size_t compared = 0;
    for (size_t h = 0; h < n; h++)
        if (!isnan(actual[h]) && !isnan(quantile[h])) {
            sum += fc_pinball(actual[h], quantile[h], percent);
            compared++;
        }
    return compared > 0 ? sum : NAN;
}

static void sum_errors(const double *actual, const struct fc_scored *forecast,
                       double *error, double *size)
{
    *error = 0;
    *size = 0;
    for (size_t h = 0; h < forecast->horizon; h++)
        if (!isnan(actual[h])) {
            *error += forecast->mean[h] - actual[h];
            *size += fabs(actual[h]);
        }
}

/* What is scored where there are quantiles. */
static void score_whole(const double *actual, const struct fc_scored *forecast,
                        const struct fc_score_shape *shape,
                        struct fc_error_scale scale, double *row)
{
    double *whole = row + fc_score_whole_at(shape, FC_RMSSE_1);
    const double *const *quantile = forecast->columns + 2 * shape->nlevels;
    if (scale.rmse_step > 0)
        whole[FC_RMSSE_1] = row[FC_RMSE] / scale.rmse_step;
    sum_errors(actual, forecast, &whole[FC_ERROR_SUM], &whole[FC_SIZE_SUM]);
    for (int i = 0; i < shape->nquantiles; i++) {
        double percent = shape->quantiles[i];
        row[fc_score_loss_at(shape, i)] =
            loss_of(actual, quantile[i], forecast->horizon, percent);
        if (percent == 50)
            whole[FC_MASE_MEDIAN] =
                fc_accuracy(actual, quantile[i], forecast->horizon, scale).mase;
    }
}

size_t fc_score(const double *actual, const struct fc_scored *forecast,
                const struct fc_score_shape *shape, struct fc_error_scale scale,
                double *row)
{
    fc_score_none(shape, row);
    struct fc_accuracy a =
        fc_accuracy(actual, forecast->mean, forecast->horizon, scale);
    if (a.n == 0)
        return 0;
    row[FC_MAE] = a.mae;
    row[FC_RMSE] = a.rmse;
    row[FC_MAPE] = a.mape;
    row[FC_SMAPE] = a.smape;
    row[FC_MASE] = a.mase;
    row[FC_RMSSE] = a.rmsse;
    for (int i = 0; i < shape->nlevels; i++)
        score_level(actual, forecast, shape->levels[i], i, scale.mae, row);
    if (shape->nquantiles > 0)
        score_whole(actual, forecast, shape, scale, row);
    return a.n;
}

void fc_score_mean_init(struct fc_score_mean *mean,
                        const struct fc_score_shape *shape, double *sum,
                        size_t *count)
{
    *mean = (struct fc_score_mean){.shape = *shape, .sum = sum, .count = count};
    for (size_t i = 0; i < fc_score_size(shape); i++) {
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
    for (size_t i = 0; i < fc_score_size(&mean->shape); i++)
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

double fc_score_mean_bias(const struct fc_score_mean *mean)
{
    const double *sum = mean->sum + fc_score_whole_at(&mean->shape, FC_RMSSE_1);
    return sum[FC_SIZE_SUM] > 0 ? sum[FC_ERROR_SUM] / sum[FC_SIZE_SUM] : NAN;
}

static bool is_decile(double percent)
{
    return fmod(percent, 10) == 0;
}

double fc_score_mean_wql(const struct fc_score_mean *mean)
{
    const struct fc_score_shape *shape = &mean->shape;
    double size = mean->sum[fc_score_whole_at(shape, FC_SIZE_SUM)], sum = 0;
    int deciles = 0, counted = 0;
    for (int i = 0; i < shape->nquantiles; i++)
        deciles += is_decile(shape->quantiles[i]);
    for (int i = 0; i < shape->nquantiles; i++)
        if (deciles < 9 || is_decile(shape->quantiles[i])) {
            sum += 2 * mean->sum[fc_score_loss_at(shape, i)];
            counted++;
        }
    return size > 0 ? sum / counted / size : NAN;
}

double fc_score_mean_owa(const struct fc_score_mean *mean)
{
    if (mean->nsmape == 0 || mean->nmase == 0)
        return NAN;
    return fc_owa(mean->smape, mean->mase, mean->smape_naive2,
                  mean->mase_naive2);
}
