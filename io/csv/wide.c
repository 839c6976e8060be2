/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Wide form: a record is a series, whose timestamps are the header's.
 */
#include "io/csv/form.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_key(const struct io_layout *layout, size_t column)
{
    return column == layout->id
           || (layout->nkeys > 1 && layout->key_at[column] > 0);
}

/* The format of most of the columns' names, unless it is given. */
static enum fc_status find_format(struct io_layout *layout,
                                  struct fc_error *err)
{
    size_t n = 0;
    const char **names = malloc(layout->ncolumns * sizeof *names);
    if (names == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t i = 0; i < layout->ncolumns; i++)
        if (!is_key(layout, i))
            names[n++] = layout->names[i];
    if (!layout->dialect.time_given)
        io_dialect_times(&layout->dialect, names, n);
    free(names);
    return FC_OK;
}

/* The columns' names as timestamps; how many are, and the first that is not. */
static size_t parse_names(struct io_layout *layout, struct io_time_format *as,
                          const char **odd)
{
    size_t good = 0;
    *odd = NULL;
    for (size_t i = 0; i < layout->ncolumns; i++) {
        const char *name = layout->names[i];
        if (is_key(layout, i))
            continue;
        if (io_time_parse(name, strlen(name), as, &layout->times[i]) == NULL)
            good++;
        else if (*odd == NULL)
            *odd = name;
    }
    return good;
}

/* Whether the rival, day for month, fits all names as well. */
static enum fc_status check_order(struct io_layout *layout,
                                  struct fc_error *err)
{
    struct io_time_format rival = layout->dialect.rival;
    const char *odd, *first;
    char place[120];
    size_t i = 0;
    layout->dialect.rival = (struct io_time_format){0};
    if (rival.form != IO_TIME_PATTERN)
        return FC_OK;
    parse_names(layout, &rival, &odd);
    if (odd != NULL) {
        parse_names(layout, &layout->dialect.time, &odd);
        return FC_OK;
    }
    while (is_key(layout, i))
        i++;
    first = layout->names[i];
    layout->dialect.rival = rival;
    snprintf(place, sizeof place, "%.100s:%llu", layout->file,
             layout->header_line);
    return io_dialect_ask_order(&layout->dialect, place, first, err);
}

/* Columns that are steps 1, 2, 3, ... */
static void count_columns(struct io_layout *layout)
{
    int64_t step = 0;
    layout->dialect.time = (struct io_time_format){.form = IO_TIME_INTEGER};
    layout->dialect.rival = (struct io_time_format){0};
    for (size_t i = 0; i < layout->ncolumns; i++)
        layout->times[i] = is_key(layout, i) ? 0 : ++step;
}

/*
 * Whether all ids of the first rows are timestamps, and no mere numbers: then
 * it is the columns that are series.
 */
static bool is_turned(const struct io_layout *layout,
                      const struct io_sample *sample)
{
    struct io_time_format format[IO_TIME_CANDIDATES];
    double number;
    for (size_t i = 0; i < sample->n; i++) {
        const char *id = io_sample_cell(sample, i, layout->id);
        if (io_number_parse(id, strlen(id), &number)
            || io_time_candidates(id, strlen(id), format) == 0)
            return false;
    }
    return sample->n > 1 && layout->nkeys <= 1;
}

/*
 * When the other columns are named by timestamps, those are the times;
 * otherwise the columns are steps.
 */
static enum fc_status find_times(struct io_layout *layout,
                                 struct io_cursor *cursor,
                                 struct csv_parser *csv,
                                 struct io_fields *fields,
                                 const struct io_sample *sample,
                                 struct fc_error *err)
{
    size_t n = layout->ncolumns;
    const char *odd;
    double number;
    (void)cursor;
    (void)csv;
    (void)fields;
    layout->time_name = "ds";
    layout->times = malloc((n > 0 ? n : 1) * sizeof *layout->times);
    if (layout->times == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    if (n < 2)
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: wide form needs a header with an id and at "
                       "least one column of values",
                       layout->file, layout->header_line);
    enum fc_status status = find_format(layout, err);
    if (status != FC_OK)
        return status;
    if (layout->dialect.agreed != NULL
        && layout->dialect.time.form == IO_TIME_INTEGER
        && layout->dialect.time.digits == 0) {
        count_columns(layout); /* as those of all files are */
        return FC_OK;
    }
    size_t good = parse_names(layout, &layout->dialect.time, &odd);
    if (odd != NULL && (layout->dialect.time.style & IO_STYLE_PERIOD_13) != 0) {
        layout->dialect.time.cycle = 13;
        good = parse_names(layout, &layout->dialect.time, &odd);
    }
    if (odd == NULL)
        return layout->dialect.agreed != NULL ? FC_OK
                                              : check_order(layout, err);
    if (good > (n - 1) / 2 || layout->dialect.time_given)
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: column '%.60s' is not a timestamp like the "
                       "others; if it is a key, name it: --id '%.40s,%.40s'",
                       layout->file, layout->header_line, odd, layout->id_name,
                       odd);
    if (io_number_parse(odd, strlen(odd), &number))
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: the first line looks like data ('%.60s' where "
                       "the name of a column should be); a header is needed",
                       layout->file, layout->header_line, odd);
    if (is_turned(layout, sample))
        return fc_fail(err, FC_EDATA,
                       "%s:%llu: column '%.60s' has timestamps and the other "
                       "columns' names are none: a series to a column, where "
                       "wide form has one to a row; exchange rows and columns, "
                       "or write a row for each series and timestamp",
                       layout->file, layout->header_line, layout->id_name);
    count_columns(layout);
    return FC_OK;
}

/* The cells between the row's last value and this column's. */
static void add_missing(struct io_csv_row *row, size_t column)
{
    if (row->fill.chunk->n == row->fill.first)
        return;
    for (size_t i = row->last_value + 1; i < column; i++)
        if (!is_key(row->layout, i))
            io_fill_row(&row->fill, row->layout->times[i], NAN);
}

/*
 * A missing value is a row of its own if it lies between values of its series:
 * such cells are the step of the file, too.
 */
static void take_field(void *field, size_t n, void *arg)
{
    struct io_csv_row *row = arg;
    const char *text = n > 0 ? field : "";
    size_t column = row->column++;
    row->field_too_long |= n > IO_CSV_FIELD_MOST;
    if (column == row->layout->id) {
        io_csv_id(row, text, n);
    } else if (column < row->layout->ncolumns && is_key(row->layout, column)) {
        io_csv_key(row, column, text, n);
    } else if (column < row->layout->ncolumns) {
        double value = io_csv_value(row, column, text, n);
        if (!isnan(value)) {
            add_missing(row, column);
            io_fill_row(&row->fill, row->layout->times[column], value);
            row->last_value = column;
        }
    }
}

/* A record may be shorter than the header. */
static void end_record(int terminator, void *arg)
{
    struct io_csv_row *row = arg;
    (void)terminator;
    if (row->column > row->layout->ncolumns)
        io_csv_reject_width(row);
    if (row->layout->nkeys > 1)
        io_csv_join_keys(row);
    if (!row->has_id)
        io_csv_id(row, "", 0);
    io_csv_end(row);
}

static bool take_line(struct io_csv_row *row, char *text, const char *end)
{
    for (;;) {
        const char *stop = io_csv_field_end(row, text, end);
        take_field(text, (size_t)(stop - text), row);
        if (stop == end)
            break;
        text += stop + 1 - text;
    }
    end_record('\n', row);
    return true;
}

const struct io_csv_form io_csv_wide = {
    .nroles = 1,
    .find_times = find_times,
    .field = take_field,
    .end = end_record,
    .plain_line = take_line,
};
