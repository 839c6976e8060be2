/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_STORE_SCHEMA_H
#define NIGHTCAST_IO_STORE_SCHEMA_H

#include <sqlite3.h>
#include <stdbool.h>

/*
 * The tables and views of a store, and how its files are told from others.
 */
enum {
    IO_STORE_APPLICATION = 0x4e474854, /* "NGHT" */
    IO_STORE_VERSION = 4,
    IO_STORE_SEALED = 3,  /* since then pages have seals, see pages.h */
    IO_STORE_OLDEST = 2,  /* what is older than VERSION is made to be that */
    IO_STORE_PAGE = 16384 /* bytes: few rows end with a rest of a page */
};

/* A view that stores have since theirs are as they are now; those of version 4
   that have it not are made to have it. */
#define IO_STORE_NEWEST "octet"

/* A table that is there only while models learn: see pieces.h. */
#define IO_STORE_PIECES "piece"

/*
 * Keys of rows that belong to a series, so that they lie in the order in which
 * they are written and are found without an index: a night in the uppermost
 * bits, a series, and a model in the lowest.
 */
enum {
    IO_STORE_MODEL_BITS = 10,
    IO_STORE_SERIES_BITS = 31,
    IO_STORE_NIGHT_SHIFT = IO_STORE_MODEL_BITS + IO_STORE_SERIES_BITS
};

/* Makes them in a database that has none; an SQLite result code. */
int io_store_create(sqlite3 *db);

/*
 * In one of a version before: what nights have said stays in rows, for as long
 * as it is kept, and what the next ones say comes in pieces.  `sealed` is
 * whether its pages are, which a fact of its job then denies.  In one of this
 * version that has other views: these.
 */
int io_store_bring_up(sqlite3 *db, bool sealed);

#endif
