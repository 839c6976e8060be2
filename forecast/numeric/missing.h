/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_NUMERIC_MISSING_H
#define NIGHTCAST_FORECAST_NUMERIC_MISSING_H

#include "forecast/base/series.h"
#include "forecast/base/status.h"
#include "forecast/base/workspace.h"

#include <stdbool.h>
#include <stddef.h>

/* The number of missing values (NaN). */
size_t fc_count_missing(const double *y, size_t n);

/* Likewise, of those after the last value. */
size_t fc_missing_tail(const double *y, size_t n);

/*
 * Copies y to out with missing values on the straight line between their
 * neighbours, as R's na.approx() does; before the first value and after the
 * last, that value.  out may be y.  Returns how many were filled; nothing is
 * filled when all are missing.
 */
size_t fc_fill_linear(const double *y, size_t n, double *out);

/*
 * Puts values in place of missing ones as the seasons have them: in a gap, the
 * mean of the nearest known values whole cycles before and after, moved onto
 * the straight line between what such means miss at the gap's ends.  The cycles
 * are those of the longest season of which there are four; where there is none,
 * gaps are filled by straight lines.
 *
 *   y        n values; the first and the last are known
 *   filled   n values out, y where it is known
 *
 * FC_ENOMEM.
 */
enum fc_status fc_fill_seasonal(const double *y, size_t n,
                                const struct fc_seasons *seasons,
                                struct fc_workspace *ws, double *filled);

/*
 * A series as a model can take it, in ws where it is not the given one.  What
 * is missing at its end is cut off: *tail such steps, which the model is to
 * forecast too.  Other missing values stay for a model that takes them, and
 * are filled for one that does not, by fc_fill_seasonal() when there are
 * several seasons and else by fc_fill_linear().  FC_ENOMEM, or FC_ERANGE when
 * horizon + *tail is no int.
 */
enum fc_status fc_missing_prepare(const struct fc_series *given,
                                  bool takes_missing, int horizon,
                                  struct fc_workspace *ws,
                                  struct fc_series *out, int *tail,
                                  struct fc_error *err);

#endif
