/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_ARIMA_ESTIMATE_H
#define NIGHTCAST_FORECAST_ARIMA_ESTIMATE_H

#include "forecast/arima/predict.h"

/*
 * The estimates of one series: what was asked for, searched or given.
 */

/* What is wanted of one series' fit. */
struct fc_arima_wanted {
    const struct fc_spec *spec;
    int m;
    const struct fc_fit *similar;
    bool again;                    /* see fc_request */
    struct fc_arima_limits limits; /* of a search */
};

/* What was asked for; without a season its part is left out. */
struct fc_arima_order fc_arima_asked_order(const struct fc_spec *spec, int m);

/* What follows the orders and the constant in a variant: see predict.h. */
enum {
    FC_ARIMA_VARIANT_SEARCH = FC_ARIMA_CONSTANT + 1, /* no orders are given */
    FC_ARIMA_VARIANT_JOINT /* slopes of regressors along with all else */
};

/* Whether orders are given. */
bool fc_arima_has_orders(const struct fc_spec *spec);

bool fc_arima_has_seasonal_orders(const struct fc_spec *spec);

/* The fewest observations that leave something to estimate from. */
size_t fc_arima_least_obs(const struct fc_arima_order *order);

/* Whether so many missing values cost too much for a search to be made with
 * them. */
bool fc_arima_gaps_are_dear(const struct fc_series *series, size_t ngaps,
                            const struct fc_arima_wanted *wanted);

/*
 * D seasonal differences are undone from D values at every position of the
 * season.  Of one with fewer the model would know nothing at all; its values
 * are put on straight lines, as all missing values are for other models.  A
 * search does so only where that makes a season evident, and else leaves such
 * differences alone.  *series and *wanted become what can be estimated.
 */
enum fc_status fc_arima_heed_unseen(struct fc_series *series,
                                    struct fc_arima_wanted *wanted,
                                    struct fc_workspace *ws,
                                    struct fc_fit *fit);

/*
 * The orders that are wanted, and their estimates; data is prepared for their
 * differences.  Gaps that are dear are filled by straight lines for as much of
 * that as they cost too much in, which fit->note may tell.  FC_EMAXITER with
 * the best there is, FC_ENOFIT, FC_ENOMEM.
 */
enum fc_status fc_arima_estimate_series(const struct fc_series *series,
                                        const struct fc_arima_wanted *wanted,
                                        struct fc_workspace *ws,
                                        struct fc_fit *fit,
                                        struct fc_arima_data *data,
                                        struct fc_arima_estimate *estimate);

/*
 * The best parameters for the rest that regressors leave of a series, from
 * those on that were found for the rest that others left: *last, whose orders
 * and rival are kept.  data is prepared anew.  FC_EMAXITER with the best there
 * is, FC_ENOFIT, FC_ENOMEM.
 */
enum fc_status fc_arima_estimate_rest(const double *rest, size_t n,
                                      const struct fc_arima_estimate *last,
                                      struct fc_workspace *ws,
                                      struct fc_arima_data *data,
                                      struct fc_arima_estimate *estimate);

#endif
