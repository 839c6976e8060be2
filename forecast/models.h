/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_MODELS_H
#define NIGHTCAST_FORECAST_MODELS_H

#include "forecast/model.h"

/*
 * The table of models.
 */

/* One line per model, in the order of `nightcast models`. */
#define FC_MODELS(X) \
    X(auto)          \
    X(naive)         \
    X(snaive)        \
    X(drift)         \
    X(mean)          \
    X(naive2)        \
    X(ses)           \
    X(holt)          \
    X(damped)        \
    X(hw)            \
    X(hw_mul)        \
    X(ets)           \
    X(arima)         \
    X(theta)         \
    X(dotm)          \
    X(ces)           \
    X(scum)          \
    X(pooled)        \
    X(pooled_log)    \
    X(network)       \
    X(counts)        \
    X(counts_shared) \
    X(croston)       \
    X(sba)           \
    X(sbj)           \
    X(tsb)           \
    X(adida)         \
    X(imapa)         \
    X(mstl)          \
    X(profile)       \
    X(tbats)

#define FC_DECLARE(name) extern const struct fc_model fc_model_##name;
FC_MODELS(FC_DECLARE)
#undef FC_DECLARE

/* The table: the i-th model, or NULL when there are no more. */
const struct fc_model *fc_model_at(size_t i);

/* A model by its name; NULL when there is none of that name. */
const struct fc_model *fc_model_find(const char *name);

/*
 * Reads "ets" or "ets:MAdM" (length bytes of text) and sets spec->model,
 * has_variant and variant; the other fields stay.  FC_EINVAL with a message
 * that says what is wrong and what exists.
 */
enum fc_status fc_model_parse(const char *text, size_t length,
                              struct fc_spec *spec, struct fc_error *err);

#endif
