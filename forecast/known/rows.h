/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_KNOWN_ROWS_H
#define NIGHTCAST_FORECAST_KNOWN_ROWS_H

#include "forecast/known/bayes.h"

/*
 * A series and its regressors on the scale of the fit.  Inside of the room.
 *
 *   z       the series' n values; NaN where they, or a regressor that is used,
 *           are missing
 *   x       known->n columns of `places` values, zeros where not used
 *   mean    of each column, over the places that have a z
 *   usual   of each that is taken as a reciprocal: its u
 *   scale   whose kind is units for a series that has no logs
 */
struct known_rows {
    size_t n, places;
    struct fc_known_scale scale;
    double *z, *x, *mean, *usual;
    struct known_cross cross;
};

/* Likewise; places are n + horizon.  FC_ENOMEM. */
enum fc_status known_rows_make(const struct fc_known *known,
                               const struct fc_series *series, int horizon,
                               struct fc_workspace *ws,
                               struct known_rows *rows);

/*
 * Fills rows->cross: rows less rho times the row before (all rows if rho is 0),
 * centred by the places of the season where there are three cycles, else all
 * together.  FC_ENOMEM.
 */
enum fc_status known_rows_cross(const struct fc_known *known,
                                const struct fc_series *series,
                                struct fc_workspace *ws,
                                struct known_rows *rows);

/* Likewise, of n columns and a series z, which are centred and stand stride
 * values apart. */
void known_cross_fill(size_t n, size_t rows, size_t stride, const double *x,
                      const double *z, struct known_cross *cross);

/* What slopes leave of the sum of squares. */
double known_cross_left(const struct known_cross *cross, const double *slope,
                        size_t n);

/* Keeps a column's places after the series within what the series has seen and
 * a usual way beyond. */
void known_rows_bound(const struct fc_known *known, size_t j,
                      struct known_rows *rows);

/* What a value of the j-th column is on the scale. */
double known_rows_value(const struct fc_known *known,
                        const struct known_rows *rows, size_t j, double x);

/* A value on the scale and back. */
double known_to_scale(const struct fc_known_scale *scale, double y);
double known_from_scale(const struct fc_known_scale *scale, double z);

/* Whether the scale is logs of some kind. */
static inline bool known_is_log(const struct fc_known_scale *scale)
{
    return scale->kind != FC_KNOWN_UNITS;
}

#endif
