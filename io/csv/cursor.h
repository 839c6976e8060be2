/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_CURSOR_H
#define NIGHTCAST_IO_CSV_CURSOR_H

#include "io/csv/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads sequentially, holding what was read but not used.  For a seekable
 * source every chunk has its own cursor, for a stream there is one.
 */
struct io_cursor {
    struct io_source *source;
    unsigned char *buf;
    size_t pos, len, size;
    uint64_t offset; /* in the source, of buf[pos] */
    bool at_end;     /* nothing beyond buf[len] */
};

enum fc_status io_cursor_init(struct io_cursor *cursor,
                              struct io_source *source, uint64_t offset,
                              struct fc_error *err);
void io_cursor_release(struct io_cursor *cursor);

/*
 * The next line with its end, or the part of it that fits the buffer, of n
 * bytes from buf[pos] on; n = 0 at the end of the source.
 */
enum fc_status io_cursor_line(struct io_cursor *cursor, size_t *n, bool *whole,
                              struct fc_error *err);

/* Makes the buffer twice as large, and fills it. */
enum fc_status io_cursor_more(struct io_cursor *cursor, struct fc_error *err);

static inline void io_cursor_advance(struct io_cursor *cursor, size_t n)
{
    cursor->pos += n;
    cursor->offset += n;
}

/*
 * Moves the cursor behind the next line end at or after where it is, or to
 * until or somewhat beyond when there is none before.
 */
enum fc_status io_cursor_skip_line(struct io_cursor *cursor, uint64_t until,
                                   struct fc_error *err);

#endif
