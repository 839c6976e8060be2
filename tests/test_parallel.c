/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "tests/check.h"

#include "forecast/base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

enum { N = 1000 };

static const int thread_counts[] = {-3, 0, 1, 2, 7, 64};

enum { NCOUNTS = sizeof thread_counts / sizeof *thread_counts };

struct work {
    atomic_int calls[N];
    double result[N];
    enum fc_status status[N];
    atomic_size_t started; /* items started so far */
    size_t sequence[N];    /* which, in that order */
    const struct fc_workspace *thread[N];
    size_t stop_at; /* the item that raises the flag */
    volatile sig_atomic_t stop;
    pthread_t caller;
    size_t reports, last_report;
    bool report_from_caller, reports_rise;
};

static enum fc_status twice(void *arg, size_t i, struct fc_workspace *ws)
{
    struct work *work = arg;
    (void)ws;
    work->sequence[atomic_fetch_add(&work->started, 1)] = i;
    atomic_fetch_add(&work->calls[i], 1);
    work->result[i] = 2 * (double)i;
    return FC_OK;
}

static void assert_each_called_once(const struct work *work, size_t n)
{
    assert_int_equal(atomic_load(&work->started), n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(atomic_load(&work->calls[i]), 1);
}

static void results_come_in_item_order(void **state)
{
    (void)state;
    for (int c = 0; c < NCOUNTS; c++) {
        struct work work = {0};
        memset(work.status, 0xff, sizeof work.status);
        struct fc_parallel job = {.n = N,
                                  .nthreads = thread_counts[c],
                                  .item = twice,
                                  .arg = &work,
                                  .status = work.status};
        assert_int_equal(fc_parallel_map(&job), FC_OK);
        assert_each_called_once(&work, N);
        for (size_t i = 0; i < N; i++) {
            assert_true(work.result[i] == 2 * (double)i);
            assert_int_equal(work.status[i], FC_OK);
        }
    }
}

static void few_items_and_none_are_ordinary(void **state)
{
    (void)state;
    for (size_t n = 0; n < 4; n++)
        for (int c = 0; c < NCOUNTS; c++) {
            struct work work = {0};
            struct fc_parallel job = {.n = n,
                                      .nthreads = thread_counts[c],
                                      .item = twice,
                                      .arg = &work};
            assert_int_equal(fc_parallel_map(&job), FC_OK);
            assert_each_called_once(&work, n);
        }
}

/* Every seventh item fails, with a code that depends on the item. */
static enum fc_status expected_failure(size_t i)
{
    return i % 7 != 0 ? FC_OK : i % 2 != 0 ? FC_ESHORT : FC_EDOMAIN;
}

static enum fc_status fail_some(void *arg, size_t i, struct fc_workspace *ws)
{
    twice(arg, i, ws);
    return expected_failure(i);
}

struct turns {
    struct work work;
    size_t next; /* not atomic: one at a time */
    bool out_of_turn;
};

static void take_turn(void *arg, size_t i)
{
    struct turns *turns = arg;
    turns->out_of_turn |= i != turns->next++
                          || atomic_load(&turns->work.calls[i]) != 1
                          || turns->work.result[i] < 2 * (double)i;
}

static void items_take_their_turns_in_order(void **state)
{
    (void)state;
    for (int c = 0; c < NCOUNTS; c++) {
        struct turns turns = {0};
        struct fc_parallel job = {.n = N,
                                  .nthreads = thread_counts[c],
                                  .item = twice,
                                  .ordered = take_turn,
                                  .arg = &turns};
        assert_int_equal(fc_parallel_map(&job), FC_OK);
        assert_each_called_once(&turns.work, N);
        assert_int_equal(turns.next, N);
        assert_false(turns.out_of_turn);
    }
}

static void an_items_failure_is_that_items_result(void **state)
{
    (void)state;
    for (int c = 0; c < NCOUNTS; c++) {
        struct work work = {0};
        struct fc_parallel job = {.n = N,
                                  .nthreads = thread_counts[c],
                                  .item = fail_some,
                                  .arg = &work,
                                  .status = work.status};
        assert_int_equal(fc_parallel_map(&job), FC_OK);
        assert_each_called_once(&work, N);
        for (size_t i = 0; i < N; i++)
            assert_int_equal(work.status[i], expected_failure(i));
    }
}

/* Every fifth item is large, no two of these alike; the others are as one. */
static size_t size_of(const void *arg, size_t i)
{
    (void)arg;
    return i % 5 == 0 ? 1000000 + i * 387 % N : 1; /* 387, N: coprime */
}

/* Whether item a is to be started before b. */
static bool goes_before(size_t a, size_t b)
{
    size_t x = size_of(NULL, a), y = size_of(NULL, b);
    return x != y ? x > y : a < b;
}

static enum fc_status note_thread(void *arg, size_t i, struct fc_workspace *ws)
{
    struct work *work = arg;
    work->thread[i] = ws;
    return fail_some(arg, i, ws);
}

/* Each thread on its own takes items in that order, whoever waits for whom. */
static void assert_large_first(const struct work *work)
{
    for (size_t a = 0; a < N; a++)
        for (size_t b = a + 1; b < N; b++) {
            size_t i = work->sequence[a], j = work->sequence[b];
            if (work->thread[i] == work->thread[j] && !goes_before(i, j))
                fail_msg("item %zu was started before %zu", i, j);
        }
}

static void large_items_are_started_first(void **state)
{
    (void)state;
    for (int c = 0; c < NCOUNTS; c++) {
        struct work work = {0};
        struct fc_parallel job = {.n = N,
                                  .nthreads = thread_counts[c],
                                  .item = note_thread,
                                  .arg = &work,
                                  .size = size_of,
                                  .status = work.status};
        assert_int_equal(fc_parallel_map(&job), FC_OK);
        assert_each_called_once(&work, N);
        for (size_t i = 0; i < N; i++) {
            assert_true(work.result[i] == 2 * (double)i);
            assert_int_equal(work.status[i], expected_failure(i));
        }
        if (thread_counts[c] > 1)
            assert_large_first(&work);
    }
}

static enum fc_status raise_flag(void *arg, size_t i, struct fc_workspace *ws)
{
    struct work *work = arg;
    if (i == work->stop_at)
        __atomic_store_n(&work->stop, 1, __ATOMIC_RELAXED);
    return fail_some(arg, i, ws);
}

static void the_stop_flag_leaves_the_rest_uncalled(void **state)
{
    (void)state;
    for (int c = 0; c < NCOUNTS; c++) {
        struct work work = {.stop_at = 100};
        struct fc_parallel job = {.n = N,
                                  .nthreads = thread_counts[c],
                                  .item = raise_flag,
                                  .arg = &work,
                                  .status = work.status,
                                  .stop = &work.stop};
        enum fc_status status = fc_parallel_map(&job);
        size_t called = atomic_load(&work.started);
        /* the other threads may hold an earlier item each, not yet begun */
        size_t threads = thread_counts[c] < 1 ? 1 : (size_t)thread_counts[c];
        assert_true(called + threads > 101);
        assert_int_equal(status, called < N ? FC_ESTOPPED : FC_OK);
        if (thread_counts[c] <= 1)
            assert_int_equal(called, 101);
        for (size_t i = 0; i < N; i++)
            assert_int_equal(work.status[i], atomic_load(&work.calls[i]) == 1
                                                 ? expected_failure(i)
                                                 : FC_ESTOPPED);
    }
}

static void a_flag_raised_before_calls_nothing(void **state)
{
    (void)state;
    struct work work = {.stop = 1};
    struct fc_parallel job = {.n = N,
                              .nthreads = 2,
                              .item = twice,
                              .arg = &work,
                              .status = work.status,
                              .stop = &work.stop};
    assert_int_equal(fc_parallel_map(&job), FC_ESTOPPED);
    assert_int_equal(atomic_load(&work.started), 0);
    for (size_t i = 0; i < N; i++)
        assert_int_equal(work.status[i], FC_ESTOPPED);
}

static void note_progress(void *arg, size_t done, size_t n)
{
    struct work *work = arg;
    if (!pthread_equal(pthread_self(), work->caller))
        work->report_from_caller = false;
    if (done < work->last_report || done > n)
        work->reports_rise = false;
    work->last_report = done;
    work->reports++;
}

static void progress_rises_to_the_end(void **state)
{
    (void)state;
    for (int c = 0; c < NCOUNTS; c++)
        for (size_t stop_at = 100; stop_at <= N; stop_at += N - 100) {
            struct work work = {.stop_at = stop_at,
                                .caller = pthread_self(),
                                .report_from_caller = true,
                                .reports_rise = true};
            struct fc_parallel job = {.n = N,
                                      .nthreads = thread_counts[c],
                                      .item = raise_flag,
                                      .arg = &work,
                                      .progress = note_progress,
                                      .stop = &work.stop};
            fc_parallel_map(&job);
            assert_true(work.report_from_caller);
            assert_true(work.reports_rise);
            assert_true(work.reports >= 1);
            assert_int_equal(work.last_report, atomic_load(&work.started));
            if (thread_counts[c] <= 1 && stop_at == N)
                assert_int_equal(work.reports, N);
        }
}

/*
 * Takes more scratch the higher the item, marks all of it, gives the other
 * threads time to tread on it, and looks again.
 */
static enum fc_status use_scratch(void *arg, size_t i, struct fc_workspace *ws)
{
    size_t n = 1 + 97 * i;
    double **first = arg;
    double *scratch = fc_workspace_doubles(ws, n);
    if (scratch == NULL)
        return FC_ENOMEM;
    first[i] = scratch;
    for (size_t k = 0; k < n; k++)
        scratch[k] = (double)i;
    for (size_t k = 0; k < n; k++)
        if (scratch[k] != (double)i)
            return FC_EDATA;
    return FC_OK;
}

static void scratch_is_the_threads_own_and_reset(void **state)
{
    (void)state;
    enum { ITEMS = 80 }; /* the largest fits the first block */
    for (int nthreads = 1; nthreads <= 4; nthreads++) {
        double *first[ITEMS];
        enum fc_status status[ITEMS];
        size_t nplaces = 0;
        struct fc_parallel job = {.n = ITEMS,
                                  .nthreads = nthreads,
                                  .item = use_scratch,
                                  .arg = first,
                                  .status = status};
        assert_int_equal(fc_parallel_map(&job), FC_OK);
        for (size_t i = 0; i < ITEMS; i++) {
            size_t before = 0;
            assert_int_equal(status[i], FC_OK);
            while (before < i && first[before] != first[i])
                before++;
            nplaces += before == i;
        }
        assert_in_range(nplaces, 1, (uintmax_t)nthreads);
    }
}

/*
 * The demonstration: an item that takes a while and doubles its number.
 * Wall-clock times on a busy machine prove nothing, so each item also counts
 * who is inside with it, and waits (not for ever) until `meet` items are.
 */
struct demonstration {
    int meet;
    atomic_int inside, most, calls;
    double number[4];
};

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static enum fc_status sleep_and_double(void *arg, size_t i,
                                       struct fc_workspace *ws)
{
    struct demonstration *demo = arg;
    (void)ws;
    int inside = atomic_fetch_add(&demo->inside, 1) + 1;
    int most = atomic_load(&demo->most);
    while (most < inside
           && !atomic_compare_exchange_weak(&demo->most, &most, inside))
        continue;
    for (double start = seconds(); atomic_load(&demo->most) < demo->meet;) {
        if (seconds() - start > 20)
            break;
        sleep_ms(1);
    }
    sleep_ms(50);
    demo->number[i] *= 2;
    atomic_fetch_sub(&demo->inside, 1);
    atomic_fetch_add(&demo->calls, 1);
    return FC_OK;
}

static void demonstrate(int nthreads)
{
    struct demonstration demo = {.meet = nthreads, .number = {0, 1, 2, 3}};
    struct fc_parallel job = {
        .n = 4, .nthreads = nthreads, .item = sleep_and_double, .arg = &demo};
    double start = seconds();
    assert_int_equal(fc_parallel_map(&job), FC_OK);
    print_message("           four items of 50 ms on %d threads: %.0f ms\n",
                  nthreads, 1e3 * (seconds() - start));
    assert_int_equal(atomic_load(&demo.calls), 4);
    assert_int_equal(atomic_load(&demo.most), nthreads);
    for (int i = 0; i < 4; i++)
        assert_true(demo.number[i] == 2 * i);
}

static void four_sleepers_overlap_on_four_threads(void **state)
{
    (void)state;
    demonstrate(4);
}

static void four_sleepers_queue_on_one_thread(void **state)
{
    (void)state;
    demonstrate(1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_come_in_item_order),
        cmocka_unit_test(few_items_and_none_are_ordinary),
        cmocka_unit_test(items_take_their_turns_in_order),
        cmocka_unit_test(an_items_failure_is_that_items_result),
        cmocka_unit_test(large_items_are_started_first),
        cmocka_unit_test(the_stop_flag_leaves_the_rest_uncalled),
        cmocka_unit_test(a_flag_raised_before_calls_nothing),
        cmocka_unit_test(progress_rises_to_the_end),
        cmocka_unit_test(scratch_is_the_threads_own_and_reset),
        cmocka_unit_test(four_sleepers_overlap_on_four_threads),
        cmocka_unit_test(four_sleepers_queue_on_one_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
