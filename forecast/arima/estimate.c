/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The estimates of one series, of the orders that were asked for or of those
 * that are found, whatever it costs to look at its gaps.
 */
#include "forecast/arima/estimate.h"

#include "forecast/arima/gaps.h"
#include "forecast/arima/predict.h"
#include "forecast/numeric/missing.h"
#include "forecast/numeric/season_test.h"

#include <math.h>

/*
 * Multiplications that gaps cost per evaluation.  Beyond the first bound they
 * are filled by straight lines for a search, beyond the second for the first
 * estimates of given orders, and only what they end in is estimated with the
 * gaps; beyond the third they stay filled.
 */
static const double costly_search = 2.5e5, costly_fit = 5e6;
static const double costly_filter = 2.5e8;

struct fc_arima_order fc_arima_asked_order(const struct fc_spec *spec, int m)
{
    const int *v = spec->variant;
    struct fc_arima_order order = {
        .p = v[FC_ARIMA_P],
        .d = v[FC_ARIMA_D],
        .q = v[FC_ARIMA_Q],
        .m = m,
        .constant = v[FC_ARIMA_CONSTANT] != 0,
    };
    if (m > 1) {
        order.P = v[FC_ARIMA_SEASONAL_P];
        order.D = v[FC_ARIMA_SEASONAL_D];
        order.Q = v[FC_ARIMA_SEASONAL_Q];
    }
    return order;
}

bool fc_arima_has_orders(const struct fc_spec *spec)
{
    return spec->has_variant && !spec->variant[FC_ARIMA_VARIANT_SEARCH];
}

bool fc_arima_has_seasonal_orders(const struct fc_spec *spec)
{
    const int *v = spec->variant;
    return fc_arima_has_orders(spec)
           && v[FC_ARIMA_SEASONAL_P] + v[FC_ARIMA_SEASONAL_D]
                      + v[FC_ARIMA_SEASONAL_Q]
                  > 0;
}

size_t fc_arima_least_obs(const struct fc_arima_order *order)
{
    return fc_arima_lost(order) + (size_t)fc_arima_parameters(order)
           + (order->constant ? 1 : 0) + 1;
}

/* What gaps cost with the orders that are asked for, or middling ones. */
static double gap_cost(const struct fc_series *series, size_t ngaps,
                       const struct fc_arima_wanted *wanted)
{
    struct fc_arima_order order = fc_arima_asked_order(wanted->spec, wanted->m);
    if (!fc_arima_has_orders(wanted->spec)) {
        order.p = order.q = 2;
        order.d = 1;
        order.P = order.D = order.Q = order.m > 1;
    }
    return fc_arima_gap_cost(series->n, ngaps, &order);
}

bool fc_arima_gaps_are_dear(const struct fc_series *series, size_t ngaps,
                            const struct fc_arima_wanted *wanted)
{
    return ngaps > 0 && gap_cost(series, ngaps, wanted) >= costly_search;
}

static bool is_of_another_run(const struct fc_fit *similar)
{
    return similar->state == NULL;
}

/*
 * The orders of a fit to a similar series, from its estimates or from a few
 * others that are better.  FC_ENOFIT if this series cannot have them.
 */
static enum fc_status estimate_similar(const double *y, size_t n,
                                       const struct fc_arima_wanted *wanted,
                                       struct fc_workspace *ws,
                                       struct fc_arima_data *data,
                                       struct fc_arima_estimate *estimate)
{
    double starts[FC_ARIMA_LANES * FC_ARIMA_MAX_PARAMETERS];
    const struct fc_fit *similar = wanted->similar;
    struct fc_arima_order order = fc_arima_order_of(similar);
    bool goes_on = is_of_another_run(similar), same = true;
    const struct fc_arima_effort effort = {
        .tolerance = goes_on ? 1e-2 : 1e-4,
        .max_iterations = 20,
        .max_starts = 1,
        .give_up = -HUGE_VAL,
        .brisk = goes_on,
    };
    if (n <= fc_arima_least_obs(&order))
        return FC_ENOFIT;
    enum fc_status status = goes_on && wanted->again
                                ? fc_arima_same_differences(
                                    y, n, &order, &wanted->limits, ws, &same)
                                : FC_OK;
    if (status != FC_OK || !same)
        return status != FC_OK ? status : FC_ENOFIT;
    fc_arima_blind_starts(&order, FC_ARIMA_LANES, starts);
    if (!fc_arima_free(&order, similar->coef, starts))
        return FC_ENOFIT;
    status = fc_arima_prepare(data, y, n, &order, ws);
    if (status != FC_OK)
        return status;
    if (fc_arima_is_degenerate(data, order.constant, ws))
        return FC_ENOFIT;
    status =
        fc_arima_estimate(data, &order, starts, goes_on ? 1 : FC_ARIMA_LANES,
                          &effort, ws, estimate);
    if (status == FC_OK && wanted->again)
        return fc_arima_search_again(data, &wanted->limits, ws, estimate);
    return status == FC_OK && goes_on ? fc_arima_overtake(
               data, similar->order[FC_ARIMA_RIVAL], ws, estimate)
                                      : status;
}

static enum fc_status estimate_model(const double *y, size_t n,
                                     const struct fc_arima_wanted *wanted,
                                     struct fc_workspace *ws,
                                     struct fc_arima_data *data,
                                     struct fc_arima_estimate *estimate)
{
    bool search = !fc_arima_has_orders(wanted->spec);
    if (search && wanted->similar != NULL) {
        enum fc_status status =
            estimate_similar(y, n, wanted, ws, data, estimate);
        if (status != FC_ENOFIT)
            return status;
    }
    if (search)
        return fc_arima_select(y, n, wanted->m, &wanted->limits,
                               wanted->similar != NULL
                                   && is_of_another_run(wanted->similar),
                               ws, data, estimate);
    struct fc_arima_order order = fc_arima_asked_order(wanted->spec, wanted->m);
    enum fc_status status = fc_arima_prepare(data, y, n, &order, ws);
    if (status != FC_OK)
        return status;
    if (!fc_arima_is_degenerate(data, order.constant, ws))
        return fc_arima_fit(data, &order, ws, estimate);
    return fc_arima_settle(data, &order, ws, estimate);
}

/*
 * The orders, and the estimates to start from, are those of the filled series;
 * the estimates themselves are of the series with its gaps.
 */
static enum fc_status refine_with_gaps(const struct fc_series *series,
                                       struct fc_workspace *ws,
                                       struct fc_arima_data *data,
                                       struct fc_arima_estimate *estimate)
{
    static const struct fc_arima_effort effort = {
        .tolerance = 1e-6,
        .max_iterations = 20,
        .max_starts = 1,
        .give_up = -HUGE_VAL,
    };
    struct fc_arima_estimate filled = *estimate;
    enum fc_status status =
        fc_arima_prepare(data, series->y, series->n, &filled.order, ws);
    if (status != FC_OK)
        return status;
    if (fc_arima_is_degenerate(data, filled.order.constant, ws))
        return fc_arima_settle(data, &filled.order, ws, estimate);
    return fc_arima_estimate(data, &filled.order, filled.free, 1, &effort, ws,
                             estimate);
}

enum fc_status fc_arima_estimate_series(const struct fc_series *series,
                                        const struct fc_arima_wanted *wanted,
                                        struct fc_workspace *ws,
                                        struct fc_fit *fit,
                                        struct fc_arima_data *data,
                                        struct fc_arima_estimate *estimate)
{
    size_t ngaps = fc_count_missing(series->y, series->n);
    double cost = gap_cost(series, ngaps, wanted);
    double bound =
        fc_arima_has_orders(wanted->spec) ? costly_fit : costly_search;
    if (ngaps == 0 || cost < bound)
        return estimate_model(series->y, series->n, wanted, ws, data, estimate);
    double *filled = fc_workspace_doubles(ws, series->n);
    if (filled == NULL)
        return FC_ENOMEM;
    fc_fill_linear(series->y, series->n, filled);
    enum fc_status status =
        estimate_model(filled, series->n, wanted, ws, data, estimate);
    if (cost > costly_filter)
        fit->note = "too long for its gaps to be modelled: straight lines";
    else if (status == FC_OK || status == FC_EMAXITER)
        status = refine_with_gaps(series, ws, data, estimate);
    return status;
}

/* y with straight lines at the positions of the season that have fewer than D
 * values; NULL when memory is short. */
static double *fill_unseen(const double *y, size_t n, size_t m, size_t D,
                           struct fc_workspace *ws)
{
    double *filled = fc_workspace_doubles(ws, n);
    double *lines = fc_workspace_doubles(ws, n);
    if (filled == NULL || lines == NULL)
        return NULL;
    fc_fill_linear(y, n, lines);
    for (size_t i = 0; i < m && i < n; i++) {
        size_t seen = 0;
        for (size_t t = i; t < n; t += m)
            seen += !isnan(y[t]);
        for (size_t t = i; t < n; t += m)
            filled[t] = seen < D ? lines[t] : y[t];
    }
    return filled;
}

enum fc_status fc_arima_heed_unseen(struct fc_series *series,
                                    struct fc_arima_wanted *wanted,
                                    struct fc_workspace *ws, struct fc_fit *fit)
{
    const struct fc_spec *spec = wanted->spec;
    size_t n = series->n, m = (size_t)wanted->m;
    int D = fc_arima_has_orders(spec) ? spec->variant[FC_ARIMA_SEASONAL_D]
                                      : wanted->limits.max_D;
    size_t seen = fc_season_seen(series->y, n, m);
    if (m < 2 || seen >= (size_t)D)
        return FC_OK;
    double *filled = fill_unseen(series->y, n, m, (size_t)D, ws);
    if (filled == NULL)
        return FC_ENOMEM;
    if (fc_arima_has_orders(spec) || fc_season_is_evident(filled, n, m)) {
        series->y = filled;
        fit->note = "straight lines where the season was never seen";
        return FC_OK;
    }
    wanted->limits.max_D = (int)seen;
    if (wanted->similar != NULL
        && wanted->similar->order[FC_ARIMA_SEASONAL_D] > (int)seen)
        wanted->similar = NULL;
    return FC_OK;
}

enum fc_status fc_arima_estimate_rest(const double *rest, size_t n,
                                      const struct fc_arima_estimate *last,
                                      struct fc_workspace *ws,
                                      struct fc_arima_data *data,
                                      struct fc_arima_estimate *estimate)
{
    static const struct fc_arima_effort effort = {.tolerance = 1e-8,
                                                  .max_iterations = 100,
                                                  .max_starts = 1,
                                                  .give_up = -HUGE_VAL};
    enum fc_status status = fc_arima_prepare(data, rest, n, &last->order, ws);
    if (status == FC_OK)
        status = fc_arima_estimate(data, &last->order, last->free, 1, &effort,
                                   ws, estimate);
    estimate->rival = last->rival;
    return status;
}
