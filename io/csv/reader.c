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
#include "io/csv/container.h"
#include "io/csv/header.h"
#include "io/csv/parse.h"
#include "io/rows/epoch.h"

#include <stdlib.h>
#include <zlib.h>

enum { MIN_CHUNK = 1 << 20, MAX_CHUNK = 1 << 24, CHUNKS_PER_JOB = 8 };

enum { MOST_PASSES = 4 };

/* One of the files that are read as one. */
struct part {
    struct io_source source;
    struct io_cursor cursor; /* behind the header; of a stream, all of it */
    struct io_layout layout;
    uint32_t first_id;
    size_t first;   /* chunk */
    size_t n;       /* chunks */
    uint64_t chunk; /* bytes */
};

/* What the steps share. */
struct reading {
    const struct io_csv_options *options;
    struct io_dialect dialect;
    struct part *parts;
    size_t nparts;
    struct part *part; /* being read */
    struct io_rowset *rows;
};

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

static uint64_t chunk_until(const struct part *part, size_t i)
{
    return i + 1 == part->n
               ? UINT64_MAX
               : part->layout.body + (uint64_t)(i + 1) * part->chunk;
}

/* The i-th stretch of the part. */
static enum fc_status parse_from(struct reading *r, uint64_t offset,
                                 bool skip_line, size_t i)
{
    struct part *part = r->part;
    struct io_chunk *chunk = &r->rows->chunks[part->first + i];
    struct io_cursor cursor;
    chunk->err_line = UINT64_MAX;
    chunk->status = io_cursor_init(&cursor, &part->source, offset, &chunk->err);
    uint64_t until = chunk_until(part, i);
    if (chunk->status == FC_OK && skip_line)
        chunk->status = io_cursor_skip_line(&cursor, until, &chunk->err);
    if (chunk->status == FC_OK)
        io_csv_parse(&part->layout, &r->options->fill, &cursor, until, chunk);
    io_cursor_release(&cursor);
    return chunk->status;
}

static enum fc_status parse_item(void *arg, size_t i, struct fc_workspace *ws)
{
    struct reading *r = arg;
    uint64_t begin = r->part->layout.body + (uint64_t)i * r->part->chunk;
    (void)ws;
    return parse_from(r, i > 0 ? begin - 1 : begin, i > 0, i);
}

/* Of two parts in which a series is. */
static enum fc_status fail_twice(const struct reading *r, uint32_t id,
                                 struct fc_error *err)
{
    size_t i = 0;
    while (i + 1 < r->nparts && r->parts[i + 1].first_id <= id
           && &r->parts[i + 1] < r->part)
        i++;
    return fc_fail(err, FC_EDATA,
                   "%s: series '%.60s' is in %s as well: with --by-file each "
                   "is in one file",
                   r->part->layout.file, r->rows->ids.text[id],
                   r->parts[i].layout.file);
}

/* What is to be done for one chunk after another; see above. */
static void take_chunk(void *arg, size_t i)
{
    struct reading *r = arg;
    struct io_chunk *chunk = &r->rows->chunks[r->part->first + i];
    if (i > 0 && chunk[-1].status != FC_OK) {
        chunk->status = chunk[-1].status; /* nothing after it counts */
        return;
    }
    if (i > 0 && chunk->begin != chunk[-1].end) {
        io_chunk_release(chunk);
        parse_from(r, chunk[-1].end, false, i);
    }
    if (chunk->status != FC_OK)
        return;
    uint32_t lowest;
    if (!io_rowset_number(r->rows, chunk, &lowest))
        chunk->status = no_memory(&chunk->err);
    else if (r->options->apart && lowest < r->part->first_id)
        chunk->status = fail_twice(r, lowest, &chunk->err);
    if (chunk->status != FC_OK)
        chunk->err_line = UINT64_MAX;
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
    struct part *part = r->part;
    uint64_t size = part->source.size - part->layout.body;
    part->chunk = chunk_size(r, size);
    part->n = (size_t)(size / part->chunk) + 1;
    if (!io_rowset_grow(r->rows, part->first + part->n))
        return no_memory(err);
    struct fc_parallel job = {
        .n = part->n,
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

static enum fc_status parse_stream(struct reading *r, struct fc_error *err)
{
    struct io_rowset *rows = r->rows;
    struct part *part = r->part;
    struct io_cursor *cursor = &part->cursor;
    uint64_t step = r->options->chunk > 0 ? r->options->chunk : MAX_CHUNK;
    bool more = true;
    for (part->n = 0; more; part->n++) {
        size_t n = part->first + part->n;
        if (!io_rowset_grow(rows, n + 1))
            return no_memory(err);
        struct io_chunk *chunk = &rows->chunks[n];
        uint64_t until = cursor->offset + step;
        io_csv_parse(&part->layout, &r->options->fill, cursor, until, chunk);
        take_chunk(r, part->n);
        more = chunk->status == FC_OK && chunk->end >= until;
    }
    return FC_OK;
}

/* The first error that ends all reading, with its line in the file. */
static enum fc_status first_failure(const struct reading *r,
                                    const struct part *part,
                                    struct fc_error *err)
{
    uint64_t line = part->layout.body_line;
    for (size_t i = 0; i < part->n; i++) {
        const struct io_chunk *c = &r->rows->chunks[part->first + i];
        if (c->status != FC_OK && c->err_line == UINT64_MAX)
            return fc_fail(err, c->status, "%s", c->err.msg);
        if (c->status != FC_OK)
            return fc_fail(err, c->status, "%s:%llu: %s", part->layout.file,
                           (unsigned long long)(line + c->err_line),
                           c->err.msg);
        line += c->nlines;
    }
    return io_source_unchanged(&part->source, err);
}

static char tail_of(const struct io_layout *layout)
{
    const struct io_dialect *dialect = &layout->dialect;
    bool plain =
        dialect->points ? !dialect->watch : dialect->numbers.decimal == ',';
    return plain && layout->value + 1 == layout->ncolumns
               ? dialect->numbers.decimal
               : '\0';
}

/* All parts, one after the other, by the dialect. */
static enum fc_status parse_parts(struct reading *r, struct fc_error *err)
{
    enum fc_status status = FC_OK;
    r->dialect.points =
        r->dialect.numbers.decimal == '.' && r->dialect.numbers.missing == NULL;
    for (size_t i = 0; i < r->nparts && status == FC_OK; i++) {
        r->part = &r->parts[i];
        r->part->first = r->rows->nchunks;
        r->part->first_id = r->rows->ids.n;
        r->part->layout.dialect = r->dialect;
        r->part->layout.tail = tail_of(&r->part->layout);
        r->part->n = 0;
        status = r->part->source.seekable ? parse_file(r, err)
                                          : parse_stream(r, err);
        if (status == FC_OK)
            status = first_failure(r, r->part, err);
    }
    return status;
}

/* What the rows of a part have said. */
static void merge_seen(const struct reading *r, const struct part *part,
                       struct io_seen *seen, uint64_t *rows)
{
    uint64_t line = part->layout.body_line;
    for (size_t i = 0; i < part->n; i++) {
        const struct io_chunk *c = &r->rows->chunks[part->first + i];
        io_number_seen_merge(&seen->numbers, &c->seen.numbers, line);
        io_time_seen_merge(&seen->times, &c->seen.times, line);
        *rows += c->nrows;
        line += c->nlines;
    }
}

static struct io_dialect_place place_of(const struct part *part)
{
    const struct io_layout *layout = &part->layout;
    return (struct io_dialect_place){
        .file = layout->file,
        .time_name = layout->time_name,
        .value_name =
            layout->form->nroles > 1 ? layout->names[layout->value] : "values",
        .delimiter = layout->delimiter};
}

/* What is agreed on is for every part to bear out. */
static enum fc_status confirm(struct reading *r, bool *again,
                              struct fc_error *err)
{
    enum fc_status status = FC_OK;
    *again = false;
    for (size_t p = 0; p < r->nparts && status == FC_OK; p++) {
        struct io_dialect_place place = place_of(&r->parts[p]);
        struct io_seen seen = {0};
        bool look_again;
        merge_seen(r, &r->parts[p], &seen, &place.rows);
        status =
            io_dialect_confirm(&r->dialect, &seen, &place, &look_again, err);
        *again = *again || look_again;
    }
    return status;
}

static enum fc_status settle(struct reading *r, bool *again,
                             struct fc_error *err)
{
    struct io_seen seen = {0};
    struct io_dialect_place place = place_of(&r->parts[0]);
    if (r->options->agreed != NULL)
        return confirm(r, again, err);
    for (size_t p = 0; p < r->nparts; p++)
        merge_seen(r, &r->parts[p], &seen, &place.rows);
    return io_dialect_settle(&r->dialect, &seen, &place, again, &r->rows->notes,
                             err);
}

/* To where the body begins, of streams as of files. */
static enum fc_status begin_again(struct part *part, bool *could,
                                  struct fc_error *err)
{
    enum fc_status status = FC_OK;
    *could = io_source_rewind(&part->source);
    if (!*could || part->source.seekable)
        return FC_OK;
    io_cursor_release(&part->cursor);
    status = io_cursor_init(&part->cursor, &part->source, 0, err);
    while (status == FC_OK && part->cursor.offset < part->layout.body) {
        size_t n, left = (size_t)(part->layout.body - part->cursor.offset);
        bool whole;
        status = io_cursor_line(&part->cursor, &n, &whole, err);
        if (status == FC_OK && n == 0)
            return io_source_unchanged(&part->source, err);
        io_cursor_advance(&part->cursor, n < left ? n : left);
    }
    return status;
}

static enum fc_status rewind_parts(struct reading *r, struct fc_error *err)
{
    bool could = true;
    enum fc_status status = FC_OK;
    for (size_t i = 0; i < r->nparts && could && status == FC_OK; i++)
        status = begin_again(&r->parts[i], &could, err);
    io_rowset_clear(r->rows);
    if (status != FC_OK || could)
        return status;
    return fc_fail(err, FC_EDATA,
                   "%s: how its numbers and timestamps are written shows too "
                   "late for what can be read only once: say --decimal and "
                   "--time-format, or name a file",
                   r->parts[0].layout.file);
}

static enum fc_status read_rows(struct reading *r, struct fc_error *err)
{
    enum fc_status status;
    bool again = false;
    for (int pass = 0;; pass++) {
        status = parse_parts(r, err);
        if (status == FC_OK)
            status = settle(r, &again, err);
        if (status != FC_OK || !again || pass == MOST_PASSES)
            return status;
        status = rewind_parts(r, err);
        if (status != FC_OK)
            return status;
    }
}

/*
 * A checksum of all that was read: the same however many threads read it.
 * The header counts by what it says.
 */
static uint32_t checksum(const struct reading *r)
{
    uLong crc = 0;
    for (size_t p = 0; p < r->nparts; p++) {
        const struct part *part = &r->parts[p];
        for (size_t i = 0; i < part->layout.ncolumns; i++) {
            const char *name = part->layout.names[i];
            crc = crc32_z(crc, (const unsigned char *)name, strlen(name) + 1);
        }
        for (size_t i = 0; i < part->n; i++) {
            const struct io_chunk *c = &r->rows->chunks[part->first + i];
            crc = crc32_combine(crc, c->crc, (z_off_t)(c->end - c->begin));
        }
    }
    return (uint32_t)crc;
}

static char *copy_text(const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = malloc(n);
    return copy != NULL ? memcpy(copy, text, n) : NULL;
}

static bool describe_parts(struct reading *r)
{
    struct io_rowset *rows = r->rows;
    rows->parts = calloc(r->nparts, sizeof *rows->parts);
    if (rows->parts == NULL)
        return false;
    rows->nparts = r->nparts;
    for (size_t i = 0; i < r->nparts; i++) {
        const struct part *part = &r->parts[i];
        rows->parts[i] =
            (struct io_part){part->layout.file, part->first,
                             part->layout.body_line, part->first_id};
        rows->bytes += rows->chunks[part->first + part->n - 1].end;
    }
    return true;
}

/* What the rows are called, and what they were made from. */
static enum fc_status describe(struct reading *r, struct fc_error *err)
{
    struct io_rowset *rows = r->rows;
    const struct io_layout *layout = &r->parts[0].layout;
    rows->name = layout->file;
    rows->id_name = copy_text(layout->id_name);
    rows->time_name = copy_text(layout->time_name);
    if (layout->form->nroles > 1) {
        rows->value_name = copy_text(layout->names[layout->value]);
        if (rows->value_name == NULL)
            return no_memory(err);
    }
    rows->nkeys = layout->nkeys;
    rows->one_series = layout->one_series;
    rows->format = r->options->agreed != NULL ? r->options->agreed->format
                                              : r->dialect.time;
    rows->decimal = r->dialect.numbers.decimal;
    rows->first_line = layout->body_line;
    rows->say_columns = layout->say_columns;
    memcpy(rows->columns, layout->columns, sizeof rows->columns);
    if (layout->header_line > 1)
        io_note(&rows->notes,
                "%s: the header is line %llu; what is above it is passed over",
                layout->file, layout->header_line);
    if (rows->id_name == NULL || rows->time_name == NULL || !describe_parts(r))
        return no_memory(err);
    if (r->options->fill.shard.count > 0)
        rows->crc = checksum(r);
    if (rows->format.form == IO_TIME_EPOCH)
        return io_epoch_take(rows, r->options->agreed->source, err);
    if (!r->options->steps)
        io_epoch_find(rows);
    return FC_OK;
}

/* What the user says of how things are written. */
static enum fc_status begin_dialect(struct reading *r, struct fc_error *err)
{
    const struct io_csv_options *o = r->options;
    struct io_dialect *dialect = &r->dialect;
    struct fc_error why;
    dialect->decimal_given = o->decimal != '\0';
    dialect->numbers.decimal = o->decimal != '\0' ? o->decimal : '.';
    dialect->numbers.missing = o->missing;
    dialect->steps = o->steps;
    dialect->says = "--time-format";
    if (o->agreed != NULL) {
        io_dialect_agree(dialect, o->agreed);
        return FC_OK;
    }
    if (o->time_format == NULL)
        return FC_OK;
    dialect->time_given = true;
    if (io_time_format_set(&dialect->time, o->time_format, &why) != FC_OK)
        return fc_fail(err, FC_EINVAL, "--time-format: %s", why.msg);
    return FC_OK;
}

/* The header of a part.  The first says what the others' columns are. */
static enum fc_status open_part(struct reading *r, size_t i, const char *path,
                                struct fc_error *err)
{
    const struct io_csv_options *o = r->options;
    const struct io_layout *first = &r->parts[0].layout;
    struct io_column_names names = {o->id, o->time, o->value, false};
    struct io_dialect given = r->dialect;
    struct part *part = &r->parts[i];
    enum fc_status status = io_source_open(path, &part->source, err);
    given.may_be_empty = i > 0 || o->agreed != NULL;
    if (o->agreed != NULL) {
        names = (struct io_column_names){o->agreed->id, o->agreed->time,
                                         o->agreed->value, false};
    } else if (i > 0 && first->form->nroles > 1) {
        names.one_series = first->one_series;
        names.id = first->nkeys > 1    ? o->id
                   : first->one_series ? NULL
                                       : first->names[first->id];
        names.time = first->names[first->time];
        names.value = first->names[first->value];
    }
    r->nparts = i + 1;
    if (status != FC_OK)
        return status;
    status = io_container_open(&part->source, o->encoding, err);
    if (status != FC_OK)
        return status;
    io_source_keep(&part->source, true);
    status = io_cursor_init(&part->cursor, &part->source, 0, err);
    if (status == FC_OK)
        status =
            io_layout_read(&part->cursor, o->wide ? &io_csv_wide : &io_csv_long,
                           &names, &given, &part->layout, err);
    if (status != FC_OK)
        return status;
    const struct io_dialect *dialect = &part->layout.dialect;
    if (i == 0 && o->agreed == NULL)
        r->dialect = *dialect;
    r->dialect.watch = r->dialect.watch || dialect->watch;
    if (!dialect->watch && dialect->rival.form == IO_TIME_UNKNOWN)
        io_source_keep(&part->source, false);
    return FC_OK;
}

static enum fc_status read_all(struct reading *r, struct fc_error *err)
{
    enum fc_status status = begin_dialect(r, err);
    for (size_t i = 0; i <= r->options->nmore && status == FC_OK; i++)
        status = open_part(
            r, i, i == 0 ? r->options->path : r->options->more[i - 1], err);
    if (status == FC_OK)
        status = read_rows(r, err);
    if (status == FC_OK)
        status = describe(r, err);
    return status;
}

static void close_parts(struct reading *r)
{
    for (size_t i = 0; i < r->nparts; i++) {
        io_cursor_release(&r->parts[i].cursor);
        io_layout_release(&r->parts[i].layout);
        io_source_close(&r->parts[i].source);
    }
    free(r->parts);
}

enum fc_status io_csv_read(const struct io_csv_options *options,
                           struct io_rowset *rows, struct fc_error *err)
{
    struct reading r = {.options = options, .rows = rows};
    r.parts = calloc(options->nmore + 1, sizeof *r.parts);
    if (r.parts == NULL)
        return no_memory(err);
    enum fc_status status = read_all(&r, err);
    close_parts(&r);
    return status;
}

enum fc_status io_csv_columns_find(const struct io_csv_options *options,
                                   struct io_csv_columns *columns,
                                   struct fc_error *err)
{
    struct reading r = {.options = options};
    const struct io_layout *layout;
    *columns = (struct io_csv_columns){0};
    r.parts = calloc(1, sizeof *r.parts);
    if (r.parts == NULL)
        return no_memory(err);
    layout = &r.parts[0].layout;
    enum fc_status status = begin_dialect(&r, err);
    if (status == FC_OK)
        status = open_part(&r, 0, options->path, err);
    if (status == FC_OK) {
        columns->one_series = layout->one_series;
        columns->id =
            copy_text(layout->nkeys > 1 ? options->id : layout->id_name);
        columns->time = copy_text(layout->names[layout->time]);
        columns->value = copy_text(layout->names[layout->value]);
        status = io_source_unchanged(&r.parts[0].source, err);
        if (columns->id == NULL || columns->time == NULL
            || columns->value == NULL)
            status = no_memory(err);
    }
    close_parts(&r);
    return status;
}

bool io_csv_columns_copy(const struct io_csv_options *options,
                         struct io_csv_columns *columns)
{
    const char *const from[] = {options->id, options->time, options->value};
    char **const to[] = {&columns->id, &columns->time, &columns->value};
    for (size_t i = 0; i < 3; i++)
        if (from[i] != NULL && (*to[i] = copy_text(from[i])) == NULL)
            return false;
    return true;
}

void io_csv_columns_release(struct io_csv_columns *columns)
{
    free(columns->id);
    free(columns->time);
    free(columns->value);
    *columns = (struct io_csv_columns){0};
}
