/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/report/parts.h"

#include "cmd/report/vector.h"
#include "cmd/talk/json.h"
#include "io/csv/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of numbers that nightcast wrote. */
static const struct io_number_form plain = {.decimal = '.'};

/* The keys come first, then these. */
enum { TIME, MODEL, NAME, VALUE, COLUMNS };

struct reader {
    const struct cmd_report_where *where;
    struct cmd_report_parts *parts;
    struct io_table_keys id;
    size_t column[COLUMNS];
    uint64_t rows;
    bool begun;
};

static enum fc_status no_memory(struct fc_error *err)
{
    return fc_fail(err, FC_ENOMEM, "out of memory");
}

/* <keys>,<time>,model,component,value, whatever the first ones are called. */
static enum fc_status read_header(struct reader *r,
                                  const struct io_record *header,
                                  struct fc_error *err)
{
    static const char *const names[COLUMNS] = {NULL, "model", "component",
                                               "value"};
    struct cmd_report_parts *parts = r->parts;
    size_t n = header->n, from = n - COLUMNS;
    r->begun = true;
    for (int k = MODEL; k < COLUMNS; k++)
        if (n <= COLUMNS
            || strcmp(header->field[from + (size_t)k], names[k]) != 0)
            return fc_fail(err, FC_EDATA,
                           "%s:1: these are no components, which `forecast "
                           "--components` writes: id,time,model,component,"
                           "value",
                           header->file);
    for (int k = TIME; k < COLUMNS; k++)
        r->column[k] = from + (size_t)k;
    parts->nseries = r->where->ids->n;
    parts->nmodels = r->where->models->n;
    parts->horizon = r->where->horizon;
    parts->of = calloc(parts->nseries * parts->nmodels + 1, sizeof *parts->of);
    if (parts->of == NULL)
        return no_memory(err);
    return io_table_keys_first(from, &r->id, err);
}

/* The values of a component, all NaN when it is new; NULL when memory is
   short. */
static double *values_of(struct cmd_report_made *made, uint32_t name,
                         int horizon)
{
    for (uint32_t k = 0; k < made->n; k++)
        if (made->part[k].name == name)
            return made->part[k].value;
    if (made->n == made->room) {
        uint32_t room = 2 * made->room + 4;
        struct cmd_report_part *grown =
            realloc(made->part, room * sizeof *grown);
        if (grown == NULL)
            return NULL;
        made->part = grown;
        made->room = room;
    }
    double *value = malloc((size_t)horizon * sizeof *value);
    if (value == NULL)
        return NULL;
    for (int h = 0; h < horizon; h++)
        value[h] = NAN;
    made->part[made->n++] = (struct cmd_report_part){name, value};
    return value;
}

static void note_unknown(struct cmd_report_parts *parts,
                         const struct io_record *rec, const char *id,
                         const char *time, const char *model)
{
    if (parts->unknown++ == 0)
        snprintf(parts->first, sizeof parts->first,
                 "line %llu, series '%.60s' at '%.40s' by '%.40s'",
                 (unsigned long long)rec->line, id, time, model);
}

static enum fc_status add_value(struct reader *r, const struct io_record *rec,
                                struct cmd_report_made *made, size_t step,
                                struct fc_error *err)
{
    size_t at = r->column[NAME];
    double value;
    enum fc_status status =
        io_table_number(rec, r->column[VALUE], &plain, &value, err);
    if (status != FC_OK)
        return status;
    uint32_t name =
        io_intern_add(&r->parts->names, rec->field[at], rec->length[at]);
    double *values = name != IO_INTERN_FULL
                         ? values_of(made, name, r->parts->horizon)
                         : NULL;
    if (values == NULL)
        return no_memory(err);
    if (!isnan(values[step]))
        return fc_fail(
            err, FC_EDATA, "%s:%llu: a second component '%.60s' of one step",
            rec->file, (unsigned long long)rec->line, rec->field[at]);
    values[step] = value;
    return FC_OK;
}

static enum fc_status read_record(void *arg, const struct io_record *rec,
                                  struct fc_error *err)
{
    struct reader *r = arg;
    const struct cmd_report_where *where = r->where;
    size_t length, step = SIZE_MAX;
    if (!r->begun)
        return read_header(r, rec, err);
    const char *id = io_table_id(rec, &r->id, &length);
    if (id == NULL)
        return no_memory(err);
    const char *time = rec->field[r->column[TIME]];
    const char *name = rec->field[r->column[MODEL]];
    uint32_t series = io_intern_find(where->ids, id, length);
    uint32_t model =
        io_intern_find(where->models, name, rec->length[r->column[MODEL]]);
    r->rows++;
    if (series != IO_INTERN_FULL && model != IO_INTERN_FULL)
        step = where->step(where->context, series, time,
                           rec->length[r->column[TIME]]);
    if (step == SIZE_MAX) {
        note_unknown(r->parts, rec, id, time, name);
        return FC_OK;
    }
    return add_value(r, rec, &r->parts->of[series * r->parts->nmodels + model],
                     step, err);
}

enum fc_status cmd_report_parts_read(const char *path,
                                     const struct cmd_report_where *where,
                                     struct cmd_report_parts *parts,
                                     struct fc_error *err)
{
    struct reader r = {.where = where, .parts = parts};
    enum fc_status status = io_table_read(path, NULL, read_record, &r, err);
    io_table_keys_release(&r.id);
    size_t nseries = parts->nseries > 0 ? parts->nseries : 1;
    parts->usual = (double)(r.rows - parts->unknown) / (double)nseries;
    if (status == FC_OK && r.rows == 0)
        return fc_fail(err, FC_EDATA, "%s: a header but no rows", path);
    if (status == FC_OK && r.rows == parts->unknown)
        return fc_fail(err, FC_EDATA,
                       "%s: no components of any forecast that is here; the "
                       "first: %s",
                       path, parts->first);
    return status;
}

const struct cmd_report_made *cmd_report_made_of(
    const struct cmd_report_parts *parts, size_t series, size_t model)
{
    const struct cmd_report_made *made =
        &parts->of[series * parts->nmodels + model];
    return made->n > 1 ? made : NULL;
}

static void put_made(const struct cmd_report_made *made, int horizon,
                     struct io_atomic_file *file)
{
    for (uint32_t k = 0; k < made->n; k++) {
        cmd_json_raw(file, k > 0 ? ",[" : "[[");
        cmd_json_count(file, made->part[k].name);
        cmd_json_raw(file, ",");
        cmd_report_vector(file, made->part[k].value, (size_t)horizon);
        cmd_json_raw(file, "]");
    }
    cmd_json_raw(file, "]");
}

static void put_all(const struct cmd_report_parts *parts, size_t series,
                    struct io_atomic_file *file)
{
    size_t any = 0;
    for (size_t k = 0; k < parts->nmodels; k++)
        any += cmd_report_made_of(parts, series, k) != NULL;
    if (any == 0)
        return;
    cmd_json_raw(file, ",\"k\":[");
    for (size_t k = 0; k < parts->nmodels; k++) {
        const struct cmd_report_made *made =
            cmd_report_made_of(parts, series, k);
        cmd_json_raw(file, k > 0 ? "," : "");
        if (made != NULL)
            put_made(made, parts->horizon, file);
        else
            cmd_json_raw(file, "0");
    }
    cmd_json_raw(file, "]");
}

static void forget(struct cmd_report_made *made)
{
    for (uint32_t k = 0; k < made->n; k++)
        free(made->part[k].value);
    made->n = 0;
}

bool cmd_report_parts_init(struct cmd_report_parts *parts, size_t nmodels,
                           int horizon)
{
    parts->nseries = 1;
    parts->nmodels = nmodels;
    parts->horizon = horizon;
    parts->of = calloc(nmodels + 1, sizeof *parts->of);
    return parts->of != NULL;
}

double *cmd_report_parts_values(struct cmd_report_parts *parts, size_t model,
                                uint32_t name)
{
    return values_of(&parts->of[model], name, parts->horizon);
}

enum fc_status cmd_report_parts_put(struct cmd_report_parts *parts,
                                    size_t series, struct io_atomic_file *file,
                                    struct fc_error *err)
{
    enum fc_status status = FC_OK;
    if (parts->make == NULL) {
        put_all(parts, series, file);
        return FC_OK;
    }
    status = parts->make(parts->context, series, parts, err);
    if (status == FC_OK)
        put_all(parts, 0, file);
    for (size_t k = 0; k < parts->nmodels; k++)
        forget(&parts->of[k]);
    return status;
}

void cmd_report_parts_release(struct cmd_report_parts *parts)
{
    size_t n = parts->of != NULL ? parts->nseries * parts->nmodels : 0;
    for (size_t i = 0; i < n; i++) {
        forget(&parts->of[i]);
        free(parts->of[i].part);
    }
    free(parts->of);
    io_intern_release(&parts->names);
    *parts = (struct cmd_report_parts){0};
}
