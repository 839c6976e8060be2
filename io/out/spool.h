/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_OUT_SPOOL_H
#define NIGHTCAST_IO_OUT_SPOOL_H

#include "forecast/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a merge of more files than can be open at once keeps between its
 * passes: runs of rows, each in the order of its numbers, one behind the other
 * in one file that has no name, so that it is gone however the process ends.
 */
struct io_spool;

/*
 * Makes one in a folder.  FC_ENOMEM, FC_EIO with the folder and why.  The
 * folder's name is borrowed.
 */
enum fc_status io_spool_new(const char *folder, struct io_spool **spool,
                            struct fc_error *err);

/* Accepts NULL. */
void io_spool_free(struct io_spool *spool);

/* Rows of the first run, or, once it is ended, of the next.  FC_EIO. */
enum fc_status io_spool_put(struct io_spool *spool, uint64_t number,
                            const char *row, size_t n, struct fc_error *err);
enum fc_status io_spool_end_run(struct io_spool *spool, struct fc_error *err);

/* Runs that were ended. */
size_t io_spool_runs(const struct io_spool *spool);

/* A run that is read row by row.  Zeroed is closed. */
struct io_spool_run {
    const struct io_spool *spool;
    uint64_t offset, end; /* in the file: what is read next */
    char *buf;
    size_t pos, len, room;
    bool done;
    uint64_t number; /* of the row */
    const char *row; /* until the next is read */
    size_t row_length;
};

/*
 * The i-th run and its first row, read through a buffer of `room` bytes, or of
 * what its longest row takes.  FC_ENOMEM, FC_EIO.
 */
enum fc_status io_spool_open_run(const struct io_spool *spool, size_t i,
                                 size_t room, struct io_spool_run *run,
                                 struct fc_error *err);

/* The next row; behind the last one sets run->done. */
enum fc_status io_spool_next(struct io_spool_run *run, struct fc_error *err);

/* Accepts a closed one. */
void io_spool_close_run(struct io_spool_run *run);

#endif
