/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a forecast is made of: a base and every regressor's share.
 *
 * On the scale of the fit effects add.  Where that is logs, the mean less the
 * mean without them is divided in proportion to the effects, each of which is
 * then its effect times the logarithmic mean of the two: the one division that
 * leaves nothing over, whatever the order (Ang 2005, The LMDI approach to
 * decomposition analysis: a practical guide, Energy Policy 33).
 */
#include "forecast/known/known.h"

#include "forecast/known/rows.h"

#include <math.h>
#include <string.h>

/* What a regressor is where it has no effect: 0, if it is that anywhere in the
 * history, and else its mean there. */
static double base_of(const struct fc_known_column *column,
                      const struct known_rows *rows, size_t j)
{
    if (column->form != FC_KNOWN_AS_IT_IS)
        return rows->mean[j];
    for (size_t t = 0; t < rows->n; t++)
        if (!isnan(rows->z[t]) && rows->x[j * rows->places + t] == 0)
            return 0;
    return rows->mean[j];
}

/* Of one step: effects on the scale become shares of the mean. */
static void divide(const struct fc_known_scale *scale, double mean, size_t n,
                   double *share)
{
    static const double SMALL = 1e-8;
    double sum = 0, each = scale->unit;
    for (size_t j = 0; j < n; j++)
        sum += share[j];
    if (known_is_log(scale)) {
        double shift = scale->kind == FC_KNOWN_LOG1P ? scale->unit : 0;
        double without = (mean + shift) * exp(-sum) - shift;
        if (without < 0)
            without = 0;
        each = fabs(sum) > SMALL ? (mean - without) / sum : mean + shift;
    }
    for (size_t j = 0; j < n; j++)
        share[j] *= each;
}

enum fc_status fc_known_shares(const struct fc_known *known,
                               const struct fc_series *series,
                               const double *slopes,
                               const struct fc_forecast *forecast,
                               struct fc_workspace *ws, double *share,
                               struct fc_error *err)
{
    struct fc_known_fit fit;
    struct fc_series rest;
    struct known_rows rows;
    size_t n = known->n, horizon = (size_t)forecast->horizon;
    enum fc_status status = fc_known_fit(known, series, forecast->horizon, ws,
                                         &fit, &rest, err);
    memset(share, 0, horizon * n * sizeof *share);
    if (status != FC_OK || fit.lacks)
        return status;
    if (slopes != NULL)
        fc_known_take(&fit, slopes);
    if (known_rows_make(known, series, forecast->horizon, ws, &rows) != FC_OK)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t j = 0; j < n; j++) {
        const double *ahead = rows.x + j * rows.places + rows.n;
        double base = base_of(&known->column[j], &rows, j);
        if (!known->column[j].used)
            continue;
        known_rows_bound(known, j, &rows);
        for (size_t h = 0; h < horizon; h++)
            share[h * n + j] = fit.slope[j] * (ahead[h] - base);
    }
    for (size_t h = 0; h < horizon; h++)
        divide(&fit.scale, forecast->mean[h], n, share + h * n);
    return FC_OK;
}
