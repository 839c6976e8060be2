/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/report/summary.h"

#include "io/csv/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of numbers that nightcast wrote. */
static const struct io_number_form plain = {.decimal = '.'};

enum { MODEL, STATUS, DETAIL, SPEC, SECONDS, COLUMNS };

struct reader {
    const struct io_intern *ids, *models;
    struct cmd_report_summary *summary;
    bool begun;
    struct io_table_keys id;
    size_t column[COLUMNS];
};

static enum fc_status read_header(struct reader *r,
                                  const struct io_record *header,
                                  struct fc_error *err)
{
    static const char *const names[COLUMNS] = {"model", "status", "detail",
                                               "spec", "seconds"};
    r->begun = true;
    for (int i = 0; i < COLUMNS; i++) {
        r->column[i] = io_table_own_column(header, names[i]);
        if (r->column[i] == SIZE_MAX || r->column[MODEL] == 0)
            return fc_fail(err, FC_EDATA,
                           "%s:1: no column '%s': this is no summary as "
                           "`forecast --summary` writes one",
                           header->file, names[i]);
    }
    size_t n = (size_t)r->ids->n * r->models->n;
    r->summary->fits = calloc(n + 1, sizeof *r->summary->fits);
    if (r->summary->fits == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++)
        r->summary->fits[i].seconds = NAN;
    return io_table_keys_first(r->column[MODEL], &r->id, err);
}

/* A text that lasts; NULL for an empty one.  False when memory is short. */
static bool keep(struct reader *r, const struct io_record *record, int column,
                 const char **text)
{
    size_t at = r->column[column];
    struct io_intern *texts = &r->summary->texts;
    if (record->length[at] == 0)
        return true;
    uint32_t k = io_intern_add(texts, record->field[at], record->length[at]);
    if (k != IO_INTERN_FULL)
        *text = texts->text[k];
    return k != IO_INTERN_FULL;
}

static enum fc_status read_record(void *arg, const struct io_record *record,
                                  struct fc_error *err)
{
    struct reader *r = arg;
    if (!r->begun)
        return read_header(r, record, err);
    size_t length;
    const char *id = io_table_id(record, &r->id, &length);
    if (id == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    uint32_t series = io_intern_find(r->ids, id, length);
    uint32_t model = io_intern_find(r->models, record->field[r->column[MODEL]],
                                    record->length[r->column[MODEL]]);
    if (series == IO_INTERN_FULL || model == IO_INTERN_FULL) {
        r->summary->unknown++;
        return FC_OK;
    }
    struct cmd_report_fit *fit =
        &r->summary->fits[(size_t)series * r->models->n + model];
    if (!keep(r, record, STATUS, &fit->status)
        || !keep(r, record, DETAIL, &fit->detail)
        || !keep(r, record, SPEC, &fit->spec))
        return fc_fail(err, FC_ENOMEM, "out of memory");
    return io_table_number(record, r->column[SECONDS], &plain, &fit->seconds,
                           err);
}

enum fc_status cmd_report_summary_read(const char *path,
                                       const struct io_intern *ids,
                                       const struct io_intern *models,
                                       struct cmd_report_summary *summary,
                                       struct fc_error *err)
{
    struct reader reader = {.ids = ids, .models = models, .summary = summary};
    enum fc_status status =
        io_table_read(path, NULL, read_record, &reader, err);
    io_table_keys_release(&reader.id);
    return status;
}

void cmd_report_summary_release(struct cmd_report_summary *summary)
{
    free(summary->fits);
    io_intern_release(&summary->texts);
    *summary = (struct cmd_report_summary){0};
}
