/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which series belong to a shard, and what is kept of the others.
 */
#include "tests/check.h"

#include "io/rows/chunk.h"
#include "io/rows/shard.h"

#include <math.h>

/*
 * By a few lines of Python from the definitions: FNV-1a with the offset basis
 * and prime of its authors, then splitmix64's finaliser.
 */
static void hash_is_the_documented_one(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        uint64_t hash;
    } known[] = {
        {"", UINT64_C(0xf52a15e9a9b5e89b)},
        {"a", UINT64_C(0x02c0bdbf481420f8)},
        {"AirPassengers", UINT64_C(0xac3324de2a8280e5)},
        {"two\nlines", UINT64_C(0xa1ddc20d576f9707)},
        {"\xc3\xa9"
         "t"
         "\xc3\xa9",
         UINT64_C(0xd85b56784b41d016)},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_true(io_shard_hash(known[i].id, strlen(known[i].id))
                    == known[i].hash);
}

static void shards_share_series_evenly_and_completely(void **state)
{
    (void)state;
    enum { SERIES = 20000, SHARDS = 8 };
    size_t counts[SHARDS] = {0};
    for (int i = 0; i < SERIES; i++) {
        char id[32];
        int owners = 0, n = snprintf(id, sizeof id, "store-%07d", i);
        for (uint32_t k = 1; k <= SHARDS; k++) {
            struct io_shard shard = {k, SHARDS};
            bool has = io_shard_has(&shard, id, (size_t)n);
            counts[k - 1] += has;
            owners += has;
        }
        assert_int_equal(owners, 1);
    }
    for (int k = 0; k < SHARDS; k++) /* 2500, and six deviations around it */
        assert_true(counts[k] > 2500 - 6 * 47 && counts[k] < 2500 + 6 * 47);
}

static void shards_are_read_whole(void **state)
{
    (void)state;
    struct io_shard shard;
    assert_true(io_shard_parse("2/4", &shard));
    assert_int_equal(shard.number, 2);
    assert_int_equal(shard.count, 4);
    assert_true(io_shard_parse("100000/100000", &shard));
    static const char *const bad[] = {
        "",     "/",    "1",    "1/",   "/1",   "0/1",      "2/1",
        "1/2x", "-1/2", "1 /2", "1//2", "+1/2", "1/100001", "1/0000002"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(io_shard_parse(bad[i], &shard));
}

/* A chunk of three series' rows in turn: what is kept of them in a shard. */
static void rows_of_others_are_times_and_what_is_missing(void **state)
{
    (void)state;
    enum { N = 30 };
    for (uint32_t number = 1; number <= 2; number++) {
        struct io_chunk chunk = {.n = N, .nruns = N};
        struct io_shard shard = {number, 2};
        size_t own = 0, other = 0;
        chunk.time = malloc(N * sizeof *chunk.time);
        chunk.value = malloc(N * sizeof *chunk.value);
        chunk.run = malloc(N * sizeof *chunk.run);
        for (uint32_t i = 0; i < N; i++) {
            char id[2] = {(char)('a' + i % 3), '\0'};
            uint32_t series = io_intern_add(&chunk.ids, id, 1);
            chunk.run[i] = (struct io_run){series, 1};
            chunk.time[i] = 100 + 7 * (int64_t)i;
            chunk.value[i] = i % 4 == 1 ? NAN : i;
        }
        assert_true(io_chunk_pack(&chunk, &shard));
        assert_int_equal(chunk.own.n + chunk.other.n, N);
        assert_null(chunk.other.value);
        for (int s = 0; s < 3; s++) /* by series now, in the file's order */
            for (int i = s; i < N; i += 3) {
                char id[2] = {(char)('a' + s), '\0'};
                bool mine = io_shard_has(&shard, id, 1);
                size_t at = mine ? own++ : other++;
                int64_t time;
                io_times_get(mine ? &chunk.own.time : &chunk.other.time, at, 1,
                             &time);
                assert_int_equal(time, 100 + 7 * i);
                assert_int_equal(mine ? isnan(chunk.own.value[at]) != 0
                                      : io_rows_missing(&chunk.other, at),
                                 i % 4 == 1);
            }
        assert_int_equal(own, chunk.own.n);
        io_chunk_release(&chunk);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_is_the_documented_one),
        cmocka_unit_test(shards_share_series_evenly_and_completely),
        cmocka_unit_test(shards_are_read_whole),
        cmocka_unit_test(rows_of_others_are_times_and_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
