/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/combine/members.h"

#include "forecast/models.h"

#define ROW(row, name, weight, rest, family) \
    {&fc_model_##row, weight, rest, family,  \
     name " left out: its forecast goes far beyond the series"},

const struct fc_auto_member fc_auto_members[FC_AUTO_MEMBERS] = {
    FC_AUTO_TABLE(ROW)};

const struct fc_model *const fc_auto_seasonal = &fc_model_profile;

#define MODEL(row, name, weight, rest, family) &fc_model_##row,

const struct fc_model *const fc_auto_models[FC_AUTO_MEMBERS + 2] = {
    FC_AUTO_TABLE(MODEL) & fc_model_snaive, NULL};
