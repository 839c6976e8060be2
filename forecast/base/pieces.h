/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_BASE_PIECES_H
#define NIGHTCAST_FORECAST_BASE_PIECES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Long work in pieces, so that what was done of it need not be done again when
 * the program was killed.  Whoever is given none, NULL, does all of it.
 *
 * A piece is n numbers, to the last bit, under a place, which says what they
 * are, and an index within it, below 2^31.  With the same input, options and
 * program it is the same numbers.
 *
 *   recall  writes the n numbers of a piece that was kept; false when there is
 *           none of n numbers
 *   keep    keeps a copy of them, from any thread, sooner or later
 */
struct fc_pieces {
    bool (*recall)(void *arg, uint32_t place, size_t index, double *numbers,
                   size_t n);
    void (*keep)(void *arg, uint32_t place, size_t index, const double *numbers,
                 size_t n);
    void *arg;
};

/* A place within another, the first of which is 0: part is below
   FC_PIECES_PARTS, and few are within one another. */
enum { FC_PIECES_PARTS = 64 };

static inline uint32_t fc_pieces_part(uint32_t place, uint32_t part)
{
    return place * FC_PIECES_PARTS + part + 1;
}

static inline bool fc_pieces_recall(const struct fc_pieces *pieces,
                                    uint32_t place, size_t index,
                                    double *numbers, size_t n)
{
    return pieces != NULL
           && pieces->recall(pieces->arg, place, index, numbers, n);
}

static inline void fc_pieces_keep(const struct fc_pieces *pieces,
                                  uint32_t place, size_t index,
                                  const double *numbers, size_t n)
{
    if (pieces != NULL)
        pieces->keep(pieces->arg, place, index, numbers, n);
}

#endif
