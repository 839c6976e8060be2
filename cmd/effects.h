/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_EFFECTS_H
#define NIGHTCAST_CMD_EFFECTS_H

#include "cmd/outcomes.h"
#include "io/out/atomic_file.h"

/*
 * --effects: a row for every series that was read and every regressor, what it
 * does in words, the series' own slope and the one that counts, and how often
 * it was seen.  Nothing but the header where slopes were not learnt in time.
 * FC_ENOMEM.
 */
enum fc_status cmd_effects_write(const struct cmd_run *run,
                                 struct io_atomic_file *file,
                                 struct fc_error *err);

#endif
