/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_STORE_STORE_H
#define NIGHTCAST_IO_STORE_STORE_H

#include "forecast/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The store: what one job's nights leave behind for the nights to come, in an
 * SQLite database of one file.  It holds numbers and texts and knows of no
 * model.  Its tables and views are the manual's, section STORE.
 *
 * Every function that returns an enum fc_status may fail with FC_EIO (the
 * system, or another program that holds the store), FC_EDATA (damaged, or not
 * what it should be) or FC_ENOMEM, with a message that names the file and says
 * what to do.  A store that has failed once is to be closed.
 */
struct io_store;

enum io_store_use {
    IO_STORE_KEEP, /* to add a night: made if it is not there, and no other
                      run may have it open for this */
    IO_STORE_LOOK  /* to read */
};

/* path is borrowed until it is closed. */
enum fc_status io_store_open(const char *path, enum io_store_use use,
                             struct io_store **store, struct fc_error *err);

/* Gives up what was not committed.  Accepts NULL. */
void io_store_close(struct io_store *store);

/* A name and a value that make the job whose nights a store holds. */
struct io_store_fact {
    const char *name, *value;
};

/*
 * Whether the store is this job's; a new store becomes so.  FC_EDATA, with the
 * first fact that differs, when it is another's.
 */
enum fc_status io_store_claim(struct io_store *store,
                              const struct io_store_fact *facts, size_t n,
                              struct fc_error *err);

/* A fact's value, into size bytes; an empty text when there is none. */
enum fc_status io_store_fact(struct io_store *store, const char *name,
                             char *value, size_t size, struct fc_error *err);

/*
 * What is written between the two is there after the commit, all of it or,
 * when the program ends before, nothing.
 */
enum fc_status io_store_begin(struct io_store *store, struct fc_error *err);

/* For much that is read one by one, and little or nothing that is written: the
   file is locked and looked at once, not each time. */
enum fc_status io_store_begin_reading(struct io_store *store,
                                      struct fc_error *err);

/* Ends either. */
enum fc_status io_store_commit(struct io_store *store, struct fc_error *err);

#endif
