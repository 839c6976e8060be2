/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_TIME_TAIL_H
#define NIGHTCAST_IO_TIME_TAIL_H

/*
 * What may stand behind a time of day: a fraction of a second, and an offset
 * from UTC.  Inside of the room.
 */
#include "io/time/format.h"

/*
 * All of the text up to end.  Sets fraction, zone and offset of *seen; returns
 * NULL, or what is wrong.
 */
const char *io_time_tail(const char *p, const char *end,
                         struct io_time_format *seen, bool *has_zone);

/*
 * From a time as it is written to that on the file's line: *t moves by the
 * difference of the offsets.  The file's first timestamp sets the format.
 */
const char *io_time_join(struct io_time_format *format,
                         const struct io_time_format *seen, bool has_zone,
                         int64_t *t);

/* Appends at p what the format has behind a time of day; returns the end. */
char *io_time_put_tail(char *p, const struct io_time_format *format);

#endif
