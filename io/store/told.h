/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_STORE_TOLD_H
#define NIGHTCAST_IO_STORE_TOLD_H

#include "forecast/base/status.h"
#include "io/store/said.h"

#include <stdbool.h>

struct io_store;

/*
 * What a night said by one model, in the order of the series' numbers, as one
 * run of words, which pieces of a page each hold: rows of their own would cost
 * more than their numbers do, and leave parts of pages empty.  A word has four
 * bytes, the most significant first.
 *
 * Series come in blocks.  In a block each has its head: its number, the
 * exponent, the origin (two words) and the scale (two, binary64).  Then come,
 * for the first step, the first quantity of all series (binary32), the next
 * quantity and so on, then the next step: most of the time one step is asked
 * for.
 *
 * Pieces are whole, but for what is left at the end, which comes in small ones,
 * of which a page takes several.
 */
enum {
    IO_TOLD_BLOCK = 256,  /* series of a block, but for the last */
    IO_TOLD_HEAD = 6,     /* words of a head */
    IO_TOLD_PIECE = 4080, /* words of a whole one */
    IO_TOLD_SMALL = 504   /* of a small one */
};

/* As io_store_say(): series come in the order of their numbers.  What is told
   stands in the store after io_told_end() alone. */
enum fc_status io_told_add(struct io_store *store, const struct io_said *said,
                           struct fc_error *err);
enum fc_status io_told_end(struct io_store *store, struct fc_error *err);

/*
 * The first series of said->night and model from said->series on, which becomes
 * it, and its numbers as io_store_said() has them.  *night is false when none
 * was told of that night and model, *found when there is no such series.
 */
enum fc_status io_told_find(struct io_store *store, struct io_said *said,
                            float *room, size_t most, bool *night, bool *found,
                            struct fc_error *err);

/* Whether anything was told of a night, and by which model from *model on. */
enum fc_status io_told_model(struct io_store *store, int64_t night,
                             int64_t *model, bool *found, struct fc_error *err);

/* Nothing that was read is held any more: it may be gone. */
void io_told_forget(struct io_store *store);

/* Gives up what has not ended as well. */
void io_told_release(struct io_store *store);

#endif
