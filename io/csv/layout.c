/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a file looks like: its separator, its columns, the form of its
 * timestamps.  All of it is read from the file's beginning, which is looked
 * at without being consumed.
 */
#include "io/csv/layout.h"

#include "io/text/number.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIELD_BLOCK = 1 << 16, /* bytes by which libcsv's field buffer grows, */
    FIELD_PART = 16,       /* or such a part of the text, if that is more */
    MAX_PEEK = 1 << 26,    /* bytes a header may take */
    MAX_COLUMNS = 1 << 22, /* each takes memory of its own */
    FIRST_ROW = 1 << 21    /* bytes that are looked at for the first row */
};

/* Collects the fields of one record. */
struct record {
    char **fields;
    size_t n, capacity;
    bool ended;
    bool overrun;  /* more came after its end on the same line */
    bool too_many; /* fields */
    bool out_of_memory;
};

static void clear_record(struct record *r)
{
    for (size_t i = 0; i < r->n; i++)
        free(r->fields[i]);
    r->n = 0;
    r->ended = r->overrun = r->too_many = false;
}

static void free_record(struct record *r)
{
    clear_record(r);
    free(r->fields);
    r->fields = NULL;
}

/* Field text without blanks around it. */
static char *trimmed(const char *text, size_t n)
{
    while (n > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        n--;
    }
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
        n--;
    char *copy = malloc(n + 1);
    if (copy != NULL) {
        memcpy(copy, text, n);
        copy[n] = '\0';
    }
    return copy;
}

static void on_field(void *field, size_t n, void *arg)
{
    struct record *r = arg;
    if (r->ended) {
        r->overrun = true;
        return;
    }
    if (r->n == MAX_COLUMNS) {
        r->too_many = true;
        return;
    }
    if (r->n == r->capacity) {
        size_t capacity = r->capacity * 2 + 16;
        char **grown = realloc(r->fields, capacity * sizeof *grown);
        if (grown == NULL) {
            r->out_of_memory = true;
            return;
        }
        r->fields = grown;
        r->capacity = capacity;
    }
    r->fields[r->n] = trimmed(n > 0 ? field : "", n);
    if (r->fields[r->n] == NULL)
        r->out_of_memory = true;
    else
        r->n++;
}

static void on_record(int terminator, void *arg)
{
    struct record *r = arg;
    (void)terminator;
    r->ended = true;
}

static int no_blank(unsigned char c)
{
    (void)c;
    return 0;
}

/* For n bytes of text: a field as long is not copied time and again. */
static bool init_parser(struct csv_parser *csv, size_t n)
{
    size_t part = n / FIELD_PART;
    if (csv_init(csv, 0) != 0)
        return false;
    csv_set_space_func(csv, no_blank);
    csv_set_blk_size(csv, part > FIELD_BLOCK ? part : FIELD_BLOCK);
    return true;
}

/*
 * Parses one record from the n bytes of text; returns how many it took,
 * with its line end, or 0 when the record is not complete in them.
 */
static size_t take_record(struct csv_parser *csv, const unsigned char *text,
                          size_t n, bool at_end, struct record *r)
{
    size_t used = 0;
    clear_record(r);
    while (used < n && !r->ended && !r->out_of_memory) {
        const unsigned char *line = text + used;
        const unsigned char *end = memchr(line, '\n', n - used);
        size_t length = end != NULL ? (size_t)(end - line) + 1 : n - used;
        if (csv_parse(csv, line, length, on_field, on_record, r) < length)
            r->out_of_memory = true;
        used += length;
    }
    if (!r->ended && at_end && !r->out_of_memory)
        csv_fini(csv, on_field, on_record, r);
    return r->ended ? used : 0;
}

char io_guess_delimiter(const unsigned char *text, size_t n)
{
    size_t commas = 0, semicolons = 0, tabs = 0;
    bool quoted = false;
    for (size_t i = 0; i < n && (quoted || text[i] != '\n'); i++) {
        quoted ^= text[i] == '"';
        commas += !quoted && text[i] == ',';
        semicolons += !quoted && text[i] == ';';
        tabs += !quoted && text[i] == '\t';
    }
    if (tabs > commas && tabs > semicolons)
        return '\t';
    return semicolons > commas ? ';' : ',';
}

/* Twice the buffer, filled. */
static enum fc_status peek_more(struct io_cursor *cursor, struct fc_error *err)
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

static uint64_t count_lines(const unsigned char *text, size_t n)
{
    uint64_t lines = 0;
    for (size_t i = 0; i < n; i++)
        lines += text[i] == '\n';
    return lines;
}

static enum fc_status read_header(struct io_cursor *cursor,
                                  struct csv_parser *csv, struct record *r,
                                  struct io_layout *layout,
                                  struct fc_error *err)
{
    const char *file = layout->file;
    for (;;) {
        const unsigned char *text = cursor->buf + cursor->pos;
        size_t n = cursor->len - cursor->pos;
        layout->delimiter = io_guess_delimiter(text, n);
        csv_set_delim(csv, (unsigned char)layout->delimiter);
        size_t used = take_record(csv, text, n, cursor->at_end, r);
        if (r->out_of_memory)
            return fc_fail(err, FC_ENOMEM, "out of memory");
        if (memchr(text, '\0', used > 0 ? used : n) != NULL)
            return fc_fail(err, FC_EDATA,
                           "%s:1: a NUL byte: not a text file in UTF-8", file);
        if (r->too_many)
            return fc_fail(err, FC_EDATA,
                           "%s:1: the header has more than %d columns", file,
                           MAX_COLUMNS);
        if (r->overrun)
            return fc_fail(err, FC_EDATA,
                           "%s:1: the header ends in a carriage return "
                           "alone; lines end in LF or CRLF",
                           file);
        if (used > 0) {
            layout->body_line = 1 + count_lines(text, used);
            cursor->pos += used;
            cursor->offset += used;
            layout->body = cursor->offset;
            return FC_OK;
        }
        if (cursor->at_end)
            return fc_fail(err, FC_EDATA,
                           "%s: is empty; expected a header line", file);
        if (cursor->size >= MAX_PEEK)
            return fc_fail(err, FC_EDATA,
                           "%s:1: the header has no end within 64 MiB: is "
                           "this a CSV file?",
                           file);
        csv_free(csv); /* begin again with more text */
        enum fc_status status = peek_more(cursor, err);
        init_parser(csv, cursor->len - cursor->pos);
        if (status != FC_OK)
            return status;
    }
}

static const size_t NONE = SIZE_MAX;

static size_t find_column(const struct io_layout *layout, const char *name)
{
    for (size_t i = 0; name != NULL && i < layout->ncolumns; i++)
        if (strcmp(layout->names[i], name) == 0)
            return i;
    return NONE;
}

/* Which of two columns of one name is meant, nobody can say. */
static enum fc_status check_unique(const struct io_layout *layout,
                                   size_t column, struct fc_error *err)
{
    const char *name = layout->names[column];
    for (size_t i = 0; i < layout->ncolumns; i++)
        if (i != column && strcmp(layout->names[i], name) == 0)
            return fc_fail(err, FC_EDATA,
                           "%s:1: two columns are named '%.60s'; rename one",
                           layout->file, name);
    return FC_OK;
}

/* "unique_id, ds, y" for a message, shortened. */
static void list_names(const struct io_layout *layout, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < layout->ncolumns && used + 1 < size; i++) {
        int n = snprintf(out + used, size - used, "%s%.40s", i ? ", " : "",
                         i < 8 ? layout->names[i] : "...");
        used += n > 0 ? (size_t)n : 0;
        if (i == 8)
            break;
    }
}

static enum fc_status no_column(const struct io_layout *layout,
                                const char *option, const char *name,
                                struct fc_error *err)
{
    char names[200];
    list_names(layout, names, sizeof names);
    return fc_fail(err, FC_EDATA,
                   "%s:1: no column '%.60s' for %s; the header has: %s",
                   layout->file, name, option, names);
}

/* The first column that has no role yet. */
static size_t first_free(const struct io_layout *layout, const size_t *taken)
{
    for (size_t i = 0; i < layout->ncolumns; i++)
        if (i != taken[0] && i != taken[1] && i != taken[2])
            return i;
    return NONE;
}

/*
 * Columns by the names given; the others by their usual names if the header
 * has all of those, else the first that are left, in the order id, time,
 * value.
 */
static enum fc_status find_roles(struct io_layout *layout,
                                 const struct io_column_names *names,
                                 struct fc_error *err)
{
    const char *given[3] = {names->id, names->time, names->value};
    const char *usual[3] = {"unique_id", "ds", "y"};
    const char *option[3] = {"--id", "--time", "--value"};
    size_t role[3] = {NONE, NONE, NONE};
    size_t nroles = layout->wide ? 1 : 3;
    bool by_name = true;

    for (size_t i = 0; i < nroles; i++) {
        role[i] = find_column(layout, given[i]);
        if (given[i] != NULL && role[i] == NONE)
            return no_column(layout, option[i], given[i], err);
        for (size_t j = 0; j < i; j++)
            if (role[i] != NONE && role[i] == role[j])
                return fc_fail(err, FC_EINVAL,
                               "%s and %s both name the column '%.60s'",
                               option[j], option[i], given[i]);
        if (given[i] == NULL && find_column(layout, usual[i]) == NONE)
            by_name = false;
    }
    for (size_t i = 0; i < nroles; i++) {
        if (role[i] != NONE)
            continue;
        role[i] =
            by_name ? find_column(layout, usual[i]) : first_free(layout, role);
        if (role[i] == NONE)
            return fc_fail(err, FC_EDATA,
                           "%s:1: a header with at least %zu columns is "
                           "needed (id, time, value), found %zu",
                           layout->file, nroles, layout->ncolumns);
    }
    layout->id = role[0];
    layout->time = role[1];
    layout->value = role[2];
    enum fc_status status = FC_OK;
    for (size_t i = 0; i < nroles && status == FC_OK; i++)
        status = check_unique(layout, role[i], err);
    return status;
}

/*
 * Wide form: when the other columns are named by timestamps, those are the
 * times; otherwise the columns are steps 1, 2, 3, ...
 */
static enum fc_status read_wide_times(struct io_layout *layout,
                                      struct fc_error *err)
{
    size_t n = layout->ncolumns, good = 0;
    const char *odd = NULL;
    double number;
    int64_t *times = malloc((n > 0 ? n : 1) * sizeof *times);
    if (times == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    layout->times = times;
    for (size_t i = 0; i < n; i++) {
        const char *name = layout->names[i];
        if (i == layout->id)
            continue;
        if (io_time_parse(name, strlen(name), &layout->format, &times[i])
            == NULL)
            good++;
        else if (odd == NULL)
            odd = name;
    }
    if (n < 2)
        return fc_fail(err, FC_EDATA,
                       "%s:1: wide form needs a header with an id and at "
                       "least one column of values",
                       layout->file);
    if (odd == NULL)
        return FC_OK;
    if (good > (n - 1) / 2)
        return fc_fail(err, FC_EDATA,
                       "%s:1: column '%.60s' is not a timestamp like the "
                       "others",
                       layout->file, odd);
    if (io_number_parse(odd, strlen(odd), &number))
        return fc_fail(err, FC_EDATA,
                       "%s:1: the first line looks like data ('%.60s' where "
                       "the name of a column should be); a header is needed",
                       layout->file, odd);
    layout->format = (struct io_time_format){.form = IO_TIME_INTEGER};
    int64_t step = 0;
    for (size_t i = 0; i < n; i++)
        times[i] = i == layout->id ? 0 : ++step;
    return FC_OK;
}

static bool is_blank(const unsigned char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text[i] != '\n' && text[i] != '\r')
            return false;
    return true;
}

/* Long form: the form of the first timestamp that is one. */
static enum fc_status find_time_format(struct io_cursor *cursor,
                                       struct csv_parser *csv, struct record *r,
                                       struct io_layout *layout,
                                       struct fc_error *err)
{
    char example[60] = "";
    uint64_t line = layout->body_line, example_line = line;
    size_t pos = cursor->pos, used;
    int64_t t;
    while ((used = take_record(csv, cursor->buf + pos, cursor->len - pos,
                               cursor->at_end, r))
           > 0) {
        const char *text = layout->time < r->n ? r->fields[layout->time] : "";
        if (r->out_of_memory)
            return fc_fail(err, FC_ENOMEM, "out of memory");
        if (*text != '\0'
            && io_time_parse(text, strlen(text), &layout->format, &t) == NULL)
            return FC_OK;
        if (example[0] == '\0') {
            snprintf(example, sizeof example, "%s", text);
            example_line = line;
        }
        line += count_lines(cursor->buf + pos, used);
        pos += used;
        if (pos >= cursor->len)
            break;
    }
    if (pos == cursor->pos && cursor->at_end)
        return fc_fail(err, FC_EDATA, "%s: a header but no rows", layout->file);
    if (pos == cursor->pos && is_blank(cursor->buf + pos, cursor->len - pos))
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: nothing but blank lines for %zu bytes after "
                       "the header",
                       layout->file, (unsigned long long)line,
                       cursor->len - pos);
    if (pos == cursor->pos)
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: the first row has no end within %zu bytes: "
                       "is a quote left open?",
                       layout->file, (unsigned long long)line,
                       cursor->len - pos);
    return fc_fail(err, FC_EDATA,
                   "%s:%llu: column '%.60s': no timestamp of a known form in "
                   "the first rows: '%s'; write e.g. 2024-01-31, 2024-01, "
                   "2024Q1, 2024-W05, 2024-01-31 13:00, or an integer",
                   layout->file, (unsigned long long)example_line,
                   layout->names[layout->time], example);
}

/* A first line that is data would be taken for a header and lost. */
static enum fc_status check_header(const struct io_layout *layout,
                                   struct fc_error *err)
{
    struct io_time_format format = {.form = IO_TIME_UNKNOWN};
    int64_t t;
    const char *name = layout->wide ? "" : layout->names[layout->time];
    if (*name == '\0' || io_time_parse(name, strlen(name), &format, &t) != NULL)
        return FC_OK;
    return fc_fail(err, FC_EDATA,
                   "%s:1: the first line looks like data ('%.60s' where the "
                   "name of the time column should be); a header is needed",
                   layout->file, name);
}

static enum fc_status read_layout(struct io_cursor *cursor,
                                  struct csv_parser *csv, struct record *r,
                                  const struct io_column_names *names,
                                  struct io_layout *layout,
                                  struct fc_error *err)
{
    enum fc_status status = read_header(cursor, csv, r, layout, err);
    if (status != FC_OK)
        return status;
    layout->names = r->fields;
    layout->ncolumns = r->n;
    *r = (struct record){0};
    status = find_roles(layout, names, err);
    if (status == FC_OK)
        status = check_header(layout, err);
    if (status != FC_OK)
        return status;
    if (layout->wide)
        return read_wide_times(layout, err);
    while (!cursor->at_end && cursor->len - cursor->pos < FIRST_ROW) {
        status = peek_more(cursor, err);
        if (status != FC_OK)
            return status;
    }
    return find_time_format(cursor, csv, r, layout, err);
}

enum fc_status io_layout_read(struct io_cursor *cursor, bool wide,
                              const struct io_column_names *names,
                              struct io_layout *layout, struct fc_error *err)
{
    struct csv_parser csv;
    struct record r = {0};
    *layout = (struct io_layout){.file = cursor->source->name, .wide = wide};
    enum fc_status status =
        io_source_read(cursor->source, cursor->offset, cursor->buf,
                       cursor->size, &cursor->len, err);
    if (status != FC_OK)
        return status;
    cursor->at_end = cursor->len < cursor->size;
    if (cursor->len >= 3 && memcmp(cursor->buf, "\xef\xbb\xbf", 3) == 0) {
        cursor->pos += 3; /* byte order mark */
        cursor->offset += 3;
    }
    if (!init_parser(&csv, 0))
        return fc_fail(err, FC_ENOMEM, "out of memory");
    status = read_layout(cursor, &csv, &r, names, layout, err);
    csv_free(&csv);
    free_record(&r);
    return status;
}

void io_layout_release(struct io_layout *layout)
{
    for (size_t i = 0; i < layout->ncolumns; i++)
        free(layout->names[i]);
    free(layout->names);
    free(layout->times);
    *layout = (struct io_layout){0};
}
