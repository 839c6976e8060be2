/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one place that knows which reader reads an input.
 */
#include "io/panel/load.h"

#include "io/csv/reader.h"
#include "io/panel/make.h"

static enum fc_status read_rows(const struct io_panel_options *options,
                                struct io_rowset *rows, struct fc_error *err)
{
    struct io_csv_options csv = {
        .path = options->path,
        .more = options->more,
        .nmore = options->nmore,
        .id = options->id,
        .time = options->time,
        .value = options->value,
        .time_format = options->time_format,
        .encoding = options->encoding,
        .decimal = options->decimal,
        .missing = options->missing,
        .steps = options->freq != NULL && options->freq->unit == IO_FREQ_STEP,
        .wide = options->wide,
        .fill = {.shard = options->shard, .all_errors = options->rejects},
        .trace = options->trace,
        .jobs = options->jobs,
        .chunk = options->chunk,
    };
    return io_csv_read(&csv, rows, err);
}

enum fc_status io_panel_load(const struct io_panel_options *options,
                             struct io_panel *panel, struct fc_error *err)
{
    struct io_rowset *rows = io_rowset_new();
    enum fc_status status = FC_ENOMEM;
    *panel = (struct io_panel){0};
    if (rows == NULL)
        return fc_fail(err, status, "out of memory");
    status = read_rows(options, rows, err);
    if (status == FC_OK)
        return io_panel_make(options, rows, panel, err);
    io_rowset_free(rows);
    return status;
}
