/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_FORECAST_NUMERIC_PART_H
#define NIGHTCAST_FORECAST_NUMERIC_PART_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What was learnt from a batch, as a tree of parts.  A part is a row of
 * numbers: its size, which counts all of them and those of the parts inside;
 * a version, by which its reader knows it; and then its own numbers and the
 * parts inside, in an order that is known to writer and reader alone.  An
 * empty part, of size 1, stands where nothing was learnt.
 */

/* One part, and nothing else, that is to be given back with free(). */
struct fc_learned {
    size_t n;
    double values[];
};

/* A part somewhere in memory; v is NULL where there is none. */
struct fc_part {
    const double *v;
    size_t n;
};

/* Whether all of its numbers are finite. */
bool fc_part_is_finite(struct fc_part part);

/* The whole of a block, which may be NULL. */
struct fc_part fc_part_of(const struct fc_learned *learned);

/*
 * Reading.  What is not there is not read: take and inside then return NULL
 * and nothing, and the whole counts as broken.
 */
struct fc_part_reader {
    const double *at;
    size_t left;
    bool broken;
};

/* False when it is no part of this version. */
bool fc_part_open(struct fc_part part, int version,
                  struct fc_part_reader *reader);

/* The next n numbers. */
const double *fc_part_take(struct fc_part_reader *reader, size_t n);

/* The next part inside; of an empty one, nothing. */
struct fc_part fc_part_inside(struct fc_part_reader *reader);

/* Whether all there was has been read, and all that was read was there. */
bool fc_part_is_read(const struct fc_part_reader *reader);

/*
 * Writing.  Zeroed, nothing was written yet.  When memory is short nothing
 * more is, and fc_part_finish() returns NULL.
 */
struct fc_part_writer {
    struct fc_learned *block;
    size_t room;
    bool failed;
};

/* Begins a part, inside of those that were begun and not ended; its place is
 * for fc_part_end(). */
size_t fc_part_begin(struct fc_part_writer *writer, int version);
void fc_part_end(struct fc_part_writer *writer, size_t place);

void fc_part_put(struct fc_part_writer *writer, const double *x, size_t n);

/* A part that was written elsewhere; NULL: an empty one. */
void fc_part_add(struct fc_part_writer *writer,
                 const struct fc_learned *inside);

/* To be given back with free(). */
struct fc_learned *fc_part_finish(struct fc_part_writer *writer);

#endif
