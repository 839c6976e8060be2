/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_TRACE_H
#define NIGHTCAST_CMD_TRACE_H

#include "cmd/outcomes.h"
#include "io/out/atomic_file.h"

/*
 * Writes what a run's trace holds in the Trace Event format (JSON object
 * form: Google, Trace Event Format, 2016, section "Complete Events"), which
 * Chrome, Perfetto and speedscope open: one event per line, a track per
 * thread.
 */
void cmd_trace_write(const struct cmd_run *run, struct io_atomic_file *file);

#endif
