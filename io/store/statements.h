/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_STORE_STATEMENTS_H
#define NIGHTCAST_IO_STORE_STATEMENTS_H

#include "forecast/base/status.h"
#include "io/store/pages.h"
#include "io/store/schema.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The statements that the files of this room make of their SQL, each prepared
 * once for a store, when it is first needed.
 */
enum io_statement {
    IO_SQL_FACT,
    IO_SQL_ADD_FACT,
    IO_SQL_LAST_NIGHT,
    IO_SQL_ADD_NIGHT,
    IO_SQL_ADD_QUANTITY,
    IO_SQL_NIGHTS,
    IO_SQL_PRUNE_NIGHT,
    IO_SQL_PRUNE_QUANTITY,
    IO_SQL_PRUNE_SCORE,
    IO_SQL_PRUNE_COVER,
    IO_SQL_PRUNE_SAID,
    IO_SQL_PRUNE_TOLD,
    IO_SQL_PRUNE_PART,
    IO_SQL_PRUNE_SERIES,
    IO_SQL_PRUNE_KEPT,
    IO_SQL_PRUNE_FIT,
    IO_SQL_PRUNE_RECORD,
    IO_SQL_MODEL,
    IO_SQL_ADD_MODEL,
    IO_SQL_MODELS,
    IO_SQL_LAST_MODEL,
    IO_SQL_SERIES,
    IO_SQL_ADD_SERIES,
    IO_SQL_PUT_SERIES,
    IO_SQL_ID,
    IO_SQL_ADD_TOLD,
    IO_SQL_TOLD,
    IO_SQL_ADD_PART,
    IO_SQL_PART,
    IO_SQL_SAID,
    IO_SQL_SAID_SINCE,
    IO_SQL_KEEP,
    IO_SQL_KEPT,
    IO_SQL_FORGET,
    IO_SQL_FORGET_FITS,
    IO_SQL_KEEP_FIT,
    IO_SQL_FIT,
    IO_SQL_DROP_FIT,
    IO_SQL_LEARN,
    IO_SQL_LEARNT,
    IO_SQL_PIECES,
    IO_SQL_PUT_PIECE,
    IO_SQL_PIECE,
    IO_SQL_ADD_SCORE,
    IO_SQL_SCORES,
    IO_SQL_ADD_COVER,
    IO_SQL_COVERS,
    IO_SQL_PUT_RECORD,
    IO_SQL_RECORD,
    IO_SQL_RECORDS,
    IO_STATEMENTS
};

struct io_store {
    struct io_pages pages;
    sqlite3 *db;
    const char *path; /* borrowed */
    int lock;         /* a descriptor; -1: none */
    bool open;        /* a transaction is */
    sqlite3_stmt *statements[IO_STATEMENTS];
    bool has_told;   /* what nights said is in pieces, see told.h */
    bool has_said;   /* or, of a version before, in rows */
    bool has_series; /* some are known */
    int64_t said_at; /* key of the row at which IO_SQL_SAID stands; 0: none */
    struct telling *telling; /* these are told.c's: what has not ended */
    struct io_told *told;    /* what is read: of each model some nights */
    size_t told_models, told_nights;
    int64_t told_asked; /* counts */
};

/* What SQLite says, as a message that begins with the store's name. */
enum fc_status io_store_fail(const struct io_store *store, int code,
                             struct fc_error *err);

/* A row whose checksum is not that of its numbers. */
enum fc_status io_store_damaged(const struct io_store *store,
                                struct fc_error *err);

/*
 * The statement, with its parameters set: a letter of types for each of them:
 *
 *   i  int64_t
 *   d  double; NaN is NULL
 *   t  const char *, borrowed until the next use; NULL is NULL
 *   b  const void * and size_t, likewise
 *
 * NULL, with an error, when it could not be prepared.
 */
sqlite3_stmt *io_store_ask(struct io_store *store, enum io_statement which,
                           struct fc_error *err, const char *types, ...);

/* Goes to the next row of what was asked; *found is false when none is left. */
enum fc_status io_store_next(struct io_store *store, sqlite3_stmt *statement,
                             bool *found, struct fc_error *err);

/* Reading stays at the last row that was read, and what was written since is
   not moved from the log into the file, until this. */
void io_store_leave_rows(struct io_store *store);

/* Runs what returns no rows; statement may be NULL, after a failure. */
enum fc_status io_store_run(struct io_store *store, sqlite3_stmt *statement,
                            struct fc_error *err);

/* A column that may be NULL, which is NaN. */
double io_store_double(sqlite3_stmt *statement, int column);

/* The key of a row: see schema.h.  A night of 0 is none. */
static inline int64_t io_store_key(int64_t night, int64_t series, int64_t model)
{
    return (night << IO_STORE_NIGHT_SHIFT) + (series << IO_STORE_MODEL_BITS)
           + model;
}

#endif
