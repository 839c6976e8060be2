/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which series belong to a shard, and rows that are packed.
 */
#include "tests/check.h"

#include "io/packed.h"

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
    assert_true(io_shard_parse("1000/1000", &shard));
    static const char *const bad[] = {
        "",     "/",    "1",    "1/",   "/1",   "0/1",    "2/1",
        "1/2x", "-1/2", "1 /2", "1//2", "+1/2", "1/1001", "1/00002"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(io_shard_parse(bad[i], &shard));
}

/* Packs a chunk of one run of another shard's series, and unpacks it. */
static size_t check_packed(const int64_t *time, const double *value, size_t n)
{
    struct io_chunk chunk = {.n = n, .capacity = n, .nruns = 1};
    struct io_shard shard = {1, 2};
    uint32_t id;
    if (io_shard_has(&shard, "a", 1))
        shard.number = 2;
    id = io_intern_add(&chunk.ids, "a", 1);
    chunk.time = malloc(n * sizeof *time);
    chunk.value = malloc(n * sizeof *value);
    chunk.runs = malloc(sizeof *chunk.runs);
    memcpy(chunk.time, time, n * sizeof *time);
    memcpy(chunk.value, value, n * sizeof *value);
    chunk.runs[0] = (struct io_run){.series = id, .count = (uint32_t)n};
    assert_true(io_chunk_pack_others(&chunk, &shard));
    assert_int_equal(chunk.n, 0);
    assert_int_equal(chunk.runs[0].first, 0);
    size_t size = chunk.packed_size;
    int64_t *times = malloc(n * sizeof *times);
    double *values = malloc(n * sizeof *values);
    io_unpack(chunk.packed, n, times, values);
    for (size_t i = 0; i < n; i++) {
        assert_true(times[i] == time[i]);
        assert_int_equal(isnan(values[i]) != 0, isnan(value[i]) != 0);
        assert_true(isnan(values[i]) || values[i] == 0);
    }
    free(times);
    free(values);
    io_chunk_release(&chunk);
    return size;
}

static void regular_rows_take_a_few_bytes(void **state)
{
    (void)state;
    enum { N = 1000 };
    int64_t time[N];
    double value[N];
    for (int i = 0; i < N; i++) {
        time[i] = INT64_C(1700000000) + 86400 * i;
        value[i] = i;
    }
    assert_in_range(check_packed(time, value, N), 1, 20);
    value[17] = value[18] = NAN;
    assert_in_range(check_packed(time, value, N), 1, 24);
    assert_in_range(check_packed(time, value, 1), 1, 20);
}

static void any_rows_come_back(void **state)
{
    (void)state;
    static const int64_t extreme[] = {0,
                                      INT64_MAX,
                                      INT64_MIN,
                                      INT64_MAX,
                                      INT64_MIN,
                                      -1,
                                      -1,
                                      1,
                                      999999999999999999,
                                      -999999999999999999,
                                      5,
                                      5,
                                      5,
                                      4,
                                      3,
                                      2};
    enum { N = sizeof extreme / sizeof *extreme };
    double value[N] = {NAN, 1, NAN, NAN, 0, 1};
    value[N - 1] = NAN;
    for (size_t n = 1; n <= N; n++)
        check_packed(extreme, value, n);
    uint64_t x = 1;
    int64_t time[200];
    double missing[200];
    for (int round = 0; round < 500; round++) {
        for (int i = 0; i < 200; i++) {
            x = x * UINT64_C(6364136223846793005) + 1;
            time[i] = (int64_t)(x >> (round % 60));
            missing[i] = x >> 63 ? NAN : 3;
        }
        check_packed(time, missing, 200);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_is_the_documented_one),
        cmocka_unit_test(shards_share_series_evenly_and_completely),
        cmocka_unit_test(shards_are_read_whole),
        cmocka_unit_test(regular_rows_take_a_few_bytes),
        cmocka_unit_test(any_rows_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
