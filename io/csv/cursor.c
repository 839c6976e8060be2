/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sequential reading of a source through a buffer, line by line.
 */
#include "io/csv/cursor.h"

#include <stdlib.h>
#include <string.h>

enum { CURSOR_SIZE = 1 << 18 };

enum fc_status io_cursor_init(struct io_cursor *cursor,
                              struct io_source *source, uint64_t offset,
                              struct fc_error *err)
{
    *cursor = (struct io_cursor){
        .source = source,
        .buf = malloc(CURSOR_SIZE),
        .size = CURSOR_SIZE,
        .offset = offset,
    };
    if (cursor->buf == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    return FC_OK;
}

void io_cursor_release(struct io_cursor *cursor)
{
    free(cursor->buf);
    *cursor = (struct io_cursor){0};
}

/* Moves what is left to the front and fills up behind it. */
static enum fc_status refill(struct io_cursor *cursor, struct fc_error *err)
{
    size_t left = cursor->len - cursor->pos, got;
    memmove(cursor->buf, cursor->buf + cursor->pos, left);
    cursor->pos = 0;
    cursor->len = left;
    enum fc_status status =
        io_source_read(cursor->source, cursor->offset + left,
                       cursor->buf + left, cursor->size - left, &got, err);
    if (status != FC_OK)
        return status;
    cursor->len += got;
    cursor->at_end = cursor->len < cursor->size;
    return FC_OK;
}

enum fc_status io_cursor_line(struct io_cursor *cursor, size_t *n, bool *whole,
                              struct fc_error *err)
{
    for (;;) {
        size_t left = cursor->len - cursor->pos;
        unsigned char *start = cursor->buf + cursor->pos;
        unsigned char *end = left > 0 ? memchr(start, '\n', left) : NULL;
        *whole = end != NULL;
        *n = end != NULL ? (size_t)(end - start) + 1 : left;
        if (end != NULL || cursor->at_end || left == cursor->size)
            return FC_OK;
        enum fc_status status = refill(cursor, err);
        if (status != FC_OK)
            return status;
    }
}

enum fc_status io_cursor_skip_line(struct io_cursor *cursor, uint64_t until,
                                   struct fc_error *err)
{
    size_t n;
    bool whole = false;
    while (!whole && cursor->offset < until) {
        enum fc_status status = io_cursor_line(cursor, &n, &whole, err);
        if (status != FC_OK || n == 0)
            return status;
        io_cursor_advance(cursor, n);
    }
    return FC_OK;
}

enum fc_status io_cursor_more(struct io_cursor *cursor, struct fc_error *err)
{
    size_t got, size = cursor->size * 2;
    unsigned char *grown = realloc(cursor->buf, size);
    if (grown == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    cursor->buf = grown;
    cursor->size = size;
    enum fc_status status = io_source_read(
        cursor->source, cursor->offset + (cursor->len - cursor->pos),
        grown + cursor->len, size - cursor->len, &got, err);
    cursor->len += got;
    cursor->at_end = status == FC_OK && cursor->len < size;
    return status;
}
