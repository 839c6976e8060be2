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

#include "io/text/number.h"
#include "io/text/trim.h"
#include "io/text/utf8.h"

#include <csv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    MAX_FIELD = 1 << 20,   /* bytes; longer means a quote was left open */
    MAX_PLAIN = 1 << 16,   /* bytes of a line that is cut here */
    MAX_QUOTED = 1 << 12,  /* likewise, with quotes in it */
    FIELD_BLOCK = 1 << 12, /* bytes by which libcsv's field buffer grows */
    SHOWN = 30 /* bytes of an offending field that a message quotes */
};

/* The state of one chunk's parser. */
struct parse {
    const struct io_layout *layout;
    struct io_chunk *chunk;
    struct io_time_format format;
    size_t column;     /* of the next field */
    bool row_open;     /* a record has begun and not ended */
    uint64_t line;     /* being fed */
    uint64_t row_line; /* where the open record began */
    size_t row_first;  /* chunk->n when it began */
    size_t last_value; /* wide form: column of its last value, if any */
    bool has_id;
    uint32_t series; /* of the open record; the last one's before its id */
    int64_t time;
    double value;
    bool rejected;
    char problem[sizeof((struct io_row_error *)0)->msg];
    unsigned char *has_error; /* per series: one error is kept already */
    size_t has_error_size;
    bool out_of_memory;
    bool field_too_long;
    uint64_t next_quote, next_nul, next_cr; /* offsets: see find_next() */
};

/* Shows an offending field in a message: shortened, control bytes as '?'. */
static void show(const char *text, size_t n, char *out)
{
    size_t shown = io_utf8_cut(text, n, SHOWN);
    for (size_t i = 0; i < shown; i++)
        out[i] =
            (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? '?' : text[i];
    strcpy(out + shown, shown < n ? "..." : "");
}

static void reject(struct parse *p, size_t column, const char *why,
                   const char *text, size_t n)
{
    char shown[SHOWN + 4], name[SHOWN + 4];
    if (p->rejected)
        return;
    show(text, n, shown);
    show(p->layout->names[column], strlen(p->layout->names[column]), name);
    snprintf(p->problem, sizeof p->problem, "column '%s': %s: '%s'", name, why,
             shown);
    p->rejected = true;
}

/* Grows *array to hold at least one more than n elements. */
static bool reserve(void *array, size_t *capacity, size_t n, size_t size)
{
    void **place = array;
    if (n < *capacity)
        return true;
    size_t more = *capacity + *capacity / 2 + 256;
    void *grown = realloc(*place, more * size);
    if (grown == NULL)
        return false;
    *place = grown;
    *capacity = more;
    return true;
}

static bool push(struct parse *p, int64_t time, double value)
{
    struct io_chunk *c = p->chunk;
    size_t capacity = c->capacity;
    if (!reserve(&c->value, &capacity, c->n, sizeof *c->value)
        || !reserve(&c->time, &c->capacity, c->n, sizeof *c->time)) {
        p->out_of_memory = true;
        return false;
    }
    c->value[c->n] = value;
    c->time[c->n++] = time;
    return true;
}

static void add_run(struct parse *p, size_t count)
{
    struct io_chunk *c = p->chunk;
    if (c->nruns > 0 && c->run[c->nruns - 1].series == p->series) {
        c->run[c->nruns - 1].count += (uint32_t)count;
        return;
    }
    if (!reserve(&c->run, &c->runs_capacity, c->nruns, sizeof *c->run)) {
        p->out_of_memory = true;
        return;
    }
    c->run[c->nruns++] = (struct io_run){p->series, (uint32_t)count};
}

/* Keeps where the open record stands. */
static void add_line(struct parse *p)
{
    struct io_chunk *c = p->chunk;
    uint32_t rows = (uint32_t)(c->n - p->row_first);
    if (c->nstretches > 0) {
        struct io_lines *last = &c->lines[c->nstretches - 1];
        if (last->series == p->series && last->rows == rows
            && last->count < UINT32_MAX
            && last->line + last->count == p->row_line) {
            last->count++;
            return;
        }
    }
    if (!reserve(&c->lines, &c->lines_capacity, c->nstretches,
                 sizeof *c->lines)) {
        p->out_of_memory = true;
        return;
    }
    c->lines[c->nstretches++] =
        (struct io_lines){p->series, 1, rows, p->row_line};
}

static bool grow_has_error(struct parse *p)
{
    size_t size = (size_t)p->series * 2 + 64;
    unsigned char *grown = realloc(p->has_error, size);
    if (grown == NULL)
        return false;
    memset(grown + p->has_error_size, 0, size - p->has_error_size);
    p->has_error = grown;
    p->has_error_size = size;
    return true;
}

static void add_error(struct parse *p)
{
    struct io_chunk *c = p->chunk;
    c->nrejected++;
    if (!io_shard_has(&p->layout->shard, c->ids.text[p->series],
                      c->ids.length[p->series]))
        return;
    if (p->has_error_size <= p->series && !grow_has_error(p)) {
        p->out_of_memory = true;
        return;
    }
    if (p->has_error[p->series] && !p->layout->all_errors)
        return;
    if (!reserve(&c->errors, &c->errors_capacity, c->nerrors,
                 sizeof *c->errors)) {
        p->out_of_memory = true;
        return;
    }
    p->has_error[p->series] = 1;
    struct io_row_error *e = &c->errors[c->nerrors++];
    e->series = p->series;
    e->line = p->row_line;
    memcpy(e->msg, p->problem, sizeof e->msg);
}

static bool is_utf8(const unsigned char *s, size_t n)
{
    uint32_t code;
    for (size_t i = 0, length; i < n; i += length) {
        length = io_utf8_char(s + i, n - i, &code);
        if (length == 0)
            return false;
    }
    return true;
}

static void read_id(struct parse *p, const char *text, size_t n)
{
    struct io_intern *ids = &p->chunk->ids;
    p->has_id = true;
    if (p->series < ids->n && ids->length[p->series] == n
        && memcmp(ids->text[p->series], text, n) == 0)
        return;
    uint32_t before = ids->n;
    p->series = io_intern_add(ids, text, n);
    if (p->series == IO_INTERN_FULL) {
        p->out_of_memory = true;
        p->series = 0;
    } else if (ids->n > before && p->chunk->not_utf8 == 0
               && !is_utf8((const unsigned char *)text, n)) {
        p->chunk->not_utf8 = p->row_line + 1;
    }
}

/* NaN for a missing value; rejects the row when it is not a number. */
static double read_value(struct parse *p, size_t column, const char *text,
                         size_t n)
{
    double value = NAN;
    const char *given = text;
    size_t length = n;
    io_trim(&text, &n);
    if (io_number_parse(text, n, &value) || io_is_missing(text, n))
        return value;
    reject(p, column,
           memchr(text, ',', n) != NULL ? "not a number (the decimal sign is "
                                          "a point)"
                                        : "not a number",
           given, length);
    return NAN;
}

static void read_time(struct parse *p, const char *text, size_t n)
{
    const char *given = text;
    size_t length = n;
    io_trim(&text, &n);
    const char *why = io_time_parse(text, n, &p->format, &p->time);
    if (why != NULL)
        reject(p, p->layout->time, why, given, length);
}

static void long_field(void *field, size_t n, void *arg)
{
    struct parse *p = arg;
    const char *text = n > 0 ? field : "";
    size_t column = p->column++;
    p->field_too_long |= n > MAX_FIELD;
    if (column == p->layout->id)
        read_id(p, text, n);
    else if (column == p->layout->time)
        read_time(p, text, n);
    else if (column == p->layout->value)
        p->value = read_value(p, column, text, n);
}

/* The cells between the row's last value and this column's. */
static void push_missing(struct parse *p, size_t column)
{
    if (p->chunk->n == p->row_first)
        return;
    for (size_t i = p->last_value + 1; i < column; i++)
        if (i != p->layout->id)
            push(p, p->layout->times[i], NAN);
}

/*
 * A missing value in wide form is a row of its own if it lies between values
 * of its series: such cells are the step of the file, too.
 */
static void wide_field(void *field, size_t n, void *arg)
{
    struct parse *p = arg;
    const char *text = n > 0 ? field : "";
    size_t column = p->column++;
    p->field_too_long |= n > MAX_FIELD;
    if (column == p->layout->id) {
        read_id(p, text, n);
    } else if (column < p->layout->ncolumns) {
        double value = read_value(p, column, text, n);
        if (!isnan(value)) {
            push_missing(p, column);
            push(p, p->layout->times[column], value);
            p->last_value = column;
        }
    }
}

static void check_width(struct parse *p)
{
    size_t want = p->layout->ncolumns;
    if (p->column == want || (p->layout->wide && p->column < want))
        return;
    snprintf(p->problem, sizeof p->problem,
             "%zu columns where the header has %zu", p->column, want);
    p->rejected = true;
}

static void end_record(int terminator, void *arg)
{
    struct parse *p = arg;
    (void)terminator;
    check_width(p);
    if (!p->has_id)
        read_id(p, "", 0);
    if (p->rejected) {
        p->chunk->n = p->row_first;
        add_run(p, 0);
        add_error(p);
    } else {
        if (!p->layout->wide)
            push(p, p->time, p->value);
        add_run(p, p->chunk->n - p->row_first);
        if (p->layout->all_errors)
            add_line(p);
    }
    p->row_line = p->line;
    p->row_first = p->chunk->n;
    p->column = 0;
    p->has_id = false;
    p->rejected = false;
}

static void fail_chunk(struct parse *p, enum fc_status status, uint64_t line,
                       const char *why)
{
    p->chunk->status = fc_fail(&p->chunk->err, status, "%s", why);
    p->chunk->err_line = line;
}

static void feed(struct parse *p, struct csv_parser *csv,
                 const unsigned char *text, size_t n)
{
    void (*field)(void *, size_t, void *) =
        p->layout->wide ? wide_field : long_field;
    if (!p->row_open)
        p->row_line = p->line;
    if (csv_parse(csv, text, n, field, end_record, p) < n || p->out_of_memory)
        fail_chunk(p, FC_ENOMEM, UINT64_MAX, "out of memory");
    else if (csv->entry_pos > MAX_FIELD || p->field_too_long)
        fail_chunk(p, FC_EDATA, p->row_line,
                   "a field of more than 1 MiB: is a quote left open?");
    else if (memchr(text, '\0', n) != NULL)
        fail_chunk(p, FC_EDATA, p->line,
                   "a NUL byte: not a text file in UTF-8");
    p->row_open = csv->pstate != 0; /* libcsv's "no row has begun" */
}

static void finish(struct parse *p, struct csv_parser *csv)
{
    void (*field)(void *, size_t, void *) =
        p->layout->wide ? wide_field : long_field;
    csv_set_opts(csv, CSV_STRICT | CSV_STRICT_FINI);
    if (csv_fini(csv, field, end_record, p) != 0)
        fail_chunk(p, FC_EDATA, p->row_line,
                   "a quote that opens in this record is never closed");
    else if (p->out_of_memory)
        fail_chunk(p, FC_ENOMEM, UINT64_MAX, "out of memory");
}

static int no_blank(unsigned char c)
{
    (void)c;
    return 0;
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

/* The end of the field that begins at text: a separator or the line's end. */
static const char *field_end(const struct parse *p, const char *text,
                             const char *end)
{
    const char *stop = memchr(text, p->layout->delimiter, (size_t)(end - text));
    return stop != NULL ? stop : end;
}

/* Whether the text begins with this id, and a separator after it. */
static bool is_id(const struct parse *p, uint32_t series, const char *text,
                  const char *end)
{
    const struct io_intern *ids = &p->chunk->ids;
    if (series >= ids->n)
        return false;
    size_t n = ids->length[series];
    return (size_t)(end - text) > n && text[n] == p->layout->delimiter
           && memcmp(text, ids->text[series], n) == 0;
}

/*
 * Takes an id and returns its end.  It is most often that of the row before,
 * or, where series take turns, the one that followed that in the last round.
 */
static const char *id_end(struct parse *p, const char *text, const char *end)
{
    uint32_t next = p->series + 1 < p->chunk->ids.n ? p->series + 1 : 0;
    if (!is_id(p, p->series, text, end)) {
        if (!is_id(p, next, text, end)) {
            const char *stop = field_end(p, text, end);
            read_id(p, text, (size_t)(stop - text));
            return stop;
        }
        p->series = next;
    }
    p->has_id = true;
    return text + p->chunk->ids.length[p->series];
}

/* Likewise for a timestamp, which is most often a date. */
static const char *time_end(struct parse *p, const char *text, const char *end)
{
    enum { DATE_SIZE = 10 };
    if (p->format.form == IO_TIME_DATE && end - text > DATE_SIZE
        && text[DATE_SIZE] == p->layout->delimiter
        && io_time_parse(text, DATE_SIZE, &p->format, &p->time) == NULL)
        return text + DATE_SIZE;
    const char *stop = field_end(p, text, end);
    read_time(p, text, (size_t)(stop - text));
    return stop;
}

/* Likewise for a value: what is a number up to the end is the last field. */
static const char *value_end(struct parse *p, const char *text, const char *end)
{
    if (p->layout->value + 1 == p->layout->ncolumns
        && io_number_parse(text, (size_t)(end - text), &p->value))
        return end;
    const char *stop = field_end(p, text, end);
    p->value = read_value(p, p->layout->value, text, (size_t)(stop - text));
    return stop;
}

/*
 * A line without quotes and without its line end.  False when it has not as
 * many fields as the header: nothing has happened then that libcsv would not
 * do again.
 */
static bool take_long_row(struct parse *p, const char *text, const char *end)
{
    const struct io_layout *layout = p->layout;
    for (size_t column = 0; column < layout->ncolumns; column++) {
        const char *stop = column == layout->id      ? id_end(p, text, end)
                           : column == layout->time  ? time_end(p, text, end)
                           : column == layout->value ? value_end(p, text, end)
                                                     : field_end(p, text, end);
        if ((stop == end) != (column + 1 == layout->ncolumns)) {
            p->has_id = p->rejected = false;
            return false;
        }
        text = stop + 1;
    }
    p->column = layout->ncolumns;
    end_record('\n', p);
    return true;
}

static bool take_wide_row(struct parse *p, char *text, const char *end)
{
    for (;;) {
        const char *stop = field_end(p, text, end);
        wide_field(text, (size_t)(stop - text), p);
        if (stop == end)
            break;
        text += stop + 1 - text;
    }
    end_record('\n', p);
    return true;
}

/*
 * Copies a line without the quotes around its fields; returns the copy's end,
 * or NULL when a quote means more than that: a separator, a quote or a line
 * end inside, something else behind.
 */
static char *strip_quotes(const struct parse *p, const char *text, size_t n,
                          char *out)
{
    const char *end = text + n;
    while (text < end) {
        bool quoted = *text == '"';
        text += quoted;
        const char *quote = memchr(text, '"', (size_t)(end - text));
        const char *stop = field_end(p, text, quote != NULL ? quote : end);
        if (quoted ? quote == NULL || stop != quote : stop == quote)
            return NULL;
        memcpy(out, text, (size_t)(stop - text));
        out += stop - text;
        text = stop + quoted;
        if (text < end && *text != p->layout->delimiter)
            return NULL;
        if (text < end)
            *out++ = *text++;
    }
    return out;
}

/* A line without its line end; false when libcsv is needed. */
static bool take_row(struct parse *p, char *text, char *end, bool has_quotes)
{
    char stripped[MAX_QUOTED];
    p->row_line = p->line;
    if (has_quotes) {
        if (end - text > MAX_QUOTED)
            return false;
        end = strip_quotes(p, text, (size_t)(end - text), stripped);
        text = stripped;
        if (end == NULL)
            return false;
    }
    return p->layout->wide ? take_wide_row(p, text, end)
                           : take_long_row(p, text, end);
}

/* Rows from the front of the buffer, as long as they are plain. */
static void take_plain_rows(struct parse *p, struct io_cursor *cursor,
                            uint64_t until)
{
    uint64_t limit = find_next(cursor, '\0', &p->next_nul);
    while (cursor->offset < until && cursor->offset < limit
           && !p->out_of_memory) {
        char *text = (char *)cursor->buf + cursor->pos;
        char *end = memchr(text, '\n', (size_t)(limit - cursor->offset));
        if (end == NULL || end == text || end - text > MAX_PLAIN)
            return;
        size_t n = (size_t)(end - text) + 1;
        uint64_t quote = find_next(cursor, '"', &p->next_quote);
        uint64_t cr = find_next(cursor, '\r', &p->next_cr) - cursor->offset;
        if (cr == 0 || (cr < n && cr + 2 != n))
            return;
        if (!take_row(p, text, end - (cr < n), quote < cursor->offset + n))
            return;
        io_cursor_advance(cursor, n);
        p->line++;
    }
}

/* So that runs can tell whether they have read the same. */
static void add_bytes(struct parse *p, const unsigned char *text, size_t n)
{
    if (p->layout->shard.count > 0)
        p->chunk->crc = (uint32_t)crc32_z(p->chunk->crc, text, n);
}

static void parse_lines(struct parse *p, struct csv_parser *csv,
                        struct io_cursor *cursor, uint64_t until)
{
    struct io_chunk *chunk = p->chunk;
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
        p->line += whole;
    }
}

void io_csv_parse(const struct io_layout *layout, struct io_cursor *cursor,
                  uint64_t until, struct io_chunk *chunk)
{
    struct csv_parser csv;
    struct parse p = {
        .layout = layout, .chunk = chunk, .format = layout->format};
    chunk->begin = cursor->offset;
    if (csv_init(&csv, 0) != 0) {
        fail_chunk(&p, FC_ENOMEM, UINT64_MAX, "out of memory");
        return;
    }
    csv_set_delim(&csv, (unsigned char)layout->delimiter);
    csv_set_space_func(&csv, no_blank);
    csv_set_blk_size(&csv, FIELD_BLOCK);
    parse_lines(&p, &csv, cursor, until);
    csv_free(&csv);
    free(p.has_error);
    chunk->end = cursor->offset;
    chunk->nlines = p.line;
    if (chunk->status == FC_OK
        && (p.out_of_memory || !io_chunk_pack(chunk, &layout->shard)))
        fail_chunk(&p, FC_ENOMEM, UINT64_MAX, "out of memory");
}
