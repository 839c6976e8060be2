/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plain files are read with pread() rather than mapped: a file that shrinks
 * under a mapping kills the process, here it is an error with a name.
 */
#define _POSIX_C_SOURCE 200809L /* pread, fadvise */
#include "io/csv/source.h"

#include "io/csv/decode.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/*
 * What is read from front to back.  Streams of gzip may follow one another
 * (RFC 1952, section 2.2), and tapes and disks may have padded the last one
 * with zeros; what else follows is damage.
 */
enum { KEPT_MOST = 1 << 26 }; /* bytes of a stream that are read again */

struct io_stream {
    unsigned char *kept;        /* what was read, from its beginning, */
    size_t nkept, room, again;  /* and up to where it is read again */
    bool keep, lost;            /* lost: some of it is not there */
    struct io_decoder *decoder; /* NULL: it is UTF-8 */
    z_stream zlib;
    enum { PLAIN, GZIP, PADDING } form;
    bool inside;      /* of a gzip stream that has not ended */
    bool end;         /* of the file */
    size_t at, count; /* unread bytes of the buffer */
    unsigned char buffer[1 << 18];
};

static enum fc_status fail(const struct io_source *source, int code,
                           struct fc_error *err)
{
    return fc_fail(err, FC_EIO, "%s: cannot read: %s", source->name,
                   strerror(code));
}

static bool is_gzip(int fd)
{
    unsigned char magic[2];
    return pread(fd, magic, sizeof magic, 0) == (ssize_t)sizeof magic
           && magic[0] == 0x1f && magic[1] == 0x8b;
}

static int64_t mtime_ns(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

/* Whether a read failed only since another program made the pipe one that does
   not wait, and there is something now. */
static bool wait_for_more(int fd)
{
    struct pollfd in = {.fd = fd, .events = POLLIN};
    if (errno != EAGAIN)
        return false;
    while (poll(&in, 1, -1) < 0)
        if (errno != EINTR)
            return false;
    return true;
}

/* Reads on when the buffer is empty, or to have `least` bytes of it. */
static enum fc_status refill(struct io_source *source, size_t least,
                             struct fc_error *err)
{
    struct io_stream *stream = source->stream;
    if (stream->count >= least)
        return FC_OK;
    memmove(stream->buffer, stream->buffer + stream->at, stream->count);
    stream->at = 0;
    while (stream->count < least && !stream->end) {
        ssize_t n = read(source->fd, stream->buffer + stream->count,
                         sizeof stream->buffer - stream->count);
        if (n < 0 && (errno == EINTR || wait_for_more(source->fd)))
            continue;
        if (n < 0)
            return fail(source, errno, err);
        stream->end = n == 0;
        stream->count += (size_t)n;
    }
    return FC_OK;
}

static bool gzip_begins(const struct io_stream *stream)
{
    const unsigned char *next = stream->buffer + stream->at;
    return stream->count >= 2 && next[0] == 0x1f && next[1] == 0x8b;
}

static enum fc_status open_stream(struct io_source *source,
                                  struct fc_error *err)
{
    source->stream = calloc(1, sizeof *source->stream);
    if (source->stream == NULL
        || inflateInit2(&source->stream->zlib, MAX_WBITS + 16) != Z_OK) {
        free(source->stream);
        source->stream = NULL;
        return fc_fail(err, FC_ENOMEM, "out of memory");
    }
    enum fc_status status = refill(source, 2, err);
    if (gzip_begins(source->stream))
        source->stream->form = GZIP;
    source->stream->inside = source->stream->form == GZIP;
    return status;
}

const char *io_source_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "<stdin>" : path;
}

void io_source_again(const char *path)
{
    if (strcmp(path, "-") == 0)
        lseek(STDIN_FILENO, 0, SEEK_SET);
}

enum fc_status io_source_open(const char *path, struct io_source *source,
                              struct fc_error *err)
{
    struct stat st;
    bool is_stdin = strcmp(path, "-") == 0;
    *source = (struct io_source){.name = io_source_name(path)};
    source->fd =
        is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (source->fd < 0)
        return fc_fail(err, FC_EIO, "%s: cannot open: %s", source->name,
                       strerror(errno));
    if (fstat(source->fd, &st) != 0)
        return fail(source, errno, err);
    if (S_ISDIR(st.st_mode))
        return fail(source, EISDIR, err);
    source->regular = S_ISREG(st.st_mode);
    source->size = (uint64_t)st.st_size;
    source->mtime_ns = mtime_ns(&st);
    source->start = source->regular ? lseek(source->fd, 0, SEEK_CUR) : 0;
    if (is_stdin || !source->regular || is_gzip(source->fd))
        return open_stream(source, err);
    source->seekable = true;
    posix_fadvise(source->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return FC_OK;
}

void io_source_close(struct io_source *source)
{
    if (source->stream != NULL) {
        inflateEnd(&source->stream->zlib);
        free(source->stream->kept);
        io_decoder_free(source->stream->decoder);
    }
    free(source->stream);
    if (source->name != NULL && source->fd >= 0)
        close(source->fd);
    *source = (struct io_source){0};
}

static enum fc_status damaged(const struct io_source *source, const char *why,
                              struct fc_error *err)
{
    return fc_fail(err, FC_EIO, "%s: damaged or cut short: %s", source->name,
                   why);
}

/* As many bytes as the stream of gzip has ready; moves *got on. */
static enum fc_status unpack(struct io_source *source, char *buf, size_t size,
                             size_t *got, struct fc_error *err)
{
    struct io_stream *stream = source->stream;
    z_stream *zlib = &stream->zlib;
    size_t room = size - *got;
    zlib->next_in = stream->buffer + stream->at;
    zlib->avail_in = (unsigned)stream->count;
    zlib->next_out = (unsigned char *)buf + *got;
    zlib->avail_out = room > 1 << 30 ? 1 << 30 : (unsigned)room;
    unsigned out = zlib->avail_out;
    int code = inflate(zlib, Z_NO_FLUSH);
    *got += out - zlib->avail_out;
    stream->at += stream->count - zlib->avail_in;
    stream->count = zlib->avail_in;
    if (code == Z_MEM_ERROR)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    if (code == Z_STREAM_END)
        stream->inside = false;
    else if (code != Z_OK && code != Z_BUF_ERROR)
        return damaged(source, zlib->msg != NULL ? zlib->msg : "not gzip data",
                       err);
    return FC_OK;
}

/* Behind a stream of gzip: another one, zeros, or the end. */
static enum fc_status next_gzip(struct io_source *source, struct fc_error *err)
{
    struct io_stream *stream = source->stream;
    enum fc_status status = refill(source, 2, err);
    if (status != FC_OK)
        return status;
    if (stream->form == GZIP && gzip_begins(stream)) {
        stream->inside = true;
        return inflateReset(&stream->zlib) == Z_OK
                   ? FC_OK
                   : damaged(source, "not gzip data", err);
    }
    for (; stream->count > 0; stream->at++, stream->count--) {
        if (stream->buffer[stream->at] != 0)
            return damaged(source, "something follows the gzip data", err);
        stream->form = PADDING;
    }
    return FC_OK;
}

static enum fc_status read_gzip(struct io_source *source, char *buf,
                                size_t size, size_t *got, struct fc_error *err)
{
    struct io_stream *stream = source->stream;
    while (*got < size) {
        enum fc_status status = FC_OK;
        if (!stream->inside)
            status = next_gzip(source, err);
        else if (stream->count == 0)
            status = refill(source, 1, err);
        if (status != FC_OK)
            return status;
        if (!stream->inside && stream->count == 0 && stream->end)
            break;
        if (!stream->inside)
            continue;
        if (stream->count == 0)
            return damaged(source, "unexpected end of gzip data", err);
        status = unpack(source, buf, size, got, err);
        if (status != FC_OK)
            return status;
    }
    return FC_OK;
}

static enum fc_status read_plain(struct io_source *source, char *buf,
                                 size_t size, size_t *got, struct fc_error *err)
{
    struct io_stream *stream = source->stream;
    while (*got < size) {
        enum fc_status status = refill(source, 1, err);
        if (status != FC_OK)
            return status;
        if (stream->count == 0)
            break;
        size_t n = stream->count < size - *got ? stream->count : size - *got;
        memcpy(buf + *got, stream->buffer + stream->at, n);
        *got += n;
        stream->at += n;
        stream->count -= n;
    }
    return FC_OK;
}

static enum fc_status read_file(struct io_source *source, uint64_t offset,
                                char *buf, size_t size, size_t *got,
                                struct fc_error *err)
{
    uint64_t left = offset < source->size ? source->size - offset : 0;
    if (size > left)
        size = (size_t)left;
    while (*got < size) {
        ssize_t n =
            pread(source->fd, buf + *got, size - *got, (off_t)(offset + *got));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(source, errno, err);
        if (n == 0)
            return fc_fail(err, FC_EIO, "%s: became shorter while it was read",
                           source->name);
        *got += (size_t)n;
    }
    return FC_OK;
}

void io_source_keep(struct io_source *source, bool keep)
{
    struct io_stream *stream = source->stream;
    if (stream == NULL || source->regular)
        return;
    stream->keep = keep && !stream->lost;
    if (!keep) {
        free(stream->kept);
        stream->kept = NULL;
        stream->nkept = stream->room = stream->again = 0;
        stream->lost = true;
    }
}

/* Forgets it all when it is too much. */
static void keep_bytes(struct io_source *source, const char *buf, size_t n)
{
    struct io_stream *stream = source->stream;
    size_t need = stream->nkept + n;
    if (need > stream->room && need <= KEPT_MOST) {
        size_t room = 2 * need;
        unsigned char *grown = realloc(stream->kept, room);
        stream->kept = grown != NULL ? grown : stream->kept;
        stream->room = grown != NULL ? room : stream->room;
    }
    if (need > stream->room || need > KEPT_MOST) {
        io_source_keep(source, false);
        return;
    }
    memcpy(stream->kept + stream->nkept, buf, n);
    stream->again = stream->nkept = need;
}

bool io_source_rewind(struct io_source *source)
{
    struct io_stream *stream = source->stream;
    if (stream == NULL)
        return true;
    if (!source->regular) {
        stream->again = 0;
        return stream->keep;
    }
    stream->count = source->nhead = source->head_at = 0;
    stream->end = false;
    if (stream->decoder != NULL)
        io_decoder_reset(stream->decoder);
    stream->form = stream->form == PLAIN ? PLAIN : GZIP;
    stream->inside = stream->form == GZIP;
    return lseek(source->fd, source->start, SEEK_SET) >= 0
           && inflateReset(&stream->zlib) == Z_OK;
}

/* Bytes as they are, those of the head first. */
static enum fc_status read_bytes(void *arg, char *buf, size_t size, size_t *got,
                                 struct fc_error *err)
{
    struct io_source *source = arg;
    size_t left = source->nhead - source->head_at;
    *got = left < size ? left : size;
    memcpy(buf, source->head + source->head_at, *got);
    source->head_at += *got;
    return source->stream->form == PLAIN
               ? read_plain(source, buf, size, got, err)
               : read_gzip(source, buf, size, got, err);
}

static enum fc_status read_text(struct io_source *source, char *buf,
                                size_t size, size_t *got, struct fc_error *err)
{
    struct io_feed feed = {read_bytes, source};
    if (source->stream->decoder == NULL)
        return read_bytes(source, buf, size, got, err);
    return io_decoder_read(source->stream->decoder, &feed, source->name, buf,
                           size, got, err);
}

static enum fc_status read_stream(struct io_source *source, char *buf,
                                  size_t size, size_t *got,
                                  struct fc_error *err)
{
    struct io_stream *stream = source->stream;
    size_t left = stream->nkept - stream->again, more;
    *got = left < size ? left : size;
    if (*got > 0)
        memcpy(buf, stream->kept + stream->again, *got);
    stream->again += *got;
    if (*got == size)
        return FC_OK;
    enum fc_status status =
        read_text(source, buf + *got, size - *got, &more, err);
    if (status == FC_OK && stream->keep)
        keep_bytes(source, buf + *got, more);
    *got += status == FC_OK ? more : 0;
    return status;
}

enum fc_status io_source_head(struct io_source *source,
                              const unsigned char **head, size_t *n,
                              struct fc_error *err)
{
    enum fc_status status = FC_OK;
    size_t got = 0;
    if (source->stream == NULL)
        status = read_file(source, 0, (char *)source->head, sizeof source->head,
                           &got, err);
    else
        status = read_bytes(source, (char *)source->head, sizeof source->head,
                            &got, err);
    source->nhead = got;
    source->head_at = 0;
    *head = source->head;
    *n = got;
    return status;
}

enum fc_status io_source_decode(struct io_source *source, const char *encoding,
                                struct fc_error *err)
{
    enum fc_status status = FC_OK;
    if (source->stream == NULL) {
        source->seekable = false;
        source->nhead = 0;
        status = open_stream(source, err);
    }
    if (status == FC_OK)
        status = io_decoder_new(encoding, &source->stream->decoder, err);
    return status;
}

enum fc_status io_source_read(struct io_source *source, uint64_t offset,
                              void *buf, size_t size, size_t *got,
                              struct fc_error *err)
{
    *got = 0;
    if (source->stream != NULL)
        return read_stream(source, buf, size, got, err);
    return read_file(source, offset, buf, size, got, err);
}

enum fc_status io_source_unchanged(const struct io_source *source,
                                   struct fc_error *err)
{
    struct stat st;
    if (!source->regular)
        return FC_OK;
    if (fstat(source->fd, &st) != 0)
        return fail(source, errno, err);
    if ((uint64_t)st.st_size != source->size
        || mtime_ns(&st) != source->mtime_ns)
        return fc_fail(err, FC_EIO,
                       "%s: was written to while it was read; run again when "
                       "it is complete",
                       source->name);
    return FC_OK;
}
