/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/store/scores.h"

#include "io/store/statements.h"

enum fc_status io_store_add_score(struct io_store *store,
                                  const struct io_score *s,
                                  struct fc_error *err)
{
    const struct io_errors *e = &s->errors;
    return io_store_run(store,
                        io_store_ask(store, IO_SQL_ADD_SCORE, err, "iiiiddidd",
                                     s->night, s->model, s->lead, e->n,
                                     e->error, e->size, e->both, e->size_both,
                                     e->naive_both),
                        err);
}

enum fc_status io_store_add_cover(struct io_store *store,
                                  const struct io_cover *c,
                                  struct fc_error *err)
{
    return io_store_run(store,
                        io_store_ask(store, IO_SQL_ADD_COVER, err, "iiidii",
                                     c->night, c->model, c->lead, c->level,
                                     c->compared, c->inside),
                        err);
}

static struct io_errors errors_of(sqlite3_stmt *row, int first)
{
    return (struct io_errors){
        .n = sqlite3_column_int64(row, first),
        .error = io_store_double(row, first + 1),
        .size = io_store_double(row, first + 2),
        .both = sqlite3_column_int64(row, first + 3),
        .size_both = io_store_double(row, first + 4),
        .naive_both = io_store_double(row, first + 5),
    };
}

/* The next row of a statement without parameters. */
static enum fc_status next(struct io_store *store, enum io_statement which,
                           bool first, sqlite3_stmt **row, bool *found,
                           struct fc_error *err)
{
    *row =
        first ? io_store_ask(store, which, err, "") : store->statements[which];
    return io_store_next(store, *row, found, err);
}

enum fc_status io_store_next_score(struct io_store *store, bool first,
                                   struct io_score *score, bool *found,
                                   struct fc_error *err)
{
    sqlite3_stmt *row;
    enum fc_status status = next(store, IO_SQL_SCORES, first, &row, found, err);
    if (*found)
        *score = (struct io_score){
            .night = sqlite3_column_int64(row, 0),
            .model = sqlite3_column_int64(row, 1),
            .lead = sqlite3_column_int64(row, 2),
            .errors = errors_of(row, 3),
        };
    return status;
}

enum fc_status io_store_next_cover(struct io_store *store, bool first,
                                   struct io_cover *cover, bool *found,
                                   struct fc_error *err)
{
    sqlite3_stmt *row;
    enum fc_status status = next(store, IO_SQL_COVERS, first, &row, found, err);
    if (*found)
        *cover = (struct io_cover){
            .night = sqlite3_column_int64(row, 0),
            .model = sqlite3_column_int64(row, 1),
            .lead = sqlite3_column_int64(row, 2),
            .level = io_store_double(row, 3),
            .compared = sqlite3_column_int64(row, 4),
            .inside = sqlite3_column_int64(row, 5),
        };
    return status;
}

static struct io_standing record_of(sqlite3_stmt *row)
{
    int64_t key = sqlite3_column_int64(row, 0);
    return (struct io_standing){
        .series = key >> IO_STORE_MODEL_BITS,
        .model = key & ((1 << IO_STORE_MODEL_BITS) - 1),
        .errors = errors_of(row, 1),
        .level = io_store_double(row, 7),
        .compared = sqlite3_column_int64(row, 8),
        .inside = sqlite3_column_int64(row, 9),
        .counted = sqlite3_column_int64(row, 10),
        .cumulated = io_store_double(row, 11),
        .deviation = io_store_double(row, 12),
        .recent = sqlite3_column_int64(row, 13),
        .outside = sqlite3_column_int64(row, 14),
        .drifting = sqlite3_column_int64(row, 15),
    };
}

enum fc_status io_store_record(struct io_store *store,
                               struct io_standing *record, struct fc_error *err)
{
    bool found;
    int64_t key = io_store_key(0, record->series, record->model);
    sqlite3_stmt *row = io_store_ask(store, IO_SQL_RECORD, err, "i", key);
    enum fc_status status = io_store_next(store, row, &found, err);
    *record = found ? record_of(row)
                    : (struct io_standing){.series = record->series,
                                           .model = record->model};
    if (found)
        sqlite3_reset(row);
    return status;
}

enum fc_status io_store_put_record(struct io_store *store,
                                   const struct io_standing *r,
                                   struct fc_error *err)
{
    const struct io_errors *e = &r->errors;
    return io_store_run(
        store,
        io_store_ask(store, IO_SQL_PUT_RECORD, err, "iiddidddiiiddiii",
                     io_store_key(0, r->series, r->model), e->n, e->error,
                     e->size, e->both, e->size_both, e->naive_both, r->level,
                     r->compared, r->inside, r->counted, r->cumulated,
                     r->deviation, r->recent, r->outside, r->drifting),
        err);
}

enum fc_status io_store_next_record(struct io_store *store, bool first,
                                    struct io_standing *record, bool *found,
                                    struct fc_error *err)
{
    sqlite3_stmt *row;
    enum fc_status status =
        next(store, IO_SQL_RECORDS, first, &row, found, err);
    if (*found)
        *record = record_of(row);
    return status;
}
