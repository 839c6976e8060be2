/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_OUT_AGREED_H
#define NIGHTCAST_IO_OUT_AGREED_H

#include "io/out/atomic_file.h"
#include "io/rows/agreed.h"

/*
 * What runs must agree on, as lines of text:
 *
 *   anchor 31             of the step, whose unit and multiple stand elsewhere
 *   first 631152000
 *   wide 0
 *   decimal .
 *   id =unique_id         a name behind =, with \xHH for what is no printable
 *   time =ds              byte, and for the backslash; - is none
 *   value =y
 *   form 5 0 0 0 0 0 0 0 0 0 0 0 0      struct io_time_format, in its order
 *   zone =
 *   pattern =
 */
void io_agreed_write(struct io_atomic_file *file,
                     const struct io_agreed *agreed);

/* Takes the next line, without its end, of n bytes; false: there is none. */
typedef bool io_agreed_line(void *arg, const char **line, size_t *n);

enum io_agreed_verdict { IO_AGREED_OK, IO_AGREED_BAD, IO_AGREED_NO_MEMORY };

/*
 * Reads what io_agreed_write() writes, but for step and last, which stay as
 * they are.  Names are allocated; to be released in any case.
 */
enum io_agreed_verdict io_agreed_read(io_agreed_line *next, void *arg,
                                      struct io_agreed *agreed);
void io_agreed_release(struct io_agreed *agreed);

#endif
