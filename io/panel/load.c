/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one place that knows which reader reads an input.
 */
#include "io/panel/load.h"

#include "io/csv/keys.h"
#include "io/csv/reader.h"
#include "io/panel/make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
        .steps =
            options->agreed != NULL
                ? options->agreed->format.form == IO_TIME_INTEGER
                : options->freq != NULL && options->freq->unit == IO_FREQ_STEP,
        .wide = options->wide,
        .agreed = options->agreed,
        .apart = options->files.count > 0,
        .fill = {.shard = options->shard, .all_errors = options->rejects},
        .trace = options->trace,
        .jobs = options->jobs,
        .chunk = options->chunk,
    };
    return io_csv_read(&csv, rows, err);
}

static const char plain[] = "; --duplicates says what to do with them";

static size_t count_doubled(const struct io_panel *panel)
{
    size_t n = 0;
    for (size_t i = 0; i < panel->nseries; i++)
        n += panel->facts[i].nduplicates > 0 && panel->facts[i].error != NULL
             && strstr(panel->facts[i].error, plain) != NULL;
    return n;
}

/* Asks whether another column is a key, of series with two rows for a time. */
static bool ask_for_key(const struct io_panel *panel, const char *key)
{
    for (size_t i = 0; i < panel->nseries; i++) {
        char **error = &panel->facts[i].error;
        char *at = *error != NULL ? strstr(*error, plain) : NULL;
        if (at == NULL || panel->facts[i].nduplicates == 0)
            continue;
        size_t before = (size_t)(at - *error);
        size_t room = before + strlen(key) + strlen(panel->id_name) + 160;
        char *text = malloc(room);
        if (text == NULL)
            return false;
        const char *id = panel->one_series ? "" : panel->id_name;
        snprintf(text, room,
                 "%.*s; is '%s' a key%s? then say --id '%s%s%s'; "
                 "--duplicates says what to do with them if not",
                 (int)before, *error, key, *id != '\0' ? " as well" : "", id,
                 *id != '\0' ? "," : "", key);
        free(*error);
        *error = text;
    }
    return true;
}

static enum fc_status explain_duplicates(const struct io_panel_options *options,
                                         struct io_panel *panel,
                                         struct fc_error *err)
{
    char key[64];
    struct io_keys_search search = {.path = options->path,
                                    .encoding = options->encoding,
                                    .id = panel->one_series ? NULL
                                                            : panel->id_name,
                                    .time = panel->time_name,
                                    .value = panel->value_name};
    if (options->wide || options->agreed != NULL
        || options->duplicates != IO_DUPLICATES_ERROR
        || count_doubled(panel) == 0 || !io_keys_find(&search, key, sizeof key)
        || ask_for_key(panel, key))
        return FC_OK;
    io_panel_release(panel);
    return fc_fail(err, FC_ENOMEM, "out of memory");
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
    if (status != FC_OK) {
        io_rowset_free(rows);
        return status;
    }
    status = io_panel_make(options, rows, panel, err);
    return status == FC_OK ? explain_duplicates(options, panel, err) : status;
}
