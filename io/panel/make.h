/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_PANEL_MAKE_H
#define NIGHTCAST_IO_PANEL_MAKE_H

#include "io/panel/options.h"
#include "io/panel/panel.h"
#include "io/rows/rowset.h"

/*
 * Makes a panel of what a reader, whichever it was, has read: groups rows by
 * series, orders them by time, finds the step, and treats duplicates and gaps
 * as it is told.  What is wrong with one series is that series' error.
 *
 * The rows are the panel's then, whatever is returned.  FC_EDATA, FC_EINVAL or
 * FC_ENOMEM with a message that names the input; then panel is zeroed.
 */
enum fc_status io_panel_make(const struct io_panel_options *options,
                             struct io_rowset *rows, struct io_panel *panel,
                             struct fc_error *err);

#endif
