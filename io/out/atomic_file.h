/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_OUT_ATOMIC_FILE_H
#define NIGHTCAST_IO_OUT_ATOMIC_FILE_H

#include "forecast/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * An output file that appears whole or not at all.
 *
 * A target that is a regular file, or not there yet, is written under a
 * temporary name in its own folder, flushed to disk and renamed into place.
 * Until then the old file stays as it was, and nobody but its owner can open
 * the new one.  When all bytes are there, it takes the old one's mode, and its
 * owner and group as far as the process may give them; where there is none,
 * the mode that files are created with.  A symbolic link is followed, also
 * when what it names does not exist yet.  Devices, FIFOs,
 * sockets, "-", /dev/stdout, /dev/stderr and /dev/fd/N are written to directly.
 *
 * The program must ignore SIGPIPE and SIGXFSZ, so that a closed pipe and a
 * file grown too large are errors here and not its end.  Files are opened and
 * committed by one thread.
 */
struct io_atomic_file;

/*
 * Opens a target.  What can be known to fail later fails now: a missing
 * folder, one that may not be written to, a folder as target (FC_EIO), a
 * target that is open already (FC_EINVAL).  What this user's killed runs into
 * the same target left behind is removed.  path is borrowed until commit or
 * abandon.
 */
enum fc_status io_atomic_open(const char *path, struct io_atomic_file **file,
                              struct fc_error *err);

/*
 * Appends n bytes.  Errors are kept and reported by the commit; after one,
 * nothing more is written.
 */
void io_atomic_write(struct io_atomic_file *file, const void *bytes, size_t n);

/*
 * Asks, before anything is written, for a checksum of all that will be:
 * zlib's CRC-32.
 */
void io_atomic_sum(struct io_atomic_file *file);

/* Of the bytes appended so far. */
uint32_t io_atomic_checksum(const struct io_atomic_file *file);

/* Whether a write has failed, for callers who would rather stop early. */
bool io_atomic_failed(const struct io_atomic_file *file);

/* The number of bytes appended so far. */
size_t io_atomic_size(const struct io_atomic_file *file);

/*
 * Writes out what is buffered and makes all n files appear under their names,
 * none of them before every one is safely on disk.  On FC_EIO none has
 * appeared, unless the message says otherwise.  The files are gone either
 * way, and their entries set to NULL; NULL entries are skipped.
 */
enum fc_status io_atomic_commit(struct io_atomic_file **files, size_t n,
                                struct fc_error *err);

/* Gives the file up: the target stays as it was.  Accepts NULL. */
void io_atomic_abandon(struct io_atomic_file *file);

/* Removes the temporaries of all open files, at the end of the program. */
void io_atomic_abandon_all(void);

/*
 * For a signal handler of a program that is to end: removes the temporaries of
 * all open files, allocates nothing, takes no lock and keeps errno.
 *
 *   IO_ENDS_UNCHANGED  no file has appeared, and none will
 *   IO_ENDS_COMPLETE   those of a commit have.  Nothing was done
 *   IO_ENDS_LATER      it is too late: files are appearing right now.  Nothing
 *                      was done, and the commit must be left to finish
 */
enum io_ending { IO_ENDS_UNCHANGED, IO_ENDS_COMPLETE, IO_ENDS_LATER };
enum io_ending io_atomic_end(void);

#endif
