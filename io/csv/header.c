/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a file looks like: its separator, its columns, the form of its
 * timestamps.  All of it is read from the file's beginning, which is looked
 * at without being consumed.
 */
#include "io/csv/header.h"

#include "io/csv/above.h"

#include <csv.h>
#include <string.h>

enum { MAX_PEEK = 1 << 26 }; /* bytes a header may take */

/* What no header has; text is what it was made of. */
static enum fc_status check_record(const struct io_layout *layout,
                                   const struct io_fields *r,
                                   const unsigned char *text, size_t n,
                                   struct fc_error *err)
{
    const char *file = layout->file;
    if (r->out_of_memory)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    if (memchr(text, '\0', n) != NULL)
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: a NUL byte: not a text file in UTF-8; if it "
                       "is UTF-16, say --encoding UTF-16LE or UTF-16BE",
                       file, layout->header_line);
    if (r->too_many)
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: the header has more than %d columns", file,
                       layout->header_line, IO_COLUMNS_MOST);
    if (r->overrun)
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: the header ends in a carriage return "
                       "alone; lines end in LF or CRLF",
                       file, layout->header_line);
    return FC_OK;
}

/* More text for a header that has not ended yet, which is begun again. */
static enum fc_status read_more(struct io_cursor *cursor,
                                struct csv_parser *csv,
                                const struct io_layout *layout,
                                struct fc_error *err)
{
    if (cursor->at_end)
        return fc_fail(err, FC_EDATA, "%s: is empty; expected a header line",
                       layout->file);
    if (cursor->size >= MAX_PEEK)
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: the header has no end within 64 MiB: is "
                       "this a CSV file?",
                       layout->file, layout->header_line);
    csv_free(csv);
    enum fc_status status = io_cursor_more(cursor, err);
    io_fields_parser(csv, cursor->len - cursor->pos);
    return status;
}

/*
 * Passes over what is above the header: Excel's line "sep=;", titles, blank
 * lines.
 */
static void skip_above(struct io_cursor *cursor, struct io_layout *layout)
{
    const unsigned char *text = cursor->buf + cursor->pos;
    struct io_above above = io_above_find(text, cursor->len - cursor->pos,
                                          layout->form->nroles == 1);
    layout->delimiter = above.delimiter;
    layout->header_line = 1 + io_count_lines(text, above.bytes);
    io_cursor_advance(cursor, above.bytes);
}

static enum fc_status read_header(struct io_cursor *cursor,
                                  struct csv_parser *csv, struct io_fields *r,
                                  struct io_layout *layout,
                                  struct fc_error *err)
{
    enum fc_status status = FC_OK;
    size_t used = 0;
    skip_above(cursor, layout);
    bool given = layout->delimiter != '\0';
    while (status == FC_OK && used == 0) {
        const unsigned char *text = cursor->buf + cursor->pos;
        size_t n = cursor->len - cursor->pos;
        if (!given)
            layout->delimiter = io_guess_delimiter(text, n);
        csv_set_delim(csv, (unsigned char)layout->delimiter);
        used = io_fields_take(csv, text, n, cursor->at_end, r);
        status = check_record(layout, r, text, used > 0 ? used : n, err);
        if (status == FC_OK && used == 0)
            status = read_more(cursor, csv, layout, err);
    }
    if (status != FC_OK)
        return status;
    layout->body_line =
        layout->header_line + io_count_lines(cursor->buf + cursor->pos, used);
    io_cursor_advance(cursor, used);
    layout->body = cursor->offset;
    return FC_OK;
}

/* The decimal sign by the values of the first rows. */
static void guess_decimal(struct io_layout *layout,
                          const struct io_sample *sample)
{
    struct io_number_seen seen = {0};
    struct io_dialect *dialect = &layout->dialect;
    double v;
    dialect->watch = layout->delimiter != ',' && !dialect->decimal_given;
    for (size_t i = 0; i < sample->n && !dialect->decimal_given; i++)
        for (size_t k = 0; k < sample->row[i].n; k++)
            if (k == layout->value
                || (layout->times != NULL && k != layout->id))
                io_amount_parse(&dialect->numbers, sample->row[i].fields[k],
                                strlen(sample->row[i].fields[k]), 0, &seen, &v);
    if (!dialect->decimal_given)
        dialect->numbers.decimal = io_dialect_decimal(&seen);
}

/* Names of columns that are timestamps, but not integers. */
static size_t count_dates(const struct io_layout *layout)
{
    struct io_time_format format[IO_TIME_CANDIDATES];
    size_t n = 0;
    for (size_t i = 0; i < layout->ncolumns; i++)
        n += io_time_candidates(layout->names[i], strlen(layout->names[i]),
                                format)
                 > 0
             && format[0].form != IO_TIME_INTEGER;
    return n;
}

/* Several dates where names should be. */
static enum fc_status check_long(const struct io_layout *layout,
                                 struct fc_error *err)
{
    if (layout->form->nroles < 2 || count_dates(layout) < 2)
        return FC_OK;
    return fc_fail(err, FC_EDATA,
                   "%s:%llu: several columns are named by timestamps: if it "
                   "has a row for each series, say --wide; if not, a header is "
                   "needed",
                   layout->file, layout->header_line);
}

static enum fc_status read_layout(struct io_cursor *cursor,
                                  struct csv_parser *csv, struct io_fields *r,
                                  const struct io_column_names *names,
                                  struct io_layout *layout,
                                  struct fc_error *err)
{
    struct io_sample sample = {0};
    enum fc_status status = read_header(cursor, csv, r, layout, err);
    if (status != FC_OK)
        return status;
    layout->names = r->fields;
    layout->ncolumns = r->n;
    *r = (struct io_fields){0};
    status = check_long(layout, err);
    if (status != FC_OK)
        return status;
    status = io_sample_take(cursor, csv, layout->ncolumns, &sample, err);
    if (status == FC_OK)
        status = io_columns_find(layout, names, &sample, err);
    if (status == FC_OK)
        status = layout->form->find_times(layout, cursor, csv, r, &sample, err);
    if (status == FC_OK)
        guess_decimal(layout, &sample);
    io_sample_release(&sample);
    return status;
}

enum fc_status io_layout_read(struct io_cursor *cursor,
                              const struct io_csv_form *form,
                              const struct io_column_names *names,
                              const struct io_dialect *given,
                              struct io_layout *layout, struct fc_error *err)
{
    struct csv_parser csv;
    struct io_fields r = {0};
    *layout = (struct io_layout){.file = cursor->source->name,
                                 .form = form,
                                 .dialect = *given,
                                 .header_line = 1};
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
    if (!io_fields_parser(&csv, 0))
        return fc_fail(err, FC_ENOMEM, "out of memory");
    status = read_layout(cursor, &csv, &r, names, layout, err);
    csv_free(&csv);
    io_fields_release(&r);
    return status;
}
