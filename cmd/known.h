/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_KNOWN_H
#define NIGHTCAST_CMD_KNOWN_H

#include "cmd/learned.h"
#include "cmd/options/options.h"
#include "forecast/known/known.h"
#include "io/known/known.h"

/*
 * Regressors on the command line: read, and what is said of them.
 */

/*
 * Reads them for the panel, if there are to be any, and says what is text.
 * *known is to be released in any case.
 *
 *   learned  what was learnt from another run's regressors, which these must be
 *            then; or NULL
 */
enum fc_status cmd_known_read(const struct cmd_options *options,
                              const struct io_panel_options *how,
                              const struct cmd_learned *learned,
                              struct io_panel *panel, struct io_known *known,
                              struct fc_error *err);

/* Carries on over the horizon those that --regressors-unknown names; a backtest
 * does so at every origin. */
void cmd_known_carry(const struct cmd_options *options,
                     const struct io_panel *panel, int horizon, int season,
                     struct io_known *known);

/* Says how they were taken, in a line; learnt may be NULL. */
void cmd_known_say(const struct cmd_options *options,
                   const struct io_panel *panel, const struct io_known *known,
                   const struct fc_known *learnt);

/* Finds which series lack a regressor in the horizon since it is taken in logs
 * and has none there.  FC_ENOMEM. */
enum fc_status cmd_known_find_logs(const struct io_panel *panel,
                                   struct io_known *known,
                                   const struct fc_known *learnt,
                                   struct fc_error *err);

/* Whether the j-th is of an event of which no more is told than what all events
 * have; of what is learnt. */
bool cmd_known_is_as_all(const struct io_known *known,
                         const struct fc_known *learnt, size_t j);

/* What a series lacks in the horizon, for people; or NULL. */
static inline const char *cmd_known_lacks(const struct io_known *known,
                                          size_t series)
{
    return known->lacks != NULL ? known->lacks[series] : NULL;
}

#endif
