/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records of texts, by libcsv, which is fed line by line so that every record
 * knows the line at which it began.  Lines without quotes, which are most, are
 * what is between their delimiters, and need no libcsv.
 */
#include "io/csv/table.h"

#include "io/csv/container.h"
#include "io/csv/fields.h"
#include "io/csv/layout.h"
#include "io/csv/source.h"
#include "io/text/amount.h"
#include "io/text/field.h"
#include "io/text/trim.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 1 << 18,
    FIELD_BLOCK = 1 << 12, /* bytes by which libcsv's field buffer grows */
    MAX_RECORD = 1 << 26
};

struct reader {
    struct io_record record;
    char *text; /* of the record's fields, each with its NUL */
    size_t used, room;
    size_t *start, *length; /* of the fields in text */
    const char **field;
    size_t n, capacity; /* fields */
    size_t width;       /* of the header; 0 = not read yet */
    uint64_t line;      /* being fed */
    bool open;          /* a record has begun and not ended */
    bool any_width;     /* records may be of another width */
    enum fc_status (*on_record)(void *arg, const struct io_record *record,
                                struct fc_error *err);
    void *arg;
    enum fc_status status;
    struct fc_error *err;
};

static void out_of_memory(struct reader *r)
{
    r->status = fc_fail(r->err, FC_ENOMEM, "out of memory");
}

static bool make_room(struct reader *r, size_t n)
{
    if (r->n == r->capacity) {
        size_t more = r->capacity * 2 + 16;
        size_t *start = realloc(r->start, more * sizeof *start);
        r->start = start != NULL ? start : r->start;
        size_t *length = realloc(r->length, more * sizeof *length);
        r->length = length != NULL ? length : r->length;
        const char **field = realloc(r->field, more * sizeof *field);
        r->field = field != NULL ? field : r->field;
        if (start == NULL || length == NULL || field == NULL)
            return false;
        r->capacity = more;
    }
    if (r->room - r->used <= n) {
        size_t more = r->room * 2 + n + 256;
        char *text = realloc(r->text, more);
        if (text == NULL)
            return false;
        r->text = text;
        r->room = more;
    }
    return true;
}

static void on_field(void *field, size_t n, void *arg)
{
    struct reader *r = arg;
    if (r->status != FC_OK)
        return;
    if (!make_room(r, n)) {
        out_of_memory(r);
        return;
    }
    if (n > 0)
        memcpy(r->text + r->used, field, n);
    r->text[r->used + n] = '\0';
    r->start[r->n] = r->used;
    r->length[r->n++] = n;
    r->used += n + 1;
}

static void end_record(int terminator, void *arg)
{
    struct reader *r = arg;
    (void)terminator;
    if (r->status == FC_OK && r->width > 0 && r->n != r->width && !r->any_width)
        r->status = fc_fail(
            r->err, FC_EDATA, "%s:%llu: %zu columns where the header has %zu",
            r->record.file, (unsigned long long)r->record.line, r->n, r->width);
    if (r->status == FC_OK) {
        for (size_t i = 0; i < r->n; i++)
            r->field[i] = r->text + r->start[i];
        r->record.n = r->width = r->n;
        r->record.field = r->field;
        r->record.length = r->length;
        r->status = r->on_record(r->arg, &r->record, r->err);
    }
    r->n = r->used = 0;
    r->record.line = r->line;
}

static void fail(struct reader *r, const char *why)
{
    if (r->status == FC_OK)
        r->status = fc_fail(r->err, FC_EDATA, "%s:%llu: %s", r->record.file,
                            (unsigned long long)r->record.line, why);
}

/* Whether a line, of n bytes and its end, is a record by itself. */
static bool is_plain(const unsigned char *text, size_t n)
{
    return memchr(text, '"', n) == NULL && memchr(text, '\r', n) == NULL;
}

static void split(struct reader *r, unsigned char delimiter,
                  const unsigned char *text, size_t n)
{
    const unsigned char *end;
    while ((end = memchr(text, delimiter, n)) != NULL) {
        size_t length = (size_t)(end - text);
        on_field((void *)text, length, r);
        text += length + 1;
        n -= length + 1;
    }
    on_field((void *)text, n, r);
    end_record('\n', r);
}

static void feed(struct reader *r, struct csv_parser *csv,
                 const unsigned char *text, size_t n)
{
    bool ends = text[n - 1] == '\n';
    size_t bare = n - ends - (n > 1 && ends && text[n - 2] == '\r');
    if (!r->open)
        r->record.line = r->line;
    if (memchr(text, '\0', n) != NULL)
        fail(r, "a NUL byte: not a text file in UTF-8");
    else if (!r->open && ends && bare > 0 && is_plain(text, bare))
        split(r, csv_get_delim(csv), text, bare);
    else if (csv_parse(csv, text, n, on_field, end_record, r) < n)
        out_of_memory(r);
    else if (csv->entry_pos > MAX_RECORD || r->used > MAX_RECORD)
        fail(r, "a record of more than 64 MiB: is a quote left open?");
    r->open = csv->pstate != 0; /* libcsv's "no row has begun" */
    r->line += ends;
}

static void feed_block(struct reader *r, struct csv_parser *csv,
                       const unsigned char *text, size_t n)
{
    while (n > 0 && r->status == FC_OK) {
        const unsigned char *end = memchr(text, '\n', n);
        size_t length = end != NULL ? (size_t)(end - text) + 1 : n;
        feed(r, csv, text, length);
        text += length;
        n -= length;
    }
}

static void finish(struct reader *r, struct csv_parser *csv)
{
    if (r->status != FC_OK)
        return;
    csv_set_opts(csv, CSV_STRICT | CSV_STRICT_FINI);
    if (csv_fini(csv, on_field, end_record, r) != 0)
        fail(r, "a quote that opens in this record is never closed");
    else if (r->status == FC_OK && r->width == 0)
        r->status =
            fc_fail(r->err, FC_EDATA, "%s: is empty; expected a header line",
                    r->record.file);
}

static void read_all(struct reader *r, struct csv_parser *csv,
                     struct io_source *source, unsigned char *block)
{
    uint64_t offset = 0;
    size_t got = BLOCK;
    while (r->status == FC_OK && got == BLOCK) {
        const unsigned char *text = block;
        r->status = io_source_read(source, offset, block, BLOCK, &got, r->err);
        if (r->status != FC_OK)
            return;
        size_t n = got;
        if (offset == 0 && n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
            text += 3;
            n -= 3;
        }
        if (offset == 0)
            csv_set_delim(csv, (unsigned char)io_guess_delimiter(text, n));
        feed_block(r, csv, text, n);
        offset += got;
    }
    finish(r, csv);
}

enum fc_status io_table_read_so(
    const char *path, const struct io_table_how *how,
    enum fc_status (*on_record)(void *arg, const struct io_record *record,
                                struct fc_error *err),
    void *arg, struct fc_error *err)
{
    struct reader r = {.line = 1,
                       .any_width = how->any_width,
                       .on_record = on_record,
                       .arg = arg,
                       .err = err};
    struct io_source source = {0};
    struct csv_parser csv;
    unsigned char *block = malloc(BLOCK);
    bool started = csv_init(&csv, 0) == 0;
    if (block == NULL || !started)
        out_of_memory(&r);
    else
        r.status = io_source_open(path, &source, err);
    if (r.status == FC_OK)
        r.status = io_container_open(&source, how->encoding, err);
    if (r.status == FC_OK) {
        r.record.file = source.name;
        csv_set_space_func(&csv, io_no_blank);
        csv_set_blk_size(&csv, FIELD_BLOCK);
        read_all(&r, &csv, &source, block);
    }
    if (r.status == FC_OK)
        r.status = io_source_unchanged(&source, err);
    io_source_close(&source);
    if (started)
        csv_free(&csv);
    free(block);
    free(r.text);
    free(r.start);
    free(r.length);
    free(r.field);
    return r.status;
}

enum fc_status io_table_read(
    const char *path, const char *encoding,
    enum fc_status (*on_record)(void *arg, const struct io_record *record,
                                struct fc_error *err),
    void *arg, struct fc_error *err)
{
    struct io_table_how how = {encoding, false};
    return io_table_read_so(path, &how, on_record, arg, err);
}

static bool is_called(const struct io_record *header, size_t column,
                      const char *name, size_t length)
{
    const char *text = header->field[column];
    size_t n = header->length[column];
    io_trim(&text, &n);
    return length == n && memcmp(text, name, n) == 0;
}

static size_t column_of(const struct io_record *header, const char *name,
                        size_t length)
{
    for (size_t i = 0; i < header->n; i++)
        if (is_called(header, i, name, length))
            return i;
    return SIZE_MAX;
}

size_t io_table_column(const struct io_record *header, const char *name)
{
    return column_of(header, name, strlen(name));
}

size_t io_table_own_column(const struct io_record *header, const char *name)
{
    for (size_t i = header->n; i-- > 0;)
        if (is_called(header, i, name, strlen(name)))
            return i;
    return SIZE_MAX;
}

enum fc_status io_table_keys_first(size_t n, struct io_table_keys *keys,
                                   struct fc_error *err)
{
    keys->n = 0;
    keys->column = malloc(n * sizeof *keys->column);
    if (keys->column == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    while (keys->n < n) {
        keys->column[keys->n] = keys->n;
        keys->n++;
    }
    return FC_OK;
}

enum fc_status io_table_keys_find(const struct io_record *header,
                                  const char *list, struct io_table_keys *keys,
                                  struct fc_error *err)
{
    size_t most = 1, whole = io_table_column(header, list);
    for (const char *p = list; *p != '\0'; p++)
        most += *p == ',';
    keys->n = 0;
    keys->column = malloc(most * sizeof *keys->column);
    if (keys->column == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    if (whole != SIZE_MAX) {
        keys->column[keys->n++] = whole;
        return FC_OK;
    }
    for (const char *p = list;; p++) {
        size_t length = strcspn(p, ",");
        size_t column = column_of(header, p, length);
        if (column == SIZE_MAX) {
            keys->n = 0;
            return FC_OK;
        }
        keys->column[keys->n++] = column;
        p += length;
        if (*p == '\0')
            return FC_OK;
    }
}

const char *io_table_id(const struct io_record *record,
                        struct io_table_keys *keys, size_t *length)
{
    size_t need = 1, used = 0;
    if (keys->same != NULL) {
        *length = strlen(keys->same);
        return keys->same;
    }
    *length = record->length[keys->column[0]];
    if (keys->n == 1)
        return record->field[keys->column[0]];
    for (size_t k = 0; k < keys->n; k++)
        need += 2 * record->length[keys->column[k]] + 3;
    if (need > keys->room) {
        char *grown = realloc(keys->joined, 2 * need);
        if (grown == NULL)
            return NULL;
        keys->joined = grown;
        keys->room = 2 * need;
    }
    for (size_t k = 0; k < keys->n; k++) {
        size_t column = keys->column[k];
        if (k > 0)
            keys->joined[used++] = ',';
        used += io_field_put(record->field[column], record->length[column],
                             keys->joined + used);
    }
    keys->joined[used] = '\0';
    *length = used;
    return keys->joined;
}

void io_table_keys_release(struct io_table_keys *keys)
{
    free(keys->column);
    free(keys->joined);
    *keys = (struct io_table_keys){0};
}

enum fc_status io_table_number(const struct io_record *record, size_t column,
                               const struct io_number_form *form, double *value,
                               struct fc_error *err)
{
    struct io_number_seen seen = {0};
    const char *why =
        io_amount_parse(form, record->field[column], record->length[column],
                        record->line, &seen, value);
    if (why == NULL)
        return FC_OK;
    return fc_fail(err, FC_EDATA, "%s:%llu: %s: '%.40s'", record->file,
                   (unsigned long long)record->line, why,
                   record->field[column]);
}
