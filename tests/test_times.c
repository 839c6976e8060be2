/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Timestamps and runs of rows come back from their packed forms, and these
 * are small where they are meant to be.
 */
#include "tests/check.h"

#include "io/rows/runs.h"
#include "io/rows/times.h"

enum { N = 200 };

static uint64_t next(uint64_t *x)
{
    *x = *x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *x >> 8;
}

static void check_get(const struct io_times *times, const int64_t *t, size_t n)
{
    int64_t back[N];
    for (size_t first = 0; first < n; first += 1 + n / 7) {
        io_times_get(times, first, n - first, back);
        for (size_t i = first; i < n; i++)
            assert_true(back[i - first] == t[i]);
    }
}

static void check_packed(const int64_t *t, size_t n, unsigned width)
{
    struct io_times times;
    assert_true(io_times_pack(t, n, &times));
    assert_int_equal(times.width, width);
    check_get(&times, t, n);
    io_times_release(&times);
}

static void regular_times_take_a_byte_or_two(void **state)
{
    (void)state;
    int64_t t[N];
    for (int i = 0; i < N; i++)
        t[i] = INT64_C(1700000000) + 86400 * i;
    check_packed(t, 0, 0);
    check_packed(t, 1, 0);
    check_packed(t, N, 1);
    t[N - 1] = t[0] + 86400 * 255;
    check_packed(t, N, 1);
    t[N - 1] = t[0] + 86400 * 256;
    check_packed(t, N, 2);
    t[0] -= 43200;
    check_packed(t, N, 2);
    t[0] -= 1;
    check_packed(t, N, 4);
    for (int i = 0; i < N; i++)
        t[i] = -5;
    check_packed(t, N, 0);
}

static void any_times_come_back(void **state)
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
    uint64_t x = 1;
    for (size_t n = 2; n <= sizeof extreme / sizeof *extreme; n++)
        check_packed(extreme, n, n == 2 ? 1 : 8);
    for (int round = 0; round < 500; round++) {
        struct io_times times;
        int64_t t[N];
        uint64_t unit = 1 + next(&x) % 1000;
        for (int i = 0; i < N; i++)
            t[i] = (int64_t)((next(&x) >> (round % 50)) * unit) - 77;
        assert_true(io_times_pack(t, N, &times));
        check_get(&times, t, N);
        for (int i = 0; i < N / 2; i++) { /* set again, turned round */
            int64_t swap = t[i];
            t[i] = t[N - 1 - i];
            t[N - 1 - i] = swap;
        }
        io_times_set(&times, 0, N, t);
        check_get(&times, t, N);
        io_times_release(&times);
    }
}

/* Every part has times of its own; all of them fit what they widened. */
static void parts_fit_what_they_widened(void **state)
{
    (void)state;
    enum { PARTS = 4, SIZE = N / PARTS };
    uint64_t x = 9;
    for (int round = 0; round < 500; round++) {
        struct io_times all = {0}, part;
        int64_t t[N];
        for (int k = 0; k < PARTS; k++) {
            int64_t base = (int64_t)(next(&x) >> (round % 50));
            uint64_t step = next(&x) % 4 * 3600;
            for (int i = 0; i < SIZE; i++)
                t[k * SIZE + i] =
                    (k % 2 ? base : -base) + (int64_t)(step * (unsigned)i);
            assert_true(io_times_pack(t + k * SIZE, SIZE, &part));
            io_times_widen(&all, &part);
            io_times_release(&part);
        }
        assert_true(io_times_reserve(&all, N));
        for (int k = PARTS - 1; k >= 0; k--)
            io_times_set(&all, (size_t)k * SIZE, SIZE, t + k * SIZE);
        check_get(&all, t, N);
        io_times_release(&all);
    }
}

static void runs_come_back_in_few_bytes(void **state)
{
    (void)state;
    uint64_t x = 5;
    for (int round = 0; round < 200; round++) {
        struct io_run run[N];
        struct io_runs runs;
        struct io_runs_place place = {0};
        size_t kept = 0;
        for (uint32_t i = 0; i < N; i++)
            run[i] =
                round == 0
                    ? (struct io_run){i + 100000, 1}
                    : (struct io_run){(uint32_t)(next(&x) >> (round % 32)),
                                      (uint32_t)(next(&x) >> (round % 56)) % 9};
        assert_true(io_runs_pack(run, N, &runs));
        for (size_t i = 0; i < N; i++) {
            if (run[i].count == 0)
                continue;
            struct io_run back = io_runs_next(&runs, &place);
            assert_int_equal(back.series, run[i].series);
            assert_int_equal(back.count, run[i].count);
            kept++;
        }
        assert_int_equal(runs.n, kept);
        if (round == 0) /* each is of the series after the last */
            assert_int_equal(place.at, 2 * N + 2);
        io_runs_release(&runs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regular_times_take_a_byte_or_two),
        cmocka_unit_test(any_times_come_back),
        cmocka_unit_test(parts_fit_what_they_widened),
        cmocka_unit_test(runs_come_back_in_few_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
