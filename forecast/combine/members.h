/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COMBINE_MEMBERS_H
#define NIGHTCAST_FORECAST_COMBINE_MEMBERS_H

#include "forecast/model.h"

/*
 * The members of auto: one row each, models of one series and such as learn
 * over all of them alike.  A new one is a line here.
 *
 *   X(row in the table of models, its name, weight, among rests, family)
 *
 * The weights, whose sum is 1, are those of a series on its own, or of a batch
 * of which nothing was learnt: chosen once by errors at held-back origins of
 * the M3 competition's training data, each group counting the same.  Among
 * rests, what effects of regressors leave that explained a good part of the
 * series, learning begins where those that learn over all series count for
 * most, since these are told how far a series is from its mean (global.h):
 * chosen at four origins of weeks of orange juice before those of its tables.
 * Of a family, other than
 * 0, those that can be used have the weights of those that cannot.
 */
#define FC_AUTO_TABLE(X)                       \
    X(ets, "ets", 0.1225, 0.03, 0)             \
    X(arima, "arima", 0.1225, 0.05, 0)         \
    X(dotm, "dotm", 0.1225, 0.06, 0)           \
    X(ces, "ces", 0.1225, 0.03, 0)             \
    X(pooled, "pooled", 0.084, 0.35, 1)        \
    X(pooled_log, "pooled-log", 0.126, 0.2, 1) \
    X(network, "network", 0.3, 0.28, 0)

#define FC_AUTO_ONE(model, name, weight, rest, family) +1
enum { FC_AUTO_MEMBERS = FC_AUTO_TABLE(FC_AUTO_ONE) };
#undef FC_AUTO_ONE

struct fc_auto_member {
    const struct fc_model *model;
    double weight, rest;
    int family;
    const char *left_out; /* what is said when its forecast is absurd */
};

extern const struct fc_auto_member fc_auto_members[FC_AUTO_MEMBERS];

/*
 * Of a series with several seasons there is a forecast that knows them all, of
 * this model.  It is mixed into what each member
 * makes of what the longer seasons leave: see fc_auto_candidates().
 */
extern const struct fc_model *const fc_auto_seasonal;

/* Places of fit->members: the stand-in, and that forecast. */
enum { FC_AUTO_STAND_IN = FC_AUTO_MEMBERS, FC_AUTO_KNOWS_SEASONS };

/* What a series trusts: the members, and, as its share of the forecast and of
 * the intervals' widths, what knows the seasons.  Behind these its own errors;
 * see trust.h. */
enum {
    FC_AUTO_SHARE = FC_AUTO_MEMBERS,
    FC_AUTO_SHARE_OF_WIDTHS,
    FC_AUTO_OWN,
    FC_AUTO_TRUSTS
};

/* Their models; then the stand-in, the seasonal naive forecast, in case nothing
 * else will do; then NULL. */
extern const struct fc_model *const fc_auto_models[FC_AUTO_MEMBERS + 2];

#endif
