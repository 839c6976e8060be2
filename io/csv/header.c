/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a file looks like: its separator, its columns, the form of its
 * timestamps.  All of it is read from the file's beginning, which is looked
 * at without being consumed.
 */
#include "io/csv/header.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PEEK = 1 << 26 }; /* bytes a header may take */

/* What no header has; text is what it was made of. */
static enum fc_status check_record(const char *file, const struct io_fields *r,
                                   const unsigned char *text, size_t n,
                                   struct fc_error *err)
{
    if (r->out_of_memory)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    if (memchr(text, '\0', n) != NULL)
        return fc_fail(err, FC_EDATA,
                       "%s:1: a NUL byte: not a text file in UTF-8", file);
    if (r->too_many)
        return fc_fail(err, FC_EDATA,
                       "%s:1: the header has more than %d columns", file,
                       IO_COLUMNS_MOST);
    if (r->overrun)
        return fc_fail(err, FC_EDATA,
                       "%s:1: the header ends in a carriage return "
                       "alone; lines end in LF or CRLF",
                       file);
    return FC_OK;
}

/* More text for a header that has not ended yet, which is begun again. */
static enum fc_status read_more(struct io_cursor *cursor,
                                struct csv_parser *csv, const char *file,
                                struct fc_error *err)
{
    if (cursor->at_end)
        return fc_fail(err, FC_EDATA, "%s: is empty; expected a header line",
                       file);
    if (cursor->size >= MAX_PEEK)
        return fc_fail(err, FC_EDATA,
                       "%s:1: the header has no end within 64 MiB: is "
                       "this a CSV file?",
                       file);
    csv_free(csv);
    enum fc_status status = io_cursor_more(cursor, err);
    io_fields_parser(csv, cursor->len - cursor->pos);
    return status;
}

static enum fc_status read_header(struct io_cursor *cursor,
                                  struct csv_parser *csv, struct io_fields *r,
                                  struct io_layout *layout,
                                  struct fc_error *err)
{
    enum fc_status status = FC_OK;
    size_t used = 0;
    while (status == FC_OK && used == 0) {
        const unsigned char *text = cursor->buf + cursor->pos;
        size_t n = cursor->len - cursor->pos;
        layout->delimiter = io_guess_delimiter(text, n);
        csv_set_delim(csv, (unsigned char)layout->delimiter);
        used = io_fields_take(csv, text, n, cursor->at_end, r);
        status = check_record(layout->file, r, text, used > 0 ? used : n, err);
        if (status == FC_OK && used == 0)
            status = read_more(cursor, csv, layout->file, err);
    }
    if (status != FC_OK)
        return status;
    layout->body_line = 1 + io_count_lines(cursor->buf + cursor->pos, used);
    io_cursor_advance(cursor, used);
    layout->body = cursor->offset;
    return FC_OK;
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

static const char *const option[] = {"--id", "--time", "--value"};

/* Columns by the names given. */
static enum fc_status find_given(const struct io_layout *layout,
                                 const char *const given[3], size_t role[3],
                                 struct fc_error *err)
{
    for (size_t i = 0; i < layout->form->nroles; i++) {
        role[i] = find_column(layout, given[i]);
        if (given[i] != NULL && role[i] == NONE)
            return no_column(layout, option[i], given[i], err);
        for (size_t j = 0; j < i; j++)
            if (role[i] != NONE && role[i] == role[j])
                return fc_fail(err, FC_EINVAL,
                               "%s and %s both name the column '%.60s'",
                               option[j], option[i], given[i]);
    }
    return FC_OK;
}

/*
 * The others by their usual names if the header has all of those, else the
 * first that are left, in the order id, time, value.
 */
static enum fc_status find_others(const struct io_layout *layout,
                                  const char *const given[3], size_t role[3],
                                  struct fc_error *err)
{
    static const char *const usual[3] = {"unique_id", "ds", "y"};
    size_t nroles = layout->form->nroles;
    bool by_name = true;
    for (size_t i = 0; i < nroles; i++)
        if (given[i] == NULL && find_column(layout, usual[i]) == NONE)
            by_name = false;
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
    return FC_OK;
}

static enum fc_status find_roles(struct io_layout *layout,
                                 const struct io_column_names *names,
                                 struct fc_error *err)
{
    const char *const given[3] = {names->id, names->time, names->value};
    size_t role[3] = {NONE, NONE, NONE};
    enum fc_status status = find_given(layout, given, role, err);
    if (status == FC_OK)
        status = find_others(layout, given, role, err);
    layout->id = role[0];
    layout->time = role[1];
    layout->value = role[2];
    for (size_t i = 0; i < layout->form->nroles && status == FC_OK; i++)
        status = check_unique(layout, role[i], err);
    return status;
}

static enum fc_status read_layout(struct io_cursor *cursor,
                                  struct csv_parser *csv, struct io_fields *r,
                                  const struct io_column_names *names,
                                  struct io_layout *layout,
                                  struct fc_error *err)
{
    enum fc_status status = read_header(cursor, csv, r, layout, err);
    if (status != FC_OK)
        return status;
    layout->names = r->fields;
    layout->ncolumns = r->n;
    *r = (struct io_fields){0};
    status = find_roles(layout, names, err);
    if (status != FC_OK)
        return status;
    return layout->form->find_times(layout, cursor, csv, r, err);
}

enum fc_status io_layout_read(struct io_cursor *cursor,
                              const struct io_csv_form *form,
                              const struct io_column_names *names,
                              struct io_layout *layout, struct fc_error *err)
{
    struct csv_parser csv;
    struct io_fields r = {0};
    *layout = (struct io_layout){.file = cursor->source->name, .form = form};
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
