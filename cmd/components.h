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

#endif
