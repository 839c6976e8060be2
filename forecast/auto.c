/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The default model: the best method there is for a series nobody has looked
 * at.  For now that is the seasonal naive forecast.
 */
#include "forecast/model.h"

extern const struct fc_model fc_model_snaive;

static size_t min_obs(const struct fc_spec *spec)
{
    return fc_model_snaive.min_obs(spec);
}

static enum fc_status fit(const struct fc_series *series,
                          const struct fc_spec *spec, struct fc_workspace *ws,
                          struct fc_fit *fit, struct fc_error *err)
{
    return fc_model_snaive.fit(series, spec, ws, fit, err);
}

static enum fc_status predict(const struct fc_fit *fit, struct fc_workspace *ws,
                              struct fc_forecast *out, struct fc_error *err)
{
    return fc_model_snaive.predict(fit, ws, out, err);
}

const struct fc_model fc_model_auto = {
    .name = "auto",
    .summary = "the default; for now the same as snaive",
    .reference = "see snaive",
    .min_obs = min_obs,
    .fit = fit,
    .predict = predict,
};
