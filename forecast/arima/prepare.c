/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A series as the likelihood of an ARIMA model wants it: differenced, in a
 * scale of its own, and where values are missing with straight lines over them.
 */
#include "forecast/arima/gaps.h"

#include "forecast/numeric/difference.h"
#include "forecast/numeric/missing.h"

#include <math.h>

/* The power of two at or below the largest magnitude, which leaves every
   digit as it is; 1 for nothing but zeros. */
static double power_of_two(const double *w, size_t n)
{
    double largest = 0;
    int exponent;
    for (size_t t = 0; t < n; t++)
        if (!isnan(w[t]))
            largest = fmax(largest, fabs(w[t]));
    if (largest == 0 || !isfinite(largest))
        return 1;
    frexp(largest, &exponent);
    exponent = exponent < -1000 ? -1000 : exponent;
    return ldexp(1, exponent - 1);
}

/* Where values are missing, and the series with straight lines over them. */
static enum fc_status note_gaps(struct fc_arima_data *data,
                                struct fc_workspace *ws)
{
    data->gap = fc_workspace_array(ws, data->ngaps, sizeof *data->gap);
    data->filled = fc_workspace_doubles(ws, data->n);
    data->raw = fc_workspace_doubles(ws, data->n);
    if (data->gap == NULL || data->filled == NULL || data->raw == NULL)
        return FC_ENOMEM;
    for (size_t t = 0, i = 0; t < data->n; t++)
        if (isnan(data->y[t]))
            data->gap[i++] = t;
    fc_fill_linear(data->y, data->n, data->filled);
    return FC_OK;
}

enum fc_status fc_arima_prepare(struct fc_arima_data *data, const double *y,
                                size_t n, const struct fc_arima_order *order,
                                struct fc_workspace *ws)
{
    size_t lost = fc_arima_lost(order);
    double *w = fc_workspace_doubles(ws, n);
    if (w == NULL)
        return FC_ENOMEM;
    *data = (struct fc_arima_data){
        .y = y,
        .n = n,
        .d = order->d,
        .D = order->D,
        .m = order->m,
        .w = w,
        .ngaps = fc_count_missing(y, n),
    };
    if (data->ngaps > 0 && note_gaps(data, ws) != FC_OK)
        return FC_ENOMEM;
    const double *whole = data->ngaps > 0 ? data->filled : y;
    data->origin = lost > 0 ? whole[0] : 0;
    for (size_t t = 0; t < n; t++)
        w[t] = whole[t] - data->origin;
    data->nused = n > lost + data->ngaps ? n - lost - data->ngaps : 0;
    data->nw = fc_difference(w, n, 1, order->d);
    data->nw = fc_difference(w, data->nw, (size_t)order->m, order->D);
    data->scale = power_of_two(w, data->nw);
    for (size_t t = 0; t < data->nw; t++)
        w[t] /= data->scale;
    for (size_t t = 0; data->ngaps > 0 && t < n; t++)
        data->raw[t] = (y[t] - data->origin) / data->scale;
    return data->ngaps > 0 ? fc_arima_separate(data, ws) : FC_OK;
}
