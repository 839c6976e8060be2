/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv/sample.h"

#include <stdlib.h>

enum {
    FIRST_ROWS = 1 << 21, /* bytes that are looked at for them */
    MOST_FIELDS = 1 << 16 /* of all of them together */
};

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

static bool is_blank(const struct io_fields *r)
{
    return r->n == 0 || (r->n == 1 && r->fields[0][0] == '\0');
}

enum fc_status io_sample_take(struct io_cursor *cursor, struct csv_parser *csv,
                              size_t ncolumns, struct io_sample *sample,
                              struct fc_error *err)
{
    enum fc_status status = FC_OK;
    uint64_t line = 0;
    size_t fields = 0, used;
    *sample = (struct io_sample){0};
    while (status == FC_OK && !cursor->at_end
           && cursor->len - cursor->pos < FIRST_ROWS)
        status = io_cursor_more(cursor, err);
    if (status != FC_OK)
        return status;
    sample->row = calloc(IO_SAMPLE_MOST, sizeof *sample->row);
    sample->line = calloc(IO_SAMPLE_MOST, sizeof *sample->line);
    if (sample->row == NULL || sample->line == NULL)
        return no_memory(err);
    for (size_t pos = cursor->pos; sample->n < IO_SAMPLE_MOST
                                   && pos < cursor->len && fields < MOST_FIELDS;
         pos += used) {
        struct io_fields *r = &sample->row[sample->n];
        r->most = ncolumns + 1;
        used = io_fields_take(csv, cursor->buf + pos, cursor->len - pos,
                              cursor->at_end, r);
        if (r->out_of_memory)
            return no_memory(err);
        if (used == 0)
            break;
        sample->line[sample->n] = line;
        line += io_count_lines(cursor->buf + pos, used);
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
