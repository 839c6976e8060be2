/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_OUT_SHARD_FILE_H
#define NIGHTCAST_IO_OUT_SHARD_FILE_H

#include "io/csv/source.h"
#include "io/out/atomic_file.h"
#include "io/rows/shard.h"

/*
 * The output of one of several runs over one file: a CSV between two lines
 * that say what it is and that it is whole, with one more column in front.
 *
 *   #nightcast-shard 1 shard=2/4 what=forecasts series=3003 key=value ...
 *   number,unique_id,ds,model,mean
 *   2,N0002,1994,ets,6040.3
 *   ...
 *   #end series=752 ok=752 fallback=0 failed=0 none=0 early=3 replaced=0
 * stale=0 filled=17 gappy=2 mostly=0 crc32=0c5d9f61
 *
 * number is the place of the series in the whole file, of a rejected row its
 * line and series, so that rows of several shards can be put in the order of a
 * single run.  The checksum is zlib's CRC-32 of everything before its own
 * digits.  The keys and values, free of blanks, are whatever the shards of one
 * run must agree in; `shard` alone differs.
 *
 * Shards of a run --by-file, which say by-file=yes, know of no series but their
 * own: they have no series=, and the number begins with that of the series'
 * file, so that the first digits of a row tell it.  They say of how many
 * columns an id is, keys=1, and name series that have no row of their own in
 * one that no CSV has,
 *
 *   2,""#N0002
 *
 * for merge finds ids that are in two files.
 */

/* Of the shard's series; see the summary's status. */
struct io_shard_counts {
    uint64_t series;
    uint64_t ok, fallback, failed; /* of several models, the worst */
    uint64_t none;                 /* that no model could forecast */
    uint64_t early;                /* that end before the file does */
    uint64_t replaced;             /* with absurd intervals replaced */
    uint64_t stale;                /* left out, as they ended long before */
    uint64_t filled, gappy;        /* steps that had no value; of so many */
    uint64_t mostly;               /* of which more than half had none */
    uint64_t late;                 /* not forecast in time */
};

/* Writes the first line and the name of the first column. */
void io_shard_begin(struct io_atomic_file *file, const char *tokens);

/* Names a series that has no row of its own, as io_write_id() would. */
enum { IO_SHARD_ABSENT_LENGTH = 3 };
static const char IO_SHARD_ABSENT[] = "\"\"#";

/* Writes the last line. */
void io_shard_end(struct io_atomic_file *file,
                  const struct io_shard_counts *counts);

/* A shard that is read row by row.  Zeroed is closed. */
struct io_shard_file {
    const char *path; /* borrowed; "-" is standard input */
    struct io_source source;
    uint64_t offset; /* in the source, of what is read next */
    char *buf;
    size_t pos, len, room;
    bool at_end; /* of the source: nothing beyond buf[len] */
    bool parked; /* see io_shard_park() */
    uint32_t crc;
    char *tokens; /* of the first line: "shard=2/4 what=forecasts ..." */
    struct io_shard shard;
    uint64_t total;    /* series of the whole file; 0 --by-file */
    uint64_t keys;     /* --by-file: columns of an id; else 0 */
    char *columns;     /* the CSV's header without `number`, and its line end */
    bool done;         /* no row left, and the shard is whole */
    uint64_t number;   /* of the row */
    const char *row;   /* without its number, with its line end; until the */
    size_t row_length; /* next is read */
    struct io_shard_counts counts; /* once done */
};

/*
 * Opens a shard and reads its first row.  FC_EIO, FC_ENOMEM; FC_EDATA, with a
 * message that names the file and what to do, for what is no shard.
 */
enum fc_status io_shard_open(const char *path, struct io_shard_file *file,
                             struct fc_error *err);

/*
 * The next row.  Behind the last one sets file->done, if the last line is
 * there, its checksum fits, and nothing follows it; else FC_EDATA.
 */
enum fc_status io_shard_next(struct io_shard_file *file, struct fc_error *err);

/*
 * Closes the file, and keeps what its first two lines said; without them, its
 * path and shard alone.
 */
void io_shard_park(struct io_shard_file *file, bool lines);

/* Accepts a closed one. */
void io_shard_close(struct io_shard_file *file);

/* The value of a token, its length in *n; NULL when there is none. */
const char *io_shard_value(const struct io_shard_file *file, const char *key,
                           size_t *n);

#endif
