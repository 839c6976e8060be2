/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading in two steps, the work of the first through the parallel map.
 *
 * 1. The file is cut into stretches of equal size and each is parsed on its
 *    own, from the first line end in it.  A line end may lie inside a quoted
 *    field, so every stretch also says where its records began and ended:
 *    stretch k + 1 counts only if it began where stretch k ended, and is
 *    parsed again from there if it did not.  The result is therefore that of
 *    a single reader, whatever the file contains.
 * 2. As soon as a stretch and all before it are done, its ids are numbered.
 */
#include "io/csv/reader.h"

#include "forecast/base/parallel.h"
#include "io/csv/header.h"
#include "io/csv/parse.h"

#include <stdlib.h>
#include <zlib.h>

enum { MIN_CHUNK = 1 << 20, MAX_CHUNK = 1 << 24, CHUNKS_PER_JOB = 8 };

/* What the steps share. */
struct reading {
    const struct io_csv_options *options;
    struct io_source source;
    struct io_layout layout;
    struct io_rowset *rows;
    uint64_t chunk; /* bytes */
};

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

static uint64_t chunk_until(const struct reading *r, size_t i, size_t n)
{
    return i + 1 == n ? UINT64_MAX
                      : r->layout.body + (uint64_t)(i + 1) * r->chunk;
}

static enum fc_status parse_from(struct reading *r, uint64_t offset,
                                 bool skip_line, size_t i)
{
    struct io_chunk *chunk = &r->rows->chunks[i];
    struct io_cursor cursor;
    chunk->err_line = UINT64_MAX;
    chunk->status = io_cursor_init(&cursor, &r->source, offset, &chunk->err);
    uint64_t until = chunk_until(r, i, r->rows->nchunks);
    if (chunk->status == FC_OK && skip_line)
        chunk->status = io_cursor_skip_line(&cursor, until, &chunk->err);
    if (chunk->status == FC_OK)
        io_csv_parse(&r->layout, &r->options->fill, &cursor, until, chunk);
    io_cursor_release(&cursor);
    return chunk->status;
}

static enum fc_status parse_item(void *arg, size_t i, struct fc_workspace *ws)
{
    struct reading *r = arg;
    uint64_t begin = r->layout.body + (uint64_t)i * r->chunk;
    (void)ws;
    return parse_from(r, i > 0 ? begin - 1 : begin, i > 0, i);
}

/* What is to be done for one chunk after another; see above. */
static void take_chunk(void *arg, size_t i)
{
    struct reading *r = arg;
    struct io_chunk *chunk = &r->rows->chunks[i];
    if (i > 0 && chunk[-1].status != FC_OK) {
        chunk->status = chunk[-1].status; /* nothing after it counts */
        return;
    }
    if (i > 0 && chunk->begin != chunk[-1].end) {
        io_chunk_release(chunk);
        parse_from(r, chunk[-1].end, false, i);
    }
    if (chunk->status == FC_OK && !io_rowset_number(r->rows, chunk)) {
        chunk->status = no_memory(&chunk->err);
        chunk->err_line = UINT64_MAX;
    }
}

/* Bytes of a stretch. */
static uint64_t chunk_size(const struct reading *r, uint64_t size)
{
    uint64_t jobs = r->options->jobs > 1 ? (uint64_t)r->options->jobs : 1;
    uint64_t chunk = size / (jobs * CHUNKS_PER_JOB);
    if (r->options->chunk > 0)
        return r->options->chunk;
    chunk = chunk < MIN_CHUNK ? MIN_CHUNK : chunk;
    return chunk > MAX_CHUNK ? MAX_CHUNK : chunk;
}

static enum fc_status parse_file(struct reading *r, struct fc_error *err)
{
    uint64_t size = r->source.size - r->layout.body;
    r->chunk = chunk_size(r, size);
    if (!io_rowset_grow(r->rows, (size_t)(size / r->chunk) + 1))
        return no_memory(err);
    struct fc_parallel job = {
        .n = r->rows->nchunks,
        .nthreads = r->options->jobs,
        .item = parse_item,
        .ordered = take_chunk,
        .arg = r,
        .trace = r->options->trace,
        .what = "parse",
    };
    if (fc_parallel_map(&job) != FC_OK)
        return no_memory(err);
    return FC_OK;
}

static enum fc_status parse_stream(struct reading *r, struct io_cursor *cursor,
                                   struct fc_error *err)
{
    struct io_rowset *rows = r->rows;
    uint64_t step = r->options->chunk > 0 ? r->options->chunk : MAX_CHUNK;
    bool more = true;
    while (more) {
        size_t n = rows->nchunks;
        if (!io_rowset_grow(rows, n + 1))
            return no_memory(err);
        struct io_chunk *chunk = &rows->chunks[n];
        uint64_t until = cursor->offset + step;
        io_csv_parse(&r->layout, &r->options->fill, cursor, until, chunk);
        take_chunk(r, n);
        more = chunk->status == FC_OK && chunk->end >= until;
    }
    return FC_OK;
}

/* The first error that ends all reading, with its line in the file. */
static enum fc_status first_failure(struct reading *r, struct fc_error *err)
{
    uint64_t line = r->layout.body_line;
    for (size_t i = 0; i < r->rows->nchunks; i++) {
        const struct io_chunk *c = &r->rows->chunks[i];
        if (c->status != FC_OK && c->err_line == UINT64_MAX)
            return fc_fail(err, c->status, "%s", c->err.msg);
        if (c->status != FC_OK)
            return fc_fail(err, c->status, "%s:%llu: %s", r->layout.file,
                           (unsigned long long)(line + c->err_line),
                           c->err.msg);
        line += c->nlines;
    }
    return io_source_unchanged(&r->source, err);
}

/*
 * A checksum of all that was read: the same however many threads read it.
 * The header counts by what it says.
 */
static uint32_t checksum(const struct reading *r)
{
    const struct io_layout *layout = &r->layout;
    uLong crc = 0;
    for (size_t i = 0; i < layout->ncolumns; i++)
        crc = crc32_z(crc, (const unsigned char *)layout->names[i],
                      strlen(layout->names[i]) + 1);
    for (size_t i = 0; i < r->rows->nchunks; i++) {
        const struct io_chunk *c = &r->rows->chunks[i];
        crc = crc32_combine(crc, c->crc, (z_off_t)(c->end - c->begin));
    }
    return (uint32_t)crc;
}

static char *copy_text(const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = malloc(n);
    return copy != NULL ? memcpy(copy, text, n) : NULL;
}

/* What the rows are called, and what they were made from. */
static enum fc_status describe(struct reading *r, struct fc_error *err)
{
    struct io_rowset *rows = r->rows;
    const struct io_layout *layout = &r->layout;
    rows->name = layout->file;
    rows->id_name = copy_text(layout->names[layout->id]);
    rows->time_name = copy_text(layout->time_name);
    rows->format = layout->format;
    rows->first_line = layout->body_line;
    rows->bytes = rows->chunks[rows->nchunks - 1].end;
    if (r->options->fill.shard.count > 0)
        rows->crc = checksum(r);
    if (rows->id_name == NULL || rows->time_name == NULL)
        return no_memory(err);
    return FC_OK;
}

static enum fc_status read_all(struct reading *r, struct io_cursor *cursor,
                               struct fc_error *err)
{
    const struct io_csv_options *o = r->options;
    struct io_column_names names = {o->id, o->time, o->value};
    enum fc_status status = io_cursor_init(cursor, &r->source, 0, err);
    if (status == FC_OK)
        status = io_layout_read(cursor, o->wide ? &io_csv_wide : &io_csv_long,
                                &names, &r->layout, err);
    if (status == FC_OK)
        status = r->source.seekable ? parse_file(r, err)
                                    : parse_stream(r, cursor, err);
    if (status == FC_OK)
        status = first_failure(r, err);
    if (status == FC_OK)
        status = describe(r, err);
    return status;
}

enum fc_status io_csv_read(const struct io_csv_options *options,
                           struct io_rowset *rows, struct fc_error *err)
{
    struct reading r = {.options = options, .rows = rows};
    struct io_cursor cursor = {0};
    enum fc_status status = io_source_open(options->path, &r.source, err);
    if (status == FC_OK)
        status = read_all(&r, &cursor, err);
    io_cursor_release(&cursor);
    io_layout_release(&r.layout);
    io_source_close(&r.source);
    return status;
}
