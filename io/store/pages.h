/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_STORE_PAGES_H
#define NIGHTCAST_IO_STORE_PAGES_H

#include <sqlite3.h>

/*
 * A seal on every page of a store's file: SQLite notices a page whose order is
 * broken, but not a number that is another, nor a page that is where another
 * was.  A layer between SQLite and the system (a VFS) writes a checksum into
 * the last bytes of a page, which SQLite keeps free, and compares it when the
 * page is read: SQLITE_IOERR_DATA when it is not the page's.
 *
 * A seal of zeros is none.  SQLite sees no other, so that pages which lie in
 * the log that is written ahead have none until they are moved into the file,
 * and any other program may do that.  What another program has changed itself
 * is damage.
 */
enum { IO_PAGES_SEAL = 8 }; /* bytes of a page */

struct io_pages {
    sqlite3_vfs vfs;
    char name[40]; /* for sqlite3_open_v2() */
};

/* Makes its name known; an SQLite result code.  It stays where it is until it
   is released, after the last file was closed. */
int io_pages_init(struct io_pages *pages);
void io_pages_release(struct io_pages *pages);

/* Asks for room for seals in a database that has no pages yet. */
int io_pages_reserve(sqlite3 *db);

/* Whether its pages are of a store's size, with that room. */
int io_pages_are_sealed(sqlite3 *db, int *sealed);

#endif
