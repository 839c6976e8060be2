/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_NIGHT_FITS_H
#define NIGHTCAST_CMD_NIGHT_FITS_H

#include "cmd/night/state.h"

/*
 * Fits that start from those of the last nights, so that forms and orders need
 * not be searched for again; how old they may become is --refit.
 */

/*
 * Gives the batch the fits that its items may start from: of series that have
 * only got longer, or lost their oldest values, whose new values are no
 * surprise and whose forecasts do not go astray.
 */
enum fc_status cmd_night_recall_fits(struct cmd_night *night,
                                     struct fc_error *err);

/* Whether an item's orders and form are not searched for. */
bool cmd_night_is_warm(const struct cmd_night *night, size_t item);

/* Writes down what is kept of an item's fit. */
enum fc_status cmd_night_keep_fit(struct cmd_night *night, size_t item,
                                  struct fc_error *err);

#endif
