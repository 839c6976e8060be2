/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The checksum is zlib's CRC-32 over a row's key, what it came from and its
 * numbers.
 */
#include "io/store/pieces.h"

#include "io/store/statements.h"

#include <string.h>
#include <zlib.h>

static int64_t key_of(const struct io_piece *piece)
{
    return io_store_key((int64_t)piece->place, (int64_t)piece->index,
                        piece->model);
}

static int64_t sum(const struct io_piece *piece, const void *numbers)
{
    int64_t head[2] = {key_of(piece), (int64_t)piece->came_from};
    uLong crc = crc32_z(0, (const void *)head, sizeof head);
    return (int64_t)crc32_z(crc, numbers, piece->n * sizeof(double));
}

enum fc_status io_store_has_pieces(struct io_store *store, bool *there,
                                   struct fc_error *err)
{
    return io_store_next(
        store, io_store_ask(store, IO_SQL_PIECES, err, "t", IO_STORE_PIECES),
        there, err);
}

static enum fc_status change(struct io_store *store, const char *how,
                             struct fc_error *err)
{
    int rc = sqlite3_exec(store->db, how, NULL, NULL, NULL);
    return rc == SQLITE_OK ? FC_OK : io_store_fail(store, rc, err);
}

enum fc_status io_store_expect_pieces(struct io_store *store,
                                      struct fc_error *err)
{
    return change(store,
                  "CREATE TABLE IF NOT EXISTS " IO_STORE_PIECES
                  "(key INTEGER PRIMARY KEY, came_from INTEGER NOT NULL,"
                  " numbers BLOB NOT NULL, crc INTEGER NOT NULL)",
                  err);
}

enum fc_status io_store_put_piece(struct io_store *store,
                                  const struct io_piece *piece,
                                  const double *numbers, struct fc_error *err)
{
    return io_store_run(
        store,
        io_store_ask(store, IO_SQL_PUT_PIECE, err, "iibi", key_of(piece),
                     (int64_t)piece->came_from, (const void *)numbers,
                     piece->n * sizeof(double), sum(piece, numbers)),
        err);
}

enum fc_status io_store_piece(struct io_store *store,
                              const struct io_piece *piece, double *numbers,
                              bool *found, struct fc_error *err)
{
    sqlite3_stmt *row =
        io_store_ask(store, IO_SQL_PIECE, err, "i", key_of(piece));
    enum fc_status status = io_store_next(store, row, found, err);
    struct io_piece there = *piece;
    if (!*found)
        return status;
    there.came_from = (uint64_t)sqlite3_column_int64(row, 0);
    const void *bytes = sqlite3_column_blob(row, 1);
    size_t size = (size_t)sqlite3_column_bytes(row, 1);
    there.n = size / sizeof(double);
    bool good = size % sizeof(double) == 0 && bytes != NULL
                && sum(&there, bytes) == sqlite3_column_int64(row, 2);
    *found = good && there.n == piece->n && there.came_from == piece->came_from;
    if (*found)
        memcpy(numbers, bytes, size);
    sqlite3_reset(row); /* what is learnt next may take long */
    return good ? FC_OK : io_store_damaged(store, err);
}

/* A table is not dropped while any rows are being read. */
enum fc_status io_store_drop_pieces(struct io_store *store,
                                    struct fc_error *err)
{
    io_store_leave_rows(store);
    return change(store, "DROP TABLE IF EXISTS " IO_STORE_PIECES, err);
}
