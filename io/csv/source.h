/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_SOURCE_H
#define NIGHTCAST_IO_CSV_SOURCE_H

#include "forecast/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Where the bytes of an input come from: a plain file, which several threads
 * may read at any offset at once, or a stream (a pipe, standard input, or
 * anything compressed with gzip, recognised by its first bytes), which is
 * read once from front to back.
 */
struct io_stream;

struct io_source {
    const char *name; /* for messages: the path, or "<stdin>" */
    int fd;
    struct io_stream *stream; /* NULL: a plain file */
    bool seekable; /* io_source_read() at any offset, from any thread */
    bool regular;  /* a file on disk, also if it is read as a stream */
    uint64_t size; /* of a regular file, when it was opened */
    int64_t mtime_ns;
    unsigned char head[512]; /* see io_source_head() */
    size_t nhead, head_at;   /* a stream's: read, and how far given out */
    int64_t start; /* of a regular file: where it was when it was opened */
};

/* What messages call an input: "<stdin>" for "-". */
const char *io_source_name(const char *path);

/* Of standard input that is a file and was read from its beginning, back to
 * that; of other inputs nothing. */
void io_source_again(const char *path);

/* Opens path, or standard input for "-".  FC_EIO with the path and why. */
enum fc_status io_source_open(const char *path, struct io_source *source,
                              struct fc_error *err);

/* Accepts a zeroed source. */
void io_source_close(struct io_source *source);

/* The first bytes, 512 or all there are, before anything is read. */
enum fc_status io_source_head(struct io_source *source,
                              const unsigned char **head, size_t *n,
                              struct fc_error *err);

/*
 * Reads what is in that encoding as UTF-8, as a stream.  Before anything is
 * read.  FC_EINVAL when nobody knows it, FC_ENOMEM.
 */
enum fc_status io_source_decode(struct io_source *source, const char *encoding,
                                struct fc_error *err);

/*
 * Reads up to size bytes at the offset (a stream ignores the offset and goes
 * on where it stopped) and says in *got how many there were: fewer than size
 * only at the end.  A file that has shrunk since it was opened is FC_EIO; so
 * is a gzip stream that is damaged, cut short or followed by anything but
 * another one or zeros, of which gzread() would say nothing.
 */
enum fc_status io_source_read(struct io_source *source, uint64_t offset,
                              void *buf, size_t size, size_t *got,
                              struct fc_error *err);

/*
 * Of a stream, keeps from now on what is read, up to 64 MiB of it, so that
 * what is no file can be read again as well; or gives it back.
 */
void io_source_keep(struct io_source *source, bool keep);

/*
 * To the beginning.  False when the source is no file, and no longer kept as a
 * whole.
 */
bool io_source_rewind(struct io_source *source);

/* FC_EIO when a file on disk was written to since it was opened. */
enum fc_status io_source_unchanged(const struct io_source *source,
                                   struct fc_error *err);

#endif
