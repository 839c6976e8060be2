/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_OUT_SHARD_SET_H
#define NIGHTCAST_IO_OUT_SHARD_SET_H

#include "io/out/shard_file.h"

/*
 * All the shards of one run.  When there are more of them than may be open at
 * once, those on disk are parked between the look at their first lines and
 * their turn.
 */
struct io_shard_set {
    size_t most;        /* files that may be open at once, at least 2 */
    const char *folder; /* for what a merge in passes keeps; borrowed */
    struct io_shard_file *files;
    size_t n;
};

/*
 * Opens all, after `most` and `folder` were set, and looks whether they are all
 * the shards of one run: every one of them once, of the same input and options.
 * FC_EIO, FC_ENOMEM; FC_EDATA with a message that names the files.
 */
enum fc_status io_shard_set_open(struct io_shard_set *set, char *const *paths,
                                 size_t n, struct fc_error *err);

/* Opens the i-th again if it is parked, and looks whether it is the same. */
enum fc_status io_shard_set_reopen(struct io_shard_set *set, size_t i,
                                   struct fc_error *err);

/*
 * Writes the rows of the set in the order of their numbers: what a single run
 * would have written.  *counts is over all.  Memory does not depend on the
 * number of rows.  Nothing may be made of out unless this returns FC_OK.
 *
 * More shards than may be open are merged in two passes: into runs of rows, of
 * as many shards each as may be open, and these into the whole.
 */
enum fc_status io_shard_set_merge(struct io_shard_set *set,
                                  struct io_atomic_file *out,
                                  struct io_shard_counts *counts,
                                  struct fc_error *err);

/* Accepts a zeroed one. */
void io_shard_set_close(struct io_shard_set *set);

#endif
