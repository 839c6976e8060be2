/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening a store, claiming it, and its transactions.
 *
 * SQLite's own locks are taken for a moment at a time, so that others can read
 * while a run lasts; that there is one run at a time is a flock() of its own,
 * on a descriptor that is opened first and closed last: closing any of a
 * file's descriptors gives up the record locks that SQLite holds on it.
 */
#define _DEFAULT_SOURCE /* flock */
#include "io/store/store.h"

#include "io/store/statements.h"
#include "io/store/told.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE_MS = 5000 }; /* with a reader or writer that is not a run */

/* --- opening --- */

/* One number that a pragma tells. */
static int ask_pragma(sqlite3 *db, const char *pragma, int *value)
{
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(db, pragma, -1, &statement, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        *value = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static enum fc_status take_lock(struct io_store *store, struct fc_error *err)
{
    struct stat file;
    store->lock =
        open(store->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW,
             0666);
    if (store->lock < 0 && errno == ELOOP)
        return fc_fail(err, FC_EIO,
                       "%s: is a symbolic link, and whoever can change it "
                       "could have another file written to; name the store "
                       "itself",
                       store->path);
    if (store->lock < 0)
        return fc_fail(err, FC_EIO, "%s: cannot open the store: %s",
                       store->path, strerror(errno));
    if (fstat(store->lock, &file) != 0 || !S_ISREG(file.st_mode))
        return fc_fail(err, FC_EIO, "%s: is not a file; a store is one",
                       store->path);
    if (flock(store->lock, LOCK_EX | LOCK_NB) != 0)
        return fc_fail(err, FC_EIO,
                       errno == EWOULDBLOCK
                           ? "%s: another run has the store; --lock FILE lets "
                             "one run at a time happen"
                           : "%s: the store cannot be locked",
                       store->path);
    return FC_OK;
}

static int set_version(sqlite3 *db)
{
    char pragmas[200];
    snprintf(pragmas, sizeof pragmas,
             "PRAGMA application_id = %d; PRAGMA user_version = %d;",
             IO_STORE_APPLICATION, IO_STORE_VERSION);
    return sqlite3_exec(db, pragmas, NULL, NULL, NULL);
}

static enum fc_status make_tables(struct io_store *store, struct fc_error *err)
{
    int rc = sqlite3_exec(store->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = io_store_create(store->db);
    if (rc == SQLITE_OK)
        rc = set_version(store->db);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
    return rc == SQLITE_OK ? FC_OK : io_store_fail(store, rc, err);
}

/* What a file is. */
struct kind {
    bool empty;  /* nothing yet */
    bool old;    /* of a version before this one, or with views of one */
    bool sealed; /* its pages are */
};

/* Whether it is a store, of a version that is known. */
static enum fc_status check_kind(struct io_store *store, struct kind *kind,
                                 struct fc_error *err)
{
    int application = 0, version = 0, tables = 0, sealed = 0, plain = 0;
    int newest = 0;
    sqlite3 *db = store->db;
    /* all at one time: another run may be just making it */
    int rc = sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = ask_pragma(db, "PRAGMA application_id", &application);
    if (rc == SQLITE_OK)
        rc = ask_pragma(db, "PRAGMA user_version", &version);
    if (rc == SQLITE_OK)
        rc = ask_pragma(db, "SELECT count(*) FROM sqlite_schema", &tables);
    if (rc == SQLITE_OK)
        rc = ask_pragma(db,
                        "SELECT count(*) FROM sqlite_schema"
                        " WHERE name = '" IO_STORE_NEWEST "'",
                        &newest);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        return io_store_fail(store, rc, err);
    kind->empty = application == 0 && version == 0 && tables == 0;
    if (kind->empty)
        return FC_OK;
    if (application != IO_STORE_APPLICATION)
        return fc_fail(err, FC_EDATA,
                       "%s: is another program's database, not a store; name "
                       "another file",
                       store->path);
    if (version < IO_STORE_OLDEST || version > IO_STORE_VERSION)
        return fc_fail(err, FC_EDATA,
                       "%s: is a store of version %d, and this program knows "
                       "version %d; %s one made it",
                       store->path, version, IO_STORE_VERSION,
                       version > IO_STORE_VERSION ? "a newer" : "an older");
    rc = io_pages_are_sealed(db, &sealed);
    if (rc != SQLITE_OK)
        return io_store_fail(store, rc, err);
    if (!sealed && version == IO_STORE_VERSION)
        rc = ask_pragma(db,
                        "SELECT count(*) FROM job WHERE name = 'seals'"
                        " AND value = 'none'",
                        &plain);
    if (rc != SQLITE_OK)
        return io_store_fail(store, rc, err);
    kind->old = version < IO_STORE_VERSION || newest == 0;
    kind->sealed = sealed;
    return sealed || plain || version < IO_STORE_SEALED
               ? FC_OK
               : io_store_damaged(store, err);
}

/* A store of a version before, or with views of one, becomes one of this. */
static enum fc_status bring_up(struct io_store *store, bool sealed,
                               struct fc_error *err)
{
    int rc = sqlite3_exec(store->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = io_store_bring_up(store->db, sealed);
    if (rc == SQLITE_OK)
        rc = set_version(store->db);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
    return rc == SQLITE_OK ? FC_OK : io_store_fail(store, rc, err);
}

/* Where it has what nights said, and whether it knows any series. */
static enum fc_status look_around(struct io_store *store, struct fc_error *err)
{
    int said = 0, told = 0, series = 0;
    int rc = ask_pragma(
        store->db, "SELECT count(*) FROM sqlite_schema WHERE name = 'said'",
        &said);
    if (rc == SQLITE_OK)
        rc = ask_pragma(
            store->db, "SELECT count(*) FROM sqlite_schema WHERE name = 'told'",
            &told);
    if (rc == SQLITE_OK)
        rc = ask_pragma(store->db, "SELECT EXISTS (SELECT 1 FROM series)",
                        &series);
    store->has_series = series > 0;
    store->has_said = said > 0;
    store->has_told = told > 0;
    return rc == SQLITE_OK ? FC_OK : io_store_fail(store, rc, err);
}

/*
 * Nothing of a file's own schema is trusted, and cells are checked as they
 * are read (sqlite.org/security.html, section 2.1).  With a log that is
 * written ahead, "normal" loses no more than the last transactions, and that
 * only when the machine goes down.  Nobody is to be kept from what was deleted,
 * which where SQLite is built to do so costs as much as writing it did.
 */
static enum fc_status set_up(struct io_store *store, bool empty,
                             struct fc_error *err)
{
    char pragmas[300];
    snprintf(pragmas, sizeof pragmas,
             "PRAGMA page_size = %d; PRAGMA journal_mode = WAL;"
             "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536;"
             "PRAGMA mmap_size = 0; PRAGMA secure_delete = OFF;",
             IO_STORE_PAGE);
    int rc = empty ? io_pages_reserve(store->db) : SQLITE_OK;
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(store->db, pragmas, NULL, NULL, NULL);
    return rc == SQLITE_OK ? FC_OK : io_store_fail(store, rc, err);
}

static enum fc_status open_store(struct io_store *store, enum io_store_use use,
                                 struct fc_error *err)
{
    bool keep = use == IO_STORE_KEEP;
    struct kind kind = {0};
    enum fc_status status = keep ? take_lock(store, err) : FC_OK;
    if (status != FC_OK)
        return status;
    int rc = io_pages_init(&store->pages);
    if (rc == SQLITE_OK)
        rc = sqlite3_open_v2(store->path, &store->db,
                             (keep ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                   : SQLITE_OPEN_READONLY)
                                 | SQLITE_OPEN_NOMUTEX,
                             store->pages.name);
    if (rc != SQLITE_OK)
        return io_store_fail(store, rc, err);
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_timeout(store->db, PATIENCE_MS);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    rc = sqlite3_exec(store->db, "PRAGMA cell_size_check = ON", NULL, NULL,
                      NULL);
    if (rc != SQLITE_OK)
        return io_store_fail(store, rc, err);
    status = check_kind(store, &kind, err);
    if (status == FC_OK && keep)
        status = set_up(store, kind.empty, err);
    if (status == FC_OK && keep && kind.old)
        status = bring_up(store, kind.sealed, err);
    if (status == FC_OK && kind.empty)
        status =
            keep ? make_tables(store, err)
                 : fc_fail(err, FC_EDATA, "%s: has no nights yet", store->path);
    return status == FC_OK ? look_around(store, err) : status;
}

enum fc_status io_store_open(const char *path, enum io_store_use use,
                             struct io_store **store, struct fc_error *err)
{
    struct io_store *new = calloc(1, sizeof *new);
    *store = NULL;
    if (new == NULL)
        return fc_fail(err, FC_ENOMEM, "out of memory");
    new->path = path;
    new->lock = -1;
    enum fc_status status = open_store(new, use, err);
    if (status == FC_OK)
        *store = new;
    else
        io_store_close(new);
    return status;
}

void io_store_close(struct io_store *store)
{
    if (store == NULL)
        return;
    io_told_release(store);
    for (int i = 0; i < IO_STATEMENTS; i++)
        sqlite3_finalize(store->statements[i]);
    if (store->open)
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_close(store->db);
    io_pages_release(&store->pages);
    if (store->lock >= 0)
        close(store->lock);
    free(store);
}

/* --- whose it is --- */

enum fc_status io_store_fact(struct io_store *store, const char *name,
                             char *value, size_t size, struct fc_error *err)
{
    bool found;
    value[0] = '\0';
    sqlite3_stmt *ask = io_store_ask(store, IO_SQL_FACT, err, "t", name);
    enum fc_status status = io_store_next(store, ask, &found, err);
    if (!found)
        return status;
    const char *text = (const char *)sqlite3_column_text(ask, 0);
    snprintf(value, size, "%s", text != NULL ? text : "");
    sqlite3_reset(ask);
    return FC_OK;
}

static enum fc_status compare(struct io_store *store,
                              const struct io_store_fact *fact,
                              struct fc_error *err)
{
    char value[1000];
    enum fc_status status =
        io_store_fact(store, fact->name, value, sizeof value, err);
    if (status != FC_OK || strncmp(value, fact->value, sizeof value - 1) == 0)
        return status;
    return fc_fail(err, FC_EDATA,
                   "%s: is the store of another job: its %s is '%.60s', not "
                   "'%.60s'; name another file",
                   store->path, fact->name, value, fact->value);
}

static enum fc_status claim_new(struct io_store *store,
                                const struct io_store_fact *facts, size_t n,
                                struct fc_error *err)
{
    enum fc_status status = io_store_begin(store, err);
    for (size_t i = 0; status == FC_OK && i < n; i++)
        status = io_store_run(store,
                              io_store_ask(store, IO_SQL_ADD_FACT, err, "tt",
                                           facts[i].name, facts[i].value),
                              err);
    return status == FC_OK ? io_store_commit(store, err) : status;
}

enum fc_status io_store_claim(struct io_store *store,
                              const struct io_store_fact *facts, size_t n,
                              struct fc_error *err)
{
    int claimed = 0;
    int rc = ask_pragma(
        store->db, "SELECT count(*) FROM job WHERE name <> 'seals'", &claimed);
    if (rc != SQLITE_OK)
        return io_store_fail(store, rc, err);
    if (claimed == 0)
        return claim_new(store, facts, n, err);
    enum fc_status status = FC_OK;
    for (size_t i = 0; status == FC_OK && i < n; i++)
        status = compare(store, &facts[i], err);
    return status;
}

/* --- transactions --- */

static enum fc_status begin(struct io_store *store, const char *how,
                            struct fc_error *err)
{
    io_store_leave_rows(store);
    int rc = sqlite3_exec(store->db, how, NULL, NULL, NULL);
    store->open = rc == SQLITE_OK;
    return rc == SQLITE_OK ? FC_OK : io_store_fail(store, rc, err);
}

enum fc_status io_store_begin(struct io_store *store, struct fc_error *err)
{
    return begin(store, "BEGIN IMMEDIATE", err);
}

enum fc_status io_store_begin_reading(struct io_store *store,
                                      struct fc_error *err)
{
    return begin(store, "BEGIN", err);
}

enum fc_status io_store_commit(struct io_store *store, struct fc_error *err)
{
    enum fc_status status = io_told_end(store, err);
    if (status != FC_OK)
        return status;
    io_store_leave_rows(store);
    int rc = sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        return io_store_fail(store, rc, err);
    store->open = false;
    return FC_OK;
}
