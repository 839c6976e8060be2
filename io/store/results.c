/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows of numbers.  The checksum is 32 bits of XXH64 over a row's key and all
 * that is in it; zlib's CRC-32 in rows that were written before.  Numbers that
 * are kept to their last digit are in the order of this machine's bytes, which
 * a store's job says; see io/store/schema.c for the others.
 */
#define _DEFAULT_SOURCE /* be32toh */
#include "io/store/results.h"

#include "io/store/statements.h"
#include "io/store/told.h"
#include "io/text/checksum.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* As io_checksum(), which is one, and CRC-32 the other. */
typedef uint64_t sum_function(uint64_t sum, const void *bytes, size_t n);

static uint64_t add_crc(uint64_t crc, const void *bytes, size_t n)
{
    return n > 0 ? crc32_z((uLong)crc, bytes, n) : crc;
}

static uint64_t add_text(sum_function *add, uint64_t sum, const char *text)
{
    return text != NULL ? add(sum, text, strlen(text) + 1) : sum;
}

/* --- what was said, in rows: by versions before 4 --- */

static void take_floats(const unsigned char *bytes, size_t n, float *numbers)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, bytes + i * sizeof bits, sizeof bits);
        bits = be32toh(bits);
        memcpy(&numbers[i], &bits, sizeof bits);
    }
}

static uint32_t sum_said(const struct io_said *said, int64_t key,
                         const void *bytes, size_t size)
{
    int64_t head[3] = {key, said->origin, said->exponent};
    uint64_t crc = add_crc(0, head, sizeof head);
    if (said->scale == said->scale) /* not NaN, of which there are several */
        crc = add_crc(crc, &said->scale, sizeof said->scale);
    return (uint32_t)add_crc(crc, bytes, size);
}

/* To the next row, and whose it is. */
static enum fc_status step_said(struct io_store *store, sqlite3_stmt *row,
                                struct fc_error *err)
{
    bool found;
    enum fc_status status = io_store_next(store, row, &found, err);
    store->said_at = found ? sqlite3_column_int64(row, 5) : 0;
    return status;
}

/*
 * Goes to a row.  They are mostly asked for in their order, with few that are
 * not there: from a row to the next is a small part of the way from the root.
 */
static enum fc_status go_to_said(struct io_store *store, int64_t key,
                                 sqlite3_stmt **row, struct fc_error *err)
{
    int64_t at = store->said_at;
    enum fc_status status = FC_OK;
    *row = store->statements[IO_SQL_SAID];
    if (at > 0 && at < key)
        status = step_said(store, *row, err);
    if (status != FC_OK || (at > 0 && at <= key && store->said_at >= key))
        return status;
    *row = io_store_ask(store, IO_SQL_SAID, err, "i", key);
    return step_said(store, *row, err);
}

static enum fc_status read_row(struct io_store *store, struct io_said *said,
                               float *room, size_t most, bool *found,
                               struct fc_error *err)
{
    int64_t key = io_store_key(said->night, said->series, said->model);
    sqlite3_stmt *row;
    enum fc_status status = go_to_said(store, key, &row, err);
    *found = status == FC_OK && store->said_at == key;
    if (!*found)
        return status;
    const void *bytes = sqlite3_column_blob(row, 3);
    size_t size = (size_t)sqlite3_column_bytes(row, 3);
    said->origin = sqlite3_column_int64(row, 0);
    said->scale = io_store_double(row, 1);
    said->exponent = sqlite3_column_int(row, 2);
    said->n = size / sizeof(float);
    said->numbers = room;
    bool good = (room == NULL || said->n <= most) && size % sizeof(float) == 0
                && (bytes != NULL || size == 0)
                && sum_said(said, key, bytes, size)
                       == (uint32_t)sqlite3_column_int64(row, 4);
    if (good && room != NULL)
        take_floats(bytes, said->n, room);
    else if (!good)
        io_store_leave_rows(store);
    return good ? FC_OK : io_store_damaged(store, err);
}

static enum fc_status seek_row(struct io_store *store, struct io_said *said,
                               bool *found, struct fc_error *err)
{
    int64_t key = io_store_key(said->night, said->series, said->model);
    sqlite3_stmt *row = io_store_ask(store, IO_SQL_SAID_SINCE, err, "i", key);
    enum fc_status status = io_store_next(store, row, found, err);
    if (!*found)
        return status;
    key = sqlite3_column_int64(row, 0);
    sqlite3_reset(row);
    *found = key >> IO_STORE_NIGHT_SHIFT == said->night;
    said->series =
        key >> IO_STORE_MODEL_BITS & ((INT64_C(1) << IO_STORE_SERIES_BITS) - 1);
    said->model = key & ((1 << IO_STORE_MODEL_BITS) - 1);
    return FC_OK;
}

/* --- what was said --- */

enum fc_status io_store_say(struct io_store *store, const struct io_said *said,
                            struct fc_error *err)
{
    return io_told_add(store, said, err);
}

enum fc_status io_store_said(struct io_store *store, struct io_said *said,
                             float *room, size_t most, bool *found,
                             struct fc_error *err)
{
    bool night = false;
    int64_t series = said->series;
    *found = false;
    enum fc_status status =
        store->has_told
            ? io_told_find(store, said, room, most, &night, found, err)
            : FC_OK;
    if (night)
        *found = *found && said->series == series;
    said->series = series;
    if (night || status != FC_OK || !store->has_said) {
        *found = *found && night;
        return status;
    }
    return read_row(store, said, room, most, found, err);
}

/* The first of all models' forecasts: of a series by the first of them. */
static enum fc_status seek_told(struct io_store *store, struct io_said *said,
                                bool *night, bool *found, struct fc_error *err)
{
    struct io_said first = {.series = INT64_MAX};
    int64_t model = 1;
    bool more;
    *night = *found = false;
    enum fc_status status =
        io_told_model(store, said->night, &model, &more, err);
    while (status == FC_OK && more) {
        struct io_said at = {.night = said->night, .model = model};
        bool there;
        at.series = said->series + (model < said->model);
        status = io_told_find(store, &at, NULL, 0, night, &there, err);
        if (status == FC_OK && there && at.series < first.series)
            first = at;
        model++;
        if (status == FC_OK)
            status = io_told_model(store, said->night, &model, &more, err);
    }
    *found = status == FC_OK && first.series < INT64_MAX;
    if (*found) {
        said->series = first.series;
        said->model = first.model;
    }
    return status;
}

enum fc_status io_store_seek(struct io_store *store, struct io_said *said,
                             bool *found, struct fc_error *err)
{
    bool night = false;
    *found = false;
    enum fc_status status =
        store->has_told ? seek_told(store, said, &night, found, err) : FC_OK;
    return night || status != FC_OK || !store->has_said
               ? status
               : seek_row(store, said, found, err);
}

/* --- results --- */

static int64_t sum_kept(sum_function *add, const struct io_kept *kept,
                        const void *numbers)
{
    int64_t head[6] = {io_store_key(0, kept->series, kept->model),
                       (int64_t)kept->came_from,
                       (int64_t)kept->settings,
                       kept->origin,
                       kept->outcome,
                       kept->replaced};
    const double told[4] = {kept->loglik, kept->aicc, kept->sigma2,
                            kept->seconds};
    uint64_t sum = add(0, head, sizeof head);
    for (int i = 0; i < 4; i++)
        if (told[i] == told[i])
            sum = add(sum, &told[i], sizeof told[i]);
    sum = add_text(add, sum, kept->detail);
    sum = add_text(add, sum, kept->spec);
    return (uint32_t)add(sum, numbers, kept->n * sizeof(double));
}

enum fc_status io_store_keep(struct io_store *store, const struct io_kept *kept,
                             struct fc_error *err)
{
    return io_store_run(
        store,
        io_store_ask(store, IO_SQL_KEEP, err, "iiiiiittddddbi",
                     io_store_key(0, kept->series, kept->model),
                     (int64_t)kept->came_from, (int64_t)kept->settings,
                     kept->origin, (int64_t)kept->outcome,
                     (int64_t)kept->replaced, kept->detail, kept->spec,
                     kept->loglik, kept->aicc, kept->sigma2, kept->seconds,
                     (const void *)kept->numbers, kept->n * sizeof(double),
                     sum_kept(io_checksum, kept, kept->numbers)),
        err);
}

enum fc_status io_store_kept(struct io_store *store, struct io_kept *kept,
                             const void **numbers, bool *found,
                             struct fc_error *err)
{
    int64_t key = io_store_key(0, kept->series, kept->model);
    sqlite3_stmt *row = io_store_ask(store, IO_SQL_KEPT, err, "i", key);
    enum fc_status status = io_store_next(store, row, found, err);
    if (!*found)
        return status;
    kept->came_from = (uint64_t)sqlite3_column_int64(row, 0);
    kept->outcome = sqlite3_column_int(row, 1);
    kept->replaced = sqlite3_column_int(row, 2) != 0;
    kept->detail = (const char *)sqlite3_column_text(row, 3);
    kept->spec = (const char *)sqlite3_column_text(row, 4);
    kept->loglik = io_store_double(row, 5);
    kept->aicc = io_store_double(row, 6);
    kept->sigma2 = io_store_double(row, 7);
    kept->seconds = io_store_double(row, 8);
    kept->settings = (uint64_t)sqlite3_column_int64(row, 11);
    kept->origin = sqlite3_column_int64(row, 12);
    *numbers = sqlite3_column_blob(row, 9);
    size_t size = (size_t)sqlite3_column_bytes(row, 9);
    kept->n = size / sizeof(double);
    kept->numbers = NULL;
    int64_t sum = sqlite3_column_int64(row, 10);
    if (size % sizeof(double) != 0 || (*numbers == NULL && size > 0)
        || (sum != sum_kept(io_checksum, kept, *numbers)
            && sum != sum_kept(add_crc, kept, *numbers)))
        return io_store_damaged(store, err);
    return FC_OK;
}

enum fc_status io_store_forget(struct io_store *store, int64_t model,
                               struct fc_error *err)
{
    enum fc_status status = io_store_run(
        store, io_store_ask(store, IO_SQL_FORGET, err, "i", model), err);
    return status == FC_OK ? io_store_run(
               store, io_store_ask(store, IO_SQL_FORGET_FITS, err, "i", model),
               err)
                           : status;
}

/* --- fits --- */

static int64_t sum_fit(sum_function *add, const struct io_fit *fit,
                       const void *numbers)
{
    int64_t head[4] = {io_store_key(0, fit->series, fit->model),
                       (int64_t)fit->came_from, fit->night, fit->first};
    return (uint32_t)add(add(0, head, sizeof head), numbers,
                         fit->n * sizeof(double));
}

enum fc_status io_store_keep_fit(struct io_store *store,
                                 const struct io_fit *fit,
                                 const double *numbers, struct fc_error *err)
{
    int64_t key = io_store_key(0, fit->series, fit->model);
    if (fit->n == 0)
        return io_store_run(
            store, io_store_ask(store, IO_SQL_DROP_FIT, err, "i", key), err);
    return io_store_run(store,
                        io_store_ask(store, IO_SQL_KEEP_FIT, err, "iiiibi", key,
                                     (int64_t)fit->came_from, fit->night,
                                     fit->first, (const void *)numbers,
                                     fit->n * sizeof(double),
                                     sum_fit(io_checksum, fit, numbers)),
                        err);
}

enum fc_status io_store_fit(struct io_store *store, struct io_fit *fit,
                            const void **numbers, bool *found,
                            struct fc_error *err)
{
    int64_t key = io_store_key(0, fit->series, fit->model);
    sqlite3_stmt *row = io_store_ask(store, IO_SQL_FIT, err, "i", key);
    enum fc_status status = io_store_next(store, row, found, err);
    if (!*found)
        return status;
    fit->came_from = (uint64_t)sqlite3_column_int64(row, 0);
    fit->night = sqlite3_column_int64(row, 1);
    fit->first = sqlite3_column_int64(row, 2);
    *numbers = sqlite3_column_blob(row, 3);
    size_t size = (size_t)sqlite3_column_bytes(row, 3);
    fit->n = size / sizeof(double);
    int64_t sum = sqlite3_column_int64(row, 4);
    if (size % sizeof(double) != 0 || *numbers == NULL
        || (sum != sum_fit(io_checksum, fit, *numbers)
            && sum != sum_fit(add_crc, fit, *numbers)))
        return io_store_damaged(store, err);
    return FC_OK;
}

/* --- what was learnt --- */

static int64_t sum_learnt(sum_function *add, const struct io_learnt *learnt,
                          const void *numbers)
{
    int64_t head[4] = {learnt->model, learnt->night, learnt->origin,
                       (int64_t)learnt->came_from};
    return (uint32_t)add(add(0, head, sizeof head), numbers,
                         learnt->n * sizeof(double));
}

enum fc_status io_store_learn(struct io_store *store,
                              const struct io_learnt *learnt,
                              const double *numbers, struct fc_error *err)
{
    return io_store_run(
        store,
        io_store_ask(store, IO_SQL_LEARN, err, "iiiibi", learnt->model,
                     (int64_t)learnt->came_from, learnt->night, learnt->origin,
                     (const void *)numbers, learnt->n * sizeof(double),
                     sum_learnt(io_checksum, learnt, numbers)),
        err);
}

enum fc_status io_store_learnt(struct io_store *store, struct io_learnt *learnt,
                               const void **numbers, bool *found,
                               struct fc_error *err)
{
    sqlite3_stmt *row =
        io_store_ask(store, IO_SQL_LEARNT, err, "i", learnt->model);
    enum fc_status status = io_store_next(store, row, found, err);
    if (!*found)
        return status;
    learnt->came_from = (uint64_t)sqlite3_column_int64(row, 0);
    learnt->night = sqlite3_column_int64(row, 1);
    learnt->origin = sqlite3_column_int64(row, 4);
    *numbers = sqlite3_column_blob(row, 2);
    size_t size = (size_t)sqlite3_column_bytes(row, 2);
    learnt->n = size / sizeof(double);
    int64_t sum = sqlite3_column_int64(row, 3);
    if (size % sizeof(double) != 0 || (*numbers == NULL && size > 0)
        || (sum != sum_learnt(io_checksum, learnt, *numbers)
            && sum != sum_learnt(add_crc, learnt, *numbers)))
        return io_store_damaged(store, err);
    return FC_OK;
}
