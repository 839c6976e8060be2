/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A row is its number, its length, and its bytes, in the machine's own form:
 * nobody else reads them.
 */
#define _POSIX_C_SOURCE 200809L
#include "io/out/spool.h"

#include "io/out/nameless.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER_SIZE = 1 << 20, ENDS_AT_FIRST = 64 };

struct head {
    uint64_t number, n;
};

struct io_spool {
    const char *folder;
    int fd;
    uint64_t *ends; /* of each run, in the file */
    size_t nruns, room;
    uint64_t size; /* with what is buffered */
    size_t used;
    char buffer[BUFFER_SIZE];
};

static enum fc_status fail(const struct io_spool *spool, const char *what,
                           int code, struct fc_error *err)
{
    return fc_fail(err, FC_EIO,
                   "%s: cannot %s what merge keeps between its passes: %s",
                   spool->folder, what, strerror(code));
}

enum fc_status io_spool_new(const char *folder, struct io_spool **spool,
                            struct fc_error *err)
{
    struct io_spool *s = malloc(sizeof *s);
    *spool = NULL;
    if (s == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    s->folder = folder;
    s->ends = NULL;
    s->nruns = s->room = s->used = 0;
    s->size = 0;
    s->fd = io_nameless_open(folder);
    if (s->fd < 0) {
        enum fc_status status = fail(s, "keep", errno, err);
        free(s);
        return status;
    }
    *spool = s;
    return FC_OK;
}

void io_spool_free(struct io_spool *spool)
{
    if (spool == NULL)
        return;
    close(spool->fd);
    free(spool->ends);
    free(spool);
}

static enum fc_status write_all(struct io_spool *spool, const char *bytes,
                                size_t n, struct fc_error *err)
{
    while (n > 0) {
        ssize_t written = write(spool->fd, bytes, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail(spool, "write", errno, err);
        bytes += written;
        n -= (size_t)written;
    }
    return FC_OK;
}

static enum fc_status flush(struct io_spool *spool, struct fc_error *err)
{
    size_t n = spool->used;
    spool->used = 0;
    return write_all(spool, spool->buffer, n, err);
}

static enum fc_status put(struct io_spool *spool, const void *bytes, size_t n,
                          struct fc_error *err)
{
    enum fc_status status = FC_OK;
    if (n > BUFFER_SIZE - spool->used)
        status = flush(spool, err);
    if (status != FC_OK)
        return status;
    spool->size += n;
    if (n > BUFFER_SIZE)
        return write_all(spool, bytes, n, err);
    memcpy(spool->buffer + spool->used, bytes, n);
    spool->used += n;
    return FC_OK;
}

enum fc_status io_spool_put(struct io_spool *spool, uint64_t number,
                            const char *row, size_t n, struct fc_error *err)
{
    struct head head = {number, n};
    enum fc_status status = put(spool, &head, sizeof head, err);
    return status == FC_OK ? put(spool, row, n, err) : status;
}

enum fc_status io_spool_end_run(struct io_spool *spool, struct fc_error *err)
{
    if (spool->nruns == spool->room) {
        size_t room = spool->room > 0 ? 2 * spool->room : ENDS_AT_FIRST;
        uint64_t *grown = realloc(spool->ends, room * sizeof *grown);
        if (grown == NULL)
            return fc_fail(err, FC_ENOMEM, "out of memory");
        spool->ends = grown;
        spool->room = room;
    }
    spool->ends[spool->nruns++] = spool->size;
    return flush(spool, err);
}

size_t io_spool_runs(const struct io_spool *spool)
{
    return spool->nruns;
}

/* Reading. */

static enum fc_status read_all(struct io_spool_run *run, size_t n,
                               struct fc_error *err)
{
    while (n > 0) {
        ssize_t got =
            pread(run->spool->fd, run->buf + run->len, n, (off_t)run->offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fail(run->spool, "read", got < 0 ? errno : EIO, err);
        run->len += (size_t)got;
        run->offset += (uint64_t)got;
        n -= (size_t)got;
    }
    return FC_OK;
}

/* At least n bytes, all of which the run has, behind buf[pos]. */
static enum fc_status have(struct io_spool_run *run, size_t n,
                           struct fc_error *err)
{
    if (run->len - run->pos >= n)
        return FC_OK;
    run->len -= run->pos;
    memmove(run->buf, run->buf + run->pos, run->len);
    run->pos = 0;
    if (n > run->room) {
        char *grown = realloc(run->buf, n);
        if (grown == NULL)
            return fc_fail(err, FC_ENOMEM, "out of memory");
        run->buf = grown;
        run->room = n;
    }
    size_t want = run->room - run->len;
    if (want > run->end - run->offset)
        want = (size_t)(run->end - run->offset);
    return read_all(run, want, err);
}

enum fc_status io_spool_next(struct io_spool_run *run, struct fc_error *err)
{
    struct head head;
    run->done = run->pos == run->len && run->offset == run->end;
    if (run->done)
        return FC_OK;
    enum fc_status status = have(run, sizeof head, err);
    if (status != FC_OK)
        return status;
    memcpy(&head, run->buf + run->pos, sizeof head);
    status = have(run, sizeof head + (size_t)head.n, err);
    if (status != FC_OK)
        return status;
    run->number = head.number;
    run->row = run->buf + run->pos + sizeof head;
    run->row_length = (size_t)head.n;
    run->pos += sizeof head + (size_t)head.n;
    return FC_OK;
}

enum fc_status io_spool_open_run(const struct io_spool *spool, size_t i,
                                 size_t room, struct io_spool_run *run,
                                 struct fc_error *err)
{
    if (room < sizeof(struct head))
        room = sizeof(struct head);
    *run = (struct io_spool_run){.spool = spool,
                                 .offset = i > 0 ? spool->ends[i - 1] : 0,
                                 .end = spool->ends[i],
                                 .buf = malloc(room),
                                 .room = room};
    if (run->buf == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    return io_spool_next(run, err);
}

void io_spool_close_run(struct io_spool_run *run)
{
    free(run->buf);
    *run = (struct io_spool_run){0};
}
