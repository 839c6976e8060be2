/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_COUNTS_CLASS_H
#define NIGHTCAST_FORECAST_COUNTS_CLASS_H

#include <stddef.h>

/*
 * Classes of demand by Syntetos, Boylan & Croston (2005), On the
 * categorization of demand patterns, Journal of the Operational Research
 * Society 56: the mean interval between sales is 1.32 steps or more for
 * intermittent and lumpy demand, the squared coefficient of variation of the
 * sizes 0.49 or more for erratic and lumpy demand.
 */
enum fc_demand {
    FC_DEMAND_SMOOTH,
    FC_DEMAND_ERRATIC,
    FC_DEMAND_INTERMITTENT,
    FC_DEMAND_LUMPY,
    FC_DEMAND_CLASSES,
    FC_DEMAND_NONE = FC_DEMAND_CLASSES /* no counts */
};

/* The class of the n values y; NaN: missing.  What never was sold is
 * intermittent. */
enum fc_demand fc_demand_of(const double *y, size_t n);

/* "smooth" */
const char *fc_demand_text(enum fc_demand demand);

#endif
