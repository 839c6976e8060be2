/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COMBINE_LEARN_H
#define NIGHTCAST_FORECAST_COMBINE_LEARN_H

#include "forecast/model.h"

/* What auto learns from a batch; see fc_model.learn. */
enum fc_status fc_auto_learn(const struct fc_lesson *lesson,
                             const struct fc_spec *spec,
                             struct fc_learned **learned, struct fc_error *err);

#endif
