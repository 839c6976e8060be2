/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records into rows.  libcsv is fed one line at a time: that costs little and
 * tells, for every record, the line and the offset at which it began, which
 * libcsv itself does not know.
 *
 * Most lines of most files are plain: as many fields as the header has, and
 * quotes, if any, around a field that would not need them.  Those are cut at
 * the separators without libcsv, which looks at every byte several times;
 * whatever is not plain is left to it.
 *
 * libcsv would strip blanks around unquoted fields; ids are opaque, so it is
 * told that nothing is a blank, and numbers and timestamps are trimmed here.
 */
#include "io/csv/parse.h"

#include "io/csv/form.h"

#include <stdlib.h>
#include <zlib.h>

enum {
    MAX_PLAIN = 1 << 16,  /* bytes of a line that is cut here */
    MAX_QUOTED = 1 << 12, /* likewise, with quotes in it */
    FIELD_BLOCK = 1 << 12 /* bytes by which libcsv's field buffer grows */
};

/* The state of one chunk's parser. */
struct parse {
    struct io_csv_row row;
    bool row_open; /* a record has begun and not ended */
    uint64_t next_quote, next_nul, next_cr; /* offsets: see find_next() */
};

static void fail_chunk(struct parse *p, enum fc_status status, uint64_t line,
                       const char *why)
{
    p->row.fill.chunk->status =
        fc_fail(&p->row.fill.chunk->err, status, "%s", why);
    p->row.fill.chunk->err_line = line;
}

static void feed(struct parse *p, struct csv_parser *csv,
                 const unsigned char *text, size_t n)
{
    struct io_csv_row *row = &p->row;
    const struct io_csv_form *form = row->layout->form;
    if (!p->row_open)
        row->fill.line = row->line;
    if (csv_parse(csv, text, n, form->field, form->end, row) < n
        || row->fill.out_of_memory)
        fail_chunk(p, FC_ENOMEM, UINT64_MAX, "out of memory");
    else if (csv->entry_pos > IO_CSV_FIELD_MOST || row->field_too_long)
        fail_chunk(p, FC_EDATA, row->fill.line,
                   "a field of more than 1 MiB: is a quote left open?");
    else if (memchr(text, '\0', n) != NULL)
        fail_chunk(p, FC_EDATA, row->line,
                   "a NUL byte: not a text file in UTF-8");
    p->row_open = csv->pstate != 0; /* libcsv's "no row has begun" */
}

static void finish(struct parse *p, struct csv_parser *csv)
{
    struct io_csv_row *row = &p->row;
    const struct io_csv_form *form = row->layout->form;
    csv_set_opts(csv, CSV_STRICT | CSV_STRICT_FINI);
    if (csv_fini(csv, form->field, form->end, row) != 0)
        fail_chunk(p, FC_EDATA, row->fill.line,
                   "a quote that opens in this record is never closed");
    else if (row->fill.out_of_memory)
        fail_chunk(p, FC_ENOMEM, UINT64_MAX, "out of memory");
}

/*
 * The offset of the next such byte in the buffer, or of the buffer's end when
 * it has none.  *seen is what was found before, and holds as long as that
 * byte lies ahead.
 */
static uint64_t find_next(const struct io_cursor *cursor, int byte,
                          uint64_t *seen)
{
    const unsigned char *at = cursor->buf + cursor->pos;
    uint64_t left = cursor->len - cursor->pos;
    uint64_t from = *seen > cursor->offset ? *seen - cursor->offset : 0;
    if (from < left && at[from] != byte) {
        const unsigned char *found =
            memchr(at + from, byte, (size_t)(left - from));
        from = found != NULL ? (uint64_t)(found - at) : left;
    }
    *seen = cursor->offset + (from < left ? from : left);
    return *seen;
}

/*
 * Copies a line without the quotes around its fields; returns the copy's end,
 * or NULL when a quote means more than that: a separator, a quote or a line
 * end inside, something else behind.
 */
static char *strip_quotes(const struct io_csv_row *row, const char *text,
                          size_t n, char *out)
{
    const char *end = text + n;
    while (text < end) {
        bool quoted = *text == '"';
        text += quoted;
        const char *quote = memchr(text, '"', (size_t)(end - text));
        const char *stop =
            io_csv_field_end(row, text, quote != NULL ? quote : end);
        if (quoted ? quote == NULL || stop != quote : stop == quote)
            return NULL;
        memcpy(out, text, (size_t)(stop - text));
        out += stop - text;
        text = stop + quoted;
        if (text < end && *text != row->layout->delimiter)
            return NULL;
        if (text < end)
            *out++ = *text++;
    }
    return out;
}

/* A line without its line end; false when libcsv is needed. */
static bool take_line(struct io_csv_row *row, char *text, char *end,
                      bool has_quotes)
{
    char stripped[MAX_QUOTED];
    row->fill.line = row->line;
    if (has_quotes) {
        if (end - text > MAX_QUOTED)
            return false;
        end = strip_quotes(row, text, (size_t)(end - text), stripped);
        text = stripped;
        if (end == NULL)
            return false;
    }
    return row->layout->form->plain_line(row, text, end);
}

/* Rows from the front of the buffer, as long as they are plain. */
static void take_plain_rows(struct parse *p, struct io_cursor *cursor,
                            uint64_t until)
{
    uint64_t limit = find_next(cursor, '\0', &p->next_nul);
    uint64_t quote = find_next(cursor, '"', &p->next_quote);
    uint64_t cr = find_next(cursor, '\r', &p->next_cr);
    while (cursor->offset < until && cursor->offset < limit
           && !p->row.fill.out_of_memory) {
        char *text = (char *)cursor->buf + cursor->pos;
        char *end = memchr(text, '\n', (size_t)(limit - cursor->offset));
        if (end == NULL || end == text || end - text > MAX_PLAIN)
            return;
        size_t n = (size_t)(end - text) + 1;
        if (quote < cursor->offset)
            quote = find_next(cursor, '"', &p->next_quote);
        if (cr < cursor->offset)
            cr = find_next(cursor, '\r', &p->next_cr);
        bool has_cr = cr < cursor->offset + n;
        if (has_cr && (cr == cursor->offset || cr + 2 != cursor->offset + n))
            return;
        if (!take_line(&p->row, text, end - has_cr, quote < cursor->offset + n))
            return;
        io_cursor_advance(cursor, n);
        p->row.line++;
    }
}

/* So that runs can tell whether they have read the same. */
static void add_bytes(struct parse *p, const unsigned char *text, size_t n)
{
    if (p->row.fill.options->shard.count > 0)
        p->row.fill.chunk->crc =
            (uint32_t)crc32_z(p->row.fill.chunk->crc, text, n);
}

static void parse_lines(struct parse *p, struct csv_parser *csv,
                        struct io_cursor *cursor, uint64_t until)
{
    struct io_chunk *chunk = p->row.fill.chunk;
    while (chunk->status == FC_OK && (p->row_open || cursor->offset < until)) {
        size_t n;
        bool whole;
        struct fc_error err;
        if (!p->row_open) {
            size_t from = cursor->pos;
            take_plain_rows(p, cursor, until);
            add_bytes(p, cursor->buf + from, cursor->pos - from);
            if (cursor->offset >= until)
                return;
        }
        enum fc_status status = io_cursor_line(cursor, &n, &whole, &err);
        if (status != FC_OK) {
            fail_chunk(p, status, UINT64_MAX, err.msg);
            return;
        }
        if (n == 0) {
            finish(p, csv);
            return;
        }
        feed(p, csv, cursor->buf + cursor->pos, n);
        add_bytes(p, cursor->buf + cursor->pos, n);
        io_cursor_advance(cursor, n);
        p->row.line += whole;
    }
}

void io_csv_parse(const struct io_layout *layout,
                  const struct io_fill_options *options,
                  struct io_cursor *cursor, uint64_t until,
                  struct io_chunk *chunk)
{
    struct csv_parser csv;
    struct parse p = {.row = {.layout = layout,
                              .fill = {.options = options, .chunk = chunk},
                              .format = layout->dialect.time}};
    chunk->begin = cursor->offset;
    if (csv_init(&csv, 0) != 0) {
        fail_chunk(&p, FC_ENOMEM, UINT64_MAX, "out of memory");
        return;
    }
    csv_set_delim(&csv, (unsigned char)layout->delimiter);
    csv_set_space_func(&csv, io_no_blank);
    csv_set_blk_size(&csv, FIELD_BLOCK);
    parse_lines(&p, &csv, cursor, until);
    csv_free(&csv);
    io_fill_release(&p.row.fill);
    io_csv_keys_release(&p.row.keys);
    chunk->seen.times.style = p.row.format.style;
    chunk->seen.times.fraction = p.row.format.fraction;
    chunk->end = cursor->offset;
    chunk->nlines = p.row.line;
    if (chunk->status == FC_OK
        && (p.row.fill.out_of_memory || !io_chunk_pack(chunk, &options->shard)))
        fail_chunk(&p, FC_ENOMEM, UINT64_MAX, "out of memory");
}
