/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Long form: a record is an observation.
 */
#include "io/csv/form.h"

#include "io/csv/table.h"

#include <stdio.h>

/* A first line that is data would be taken for a header and lost. */
static enum fc_status check_header(const struct io_layout *layout,
                                   struct fc_error *err)
{
    struct io_time_format format = {.form = IO_TIME_UNKNOWN};
    int64_t t;
    const char *name = layout->names[layout->time];
    if (*name == '\0' || io_time_parse(name, strlen(name), &format, &t) != NULL)
        return FC_OK;
    return fc_fail(err, FC_EDATA,
                   "%s:%llu: the first line looks like data ('%.60s' where the "
                   "name of the time column should be); a header is needed",
                   layout->file, layout->header_line, name);
}

static bool is_blank(const unsigned char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text[i] != '\n' && text[i] != '\r')
            return false;
    return true;
}

/* Not one record is whole. */
static enum fc_status no_row(const struct io_layout *layout,
                             const struct io_cursor *cursor,
                             struct fc_error *err)
{
    const unsigned char *text = cursor->buf + cursor->pos;
    size_t n = cursor->len - cursor->pos;
    unsigned long long line = layout->body_line;
    if (cursor->at_end && layout->dialect.may_be_empty && is_blank(text, n))
        return FC_OK;
    if (cursor->at_end)
        return fc_fail(err, FC_EDATA, "%s: a header but no rows", layout->file);
    if (is_blank(text, n))
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: nothing but blank lines for %zu bytes after "
                       "the header",
                       layout->file, line, n);
    return fc_fail(err, FC_EDATA,
                   "%s:%llu: the first row has no end within %zu bytes: "
                   "is a quote left open?",
                   layout->file, line, n);
}

/* What stands where a timestamp should be, first of all. */
struct example {
    char text[60];
    uint64_t line;
};

static enum fc_status no_timestamp(const struct io_layout *layout,
                                   const struct example *example,
                                   struct fc_error *err)
{
    enum { FIRST_SERIAL = 32874, LAST_SERIAL = 73051 }; /* 1990 to 2100 */
    unsigned long long line = example->line;
    double days;
    if (layout->dialect.time_given)
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: column '%.60s': no timestamp in the first "
                       "rows is as %s says: '%s'",
                       layout->file, line, layout->names[layout->time],
                       layout->dialect.says, example->text);
    if (io_number_parse(example->text, strlen(example->text), &days)
        && days >= FIRST_SERIAL && days < LAST_SERIAL)
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: column '%.60s': numbers like '%s' could be a "
                       "spreadsheet's days: say --time-format excel if they "
                       "are",
                       layout->file, line, layout->names[layout->time],
                       example->text);
    return fc_fail(err, FC_EDATA,
                   "%s:%llu: column '%.60s': no timestamp of a known form in "
                   "the first rows: '%s'; write e.g. 2024-01-31, 2024-01, "
                   "2024Q1, 2024-W05, 2024-01-31 13:00, an integer, or say "
                   "--time-format",
                   layout->file, line, layout->names[layout->time],
                   example->text);
}

/* By the text of one timestamp. */
static bool find_format(struct io_dialect *dialect, const char *text)
{
    int64_t t;
    if (*text == '\0')
        return false;
    if (dialect->time_given)
        return io_time_parse(text, strlen(text), &dialect->time, &t) == NULL;
    return io_dialect_times(dialect, &text, 1);
}

/* The form of the first timestamp that is one, wherever it stands. */
static enum fc_status find_time_format(struct io_layout *layout,
                                       const struct io_cursor *cursor,
                                       struct csv_parser *csv,
                                       struct io_fields *r,
                                       struct fc_error *err)
{
    struct example example = {.line = layout->body_line};
    uint64_t line = layout->body_line;
    size_t pos = cursor->pos, used;
    while (pos < cursor->len
           && (used = io_fields_take(csv, cursor->buf + pos, cursor->len - pos,
                                     cursor->at_end, r))
                  > 0) {
        const char *text = layout->time < r->n ? r->fields[layout->time] : "";
        if (r->out_of_memory)
            return fc_fail(err, FC_ENOMEM, "out of memory");
        if (find_format(&layout->dialect, text))
            return FC_OK;
        if (example.text[0] == '\0') {
            snprintf(example.text, sizeof example.text, "%s", text);
            example.line = line;
        }
        line += io_count_lines(cursor->buf + pos, used);
        pos += used;
    }
    return pos == cursor->pos ? no_row(layout, cursor, err)
                              : no_timestamp(layout, &example, err);
}

/* The form of most of the first timestamps. */
static bool find_in_sample(struct io_layout *layout,
                           const struct io_sample *sample)
{
    const char *text[IO_SAMPLE_MOST];
    bool found = false;
    for (size_t i = 0; i < sample->n; i++)
        text[i] = io_sample_cell(sample, i, layout->time);
    if (!layout->dialect.time_given)
        return io_dialect_times(&layout->dialect, text, sample->n);
    for (size_t i = 0; i < sample->n && !found; i++)
        found = find_format(&layout->dialect, text[i]);
    return found;
}

static enum fc_status find_times(struct io_layout *layout,
                                 struct io_cursor *cursor,
                                 struct csv_parser *csv,
                                 struct io_fields *fields,
                                 const struct io_sample *sample,
                                 struct fc_error *err)
{
    enum fc_status status = check_header(layout, err);
    layout->time_name = layout->names[layout->time];
    if (status != FC_OK || find_in_sample(layout, sample))
        return status;
    return find_time_format(layout, cursor, csv, fields, err);
}

static void take_field(void *field, size_t n, void *arg)
{
    struct io_csv_row *row = arg;
    const char *text = n > 0 ? field : "";
    size_t column = row->column++;
    row->field_too_long |= n > IO_CSV_FIELD_MOST;
    if (column == row->layout->id)
        io_csv_id(row, text, n);
    else if (column == row->layout->time)
        io_csv_time(row, text, n);
    else if (column == row->layout->value)
        row->value = io_csv_value(row, column, text, n);
    else if (row->layout->nkeys > 1)
        io_csv_key(row, column, text, n);
}

/* A record too short for its id, or of a file that has but one. */
static void take_no_id(struct io_csv_row *row)
{
    if (row->layout->one_series)
        io_csv_id(row, IO_ONE_ID, strlen(IO_ONE_ID));
    else
        io_csv_id(row, "", 0);
}

static void end_record(int terminator, void *arg)
{
    struct io_csv_row *row = arg;
    (void)terminator;
    if (row->column != row->layout->ncolumns)
        io_csv_reject_width(row);
    if (row->layout->nkeys > 1)
        io_csv_join_keys(row);
    if (!row->has_id)
        take_no_id(row);
    if (!row->fill.rejected)
        io_fill_row(&row->fill, row->time, row->value);
    io_csv_end(row);
}

/* Whether the text begins with this id, and a separator after it. */
static bool is_id(const struct io_csv_row *row, uint32_t series,
                  const char *text, const char *end)
{
    const struct io_intern *ids = &row->fill.chunk->ids;
    if (series >= ids->n)
        return false;
    size_t n = ids->length[series];
    return (size_t)(end - text) > n && text[n] == row->layout->delimiter
           && memcmp(text, ids->text[series], n) == 0;
}

/*
 * Takes an id and returns its end.  It is most often that of the row before,
 * or, where series take turns, the one that followed that in the last round.
 */
static const char *id_end(struct io_csv_row *row, const char *text,
                          const char *end)
{
    const struct io_intern *ids = &row->fill.chunk->ids;
    uint32_t next = row->fill.series + 1 < ids->n ? row->fill.series + 1 : 0;
    if (!is_id(row, row->fill.series, text, end)) {
        if (!is_id(row, next, text, end)) {
            const char *stop = io_csv_field_end(row, text, end);
            io_csv_id(row, text, (size_t)(stop - text));
            return stop;
        }
        row->fill.series = next;
    }
    row->has_id = true;
    return text + ids->length[row->fill.series];
}

/* Likewise for a timestamp, which is most often a date. */
static const char *time_end(struct io_csv_row *row, const char *text,
                            const char *end)
{
    size_t n = (size_t)(end - text), used = 0;
    char delimiter = row->layout->delimiter;
    if (row->layout->dialect.rival.form == IO_TIME_UNKNOWN)
        used =
            io_time_parse_usual(&row->format, text, n, &row->month, &row->time);
    if (used > 0 && (used == n || text[used] == delimiter))
        return text + used;
    used = row->month.n;
    if (used > 0 && (used == n || (used < n && text[used] == delimiter))
        && io_csv_same_month(row, text, used))
        return text + used;
    const char *stop = io_csv_field_end(row, text, end);
    io_csv_time(row, text, (size_t)(stop - text));
    return stop;
}

/* Likewise for a value: what is a number up to the end is the last field. */
static const char *value_end(struct io_csv_row *row, const char *text,
                             const char *end)
{
    const struct io_layout *layout = row->layout;
    size_t n = (size_t)(end - text);
    if (layout->tail == '.' && io_number_parse(text, n, &row->value))
        return end;
    if (layout->tail == ','
        && io_amount_plain(&layout->dialect.numbers, text, n, row->line,
                           &row->fill.chunk->seen.numbers, &row->value))
        return end;
    const char *stop = io_csv_field_end(row, text, end);
    row->value = io_csv_value(row, layout->value, text, (size_t)(stop - text));
    return stop;
}

/* Any other column's end, which may be one of several keys. */
static const char *other_end(struct io_csv_row *row, size_t column,
                             const char *text, const char *end)
{
    const char *stop = io_csv_field_end(row, text, end);
    if (row->layout->nkeys > 1)
        io_csv_key(row, column, text, (size_t)(stop - text));
    return stop;
}

/* A line that has not as many fields as the header is for libcsv. */
static bool take_line(struct io_csv_row *row, char *line, const char *end)
{
    const struct io_layout *layout = row->layout;
    const char *text = line;
    for (size_t column = 0; column < layout->ncolumns; column++) {
        const char *stop = column == layout->id     ? id_end(row, text, end)
                           : column == layout->time ? time_end(row, text, end)
                           : column == layout->value
                               ? value_end(row, text, end)
                               : other_end(row, column, text, end);
        if ((stop == end) != (column + 1 == layout->ncolumns)) {
            row->has_id = row->fill.rejected = false;
            row->keys.n = row->keys.used = 0;
            return false;
        }
        text = stop + 1;
    }
    row->column = layout->ncolumns;
    end_record('\n', row);
    return true;
}

const struct io_csv_form io_csv_long = {
    .nroles = 3,
    .find_times = find_times,
    .field = take_field,
    .end = end_record,
    .plain_line = take_line,
};
