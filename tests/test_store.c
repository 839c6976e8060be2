/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store by itself: what is written comes back, what was not committed does
 * not, what has been changed behind its back is noticed, and pruning.
 */
#define _GNU_SOURCE
#include "tests/store.h"

#include "io/store/pages.h"
#include "io/store/pieces.h"
#include "io/store/results.h"
#include "io/store/schema.h"
#include "io/store/scores.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

/* So that not the seals of pages tell, but what comes after them. */
static void unseal(void)
{
    static const char none[IO_PAGES_SEAL] = {0};
    FILE *file = fopen("st.db", "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    for (long at = IO_STORE_PAGE; at <= size; at += IO_STORE_PAGE) {
        assert_int_equal(fseek(file, at - IO_PAGES_SEAL, SEEK_SET), 0);
        assert_int_equal(fwrite(none, sizeof none, 1, file), 1);
    }
    fclose(file);
}

static void change(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open("st.db", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    unseal();
}

static struct io_night night_of(int64_t number)
{
    return (struct io_night){.night = number,
                             .began = 1000 + number,
                             .seconds = 2.5,
                             .origin = 86400 * number,
                             .horizon = 3,
                             .season = 7,
                             .seasons = "7",
                             .levels = "80",
                             .program = "0.1",
                             .series = 2,
                             .ok = 1,
                             .failed = 1};
}

static void add_night(struct io_store *store, int64_t number)
{
    static const char *const names[] = {"mean", "lo-80", "hi-80"};
    struct io_night night = night_of(number);
    OK(io_store_add_night(store, &night, names, 3, &err));
}

/* One season is a number, several are a text; the shortest is what counts. */
static void a_night_has_all_its_seasons(void **state)
{
    static const char *const names[] = {"mean"}, *const lists[] = {"7",
                                                                   "24;168"};
    static const int shortest[] = {7, 24};
    struct io_store *store = open_store();
    struct io_night night;
    bool found;
    (void)state;
    OK(io_store_begin(store, &err));
    for (int i = 0; i < 2; i++) {
        night = night_of(i + 1);
        night.seasons = lists[i];
        OK(io_store_add_night(store, &night, names, 1, &err));
    }
    OK(io_store_commit(store, &err));
    for (int i = 0; i < 2; i++) {
        OK(io_store_next_night(store, i == 0, &night, &found, &err));
        assert_true(found);
        assert_int_equal(night.season, shortest[i]);
        assert_string_equal(night.seasons, lists[i]);
    }
    io_store_close(store);
}

static void what_is_kept_comes_back(void **state)
{
    (void)state;
    const double numbers[] = {1.5, -0.0, 1e300};
    struct io_store *store = open_store();
    struct io_kept kept = {.series = 5,
                           .model = 2,
                           .came_from = UINT64_MAX - 3,
                           .outcome = 2,
                           .replaced = true,
                           .detail = "why",
                           .loglik = NAN,
                           .aicc = 4,
                           .sigma2 = INFINITY,
                           .seconds = 0.25,
                           .n = 3,
                           .numbers = numbers};
    struct io_kept back = {.series = 5, .model = 2};
    const void *bytes;
    bool found;
    OK(io_store_begin(store, &err));
    OK(io_store_keep(store, &kept, &err));
    OK(io_store_commit(store, &err));
    OK(io_store_kept(store, &back, &bytes, &found, &err));
    assert_true(found);
    assert_true(back.came_from == UINT64_MAX - 3);
    assert_int_equal(back.outcome, 2);
    assert_true(back.replaced);
    assert_string_equal(back.detail, "why");
    assert_null(back.spec);
    assert_true(isnan(back.loglik));
    assert_true(back.aicc == 4 && isinf(back.sigma2) && back.seconds == 0.25);
    assert_int_equal(back.n, 3);
    assert_memory_equal(bytes, numbers, sizeof numbers);
    back.model = 3;
    OK(io_store_kept(store, &back, &bytes, &found, &err));
    assert_false(found);
    OK(io_store_forget(store, 2, &err));
    back.model = 2;
    OK(io_store_kept(store, &back, &bytes, &found, &err));
    assert_false(found);
    io_store_close(store);
}

static void what_was_said_comes_back_as_floats(void **state)
{
    (void)state;
    const float numbers[] = {1.5f, -3e38f, 0x1p-149f};
    float room[3];
    struct io_store *store = open_store();
    struct io_said said = {.night = 4,
                           .series = (INT64_C(1) << 31) - 1,
                           .model = 1023,
                           .origin = -5,
                           .scale = NAN,
                           .exponent = -7,
                           .n = 3,
                           .numbers = numbers};
    struct io_said back = {.night = 4, .series = said.series, .model = 1023};
    bool found;
    OK(io_store_say(store, &said, &err));
    OK(io_store_said(store, &back, room, 3, &found, &err));
    assert_true(found);
    assert_true(back.origin == -5 && isnan(back.scale) && back.exponent == -7);
    assert_memory_equal(room, numbers, sizeof numbers);
    assert_int_equal(io_store_said(store, &back, room, 2, &found, &err),
                     FC_EDATA); /* more than there is room for */
    back = (struct io_said){.night = 4};
    OK(io_store_seek(store, &back, &found, &err));
    assert_true(found && back.series == said.series && back.model == 1023);
    back.model++;
    OK(io_store_seek(store, &back, &found, &err));
    assert_false(found);
    io_store_close(store);
}

static void what_is_not_committed_is_not_there(void **state)
{
    (void)state;
    int64_t night, series;
    struct io_store_series back;
    struct io_store *store = open_store();
    OK(io_store_begin(store, &err));
    add_night(store, 1);
    OK(io_store_add_series(store, "a", 1, &series, &err));
    io_store_close(store);
    store = open_store();
    OK(io_store_last_night(store, &night, &err));
    assert_int_equal(night, 0);
    OK(io_store_find_series(store, "a", &back, &err));
    assert_int_equal(back.series, 0);
    io_store_close(store);
}

static void series_are_found_by_their_bytes(void **state)
{
    (void)state;
    static const char *const ids[] = {"a", "A", "a ", "\xff\xfe", "", "NULL"};
    int64_t numbers[6];
    struct io_store_series back;
    struct io_store *store = open_store();
    for (int i = 0; i < 6; i++)
        OK(io_store_add_series(store, ids[i], 1, &numbers[i], &err));
    struct io_store_series put = {.series = numbers[3],
                                  .night = 2,
                                  .first = -9,
                                  .last = 9,
                                  .n = 19,
                                  .whole = UINT64_MAX,
                                  .recent = 1,
                                  .why = 5};
    OK(io_store_put_series(store, &put, &err));
    for (int i = 0; i < 6; i++) {
        OK(io_store_find_series(store, ids[i], &back, &err));
        assert_int_equal(back.series, numbers[i]);
    }
    OK(io_store_find_series(store, ids[3], &back, &err));
    assert_memory_equal(&back, &put, sizeof put);
    put.series = 99; /* there is none */
    assert_int_equal(io_store_put_series(store, &put, &err), FC_EDATA);
    io_store_close(store);
}

static void scores_add_up(void **state)
{
    (void)state;
    bool found;
    struct io_score score = {1, 2, 3, {4, 0.5, 2, 3, 1, 2}};
    struct io_cover cover = {1, 2, 3, 80, 10, 7};
    struct io_store *store = open_store();
    for (int i = 0; i < 2; i++) {
        OK(io_store_add_score(store, &score, &err));
        OK(io_store_add_cover(store, &cover, &err));
    }
    OK(io_store_next_score(store, true, &score, &found, &err));
    assert_true(found && score.errors.n == 8 && score.errors.both == 6);
    assert_near(score.errors.error, 1, 0);
    assert_near(score.errors.size, 4, 0);
    assert_near(score.errors.size_both, 2, 0);
    assert_near(score.errors.naive_both, 4, 0);
    OK(io_store_next_score(store, false, &score, &found, &err));
    assert_false(found);
    OK(io_store_next_cover(store, true, &cover, &found, &err));
    assert_true(found && cover.compared == 20 && cover.inside == 14);
    io_store_close(store);
}

static void records_come_back(void **state)
{
    (void)state;
    struct io_standing record = {.series = 7,
                                 .model = 1,
                                 .errors = {1, 2, 3, 4, 5, 6},
                                 .level = 95,
                                 .compared = 8,
                                 .inside = 7,
                                 .counted = 9,
                                 .cumulated = -1,
                                 .deviation = 0.5,
                                 .recent = 6,
                                 .outside = 2,
                                 .drifting = 1};
    struct io_standing back = {.series = 7, .model = 1};
    struct io_store *store = open_store();
    OK(io_store_record(store, &back, &err));
    assert_int_equal(back.errors.n, 0);
    OK(io_store_put_record(store, &record, &err));
    OK(io_store_record(store, &back, &err));
    assert_memory_equal(&back, &record, sizeof record);
    io_store_close(store);
}

static void old_nights_are_removed_whole(void **state)
{
    (void)state;
    const float number = 1;
    const double kept_number = 2;
    int64_t series[2];
    bool found;
    float room[1];
    const void *bytes;
    struct io_store *store = open_store();
    OK(io_store_add_series(store, "gone", 1, &series[0], &err));
    OK(io_store_add_series(store, "here", 2, &series[1], &err));
    for (int64_t night = 1; night <= 2; night++) {
        add_night(store, night);
        struct io_score score = {.night = night, .model = 1, .lead = 1};
        OK(io_store_add_score(store, &score, &err));
        struct io_said said = {.night = night,
                               .series = series[night - 1],
                               .model = 1,
                               .n = 1,
                               .numbers = &number};
        struct io_kept kept = {.series = series[night - 1],
                               .model = 1,
                               .n = 1,
                               .numbers = &kept_number};
        OK(io_store_say(store, &said, &err));
        OK(io_store_keep(store, &kept, &err));
    }
    OK(io_store_prune(store, 2, &err));
    for (int64_t night = 1; night <= 2; night++) {
        struct io_said said = {
            .night = night, .series = series[night - 1], .model = 1};
        struct io_kept kept = {.series = series[night - 1], .model = 1};
        OK(io_store_said(store, &said, room, 1, &found, &err));
        assert_true(found == (night == 2));
        OK(io_store_kept(store, &kept, &bytes, &found, &err));
        assert_true(found == (night == 2));
    }
    struct io_night night;
    OK(io_store_next_night(store, true, &night, &found, &err));
    assert_true(found && night.night == 2);
    assert_string_equal(night.levels, "80");
    OK(io_store_next_night(store, false, &night, &found, &err));
    assert_false(found);
    io_store_close(store);
}

/* Forward from row to row, past those that are not there, and back. */
static void what_was_said_is_found_in_any_order(void **state)
{
    (void)state;
    static const int64_t there[] = {1, 2, 4, 7};
    enum { THERE = sizeof there / sizeof *there, SERIES = 8, ASKED = 400 };
    struct io_store *store = open_store();
    float number, room[1];
    bool found;
    for (int64_t night = 1; night <= 2; night++)
        for (int k = 0; k < THERE; k++) {
            number = (float)(10 * night + there[k]);
            struct io_said said = {.night = night,
                                   .series = there[k],
                                   .model = 1,
                                   .n = 1,
                                   .numbers = &number};
            OK(io_store_say(store, &said, &err));
        }
    uint32_t seed = 1;
    for (int i = 0; i < ASKED; i++) {
        struct io_said said = {
            .night = 1 + i / 8 % 2, .series = i % 8, .model = 1};
        seed = seed * 1664525U + 1013904223U;
        if (i >= ASKED / 2) {
            said.night = 1 + seed / 65536 % 2;
            said.series = seed / 131072 % SERIES;
        }
        bool is_there = false;
        for (int k = 0; k < THERE; k++)
            is_there = is_there || there[k] == said.series;
        OK(io_store_said(store, &said, room, 1, &found, &err));
        assert_true(found == is_there);
        if (found)
            assert_true(room[0] == (float)(10 * said.night + said.series));
    }
    io_store_close(store);
}

/* A number of a forecast, which a float holds. */
static float number_of(int64_t series, int64_t model, size_t quantity,
                       size_t step)
{
    return (float)(series * 64 + model * 4096 * 64) + (float)(quantity * 8)
           + (float)step;
}

enum { MANY = 900, QUANTITIES = 5, STEPS = 7, NUMBERS = QUANTITIES * STEPS };

/* Of every other series, by two models; over blocks and pieces. */
static void say_much(struct io_store *store)
{
    float numbers[NUMBERS];
    OK(io_store_begin(store, &err));
    for (int64_t series = 5; series < 5 + 2 * MANY; series += 2)
        for (int64_t model = 1; model <= 2; model++) {
            for (size_t k = 0; k < NUMBERS; k++)
                numbers[k] = number_of(series, model, k / STEPS, k % STEPS);
            struct io_said said = {.night = 3,
                                   .series = series,
                                   .model = model,
                                   .origin = -series,
                                   .scale = (double)series / 3,
                                   .exponent = model == 1 ? -9 : 9,
                                   .n = NUMBERS,
                                   .steps = STEPS,
                                   .numbers = numbers};
            OK(io_store_say(store, &said, &err));
        }
    OK(io_store_commit(store, &err));
}

static void look_at(struct io_store *store, int64_t series, int64_t model,
                    size_t first, size_t end)
{
    float room[NUMBERS] = {0};
    bool found;
    struct io_said said = {.night = 3,
                           .series = series,
                           .model = model,
                           .first = first,
                           .end = end};
    OK(io_store_said(store, &said, room, NUMBERS, &found, &err));
    assert_true(found
                == (series >= 5 && series % 2 == 1 && series < 5 + 2 * MANY));
    if (!found)
        return;
    assert_true(said.origin == -series && said.scale == (double)series / 3);
    assert_int_equal(said.exponent, model == 1 ? -9 : 9);
    assert_true(said.n == NUMBERS && said.steps == STEPS);
    for (size_t k = 0; k < NUMBERS; k++)
        assert_true(room[k]
                    == (k % STEPS >= first && k % STEPS < end
                            ? number_of(series, model, k / STEPS, k % STEPS)
                            : 0));
}

static void what_was_said_is_found_over_pieces(void **state)
{
    (void)state;
    struct io_store *store = open_store();
    uint32_t seed = 1;
    bool found;
    say_much(store);
    for (int64_t series = 0; series < 2 * MANY + 10; series++)
        look_at(store, series, 1 + series % 2, 0, STEPS);
    for (int i = 0; i < 3000; i++) {
        seed = seed * 1664525U + 1013904223U;
        size_t first = seed / 256 % STEPS;
        look_at(store, seed / 65536 % (2 * MANY + 10), 1 + seed / 8192 % 2,
                first, first + 1 + seed / 4096 % (STEPS - first));
    }
    struct io_said at = {.night = 3};
    for (int64_t k = 0; k < 2 * MANY; k++) {
        OK(io_store_seek(store, &at, &found, &err));
        assert_true(found);
        assert_int_equal(at.series, 5 + k / 2 * 2);
        assert_int_equal(at.model++, 1 + k % 2);
    }
    OK(io_store_seek(store, &at, &found, &err));
    assert_false(found);
    io_store_close(store);
}

/* Each piece that is another, or gone, or in another's place. */
static void changed_pieces_are_noticed(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "UPDATE part SET bytes = zeroblob(length(bytes))",
        "UPDATE part SET bytes = substr(bytes, 1, length(bytes) - 4)",
        "UPDATE part SET sum = sum + 1",
        "UPDATE part SET key = key + 100000",
        "DELETE FROM part",
        "UPDATE told SET words = words + 1",
        "UPDATE told SET steps = 4",
        "UPDATE told SET steps = 5",
        "UPDATE told SET series = series - 1",
        "UPDATE told SET series = 4611686018427387904",
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        float room[NUMBERS];
        bool found;
        unlink("st.db");
        struct io_store *store = open_store();
        say_much(store);
        io_store_close(store);
        change(changes[i]);
        store = open_store();
        struct io_said said = {.night = 3, .series = 1001, .model = 2};
        if (io_store_said(store, &said, room, NUMBERS, &found, &err)
            != FC_EDATA)
            fail_msg("not noticed: %s", changes[i]);
        io_store_close(store);
    }
}

/* Pages of what is not kept any more are given up, and not written. */
static void what_is_pruned_is_not_written_over(void **state)
{
    (void)state;
    struct stat before, log;
    struct io_store *store = open_store();
    say_much(store);
    io_store_close(store);
    assert_int_equal(stat("st.db", &before), 0);
    store = open_store();
    OK(io_store_begin(store, &err));
    OK(io_store_prune(store, 4, &err));
    OK(io_store_commit(store, &err));
    assert_int_equal(stat("st.db-wal", &log), 0);
    assert_in_range(log.st_size, 1, before.st_size / 3);
    io_store_close(store);
}

static void changed_rows_are_noticed(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "UPDATE kept SET came_from = came_from + 1",
        "UPDATE kept SET detail = 'other'",
        "UPDATE kept SET aicc = 5",
        "UPDATE kept SET numbers = zeroblob(8)",
        "UPDATE kept SET numbers = zeroblob(7)",
        "UPDATE kept SET numbers = x''",
        "UPDATE kept SET crc = crc + 1",
    };
    const double number = 1;
    struct io_kept kept = {.series = 1,
                           .model = 1,
                           .detail = "d",
                           .aicc = 4,
                           .n = 1,
                           .numbers = &number};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const void *bytes;
        bool found;
        struct io_store *store = open_store();
        OK(io_store_keep(store, &kept, &err));
        io_store_close(store);
        change(changes[i]);
        store = open_store();
        struct io_kept back = {.series = 1, .model = 1};
        if (io_store_kept(store, &back, &bytes, &found, &err) != FC_EDATA)
            fail_msg("not noticed: %s", changes[i]);
        io_store_close(store);
    }
}

/* Programs that know version 3 read from the first page that a store is newer,
   if its seal is what they make: otherwise they would call it damaged. */
static void programs_before_can_tell_the_version(void **state)
{
    (void)state;
    unsigned char page[IO_STORE_PAGE];
    const unsigned char number[4] = {0};
    enum { CONTENT = IO_STORE_PAGE - IO_PAGES_SEAL };
    io_store_close(open_store());
    FILE *file = fopen("st.db", "rb");
    assert_non_null(file);
    assert_int_equal(fread(page, 1, sizeof page, file), sizeof page);
    fclose(file);
    uint32_t crc = (uint32_t)crc32_z(crc32_z(0, number, 4), page, CONTENT);
    const unsigned char seal[IO_PAGES_SEAL] = {(unsigned char)(crc >> 24),
                                               (unsigned char)(crc >> 16),
                                               (unsigned char)(crc >> 8),
                                               (unsigned char)crc,
                                               's',
                                               'e',
                                               'a',
                                               'l'};
    assert_memory_equal(page + CONTENT, seal, sizeof seal);
}

/* Whether all of its pages can be read, with their seals. */
static int read_whole(void)
{
    struct io_pages pages = {.vfs = {.zName = NULL}};
    sqlite3 *db;
    assert_int_equal(io_pages_init(&pages), SQLITE_OK);
    int rc = sqlite3_open_v2("st.db", &db, SQLITE_OPEN_READONLY, pages.name);
    assert_int_equal(rc, SQLITE_OK);
    sqlite3_extended_result_codes(db, 1);
    rc = sqlite3_exec(db, "PRAGMA integrity_check", NULL, NULL, NULL);
    sqlite3_close(db);
    io_pages_release(&pages);
    return rc;
}

static void keep_many(void)
{
    const double number = 1;
    struct io_store *store = open_store();
    OK(io_store_begin(store, &err));
    for (int64_t i = 1; i <= 3000; i++) {
        struct io_kept kept = {
            .series = i, .model = 1, .n = 1, .numbers = &number};
        OK(io_store_keep(store, &kept, &err));
    }
    OK(io_store_commit(store, &err));
    io_store_close(store);
}

static void change_byte(long at)
{
    FILE *file = fopen("st.db", "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    fputc(byte ^ 4, file);
    fclose(file);
}

static void a_changed_byte_of_any_page_is_noticed(void **state)
{
    (void)state;
    struct stat file;
    keep_many();
    assert_int_equal(read_whole(), SQLITE_OK);
    assert_int_equal(stat("st.db", &file), 0);
    assert_true(file.st_size > 5 * IO_STORE_PAGE);
    for (long page = 0; page < file.st_size / IO_STORE_PAGE; page++)
        for (long at = 150; at < IO_STORE_PAGE; at += 4056) {
            change_byte(page * IO_STORE_PAGE + at);
            if (read_whole() != SQLITE_IOERR_DATA)
                fail_msg("page %ld, byte %ld: not noticed", page, at);
            change_byte(page * IO_STORE_PAGE + at);
        }
    assert_int_equal(read_whole(), SQLITE_OK);
}

/* The last page, up to a byte that is not zero: SQLite takes zeros for the
   rest of it. */
static void a_page_that_is_cut_short_is_noticed(void **state)
{
    (void)state;
    static const long left[] = {1, 100, IO_STORE_PAGE / 2, IO_STORE_PAGE - 9,
                                IO_STORE_PAGE - 1};
    struct stat file;
    keep_many();
    assert_int_equal(stat("st.db", &file), 0);
    for (int i = sizeof left / sizeof *left - 1; i >= 0; i--) {
        assert_int_equal(
            truncate("st.db", file.st_size - IO_STORE_PAGE + left[i]), 0);
        if (read_whole() != SQLITE_IOERR_DATA)
            fail_msg("%ld bytes of a page: not noticed", left[i]);
    }
}

/* Of a run that was killed: the pages that it wrote to the log have no seals,
   and old ones must not come back. */
static void another_program_may_move_the_log(void **state)
{
    (void)state;
    struct stat log;
    keep_many();
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const double number = 2;
        struct io_kept kept = {
            .series = 1500, .model = 1, .n = 1, .numbers = &number};
        struct io_store *store = open_store();
        OK(io_store_keep(store, &kept, &err));
        _exit(0);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(stat("st.db-wal", &log), 0);
    sqlite3 *db;
    assert_int_equal(sqlite3_open("st.db", &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(read_whole(), SQLITE_OK);
    struct io_store *store = open_store();
    struct io_kept back = {.series = 1500, .model = 1};
    const void *bytes;
    bool found;
    double number;
    OK(io_store_kept(store, &back, &bytes, &found, &err));
    assert_true(found && back.n == 1);
    memcpy(&number, bytes, sizeof number);
    assert_true(number == 2);
    io_store_close(store);
}

static void fits_come_back_and_changes_are_noticed(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "UPDATE fit SET night = 4",     "UPDATE fit SET first = -1",
        "UPDATE fit SET came_from = 1", "UPDATE fit SET numbers = zeroblob(16)",
        "UPDATE fit SET numbers = x''", "UPDATE fit SET crc = crc + 1",
    };
    const double numbers[] = {1.5, -2};
    struct io_fit fit = {.series = 1,
                         .model = 1,
                         .came_from = 77,
                         .night = 3,
                         .first = -86400,
                         .n = 2};
    const void *bytes;
    bool found;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct io_fit back = {.series = 1, .model = 1};
        struct io_store *store = open_store();
        OK(io_store_keep_fit(store, &fit, numbers, &err));
        OK(io_store_fit(store, &back, &bytes, &found, &err));
        assert_true(found && back.night == 3 && back.came_from == 77
                    && back.first == -86400 && back.n == 2);
        assert_memory_equal(bytes, numbers, sizeof numbers);
        io_store_close(store);
        change(changes[i]);
        store = open_store();
        if (io_store_fit(store, &back, &bytes, &found, &err) != FC_EDATA)
            fail_msg("not noticed: %s", changes[i]);
        io_store_close(store);
    }
    struct io_store *store = open_store();
    fit.n = 0; /* there is nothing any more */
    OK(io_store_keep_fit(store, &fit, NULL, &err));
    OK(io_store_fit(store, &fit, &bytes, &found, &err));
    assert_false(found);
    fit.n = 2;
    OK(io_store_keep_fit(store, &fit, numbers, &err));
    OK(io_store_forget(store, 1, &err));
    OK(io_store_fit(store, &fit, &bytes, &found, &err));
    assert_false(found);
    io_store_close(store);
}

static void what_was_learnt_comes_back(void **state)
{
    (void)state;
    const double numbers[] = {1, 2};
    struct io_learnt learnt = {.model = 1, .night = 3, .came_from = 77, .n = 2};
    struct io_learnt back = {.model = 1};
    const void *bytes;
    bool found;
    struct io_store *store = open_store();
    OK(io_store_learnt(store, &back, &bytes, &found, &err));
    assert_false(found);
    OK(io_store_learn(store, &learnt, numbers, &err));
    OK(io_store_learnt(store, &back, &bytes, &found, &err));
    assert_true(found && back.night == 3 && back.came_from == 77);
    assert_memory_equal(bytes, numbers, sizeof numbers);
    io_store_close(store);
    change("UPDATE learnt SET night = 4");
    store = open_store();
    assert_int_equal(io_store_learnt(store, &back, &bytes, &found, &err),
                     FC_EDATA);
    io_store_close(store);
}

/* Their table comes and goes, also while something is being read. */
static void pieces_come_back_and_go(void **state)
{
    (void)state;
    const double numbers[3] = {1, -0.0, NAN};
    double copy[3] = {0};
    const void *bytes;
    bool found;
    struct io_piece piece = {1, 70, 5, UINT64_MAX, 3};
    const struct io_piece others[] = {{2, 70, 5, UINT64_MAX, 3},
                                      {1, 71, 5, UINT64_MAX, 3},
                                      {1, 70, 6, UINT64_MAX, 3},
                                      {1, 70, 5, UINT64_MAX - 1, 3},
                                      {1, 70, 5, UINT64_MAX, 2}};
    struct io_learnt learnt = {.model = 1, .night = 3, .n = 2};
    struct io_store *store = open_store();
    OK(io_store_has_pieces(store, &found, &err));
    assert_false(found);
    OK(io_store_begin(store, &err));
    OK(io_store_expect_pieces(store, &err));
    OK(io_store_put_piece(store, &piece, numbers, &err));
    OK(io_store_put_piece(store, &piece, numbers, &err));
    OK(io_store_learn(store, &learnt, numbers, &err));
    OK(io_store_commit(store, &err));
    io_store_close(store);
    store = open_store();
    OK(io_store_has_pieces(store, &found, &err));
    assert_true(found);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        OK(io_store_piece(store, &others[i], copy, &found, &err));
        assert_true(!found && copy[0] == 0);
    }
    OK(io_store_piece(store, &piece, copy, &found, &err));
    assert_true(found);
    assert_memory_equal(copy, numbers, sizeof copy);
    io_store_close(store);
    change("UPDATE piece SET came_from = 7");
    store = open_store();
    assert_int_equal(io_store_piece(store, &piece, copy, &found, &err),
                     FC_EDATA);
    OK(io_store_learnt(store, &learnt, &bytes, &found, &err));
    OK(io_store_begin(store, &err));
    OK(io_store_drop_pieces(store, &err));
    OK(io_store_drop_pieces(store, &err));
    OK(io_store_commit(store, &err));
    OK(io_store_has_pieces(store, &found, &err));
    assert_false(found);
    OK(io_store_begin(store, &err));
    OK(io_store_expect_pieces(store, &err));
    OK(io_store_put_piece(store, &piece, numbers, &err));
    OK(io_store_commit(store, &err));
    OK(io_store_piece(store, &piece, copy, &found, &err));
    assert_true(found);
    io_store_close(store);
}

static void a_store_is_one_jobs_and_one_runs(void **state)
{
    (void)state;
    const struct io_store_fact other[] = {{"step", "weekly"}};
    struct io_store *store = open_store(), *second;
    assert_int_equal(io_store_claim(store, other, 1, &err), FC_EDATA);
    assert_non_null(strstr(err.msg, "'daily', not 'weekly'"));
    assert_int_equal(io_store_open("st.db", IO_STORE_KEEP, &second, &err),
                     FC_EIO);
    assert_null(second);
    OK(io_store_open("st.db", IO_STORE_LOOK, &second, &err));
    io_store_close(second);
    io_store_close(store);
    io_store_close(NULL);
    store = open_store();
    io_store_close(store);
}

static void models_have_numbers(void **state)
{
    (void)state;
    int64_t model, n;
    char name[16];
    struct io_store *store = open_store();
    OK(io_store_model(store, "ets", false, &model, &err));
    assert_int_equal(model, 0);
    OK(io_store_model(store, "ets", true, &model, &err));
    assert_int_equal(model, 1);
    OK(io_store_model(store, "naive", true, &model, &err));
    assert_int_equal(model, 2);
    OK(io_store_model(store, "ets", true, &model, &err));
    assert_int_equal(model, 1);
    OK(io_store_count_models(store, &n, &err));
    assert_int_equal(n, 2);
    OK(io_store_model_name(store, 2, name, sizeof name, &err));
    assert_string_equal(name, "naive");
    for (int i = 3; i <= IO_STORE_MODELS_MOST; i++) {
        snprintf(name, sizeof name, "m%d", i);
        OK(io_store_model(store, name, true, &model, &err));
    }
    assert_int_equal(io_store_model(store, "more", true, &model, &err),
                     FC_EDATA);
    io_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_night_has_all_its_seasons),
        IN_FOLDER(what_is_kept_comes_back),
        IN_FOLDER(what_was_said_comes_back_as_floats),
        IN_FOLDER(what_was_said_is_found_in_any_order),
        IN_FOLDER(what_was_said_is_found_over_pieces),
        IN_FOLDER(changed_pieces_are_noticed),
        IN_FOLDER(what_is_pruned_is_not_written_over),
        IN_FOLDER(what_is_not_committed_is_not_there),
        IN_FOLDER(series_are_found_by_their_bytes),
        IN_FOLDER(scores_add_up),
        IN_FOLDER(records_come_back),
        IN_FOLDER(old_nights_are_removed_whole),
        IN_FOLDER(changed_rows_are_noticed),
        IN_FOLDER(programs_before_can_tell_the_version),
        IN_FOLDER(a_changed_byte_of_any_page_is_noticed),
        IN_FOLDER(a_page_that_is_cut_short_is_noticed),
        IN_FOLDER(another_program_may_move_the_log),
        IN_FOLDER(fits_come_back_and_changes_are_noticed),
        IN_FOLDER(what_was_learnt_comes_back),
        IN_FOLDER(pieces_come_back_and_go),
        IN_FOLDER(a_store_is_one_jobs_and_one_runs),
        IN_FOLDER(models_have_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
