/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/store/nights.h"

#include "io/store/statements.h"
#include "io/store/told.h"

#include <math.h>
#include <stdio.h>

enum fc_status io_store_last_night(struct io_store *store, int64_t *night,
                                   struct fc_error *err)
{
    bool found;
    *night = 0;
    sqlite3_stmt *ask = io_store_ask(store, IO_SQL_LAST_NIGHT, err, "");
    enum fc_status status = io_store_next(store, ask, &found, err);
    if (found) {
        *night = sqlite3_column_int64(ask, 0);
        sqlite3_reset(ask);
    }
    return status;
}

enum fc_status io_store_add_night(struct io_store *store,
                                  const struct io_night *t,
                                  const char *const *names, size_t n,
                                  struct fc_error *err)
{
    sqlite3_stmt *add = io_store_ask(
        store, IO_SQL_ADD_NIGHT, err, "iidiitttiiiiiiiiii", t->night, t->began,
        t->seconds, t->origin, t->horizon, t->seasons, t->levels, t->program,
        t->series, t->ok, t->fallback, t->late, t->failed, t->reused,
        t->corrected, t->drifting, t->learnt, t->warm);
    enum fc_status status = io_store_run(store, add, err);
    for (size_t i = 0; status == FC_OK && i < n; i++)
        status =
            io_store_run(store,
                         io_store_ask(store, IO_SQL_ADD_QUANTITY, err, "iit",
                                      t->night, (int64_t)i, names[i]),
                         err);
    return status;
}

static const char *text_of(sqlite3_stmt *row, int column)
{
    const unsigned char *text = sqlite3_column_text(row, column);
    return text != NULL ? (const char *)text : "";
}

static struct io_night night_of(sqlite3_stmt *row)
{
    return (struct io_night){
        .night = sqlite3_column_int64(row, 0),
        .began = sqlite3_column_int64(row, 1),
        .seconds = io_store_double(row, 2),
        .origin = sqlite3_column_int64(row, 3),
        .horizon = sqlite3_column_int64(row, 4),
        .season = lround(sqlite3_column_double(row, 5)),
        .seasons = text_of(row, 5),
        .levels = text_of(row, 6),
        .program = text_of(row, 7),
        .series = sqlite3_column_int64(row, 8),
        .ok = sqlite3_column_int64(row, 9),
        .fallback = sqlite3_column_int64(row, 10),
        .late = sqlite3_column_int64(row, 11),
        .failed = sqlite3_column_int64(row, 12),
        .reused = sqlite3_column_int64(row, 13),
        .corrected = sqlite3_column_int64(row, 14),
        .drifting = sqlite3_column_int64(row, 15),
        .learnt = sqlite3_column_int64(row, 16),
        .warm = sqlite3_column_int64(row, 17),
    };
}

enum fc_status io_store_next_night(struct io_store *store, bool first,
                                   struct io_night *night, bool *found,
                                   struct fc_error *err)
{
    sqlite3_stmt *row = store->statements[IO_SQL_NIGHTS];
    if (first)
        row = io_store_ask(store, IO_SQL_NIGHTS, err, "");
    enum fc_status status = io_store_next(store, row, found, err);
    if (*found)
        *night = night_of(row);
    return status;
}

/* Series last: what belongs to them is found by them. */
enum fc_status io_store_prune(struct io_store *store, int64_t oldest,
                              struct fc_error *err)
{
    static const enum io_statement all[] = {
        IO_SQL_PRUNE_NIGHT,  IO_SQL_PRUNE_QUANTITY, IO_SQL_PRUNE_SCORE,
        IO_SQL_PRUNE_COVER,  IO_SQL_PRUNE_TOLD,     IO_SQL_PRUNE_PART,
        IO_SQL_PRUNE_KEPT,   IO_SQL_PRUNE_FIT,      IO_SQL_PRUNE_RECORD,
        IO_SQL_PRUNE_SERIES,
    };
    enum fc_status status = io_told_end(store, err);
    io_told_forget(store);
    if (status == FC_OK && store->has_said)
        status = io_store_run(
            store, io_store_ask(store, IO_SQL_PRUNE_SAID, err, "i", oldest),
            err);
    for (size_t i = 0; status == FC_OK && i < sizeof all / sizeof *all; i++)
        status = io_store_run(
            store, io_store_ask(store, all[i], err, "i", oldest), err);
    return status;
}

enum fc_status io_store_count_models(struct io_store *store, int64_t *n,
                                     struct fc_error *err)
{
    bool found;
    *n = 0;
    sqlite3_stmt *row = io_store_ask(store, IO_SQL_MODELS, err, "");
    enum fc_status status = io_store_next(store, row, &found, err);
    while (status == FC_OK && found) {
        *n = sqlite3_column_int64(row, 0);
        status = io_store_next(store, row, &found, err);
    }
    if (status == FC_OK && (*n < 0 || *n > IO_STORE_MODELS_MOST))
        return io_store_damaged(store, err);
    return status;
}

static enum fc_status add_model(struct io_store *store, const char *name,
                                int64_t *model, struct fc_error *err)
{
    enum fc_status status = io_store_count_models(store, model, err);
    if (status == FC_OK && *model == IO_STORE_MODELS_MOST)
        status = fc_fail(err, FC_EDATA,
                         "%s: the store has %d models, which are the most; "
                         "name another file",
                         store->path, IO_STORE_MODELS_MOST);
    if (status != FC_OK)
        return status;
    ++*model;
    return io_store_run(
        store, io_store_ask(store, IO_SQL_ADD_MODEL, err, "it", *model, name),
        err);
}

enum fc_status io_store_model(struct io_store *store, const char *name,
                              bool add, int64_t *model, struct fc_error *err)
{
    bool found;
    *model = 0;
    sqlite3_stmt *ask = io_store_ask(store, IO_SQL_MODEL, err, "t", name);
    enum fc_status status = io_store_next(store, ask, &found, err);
    if (found) {
        *model = sqlite3_column_int64(ask, 0);
        sqlite3_reset(ask);
    }
    if (status != FC_OK || found || !add)
        return status;
    return add_model(store, name, model, err);
}

enum fc_status io_store_model_name(struct io_store *store, int64_t model,
                                   char *name, size_t size,
                                   struct fc_error *err)
{
    bool found;
    name[0] = '\0';
    sqlite3_stmt *row = io_store_ask(store, IO_SQL_MODELS, err, "");
    enum fc_status status = io_store_next(store, row, &found, err);
    while (status == FC_OK && found) {
        if (sqlite3_column_int64(row, 0) == model)
            snprintf(name, size, "%s", text_of(row, 1));
        status = io_store_next(store, row, &found, err);
    }
    return status;
}

enum fc_status io_store_find_series(struct io_store *store, const char *id,
                                    struct io_store_series *series,
                                    struct fc_error *err)
{
    bool found;
    *series = (struct io_store_series){.series = 0};
    if (!store->has_series)
        return FC_OK;
    sqlite3_stmt *row = io_store_ask(store, IO_SQL_SERIES, err, "t", id);
    enum fc_status status = io_store_next(store, row, &found, err);
    if (!found)
        return status;
    *series = (struct io_store_series){
        .series = sqlite3_column_int64(row, 0),
        .night = sqlite3_column_int64(row, 1),
        .first = sqlite3_column_int64(row, 2),
        .last = sqlite3_column_int64(row, 3),
        .n = sqlite3_column_int64(row, 4),
        .whole = (uint64_t)sqlite3_column_int64(row, 5),
        .recent = (uint64_t)sqlite3_column_int64(row, 6),
        .why = sqlite3_column_int64(row, 7),
    };
    sqlite3_reset(row);
    if (series->series < 1 || series->series >> IO_STORE_SERIES_BITS != 0)
        return io_store_damaged(store, err);
    return FC_OK;
}

enum fc_status io_store_add_series(struct io_store *store, const char *id,
                                   int64_t night, int64_t *number,
                                   struct fc_error *err)
{
    sqlite3_stmt *add =
        io_store_ask(store, IO_SQL_ADD_SERIES, err, "ti", id, night);
    enum fc_status status = io_store_run(store, add, err);
    *number = sqlite3_last_insert_rowid(store->db);
    store->has_series = true;
    if (status == FC_OK && *number >> IO_STORE_SERIES_BITS != 0)
        return io_store_damaged(store, err);
    return status;
}

enum fc_status io_store_put_series(struct io_store *store,
                                   const struct io_store_series *s,
                                   struct fc_error *err)
{
    sqlite3_stmt *put = io_store_ask(
        store, IO_SQL_PUT_SERIES, err, "iiiiiiii", s->night, s->first, s->last,
        s->n, (int64_t)s->whole, (int64_t)s->recent, s->why, s->series);
    enum fc_status status = io_store_run(store, put, err);
    return status == FC_OK && sqlite3_changes(store->db) != 1
               ? io_store_damaged(store, err)
               : status;
}

enum fc_status io_store_id(struct io_store *store, int64_t series,
                           const char **id, int64_t *why, struct fc_error *err)
{
    bool found;
    *id = "";
    *why = 0;
    sqlite3_stmt *row = io_store_ask(store, IO_SQL_ID, err, "i", series);
    enum fc_status status = io_store_next(store, row, &found, err);
    if (found) {
        *id = text_of(row, 0);
        *why = sqlite3_column_int64(row, 1);
    }
    return status;
}
