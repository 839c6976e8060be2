/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COMBINE_LOOK_H
#define NIGHTCAST_FORECAST_COMBINE_LOOK_H

#include "forecast/base/series.h"
#include "forecast/base/workspace.h"
#include "forecast/numeric/breaks.h"

/*
 * A series as auto sees it: without the zeros before it began, if it has
 * begun only lately, and without the breaks that it shares with the batch and
 * that are over.
 */
struct fc_auto_view {
    struct fc_series series;
    const double *known;   /* as series.y; NaN where that was mended */
    struct fc_breaks here; /* those that the series shares */
};

/*
 * The view of a series; what it changes is in ws.  FC_ENOMEM.
 */
enum fc_status fc_auto_look(const struct fc_series *series,
                            const struct fc_breaks *breaks,
                            struct fc_workspace *ws, struct fc_auto_view *view);

#endif
