/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_COMPONENTS_H
#define NIGHTCAST_CMD_COMPONENTS_H

#include "cmd/outcomes.h"
#include "io/out/atomic_file.h"

/*
 * --components: for every step of every forecast its base and what each
 * regressor and event adds to it.  They add up to the mean.  FC_ENOMEM.
 */
enum fc_status cmd_components_write(const struct cmd_run *run,
                                    struct io_atomic_file *file,
                                    struct fc_error *err);

/*
 * What regressors and events add to the i-th series' forecast by the k-th
 * model, in the workspace, which is reset: *share has as many numbers for each
 * step as there are of them; NULL: a forecast that has none.  FC_ENOMEM.
 */
enum fc_status cmd_components_find(const struct cmd_run *run, size_t i,
                                   size_t k, struct fc_workspace *ws,
                                   double **share, struct fc_error *err);

/* What n shares leave of a mean. */
double cmd_components_base(double mean, const double *share, size_t n);

#endif
