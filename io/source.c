/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plain files are read with pread() rather than mapped: a file that shrinks
 * under a mapping kills the process, here it is an error with a name.
 */
#define _POSIX_C_SOURCE 200809L /* pread, fadvise */
#include "io/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GZIP_BUFFER = 1 << 18 };

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

/* Takes over source->fd. */
static enum fc_status open_stream(struct io_source *source,
                                  struct fc_error *err)
{
    source->gz = gzdopen(source->fd, "rb");
    if (source->gz == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    gzbuffer(source->gz, GZIP_BUFFER);
    return FC_OK;
}

enum fc_status io_source_open(const char *path, struct io_source *source,
                              struct fc_error *err)
{
    struct stat st;
    bool is_stdin = strcmp(path, "-") == 0;
    *source = (struct io_source){.name = is_stdin ? "<stdin>" : path};
    source->fd =
        is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (source->fd < 0)
        return fc_fail(err, FC_EIO, "%s: cannot open: %s", source->name,
                       strerror(errno));
    if (fstat(source->fd, &st) != 0)
        return fail(source, errno, err);
    if (S_ISDIR(st.st_mode))
        return fail(source, EISDIR, err);
    if (is_stdin || !S_ISREG(st.st_mode) || is_gzip(source->fd))
        return open_stream(source, err);
    source->seekable = true;
    source->size = (uint64_t)st.st_size;
    source->mtime_ns = mtime_ns(&st);
    posix_fadvise(source->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return FC_OK;
}

void io_source_close(struct io_source *source)
{
    if (source->gz != NULL)
        gzclose_r(source->gz);
    else if (source->name != NULL && source->fd >= 0)
        close(source->fd);
    *source = (struct io_source){0};
}

static enum fc_status read_stream(struct io_source *source, char *buf,
                                  size_t size, size_t *got,
                                  struct fc_error *err)
{
    while (*got < size) {
        size_t want = size - *got;
        int code = Z_OK;
        int n = gzread(source->gz, buf + *got,
                       want > 1 << 30 ? 1 << 30 : (unsigned)want);
        const char *why = gzerror(source->gz, &code);
        if (code == Z_ERRNO)
            return fail(source, errno, err);
        if (n < 0 || (code != Z_OK && code != Z_STREAM_END))
            return fc_fail(
                err, FC_EIO, "%s: damaged or cut short: %s", source->name,
                code == Z_BUF_ERROR ? "unexpected end of gzip data" : why);
        if (n == 0)
            break;
        *got += (size_t)n;
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

enum fc_status io_source_read(struct io_source *source, uint64_t offset,
                              void *buf, size_t size, size_t *got,
                              struct fc_error *err)
{
    *got = 0;
    if (source->gz != NULL)
        return read_stream(source, buf, size, got, err);
    return read_file(source, offset, buf, size, got, err);
}

enum fc_status io_source_unchanged(const struct io_source *source,
                                   struct fc_error *err)
{
    struct stat st;
    if (!source->seekable)
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
