/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: a store that was damaged.  The first byte says by how much it is
 * cut short, if at all; then every four change a byte: which one (three), and
 * to what.  The seals of its pages, which tell of any change, are taken away
 * first, unless the first byte is odd.  Whatever is opened is read to its end
 * and written to; each answer is a good one, or an error with a message.
 */
#define _GNU_SOURCE /* mkdtemp */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/store/nights.h"
#include "io/store/pieces.h"
#include "io/store/pages.h"
#include "io/store/results.h"
#include "io/store/schema.h"
#include "io/store/scores.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SERIES = 4, NUMBERS = 6, PATH = 64 };

static char folder[PATH / 2], path[PATH];
static uint8_t *good;
static size_t good_size;

static void remove_files(void)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    char name[PATH + 16];
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

static void remove_all(void)
{
    remove_files();
    rmdir(folder);
    free(good);
}

#define MUST(call)                    \
    do {                              \
        enum fc_status must = (call); \
        assert(must == FC_OK);        \
    } while (0)

static void add_result(struct io_store *store, int64_t i)
{
    static const double numbers[NUMBERS] = {1, 2, 3, 4, 5, 6};
    static const float few[NUMBERS] = {1, 2, 3, 4, 5, 6};
    struct fc_error err;
    struct io_said said = {.night = 1,
                           .series = i,
                           .model = 1,
                           .origin = 60,
                           .scale = 2,
                           .n = NUMBERS,
                           .numbers = few};
    struct io_kept kept = {.series = i,
                           .model = 1,
                           .came_from = 7,
                           .origin = 60,
                           .outcome = 3,
                           .spec = "ETS(A,N,N)",
                           .n = NUMBERS,
                           .numbers = numbers};
    struct io_fit fit = {.series = i, .model = 1, .night = 1, .n = NUMBERS};
    struct io_standing record = {.series = i, .model = 1, .level = 95};
    MUST(io_store_say(store, &said, &err));
    MUST(io_store_keep(store, &kept, &err));
    MUST(io_store_keep_fit(store, &fit, numbers, &err));
    MUST(io_store_put_record(store, &record, &err));
}

static void add_night(struct io_store *store)
{
    static const char *const names[] = {"mean", "lo-95", "hi-95"};
    static const double numbers[NUMBERS] = {6, 5, 4, 3, 2, 1};
    struct io_night night = {.night = 1,
                             .origin = 60,
                             .horizon = 2,
                             .seasons = "1",
                             .levels = "95",
                             .program = "1"};
    struct io_score score = {1, 1, 1, {.n = 3, .error = 1, .size = 2}};
    struct io_cover cover = {1, 1, 1, 95, 3, 3};
    struct io_learnt learnt = {.model = 1, .night = 1, .n = NUMBERS};
    struct fc_error err;
    int64_t number;
    MUST(io_store_begin(store, &err));
    MUST(io_store_model(store, "ets", true, &number, &err));
    for (int i = 0; i < SERIES; i++) {
        char id[8];
        snprintf(id, sizeof id, "s%d", i);
        MUST(io_store_add_series(store, id, 1, &number, &err));
        add_result(store, number);
    }
    MUST(io_store_add_night(store, &night, names, 3, &err));
    MUST(io_store_add_score(store, &score, &err));
    MUST(io_store_add_cover(store, &cover, &err));
    MUST(io_store_learn(store, &learnt, numbers, &err));
    struct io_piece piece = {.model = 1, .place = 1, .n = NUMBERS};
    MUST(io_store_expect_pieces(store, &err));
    MUST(io_store_put_piece(store, &piece, numbers, &err));
    MUST(io_store_commit(store, &err));
}

static const struct io_store_fact FACTS[] = {{"bytes", "little endian"},
                                             {"step", "D"}};

static void make_good(void)
{
    struct io_store *store;
    struct fc_error err;
    snprintf(folder, sizeof folder, "%s/nightcast-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(folder) == NULL)
        abort();
    snprintf(path, sizeof path, "%s/store.db", folder);
    atexit(remove_all);
    MUST(io_store_open(path, IO_STORE_KEEP, &store, &err));
    MUST(io_store_claim(store, FACTS, 2, &err));
    add_night(store);
    io_store_close(store);
    FILE *file = fopen(path, "rb");
    assert(file != NULL);
    good = malloc(1 << 20);
    good_size = fread(good, 1, 1 << 20, file);
    fclose(file);
}

static void write_damaged(const uint8_t *data, size_t size)
{
    uint8_t *bytes = malloc(good_size);
    size_t n = good_size;
    memcpy(bytes, good, n);
    for (size_t at = IO_STORE_PAGE; data[0] % 2 == 0 && at <= n;
         at += IO_STORE_PAGE)
        memset(bytes + at - IO_PAGES_SEAL, 0, IO_PAGES_SEAL);
    for (size_t i = 1; i + 3 < size; i += 4) {
        size_t at =
            (size_t)data[i] << 16 | (size_t)data[i + 1] << 8 | data[i + 2];
        bytes[at % n] = data[i + 3];
    }
    n -= n * data[0] / 256;
    remove_files();
    FILE *file = fopen(path, "wb");
    assert(file != NULL && fwrite(bytes, 1, n, file) == n);
    fclose(file);
    free(bytes);
}

static void read_results(struct io_store *store, int64_t i)
{
    float room[NUMBERS];
    double sum = 0, x;
    const void *bytes;
    bool found;
    struct fc_error err;
    struct io_said said = {.night = 1, .series = i, .model = 1};
    struct io_kept kept = {.series = i, .model = 1};
    struct io_fit fit = {.series = i, .model = 1};
    struct io_standing record = {.series = i, .model = 1};
    if (io_store_said(store, &said, room, NUMBERS, &found, &err) == FC_OK
        && found)
        assert(said.n <= NUMBERS);
    if (io_store_kept(store, &kept, &bytes, &found, &err) == FC_OK && found)
        for (size_t k = 0; k < kept.n; k++) {
            memcpy(&x, (const char *)bytes + k * sizeof x, sizeof x);
            sum += x;
        }
    if (io_store_fit(store, &fit, &bytes, &found, &err) == FC_OK && found)
        for (size_t k = 0; k < fit.n; k++) {
            memcpy(&x, (const char *)bytes + k * sizeof x, sizeof x);
            sum += x;
        }
    (void)sum;
    (void)!io_store_record(store, &record, &err);
}

static void read_all(struct io_store *store)
{
    struct io_night night;
    struct fc_error err = {0};
    const void *bytes;
    bool found;
    int64_t number;
    enum fc_status status =
        io_store_next_night(store, true, &night, &found, &err);
    for (int k = 0; status == FC_OK && found && k < 100; k++) {
        assert(night.levels != NULL && night.program != NULL);
        status = io_store_next_night(store, false, &night, &found, &err);
    }
    assert(status == FC_OK || err.msg[0] != '\0');
    for (int i = 0; i < SERIES; i++) {
        char id[8];
        struct io_store_series series;
        snprintf(id, sizeof id, "s%d", i);
        (void)!io_store_find_series(store, id, &series, &err);
        read_results(store, i + 1);
    }
    struct io_learnt learnt = {.model = 1};
    (void)!io_store_learnt(store, &learnt, &bytes, &found, &err);
    struct io_piece piece = {.model = 1, .place = 1, .n = NUMBERS};
    double piece_numbers[NUMBERS];
    (void)!io_store_has_pieces(store, &found, &err);
    (void)!io_store_piece(store, &piece, piece_numbers, &found, &err);
    (void)!io_store_count_models(store, &number, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct io_store *store = NULL;
    struct fc_error err = {0};
    if (size < 1)
        return 0;
    if (good == NULL)
        make_good();
    write_damaged(data, size);
    enum fc_status status = io_store_open(path, IO_STORE_KEEP, &store, &err);
    if (status == FC_OK)
        status = io_store_claim(store, FACTS, 2, &err);
    assert(status == FC_OK || err.msg[0] != '\0');
    if (status == FC_OK) {
        read_all(store);
        status = io_store_prune(store, 2, &err);
        assert(status == FC_OK || err.msg[0] != '\0');
    }
    io_store_close(store);
    remove_files();
    return 0;
}
