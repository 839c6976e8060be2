/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All SQL of a store but its schema's, what its failures are called, and how
 * its parameters are set.
 */
#include "io/store/statements.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

static const char *const sql[IO_STATEMENTS] = {
    [IO_SQL_FACT] = "SELECT value FROM job WHERE name = ?",
    [IO_SQL_ADD_FACT] = "INSERT INTO job VALUES(?, ?)",
    [IO_SQL_LAST_NIGHT] = "SELECT max(night) FROM night",
    [IO_SQL_ADD_NIGHT] = "INSERT INTO night VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?,"
                         " ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [IO_SQL_ADD_QUANTITY] = "INSERT INTO quantity VALUES(?, ?, ?)",
    [IO_SQL_NIGHTS] = "SELECT * FROM night ORDER BY night",
    [IO_SQL_PRUNE_NIGHT] = "DELETE FROM night WHERE night < ?",
    [IO_SQL_PRUNE_QUANTITY] = "DELETE FROM quantity WHERE night < ?",
    [IO_SQL_PRUNE_SCORE] = "DELETE FROM score WHERE night < ?",
    [IO_SQL_PRUNE_COVER] = "DELETE FROM cover WHERE night < ?",
    [IO_SQL_PRUNE_SAID] = "DELETE FROM said WHERE key < ? << 41",
    [IO_SQL_PRUNE_TOLD] = "DELETE FROM told WHERE night < ?",
    [IO_SQL_PRUNE_PART] = "DELETE FROM part WHERE key < ? << 41",
    [IO_SQL_PRUNE_SERIES] = "DELETE FROM series WHERE night < ?",
    [IO_SQL_PRUNE_KEPT] = "DELETE FROM kept WHERE key >> 10"
                          " IN (SELECT series FROM series WHERE night < ?)",
    [IO_SQL_PRUNE_FIT] = "DELETE FROM fit WHERE key >> 10"
                         " IN (SELECT series FROM series WHERE night < ?)",
    [IO_SQL_PRUNE_RECORD] = "DELETE FROM record WHERE key >> 10"
                            " IN (SELECT series FROM series WHERE night < ?)",
    [IO_SQL_MODEL] = "SELECT model FROM model WHERE name = ?",
    [IO_SQL_ADD_MODEL] = "INSERT INTO model VALUES(?, ?)",
    [IO_SQL_MODELS] = "SELECT model, name FROM model ORDER BY model",
    [IO_SQL_LAST_MODEL] = "SELECT max(model) FROM model",
    [IO_SQL_SERIES] = "SELECT series, night, first, last, n, whole, recent,"
                      " why FROM series WHERE id = ?",
    [IO_SQL_ADD_SERIES] = "INSERT INTO series(id, night) VALUES(?, ?)",
    [IO_SQL_PUT_SERIES] = "UPDATE series SET night = ?, first = ?, last = ?,"
                          " n = ?, whole = ?, recent = ?, why = ?"
                          " WHERE series = ?",
    [IO_SQL_ID] = "SELECT id, why FROM series WHERE series = ?",
    [IO_SQL_ADD_TOLD] = "INSERT INTO told VALUES(?, ?, ?, ?, ?, ?)",
    [IO_SQL_TOLD] = "SELECT model, series, words, steps, sum FROM told"
                    " WHERE night = ? AND model >= ? ORDER BY model LIMIT 1",
    [IO_SQL_ADD_PART] = "INSERT INTO part VALUES(?, ?, ?)",
    [IO_SQL_PART] = "SELECT bytes, sum FROM part WHERE key = ?",
    [IO_SQL_SAID] = "SELECT origin, scale, exponent, numbers, crc, key"
                    " FROM said WHERE key >= ? ORDER BY key",
    [IO_SQL_SAID_SINCE] = "SELECT key FROM said WHERE key >= ?"
                          " ORDER BY key LIMIT 1",
    [IO_SQL_KEEP] =
        "REPLACE INTO kept VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
        " ?, ?)",
    [IO_SQL_KEPT] = "SELECT came_from, outcome, replaced, detail, spec,"
                    " loglik, aicc, sigma2, seconds, numbers, crc, settings,"
                    " origin FROM kept"
                    " WHERE key = ?",
    [IO_SQL_FORGET] = "DELETE FROM kept WHERE key & 1023 = ?",
    [IO_SQL_FORGET_FITS] = "DELETE FROM fit WHERE key & 1023 = ?",
    [IO_SQL_KEEP_FIT] = "REPLACE INTO fit VALUES(?, ?, ?, ?, ?, ?)",
    [IO_SQL_FIT] = "SELECT came_from, night, first, numbers, crc FROM fit"
                   " WHERE key = ?",
    [IO_SQL_DROP_FIT] = "DELETE FROM fit WHERE key = ?",
    [IO_SQL_LEARN] = "REPLACE INTO learnt VALUES(?, ?, ?, ?, ?, ?)",
    [IO_SQL_LEARNT] = "SELECT came_from, night, numbers, crc, origin"
                      " FROM learnt WHERE model = ?",
    [IO_SQL_PIECES] = "SELECT 1 FROM sqlite_schema WHERE name = ?",
    [IO_SQL_PUT_PIECE] = "REPLACE INTO " IO_STORE_PIECES " VALUES(?, ?, ?, ?)",
    [IO_SQL_PIECE] =
        "SELECT came_from, numbers, crc FROM " IO_STORE_PIECES " WHERE key = ?",
    [IO_SQL_ADD_SCORE] =
        "INSERT INTO score VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
        " ON CONFLICT DO UPDATE SET n = n + ?4, error = error + ?5,"
        " size = size + ?6, both = both + ?7, size_both = size_both + ?8,"
        " naive_both = naive_both + ?9",
    [IO_SQL_SCORES] = "SELECT night, model, lead, n, error, size, both,"
                      " size_both, naive_both FROM score",
    [IO_SQL_ADD_COVER] = "INSERT INTO cover VALUES(?1, ?2, ?3, ?4, ?5, ?6)"
                         " ON CONFLICT DO UPDATE SET"
                         " compared = compared + ?5, inside = inside + ?6",
    [IO_SQL_COVERS] = "SELECT night, model, lead, level, compared, inside"
                      " FROM cover",
    [IO_SQL_PUT_RECORD] = "REPLACE INTO record VALUES(?, ?, ?, ?, ?, ?, ?, ?,"
                          " ?, ?, ?, ?, ?, ?, ?, ?)",
    [IO_SQL_RECORD] = "SELECT * FROM record WHERE key = ?",
    [IO_SQL_RECORDS] = "SELECT * FROM record ORDER BY key",
};

/* --- errors --- */

enum fc_status io_store_fail(const struct io_store *store, int code,
                             struct fc_error *err)
{
    const char *path = store->path;
    if (code == SQLITE_IOERR_DATA)
        return io_store_damaged(store, err);
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        return fc_fail(err, FC_ENOMEM, "%s: out of memory for the store", path);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fc_fail(err, FC_EIO,
                       "%s: the store is held by another program; what it is "
                       "doing there must end first",
                       path);
    case SQLITE_FULL:
        return fc_fail(err, FC_EIO, "%s: no space is left for the store", path);
    case SQLITE_CORRUPT:
    case SQLITE_ERROR: /* a table is not there, or not as it should be */
    case SQLITE_MISMATCH:
        return io_store_damaged(store, err);
    case SQLITE_NOTADB:
        return fc_fail(err, FC_EDATA,
                       "%s: is not a store, or a damaged one; move it away, "
                       "and the next run makes a new one",
                       path);
    default:
        return fc_fail(err, FC_EIO, "%s: the store cannot be used: %s%s%s",
                       path, sqlite3_errstr(code),
                       sqlite3_system_errno(store->db) != 0 ? ": " : "",
                       sqlite3_system_errno(store->db) != 0
                           ? strerror(sqlite3_system_errno(store->db))
                           : "");
    }
}

enum fc_status io_store_damaged(const struct io_store *store,
                                struct fc_error *err)
{
    return fc_fail(err, FC_EDATA,
                   "%s: the store is damaged; move it away, and the next run "
                   "makes a new one",
                   store->path);
}

/* --- statements --- */

static int bind_one(sqlite3_stmt *statement, int at, char type, va_list *ap)
{
    const void *bytes;
    double x;
    switch (type) {
    case 'i':
        return sqlite3_bind_int64(statement, at, va_arg(*ap, int64_t));
    case 'd':
        x = va_arg(*ap, double);
        return isnan(x) ? sqlite3_bind_null(statement, at)
                        : sqlite3_bind_double(statement, at, x);
    case 't':
        return sqlite3_bind_text(statement, at, va_arg(*ap, const char *), -1,
                                 SQLITE_STATIC);
    default:
        bytes = va_arg(*ap, const void *);
        return sqlite3_bind_blob64(statement, at, bytes, va_arg(*ap, size_t),
                                   SQLITE_STATIC);
    }
}

sqlite3_stmt *io_store_ask(struct io_store *store, enum io_statement which,
                           struct fc_error *err, const char *types, ...)
{
    sqlite3_stmt **statement = &store->statements[which];
    va_list ap;
    int rc = SQLITE_OK;
    if (*statement == NULL)
        rc = sqlite3_prepare_v3(store->db, sql[which], -1,
                                SQLITE_PREPARE_PERSISTENT, statement, NULL);
    else
        sqlite3_reset(*statement);
    va_start(ap, types);
    for (int i = 0; rc == SQLITE_OK && types[i] != '\0'; i++)
        rc = bind_one(*statement, i + 1, types[i], &ap);
    va_end(ap);
    assert(rc != SQLITE_OK
           || (int)strlen(types) == sqlite3_bind_parameter_count(*statement));
    if (rc == SQLITE_OK)
        return *statement;
    io_store_fail(store, rc, err);
    return NULL;
}

enum fc_status io_store_next(struct io_store *store, sqlite3_stmt *statement,
                             bool *found, struct fc_error *err)
{
    *found = false;
    if (statement == NULL)
        return err->code;
    int rc = sqlite3_step(statement);
    *found = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW)
        return FC_OK;
    sqlite3_reset(statement);
    return rc == SQLITE_DONE ? FC_OK : io_store_fail(store, rc, err);
}

enum fc_status io_store_run(struct io_store *store, sqlite3_stmt *statement,
                            struct fc_error *err)
{
    bool found;
    enum fc_status status = io_store_next(store, statement, &found, err);
    return status == FC_OK && found ? io_store_damaged(store, err) : status;
}

double io_store_double(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL
               ? NAN
               : sqlite3_column_double(statement, column);
}

void io_store_leave_rows(struct io_store *store)
{
    for (int i = 0; i < IO_STATEMENTS; i++)
        if (sqlite3_stmt_busy(store->statements[i]))
            sqlite3_reset(store->statements[i]);
    store->said_at = 0;
}
