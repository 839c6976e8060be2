/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_CES_MODEL_H
#define NIGHTCAST_FORECAST_CES_MODEL_H

#include "forecast/base/status.h"
#include "forecast/base/workspace.h"

#include <stdbool.h>
#include <stddef.h>

/* Complex exponential smoothing; see row.c for the model. */

enum fc_ces_kind {
    FC_CES_NONE,
    FC_CES_SIMPLE,
    FC_CES_PARTIAL,
    FC_CES_FULL,
    FC_CES_KINDS
};

enum { FC_CES_A0, FC_CES_A1, FC_CES_B0, FC_CES_B1, FC_CES_NCOEF };

/* One kind fitted to a series.  The caller provides s and p. */
struct fc_ces {
    enum fc_ces_kind kind;
    size_t m; /* observations per season; 1 for FC_CES_NONE */
    double coef[FC_CES_NCOEF];
    double l, c;    /* level and potential at the end of the series */
    double *s, *p;  /* m seasonal states and potentials, by t mod m */
    double sse;     /* the sum of their squares */
    size_t nparam;  /* as AICc counts them, the variance among them */
    double loglik;  /* Gaussian; NAN without errors to speak of */
    double aicc;    /* INFINITY when there are too few observations */
    bool estimated; /* otherwise coef is where the search starts */
};

/*
 * Fits the kind named in ces, with the season named there, to y: at least
 * one observation, and two seasons for a seasonal kind.  Scratch comes from
 * ws and is released.  FC_ENOMEM is the only failure.
 */
enum fc_status fc_ces_fit(const double *y, size_t n, struct fc_workspace *ws,
                          struct fc_ces *ces);

#endif
