/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_STORE_PIECES_H
#define NIGHTCAST_IO_STORE_PIECES_H

#include "io/store/store.h"

/*
 * Pieces of what models are still learning, for a run that goes on after one
 * that was killed.  They have a table of their own, which is there only as long
 * as there are any.  Rows carry a checksum, and one that it does not fit is
 * FC_EDATA.  Errors as in store.h.
 */
struct io_piece {
    int64_t model;
    uint32_t place; /* its meaning is the caller's; below 2^22 */
    size_t index;   /* below 2^31 */
    uint64_t came_from;
    size_t n;
};

/* Whether there are any. */
enum fc_status io_store_has_pieces(struct io_store *store, bool *there,
                                   struct fc_error *err);

/* Makes room for some, within a transaction. */
enum fc_status io_store_expect_pieces(struct io_store *store,
                                      struct fc_error *err);

/* In place of what there was. */
enum fc_status io_store_put_piece(struct io_store *store,
                                  const struct io_piece *piece,
                                  const double *numbers, struct fc_error *err);

/*
 * All of piece is asked for, where there are any pieces: *found is false, and
 * the numbers are as they were, when the one that is there came from something
 * else or has not as many.
 */
enum fc_status io_store_piece(struct io_store *store,
                              const struct io_piece *piece, double *numbers,
                              bool *found, struct fc_error *err);

/* All of them, within a transaction. */
enum fc_status io_store_drop_pieces(struct io_store *store,
                                    struct fc_error *err);

#endif
