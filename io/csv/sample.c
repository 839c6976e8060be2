/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv/sample.h"

#include <stdlib.h>

enum {
    FIRST_ROWS = 1 << 21, /* bytes that are looked at for them */
    MOST_FIELDS = 1 << 12 /* of all of them together */
};

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

static bool is_blank(const struct io_fields *r)
{
    return r->n == 0 || (r->n == 1 && r->fields[0][0] == '\0');
}

/* libcsv has seen a part of a record that is to be read again. */
static void restart(struct csv_parser *csv)
{
    unsigned char delimiter = csv_get_delim(csv);
    csv_free(csv);
    io_fields_parser(csv, 0);
    csv_set_delim(csv, delimiter);
}

/*
 * The record that begins so many bytes ahead of the cursor; more of the file
 * is read as long as it has no end.  *used is 0 when there is none.
 */
static enum fc_status take_record(struct io_cursor *cursor,
                                  struct csv_parser *csv, size_t at,
                                  struct io_fields *r, size_t *used,
                                  struct fc_error *err)
{
    for (;;) {
        size_t left = cursor->len - cursor->pos;
        *used = io_fields_take(csv, cursor->buf + cursor->pos + at, left - at,
                               cursor->at_end, r);
        if (r->out_of_memory)
            return no_memory(err);
        if (*used > 0 || cursor->at_end)
            return FC_OK;
        restart(csv);
        if (left >= FIRST_ROWS)
            return FC_OK;
        enum fc_status status = io_cursor_more(cursor, err);
        if (status != FC_OK)
            return status;
    }
}

enum fc_status io_sample_take(struct io_cursor *cursor, struct csv_parser *csv,
                              size_t ncolumns, struct io_sample *sample,
                              struct fc_error *err)
{
    enum fc_status status = FC_OK;
    uint64_t line = 0;
    size_t fields = 0, used;
    *sample = (struct io_sample){0};
    sample->row = calloc(IO_SAMPLE_MOST, sizeof *sample->row);
    sample->line = calloc(IO_SAMPLE_MOST, sizeof *sample->line);
    if (sample->row == NULL || sample->line == NULL)
        return no_memory(err);
    for (size_t at = 0; sample->n < IO_SAMPLE_MOST && fields < MOST_FIELDS;
         at += used) {
        struct io_fields *r = &sample->row[sample->n];
        r->most = ncolumns + 1;
        status = take_record(cursor, csv, at, r, &used, err);
        if (status != FC_OK)
            return status;
        if (used == 0)
            break;
        sample->line[sample->n] = line;
        line += io_count_lines(cursor->buf + cursor->pos + at, used);
        fields += r->n;
        sample->n += !is_blank(r);
    }
    return FC_OK;
}

void io_sample_release(struct io_sample *sample)
{
    for (size_t i = 0; sample->row != NULL && i < IO_SAMPLE_MOST; i++)
        io_fields_release(&sample->row[i]);
    free(sample->row);
    free(sample->line);
    *sample = (struct io_sample){0};
}
