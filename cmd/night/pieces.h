/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_CMD_NIGHT_PIECES_H
#define NIGHTCAST_CMD_NIGHT_PIECES_H

#include "cmd/night/state.h"

/*
 * What models are learning, in pieces that reach the store every few seconds,
 * so that a run that was killed goes on from there.  What is learnt in less
 * time than that leaves no trace.
 */

/* Looks whether there are any of a run before. */
enum fc_status cmd_night_find_pieces(struct cmd_night *night,
                                     struct fc_error *err);

/*
 * The batch's job, a spec of which is to learn, has them, until they end.  When
 * something goes wrong with the store meanwhile, it is given up.
 */
void cmd_night_begin_pieces(struct cmd_night *night, size_t spec);
void cmd_night_end_pieces(struct cmd_night *night);

/* Removes them from the store, when all is learnt, within a transaction. */
enum fc_status cmd_night_drop_pieces(struct cmd_night *night,
                                     struct fc_error *err);

#endif
