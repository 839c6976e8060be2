/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_PANEL_LOAD_H
#define NIGHTCAST_IO_PANEL_LOAD_H

#include "io/panel/options.h"
#include "io/panel/panel.h"

/*
 * The loader groups rows by series, orders them by time, finds the step, and
 * treats duplicates and gaps as it is told.  What is wrong with one series is
 * that series' error; only a file that cannot be read at all, or is no table,
 * is an error of the whole.
 */

/*
 * Loads a panel.  The same file gives the same panel for any number of jobs
 * and any chunk size.
 *
 * FC_EIO, FC_EDATA, FC_EINVAL or FC_ENOMEM with a message that names file and
 * line; then panel is zeroed.
 */
enum fc_status io_panel_load(const struct io_panel_options *options,
                             struct io_panel *panel, struct fc_error *err);

#endif
