/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NIGHTCAST_IO_CSV_TABLE_H
#define NIGHTCAST_IO_CSV_TABLE_H

#include "forecast/base/status.h"
#include "io/text/amount.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a series is called that is the only one and has no column for it. */
#define IO_ONE_ID_NAME "unique_id"
#define IO_ONE_ID "series"

/*
 * A CSV file as it is: a header, then records of texts, one after the other.
 * Where io/panel/panel.h understands a file of series, this only reads:
 * separators, quotes, byte order mark and compression are recognised as there.
 */
struct io_record {
    const char *file;
    uint64_t line;            /* where it began; the header begins at 1 */
    size_t n;                 /* fields, as many as the header has */
    const char *const *field; /* valid until the next record */
    const size_t *length;
};

/*
 * Reads a file ("-" is standard input; encoding as --encoding says, or NULL)
 * and calls on_record for every record,
 * the header first, until it returns something else than FC_OK, which is then
 * what io_table_read() returns.
 *
 * FC_EIO, FC_ENOMEM; FC_EDATA with file and line for records of another width
 * than the header's, an open quote, a NUL byte, a file without a header.
 */
enum fc_status io_table_read(
    const char *path, const char *encoding,
    enum fc_status (*on_record)(void *arg, const struct io_record *record,
                                struct fc_error *err),
    void *arg, struct fc_error *err);

/* Likewise; `any_width`: a record may have more or fewer fields than the
 * header. */
struct io_table_how {
    const char *encoding;
    bool any_width;
};
enum fc_status io_table_read_so(
    const char *path, const struct io_table_how *how,
    enum fc_status (*on_record)(void *arg, const struct io_record *record,
                                struct fc_error *err),
    void *arg, struct fc_error *err);

/* The column of that name in a header, or SIZE_MAX. */
size_t io_table_column(const struct io_record *header, const char *name);

/* The last column of that name, or SIZE_MAX: in what nightcast writes, the
 * columns that are its own come after those of ids, which may be called alike. */
size_t io_table_own_column(const struct io_record *header, const char *name);

/*
 * A field as a number of the form, NaN if it says that there is none.  FC_EDATA
 * when it is neither.
 */
enum fc_status io_table_number(const struct io_record *record, size_t column,
                               const struct io_number_form *form, double *value,
                               struct fc_error *err);

/*
 * The column of ids, or those of several keys, whose fields make one id, a
 * record of CSV.  Zeroed is none.
 */
struct io_table_keys {
    size_t *column, n;
    const char *same; /* the id of all records, where no column has any */
    char *joined;
    size_t room;
};

/*
 * Those of a list of names, by comma, unless one column is called like all of
 * it.  Sets n = 0 when there are no such columns.  FC_ENOMEM.
 */
enum fc_status io_table_keys_find(const struct io_record *header,
                                  const char *list, struct io_table_keys *keys,
                                  struct fc_error *err);

/* The first n >= 1 columns, which are the ids' in what nightcast writes.
 * FC_ENOMEM. */
enum fc_status io_table_keys_first(size_t n, struct io_table_keys *keys,
                                   struct fc_error *err);

/* The id of a record, valid until the next.  NULL when memory is short. */
const char *io_table_id(const struct io_record *record,
                        struct io_table_keys *keys, size_t *length);

void io_table_keys_release(struct io_table_keys *keys);

#endif
