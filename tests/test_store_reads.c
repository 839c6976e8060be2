/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is read of a store: the view of forecasts has what was said, and what is
 * asked of it is the same as what a filter leaves of all, for a part of the
 * work; runs of many models are read once; and nothing stays open that would
 * keep the log from being moved into the file.
 */
#define _GNU_SOURCE
#include "tests/store.h"

#include "io/store/pieces.h"
#include "io/store/results.h"
#include "io/store/statements.h"

#include <math.h>
#include <sqlite3.h>

/* --- the view --- */

enum { SERIES = 700, NIGHTS = 2, MODELS = 2, LEADS = 9, QUANTITIES = 3 };

static const char *const quantities[] = {"mean", "lo-80", "hi-80"};
static const char *const models[] = {"naive", "ets"};

/* Nights have other horizons, and some series are not in all of them. */
static size_t horizon_of(int64_t night)
{
    return (size_t)(LEADS - 2 * (night - 1));
}

static bool is_there(int64_t night, int64_t model, int64_t series)
{
    return night == 1 || (series % 3 != 0 && (model == 1 || series < 350));
}

/* Of all signs and sizes, the smallest that a float has and none among them. */
static float number_of(int64_t night, int64_t model, int64_t series,
                       size_t quantity, size_t step)
{
    static const float units[] = {1,           -0.7F,  1e-38F,     3e38F,
                                  1.5e-45F,    0,      -1.2e-41F,  1e-7F,
                                  16777215.0F, 8e-39F, -250.00001F};
    size_t at = (size_t)series + quantity * 5 + step;
    float unit = units[at % (sizeof units / sizeof *units)];
    return fabsf(unit) > 1e38F || fabsf(unit) < 1e-37F
               ? unit
               : unit * (float)(1 + night * 3 + model + (int64_t)step);
}

static int exponent_of(int64_t series)
{
    return (int)(series % 41) - 20;
}

static void say_one(struct io_store *store, int64_t night, int64_t model,
                    int64_t series)
{
    float numbers[QUANTITIES * LEADS];
    size_t horizon = horizon_of(night);
    for (size_t k = 0; k < QUANTITIES * horizon; k++)
        numbers[k] = number_of(night, model, series, k / horizon, k % horizon);
    struct io_said said = {.night = night,
                           .series = series,
                           .model = model,
                           .origin = series * 1000 - 700000 + night,
                           .scale = 1,
                           .exponent = exponent_of(series),
                           .n = QUANTITIES * horizon,
                           .steps = horizon,
                           .numbers = numbers};
    OK(io_store_say(store, &said, &err));
}

static void say_night(struct io_store *store, int64_t number)
{
    struct io_night night = {.night = number,
                             .horizon = (int64_t)horizon_of(number),
                             .season = 1,
                             .seasons = "1",
                             .levels = "80",
                             .program = "0.1"};
    OK(io_store_begin(store, &err));
    OK(io_store_add_night(store, &night, quantities, QUANTITIES, &err));
    for (int64_t series = 1; series <= SERIES; series++)
        for (int64_t model = 1; model <= MODELS; model++)
            if (is_there(number, model, series))
                say_one(store, number, model, series);
    OK(io_store_commit(store, &err));
}

static void make_nights(void)
{
    struct io_store *store = open_store();
    int64_t number;
    OK(io_store_begin(store, &err));
    for (int64_t i = 1; i <= MODELS; i++)
        OK(io_store_model(store, models[i - 1], true, &number, &err));
    for (int64_t i = 1; i <= SERIES; i++) {
        char id[24];
        snprintf(id, sizeof id, "s%lld", (long long)i);
        OK(io_store_add_series(store, id, 1, &number, &err));
        assert_int_equal(number, i);
    }
    OK(io_store_commit(store, &err));
    for (int64_t night = 1; night <= NIGHTS; night++)
        say_night(store, night);
    io_store_close(store);
}

static sqlite3 *look(void)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open_v2("st.db", &db, SQLITE_OPEN_READWRITE, NULL),
                     SQLITE_OK);
    return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *ask;
    if (sqlite3_prepare_v2(db, sql, -1, &ask, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    return ask;
}

static void check_row(sqlite3_stmt *row)
{
    int64_t night = sqlite3_column_int64(row, 0);
    int64_t series = atol((const char *)sqlite3_column_text(row, 1) + 1);
    const char *model = (const char *)sqlite3_column_text(row, 2);
    int64_t number = strcmp(model, models[0]) == 0 ? 1 : 2;
    size_t lead = (size_t)sqlite3_column_int64(row, 4), quantity = 0;
    const char *name = (const char *)sqlite3_column_text(row, 5);
    while (quantity < QUANTITIES && strcmp(name, quantities[quantity]) != 0)
        quantity++;
    assert_true(quantity < QUANTITIES && is_there(night, number, series));
    assert_true(lead >= 1 && lead <= horizon_of(night));
    assert_string_equal(model, models[number - 1]);
    assert_int_equal(sqlite3_column_int64(row, 3),
                     series * 1000 - 700000 + night);
    float said = number_of(night, number, series, quantity, lead - 1);
    assert_true(sqlite3_column_double(row, 6)
                == ldexp((double)said, exponent_of(series)));
}

static void the_view_has_what_was_said(void **state)
{
    (void)state;
    int64_t n = 0, expected = 0;
    make_nights();
    sqlite3 *db = look();
    sqlite3_stmt *row = prepare(db, "SELECT night, id, model, origin, lead,"
                                    " quantity, value FROM forecasts");
    for (; sqlite3_step(row) == SQLITE_ROW; n++)
        check_row(row);
    assert_int_equal(sqlite3_finalize(row), SQLITE_OK);
    for (int64_t night = 1; night <= NIGHTS; night++)
        for (int64_t series = 1; series <= SERIES; series++)
            for (int64_t model = 1; model <= MODELS; model++)
                if (is_there(night, model, series))
                    expected += (int64_t)horizon_of(night) * QUANTITIES;
    assert_int_equal(n, expected);
    row = prepare(db, "SELECT count(*) FROM (SELECT DISTINCT night, id, model,"
                      " lead, quantity FROM forecasts)");
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int64(row, 0), expected);
    sqlite3_finalize(row);
    sqlite3_close(db);
}

/* How many rows there are, and how many of them are in no other than these. */
static void count(sqlite3 *db, const char *these, const char *others,
                  int64_t *rows, int64_t *odd)
{
    char sql[1000];
    snprintf(sql, sizeof sql,
             "WITH a AS MATERIALIZED (%s), b AS MATERIALIZED (%s)"
             " SELECT (SELECT count(*) FROM a),"
             " (SELECT count(*) FROM (SELECT * FROM a EXCEPT SELECT * FROM b))",
             these, others);
    sqlite3_stmt *row = prepare(db, sql);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    *rows = sqlite3_column_int64(row, 0);
    *odd = sqlite3_column_int64(row, 1);
    sqlite3_finalize(row);
}

/* Steps of SQLite's machine, a thousand of which are some microseconds. */
static int64_t work_of(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *row = prepare(db, sql);
    while (sqlite3_step(row) == SQLITE_ROW)
        ;
    int64_t steps = sqlite3_stmt_status(row, SQLITE_STMTSTATUS_VM_STEP, 0);
    assert_int_equal(sqlite3_finalize(row), SQLITE_OK);
    return steps;
}

/* Each with the rows that there are, and the part of the work for all that it
   may be, one in so many. */
static const struct {
    const char *where;
    int64_t rows, part;
} asked[] = {
    {"id = 's1'", 2 * (9 + 7) * 3, 25},
    {"id = 's256' AND night = 1", 2 * 9 * 3, 50},
    {"id = 's257' AND night = 2 AND model = 'ets'", 7 * 3, 100},
    {"id = 's700' AND night = 2 AND model = 'ets'", 0, 100},
    {"id = 's512' AND night = 2 AND lead = 1 AND quantity = 'mean'", 1, 100},
    {"id = 's699' AND night = 2", 0, 100},
    {"id = 'none'", 0, 100},
    {"id IN ('s699', 's700') AND night = 1", 2 * 2 * 9 * 3, 25},
    {"night = 2", 0, 1},
    {"night = 3", 0, 1000},
    {"night = 1 AND lead = 9 AND quantity = 'hi-80'", 2 * 700, 2},
    {"lead = 9", 2 * 700 * 3, 2},
    {"lead > 7 AND model = 'naive'", 700 * 2 * 3, 2},
    {"quantity = 'mean' AND value < 0", 0, 2},
    {"origin < -699500", 0, 2},
    {"origin = -698999 OR lead = 8 AND night = 2", 2 * 9 * 3, 1},
};

static void what_is_asked_of_the_view_is_what_a_filter_leaves(void **state)
{
    (void)state;
    make_nights();
    sqlite3 *db = look();
    assert_int_equal(sqlite3_exec(db,
                                  "CREATE TEMP TABLE everything AS"
                                  " SELECT * FROM forecasts",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    int64_t all = work_of(db, "SELECT * FROM forecasts");
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        char view[300], filter[300];
        int64_t rows, others, odd;
        snprintf(view, sizeof view, "SELECT * FROM forecasts WHERE %s",
                 asked[i].where);
        snprintf(filter, sizeof filter, "SELECT * FROM everything WHERE %s",
                 asked[i].where);
        count(db, view, filter, &rows, &odd);
        if (odd != 0)
            fail_msg("%s: %d rows more", asked[i].where, (int)odd);
        count(db, filter, view, &others, &odd);
        if (odd != 0 || others != rows)
            fail_msg("%s: %d rows are missing", asked[i].where, (int)odd);
        if (asked[i].rows > 0)
            assert_int_equal(rows, asked[i].rows);
        if (work_of(db, view) > all / asked[i].part)
            fail_msg("%s: %lld steps of %lld", asked[i].where,
                     (long long)work_of(db, view), (long long)all);
    }
    sqlite3_close(db);
}

/* Views of before are replaced when a night is added. */
static void views_become_those_of_now(void **state)
{
    (void)state;
    struct io_pages sealed = {0};
    sqlite3 *db;
    make_nights();
    assert_int_equal(io_pages_init(&sealed), SQLITE_OK);
    assert_int_equal(
        sqlite3_open_v2("st.db", &db, SQLITE_OPEN_READWRITE, sealed.name),
        SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db,
                     "DROP VIEW octet; DROP VIEW block; DROP VIEW head;"
                     "DROP VIEW spoken; DROP VIEW forecasts;"
                     "CREATE VIEW entry AS SELECT 1 AS night;"
                     "CREATE VIEW spoken AS SELECT * FROM entry;"
                     "CREATE VIEW forecasts AS SELECT * FROM spoken",
                     NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(db);
    io_pages_release(&sealed);
    io_store_close(open_store());
    db = look();
    sqlite3_stmt *row = prepare(db, "SELECT * FROM forecasts"
                                    " WHERE id = 's3' AND model = 'ets'");
    for (int i = 0; i < 9 * 3; i++) {
        assert_int_equal(sqlite3_step(row), SQLITE_ROW);
        check_row(row);
    }
    assert_int_equal(sqlite3_step(row), SQLITE_DONE);
    sqlite3_finalize(row);
    row = prepare(db, "SELECT count(*) FROM sqlite_schema"
                      " WHERE name IN ('entry', 'said_before')");
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int64(row, 0), 0);
    sqlite3_finalize(row);
    sqlite3_close(db);
}

/* --- many models --- */

static int runs_of(struct io_store *store, enum io_statement which)
{
    return sqlite3_stmt_status(store->statements[which], SQLITE_STMTSTATUS_RUN,
                               0);
}

/* Those of two nights by turns, as where they are compared; some models have
   said nothing. */
static void runs_of_many_models_are_read_once(void **state)
{
    (void)state;
    enum { MANY = 100, FEW = 30 };
    struct io_store *store = open_store();
    int64_t number;
    OK(io_store_begin(store, &err));
    for (int i = 1; i <= MANY; i++) {
        char name[16];
        snprintf(name, sizeof name, "m%d", i);
        OK(io_store_model(store, name, true, &number, &err));
    }
    for (int64_t night = 1; night <= 2; night++)
        for (int64_t series = 1; series <= FEW; series++)
            for (int64_t model = 2; model <= MANY; model += 2)
                say_one(store, night, model, series);
    OK(io_store_commit(store, &err));
    for (int64_t series = 1; series <= FEW; series++)
        for (int64_t model = 1; model <= MANY; model++)
            for (int64_t night = 1; night <= 2; night++) {
                float room[QUANTITIES * LEADS];
                struct io_said said = {
                    .night = night, .series = series, .model = model};
                bool found;
                OK(io_store_said(store, &said, room, QUANTITIES * LEADS, &found,
                                 &err));
                assert_true(found == (model % 2 == 0));
                assert_true(
                    !found || room[0] == number_of(night, model, series, 0, 0));
            }
    assert_int_equal(runs_of(store, IO_SQL_TOLD), 2 * MANY);
    assert_in_range(runs_of(store, IO_SQL_PART), MANY, 4 * MANY);
    io_store_close(store);
}

/* --- nothing stays open --- */

static void assert_idle(struct io_store *store)
{
    assert_int_equal(sqlite3_txn_state(store->db, "main"), SQLITE_TXN_NONE);
}

static void no_read_stays_open(void **state)
{
    (void)state;
    double numbers[2] = {1, 2};
    const void *bytes;
    bool found;
    struct io_store *store = open_store();
    struct io_piece piece = {1, 1, 1, 1, 2};
    struct io_kept kept = {.series = 1, .model = 1, .n = 2, .numbers = numbers};
    OK(io_store_begin(store, &err));
    OK(io_store_expect_pieces(store, &err));
    OK(io_store_put_piece(store, &piece, numbers, &err));
    OK(io_store_keep(store, &kept, &err));
    OK(io_store_commit(store, &err));
    assert_idle(store);
    OK(io_store_piece(store, &piece, numbers, &found, &err));
    assert_true(found);
    assert_idle(store);
    OK(io_store_begin_reading(store, &err));
    OK(io_store_kept(store, &kept, &bytes, &found, &err));
    assert_true(found);
    OK(io_store_commit(store, &err));
    assert_idle(store);
    io_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_view_has_what_was_said),
        IN_FOLDER(what_is_asked_of_the_view_is_what_a_filter_leaves),
        IN_FOLDER(views_become_those_of_now),
        IN_FOLDER(runs_of_many_models_are_read_once),
        IN_FOLDER(no_read_stays_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
