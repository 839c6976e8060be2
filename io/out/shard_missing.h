/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_OUT_SHARD_MISSING_H
#define NIGHTCAST_IO_OUT_SHARD_MISSING_H

#include "forecast/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Which shards of a run must be made again: those that no file holds, or none
 * that is whole and of the run to which most of the files belong (an older
 * night's shard may lie where tonight's has failed).
 */
struct io_missing {
    uint32_t count; /* of shards */
    uint32_t n;     /* that are missing */
    bool *shard;    /* [1 .. count]: is missing; shard[0] is false */
};

/* Told of every file that is not as it should be. */
typedef void io_missing_told(void *arg, const char *message);

/*
 * Reads all files whole, one at a time.  FC_ENOMEM; FC_EDATA when nothing tells
 * how many shards there are, or as many files speak for one run as for another.
 */
enum fc_status io_missing_find(char *const *paths, size_t n,
                               io_missing_told *told, void *arg,
                               struct io_missing *missing,
                               struct fc_error *err);

/* "3,7-9": the missing ones, as schedulers take them; to be freed, or NULL. */
char *io_missing_text(const struct io_missing *missing);

/* Accepts a zeroed one. */
void io_missing_release(struct io_missing *missing);

#endif
